"""A counter that is called directly, with a pile of sheets in place of a printer: what the queue decides, without CUPS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from desk import Desk
from printroom import QUEUE, Drafting

from markpipe.cli.printer_backend import classified
from markpipe.cli.printroom import print_room
from markpipe.cli.site import Site
from markpipe.config.printing import Printer
from markpipe.pipeline.sandbox import Worker
from markpipe.printing.backend import Counter, Exit, serve
from markpipe.printing.hand import NotReadyError, Outcome, Sent
from markpipe.printing.job import Submitted, parse_job


class Killed(BaseException):
    """Stands for `kill -9`: nothing that catches errors catches it."""


@dataclass
class Pile:
    """A printer that is a list.  `dies_at` and `jams_at` count hand-overs from 1; `away` makes it unreachable."""

    sheets: list[tuple[str, bytes]] = field(default_factory=list)
    dies_at: int = 0
    jams_at: int = 0
    handed: int = 0
    away: bool = False
    knows: bool = False

    def ready(self) -> None:
        if self.away:
            raise NotReadyError("打印机没有应答")

    def send(self, file: Path, name: str, lock: int) -> Sent:
        assert lock > 0
        self.handed += 1
        if self.handed == self.jams_at:
            return Sent(Outcome.UNKNOWN, f"j{self.handed}", "卡纸")
        self.sheets.append((name, file.read_bytes()))
        if self.handed == self.dies_at:
            raise Killed
        return Sent(Outcome.DONE, f"j{self.handed}")

    def remembered(self, name: str) -> Sent | None:
        told = self.knows and any(known == name for known, _ in self.sheets)
        return Sent(Outcome.DONE, "remembered") if told else None

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.sheets]


@dataclass
class Bench(Drafting, Desk):
    """An office whose counter is called directly, with a pile in place of the printer and a reading process it shares."""

    worker: Worker

    @contextmanager
    def counter(self, pile: Pile, *, unmarked: str = "打印", release_code: bool = False) -> Iterator[Counter]:
        site = Site(self.folder / "markpipe.toml")
        with print_room(site, site.settings.actor("lisi", None)) as (room, _):
            printer = Printer(QUEUE, "ipp://127.0.0.1/ipp/print", release_code=release_code, unmarked=unmarked)
            shared = replace(room, number=self.worker.number)
            yield Counter(shared, printer, pile, lambda data: classified(site, room.register, self.worker, data))

    def determined(self, name: str, approve: int = 9) -> tuple[bytes, str]:
        """A draft that was approved, entered without the commands that lead there: its bytes and its number."""
        data = self.draft(name).read_bytes()
        return data, self.decide(data, name, approve)

    def numbers(self, determination: str) -> list[tuple[int, str]]:
        """The numbers that a determination has used, and how each stands."""
        with self.counter(Pile()) as counter:
            return [(copy.serial, copy.state.value) for copy in counter.room.register.copies(determination)]

    def job(
        self,
        pile: Pile,
        data: bytes,
        copies: int = 1,
        uuid: str = "1",
        originals: tuple[bytes, ...] = (),
        **more: object,
    ) -> tuple[Exit, str]:
        """What the counter answers to a job, as CUPS would hand it over."""
        job = parse_job(
            ("7", "lisi", "关于某事的通知", str(copies), f"job-uuid=urn:uuid:{uuid} sides=one-sided"), QUEUE
        )
        with self.counter(pile, **more) as counter:  # type: ignore[arg-type]
            return serve(counter, job, Submitted(data, originals or (data,)))
