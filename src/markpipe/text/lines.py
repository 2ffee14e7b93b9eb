"""Which line ends only wrap a line, and where sentences end.

A text file and the text of a page know no paragraphs: a line that breaks off inside a sentence, and goes on with
Chinese, only wraps.  Formats that know their paragraphs do not ask here.
"""

from __future__ import annotations

import re

import numpy as np

from markpipe.model.document import Offsets

_LINE = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_HAN = "\u2e80-\u2fdf\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SENTENCE_END = re.compile(r"[。！？!?：:；;…][”’」』）)】》\"']*\s*$")
# a line that starts like this starts something new: a heading, an item of a list, an article, an attachment
_FRESH_START = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,3}[.．、)）](?!\d)|[①-⑳]"
    r"|第[一二三四五六七八九十百零〇\d]{1,5}[章节条款]|附件|附：|[-*•●○◆■□▪·]|\[?\d+\]|表\s*\d|图\s*\d"
    r"|(?:绝密|机密|秘密|特急|加急|平急)\s*(?:$|[★☆*]))"
)
_MARK_LINE = re.compile(r"\s*(?:\d{1,8}\s+)?(?:绝\s*密|机\s*密|秘\s*密)\s*(?:$|[★☆*])")
_GOES_ON = re.compile(rf"[{_HAN}，、；（“‘《0-9A-Za-z０-９％%)）”’》]")
_NARROWEST = 12
_SENTENCE_BREAK = re.compile(r"[。!?！？]+[\"'”’」』)）】》]*|\n")


def line_ends(text: str) -> tuple[Offsets, Offsets]:
    """Sort the line ends of a plain text: (joins, gaps), offsets of every character of each line end.

    A line end joins where the line before is about as long as the longest lines, does not end a sentence, and the next
    one goes on with text at its margin; everything else is a gap.  `\\r\\n` counts as one line end.
    """
    joins: list[int] = []
    gaps: list[int] = []
    matches = list(_LINE.finditer(text))
    widths = _widths(text, matches)
    full = _full_width(widths)
    for index, match in enumerate(matches):
        before = text[matches[index - 1].end() if index else 0 : match.start()]
        after = text[match.end() : matches[index + 1].start() if index + 1 < len(matches) else len(text)]
        wraps = match[0] in ("\n", "\r", "\r\n") and widths[index] >= full and _wraps(before, after)
        (joins if wraps else gaps).extend(range(match.start(), match.end()))
    return np.array(joins, dtype=np.int64), np.array(gaps, dtype=np.int64)


def _wraps(before: str, after: str) -> bool:
    if not before.strip() or not after.strip() or _SENTENCE_END.search(before) or _MARK_LINE.match(before):
        return False
    # an indented line opens a paragraph; in running text a wrapped line starts at the margin
    if after[0] in " \t\u3000" and before[0] not in " \t\u3000":
        return False
    if after.startswith("\u3000\u3000") or _FRESH_START.match(after):
        return False
    last, first = before.rstrip()[-1], after.lstrip()[0]
    two_words = last.isascii() and first.isascii() and last.isalpha() and first.isalpha()
    return bool(_GOES_ON.match(after.lstrip())) and not two_words


def _widths(text: str, matches: list[re.Match[str]]) -> list[int]:
    """The width of the line before each line end, a Chinese character counting two."""
    widths, start = [], 0
    for match in matches:
        line = text[start : match.start()].rstrip()
        widths.append(2 * len(line) - len(line.encode("ascii", "ignore")))
        start = match.end()
    return widths


def _full_width(widths: list[int]) -> int:
    """How wide a line must be to have been wrapped: nearly as wide as the widest, of which one in ten does not count."""
    filled = sorted(width for width in widths if width)
    if not filled:
        return 0
    typical = filled[min(len(filled) - 1, (len(filled) * 9) // 10)]
    return max(_NARROWEST, int(typical * 0.8))


def sentence_spans(folded_text: str) -> list[tuple[int, int]]:
    """The sentences of a folded text, in order and without empty ones: they end at 。！？ and at line ends."""
    spans, start = [], 0
    for match in _SENTENCE_BREAK.finditer(folded_text):
        end = match.start() if match[0] == "\n" else match.end()
        if folded_text[start:end].strip():
            spans.append((start, end))
        start = match.end()
    if folded_text[start:].strip():
        spans.append((start, len(folded_text)))
    return spans
