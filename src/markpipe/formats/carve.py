"""Readable Chinese (and longer Latin) runs in bytes of unknown make: what `strings` does, for our encodings.

A last resort for streams that no reader here understands.  It finds what stands there plainly; what is packed or
scrambled it cannot find, which is why its callers also report the place as not read.
"""

from __future__ import annotations

import re

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_RUN = f"[{_HAN}\u3000-\u303f\uff00-\uffef0-9A-Za-z（）《》“”★ .,:;_-]"
_WITH_HAN = re.compile(rf"{_RUN}*[{_HAN}]{_RUN}*[{_HAN}]{_RUN}*")
_ASCII = re.compile(rb"[\x20-\x7e]{6,}")
_LEAST_COMMON = 0.75
_LEAST_HAN = 3


def carve(data: bytes) -> tuple[str, ...]:
    """Runs of text in UTF-8, UTF-16 (both orders, both alignments) and GBK, each once, in order of encoding."""
    found: dict[str, None] = {}
    for run in _candidates(data):
        if _plausible(run):
            found.setdefault(run.strip())
    for match in _ASCII.finditer(data):
        found.setdefault(match[0].decode("ascii").strip())
    return tuple(run for run in found if run)


def _candidates(data: bytes) -> list[str]:
    runs: list[str] = []
    for encoding, start in (
        ("utf-8", 0),
        ("utf-16-le", 0),
        ("utf-16-le", 1),
        ("utf-16-be", 0),
        ("utf-16-be", 1),
        ("gbk", 0),
    ):
        text = data[start:].decode(encoding, "replace")
        runs.extend(match[0] for match in _WITH_HAN.finditer(text))
    return runs


def _plausible(run: str) -> bool:
    """Whether the Han characters are frequent ones; bytes read in a wrong encoding give rare ones."""
    han = [char for char in run if "\u3400" <= char <= "\u9fff"]
    common = 0
    for char in han:
        code = char.encode("gb2312", "ignore")
        common += len(code) == 2 and 0xB0 <= code[0] <= 0xD7
    return len(han) >= _LEAST_HAN and common >= _LEAST_COMMON * len(han)
