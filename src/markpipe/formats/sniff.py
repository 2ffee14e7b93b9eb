"""What a file is, by its bytes.  Its name is never asked: a renamed file is what it holds."""

from __future__ import annotations

import io
import zipfile
import zlib

from markpipe.formats.encoding import decode
from markpipe.formats.htmlhead import is_html
from markpipe.model.document import Format

_PDF_WINDOW = 1024  # readers accept the header anywhere in the first kilobyte (ISO 32000-1 implementation note 13)
_ZIP_HEADS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MAIN = {"word/document.xml": Format.DOCX, "xl/workbook.xml": Format.XLSX, "ppt/presentation.xml": Format.PPTX}


def sniff(data: bytes) -> Format:
    """The format of some bytes; `Format.UNKNOWN` where no reader here takes them."""
    if b"%PDF-" in data[:_PDF_WINDOW]:
        return Format.PDF
    if data.startswith(_ZIP_HEADS):
        return _office(data)
    if is_html(data):
        return Format.HTML
    return Format.PLAIN if decode(data) is not None else Format.UNKNOWN


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip archive does."""
    return data.startswith(_ZIP_HEADS)


def _office(data: bytes) -> Format:
    """Which office document an archive holds; one that is damaged but names the main member still counts as one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return next((fmt for member, fmt in _MAIN.items() if member.encode("ascii") in data), Format.UNKNOWN)
    if any(name.lower().endswith("document.xml") and name.lower().startswith("word") for name in names):
        return Format.DOCX
    if "[Content_Types].xml" in names and _names_word_main(data):
        return Format.DOCX
    return next((fmt for member, fmt in _MAIN.items() if member in names), Format.UNKNOWN)


def _names_word_main(data: bytes) -> bool:
    """Whether the content types name a Word main part that lies elsewhere than usual."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("[Content_Types].xml") as member:
            return b"wordprocessingml.document.main+xml" in member.read(1 << 20)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, RuntimeError, EOFError, zlib.error):
        return False
