"""Making untrusted text safe to show: file names, excerpts and titles come from whoever wrote the document.

Control characters can rewrite a terminal's screen, direction overrides can show a name as another, invisible ones
can hide.  Each becomes one U+FFFD, so that a person sees that something was there.  This module does not escape for
HTML, XML or CSV; the writers of those formats do.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate, takewhile

_REPLACEMENT = "\ufffd"
_SPACES = "\n\u3000"
_LINE_END = re.compile(r"[ \t]*[\n\r\t\v\f\x85\u2028\u2029][\s]*")
_JOINED = re.compile(rf"(?<=[\u2e80-\uffef]){_LINE_END.pattern}(?=[\u2e80-\uffef])")


def printable(untrusted: str) -> str:
    """The same text with every character that does not show, but for line ends and the full-width space, replaced."""
    if untrusted.isprintable():
        return untrusted
    return "".join(char if char.isprintable() or char in _SPACES else _REPLACEMENT for char in untrusted)


def one_line(untrusted: str) -> str:
    """Printable, on one line: a line end becomes one blank, and none between two Chinese characters.

    Blanks within a line stay: they are part of a name, and may be what somebody hid a word with.
    """
    return printable(_LINE_END.sub(" ", _JOINED.sub("", untrusted)))


def display_width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two, a combining one none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def shorten(text: str, columns: int) -> str:
    """The text, cut with an ellipsis in its middle where it takes more columns than there are (at least 5)."""
    if display_width(text) <= columns:
        return text
    half = (columns - 1) // 2
    return f"{_first(text, columns - 1 - half)}…{_first(text[::-1], half)[::-1]}"


def _first(text: str, columns: int) -> str:
    """As many characters from the left as fit."""
    ends = accumulate(map(display_width, text))
    return text[: sum(1 for _ in takewhile(lambda end: end <= columns, ends))]


def pad(text: str, columns: int) -> str:
    """The text, filled with blanks to so many columns."""
    return text + " " * (columns - display_width(text))
