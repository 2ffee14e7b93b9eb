"""`markpipe.print/1`: what was printed and what waits for a person, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from markpipe.model.carrier import serial_label
from markpipe.model.printing import MAY_BE_PAPER, PrintCopy, PrintOrder, PrintState
from markpipe.text.printable import one_line

SCHEMA = "markpipe.print/1"


def ref(copy: PrintCopy) -> str:
    """How a copy is named: by its 份号, or where it has none by its order."""
    return f"{copy.determination or copy.order}/{serial_label(copy.serial)}"


def order_json(order: PrintOrder, copies: Sequence[PrintCopy]) -> dict[str, Any]:
    """One line of the 打印输出登记, and its copies."""
    return {
        "id": order.id,
        "determination": order.determination or None,
        "sha256": order.digest,
        "pages": order.pages,
        "printer": order.printer,
        "source": order.source,
        "purpose": order.purpose,
        "recipient": order.recipient,
        "approved_by": order.approved_by,
        "approval": order.approval,
        "printed_by": order.printed_by,
        "at": order.at,
        "released": order.released,
        "demo": order.demo,
        "copies": [copy_json(copy) for copy in copies],
        "summary": dict(Counter(copy.state.value for copy in copies)),
    }


def copy_json(copy: PrintCopy) -> dict[str, Any]:
    """Where one copy stands."""
    return {
        "carrier": ref(copy),
        "order": copy.order,
        "serial": serial_label(copy.serial),
        "state": copy.state.value,
        "sha256": copy.sha256,
        "job": copy.job,
        "why": copy.why,
        "at": copy.at,
    }


def printed_json(orders: Sequence[tuple[PrintOrder, Sequence[PrintCopy]]], notes: Sequence[str]) -> dict[str, Any]:
    """What a print command did."""
    return {
        "schema": SCHEMA,
        "ok": all(copy.state in (PrintState.PRINTED, PrintState.CONFIRMED) for _, copies in orders for copy in copies),
        "orders": [order_json(order, copies) for order, copies in orders],
        "notes": list(notes),
    }


def printed_text(orders: Sequence[tuple[PrintOrder, Sequence[PrintCopy]]], notes: Sequence[str]) -> str:
    """The same for a person: a line an order, a line for each copy that is not simply printed."""
    lines: list[str] = []
    for order, copies in orders:
        shown = "【演示】" if order.demo else ""
        counted = "，".join(f"{state} {count}" for state, count in Counter(copy.state.value for copy in copies).items())
        lines.append(f"{shown}{order.id}  {order.determination}  {order.printer}  共 {len(copies)} 份：{counted}")
        lines += [f"  {ref(copy)}  {copy.state.value}  {copy.why}" for copy in copies if copy.state in MAY_BE_PAPER]
    return "\n".join(one_line(line).rstrip() for line in (*lines, *notes))


def doubtful_text(copies: Sequence[PrintCopy]) -> str:
    """What waits for the operator."""
    if not copies:
        return "没有状态不明的份"
    lines = [f"  {ref(copy)}  {copy.order}  {copy.state.value}  {copy.why}  {copy.job}" for copy in copies]
    return "\n".join(one_line(line).rstrip() for line in (f"待核对 {len(copies)} 份：", *lines))
