"""What a printed copy costs without the printer: numbering, stamping, reading back, register.  Median of three rounds.

.venv/bin/python benchmarks/printing.py [COPIES]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "resources"))

from counter import Bench, Pile
from office import make_office
from printroom import PEOPLE

from markpipe.model.limits import Limits
from markpipe.pipeline.sandbox import Worker
from markpipe.printing.backend import Exit

ROUNDS = 3


def main() -> int:
    """One job of so many copies, three times, on a pile of sheets in place of a printer."""
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory() as folder, Worker(Limits(), Path(folder) / "work") as worker:
        bench = Bench(make_office(Path(folder) / "office", extra=PEOPLE).folder, worker)
        each = []
        for number in range(ROUNDS):
            data, _ = bench.determined(f"{number}.pdf", approve=copies)
            pile, began = Pile(), time.perf_counter()
            assert bench.job(pile, data, copies, f"round-{number}")[0] is Exit.OK
            each.append((time.perf_counter() - began) / len(pile.sheets))
    print(f"{copies} 份一个任务，每份 {1000 * statistics.median(each):.0f} ms（{ROUNDS} 轮中位数）")
    return 0


if __name__ == "__main__":
    sys.exit(main())
