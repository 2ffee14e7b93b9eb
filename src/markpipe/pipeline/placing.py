"""A plan of marks as the rules look at it: `classify.placing` says what is wrong with it before any file is marked."""

from __future__ import annotations

from collections.abc import Iterable

from markpipe.classify.placing import Element, Head, Spot, What, ensure_in_place
from markpipe.marking.forms import Anchor
from markpipe.marking.plan import Corner, Item, ItemKind, MarkPlan
from markpipe.model.carrier import Form
from markpipe.model.classification import Level, Mark

_WHAT = {
    ItemKind.SERIAL: What.SERIAL,
    ItemKind.MARK: What.MARK,
    ItemKind.OLD_MARK: What.MARK,
    ItemKind.URGENCY: What.URGENCY,
}


def ensure_lawful(
    plan: MarkPlan,
    mark: Mark | None,
    form: Form = Form.OFFICIAL,
    anchor: Anchor | None = None,
    points: Iterable[Level] | None = None,
) -> MarkPlan:
    """The plan itself where MRK-1 to MRK-5 let it stand; `RefusedError` otherwise.

    `mark` is what was determined (None: declassified since), `anchor` what the form hangs its marks under, `points`
    the levels of the 密点 to be marked (None: none are asked for).
    """
    elements = tuple(_element(item) for item in plan.items if item.kind in _WHAT)
    below = None if anchor is None else anchor.bottom_mm
    levels = None if points is None else tuple(points)
    ensure_in_place(plan.reference, Head(form, elements, mark, below, levels))
    return plan


def _element(item: Item) -> Element:
    """An item of the head; a long condition goes on on a second line, which is the same element."""
    first = item.lines[0]
    spots = tuple(Spot(one.x_mm, one.y_mm, one.corner is Corner.BOTTOM_RIGHT) for one in item.places)
    text = "".join(line.text for line in item.lines)
    return Element(_WHAT[item.kind], text, first.font.value, first.size_pt, spots, item.kind is ItemKind.OLD_MARK)
