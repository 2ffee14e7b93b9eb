"""Eight processes that take numbers of one document at once, on SQLite and PostgreSQL: one by one, and by leased blocks.

    .venv/bin/python benchmarks/soak_numbers.py [EACH] [PROCESSES]

Each process takes EACH (500) numbers, first with a transaction for every one, then from blocks of 100.  Fails when a
number is taken twice or one is missing, when the register does not verify, or when leasing is less than ten times as
fast as single numbers in the same run.  PostgreSQL runs from a temporary folder with its usual durability; where it
is not installed, that half says so and is left out.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import sys
import tempfile
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "resources"))

from postgres import server, why_not

from markpipe.keys.keyring import Keyring
from markpipe.model.agency import Actor
from markpipe.model.classification import Duration, Level, Mark
from markpipe.model.decision import Determination, Origin, Proposal
from markpipe.pipeline.numbers import Numbers
from markpipe.store.register import Register

DAY = dt.date(2026, 5, 10)
ACTOR = Actor("zhangsan", "张三")
ID, TEN = "D2026-0001", Duration(years=10)
GOAL = 10.0
Taken = tuple[list[int], float, float]


def now() -> dt.datetime:
    """The instant that events bear."""
    return dt.datetime(2026, 5, 10, 2, 0, tzinfo=dt.UTC)


def taker(
    address: str, keys: str, each: int, way: str, ready: Barrier, answers: multiprocessing.SimpleQueue[Taken]
) -> None:
    """Take numbers as soon as all processes are ready; answer them, and from when to when."""
    with Register.open(address, Keyring.load(Path(keys))) as register:
        decided = register.matter(ID).determination
        assert decided is not None
        ready.wait()
        begun = time.time()
        if way == "single":
            batches = [f"{os.getpid()} {index}" for index in range(each)]
            taken = [register.allocate(decided, 1, ACTOR, now(), reissue=batch)[0].serial for batch in batches]
        else:
            numbers = Numbers(register, ID, str(os.getpid()), ACTOR, now)
            taken = [numbers.take() for _ in range(each)]
        answers.put((taken, begun, time.time()))


def run(address: str, keys: Path, each: int, processes: int, way: str) -> tuple[list[int], float]:
    """The numbers that all processes took, and seconds from the first to the last."""
    ready = multiprocessing.Barrier(processes)
    answers: multiprocessing.SimpleQueue[Taken] = multiprocessing.SimpleQueue()
    workers = [
        multiprocessing.Process(target=taker, args=(address, str(keys), each, way, ready, answers))
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    got = [answers.get() for _ in workers]
    for worker in workers:
        worker.join()
    taken = [serial for serials, _, _ in got for serial in serials]
    return taken, max(ended for _, _, ended in got) - min(begun for _, begun, _ in got)


def campaign(name: str, address: str, keys: Path, each: int, processes: int) -> bool:
    """Both ways on one register; whether everything held."""
    keyring = Keyring.load(keys)
    proposal = Proposal("d1", "稿.docx", "张三", Level.JIMI, TEN, Origin.ORIGINAL, DAY)
    names = (ID, "d1", "稿.docx", Mark(Level.JIMI, TEN), Origin.ORIGINAL, "张三", "李四", DAY, DAY)
    with Register.open(address, keyring, create=True) as register:
        register.propose(proposal, ACTOR, now())
        register.approve(Determination(*names, account="lisi"), ACTOR, now())
    rates, everything = {}, []
    for way in ("single", "leased"):
        taken, seconds = run(address, keys, each, processes, way)
        rates[way] = len(taken) / seconds
        everything += taken
        print(
            f"{name:10} {way:7} {len(taken)} numbers by {processes} processes in {seconds:.2f} s: {rates[way]:.0f} a second"
        )
    with Register.open(address, keyring) as register:
        highest = len(register.copies(ID))
        unused = sum(len(lease.serials) for lease in register.leases()) - each * processes
        problems = register.verify()
    twice = len(everything) - len(set(everything))
    missing = highest - len(everything) - unused
    ratio = rates["leased"] / rates["single"]
    print(
        f"{name:10} taken twice {twice}, unexplained gaps {missing}, problems {len(problems)}; leased {ratio:.0f} x single"
    )
    return not twice and not missing and not problems and ratio >= GOAL


def main() -> int:
    """Run both databases; 1 when a claim fails."""
    each, processes = (int(word) for word in (*sys.argv[1:], *("500", "8")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys.json"
        Keyring.create(keys)
        held = campaign("SQLite", f"sqlite:///{folder}/register.db", keys, each, processes)
        if reason := why_not():
            print(f"PostgreSQL left out: {reason}")
        else:
            with server() as running:
                held = campaign("PostgreSQL", running.database(), keys, each, processes) and held
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
