"""Where something stands in a document, for programs and for people, and the words around it.

Excerpts are quoted only in the measure that `ExcerptMode` allows.  Nothing here judges or reads a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

import numpy as np

from markpipe.model.document import Part, TextMap
from markpipe.model.finding import Finding
from markpipe.model.span import Span
from markpipe.text.printable import one_line

CONTEXT = 30
"""Characters shown before and after a finding."""

REACH = 80
"""How far from a finding other evidence may stand to be shown in the same excerpt."""

LONGEST = 240
"""Characters of a finding itself that a page shows; the middle of a longer one is left out."""

_WIDE_BLANKS = re.compile("[ \u3000]*\u3000[ \u3000]*")
_QUOTED = re.compile("“[^”]*”")


class ExcerptMode(StrEnum):
    """How much of a document a report quotes."""

    NONE = "none"
    MATCH = "match"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an excerpt.  `role` is `match`, `evidence` or `plain`; the text is printable."""

    text: str
    role: str


def _part(text_map: TextMap, span: Span) -> Part | None:
    try:
        return text_map.part_at(span.start)
    except IndexError:
        return None


def where(text_map: TextMap, span: Span) -> dict[str, Any]:
    """The place for a program: page and boxes ([left, top, right, bottom] in points), or part and paragraph.

    `label` names it in Chinese; `to_page` where it ends on a later page; `visible` false where it does not show.
    """
    part = _part(text_map, span)
    if part is None:
        return {"part": "", "paragraph": 0, "label": "全文"}
    place: dict[str, Any] = {"label": one_line(part.label)}
    if part.page is None:
        place |= {"part": one_line(part.name), "paragraph": text_map.paragraph_at(span.start)}
    else:
        boxes = [box for box in text_map.boxes_of(span) if box.page == part.page]
        corners = ([box.left, box.top, box.right, box.bottom] for box in boxes)
        place |= {"page": part.page, "boxes": [[round(value, 2) for value in corner] for corner in corners]}
        last = _part(text_map, Span(max(span.start, span.end - 1), span.end))
        if last is not None and last.page not in (None, part.page):
            place["to_page"] = last.page
    if not part.visible:
        place["visible"] = False
    if part.recognised:
        place["recognised"] = True
    return place


def place_words(text_map: TextMap, span: Span) -> str:
    """The place for a person: 第3页, 正文第4段, 页眉第1段（不可见）."""
    place = where(text_map, span)
    words = str(place["label"])
    if place.get("paragraph"):
        words += f"第{place['paragraph']}段"
    if "to_page" in place:
        words += f"至第{place['to_page']}页"
    if "recognised" in place:
        words += "（文字识别）"
    return words if place.get("visible", True) else f"{words}（不可见）"


def around(text: str, span: Span) -> tuple[str, str]:
    """The raw words before and after a span."""
    return text[max(0, span.start - CONTEXT) : span.start], text[span.end : span.end + CONTEXT]


def pieces(text_map: TextMap, finding: Finding, mode: ExcerptMode) -> tuple[Piece, ...]:
    """A finding's words for a page, with what led to it marked; empty where nothing may be quoted."""
    span = finding.span
    text = text_map.text
    if mode is ExcerptMode.NONE:
        return ()
    if mode is ExcerptMode.MATCH:
        return _shortened((Piece(_words(text_map, span.start, span.end), "match"),))
    near = [other for other in finding.evidence if other.end > span.start - REACH and other.start < span.end + REACH]
    first, last = min([span.start, *(other.start for other in near)]), max([span.end, *(other.end for other in near)])
    low, high = _within_parts(text_map, first, last)
    found = [Piece("…", "plain")] if low else []
    for start, end, role in _cut(low, high, span, near):
        found.append(Piece(_words(text_map, start, end), role))
    if high < len(text):
        found.append(Piece("…", "plain"))
    return _shortened(found)


def _within_parts(text_map: TextMap, first: int, last: int) -> tuple[int, int]:
    """A window around a stretch that shows: it does not reach into what does not, such as the properties."""
    low, high = max(0, first - CONTEXT), min(len(text_map.text), last + CONTEXT)
    at = _part(text_map, Span(first, last))
    if at is None or not at.visible:
        return low, high
    unseen = [part for part in text_map.parts if not part.visible and part.end > low and part.start < high]
    low = max([low, *(part.end for part in unseen if part.end <= first)])
    return low, min([high, *(part.start for part in unseen if part.start >= last)])


def _words(text_map: TextMap, start: int, end: int) -> str:
    """Raw words on one line: a line end that only wraps disappears, one that ends a paragraph leaves a wide blank."""
    raw = text_map.text[start:end]
    joins = set(text_map.joins[np.searchsorted(text_map.joins, start) : np.searchsorted(text_map.joins, end)].tolist())
    ends = (index for index, char in enumerate(raw) if char in "\n\r" and start + index not in joins)
    characters = list(raw)
    for index in ends:
        characters[index] = "\u3000"
    return _WIDE_BLANKS.sub("\u3000", one_line("".join(characters)))


def _cut(low: int, high: int, span: Span, near: Sequence[Span]) -> list[tuple[int, int, str]]:
    """Cut a window at the ends of the match and of the evidence; the match goes before the evidence."""
    edges = sorted({low, high, span.start, span.end, *(edge for other in near for edge in (other.start, other.end))})
    edges = [edge for edge in edges if low <= edge <= high]
    stretches = []
    for start, end in pairwise(edges):
        inside = Span(start, end)
        role = "match" if span.covers(inside) else "evidence" if any(o.covers(inside) for o in near) else "plain"
        stretches.append((start, end, role))
    return stretches


def _shortened(found: Sequence[Piece]) -> tuple[Piece, ...]:
    half = LONGEST // 2
    return tuple(
        piece
        if len(piece.text) <= LONGEST
        else Piece(f"{piece.text[:half]} ……（略 {len(piece.text) - LONGEST} 字）…… {piece.text[-half:]}", piece.role)
        for piece in found
    )


def unquoted(words: str, mode: ExcerptMode) -> str:
    """An explanation that may stand in a report of this mode: quotations are taken out where nothing is quoted."""
    return _QUOTED.sub("“（略）”", words) if mode is ExcerptMode.NONE else words
