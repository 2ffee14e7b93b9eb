"""Zip archives opened with suspicion: every entry, also the shadowed ones, within bounds on count, size and ratio.

Nothing is ever unpacked to disk, so member names are names only.  What the entries mean is the caller's matter.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from markpipe.model.document import Unread, UnreadReason
from markpipe.model.limits import Limits

_RATIO_GRACE = 1 << 20
_CHUNK = 1 << 18
_ENCRYPTED = 0x1
_LOCAL_HEAD = b"PK\x03\x04"
_LOCAL_SIZE = 30
_CENTRAL_HEAD = b"PK\x01\x02"


@dataclass(frozen=True, slots=True)
class Member:
    """One entry: `shadowed` where a later entry bears the same name, or where the directory does not list it."""

    name: str
    data: bytes
    shadowed: bool = False


class BadArchiveError(ValueError):
    """The archive as a whole cannot be read."""

    def __init__(self, reason: UnreadReason, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


class Archive:
    """All entries of an archive.  `unread` names those that could not be unpacked; `comments` are words about them."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data = data
        self._limits = limits
        self._left = limits.archive_mib << 20
        self.unread: list[Unread] = []
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
            raise BadArchiveError(UnreadReason.DAMAGED, "压缩包目录无法读取") from error
        self._entries = self._zip.infolist()
        if len(self._entries) > limits.archive_members:
            raise BadArchiveError(UnreadReason.BOMB, f"成员超过 {limits.archive_members} 个")

    def members(self) -> Iterator[Member]:
        """Every entry that can be unpacked, in the order of the directory; then what the directory does not list."""
        last = {entry.filename: index for index, entry in enumerate(self._entries)}
        for index, entry in enumerate(self._entries):
            if entry.filename.endswith("/") and not entry.file_size:
                continue
            data = self._unpacked(entry)
            if data is not None:
                yield Member(entry.filename, data, shadowed=last[entry.filename] != index)
        yield from self._unlisted()

    def comments(self) -> tuple[bytes, ...]:
        """The archive's comment and those of its entries."""
        found = [self._zip.comment, *(entry.comment for entry in self._entries)]
        return tuple(comment for comment in found if comment)

    def outside(self) -> tuple[bytes, ...]:
        """Bytes before the first entry and after the end of the directory."""
        first = min((entry.header_offset for entry in self._entries), default=0)
        end = self._data.rfind(b"PK\x05\x06")
        tail = b""
        if end >= 0:
            length = int.from_bytes(self._data[end + 20 : end + 22], "little")
            tail = self._data[end + 22 + length :]
        return tuple(piece for piece in (self._data[:first], tail) if piece.strip(b"\x00"))

    def _unpacked(self, entry: zipfile.ZipInfo) -> bytes | None:
        where = f"成员 {entry.filename[:120]}"
        if entry.flag_bits & _ENCRYPTED:
            self.unread.append(Unread(where, UnreadReason.ENCRYPTED))
            return None
        data = bytearray()
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    data += chunk
                    self._spend(len(chunk), len(data), entry.compress_size)
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            ValueError,
            OSError,
            EOFError,
            RuntimeError,
        ) as error:
            if isinstance(error, BadArchiveError):
                raise
            self.unread.append(Unread(where, UnreadReason.DAMAGED))
            return None
        return bytes(data)

    def _spend(self, count: int, size: int, packed: int) -> None:
        """Take from the budget; a whole archive that swells is given up, for what else is in it is suspect too."""
        self._left -= count
        if self._left < 0:
            raise BadArchiveError(UnreadReason.BOMB, f"解开后超过 {self._limits.archive_mib} MiB")
        if size > _RATIO_GRACE and size > self._limits.archive_ratio * max(packed, 1):
            raise BadArchiveError(UnreadReason.BOMB, f"压缩比超过 {self._limits.archive_ratio}")

    def _unlisted(self) -> Iterator[Member]:
        """Entries that lie in the file but not in its directory: deleted by name only, or put there to be missed."""
        listed = {entry.header_offset for entry in self._entries}
        inside = [(entry.header_offset, entry.header_offset + entry.compress_size) for entry in self._entries]
        position = self._data.find(_LOCAL_HEAD)
        while position >= 0:
            if position not in listed and not any(start < position < end for start, end in inside):
                yield from self._at(position)
            position = self._data.find(_LOCAL_HEAD, position + 4)

    def _at(self, position: int) -> Iterator[Member]:
        head = self._data[position : position + _LOCAL_SIZE]
        if len(head) < _LOCAL_SIZE:
            return
        method, packed = int.from_bytes(head[8:10], "little"), int.from_bytes(head[18:22], "little")
        name_length, extra = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:30], "little")
        start = position + _LOCAL_SIZE + name_length
        name = self._data[position + _LOCAL_SIZE : start].decode("utf-8", "replace")
        body = self._data[start + extra : start + extra + packed] if packed else self._data[start + extra :]
        data = body if method == zipfile.ZIP_STORED else _inflated(body, self._left)
        if data is None:
            self.unread.append(Unread(f"成员 {name[:120]}", UnreadReason.DAMAGED, "目录中没有的成员"))
            return
        self._spend(len(data), len(data), len(body))
        yield Member(name, data, shadowed=True)


def _inflated(body: bytes, most: int) -> bytes | None:
    try:
        return zlib.decompressobj(-15).decompress(body, most)
    except zlib.error:
        return None
