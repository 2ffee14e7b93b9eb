"""[[printers]]: the queues that mark what they print, and the printers behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markpipe.config.reader import Table

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,126}")
_DEVICE = re.compile(r"(ipp|ipps|http|https|socket|lpd|usb)://\S+|(usb|serial|parallel):/\S+")
PRINT, HOLD = "打印", "扣住"


@dataclass(frozen=True, slots=True)
class Printer:
    """A queue: its name in CUPS, the address of the printer, whether a code releases what is printed, and what happens
    to a file that nobody determined and in which nothing was found (`unmarked`: held, unless the site wants it printed;
    a determined file that an office program laid out anew looks just like that)."""

    name: str
    device: str
    place: str = ""
    release_code: bool = False
    unmarked: str = HOLD


def read_printers(root: Table) -> tuple[Printer, ...]:
    """The printers of a site; a name is used once."""
    printers: list[Printer] = []
    for table in root.tables("printers"):
        name, device = table.text("name", required=True), table.text("device", required=True)
        if not _NAME.fullmatch(name):
            table.fail("name", f"“{name}”不能作打印队列的名称", "用字母、数字、下划线、点、短横")
        if name in {printer.name for printer in printers}:
            table.fail("name", f"“{name}”写了两次", "每个打印队列一个名称")
        if not _DEVICE.fullmatch(device):
            table.fail("device", f"“{device}”不是打印机地址", "如 ipp://192.0.2.7/ipp/print 或 socket://192.0.2.7:9100")
        printers.append(
            Printer(
                name,
                device,
                table.text("place"),
                table.boolean("release_code"),
                table.choice("unmarked", (PRINT, HOLD), HOLD),
            )
        )
        table.finish()
    return tuple(printers)
