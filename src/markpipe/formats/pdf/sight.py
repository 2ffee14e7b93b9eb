"""Whether a reader sees a character of a PDF page.

A quick look at spans and at what was painted decides whether the page needs the closer one.  The closer look renders
the page once: a character whose place shows a single colour is not seen.  Where an opaque picture was painted over
text, the order of painting decides, because the picture has contrast of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymupdf
from numpy.typing import NDArray
from pymupdf import mupdf

from markpipe.formats.pdf.order import Line, Quad
from markpipe.formats.pdf.textpage import FLAGS, drawn_text, inked, printed_text
from markpipe.model.document import PartKind

Log = Sequence[tuple[str, Quad]]

_PALE = 0xE8  # every channel at least this: nearly white
_FAINT = 40  # alpha of 255
_TINY = 3.0  # points: smaller than print
_THIN = 3.0  # points: rules and underlines painted over text hide nothing
_DRAWN = 16 | 32  # filled or stroked, in PyMuPDF's char_flags
_CONTRAST = 24
_ZOOM = 2.0
_MOST_PIXELS = 40_000_000
_MOST_AT_ONCE = 8_000_000  # pixels of windows on characters
_KINDS = (PartKind.PAGE, PartKind.OUTSIDE, PartKind.HIDDEN, PartKind.COVERED)
_SEEN, _OUTSIDE, _HIDDEN, _COVERED = range(len(_KINDS))
_PAINT = ("fill-path", "fill-rect", "fill-image", "fill-shade", "fill-imgmask")
_ALL_FLAGS = FLAGS | pymupdf.TEXT_CLIP | pymupdf.TEXT_COLLECT_VECTORS | pymupdf.TEXT_PRESERVE_IMAGES
_TEXT, _PICTURE = 0, 1  # kinds of blocks


def needs_sight(rect: Quad, blocks: Sequence[Mapping[str, Any]], log: Log) -> bool:
    """Whether some text stands outside the page, looks as if it may be unseen, or has something painted over it."""
    left, top, right, bottom = rect
    for block in blocks:
        x0, y0, x1, y1 = block["bbox"]
        if x0 < left - 1 or y0 < top - 1 or x1 > right + 1 or y1 > bottom + 1:
            return True
        for line in block.get("lines", ()):
            for span in line["spans"]:
                if _doubtful(span["color"], span["alpha"], span["char_flags"], span["size"]):
                    return True
    return next(_over_text(log, _PAINT), None) is not None


def has_appearances(page: Any) -> bool:
    """Whether annotations (other than links) or form fields are drawn on the page."""
    own = mupdf.pdf_page_from_fz_page(page.this)
    if not mupdf.pdf_dict_gets(own.obj(), "Annots").m_internal:
        return False
    return bool(mupdf.pdf_first_annot(own).m_internal or mupdf.pdf_first_widget(own).m_internal)


def operators(page: Any) -> bytes:
    """The page's own content stream, its pieces told apart by a space: `page.read_contents` with half of its calls."""
    contents = mupdf.pdf_dict_gets(mupdf.pdf_page_from_fz_page(page.this).obj(), "Contents")
    if contents.pdf_is_array():
        pieces = [contents.pdf_array_get(index) for index in range(contents.pdf_array_len())]
    else:
        pieces = [contents]
    return b" ".join(mupdf.fz_buffer_extract_copy(piece.pdf_load_stream()) for piece in pieces if piece.pdf_is_stream())


@dataclass(frozen=True, slots=True)
class Uncut:
    """What a text page tells of painting where there are only text, paths and pictures: text blocks and all others in
    order, filled rectangles told from other filled shapes; and how many characters no clip cuts away."""

    log: Log
    inked: int

    @classmethod
    def of(cls, page: Any) -> Uncut:
        """Draw a page once more."""
        drawn = drawn_text(page, turned=page.rotation, flags=_ALL_FLAGS)
        blocks = pymupdf.TextPage(drawn).extractBLOCKS()
        log = [(_block_kind(kind, text), (x0, y0, x1, y1)) for x0, y0, x1, y1, text, _, kind in blocks]
        return cls(log, inked(printed_text(drawn)))


def _block_kind(kind: int, text: str) -> str:
    if kind == _TEXT:
        return "fill-text"
    if kind == _PICTURE:
        return "fill-imgmask" if text.startswith("<image: None") else "fill-image"
    if text.startswith("\n<vector stroked"):
        return "stroke-path"
    return "fill-rect" if "is-rect: true" in text else "fill-path"


def unrotated(page: Any, *, turned: int | None = None) -> Quad:
    """The page's rectangle before /Rotate: the coordinates of text pages.  `turned` is the rotation where it is known."""
    turned = page.rotation if turned is None else turned
    rect = page.rect * page.derotation_matrix if turned else mupdf.fz_bound_page(page.this)
    return rect.x0, rect.y0, rect.x1, rect.y1


class Sight:
    """A closer look at one page."""

    def __init__(self, page: Any, log: Log) -> None:
        self._page = page
        self._rect = unrotated(page)
        self._log = log
        self._covers = list(_opaque_images(page, log))
        paints = [box for kind, box in _entries(log) if kind in _PAINT and not _thin(box)]
        self._paints = np.array(paints, dtype=np.float32).reshape(-1, 4)
        self._shades, self._scale = _render(page, self._rect)

    def split(self, lines: Sequence[Line]) -> Iterator[tuple[PartKind, Line]]:
        """What of each line is seen, and the line again under each kind of unseen text that it has."""
        kinds = self._kinds(lines)
        start, before = 0, _SEEN
        for line in lines:
            own = kinds[start : start + len(line.text)].tolist()
            start += len(line.text)
            # A space has no ink: it goes with the character before it, the first ones with the first that has some.
            before = next((kind for kind, char in zip(own, line.text, strict=True) if not char.isspace()), before)
            for index, char in enumerate(line.text):
                before = own[index] = before if char.isspace() else own[index]
            found = dict.fromkeys(own)
            for code in found:
                # Unseen text as the whole line, so that words half of which can be seen are found whole.
                whole = len(found) > 1 and code == _SEEN
                part = line.pick([index for index, each in enumerate(own) if each == code]) if whole else line
                yield _KINDS[code], part

    def _kinds(self, lines: Sequence[Line]) -> NDArray[np.int64]:
        """For each character of all lines, what it is (an index into `_KINDS`)."""
        boxes = np.array([box for line in lines for box in line.boxes], dtype=np.float64).reshape(-1, 4)
        styles = np.array([style for line in lines for style in line.styles], dtype=np.float64).reshape(-1, 4)
        _, alpha, flags, size = styles.T
        left, top, right, bottom = self._rect
        x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        outside = (x < left) | (x > right) | (y < top) | (y > bottom)
        drawn = (flags.astype(np.int64) & _DRAWN) != 0
        hidden = ~outside & (~drawn | (alpha < _FAINT) | (size < _TINY / 2))
        covered = np.zeros(len(boxes), dtype=np.bool_)
        for cover in self._covers:
            covered |= (cover[0] <= x) & (x <= cover[2]) & (cover[1] <= y) & (y <= cover[3])
        codes = np.select([outside, hidden, covered], [_OUTSIDE, _HIDDEN, _COVERED], _SEEN)
        asked = np.flatnonzero(codes == _SEEN)
        for index in asked[self._contrasts(boxes[asked]) < _CONTRAST].tolist():
            codes[index] = _COVERED if self._painted_at(x[index], y[index]) else _HIDDEN
        return codes

    def _contrasts(self, boxes: NDArray[np.float64]) -> NDArray[np.int64]:
        """How far the lightest and the darkest pixel of each box lie apart: boxes of one size are looked at together."""
        left, top, _, _ = self._rect
        height, width = self._shades.shape
        corners = ((boxes - np.array([left, top, left, top])) * self._scale).astype(np.int64)
        corners[:, 2:] += 1
        corners = corners.clip(0, [width, height, width, height])
        found = np.zeros(len(boxes), dtype=np.int64)
        sizes = corners[:, 2:] - corners[:, :2]
        for across, down in np.unique(sizes, axis=0).tolist():
            if across <= 0 or down <= 0:
                continue
            alike = np.flatnonzero((sizes[:, 0] == across) & (sizes[:, 1] == down))
            windows = np.lib.stride_tricks.sliding_window_view(self._shades, (down, across))
            for part in np.array_split(alike, len(alike) * across * down // _MOST_AT_ONCE + 1):
                shades = windows[corners[part, 1], corners[part, 0]].reshape(len(part), -1)
                found[part] = shades.max(axis=1).astype(np.int64) - shades.min(axis=1)
        return found

    def _painted_at(self, x: float, y: float) -> bool:
        left, top, right, bottom = self._paints.T
        return bool(((left <= x) & (x <= right) & (top <= y) & (y <= bottom)).any())


def _render(page: Any, rect: Quad) -> tuple[NDArray[np.uint8], float]:
    """Luminance of the unrotated page and pixels a point.  The darkest channel counts, so yellow on white is seen."""
    width, height = rect[2] - rect[0], rect[3] - rect[1]
    scale = min(_ZOOM, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
    turned = page.rotation
    if turned:
        page.set_rotation(0)
    try:
        pixmap = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False)
    finally:
        if turned:
            page.set_rotation(turned)
    pixels = np.frombuffer(pixmap.samples_mv, dtype=np.uint8).reshape(pixmap.height, pixmap.width, 3)
    return np.minimum(np.minimum(pixels[:, :, 0], pixels[:, :, 1]), pixels[:, :, 2]), scale


def _doubtful(color: int, alpha: int, flags: int, size: float) -> bool:
    pale = min(color >> 16 & 0xFF, color >> 8 & 0xFF, color & 0xFF) >= _PALE
    return pale or alpha < _FAINT or not flags & _DRAWN or size < _TINY


def _entries(log: Log) -> Iterator[tuple[str, Quad]]:
    for entry in log:
        yield entry[0], entry[1]


def _thin(box: Quad) -> bool:
    return box[2] - box[0] < _THIN or box[3] - box[1] < _THIN


def _over_text(log: Log, kinds: tuple[str, ...]) -> Iterator[Quad]:
    """Boxes of these kinds that were painted over text that was there before."""
    entries = list(_entries(log))
    texts = np.array(
        [box if kind in ("fill-text", "stroke-text") else (0, 0, 0, 0) for kind, box in entries], dtype=np.float32
    ).reshape(-1, 4)
    for index, (kind, box) in enumerate(entries):
        if kind in kinds and not _thin(box):
            left, top, right, bottom = texts[:index].T
            if ((left < box[2]) & (box[0] < right) & (top < box[3]) & (box[1] < bottom)).any():
                yield box


def _opaque_images(page: Any, log: Log) -> Iterator[Quad]:
    """Where images without transparency were painted over text."""
    over = list(_over_text(log, ("fill-image",)))
    if not over:
        return
    masked = [tuple(info["bbox"]) for info in page.get_image_info(xrefs=True) if info.get("has-mask")]
    for box in over:
        if not any(max(abs(a - b) for a, b in zip(box, mask, strict=True)) < 2 for mask in masked):
            yield box
