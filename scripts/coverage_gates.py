"""Hold branch coverage, package by package, to what docs/operations.md promises; exit 1 names what fell short."""

from __future__ import annotations

import json
import sys
from pathlib import Path

GATES = {
    "model": 100.0,
    "text": 100.0,
    "classify": 100.0,
    "ledger": 100.0,
    "detect": 90.0,
    "reuse": 90.0,
    "marking": 90.0,
    "redaction": 90.0,
}


def shares(report: dict[str, dict[str, dict[str, dict[str, int]]]]) -> dict[str, float]:
    """Percentage of lines and branches run, one figure a package."""
    counts: dict[str, tuple[int, int]] = {}
    for name, file in report["files"].items():
        package = name.replace("\\", "/").partition("src/markpipe/")[2].partition("/")[0]
        summary = file["summary"]
        covered, total = counts.get(package, (0, 0))
        covered += summary["covered_lines"] + summary.get("covered_branches", 0)
        counts[package] = (covered, total + summary["num_statements"] + summary.get("num_branches", 0))
    return {package: 100.0 * covered / total for package, (covered, total) in counts.items() if total}


def main() -> int:
    """Print a line a package; answer 1 when a gate is missed."""
    measured = shares(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    missed = 0
    for package, gate in GATES.items():
        if package not in measured:
            continue
        short = measured[package] < gate
        missed += short
        print(f"{package:10} {measured[package]:6.2f} %  (gate {gate:.0f} %){'  TOO LOW' if short else ''}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
