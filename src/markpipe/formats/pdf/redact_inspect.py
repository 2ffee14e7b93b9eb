"""Finds other people's bad redactions in a PDF: what is painted over, crossed out, cropped or blurred and still there.

Uses the same look as the remover: every drawn thing in a number of its own, and what covers a number that should show.
What is hidden in other ways (white, off the page, switched off) is the reader's to report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from operator import mul
from typing import Any

import numpy as np
import pymupdf

from markpipe.errors import IncompleteError
from markpipe.formats.pdf.opening import CannotOpenError, opened
from markpipe.formats.pdf.redact_device import record
from markpipe.formats.pdf.redact_evident import in_doubt
from markpipe.formats.pdf.redact_ops import Fill, Glyph, Op, PageOps, Picture, Rect, Stroke, square
from markpipe.formats.pdf.redact_page import pictures
from markpipe.formats.pdf.redact_pictures import TooManyPixelsError, decode
from markpipe.formats.pdf.redact_sight import Sight
from markpipe.formats.pdf.redact_source import Fonts
from markpipe.model.limits import Limits
from markpipe.redaction.blots import Blot, Found
from markpipe.redaction.obscured import blur, mosaic

_LEAST = 2
_CROSSINGS = 1
_CROSSED = 0.3
_DARK = 0.4
_FLAT, _LIVELY = 7.0, 18.0
_LEAST_HIDDEN = 0.02
_MOST_LISTED = 3000
_HAN = 0x3400
_CODES = re.compile(rb"<([0-9a-fA-F\s]+)>")
_MARKUP = (
    pymupdf.PDF_ANNOT_HIGHLIGHT,
    pymupdf.PDF_ANNOT_SQUARE,
    pymupdf.PDF_ANNOT_CIRCLE,
    pymupdf.PDF_ANNOT_INK,
    pymupdf.PDF_ANNOT_FREE_TEXT,
    pymupdf.PDF_ANNOT_STAMP,
    pymupdf.PDF_ANNOT_LINE,
    pymupdf.PDF_ANNOT_POLYGON,
    pymupdf.PDF_ANNOT_STRIKE_OUT,
    pymupdf.PDF_ANNOT_UNDERLINE,
)


def inspect(data: bytes, limits: Limits) -> tuple[Found, ...]:
    """The bad redactions of a file; `IncompleteError` where it cannot be opened or looked at in full."""
    try:
        with opened(data) as document:
            if document.page_count > limits.pages:
                raise IncompleteError(f"PDF 有 {document.page_count} 页，超过上限", "请拆分后再核验")
            found: Counter[tuple[Blot, int]] = Counter()
            fonts = Fonts()
            said: set[str] = set()
            for index in range(document.page_count):
                page, listed = record(document[index], index, fonts, annotations=False)
                said.update(char for glyph in page.glyphs() for char in glyph.text)
                for blot, count in _page(document[index], _Look(page, listed, fonts)):
                    found[blot, page.number] += count
            if unused := _charset(document, said):
                found[Blot.CHARSET, 0] += unused
            return tuple(Found(blot, page, count) for (blot, page), count in sorted(found.items()))
    except CannotOpenError as error:
        raise IncompleteError(f"PDF 打不开：{error.reason.message}", error.reason.remedy) from error
    except TooManyPixelsError as error:
        raise IncompleteError("PDF 中有过大的图片，没有核验", "请缩小图片后再核验") from error


class _Look:
    """A page, what is in doubt on it, and the closer look, which is taken once and only where something asks for it."""

    def __init__(self, ops: PageOps, listed: Any, fonts: Fonts) -> None:
        self.ops = ops
        self.doubt = in_doubt(ops, fonts, _CROSSINGS)
        self.by_number: dict[int, Op] = {op.number: op for op in ops.ops if isinstance(op, Fill | Stroke | Picture)}
        self._listed = listed
        self._fonts = fonts

    @cached_property
    def sight(self) -> Sight:
        return Sight(self.ops, self._listed, self._fonts)


def _page(page: Any, look: _Look) -> Iterator[tuple[Blot, int]]:
    covered: Counter[tuple[Blot, int]] = Counter()
    crossed = 0
    glyphs = [glyph for glyph in look.ops.glyphs() if glyph.text.strip()]
    for glyph in glyphs:
        if glyph.number not in look.doubt:
            continue
        if not look.sight.shows(glyph):
            covered.update(_cover(glyph, look.sight, look.by_number, look.ops))
        elif _crossed(glyph, look.sight, look.by_number):
            crossed += 1
    by_blot: Counter[Blot] = Counter()
    for (blot, _), count in covered.items():
        if count >= _LEAST:
            by_blot[blot] += count
    yield from by_blot.items()
    if crossed >= _LEAST:
        yield Blot.HATCHING, crossed
    yield from _annotations(page, look, glyphs)
    yield from _pictures(look)


def _cover(glyph: Glyph, sight: Sight, by_number: Mapping[int, Op], ops: PageOps) -> Iterator[tuple[Blot, int]]:
    """What was painted over a character, later than it."""
    rows, columns = sight.window(glyph.box)
    there = sight.numbers[rows, columns].ravel()
    later = there[there > glyph.number]
    if later.size >= 0.5 * max(there.size, 1):
        number = int(np.bincount(later).argmax())
        match by_number.get(number):
            case Picture():
                yield Blot.IMAGE, number
            case Fill() | Stroke():
                yield Blot.BOX, number
            case _:
                return
        return
    for op in ops.ops:  # half transparent things are not in the map of numbers
        if (
            isinstance(op, Fill | Stroke)
            and op.number > glyph.number
            and op.number in sight.unknown
            and _over(op.box, glyph.box)
        ):
            yield Blot.TRANSLUCENT, op.number
            return


def _over(box: Rect, other: Rect) -> bool:
    x, y = (other[0] + other[2]) / 2, (other[1] + other[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _crossed(glyph: Glyph, sight: Sight, by_number: Mapping[int, Op]) -> bool:
    """Whether lines drawn later cover much of a character that still shows between them."""
    rows, columns = sight.window(glyph.box)
    there = sight.numbers[rows, columns].ravel()
    later = there[there > glyph.number]
    if later.size < _CROSSED * max(there.size, 1):
        return False
    strokes = [number for number in np.unique(later).tolist() if isinstance(by_number.get(number), Stroke)]
    share = np.isin(later, strokes).sum() / max(there.size, 1)
    return bool(strokes) and float(share) >= _CROSSED


def _annotations(page: Any, look: _Look, glyphs: list[Glyph]) -> Iterator[tuple[Blot, int]]:
    """Annotations over text: dark highlights, anything that hides it, and marks for removal that nobody applied."""
    shown = None
    for annotation in page.annots() or ():
        kind = annotation.type[0]
        rect = annotation.rect * page.rotation_matrix
        rect.normalize()
        box = (rect.x0, rect.y0, rect.x1, rect.y1)
        below = [glyph for glyph in glyphs if _over(box, glyph.box)]
        if kind == pymupdf.PDF_ANNOT_REDACT:
            if below or any(_over(box, square(op.matrix)) or _touches(box, op) for op in pictures(look.ops.ops)):
                yield Blot.UNAPPLIED, max(1, len(below))
            continue
        if kind not in _MARKUP or len(below) < _LEAST:
            continue
        if shown is None:
            shown = _with_annotations(page, look.sight)
        hidden = sum(_faded(glyph, look.sight, shown) for glyph in below)
        if hidden >= _LEAST:
            yield (Blot.HIGHLIGHT if kind == pymupdf.PDF_ANNOT_HIGHLIGHT else Blot.ANNOTATION), hidden
        elif kind == pymupdf.PDF_ANNOT_HIGHLIGHT and _dark(annotation):
            yield Blot.HIGHLIGHT, len(below)


def _touches(box: Rect, op: Picture) -> bool:
    other = square(op.matrix)
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def _dark(annotation: Any) -> bool:
    stroke: tuple[float, ...] = tuple((annotation.colors or {}).get("stroke") or ())
    return len(stroke) == 3 and sum(map(mul, stroke, (0.3, 0.59, 0.11))) < _DARK


def _with_annotations(page: Any, sight: Sight) -> np.ndarray:
    height, width = sight.numbers.shape
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(sight.scale, sight.scale), colorspace=pymupdf.csRGB, alpha=False)
    samples = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)
    pixels = samples[:, : pixmap.width * 3].reshape(pixmap.height, pixmap.width, 3)[:height, :width]
    full = np.full((height, width, 3), 255, np.uint8)
    full[: pixels.shape[0], : pixels.shape[1]] = pixels
    return full


def _faded(glyph: Glyph, sight: Sight, shown: np.ndarray) -> bool:
    """Whether a character that shows on the page does not show with the annotations."""
    rows, columns = sight.window(glyph.box)
    before, after = sight.as_is[rows, columns], shown[rows, columns]
    return bool(before.size and before.std() > _LIVELY and after.mean(axis=2).std() < _FLAT)


def _pictures(look: _Look) -> Iterator[tuple[Blot, int]]:
    """Pixels under boxes, beyond crops, and pixels that were only made hard to read."""
    for op in pictures(look.ops.ops):
        if op.rendered or op.stencil is not None:
            continue
        pixels, _ = decode(op.image)
        grey = pixels[..., :3].mean(axis=2).astype(np.uint8) if pixels.shape[2] >= 3 else pixels[..., 0]
        if mosaic(grey):
            yield Blot.MOSAIC, 1
        elif blur(grey):
            yield Blot.BLUR, 1
        if op.number in look.by_number and op.number not in look.doubt:
            continue
        seen = look.sight.visible_pixels(op, (grey.shape[1], grey.shape[0]))
        if seen is None:
            continue
        hidden = ~seen
        if hidden.mean() < _LEAST_HIDDEN or grey[hidden].std() < _LIVELY:
            continue
        yield (Blot.PICTURE if _painted(op, look.sight, look.by_number) else Blot.CROPPED), 1


def _painted(op: Picture, sight: Sight, by_number: Mapping[int, Op]) -> bool:
    """Whether something drawn later lies on a picture; otherwise it is cut off."""
    rows, columns = sight.window(square(op.matrix))
    numbers = sight.numbers[rows, columns]
    later = [n for n in np.unique(numbers[numbers > op.number]).tolist() if n in by_number]
    return bool(later) and float(np.isin(numbers, later).mean()) >= _LEAST_HIDDEN


def _charset(document: Any, said: set[str]) -> int:
    """How many Chinese characters the maps of subset fonts list that nothing in the file says."""
    unused: set[str] = set()
    for number in range(1, document.xref_length()):
        try:
            kind, name = document.xref_get_key(number, "BaseFont")
            if kind != "name" or not re.match(r"/[A-Z]{6}\+", name):
                continue
            kind, there = document.xref_get_key(number, "ToUnicode")
            if kind != "xref":
                continue
            listed = to_unicode_texts(document.xref_stream(int(there.split()[0])) or b"")
        except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):
            continue
        extra = {char for char in listed if ord(char) >= _HAN and char not in said}
        if listed and len(listed) <= _MOST_LISTED and 2 * len(extra) <= len(listed):
            unused |= extra
    return len(unused) if len(unused) >= _LEAST else 0


def to_unicode_texts(body: bytes) -> set[str]:
    """The characters that a ToUnicode map can give."""
    texts: set[str] = set()
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", body, re.DOTALL):
        values = [re.sub(rb"\s", b"", one) for one in _CODES.findall(block)]
        for value in values[1::2]:
            texts.update(_decoded(value))
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", body, re.DOTALL):
        for low, high, first in re.findall(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            start = _decoded(first)
            span = min(int(high, 16) - int(low, 16), 65535)
            if len(start) == 1:
                texts.update(chr(min(ord(start) + step, 0x10FFFF)) for step in range(span + 1))
        for listed in re.findall(rb"\[(.*?)\]", block, re.DOTALL):
            for value in _CODES.findall(listed):
                texts.update(_decoded(value))
    return texts


def _decoded(value: bytes) -> str:
    try:
        return bytes.fromhex(value.decode("ascii")).decode("utf-16-be", "ignore")
    except ValueError:
        return ""
