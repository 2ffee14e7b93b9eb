"""An office with a print shop: its queue installed, its commands run as the user that the daemons run as."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymupdf
from desk import Desk
from office import SECRET, Office, make_office
from printshop import PrintShop, give, until

from markpipe.cli.site import Site
from markpipe.ledger.custody_events import CopiesApproved
from markpipe.model.classification import Duration, Level, Mark
from markpipe.model.decision import Determination, Origin, Proposal
from markpipe.model.printing import PrintState
from markpipe.printing.hand import locked
from markpipe.report.printing import order_json, ref

PEOPLE = "".join(f'[[people]]\nname = "{name}"\n' for name in ("赵六", "孙七", "周八", "吴九"))
QUEUE = "secret"
APPROVED = ("--approved-by", "吴九", "--approval", "审〔2026〕7号")
PRINT = ("--printer", QUEUE, "--purpose", "会议发放", "--recipient", "赵六", "--as", "张三")


class Drafting(Office):
    """Drafts that are determined, and copies of them approved."""

    def determine(self, name: str = "报告.pdf", *, pages: int = 1, approve: int = 0) -> Path:
        """A PDF that quotes the invented source, approved as the next determination, and copies of it."""
        draft = self.draft(name, pages)
        self.decide(draft.read_bytes(), name, approve)
        give(self.folder)
        return draft

    def decide(self, data: bytes, name: str, approve: int) -> str:
        """Enter a decision on a file, and how many copies may be made, without the commands that lead there."""
        site = Site(self.folder / "markpipe.toml")
        actor, now = site.settings.actor("lisi", None), site.now()
        day, term = dt.date(2026, 5, 10), Duration(years=10)
        digest = hashlib.sha256(data).hexdigest()
        with site.open_register() as register:
            proposal = Proposal(digest, name, "张三", Level.JIMI, term, Origin.ORIGINAL, day)
            number = register.propose(proposal, actor, now).id
            mark = Mark(Level.JIMI, term)
            decided = Determination(number, digest, name, mark, Origin.ORIGINAL, "张三", "李四", day, day, demo=True)
            register.approve(decided, actor, now)
            if approve:
                register.approve_copies(CopiesApproved(number, approve, "", *APPROVED[1::2]), actor, now)
        return number

    def approve(self, number: str, count: int) -> None:
        done = self.call("copies", "approve", number, "--copies", count, *APPROVED, "--as", "王五")
        assert done.returncode == 0, done.stderr

    def plain(self, name: str) -> Path:
        """A page with nothing to protect."""
        return self.write_pdf(self.drafts / name, "请各科室节前做好卫生。")

    def draft(self, name: str, pages: int = 1) -> Path:
        """Some pages, each with a number of its own, the first with a sentence of the source."""
        document = pymupdf.open()
        for number in range(1, pages + 1):
            page = document.new_page(width=595, height=842)
            lines = [SECRET[start : start + 26] for start in range(0, len(SECRET), 26)] if number == 1 else []
            for row, line in enumerate([f"page-{number}-of-{name.encode().hex()[:8]}", *lines]):
                page.insert_text((80, 300 + 24 * row), line, fontname="china-s", fontsize=16)
        path = self.drafts / name
        document.save(str(path))
        return path


@dataclass
class PrintRoom(Drafting, Desk):
    """Commands find the shop's cupsd, and leave files that its backend can use."""

    shop: PrintShop

    def call(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """In this process, which may be root: what it makes is handed over to the daemons' user afterwards."""
        before = {name: os.environ.get(name) for name in self.shop.settings}
        os.environ.update(self.shop.settings)
        try:
            return super().call(*arguments)
        finally:
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.update({name: value})
            give(self.folder)

    def call_apart(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """As a process of the daemons' user."""
        words = [sys.executable, "-m", "markpipe.cli.main", "--config", self.folder / "markpipe.toml", *arguments]
        return self.shop.call(*words)

    def status(self) -> dict[str, str]:
        """The state of every numbered copy, by 份号."""
        return {copy["serial"]: copy["state"] for copy in self.json("copies", "status")["copies"]}

    def source(self) -> str:
        """The id of the invented source."""
        if not (self.folder / "source.docx").exists():
            self.add_source()
        return "S0001"

    def orders(self, name: str) -> list[dict[str, Any]]:
        """The print orders of a draft, as the register has them."""
        site = Site(self.folder / "markpipe.toml")
        with site.open_register() as register:
            ids = {matter.id for matter in register.matters() if matter.name == name}
            found = [order for order in register.print_orders() if order.determination in ids]
            answer = [order_json(order, register.print_copies(order.id)) for order in found]
        give(self.folder)
        return answer

    def doubtful(self) -> list[str]:
        """The copies that nobody knows about and nobody is sending."""
        with Site(self.folder / "markpipe.toml").open_register() as register:
            left = [ref(copy) for copy in register.printed_copies(PrintState.UNKNOWN)]
        give(self.folder)
        return left

    def settle(self, carrier: str, *answer: str) -> None:
        """What a person says of a copy; the command ends with 1 where copies of other tests still wait."""
        done = self.call("copies", "reconcile", carrier, *answer, "--as", "王五")
        assert done.returncode in (0, 1), done.stderr
        assert carrier not in self.doubtful()

    def moving(self, name: str) -> bool:
        """Whether somebody is at work on the copies of a draft."""
        folder = self.folder / "state" / "printing"
        return any(locked(folder, order["id"]) for order in self.orders(name))

    def idle(self) -> None:
        """Wait until cupsd has nothing more to do by itself."""
        until(lambda: all(job["job-state"] == "pending-held" for job in self.shop.jobs()), "队列空闲")


def words_of(path: Path) -> str:
    """The text of a sheet, read with poppler."""
    return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout


def serial_of(path: Path) -> str:
    """The 份号 on a sheet."""
    found = re.findall(r"^\d{6}$", words_of(path), re.MULTILINE)
    return str(found[0]) if found else ""


def numbers_of(shop: PrintShop) -> list[str]:
    """The 份号 of all sheets, first to last."""
    return [serial_of(sheet) for sheet in shop.sheets()]


def pages_of(path: Path) -> int:
    with pymupdf.open(path) as document:
        return int(document.page_count)


@contextmanager
def open_room(shop: PrintShop, *, extra: str = "") -> Iterator[PrintRoom]:
    """An office of its own in a folder that the daemons' user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="markpipe-room-"))
    try:
        printers = (
            f'[[printers]]\nname = "{QUEUE}"\ndevice = "{shop.device}"\nplace = "机要室"\nunmarked = "打印"\n{extra}'
        )
        office = make_office(folder / "office", extra=PEOPLE + printers)
        (office.folder / "state" / "printing").mkdir(parents=True)
        folder.chmod(0o755)
        room = PrintRoom(office.folder, shop)
        give(folder)
        if shop.privileged:  # root makes the queue, for whoever owns the keys
            room.source()
        done = (room.call if shop.privileged else room.call_apart)("printer", "install", QUEUE)
        assert done.returncode == 0, done.stdout + done.stderr
        shop.clear()
        yield room
    finally:
        shop.clear()
        shutil.rmtree(folder, ignore_errors=True)
