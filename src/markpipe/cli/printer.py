"""`markpipe printer`: the marking queues: made, checked, tried, paused, let go on; and 取件码 at the printer."""

from __future__ import annotations

import datetime as dt
import sys
import time
from typing import Any

import click

from markpipe.cli.custodian import check_custodian, on_record
from markpipe.cli.print_ import site_code
from markpipe.cli.printer_backend import backend
from markpipe.cli.printroom import find_printer, print_room
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.config.printing import Printer
from markpipe.errors import ConfigurationError, ExitCode, OutputError, RefusedError
from markpipe.model.agency import Actor
from markpipe.model.printing import PrintState
from markpipe.printing import ipp, queue, server
from markpipe.printing.device import Device
from markpipe.printing.hand import NotReadyError, Outcome, alone
from markpipe.printing.order import Room
from markpipe.printing.release import MOST_WRONG
from markpipe.printing.testpage import test_page
from markpipe.report.printing import printed_json, printed_text
from markpipe.text.printable import one_line

SCHEMA = "markpipe.printer/1"
_HOUR = dt.timedelta(hours=1)
_PAUSE = 0.3
_name = click.argument("name", metavar="NAME")


@click.group("printer", help="打印队列：建立、检查、试打、暂停、放行、凭码取件。")
def group() -> None:
    """Nothing of its own."""


@group.command("install", help="在 CUPS 中建立加盖标志的打印队列（站点配置 [[printers]] 中的 NAME）。")
@_name
@click.option("--settings", "write", is_flag=True, help="同时改正 cupsd.conf、cups-files.conf 中不合要求的设置。")
@pass_site
def install(site: Site, name: str, write: bool) -> ExitCode:
    printer = find_printer(site, name)
    if site.settings.path is None:
        raise ConfigurationError("没有找到站点配置 markpipe.toml", "用 --config 指明")
    file = queue.write_backend(site.settings.path)
    queue.make_queue(printer)
    site.answer(f"已建立打印队列 {name}（打印机 {printer.device}），后端 {file}")
    lacks = server.lacking()
    if lacks and write:
        server.put_right(lacks)
        site.answer("已改正 CUPS 的设置，请重新启动 cupsd 后生效：" + "、".join(lack.wanted.name for lack in lacks))
        return ExitCode.OK
    for line in _lack_lines(lacks):
        site.echo(line, err=True)
    return ExitCode.FINDINGS if lacks else ExitCode.OK


def _lack_lines(lacks: tuple[server.Lack, ...]) -> list[str]:
    return [
        f"{lack.wanted.file} 应写 {lack.wanted.name} {lack.wanted.value or '（空）'}，现为 {lack.found or '（读不到）'}："
        f"{lack.wanted.why}"
        for lack in lacks
    ]


@group.command("status", help="队列、打印机和 CUPS 设置是否合要求，扣住的任务和理由，待核对的份，本人的取件码。")
@as_option
@format_option
@pass_site
def status(site: Site, as_name: str | None, fmt: str) -> ExitCode:
    actor = site.actor(as_name)
    problems = _lack_lines(server.lacking())
    printers = [_one_status(printer) for printer in site.settings.printers]
    problems += [f"{one['name']}：{problem}" for one in printers for problem in one["problems"]]
    with print_room(site, actor) as (room, _):
        doubtful = room.register.printed_copies(PrintState.UNKNOWN, PrintState.SENDING)
        waiting = [order for order in room.register.print_orders() if not order.released]
    codes = [
        {"order": order.id, "printer": order.printer, "code": site_code(site, order.id)}
        for order in waiting
        if order.printed_by == actor.person
    ]
    answer: dict[str, Any] = {
        "schema": SCHEMA,
        "ok": not problems,
        "printers": printers,
        "problems": problems,
        "doubtful": len(doubtful),
        "codes": codes,
    }
    site.answer(answer if fmt == "json" else _status_text(answer), fmt)
    return ExitCode.FINDINGS if problems else ExitCode.OK


def _one_status(printer: Printer) -> dict[str, Any]:
    problems = list(queue.fits(printer))
    stands = ipp.standing(ipp.queue_uri(printer.name))
    behind = ipp.standing(printer.device) if printer.device.startswith("ipp") else None
    if printer.device.startswith("ipp") and behind is None:
        problems.append(f"打印机 {printer.device} 没有应答")
    jobs = ipp.jobs(ipp.queue_uri(printer.name)) or ()
    return {
        "name": printer.name,
        "device": printer.device,
        "queue": "没有" if stands is None else "空闲" if stands.idle else "打印中或已暂停",
        "printer": "未知" if behind is None else "空闲" if behind.idle else "忙或停止",
        "jobs": [
            {"job": job.id, "name": job.name, "held": job.state is ipp.JobState.HELD, "message": one_line(job.message)}
            for job in jobs
        ],
        "problems": problems,
    }


def _status_text(answer: dict[str, Any]) -> str:
    lines = []
    for one in answer["printers"]:
        lines.append(f"{one['name']}  队列：{one['queue']}  打印机：{one['printer']}  {one['device']}")
        for job in one["jobs"]:
            lines.append(
                f"  任务 {job['job']}  {job['name']}  {'扣住' if job['held'] else '排队'}  {job['message']}".rstrip()
            )
    lines += [f"✗ {problem}" for problem in answer["problems"]]
    lines += [f"取件码：{one['order']}  {one['code']}（{one['printer']}）" for one in answer["codes"]]
    if answer["doubtful"]:
        lines.append(f"待核对 {answer['doubtful']} 份（markpipe copies reconcile）")
    return "\n".join(lines or ["站点配置里还没有打印机（[[printers]]）"])


@group.command("test", help="往打印机 NAME 送一张不涉密的测试页，不经过队列。")
@_name
@pass_site
def test(site: Site, name: str) -> ExitCode:
    printer = find_printer(site, name)
    with print_room(site, site.actor()) as (room, _), alone(room.folder, f"test-{name}") as lock:
        page = room.folder / f"test-{name}.pdf"
        page.write_bytes(test_page())
        try:
            device = Device(printer.device, "markpipe", {})
            device.ready()
            sent = device.send(page, "markpipe-test", lock)
        except NotReadyError as error:
            raise OutputError(f"{name}：{error}", "检查打印机的电源、网络和纸张") from None
        finally:
            page.unlink()
    site.answer(f"{name}：测试页已打印" if sent.outcome is Outcome.DONE else f"{name}：{sent.why}")
    return ExitCode.OK if sent.outcome is Outcome.DONE else ExitCode.OUTPUT


@group.command("hold", help="暂停队列 NAME（换纸、检修），或用 --job 扣住一个任务；任务照收不打。")
@_name
@click.option("--job", "number", type=int, metavar="N", help="CUPS 任务号。")
@click.option("--reason", default="操作员暂停", show_default=True, metavar="REASON", help="暂停的理由。")
@as_option
@pass_site
def hold(site: Site, name: str, number: int | None, reason: str, as_name: str | None) -> None:
    _operator(site, as_name, "暂停打印")
    if number is None:
        queue.pause(name, reason)
    else:
        queue.hold_job(number)
    site.answer(f"已暂停 {name}" if number is None else f"已扣住任务 {number}")


@group.command("release", help="放行：队列 NAME、--job 指明的任务，或在打印机旁输入 --code 取件码打印。")
@_name
@click.option("--job", "number", type=int, metavar="N", help="CUPS 任务号。")
@click.option("--code", metavar="CODE", help="取件码；写 - 从标准输入读。")
@as_option
@format_option
@pass_site
def release(site: Site, name: str, number: int | None, code: str | None, as_name: str | None, fmt: str) -> ExitCode:
    if code is not None:
        given = sys.stdin.readline().strip() if code == "-" else code
        return _by_code(site, name, given, as_name, fmt)
    _operator(site, as_name, "放行打印")
    if number is None:
        queue.go_on(name)
    else:
        queue.release_job(number)
    site.answer(f"已放行 {name}" if number is None else f"已放行任务 {number}", fmt)
    return ExitCode.OK


def _operator(site: Site, as_name: str | None, what: str) -> Actor:
    actor = site.actor(as_name)
    with site.open_register() as register, on_record(site, register, actor, what):
        check_custodian(site, actor, what)
    return actor


def _by_code(site: Site, name: str, code: str, as_name: str | None, fmt: str) -> ExitCode:
    actor = site.actor(as_name)
    with print_room(site, actor) as (room, _):
        subject = f"取件码 {name}"
        with on_record(site, room.register, actor, subject):
            _not_too_often(room, subject, site.now())
            waiting = [one for one in room.register.print_orders() if one.printer == name and not one.released]
            found = [order for order in waiting if site_code(site, order.id) == code]
            if not found:
                raise RefusedError("没有这个取件码的打印任务", "核对取件码和打印机", ("REC-2",))
        order = room.register.release_order(found[0].id, actor, site.now())
        for job in queue.jobs_of(order.id, name) or _jobs_held_for(order.id, name):
            queue.release_job(job.id)
        while not _quiet(room, order.id, name):
            time.sleep(_PAUSE)
        done = [(order, room.copies(order))]
    site.answer(printed_json(done, ()) if fmt == "json" else printed_text(done, ()), fmt)
    settled = all(copy.state is PrintState.PRINTED for copy in done[0][1])
    return ExitCode.OK if settled else ExitCode.FINDINGS


def _jobs_held_for(order: str, name: str) -> list[ipp.Job]:
    """Jobs that came to the queue by themselves say in their message which order they wait for."""
    jobs = ipp.jobs(ipp.queue_uri(name)) or ()
    return [job for job in jobs if job.state is ipp.JobState.HELD and order in job.message]


def _quiet(room: Room, order: str, name: str) -> bool:
    """Whether no job of the order may still print."""
    jobs = (*queue.jobs_of(order, name), *_jobs_held_for(order, name))
    held = all(job.state is ipp.JobState.HELD for job in jobs)
    states = {copy.state for copy in room.register.print_copies(order)}
    return held and not states & {PrintState.SENDING, PrintState.ALLOCATED, PrintState.STAMPED, PrintState.SUBMITTED}


def _not_too_often(room: Room, subject: str, now: dt.datetime) -> None:
    since = (now.astimezone(dt.UTC) - _HOUR).strftime("%Y-%m-%dT%H:%M:%SZ")
    if sum(refusal.at >= since for refusal in room.register.refusals(subject)) >= MOST_WRONG:
        raise RefusedError("一小时内输错的次数太多", "请操作员查看后再试", ("REC-2",))


group.add_command(backend)
