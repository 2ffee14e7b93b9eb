"""The marks that a matter asks for now: as determined, changed since, or declassified, and what a person wants beside."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from markpipe.errors import UsageError
from markpipe.ledger.procedure import MatterChanged
from markpipe.marking.change import changed, declassified
from markpipe.marking.forms import Form
from markpipe.marking.layout import determined
from markpipe.marking.plan import Item, ItemKind, MarkPlan
from markpipe.marking.positions import head, row_of
from markpipe.marking.stamp import StampLayout, fill
from markpipe.model.carrier import serial_label
from markpipe.model.classification import Mark, date_label
from markpipe.model.decision import Decision, Determination, Proposal, SecretPoint
from markpipe.pipeline.drafting import altered
from markpipe.pipeline.house import House
from markpipe.pipeline.placing import ensure_lawful
from markpipe.store.register import Register

_STAMP, _CHANGE, _DECLASSIFY, _SCOPE = "stamp", "change", "declassify", "scope"
_URGENCY, _ATTACHMENT = "head-urgency", "attachment"
_RUNNING = {True: ("running-header", "running-footer"), False: ("running-mark",)}
_HOUSE = House()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person asks of a stamping beside the mark itself.

    `running` marks every page, `points` the 密点 (with a tint where `highlight`), `scope` states the 知悉范围;
    `signed_copy` marks a copy of a signed file all the same; `as_pdf` turns a DOCX into a PDF first; `detached` writes
    the electronic label beside the file too.  `also` are stamps to set beside the rest, `serial` is the 份号 that the
    file must bear for that.  `seal` is the layout of the 定密戳记, `urgency` the 紧急程度, `attachment` the 发文字号 and the
    number of an attachment; `parts` are the items of a compilation, each (its title or page, whose mark it bears).
    """

    form: Form = Form.OFFICIAL
    scope: bool = False
    running: bool = False
    points: bool = False
    highlight: bool = False
    signed_copy: bool = False
    as_pdf: bool = False
    detached: bool = False
    also: tuple[Item, ...] = ()
    serial: int | None = None
    seal: str = _STAMP
    urgency: str = ""
    attachment: tuple[str, str] = ("", "")
    parts: tuple[tuple[str, str], ...] = ()


def plan_for(
    register: Register,
    determination: Determination,
    serial: int | None = None,
    house: House = _HOUSE,
    wishes: Wishes | None = None,
) -> MarkPlan:
    """What a carrier of a determination bears now (保密法实施条例第二十一条): after 变更 the old mark is void and the new
    one stands beside it, after 解密 there is no new one."""
    wishes = wishes or Wishes()
    matter = register.matter(determination.id)
    layouts = house.layouts
    if matter.decision is Decision.DECLASSIFIED:
        plan = _declassified(register, determination, serial, house)
        return dataclasses.replace(plan, items=(*plan.items, *wishes.also))
    plan = determined(determination, serial, _seal(house, wishes.seal))
    if any(isinstance(entry.event, MatterChanged) for entry in register.steps(determination.id)):
        change = altered(register, matter)
        if change.after is not None and change.before.mark != change.after.mark:
            values = {
                "new": change.after.mark.text,
                "old": change.before.mark.text,
                "basis": change.above or change.what,
                "unit": house.name,
                "date": date_label(change.on),
            }
            plan = changed(plan, change.before.mark, values, layouts[_CHANGE])
    more = (*_in_head(plan, house, wishes), *_beside(determination, serial, house, wishes))
    plan = dataclasses.replace(plan, items=(*plan.items, *more))
    return ensure_lawful(plan, determination.mark)


def _seal(house: House, identity: str) -> StampLayout:
    layout = house.layouts.get(identity)
    if layout is None or layout.kind is not ItemKind.STAMP:
        known = "、".join(one.id for one in house.layouts.values() if one.kind is ItemKind.STAMP)
        raise UsageError(f"“{identity}”不是定密戳记的版式", f"可用的有 {known}")
    return layout


def _in_head(plan: MarkPlan, house: House, wishes: Wishes) -> Iterator[Item]:
    """紧急程度 under the mark (GB/T 9704-2012 7.2.3); what an attachment belongs to on line 1 (7.3.7), under the mark where
    the 份号 has that line."""
    marks = (*plan.of(ItemKind.MARK), *plan.of(ItemKind.OLD_MARK))
    below = max(row_of(one.places[0]) + len(one.lines) for one in marks)
    if wishes.urgency:
        item = fill(house.layouts[_URGENCY], {"urgency": wishes.urgency}, head(below))
        yield dataclasses.replace(item, group="head")
    number, order = wishes.attachment
    if number:
        row = below + bool(wishes.urgency) if plan.of(ItemKind.SERIAL) else 0
        item = fill(house.layouts[_ATTACHMENT], {"number": number, "copy": order}, head(row))
        yield dataclasses.replace(item, group="head")


def points_of(proposal: Proposal, whole: Mark) -> tuple[SecretPoint, ...]:
    """The 密点 of a proposal: those that its items name, and what it carries over from its sources.

    None is above the mark of the whole, which may have been lowered since.
    """
    carried = (
        SecretPoint(max(one.touched, key=lambda mark: mark.level) if one.touched else one.source.mark, span)
        for one in proposal.derivations
        for span in one.spans
    )
    points = (*proposal.points, *carried)
    return tuple(one if one.mark.level <= whole.level else dataclasses.replace(one, mark=whole) for one in points)


def _declassified(register: Register, determination: Determination, serial: int | None, house: House) -> MarkPlan:
    end = altered(register, register.matter(determination.id))
    values = {"date": date_label(end.on), "basis": end.above or end.what, "unit": house.name}
    plan = declassified(
        determination.mark, values, house.layouts[_DECLASSIFY], reference=determination.id, serial=serial
    )
    return ensure_lawful(dataclasses.replace(plan, demo=determination.demo), None)


def _beside(determination: Determination, serial: int | None, house: House, wishes: Wishes) -> Iterator[Item]:
    if (wishes.scope or house.scope) and determination.access_scope:
        yield fill(house.layouts[_SCOPE], {"scope": determination.access_scope})
    yield from wishes.also
    if wishes.running or house.running:
        values = {"unit": house.name, "mark": determination.mark.text}
        values |= {} if serial is None else {"serial": serial_label(serial)}
        for layout in (house.layouts[name] for name in _RUNNING[serial is not None]):
            yield fill(layout, {key: value for key, value in values.items() if key in layout.fields})
