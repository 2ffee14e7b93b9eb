"""Which of the things that a page draws can be seen: each is painted in a colour of its own and looked for.

::

    page, everything in flat numbers (no smoothing)       page as it is      page without characters
             │                                                   └───── differ? ─────┘
             ▼                                                            │
    number nowhere: outside, cut away, painted over      never differs: white on white, transparent
             └────────────────────── dropped ─────────────────────────────┘

Pictures get a map of their visible pixels, so that what lies under a box, beyond a clip or off the page is wiped.
Half transparent things and things behind soft masks are taken for visible and hide nothing.  Whether something is
secret is not asked.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
import pymupdf
from numpy.typing import NDArray
from pymupdf import mupdf

from markpipe.formats.pdf.redact_ops import Glyph, Matrix, PageOps, Picture, Rect, multiply
from markpipe.formats.pdf.redact_pictures import places
from markpipe.formats.pdf.redact_source import Fonts, glyph_rows, matrix_of, spans

_SCALE = 2.0
_LONGEST = 2600.0
_UNLIKE = 10
_OPAQUE = 0.95
_THIN = 2.0
_SMALL = 14.0  # pixels an em: strokes of smaller characters are thinner than a pixel
_STEP = 4
_MOST = 63 << 12
_RGB = mupdf.FzColorspace(mupdf.FzColorspace.Fixed_RGB)
_EVERYWHERE = mupdf.FzRect(mupdf.FzRect.Fixed_INFINITE)
_UNIT = b"unit"
Pixels = NDArray[np.uint8]
Numbers = NDArray[np.int32]


class _Painter(mupdf.FzDevice2):  # type: ignore[misc]
    """Hands everything on to a drawing device, in colours that number it, or without its characters."""

    def __init__(self, inner: Any, fonts: Fonts, scale: float, *, numbered: bool) -> None:
        super().__init__()
        self.scale = scale
        self._bolder = mupdf.FzStrokeState()
        for name in _CALLBACKS.split():
            getattr(self, f"use_virtual_{name}")()
        self.inner = inner.m_internal
        self._keep = inner
        self.fonts = fonts
        self.numbered = numbered
        self.count = 0
        self._soft: list[bool] = []
        self._groups: list[bool] = []
        self._in_mask = 0
        self._tiles = 0
        self._rgb = mupdf.new_floats(4)
        self._params = mupdf.FzColorParams()
        self._unit = mupdf.fz_new_path()
        mupdf.fz_rectto(self._unit, 0, 0, 1, 1)
        self.unknown: set[int] = set()

    def _next(self) -> int:
        self.count += 1
        return self.count

    @property
    def _blurred(self) -> bool:
        return bool(self._in_mask or self._tiles) or any(self._soft) or any(self._groups)

    def _paint(self, path: Any, even_odd: int, ctm: Any, mine: int) -> None:
        self._dip(mine)
        space, params = _RGB.m_internal, self._params.internal()
        mupdf.ll_fz_fill_path(self.inner, path, even_odd, ctm, space, self._rgb, 1.0, params)

    def _dip(self, mine: int) -> None:
        """Blending rounds, so only every fourth shade is used."""
        for index, shift in enumerate((12, 6, 0)):
            mupdf.floats_setitem(self._rgb, index, ((mine >> shift) & 63) * _STEP / 255)

    def _take(self, alpha: float) -> tuple[int, bool]:
        """The number of what comes, and whether it can be painted."""
        mine = self._next()
        if self._blurred or alpha < _OPAQUE or mine >= _MOST:
            self.unknown.add(mine)
            return mine, False
        return mine, True

    def fill_path(
        self, _: Any, path: Any, even_odd: int, ctm: Any, space: Any, value: Any, alpha: float, params: Any
    ) -> None:
        if not self.numbered or self._in_mask:
            if self.numbered:
                self.unknown.add(self._next())
            mupdf.ll_fz_fill_path(self.inner, path, even_odd, ctm, space, value, alpha, params)
            return
        mine, can = self._take(alpha)
        if can:
            self._paint(path, even_odd, ctm, mine)

    def stroke_path(
        self, _: Any, path: Any, stroke: Any, ctm: Any, space: Any, value: Any, alpha: float, params: Any
    ) -> None:
        if not self.numbered or self._in_mask:
            if self.numbered:
                self.unknown.add(self._next())
            mupdf.ll_fz_stroke_path(self.inner, path, stroke, ctm, space, value, alpha, params)
            return
        mine, can = self._take(alpha)
        if can:
            self._dip(mine)
            inner, params_ = self.inner, self._params.internal()
            mupdf.ll_fz_stroke_path(inner, path, stroke, ctm, _RGB.m_internal, self._rgb, 1.0, params_)

    def fill_text(self, _: Any, text: Any, ctm: Any, _space: Any, _value: Any, alpha: float, _params: Any) -> None:
        self._text(text, ctm, alpha)

    def stroke_text(
        self, _: Any, text: Any, _line: Any, ctm: Any, _space: Any, _value: Any, alpha: float, _params: Any
    ) -> None:
        self._text(text, ctm, alpha)

    def ignore_text(self, _: Any, text: Any, ctm: Any) -> None:
        """Never drawn."""

    def _text(self, text: Any, ctm: Any, alpha: float) -> None:
        if not self.numbered:
            return
        self._take(alpha)
        for span in spans(text):
            index = self.fonts.index(span.font())
            drawn = self.fonts.drawn(index)
            for gid, _said, matrix, _advance in glyph_rows(span, matrix_of(ctm), self.fonts):
                mine, can = self._take(alpha)
                path = None if drawn else self.fonts.outline(index, gid)
                if path is None:
                    self.unknown.add(mine)
                elif can:
                    self._character(path, matrix, mine)

    def _character(self, path: Any, matrix: Matrix, mine: int) -> None:
        """Small characters are made bolder: their strokes would fall between the pixels."""
        ctm = mupdf.ll_fz_make_matrix(*matrix)
        self._paint(path.m_internal, 0, ctm, mine)
        size = math.hypot(matrix[2], matrix[3]) * self.scale
        if 0 < size < _SMALL:
            self._bolder.m_internal.linewidth = 0.5 / size
            stroke, params = self._bolder.m_internal, self._params.internal()
            mupdf.ll_fz_stroke_path(self.inner, path.m_internal, stroke, ctm, _RGB.m_internal, self._rgb, 1.0, params)

    def fill_image(self, _: Any, image: Any, ctm: Any, alpha: float, params: Any) -> None:
        if not self.numbered or self._in_mask:
            if self.numbered:
                self.unknown.add(self._next())
            mupdf.ll_fz_fill_image(self.inner, image, ctm, alpha, params)
            return
        if image.use_colorkey:  # one colour of it is transparent: what lies below may show
            self.unknown.add(self._next())
            return
        mine, can = self._take(alpha)
        if can:
            self._paint(self._unit.m_internal, 0, ctm, mine)

    def fill_image_mask(self, _: Any, image: Any, ctm: Any, space: Any, value: Any, alpha: float, params: Any) -> None:
        if self.numbered:
            self.unknown.add(self._next())
        if not self.numbered or self._in_mask:
            mupdf.ll_fz_fill_image_mask(self.inner, image, ctm, space, value, alpha, params)

    def fill_shade(self, _: Any, shade: Any, ctm: Any, alpha: float, params: Any) -> None:
        if self.numbered:
            self.unknown.add(self._next())
        if not self.numbered or self._in_mask:
            mupdf.ll_fz_fill_shade(self.inner, shade, ctm, alpha, params)

    def clip_path(self, _: Any, path: Any, even_odd: int, ctm: Any, scissor: Any) -> None:
        self._soft.append(False)
        mupdf.ll_fz_clip_path(self.inner, path, even_odd, ctm, scissor)

    def clip_stroke_path(self, _: Any, path: Any, stroke: Any, ctm: Any, scissor: Any) -> None:
        self._soft.append(False)
        mupdf.ll_fz_clip_stroke_path(self.inner, path, stroke, ctm, scissor)

    def clip_text(self, _: Any, text: Any, ctm: Any, scissor: Any) -> None:
        self._soft.append(True)
        mupdf.ll_fz_clip_text(self.inner, text, ctm, scissor)

    def clip_stroke_text(self, _: Any, text: Any, stroke: Any, ctm: Any, scissor: Any) -> None:
        self._soft.append(True)
        mupdf.ll_fz_clip_stroke_text(self.inner, text, stroke, ctm, scissor)

    def clip_image_mask(self, _: Any, image: Any, ctm: Any, scissor: Any) -> None:
        self._soft.append(True)
        mupdf.ll_fz_clip_image_mask(self.inner, image, ctm, scissor)

    def pop_clip(self, _: Any) -> None:
        if self._soft:
            self._soft.pop()
        mupdf.ll_fz_pop_clip(self.inner)

    def begin_group(
        self, _: Any, area: Any, space: Any, isolated: int, knockout: int, blend: int, alpha: float
    ) -> None:
        self._groups.append(bool(blend) or alpha < _OPAQUE)
        mupdf.ll_fz_begin_group(self.inner, area, space, isolated, knockout, blend, alpha)

    def end_group(self, _: Any) -> None:
        if self._groups:
            self._groups.pop()
        mupdf.ll_fz_end_group(self.inner)

    def begin_mask(self, _: Any, area: Any, luminosity: int, space: Any, value: Any, params: Any) -> None:
        self._in_mask += 1
        self._soft.append(True)
        mupdf.ll_fz_begin_mask(self.inner, area, luminosity, space, value, params)

    def end_mask(self, _: Any, function: Any) -> None:
        self._in_mask -= 1
        mupdf.ll_fz_end_mask_tr(self.inner, function)

    def begin_tile(
        self, _: Any, area: Any, view: Any, xstep: float, ystep: float, ctm: Any, _id: int, *rest: int
    ) -> int:
        self._tiles += 1
        return int(mupdf.ll_fz_begin_tile_tid(self.inner, area, view, xstep, ystep, ctm, 0, *(0 for _ in rest)))

    def end_tile(self, _: Any) -> None:
        self._tiles -= 1
        mupdf.ll_fz_end_tile(self.inner)


_CALLBACKS = (
    "fill_path stroke_path clip_path clip_stroke_path clip_text clip_stroke_text clip_image_mask pop_clip fill_text "
    "stroke_text ignore_text fill_image fill_image_mask fill_shade begin_group end_group begin_mask end_mask begin_tile "
    "end_tile"
)


class Sight:
    """What can be seen of one page."""

    def __init__(self, page: PageOps, listed: Any, fonts: Fonts) -> None:
        self.scale = min(_SCALE, _LONGEST / max(page.width, page.height, 1.0))
        self._size = (max(1, round(page.width * self.scale)), max(1, round(page.height * self.scale)))
        self._listed = listed
        self._fonts = fonts
        self._page = page
        painter, self.numbers = self._numbered()
        self.unknown = painter.unknown
        self.seen = np.bincount(self.numbers.ravel(), minlength=painter.count + 2)
        self._written = np.zeros(painter.count + 2, np.bool_)
        self._written[[glyph.number for glyph in page.glyphs()]] = True
        twins = [(glyph.number, glyph.twin) for glyph in page.glyphs()]
        last = {twin: number for number, twin in twins}
        self._top = {number: last[twin] for number, twin in twins}

    @cached_property
    def as_is(self) -> Pixels:
        """The page as it shows; drawn when somebody asks."""
        return self._draw(None)

    @cached_property
    def bare(self) -> Pixels:
        """The page without its characters."""
        return self._draw(False)

    def _pixmap(self) -> Any:
        pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, *self._size), False)
        pixmap.clear_with(255)
        return pixmap

    def _draw(self, numbered: bool | None) -> Pixels:
        return self._run(numbered)[1]

    def _run(self, numbered: bool | None) -> tuple[Any, Pixels]:
        pixmap = self._pixmap()
        drawing = mupdf.fz_new_draw_device(mupdf.FzMatrix(self.scale, 0, 0, self.scale, 0, 0), pixmap.this)
        device = drawing if numbered is None else _Painter(drawing, self._fonts, self.scale, numbered=numbered)
        mupdf.fz_run_display_list(self._listed, device, mupdf.FzMatrix(), _EVERYWHERE, mupdf.FzCookie())
        if device is not drawing:
            mupdf.fz_close_device(device)
        mupdf.fz_close_device(drawing)
        samples = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)
        return device, samples[:, : pixmap.width * 3].reshape(pixmap.height, pixmap.width, 3)

    def _numbered(self) -> tuple[Any, Numbers]:
        levels = mupdf.fz_graphics_aa_level(), mupdf.fz_text_aa_level()
        mupdf.fz_set_aa_level(10)
        mupdf.fz_disable_icc()
        try:
            painter, pixels = self._run(True)
        finally:
            mupdf.fz_enable_icc()
            mupdf.fz_set_graphics_aa_level(levels[0])
            mupdf.fz_set_text_aa_level(levels[1])
        wide = (pixels.astype(np.int32) + 1) // _STEP
        numbers: Numbers = (wide[..., 0] << 12) | (wide[..., 1] << 6) | wide[..., 2]
        numbers[numbers > painter.count] = 0
        return painter, numbers

    def window(self, box: Rect) -> tuple[slice, slice]:
        """The pixels of a rectangle of the page."""
        height, width = self.numbers.shape
        x0, x1 = (min(max(round(v * self.scale), 0), width) for v in (box[0] - 0.5, box[2] + 0.5))
        y0, y1 = (min(max(round(v * self.scale), 0), height) for v in (box[1] - 0.5, box[3] + 0.5))
        return slice(y0, max(y1, y0)), slice(x0, max(x1, x0))

    def shows(self, glyph: Glyph) -> bool:
        """Whether a character can be seen."""
        box = glyph.box
        if box[2] <= 0 or box[3] <= 0 or box[0] >= self._page.width or box[1] >= self._page.height:
            return False
        blank = not glyph.text.strip() and glyph.drawn is None
        if blank:
            return not degenerate(glyph.matrix)
        window = self.window(box)
        there = self.numbers[window]
        number = self._top[glyph.number]
        if number in self.unknown:
            return self._differs(window, np.ones_like(there, np.bool_))
        if self.seen[number] and self._differs(window, there == number):
            return True
        return not degenerate(glyph.matrix) and self._barely(glyph)

    def _differs(self, window: tuple[slice, slice], mine: NDArray[np.bool_]) -> bool:
        """Whether the page would look different at these pixels of a window without characters."""
        differs = np.abs(self.as_is[window].astype(np.int16) - self.bare[window]).max(axis=2, initial=0)
        return bool((differs[mine] > _UNLIKE).any())

    def _barely(self, glyph: Glyph) -> bool:
        """A second chance by the ink itself: an accent that stands beside its em, a stroke thinner than a pixel.

        Flat painting may miss a thin stroke (l, i, a dash, a dot) or set it one pixel off; what shows around it then
        counts where nothing was painted over it and no other character stands.
        """
        path = self._fonts.outline(glyph.font, glyph.gid)
        if path is None:
            return False
        box = mupdf.ll_fz_bound_path(path.m_internal, None, mupdf.ll_fz_make_matrix(*glyph.matrix))
        window = self.window((box.x0, box.y0, box.x1, box.y1))
        there = self.numbers[window]
        mine = there == self._top[glyph.number]
        if min(box.x1 - box.x0, box.y1 - box.y0) * self.scale < _THIN:
            mine |= (there < glyph.number) & ~self._written[there]
        return self._differs(window, mine)

    def visible_pixels(self, picture: Picture, size: tuple[int, int]) -> NDArray[np.bool_] | None:
        """A map (height, width) of the pixels of a picture that can be seen; None: all of them."""
        if picture.number in self.unknown:
            return None
        height, width = self.numbers.shape
        grown = _grown(self.numbers == picture.number, 3)
        seen = np.empty((size[1], size[0]), np.bool_)
        for rows, x, y in places(multiply(picture.matrix, (self.scale, 0, 0, self.scale, 0, 0)), size):
            inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
            xs, ys = np.clip(x, 0, width - 1).astype(np.int32), np.clip(y, 0, height - 1).astype(np.int32)
            seen[rows] = inside & grown[ys, xs]
        return None if seen.all() else seen


def _grown(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """The mask with a rim, so that what is only crossed by thin strokes stays whole."""
    for axis in (0, 1):
        grown = mask.copy()
        for step in range(1, by + 1):
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(step, None), slice(None, -step)
            grown[tuple(ahead)] |= mask[tuple(behind)]
            grown[tuple(behind)] |= mask[tuple(ahead)]
        mask = grown
    return mask


def degenerate(matrix: Matrix) -> bool:
    """Whether a matrix flattens everything to nothing."""
    a, b, c, d, _, _ = matrix
    return abs(a * d - b * c) < 1e-6
