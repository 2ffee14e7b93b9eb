"""Byte-flipped mutants of the hiding fixtures: each must end with an outcome, none may cost the worker.

python benchmarks/soak_mutants.py [--count N]      default 2000 a format
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "resources"))

from hiding import docx_places, pdf_objects, pdf_pages

from markpipe.model.document import UnreadReason
from markpipe.model.limits import Limits
from markpipe.pipeline.sandbox import Worker

FAILURES = (UnreadReason.CRASHED, UnreadReason.TIMEOUT, UnreadReason.MEMORY)


def mutant(data: bytes, chance: random.Random) -> bytes:
    """The file with a few bytes changed, cut or doubled."""
    copy = bytearray(data)
    for _ in range(chance.randint(1, 20)):
        at = chance.randrange(len(copy))
        match chance.randrange(4):
            case 0:
                copy[at] ^= 1 << chance.randrange(8)
            case 1:
                copy[at] = chance.randrange(256)
            case 2:
                del copy[at : at + chance.randint(1, 60)]
            case _:
                copy[at:at] = copy[max(at - 40, 0) : at]
    return bytes(copy)


def main() -> int:
    """Run both formats and print what became of the mutants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    count = parser.parse_args().count
    limits = Limits(wall_seconds=60)
    failed = 0
    with tempfile.TemporaryDirectory() as work, Worker(limits, Path(work) / "work", ocr="never") as worker:
        for fmt, modules in (("pdf", (pdf_pages, pdf_objects)), ("docx", (docx_places,))):
            originals = [
                build()
                for module in modules
                for name, build in sorted(vars(module).items())
                if re.fullmatch(r"[pacrd]\d\d", name)
            ]
            originals = [data for data in originals if len(data) < 200_000]
            chance = random.Random(20260101)
            outcomes: Counter[str] = Counter()
            start = time.perf_counter()
            for number in range(count):
                document = worker.read(mutant(originals[number % len(originals)], chance), nested=True)
                outcomes[document.status.value] += 1
                bad = [item for item in document.unread if item.reason in FAILURES]
                failed += bool(bad)
                for item in bad:
                    print(f"FAILED {fmt} {number}: {item.reason.value} {item.detail}")
            print(f"{fmt}: {count} mutants, {dict(sorted(outcomes.items()))}, {time.perf_counter() - start:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
