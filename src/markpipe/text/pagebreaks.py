"""Sentences that run from the foot of a page to the head of the next, over page numbers and running heads.

::

    …本次考试启用前的          last line of the page
    — 3 —                      page number      ┐
    某市教育局文件             running head     ┘ a bridge: in the view these characters only wrap the line
    试题及参考答案…            first line of the next page

Both readings are looked through: the text as it lies, in which heads and numbers can be found themselves, and the view
given here, in which they are passed over.  Every offset is the same in both.  A page number or a running head is told
by its form, or by standing at the same edge of another page; nothing here knows where on the paper a line stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from markpipe.model.document import Part, PartKind, TextMap
from markpipe.model.span import Span
from markpipe.text.lines import goes_on

_EDGE = 3  # lines at the head or foot of a page that may be page numbers and running heads
_NUMBER = re.compile(
    r"[\s\-—–―－·.~〜_|]*(?:第|[Pp]age|[Pp]\.)?\s*[\d０-９一二三四五六七八九十百〇]{1,5}\s*(?:页|頁)?"
    r"(?:[\s,，]*(?:/|／|of|共)\s*(?:第|共)?\s*[\d０-９一二三四五六七八九十百〇]{1,5}\s*(?:页|頁)?)?[\s\-—–―－·.~〜_|]*"
)
_DIGITS = re.compile(r"[\d０-９\s]+")


@dataclass(frozen=True, slots=True, eq=False)
class AcrossPages:
    """The view of a text in which each of `bridges` only wraps a line."""

    text_map: TextMap
    bridges: tuple[Span, ...]

    def near(self, span: Span, distance: int) -> bool:
        """Whether a span is that near to a bridge, or goes over one."""
        return any(span.start < bridge.end + distance and bridge.start - distance < span.end for bridge in self.bridges)

    def crosses(self, span: Span) -> bool:
        """Whether a span begins on one page and ends on another."""
        return any(span.start < bridge.start and bridge.end < span.end for bridge in self.bridges)

    def pieces(self, span: Span) -> tuple[Span, ...]:
        """The stretches of a span on its pages, without what stands between them."""
        found, start = [], span.start
        for bridge in self.bridges:
            if span.start < bridge.start and bridge.end < span.end:
                found.append(Span(start, bridge.start))
                start = bridge.end
        return (*found, Span(start, span.end))

    def lengthened(self, span: Span, shortest: int) -> tuple[Span, ...]:
        """The pieces of a span; what is shorter than `shortest` at a page break takes in the words of its line beside it.

        Half a word that stands alone (a single character) would be looked for all over the file.
        """
        pieces = list(self.pieces(span))
        if len(pieces) > 1:
            text, first, last = self.text_map.text, pieces[0], pieces[-1]
            line = Span(text.rfind("\n", 0, first.end) + 1, text.find("\n", last.start))
            pieces[0] = Span(max(line.start, min(first.start, first.end - shortest)), first.end)
            pieces[-1] = Span(last.start, min(max(last.end, last.start + shortest), line.end % (len(text) + 1)))
        return tuple(pieces)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with words: its text without the spaces around it, where that stands, and the line with its indent."""

    text: str
    written: str
    start: int
    end: int

    @property
    def form(self) -> str:
        """The line with its digits taken out: what two running heads have in common."""
        return _DIGITS.sub("", self.text)


def across_pages(text_map: TextMap) -> AcrossPages | None:
    """The view of a text in which sentences run on over page breaks; None where none does."""
    pages = [(part, list(_lines(text_map.text, part))) for part in _pages(text_map)]
    heads = Counter(form for _, lines in pages for form in {line.form for line in lines[:_EDGE]})
    feet = Counter(form for _, lines in pages for form in {line.form for line in lines[-_EDGE:]})
    bridges = []
    for (part, lines), (after, following) in pairwise(pages):
        if after.page != (part.page or 0) + 1 or after.path != part.path:
            continue
        last = _inner(lines[::-1], feet)
        first = _inner(following, heads)
        around = [line.written for line in lines]
        if last is not None and first is not None and goes_on(last.written, first.written, around):
            bridges.append(Span(last.end, first.start))
    return AcrossPages(_joined(text_map, bridges), tuple(bridges)) if bridges else None


def _pages(text_map: TextMap) -> list[Part]:
    """The first part of each page that a reader sees."""
    first: dict[tuple[tuple[str, ...], int], Part] = {}
    for part in text_map.parts:
        if part.kind is PartKind.PAGE and part.page is not None:
            first.setdefault((part.path, part.page), part)
    return list(first.values())


def _lines(text: str, part: Part) -> Iterator[_Line]:
    start = part.start
    for line in text[part.start : part.end].split("\n"):
        words = line.strip()
        if words:
            begin = start + line.index(words[0])
            yield _Line(words, line.rstrip(), begin, begin + len(words))
        start += len(line) + 1


def _inner(lines: Sequence[_Line], edge: Counter[str]) -> _Line | None:
    """The first line, from the edge of the page inwards, that is no page number and no running head."""
    for line in lines[: _EDGE + 1]:
        if not _NUMBER.fullmatch(line.text) and edge[line.form] < 2:
            return line
    return None


def _joined(text_map: TextMap, bridges: Sequence[Span]) -> TextMap:
    inside = np.zeros(len(text_map.text), dtype=np.bool_)
    for bridge in bridges:
        inside[bridge.start : bridge.end] = True
    return replace(
        text_map,
        joins=np.union1d(text_map.joins, np.flatnonzero(inside)).astype(np.int64),
        gaps=text_map.gaps[~inside[text_map.gaps]],
    )
