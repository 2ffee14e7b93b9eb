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
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pymupdf

from markpipe.formats.pdf.features import Features
from markpipe.formats.pdf.frame import framed
from markpipe.formats.pdf.hints import Hints, hints
from markpipe.formats.pdf.order import Glyphs, Line, in_lines
from markpipe.formats.pdf.overprint import SAME, apart, overprinted, repeats
from markpipe.formats.pdf.plainly import plainly
from markpipe.formats.pdf.sight import Log, Sight, Uncut, has_appearances, needs_sight, operators, unrotated
from markpipe.formats.pdf.textpage import EVERYTHING, FLAGS, drawn_text, inked, inside_text, printed_text
from markpipe.formats.pdf.tracing import painted, text_without_area, without_ink
from markpipe.model.document import Boxes, PartKind

_EDGE = 2.0  # points: what reaches no further into the page may not be seen
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

    def __init__(self, page: Any) -> None:
        self.page = page
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

    def _features(self) -> Features:
        return Features.on(self.page)

    @property
    def plain(self) -> bool:
        """Whether all text is plainly there and no picture or drawing is."""
        return self._plain

    @cached_property
    def hints(self) -> Hints:
        """What the operators of the page make possible."""
        left, top, right, bottom = self._rect
        return Hints() if self._bare else hints(self.operators, right - left, bottom - top, self._features())

    @cached_property
    def _text_page(self) -> Any:
        return pymupdf.TextPage(self._drawn)

    @cached_property
    def blocks(self) -> list[Mapping[str, Any]]:
        """Blocks, lines and spans with their looks."""
        found: list[Mapping[str, Any]] = self._text_page.extractDICT()["blocks"]
        return found

    @cached_property
    def _drawings(self) -> bool:
        """Whether there may be drawings that only the trace of painting tells of."""
        return self.hints.drawings or has_appearances(self.page)

    @cached_property
    def uncut(self) -> Uncut:
        """Text, paths and pictures in the order of painting, without text that a clip cuts away."""
        return Uncut.of(self.page)

    @cached_property
    def log(self) -> Log:
        """What is painted, in order, with boxes.  A text page tells it cheaply where there is nothing but text, paths, pictures."""
        return painted(self.page) if self._drawings else self.uncut.log

    @cached_property
    def _text(self) -> str:
        return printed_text(self._drawn)

    @cached_property
    def _lost(self) -> int:
        """How many characters blocks do not have: those drawn without width or height."""
        return inked(self._text) - inked("".join(map(_words, self.blocks)))

    def _suspicious(self) -> bool:
        """Whether anything on the page may be unseen; false only where all text is plainly there."""
        if needs_sight(self._rect, self.blocks, self.log) or self._lost > 0:
            return True
        if self._drawings and without_ink(self.page, self.log):
            return True
        return (self.hints.clip or self._drawings) and self.uncut.inked < inked(self._text)

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
        suspicious = not self._plain and self._suspicious()
        disordered = _out_of_order(self.blocks)
        if not suspicious and not boxes and not disordered:
            return self._one_layer()
        lines = list(_lines(self._text_page.extractRAWDICT()["blocks"]))
        sight = Sight(self.page, self.log) if suspicious else None
        lost = self._without_area(lines) if suspicious and self._lost > 0 else []
        return tuple(_layers(self.page, lines, sight, lost, boxes=boxes, disordered=disordered))

    def _without_area(self, lines: Sequence[Line]) -> list[Line]:
        """Text drawn without width or height: no text page has its places, the trace of drawing does."""
        found = text_without_area(self.page)
        if sum(inked(line.text) for line in found) >= self._lost:
            return found
        # the trace calls them as large as the others: each is a line of its own of the text page, but of no block
        known = {line.text for line in lines}
        runs = groupby(self._text.split("\n"), key=known.__contains__)
        return [Line.placeless("".join(run)) for blocks_have_it, run in runs if not blocks_have_it]

    def _one_layer(self) -> tuple[Layer, ...]:
        text = self._simple
        if text is None:
            text = clean("".join(chunk[4] for chunk in self._chunks))
        name = part_name(self.page.number, PartKind.PAGE)
        return (Layer(name, PartKind.PAGE, text),) if text.strip() else ()

    def _simple_text(self) -> str | None:
        """The text where even a cheap look at it shows that it lies inside the page, and no line on another."""
        text = self._text
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


def _words(block: Mapping[str, Any]) -> str:
    return "".join(span["text"] for line in block.get("lines", ()) for span in line["spans"])


def _singles(lines: Sequence[str]) -> bool:
    """Whether lines of one character follow each other: a grid, a stack, shuffled drawing."""
    lengths = list(map(len, map(str.strip, lines)))
    return 1 in lengths and any(one == other == 1 for one, other in pairwise(lengths))


def _characters(text: str) -> int:
    return len(text) - text.count("\n")


def all_text(page: Any) -> str:
    """Everything that is drawn on a page, seen or not, in the order of drawing."""
    text_page = page.get_textpage(clip=EVERYTHING, flags=FLAGS)
    return clean("".join(block[4] for block in text_page.extractBLOCKS() if block[6] == 0))


def page_layers(page: Any, *, boxes: bool = False) -> tuple[Layer, ...]:
    """The layers of text on a page."""
    return PageText(page).layers(boxes=boxes)


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


def _layers(
    page: Any, lines: list[Line], sight: Sight | None, lost: list[Line], *, boxes: bool, disordered: bool
) -> Iterator[Layer]:
    by_kind: dict[PartKind, list[Line]] = {PartKind.PAGE: lines}
    if sight is not None:
        by_kind = {}
        for kind, part in sight.split(lines):
            by_kind.setdefault(kind, []).append(part)
        if lost:
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
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\x00", "\ufffd")
