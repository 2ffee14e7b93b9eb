"""`markpipe print`: an approved file on paper, each copy with its own 份号, one job a copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from markpipe.cli.custodian import on_record
from markpipe.cli.printroom import print_room, site_code
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import ExitCode, IncompleteError, RefusedError, UsageError
from markpipe.ledger.print_events import PrintOrdered
from markpipe.model.carrier import Copy, CopyState, serial_label
from markpipe.model.decision import Determination
from markpipe.model.document import Format
from markpipe.model.limits import Limits
from markpipe.model.printing import MAY_BE_PAPER, SETTLED, PrintCopy, PrintOrder
from markpipe.pipeline.dispatch import read_file
from markpipe.pipeline.stamp import approved_draft
from markpipe.pipeline.topdf import to_pdf
from markpipe.printing.backend import approved
from markpipe.printing.order import Files, Room
from markpipe.printing.spool import device_of, print_order
from markpipe.printing.stamping import Laid, numbered, preflight
from markpipe.report.printing import printed_json, printed_text

_SIDES = {"单面": "one-sided", "长边": "two-sided-long-edge", "短边": "two-sided-short-edge"}
_COMMAND = "命令"


@click.command(help="打印已定密的 PDF 或 DOCX：编份号、加盖标志，一份一个打印任务；再次运行接着打印，不重复。")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--copies", "count", type=click.IntRange(1), metavar="N", help="一共要有几份。")
@click.option(
    "--order", "order_id", default="", metavar="编号", help="接着打印一个中断的打印任务（P2026-0001），不另编份号。"
)
@click.option("--printer", "queue", required=True, metavar="NAME", help="CUPS 打印队列。")
@click.option("--purpose", required=True, metavar="用途", help="打印用途（打印输出登记）。")
@click.option("--recipient", default="", metavar="姓名", help="领取人（打印输出登记）；默认本人。")
@click.option("--determination", "determination_id", default="", metavar="编号", help="定密编号；默认按文件内容查找。")
@click.option("--reissue", default="", metavar="REASON", help="补印 N 份，写明理由；补印的份另行批准，另编份号。")
@click.option("--sides", type=click.Choice(list(_SIDES)), default="单面", show_default=True, help="单面或双面。")
@as_option
@format_option
@pass_site
def command(
    site: Site,
    file: Path,
    count: int | None,
    order_id: str,
    queue: str,
    purpose: str,
    recipient: str,
    determination_id: str,
    reissue: str,
    sides: str,
    as_name: str | None,
    fmt: str,
) -> ExitCode:
    actor = site.actor(as_name)
    if (count is None) != bool(order_id):
        raise UsageError("用 --copies 给出份数，或用 --order 接着打印一个任务", "二者给一个")
    device_of(queue)
    with print_room(site, actor) as (room, worker):
        limits = site.settings.limits
        if not determination_id:
            document = read_file(file, worker(), limits)
            if document.unread and not document.digest:
                reason = document.unread[0].reason
                raise IncompleteError(f"{file}：{reason.message}", reason.remedy)
            determination_id = _determination_of(room, document.digest, file)
        subject = determination_id or file.name
        notes: list[str] = []
        with on_record(site, room.register, actor, subject):
            determination, data, kind = approved_draft(
                room.register, worker(), limits, file, determination_id, actor, site.now
            )
            if kind is not Format.PDF:
                data = _as_pdf(file, data, kind, limits)
                notes.append("由 LibreOffice 转为 PDF，版面以打印出的为准，请核对")
            laid = preflight(room, determination, data)
            notes += laid.notes
            wanted = _wanted(room, determination, laid.pages, queue, purpose, recipient)
            wanted = replace(wanted, released=not _by_code(site, queue))
            orders: tuple[PrintOrder, ...]
            if count is None:
                orders = (_resumed(room, order_id, determination),)
            else:
                orders, told = _orders(room, wanted, determination, count, reissue)
                notes += told
        done = [(order, _print(site, room, order, determination, data, laid, sides)) for order in orders]
    codes = [f"取件码：{order.id}  {site_code(site, order.id)}" for order in orders if not order.released]
    site.answer(printed_json(done, [*notes, *codes]) if fmt == "json" else printed_text(done, [*notes, *codes]), fmt)
    states = [copy.state for _, copies in done for copy in copies]
    if any(state in MAY_BE_PAPER for state in states):
        return ExitCode.FINDINGS
    return ExitCode.OK if codes or all(state in SETTLED for state in states) else ExitCode.OUTPUT


def _wanted(
    room: Room, determination: Determination, pages: int, queue: str, purpose: str, recipient: str
) -> PrintOrdered:
    """An order without its number and copies; refused where nobody approved copies."""
    approved_by, approval = room.register.print_approval(determination.id)
    return PrintOrdered(
        order="",
        key="",
        determination=determination.id,
        digest=determination.digest,
        serials=(),
        pages=pages,
        printer=queue,
        source=_COMMAND,
        purpose=purpose,
        recipient=recipient or room.actor.person,
        approved_by=approved_by,
        approval=approval,
    )


def _as_pdf(file: Path, data: bytes, kind: Format, limits: Limits) -> bytes:
    """What goes to a printer is PDF; a DOCX is laid out by LibreOffice."""
    if kind is not Format.DOCX:
        raise UsageError(f"{file} 不是 PDF，也不是 DOCX，不能打印", "请用排好版的 PDF 定稿定密后打印")
    return to_pdf(data, limits)


def _by_code(site: Site, queue: str) -> bool:
    return any(printer.release_code for printer in site.settings.printers if printer.name == queue)


def _determination_of(room: Room, digest: str, file: Path) -> str:
    determination = approved(room.register.matters_of(digest)) if digest else None
    if determination is None:
        raise RefusedError(
            f"{file} 没有对应的定密决定，不能打印",
            "先拟定并报批；内容改动过的须重新定密，或用 --determination 指明",
            ("REC-1",),
        )
    return determination.id


def _orders(
    room: Room, wanted: PrintOrdered, determination: Determination, count: int, reissue: str
) -> tuple[tuple[PrintOrder, ...], list[str]]:
    """The orders that hold these copies: those that are there, and a new one for numbers that are in none."""
    register = room.register
    copies = register.allocate(determination, count, room.actor, room.now(), reissue)
    known = {copy.serial: copy.order for copy in register.printed_copies(determination=determination.id)}
    fresh = tuple(copy.serial for copy in copies if copy.serial not in known and copy.state is CopyState.ALLOCATED)
    ids = dict.fromkeys(known[copy.serial] for copy in copies if copy.serial in known)
    orders = [register.print_order(order) for order in ids]
    if fresh:
        key = f"{determination.id}/{serial_label(fresh[0])}"
        orders.append(register.enter_order(replace(wanted, key=key, serials=fresh), room.actor, room.now()))
    return tuple(orders), _made_otherwise(copies, known)


def _resumed(room: Room, order_id: str, determination: Determination) -> PrintOrder:
    order = room.register.print_order(order_id)
    if order.determination != determination.id:
        raise RefusedError(f"{order_id} 打印的不是 {determination.id}", "用该任务所打印的文件", ("SER-1",))
    return order


def _made_otherwise(copies: Sequence[Copy], known: dict[int, str]) -> list[str]:
    made = [copy for copy in copies if copy.serial not in known and copy.state is not CopyState.ALLOCATED]
    return [f"份号 {serial_label(copy.serial)} 现为“{copy.state.value}”，不打印" for copy in made]


def _print(
    site: Site, room: Room, order: PrintOrder, determination: Determination, data: bytes, laid: Laid, sides: str
) -> tuple[PrintCopy, ...]:
    def files(folder: Path) -> Files:
        return numbered(room, order, determination, data, folder, laid)

    return print_order(room, order, files, {"sides": _SIDES[sides]}, lambda line: site.echo(line, err=True))
