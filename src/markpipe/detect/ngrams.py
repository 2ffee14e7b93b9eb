"""Runs of one, two and three characters as numbers: what a stretch of text looks like, whatever words it uses.

::

    squeezed   存12份。   digits count alike, nothing goes over the end of a sentence
    ones       存 份      rows[0]
    twos       存0 0份    rows[1]
    threes     存00 00份  rows[2]

All rows have the length of the text.  Where no run begins, and where a run holds no Chinese character (figures, formulas,
lists of authors' numbers say nothing about the matter), stands `NOTHING`.  A number is a hash: two runs may share one,
which costs a little sharpness and keeps the table small and without words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BITS = 18
NOTHING = 1 << BITS
LONGEST = 3
ENDS = "。!?;\n"

_DIGITS = (ord("0"), ord("9"))
_HAN = (0x3400, 0x9FFF)
# odd numbers without a pattern, one for each place in a run and one to mix; products wrap around at 32 bits
_PLACES = tuple(np.uint32(odd) for odd in (2654435761, 2246822519, 3266489917))
_MIX = np.uint32(668265263)
_FOLD, _KEPT = np.uint32(15), np.uint32(32 - BITS)
_END_POINTS = tuple(np.uint32(ord(end)) for end in ENDS)


def points_of(text: str) -> NDArray[np.uint32]:
    """The code points of a text, shape (len(text),)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def ends_in(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Where a sentence or line ends, one a character."""
    ends: NDArray[np.bool_] = points == _END_POINTS[0]
    for end in _END_POINTS[1:]:
        ends |= points == end
    return ends


def ngrams(points: NDArray[np.uint32], ends: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The runs that begin at each character, shape (3, len(points)); no run holds one of the `ends`."""
    rows = np.full((LONGEST, points.size), NOTHING, dtype=np.int64)
    plain = points.copy()
    low, high = _DIGITS
    plain[(points >= low) & (points <= high)] = low
    run, broken, chinese = np.zeros_like(plain), ends, np.zeros_like(ends)
    han = (points >= _HAN[0]) & (points <= _HAN[1])
    for length in range(1, min(LONGEST, points.size) + 1):
        last = length - 1
        run = run[: points.size - last] ^ (plain[last:] * _PLACES[last])
        broken = broken[: run.size] | ends[last:]
        chinese = chinese[: run.size] | han[last:]
        hashed = ((run ^ (run >> _FOLD)) * _MIX) >> _KEPT
        row = rows[last, : run.size]
        row[:] = hashed
        row[broken | ~chinese] = NOTHING
    return rows
