"""PDF fixtures P01 to P43: the phrase somewhere in what pages draw.  Each function's name is its id."""

from __future__ import annotations

import pymupdf

from hiding import PHRASE, PUBLIC
from hiding.fonts import embed, glyph_hex
from hiding.pdffile import Pdf, hexed, one_page, show, text_string
from hiding.pictures import pixels

FIRST, SECOND = PHRASE[:3], PHRASE[3:]


def each_char(x: float = 72, y: float = 600, dx: float = 16, dy: float = 0, order: tuple[int, ...] = ()) -> str:
    """Every character in a text object of its own."""
    return "".join(show(PHRASE[i], x + i * dx, y + i * dy) for i in order or range(len(PHRASE)))


def p01() -> bytes:
    return one_page(show(PHRASE))


def p02() -> bytes:
    array = " -60 ".join(hexed(char) for char in PHRASE)
    return one_page(f"BT /F1 16 Tf 72 600 Td [{array}] TJ ET")


def p03() -> bytes:
    return one_page(each_char(order=(3, 0, 5, 1, 4, 2)))


def p04() -> bytes:
    filler = "各单位应当按照要求认真落实并报送"
    return one_page(show(filler + FIRST, y=600) + show(SECOND + "的执行情况和有关意见建议并附说明", y=578))


def p05() -> bytes:
    return one_page(show(" ".join(PHRASE)))


def p06() -> bytes:
    return one_page(each_char(x=300, dx=0, dy=-18))


def p07() -> bytes:
    return one_page(f"BT /F1 16 Tf 0 1 -1 0 300 400 Tm {hexed(PHRASE)} Tj ET")


def p08() -> bytes:
    return one_page(show(PHRASE), entries="/Rotate 90")


def form(pdf: Pdf, content: str, resources: str = "") -> int:
    return pdf.stream(
        content, f"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>{resources}>>"
    )


def p09() -> bytes:
    pdf = Pdf()
    pdf.page("/X1 Do", f"/XObject<</X1 {form(pdf, show(PHRASE))} 0 R>>")
    return pdf.save()


def p10() -> bytes:
    pdf = Pdf()
    shared = form(pdf, show(PHRASE))
    for _ in range(2):
        pdf.page("/X1 Do", f"/XObject<</X1 {shared} 0 R>>")
    return pdf.save()


def p11() -> bytes:
    pdf = Pdf()
    inner = form(pdf, show(PHRASE))
    outer = form(pdf, "/X2 Do", f"/XObject<</X2 {inner} 0 R>>")
    pdf.page("/X1 Do", f"/XObject<</X1 {outer} 0 R>>")
    return pdf.save()


def p12() -> bytes:
    pdf = Pdf()
    tile = pdf.stream(
        show(PHRASE, 5, 15),
        "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 150 50]/XStep 150/YStep 50"
        "/Resources<</Font<</F1 3 0 R>>>>",
    )
    pdf.page("/Pattern cs /T1 scn 72 500 150 50 re f", f"/Pattern<</T1 {tile} 0 R>>")
    return pdf.save()


def p13() -> bytes:
    """A Type 3 font whose glyphs are boxes: only its ToUnicode map says what they mean."""
    pdf = Pdf()
    glyph = pdf.stream("1000 0 0 0 1000 1000 d1 100 100 800 800 re f")
    codes = "\n".join(f"<{i + 97:02x}> <{char.encode('utf-16-be').hex()}>" for i, char in enumerate(PHRASE))
    count = len(PHRASE)
    map_ = pdf.stream(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <ff> endcodespacerange\n{count} beginbfchar\n{codes}\nendbfchar endcmap end end"
    )
    names = "".join(f"/g{i}" for i in range(count))
    procs = "".join(f"/g{i} {glyph} 0 R" for i in range(count))
    font = pdf.add(
        f"<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[0.001 0 0 0.001 0 0]/CharProcs<<{procs}>>"
        f"/Encoding<</Type/Encoding/Differences[97{names}]>>/FirstChar 97/LastChar {96 + count}"
        f"/Widths[{'1000 ' * count}]/ToUnicode {map_} 0 R>>"
    )
    number = pdf.page("BT /F3 16 Tf 72 600 Td (abcdef) Tj ET")
    pdf.objects[number] = pdf.objects[number].replace(b"/F1 3 0 R", f"/F1 3 0 R/F3 {font} 0 R".encode())
    return pdf.save()


def image(pdf: Pdf, samples: bytes, entries: str = "", width: int = 480, height: int = 96) -> int:
    return pdf.stream(
        samples,
        f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 8{entries}",
        compress=True,
    )


DRAW = "q 360 0 0 72 72 560 cm /I1 Do Q\n"


def p14() -> bytes:
    pdf = Pdf()
    pdf.page(
        DRAW + show(PHRASE, 84, 582, 36, before="3 Tr"), f"/XObject<</I1 {image(pdf, pixels())} 0 R>>", public=False
    )
    return pdf.save()


def p15() -> bytes:
    return one_page("1 g " + show(PHRASE, x=20, y=20, size=1))


def p16() -> bytes:
    return one_page(show(PHRASE, y=50), entries="/CropBox[0 100 595 842]")


def p17() -> bytes:
    return one_page(show(PHRASE, y=-60))


def p18() -> bytes:
    return one_page(show(PHRASE) + "0 g 66 590 120 30 re f")


def p19() -> bytes:
    pdf = Pdf()
    cover = pixels("此处不予公开资料")
    pdf.page(show(PHRASE) + "q 150 0 0 40 60 590 cm /I1 Do Q", f"/XObject<</I1 {image(pdf, cover)} 0 R>>")
    return pdf.save()


def p20() -> bytes:
    return one_page(f"q 10 10 30 30 re W n {show(PHRASE)} Q")


def p21() -> bytes:
    pdf = Pdf()
    layer = pdf.add("<</Type/OCG/Name(draft)>>")
    pdf.catalog = f"/OCProperties<</OCGs[{layer} 0 R]/D<</OFF[{layer} 0 R]/Order[{layer} 0 R]>>>>"
    pdf.page(f"/OC /L1 BDC {show(PHRASE)} EMC", f"/Properties<</L1 {layer} 0 R>>")
    return pdf.save()


def p22() -> bytes:
    pdf = Pdf()
    pdf.page(DRAW, f"/XObject<</I1 {image(pdf, pixels())} 0 R>>")
    return pdf.save()


def p23() -> bytes:
    data = pixels().hex().encode() + b">"
    inline = b"q 360 0 0 72 72 560 cm BI /W 480 /H 96 /CS /G /BPC 8 /F /AHx ID " + data + b" EI Q"
    return one_page(inline)


def p24() -> bytes:
    pdf = Pdf()
    pdf.page(DRAW + "0 g 60 550 400 100 re f", f"/XObject<</I1 {image(pdf, pixels())} 0 R>>")
    return pdf.save()


def p25() -> bytes:
    pdf = Pdf()
    mask = image(pdf, bytes(255 - value for value in pixels()))
    solid = image(pdf, b"\x00" * (480 * 96), f"/SMask {mask} 0 R")
    pdf.page(DRAW, f"/XObject<</I1 {solid} 0 R>>")
    return pdf.save()


def p26() -> bytes:
    """The phrase as outlines: MuPDF writes text as paths."""
    source = pymupdf.open()
    page = source.new_page(width=400, height=80)
    page.insert_text((20, 50), PHRASE, fontname="china-s", fontsize=36)
    svg = page.get_svg_image(text_as_path=True)
    outlined = pymupdf.open("pdf", pymupdf.open(stream=svg.encode(), filetype="svg").convert_to_pdf())
    target = pymupdf.open(stream=one_page(""), filetype="pdf")
    target[0].show_pdf_page(pymupdf.Rect(72, 200, 472, 280), outlined, 0)
    return bytes(target.tobytes(deflate=True))


def p27() -> bytes:
    return one_page(show(PHRASE))


def p28() -> bytes:
    pdf = Pdf()
    pdf.objects[6] = pdf.objects[3].replace(b"UniGB-UCS2-H", b"GBK-EUC-H")
    pdf.next_number = 7
    number = pdf.page(f"BT /F2 16 Tf 72 600 Td <{PHRASE.encode('gbk').hex()}> Tj ET")
    pdf.objects[number] = pdf.objects[number].replace(b"/F1 3 0 R", b"/F1 3 0 R/F2 6 0 R")
    return pdf.save()


def with_embedded_font(to_unicode: dict[str, str] | None, size: float = 28) -> bytes:
    pdf = Pdf()
    font = embed(pdf, to_unicode)
    number = pdf.page(f"BT /F2 {size} Tf 72 600 Td {glyph_hex(PHRASE)} Tj ET")
    pdf.objects[number] = pdf.objects[number].replace(b"/F1 3 0 R", f"/F1 3 0 R/F2 {font} 0 R".encode())
    return pdf.save()


def p29() -> bytes:
    return with_embedded_font(None)


def p30() -> bytes:
    return with_embedded_font(dict(zip(PHRASE, "春季植树活动", strict=True)))


def p31() -> bytes:
    return one_page(f"/Span <</ActualText {text_string(PHRASE)}>> BDC {show('某项工作安排')} EMC")


def p32() -> bytes:
    pdf = Pdf()
    element = pdf.add(
        f"<</Type/StructElem/S/P/P 1 0 R/T{text_string('甲')}/ActualText{text_string(PHRASE)}/Alt{text_string('乙')}>>"
    )
    tree = pdf.add(f"<</Type/StructTreeRoot/K {element} 0 R>>")
    pdf.catalog = f"/StructTreeRoot {tree} 0 R/MarkInfo<</Marked true>>"
    pdf.page()
    return pdf.save()


def p33() -> bytes:
    pdf = Pdf()
    properties = pdf.add(f"<</ActualText{text_string(PHRASE)}>>")
    pdf.page(f"/Span /M1 BDC {show('某项工作安排')} EMC", f"/Properties<</M1 {properties} 0 R>>")
    return pdf.save()


def p34() -> bytes:
    return one_page(f"% {PHRASE}\n".encode() + show("正文第二行").encode())


def p35() -> bytes:
    """The map names the radical that looks like 工."""
    return with_embedded_font({char: "\u2f2f" if char == "工" else char for char in PHRASE})


def p36() -> bytes:
    return with_embedded_font({char: f"{char}\u200b\u00ad" for char in PHRASE})


def p37() -> bytes:
    return one_page("".join(show(PHRASE, x=72 + 0.3 * i) for i in range(3)))


def p38() -> bytes:
    return one_page(f"BT /F1 16 Tf -1 0 0 1 300 600 Tm {hexed(PHRASE)} Tj ET")


def p39() -> bytes:
    pdf = Pdf()
    entries = "/UserUnit 2/MediaBox[100 50 695 892]"
    pdf.page(show(PUBLIC, x=172, y=700) + show(PHRASE, x=172, y=600), entries=entries, public=False)
    return pdf.save()


def p40() -> bytes:
    pdf = Pdf()
    pdf.page("", f"/XObject<</X1 {form(pdf, show(PHRASE))} 0 R>>")
    return pdf.save()


def p41() -> bytes:
    return one_page(show(PHRASE, before="0 Tz"))


def p42() -> bytes:
    grid = "".join(f"{72 + i * 28} 592 28 28 re S\n" for i in range(len(PHRASE)))
    return one_page(grid + each_char(x=78, dx=28))


def p43() -> bytes:
    pdf = Pdf()
    for _ in range(3):
        pdf.page(show(PHRASE, y=800, size=9))
    return pdf.save()
