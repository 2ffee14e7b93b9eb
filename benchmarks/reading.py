"""Reading against bare `page.get_text()`, same files, same process, rounds interleaved: best processor time of the rounds, and ratios.

    python benchmarks/reading.py [--rounds N] [FILE.pdf …]

*visible*: the layers of every page (`pages.page_layers`).  *full*: everything that `formats.pdf.read.read` does.
Promised: visible at most 1.15 × bare, full at most 1.6 × bare, over files that hide nothing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import pymupdf

from honest import FILES
from markpipe.formats.pdf.hints import Features
from markpipe.formats.pdf.opening import opened
from markpipe.formats.pdf.pages import page_layers
from markpipe.formats.pdf.printed import Printed
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
        features = Features.of(Printed.of(document).objects)
        for page in document:
            page_layers(page, features=features)


def full(data: bytes) -> None:
    """The whole file."""
    read(data, Limits())


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("files", nargs="*", type=Path)
    arguments = parser.parse_args()
    sets = {path.name: path.read_bytes() for path in arguments.files} or {name: make() for name, make in FILES.items()}
    ways: tuple[Callable[[bytes], None], ...] = (bare, visible, full)
    print(f"{'file':24} {'pages':>5} {'bare ms':>8} {'visible':>8} {'full':>8}")
    totals = dict.fromkeys(ways, 0.0)
    for name, data in sets.items():
        times: dict[Callable[[bytes], None], list[float]] = {way: [] for way in ways}
        for way in ways:
            way(data)  # warm
        for _ in range(arguments.rounds):
            for way in ways:
                start = time.process_time()
                way(data)
                times[way].append(time.process_time() - start)
        best = {way: min(times[way]) for way in ways}
        for way in ways:
            totals[way] += best[way]
        with pymupdf.open(stream=data, filetype="pdf") as document:
            pages = document.page_count
        print(_row(name, pages, [best[way] for way in ways]))
    print(_row("all", 0, [totals[way] for way in ways]))


def _row(name: str, pages: int, seconds: list[float]) -> str:
    base = seconds[0]
    return f"{name[:24]:24} {pages or '':>5} {base * 1000:8.1f} {seconds[1] / base:8.2f} {seconds[2] / base:8.2f}"


if __name__ == "__main__":
    main()
