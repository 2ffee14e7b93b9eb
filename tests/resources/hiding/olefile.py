"""A writer of small compound files (OLE2) and of VBA's compression, for fixtures."""

from __future__ import annotations

import struct

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file with the streams below its root, each in whole sectors (no mini stream)."""
    sectors: list[bytes] = []
    table: list[int] = []
    entries = [_entry("Root Entry", 5, _END, 0, child=1 if streams else _FREE)]
    for index, (name, raw) in enumerate(streams.items()):
        # The mini stream begins below 4096 bytes; padding keeps the fixture simple.
        data = raw.ljust(4096, b"\x00")
        start = len(sectors)
        chunks = [data[at : at + _SECTOR].ljust(_SECTOR, b"\x00") for at in range(0, len(data), _SECTOR)]
        sectors.extend(chunks)
        table.extend([*range(start + 1, start + len(chunks)), _END])
        right = index + 2 if index + 1 < len(streams) else _FREE
        entries.append(_entry(name, 2, start, len(data), right=right))
    while len(entries) % 4:
        entries.append(b"\x00" * 128)
    directory = len(sectors)
    blocks = [b"".join(entries[at : at + 4]) for at in range(0, len(entries), 4)]
    sectors.extend(blocks)
    table.extend([*range(directory + 1, directory + len(blocks)), _END])
    fat = len(sectors)
    table.append(_FAT)
    table.extend([_FREE] * (128 - len(table)))
    sectors.append(struct.pack("<128I", *table))
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, 1, directory, 0, 4096, _END, 0, _END, 0, fat,
    )  # fmt: skip
    return (header + struct.pack("<108I", *[_FREE] * 108)).ljust(_SECTOR, b"\xff") + b"".join(sectors)


def _entry(name: str, kind: int, start: int, size: int, *, child: int = _FREE, right: int = _FREE) -> bytes:
    raw = name.encode("utf-16-le") + b"\x00\x00"
    return struct.pack("<64sHBBIII16sIQQIQ", raw, len(raw), kind, 1, _FREE, right, child, b"", 0, 0, 0, start, size)


def compressed_vba(source: bytes) -> bytes:
    """MS-OVBA container whose chunk copies: every second token repeats earlier bytes where it can."""
    body = bytearray()
    tokens: list[bytes] = []
    flags: list[int] = []
    position = 0
    while position < len(source):
        length = 0
        if position > 4:
            while (
                length < 8
                and position + length < len(source)
                and source[position - 4 + length % 4] == source[position + length]
            ):
                length += 1
        if length >= 3:
            bits = max((position - 1).bit_length(), 4)
            token = (4 - 1) << (16 - bits) | (length - 3)
            tokens.append(struct.pack("<H", token))
            flags.append(1)
            position += length
        else:
            tokens.append(source[position : position + 1])
            flags.append(0)
            position += 1
    for at in range(0, len(tokens), 8):
        group = flags[at : at + 8]
        body.append(sum(bit << index for index, bit in enumerate(group)))
        body += b"".join(tokens[at : at + 8])
    header = (len(body) + 2 - 3) | 0xB000
    return b"\x01" + struct.pack("<H", header) + bytes(body)
