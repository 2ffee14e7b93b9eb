"""What the commands about printing share: the room they work in, the printer they mean, the sheet they leave."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from markpipe.cli.site import Site
from markpipe.config.printing import Printer
from markpipe.errors import UsageError
from markpipe.marking.plan import MarkPlan
from markpipe.model.agency import Actor
from markpipe.printing import ipp
from markpipe.printing.arrivals import abandoned
from markpipe.printing.order import Room
from markpipe.printing.release import PURPOSE, code_of

if TYPE_CHECKING:
    from markpipe.pipeline.house import House
    from markpipe.pipeline.sandbox import Worker


def print_folder(site: Site) -> Path:
    """Where locks are, and the file of the copy in hand."""
    return site.settings.key_file.parent / "printing"


@contextmanager
def print_room(
    site: Site, actor: Actor, stopping: Callable[[], bool] = lambda: False
) -> Iterator[tuple[Room, Callable[[], Worker]]]:
    """The register and, once something has to be read or marked, a reading process."""
    folder = print_folder(site)
    with site.open_register() as register, ExitStack() as stack:

        @cache
        def worker() -> Worker:
            from markpipe.cli.looking import make_worker
            from markpipe.pipeline.workfolder import work_folder

            work = stack.enter_context(work_folder(folder / f"work-{os.getuid()}"))
            return stack.enter_context(make_worker(site, work))

        def number(data: bytes, plan: MarkPlan, serials: Sequence[int], *, band: bool) -> tuple[int, tuple[bytes, ...]]:
            return worker().number(data, plan, serials, band=band)

        def house() -> House:
            from markpipe.pipeline.house import house_for

            return house_for(site.settings, site.keyring(), labels=False)

        yield Room(register, number, actor, site.now, folder, house, stopping), worker


def find_printer(site: Site, name: str) -> Printer:
    """A printer of the site's settings; `UsageError` with the names that there are."""
    printers = {printer.name: printer for printer in site.settings.printers}
    if name not in printers:
        known = "、".join(printers) or "（配置里还没有 [[printers]]）"
        raise UsageError(f"站点配置里没有打印机“{name}”", f"现有：{known}")
    return printers[name]


def site_code(site: Site, order: str) -> str:
    """The 取件码 of an order."""
    return code_of(site.keyring().subkey(PURPOSE), order)


def note_abandoned(room: Room) -> list[str]:
    """Put on record which jobs came to nothing, and say so; those that CUPS still has will be tried again."""
    said = []
    for arrival in abandoned(room.folder):
        waiting = ipp.jobs(ipp.server_uri())
        if waiting is None or any(job.uuid == arrival.key for job in waiting):
            continue
        if room.register.print_order_of(arrival.key) is None:
            words = f"打印任务 {arrival.number}（{arrival.user}）在登记之前中断，没有打印，请重新发送"
            room.register.refuse(f"打印 {arrival.key}", (), words, room.actor, room.now())
            said.append(words)
        arrival.file.unlink(missing_ok=True)
    return said


name_argument = click.argument("name", metavar="NAME")
