"""The text of one PDF page as it is drawn, told apart by whether a reader sees it, with a box for every character.

::

    text page (everything drawn, nothing cut off)
        │ spans, lines ── quick look: anything pale, tiny, outside, painted over, cut away?
        │        no ──▶ one layer: the page
        ▼ yes
    characters ── seen? ──▶ page | hidden | covered | outside        (`sight`)

The same code gives the text and the boxes, so they cannot drift apart.  /ActualText is not believed here: what is
drawn is the text; the replacement is read as its own part (`content`).  OCR is not this module's matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pymupdf
from pymupdf import mupdf

from markpipe.formats.pdf.frame import framed
from markpipe.formats.pdf.hints import Features, Hints, hints
from markpipe.formats.pdf.order import Glyphs, Line, in_lines
from markpipe.formats.pdf.overprint import SAME, apart, overprinted, repeats
from markpipe.formats.pdf.plainly import plainly
from markpipe.formats.pdf.sight import Log, Sight, has_appearances, needs_sight, operators, painting, unrotated
from markpipe.model.document import Boxes, PartKind

FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_PRESERVE_LIGATURES | pymupdf.TEXT_IGNORE_ACTUALTEXT
_EDGE = 2.0  # points: what reaches no further into the page may not be seen
_PLAIN_FILE = Features(transparency=True, tints=True)  # what is not known is taken for the worse
EVERYTHING = pymupdf.INFINITE_RECT()
_AS_IS = pymupdf.Matrix(1, 1)
_SUFFIX = {
    PartKind.PAGE: "",
    PartKind.HIDDEN: "/hidden",
    PartKind.COVERED: "/covered",
    PartKind.OUTSIDE: "/outside",
}


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """What one kind of text on a page says: its part's name, text (each line ends with a line feed) and boxes.

    `boxes` is in points from the top left of the page as displayed; empty where only the text was asked for.
    """

    name: str
    kind: PartKind
    text: str
    boxes: Boxes = field(default_factory=lambda: np.empty((0, 4), dtype=np.float32))
    recognised: bool = False

    @property
    def visible(self) -> bool:
        """Whether a reader sees it: on the page itself, or in a picture that a page shows."""
        return self.kind is PartKind.PAGE or (self.kind is PartKind.IMAGE and self.name.startswith("page:"))


class PageText:
    """The text page of a page, and the closer looks at it, each made once and only when asked for."""

    def __init__(self, page: Any, features: Features) -> None:
        self.page = page
        self._features = features
        turned = page.rotation
        self._drawn = drawn_text(page, turned=turned)
        self._rect = unrotated(page, turned=turned)
        self.operators = self._content = operators(page)
        self._scale = 1.0
        self._within = self._rect
        self._bare = self._is_bare(turned)
        self._simple = self._simple_text() if self._bare else None
        self._plain = self._simple is not None or not self._closer_look()
        # what lies outside the frame of a page is cut off by it
        self._bare = self._bare and (self._plain or self._within == self._rect)

    def _is_bare(self, turned: int) -> bool:
        """Whether the operators hide nothing, and nothing is drawn beside them; sets where the text has to lie."""
        left, top, right, bottom = self._rect
        width, height = right - left, bottom - top
        if not plainly(self.operators, width, height, self._features):
            frame = None if turned else framed(self.operators)
            if frame is None or not plainly(frame.content, width, height, self._features, frame.scale):
                return False
            self._content, self._scale = frame.content, frame.scale
            x0, y0, x1, y1 = pymupdf.Rect(frame.clip) * self.page.transformation_matrix
            self._within = (max(x0, left), max(y0, top), min(x1, right), min(y1, bottom))
        return not has_appearances(self.page)

    @property
    def plain(self) -> bool:
        """Whether all text is plainly there and no picture or drawing is."""
        return self._plain

    @cached_property
    def hints(self) -> Hints:
        """What the operators of the page make possible."""
        left, top, right, bottom = self._rect
        return Hints() if self._bare else hints(self.operators, right - left, bottom - top, self._features)

    @cached_property
    def _text_page(self) -> Any:
        return pymupdf.TextPage(self._drawn)

    @cached_property
    def blocks(self) -> list[Mapping[str, Any]]:
        """Blocks, lines and spans with their looks."""
        found: list[Mapping[str, Any]] = self._text_page.extractDICT()["blocks"]
        return found

    @cached_property
    def log(self) -> Log:
        """What is painted, in order, with boxes."""
        return painting(self.page, self.hints)

    @cached_property
    def _chunks(self) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._text_page.extractBLOCKS()
        return found

    def _disorderly(self, lines: Sequence[str]) -> bool:
        """Whether lines have to be put in order: single characters, or words that stand twice at the same place."""
        if _singles(lines):
            return True
        if not repeats(lines) or (self._bare and apart(self._content, self._scale)):
            return False
        return overprinted(self._text_page)

    def layers(self, *, boxes: bool = False) -> tuple[Layer, ...]:
        """The layers of text on the page, the visible one first; layers without text are left out."""
        if self._plain and not boxes:
            return self._one_layer()
        suspicious = not self._plain and needs_sight(self.page, self.blocks, self.log, self.hints)
        disordered = _out_of_order(self.blocks)
        if not suspicious and not boxes and not disordered:
            return self._one_layer()
        lines = list(_lines(self._text_page.extractRAWDICT()["blocks"]))
        sight = Sight(self.page, self.log) if suspicious else None
        return tuple(_layers(self.page, lines, sight, boxes=boxes, disordered=disordered))

    def _one_layer(self) -> tuple[Layer, ...]:
        text = self._simple
        if text is None:
            text = clean("".join(chunk[4] for chunk in self._chunks))
        name = part_name(self.page.number, PartKind.PAGE)
        return (Layer(name, PartKind.PAGE, text),) if text.strip() else ()

    def _simple_text(self) -> str | None:
        """The text where even a cheap look at it shows that it lies inside the page, and no line on another."""
        text = printed_text(self._drawn)
        lines = text.split("\n")
        if self._disorderly(lines):
            return None
        left, top, right, bottom = self._within
        inside = inside_text(self._drawn, (left + _EDGE, top + _EDGE, right - _EDGE, bottom - _EDGE))
        return clean(text) if _characters(inside) == _characters(text) else None

    def _closer_look(self) -> bool:
        """Whether anything speaks against taking the text as it is."""
        if not self._bare and (self.hints.any or has_appearances(self.page)):
            return True
        left, top, right, bottom = self._within
        if any(
            x0 < left - 1 or y0 < top - 1 or x1 > right + 1 or y1 > bottom + 1 for x0, y0, x1, y1, *_ in self._chunks
        ):
            return True
        lines = [line for chunk in self._chunks for line in chunk[4].splitlines()]
        return self._disorderly(lines)


def _singles(lines: Sequence[str]) -> bool:
    """Whether lines of one character follow each other: a grid, a stack, shuffled drawing."""
    ones = [len(line) == 1 for line in map(str.strip, lines)]
    return any(one and other for one, other in pairwise(ones)) if any(ones) else False


def drawn_text(page: Any, *, turned: int) -> Any:
    """Everything that is drawn, nothing cut off, before the page is turned: the library's own text page, not wrapped."""
    if turned:
        return page.get_textpage(clip=EVERYTHING, flags=FLAGS).this
    # What `get_textpage` does beside this (asking for the rotation again) is a tenth of the time of a short page.
    return page._get_textpage(EVERYTHING, flags=FLAGS, matrix=_AS_IS)


def _characters(text: str) -> int:
    return len(text) - text.count("\n")


def printed_text(drawn: Any) -> str:
    """All lines of a text page, by the library's own writer: a tenth of the time of taking it block by block."""
    buffer = mupdf.FzBuffer(4096)
    out = mupdf.FzOutput(buffer)
    mupdf.fz_print_stext_page_as_text(out, drawn)
    out.fz_close_output()
    text: str = mupdf.fz_buffer_extract_copy(buffer).decode("utf-8", "surrogatepass")
    return text.replace("\n\n", "\n")  # a block ends with an empty line


def inside_text(drawn: Any, rect: tuple[float, float, float, float]) -> str:
    """The characters that touch a rectangle, lines told apart by line feeds."""
    text: str = mupdf.fz_copy_rectangle(drawn, mupdf.FzRect(*rect), 0)
    return text


def all_text(page: Any) -> str:
    """Everything that is drawn on a page, seen or not, in the order of drawing."""
    text_page = page.get_textpage(clip=EVERYTHING, flags=FLAGS)
    return clean("".join(block[4] for block in text_page.extractBLOCKS() if block[6] == 0))


def page_layers(page: Any, *, boxes: bool = False, features: Features = _PLAIN_FILE) -> tuple[Layer, ...]:
    """The layers of text on a page."""
    return PageText(page, features).layers(boxes=boxes)


def _out_of_order(blocks: list[Mapping[str, Any]]) -> bool:
    """Whether lines have to be put in order: single characters (a grid, a stack, shuffled drawing) or overprinting."""
    seen: dict[str, list[tuple[float, ...]]] = {}
    texts = []
    for block in blocks:
        for line in block.get("lines", ()):
            text = "".join(span["text"] for span in line["spans"])
            texts.append(text)
            if text.isspace():
                continue
            places = seen.setdefault(text, [])
            if any(
                abs(line["bbox"][0] - place[0]) < SAME and abs(line["bbox"][1] - place[1]) < SAME for place in places
            ):
                return True
            places.append(line["bbox"])
    return _singles(texts)


def _lines(blocks: list[Mapping[str, Any]]) -> Iterator[Line]:
    for block in blocks:
        for line in block.get("lines", ()):
            yield Line.of(line)


def _layers(page: Any, lines: list[Line], sight: Sight | None, *, boxes: bool, disordered: bool) -> Iterator[Layer]:
    by_kind: dict[PartKind, list[Line]] = {PartKind.PAGE: lines}
    if sight is not None:
        by_kind = {}
        for kind, part in sight.split(lines):
            by_kind.setdefault(kind, []).append(part)
        if lost := sight.without_area():
            by_kind.setdefault(PartKind.HIDDEN, []).extend(lost)
    for kind in _SUFFIX:
        glyphs = in_lines(by_kind.get(kind, []), disordered=disordered, blank=sight is None)
        if glyphs.text.strip():
            yield Layer(
                part_name(page.number, kind),
                kind,
                clean(glyphs.text),
                _displayed(page, glyphs) if boxes else np.empty((0, 4), dtype=np.float32),
            )


def _displayed(page: Any, glyphs: Glyphs) -> Boxes:
    """Boxes turned with the page: PyMuPDF's text pages are always unrotated."""
    if page.rotation == 0 or not len(glyphs.boxes):
        return glyphs.boxes
    a, b, c, d, e, f = page.rotation_matrix
    left, top, right, bottom = glyphs.boxes.T
    xs = np.stack([a * left + c * top + e, a * right + c * bottom + e])
    ys = np.stack([b * left + d * top + f, b * right + d * bottom + f])
    return np.stack([xs.min(0), ys.min(0), xs.max(0), ys.max(0)], axis=1).astype(np.float32)


def part_name(number: int, kind: PartKind) -> str:
    """The stable name of a layer; `number` counts from 0."""
    return f"page:{number + 1}{_SUFFIX[kind]}"


def clean(text: str) -> str:
    """The same length without what no text may hold: lone surrogates and NUL."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\x00", "\ufffd")
