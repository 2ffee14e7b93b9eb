"""A format is told by content; the name is never asked."""

from __future__ import annotations

import io
import itertools
import zipfile

import pytest

from markpipe.formats.sniff import is_zip, sniff
from markpipe.model.document import Format


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


MAIN = b"<Override ContentType='application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'/>"


@pytest.mark.parametrize(
    ("data", "fmt"),
    [
        (b"%PDF-1.7\n", Format.PDF),
        (b"x" * 1000 + b"%PDF-1.7\n", Format.PDF),
        (b"x" * 1100 + b"%PDF-1.7\n", Format.PLAIN),
        (zipped(**{"word/document.xml": b"<a/>"}), Format.DOCX),
        (zipped(**{"[Content_Types].xml": MAIN, "main.xml": b"<a/>"}), Format.DOCX),
        (zipped(**{"[Content_Types].xml": b"<a/>"}), Format.UNKNOWN),
        (zipped(**{"a.txt": b"abc"}), Format.UNKNOWN),
        (zipped(**{"word/document.xml": b"<a/>"})[:60], Format.DOCX),
        (zipped(**{"xl/workbook.xml": b"<a/>"}), Format.XLSX),
        (zipped(**{"xl/workbook.xml": b"<a/>"})[:60], Format.XLSX),
        (zipped(**{"ppt/presentation.xml": b"<a/>", "ppt/embeddings/xl/workbook.xml": b"<a/>"}), Format.PPTX),
        (b"PK\x03\x04garbage", Format.UNKNOWN),
        ("通知".encode("gbk"), Format.PLAIN),
        (b"\x89PNG\r\n\x1a\n\x00", Format.UNKNOWN),
    ],
    ids=itertools.count(),  # bytes with a time in them would name the same test differently in each process
)
def test_bytes_decide(data: bytes, fmt: Format) -> None:
    assert sniff(data) is fmt


def test_zip_heads() -> None:
    assert is_zip(zipped(a=b"b"))
    assert not is_zip(b"text")
