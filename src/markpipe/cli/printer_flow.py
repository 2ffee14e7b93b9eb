"""`markpipe printer hold|release`: the queue or a job waits, goes on, or is fetched with its 取件码 at the printer."""

from __future__ import annotations

import datetime as dt
import sys
import time

import click

from markpipe.cli.custodian import check_custodian, on_record
from markpipe.cli.printroom import find_printer, name_argument, print_room, site_code
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import ExitCode, RefusedError
from markpipe.model.printing import SETTLED, PrintState
from markpipe.printing import ipp, queue
from markpipe.printing.order import Room
from markpipe.printing.release import MOST_WRONG
from markpipe.report.printing import printed_json, printed_text

_HOUR = dt.timedelta(hours=1)
_PAUSE = 0.3


@click.command("hold", help="暂停队列 NAME（换纸、检修），或用 --job 扣住一个任务；任务照收不打。")
@name_argument
@click.option("--job", "number", type=int, metavar="N", help="CUPS 任务号。")
@click.option("--reason", default="操作员暂停", show_default=True, metavar="REASON", help="暂停的理由。")
@as_option
@pass_site
def hold(site: Site, name: str, number: int | None, reason: str, as_name: str | None) -> None:
    find_printer(site, name)
    _operator(site, as_name, "暂停打印")
    if number is None:
        queue.pause(name, reason)
    else:
        queue.hold_job(number)
    site.answer(f"已暂停 {name}" if number is None else f"已扣住任务 {number}")


@click.command("release", help="放行：队列 NAME、--job 指明的任务，或在打印机旁输入 --code 取件码打印。")
@name_argument
@click.option("--job", "number", type=int, metavar="N", help="CUPS 任务号。")
@click.option("--code", metavar="CODE", help="取件码；写 - 从标准输入读。")
@as_option
@format_option
@pass_site
def release(site: Site, name: str, number: int | None, code: str | None, as_name: str | None, fmt: str) -> ExitCode:
    find_printer(site, name)
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


def _operator(site: Site, as_name: str | None, what: str) -> None:
    actor = site.actor(as_name)
    with site.open_register() as register, on_record(site, register, actor, what):
        check_custodian(site, actor, what)


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
        jobs = queue.jobs_of(order.id, name) or _jobs_held_for(order.id, name)
        for job in jobs:
            queue.release_job(job.id)
        while not _quiet(room, order.id, name, frozenset(job.id for job in jobs)):
            time.sleep(_PAUSE)
        done = [(order, room.copies(order))]
    site.answer(printed_json(done, ()) if fmt == "json" else printed_text(done, ()), fmt)
    settled = all(copy.state is PrintState.PRINTED for copy in done[0][1])
    return ExitCode.OK if settled else ExitCode.FINDINGS


def _jobs_held_for(order: str, name: str) -> list[ipp.Job]:
    """Jobs that came to the queue by themselves say in their message which order they wait for."""
    jobs = ipp.jobs(ipp.queue_uri(name)) or ()
    return [job for job in jobs if job.state is ipp.JobState.HELD and order in job.message]


def _quiet(room: Room, order: str, name: str, released: frozenset[int]) -> bool:
    """Whether none of the released jobs may still print by itself.

    CUPS also calls a job held that it will try again; one that waits for a person has a copy that nobody knows about.
    """
    jobs = [job for job in ipp.jobs(ipp.queue_uri(name)) or () if job.id in released]
    if any(job.state is not ipp.JobState.HELD for job in jobs):
        return False
    states = {copy.state for copy in room.register.print_copies(order)}
    return not jobs or PrintState.UNKNOWN in states or states <= {*SETTLED}


def _not_too_often(room: Room, subject: str, now: dt.datetime) -> None:
    since = (now.astimezone(dt.UTC) - _HOUR).strftime("%Y-%m-%dT%H:%M:%SZ")
    if sum(refusal.at >= since for refusal in room.register.refusals(subject)) >= MOST_WRONG:
        raise RefusedError("一小时内输错的次数太多", "请操作员查看后再试", ("REC-2",))
