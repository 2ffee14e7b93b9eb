"""Every command about copies and carriers on a register of a million, against the same command on an empty one.

    .venv/bin/python benchmarks/soak_register_commands.py [--rounds N] [--copies N] [--keep FOLDER] [--in-process]

Two sites as in `soak_register.py`, one with COPIES (1,000,000) carriers.  In each round one office day is played at
both, command by command in turn: the same new document is received, handed out, signed for, lent, called back, copied,
lost, cleared, listed and destroyed, the same draft decided, numbered and issued.  What is compared is the median
processor time of a command and its processes over the rounds (what else the machine does is not counted; the ratio of
the times on the clock is printed beside it); with --in-process without the start of the program, which makes what
grows stand out.  Fails when a command takes more than 1.5 times as much as on the empty register.
"""

from __future__ import annotations

import argparse
import re
import resource
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "resources"))

from desk import Desk
from office import DEMO_SITE, Office

from soak_register import build

SLOWEST = 1.5
PEOPLE = "".join(f'[[people]]\nname = "{name}"\n' for name in ("赵六", "孙七", "周八", "吴九"))
TERMS = ("--approved-by", "吴九", "--approval", "审〔2026〕7号")
KEEPER = ("--as", "王五")
Step = tuple[str, tuple[object, ...]]
Taken = tuple[float, float]


def office_at(folder: Path, kind: type[Office]) -> Office:
    """The site in a folder, with the people that a day needs."""
    site = DEMO_SITE.format(tier="设区的市级", authority='["机密", "秘密"]') + PEOPLE
    (folder / "markpipe.toml").write_text(site.replace("today = 2026-05-10\n", ""), encoding="utf-8")
    (folder / "drafts").mkdir(exist_ok=True)
    return kind(folder)


class Day:
    """One round at one site: each step is a name and the words of a command; answers are remembered by `ask`."""

    def __init__(self, office: Office, number: int) -> None:
        self.office = office
        self.out = office.folder / f"out{number}"
        self.title = f"通知{time.time_ns()}"
        self.draft = office.write_docx(office.drafts / f"{self.title}.docx", "关于检查的报告", f"第{time.time_ns()}号")

    def newest(self, *words: object, name: str) -> str:
        return str(self.office.json(*words)[name])

    def received(self, count: int) -> str:
        """One more received document; answers its number."""
        numbers = [word for serial in range(1, count + 1) for word in ("--serial", f"{serial:06d}")]
        told = ("--issuer", "省厅", "--number", f"{time.time_ns()}", "--title", "通知", "--mark", "机密★20年")
        return self.newest("carriers", "receive", *told, *numbers, "--reproduction", "可复制", *KEEPER, name="id")

    def carriers(self) -> Iterator[Step]:
        """What happens to what others sent."""
        told = ("--issuer", "省厅", "--number", self.title, "--title", self.title, "--mark", "机密★20年")
        numbers = ("--serial", "000117", "--serial", "000118", "--serial", "000119")
        yield "carriers receive", ("carriers", "receive", *told, *numbers, "--reproduction", "可复制", *KEEPER)
        id_ = self.received(9)
        one, two, three, four, five, six = (f"{id_}/{serial}" for serial in range(1, 7))
        yield "carriers list", ("carriers", "list", "--limit", "1")
        yield "copies transfer", ("copies", "transfer", one, "--to", "赵六", *KEEPER)
        yield "copies receive", ("copies", "receive", one, "--as", "赵六")
        yield "copies circulate", ("copies", "circulate", two, "--to", "赵六", "--days", 1, *KEEPER)
        yield "copies lend", ("copies", "lend", three, "--to", "赵六", "--days", 2, *TERMS, *KEEPER)
        yield "copies carry", ("copies", "carry", four, "--to", "赵六", "--days", 2, *TERMS, *KEEPER)
        yield "copies return", ("copies", "return", two, *KEEPER)
        yield "copies duplicate", ("copies", "duplicate", five, "--copies", 2, *TERMS, *KEEPER)
        yield "copies recall", ("copies", "recall", id_, "--due", "2027-01-01", *KEEPER)
        batch = self.newest("copies", "recall", id_, "--due", "2027-01-02", *KEEPER, name="id")
        self.office.json("copies", "return", one, three, four, *KEEPER)
        yield "copies recall --show", ("copies", "recall", "--show", batch)
        yield "copies recall --close", ("copies", "recall", "--close", batch, *KEEPER)
        yield "copies lost", ("copies", "lost", six, "--circumstances", "清点时找不到", *KEEPER)
        loss = self.newest("copies", "lost", six, "--circumstances", "清点时找不到", *KEEPER, name="id")
        yield "copies lost --step", ("copies", "lost", loss, "--step", "已向市局报告", "--reported", *KEEPER)
        yield "copies inspect --series", ("copies", "inspect", one, two, "--series", id_, *KEEPER)
        yield "copies status D…", ("copies", "status", id_)
        yield "copies status D…/7", ("copies", "status", one)
        yield "copies clear", ("copies", "clear", "--holder", "赵六", "--close", *KEEPER)
        yield "copies archive", ("copies", "archive", two, "--place", "档案室", *KEEPER)
        yield "carriers return", ("carriers", "return", three, "--unit", "省厅", *KEEPER)
        witnesses = ("--witness", "孙七", "--witness", "周八", "--place", "销毁中心")
        yield "copies destroy", ("copies", "destroy", four, *witnesses, *TERMS, *KEEPER)
        listing = self.newest("copies", "destroy", five, *witnesses, *TERMS, *KEEPER, name="id")
        yield "copies sign", ("copies", "sign", listing, "--as", "孙七")
        for kind, about in (("分发签收单", id_), ("文件传阅单", two), ("清退登记表", batch), ("销毁审批表", listing)):
            yield f"copies form {kind}", ("copies", "form", kind, about, "-o", self.out / f"{kind}.docx")

    def copies(self) -> Iterator[Step]:
        """What happens to one's own."""
        decided = ("--level", "机密", "--term", "10年", "--basis", "水文事项范围 第1项", "--reason", "按范围")
        proposed = self.office.call("determination", "propose", self.draft, "--handler", "张三", *decided)
        id_ = re.findall(r"D\d+-\d+", proposed.stdout)[0]
        yield "determination approve", ("determination", "approve", id_, "--as", "李四")
        yield "copies approve", ("copies", "approve", id_, "--copies", 200, *TERMS, *KEEPER)
        file = ("--file", self.draft, "-o", self.out)
        yield "copies issue", ("copies", "issue", id_, "--copies", 1, *file, *KEEPER)
        yield "copies void", ("copies", "void", f"{id_}/1", "--reason", "卡纸", *KEEPER)
        yield "copies reserve D…", ("copies", "reserve", id_, "--copies", 10, "--for", "印制室", *KEEPER)
        lease = self.newest("copies", "reserve", id_, "--copies", 3, "--for", "印制室", *KEEPER, name="lease")
        yield "copies reserve", ("copies", "reserve")
        yield "copies release", ("copies", "release", lease, "--unused", "12-14", *KEEPER)
        yield "copies gap", ("copies", "gap", id_, "2-3", "--reason", "不再制作", *KEEPER)
        yield "stamp", ("stamp", self.draft, "--determination", id_, "-o", self.out / "章.docx")

    def looking(self) -> Iterator[Step]:
        """Questions."""
        yield "copies status", ("copies", "status", "--limit", "1")
        yield "copies overdue", ("copies", "overdue", "--on", "2020-01-01")
        yield "copies holders", ("copies", "holders", "赵六")
        yield "register checkpoint", ("register", "checkpoint", "-o", self.out / f"{time.time_ns()}.txt", *KEEPER)

    def steps(self) -> Iterator[Step]:
        """The whole day."""
        yield from self.carriers()
        yield from self.copies()
        yield from self.looking()


def timed(office: Office, words: tuple[object, ...]) -> Taken:
    """Seconds of processor time and on the clock of one command; what it answers must be right."""
    started, busy = time.perf_counter(), spent()
    done = office.call(*words)
    taken = spent() - busy, time.perf_counter() - started
    assert done.returncode in (0, 1), (words, done.stderr)
    return taken


def spent() -> float:
    """Processor seconds of this process and of those that it waited for."""
    uses = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def play(full: Office, empty: Office, rounds: int) -> dict[str, list[tuple[Taken, Taken]]]:
    """What each command took at both sites, round by round."""
    found: dict[str, list[tuple[Taken, Taken]]] = defaultdict(list)
    for number in range(rounds + 1):
        days = zip(Day(full, number).steps(), Day(empty, number).steps(), strict=True)
        for index, ((name, at_full), (_, at_empty)) in enumerate(days):
            if (index + number) % 2:
                other = timed(empty, at_empty)
                one = timed(full, at_full)
            else:
                one = timed(full, at_full)
                other = timed(empty, at_empty)
            if number:  # the first round warms up
                found[name].append((one, other))
        print(f"round {number} of {rounds}", file=sys.stderr, flush=True)
    return found


def main() -> int:
    """Measure; 1 when a command grows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--copies", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--in-process", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        base = options.keep or Path(temporary)
        for name, copies in (("full", options.copies), ("empty", 0)):
            if not (base / name / "markpipe.toml").exists():
                build(base / name, copies)
        kind = Desk if options.in_process else Office
        sites = [office_at(base / name, kind) for name in ("full", "empty")]
        try:
            found = play(sites[0], sites[1], options.rounds)
        finally:
            for site in sites:
                for left in (*site.folder.glob("out*"), site.drafts):
                    shutil.rmtree(left, ignore_errors=True)
    failed = 0
    for name, pairs in found.items():
        (one, other), (clock, idle) = (
            (median(pair[0][at] for pair in pairs), median(pair[1][at] for pair in pairs)) for at in (0, 1)
        )
        failed += one > SLOWEST * other
        slow = "  TOO SLOW" if one > SLOWEST * other else ""
        told = f"{one * 1000:7.0f} ms, empty {other * 1000:7.0f} ms: {one / other:.2f} x  (clock {clock / idle:.2f} x)"
        print(f"{name:28} {told}{slow}")
    print(f"{len(found)} commands, {failed} too slow")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
