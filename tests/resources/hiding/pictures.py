"""Pictures that show the phrase, drawn by code."""

from __future__ import annotations

import io
import struct
from functools import cache

import pymupdf

from hiding import PHRASE


@cache
def pixels(text: str = PHRASE, width: int = 480, height: int = 96, *, blank: bool = False) -> bytes:
    """Grey samples of a picture that shows a text, black on white (or nothing)."""
    document = pymupdf.open()
    page = document.new_page(width=width, height=height)
    if not blank:
        page.insert_text(
            (16, height * 0.66), text, fontname="china-s", fontsize=min(height * 0.5, (width - 32) / len(text))
        )
    pixmap = page.get_pixmap(colorspace=pymupdf.csGRAY, alpha=False)
    return bytes(pixmap.samples)


@cache
def png(text: str = PHRASE, width: int = 480, height: int = 96) -> bytes:
    """The same as a PNG file."""
    pixmap = pymupdf.Pixmap(pymupdf.csGRAY, width, height, pixels(text, width, height), 0)
    return bytes(pixmap.tobytes("png"))


@cache
def jpeg(*, comment: str = "", exif: str = "", text: str = "") -> bytes:
    """A JPEG that shows a text (or nothing), with a comment segment and EXIF if wanted."""
    samples = pixels(text) if text else pixels(blank=True)
    plain = bytes(pymupdf.Pixmap(pymupdf.csGRAY, 480, 96, samples, 0).tobytes("jpeg"))
    segments = io.BytesIO()
    if exif:
        value = exif.encode("utf-16-le") + b"\x00\x00"
        # One entry of the first directory: XPComment (0x9C9C), bytes, the value right behind the directory.
        tiff = b"II*\x00\x08\x00\x00\x00" + struct.pack("<HHHII", 1, 0x9C9C, 1, len(value), 26) + b"\x00" * 4 + value
        body = b"Exif\x00\x00" + tiff
        segments.write(b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body)
    if comment:
        body = comment.encode()
        segments.write(b"\xff\xfe" + struct.pack(">H", len(body) + 2) + body)
    return plain[:2] + segments.getvalue() + plain[2:]
