"""Words in the metadata of picture files: EXIF, XMP, IPTC, comments, PNG text, and what follows the picture.

Pixels are not looked at here.  Unknown picture formats are carved whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from markpipe.formats.carve import carve
from markpipe.formats.encoding import decode
from markpipe.formats.exifgps import gps_words
from markpipe.formats.xmltext import xml_words

_PNG = b"\x89PNG\r\n\x1a\n"
_TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP")
_LARGEST = 8 << 20


def metadata_words(data: bytes) -> tuple[str, ...]:
    """Readable words beside the pixels of a picture, each once."""
    if data.startswith(b"\xff\xd8"):
        blocks = list(_jpeg_blocks(data))
    elif data.startswith(_PNG):
        blocks = list(_png_blocks(data))
    else:
        blocks = [data[:_LARGEST]]
    found: dict[str, None] = {}
    for block in blocks:
        found.update(dict.fromkeys(_words(block)))
    return tuple(found)


def _words(block: bytes) -> Iterator[str]:
    if position := gps_words(block):
        yield position
    start = block.find(b"<x:xmpmeta")
    if start < 0:
        start = block.find(b"<rdf:RDF")
    if start >= 0:
        end = block.rfind(b">")
        yield from xml_words(block[start : end + 1])
    yield from carve(block)
    decoded = decode(block) if len(block) < 1 << 16 else None
    if decoded is not None and not decoded.doubtful:
        yield decoded.text.strip()


def _jpeg_blocks(data: bytes) -> Iterator[bytes]:
    """Application segments and comments, and whatever comes after the end of the image."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xDA:
            break
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        if 0xE1 <= marker <= 0xEF or marker == 0xFE:
            yield data[position + 4 : position + 2 + length]
        position += 2 + max(length, 2)
    end = data.rfind(b"\xff\xd9")
    if 0 <= end < len(data) - 2:
        yield data[end + 2 : end + 2 + _LARGEST]


def _png_blocks(data: bytes) -> Iterator[bytes]:
    position = len(_PNG)
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        kind = data[position + 4 : position + 8]
        body = data[position + 8 : position + 8 + length]
        if kind in _TEXT_CHUNKS:
            yield body
            yield from _unpacked(body)
        position += 12 + length
        if kind == b"IEND":
            break
    if position < len(data):
        yield data[position : position + _LARGEST]


def _unpacked(body: bytes) -> Iterator[bytes]:
    """The packed half of zTXt, iTXt and iCCP: behind a NUL or two."""
    start = body.find(b"\x78")
    while 0 <= start < len(body):
        try:
            yield zlib.decompressobj().decompress(body[start:], _LARGEST)
        except zlib.error:
            start = body.find(b"\x78", start + 1)
            continue
        return
