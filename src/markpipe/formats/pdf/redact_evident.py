"""What can be told to be seen without drawing the page: most of an ordinary one, so that only the rest is looked at.

::

    operations in order ─▶ a map of boxes, half a point a cell: who painted here last, with what colour
    a character         in its clip, on one flat colour unlike its own, nothing painted over its ink later  ─▶ evident
    anything else       half transparent, clipped by a shape, drawn by a procedure, overlapped              ─▶ look

Boxes are larger than what they bound, so doubt is cheap and wrong certainty needs a shape that leaves its own box.
Nothing is dropped here: `redact_sight` looks at what is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from markpipe.formats.pdf.redact_ops import (
    Clip,
    Colour,
    Fill,
    Glyph,
    Group,
    GroupEnd,
    Mask,
    MaskClip,
    MaskEnd,
    Matrix,
    Op,
    PageOps,
    Picture,
    Pop,
    Rect,
    Stroke,
    Text,
    Tile,
    TileEnd,
    bounds,
    meet,
    square,
)
from markpipe.formats.pdf.redact_source import Fonts

Boxes = NDArray[np.float64]
Cells = NDArray[np.int32]

_SCALE = 2.0
_MOST_CELLS = 8_000_000
_OPAQUE = 0.95
_CONTRAST = 0.15
_THIN = 2.0
_MANY = 40
_MOST_CROSSINGS = 6
_LEAST_SIZE = 2.0
_SLACK = 0.5
_PAPER: Colour = (1.0, 1.0, 1.0)


class _Map:
    """The page in cells: the last thing painted on each, the last character, and how many thin things cross it."""

    def __init__(self, page: PageOps) -> None:
        self.scale = min(_SCALE, (_MOST_CELLS / max(page.width * page.height, 1.0)) ** 0.5)
        shape = (int(page.height * self.scale) + 1, int(page.width * self.scale) + 1)
        self.painted = np.zeros(shape, np.int32)
        self.written = np.zeros(shape, np.int32)
        self.crossed = np.zeros(shape, np.uint8)
        self.colours: dict[int, Colour | None] = {0: _PAPER}

    def cells(self, boxes: Boxes) -> Cells:
        """The cells (left, top, right, bottom, the last two behind the end) of boxes, shape (n, 4)."""
        height, width = self.painted.shape
        found: Cells = (boxes * self.scale).clip(0, (width - 1, height - 1, width - 1, height - 1)).astype(np.int32)
        found[:, 2:] += 1
        return found

    def window(self, box: Rect) -> tuple[slice, slice]:
        left, top, right, bottom = self.cells(np.array([box]))[0].tolist()
        return slice(top, bottom), slice(left, right)


@dataclass(slots=True)
class _Line:
    """Characters of one operation: their numbers and cells, and the window around all of them."""

    glyphs: list[Glyph]
    numbers: list[int]
    cells: Cells
    window: tuple[slice, slice]

    def windows(self) -> Iterator[tuple[int, tuple[slice, slice]]]:
        for number, (left, top, right, bottom) in zip(self.numbers, self.cells.tolist(), strict=True):
            yield number, (slice(top, bottom), slice(left, right))


def in_doubt(page: PageOps, fonts: Fonts, crossings: int = _MOST_CROSSINGS) -> set[int]:
    """The numbers of characters, lines, areas and pictures that have to be looked at to know whether they show.

    More than `crossings` thin lines over a character may hide it.
    """
    walk = _Walk(page, fonts)
    for op in page.ops:
        walk.take(op)
    return walk.doubtful | walk.overlapped(crossings)


class _Walk:
    """Goes through the operations once, then asks what was painted over."""

    def __init__(self, page: PageOps, fonts: Fonts) -> None:
        self._fonts = fonts
        self._map = _Map(page)
        self._sheet: Rect = (0.0, 0.0, page.width, page.height)
        self._clips: list[Rect | None] = [self._sheet]
        self._tiled = any(isinstance(op, Tile) for op in page.ops)
        self._soft = 0
        self._open: list[bool] = []
        self._lines: list[_Line] = []
        self._shapes: list[tuple[int, tuple[slice, slice]]] = []
        self._inks: dict[tuple[int, int], Rect | None] = {}
        self.doubtful: set[int] = set()

    def take(self, op: Op) -> None:
        match op:
            case Text():
                self._text(op)
            case Fill() | Stroke() | Picture():
                self._paint(op)
            case Clip():
                self._clips.append(_as_rectangle(op.path, op.matrix))
            case MaskClip():
                self._clips.append(None)
            case Pop():
                if len(self._clips) > 1:
                    self._clips.pop()
            case Group() | Mask() | Tile():
                soft = not isinstance(op, Group) or op.blend != "Normal" or op.alpha < _OPAQUE
                self._open.append(soft)
                self._soft += soft
            case GroupEnd() | TileEnd() | MaskEnd():
                if self._open:
                    self._soft -= self._open.pop()
                if isinstance(op, MaskEnd):  # the mask stays in force as a clip that is no rectangle
                    self._clips.append(None)

    def _shown(self, box: Rect) -> bool:
        """Whether a box lies on the page and within everything that clips it."""
        if self._soft or self._tiled:
            return False
        return all(
            clip is not None
            and box[0] >= clip[0] - _SLACK
            and box[1] >= clip[1] - _SLACK
            and box[2] <= clip[2] + _SLACK
            and box[3] <= clip[3] + _SLACK
            for clip in self._clips
        )

    def _has_ink(self, glyph: Glyph) -> bool:
        """Whether a character has an outline to be judged by; what has none is doubtful, unless it is a blank."""
        key = (glyph.font, glyph.gid)
        if glyph.drawn is None and not glyph.text.strip() and glyph.size >= _LEAST_SIZE:
            if not meet(glyph.box, self._sheet):
                self.doubtful.add(glyph.number)
            return False
        if key not in self._inks:
            self._inks[key] = None if glyph.drawn is not None else self._fonts.ink(*key)
        if self._inks[key] is None or glyph.size < _LEAST_SIZE:
            self.doubtful.add(glyph.number)
            if glyph.drawn is not None:
                self._map.painted[self._map.window(glyph.box)] = glyph.number
            return False
        return True

    def _text(self, op: Text) -> None:
        glyphs = [glyph for glyph in op.glyphs if self._has_ink(glyph)]
        if not glyphs:
            return
        boxes = _on_page(
            np.array([self._inks[glyph.font, glyph.gid] for glyph in glyphs]), np.array([g.matrix for g in glyphs])
        )
        around = (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
        line = _Line(glyphs, [glyph.number for glyph in glyphs], self._map.cells(boxes), self._map.window(around))
        if op.alpha < _OPAQUE:
            self.doubtful.update(line.numbers)
        else:
            if not self._shown(around):
                shown = [self._shown((x0, y0, x1, y1)) for x0, y0, x1, y1 in boxes.tolist()]
                self.doubtful.update(
                    number for number, is_shown in zip(line.numbers, shown, strict=True) if not is_shown
                )
            if not self._stands_out(op.colour, line.window):
                self.doubtful.update(
                    number for number, window in line.windows() if not self._stands_out(op.colour, window)
                )
        self._lines.append(line)
        for number, window in line.windows():
            self._map.written[window] = number

    def _stands_out(self, ink: Colour, window: tuple[slice, slice]) -> bool:
        """Whether a colour is unlike everything that was painted in a window so far."""
        below = self._map.painted[window]
        first = int(below.flat[0])
        ground = [first] if (below == first).all() else np.unique(below).tolist()
        return all(_unlike(ink, self._map.colours.get(number)) for number in ground)

    def _paint(self, op: Fill | Stroke | Picture) -> None:
        box = square(op.matrix) if isinstance(op, Picture) else op.box
        window = self._map.window(box)
        if self._shown(box):
            self._shapes.append((op.number, window))
        else:
            self.doubtful.add(op.number)
        if not isinstance(op, Picture) and _thin(op):
            crossed = self._map.crossed[window]
            np.add(crossed, 1, out=crossed, where=crossed < 255)
            return
        self._map.painted[window] = op.number
        flat = isinstance(op, Fill) and not self._soft and op.alpha >= _OPAQUE
        if isinstance(op, Fill) and flat and _as_rectangle(op.path, op.matrix) is not None:
            self._map.colours[op.number] = op.colour

    def overlapped(self, crossings: int) -> set[int]:
        """Those of the others that something later was painted over, or that stand under a later character."""
        painted, written, crossed = self._map.painted, self._map.written, self._map.crossed
        found = {number for number, window in self._shapes if int(painted[window].max()) > number}
        twins = {number: glyph for line in self._lines for number, glyph in zip(line.numbers, line.glyphs, strict=True)}
        for line in self._lines:
            if int(painted[line.window].max()) > line.numbers[0] or int(crossed[line.window].max()) > crossings:
                found.update(
                    number
                    for number, window in line.windows()
                    if int(painted[window].max()) > number or int(crossed[window].max()) > crossings
                )
            middle = (line.cells[:, :2] + line.cells[:, 2:] - 1) // 2
            over = written[middle[:, 1], middle[:, 0]].tolist()
            found.update(
                number
                for number, other in zip(line.numbers, over, strict=True)
                if number != other
                and (twins[number].gid != twins[other].gid or twins[number].twin != twins[other].twin)
            )
        return found


def _on_page(inks: Boxes, matrices: Boxes) -> Boxes:
    """Boxes (n, 4) in em through matrices (n, 6): the upright boxes around them."""
    x, y = inks[:, (0, 2, 0, 2)], inks[:, (1, 1, 3, 3)]
    a, b, c, d, e, f = (matrices[:, n : n + 1] for n in range(6))
    across, down = a * x + c * y + e, b * x + d * y + f
    return np.stack((across.min(1), down.min(1), across.max(1), down.max(1)), axis=1)


def _unlike(ink: Colour, ground: Colour | None) -> bool:
    return ground is not None and max(abs(one - other) for one, other in zip(ink, ground, strict=True)) > _CONTRAST


def _thin(op: Fill | Stroke) -> bool:
    """Whether something cannot cover a character: a rule, or the strokes of a frame."""
    if isinstance(op, Fill):
        return min(op.box[2] - op.box[0], op.box[3] - op.box[1]) <= _THIN
    a, b, c, d, _, _ = op.matrix
    width = op.line.width * abs(a * d - b * c) ** 0.5
    return width <= _THIN and op.path.count(b"\n") < _MANY


def _as_rectangle(path: bytes, matrix: Matrix) -> Rect | None:
    """A path as an upright rectangle; None where it is another shape."""
    lines = path.decode("ascii").splitlines()
    if not 4 <= len(lines) <= 6 or any(line[-1] not in "mlh" for line in lines):
        return None
    a, b, c, d, e, f = matrix
    points = []
    for line in lines:
        if line[-1] != "h":
            x, y = (float(word) for word in line.split()[:2])
            points.append((a * x + c * y + e, b * x + d * y + f))
    box = bounds(points)
    corners = {(round(x, 2), round(y, 2)) for x in (box[0], box[2]) for y in (box[1], box[3])}
    return box if {(round(x, 2), round(y, 2)) for x, y in points} == corners else None
