"""Kill -9 of the backend, of cupsd and of everything at random moments of printing: nothing twice, nothing lost.

    .venv/bin/python benchmarks/soak_print.py [MOMENTS] [SEED]

A moment counts when something was at work on a copy as the kill came; there are as many rounds as that takes.  Each round sends a job to a marking queue of a real cupsd (three copies) or runs `markpipe print` (two), kills one of
the processes, the server or all of them at a random moment, starts cupsd again, and lets an operator do what the
register asks for: say of every unknown copy whether it is among the sheets, let held jobs go on, finish interrupted
orders.  Then it compares the sheets that the printer put out with the register.  Loopback only.  Exits with 1 when a
copy is on two sheets, when a job or copy is gone without a record, or when a number is not accounted for.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "resources"))

from printroom import PRINT, QUEUE, PrintRoom, open_room, serial_of
from printshop import PrintShop, end, missing, open_shop

from markpipe.cli.site import Site
from markpipe.model.printing import SETTLED, PrintState
from markpipe.printing.hand import locked

ALWAYS = ("cupsd", "everything")
COPIES = {"queue": 3, "command": 2}
QUIET_SECONDS = 90.0
MOST_ROUNDS = 2
"""Rounds for a moment that counts: more, and the script kills nothing."""


@dataclass
class Campaign:
    """What happened so far."""

    room: PrintRoom
    draft: Path
    chance: random.Random
    killed: Counter[str] = field(default_factory=Counter)
    hits: int = 0
    seen: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unknown: int = 0
    dropped: int = 0
    commands: int = 0

    @property
    def shop(self) -> PrintShop:
        return self.room.shop


def processes(shop: PrintShop) -> dict[str, list[int]]:
    """Who is at work for this shop, by kind; found by what they were started with."""
    found: dict[str, list[int]] = {"backend": [], "shell": [], "device": [], "client": []}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if str(shop.root) not in (folder / "environ").read_bytes().decode(errors="replace"):
                continue
            if "printer" in words and "backend" in words:
                found["backend"].append(int(folder.name))
            elif str(shop.root / "bin" / "backend" / "markpipe") in words[:2]:
                found["shell"].append(int(folder.name))
            elif words[0].endswith("/backend/ipp"):
                found["device"].append(int(folder.name))
            elif "print" in words and "markpipe.cli.main" in words:
                found["client"].append(int(folder.name))
    return found


def kill(campaign: Campaign) -> str:
    """One kind of process that is at work now, the server, or the whole set at once; the answer is which."""
    shop, running = campaign.shop, processes(campaign.shop)
    victim = campaign.chance.choice([*(kind for kind in running if running[kind]), *ALWAYS])
    pids = [pid for kind in running for pid in running[kind]] if victim == "everything" else running.get(victim, [])
    if victim in ALWAYS:
        end(shop.cupsd, signal.SIGKILL)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    campaign.killed[victim] += 1
    campaign.hits += any(running.values())
    return victim


def start(campaign: Campaign, kind: str, number: int) -> subprocess.Popen[str]:
    """A user's job."""
    shop, room = campaign.shop, campaign.room
    if kind == "queue":
        words = ["lp", "-d", QUEUE, "-n", str(COPIES[kind]), str(campaign.draft)]
    else:
        main = (sys.executable, "-m", "markpipe.cli.main", "--config", str(room.folder / "markpipe.toml"))
        words = [*main, *command(campaign, number)]
    return shop.start_client(*words)


def command(campaign: Campaign, number: int) -> list[str]:
    """What the user of a round types, and types again when it was interrupted."""
    return ["print", str(campaign.draft), "--copies", str(COPIES["command"]), "--reissue", f"第{number}轮", *PRINT]


def quiet(campaign: Campaign) -> None:
    """Wait until nobody works and no job may go on by itself."""
    still, limit = 0, time.monotonic() + QUIET_SECONDS
    while still < 3 and time.monotonic() < limit:
        with contextlib.suppress(AssertionError):
            busy = any(processes(campaign.shop).values())
            moving = [job for job in campaign.shop.jobs() if job["job-state"] != "pending-held" or retried(job)]
            still = 0 if busy or moving else still + 1
        time.sleep(0.3)


def retried(job: dict[str, str]) -> bool:
    """A job that cupsd tries again by itself also counts as held; one that waits for a person says why."""
    return not job["job-printer-state-message"] or "没有应答" in job["job-printer-state-message"]


def operate(campaign: Campaign) -> None:
    """What the operator does: looks at the paper, says so, lets jobs go on, finishes interrupted orders."""
    room, shop = campaign.room, campaign.shop
    for _ in range(6):
        quiet(campaign)
        told = room.call("copies", "reconcile")
        campaign.dropped += told.stderr.count("没有打印，请重新发送")
        doubtful = room.doubtful()
        for ref in doubtful:
            campaign.unknown += 1
            paper = ref.rpartition("/")[2] in sheets(campaign).values()
            how = ("--printed",) if paper else ("--nothing", "没有出纸")
            done = room.call("copies", "reconcile", ref, *how, "--as", "王五")
            if done.returncode not in (0, 1):
                campaign.problems.append(f"{ref} 不能核对：{done.stderr}")
        jobs = shop.jobs()
        for job in jobs:
            shop.call("lp", "-i", job["job-id"], "-H", "resume")
        left = unfinished(campaign)
        if not jobs and not doubtful and not left:
            return
        for order in [] if jobs else left:
            room.call("print", campaign.draft, "--order", order, *PRINT)
    campaign.problems.append(f"没有办完：{unfinished(campaign)} {[job['job-id'] for job in shop.jobs()]}")


def unfinished(campaign: Campaign) -> list[str]:
    """Orders of which a copy has neither paper nor a reason."""
    with Site(campaign.room.folder / "markpipe.toml").open_register() as register:
        copies = register.printed_copies(*(state for state in PrintState if state not in SETTLED))
    folder = campaign.room.folder / "state" / "printing"
    return sorted({copy.order for copy in copies if not locked(folder, copy.order)})


def sheets(campaign: Campaign) -> dict[str, str]:
    """The 份号 on each sheet, read once with poppler."""
    for sheet in campaign.shop.sheets():
        if sheet.name not in campaign.seen:
            campaign.seen[sheet.name] = serial_of(sheet)
    return campaign.seen


def check(campaign: Campaign, accepted: int) -> None:
    """The sheets against the register."""
    on_paper = Counter(sheets(campaign).values())
    campaign.problems += [f"份号 {serial} 印了 {count} 次" for serial, count in on_paper.items() if count > 1]
    with Site(campaign.room.folder / "markpipe.toml").open_register() as register:
        copies = register.printed_copies()
        numbers = register.copies()
        orders = register.print_orders()
        campaign.problems += [f"台账：{problem}" for problem in register.verify()]
    printed = {f"{copy.serial:06d}" for copy in copies if copy.state in (PrintState.PRINTED, PrintState.CONFIRMED)}
    campaign.problems += [f"份号 {serial} 已登记而没有纸张" for serial in sorted(printed - on_paper.keys())]
    campaign.problems += [f"份号 {serial} 有纸张而没有登记" for serial in sorted(on_paper.keys() - printed)]
    campaign.problems += [f"{copy.order} {copy.serial} {copy.state}" for copy in copies if copy.state not in SETTLED]
    known = {copy.serial for copy in copies}
    strays = [copy.serial for copy in numbers if copy.serial not in known]
    campaign.problems += [f"份号 {serial} 不在任何打印任务中" for serial in strays]
    if [copy.serial for copy in numbers] != list(range(1, len(numbers) + 1)):
        campaign.problems.append("份号有缺")
    made = sum(len(order.serials) for order in orders if order.source == "命令")
    if made != COPIES["command"] * campaign.commands:
        campaign.problems.append(f"{campaign.commands} 次命令，登记 {made} 份")
    queued = sum(order.source != "命令" for order in orders)
    if queued + campaign.dropped < accepted:
        campaign.problems.append(f"队列接收了 {accepted} 个任务，登记 {queued} 个，记录中断 {campaign.dropped} 个")


def run(moments: int, seed: int, folder: Path) -> int:
    """The campaign; the answer is how many problems there were."""
    chance, accepted, began = random.Random(seed), 0, time.monotonic()
    with open_shop(folder) as shop, open_room(shop) as room:
        campaign = Campaign(room, room.determine("soak.pdf", approve=9999), chance)
        shop.pace(0.2)
        for number in range(MOST_ROUNDS * moments):
            if campaign.hits >= moments:
                break
            kind = "queue" if chance.random() < 0.7 else "command"
            client = start(campaign, kind, number)
            if kind == "queue":
                accepted += client.wait() == 0
            else:
                campaign.commands += 1
            time.sleep(chance.uniform(0.0, 6.0))
            victim = kill(campaign)
            if shop.cupsd is None or shop.cupsd.poll() is not None:
                shop.start_cupsd()
            with contextlib.suppress(subprocess.TimeoutExpired):
                client.wait(QUIET_SECONDS)
            operate(campaign)
            if kind == "command" and client.returncode != 0:
                room.call(*command(campaign, number))
                operate(campaign)
            if campaign.problems:
                break
            print(
                f"{number + 1:4d}  {kind:8s} {victim:11s} 命中 {campaign.hits}  打印件 {len(sheets(campaign))}  待核对 {campaign.unknown}",
                flush=True,
            )
        check(campaign, accepted)
        if campaign.hits < moments:
            campaign.problems.append(f"只有 {campaign.hits} 次在打印中杀到")
        print(
            f"种子 {seed}，{sum(campaign.killed.values())} 次 kill -9 {dict(campaign.killed)}，"
            f"其中 {campaign.hits} 次正在打印，{time.monotonic() - began:.0f} 秒"
        )
        print(
            f"队列任务 {accepted} 个，命令 {campaign.commands} 次；打印件 {len(campaign.seen)} 份；人工核对 {campaign.unknown} 份；中断记录 {campaign.dropped} 个"
        )
        for problem in campaign.problems:
            print(f"✗ {problem}")
        return len(campaign.problems)


def main() -> int:
    """Command line: how many moments, and the seed."""
    if why := missing():
        print(f"跳过：{why}")
        return 0
    moments = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261122
    with tempfile.TemporaryDirectory(prefix="markpipe-soak-") as folder:
        return 1 if run(moments, seed, Path(folder)) else 0


if __name__ == "__main__":
    sys.exit(main())
