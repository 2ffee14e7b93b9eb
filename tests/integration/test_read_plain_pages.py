"""Pages as programs write them are taken as they are, and only where nothing on them is cut off, faint or printed twice."""

from __future__ import annotations

import sys

import pymupdf
import pytest
from hiding import PHRASE, PUBLIC
from hiding.pdffile import Pdf, hexed, show

from markpipe.formats.pdf.glyphs import FontTrust, edges
from markpipe.formats.pdf.pages import PageText
from markpipe.formats.pdf.read import read
from markpipe.formats.pdf.textpage import FLAGS
from markpipe.model.document import Document, PartKind
from markpipe.model.limits import Limits


def browser_page(*lines: str, y: float = 120, x: float = 8, tail: str = "Q\nQ\nEMC\n") -> bytes:
    """A page as a browser prints it: its own unit of length, and a clip that leaves out the margins."""
    content = ".24 0 0 -.24 0 842 cm\nq\n115 115 2250 3270 re\nW* n\nq\n3.125 0 0 3.125 115 115 cm\n0 0 0 RG 0 0 0 rg\n/G3 gs\n"
    for number, line in enumerate(lines):
        content += (
            f"/P <</MCID {number} >>BDC\nBT\n/F1 16 Tf\n1 0 0 -1 {x} {y + 30 * number} Tm\n{hexed(line)} Tj\nET\nEMC\n"
        )
    pdf = Pdf()
    pdf.page(content + tail, "/ExtGState<</G3<</ca 1/BM/Normal>>>>", public=False)
    return pdf.save()


def plain(data: bytes) -> bool:
    with pymupdf.open(stream=data, filetype="pdf") as document:
        return PageText(document[0]).plain


def kinds(document: Document, text: str) -> set[PartKind]:
    parts = document.text_map.parts
    return {part.kind for part in parts if text in document.text[part.start : part.end].replace("\n", "")}


def test_a_page_that_a_browser_framed_is_plain() -> None:
    data = browser_page(PUBLIC, PHRASE)
    assert plain(data)
    assert kinds(read(data, Limits()), PHRASE) == {PartKind.PAGE}


@pytest.mark.parametrize(
    "data",
    [
        browser_page(PUBLIC, PHRASE, y=-50),  # above the clip
        browser_page(PUBLIC, PHRASE, x=-300),
        browser_page(
            PUBLIC, tail=f"Q\nBT /F1 4 Tf 1 0 0 -1 40 900 Tm {hexed(PHRASE)} Tj ET\nQ\n"
        ),  # at a third of the size
    ],
)
def test_what_the_frame_does_not_hold_gets_a_closer_look(data: bytes) -> None:
    assert not plain(data)
    assert kinds(read(data, Limits()), PHRASE) - {PartKind.PAGE}


@pytest.mark.parametrize(
    "state", ["/ca 0.0", "/ca 9 0 R", "/BM 9 0 R", "/BM[/Multiply]", "/SMask<</S/Alpha>>", "/Font[3 0 R .1]"]
)
@pytest.mark.parametrize("name", ["GS1", "G#531"])
def test_a_graphics_state_that_may_fade_text_is_told_by_its_name(state: str, name: str) -> None:
    pdf = Pdf()
    faint = pdf.add(f"<<{state}>>")
    resources = f"/ExtGState<</GS0<</ca 1.0/BM/Normal>>/GS1 {faint} 0 R>>"
    shown = f"BT /F1 12 Tf 1 0 0 1 9 9 Tm {hexed(PHRASE)} Tj ET"
    for used in (name, "GS0"):
        pdf.page(f"/{used} gs {shown}", resources, public=False)
    with pymupdf.open(stream=pdf.save(), filetype="pdf") as document:
        fading, other = PageText(document[0]), PageText(document[1])
        assert fading.hints.text
        assert not fading.plain
        assert other.plain


@pytest.mark.parametrize(
    ("space", "expected"),
    [
        ("/DeviceRGB", True),
        ("[/ICCBased 3 0 R]", True),
        ("[/Separation/Spot/DeviceGray<</FunctionType 2/N 1/Domain[0 1]/C0[0]/C1[1]>>]", False),
        ("[/Indexed/DeviceRGB 0 <ffffff>]", False),
        ("[/Pattern 3 0 R]", False),
    ],
)
def test_a_colour_of_a_space_of_its_own_gets_a_closer_look(space: str, expected: bool) -> None:
    pdf = Pdf()
    pdf.page(f"/CS0 cs 0 0 0 sc {show(PHRASE)}", f"/ColorSpace<</CS0 {space}>>", public=False)
    with pymupdf.open(stream=pdf.save(), filetype="pdf") as document:
        assert PageText(document[0]).plain is expected


def test_the_same_words_in_two_cells_are_no_overprinting() -> None:
    row = "".join(show("同上", x=72 + 80 * column, y=500) for column in range(4))
    twice = show("同上", x=72, y=500) + show("同上", x=73, y=500.5)
    for content, expected in ((row, True), (twice, False)):
        pdf = Pdf()
        pdf.page(content)
        assert plain(pdf.save()) is expected


def test_words_bold_by_printing_each_twice_across_columns_are_told_from_columns() -> None:
    """By operators alone where they place each string, by the words where they do not."""
    columns = [(72, 500), (72, 480), (200, 500), (200, 480)]
    apart = "".join(show("同上", x=x, y=y) for x, y in columns)
    near = apart + show("同上", x=201, y=480.9)
    moved = apart + f"q 1 0 0 1 .5 .5 cm {show('同上', x=200, y=480)} Q "
    going_on = "BT /F1 12 Tf 72 300 Td <4e00> Tj 0 -20 Td <4e00> Tj 0 20 Td <4e00> Tj ET"
    for content, expected in ((apart, True), (near, False), (moved, False), (going_on, False)):
        pdf = Pdf()
        pdf.page(content, public=False)
        assert plain(pdf.save()) is expected, content


@pytest.mark.parametrize(
    "shape",
    [
        "60 590 m 560 590 l 560 640 l 60 640 l 50 615 l f",  # no edge closes it
        "60 590 m 560 590 l 560 640 l 60 640 l 50 615 l 0 w f",
        "60 590 m 560 590 l 560 640 l 60 640 l 50 615 l h f",
        "60 590 500 50 re f",
    ],
)
def test_a_shape_over_text_covers_it(shape: str) -> None:
    pdf = Pdf()
    pdf.page(f"{show(PHRASE)} 0 g {shape}")
    assert kinds(read(pdf.save(), Limits()), PHRASE) == {PartKind.COVERED}


@pytest.mark.parametrize(
    "flat",
    [
        f"BT /F1 0 Tf 72 500 Td {hexed(PHRASE)} Tj ET",
        f"BT 0 Tz /F1 12 Tf 72 500 Td {hexed(PHRASE)} Tj 100 Tz ET",
        f"q 1 0 0 0 0 500 cm BT /F1 12 Tf 72 0 Td {hexed(f' {PHRASE} ')} Tj ET Q",
        f"BT /F1 12 Tf 1 0 0 0 72 500 Tm {hexed(PHRASE)} Tj ET",
    ],
)
def test_text_without_width_or_height_is_hidden_and_spaces_beside_a_picture_are_not(flat: str) -> None:
    picture = "q 20 0 0 20 300 50 cm BI /CS /G /W 2 /H 2 /BPC 8 ID abcd EI Q"
    spaces = f"{show(' ', y=450)} {show('   ', y=430)}"
    for content in (flat, f"{picture} {spaces} {flat}"):
        pdf = Pdf()
        pdf.page(content)
        assert kinds(read(pdf.save(), Limits()), PHRASE) == {PartKind.HIDDEN}
    pdf = Pdf()
    pdf.page(f"{picture} {spaces}")
    with pymupdf.open(stream=pdf.save(), filetype="pdf") as document:
        assert not PageText(document[0])._suspicious()


def test_cells_that_became_one_line_have_their_glyphs_compared_one_by_one() -> None:
    """A browser's table cells stand so near that a line goes through them; the gaps are no part of the characters."""
    cells = ("报送情况对发", "按照年度工作", "期演练确保安")
    pdf = Pdf()
    content = "".join(show(cell, x=72 + 78.75 * column, y=500, size=12) for column, cell in enumerate(cells))
    pdf.page(content, public=False)
    with pymupdf.open(stream=pdf.save(), filetype="pdf") as document:
        page = document[0]
        blocks = page.get_textpage(flags=FLAGS).extractDICT()["blocks"]
        span = blocks[0]["lines"][0]["spans"][0]
        assert span["text"] == "".join(cells), "the cells are one span"
        left = [72 + 78.75 * (index // 6) + 12 * (index % 6) for index in range(10)]
        assert edges(page, span) == [pytest.approx((each, each + 12), abs=0.01) for each in left]
        assert not FontTrust().doubts(page, blocks)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is not counted any more")
def test_reading_takes_no_references_away() -> None:
    """The library's tracing gives back references to None that it never took: a process that reads on would end."""
    pdf = Pdf()
    picture = pdf.stream(
        b"\x00" * 64, "/Type/XObject/Subtype/Image/Width 8/Height 8/BitsPerComponent 8/ColorSpace/DeviceGray"
    )
    flat = f"BT /F1 12 Tf 1 0 0 0 72 300 Tm {hexed(PHRASE)} Tj ET"
    rules = "".join(f"9 {y} 400 9 re f\n" for y in range(0, 400, 10))
    pdf.page(f"q 9 0 0 9 9 9 cm /Im0 Do Q {rules} {flat}", f"/XObject<</Im0 {picture} 0 R>>")
    data = pdf.save()
    read(data, Limits())
    before = sys.getrefcount(None)
    for _ in range(5):
        read(data, Limits())
    assert abs(sys.getrefcount(None) - before) < 50


def drawn_apart(*places: tuple[str, float, float]) -> str:
    pdf = Pdf()
    pdf.page("".join(show(char, x=x, y=y) for char, x, y in places), public=False)
    return read(pdf.save(), Limits()).text


def test_characters_drawn_on_each_other_keep_the_order_of_drawing() -> None:
    """A browser writes downwards so where its font says nothing of the heights of characters."""
    piled = [(char, 72, 500 + 0.4 * (index * 5 % 7)) for index, char in enumerate(PHRASE)]
    assert PHRASE in drawn_apart(*piled).splitlines()


def test_a_heading_spaced_out_with_drawn_spaces_is_one_line() -> None:
    spaced = [(char, 72 + 28 * index, 500) for index, char in enumerate("关 于 通 知")]
    assert "关 于 通 知" in drawn_apart(*spaced).splitlines()


def test_spaces_are_not_hidden_text() -> None:
    """Spaces have no ink of their own: those that begin a line, or are one, say nothing about it."""
    pdf = Pdf()
    pdf.page(show("\u3000\u3000" + PHRASE, y=500) + show(" ", y=470) + "1 g " + show("看不见的字", y=450), public=False)
    document = read(pdf.save(), Limits())
    assert kinds(document, PHRASE) == {PartKind.PAGE}
    assert kinds(document, "看不见的字") == {PartKind.HIDDEN}
