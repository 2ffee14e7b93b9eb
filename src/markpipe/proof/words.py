"""How the check after a redaction compares words, by itself: compatibility forms resolved, spaces and invisible marks gone.

Deliberately not the tables that the finder uses: what slips through those must not slip through here.  Also every form
in which a word can stand in bytes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5")
_LEAST_BYTES = 5


def plain(text: str) -> str:
    """A text as it is compared: NFKC, case folded, without spaces, controls, format marks and soft hyphens."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] not in "ZC")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words that must not be found, by number; messages name the number, never the word."""

    terms: tuple[str, ...]

    def in_text(self, text: str) -> list[int]:
        """Which of them a text says."""
        there = plain(text)
        return [number for number, term in enumerate(self.terms) if plain(term) in there]

    def in_bytes(self, data: bytes) -> list[int]:
        """Which of them stand in bytes in any encoding, percent-encoded or in hex."""
        lower = data.lower()
        return [
            number
            for number, term in enumerate(self.terms)
            if any(form in (lower if folded else data) for form, folded in byte_forms(term))
        ]

    def in_decoded(self, data: bytes) -> list[int]:
        """Which of them bytes say when they are taken for text."""
        found: set[int] = set()
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
            found.update(self.in_text(data.decode(encoding, "ignore")))
        return sorted(found)


def byte_forms(term: str) -> Iterator[tuple[bytes, bool]]:
    """Forms of a word in bytes; the flag says that case does not matter.  Words too short to mean anything give none."""
    variants = {term, "".join(term.split()), unicodedata.normalize("NFKC", term)}
    for text in sorted(variants):
        for encoding in _ENCODINGS:
            try:
                raw = text.encode(encoding)
            except UnicodeEncodeError:
                continue
            if len(raw) < _LEAST_BYTES:
                continue
            yield raw, False
            yield raw.hex().encode("ascii"), True
            if any(byte >= 0x80 for byte in raw):
                yield quote(raw, safe="").encode("ascii").lower(), True


def nearly(term: str, text: str) -> Iterator[int]:
    """Where a recognised text says a word with at most a quarter of its characters misread."""
    length = len(term)
    allowed = length // 4
    for start in range(len(text) - length + 1):
        wrong = 0
        for one, other in zip(term, text[start : start + length], strict=True):
            wrong += one != other
            if wrong > allowed:
                break
        else:
            yield start


def where(places: Iterable[str]) -> str:
    """Several places in one phrase, bounded."""
    listed = list(dict.fromkeys(places))
    return "、".join(listed[:5]) + ("等" if len(listed) > 5 else "")
