"""`markpipe printer backend`: what the backend of CUPS runs.  For CUPS alone; a person uses `markpipe print`.

Its exit codes are those of CUPS (`printing.backend.Exit`), its stderr is read by CUPS: a line `ERROR: …` is what the
user and the console see.  It never runs as root: the shell around it (`printing.queue`) has become the site's owner.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from markpipe.cli.printroom import print_room
from markpipe.cli.site import Site, pass_site
from markpipe.errors import MarkpipeError
from markpipe.printing import ppd
from markpipe.printing.backend import Counter, Exit, serve
from markpipe.printing.device import Device
from markpipe.printing.job import Job, Submitted, parse_job, read_originals
from markpipe.text.printable import one_line

if TYPE_CHECKING:
    from markpipe.config.printing import Printer
    from markpipe.pipeline.sandbox import Worker
    from markpipe.store.register import Register

_LEAST_ARGUMENTS = 5


@click.command("backend", hidden=True, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@pass_site
def backend(site: Site, arguments: tuple[str, ...]) -> int:
    """Called by CUPS; nothing leaves here but a number that CUPS knows."""
    if len(arguments) < _LEAST_ARGUMENTS:
        return Exit.OK  # CUPS asks for devices: there are none to discover
    try:
        code, words = _answer(site, arguments)
    except MarkpipeError as error:
        code, words = Exit.HOLD, str(error)
    except Exception as error:  # noqa: BLE001 - its own words may quote a document; the job stays until a person looks
        code, words = Exit.HOLD, f"程序内部错误（{type(error).__name__}），请操作员查看"
    if words:
        sign = "INFO" if code is Exit.RETRY else "ERROR"
        site.echo(f"{sign}: {one_line(words)}", err=True)
    return code


def _answer(site: Site, arguments: tuple[str, ...]) -> tuple[Exit, str]:
    job = parse_job(arguments, os.environ.get("PRINTER", ""))
    printer = next((one for one in site.settings.printers if one.name == job.printer), None)
    if wrong := _queue_problem(job.printer):
        return Exit.HOLD, f"{wrong}；请运行 markpipe printer install"
    if printer is None:
        return Exit.HOLD, f"站点配置里没有打印机 {job.printer}，请在 [[printers]] 中写上"
    if os.geteuid() == 0:
        return Exit.HOLD, "打印后端不能以 root 身份处理文件；请重新运行 markpipe printer install"
    data = Path(arguments[5]).read_bytes() if len(arguments) > _LEAST_ARGUMENTS else sys.stdin.buffer.read()
    return _serve(site, job, Submitted(data, read_originals(os.environ)), printer)


def _queue_problem(name: str) -> str:
    """Why what comes through the queue may not be what the user asked for; CUPS names a PPD for a raw queue too."""
    try:
        text = Path(os.environ.get("PPD", "/nowhere")).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return f"打印队列 {name} 没有 PPD，页码范围等选项不会起作用"
    lacks = ppd.lacking(text)
    return f"打印队列 {name} 的 PPD {'、'.join(lacks)}，份数和页面会不对" if lacks else ""


def _serve(site: Site, job: Job, came: Submitted, printer: Printer) -> tuple[Exit, str]:
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stop.append(number))
    actor = site.settings.actor(job.user, None)
    hand = Device(printer.device, job.user, job.options, lambda: bool(stop), lambda line: site.echo(line, err=True))
    with print_room(site, actor, lambda: bool(stop)) as (room, worker):
        counter = Counter(room, printer, hand, lambda data: classified(site, room.register, worker(), data))
        return serve(counter, job, came)


def classified(site: Site, register: Register, worker: Worker, data: bytes) -> str:
    """What a file may hold that has to be determined first, in Chinese; empty where it was read in full and has none."""
    from markpipe.cli.looking import site_examiner
    from markpipe.model.finding import Kind
    from markpipe.pipeline.dispatch import read_data

    document = read_data(data, worker, site.settings.limits)
    if document.unread:
        return f"文件没有读全（{document.unread[0].reason.message}）"
    found = site_examiner(site, register)[0].examine("", document).findings
    kinds = {finding.kind for finding in found} & {Kind.STATE_SECRET, Kind.DERIVATION, Kind.MARK}
    return f"文件有疑似涉密内容（{'、'.join(sorted(kinds))}）" if kinds else ""
