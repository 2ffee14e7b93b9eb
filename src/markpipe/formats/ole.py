"""Streams of a compound file (OLE2): old Office objects, macros, embedded packages.  Reading only, nothing is run."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
_ENTRY = 128
_MOST = 1 << 20
_STREAM, _ROOT = 2, 5
_MINI_SECTOR = 64


class BadOleError(ValueError):
    """Not a compound file, or a broken one."""


@dataclass(frozen=True, slots=True)
class OleStream:
    """A stream with its (untrusted) name."""

    name: str
    data: bytes


def streams(data: bytes) -> list[OleStream]:
    """Every stream that the directory lists; `BadOleError` for a broken file."""
    if not data.startswith(MAGIC) or len(data) < 512:
        raise BadOleError
    try:
        return list(_streams(data))
    except (struct.error, IndexError, OverflowError) as error:
        raise BadOleError from error


def _streams(data: bytes) -> Iterator[OleStream]:
    sector = 1 << struct.unpack_from("<H", data, 30)[0]
    if sector not in (512, 4096):
        raise BadOleError
    directory, _, cutoff, mini_start, _, extra, _ = struct.unpack_from("<7I", data, 48)
    table = _table(data, sector, extra)
    entries = _chain(data, table, directory, sector)
    mini_table = _numbers(_chain(data, table, mini_start, sector)) if mini_start < _LAST_SECTOR else []
    mini = b""
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", entries, at + 64)
        start, size = struct.unpack_from("<IQ", entries, at + 116)
        if kind == _ROOT:
            mini = _chain(data, table, start, sector) if start < _LAST_SECTOR else b""
        elif kind == _STREAM:
            name = entries[at : at + min(max(length - 2, 0), 64)].decode("utf-16-le", "replace")
            size &= 0xFFFFFFFF if sector == 512 else 0xFFFFFFFFFFFFFFFF
            small = size < cutoff
            body = _walk(mini, mini_table, start, _MINI_SECTOR) if small else _chain(data, table, start, sector)
            yield OleStream(name, body[:size])


def _table(data: bytes, sector: int, extra: int) -> list[int]:
    """The allocation table, from the header's list and the sectors that continue it."""
    places = [number for number in struct.unpack_from("<109I", data, 76) if number < _LAST_SECTOR]
    seen: set[int] = set()
    while extra < _LAST_SECTOR and extra not in seen:
        seen.add(extra)
        numbers = _numbers(_sector(data, extra, sector))
        places.extend(number for number in numbers[:-1] if number < _LAST_SECTOR)
        extra = numbers[-1]
    return [entry for place in places for entry in _numbers(_sector(data, place, sector))]


def _sector(data: bytes, number: int, size: int) -> bytes:
    return data[(number + 1) * size : (number + 2) * size]


def _chain(data: bytes, table: list[int], start: int, size: int) -> bytes:
    return _walk(data[size:], table, start, size)


def _walk(data: bytes, table: list[int], start: int, size: int) -> bytes:
    """The sectors of a chain in order; a chain that turns back on itself is broken."""
    out = bytearray()
    seen: set[int] = set()
    while start < _LAST_SECTOR:
        if start in seen or len(seen) > _MOST:
            raise BadOleError
        seen.add(start)
        out += data[start * size : (start + 1) * size]
        start = table[start]
    return bytes(out)


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def macro_source(data: bytes) -> Iterator[bytes]:
    """Source text of a VBA module stream: each compressed container in it that begins with an attribute line."""
    position = data.find(b"\x01")
    while 0 <= position < len(data) - 3:
        if data[position + 2] & 0x70 == 0x30:
            source = _decompressed(data[position:])
            if source.startswith(b"Attribut") or b"\nAttribut" in source[:200]:
                yield source
                return
        position = data.find(b"\x01", position + 1)


def _decompressed(data: bytes) -> bytes:
    """MS-OVBA 2.4.1: chunks of at most 4096 bytes, copies told by offset and length in two bytes."""
    out = bytearray()
    position = 1
    while position + 2 <= len(data):
        header = int.from_bytes(data[position : position + 2], "little")
        if header >> 12 & 7 != 3:
            break
        end = min(position + (header & 0xFFF) + 3, len(data))
        position += 2
        if header & 0x8000:
            if not _chunk(data, position, end, out):
                break
        else:
            out += data[position:end]
        position = end
    return bytes(out)


def _chunk(data: bytes, position: int, end: int, out: bytearray) -> bool:
    start = len(out)
    while position < end:
        flags = data[position]
        position += 1
        for bit in range(8):
            if position >= end:
                break
            if not flags >> bit & 1:
                out.append(data[position])
                position += 1
                continue
            token = int.from_bytes(data[position : position + 2], "little")
            position += 2
            bits = max((len(out) - start - 1).bit_length(), 4)
            offset, length = (token >> (16 - bits)) + 1, (token & (0xFFFF >> bits)) + 3
            if offset > len(out) - start:
                return False
            for _ in range(length):
                out.append(out[-offset])
    return True


def packaged_file(data: bytes) -> tuple[str, bytes] | None:
    """Name and bytes of the file in an `Ole10Native` stream; None where the stream is not laid out so."""
    if len(data) < 12:
        return None
    position = 6
    texts = []
    for _ in range(2):
        end = data.find(b"\x00", position)
        if end < 0:
            return None
        texts.append(data[position:end])
        position = end + 1
    position += 4
    (length,) = struct.unpack_from("<I", data, position) if position + 4 <= len(data) else (0,)
    position += 4 + length
    if position + 4 > len(data):
        return None
    (size,) = struct.unpack_from("<I", data, position)
    name = texts[0].decode("gb18030", "replace")
    return name, data[position + 4 : position + 4 + size]
