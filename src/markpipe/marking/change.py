"""What a carrier bears after its level was changed or it was declassified: the old mark void, the outcome beside it.

保密法实施条例第二十一条: when level or term change, the mark is amended; the old one is struck through, not taken away,
and a 变更 or 解密 stamp next to it says what became of it.  A copy made to be published keeps no ★ at all: that is
taking marks off (`formats.*.mark.unmark`), not this.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from markpipe.marking.layout import BODY_MM, mark_item, serial_item
from markpipe.marking.plan import Item, ItemKind, MarkPlan
from markpipe.marking.positions import PITCH_MM
from markpipe.marking.stamp import StampLayout, fill
from markpipe.model.classification import Mark

# beside a text box of a DOCX, which is drawn a little wider than its words
_WIDER, _GAP_MM = 1.1, 4.0


def changed(plan: MarkPlan, before: Mark, values: Mapping[str, str], layout: StampLayout) -> MarkPlan:
    """The plan of what holds now with the old mark struck through, the new one to its right, and the 变更 stamp.

    Where both do not fit on one line of the 版心, the new one stands on the next.
    """
    old = _struck(before)
    (new,) = plan.of(ItemKind.MARK)
    right = old.width_mm * _WIDER + _GAP_MM
    beside = right + new.width_mm <= BODY_MM
    step = (right, 0.0) if beside else (0.0, len(old.lines) * PITCH_MM)
    places = tuple(dataclasses.replace(p, x_mm=p.x_mm + step[0], y_mm=p.y_mm + step[1]) for p in new.places)
    moved = dataclasses.replace(new, places=places)
    stamp = fill(layout, {key: value for key, value in values.items() if key in layout.fields})
    items: list[Item] = []
    for item in plan.items:
        items += [old, moved] if item is new else [item]
    return dataclasses.replace(plan, items=(*items, stamp))


def declassified(
    before: Mark, values: Mapping[str, str], layout: StampLayout, *, reference: str, serial: int | None = None
) -> MarkPlan:
    """The plan after 解密: the old mark struck through, and the 解密 stamp of a layout; there is no new mark."""
    stamp = fill(layout, {key: value for key, value in values.items() if key in layout.fields})
    serials = () if serial is None else (serial_item(serial),)
    return MarkPlan((*serials, _struck(before), stamp), reference)


def _struck(mark: Mark) -> Item:
    return dataclasses.replace(mark_item(mark), id="old-mark", kind=ItemKind.OLD_MARK, struck=True)
