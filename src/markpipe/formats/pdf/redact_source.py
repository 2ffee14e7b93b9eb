"""The fonts of a file that is taken apart: glyphs by number, their outlines and widths, and the characters of a span.

Nothing here says what becomes of a character.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pymupdf import mupdf

from markpipe.formats.pdf.redact_ops import Matrix, Rect, multiply

_AS_IS = mupdf.ll_fz_make_matrix(1, 0, 0, 1, 0, 0)
_UNKNOWN = "\ufffd"
_FIRST, _LAST = 0x20, 0xD7FF
_DINGBATS = {
    **{code: chr(0x2701 + code - 0x21) for code in (*range(0x21, 0x7F), *range(0xA1, 0xFF))},
    **dict(zip((0x25, 0x2A, 0x2B, 0x48, 0x6C, 0x6E), "☎☛☞★●■", strict=True)),
    **dict(zip((0x73, 0x74, 0x75, 0x77, 0xA8, 0xA9, 0xAA, 0xAB), "▲▼◆◗♣♦♥♠", strict=True)),
    **{code: chr(0x2460 + code - 0xAC) for code in range(0xAC, 0xB6)},
    **dict(zip((0xD5, 0xD6, 0xD7), "→↔↕", strict=True)),
}


def number(value: float) -> str:
    """A number for a content stream."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


class Walker(mupdf.FzPathWalker2):  # type: ignore[misc]
    """Writes a path down as operators."""

    def __init__(self) -> None:
        super().__init__()
        self.use_virtual_moveto()
        self.use_virtual_lineto()
        self.use_virtual_curveto()
        self.use_virtual_closepath()
        self.out: list[str] = []

    def moveto(self, _: Any, x: float, y: float) -> None:
        self.out.append(f"{number(x)} {number(y)} m")

    def lineto(self, _: Any, x: float, y: float) -> None:
        self.out.append(f"{number(x)} {number(y)} l")

    def curveto(self, _: Any, *points: float) -> None:
        self.out.append(f"{' '.join(map(number, points))} c")

    def closepath(self, _: Any) -> None:
        self.out.append("h")

    def walk(self, path: Any) -> bytes:
        """The operators of a path."""
        self.out = []
        mupdf.fz_walk_path(path, self, self.m_internal)
        return "\n".join(self.out).encode("ascii")


class Fonts:
    """The fonts of one file, each kept alive, by the order in which they were met."""

    def __init__(self) -> None:
        self._index: dict[int, int] = {}
        self.fonts: list[Any] = []
        self._outlines: dict[tuple[int, int], Any] = {}
        self._advances: dict[tuple[int, int], float] = {}
        self._codes: dict[int, dict[int, int]] = {}
        self._dingbats: set[int] = set()
        self.guessed: set[tuple[int, int]] = set()

    def index(self, font: Any) -> int:
        """The index of a font."""
        key = int(font.m_internal.this) if hasattr(font.m_internal, "this") else id(font.m_internal)
        if key not in self._index:
            self._index[key] = len(self.fonts)
            self.fonts.append(mupdf.FzFont(mupdf.ll_fz_keep_font(font.m_internal)))
            if font.m_internal.name.endswith("Dingbats"):
                self._dingbats.add(self._index[key])
        return self._index[key]

    def advance(self, index: int, gid: int) -> float:
        """The width of a glyph in em."""
        key = (index, gid)
        if key not in self._advances:
            self._advances[key] = float(mupdf.fz_advance_glyph(self.fonts[index], gid, 0))
        return self._advances[key]

    def outline(self, index: int, gid: int) -> Any:
        """The outline of a glyph in em, or None where it has none."""
        key = (index, gid)
        if key not in self._outlines:
            path = mupdf.fz_outline_glyph(self.fonts[index], gid, mupdf.FzMatrix())
            self._outlines[key] = path if path.m_internal else None
        return self._outlines[key]

    def ink(self, index: int, gid: int) -> Rect | None:
        """The box of a glyph's outline in em; None where it draws nothing."""
        path = self.outline(index, gid)
        if path is None:
            return None
        box = mupdf.ll_fz_bound_path(path.m_internal, None, _AS_IS)
        return rect_of(box) if box.x1 > box.x0 and box.y1 > box.y0 else None

    def said(self, index: int, gid: int, text: str) -> str:
        """What a glyph says: where the file does not know, what its font program does, which is a guess.

        The glyphs of ZapfDingbats are named by numbers, which MuPDF takes for characters.
        """
        if text != _UNKNOWN and (text >= "\u2000" or index not in self._dingbats):
            return text
        self.guessed.add((index, gid))
        if index not in self._codes:
            font = self.fonts[index].m_internal
            codes = range(_LAST, _FIRST - 1, -1)
            self._codes[index] = {mupdf.ll_fz_encode_character(font, code): code for code in codes}
        code = self._codes[index].get(gid)
        if index in self._dingbats:
            return _DINGBATS.get(code or 0, text)
        return text if code is None else chr(code)

    def drawn(self, index: int) -> bool:
        """Whether a font's glyphs are little drawings (Type 3)."""
        return bool(mupdf.ll_fz_font_t3_procs(self.fonts[index].m_internal))


def spans(text: Any) -> Iterator[Any]:
    """The spans of a text."""
    span = text.head
    while span:
        yield mupdf.FzTextSpan(span)
        span = span.next


def matrix_of(value: Any) -> Matrix:
    return (value.a, value.b, value.c, value.d, value.e, value.f)


def glyph_rows(span: Any, ctm: Matrix, fonts: Fonts) -> Iterator[tuple[int, str, Matrix, float]]:
    """Glyph number, text, matrix and advance of each character; further characters of a glyph join its text."""
    index = fonts.index(span.font())
    trm = matrix_of(span.m_internal.trm)
    rows: list[tuple[int, str, Matrix, float]] = []
    for position in range(span.m_internal.len):
        item = span.items(position)
        text = chr(item.ucs) if 0 < item.ucs <= 0x10FFFF else ""
        if item.gid < 0:
            if rows and text:
                gid, before, matrix, advance = rows[-1]
                rows[-1] = (gid, before + text, matrix, advance)
            continue
        matrix = multiply((trm[0], trm[1], trm[2], trm[3], item.x, item.y), ctm)
        rows.append((item.gid, fonts.said(index, item.gid, text), matrix, fonts.advance(index, item.gid)))
    return iter(rows)


def rect_of(value: Any) -> Rect:
    return (value.x0, value.y0, value.x1, value.y1)
