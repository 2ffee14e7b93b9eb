"""Finding words in a run of characters however they are set: spaced, wrapped, boxed, in compatibility forms, with junk between.

::

    pieces    云 | 杉␣ | 九\\n | ⼯ | \u200b程        one entry a drawn character, whatever it says
    folded    云 | 杉  | 九   | 工 | 程             letters and digits only: fold table, then everything else left out
    needle    云杉九工程                            the same way

A word of punctuation and few digits keeps its punctuation (1.5 is not 15).  Answers are stretches of pieces.  Whether a
word is secret, and where a piece lies in a file, is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from markpipe.text.fold import fold_term

BARRIER = "\0"
"""A piece that no match crosses."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Pieces `first` to `last`, both included, say needle `needle`."""

    first: int
    last: int
    needle: int


def bare(text: str, *, strict: bool = False) -> str:
    """A text as it is compared: folded, without spaces and (unless `strict`) without anything but letters and digits."""
    if text == BARRIER:
        return BARRIER
    folded = fold_term(text)
    if strict:
        return "".join(char for char in folded if char.isprintable() and not char.isspace())
    return "".join(char for char in folded if char.isalnum())


def keeps_punctuation(term: str) -> bool:
    """Whether a term has to be compared with its punctuation: too little of it is letters, or all of it is ASCII."""
    plain = bare(term)
    return len(plain) < 2 or term.isascii() or plain.isdecimal()


class Needles:
    """Terms to look for; `ValueError` for one that says nothing once folded."""

    def __init__(self, terms: Sequence[str]) -> None:
        self.terms = tuple(terms)
        self._strict = [keeps_punctuation(term) for term in terms]
        self._bare = [bare(term, strict=strict) for term, strict in zip(terms, self._strict, strict=True)]
        if any(not text for text in self._bare):
            raise ValueError("empty")

    @property
    def longest(self) -> int:
        """The length of the longest term as it is compared."""
        return max(map(len, self._bare), default=0)

    def find(self, pieces: Sequence[str]) -> Iterator[Hit]:
        """Every occurrence, overlapping ones too."""
        for strict in sorted(set(self._strict)):
            text, places = joined(pieces, strict=strict)
            for number, needle in enumerate(self._bare):
                if self._strict[number] is not strict:
                    continue
                start = text.find(needle)
                while start >= 0:
                    yield Hit(places[start], places[start + len(needle) - 1], number)
                    start = text.find(needle, start + 1)

    def near(self, pieces: Sequence[str]) -> Iterator[Hit]:
        """Stretches that differ from a term in at most a quarter of its characters, as a recogniser misreads it."""
        text, places = joined(pieces, strict=False)
        codes = np.array([ord(char) for char in text], np.int32)
        for number, needle in enumerate(map(bare, self.terms)):
            size, allowed = len(needle), len(needle) // 4
            if not allowed or size > len(codes):
                continue
            starts = len(codes) - size + 1
            wrong = np.zeros(starts, np.int32)
            for place, char in enumerate(needle):
                wrong += codes[place : place + starts] != ord(char)
            for start in np.flatnonzero(wrong <= allowed).tolist():
                yield Hit(places[start], places[start + size - 1], number)


def joined(pieces: Sequence[str], *, strict: bool) -> tuple[str, list[int]]:
    """The pieces as one compared text, and the piece that each character came from."""
    known: dict[str, str] = {}
    chars: list[str] = []
    places: list[int] = []
    for place, piece in enumerate(pieces):
        text = known.get(piece)
        if text is None:
            text = known[piece] = bare(piece, strict=strict)
        chars.append(text)
        places.extend([place] * len(text))
    return "".join(chars), places
