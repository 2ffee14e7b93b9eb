"""Ink for placed items: content streams and embedded font subsets, built straight into the PDF that bears them.

One `Ink` serves a whole document: each font is embedded once, with the glyphs that any of its pages needs.  All marks
of a page make one form XObject of the page's displayed size, y upwards from its lower left corner.

Draws only what it is given, and looks at nothing in the user's file.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib

import pymupdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from markpipe.formats.pdf.mark_fonts import runs
from markpipe.formats.pdf.place import Placed
from markpipe.formats.pdf.truetype import TrueType
from markpipe.marking.plan import EM_ASCENT, POINTS_PER_MM, FontRole, Ink, Item, ItemKind, Line

SERIAL_MARKER = "/MarkpipeSerial"
"""The tag of a marked-content point before a 份号; the codes of 0 to 9 follow in it, for whoever changes the number."""
NUMBER_MARKER = "/MarkpipeNumber MP"
"""Stands before every other line that repeats the 份号."""
DIGITS = "0123456789"
_NUMBER = re.compile(r"(?<!\d)\d{6}(?!\d)", re.ASCII)
# MuPDF takes glyph 3 of any TrueType font for the space and complains where there is none.
_LEAST_GLYPHS = 3
_TITLE = (16.0, 37.0)
_SHEET_MM = (210.0, 297.0)


class Pen:
    """Draws for one document; `finish` embeds the fonts once all is drawn."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._fonts: dict[int, _Embedded] = {}
        self._artwork: dict[str, Object] = {}

    def form(self, placed: tuple[Placed, ...], size_mm: tuple[float, float], title: str = "") -> Stream:
        """The form XObject of one page: its items and, on a page put at the end, its title."""
        height = size_mm[1] * POINTS_PER_MM
        content: list[str] = []
        xobjects = Dictionary()
        for one in placed:
            if one.item.artwork:
                name = f"/A{len(xobjects.keys())}"
                xobjects[name] = self._drawing(one.item.artwork)
                content.append(_artwork_operators(name, one, height))
            content.append(self._item(one, height))
        if title:
            line = Line(title, FontRole.HEITI, _TITLE[0])
            content.append(self._line(line, (size_mm[0] - line.width_mm) / 2, _TITLE[1], height))
        form = self.form_of("\n".join(content), size_mm)
        form.Resources.XObject = xobjects
        return form

    def form_of(self, operators: str, size_mm: tuple[float, float]) -> Stream:
        """A form XObject of a page's size with the fonts that were drawn with so far."""
        form = self._pdf.make_stream(operators.encode("ascii"))
        form.Type, form.Subtype = Name.XObject, Name.Form
        form.BBox = Array([0, 0, *(round(value * POINTS_PER_MM, 3) for value in size_mm)])
        form.Resources = Dictionary(Font=Dictionary())
        for font in self._fonts.values():
            form.Resources.Font[font.resource] = font.object
        return form

    def finish(self) -> None:
        """Embed the glyphs that were drawn."""
        for font in self._fonts.values():
            font.embed(self._pdf)

    def text(self, text: str, role: FontRole, size_pt: float, x: float, y: float) -> str:
        """Operators for a line that begins at a point of the form (points, y upwards)."""
        operators = []
        for stretch, font in runs(text, role):
            embedded = self._embedded(font)
            codes = "".join(f"{embedded.code(character):04X}" for character in stretch)
            operators.append(f"BT /{embedded.resource[1:]} {size_pt:g} Tf {x:.3f} {y:.3f} Td <{codes}> Tj ET")
            x += sum(font.width(font.glyph(character)) for character in stretch) * size_pt
        return "\n".join(operators)

    def line(self, line: Line, page_height: float) -> str:
        """Operators for a line at its own place on a page of that height in points."""
        return self._line(line, line.x_mm, line.y_mm, page_height)

    def digits(self, role: FontRole) -> dict[str, str]:
        """The code of every digit in a role's font: they are embedded all ten, so that a serial can be patched later."""
        ((_, font),) = runs(DIGITS, role)
        embedded = self._embedded(font)
        return {digit: f"{embedded.code(digit):04X}" for digit in DIGITS}

    def _item(self, placed: Placed, page_height: float) -> str:
        item = placed.item
        operators = [f"q {_colour(item.ink)}"]
        if item.struck:
            operators += [_strike(line, placed, page_height) for line in item.lines]
        if not placed.drawn:
            return "\n".join([*operators, "Q"])
        if item.frame_pt:
            inset = item.frame_pt / 2
            width, height = (value * POINTS_PER_MM - 2 * inset for value in item.size_mm)
            x = placed.x_mm * POINTS_PER_MM + inset
            y = page_height - placed.y_mm * POINTS_PER_MM - inset - height
            operators.append(f"{item.frame_pt:g} w {x:.3f} {y:.3f} {width:.3f} {height:.3f} re S")
        if item.kind is ItemKind.SERIAL:
            codes = self.digits(item.lines[0].font)
            operators.append(f"{SERIAL_MARKER}.{'.'.join(codes[digit] for digit in DIGITS)} MP")
        for line in item.lines:
            if item.kind is ItemKind.RUNNING and _NUMBER.search(line.text):
                operators.append(NUMBER_MARKER)
            operators.append(self._line(line, placed.x_mm + line.x_mm, placed.y_mm + line.y_mm, page_height))
        return "\n".join([*operators, "Q"])

    def _line(self, line: Line, x_mm: float, y_mm: float, page_height: float) -> str:
        baseline = page_height - y_mm * POINTS_PER_MM - EM_ASCENT * line.size_pt
        return self.text(line.text, line.font, line.size_pt, x_mm * POINTS_PER_MM, baseline)

    def _embedded(self, font: TrueType) -> _Embedded:
        if id(font) not in self._fonts:
            self._fonts[id(font)] = _Embedded(font, f"/M{len(self._fonts)}", self._pdf.make_indirect(Dictionary()))
        return self._fonts[id(font)]

    def _drawing(self, artwork: str) -> Object:
        """An SVG as a form XObject of one by one, made once a document."""
        if artwork not in self._artwork:
            with (
                pymupdf.open(stream=artwork.encode(), filetype="svg") as drawing,
                Pdf.open(io.BytesIO(drawing.convert_to_pdf())) as ink,
            ):
                page = ink.pages[0]
                form = self._pdf.copy_foreign(page.as_form_xobject())
                width, height = (float(value) for value in page.mediabox[2:])
                form.Matrix = Array([1 / width, 0, 0, 1 / height, 0, 0])
                self._artwork[artwork] = form
        return self._artwork[artwork]


class _Embedded:
    """A font on its way into a document: characters get codes as they are drawn, code = glyph number of the subset."""

    def __init__(self, font: TrueType, resource: str, target: Object) -> None:
        self.resource = resource
        self.object = target
        self._font = font
        self._codes: dict[str, int] = {}

    def code(self, character: str) -> int:
        """The code of a character."""
        return self._codes.setdefault(character, len(self._codes) + 1)

    def embed(self, pdf: Pdf) -> None:
        """Fill in the font's dictionaries."""
        glyphs = [self._font.glyph(character) for character in self._codes]
        glyphs += [0] * (_LEAST_GLYPHS - len(glyphs))
        program = self._font.subset(glyphs)
        tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(program).digest()[:6])
        name = Name(f"/{tag}+{''.join(c for c in self._font.name if c.isascii() and c.isalnum()) or 'Font'}")
        file = _packed(pdf, program)
        file.Length1 = len(program)
        scale = 1000 / self._font.units
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=name,
            Flags=4,
            FontBBox=Array([round(value * scale) for value in self._font.box]),
            ItalicAngle=0,
            Ascent=round(EM_ASCENT * 1000),
            Descent=-round((1 - EM_ASCENT) * 1000),
            CapHeight=700,
            StemV=80,
            FontFile2=file,
        )
        # One bit a glyph, highest first: PDF/A-1 asks for it in every subset.
        present = (1 << len(glyphs) + 1) - 1 << -(len(glyphs) + 1) % 8
        descriptor.CIDSet = _packed(pdf, present.to_bytes((len(glyphs) + 8) // 8, "big"))
        widths = Array([round(self._font.width(glyph) * 1000) for glyph in glyphs])
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=name,
            CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            DW=1000,
            W=Array([1, widths]),
            CIDToGIDMap=Name.Identity,
        )
        self.object.Type, self.object.Subtype = Name.Font, Name.Type0
        self.object.BaseFont, self.object.Encoding = name, Name("/Identity-H")
        self.object.DescendantFonts = Array([pdf.make_indirect(descendant)])
        self.object.ToUnicode = _packed(pdf, self._to_unicode())

    def _to_unicode(self) -> bytes:
        pairs = [f"<{code:04X}> <{c.encode('utf-16-be').hex().upper()}>" for c, code in self._codes.items()]
        blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
        mapped = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
            f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{mapped}\n"
            "endcmap CMapName currentdict /CMap defineresource pop end end"
        ).encode("ascii")


def sheet(items: tuple[tuple[str, Item], ...], note: str) -> bytes:
    """A PDF to look at: items one under the other on A4, each below its caption, with a note beside every one."""
    pages: list[list[Placed]] = []
    y = _SHEET_MM[1]
    for caption, item in items:
        if y + item.height_mm + 16 > _SHEET_MM[1]:
            pages.append([])
            y = 15.0
        line = Line(f"{caption}　{note}", FontRole.HEITI, 9.0)
        head = Item("caption", item.kind, (line,), (), line.width_mm, line.height_mm, Ink.BLUE)
        pages[-1] += [Placed(head, 0, 20.0, y, 0), Placed(item, 0, 20.0, y + 6, 0)]
        y += item.height_mm + 14
    buffer = io.BytesIO()
    with Pdf.new() as pdf:
        pen = Pen(pdf)
        for placed in pages:
            page = pdf.add_blank_page(page_size=(_SHEET_MM[0] * POINTS_PER_MM, _SHEET_MM[1] * POINTS_PER_MM))
            page.obj.Resources = Dictionary(XObject=Dictionary(S=pen.form(tuple(placed), _SHEET_MM)))
            page.obj.Contents = pdf.make_stream(b"/S Do")
        pen.finish()
        pdf.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def _strike(line: Line, placed: Placed, page_height: float) -> str:
    """Two red lines through a row, from end to end: it is void and can still be read."""
    x = (placed.x_mm + line.x_mm) * POINTS_PER_MM
    middle = page_height - (placed.y_mm + line.y_mm) * POINTS_PER_MM - line.size_pt / 2
    width = min(line.width_mm, placed.item.width_mm) * POINTS_PER_MM
    rows = (middle - 1.2, middle + 1.2)
    drawn = " ".join(f"{x - 1:.3f} {y:.3f} m {x + width + 1:.3f} {y:.3f} l S" for y in rows)
    return f"q {_colour(Ink.RED)} 0.9 w {drawn} Q"


def _colour(ink: Ink) -> str:
    """Black as DeviceGray, which every output intent of PDF/A allows."""
    if ink is Ink.BLACK:
        return "0 g 0 G"
    red, green, blue = ink.rgb
    return f"{red:g} {green:g} {blue:g} rg {red:g} {green:g} {blue:g} RG"


def _packed(pdf: Pdf, data: bytes) -> Stream:
    """A compressed stream.  Saving compresses nothing, so that the stream with the serial stays as it is written."""
    stream = pdf.make_stream(b"")
    stream.write(zlib.compress(data, 9), filter=Name.FlateDecode)
    return stream


def _artwork_operators(name: str, placed: Placed, page_height: float) -> str:
    """The drawing stretched over the item's box; it has no words, those are drawn with our fonts."""
    width, height = (value * POINTS_PER_MM for value in placed.item.size_mm)
    x, y = placed.x_mm * POINTS_PER_MM, page_height - placed.y_mm * POINTS_PER_MM - height
    return f"q {width:.3f} 0 0 {height:.3f} {x:.3f} {y:.3f} cm {name} Do Q"
