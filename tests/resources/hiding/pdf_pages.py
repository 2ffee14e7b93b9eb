"""PDF fixtures P01 to P43: the phrase somewhere in what pages draw.  Each function's name is its id."""

from __future__ import annotations

import string

import pymupdf

from hiding import PHRASE, PUBLIC
from hiding.fonts import as_radicals, embed, glyph_hex
from hiding.pdffile import Pdf, hexed, one_page, show, text_string
from hiding.pictures import pixels


def each_char(
    phrase: str, x: float = 72, y: float = 600, dx: float = 16, dy: float = 0, *, shuffled: bool = False
) -> str:
    """Every character in a text object of its own; shuffled, every second one comes first."""
    order = [*range(1, len(phrase), 2), *range(0, len(phrase), 2)] if shuffled else range(len(phrase))
    return "".join(show(phrase[i], x + i * dx, y + i * dy) for i in order)


def p01(phrase: str = PHRASE) -> bytes:
    return one_page(show(phrase))


def p02(phrase: str = PHRASE) -> bytes:
    array = " -60 ".join(hexed(char) for char in phrase)
    return one_page(f"BT /F1 16 Tf 72 600 Td [{array}] TJ ET")


def p03(phrase: str = PHRASE) -> bytes:
    return one_page(each_char(phrase, shuffled=True))


def p04(phrase: str = PHRASE) -> bytes:
    filler = "各单位应当按照要求认真落实并报送"
    return one_page(
        show(filler + phrase[: len(phrase) // 2], y=600)
        + show(phrase[len(phrase) // 2 :] + "的执行情况和有关意见建议并附说明", y=578)
    )


def p05(phrase: str = PHRASE) -> bytes:
    return one_page(show(" ".join(phrase)))


def p06(phrase: str = PHRASE) -> bytes:
    return one_page(each_char(phrase, x=300, dx=0, dy=-18))


def p07(phrase: str = PHRASE) -> bytes:
    return one_page(f"BT /F1 16 Tf 0 1 -1 0 300 400 Tm {hexed(phrase)} Tj ET")


def p08(phrase: str = PHRASE) -> bytes:
    return one_page(show(phrase), entries="/Rotate 90")


def form(pdf: Pdf, content: str, resources: str = "") -> int:
    return pdf.stream(
        content, f"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>{resources}>>"
    )


def p09(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    pdf.page("/X1 Do", f"/XObject<</X1 {form(pdf, show(phrase))} 0 R>>")
    return pdf.save()


def p10(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    shared = form(pdf, show(phrase))
    for _ in range(2):
        pdf.page("/X1 Do", f"/XObject<</X1 {shared} 0 R>>")
    return pdf.save()


def p11(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    inner = form(pdf, show(phrase))
    outer = form(pdf, "/X2 Do", f"/XObject<</X2 {inner} 0 R>>")
    pdf.page("/X1 Do", f"/XObject<</X1 {outer} 0 R>>")
    return pdf.save()


def p12(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    width = 60 + 16 * len(phrase)
    tile = pdf.stream(
        show(phrase, 5, 15),
        f"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/Matrix[1 0 0 1 72 500]/BBox[0 0 {width} 50]/XStep {width}/YStep 50"
        "/Resources<</Font<</F1 3 0 R>>>>",
    )
    pdf.page(f"/Pattern cs /T1 scn 72 500 {width} 50 re f", f"/Pattern<</T1 {tile} 0 R>>")
    return pdf.save()


def p13(phrase: str = PHRASE) -> bytes:
    """A Type 3 font whose glyphs are boxes: only its ToUnicode map says what they mean."""
    pdf = Pdf()
    glyph = pdf.stream("1000 0 0 0 1000 1000 d1 100 100 800 800 re f")
    codes = "\n".join(f"<{i + 97:02x}> <{char.encode('utf-16-be').hex()}>" for i, char in enumerate(phrase))
    count = len(phrase)
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
    number = pdf.page(f"BT /F3 16 Tf 72 600 Td ({string.ascii_lowercase[:count]}) Tj ET")
    pdf.objects[number] = pdf.objects[number].replace(b"/F1 3 0 R", f"/F1 3 0 R/F3 {font} 0 R".encode())
    return pdf.save()


def image(pdf: Pdf, samples: bytes, entries: str = "", width: int = 480, height: int = 96) -> int:
    return pdf.stream(
        samples,
        f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 8{entries}",
        compress=True,
    )


DRAW = "q 360 0 0 72 72 560 cm /I1 Do Q\n"


def p14(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    pdf.page(DRAW + show(phrase, 84, 582, 36, before="3 Tr"), f"/XObject<</I1 {image(pdf, pixels(phrase))} 0 R>>")
    return pdf.save()


def p15(phrase: str = PHRASE) -> bytes:
    return one_page("1 g " + show(phrase, x=20, y=20, size=1))


def p16(phrase: str = PHRASE) -> bytes:
    return one_page(show(phrase, y=50), entries="/CropBox[0 100 595 842]")


def p17(phrase: str = PHRASE) -> bytes:
    return one_page(show(phrase, y=-60))


def p18(phrase: str = PHRASE) -> bytes:
    return one_page(show(phrase) + f"0 g 66 590 {24 + 16 * len(phrase)} 30 re f")


def p19(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    cover = pixels("此处不予公开资料")
    pdf.page(
        show(phrase) + f"q {54 + 16 * len(phrase)} 0 0 40 60 590 cm /I1 Do Q",
        f"/XObject<</I1 {image(pdf, cover)} 0 R>>",
    )
    return pdf.save()


def p20(phrase: str = PHRASE) -> bytes:
    return one_page(f"q 10 10 30 30 re W n {show(phrase)} Q")


def p21(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    layer = pdf.add("<</Type/OCG/Name(draft)>>")
    pdf.catalog = f"/OCProperties<</OCGs[{layer} 0 R]/D<</OFF[{layer} 0 R]/Order[{layer} 0 R]>>>>"
    pdf.page(f"/OC /L1 BDC {show(phrase)} EMC", f"/Properties<</L1 {layer} 0 R>>")
    return pdf.save()


def p22(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    pdf.page(DRAW, f"/XObject<</I1 {image(pdf, pixels(phrase))} 0 R>>")
    return pdf.save()


def p23(phrase: str = PHRASE) -> bytes:
    data = pixels(phrase).hex().encode() + b">"
    inline = b"q 360 0 0 72 72 560 cm BI /W 480 /H 96 /CS /G /BPC 8 /F /AHx ID " + data + b" EI Q"
    return one_page(inline)


def p24(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    pdf.page(DRAW + "0 g 60 550 400 100 re f", f"/XObject<</I1 {image(pdf, pixels(phrase))} 0 R>>")
    return pdf.save()


def p25(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    mask = image(pdf, bytes(255 - value for value in pixels(phrase)))
    solid = image(pdf, b"\x00" * (480 * 96), f"/SMask {mask} 0 R")
    pdf.page(DRAW, f"/XObject<</I1 {solid} 0 R>>")
    return pdf.save()


def p26(phrase: str = PHRASE) -> bytes:
    """The phrase as outlines: MuPDF writes text as paths."""
    source = pymupdf.open()
    page = source.new_page(width=400, height=80)
    page.insert_text((20, 50), phrase, fontname="china-s", fontsize=36)
    svg = page.get_svg_image(text_as_path=True)
    outlined = pymupdf.open("pdf", pymupdf.open(stream=svg.encode(), filetype="svg").convert_to_pdf())
    target = pymupdf.open(stream=one_page(""), filetype="pdf")
    target[0].show_pdf_page(pymupdf.Rect(72, 200, 472, 280), outlined, 0)
    return bytes(target.tobytes(deflate=True))


def p27(phrase: str = PHRASE) -> bytes:
    return one_page(show(phrase))


def p28(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    pdf.objects[6] = pdf.objects[3].replace(b"UniGB-UCS2-H", b"GBK-EUC-H")
    pdf.next_number = 7
    number = pdf.page(f"BT /F2 16 Tf 72 600 Td <{phrase.encode('gbk').hex()}> Tj ET")
    pdf.objects[number] = pdf.objects[number].replace(b"/F1 3 0 R", b"/F1 3 0 R/F2 6 0 R")
    return pdf.save()


def with_embedded_font(phrase: str, to_unicode: dict[str, str] | None, size: float = 28) -> bytes:
    pdf = Pdf()
    font = embed(pdf, to_unicode)
    number = pdf.page(f"BT /F2 {size} Tf 72 600 Td {glyph_hex(phrase)} Tj ET")
    pdf.objects[number] = pdf.objects[number].replace(b"/F1 3 0 R", f"/F1 3 0 R/F2 {font} 0 R".encode())
    return pdf.save()


def p29(phrase: str = PHRASE) -> bytes:
    return with_embedded_font(phrase, None)


def p30(phrase: str = PHRASE) -> bytes:
    return with_embedded_font(phrase, dict(zip(phrase, "春季植树活动以及运会筹备", strict=False)))


def p31(phrase: str = PHRASE) -> bytes:
    return one_page(f"/Span <</ActualText {text_string(phrase)}>> BDC {show('某项工作安排')} EMC")


def p32(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    element = pdf.add(
        f"<</Type/StructElem/S/P/P 1 0 R/T{text_string('甲')}/ActualText{text_string(phrase)}/Alt{text_string('乙')}>>"
    )
    tree = pdf.add(f"<</Type/StructTreeRoot/K {element} 0 R>>")
    pdf.catalog = f"/StructTreeRoot {tree} 0 R/MarkInfo<</Marked true>>"
    pdf.page()
    return pdf.save()


def p33(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    properties = pdf.add(f"<</ActualText{text_string(phrase)}>>")
    pdf.page(f"/Span /M1 BDC {show('某项工作安排')} EMC", f"/Properties<</M1 {properties} 0 R>>")
    return pdf.save()


def p34(phrase: str = PHRASE) -> bytes:
    return one_page(f"% {phrase}\n".encode() + show("正文第二行").encode())


def p35(phrase: str = PHRASE) -> bytes:
    """The map names the radicals that look like the characters."""
    return with_embedded_font(phrase, dict(zip(phrase, as_radicals(phrase), strict=True)))


def p36(phrase: str = PHRASE) -> bytes:
    return with_embedded_font(phrase, {char: f"{char}\u200b\u00ad" for char in phrase})


def p37(phrase: str = PHRASE) -> bytes:
    return one_page("".join(show(phrase, x=72 + 0.3 * i) for i in range(3)))


def p38(phrase: str = PHRASE) -> bytes:
    return one_page(f"BT /F1 16 Tf -1 0 0 1 300 600 Tm {hexed(phrase)} Tj ET")


def p39(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    entries = "/UserUnit 2/MediaBox[100 50 695 892]"
    pdf.page(show(PUBLIC, x=172, y=700) + show(phrase, x=172, y=600), entries=entries, public=False)
    return pdf.save()


def p40(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    pdf.page("", f"/XObject<</X1 {form(pdf, show(phrase))} 0 R>>")
    return pdf.save()


def p41(phrase: str = PHRASE) -> bytes:
    return one_page(show(phrase, before="0 Tz"))


def p42(phrase: str = PHRASE) -> bytes:
    grid = "".join(f"{72 + i * 28} 592 28 28 re S\n" for i in range(len(phrase)))
    return one_page(grid + each_char(phrase, x=78, dx=28))


def p43(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    for _ in range(3):
        pdf.page(show(phrase, y=800, size=9))
    return pdf.save()
