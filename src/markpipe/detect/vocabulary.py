"""All words of all dictionaries in one automaton, and where they stand in a text.

Words are matched in the squeezed text (`text.squeeze`), so inserted spaces and symbols do not hide them; what a match
looked through is kept with it.  Every occurrence is found, nested ones too; what they mean is `match`'s to say.  The
automaton lives in memory only: a unit's list may itself be secret.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from markpipe.model.finding import Folding
from markpipe.text.fold import Folded, fold_term
from markpipe.text.squeeze import Squeezed, squeeze

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
    return occurrences_in(prepared(words), text) if words else []


def prepared(words: list[str]) -> Any:
    """The automaton of some words, none of them empty."""
    from daachorse import CharwiseDoubleArrayAhoCorasick

    return CharwiseDoubleArrayAhoCorasick(words)


def occurrences_in(machine: Any, text: str) -> list[tuple[int, int, int]]:
    """What `occurrences` gives, by an automaton that is there already."""
    return list(machine.find_overlapping(text))


class Seen(NamedTuple):
    """A text and what the automaton found in it: (start, end, word), offsets in the squeezed text."""

    text: str
    squeezed: Squeezed
    found: list[tuple[int, int, int]]

    @property
    def words(self) -> set[int]:
        """The words that occur at all."""
        return {word for _, _, word in self.found}


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
        return prepared(self._words)

    @cached_property
    def _has_edges(self) -> list[bool]:
        return [_latin(word[0]) or _latin(word[-1]) for word in self._words]

    def seen(self, folded: Folded) -> Seen:
        """Every occurrence in a folded text, as the automaton gives them."""
        squeezed = squeeze(folded.text)
        found = occurrences_in(self._machine, squeezed.text) if self._numbers else []
        return Seen(folded.text, squeezed, found)

    def hits(self, seen: Seen, wanted: Collection[int] | None = None) -> list[Hit]:
        """The occurrences (of the wanted words alone), in order; words of Latin letters and digits only between boundaries."""
        found = seen.found if wanted is None else [each for each in seen.found if each[2] in wanted]
        if not found:
            return []
        text, edges = seen.text, self._has_edges
        places = np.asarray(found, dtype=np.int64)
        starts = seen.squeezed.offsets[places[:, 0]].tolist()
        ends = (seen.squeezed.offsets[places[:, 1] - 1] + 1).tolist()
        hits = [
            Hit(low, high, word, high - low > end - start)
            for (start, end, word), low, high in zip(found, starts, ends, strict=True)
            if not edges[word] or _bounded(text, low, high)
        ]
        hits.sort()
        return hits

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
