"""Reading against bare `page.get_text()`: the same files that hide nothing, one process, rounds interleaved.

    python benchmarks/reading.py [--rounds N] [--programs] [--best] [FILE.pdf …]

*visible*: the layers of every page (`pages.page_layers`).  *full*: everything that `formats.pdf.read.read` does.
Processor time; each figure is a ratio of the medians of the rounds, the last line that of the sums of the medians.  The
process is warm as a worker is after its first file: libraries loaded, the collector told to pass over them.
Promised: visible at most 1.15 × bare, full at most 1.6 × bare, over all files together; exit 1 where that fails.
`--programs` measures files that LibreOffice, Chromium, Word and Quartz wrote instead (`programs.py`): nothing is promised of
them, since what they hold beside their pages (tagged structure, pictures, revisions) is read too.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pymupdf

from honest import FILES
from markpipe.formats.pdf.opening import opened
from markpipe.formats.pdf.pages import page_layers
from markpipe.formats.pdf.read import read
from markpipe.model.limits import Limits


def bare(data: bytes) -> None:
    """What the library itself needs."""
    with pymupdf.open(stream=data, filetype="pdf") as document:
        for page in document:
            page.get_text()


def visible(data: bytes) -> None:
    """Layers of every page."""
    with opened(data) as document:
        for page in document:
            page_layers(page)


def full(data: bytes) -> None:
    """The whole file."""
    read(data, Limits())


VISIBLE, FULL = 1.15, 1.6


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--programs", action="store_true")
    parser.add_argument("--best", action="store_true", help="the best of the rounds, not the median: on a busy machine")
    parser.add_argument("files", nargs="*", type=Path)
    arguments = parser.parse_args()
    sets = {path.name: path.read_bytes() for path in arguments.files}
    if arguments.programs:
        from programs import made

        sets |= made()
    sets = sets or {name: make() for name, make in FILES.items()}
    ways: tuple[Callable[[bytes], None], ...] = (bare, visible, full)
    times: dict[tuple[str, Callable[[bytes], None]], list[float]] = {(name, way): [] for name in sets for way in ways}
    for data in sets.values():
        for way in ways:
            way(data)  # warm
    gc.collect()
    gc.freeze()
    for _ in range(arguments.rounds):
        for name, data in sets.items():
            for way in ways:
                start = time.process_time()
                way(data)
                times[name, way].append(time.process_time() - start)
    middle: Callable[[list[float]], float] = min if arguments.best else statistics.median
    print(f"{'file':24} {'pages':>5} {'bare ms':>8} {'visible':>8} {'full':>8}")
    for name, data in sets.items():
        with pymupdf.open(stream=data, filetype="pdf") as document:
            pages = document.page_count
        print(_row(name, pages, [middle(times[name, way]) for way in ways]))
    totals = [sum(middle(times[name, way]) for name in sets) for way in ways]
    print(_row("all", 0, totals))
    if arguments.programs:
        return 0
    return 0 if totals[1] <= VISIBLE * totals[0] and totals[2] <= FULL * totals[0] else 1


def _row(name: str, pages: int, seconds: list[float]) -> str:
    base = seconds[0]
    return f"{name[:24]:24} {pages or '':>5} {base * 1000:8.1f} {seconds[1] / base:8.2f} {seconds[2] / base:8.2f}"


if __name__ == "__main__":
    sys.exit(main())
