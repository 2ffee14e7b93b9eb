"""Forms of speech as conditions: `{限|仅|只}…{阅|知悉|掌握}` finds 只限三名处长阅, 仅由厂长掌握, 限班子成员知悉.

`{a|b}` is one of several words, `…` a short stretch of anything within a clause, `……` a longer one within a sentence.  A form is looked for around
anchors only, never in a whole text, so its words may be of one character.  It is a regular expression whose every
literal is folded and escaped: whoever writes a dictionary writes none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from markpipe.text.fold import fold_term
from markpipe.text.squeeze import squeeze

GAP = "…"
FORM, PART = "\0", "\1"
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
    """A form as the dictionary keeps it, over squeezed text: `FORM` and its regular expression.

    `listed` gives the words of a list by name.  A form that a single character would satisfy only serves as part of
    others: it comes back behind `PART`.  `ValueError` in Chinese for braces that do not pair and empty choices.
    """
    pieces: list[str] = []
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
    if at != len(form):
        raise ValueError("句式的花括号没有配对")
    if form.startswith(GAP) or form.endswith(GAP):
        raise ValueError("句式不以“…”开头或结尾")
    return (PART if shortest < _SHORTEST else FORM) + "".join(pieces)


def _choice(inside: str, listed: Lists) -> list[str]:
    words: list[str] = []
    for each in inside.split("|"):
        words.extend(listed(each[1:]) if each.startswith("@") else [each.strip()])
    if not all(words):
        raise ValueError("句式的花括号里有空的一项")
    return [word.removeprefix(COMING) for word in words]


def _expression(word: str) -> str:
    if word.startswith((FORM, PART)):
        return f"(?:{word[1:]})"
    return re.escape(plain(word))


@cache
def plain(word: str) -> str:
    """A word as it stands in squeezed text."""
    return squeeze(fold_term(word)).text


@cache
def compiled_form(pattern: str) -> re.Pattern[str]:
    """The expression of a form, the same one for everyone who uses it."""
    return re.compile(pattern)
