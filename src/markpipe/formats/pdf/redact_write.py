"""Writes what is left of a page as a new page: content stream and resources, nothing that was copied from the source.

::

    ops ──▶ q … Q            one stack of buffers: a group, a soft mask and a tile each become a form of their own
    new page: Type, MediaBox, Resources (Font, XObject, ExtGState), Contents

Coordinates arrive with y downwards; one matrix at the head turns them.  What stays is not decided here.
"""

from __future__ import annotations

import math
from typing import assert_never

import pikepdf
from pikepdf import Dictionary, Name

from markpipe.formats.pdf.redact_fonts import NewFonts
from markpipe.formats.pdf.redact_ops import (
    Clip,
    Colour,
    Fill,
    Glyph,
    Group,
    GroupEnd,
    Line,
    Mask,
    MaskClip,
    MaskEnd,
    Matrix,
    Op,
    PageOps,
    Picture,
    Pop,
    Stroke,
    Text,
    Tile,
    TileEnd,
    drawings,
)
from markpipe.formats.pdf.redact_pictures import Images, Pixels
from markpipe.formats.pdf.redact_source import number

_MOST_TILES = 4000
_SLACK = 0.02


class PageWriter:
    """One new page."""

    def __init__(self, pdf: pikepdf.Pdf, fonts: NewFonts, images: Images, page: PageOps) -> None:
        self._pdf = pdf
        self._fonts = fonts
        self._images = images
        self._width, self._height = page.width, page.height
        self._stack: list[list[str]] = [[]]
        self._open: list[Group | Mask | Tile] = []
        self._clips: list[bool] = []
        self._xobjects: dict[str, pikepdf.Object] = {}
        self._states: dict[str, pikepdf.Object] = {}
        self._state_names: dict[tuple[object, ...], str] = {}
        self.font_numbers: set[int] = set()
        self.resources = pdf.make_indirect(Dictionary())
        self._box = [0, 0, round(page.width, 3), round(page.height, 3)]

    def emit(self, *words: str) -> None:
        self._stack[-1].append(" ".join(words))

    def page_object(self) -> pikepdf.Object:
        """The finished page; its fonts are put in by `finish`."""
        while self._clips:
            self._pop()
        content = "\n".join(self._stack.pop(0))
        stream = self._pdf.make_stream(f"1 0 0 -1 0 {number(self._box[3])} cm\n{content}\n".encode("ascii"))
        return self._pdf.make_indirect(
            Dictionary(Type=Name.Page, MediaBox=self._box, Resources=self.resources, Contents=stream)
        )

    def finish(self, fonts: list[pikepdf.Object]) -> None:
        """Fill in the resources, once all fonts are known."""
        if self.font_numbers:
            self.resources["/Font"] = Dictionary({f"/R{n + 1}": fonts[n] for n in sorted(self.font_numbers)})
        if self._xobjects:
            self.resources["/XObject"] = Dictionary(self._xobjects)
        if self._states:
            self.resources["/ExtGState"] = Dictionary(self._states)

    def write(self, ops: list[Op], pictures: dict[int, tuple[Pixels, bool, Pixels | None]]) -> None:
        """Write operations; `pictures` has pixels, JPEG or not and transparency by the number of a `Picture`."""
        for op in ops:
            match op:
                case Fill():
                    self._paint(op, "f*" if op.even_odd else "f")
                case Stroke():
                    self._paint(op, "S", op.line)
                case Text():
                    self._text(op, pictures)
                case Picture():
                    self._picture(op, pictures)
                case Clip():
                    path = transformed(op.path, op.matrix) or "0 0 0 0 re"
                    self.emit("q", path, "W* n" if op.even_odd else "W n")
                    self._clips.append(True)
                case MaskClip():
                    self.emit("q")
                    self._clips.append(True)
                case Pop():
                    self._pop()
                case Group() | Mask() | Tile():
                    self._open.append(op)
                    self._stack.append([])
                case GroupEnd() | MaskEnd() | TileEnd():
                    self._close()
                case unexpected:
                    assert_never(unexpected)

    def full_page(self, pixels: Pixels) -> None:
        """A picture over the whole page."""
        grey = bool((pixels.max(axis=2) - pixels.min(axis=2) <= 2).all())
        image = self._images.add(pixels[..., :1] if grey else pixels, jpeg=not grey)
        matrix = (self._width, 0.0, 0.0, -self._height, 0.0, self._height)
        self.emit("q", matrix_words(matrix), "cm", self._name(image), "Do Q")

    def _pop(self) -> None:
        if self._clips:
            self._clips.pop()
            self.emit("Q")

    def _close(self) -> None:
        if not self._open:
            return
        opened, body = self._open.pop(), self._stack.pop()
        form = self._form(body, opened)
        match opened:
            case Group():
                state = self._state(opened.alpha, opened.alpha, opened.blend)
                self.emit("q", state, self._name(form), "Do Q")
            case Mask():
                soft = Dictionary(
                    Type=Name.Mask,
                    S=Name.Luminosity if opened.luminosity else Name.Alpha,
                    G=form,
                )
                if opened.luminosity:
                    soft["/BC"] = list(opened.backdrop)
                state = Dictionary(Type=Name.ExtGState, SMask=soft)
                key = f"/G{len(self._states) + 1}"
                self._states[key] = state
                self.emit("q", key, "gs")
                self._clips.append(True)
            case Tile():
                self._tile(opened, self._name(form))
            case unexpected:
                assert_never(unexpected)

    def _tile(self, tile: Tile, name: str) -> None:
        a, b, c, d, _, _ = tile.matrix
        for row in tile_range(tile.area[1], tile.area[3], tile.cell[1], tile.cell[3], tile.ystep):
            for column in tile_range(tile.area[0], tile.area[2], tile.cell[0], tile.cell[2], tile.xstep):
                x, y = column * tile.xstep, row * tile.ystep
                shift = (a * x + c * y, b * x + d * y)
                self.emit("q 1 0 0 1", number(shift[0]), number(shift[1]), "cm", name, "Do Q")

    def _form(self, body: list[str], opened: Group | Mask | Tile) -> pikepdf.Object:
        form = self._pdf.make_stream("\n".join(body).encode("ascii"))
        form["/Type"] = Name.XObject
        form["/Subtype"] = Name.Form
        form["/BBox"] = [-5000, -5000, 15000, 15000]
        form["/Resources"] = self.resources
        if not isinstance(opened, Tile):
            group = Dictionary(Type=Name.Group, S=Name.Transparency, CS=Name.DeviceRGB)
            if isinstance(opened, Group):
                group["/I"], group["/K"] = opened.isolated, opened.knockout
            form["/Group"] = group
        return form

    def _name(self, item: pikepdf.Object) -> str:
        name = f"/X{len(self._xobjects) + 1}"
        self._xobjects[name] = item
        return name

    def _state(self, fill: float, stroke: float, blend: str = "Normal") -> str:
        if fill >= 1 and stroke >= 1 and blend == "Normal":
            return ""
        key = (round(fill, 4), round(stroke, 4), blend)
        if key not in self._state_names:
            name = f"/G{len(self._states) + 1}"
            self._states[name] = Dictionary(Type=Name.ExtGState, ca=key[0], CA=key[1], BM=Name(f"/{blend}"))
            self._state_names[key] = name
        return f"{self._state_names[key]} gs"

    def _paint(self, op: Fill | Stroke, painted: str, line: Line | None = None) -> None:
        if not op.path:
            return
        self.emit("q", self._state(op.alpha, op.alpha), colours(op.colour, stroke=line is not None))
        self.emit(matrix_words(op.matrix), "cm", line_words(line) if line else "")
        self.emit(op.path.decode("ascii"))
        self.emit(painted, "Q")

    def _picture(self, op: Picture, pictures: dict[int, tuple[Pixels, bool, Pixels | None]]) -> None:
        if op.number not in pictures:
            return
        pixels, jpeg, alpha = pictures[op.number]
        name = self._name(self._images.add(pixels, jpeg=jpeg, alpha=alpha))
        a, b, c, d, e, f = op.matrix
        # an image stands on its feet where y goes up; here it goes down
        matrix = (a, b, -c, -d, e + c, f + d)
        self.emit("q", self._state(op.alpha, op.alpha), matrix_words(matrix), "cm", name, "Do Q")

    def _text(self, op: Text, pictures: dict[int, tuple[Pixels, bool, Pixels | None]]) -> None:
        plain = [glyph for glyph in op.glyphs if glyph.drawn is None]
        if plain:
            self.emit("q", self._state(op.alpha, op.alpha), colours(op.colour))
            if op.line is not None:
                self.emit(colours(op.colour, stroke=True), line_words(op.line))
            self.show(plain, 0 if op.line is None else 1)
            self.emit("Q")
        for glyph in op.glyphs:
            if glyph.drawn is not None:
                self.emit("q", self._state(op.alpha, op.alpha))
                self.write(glyph.drawn, pictures)
                self.emit("Q")
        if said := [glyph for glyph in op.glyphs if glyph.drawn is not None and glyph.text]:
            self.emit("q")
            self.show(said, 0)  # painted without ink: not hidden from who looks for hidden words
            self.emit("Q")

    def show(self, glyphs: list[Glyph], mode: int) -> None:
        """Show characters: runs on one line share a matrix, the distances go between them."""
        self.emit("BT", f"{mode} Tr" if mode else "")
        run: list[str] = []
        before: Glyph | None = None
        pen = (0.0, 0.0)
        current = -1
        for glyph in glyphs:
            font, code = self._fonts.code(glyph)
            self.font_numbers.add(font)
            step = None if before is None or font != current else along(before, pen, glyph)
            if step is None:
                self._flush(run)
                run = []
                if font != current:
                    self.emit(f"/R{font + 1} 1 Tf")
                    current = font
                self.emit(matrix_words(glyph.matrix), "Tm")
            elif abs(step) > _SLACK / 40:
                run.append(number(-step * 1000))
            run.append(f"<{code:04x}>")
            width = self._fonts.width(glyph)
            a, b, _, _, e, f = glyph.matrix
            pen = (e + a * width, f + b * width)
            before = glyph
        self._flush(run)
        self.emit("ET")

    def _flush(self, run: list[str]) -> None:
        if run:
            self.emit("[", "".join(run).replace("><", ""), "] TJ")


def along(before: Glyph, pen: tuple[float, float], glyph: Glyph) -> float | None:
    """How far behind the pen a character stands, in em of its line; None where it is not on that line."""
    if any(abs(x - y) > 1e-4 * max(1.0, abs(x)) for x, y in zip(before.matrix[:4], glyph.matrix[:4], strict=True)):
        return None
    a, b, _, _, e, f = glyph.matrix
    length = a * a + b * b
    if length < 1e-9:
        return None
    dx, dy = e - pen[0], f - pen[1]
    if abs(dx * b - dy * a) / math.sqrt(length) > _SLACK:
        return None
    return (dx * a + dy * b) / length


def tile_range(start: float, end: float, low: float, high: float, step: float) -> range:
    """Which repetitions of a cell reach into a stretch."""
    if not step:
        return range(1)
    first, last = sorted(((start - high) / step, (end - low) / step))
    return range(math.ceil(first - 1e-6), math.floor(last + 1e-6) + 1)


def tiles(tile: Tile) -> int:
    """How many times a cell would be drawn."""
    rows = tile_range(tile.area[1], tile.area[3], tile.cell[1], tile.cell[3], tile.ystep)
    columns = tile_range(tile.area[0], tile.area[2], tile.cell[0], tile.cell[2], tile.xstep)
    return len(rows) * len(columns)


def unwritable(ops: list[Op]) -> list[str]:
    """What of a page cannot be written down again faithfully."""
    found = []
    for each in drawings(ops):
        for place, op in enumerate(each):
            if isinstance(op, MaskClip):
                follows = [type(one) for one in each[place + 1 : place + 3]]
                if follows != [Picture, Pop]:
                    found.append("图像蒙版下有图片以外的内容")
            if isinstance(op, Tile) and tiles(op) > _MOST_TILES:
                found.append("底纹图案过密")
    return list(dict.fromkeys(found))


def matrix_words(matrix: Matrix) -> str:
    return " ".join(number(value) for value in matrix)


def colours(colour: Colour, *, stroke: bool = False) -> str:
    """The operator that sets a colour."""
    red, green, blue = colour
    if red == green == blue:
        return f"{number(red)} {'G' if stroke else 'g'}"
    return f"{number(red)} {number(green)} {number(blue)} {'RG' if stroke else 'rg'}"


def line_words(line: Line) -> str:
    dash = " ".join(number(value) for value in line.dash)
    words = f"{number(line.width)} w {line.cap} J {line.join} j {number(max(1.0, line.miter))} M"
    return f"{words} [{dash}] {number(line.phase)} d" if line.dash else words


def transformed(path: bytes, matrix: Matrix) -> str:
    """A path with its matrix worked in."""
    a, b, c, d, e, f = matrix
    lines = []
    for line in path.decode("ascii").splitlines():
        *words, name = line.split()
        values = [float(word) for word in words]
        moved = [
            number(value)
            for x, y in zip(values[::2], values[1::2], strict=True)
            for value in (a * x + c * y + e, b * x + d * y + f)
        ]
        lines.append(" ".join([*moved, name]))
    return "\n".join(lines)
