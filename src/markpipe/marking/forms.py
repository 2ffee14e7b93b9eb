"""The head of a plan for carriers that are no 公文 in the usual form: letters, other papers, drawings.

====== ===================================================================================================
公文   版心 lines 1–3 at the left (GB/T 9704-2012 7.2)
信函   under the first red double line, at the left of the 版心; the first element 7/8 of a 3号 below it (10.1)
非公文 封面左上角 (定密管理规定: where no national standard says)
图纸   by the title block (1990 rule art. 3, repealed, carried on)
====== ===================================================================================================

Only places change: what a carrier bears was planned before.  Where a letter's line is, its format has to say.
"""

from __future__ import annotations

import dataclasses
from enum import StrEnum

from markpipe.marking.plan import POINTS_PER_MM, Corner, ItemKind, MarkPlan, Place
from markpipe.marking.positions import LEFT_MM, PITCH_MM, POSITIONS

HEAD = (ItemKind.SERIAL, ItemKind.MARK, ItemKind.URGENCY)
_SIZE_3_MM = 16.0 / POINTS_PER_MM
_BELOW_LINE_MM = _SIZE_3_MM * 7 / 8
_ROW_MM = 8.0


class Form(StrEnum):
    """What kind of carrier it is."""

    OFFICIAL = "公文"
    LETTER = "信函"
    OTHER = "非公文"
    DRAWING = "图纸"


def as_form(plan: MarkPlan, form: Form, line_mm: float | None = None) -> MarkPlan:
    """The plan with its head where the form has it; `line_mm` is how far down a letter's red double line ends."""
    if form is Form.OFFICIAL:
        return plan
    head = [item for item in plan.items if item.kind in HEAD]
    rows = {item.id: row for row, item in enumerate(sorted(head, key=lambda item: HEAD.index(item.kind)))}
    items = tuple(
        dataclasses.replace(item, places=_places(form, rows[item.id], len(rows), line_mm), group="head")
        if item.id in rows
        else item
        for item in plan.items
    )
    return dataclasses.replace(plan, items=items)


def _places(form: Form, row: int, rows: int, line_mm: float | None) -> tuple[Place, ...]:
    match form:
        case Form.LETTER:
            # A letter without 份号 begins with its mark: the stack closes up, unlike the fixed lines of a 公文.
            top = POSITIONS["letter-1"][0].y_mm if line_mm is None else line_mm + _BELOW_LINE_MM
            return (Place(LEFT_MM, top + row * PITCH_MM),)
        case Form.DRAWING:
            above = (rows - 1 - row) * _ROW_MM
            return tuple(Place(place.x_mm, place.y_mm + above, Corner.BOTTOM_RIGHT) for place in POSITIONS["drawing"])
        case _:
            return tuple(Place(place.x_mm, place.y_mm + row * _ROW_MM) for place in POSITIONS["cover"])
