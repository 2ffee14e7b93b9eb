"""Forms of speech as conditions: `{限|仅|只}…{阅|知悉|掌握}` finds 只限三名处长阅, 仅由厂长掌握, 限班子成员知悉.

`{a|b}` is one of several words, `…` a short stretch of anything within a clause, `……` a longer one within a sentence.  A form is looked for around
anchors only, never in a whole text, so its words may be of one character.  It is a regular expression whose every
literal is folded and escaped: whoever writes a dictionary writes none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from markpipe.text.fold import fold_term
from markpipe.text.squeeze import squeeze

GAP = "…"
FORM, PART, _BAR = "\0", "\1", "\2"
COMING = "~"
LONGEST_GAP = 12
LONGEST_WIDE_GAP = 30
_ANYTHING = rf"[^\n。!?;:,]{{0,{LONGEST_GAP}}}?"
_ANYTHING_WIDE = rf"[^\n。!?;]{{0,{LONGEST_WIDE_GAP}}}?"
_PIECE = re.compile(r"\{([^{}]*)\}|(…+)|([^{}…]+)")
_SHORTEST = 2

Lists = Callable[[str], Iterable[str]]


def is_form(word: str) -> bool:
    """Whether a word of a dictionary is a form of speech."""
    return GAP in word or "{" in word


def form_pattern(form: str, listed: Lists) -> str:
    """A form as the dictionary keeps it: `FORM`, the characters that each of its pieces may begin with, its expression.

    `listed` gives the words of a list by name.  A form that a single character would satisfy only serves as part of
    others: it comes back behind `PART`.  `ValueError` in Chinese for braces that do not pair and empty choices.
    """
    pieces: list[str] = []
    heads: list[str] = []
    shortest = at = 0
    for match in _PIECE.finditer(form):
        if match.start() != at:
            break
        at = match.end()
        choice, gap, literal = match.groups()
        if gap:
            pieces.append(_ANYTHING if len(gap) == 1 else _ANYTHING_WIDE)
            continue
        words = [literal] if literal is not None else _choice(choice, listed)
        shortest += min(1 if word.startswith((FORM, PART)) else len(word) for word in words)
        pieces.append(f"(?:{'|'.join(_expression(word) for word in sorted(words, key=len, reverse=True))})")
        heads.append("".join(sorted(set().union(*map(_heads, words)))))
    if at != len(form):
        raise ValueError("句式的花括号没有配对")
    if form.startswith(GAP) or form.endswith(GAP):
        raise ValueError("句式不以“…”开头或结尾")
    return (PART if shortest < _SHORTEST else FORM) + _BAR.join((*heads, "".join(pieces)))


def _choice(inside: str, listed: Lists) -> list[str]:
    words: list[str] = []
    for each in inside.split("|"):
        words.extend(listed(each[1:]) if each.startswith("@") else [each.strip()])
    if not all(words):
        raise ValueError("句式的花括号里有空的一项")
    return [word.removeprefix(COMING) for word in words]


def _expression(word: str) -> str:
    if word.startswith((FORM, PART)):
        return f"(?:{word.rpartition(_BAR)[2]})"
    return re.escape(plain(word))


def _heads(word: str) -> str:
    """The characters that a word, or the first piece of a form, may begin with."""
    return word[1:].partition(_BAR)[0] if word.startswith((FORM, PART)) else plain(word)[:1]


@cache
def plain(word: str) -> str:
    """A word as it stands in squeezed text."""
    return squeeze(fold_term(word)).text


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A form ready for use; `heads`: of each of these sets a text must hold a character, or the form is not in it."""

    heads: tuple[frozenset[str], ...]
    expression: re.Pattern[str]


class Heads:
    """Several forms, and which of them can stand in a text with given characters: one look for all of them."""

    def __init__(self, forms: tuple[Form, ...]) -> None:
        self._pieces: dict[str, int] = {}
        self._needed: list[tuple[Form, int]] = []
        bit = 1
        for form in forms:
            needed = 0
            for heads in form.heads:
                for character in heads:
                    self._pieces[character] = self._pieces.get(character, 0) | bit
                needed |= bit
                bit <<= 1
            self._needed.append((form, needed))

    def possible(self, characters: frozenset[str]) -> Iterator[Form]:
        """The forms of each of whose pieces a first character is there."""
        there = 0
        for character in characters:
            there |= self._pieces.get(character, 0)
        return (form for form, needed in self._needed if not needed & ~there)


@cache
def heads_of(forms: tuple[Form, ...]) -> Heads:
    """Made once for each group of forms."""
    return Heads(forms)


@cache
def compiled_form(pattern: str) -> Form:
    """What a form's pattern (without its `FORM`) means, the same value for everyone who uses it."""
    *heads, expression = pattern.split(_BAR)
    return Form(tuple(map(frozenset, heads)), re.compile(expression))
