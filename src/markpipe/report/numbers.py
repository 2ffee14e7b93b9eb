"""`markpipe.numbers/1`: stretches of 份号 and single ones before they are on paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

from markpipe.model.carrier import Copy, serial_label
from markpipe.text.printable import one_line

SCHEMA = "markpipe.numbers/1"


class Stretch(Protocol):
    """A lease, as the register answers it."""

    @property
    def id(self) -> str: ...
    @property
    def determination(self) -> str: ...
    @property
    def serials(self) -> range: ...
    @property
    def holder(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def leased_at(self) -> str: ...
    @property
    def closed_at(self) -> str: ...
    @property
    def reason(self) -> str: ...


def lease_json(lease: Stretch, copies: Sequence[Copy] = ()) -> dict[str, Any]:
    """One stretch, and after it was given back how its numbers stand."""
    return {"schema": SCHEMA, **_lease(lease), "numbers": [_number(copy) for copy in copies]}


def leases_json(leases: Sequence[Stretch]) -> dict[str, Any]:
    """The stretches that were not given back."""
    return {"schema": SCHEMA, "leases": [_lease(lease) for lease in leases]}


def lease_text(lease: Stretch, copies: Sequence[Copy] = ()) -> str:
    """The same for a person."""
    low, high = serial_label(lease.serials[0]), serial_label(lease.serials[-1])
    closed = "已交回" if lease.closed_at else "未交回"
    line = f"号段 {lease.id}  {lease.determination}  {low}–{high}  {lease.holder}（{lease.purpose}）  {closed}"
    counted = Counter(copy.state.value for copy in copies)
    lines = [line, *(f"  {state} {count} 个" for state, count in counted.items())]
    lines += [f"  理由：{lease.reason}"] if lease.reason else []
    return "\n".join(one_line(each) for each in lines)


def leases_text(leases: Sequence[Stretch]) -> str:
    """A line each."""
    return "\n".join(lease_text(lease) for lease in leases) or "没有未交回的号段"


def numbers_json(copies: Sequence[Copy]) -> dict[str, Any]:
    """Some numbers of a document."""
    return {"schema": SCHEMA, "numbers": [_number(copy) for copy in copies]}


def numbers_text(copies: Sequence[Copy]) -> str:
    """The same for a person."""
    return "\n".join(f"{copy.determination}/{serial_label(copy.serial)}  {copy.state.value}" for copy in copies)


def _lease(lease: Stretch) -> dict[str, Any]:
    return {
        "lease": lease.id,
        "determination": lease.determination,
        "first": serial_label(lease.serials[0]),
        "last": serial_label(lease.serials[-1]),
        "count": len(lease.serials),
        "holder": lease.holder,
        "purpose": lease.purpose,
        "leased_at": lease.leased_at,
        "closed_at": lease.closed_at,
        "reason": lease.reason,
    }


def _number(copy: Copy) -> dict[str, Any]:
    return {"serial": serial_label(copy.serial), "state": copy.state.value}
