"""Takes words and rectangles out of a PDF by building a new one from what can be seen and stays.

::

    page ─ record ─ drop hidden ─┬─ match words ─ cut ─ empty rectangles ─ write ──▶ new page
                                 └─ cannot be written faithfully ─ picture, painted over ──▶ new page

The new file has pages, fonts made from used outlines, and re-encoded pictures: no annotation, form, outline, name,
attachment, script, metadata, structure, layer or earlier revision of the source can be in it, for nothing is copied.
This module does not check its own work; `proof` does, with other tools.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pikepdf
import pymupdf
from pymupdf import mupdf

from markpipe.errors import IncompleteError, OutputError
from markpipe.formats.pdf.opening import CannotOpenError, complaints, opened
from markpipe.formats.pdf.redact_cut import Cut, cut, label_glyphs
from markpipe.formats.pdf.redact_device import record
from markpipe.formats.pdf.redact_fonts import NewFonts
from markpipe.formats.pdf.redact_layer import as_page, blots, remade
from markpipe.formats.pdf.redact_match import Key, Matcher, inside
from markpipe.formats.pdf.redact_ops import Fill, Glyph, Matrix, PageOps, Rect, Text, meet
from markpipe.formats.pdf.redact_page import (
    Seen,
    doubts,
    drop_hidden,
    empty_regions,
    needs_recognition,
    redaction_annotations,
    written_pictures,
)
from markpipe.formats.pdf.redact_pictures import Images, TooManyPixelsError
from markpipe.formats.pdf.redact_raster import painted_over, word_glyphs
from markpipe.formats.pdf.redact_source import Fonts
from markpipe.formats.pdf.redact_write import PageWriter
from markpipe.model.limits import Limits
from markpipe.redaction.needles import Needles
from markpipe.redaction.plan import Removal
from markpipe.redaction.policy import Undecidable
from markpipe.redaction.result import PageOrder, PageResult, Redacted

_INK = (0.0, 0.0, 0.0)
_STEP = 4


def redact(
    data: bytes, removal: Removal, orders: Sequence[PageOrder], undecidable: Undecidable, limits: Limits
) -> Redacted:
    """A new PDF without what `removal` names.

    `orders` say what a look at the rendered pages asked for.  `IncompleteError` for a file that cannot be opened or
    read in full, `OutputError` for a page that cannot be decided when that is to be refused.
    """
    try:
        with opened(data) as document:
            if document.page_count > limits.pages:
                raise IncompleteError(f"PDF 有 {document.page_count} 页，超过上限 {limits.pages} 页", "请拆分后再处理")
            if not document.page_count:
                raise IncompleteError("PDF 没有页面", "请重新导出后再处理")
            return _Rebuilding(document, removal, {order.page: order for order in orders}, undecidable).redacted()
    except CannotOpenError as error:
        raise IncompleteError(f"PDF 打不开：{error.reason.message}", error.reason.remedy) from error
    except TooManyPixelsError as error:
        raise OutputError("PDF 中有过大的图片，不能重建", "请缩小图片后再处理") from error


class _Rebuilding:
    """One file on its way."""

    def __init__(
        self, document: Any, removal: Removal, orders: Mapping[int, PageOrder], undecidable: Undecidable
    ) -> None:
        self._document = document
        self._removal = removal
        self._needles = Needles(removal.terms)
        self._orders = orders
        self._undecidable = undecidable
        self._fonts = Fonts()
        self._pdf = pikepdf.Pdf.new()
        self._new = NewFonts(self._fonts)
        self._images = Images(self._pdf)
        self._trusted: dict[tuple[int, int, str], bool] = {}
        self._label: tuple[Any, int] | None = None
        self._notes: dict[str, None] = {}
        self._writers: list[PageWriter] = []
        self._results: list[PageResult] = []

    def redacted(self) -> Redacted:
        """The whole file."""
        held: list[Seen] = []
        matcher, layers = Matcher(self._needles), Matcher(self._needles)
        for index in range(self._document.page_count):
            held.append(self._seen(index))
            page = held[-1].page
            matcher.take(page)
            layers.take(as_page(page, page.layer))
            while held and held[0].page.number < min(matcher.open_from(index + 1), layers.open_from(index + 1)):
                self._settle(held.pop(0), matcher, layers)
        for one in held:
            self._settle(one, matcher, layers)
        fonts = self._new.write(self._pdf)
        for writer in self._writers:
            writer.finish(fonts)
        return Redacted(self._saved(), tuple(self._results), tuple(self._notes))

    def _settle(self, seen: Seen, matcher: Matcher, layers: Matcher) -> None:
        """Write a page of which no more will be found; what it drew is forgotten."""
        order = self._orders.get(seen.page.number)
        if order is not None and order.looked:
            seen.blots = blots(seen.page.layer, layers.found.keys(), seen.regions)
        writer, result = self._page(seen, matcher.gone(seen.page), layers.found)
        self._pdf.pages.append(pikepdf.Page(writer.page_object()))
        self._writers.append(writer)
        self._results.append(result)

    def _saved(self) -> bytes:
        target = io.BytesIO()
        self._pdf.save(
            target,
            deterministic_id=True,
            compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            force_version="1.7",
        )
        return target.getvalue()

    def _seen(self, index: int) -> Seen:
        """Record a page and drop what nobody sees."""
        page = self._document[index]
        complaints()
        found, listed = record(page, index, self._fonts)
        if said := complaints():
            found.undecided.append(f"页面内容有错误（{len(said)} 处）")
        sight = drop_hidden(found, listed, self._fonts)
        seen = Seen(found)
        if sight is not None:
            seen.look(sight)
        seen.regions = [(b.left, b.top, b.right, b.bottom) for b in self._removal.regions if b.page == found.number]
        order = self._orders.get(found.number)
        if order is not None:
            seen.regions += [(box.left, box.top, box.right, box.bottom) for box in order.regions]
        applied = redaction_annotations(page)
        if applied:
            self._notes[f"第{found.number}页有未应用的密文标记，已按其范围删除"] = None
        seen.regions += applied
        for kind in page.annot_xrefs():
            if kind[1] not in (mupdf.PDF_ANNOT_WIDGET, mupdf.PDF_ANNOT_LINK, mupdf.PDF_ANNOT_POPUP):
                self._notes[
                    "注释、图章中看得见的已画在页面上，请确认应当保留；便签、附件等图标和注释说明没有带入新文件"
                ] = None
        return seen

    def _page(self, seen: Seen, gone: Mapping[Key, int], unseen: Mapping[Key, int]) -> tuple[PageWriter, PageResult]:
        page = seen.page
        order = self._orders.get(page.number)
        reasons = doubts(page)
        if reasons and self._undecidable is Undecidable.REFUSE:
            raise OutputError(
                f"第{page.number}页无法可靠重建：{'、'.join(reasons)}", "去掉 --on-undecidable refuse 可改为转成图片"
            )
        taken = dict(gone) | dict.fromkeys(inside(page.glyphs(), seen.regions) - gone.keys(), -1)
        if reasons or (order is not None and order.rasterise):
            return self._raster(seen, taken, reasons, order)
        done = cut(page, taken, self._removal.gap)
        empty_regions(page, seen.regions)
        writer = PageWriter(self._pdf, self._new, self._images, page)
        pixels, wiped = written_pictures(seen)
        writer.write(page.ops, pixels)
        self._fill_gaps(writer, page, done, seen.regions)
        recognise = needs_recognition(page, self._fonts, self._trusted)
        result = _result(page, done, wiped, recognise)
        if order is not None and order.looked:
            layer = remade(page, unseen.keys(), (*seen.regions, *seen.blots), order.layer, self._needles)
            writer.emit("q")
            writer.show(layer.glyphs, 3)
            writer.emit("Q")
            result = replace(result, unsearchable=False, anew=layer.anew)
        return writer, replace(result, gaps=result.gaps + len(seen.regions) + len(seen.blots))

    def _raster(
        self, seen: Seen, taken: Mapping[Key, int], reasons: list[str], order: PageOrder | None
    ) -> tuple[PageWriter, PageResult]:
        """The page as a picture of itself with everything to be removed painted over."""
        page = seen.page
        pixels = painted_over(
            self._document[page.number - 1], page, taken, (*seen.regions, *seen.blots), self._removal.gap
        )
        removed = sum(1 for glyph in page.glyphs() if (glyph.page, glyph.number) in taken)
        blank = PageOps(page.number, page.width, page.height)
        writer = PageWriter(self._pdf, self._new, self._images, blank)
        writer.full_page(pixels)
        if order is not None and order.layer:
            writer.show(word_glyphs(order.layer, page.number), 3)
        gaps = len(seen.regions) + len(seen.blots) + (1 if removed else 0)
        result = PageResult(
            page.number,
            removed=removed,
            gaps=gaps,
            hidden=page.hidden + len(page.layer),
            recognise=True,
            rasterised=True,
            undecided=tuple(reasons) or ("图像识别到要删的内容",),
        )
        return writer, result

    def _fill_gaps(self, writer: PageWriter, page: PageOps, done: Cut, regions: Sequence[Rect]) -> None:
        for x0, y0, x1, y1 in (*done.boxes, *regions):
            path = f"{x0:.3f} {y0:.3f} {x1 - x0:.3f} {y1 - y0:.3f} re".encode("ascii")
            writer.write([Fill(0, path, False, (1, 0, 0, 1, 0, 0), _INK, 1.0, (x0, y0, x1, y1))], {})
        for matrix, term in done.labels:
            glyphs = self._label_at(matrix, self._removal.reason(term).label, page.number)
            if not any(meet(glyph.box, region) for glyph in glyphs for region in regions):  # black on black
                writer.write([Text(0, glyphs, _INK, 1.0)], {})

    def _label_at(self, matrix: Matrix, label: str, page: int) -> list[Glyph]:
        if self._label is None:
            font = pymupdf.Font("china-s")
            self._label = (font, self._fonts.index(font.this))
        font, index = self._label
        return label_glyphs(matrix, label, index, [font.has_glyph(ord(char)) for char in label], page)


def _result(page: PageOps, done: Cut, wiped: int, recognise: bool) -> PageResult:
    return PageResult(
        page.number,
        removed=done.removed,
        gaps=done.gaps,
        dropped=done.dropped,
        hidden=page.hidden + len(page.layer),
        pictures=wiped,
        unquantised=done.unquantised,
        recognise=recognise,
        unsearchable=recognise and bool(page.layer),
    )
