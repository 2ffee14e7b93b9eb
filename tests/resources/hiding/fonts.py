"""A font with outlines of the phrase's characters, built by code: simple strokes would do, but text recognition has
to read them, so they are taken from the font that PyMuPDF carries."""

from __future__ import annotations

from functools import cache

import pymupdf

from hiding.pdffile import Pdf


@cache
def _buffer() -> bytes:
    return bytes(pymupdf.Font("china-s").buffer)


RADICALS = str.maketrans("工山水", "\u2f2f\u2f2d\u2f54")


def as_radicals(text: str) -> str:
    """The text with compatibility code points that look the same, where a character has one."""
    return text.translate(RADICALS)


@cache
def glyphs(text: str) -> tuple[int, ...]:
    """Glyph numbers of a text in that font."""
    font = pymupdf.Font("china-s")
    return tuple(font.has_glyph(ord(char)) for char in text)


def glyph_hex(text: str) -> str:
    """A string for the Identity-H font, in hex."""
    return "<" + "".join(f"{number:04x}" for number in glyphs(text)) + ">"


def embed(pdf: Pdf, to_unicode: dict[str, str] | None = None) -> int:
    """Add the font with Identity-H; `to_unicode` maps the drawn character to what the file claims it is."""
    data = _buffer()
    key = "FontFile2" if data[:4] in (b"\x00\x01\x00\x00", b"true") else "FontFile3"
    extra = "" if key == "FontFile2" else "/Subtype/OpenType" if data[:4] == b"OTTO" else "/Subtype/CIDFontType0C"
    file = pdf.stream(data, f"/Length1 {len(data)}{extra}", compress=True)
    descriptor = pdf.add(
        f"<</Type/FontDescriptor/FontName/Sample/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 880"
        f"/Descent -120/CapHeight 880/StemV 80/{key} {file} 0 R>>"
    )
    kind = "2" if key == "FontFile2" else "0"
    gid = "/CIDToGIDMap/Identity" if kind == "2" else ""
    cid = pdf.add(
        f"<</Type/Font/Subtype/CIDFontType{kind}/BaseFont/Sample/DW 1000/FontDescriptor {descriptor} 0 R{gid}"
        f"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>"
    )
    entry = ""
    if to_unicode is not None:
        entry = f"/ToUnicode {pdf.stream(cmap(to_unicode), compress=True)} 0 R"
    return pdf.add(
        f"<</Type/Font/Subtype/Type0/BaseFont/Sample/Encoding/Identity-H/DescendantFonts[{cid} 0 R]{entry}>>"
    )


def cmap(mapping: dict[str, str]) -> str:
    """A ToUnicode map from the glyph of each drawn character to the claimed text."""
    lines = "\n".join(
        f"<{glyphs(drawn)[0]:04x}> <{claimed.encode('utf-16-be').hex()}>" for drawn, claimed in mapping.items()
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{len(mapping)} beginbfchar\n{lines}\nendbfchar\n"
        "endcmap end end\n"
    )
