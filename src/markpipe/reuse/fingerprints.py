"""Keyed fingerprints of a classified source: enough to recognise its sentences, never the sentences themselves.

::

    folded      关于 试题，\n启用前 …          as `text.fold` gives it
    counted     关于试题启用前 …               letters, digits and Han only: spacing, punctuation and line ends do not matter
    grams       关于试题启用前… | 于试题启用前… | …     every K consecutive counted characters
    hashes      blake2b(gram, key), 64 bits each, with the position of the gram and the place it stands in

Without the key a fingerprint says nothing but how long the source is.  Whoever holds *both* the key and the
fingerprints can guess the text back, one character after the other; the register and its key file together are
therefore to be kept at the level of the sources (保密法第三十一条).  This module stores nothing and reads nothing.
"""

from __future__ import annotations

import hashlib
import json
import struct
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from markpipe.errors import RegisterError
from markpipe.text.fold import Folded

K = 8
"""Characters in a gram.  Of unrelated office texts, hardly any two share one outside stock phrases."""

Hashes = NDArray[np.uint64]
Positions = NDArray[np.int64]

_MAGIC = b"MPFP"
_VERSION = 1
_HEADER = struct.Struct("<4sBBHQQQ")  # magic, version, k, 0, grams, counted characters, bytes of the places
_CHECK_BYTES = 8
_PERSON = b"markpipe-reuse"
_CHECK_PERSON = b"markpipe-check"


@dataclass(frozen=True, slots=True)
class Place:
    """From the counted character `start` on, the source's text stands in the place `label` (第3页)."""

    start: int
    label: str


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """What is kept of a source.

    `hashes` and `positions` run in parallel, in reading order, one entry a gram; a position counts the counted
    characters before the gram.  `length` is the number of counted characters of the whole text, `check` tells
    which key made the hashes without telling the key.
    """

    hashes: Hashes
    positions: Positions
    places: tuple[Place, ...]
    length: int
    check: bytes

    def place_of(self, position: int) -> str:
        """The place that the counted character `position` of the source stands in; empty where none was recorded."""
        index = bisect_right(self.places, position, key=lambda place: place.start) - 1
        return self.places[index].label if index >= 0 else ""

    def made_with(self, key: bytes) -> bool:
        """Whether this key made the hashes.  With another key nothing is ever found: ask before you trust silence."""
        return self.check == key_check(key)

    def to_bytes(self) -> bytes:
        """One compact byte string for the register; `from_bytes` reads it back."""
        places = json.dumps([[place.start, place.label] for place in self.places], ensure_ascii=False).encode()
        header = _HEADER.pack(_MAGIC, _VERSION, K, 0, len(self.hashes), self.length, len(places))
        body = header + self.check + self.hashes.astype("<u8").tobytes() + self.positions.astype("<u4").tobytes()
        return body + places

    @classmethod
    def from_bytes(cls, data: bytes) -> Fingerprints:
        """What `to_bytes` wrote; `RegisterError` where the bytes are not that."""
        try:
            magic, version, k, _, count, length, place_bytes = _HEADER.unpack_from(data)
        except struct.error:
            raise _damaged() from None
        start = _HEADER.size + _CHECK_BYTES
        if (magic, version, k) != (_MAGIC, _VERSION, K) or len(data) != start + count * 12 + place_bytes:
            raise _damaged()
        hashes = np.frombuffer(data, "<u8", count, start).astype(np.uint64)
        positions = np.frombuffer(data, "<u4", count, start + count * 8).astype(np.int64)
        return cls(
            hashes, positions, _parse_places(data[start + count * 12 :]), length, data[start - _CHECK_BYTES : start]
        )


def _parse_places(data: bytes) -> tuple[Place, ...]:
    try:
        rows = json.loads(data)
        return tuple(Place(int(start), str(label)) for start, label in rows)
    except (ValueError, TypeError):
        raise _damaged() from None


def _damaged() -> RegisterError:
    return RegisterError("登记的来源指纹已损坏", "请运行 markpipe register verify 查看台账，并重新登记该来源")


def key_check(key: bytes) -> bytes:
    """Eight bytes that name a key without giving it away."""
    return hashlib.blake2b(b"", digest_size=_CHECK_BYTES, key=key, person=_CHECK_PERSON).digest()


def counted(text: str) -> Positions:
    """The offsets of the characters that count for reuse: letters, digits and Han; ascending, in `text`."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    distinct, which = np.unique(codes, return_inverse=True)
    keep = np.fromiter((chr(code).isalnum() for code in distinct.tolist()), np.bool_, len(distinct))
    return np.flatnonzero(keep[which]).astype(np.int64)


def gram_hashes(text: str, key: bytes) -> Hashes:
    """The keyed hash of every K consecutive characters of a text that holds counted characters only."""
    raw = text.encode("utf-32-le", "surrogatepass")
    width = 4 * K
    empty = hashlib.blake2b(digest_size=8, key=key, person=_PERSON)
    digests = []
    for start in range(0, len(raw) - width + 1, 4):
        state = empty.copy()
        state.update(raw[start : start + width])
        digests.append(state.digest())
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)


def fingerprint(folded: Folded, key: bytes, place_of: Callable[[int], str]) -> Fingerprints:
    """Fingerprint a source.

    `place_of` answers the place of a *raw* offset in Chinese, for instance
    ``lambda offset: text_map.part_at(offset).label``; `key` has 16 to 64 bytes (the site's subkey for reuse).
    """
    offsets = counted(folded.text)
    hashes = gram_hashes(squeezed(folded.text, offsets), key)
    places: list[Place] = []
    for position, raw in enumerate(folded.offsets[offsets].tolist()):
        label = place_of(raw)
        if not places or places[-1].label != label:
            places.append(Place(position, label))
    return Fingerprints(hashes, np.arange(len(hashes), dtype=np.int64), tuple(places), len(offsets), key_check(key))


def squeezed(text: str, offsets: Positions) -> str:
    """The characters at these offsets, put together."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes[offsets].tobytes().decode("utf-32-le", "surrogatepass")
