"""DST-1: what may be destroyed, on whose approval, before which witnesses (实施条例第二十八条).

A list is approved first; the carriers on it are gone only when two witnesses have signed, each under an account of
their own, who are neither the one who destroys nor the keeper of the store nor the one who approved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from markpipe.errors import RefusedError, UsageError
from markpipe.ledger.custody import Events
from markpipe.ledger.custody_events import Destroyed, DestructionListed, DestructionSigned
from markpipe.ledger.tables import Row
from markpipe.model.custody import Carrier, CarrierState

BY_BODY = "送销毁机构"
METHODS = (BY_BODY, "自行销毁")
SELF_DESTROY_LIMIT = 100
"""More than this is no small amount (实施条例第二十八条 says 少量; the figure is ours and can be passed in)."""


@dataclass(frozen=True, slots=True)
class Destruction:
    """A request to destroy."""

    listing: str
    approved_by: str
    approval: str
    method: str
    place: str
    receipt: str
    witnesses: tuple[str, ...]
    operator: str
    on: dt.date


def list_destruction(
    wanted: Destruction, carriers: Sequence[Carrier], keepers: Sequence[str], limit: int = SELF_DESTROY_LIMIT
) -> Events:
    """Put carriers on a 销毁清册; `keepers` are the people who keep the store."""
    _check_form(wanted, len(carriers), limit)
    if len(wanted.witnesses) != 2 or len({name.strip() for name in wanted.witnesses}) != 2:
        raise RefusedError("销毁须有两名不同的监销人", "用两个 --witness 写明", ("DST-1",))
    barred = {wanted.operator: "销毁经办人", wanted.approved_by: "批准人", **dict.fromkeys(keepers, "载体保管人")}
    for witness in wanted.witnesses:
        if witness in barred:
            raise RefusedError(f"{witness}是{barred[witness]}，不能监销", "请另派监销人", ("DST-1",))
    for carrier in carriers:
        if carrier.state not in (CarrierState.IN_STORE, CarrierState.VOIDED):
            raise RefusedError(
                f"{carrier.ref} 现为“{carrier.state.value}”，不能销毁", "须先退回保密员，或已作废", ("DST-1",)
            )
    first, second = wanted.witnesses
    refs = tuple(carrier.ref for carrier in carriers)
    how = (wanted.approved_by, wanted.approval, wanted.method, wanted.place, wanted.receipt)
    return (DestructionListed(wanted.listing, refs, *how, first, second, wanted.operator, wanted.on),)


def _check_form(wanted: Destruction, count: int, limit: int) -> None:
    if not count:
        raise UsageError("没有指明销毁哪些份", "写出份的编号，如 D2026-0001/000003")
    if not (wanted.approved_by.strip() and wanted.approval.strip() and wanted.place.strip()):
        raise UsageError("销毁须写明批准人、批准文号和地点", "用 --approved-by、--approval、--place 给出")
    if wanted.approved_by == wanted.operator:
        raise RefusedError("销毁不能由经办人自己批准", "请主管领导批准", ("DST-1",))
    if wanted.method not in METHODS:
        raise UsageError(f"销毁方式“{wanted.method}”不对", f"可用：{'、'.join(METHODS)}")
    if wanted.method == BY_BODY and not wanted.receipt.strip():
        raise RefusedError("送销毁机构销毁须有其回执编号", "用 --receipt 给出", ("DST-1",))
    if wanted.method != BY_BODY and count > limit:
        raise RefusedError(
            f"{count} 份超出自行销毁的少量（{limit} 份以内）",
            f"用 --method {BY_BODY}，并用 --receipt 给出指定单位的回执编号",
            ("DST-1",),
        )


def sign(row: Row, refs: tuple[str, ...], witness: str, on: dt.date) -> Events:
    """A witness signs; with the second signature the carriers are destroyed."""
    if witness not in (row["first_witness"], row["second_witness"]):
        raise RefusedError(f"{witness}不是 {row['id']} 的监销人", "由清册上的监销人本人签字", ("DST-1",))
    place = 1 if witness == row["first_witness"] else 2
    own, other = ("first_signed", "second_signed") if place == 1 else ("second_signed", "first_signed")
    if row[own]:
        return ()
    signed = DestructionSigned(str(row["id"]), witness, place, on)
    return (signed, Destroyed(str(row["id"]), refs, on)) if row[other] else (signed,)
