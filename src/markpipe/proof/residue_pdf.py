"""The check of a redacted PDF: bytes, objects against a list of what may be there, text in several orders, pixels."""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, ByteStringObject, ContentStream, DictionaryObject, StreamObject, TextStringObject

from markpipe.errors import OutputError
from markpipe.model.document import Box
from markpipe.proof.poppler import MM_PER_POINT, Sheet, read_sheet, run
from markpipe.proof.recognise import legible, places_of, recognise, turned_places
from markpipe.proof.residue import Checked, Left
from markpipe.proof.words import Wanted, plain
from markpipe.redaction.policy import Reason
from markpipe.redaction.result import Word

_DPI = 200
_PLACEHOLDERS = {char for reason in Reason for char in plain(reason.label)}
"""In slanted lines Poppler takes each character of a placeholder for a word."""
_AT_ONCE = 8_000_000
_OVERLAP = 8192
_ALLOWED = {
    "/Catalog": {"/Type", "/Pages"},
    "/Pages": {"/Type", "/Kids", "/Count", "/Parent"},
    "/Page": {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents"},
    "/Font": {
        "/Type", "/Subtype", "/BaseFont", "/Encoding", "/DescendantFonts", "/ToUnicode", "/CIDSystemInfo",
        "/FontDescriptor", "/DW", "/W",
    },
    "/FontDescriptor": {
        "/Type", "/FontName", "/Flags", "/FontBBox", "/ItalicAngle", "/Ascent", "/Descent", "/CapHeight", "/StemV",
        "/FontFile3",
    },
    "/XObject": {
        "/Type", "/Subtype", "/Width", "/Height", "/BitsPerComponent", "/ColorSpace", "/SMask", "/Filter", "/Length",
        "/BBox", "/Resources", "/Group",
    },
    "/ExtGState": {"/Type", "/ca", "/CA", "/BM", "/SMask"},
}  # fmt: skip
_TRAILER = {"/Root", "/Size", "/ID", "/Type", "/W", "/Index", "/Length", "/Filter", "/DecodeParms", "/Prev", "/XRefStm"}
_NAMES = {
    *(key for keys in _ALLOWED.values() for key in keys), *_ALLOWED, *_TRAILER,
    "/XRef", "/ObjStm", "/N", "/First", "/Mask", "/Group", "/G", "/BC", "/S", "/CS", "/I", "/K", "/Image", "/Form",
    "/Transparency", "/Luminosity", "/Alpha", "/DeviceRGB", "/DeviceGray", "/DCTDecode", "/FlateDecode", "/Predictor",
    "/Columns", "/Type0", "/CIDFontType0", "/CIDFontType0C", "/Identity-H", "/Registry", "/Ordering", "/Supplement",
    "/Normal", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten", "/ColorDodge", "/ColorBurn", "/HardLight",
    "/SoftLight", "/Difference", "/Exclusion", "/Hue", "/Saturation", "/Color", "Adobe", "Identity",
}  # fmt: skip
_KEYWORDS = """obj endobj stream endstream xref trailer startxref CIDInit ProcSet findresource begin dict begincmap
    CIDSystemInfo Registry Adobe Ordering UCS Supplement def CMapName Adobe-Identity-UCS CMapType begincodespacerange
    endcodespacerange beginbfchar endbfchar endcmap currentdict CMap defineresource pop end"""
_LANGUAGE = re.compile(
    rb"(?<![A-Za-z0-9#])(?:%s)(?![A-Za-z0-9#])"
    % b"|".join(re.escape(word).encode() for word in sorted({*_NAMES, *_KEYWORDS.split()}, key=len, reverse=True))
)
"""What every PDF says that was written by these rules: it tells nothing of the document."""
_RANGE = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")

logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def check_pdf(path: Path, wanted: Wanted, regions: Sequence[Box], pages: Collection[int]) -> Checked:
    """Everything that is left; `OutputError` where the file cannot be read back."""
    left: list[Left] = []
    data = path.read_bytes()
    left += _frame(data)
    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            return Checked((Left("写出的 PDF 是加密的"),))
        left += _objects(reader, wanted)
        left += _texts(reader, wanted)
        sizes = [(float(page.mediabox.width), float(page.mediabox.height)) for page in reader.pages]
    except (
        PyPdfError,
        ValueError,
        zlib.error,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
    ) as error:
        raise OutputError("写出的 PDF 读不回来，没有核对", "原文件可能已损坏，请重新导出后提交") from error
    left += [Left(f"文件字节中有第{n + 1}个要删的词") for n in wanted.in_bytes(_LANGUAGE.sub(b" ", data))]
    left += _poppler(path, wanted, regions, len(sizes))
    seen = []
    for page in sorted(set(pages)):
        words, found = _picture(path, page, wanted)
        seen.append((page, words))
        left += found
    return Checked(tuple(left), tuple(seen))


def _frame(data: bytes) -> Iterator[Left]:
    """Nothing before the header, nothing behind the only end."""
    if not data.startswith(b"%PDF-"):
        yield Left("文件头之前有数据")
    if data.count(b"%%EOF") != 1 or data.rstrip()[-5:] != b"%%EOF":
        yield Left("文件尾不止一个，可能带有以前的版本或附加数据")
    if data.count(b"startxref") != 1:
        yield Left("文件有以前的版本")


def _objects(reader: PdfReader, wanted: Wanted) -> Iterator[Left]:
    """Walk everything that the trailer reaches, and everything that the table lists."""
    for key in reader.trailer:
        if key not in _TRAILER:
            yield Left(f"文件尾字典有多余的项 {key[:40]}")
    seen: set[int] = set()
    numbers = {number for table in reader.xref.values() for number in table} | set(reader.xref_objStm)
    for number in sorted(numbers):
        item = reader.get_object(number)
        yield from _item(item, wanted, f"对象 {number}", seen, 0)


def _item(item: Any, wanted: Wanted, place: str, seen: set[int], depth: int) -> Iterator[Left]:
    if depth > 40:
        yield Left(f"{place}嵌套过深")
        return
    match item:
        case DictionaryObject():
            if id(item) in seen:
                return
            seen.add(id(item))
            kind = item.get("/Type")
            if kind in _ALLOWED:
                yield from (Left(f"{place}有多余的项 {key[:40]}") for key in item if key not in _ALLOWED[kind])
            elif isinstance(kind, str) and kind not in ("/XRef", "/ObjStm", "/Mask", "/Group"):
                yield Left(f"{place}的种类 {kind[:40]} 不应出现")
            for key, value in item.raw_items() if hasattr(item, "raw_items") else dict.items(item):
                yield from _said(str(key), wanted, place)
                yield from _item(value, wanted, place, seen, depth + 1)
            if isinstance(item, StreamObject) and kind not in ("/XRef", "/ObjStm"):
                yield from _stream(item, wanted, place)
        case ArrayObject():
            for value in list.__iter__(item):
                yield from _item(value, wanted, place, seen, depth + 1)
        case TextStringObject() | str():
            yield from _said(str(item), wanted, place)
        case ByteStringObject() | bytes():
            yield from (Left(f"{place}中有第{n + 1}个要删的词") for n in wanted.in_decoded(bytes(item)))
        case _:
            return


def _said(text: str, wanted: Wanted, place: str) -> Iterator[Left]:
    if text not in _NAMES:
        yield from (Left(f"{place}的名称或文字中有第{n + 1}个要删的词") for n in wanted.in_text(text))


def _stream(item: StreamObject, wanted: Wanted, place: str) -> Iterator[Left]:
    if item.get("/Filter") == "/DCTDecode":
        data = item._data
        if any(mark in data[:4096] for mark in (b"Exif\x00", b"http://ns.adobe.com", b"ICC_PROFILE", b"Photoshop")):
            yield Left(f"{place}的图片带有附加信息")
    found: set[int] = set()
    if item.get("/Subtype") == "/Image":
        for piece in _pixels(item):
            found.update(wanted.in_bytes(piece))
    else:
        data = _LANGUAGE.sub(b" ", item.get_data())
        found.update(wanted.in_bytes(data), wanted.in_decoded(data))
    yield from (Left(f"{place}的数据中有第{n + 1}个要删的词") for n in sorted(found))


def _pixels(item: StreamObject) -> Iterator[bytes]:
    """The data of a picture, some at a time and each piece with the end of the one before; pypdf bounds what it unpacks."""
    data, end = item._data, b""
    if item.get("/Filter") != "/FlateDecode" or "/DecodeParms" in item:
        yield data
        return
    unpacking = zlib.decompressobj()
    while data:
        piece = unpacking.decompress(data, _AT_ONCE)
        data = unpacking.unconsumed_tail
        yield end + piece
        end = piece[-_OVERLAP:]


def _texts(reader: PdfReader, wanted: Wanted) -> Iterator[Left]:
    """pypdf's own text, the codes through their maps, and maps that say more than the pages use."""
    listed: dict[str, set[str]] = {}
    used: dict[str, set[str]] = {}
    whole: list[str] = []
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        codes = _codes(page, reader, listed, used)
        whole.append(codes)
        for said, tool in ((text, "pypdf"), (codes, "字符码")):
            yield from (
                Left(f"第{number}页的文字中有第{n + 1}个要删的词（{tool}）", number) for n in wanted.in_text(said)
            )
    yield from (Left(f"跨页的文字中有第{n + 1}个要删的词") for n in wanted.in_text("".join(whole)))
    for font, codes_listed in listed.items():
        if codes_listed - used.get(font, set()):
            yield Left(f"字体 {font} 的对应表中有页面没有用到的字符")


def _codes(page: Any, reader: PdfReader, listed: dict[str, set[str]], used: dict[str, set[str]]) -> str:
    """The text of a page in drawing order, from codes and ToUnicode alone."""
    chars: list[str] = []
    resources = page["/Resources"]
    seen: set[int] = set()

    def walk(stream: Any, depth: int) -> None:
        maps = {}
        for name, font in (resources.get("/Font") or {}).items():
            found = font.get_object()
            maps[name] = (str(found["/BaseFont"]), _map(found))
            listed.setdefault(maps[name][0], set()).update(maps[name][1])
        font = ""
        table: dict[str, str] = {}
        for operands, operator in ContentStream(stream, reader).operations:
            if operator == b"Tf":
                font, table = maps.get(operands[0], ("", {}))
            elif operator in (b"Tj", b"TJ"):
                pieces = operands[0] if operator == b"TJ" else [operands[0]]
                raw = b"".join(_bytes(piece) for piece in pieces if isinstance(piece, str | bytes))
                for place in range(0, len(raw), 2):
                    code = raw[place : place + 2].hex()
                    used.setdefault(font, set()).add(code)
                    chars.append(table.get(code, ""))
            elif operator == b"Do" and depth < 20:
                form = resources["/XObject"][operands[0]].get_object()
                if form.get("/Subtype") == "/Form" and id(form) not in seen:
                    seen.add(id(form))
                    walk(form, depth + 1)
        return

    walk(page["/Contents"].get_object(), 0)
    for state in (resources.get("/ExtGState") or {}).values():
        soft = state.get_object().get("/SMask")
        if isinstance(soft, DictionaryObject) and "/G" in soft:
            walk(soft["/G"].get_object(), 1)
    return "".join(chars)


def _bytes(piece: Any) -> bytes:
    return piece.original_bytes if isinstance(piece, TextStringObject) else bytes(piece)


def _map(font: Any) -> dict[str, str]:
    if "/ToUnicode" not in font:
        return {}
    body = font["/ToUnicode"].get_data()
    body = body[body.find(b"endcodespacerange") :]
    return {
        code.decode().lower(): bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
        for code, text in _RANGE.findall(body)
    }


def _poppler(path: Path, wanted: Wanted, regions: Sequence[Box], pages: int) -> Iterator[Left]:
    """pdftotext in its three orders; characters by row and by column; nothing within a region."""
    for option in ("-raw", "-layout", ""):
        output = run("pdftotext", *([option] if option else []), "-enc", "UTF-8", str(path), "-").decode(
            "utf-8", "replace"
        )
        for number, text in enumerate(output.split("\f"), start=1):
            yield from (
                Left(f"第{number}页的文字中有第{n + 1}个要删的词（pdftotext {option}）".replace(" ）", "）"), number)
                for n in wanted.in_text(text)
            )
    for number in sorted({box.page for box in regions}):
        if number <= pages:
            sheet = read_sheet(path, number)
            inside = [box for box in regions if box.page == number]
            if any(_within(sheet, box) for box in inside):
                yield Left(f"第{number}页要清空的区域内还有文字", number)


def _within(sheet: Sheet, box: Box) -> bool:
    scale = MM_PER_POINT
    left, top, right, bottom = (value * scale for value in (box.left, box.top, box.right, box.bottom))
    return any(
        left < (word.x0 + word.x1) / 2 < right and top < (word.y0 + word.y1) / 2 < bottom
        for word in sheet.words
        if not _PLACEHOLDERS.issuperset(plain(word.text))
    )


def _picture(path: Path, page: int, wanted: Wanted) -> tuple[tuple[Word, ...], list[Left]]:
    image = run("pdftoppm", "-f", str(page), "-l", str(page), "-r", str(_DPI), "-gray", str(path))
    words = recognise(image, page, _DPI / 72)
    said = plain(run("pdftotext", "-f", str(page), "-l", str(page), "-raw", str(path), "-").decode("utf-8", "replace"))
    found = places_of(wanted.terms, words, said)
    if not legible(words):
        found += turned_places(image, page, _DPI / 72, wanted.terms, said)
    return words, [Left(f"第{page}页的图像中看得见第{n + 1}个要删的词", page, boxes) for n, boxes in found]
