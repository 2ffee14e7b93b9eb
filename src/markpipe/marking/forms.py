"""The head of a plan for carriers that are no 公文 in the usual form: letters, other papers, drawings.

======== =================================================================================================
公文     版心 lines 1–3 at the left (GB/T 9704-2012 7.2)
信函     under the first red double line, at the left of the 版心; the first element 7/8 of a 3号 below it (10.1)
非公文   封面左上角 (定密管理规定: where no national standard says)
标题下方 the same, under the title of the first page, in its middle
图纸     by the title block (1990 rule art. 3, repealed, carried on)
======== =================================================================================================

Only places change: what a carrier bears was planned before.  Where a letter's line or a title is, its format has to
say (`Anchor`).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from markpipe.marking.plan import POINTS_PER_MM, Corner, Item, ItemKind, MarkPlan, PageOf, Place
from markpipe.marking.positions import LEFT_MM, PITCH_MM, POSITIONS
from markpipe.model.carrier import Form as Form

HEAD = (ItemKind.SERIAL, ItemKind.OLD_MARK, ItemKind.MARK, ItemKind.URGENCY)
_SIZE_3_MM = 16.0 / POINTS_PER_MM
_BELOW_LINE_MM = _SIZE_3_MM * 7 / 8
_BELOW_TITLE_MM = (3.0, 1.5)
_ROW_MM = 8.0


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the head goes by on page 1, in mm: how far down it ends, and where its middle is across the page.

    A format of running text has no places: there it is the `words` of the title's last paragraph, without white space.
    """

    bottom_mm: float
    middle_mm: float = 0.0
    words: str = ""


def as_form(plan: MarkPlan, form: Form, anchor: Anchor | None = None) -> MarkPlan:
    """The plan with its head where the form has it; `ValueError` for 标题下方 without a title."""
    if form is Form.OFFICIAL:
        return plan
    if form is Form.TITLED and anchor is None:
        raise ValueError("首页上没有认出标题")
    head = [item for item in plan.items if item.kind in HEAD]
    rows = _rows(head, apart=form in (Form.DRAWING, Form.TITLED))
    places = {item.id: _places(form, item, rows[item.id], max(rows.values()) + 1, anchor) for item in head}
    items = tuple(
        dataclasses.replace(item, places=places[item.id], group="head") if item.id in places else item
        for item in plan.items
    )
    return dataclasses.replace(plan, items=items)


def _rows(head: list[Item], *, apart: bool) -> dict[str, int]:
    """The row of each item.  A new mark stays in the row of the void one on its left, unless rows are kept `apart`."""
    rows: dict[str, int] = {}
    row = -1
    for item in sorted(head, key=lambda item: HEAD.index(item.kind)):
        if apart or not rows or not _beside(item):
            row += 1
        rows[item.id] = row
    return rows


def _beside(item: Item) -> bool:
    return item.kind is ItemKind.MARK and item.places[0].x_mm > LEFT_MM


def _places(form: Form, item: Item, row: int, rows: int, anchor: Anchor | None) -> tuple[Place, ...]:
    right = item.places[0].x_mm - LEFT_MM
    match form:
        case Form.LETTER:
            # A letter without 份号 begins with its mark: the stack closes up, unlike the fixed lines of a 公文.
            top = POSITIONS["letter-1"][0].y_mm if anchor is None else anchor.bottom_mm + _BELOW_LINE_MM
            return (Place(LEFT_MM + right, top + row * PITCH_MM),)
        case Form.DRAWING:
            above = (rows - 1 - row) * _ROW_MM
            return tuple(Place(place.x_mm, place.y_mm + above, Corner.BOTTOM_RIGHT) for place in POSITIONS["drawing"])
        case Form.TITLED if anchor is not None and anchor.words:
            return (Place(0.0, 0.0, page=PageOf.IN_TEXT, beside=anchor.words, below=True),)
        case Form.TITLED if anchor is not None:
            left = max(0.0, anchor.middle_mm - item.width_mm / 2)
            return tuple(Place(left, anchor.bottom_mm + gap + row * _ROW_MM) for gap in _BELOW_TITLE_MM)
        case _:
            return tuple(Place(place.x_mm + right, place.y_mm + row * _ROW_MM) for place in POSITIONS["cover"])
