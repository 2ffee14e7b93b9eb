"""The small TrueType reader against MuPDF's: the same glyphs, widths and outlines, and nothing from a broken font."""

from __future__ import annotations

import struct
from pathlib import Path

import pymupdf
import pytest

from markpipe.formats.pdf.mark_fonts import runs
from markpipe.formats.pdf.truetype import NotTrueTypeError, TrueType
from markpipe.marking.plan import FontRole

TEXT = "000123456789机密★2035年3月2日国家秘密确定专用章堃喆珺〔〕：。ÀéﬁA"
BUILT_IN: bytes = pymupdf.Font("china-s").buffer
ZENHEI = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")


@pytest.fixture(params=["built in", "collection"])
def fonts(request: pytest.FixtureRequest) -> tuple[TrueType, pymupdf.Font]:
    if request.param == "built in":
        return TrueType(BUILT_IN, "china-s"), pymupdf.Font("china-s")
    if not ZENHEI.is_file():
        pytest.skip("WenQuanYi Zen Hei is not installed")
    return TrueType.open(ZENHEI), pymupdf.Font(fontfile=str(ZENHEI))


def test_glyphs_and_widths_agree_with_mupdf(fonts: tuple[TrueType, pymupdf.Font]) -> None:
    ours, theirs = fonts
    for character in TEXT + "\U00020000\ue000\U0010fffd":
        assert ours.glyph(character) == theirs.has_glyph(ord(character)), character
        if ours.glyph(character):
            width = theirs.glyph_advance(ord(character))
            assert ours.width(ours.glyph(character)) == pytest.approx(width, abs=0.001), character


def test_a_subset_is_small_and_draws_the_same(fonts: tuple[TrueType, pymupdf.Font]) -> None:
    ours, _ = fonts
    characters = [one for one in dict.fromkeys(TEXT) if ours.glyph(one)]
    data = ours.subset([ours.glyph(one) for one in characters])
    assert len(data) < 40_000
    assert data == ours.subset([ours.glyph(one) for one in characters])
    tables = struct.unpack(">H", data[4:6])[0]
    names = [data[12 + 16 * index : 16 + 16 * index] for index in range(tables)]
    assert names == sorted(names) == [b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp"]


def _table(data: bytes, tag: bytes) -> bytes:
    at = data.index(tag, 12)
    offset, length = struct.unpack(">II", data[at + 8 : at + 16])
    return data[offset : offset + length]


def test_components_of_composite_glyphs_come_along(fonts: tuple[TrueType, pymupdf.Font]) -> None:
    ours, _ = fonts
    for character, least in (("A", 2), ("À", 2)):
        data = ours.subset([ours.glyph(character)])
        glyphs = struct.unpack(">H", _table(data, b"maxp")[4:6])[0]
        assert glyphs >= least
        offsets = struct.unpack(f">{glyphs + 1}I", _table(data, b"loca"))
        outline = _table(data, b"glyf")[offsets[1] : offsets[2]]
        if struct.unpack(">h", outline[:2])[0] < 0:
            assert glyphs > 2
            assert struct.unpack(">H", outline[12:14])[0] < glyphs
        assert len(_table(data, b"hmtx")) == 4 * glyphs


def test_text_is_cut_into_runs_by_what_fonts_have() -> None:
    stretches = list(runs("机密★堃喆A", FontRole.HEITI))
    assert "".join(text for text, _ in stretches) == "机密★堃喆A"
    for text, font in stretches:
        assert all(font.glyph(character) for character in text)
    assert list(runs("", FontRole.KAITI)) == []


@pytest.mark.parametrize(
    "data",
    [
        b"OTTO" + bytes(60),
        b"\x00\x01\x00\x00\x00\x00" + bytes(20),
        b"\x00\x01\x00\x00\x00\x01" + bytes(6) + b"head" + bytes(12),
    ],
)
def test_what_is_no_truetype_font_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(NotTrueTypeError):
        TrueType(data, "broken")
