"""Watches a page being drawn and writes down what is drawn: fonts by glyph, paths, pictures, groups.

MuPDF has already left out what is switched off (layers), resolved forms, turned the page and applied UserUnit.  What
is only said (marked content, replacement texts, structure, comments, notes) never gets here.  Values of form fields
are drawn by their widgets and do, and so does what an annotation shows on the page; icons that stand for something do not.

What cannot be written down again faithfully is named in `PageOps.undecided`; such a page becomes a picture or is
refused (`redact`).
"""

from __future__ import annotations

from typing import Any

import pymupdf
from pymupdf import mupdf

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
    Rect,
    Stroke,
    Text,
    Tile,
    TileEnd,
)
from markpipe.formats.pdf.redact_source import Fonts, Walker, glyph_rows, matrix_of, rect_of, spans

_RGB = mupdf.FzColorspace(mupdf.FzColorspace.Fixed_RGB)
_CAPS = {0: 0, 1: 1, 2: 2, 3: 0}
_NOTHING = 0.004
_SHOWN = frozenset(
    (
        mupdf.PDF_ANNOT_FREE_TEXT,
        mupdf.PDF_ANNOT_LINE,
        mupdf.PDF_ANNOT_SQUARE,
        mupdf.PDF_ANNOT_CIRCLE,
        mupdf.PDF_ANNOT_POLYGON,
        mupdf.PDF_ANNOT_POLY_LINE,
        mupdf.PDF_ANNOT_HIGHLIGHT,
        mupdf.PDF_ANNOT_UNDERLINE,
        mupdf.PDF_ANNOT_SQUIGGLY,
        mupdf.PDF_ANNOT_STRIKE_OUT,
        mupdf.PDF_ANNOT_CARET,
        mupdf.PDF_ANNOT_STAMP,
        mupdf.PDF_ANNOT_INK,
        mupdf.PDF_ANNOT_WATERMARK,
    )
)


class Recorder(mupdf.FzDevice2):  # type: ignore[misc]
    """Fills a `PageOps` while a page is drawn on it."""

    def __init__(self, page: PageOps, fonts: Fonts) -> None:
        super().__init__()
        for name in dir(type(self)):
            switch = f"use_virtual_{name}"
            if name in _CALLBACKS and hasattr(self, switch):
                getattr(self, switch)()
        self.page = page
        self.fonts = fonts
        self.walker = Walker()
        self.count = 0
        self._out = page.ops
        self._tiles = 0
        self._glyph_colour: Colour | None = None

    def _next(self) -> int:
        if self._glyph_colour is None:
            self.count += 1
        return self.count

    def _doubt(self, why: str) -> None:
        if why not in self.page.undecided:
            self.page.undecided.append(why)

    def _colour(self, space: Any, value: Any) -> Colour:
        if self._glyph_colour is not None:
            return self._glyph_colour
        return colour(space, value)

    def _off(self, box: Rect) -> bool:
        outside = box[2] < 0 or box[3] < 0 or box[0] > self.page.width or box[1] > self.page.height
        if outside:
            self.page.hidden += 1
        return outside

    def fill_path(
        self, _: Any, path: Any, even_odd: int, ctm: Any, space: Any, value: Any, alpha: float, __: Any
    ) -> None:
        mine = self._next()
        kept = mupdf.FzPath(mupdf.ll_fz_keep_path(path))
        box = rect_of(mupdf.ll_fz_bound_path(path, None, ctm))
        if alpha < _NOTHING or self._off(box):
            return
        rgb = self._colour(space, value)
        self._out.append(Fill(mine, self.walker.walk(kept), bool(even_odd), matrix_of(ctm), rgb, alpha, box))

    def stroke_path(
        self, _: Any, path: Any, stroke: Any, ctm: Any, space: Any, value: Any, alpha: float, __: Any
    ) -> None:
        mine = self._next()
        kept = mupdf.FzPath(mupdf.ll_fz_keep_path(path))
        box = rect_of(mupdf.ll_fz_bound_path(path, stroke, ctm))
        if alpha < _NOTHING or self._off(box):
            return
        rgb = self._colour(space, value)
        self._out.append(Stroke(mine, self.walker.walk(kept), line_of(stroke), matrix_of(ctm), rgb, alpha, box))

    def clip_path(self, _: Any, path: Any, even_odd: int, ctm: Any, __: Any) -> None:
        kept = mupdf.FzPath(mupdf.ll_fz_keep_path(path))
        self._out.append(Clip(self.walker.walk(kept), bool(even_odd), matrix_of(ctm)))

    def clip_stroke_path(self, _: Any, _path: Any, _stroke: Any, ctm: Any, __: Any) -> None:
        self._doubt("以线条为剪裁范围")
        self._out.append(Clip(b"", False, matrix_of(ctm)))

    def clip_text(self, _: Any, _text: Any, ctm: Any, __: Any) -> None:
        self._doubt("以文字为剪裁范围")
        self._out.append(Clip(b"", False, matrix_of(ctm)))

    def clip_stroke_text(self, _: Any, _text: Any, _stroke: Any, ctm: Any, __: Any) -> None:
        self._doubt("以文字为剪裁范围")
        self._out.append(Clip(b"", False, matrix_of(ctm)))

    def clip_image_mask(self, _: Any, image: Any, ctm: Any, __: Any) -> None:
        self._out.append(MaskClip(mupdf.FzImage(mupdf.ll_fz_keep_image(image)), matrix_of(ctm)))

    def pop_clip(self, _: Any) -> None:
        self._out.append(Pop())

    def fill_text(self, _: Any, text: Any, ctm: Any, space: Any, value: Any, alpha: float, __: Any) -> None:
        self._text(text, matrix_of(ctm), self._colour(space, value), alpha, None)

    def stroke_text(
        self, _: Any, text: Any, stroke: Any, ctm: Any, space: Any, value: Any, alpha: float, __: Any
    ) -> None:
        line, matrix = line_of(stroke), matrix_of(ctm)
        line.width *= abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) ** 0.5
        self._text(text, matrix, self._colour(space, value), alpha, line)

    def ignore_text(self, _: Any, text: Any, ctm: Any) -> None:
        layer = self.page.layer
        for span in spans(text):
            index = self.fonts.index(span.font())
            for gid, said, matrix, advance in glyph_rows(span, matrix_of(ctm), self.fonts):
                layer.append(Glyph(-1 - len(layer), index, gid, said, matrix, advance, self.page.number))

    def _text(self, text: Any, ctm: Matrix, rgb: Colour, alpha: float, line: Line | None) -> None:
        mine = self._next()
        glyphs: list[Glyph] = []
        if self._tiles:
            self._doubt("底纹图案中有文字")
        for span in spans(text):
            index = self.fonts.index(span.font())
            drawn = self.fonts.drawn(index)
            for gid, said, matrix, advance in glyph_rows(span, ctm, self.fonts):
                glyph = Glyph(self._next(), index, gid, said, matrix, advance, self.page.number)
                if drawn:
                    glyph.drawn = self._drawn(span.font(), gid, matrix, rgb)
                glyphs.append(glyph)
        if alpha >= _NOTHING:
            self._out.append(Text(mine, glyphs, rgb, alpha, line))
        else:
            self.page.hidden += len(glyphs)

    def _drawn(self, font: Any, gid: int, matrix: Matrix, rgb: Colour) -> list[Op]:
        """The drawing of a Type 3 glyph."""
        outer, self._out = self._out, []
        self._glyph_colour = rgb
        try:
            mupdf.ll_fz_run_t3_glyph(font.m_internal, gid, mupdf.ll_fz_make_matrix(*matrix), self.m_internal)
        finally:
            drawing, self._out = self._out, outer
            self._glyph_colour = None
        return drawing

    def fill_image(self, _: Any, image: Any, ctm: Any, alpha: float, __: Any) -> None:
        mine = self._next()
        self._out.append(Picture(mine, mupdf.FzImage(mupdf.ll_fz_keep_image(image)), matrix_of(ctm), alpha))

    def fill_image_mask(self, _: Any, image: Any, ctm: Any, space: Any, value: Any, alpha: float, __: Any) -> None:
        mine = self._next()
        kept = mupdf.FzImage(mupdf.ll_fz_keep_image(image))
        self._out.append(Picture(mine, kept, matrix_of(ctm), alpha, stencil=self._colour(space, value)))

    def fill_shade(self, _: Any, shade: Any, ctm: Any, alpha: float, params: Any) -> None:
        mine = self._next()
        if picture := shaded(shade, ctm, params, (0, 0, self.page.width, self.page.height)):
            pixmap, matrix = picture
            self._out.append(Picture(mine, pixmap, matrix, alpha, rendered=True))

    def begin_group(
        self, _: Any, _area: Any, _space: Any, isolated: int, knockout: int, blend: int, alpha: float
    ) -> None:
        name = mupdf.ll_fz_blendmode_name(blend)
        self._out.append(Group(str(name), alpha, bool(isolated), bool(knockout)))

    def end_group(self, _: Any) -> None:
        self._out.append(GroupEnd())

    def begin_mask(self, _: Any, _area: Any, luminosity: int, space: Any, value: Any, __: Any) -> None:
        backdrop = colour(space, value) if luminosity and space and value else (0.0, 0.0, 0.0)
        self._out.append(Mask(bool(luminosity), backdrop))

    def end_mask(self, _: Any, __: Any) -> None:
        self._out.append(MaskEnd())

    def begin_tile(self, _: Any, area: Any, view: Any, xstep: float, ystep: float, ctm: Any, *__: Any) -> int:
        self._tiles += 1
        self._out.append(Tile(rect_of(area), rect_of(view), xstep, ystep, matrix_of(ctm)))
        return 0

    def end_tile(self, _: Any) -> None:
        self._tiles -= 1
        self._out.append(TileEnd())


_CALLBACKS = frozenset(
    [
        "fill_path",
        "stroke_path",
        "clip_path",
        "clip_stroke_path",
        "clip_text",
        "clip_stroke_text",
        "clip_image_mask",
        "pop_clip",
        "fill_text",
        "stroke_text",
        "ignore_text",
        "fill_image",
        "fill_image_mask",
        "fill_shade",
        "begin_group",
        "end_group",
        "begin_mask",
        "end_mask",
        "begin_tile",
        "end_tile",
    ]
)


def colour(space: Any, value: Any) -> Colour:
    """A colour as red, green, blue between 0 and 1."""
    if not space:
        return (0.0, 0.0, 0.0)
    params = mupdf.FzColorParams()
    red, green, blue = mupdf.ll_fz_convert_color(space, value, _RGB.m_internal, None, params.internal())[:3]
    return (round(red, 4), round(green, 4), round(blue, 4))


def line_of(stroke: Any) -> Line:
    """A stroke state as values."""
    dash = tuple(mupdf.floats_getitem(stroke.dash_list, i) for i in range(stroke.dash_len))
    join = stroke.linejoin if stroke.linejoin in (0, 1, 2) else 0
    return Line(stroke.linewidth, _CAPS.get(stroke.start_cap, 0), join, stroke.miterlimit, dash, stroke.dash_phase)


def shaded(shade: Any, ctm: Any, params: Any, page: Rect) -> tuple[Any, Matrix] | None:
    """A shading as pixels with transparency, and where they lie."""
    box = rect_of(mupdf.ll_fz_bound_shade(shade, ctm))
    x0, y0, x1, y1 = max(box[0], page[0]), max(box[1], page[1]), min(box[2], page[2]), min(box[3], page[3])
    if x1 - x0 < 0.01 or y1 - y0 < 0.01:
        return None
    scale = min(2.0, 2000 / max(x1 - x0, y1 - y0))
    area = pymupdf.IRect(int(x0 * scale), int(y0 * scale), int(x1 * scale) + 1, int(y1 * scale) + 1)
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, area, True)
    pixmap.clear_with(0)
    device = mupdf.fz_new_draw_device(mupdf.FzMatrix(scale, 0, 0, scale, 0, 0), pixmap.this)
    mupdf.ll_fz_fill_shade(device.m_internal, shade, ctm, 1.0, params)
    mupdf.fz_close_device(device)
    width, height = area.width / scale, area.height / scale
    return pixmap, (width, 0.0, 0.0, height, area.x0 / scale, area.y0 / scale)


def record(page: Any, index: int, fonts: Fonts, *, annotations: bool = True) -> tuple[PageOps, Any]:
    """What a page draws, and its display list for further looks."""
    rect = page.rect
    found = PageOps(index + 1, rect.width, rect.height)
    drawn = listed(page, annotations=annotations)
    device = Recorder(found, fonts)
    everywhere = mupdf.FzRect(mupdf.FzRect.Fixed_INFINITE)
    mupdf.fz_run_display_list(drawn, device, mupdf.FzMatrix(), everywhere, mupdf.FzCookie())
    mupdf.fz_close_device(device)
    found.total = device.count
    return found, drawn


def listed(page: Any, *, annotations: bool = True) -> Any:
    """The display list of a page: its contents, annotations and form fields as they show, without icons of notes."""
    _hide_prompts(page)
    inner = page.this.super() if hasattr(page.this, "super") else page.this
    drawn = mupdf.fz_new_display_list(mupdf.fz_bound_page(inner))
    recorder = mupdf.fz_new_list_device(drawn)
    cookie = mupdf.FzCookie()
    mupdf.fz_run_page_contents(inner, recorder, mupdf.FzMatrix(), cookie)
    for annotation in page.annots():
        if annotations and annotation.type[0] in _SHOWN:
            mupdf.pdf_run_annot(annotation.this, recorder, mupdf.FzMatrix(), cookie)
    mupdf.fz_run_page_widgets(inner, recorder, mupdf.FzMatrix(), cookie)
    mupdf.fz_close_device(recorder)
    return drawn


def _hide_prompts(page: Any) -> None:
    """MuPDF draws an arrow that says SIGN for a signature field without an appearance: nothing of the file."""
    document = page.parent
    for widget in page.widgets(types=[pymupdf.PDF_WIDGET_TYPE_SIGNATURE]):
        if document.xref_get_key(widget.xref, "AP")[0] == "null":
            document.xref_set_key(widget.xref, "F", str(pymupdf.PDF_ANNOT_IS_HIDDEN))
