"""All words of all dictionaries in one automaton, and where they stand in a text.

Words are matched in the squeezed text (`text.squeeze`), so inserted spaces and symbols do not hide them; what a match
looked through is kept with it.  Every occurrence is found, nested ones too; what they mean is `match`'s to say.  The
automaton lives in memory only: a unit's list may itself be secret.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from markpipe.model.finding import Folding
from markpipe.text.fold import Folded, fold_term
from markpipe.text.squeeze import squeeze

FORM = -1
"""The number of a form of speech, which no automaton looks for."""


class Hit(NamedTuple):
    """An occurrence of a word: folded offsets, and whether spaces or symbols stand inside it."""

    start: int
    end: int
    word: int
    spaced: bool = False

    def inside(self, start: int, end: int) -> bool:
        """Whether it lies within a stretch and is shorter than that."""
        return start <= self.start and self.end <= end and self.end - self.start < end - start


def occurrences(words: list[str], text: str) -> list[tuple[int, int, int]]:
    """Every occurrence of every word, also nested and overlapping: (start, end, index of the word)."""
    return list(_automaton(words).find_overlapping(text)) if words else []


def _automaton(words: list[str]) -> Any:
    from daachorse import CharwiseDoubleArrayAhoCorasick

    return CharwiseDoubleArrayAhoCorasick(words)


class Vocabulary:
    """Words by number.  Spellings that fold alike are one word."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._spellings: list[set[str]] = []
        self._known: dict[str, int] = {}
        self._forms: dict[str, str] = {}

    def prepare(self, spellings: Iterable[str]) -> None:
        """Fold many spellings at once, which is a hundred times quicker than one by one; `add` uses what it gives."""
        wanted = list(dict.fromkeys(spellings))
        forms = squeeze(fold_term("\n".join(wanted))).text.split("\n")
        if len(forms) == len(wanted):  # else one of them folds to a line end; they are then folded singly
            self._forms.update(zip(wanted, forms, strict=True))

    def add(self, spelling: str) -> int:
        """The number of a word."""
        if spelling in self._known:
            return self._known[spelling]
        word = self._forms.get(spelling) or squeeze(fold_term(spelling)).text
        if word not in self._numbers:
            self._numbers[word] = len(self._numbers)
            self._spellings.append(set())
        number = self._numbers[word]
        self._spellings[number].add(spelling)
        self._known[spelling] = number
        return number

    def add_all(self, spellings: Iterable[str]) -> frozenset[int]:
        """The numbers of several words."""
        return frozenset(self.add(spelling) for spelling in spellings)

    def __len__(self) -> int:
        return len(self._numbers)

    @cached_property
    def _words(self) -> list[str]:
        return list(self._numbers)

    @cached_property
    def _machine(self) -> Any:
        return _automaton(self._words)

    @cached_property
    def _has_edges(self) -> list[bool]:
        return [_latin(word[0]) or _latin(word[-1]) for word in self._words]

    def hits(self, folded: Folded) -> list[Hit]:
        """Every occurrence in a folded text, in order; words of Latin letters and digits only between boundaries."""
        if not self._numbers:
            return []
        text = folded.text
        squeezed = squeeze(text)
        offsets, edges = squeezed.offsets.tolist(), self._has_edges
        found = []
        for start, end, word in self._machine.find_overlapping(squeezed.text):
            low, high = offsets[start], offsets[end - 1] + 1
            if not edges[word] or _bounded(text, low, high):
                found.append(Hit(low, high, word, high - low > end - start))
        found.sort()
        return found

    def foldings(self, folded: Folded, hit: Hit) -> set[Folding]:
        """What had to be folded for a hit; nothing where the text spells the word as the dictionary does."""
        span = folded.raw_span(hit.start, hit.end)
        if hit.word == FORM or folded.raw[span.start : span.end] in self._spellings[hit.word]:
            return set()
        kinds = set(folded.foldings(hit.start, hit.end))
        if hit.spaced:
            kinds.add(Folding.SPACING)
        return kinds


def _bounded(text: str, start: int, end: int) -> bool:
    """ASCII letters and digits must not go on at either edge: 1:5万 is not in 11:5万, IPO not in hippo."""
    if _latin(text[start]) and start and _latin(text[start - 1]):
        return False
    return not (_latin(text[end - 1]) and end < len(text) and _latin(text[end]))


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
