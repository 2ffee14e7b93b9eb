"""Named positions: the places that are right for a kind of mark, best first, so that layouts can say them by name.

::

    head-1 head-2 head-3   版心 lines 1–3 at the left (GB/T 9704-2012 7.2.1–7.2.3)
    letter-1 …-3           the same stack under the first red double line of a letter (10.1)
    cover                  封面左上角, for what is no official document
    drawing                below or above the title block, lower right
    stamp                  wherever there is room: top right, lower corners, last page, a page of its own
    near-mark              beside the mark that it voids or changes
    header footer          every page
    small                  a margin, for what must not look like a mark

Values only; whether a place is free is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping

from markpipe.marking.plan import Corner, PageOf, Place

LEFT_MM, TOP_MM, RIGHT_MM, BOTTOM_MM = 28.0, 37.0, 26.0, 35.0
PITCH_MM = 225 / 22

# Line 1 of the 版心; where the draft's own text stands there, the head margin, high enough for both lines.
HEAD_TOPS_MM = (TOP_MM, 20.5, 16.0, 12.0, 9.0, 6.5)
# A letter's 发文机关标志 stands 30 mm down; its red double line closes it, and the marks begin 7/8 of a 3号 below.
LETTER_TOP_MM = 54.0
_APPENDED = Place(LEFT_MM, TOP_MM + 2 * PITCH_MM, Corner.TOP_LEFT, PageOf.APPENDED)


def head(row: int, top: float | None = None) -> tuple[Place, ...]:
    """Row 0, 1 or 2 of the stack at the head of the first page."""
    tops = HEAD_TOPS_MM if top is None else (top,)
    return tuple(Place(LEFT_MM, one + row * PITCH_MM) for one in tops)


def row_of(place: Place) -> int:
    """The row of the stack that the first choice of an item stands in."""
    return round((place.y_mm - TOP_MM) / PITCH_MM)


def _stamp() -> tuple[Place, ...]:
    """Top right below the margin, the two lower corners, any gap up the last page, and at worst a page of its own."""
    corners = (Corner.BOTTOM_RIGHT, Corner.BOTTOM_LEFT)
    first = (
        Place(RIGHT_MM, TOP_MM, Corner.TOP_RIGHT),
        Place(RIGHT_MM, BOTTOM_MM, Corner.BOTTOM_RIGHT),
        Place(LEFT_MM, BOTTOM_MM, Corner.BOTTOM_LEFT),
    )
    last = (
        Place(LEFT_MM if corner is Corner.BOTTOM_LEFT else RIGHT_MM, BOTTOM_MM + 10.0 * step, corner, PageOf.LAST)
        for step in range(19)
        for corner in corners
    )
    return (*first, *last, _APPENDED)


def _small(*corners: Corner) -> tuple[Place, ...]:
    """Margins of the first page for a line that must not look like a mark, then of the last, then a page of its own."""
    return (
        *(
            Place(LEFT_MM if corner in (Corner.TOP_LEFT, Corner.BOTTOM_LEFT) else RIGHT_MM, y, corner, page)
            for page in (PageOf.FIRST, PageOf.LAST)
            for corner in corners
            for y in (8.0, 13.0, 18.0, 23.0, 28.0)
        ),
        _APPENDED,
    )


def _near_mark() -> tuple[Place, ...]:
    """Right of the two lines of the mark, then below them, then anywhere a stamp may go."""
    right = tuple(Place(x, y) for y in (36.0, 30.0, 20.0, 12.0) for x in (82.0, 92.0, 102.0))
    below = (Place(LEFT_MM, TOP_MM + 2 * PITCH_MM), Place(LEFT_MM, TOP_MM + 3 * PITCH_MM))
    return (*right, *below, *_stamp())


def _drawing() -> tuple[Place, ...]:
    """At the edge of the sheet below or above the title block, then inside the frame (10 mm and its line) above it."""
    edge = (Place(12.0, y, Corner.BOTTOM_RIGHT) for y in (12.0, 20.0, 28.0, 40.0, 56.0, 72.0))
    inside = (
        Place(x, y, Corner.BOTTOM_RIGHT) for x in (15.0, 20.0, 30.0) for y in (72.0, 80.0, 66.0, 56.0, 40.0, 90.0)
    )
    return (*edge, *inside)


POSITIONS: Mapping[str, tuple[Place, ...]] = {
    "head-1": head(0),
    "head-2": head(1),
    "head-3": head(2),
    "letter-1": head(0, LETTER_TOP_MM),
    "letter-2": head(1, LETTER_TOP_MM),
    "letter-3": head(2, LETTER_TOP_MM),
    "cover": tuple(Place(LEFT_MM, y) for y in (TOP_MM, 25.0, 20.0, 15.0, 10.0)),
    "drawing": _drawing(),
    "stamp": _stamp(),
    "near-mark": _near_mark(),
    "small": _small(Corner.TOP_RIGHT, Corner.BOTTOM_RIGHT),
    "notice": _small(Corner.TOP_LEFT, Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT),
    "header": tuple(Place(RIGHT_MM, y, Corner.TOP_RIGHT, PageOf.EVERY) for y in (12.0, 8.0, 18.0, 24.0)),
    "footer": tuple(Place(LEFT_MM, y, Corner.BOTTOM_LEFT, PageOf.EVERY) for y in (12.0, 8.0, 18.0, 24.0)),
    "label": (Place(0.0, 0.0),),
}
