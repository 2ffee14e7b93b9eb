"""The marks that a determination asks for now: with the 变更戳记 beside them once it was changed."""

from __future__ import annotations

from dataclasses import replace

from markpipe.config.stamps import load_stamps
from markpipe.ledger.procedure import MatterChanged
from markpipe.marking.layout import determined
from markpipe.marking.plan import MarkPlan
from markpipe.marking.stamp import fill
from markpipe.model.classification import date_label
from markpipe.model.decision import Determination
from markpipe.pipeline.drafting import altered
from markpipe.store.register import Register

_CHANGE = "change"
_UNIT = "本机关、单位"


def plan_for(register: Register, determination: Determination, serial: int | None = None, unit: str = "") -> MarkPlan:
    """`determined`, and for a changed matter the stamp that names the old mark as void (保密法实施条例第二十一条)."""
    plan = determined(determination, serial)
    if not any(isinstance(entry.event, MatterChanged) for entry in register.steps(determination.id)):
        return plan
    change = altered(register, register.matter(determination.id))
    if change.after is None or change.before.mark == change.after.mark:
        return plan
    values = {
        "new": change.after.mark.text,
        "old": change.before.mark.text,
        "basis": change.document or change.what,
        "unit": unit or _UNIT,
        "date": date_label(change.on),
    }
    return replace(plan, items=(*plan.items, fill(load_stamps()[_CHANGE], values)))
