"""What the head of a plan goes by on page 1: the first red double line of a letter (GB/T 9704-2012 10.1), a title.

Looks at lines, bars and text only; what is part of a scanned picture is not seen, and the answer then is None.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pymupdf

from markpipe.marking.forms import Anchor
from markpipe.marking.plan import EM_ASCENT, POINTS_PER_MM

_BETWEEN_MM = (30.0, 90.0)
_LEAST_WIDTH_MM = 110.0
_HIGHEST_MM = 3.0
_PAIR_MM = 3.0
_SAME_SIZE, _LARGER, _UPPER, _OFF_MIDDLE_MM = 0.93, 1.15, 0.7, 12.0


def red_line(document: pymupdf.Document) -> Anchor | None:
    """Where the first red double line of page 1 ends; None where there is none or the page is turned."""
    page = document[0]
    if page.rotation:
        return None
    bars = sorted(
        (drawing["rect"].y0 / POINTS_PER_MM, drawing["rect"].y1 / POINTS_PER_MM)
        for drawing in page.get_drawings()
        if _is_red(drawing.get("color")) or _is_red(drawing.get("fill"))
        if drawing["rect"].width / POINTS_PER_MM >= _LEAST_WIDTH_MM
        if drawing["rect"].height / POINTS_PER_MM <= _HIGHEST_MM
    )
    near = [bar for bar in bars if _BETWEEN_MM[0] <= bar[0] <= _BETWEEN_MM[1]]
    found = next((below[1] for above, below in pairwise(near) if below[0] - above[1] <= _PAIR_MM), None)
    return None if found is None else Anchor(found)


def _is_red(colour: tuple[float, ...] | None) -> bool:
    return colour is not None and len(colour) == 3 and colour[0] > 0.6 and max(colour[1:]) < 0.35


def title(document: pymupdf.Document) -> Anchor | None:
    """The title of page 1: the largest upright lines of its upper part, if they are larger than the text around them
    and stand in the middle; None where there is none or the page is turned."""
    page = document[0]
    if page.rotation:
        return None
    lines = list(_lines(page))
    if len(lines) < 2:
        return None
    size = max(line.size for line in lines)
    first = next(index for index, line in enumerate(lines) if line.size > size * _SAME_SIZE)
    heading = [lines[first]]
    for line in lines[first + 1 :]:
        if line.size <= size * _SAME_SIZE or line.top - heading[-1].bottom > size:
            break
        heading.append(line)
    body = sorted(line.size for line in lines if line not in heading)
    across = page.rect.width / 2
    if not body or size < _LARGER * body[len(body) // 2] or heading[-1].bottom > _UPPER * page.rect.height:
        return None
    if any(abs(line.middle - across) > _OFF_MIDDLE_MM * POINTS_PER_MM for line in heading):
        return None
    return Anchor(heading[-1].bottom / POINTS_PER_MM, across / POINTS_PER_MM)


@dataclass(frozen=True, slots=True)
class _Line:
    size: float
    top: float
    bottom: float
    middle: float


def _lines(page: pymupdf.Page) -> Iterator[_Line]:
    """The upright lines with words, from top to bottom, in points of the page as displayed."""
    found = []
    for block in page.get_text("dict", flags=pymupdf.TEXT_PRESERVE_WHITESPACE)["blocks"]:
        for line in block.get("lines", ()):
            spans = [span for span in line["spans"] if span["text"].strip()]
            if spans and line["dir"][0] > 0.99:
                left, right = spans[0]["bbox"][0], spans[-1]["bbox"][2]
                size = max(span["size"] for span in spans)
                baseline = spans[0]["origin"][1]
                found.append(_Line(size, baseline - EM_ASCENT * size, baseline + 0.12 * size, (left + right) / 2))
    yield from sorted(found, key=lambda line: line.top)
