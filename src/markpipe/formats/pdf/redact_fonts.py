"""The fonts of a rebuilt file: made anew from the outlines of the characters that stayed.

::

    (font of the source, glyph, text) ── first use ──▶ (new font, code) ── outline ──▶ CFF, W, ToUnicode

A code stands for one glyph with one text, so a map that lied about a removed character has no entry any more.
Characters of fonts without outlines (Type 3) are drawn as paths, and said by an empty glyph.
"""

from __future__ import annotations

import unicodedata

import pikepdf

from markpipe.formats.pdf.redact_cff import Outline, font_program
from markpipe.formats.pdf.redact_ops import Glyph
from markpipe.formats.pdf.redact_source import Fonts, Walker

_EM = 1000
_MOST = 60000
_UNKNOWN = "\ufffd"
_LIGATURES = str.maketrans({char: unicodedata.normalize("NFKC", char) for char in "ﬀﬁﬂﬃﬄﬅﬆ"})


class NewFonts:
    """Collects the characters in use and gives each a font name and a code."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._walker = Walker()
        self._codes: dict[tuple[int, int, str, int], tuple[int, int]] = {}
        self._glyphs: list[list[tuple[int, int, str, int]]] = []
        self._of: dict[int, int] = {}

    def code(self, glyph: Glyph) -> tuple[int, int]:
        """The new font's index and the code of a character."""
        empty = glyph.drawn is not None
        source = -1 if empty else glyph.font
        width = round(glyph.advance * _EM)
        key = (source, glyph.gid, glyph.text, width)
        if key not in self._codes:
            if source not in self._of or len(self._glyphs[self._of[source]]) >= _MOST:
                self._of[source] = len(self._glyphs)
                self._glyphs.append([])
            mine = self._of[source]
            self._glyphs[mine].append((source, glyph.gid, glyph.text, width))
            self._codes[key] = (mine, len(self._glyphs[mine]))
        return self._codes[key]

    def width(self, glyph: Glyph) -> float:
        """The width of a character in em, as the font will say it."""
        font, code = self.code(glyph)
        return self._glyphs[font][code - 1][3] / _EM

    def outline(self, source: int, gid: int) -> Outline:
        """The outline of a glyph in thousandths of an em."""
        path = None if source < 0 else self._fonts.outline(source, gid)
        if path is None:
            return ()
        found: list[tuple[str, tuple[int, ...]]] = []
        for line in self._walker.walk(path).decode("ascii").splitlines():
            *values, name = line.split()
            found.append((name, tuple(round(float(value) * _EM) for value in values)))
        return tuple(found)

    def write(self, pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
        """The font dictionaries, in the order of their indexes."""
        return [self._font(pdf, number, glyphs) for number, glyphs in enumerate(self._glyphs, start=1)]

    def _font(self, pdf: pikepdf.Pdf, number: int, glyphs: list[tuple[int, int, str, int]]) -> pikepdf.Object:
        name = pikepdf.Name(f"/R{number}")
        program = font_program(f"R{number}", [(self.outline(source, gid), width) for source, gid, _, width in glyphs])
        file = pdf.make_stream(program)
        file["/Subtype"] = pikepdf.Name("/CIDFontType0C")
        descriptor = pikepdf.Dictionary(
            Type=pikepdf.Name("/FontDescriptor"),
            FontName=name,
            Flags=4,
            FontBBox=[0, -120, 1000, 880],
            ItalicAngle=0,
            Ascent=880,
            Descent=-120,
            CapHeight=880,
            StemV=80,
            FontFile3=file,
        )
        system = pikepdf.Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0)
        descendant = pikepdf.Dictionary(
            Type=pikepdf.Name("/Font"),
            Subtype=pikepdf.Name("/CIDFontType0"),
            BaseFont=name,
            CIDSystemInfo=system,
            FontDescriptor=pdf.make_indirect(descriptor),
            DW=1000,
            W=[1, [width for *_, width in glyphs]],
        )
        return pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name("/Font"),
                Subtype=pikepdf.Name("/Type0"),
                BaseFont=name,
                Encoding=pikepdf.Name("/Identity-H"),
                DescendantFonts=[pdf.make_indirect(descendant)],
                ToUnicode=pdf.make_stream(to_unicode([text for _, _, text, _ in glyphs])),
            )
        )


def to_unicode(texts: list[str]) -> bytes:
    """The map from codes 1… to their texts; characters that say nothing, or nobody knows what, have no entry.

    Ligatures say their letters, and a character that says a blank beside itself says only itself.
    """
    rows = [
        f"<{code:04x}> <{(text.translate(_LIGATURES).strip() or text).encode('utf-16-be').hex()}>"
        for code, text in enumerate(texts, start=1)
        if text and text != _UNKNOWN
    ]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
