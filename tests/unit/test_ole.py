"""Compound files and macro sources: read where they are whole, refused where they are not."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.formats.carve import carve
from markpipe.formats.ole import MAGIC, BadOleError, macro_source, packaged_file, streams


@pytest.mark.parametrize("data", [b"", MAGIC, MAGIC + b"\x00" * 600, MAGIC + b"\xff" * 2000, b"PK\x03\x04" * 200])
def test_what_is_no_compound_file_is_refused(data: bytes) -> None:
    with pytest.raises(BadOleError):
        streams(data)


@given(st.binary(max_size=300))
def test_macro_source_never_fails(data: bytes) -> None:
    list(macro_source(b"\x01" + data))


def test_uncompressed_and_copied_tokens() -> None:
    text = b"Attribut" + b"e V"
    literal = b"".join(b"\x00" + text[at : at + 8] for at in range(0, len(text), 8))
    chunk = struct.pack("<H", (len(literal) - 1) | 0xB000) + literal
    assert list(macro_source(b"xx\x01" + chunk)) == [text]


def test_a_packaged_file_gives_its_name_and_bytes() -> None:
    data = (
        struct.pack("<IH", 0, 2) + b"a.txt\x00C:\\a.txt\x00" + b"\x00\x00\x03\x00" + struct.pack("<I", 4) + b"tmp\x00"
    )
    assert packaged_file(data + struct.pack("<I", 5) + b"hello") == ("a.txt", b"hello")
    assert packaged_file(b"") is None
    assert packaged_file(b"\x00" * 6 + b"no end of text here") is None


def test_carving_finds_words_in_every_encoding_and_not_in_noise() -> None:
    phrase = "云杉九号工程"
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gbk"):
        assert any(phrase in run for run in carve(b"\x00\xff\x01" + phrase.encode(encoding) + b"\x00\x02\xff")), (
            encoding
        )
    assert carve(bytes(range(128, 256)) * 4) == () or all(len(run) < 8 for run in carve(bytes(range(128, 256)) * 4))
