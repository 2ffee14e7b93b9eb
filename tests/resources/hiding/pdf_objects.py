"""PDF fixtures A01 to A12, C01 to C20 and R01 to R07: the phrase beside the pages.  Each function's name is its id."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from urllib.parse import quote

import pikepdf

from hiding import PHRASE, PUBLIC
from hiding.pdf_pages import image
from hiding.pdffile import Pdf, one_page, show, text_string
from hiding.pictures import jpeg, pixels


def annotated(entries: str, *, extra: tuple[str, ...] = (), catalog: str = "") -> bytes:
    """A page with one annotation (and objects before it, numbered from 6)."""
    pdf = Pdf()
    for body in extra:
        pdf.add(body)
    annotation = pdf.add(f"<</Type/Annot/Rect[72 500 300 540]{entries}>>")
    pdf.catalog = catalog.replace("ANNOTATION", f"{annotation} 0 R")
    pdf.page("", entries=f"/Annots[{annotation} 0 R]")
    return pdf.save()


def appearance(pdf: Pdf, content: str) -> int:
    return pdf.stream(content, "/Type/XObject/Subtype/Form/BBox[0 0 228 40]/Resources<</Font<</F1 3 0 R>>>>")


def a01(phrase: str = PHRASE) -> bytes:
    return annotated(f"/Subtype/Text/Contents{text_string(phrase)}/T{text_string('审核')}/Subj{text_string('意见')}")


def a02(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    drawn = appearance(pdf, show(phrase, 4, 12))
    rich = text_string(f"<body><p>{phrase}</p></body>")
    note = pdf.add(
        f"<</Type/Annot/Subtype/FreeText/Rect[72 500 300 540]/Contents{text_string(phrase)}/RC{rich}/DA(/F1 12 Tf 0 g)/AP<</N {drawn} 0 R>>>>"
    )
    pdf.page("", entries=f"/Annots[{note} 0 R]")
    return pdf.save()


def a03(phrase: str = PHRASE) -> bytes:
    return annotated(f"/Subtype/Highlight/QuadPoints[72 720 200 720 72 700 200 700]/Contents{text_string(phrase)}")


def a04(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    drawn = appearance(pdf, show(phrase, 4, 12))
    stamp = pdf.add(f"<</Type/Annot/Subtype/Stamp/F 2/Rect[72 500 300 540]/AP<</N {drawn} 0 R>>>>")
    pdf.page("", entries=f"/Annots[{stamp} 0 R]")
    return pdf.save()


def a05(phrase: str = PHRASE) -> bytes:
    return annotated(f"/Subtype/Link/A<</S/URI/URI(https://example.invalid/{quote(phrase)})>>")


def field(entries: str) -> bytes:
    return annotated(f"/Subtype/Widget{entries}", catalog="/AcroForm<</Fields[ANNOTATION]>>")


def a06(phrase: str = PHRASE) -> bytes:
    return field(f"/FT/Tx/T(a)/V{text_string(phrase)}/DV{text_string(phrase)}")


def a07(phrase: str = PHRASE) -> bytes:
    return field(f"/FT/Ch/T(a)/Ff 131072/Opt[{text_string('甲')}{text_string(phrase)}]/V{text_string('甲')}")


def a08(phrase: str = PHRASE) -> bytes:
    return field(f"/FT/Btn/T(a)/TU{text_string(phrase)}/TM(b)/MK<</CA{text_string('确定')}>>")


def a09(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    packet = pdf.stream(
        f"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><data><a>{phrase}</a></data></xdp:xdp>".encode(), compress=True
    )
    pdf.catalog = f"/AcroForm<</Fields[]/XFA[(datasets){packet} 0 R]>>"
    pdf.page()
    return pdf.save()


def a10(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    stream = pdf.stream(f"内有{phrase}".encode(), "/Type/EmbeddedFile")
    spec = pdf.add(f"<</Type/Filespec/F(a.txt)/UF(a.txt)/Desc{text_string(phrase)}/EF<</F {stream} 0 R>>>>")
    note = pdf.add(f"<</Type/Annot/Subtype/FileAttachment/Rect[72 500 90 520]/FS {spec} 0 R>>")
    pdf.page("", entries=f"/Annots[{note} 0 R]")
    return pdf.save()


def a11(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    signature = pdf.add(
        f"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/Name{text_string(phrase)}/Reason{text_string(phrase)}/ByteRange[0 1 2 3]"
        f"/Contents<{'00' * 64}>>>"
    )
    widget = pdf.add(f"<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/Rect[0 0 0 0]/V {signature} 0 R>>")
    pdf.catalog = f"/AcroForm<</SigFlags 3/Fields[{widget} 0 R]>>"
    pdf.page("", entries=f"/Annots[{widget} 0 R]")
    return pdf.save()


def a12(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    note = pdf.add(
        f"<</Type/Annot/Subtype/Redact/Rect[66 590 {90 + 16 * len(phrase)} 620]/OverlayText{text_string(phrase)}/DA(/F1 12 Tf 0 g)>>"
    )
    pdf.page(show(phrase), entries=f"/Annots[{note} 0 R]")
    return pdf.save()


def with_catalog(catalog: str, *bodies: str) -> bytes:
    """A page, objects numbered from 6, and catalog entries that refer to them."""
    pdf = Pdf()
    for body in bodies:
        pdf.add(body)
    pdf.catalog = catalog
    pdf.page()
    return pdf.save()


def c01(phrase: str = PHRASE) -> bytes:
    return with_catalog(
        "/Outlines 6 0 R",
        "<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 1>>",
        f"<</Title{text_string(phrase)}/Parent 6 0 R>>",
    )


def c02(phrase: str = PHRASE) -> bytes:
    return with_catalog(f"/Names<</Dests<</Names[{text_string(phrase)}[9 0 R/Fit]]>>>>")


def c03(phrase: str = PHRASE) -> bytes:
    return with_catalog(f"/PageLabels<</Nums[0<</P{text_string(phrase)}/S/D>>]>>")


def c04(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    info = pdf.add(
        f"<</Title{text_string(phrase)}/Subject{text_string('通知')}/Custom{text_string(phrase)}/CreationDate(D:20260101000000Z)>>"
    )
    pdf.trailer = f"/Info {info} 0 R"
    pdf.page()
    return pdf.save()


def xmp(text: str) -> bytes:
    return (
        "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''"
        f" xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title>{text}</dc:title></rdf:Description></rdf:RDF>"
        "</x:xmpmeta><?xpacket end='w'?>"
    ).encode()


def c05(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    pdf.catalog = f"/Metadata {pdf.stream(xmp(phrase), '/Type/Metadata/Subtype/XML')} 0 R"
    pdf.page()
    return pdf.save()


def c06(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    stream = pdf.stream(xmp(phrase), "/Type/Metadata/Subtype/XML")
    pdf.page(entries=f"/Metadata {stream} 0 R")
    return pdf.save()


def zipped(text: str, name: str = "a.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return out.getvalue()


def c07(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    plain = pdf.stream(f"内有{phrase}".encode(), "/Type/EmbeddedFile", compress=True)
    packed = pdf.stream(zipped(f"包内有{phrase}"), "/Type/EmbeddedFile")
    specs = [
        pdf.add(f"<</Type/Filespec/F({name})/EF<</F {stream} 0 R>>>>")
        for name, stream in (("a.txt", plain), ("b.zip", packed))
    ]
    pdf.catalog = f"/Names<</EmbeddedFiles<</Names[(a){specs[0]} 0 R(b){specs[1]} 0 R]>>>>"
    pdf.page()
    return pdf.save()


def c08(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    stream = pdf.stream(f'app.alert("{phrase}");'.encode("utf-16"), compress=True)
    pdf.catalog = f"/OpenAction<</S/JavaScript/JS {stream} 0 R>>/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS{text_string(phrase)}>>]>>>>"
    pdf.page()
    return pdf.save()


def c09(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    pdf.page(entries=f"/Thumb {image(pdf, pixels(phrase))} 0 R")
    return pdf.save()


def c10(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    private = pdf.stream(f"<a>{phrase}</a>".encode(), compress=True)
    pdf.catalog = f"/PieceInfo<</Sample<</LastModified(D:20260101)/Private {private} 0 R>>>>"
    pdf.page(entries=f"/PieceInfo<</Sample<</Private<</Note{text_string(phrase)}>>>>>>")
    return pdf.save()


def c11(phrase: str = PHRASE) -> bytes:
    return with_catalog("/OCProperties<</OCGs[6 0 R]/D<</Order[6 0 R]>>>>", f"<</Type/OCG/Name{text_string(phrase)}>>")


def c12(phrase: str = PHRASE) -> bytes:
    return with_catalog(f"/Collection<</Type/Collection/Schema<</a<</Subtype/S/N{text_string(phrase)}>>>>>>")


def c13(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    pdf.page()
    removed = pdf.page(show(phrase))
    pdf.pages.remove(removed)
    pdf.catalog = f"/Names<</Dests<</Names[(a)[{removed} 0 R/Fit]]>>>>"
    return pdf.save()


def c14(phrase: str = PHRASE) -> bytes:
    return with_catalog(f"/Sample_Key{text_string(phrase)}")


def c15(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    picture = pdf.stream(
        jpeg(comment=phrase, exif=phrase),
        "/Type/XObject/Subtype/Image/Width 480/Height 96/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode",
    )
    pdf.page("q 360 0 0 72 72 560 cm /I1 Do Q", f"/XObject<</I1 {picture} 0 R>>")
    return pdf.save()


def c16(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    profile = pdf.stream(b"\x00" * 128 + b"mluc\x00\x00\x00\x00" + phrase.encode("utf-16-be"), "/N 3", compress=True)
    intent = pdf.add(
        f"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(x)/Info{text_string(phrase)}/DestOutputProfile {profile} 0 R>>"
    )
    pdf.catalog = f"/OutputIntents[{intent} 0 R]"
    pdf.page()
    return pdf.save()


def c17(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    name = "".join(f"#{byte:02x}" for byte in phrase.encode())
    pdf.objects[4] = pdf.objects[4].replace(b"/STSong-Light", f"/{name}".encode())
    pdf.page(show("正文第二行"))
    return pdf.save()


def c18(phrase: str = PHRASE) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(one_page(show(phrase)))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user=""))
    return out.getvalue()


def c19(phrase: str = PHRASE) -> bytes:
    pdf = Pdf()
    name = "".join(f"#{byte:02x}" for byte in phrase.encode())
    pdf.trailer = f"/{name}(x)/ID[{text_string(phrase)}{text_string(phrase)}]"
    pdf.page()
    return pdf.save()


def c20(phrase: str = PHRASE) -> bytes:
    return with_catalog("/Threads[6 0 R]", f"<</Type/Thread/I<</Title{text_string(phrase)}>>>>")


def revised(data: bytes, number: int, body: bytes) -> bytes:
    """The file with one object replaced (or added) by an incremental update."""
    start = data.rfind(b"startxref")
    previous = int(data[start:].split()[1])
    offset = len(data)
    update = f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    xref = offset + len(update)
    size = max(number + 1, 20)
    root = re.findall(rb"/Root (\d+) 0 R", data)[-1].decode()
    update += (
        f"xref\n{number} 1\n{offset:010d} 00000 n \ntrailer\n<</Size {size}/Root {root} 0 R/Prev {previous}>>\n"
        f"startxref\n{xref}\n%%EOF\n"
    ).encode()
    return data + update


def r01(phrase: str = PHRASE) -> bytes:
    old = one_page(show(phrase))
    content = show(PUBLIC, y=700).encode()
    return revised(old, 6, f"<</Length {len(content)}>>\nstream\n".encode() + content + b"\nendstream")


def r02(phrase: str = PHRASE) -> bytes:
    content = zlib.compress(show(phrase).encode())
    body = f"<</Filter/FlateDecode/Length {len(content)}>>\nstream\n".encode() + content + b"\nendstream"
    return revised(one_page(""), 15, body)


def r03(phrase: str = PHRASE) -> bytes:
    """The first revision keeps its Info in an object stream; the second one replaces it."""
    old = io.BytesIO()
    with pikepdf.open(io.BytesIO(c04(phrase))) as pdf:
        pdf.save(old, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    with pikepdf.open(io.BytesIO(old.getvalue())) as pdf:
        number = pdf.trailer.Info.objgen[0]
    return revised(old.getvalue(), number, b"<</Title(x)>>")


def r04(phrase: str = PHRASE) -> bytes:
    return one_page("") + f"\n{phrase}\n".encode()


def r05(phrase: str = PHRASE) -> bytes:
    return f"{phrase}\n".encode() + one_page("")


def r06(phrase: str = PHRASE) -> bytes:
    return one_page("") + zipped(f"包内有{phrase}")


def r07(phrase: str = PHRASE) -> bytes:
    """An object whose entry in the table says that it is free."""
    pdf = Pdf()
    number = pdf.add(f"<</Note{text_string(phrase)}>>")
    pdf.page()
    data = pdf.save()
    entry = f"{data.find(f'{number} 0 obj'.encode()):010d} 00000 n".encode()
    return data.replace(entry, b"0000000000 00001 f")
