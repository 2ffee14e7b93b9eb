"""Just enough TrueType to draw marks: find a character's glyph and its width, and cut out a font of a few glyphs.

::

    cmap  character → glyph      loca, glyf  outlines       hmtx  widths

The cut-out renumbers the glyphs from 1 and drops hinting programs, which leaves a few kilobytes that MuPDF, Poppler
and Ghostscript read alike.  Fonts with CFF outlines are not taken: their subsets come out blank in some viewers.
Files are mapped, not read: a Chinese font has 17 MB, a mark needs thirty glyphs of it.
"""

from __future__ import annotations

import mmap
import struct
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

_TAGS = (b"\x00\x01\x00\x00", b"true")
_COLLECTION = b"ttcf"
_NEEDED = ("head", "hhea", "maxp", "hmtx", "loca", "glyf", "cmap")
_ARGS_ARE_WORDS, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO, _INSTRUCTIONS = 0x1, 0x8, 0x20, 0x40, 0x80, 0x100
_MOST_GLYPHS = 4096


class NotTrueTypeError(ValueError):
    """The file is no TrueType font, or lacks a table."""


class TrueType:
    """One font of a file or of bytes; for a collection its first."""

    def __init__(self, data: bytes | mmap.mmap, name: str) -> None:
        self.name = name
        self._data = data
        start = struct.unpack(">I", data[12:16])[0] if data[:4] == _COLLECTION else 0
        if data[start : start + 4] not in _TAGS:
            raise NotTrueTypeError(f"{name}: no TrueType outlines")
        count = struct.unpack(">H", data[start + 4 : start + 6])[0]
        self._tables: dict[str, tuple[int, int]] = {}
        for index in range(count):
            record = data[start + 12 + 16 * index : start + 28 + 16 * index]
            tag, _, offset, length = struct.unpack(">4sIII", record)
            self._tables[tag.decode("latin-1")] = (offset, length)
        if any(tag not in self._tables for tag in _NEEDED):
            raise NotTrueTypeError(f"{name}: a table is missing")
        head = self._table("head")
        self.units: int = struct.unpack(">H", head[18:20])[0]
        self.box: tuple[int, ...] = struct.unpack(">4h", head[36:44])
        self._long_offsets = struct.unpack(">h", head[50:52])[0] == 1
        self._glyphs: int = struct.unpack(">H", self._table("maxp")[4:6])[0]
        self._metrics: int = struct.unpack(">H", self._table("hhea")[34:36])[0]
        self._map = _CharacterMap(self._table("cmap"))

    @classmethod
    def open(cls, path: Path) -> TrueType:
        """Map a file; `NotTrueTypeError` or `OSError`."""
        with path.open("rb") as file:
            return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), path.stem)

    def glyph(self, character: str) -> int:
        """The glyph of a character, 0 when the font has none."""
        glyph = self._map.glyph(ord(character))
        return glyph if 0 < glyph < self._glyphs else 0

    def width(self, glyph: int) -> float:
        """The advance of a glyph in ems."""
        return self._metric(glyph)[0] / self.units

    def subset(self, glyphs: Sequence[int]) -> bytes:
        """A font of these glyphs, numbered from 1 in their order; what composite glyphs are made of follows them."""
        order = [0, *glyphs]
        renumbered = {glyph: number for number, glyph in enumerate(order)}
        outlines: list[bytes] = []
        for number, glyph in enumerate(order):  # grows while it runs: components are appended
            if number > _MOST_GLYPHS:
                raise NotTrueTypeError(f"{self.name}: glyphs refer to each other without end")
            outlines.append(self._outline(glyph, renumbered, order))
        offsets, glyf = [0], b""
        for outline in outlines:
            glyf += outline + bytes(-len(outline) % 4)
            offsets.append(len(glyf))
        metrics = b"".join(struct.pack(">Hh", *self._metric(glyph)) for glyph in order)
        head = bytearray(self._table("head"))
        head[8:12] = bytes(4)
        head[50:52] = struct.pack(">h", 1)
        hhea = bytearray(self._table("hhea"))
        hhea[34:36] = struct.pack(">H", len(order))
        maxp = bytearray(self._table("maxp"))
        maxp[4:6] = struct.pack(">H", len(order))
        return _assemble(
            {
                b"glyf": glyf,
                b"head": bytes(head),
                b"hhea": bytes(hhea),
                b"hmtx": metrics,
                b"loca": struct.pack(f">{len(offsets)}I", *offsets),
                b"maxp": bytes(maxp),
            }
        )

    def _table(self, tag: str) -> bytes:
        offset, length = self._tables[tag]
        return self._data[offset : offset + length]

    def _metric(self, glyph: int) -> tuple[int, int]:
        """Advance and left side bearing in font units."""
        offset, _ = self._tables["hmtx"]
        if glyph < self._metrics:
            advance, bearing = struct.unpack(">Hh", self._data[offset + 4 * glyph : offset + 4 * glyph + 4])
            return advance, bearing
        last = offset + 4 * (self._metrics - 1)
        at = offset + 4 * self._metrics + 2 * (glyph - self._metrics)
        return (
            struct.unpack(">H", self._data[last : last + 2])[0],
            struct.unpack(">h", self._data[at : at + 2])[0],
        )

    def _outline(self, glyph: int, renumbered: dict[int, int], order: list[int]) -> bytes:
        """A glyph's outline without instructions, its components renumbered."""
        loca, _ = self._tables["loca"]
        glyf, _ = self._tables["glyf"]
        size, scale = (4, 1) if self._long_offsets else (2, 2)
        pair = self._data[loca + size * glyph : loca + size * (glyph + 2)]
        start, stop = (value * scale for value in struct.unpack(">2I" if size == 4 else ">2H", pair))
        data = self._data[glyf + start : glyf + stop]
        if not data:
            return b""
        contours = struct.unpack(">h", data[:2])[0]
        return _bare_simple(data, contours) if contours >= 0 else _bare_composite(data, renumbered, order)


def _bare_simple(data: bytes, contours: int) -> bytes:
    at = 10 + 2 * contours
    length = struct.unpack(">H", data[at : at + 2])[0]
    return data[:at] + b"\x00\x00" + data[at + 2 + length :]


def _bare_composite(data: bytes, renumbered: dict[int, int], order: list[int]) -> bytes:
    out, at, more = bytearray(data[:10]), 10, True
    while more:
        flags, component = struct.unpack(">HH", data[at : at + 4])
        if component not in renumbered:
            renumbered[component] = len(order)
            order.append(component)
        size = 4 + (4 if flags & _ARGS_ARE_WORDS else 2)
        size += 2 if flags & _SCALE else 4 if flags & _XY_SCALE else 8 if flags & _TWO_BY_TWO else 0
        out += struct.pack(">HH", flags & ~_INSTRUCTIONS, renumbered[component]) + data[at + 4 : at + size]
        at += size
        more = bool(flags & _MORE)
    return bytes(out)


class _CharacterMap:
    """The Unicode subtable of a cmap, format 12 or 4."""

    def __init__(self, data: bytes) -> None:
        count = struct.unpack(">H", data[2:4])[0]
        found = {}
        for index in range(count):
            platform, encoding, offset = struct.unpack(">HHI", data[4 + 8 * index : 12 + 8 * index])
            form = struct.unpack(">H", data[offset : offset + 2])[0]
            if (platform == 0 or (platform == 3 and encoding in (1, 10))) and form in (4, 12):
                found[form] = data[offset:]
        if not found:
            raise NotTrueTypeError("no Unicode character map")
        self._groups: list[tuple[int, int, int]] = []
        self._segments: bytes = b""
        if 12 in found:
            groups = struct.unpack(">I", found[12][12:16])[0]
            self._groups = list(struct.iter_unpack(">III", found[12][16 : 16 + 12 * groups]))
            self._ends = [end for _, end, _ in self._groups]
        else:
            self._segments = found[4]
            twice = struct.unpack(">H", self._segments[6:8])[0]
            self._twice = twice
            self._ends = list(struct.unpack(f">{twice // 2}H", self._segments[14 : 14 + twice]))

    def glyph(self, code: int) -> int:
        """The glyph of a code point, 0 for none."""
        index = bisect_left(self._ends, code)
        if index == len(self._ends):
            return 0
        if self._groups:
            first, _, glyph = self._groups[index]
            return glyph + code - first if code >= first else 0
        starts = 16 + self._twice
        at = starts + 2 * index
        first, delta, offset = (self._word(at + part * self._twice) for part in range(3))
        if code < first:
            return 0
        if not offset:
            return (code + delta) & 0xFFFF
        glyph = self._word(at + 2 * self._twice + offset + 2 * (code - first))
        return (glyph + delta) & 0xFFFF if glyph else 0

    def _word(self, at: int) -> int:
        value: int = struct.unpack(">H", self._segments[at : at + 2])[0]
        return value


def _assemble(tables: dict[bytes, bytes]) -> bytes:
    """A font file of tables, with the checksums that the format asks for."""
    power = len(tables).bit_length() - 1
    header = struct.pack(">4sHHHH", _TAGS[0], len(tables), 16 << power, power, 16 * len(tables) - (16 << power))
    offset = len(header) + 16 * len(tables)
    records, body = b"", b""
    for tag, data in sorted(tables.items()):
        records += struct.pack(">4sIII", tag, _checksum(data), offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    font = bytearray(header + records + body)
    at = font.index(tables[b"head"], len(header) + len(records))
    font[at + 8 : at + 12] = struct.pack(">I", (0xB1B0AFBA - _checksum(bytes(font))) & 0xFFFFFFFF)
    return bytes(font)


def _checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    total: int = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
    return total
