"""What lies in the bytes of a PDF beside its current revision: earlier revisions, freed objects, head and tail."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from markpipe.formats.carve import carve
from markpipe.formats.encoding import decode
from markpipe.formats.pdf.content import draws
from markpipe.formats.pdf.printed import Printed
from markpipe.formats.pdf.syntax import text_of, walk
from markpipe.model.document import Embedded, Unread, UnreadReason

_HEADER = b"%PDF-"
_END = b"%%EOF"
_OBJECT = b" obj"
_NUMBERS = re.compile(rb"(\d{1,9}) \d{1,5}\Z")
_ALL_NUMBERS = re.compile(rb"(\d{1,9}) \d{1,5}\0")
_LONGEST = 16
_GOES_ON = re.compile(rb"\w")
_STREAM = re.compile(rb"stream\r?\n")
_BLANK = b"\x00\t\n\r\x0c "
_LARGEST = 64 << 20
_MOST_REVISIONS = 30
_WORDLESS = re.compile(r"/Type\s*/(?:ObjStm|XRef|CMap)|/Length1\b|/Subtype\s*/(?:Image|Type1C|CIDFontType0C|OpenType)")


@dataclass(frozen=True, slots=True)
class Left:
    """An object in the bytes that the current table does not know: its dictionary as written, and its stream."""

    printed: str
    stream: bytes


class Residue:
    """Everything beside the current revision, sorted; `parts` fills `embedded`, `orphans` and `unread`."""

    def __init__(self, data: bytes, printed: Printed) -> None:
        self._data = data
        self._live = frozenset(number for number, text in enumerate(printed.objects) if text not in ("", "null"))
        self.embedded: list[Embedded] = []
        self.orphans: list[bytes] = []
        self.unread: list[Unread] = []

    def parts(self) -> Iterator[tuple[str, list[str]]]:
        """Name and words of each remnant that has words."""
        for name, piece in (("head", head(self._data)), ("tail", tail(self._data))):
            if piece:
                yield name, self._piece(piece)
        words: list[str] = []
        for left in objects(self._data, self._live):
            words.extend(text for found in walk(left.printed) if (text := text_of(found.data)).strip())
            if not left.stream or _WORDLESS.search(left.printed):
                continue
            if draws(left.stream):
                self.orphans.append(left.stream)
            else:
                decoded = decode(left.stream)
                words.extend((decoded.text,) if decoded is not None and not decoded.doubtful else carve(left.stream))
        if words:
            yield "freed", words

    def revisions(self) -> list[bytes]:
        """The file as it was after each earlier save; too many are named as unread."""
        found = revisions(self._data)
        if len(found) > _MOST_REVISIONS:
            self.unread.append(Unread("以前的版本", UnreadReason.TOO_DEEP, f"超过 {_MOST_REVISIONS} 个版本"))
        return found[-_MOST_REVISIONS:]

    def _piece(self, piece: bytes) -> list[str]:
        """Bytes before or behind the file: an archive goes to the dispatcher, text is text, the rest is carved."""
        archive = piece.find(b"PK\x03\x04")
        if archive >= 0:
            self.embedded.append(Embedded("附加在文件后的压缩包", piece[archive:], "残留数据"))
            piece = piece[:archive]
        decoded = decode(piece)
        if decoded is not None and not decoded.doubtful:
            return [decoded.text]
        if piece:
            self.unread.append(Unread("残留数据", UnreadReason.NOT_READ_YET, "文件之外附加的数据"))
        return list(carve(piece))


def head(data: bytes) -> bytes:
    """Bytes before the header."""
    return _unless_blank(data[: max(data.find(_HEADER), 0)])


def tail(data: bytes) -> bytes:
    """Bytes after the last end mark."""
    end = data.rfind(_END)
    return _unless_blank(data[end + len(_END) :]) if end >= 0 else b""


def _unless_blank(piece: bytes) -> bytes:
    return piece if piece.strip(_BLANK) else b""


def revisions(data: bytes) -> list[bytes]:
    """The file as it was after each earlier save, oldest first."""
    ends = []
    position = data.find(_END)
    while position >= 0:
        ends.append(position + len(_END))
        position = data.find(_END, position + 1)
    # A linearized file has an end mark behind its first page too; that is no earlier save.
    if ends and b"/Linearized" in data[:2048]:
        ends = ends[1:]
    return [data[:end] for end, after in pairwise(ends) if b" obj" in data[end:after]]


def objects(data: bytes, live: frozenset[int]) -> Iterator[Left]:
    """Objects that lie in the bytes and are not live, and older wordings of live ones."""
    pieces = data.split(_OBJECT)
    numbers = [int(number) for number in _ALL_NUMBERS.findall(b"\0".join(piece[-_LONGEST:] for piece in pieces))]
    if len(set(numbers)) == len(numbers) and live.issuperset(numbers):
        return
    starts: dict[int, list[int]] = {}
    position = 0
    for before, after in pairwise(pieces):
        position += len(before) + len(_OBJECT)
        found = _NUMBERS.search(before, max(len(before) - _LONGEST, 0))
        if found is not None and not _GOES_ON.match(after):
            starts.setdefault(int(found[1]), []).append(position)
    for number, positions in starts.items():
        for start in positions if number not in live else positions[:-1]:
            yield _left(data, start)


def _left(data: bytes, start: int) -> Left:
    end = data.find(b"endobj", start)
    body = data[start : end if end >= 0 else start + _LARGEST]
    stream = _STREAM.search(body)
    if stream is None:
        return Left(body.decode("latin-1"), b"")
    raw = body[stream.end() : body.rfind(b"endstream")]
    printed = body[: stream.start()].decode("latin-1")
    return Left(printed, _inflated(raw) if "FlateDecode" in printed else raw)


def _inflated(raw: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(raw, _LARGEST)
    except zlib.error:
        return b""
