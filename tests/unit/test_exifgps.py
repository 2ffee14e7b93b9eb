"""Positions in EXIF, written by an independent library."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from markpipe.formats.exifgps import gps_words
from markpipe.formats.imagemeta import metadata_words


def picture(kind: str, south: str = "N", west: str = "E") -> bytes:
    exif = Image.Exif()
    exif[0x8825] = {1: south, 2: (30.0, 16.0, 27.0), 3: west, 4: (120.0, 9.0, 18.0)}
    data = io.BytesIO()
    Image.new("RGB", (8, 8)).save(data, kind, exif=exif)
    return data.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_position_is_read(kind: str) -> None:
    assert "GPS 30.274167, 120.155000" in metadata_words(picture(kind))


def test_south_and_west() -> None:
    assert "GPS -30.274167, -120.155000" in metadata_words(picture("JPEG", "S", "W"))


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\x00",
        b"II*\x00\x08\x00\x00\x00\x01\x00",
        b"MM\x00*\x00\x00\x00\x08\x00\x00",
        b"Exif\x00\x00II*\x00\xff\xff\xff\xff",
    ],
)
def test_anything_else_is_no_position(block: bytes) -> None:
    assert gps_words(block) == ""
