"""A register of a million carriers: how long its questions take, in process and as commands; how much memory verifying.

    .venv/bin/python benchmarks/soak_register.py [COPIES] [--keep FOLDER] [--verify]

Builds two sites, an empty one and one with COPIES (1,000,000) carriers: 500 a received document, a hundredth own copies
(100 a document), a fiftieth in somebody's hands, a few of them overdue.  Events are appended as always; only the
transactions are larger.  Fails when the 95th percentile of a question is above 20 ms of processor time (what else
the machine does is not counted; the time on the clock is printed beside it), when a command takes more than 1.5 times
as long as on the empty register, or, with --verify, when verifying takes 200 MB more than the questions before it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from markpipe.keys.keyring import Keyring
from markpipe.ledger.custody_events import CarriersMoved, CarriersReceived
from markpipe.ledger.events import CopiesAllocated, CopyMade, Event, MatterApproved, MatterProposed
from markpipe.model.agency import Actor
from markpipe.model.classification import Duration, Level, Mark
from markpipe.model.custody import Act, CarrierState, Incoming, Reproduction, carrier_ref
from markpipe.model.decision import Determination, Origin, Proposal
from markpipe.store.log import append
from markpipe.store.register import Register

AT = dt.datetime(2026, 5, 10, 2, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 10)
ACTOR = Actor("wangwu", "王五")
MARK = Mark(Level.JIMI, Duration(years=10))
RECEIVED, OWN, HOLDERS = 500, 100, 500
LONGEST_MS, SLOWEST = 20.0, 1.5
SITE = """schema = 1
[agency]
name = "某市水文测站"
tier = "设区的市级"
[[people]]
name = "王五"
accounts = ["{account}"]
roles = ["保密员", "承办人"]
[system]
level = "机密"
"""


def document(number: int) -> tuple[Event, ...]:
    """One own document with its copies, made."""
    id_, digest = f"D2026-{number:04d}", f"{number:064x}"
    proposal = Proposal(digest, f"报告{number}.docx", "张三", Level.JIMI, Duration(years=10), Origin.ORIGINAL, DAY)
    names = (digest, proposal.name, MARK, Origin.ORIGINAL, "张三", "李四", DAY, DAY)
    decided = Determination(id_, *names, account="lisi")
    made = (CopyMade(id_, serial, f"{number:032x}{serial:032x}", f"份/{serial}.docx") for serial in range(1, OWN + 1))
    return (MatterProposed(id_, proposal), MatterApproved(decided), CopiesAllocated(id_, digest, 1, 1, OWN), *made)


def received(number: int) -> tuple[Event, ...]:
    """One received document, every tenth carrier of it with somebody."""
    incoming = Incoming(
        f"R2026-{number:04d}",
        "省厅",
        f"省厅发〔2026〕{number}号",
        f"通知{number}",
        MARK,
        DAY,
        "机要交通",
        Reproduction.ALLOWED,
    )
    serials = tuple(f"{serial:06d}" for serial in range(1, RECEIVED + 1))
    refs = tuple(carrier_ref(incoming.id, serial) for serial in range(10, RECEIVED + 1, 50))
    due = DAY if number % 100 == 0 else DAY + dt.timedelta(days=400)
    holder = f"人员{number % HOLDERS:04d}"
    terms = {"due": due, "approved_by": "吴九", "approval": "1号"}
    lent = CarriersMoved(Act.LEND, refs, CarrierState.LENT, holder, "", DAY, **terms)  # type: ignore[arg-type]
    return (CarriersReceived(incoming, serials), lent)


def build(folder: Path, copies: int) -> Path:
    """A site with its register; `copies` of 0 for an empty one."""
    folder.mkdir(parents=True, exist_ok=True)
    site = folder / "markpipe.toml"
    site.write_text(SITE.format(account=getpass.getuser()), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "markpipe.cli.main", "init", str(folder)], check=True, capture_output=True)
    own, others = copies // 100 // OWN, copies * 99 // 100 // RECEIVED
    keyring = Keyring.load(folder / "state" / "keys.json")
    started = time.perf_counter()
    with Register.open(f"sqlite:///{folder / 'state' / 'register.sqlite3'}", keyring) as register:
        groups = [*(document(number) for number in range(1, own + 1)), *(received(n) for n in range(1, others + 1))]
        for start in range(0, len(groups), 20):
            with register._database.write() as connection:
                if start == 0:
                    connection.connection.cursor().execute("PRAGMA cache_size=-400000")
                append(
                    connection, keyring, [event for group in groups[start : start + 20] for event in group], ACTOR, AT
                )
        print(f"{copies} carriers in {register.head()} events, built in {time.perf_counter() - started:.0f} s")
    return site


def questions(register: Register) -> dict[str, Callable[[int], object]]:
    """What is asked in process; the number varies what it is about."""
    later = DAY + dt.timedelta(days=30)
    own = [matter.id for matter in register.matters()]
    others = [incoming.id for incoming in register.incoming()][:200]
    decided = register.matter(own[0]).determination
    assert decided is not None

    def one_document(n: int) -> object:
        id_ = own[n % len(own)]
        return register.copies(id_), register.carriers(series=id_)

    def one_serial(n: int) -> object:
        ref = f"{others[n % len(others)]}/000010"
        return register.carrier(ref), register.history(ref)

    return {
        "status, one document": one_document,
        "status, everything (20 latest)": lambda _: (register.standing(), register.latest_copies(20)),
        "one serial with its history": one_serial,
        "what one holder has": lambda n: register.carriers(holder=f"人员{n:04d}"),
        "overdue": lambda _: (
            register.overdue(later),
            register.owed(later),
            register.late_recalls(later),
            register.late_losses(AT),
        ),
        "a new number": lambda n: register.allocate(decided, 1, ACTOR, AT, reissue=f"第{n}次 {time.time_ns()}"),
    }


COMMANDS: dict[str, tuple[str, ...]] = {
    "copies status": ("copies", "status", "--limit", "20"),
    "copies status D/7": ("copies", "status", "D2026-0001/7"),
    "copies holders": ("copies", "holders", "人员0001"),
    "copies overdue": ("copies", "overdue"),
    "carriers list": ("carriers", "list", "--limit", "1"),
    "copies reserve": ("copies", "reserve"),
}


def command(site: Path, words: tuple[str, ...]) -> float:
    """Seconds of one command, whatever it answers."""
    started = time.perf_counter()
    called = [sys.executable, "-m", "markpipe.cli.main", "--config", str(site), *words]
    done = subprocess.run(called, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1, 2), done.stderr
    return time.perf_counter() - started


def main() -> int:
    """Measure; 1 when a claim fails."""
    parser = argparse.ArgumentParser()
    parser.add_argument("copies", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--verify", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        base = options.keep or Path(temporary)
        full, empty = base / "full" / "markpipe.toml", base / "empty" / "markpipe.toml"
        if not full.exists():
            build(full.parent, options.copies)
            build(empty.parent, 0)
        return measure(full, empty, verify=options.verify)


def measure(full: Path, empty: Path, *, verify: bool) -> int:
    """Print the figures; 1 when one is not held."""
    failed = 0
    keyring = Keyring.load(full.parent / "state" / "keys.json")
    with Register.open(f"sqlite:///{full.parent / 'state' / 'register.sqlite3'}", keyring) as register:
        for name, ask in questions(register).items():
            ask(0)
            clock, spent = [], []
            for n in range(1, 201):
                started, busy = time.perf_counter(), time.thread_time()
                ask(n)
                clock.append((time.perf_counter() - started) * 1000)
                spent.append((time.thread_time() - busy) * 1000)
            p95 = quantiles(spent, n=20)[-1]
            failed += p95 > LONGEST_MS
            told = f"median {median(spent):6.2f} ms  p95 {p95:6.2f} ms  (clock: {median(clock):.2f}, {quantiles(clock, n=20)[-1]:.2f})"
            print(f"{name:32} {told}{'  TOO SLOW' if p95 > LONGEST_MS else ''}")
        if verify:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            started = time.perf_counter()
            found = register.verify()
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            print(
                f"verify: {time.perf_counter() - started:.0f} s, {grown:.0f} MB more than before, {len(found)} problems"
            )
            failed += bool(found) + (grown > 200)
    for name, words in COMMANDS.items():
        pairs = [(command(full, words), command(empty, words)) for _ in range(7)]
        ratio = median(one for one, _ in pairs) / median(other for _, other in pairs)
        failed += ratio > SLOWEST
        print(
            f"{name:32} {median(one for one, _ in pairs):.2f} s, {ratio:.2f} x the empty register{'  TOO SLOW' if ratio > SLOWEST else ''}"
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
