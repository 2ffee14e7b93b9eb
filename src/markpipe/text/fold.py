"""Folding: the same words in one form, and for each folded character where it stands in the raw text.

::

    raw      機\u200b密⽂件 １０ 年⏎期限        joins: the ⏎ that only wraps the line
    folded   机密文件 10 年期限
    offsets  0  2 3 4 5 6 7 8 9 11 12 13

Character by character: width, compatibility forms, radicals, traditional and variant forms, case; what is invisible
and line ends that only wrap are left out; every gap becomes "\n".  Dictionary and text go through the same table.
Does not look through inserted spaces (`squeeze`), nor read numbers (`numerals`), nor know phrases: 头发 and 發展 share 发.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from markpipe.model.document import Offsets, TextMap
from markpipe.model.finding import Folding
from markpipe.model.span import Span
from markpipe.text.tables import Change, Tables, tables

_NEWLINE = 10
_FOLDINGS = {
    Change.WIDTH: Folding.WIDTH,
    Change.COMPATIBILITY: Folding.COMPATIBILITY,
    Change.RADICAL: Folding.RADICAL,
    Change.TRADITIONAL: Folding.TRADITIONAL,
    Change.INVISIBLE: Folding.INVISIBLE,
    Change.CASE: Folding.CASE,
}


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """A folded text.  `offsets` has shape (len(text) + 1,): the raw offset of each character, then the raw length."""

    text: str
    offsets: Offsets
    raw: str
    joins: Offsets

    def raw_span(self, start: int, end: int) -> Span:
        """The raw characters that the folded stretch stands for; invisible ones behind it are left out."""
        if start >= end:
            return Span(int(self.offsets[start]), int(self.offsets[start]))
        return Span(int(self.offsets[start]), int(self.offsets[end - 1]) + 1)

    def folded_offset(self, raw_offset: int) -> int:
        """The first folded character that stands at or behind a raw offset."""
        return int(np.searchsorted(self.offsets, raw_offset))

    def foldings(self, start: int, end: int) -> tuple[Folding, ...]:
        """What had to be folded in that stretch, in the order of `Folding`."""
        span = self.raw_span(start, end)
        change = tables().change
        bits = 0
        for character in set(self.raw[span.start : span.end]):
            bits |= int(change[ord(character)])
        found = {folding for kind, folding in _FOLDINGS.items() if bits & kind}
        first, last = np.searchsorted(self.joins, [span.start, span.end])
        if last > first:
            found.add(Folding.LINE_BREAK)
        return tuple(folding for folding in Folding if folding in found)


def fold(text_map: TextMap) -> Folded:
    """Fold the text of a document."""
    points = _points(text_map.text)
    points[text_map.gaps] = _NEWLINE
    table = tables()
    length = table.length[points]
    length[text_map.joins] = 0
    text, offsets = _gather(points, length, table)
    return Folded(text, offsets, text_map.text, text_map.joins)


def fold_term(term: str) -> str:
    """Fold a dictionary's term, or any text without layout, with the same tables."""
    table = tables()
    points = _points(term)
    return _gather(points, table.length[points], table)[0]


def _points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(bytearray(text.encode("utf-32-le", "surrogatepass")), dtype=np.uint32)


def _gather(points: NDArray[np.uint32], length: NDArray[np.uint8], table: Tables) -> tuple[str, Offsets]:
    source = np.arange(points.size + 1, dtype=np.int64)
    if points.size and not (length == 1).all():
        source = np.append(np.repeat(source[:-1], length), points.size)
        taken = points[source[:-1]]
        result = table.first[taken]
        _write_longer(points, length, table, result)
    else:
        result = table.first[points]
    return result.tobytes().decode("utf-32-le", "surrogatepass"), source


def _write_longer(
    points: NDArray[np.uint32], length: NDArray[np.uint8], table: Tables, result: NDArray[np.uint32]
) -> None:
    """Put in the few characters that fold to several: ㎡ becomes m2."""
    longer = np.flatnonzero(length > 1)
    if not longer.size:
        return
    ends = np.cumsum(length, dtype=np.int64)
    for index in longer.tolist():
        end = ends[index]
        result[end - length[index] : end] = table.many[int(points[index])]
