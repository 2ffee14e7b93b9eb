"""Whether a copy may go on its way to paper: pure functions of the rows that matter.

The one rule that everything else serves: **a copy is handed to a printer at most once**.  `SENDING` is written before
the hand-over and has one idempotency key for ever, so the second process that wants to send the same copy is refused
by the database itself; what was being sent when somebody died is `UNKNOWN` until a person has looked at the paper.
"""

from __future__ import annotations

from collections.abc import Sequence

from markpipe.errors import RefusedError, UsageError
from markpipe.ledger.print_events import PrintEvent, PrintOrdered, PrintReleased, PrintStepped
from markpipe.ledger.tables import Row
from markpipe.model.carrier import CopyState, serial_label
from markpipe.model.printing import PrintState

Events = tuple[PrintEvent, ...]
_STEPS: dict[PrintState, tuple[PrintState, ...]] = {
    PrintState.STAMPED: (PrintState.ALLOCATED, PrintState.STAMPED, PrintState.SUBMITTED),
    PrintState.SUBMITTED: (PrintState.STAMPED,),
    PrintState.SENDING: (PrintState.STAMPED, PrintState.SUBMITTED),
    PrintState.PRINTED: (PrintState.SENDING, PrintState.UNKNOWN),
    PrintState.UNKNOWN: (PrintState.SENDING,),
    PrintState.CONFIRMED: (PrintState.PRINTED,),
    PrintState.WASTED: (PrintState.ALLOCATED, PrintState.STAMPED, PrintState.UNKNOWN, PrintState.PRINTED),
    PrintState.NOTHING: (PrintState.ALLOCATED, PrintState.STAMPED, PrintState.SUBMITTED, PrintState.UNKNOWN),
}
_BY_A_PERSON = (PrintState.WASTED, PrintState.NOTHING)


def order(wanted: PrintOrdered, known: Row | None, taken: Sequence[int]) -> Events:
    """Enter an order; the same key again is the same order.  `taken` are its numbers that another order has."""
    if known is not None:
        return ()
    if not wanted.serials:
        raise UsageError("没有要打印的份", "核对份数")
    if taken:
        raise RefusedError(
            f"份号 {serial_label(taken[0])} 已在另一打印任务中", "一个份号只打印一份；补印另行报批", ("SER-1",)
        )
    if not wanted.purpose.strip() or not wanted.recipient.strip():
        raise UsageError("打印须写明用途和领取人", "用 --purpose 和 --recipient 给出")
    return (wanted,)


def approval(determination: str, quota: Row | None) -> tuple[str, str]:
    """批准人 and 文号 of the copies of a determination; `RefusedError` where nobody approved any."""
    if quota is None:
        raise RefusedError(
            f"{determination} 没有批准打印的份数", "先由保密员用 copies approve 登记批准的份数和批准人", ("REC-2",)
        )
    return str(quota["approved_by"]), str(quota["approval"])


def release(row: Row) -> Events:
    """Let an order print that waits for its code."""
    return () if row["released"] else (PrintReleased(str(row["id"])),)


def step(event: PrintStepped, row: Row, copy: Row | None) -> Events:
    """Bring a copy of an order to a state; `row` is where it stands, `copy` that of its 份号 (None for an unmarked file).

    The same state again is nothing new; but handing a copy over is claimed once, by one caller.
    """
    before = PrintState[str(row["state"])]
    label = serial_label(event.serial)
    if before is PrintState.SENDING is event.state:
        raise RefusedError(f"{event.order} 的份号 {label} 已交打印机", "一份只送一次", ("SER-1",))
    if _stands_so(event, before, row):
        return ()
    if before not in _STEPS.get(event.state, ()):
        raise RefusedError(
            f"{event.order} 的份号 {label} 现为“{before.value}”，不能改为“{event.state.value}”",
            "用 copies reconcile 查看",
            ("SER-1",),
        )
    if event.state in _BY_A_PERSON and not event.why.strip():
        raise UsageError(f"{event.state.value}须写明情况", "用 --reason 给出")
    if event.state is PrintState.SENDING and copy is not None and copy["state"] != CopyState.ALLOCATED.name:
        stands = CopyState[str(copy["state"])].value
        raise RefusedError(f"{event.order} 的份号 {label} 现为“{stands}”，不能打印", "补印另行报批", ("SER-1",))
    return (event,)


def _stands_so(event: PrintStepped, before: PrintState, row: Row) -> bool:
    """Whether this is so already: a stamping also while the same file waits in a spooler."""
    if event.state is PrintState.STAMPED:
        return before in _STEPS[PrintState.STAMPED] and event.sha256 == row["sha256"]
    return before is event.state
