"""PDF objects as PyMuPDF prints them (compressed, decrypted), walked for what a person could read in them.

This is a reader of one well-formed printing, not of files: whatever the library could not parse never gets here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markpipe.formats.encoding import decode

_PLAIN_NAME = r"/[^\s()<>\[\]{}/%#]++(?!#)"
_TOKEN = re.compile(
    # keys with a name, a number or a reference as their value, and references in a row: nothing to read, passed over whole
    rf"(?P<plain>(?:{_PLAIN_NAME}(?:{_PLAIN_NAME}| \d++ \d++ R\b| -?[\d.]++(?! \d)| true| false| null))++|(?:\d++ \d++ R ?)++)"
    r"|(?P<open><<|\[)|(?P<close>>>|\])|(?P<literal>\((?:\\.|[^\\()]++|\((?:\\.|[^\\()]++)*+\))*+\))|<(?P<hex>[0-9A-Fa-f\s]*)>"
    r"|/(?P<name>[^\s()<>\[\]{}/%]*)|(?P<ref>\d+ \d+ R\b)|(?P<other>[^\s()<>\[\]{}/%]+)",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|\r|\n)|(.))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_NAME_CODE = re.compile(r"#([0-9A-Fa-f]{2})")
INTERESTING = re.compile(r"\(|#|<[0-9A-Fa-f]")
REFERENCE = re.compile(r"(\d+) \d+ R\b")


@dataclass(frozen=True, slots=True)
class Found:
    """A string or an unusual name in an object; `keys` leads to it from the object's top (arrays add none)."""

    keys: tuple[str, ...]
    data: bytes
    is_name: bool = False

    @property
    def key(self) -> str:
        """The key it is the value of."""
        return self.keys[-1] if self.keys else ""


def walk(printed: str) -> Iterator[Found]:
    """Strings and names with escapes in a printed object, in order."""
    stack: list[tuple[str, str | None]] = []  # what is open, and the key that waits for its value
    for token in _TOKEN.finditer(printed):
        kind = token.lastgroup
        if kind == "plain":
            if stack and stack[-1][1] is not None:
                _value_done(stack)
            continue
        if kind == "open":
            stack.append((token[0], None))
            continue
        if kind == "close":
            if stack:
                stack.pop()
            _value_done(stack)
            continue
        if kind == "name":
            name = token["name"]
            if "#" in name:
                yield Found(
                    _keys(stack),
                    _NAME_CODE.sub(lambda code: chr(int(code[1], 16)), name).encode("latin-1", "replace"),
                    True,
                )
            if stack and stack[-1][0] == "<<" and stack[-1][1] is None:
                stack[-1] = ("<<", name)
                continue
        elif kind in ("literal", "hex"):
            yield Found(_keys(stack), string_of(token[0]))
        _value_done(stack)


def _keys(stack: list[tuple[str, str | None]]) -> tuple[str, ...]:
    return tuple(key for _, key in stack if key is not None)


def string_of(token: str) -> bytes:
    """The bytes of a string written as `(…)` or `<…>`."""
    if token.startswith("("):
        return _unescaped(token[1:-1].encode("latin-1", "replace"))
    digits = re.sub(r"\s", "", token[1:-1])
    return bytes.fromhex(digits + "0" * (len(digits) % 2))


def _value_done(stack: list[tuple[str, str | None]]) -> None:
    if stack and stack[-1][0] == "<<":
        stack[-1] = ("<<", None)


def _unescaped(raw: bytes) -> bytes:
    def plain(escape: re.Match[bytes]) -> bytes:
        if escape[1]:
            return bytes([int(escape[1], 8) & 0xFF])
        if escape[2]:
            return b""
        return _ESCAPED.get(escape[3], escape[3])

    return _ESCAPE.sub(plain, raw) if b"\\" in raw else raw


def text_of(data: bytes) -> str:
    """A PDF string as text: UTF-16 and UTF-8 by their marks, else what it decodes to (GBK is common), else Latin."""
    if data.startswith((b"\xfe\xff", b"\xff\xfe")):
        text = data.decode("utf-16", "replace")
    elif data.isascii():
        text = data.decode("ascii")
    else:
        decoded = decode(data)
        text = data.decode("latin-1") if decoded is None or decoded.doubtful else decoded.text
    return "".join(
        char
        for char in text
        if char.isprintable() or char in "\n\r\t" or "\ue000" <= char <= "\uf8ff" or not char.isascii()
    )
