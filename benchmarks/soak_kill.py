"""Issuing and stamping, killed with SIGKILL at random moments: every number is accounted for, nothing is half-written.

    .venv/bin/python benchmarks/soak_kill.py [KILLS] [SEED]

A process issues copies of a PDF and stamps it, over and over, each time in the next folder; it is killed after a
random time and started again, KILLS (200) times.  After every kill: the register verifies, its numbers have no gap,
every copy that it calls made is there with its bytes, and every file under a final name is whole (poppler reads it).
At the end everything that was begun is run again: all numbers are made, and no temporary file is left.
"""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "resources"))

from desk import Desk
from office import SECRET, Office, make_office

from markpipe.keys.keyring import Keyring
from markpipe.model.carrier import CopyState
from markpipe.pipeline.writer import PREFIX, sweep
from markpipe.store.register import Register

ID = "D2026-0001"
CHILD = f"""
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from desk import Desk
office = Desk(Path(sys.argv[2]))
turn = int(sys.argv[3])
print("ready", flush=True)
while True:
    for words in (
        ("copies", "issue", "{ID}", "--copies", 2, "--file", office.drafts / "报告.pdf",
         "-o", office.folder / f"份{{turn}}", "--reissue", f"第{{turn}}批", "--as", "王五"),
        ("stamp", office.drafts / "报告.pdf", "--determination", "{ID}", "-o", office.folder / f"章{{turn}}" / "报告.pdf"),
    ):
        done = office.call(*words)
        if done.returncode:
            sys.exit(done.stderr)
    turn += 1
    print(turn, flush=True)
"""


def make(folder: Path) -> Office:
    """An office with one approved PDF."""
    office = Desk(make_office(folder).folder)
    office.add_source()
    draft = office.write_pdf(office.drafts / "报告.pdf", "关于检查的报告", SECRET)
    office.call("determination", "propose", draft, "--handler", "张三")
    approved = office.call("determination", "approve", ID, "--as", "李四")
    assert approved.returncode == 0, approved.stderr
    return office


def killed(office: Office, turn: int, seconds: float) -> int:
    """Let it work for so long after its start, kill it; answers the turn that it was at."""
    words = [sys.executable, "-c", CHILD, str(Path(__file__).parents[1] / "tests" / "resources"), str(office.folder)]
    with subprocess.Popen([*words, str(turn)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        time.sleep(seconds)
        ended = child.poll()
        child.send_signal(signal.SIGKILL)
        reached = [int(line) for line in child.stdout]
        assert ended is None, child.stderr.read()
    return max(reached, default=turn)


def one_turn(office: Office) -> float:
    """Seconds of the first turn, which is not disturbed."""
    words = [sys.executable, "-c", CHILD, str(Path(__file__).parents[1] / "tests" / "resources"), str(office.folder)]
    with subprocess.Popen([*words, "1"], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        child.stdout.readline()
        started = time.perf_counter()
        child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        return time.perf_counter() - started


def wrong(office: Office) -> list[str]:
    """What does not hold now."""
    keyring = Keyring.load(office.folder / "state" / "keys.json")
    with Register.open(f"sqlite:///{office.folder / 'state' / 'register.sqlite3'}", keyring) as register:
        found = list(register.verify())
        copies = register.copies(ID)
    if [copy.serial for copy in copies] != list(range(1, len(copies) + 1)):
        found.append("numbers have a gap")
    known = {copy.sha256 for copy in copies if copy.state is CopyState.MADE}
    written = {}
    for path in office.folder.glob("[份章]*/*.pdf"):
        if not path.name.startswith(PREFIX):
            written[path] = hashlib.sha256(path.read_bytes()).hexdigest()
            if subprocess.run(["pdfinfo", str(path)], capture_output=True, check=False).returncode:
                found.append(f"{path} is half-written")
    found += ["a made copy is not there"] * len(known - set(written.values()))
    return found


def main() -> int:
    """Kill, look, finish; 1 when anything is lost, doubled or half-written."""
    kills, seed = (int(word) for word in (*sys.argv[1:], *("200", "9")[len(sys.argv) - 1 :]))
    chance = random.Random(seed)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        office = make(Path(folder) / "office")
        longest = 1.5 * one_turn(office)
        turn = 2
        for number in range(1, kills + 1):
            turn = killed(office, turn, chance.uniform(0, longest))
            for problem in wrong(office):
                failed += 1
                print(f"kill {number}: {problem}")
        for again in range(1, turn + 1):
            words = ("--copies", 2, "--file", office.drafts / "报告.pdf", "-o", office.folder / f"份{again}")
            done = office.call("copies", "issue", ID, *words, "--reissue", f"第{again}批", "--as", "王五")
            failed += done.returncode != 0
        standing = office.json("copies", "status")["summary"]
        left = sum(sweep(path) for path in office.folder.iterdir() if path.is_dir())
        parts = list(office.folder.rglob(f"{PREFIX}*"))
        problems = wrong(office)
        failed += len(problems) + len(parts) + (standing != {"在库": 2 * turn})
        print(
            f"{kills} kills in {turn} turns, {failed} failures; {standing}; swept {left}, left {len(parts)}; {problems}"
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
