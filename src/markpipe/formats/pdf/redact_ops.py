"""What a page draws, as plain values: the only things that a rebuilt page can hold.

::

    page ── redact_device ──▶ [Fill, Stroke, Text, Picture, …] ── redact_sight, redact_cut ──▶ fewer ── redact_write ──▶ new page

Coordinates are points from the top left of the page as displayed, y downwards.  Every operation bears the number that
the look for hidden things (`redact_sight`) knows it by.  Nothing here draws or decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Matrix = tuple[float, float, float, float, float, float]
Rect = tuple[float, float, float, float]
Colour = tuple[float, float, float]


@dataclass(slots=True)
class Glyph:
    """One drawn character: `font` is an index into the fonts of the file, `matrix` takes em to the page."""

    number: int
    font: int
    gid: int
    text: str
    matrix: Matrix
    advance: float
    page: int = 0
    seen: bool = True
    drawn: list[Op] | None = None

    @property
    def size(self) -> float:
        """The height of an em in points."""
        return float((self.matrix[2] ** 2 + self.matrix[3] ** 2) ** 0.5)

    @property
    def twin(self) -> tuple[object, ...]:
        """What it shares with another one drawn exactly over it, as where text is filled and then stroked."""
        return (self.font, self.gid, *(round(value, 2) for value in self.matrix))

    @property
    def end(self) -> tuple[float, float]:
        """Where the next character of the line would stand."""
        a, b, _, _, e, f = self.matrix
        return e + a * self.advance, f + b * self.advance

    @property
    def box(self) -> Rect:
        """The em box on the page."""
        a, b, c, d, e, f = self.matrix
        width = self.advance or 1.0
        points = [
            (e + a * x + c * y, f + b * x + d * y) for x, y in ((0, -0.15), (width, -0.15), (0, 0.88), (width, 0.88))
        ]
        return bounds(points)


@dataclass(slots=True)
class Line:
    """How a stroke is drawn."""

    width: float
    cap: int
    join: int
    miter: float
    dash: tuple[float, ...]
    phase: float


@dataclass(slots=True)
class Fill:
    number: int
    path: bytes
    even_odd: bool
    matrix: Matrix
    colour: Colour
    alpha: float
    box: Rect


@dataclass(slots=True)
class Stroke:
    number: int
    path: bytes
    line: Line
    matrix: Matrix
    colour: Colour
    alpha: float
    box: Rect


@dataclass(slots=True)
class Text:
    """Characters of one show operation; `line` is set where they are stroked."""

    number: int
    glyphs: list[Glyph]
    colour: Colour
    alpha: float
    line: Line | None = None


@dataclass(slots=True)
class Picture:
    """A picture on the unit square through `matrix`; `mask` is its soft mask; a stencil has a colour."""

    number: int
    image: Any
    matrix: Matrix
    alpha: float
    mask: Any = None
    stencil: Colour | None = None
    rendered: bool = False


@dataclass(slots=True)
class Clip:
    path: bytes
    even_odd: bool
    matrix: Matrix


@dataclass(slots=True)
class MaskClip:
    image: Any
    matrix: Matrix


@dataclass(slots=True)
class Pop:
    pass


@dataclass(slots=True)
class Group:
    blend: str
    alpha: float
    isolated: bool
    knockout: bool


@dataclass(slots=True)
class GroupEnd:
    pass


@dataclass(slots=True)
class Mask:
    luminosity: bool
    backdrop: Colour


@dataclass(slots=True)
class MaskEnd:
    pass


@dataclass(slots=True)
class Tile:
    area: Rect
    cell: Rect
    xstep: float
    ystep: float
    matrix: Matrix


@dataclass(slots=True)
class TileEnd:
    pass


Op = Fill | Stroke | Text | Picture | Clip | MaskClip | Pop | Group | GroupEnd | Mask | MaskEnd | Tile | TileEnd


@dataclass(slots=True)
class PageOps:
    """One page: its size, what it draws, what was dropped, and why it cannot be decided (empty: it can).

    `layer` has the characters that are written without being painted; their numbers are below zero.
    """

    number: int
    width: float
    height: float
    ops: list[Op] = field(default_factory=list)
    unseen: list[Glyph] = field(default_factory=list)
    layer: list[Glyph] = field(default_factory=list)
    hidden: int = 0
    undecided: list[str] = field(default_factory=list)
    total: int = 0

    def glyphs(self) -> list[Glyph]:
        """The characters in drawing order."""
        return [glyph for op in self.ops if isinstance(op, Text) for glyph in op.glyphs]


def drawings(ops: list[Op]) -> Iterator[list[Op]]:
    """The operations of a page, then those of each character that is a drawing."""
    yield ops
    for op in ops:
        if isinstance(op, Text):
            for glyph in op.glyphs:
                if glyph.drawn:
                    yield from drawings(glyph.drawn)


def bounds(points: list[tuple[float, float]]) -> Rect:
    """The upright rectangle around points."""
    xs = [x for x, _ in points]
    ys = [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def square(matrix: Matrix) -> Rect:
    """Where the unit square comes to lie."""
    a, b, c, d, e, f = matrix
    return bounds([(e, f), (e + a, f + b), (e + c, f + d), (e + a + c, f + b + d)])


def multiply(one: Matrix, two: Matrix) -> Matrix:
    """First `one`, then `two`."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def meet(one: Rect, two: Rect) -> bool:
    """Whether two rectangles share an area."""
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]
