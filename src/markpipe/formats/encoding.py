"""Bytes to text: UTF-8, UTF-16 and GB18030 (which contains GBK and GB2312), decided by the bytes alone.

A byte order mark is taken off, so offset 0 is the first character after it; nothing else is changed: `\\r\\n` stays,
and a character is never replaced.  What decodes in no encoding, or decodes into control characters, is no text.
This module does not undo escapes that stand *inside* a text (`\\u5bc6`, `&#x5bc6;`): `formats.plain` names those.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Tab, line feed, vertical tab, form feed, carriage return; Ctrl-Z is the end mark that old DOS tools leave.
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_LEAST_HAN = 8
_COMMON_SHARE = 0.5
_USUAL_SHARE = 0.9
_SAMPLE = 65_536


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the name of its encoding, and whether the guess is doubtful (the words may be wrong ones)."""

    text: str
    encoding: str
    doubtful: bool = False


def decode(data: bytes) -> Decoded | None:
    """The text of a file, or None where the bytes are no text in any encoding that is known here."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding)
    if b"\x00" in data[:_SAMPLE] or _looks_wide(data):
        return _wide(data)
    return _strict(data, "utf-8") or _national(data)


def _strict(data: bytes, encoding: str) -> Decoded | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else Decoded(text, encoding)


def _national(data: bytes) -> Decoded | None:
    decoded = _strict(data, "gb18030")
    if decoded is None:
        return None
    return Decoded(decoded.text, decoded.encoding, doubtful=not _reads_like_chinese(decoded.text))


def _looks_wide(data: bytes) -> bool:
    """Whether bytes without a NUL may still be UTF-16: Chinese without one ASCII character, not even a line feed."""
    if len(data) % 2 or len(data) < 4:
        return False
    sample = data[:_SAMPLE]
    if _strict(sample[: len(sample) - _cut(sample)], "utf-8") is not None:
        return False
    return any(_all_common_wide(sample, encoding) for encoding in ("utf-16-le", "utf-16-be"))


def _cut(sample: bytes) -> int:
    """How many bytes at the end belong to a UTF-8 character that the sample cuts in two."""
    for back in range(1, min(4, len(sample)) + 1):
        if sample[-back] & 0xC0 != 0x80:
            return back if sample[-back] & 0x80 else 0
    return 0


def _all_common_wide(sample: bytes, encoding: str) -> bool:
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    # GBK bytes read as UTF-16 scatter over the whole plane; real UTF-16 Chinese is Han and full-width marks only,
    # and the frequent ones among them.
    common = sum(_common(char) or char in "，。、：；！？（）《》“”\u3000" for char in text)
    return common >= 0.9 * len(text)


def _wide(data: bytes) -> Decoded | None:
    if len(data) % 2:
        return None
    found = [decoded for encoding in ("utf-16-le", "utf-16-be") if (decoded := _strict(data, encoding)) is not None]
    if not found:
        return None
    best = max(found, key=lambda decoded: _plausibility(decoded.text[:_SAMPLE]))
    return best if _plausibility(best.text[:_SAMPLE]) >= _USUAL_SHARE else None


def _plausibility(text: str) -> float:
    """The share of characters that office prose is made of."""
    usual = sum(char < "\x7f" or "\u3000" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef" for char in text)
    return usual / max(len(text), 1)


def _reads_like_chinese(text: str) -> bool:
    """Whether the Han characters are mostly frequent ones; Big5 or Latin bytes read as GB18030 give rare ones."""
    han = [char for char in text[:_SAMPLE] if "\u3400" <= char <= "\u9fff" or "\ue000" <= char <= "\uf8ff"]
    if len(han) < _LEAST_HAN:
        return text.isascii() or all(_common(char) for char in han)
    return sum(map(_common, han)) >= _COMMON_SHARE * len(han)


def _common(char: str) -> bool:
    """Whether a character is one of the 3755 frequent ones (GB 2312 level 1)."""
    try:
        code = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7
