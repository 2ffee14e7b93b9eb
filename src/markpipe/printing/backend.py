"""What the marking queue does with a job.  The backend that CUPS calls only passes its arguments on to here.

::

    fault in the job            ──▶ 5 CANCEL   the job is dropped, nothing was numbered (4 would stop the queue for all)
    a copy that `print` stamped ──▶ forwarded, once
    approved matter             ──▶ quota ─ numbers ─ order ─ each copy stamped and sent
    nothing classified found    ──▶ printed unmarked, or held, as the site says
    anything else               ──▶ 3 HOLD     with the reason on the console, in the register and to the user
    printer does not answer     ──▶ 6 RETRY
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from markpipe.config.printing import HOLD, Printer
from markpipe.errors import OutputError, RefusedError
from markpipe.ledger.print_events import PrintOrdered
from markpipe.ledger.views import Matter
from markpipe.model.carrier import serial_label
from markpipe.model.decision import Decision, Determination
from markpipe.model.printing import MAY_BE_PAPER, SETTLED, PrintCopy, PrintOrder, PrintState
from markpipe.pipeline.writer import write
from markpipe.printing.hand import Hand, NotReadyError
from markpipe.printing.job import Job, Submitted, fault
from markpipe.printing.order import Files, Room, carry_out

if TYPE_CHECKING:
    from markpipe.printing.stamping import Laid

_OPEN = (Decision.PROPOSED, Decision.RETURNED)
QUEUE = "打印队列"
DROPPED = "丢弃的打印任务 "


class Exit(IntEnum):
    """What a CUPS backend answers (cups/backend.h); 4, which stops the queue for everybody, is left out."""

    OK = 0
    FAILED = 1
    HOLD = 3
    CANCEL = 5
    RETRY = 6


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a job is received: `examine` says in Chinese what classified matter a file may hold, empty for none."""

    room: Room
    printer: Printer
    hand: Hand
    examine: Callable[[bytes], str]


class BadJobError(Exception):
    """The job can never be printed."""


def serve(counter: Counter, job: Job, came: Submitted) -> tuple[Exit, str]:
    """Print a job, or say why not; the answer is for CUPS and for the user."""
    if problem := fault(job, came):
        return _drop(counter, job, problem)
    register, actor = counter.room.register, counter.room.actor
    try:
        stamped = register.print_copy_of_file(came.digest)
        if stamped is not None:
            return _forward(counter, stamped, came)
        known = register.print_order_of(job.key)
        order, laid = (known, None) if known else _place(counter, job, came)
        return _print(counter, order, came, laid)
    except BadJobError as error:
        return _drop(counter, job, str(error))
    except RefusedError as refusal:
        register.refuse(_subject(counter, came), refusal.rules, refusal.message, actor, counter.room.now())
        return Exit.HOLD, str(refusal)
    except NotReadyError as error:
        return Exit.RETRY, str(error)


def _drop(counter: Counter, job: Job, why: str) -> tuple[Exit, str]:
    """CUPS forgets a dropped job and what was said of it; the register tells the user who asks what became of it."""
    room = counter.room
    room.register.refuse(f"{DROPPED}{job.number}", (), why, room.actor, room.now())
    return Exit.CANCEL, why


def _subject(counter: Counter, came: Submitted) -> str:
    matters = counter.room.register.matters_of(came.digest)
    return matters[0].id if matters else f"打印 {came.digest[:16]}"


# -- placing an order --------------------------------------------------------------------------------------------------


def _place(counter: Counter, job: Job, came: Submitted) -> tuple[PrintOrder, Laid | None]:
    determination = approved(counter.room.register.matters_of(came.digest))
    if determination is None:
        return _unmarked_order(counter, job, came), None
    return _order(counter, job, came, determination)


def approved(matters: tuple[Matter, ...]) -> Determination | None:
    """What was determined; None where nothing is to be marked, `RefusedError` where it is not decided yet."""
    for matter in matters:
        if matter.decision is Decision.APPROVED and matter.determination is not None:
            return matter.determination
    for matter in matters:
        if matter.decision in _OPEN:
            raise RefusedError(
                f"{matter.id} 现为“{matter.decision.value}”，没有批准，不能打印", "请先由定密责任人审核批准", ("REC-1",)
            )
    return None


def _order(counter: Counter, job: Job, came: Submitted, determination: Determination) -> tuple[PrintOrder, Laid | None]:
    from markpipe.pipeline.standing import refuse_locked
    from markpipe.printing.stamping import preflight

    room = counter.room
    refuse_locked(room.register, determination.id)
    try:
        laid = preflight(room, determination, came.data)
    except OutputError as error:
        raise BadJobError(str(error)) from None
    approved_by, approval = room.register.print_approval(determination.id)
    batch = f"打印任务 {job.key}"
    copies = room.register.allocate(determination, job.copies, room.actor, room.now(), batch)
    serials = tuple(copy.serial for copy in copies)
    wanted = replace(
        _wanted(counter, job, came, serials, laid.pages),
        determination=determination.id,
        approved_by=approved_by,
        approval=approval,
    )
    return room.register.enter_order(wanted, room.actor, room.now()), laid


def _unmarked_order(counter: Counter, job: Job, came: Submitted) -> PrintOrder:
    """A file that nobody determined: only where nothing was found in it, read in full, and the site allows it."""
    if found := counter.examine(came.original):
        raise RefusedError(
            f"{found}，没有定密决定，不能打印", "先运行 markpipe determination propose 拟定并报批", ("REC-1",)
        )
    if counter.printer.unmarked == HOLD:
        raise RefusedError("本打印队列只打印已定密的文件", "普通文件请用其他打印机", ("REC-1",))
    room = counter.room
    wanted = _wanted(counter, job, came, tuple(range(1, job.copies + 1)), 0)
    return room.register.enter_order(wanted, room.actor, room.now())


def _wanted(counter: Counter, job: Job, came: Submitted, serials: tuple[int, ...], pages: int) -> PrintOrdered:
    return PrintOrdered(
        order="",
        key=job.key,
        determination="",
        digest=came.digest,
        serials=serials,
        pages=pages,
        printer=job.printer,
        source=QUEUE,
        purpose=job.options.get("markpipe-purpose") or "（打印队列，未填写）",
        recipient=job.options.get("markpipe-recipient") or counter.room.actor.person,
        approved_by="",
        approval="",
        released=not counter.printer.release_code,
    )


# -- printing ----------------------------------------------------------------------------------------------------------


def _print(counter: Counter, order: PrintOrder, came: Submitted, laid: Laid | None) -> tuple[Exit, str]:
    from markpipe.printing.stamping import numbered, unmarked

    if order.digest != came.digest:
        raise BadJobError(f"{order.id} 已登记的是另一个文件")
    if not order.released:
        return Exit.HOLD, f"{order.id} 等待凭取件码打印（markpipe printer status 查看取件码）"
    room = counter.room

    def files(folder: Path) -> Files:
        determination = room.register.matter(order.determination).determination if order.determination else None
        if determination is None:
            return unmarked(room, order, came.data, folder)
        return numbered(room, order, determination, came.data, folder, laid)

    return verdict(order, carry_out(room, order, files, counter.hand))


def verdict(order: PrintOrder, copies: tuple[PrintCopy, ...]) -> tuple[Exit, str]:
    """What is answered for an order whose copies stand so."""
    doubtful = [copy for copy in copies if copy.state in MAY_BE_PAPER]
    if doubtful:
        named = "、".join(serial_label(copy.serial) for copy in doubtful)
        return Exit.HOLD, f"{order.id} 的份号 {named} 不知是否印出，请操作员核对纸张后用 copies reconcile 登记，再放行"
    if any(copy.state not in SETTLED for copy in copies):
        return Exit.RETRY, f"{order.id} 没有打印完"
    return Exit.OK, ""


def _forward(counter: Counter, copy: PrintCopy, came: Submitted) -> tuple[Exit, str]:
    """A copy that `markpipe print` stamped: exactly its bytes, once."""
    room = counter.room
    order = room.register.print_order(copy.order)
    if copy.state in (PrintState.WASTED, PrintState.NOTHING):
        raise BadJobError(f"{order.id} 的份号 {serial_label(copy.serial)} 已登记为“{copy.state.value}”")
    if not order.released:
        return Exit.HOLD, f"{order.id} 等待凭取件码打印"

    def files(folder: Path) -> Files:
        def one(serials: Sequence[int]) -> Iterator[tuple[int, Path]]:
            if copy.serial in serials:
                target = folder / f"{copy.serial:06d}.pdf"
                write(target, came.original, replace=True)
                yield copy.serial, target

        return one

    after = carry_out(room, order, files, counter.hand)
    return verdict(order, tuple(one for one in after if one.serial == copy.serial))
