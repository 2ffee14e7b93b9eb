"""A small PDF writer that writes exactly what it is told, so that a fixture can be wrong in one chosen way."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from hiding import PUBLIC

FONT = "F1"
WIDTH, HEIGHT = 595, 842


def hexed(text: str, *, spread: str = "") -> str:
    """A string for the UCS-2 font: UTF-16BE in hex."""
    return "<" + spread.join(char.encode("utf-16-be").hex() for char in text) + ">"


def text_string(text: str) -> str:
    """A PDF text string (UTF-16BE with its mark) in hex."""
    return "<feff" + text.encode("utf-16-be").hex() + ">"


def show(text: str, x: float = 72, y: float = 600, size: float = 16, before: str = "") -> str:
    """Operators that draw a line of text."""
    return f"BT {before} /{FONT} {size} Tf {x} {y} Td {hexed(text)} Tj ET\n"


@dataclass
class Pdf:
    """Collects objects; number 1 is the catalog, 2 the page tree, 3 to 5 a Chinese font that is not embedded."""

    objects: dict[int, bytes] = field(default_factory=dict)
    pages: list[int] = field(default_factory=list)
    catalog: str = ""
    trailer: str = ""
    next_number: int = 6

    def __post_init__(self) -> None:
        self.objects[3] = (
            b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>"
        )
        self.objects[4] = (
            b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/FontDescriptor 5 0 R"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>"
        )
        self.objects[5] = (
            b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 -200 1000 900]/ItalicAngle 0"
            b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>"
        )

    def add(self, body: str | bytes) -> int:
        """An object with the next number."""
        number = self.next_number
        self.next_number += 1
        self.objects[number] = body.encode("latin-1") if isinstance(body, str) else body
        return number

    def stream(self, data: str | bytes, entries: str = "", *, compress: bool = False) -> int:
        """A stream object."""
        raw = data.encode("latin-1") if isinstance(data, str) else data
        if compress:
            raw, entries = zlib.compress(raw), entries + "/Filter/FlateDecode"
        head = f"<<{entries}/Length {len(raw)}>>\nstream\n".encode("latin-1")
        return self.add(head + raw + b"\nendstream")

    def page(self, content: str | bytes = "", resources: str = "", entries: str = "", *, public: bool = True) -> int:
        """A page: the public sentence and the given content.  `resources` are entries beside the font."""
        head = show(PUBLIC, y=700) if public else ""
        data = head.encode("latin-1") + (content.encode("latin-1") if isinstance(content, str) else content)
        stream = self.stream(data)
        box = "" if "/MediaBox" in entries else f"/MediaBox[0 0 {WIDTH} {HEIGHT}]"
        number = self.add(
            f"<</Type/Page/Parent 2 0 R{box}/Contents {stream} 0 R"
            f"/Resources<</Font<</{FONT} 3 0 R>>{resources}>>{entries}>>"
        )
        self.pages.append(number)
        return number

    def save(self) -> bytes:
        """The file, with a plain cross-reference table."""
        kids = " ".join(f"{number} 0 R" for number in self.pages)
        self.objects[1] = f"<</Type/Catalog/Pages 2 0 R{self.catalog}>>".encode("latin-1")
        self.objects[2] = f"<</Type/Pages/Count {len(self.pages)}/Kids[{kids}]>>".encode("latin-1")
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        offsets = {}
        for number in sorted(self.objects):
            offsets[number] = len(out)
            out += f"{number} 0 obj\n".encode() + self.objects[number] + b"\nendobj\n"
        start = len(out)
        out += f"xref\n0 {self.next_number}\n0000000000 65535 f \n".encode()
        for number in range(1, self.next_number):
            out += f"{offsets[number]:010d} 00000 n \n".encode()
        out += f"trailer\n<</Size {self.next_number}/Root 1 0 R{self.trailer}>>\nstartxref\n{start}\n%%EOF\n".encode(
            "latin-1"
        )
        return bytes(out)


def one_page(content: str | bytes, resources: str = "", entries: str = "") -> bytes:
    """A file of one page with the public sentence and the given content."""
    pdf = Pdf()
    pdf.page(content, resources, entries)
    return pdf.save()
