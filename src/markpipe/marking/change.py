"""What a carrier bears after its level was changed or it was declassified: the old mark void, the outcome beside it.

保密法实施条例第二十一条: when level or term change, the mark is amended; the old one is struck through, not taken away,
and a 变更 or 解密 stamp next to it says what became of it.  A copy made to be published keeps no ★ at all: that is
taking marks off (`formats.*.mark.unmark`), not this.
"""

from __future__ import annotations

from markpipe.marking.layout import mark_item, serial_item
from markpipe.marking.plan import Item, ItemKind, MarkPlan, Place
from markpipe.marking.stamp import StampLayout, fill
from markpipe.model.classification import Mark, date_label
from markpipe.model.decision import Determination

_GAP_MM = 5.0


def changed(
    before: Mark, after: Determination, layout: StampLayout, *, unit: str, basis: str, serial: int | None = None
) -> MarkPlan:
    """The plan after 变更: 份号, old mark struck through, new mark to its right, and the 变更 stamp of a layout."""
    old = _struck(before)
    new = mark_item(after.mark)
    beside = tuple(Place(place.x_mm + old.width_mm + _GAP_MM, place.y_mm) for place in new.places)
    values = {
        "old": before.text,
        "new": after.mark.text,
        "basis": basis,
        "unit": unit,
        "date": date_label(after.decided_on),
    }
    stamp = fill(layout, {key: value for key, value in values.items() if key in layout.fields})
    items = (*_serials(serial), old, _at(new, beside), stamp)
    return MarkPlan(items, after.id, after.demo)


def declassified(
    before: Mark, values: dict[str, str], layout: StampLayout, *, reference: str, serial: int | None = None
) -> MarkPlan:
    """The plan after 解密: the old mark struck through, and the 解密 stamp of a layout; there is no new mark."""
    return MarkPlan((*_serials(serial), _struck(before), fill(layout, values)), reference)


def _serials(serial: int | None) -> tuple[Item, ...]:
    return () if serial is None else (serial_item(serial),)


def _struck(mark: Mark) -> Item:
    item = mark_item(mark)
    return Item(
        "old-mark",
        ItemKind.OLD_MARK,
        item.lines,
        item.places,
        item.width_mm,
        item.height_mm,
        item.ink,
        group=item.group,
        struck=True,
    )


def _at(item: Item, places: tuple[Place, ...]) -> Item:
    return Item(item.id, item.kind, item.lines, places, item.width_mm, item.height_mm, item.ink, group=item.group)
