"""Characters put into lines by where they stand, whatever order they were drawn in.

Lines follow the writing direction of their characters; a wide space ends a line, so that table cells and columns are
lines of their own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markpipe.formats.pdf.redact_ops import Glyph

_SAME_LINE = 0.35
_WIDE = 2.0


@dataclass(slots=True)
class SetLine:
    """Characters of one line in writing order; `row` numbers the height that it stands at."""

    glyphs: list[Glyph]
    row: int
    direction: tuple[float, float]

    def place(self, glyph: Glyph) -> float:
        """Where a character begins, along the line."""
        return glyph.matrix[4] * self.direction[0] + glyph.matrix[5] * self.direction[1]


def em(glyph: Glyph) -> float:
    """The width of an em along the line, in points."""
    return math.hypot(glyph.matrix[0], glyph.matrix[1])


def set_lines(glyphs: Sequence[Glyph]) -> list[SetLine]:
    """The lines of a page, top to bottom within each direction."""
    by_direction: dict[tuple[int, int], list[Glyph]] = {}
    for glyph in glyphs:
        length = em(glyph)
        if length < 1e-6:
            continue
        key = (round(glyph.matrix[0] / length * 20), round(glyph.matrix[1] / length * 20))
        by_direction.setdefault(key, []).append(glyph)
    lines: list[SetLine] = []
    for members in by_direction.values():
        first = members[0]
        length = em(first)
        lines.extend(_in_direction(members, (first.matrix[0] / length, first.matrix[1] / length), len(lines)))
    return lines


def _in_direction(glyphs: list[Glyph], direction: tuple[float, float], base: int) -> list[SetLine]:
    ux, uy = direction

    def depth(glyph: Glyph) -> float:
        return glyph.matrix[5] * ux - glyph.matrix[4] * uy

    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=depth):
        if rows and depth(glyph) - depth(rows[-1][-1]) < _SAME_LINE * min(glyph.size, rows[-1][-1].size):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [line for number, row in enumerate(rows) for line in _split(row, direction, base + number)]


def _split(row: list[Glyph], direction: tuple[float, float], number: int) -> list[SetLine]:
    ux, uy = direction
    lines: list[SetLine] = []
    pen = 0.0
    for glyph in sorted(row, key=lambda one: (one.matrix[4] * ux + one.matrix[5] * uy, one.number)):
        start = glyph.matrix[4] * ux + glyph.matrix[5] * uy
        if not lines or start - pen > _WIDE * em(glyph):
            lines.append(SetLine([], number, direction))
            pen = start
        lines[-1].glyphs.append(glyph)
        pen = max(pen, start + em(glyph) * max(glyph.advance, 0.0))
    return lines


def columns(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Columns of characters that stand one below the other, from right to left as vertical Chinese runs."""
    bands: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda one: -_middle(one)):
        if bands and abs(_middle(bands[-1][-1]) - _middle(glyph)) < glyph.size / 2:
            bands[-1].append(glyph)
        else:
            bands.append([glyph])
    found: list[list[Glyph]] = []
    for band in bands:
        last = None
        for glyph in sorted(band, key=lambda one: one.box[1]):
            if last is None or glyph.box[1] - last > _WIDE * glyph.size:
                found.append([])
            found[-1].append(glyph)
            last = glyph.box[3]
    return [column for column in found if len(column) > 1]


def _middle(glyph: Glyph) -> float:
    return (glyph.box[0] + glyph.box[2]) / 2
