"""Text recognition on PDF pages and pictures: when it is needed, and its words with their places.

::

    no visible text, unknown characters, glyph-sized outlines ──▶ the page as rendered
    pictures, masks, thumbnails                               ──▶ each picture once, its own pixels

A picture is looked at by itself because what covers it on the page hides nothing from who takes it out of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymupdf

from markpipe.formats.pdf.pages import Layer, PageText, clean
from markpipe.formats.picture import pixmap_may_show_text
from markpipe.model.document import Boxes, PartKind, UnreadReason
from markpipe.model.recognition import Mode, NotRecognisedError, Picture, Recogniser

DPI = 200
_SMALLEST_POINTS = 16.0  # no character of a picture this small could be read
_WIDE_ENOUGH = 700  # pixels: smaller pictures are enlarged, which Tesseract likes
_GLYPH = (4.0, 90.0)
_GLYPH_SHAPE = 3.5
_LINE = (5.0, 40.0)
_LEAST_GLYPHS = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture in the file: its object, and where a page shows it (None where no page does)."""

    number: int
    page: int | None
    box: tuple[float, float, float, float] | None


def has_outlines(text: PageText) -> bool:
    """Whether filled shapes of the size of characters, or of a line of them, stand on the page: text may have been
    turned into paths.  Rectangles are rules and shading."""
    if not any(kind == "fill-path" for kind, _ in text.log):
        return False
    glyphs = 0
    for kind, (left, top, right, bottom) in text.uncut.log:
        if kind != "fill-path":
            continue
        low, high = sorted((right - left, bottom - top))
        if _GLYPH[0] <= low and high <= _GLYPH[1] and high <= _GLYPH_SHAPE * low:
            glyphs += 1
        elif _LINE[0] <= low <= _LINE[1] and high > _LEAST_GLYPHS * low:
            return True
    return glyphs >= _LEAST_GLYPHS


def page_words(page: Any, recogniser: Recogniser, megapixels: int) -> tuple[Layer, float]:
    """The words on the rendered page, as displayed, and the recogniser's confidence; `NotRecognisedError` where nobody looked."""
    if recogniser.mode is Mode.NEVER:
        raise NotRecognisedError(UnreadReason.OCR_OFF)  # nobody would look at the page, so it need not be drawn
    dpi = DPI
    size = page.rect.width * page.rect.height / 72**2
    if size * dpi**2 > megapixels * 1_000_000:
        dpi = max(36, int((megapixels * 1_000_000 / size) ** 0.5))
    pixmap = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY, alpha=False)
    found = recogniser.recognise(Picture(bytes(pixmap.samples), pixmap.width, pixmap.height, dpi))
    boxes = (found.boxes * (72 / dpi)).astype(np.float32)
    layer = Layer(f"page:{page.number + 1}/ocr", PartKind.PAGE, clean(found.text), boxes, recognised=True)
    return layer, found.confidence


def picture_words(document: Any, shown: Shown, recogniser: Recogniser) -> Iterator[Layer]:
    """The words in a picture's own pixels and in its mask; boxes on the page where one shows it."""
    for number, suffix in _pixels_of(document, shown.number):
        pixmap = _grey(document, number)
        if pixmap is None or not pixmap_may_show_text(pixmap):
            continue
        scale = 2 if pixmap.width < _WIDE_ENOUGH else 1
        if scale > 1:
            pixmap = pymupdf.Pixmap(pixmap, pixmap.width * scale, pixmap.height * scale, None)
        found = recogniser.recognise(Picture(bytes(pixmap.samples), pixmap.width, pixmap.height, DPI))
        if found.text.strip():
            name = (
                f"picture:{shown.number}{suffix}"
                if shown.page is None
                else f"page:{shown.page}/picture:{shown.number}{suffix}"
            )
            yield Layer(name, PartKind.IMAGE, clean(found.text), _placed(found.boxes, pixmap, shown), recognised=True)


def inline_words(page: Any, recogniser: Recogniser, megapixels: int) -> Iterator[Layer]:
    """The words in pictures that stand in the content stream itself, as rendered in their places."""
    for index, info in enumerate(page.get_image_info(xrefs=True)):
        box = pymupdf.Rect(info["bbox"])
        if info["xref"] or min(box.width, box.height) < _SMALLEST_POINTS:
            continue
        dpi = int(min(DPI, (megapixels * 1_000_000 / max(box.width * box.height / 72**2, 1)) ** 0.5))
        pixmap = page.get_pixmap(dpi=dpi, clip=box, colorspace=pymupdf.csGRAY, alpha=False)
        if not pixmap_may_show_text(pixmap):
            continue
        found = recogniser.recognise(Picture(bytes(pixmap.samples), pixmap.width, pixmap.height, dpi))
        if found.text.strip():
            moved = found.boxes * (72 / dpi) + np.array([box.x0, box.y0, box.x0, box.y0], dtype=np.float32)
            name = f"page:{page.number + 1}/inline:{index + 1}"
            yield Layer(name, PartKind.IMAGE, clean(found.text), moved.astype(np.float32), recognised=True)


def shown_pictures(document: Any, numbers: Sequence[int], pages: Sequence[int]) -> list[Shown]:
    """Each picture object with the first page that shows it; `pages` are those (from 0) that show any."""
    places: dict[int, Shown] = {}
    for page_number in pages:
        page = document[page_number]
        for info in page.get_image_info(xrefs=True):
            number = info["xref"]
            if number and number not in places:
                box = pymupdf.Rect(info["bbox"]) * page.rotation_matrix
                places[number] = Shown(number, page_number + 1, tuple(box))
    return [places.get(number, Shown(number, None, None)) for number in numbers]


def _pixels_of(document: Any, number: int) -> Iterator[tuple[int, str]]:
    """The picture itself, and its soft mask."""
    yield number, ""
    kind, mask = document.xref_get_key(number, "SMask")
    if kind == "xref":
        yield int(mask.split()[0]), "/mask"


def _grey(document: Any, number: int) -> Any:
    """The pixels of a picture in grey; None where it cannot be decoded (its page is named elsewhere)."""
    pixmap = pymupdf.Pixmap(document, number)
    if pixmap.colorspace is None:
        return pymupdf.Pixmap(pymupdf.csGRAY, pixmap.width, pixmap.height, pixmap.samples, 0) if pixmap.n == 1 else None
    if pixmap.alpha:
        pixmap = pymupdf.Pixmap(pixmap, 0)
    return pixmap if pixmap.n == 1 else pymupdf.Pixmap(pymupdf.csGRAY, pixmap)


def _placed(boxes: Boxes, pixmap: Any, shown: Shown) -> Boxes:
    """Pixels to page points, for a picture that stands upright; one that no page shows has no places."""
    if shown.box is None:
        return np.full(boxes.shape, np.nan, dtype=np.float32)
    left, top, right, bottom = shown.box
    x, y = (right - left) / pixmap.width, (bottom - top) / pixmap.height
    placed: Boxes = (boxes * np.array([x, y, x, y]) + np.array([left, top, left, top])).astype(np.float32)
    return placed
