"""Which line ends only wrap a line, and where sentences end.

A text file and the text of a page know no paragraphs: a line that breaks off inside a sentence, and goes on with
Chinese, only wraps.  Formats that know their paragraphs do not ask here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from markpipe.model.document import Offsets

_HAN = "\u2e80-\u2fdf\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SENTENCE_END = re.compile(r"[。！？!?：:；;…][”’」』）)】》\"']*\s*$")
# a line that starts like this starts something new: a heading, an item of a list, an article, an attachment
_FRESH_START = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,3}[.．、)）](?!\d)|[①-⑳]"
    r"|第[一二三四五六七八九十百零〇\d]{1,5}[章节条款]|附件|附：|[-*•●○◆■□▪·]|\[?\d+\]|表\s*\d|图\s*\d"
    r"|(?:绝密|机密|秘密|特急|加急|平急)\s*(?:$|[★☆*]))"
)
_MARK_LINE = re.compile(r"\s*(?:\d{1,8}\s+)?(?:绝\s*密|机\s*密|秘\s*密)\s*(?:$|[★☆*])")
_GOES_ON = re.compile(rf"[{_HAN}，、；（“‘《０-９％）”’》]")
# the characters that a line end of these patterns can begin or finish with: most lines are told by one of them alone
_MAY_START = frozenset("一二三四五六七八九十第附表图绝机秘特加平")
_NUMBERING = frozenset(".．、)）")
_MAY_END = frozenset("。！？!?：:；;…”’」』）)】》\"'")
# A line feed between two characters that leave no doubt: most are told by this one pattern, in a line without 密.
_SURELY = re.compile(
    rf"\n(?=(?![{''.join(sorted(_MAY_START))}])[\u4e00-\u9fff]|[0-9](?!\d{{0,2}}[.．、)）]|\d*\]))"
    rf"(?<=[^\s{re.escape(''.join(sorted(_MAY_END)))}]\n)"
)
_INDENTS = frozenset(" \t\u3000")
_WRAPPING = frozenset({"\n", "\r", "\r\n"})
_ENDS = frozenset("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029") | {""}
_NARROWEST = 12
_SENTENCE_BREAK = re.compile(r"[。!?！？]+[\"'”’」』)）】》]*|\n")


def line_ends(text: str) -> tuple[Offsets, Offsets]:
    """Sort the line ends of a plain text: (joins, gaps), offsets of every character of each line end.

    A line end joins where the line before is about as long as the longest lines, does not end a sentence, and the next
    one goes on with text at its margin; everything else is a gap.  `\\r\\n` counts as one line end.
    """
    lines, ends = _lines(text)
    written = [line.rstrip() for line in lines]
    widths = _widths(written)
    full = _full_width(widths[: len(ends)])
    surely = {found.start() for found in _SURELY.finditer(text)}
    joins: list[int] = []
    gaps: list[int] = []
    start, last = 0, len(lines) - 1
    for index, end in enumerate(ends):
        start += len(lines[index])
        wraps = widths[index] >= full and index < last and end in _WRAPPING
        if wraps and (start not in surely or "密" in written[index]):
            wraps = _wraps(written[index], lines[index + 1])
        (joins if wraps else gaps).append(start)
        start += 1
        if len(end) == 2:
            (joins if wraps else gaps).append(start)
            start += 1
    return np.array(joins, dtype=np.int64), np.array(gaps, dtype=np.int64)


def goes_on(before: str, after: str, around: Sequence[str]) -> bool:
    """Whether a line goes on in one that stands apart from it; `around` are the lines that tell how wide a full one is."""
    return _widths([before])[0] >= _full_width(_widths(around)) and _wraps(before, after)


def _lines(text: str) -> tuple[list[str], list[str]]:
    """The lines of a text without their ends, and the end of each that has one."""
    count = text.count("\n")
    lines = text.splitlines()
    if "\r" not in text and len(lines) == count + (text[-1:] not in _ENDS):
        return lines, ["\n"] * count
    kept = text.splitlines(keepends=True)
    ends = [line[len(bare) :] for line, bare in zip(kept, lines, strict=True)]
    return lines, ends if ends[-1] else ends[:-1]


def _wraps(before: str, after: str) -> bool:
    """Whether a line goes on in the next one; `before` has its trailing spaces taken off.

    Most lines are told by the characters at the break alone, so those are looked at before any pattern is.
    """
    opens = after[:1]
    first = opens if opens.isalnum() else after.lstrip()[:1]
    if not before or not first:
        return False
    last = before[-1]
    if last in _MAY_END and _SENTENCE_END.search(before):
        return False
    # an indented line opens a paragraph; in running text a wrapped line starts at the margin
    if opens in _INDENTS and (before[0] not in _INDENTS or after.startswith("\u3000\u3000")):
        return False
    if first in _MAY_START or not first.isalpha():
        number = first.isdigit() and opens == first and _NUMBERING.isdisjoint(after[1:4]) and "]" not in after
        if not number and _FRESH_START.match(after):
            return False
    if "密" in before and _MARK_LINE.match(before):
        return False
    if "\u4e00" <= first <= "\u9fff":
        return True
    if not first.isascii():
        return _GOES_ON.match(first) is not None
    return (
        first == "%" or first == ")" or first.isdigit() or (first.isalpha() and not (last.isascii() and last.isalpha()))
    )


def _widths(lines: Sequence[str]) -> list[int]:
    """How wide lines are, a Chinese character counting two: it takes three bytes in UTF-8."""
    encoded = "\n".join(lines).encode("utf-8", "surrogatepass").split(b"\n")
    return [(len(line) + len(data)) >> 1 for line, data in zip(lines, encoded, strict=False)]


def _full_width(widths: list[int]) -> int:
    """How wide a line must be to have been wrapped: nearly as wide as the widest, of which one in ten does not count."""
    filled = sorted(filter(None, widths))
    if not filled:
        return _NARROWEST
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
