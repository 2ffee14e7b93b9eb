"""What a worker answers, as bytes and back.  The worker parsed an untrusted file, so its answers are untrusted too.

::

    header length (8) | header: JSON | blob | blob | …      numbers in the header say how long each blob is

Nothing is unpickled on the way back: a header is JSON, an array is plain integers or floats of a checked length, and
every value goes through the type it claims to be.  A wrong answer is a `BadAnswerError`, never half a document.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from markpipe.marking.plan import Marked
from markpipe.model.document import (
    Boxes,
    Document,
    Embedded,
    Format,
    Offsets,
    Part,
    PartKind,
    TextMap,
    Trait,
    Unread,
    UnreadReason,
)

_HEAD = struct.Struct("!Q")
_LONGEST_NAME = 4096


class BadAnswerError(Exception):
    """The answer is not what the protocol says; the worker is not to be trusted any further."""


def pack(header: Mapping[str, Any], blobs: tuple[bytes, ...] = ()) -> bytes:
    """One answer: a JSON header and the blobs it counts."""
    head = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}).encode("ascii")
    return b"".join((_HEAD.pack(len(head)), head, *blobs))


def unpack(answer: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Header and blobs of an answer."""
    try:
        (length,) = _HEAD.unpack_from(answer)
        header = json.loads(answer[_HEAD.size : _HEAD.size + length])
        lengths = header.pop("blobs")
        position = _HEAD.size + length
        blobs = []
        for size in lengths:
            _require(type(size) is int and 0 <= size <= len(answer) - position)
            blobs.append(answer[position : position + size])
            position += size
        _require(position == len(answer))
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadAnswerError from error
    return header, blobs


def encode_document(document: Document) -> bytes:
    """A document without boxes, as an answer."""
    text_map = document.text_map
    header = {
        "is": "document",
        "format": document.format.value,
        "digest": document.digest,
        "parts": [
            [_short(part.name), part.kind.value, part.start, part.end, part.visible, part.page, part.recognised]
            for part in text_map.parts
        ],
        "pages": document.pages,
        "unread": [[_short(item.where), item.reason.value, _short(item.detail)] for item in document.unread],
        "embedded": [[_short(item.name), item.where] for item in document.embedded],
        "title": _short(document.title),
        "traits": [trait.value for trait in document.traits],
    }
    blobs = (
        text_map.text.encode("utf-8", "surrogatepass"),
        text_map.joins.astype("<i8").tobytes(),
        text_map.gaps.astype("<i8").tobytes(),
        *(item.data for item in document.embedded),
    )
    return pack(header, blobs)


def decode_document(answer: bytes, digest: str) -> Document:
    """The document of an answer; its digest must be that of the bytes that were sent."""
    header, blobs = unpack(answer)
    try:
        _require(header["is"] == "document" and header["digest"] == digest)
        text = blobs[0].decode("utf-8", "surrogatepass")
        parts = _parts(header["parts"], len(text))
        embedded = header["embedded"]
        _require(len(blobs) == 3 + len(embedded))
        return Document(
            Format(header["format"]),
            digest,
            TextMap(text, parts, _offsets(blobs[1], len(text)), _offsets(blobs[2], len(text))),
            None if header["pages"] is None else _count(header["pages"]),
            tuple(Unread(_name(where), UnreadReason(reason), _name(why)) for where, reason, why in header["unread"]),
            tuple(
                Embedded(_name(name), data, _name(where))
                for (name, where), data in zip(embedded, blobs[3:], strict=True)
            ),
            _name(header["title"]),
            tuple(map(Trait, header["traits"])),
        )
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise BadAnswerError from error


def encode_boxes(boxes: Mapping[str, Boxes]) -> bytes:
    """Boxes by part name, as an answer."""
    return pack(
        {"is": "boxes", "names": list(boxes)},
        tuple(rows.astype("<f4").reshape(-1).tobytes() for rows in boxes.values()),
    )


def decode_boxes(answer: bytes, names: tuple[str, ...]) -> dict[str, Boxes]:
    """The boxes of an answer, only those that were asked for."""
    header, blobs = unpack(answer)
    try:
        _require(header["is"] == "boxes" and len(header["names"]) == len(blobs))
        _require(all(name in names for name in header["names"]))
        return {
            name: np.frombuffer(blob, dtype="<f4").astype(np.float32).reshape(-1, 4)
            for name, blob in zip(header["names"], blobs, strict=True)
        }
    except (KeyError, ValueError, TypeError) as error:
        raise BadAnswerError from error


def encode_marked(marked: Marked) -> bytes:
    """A marked file, as an answer."""
    return pack({"is": "marked", "notes": list(marked.notes)}, (marked.data,))


def decode_marked(answer: bytes) -> Marked:
    """The marked file of an answer."""
    header, blobs = unpack(answer)
    try:
        _require(header["is"] == "marked" and len(blobs) == 1)
        return Marked(blobs[0], tuple(_name(note) for note in header["notes"]))
    except (KeyError, ValueError, TypeError) as error:
        raise BadAnswerError from error


def _parts(rows: list[list[Any]], length: int) -> tuple[Part, ...]:
    parts = []
    position = 0
    for name, kind, start, end, visible, page, recognised in rows:
        _require(start == position and type(end) is int and start < end <= length)
        _require(type(visible) is bool and type(recognised) is bool)
        parts.append(
            Part(_name(name), PartKind(kind), start, end, visible, None if page is None else _count(page), recognised)
        )
        position = end
    _require(position == length)
    return tuple(parts)


def _offsets(blob: bytes, length: int) -> Offsets:
    """Offsets inside the text, strictly rising."""
    offsets = np.frombuffer(blob, dtype="<i8").astype(np.int64)
    if len(offsets):
        _require(bool(offsets[0] >= 0 and offsets[-1] < length and (np.diff(offsets) > 0).all()))
    return offsets


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise BadAnswerError
    return value


def _short(name: str) -> str:
    """A name from a file, cut to what the other side takes; a member's name may have 65535 bytes."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _name(value: object) -> str:
    if type(value) is not str or len(value) > _LONGEST_NAME:
        raise BadAnswerError
    return value


def _require(condition: bool) -> None:
    if not condition:
        raise BadAnswerError
