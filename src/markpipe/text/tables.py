"""The folding tables: for every code point what it becomes, how it was changed, and what it means to matching.

One table serves dictionary and text alike (`build_tables` makes the file).  Holds no text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

POINTS = 0x110000


class Change(IntFlag):
    """Which kinds of change folding one character takes."""

    NONE = 0
    WIDTH = 1
    COMPATIBILITY = 2
    RADICAL = 4
    TRADITIONAL = 8
    INVISIBLE = 16
    CASE = 32


class CharClass(IntEnum):
    """What a folded character means to matching: `NOISE` (spaces, symbols, brackets) may be looked through."""

    WORD = 0
    NOISE = 1
    CLAUSE = 2
    SENTENCE_END = 3
    BARRIER = 4


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Dense over all code points: `first` the (first) folded code point, `length` how many there are, `change`
    the kinds of change, `classes` the class of a folded character; `many` the whole result where it is longer."""

    first: NDArray[np.uint32]
    length: NDArray[np.uint8]
    change: NDArray[np.uint8]
    classes: NDArray[np.uint8]
    many: dict[int, NDArray[np.uint32]]


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The tables, loaded once."""
    with (files("markpipe.text") / "data" / "fold.npz").open("rb") as stream, np.load(stream) as data:
        points, lengths, pool = data["points"], data["length"], data["pool"]
        first = np.arange(POINTS, dtype=np.uint32)
        first[points] = data["first"]
        length = np.ones(POINTS, np.uint8)
        length[points] = lengths
        change = np.zeros(POINTS, np.uint8)
        change[points] = data["change"]
        classes = np.zeros(POINTS, np.uint8)
        classes[data["class_points"]] = data["classes"]
    longer = lengths > 1
    ends = np.cumsum(lengths[longer], dtype=np.int64)
    many = {
        int(point): pool[end - size : end]
        for point, size, end in zip(points[longer], lengths[longer].astype(int), ends, strict=True)
    }
    return Tables(first, length, change, classes, many)
