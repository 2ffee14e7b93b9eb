"""`markpipe copies reconcile`: a person looks at the paper and says what became of a copy that nobody knows about."""

from __future__ import annotations

import click

from markpipe.cli.custodian import check_custodian, on_record
from markpipe.cli.printroom import note_abandoned, print_room
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import ExitCode, MarkpipeError, UsageError
from markpipe.ledger.print_events import PrintStepped
from markpipe.model.carrier import serial_label
from markpipe.model.custody import split_ref
from markpipe.model.printing import PrintCopy, PrintState
from markpipe.printing import ipp, queue
from markpipe.printing.backend import QUEUE
from markpipe.printing.hand import Outcome, Sent, alone, locked
from markpipe.printing.order import DIED, Room
from markpipe.report.printing import SCHEMA, copy_json, doubtful_text


@click.command(
    "reconcile", help="核对打印：列出不知是否印出的份；看过纸张后登记印好、作废或没有印出。程序从不自行重印。"
)
@click.argument("refs", metavar="[份…]", nargs=-1)
@click.option("--printed", is_flag=True, help="这些份已印好，核对无误。")
@click.option("--void", "voided", metavar="REASON", help="这些份印坏了（卡纸等）：作废，纸张列入待销毁。")
@click.option("--nothing", metavar="REASON", help="这些份没有印出，没有纸张；份号不再使用。")
@as_option
@format_option
@pass_site
def reconcile(
    site: Site,
    refs: tuple[str, ...],
    printed: bool,
    voided: str | None,
    nothing: str | None,
    as_name: str | None,
    fmt: str,
) -> ExitCode:
    if bool(refs) != (printed + (voided is not None) + (nothing is not None) == 1):
        raise UsageError("写出份的编号，并选 --printed、--void、--nothing 之一", "不写份号时列出待核对的份")
    actor = site.actor(as_name)
    with print_room(site, actor) as (room, _):
        for words in note_abandoned(room):
            site.echo(words, err=True)
        _settle(room)
        if refs:
            with on_record(site, room.register, actor, refs[0]):
                check_custodian(site, actor, "核对打印")
                for copy in [_find(room, name) for name in refs]:
                    _decide(room, copy, voided, nothing)
                    _let_go(site, room, copy)
        left = room.register.printed_copies(PrintState.UNKNOWN)
    answer = {"schema": SCHEMA, "ok": not left, "waiting": [copy_json(copy) for copy in left]}
    site.answer(answer if fmt == "json" else doubtful_text(left), fmt)
    return ExitCode.FINDINGS if left else ExitCode.OK


def _settle(room: Room) -> None:
    """What is written down as being sent, and nobody is sending, is unknown."""
    for copy in room.register.printed_copies(PrintState.SENDING):
        if not locked(room.folder, copy.order):
            with alone(room.folder, copy.order):
                if _now(room, copy).state is PrintState.SENDING:
                    room.step(copy.order, copy.serial, PrintState.UNKNOWN, Sent(Outcome.UNKNOWN, why=DIED))


def _now(room: Room, copy: PrintCopy) -> PrintCopy:
    return next(one for one in room.register.print_copies(copy.order) if one.serial == copy.serial)


def _find(room: Room, name: str) -> PrintCopy:
    try:
        series, serial = split_ref(name)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if series.startswith("P"):
        copies = room.register.print_copies(room.register.print_order(series).id)
    else:
        copies = room.register.printed_copies(determination=series)
    found = [copy for copy in copies if copy.serial == serial]
    if not found:
        raise UsageError(f"没有打印过 {name}", "用 copies reconcile 列出待核对的份")
    return found[0]


def _decide(room: Room, copy: PrintCopy, voided: str | None, nothing: str | None) -> None:
    """All of it may be said again after a crash: what is on record is not repeated."""
    with alone(room.folder, copy.order):
        if voided is not None:
            _step(room, copy, PrintState.WASTED, voided)
            if copy.determination:
                room.register.void(copy.determination, copy.serial, voided, room.actor, room.now())
        elif nothing is not None:
            _step(room, copy, PrintState.NOTHING, nothing)
            if copy.determination:
                room.register.explain_gap(copy.determination, (copy.serial,), nothing, room.actor, room.now())
        elif copy.state is not PrintState.CONFIRMED:
            if copy.state is not PrintState.PRINTED:
                _step(room, copy, PrintState.PRINTED, "")
            _step(room, copy, PrintState.CONFIRMED, "")


def _let_go(site: Site, room: Room, copy: PrintCopy) -> None:
    """`print` sends each copy as a job of its own: that of a copy that is decided waits for nothing, and keeps its file."""
    order = room.register.print_order(copy.order)
    if order.source == QUEUE:
        return  # the job has other copies; the operator lets it go on
    named = f"{order.id} 的份号 {serial_label(copy.serial)} "
    for job in ipp.jobs(ipp.queue_uri(order.printer)) or ():
        if job.state is ipp.JobState.HELD and named in job.message:
            try:
                queue.drop_job(job.id)
            except MarkpipeError as error:
                site.echo(f"任务 {job.id} 还在队列里，请取消（cancel {job.id}）：{error}", err=True)


def _step(room: Room, copy: PrintCopy, state: PrintState, why: str) -> None:
    room.register.step_print(PrintStepped(copy.order, copy.serial, state, why=why), room.actor, room.now())
