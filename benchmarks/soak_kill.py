"""Issuing and stamping, killed with SIGKILL at random moments: every number is accounted for, nothing is half-written.

    .venv/bin/python benchmarks/soak_kill.py [KILLS] [--seed N] [--postgres]

A process issues copies of a PDF and stamps it, over and over, each time in the next folder, until it is killed and
another takes its place; KILLS (200) times.  It is a fork of this process, which has imported everything and holds
nothing open, so that the time goes into the commands rather than into their start; their reading process is a
process of its own, as always.

When it is killed is drawn anew each time: first the kind of moment, then which one of its kind in a turn of work, then
whether at that moment or up to 4 ms later, so that the kill falls into what follows as well.  Kinds: the clock (any time of a turn), an SQL
statement, just before and just after a commit, opening a file for writing, renaming, deleting, starting a process.

After every kill: the register verifies, its numbers have no gap, every copy and stamped file that it calls made is
there with its bytes, and every file under a final name is whole (poppler reads it).  At the end what is unfinished is
run again: all numbers are made, and no temporary file is left.  1 when anything is otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "resources"))

from desk import Desk
from office import SECRET, make_office
from postgres import server, why_not

from markpipe.keys.keyring import Keyring
from markpipe.model.carrier import CopyState
from markpipe.pipeline.writer import PREFIX
from markpipe.store.register import Register

ID = "D2026-0001"
CLOCK = "clock"
LATER = 0.004
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
AUDITED = {"os.rename": "rename", "os.remove": "delete", "subprocess.Popen": "process"}


@dataclass
class Campaign:
    """The office, and what is known of it so far."""

    office: Desk
    address: str
    keyring: Keyring
    whole: dict[Path, str] = field(default_factory=dict)

    def issue(self, turn: int) -> subprocess.CompletedProcess[str]:
        """Two more copies, in this turn's folder."""
        office = self.office
        words = ("copies", "issue", ID, "--copies", 2, "--file", office.drafts / "报告.pdf")
        return office.call(*words, "-o", office.folder / f"份{turn}", "--reissue", f"第{turn}批", "--as", "王五")

    def stamp(self, turn: int) -> subprocess.CompletedProcess[str]:
        """The marked file, in this turn's folder."""
        office = self.office
        out = office.folder / f"章{turn}" / "报告.pdf"
        return office.call("stamp", office.drafts / "报告.pdf", "--determination", ID, "-o", out)

    def wrong(self) -> list[str]:
        """What does not hold now."""
        with Register.open(self.address, self.keyring) as register:
            found = list(register.verify())
            copies, stamped = register.copies(ID), register.outputs(ID)
        if [copy.serial for copy in copies] != list(range(1, len(copies) + 1)):
            found.append("numbers have a gap")
        written = set()
        for path in self.office.folder.glob("[份章]*/*.pdf"):
            if path.name.startswith(PREFIX):
                continue
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            written.add(digest)
            if self.whole.get(path) != digest:
                if subprocess.run(["pdfinfo", str(path)], capture_output=True, check=False).returncode:
                    found.append(f"{path.name} is half-written")
                self.whole[path] = digest
        made = {copy.sha256 for copy in copies if copy.state is CopyState.MADE} | {one.sha256 for one in stamped}
        return found + ["a made file is not there"] * len(made - written)

    def finish(self, turns: int) -> tuple[int, int]:
        """Run again what was cut off, as a person would: how many commands that took, and how many failed."""
        with Register.open(self.address, self.keyring) as register:
            made = {copy.sha256 for copy in register.copies(ID) if copy.state is CopyState.MADE}
            marked = {one.sha256 for one in register.outputs(ID)}
        done = []
        for turn in range(1, turns + 1):
            for folder, recorded, wanted, again in (("份", made, 2, self.issue), ("章", marked, 1, self.stamp)):
                there = [path for path in self.whole if path.parent.name == f"{folder}{turn}"]
                parts = any((self.office.folder / f"{folder}{turn}").glob(f"{PREFIX}*"))
                if parts or sum(self.whole[path] in recorded for path in there) < wanted:
                    done.append(again(turn))
        print("".join(one.stderr for one in done), end="")
        return len(done), sum(one.returncode != 0 for one in done)

    def left_over(self) -> tuple[int, int]:
        """Temporary files that lie about, and numbers without a copy: signs of a kill in the middle."""
        with Register.open(self.address, self.keyring) as register:
            waiting = sum(copy.state is CopyState.ALLOCATED for copy in register.copies(ID))
        return len(list(self.office.folder.rglob(f"{PREFIX}*"))), waiting


def make(folder: Path, address: str) -> Campaign:
    """An office with one approved PDF."""
    office = Desk(make_office(folder).folder)
    office.add_source()
    draft = office.write_pdf(office.drafts / "报告.pdf", "关于检查的报告", SECRET)
    for words in (("propose", draft, "--handler", "张三"), ("approve", ID, "--as", "李四")):
        done = office.call("determination", *words)
        assert done.returncode == 0, done.stdout + done.stderr
    return Campaign(office, address, Keyring.load(office.folder / "state" / "keys.json"))


def watch_steps(step: Callable[[str], None]) -> None:
    """Call `step` with its kind at every statement, commit, and change of a file, for the rest of this process."""
    written: list[bool] = []

    def audited(name: str, arguments: tuple[Any, ...]) -> None:
        if name in AUDITED:
            step(AUDITED[name])
        elif name == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
            step("open")

    sys.addaudithook(audited)
    sa.event.listen(sa.Engine, "before_cursor_execute", lambda *_: step("statement"))

    def commit(_: object) -> None:
        written.append(True)
        step("commit")

    sa.event.listen(sa.Engine, "commit", commit)
    sa.event.listen(sa.pool.Pool, "checkin", lambda *_: step("committed") if written and written.pop() else None)


def forked(work: Callable[[int], None]) -> tuple[int, BinaryIO]:
    """Run `work` with a pipe to write lines to in a process of its own: its id, and where they are read."""
    reads, writes = os.pipe()
    child = os.fork()
    if child:
        os.close(writes)
        return child, os.fdopen(reads, "rb", buffering=0)
    try:
        os.close(reads)
        work(writes)
    except BaseException as error:  # noqa: BLE001  a fork must never come back into the caller's code
        os.write(writes, f"failed {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(1)


def one_turn(campaign: Campaign) -> tuple[float, Counter[str]]:
    """Seconds of the first turn, which is not disturbed, and how many moments of each kind it has."""

    def work(pipe: int) -> None:
        steps: Counter[str] = Counter()
        watch_steps(lambda kind: steps.update([kind]))
        started = time.perf_counter()
        done = [campaign.issue(1), campaign.stamp(1)]
        assert not any(one.returncode for one in done), [one.stderr for one in done]
        os.write(pipe, json.dumps([time.perf_counter() - started, steps]).encode() + b"\n")

    child, lines = forked(work)
    with lines:
        seconds, steps = json.loads(lines.readline())
    os.waitpid(child, 0)
    return seconds, Counter(steps)


def killed(campaign: Campaign, turn: int, kind: str, which: int, seconds: float) -> tuple[int, str]:
    """Let it work until so long after its `which`-th moment of a kind; kill it.  The turn it was at, and at what."""

    def work(pipe: int) -> None:
        seen = 0

        def step(met: str) -> None:
            nonlocal seen
            seen += met == kind
            if met == kind and seen == which:
                os.write(pipe, b"now\n")
                if not seconds:
                    os.kill(os.getpid(), signal.SIGKILL)

        watch_steps(step)
        step(CLOCK)
        at = turn
        while True:
            for name in ("issue", "stamp"):
                os.write(pipe, f"{at} {name}\n".encode())
                done = getattr(campaign, name)(at)
                if done.returncode:
                    raise AssertionError(done.stderr)
            at += 1

    child, lines = forked(work)
    reached, at, rang = turn, "start", False
    with lines:
        for line in lines:
            words = line.decode().split(maxsplit=1)
            assert words[0] != "failed", line.decode()
            if words[0] == "now":
                time.sleep(seconds)
                os.kill(child, signal.SIGKILL)  # where it has not done so itself
                rang = True
            else:
                reached, at = int(words[0]), words[1].strip()
    _, status = os.waitpid(child, 0)
    assert rang, "it ended by itself"
    assert os.WTERMSIG(status) == signal.SIGKILL, status
    return reached, at


def rounds(campaign: Campaign, kills: int, chance: random.Random) -> tuple[int, int]:
    """Kill and look, so often; how many problems, and how many turns were begun."""
    seconds, steps = one_turn(campaign)
    print(f"a turn: {seconds:.1f} s, {dict(steps)}", flush=True)
    failed, turn = 0, 2
    kinds, places, middle = Counter[str](), Counter[str](), Counter[str]()
    for number in range(1, kills + 1):
        kind = chance.choice([CLOCK, *sorted(steps)])
        late = chance.uniform(0, 1.2 * seconds) if kind == CLOCK else chance.choice([0, chance.uniform(0, LATER)])
        before, waiting = campaign.left_over()
        turn, at = killed(campaign, turn, kind, chance.randint(1, max(1, steps[kind])), late)
        kinds[kind] += 1
        places[at] += 1
        parts, numbers = campaign.left_over()
        middle["a temporary file"] += parts > before
        middle["a number without its copy"] += numbers > waiting
        for problem in campaign.wrong():
            failed += 1
            print(f"kill {number} ({kind}, {at}): {problem}", flush=True)
        turn += chance.random() < 0.5  # otherwise the same turn is taken up again
        if number % 20 == 0:
            print(f"{number} kills, {failed} problems, turn {turn}", flush=True)
    print(f"{kills} kills: {dict(kinds)}; while at {dict(places)}; left behind {dict(middle)}")
    return failed, turn


def main() -> int:
    """Kill, look, finish; 1 when anything is lost, doubled or half-written."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kills", nargs="?", type=int, default=200)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "office"
        address = f"sqlite:///{folder / 'state' / 'register.sqlite3'}"
        if options.postgres:
            if reason := why_not():
                sys.exit(f"PostgreSQL cannot run here: {reason}")
            os.environ["MARKPIPE_REGISTER"] = address = stack.enter_context(server()).database()
        campaign = make(folder, address)
        failed, turns = rounds(campaign, options.kills, random.Random(options.seed))
        again, refused = campaign.finish(turns)
        standing = campaign.office.json("copies", "status")["summary"]
        parts = list(folder.rglob(f"{PREFIX}*"))
        problems = campaign.wrong()
        failed += refused + len(problems) + len(parts) + (standing != {"在库": 2 * turns})
        print(f"{turns} turns, {again} commands run again: {standing}, {len(parts)} temporary files, {problems}")
    print(f"{failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
