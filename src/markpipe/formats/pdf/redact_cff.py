"""Writes a font program (CFF) of just the glyphs that are still used, numbered in the order of their first use.

Nothing of the font that the glyphs came from goes along: no name, no character map, no unused outline, no gap in the
numbering.  What was removed therefore leaves no trace in it.  Hinting is lost.  Reading fonts is not done here.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

Outline = tuple[tuple[str, tuple[int, ...]], ...]
"""Operators m, l, c, h with coordinates in thousandths of an em."""

_FIRST_SID = 391


def number(value: int) -> bytes:
    """An integer in a Type 2 charstring."""
    if -107 <= value <= 107:
        return bytes((value + 139,))
    if 108 <= value <= 1131:
        value -= 108
        return bytes((247 + (value >> 8), value & 255))
    if -1131 <= value <= -108:
        value = -value - 108
        return bytes((251 + (value >> 8), value & 255))
    return b"\x1c" + struct.pack(">h", max(-32768, min(32767, value)))


def charstring(outline: Outline, width: int) -> bytes:
    """A glyph's program."""
    out = [number(width)]
    x = y = 0
    for name, points in outline:
        if name == "h":
            continue
        deltas = []
        for px, py in zip(points[::2], points[1::2], strict=True):
            deltas += [number(px - x), number(py - y)]
            x, y = px, py
        out.append(b"".join(deltas) + {"m": b"\x15", "l": b"\x05", "c": b"\x08"}[name])
    return b"".join(out) + b"\x0e"


def index(items: Sequence[bytes]) -> bytes:
    """An INDEX of byte strings."""
    if not items:
        return b"\x00\x00"
    offsets = [1]
    for item in items:
        offsets.append(offsets[-1] + len(item))
    table = b"".join(struct.pack(">I", offset) for offset in offsets)
    return struct.pack(">HB", len(items), 4) + table + b"".join(items)


def _operand(value: int) -> bytes:
    return b"\x1d" + struct.pack(">i", value)


def font_program(name: str, glyphs: Sequence[tuple[Outline, int]]) -> bytes:
    """A CFF font; glyph 0 is empty, glyph n the n-th of `glyphs` (outline, width in thousandths)."""
    programs = [charstring((), 0), *(charstring(outline, width) for outline, width in glyphs)]
    names = [f"g{position}".encode() for position in range(1, len(programs))]
    strings, subroutines = index(names), index([])
    head = b"\x01\x00\x04\x04" + index([name.encode("ascii")])
    size = len(_top(0, 0, 0, 0)) + len(index([b""]))
    charset_at = len(head) + size + len(strings) + len(subroutines)
    charset = b"\x02" + struct.pack(">HH", _FIRST_SID, max(0, len(names) - 1)) if names else b"\x00"
    programs_at = charset_at + len(charset)
    body = index(programs)
    private = _number(0, 20) + _number(0, 21)
    private_at = programs_at + len(body)
    top = index([_top(charset_at, programs_at, len(private), private_at)])
    return head + top + strings + subroutines + charset + body + private


def _number(value: int, operator: int) -> bytes:
    return _operand(value) + bytes((operator,))


def _top(charset: int, programs: int, private_size: int, private: int) -> bytes:
    box = b"".join(_operand(value) for value in (0, -120, 1000, 880)) + b"\x05"
    return (
        box + _number(charset, 15) + _number(programs, 17) + _operand(private_size) + _operand(private) + bytes((18,))
    )
