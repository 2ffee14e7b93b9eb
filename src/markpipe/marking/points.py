"""密点 as values to mark: which level, which words, where on the page.

保密法第十九条: 有条件的可以标注密点; how is laid down nowhere that was found.  The old rule (1990, art. 5) had the level in
front of the paragraph or words that say which parts are secret; both are done here, as a mark beside the text and as a
list behind it.  The 国家秘密标志 at the head stays in any case.

A point's words are the document's own text: they are looked for in the file and shown in its list, nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markpipe.marking.plan import POINTS_PER_MM
from markpipe.model.classification import Level, Mark
from markpipe.model.decision import SecretPoint
from markpipe.model.document import Box, TextMap

OPENING, CLOSING = "〔{level}：", "〕"
_SHOWN = 24


@dataclass(frozen=True, slots=True)
class PointArea:
    """A stretch of one page in mm from the top left of the page as displayed; `page` counts from 1."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Point:
    """One 密点: its number in the list, its mark, its words paragraph by paragraph, and its areas where known."""

    number: int
    mark: Mark
    words: tuple[str, ...]
    areas: tuple[PointArea, ...] = ()

    @property
    def level(self) -> Level:
        """Its 密级."""
        return self.mark.level

    @property
    def gist(self) -> str:
        """The first words, for the list."""
        text = "".join(self.words)
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def locate(points: Sequence[SecretPoint], text_map: TextMap) -> tuple[Point, ...]:
    """The points that have a place in the text, in the order of the text, one area a page."""
    found = []
    placed = sorted(((point.span, point.mark) for point in points if point.span is not None), key=lambda pair: pair[0])
    for number, (span, mark) in enumerate(placed, start=1):
        gaps = {int(gap) for gap in text_map.gaps if span.start <= gap < span.end}
        text = "".join("\n" if at in gaps else text_map.text[at] for at in range(span.start, span.end))
        words = tuple(bare for part in text.split("\n") if (bare := "".join(part.split())))
        found.append(Point(number, mark, words, areas(text_map.boxes_of(span))))
    return tuple(found)


def areas(boxes: Sequence[Box]) -> tuple[PointArea, ...]:
    """Boxes in points, joined to one area a page in mm."""
    pages: dict[int, list[Box]] = {}
    for box in boxes:
        pages.setdefault(box.page, []).append(box)
    return tuple(
        PointArea(
            page,
            min(box.left for box in on) / POINTS_PER_MM,
            min(box.top for box in on) / POINTS_PER_MM,
            max(box.right for box in on) / POINTS_PER_MM,
            max(box.bottom for box in on) / POINTS_PER_MM,
        )
        for page, on in sorted(pages.items())
    )


def opening(level: Level) -> str:
    """What stands in front of a paragraph that holds a 密点."""
    return OPENING.format(level=level.label)
