"""Words in content streams that are not drawn: replacement texts of marked content, and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markpipe.formats.encoding import decode
from markpipe.formats.pdf.syntax import string_of, text_of
from markpipe.model.document import PartKind

_REPLACEMENT = re.compile(
    rb"/(?:ActualText|Alt|E)\s*(\((?:\\.|[^\\()]++|\((?:\\.|[^\\()]++)*+\))*+\)|<[0-9A-Fa-f\s]*>)", re.DOTALL
)
# Strings and inline pictures are passed over whole, so that a percent sign in them starts no comment.
_COMMENT = re.compile(
    rb"\((?:\\.|[^\\()]++|\((?:\\.|[^\\()]++)*+\))*+\)|<[0-9A-Fa-f\s]*>|\bBI\b.{0,400}?\bID\s.*?\sEI\b|%([^\r\n]*)",
    re.DOTALL,
)
_DRAWS_TEXT = re.compile(rb"(?:\)|>|\])\s*(?:Tj|TJ|'|\")|\bDo\b|\bEI\b")


def content_words(data: bytes) -> Iterator[tuple[PartKind, str]]:
    """Kind and text of what a content stream says without drawing it."""
    for match in _REPLACEMENT.finditer(data):
        text = text_of(string_of(match[1].decode("latin-1")))
        if text.strip():
            yield PartKind.ALTERNATIVE, text
    if b"%" in data:
        for match in _COMMENT.finditer(data):
            if match[1] and match[1].strip(b"% \t"):
                decoded = decode(match[1])
                yield PartKind.RESIDUE, match[1].decode("latin-1") if decoded is None else decoded.text


def draws(data: bytes) -> bool:
    """Whether bytes look like a content stream that shows text or pictures."""
    return _DRAWS_TEXT.search(data) is not None
