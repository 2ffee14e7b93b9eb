"""`markpipe printer install|status|test`: a marking queue made, checked and tried."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any

import click

from markpipe.cli.printroom import find_printer, name_argument, note_abandoned, print_folder, print_room, site_code
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.config.printing import Printer
from markpipe.errors import ConfigurationError, ExitCode, OutputError
from markpipe.model.printing import PrintState
from markpipe.printing import ipp, queue, server
from markpipe.printing.backend import DROPPED
from markpipe.printing.device import Device
from markpipe.printing.hand import NotReadyError, Outcome, alone
from markpipe.printing.order import Room
from markpipe.printing.testpage import test_page
from markpipe.text.printable import one_line

SCHEMA = "markpipe.printer/1"


@click.command("install", help="在 CUPS 中建立加盖标志的打印队列（站点配置 [[printers]] 中的 NAME）。")
@name_argument
@click.option("--settings", "write", is_flag=True, help="同时改正 cupsd.conf、cups-files.conf 中不合要求的设置。")
@pass_site
def install(site: Site, name: str, write: bool) -> ExitCode:
    printer = find_printer(site, name)
    if site.settings.path is None:
        raise ConfigurationError("没有找到站点配置 markpipe.toml", "用 --config 指明")
    owner, group = _owner(site.settings.key_file)
    file = queue.write_backend(queue.Place(site.settings.path, print_folder(site), owner, group))
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


def _owner(keys: Path) -> tuple[int, int]:
    """Who the backend works as: root makes it for whoever owns the site's keys, anybody else for himself."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    try:
        facts = keys.stat()
    except OSError:
        raise ConfigurationError(f"没有密钥文件 {keys}，不知道打印后端该用谁的身份", "先运行 markpipe init") from None
    return facts.st_uid, facts.st_gid


def _lack_lines(lacks: tuple[server.Lack, ...]) -> list[str]:
    return [
        f"{lack.wanted.file} 应写 {lack.wanted.name} {lack.wanted.value or '（空）'}，现为 {lack.found or '（读不到）'}："
        f"{lack.wanted.why}"
        for lack in lacks
    ]


@click.command("status", help="队列、打印机和 CUPS 设置是否合要求，扣住的任务和理由，待核对的份，本人的取件码。")
@as_option
@format_option
@pass_site
def status(site: Site, as_name: str | None, fmt: str) -> ExitCode:
    actor = site.actor(as_name)
    problems = _lack_lines(server.lacking())
    printers = [_one_status(printer) for printer in site.settings.printers]
    problems += [f"{one['name']}：{problem}" for one in printers for problem in one["problems"]]
    with print_room(site, actor) as (room, _):
        note_abandoned(room)
        doubtful = room.register.printed_copies(PrintState.UNKNOWN, PrintState.SENDING)
        waiting = [order for order in room.register.print_orders() if not order.released]
        dropped = _dropped(room, site.now())
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
        "dropped": dropped,
    }
    site.answer(answer if fmt == "json" else _status_text(answer), fmt)
    return ExitCode.FINDINGS if problems else ExitCode.OK


def _dropped(room: Room, now: dt.datetime) -> list[dict[str, str]]:
    """Jobs of the last day that could never be printed: CUPS knows nothing of them any more."""
    since = (now.astimezone(dt.UTC) - dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return [
        {"job": one.subject.removeprefix(DROPPED), "at": one.at, "account": one.account, "message": one.message}
        for one in room.register.refusals()
        if one.subject.startswith(DROPPED) and one.at >= since
    ]


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
            {
                "job": job.id,
                "name": _name(job),
                "held": job.state is ipp.JobState.HELD,
                "message": one_line(job.message),
            }
            for job in jobs
        ],
        "problems": problems,
    }


def _name(job: ipp.Job) -> str:
    """What we call a job; the title that it came with says something of the document, and goes when its turn comes."""
    return job.name if re.fullmatch(r"markpipe-\d+|P\d{4}-\d+-\d{6}", job.name) else "（尚未处理）"


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
    lines += [
        f"已丢弃：任务 {one['job']}（{one['account']}，{one['at']}）  {one_line(one['message'])}"
        for one in answer["dropped"]
    ]
    if answer["doubtful"]:
        lines.append(f"待核对 {answer['doubtful']} 份（markpipe copies reconcile）")
    return "\n".join(lines or ["站点配置里还没有打印机（[[printers]]）"])


@click.command("test", help="往打印机 NAME 送一张不涉密的测试页，不经过队列。")
@name_argument
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
