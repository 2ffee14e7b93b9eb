"""The check of a cleaned picture: every segment or chunk is one that a plain picture needs, and nothing follows its end.

Walks the bytes itself (JPEG: ITU-T T.81 annex B; PNG: ISO/IEC 15948); decodes no pixels.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"pHYs", b"IEND")
_JFIF = 0xE0
_JFIF_LENGTH = 16  # with no thumbnail behind it
_TABLES = (0xDB, 0xC4, 0xDD, 0xC0, 0xC1, 0xC2)  # quantisation, Huffman, restart, frames
_SCAN, _END, _STUFFED = 0xDA, 0xD9, (0x00, *range(0xD0, 0xD8))


def check_picture(data: bytes) -> tuple[str, ...]:
    """What stands beside the pixels, in Chinese; empty for a plain JPEG or PNG."""
    if data.startswith(b"\xff\xd8"):
        return tuple(dict.fromkeys(_jpeg(data)))
    if data.startswith(_PNG):
        return tuple(dict.fromkeys(_png(data)))
    return ("不是 JPEG 或者 PNG 图片",)


def _jpeg(data: bytes) -> Iterator[str]:
    position = 2
    while position + 2 <= len(data):
        if data[position] != 0xFF:
            yield "图片的分段不完整"
            return
        marker = data[position + 1]
        if marker == _END:
            if position + 2 != len(data):
                yield "图片之后还有数据"
            return
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        body = data[position + 4 : position + 2 + length]
        if marker == _JFIF:
            if not body.startswith(b"JFIF\x00") or length != _JFIF_LENGTH:
                yield "图片带有缩略图或者扩展信息"
        elif marker not in (*_TABLES, _SCAN):
            yield f"图片带有附加信息（段 {marker:02X}）"
        position += 2 + length
        if marker == _SCAN:
            position = _behind_scan(data, position)
    yield "图片没有结尾"


def _behind_scan(data: bytes, position: int) -> int:
    """Where the coded pixels end: the next marker that is neither stuffed nor a restart."""
    while (position := data.find(b"\xff", position)) >= 0 and position + 1 < len(data):
        if data[position + 1] not in _STUFFED:
            return position
        position += 2
    return len(data)


def _png(data: bytes) -> Iterator[str]:
    position = len(_PNG)
    kind = b""
    while position + 12 <= len(data) and kind != b"IEND":
        length = int.from_bytes(data[position : position + 4], "big")
        kind = data[position + 4 : position + 8]
        body = data[position + 8 : position + 8 + length]
        if kind not in _CHUNKS:
            yield f"图片带有附加信息（块 {kind.decode('latin-1')}）"
        if zlib.crc32(kind + body) != int.from_bytes(data[position + 8 + length : position + 12 + length], "big"):
            yield "图片的校验和不对"
        position += 12 + length
    if kind != b"IEND":
        yield "图片没有结尾"
    elif position != len(data):
        yield "图片之后还有数据"
