"""How long `markpipe --help` takes beside `python -c "import click"`: medians of interleaved rounds; goal: ratio below 2.

`python benchmarks/startup.py [ROUNDS]`.  One unmeasured round first compiles every module.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "import click": [sys.executable, "-c", "import click"],
    "markpipe --help": [sys.executable, "-c", "from markpipe.cli.main import main; main()", "--help"],
}
GOAL = 2.0


def measure(rounds: int) -> dict[str, float]:
    """Median milliseconds of each command."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(rounds + 1):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=environment)
            if turn:
                times[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(found) for name, found in times.items()}


def main() -> int:
    """Print the medians and their ratio; 1 when the goal is missed."""
    medians = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 21)
    for name, milliseconds in medians.items():
        print(f"{name:16} {milliseconds:7.1f} ms")
    base, help_ = medians.values()
    print(f"ratio            {help_ / base:7.2f}   (goal < {GOAL:.0f})")
    return 0 if help_ / base < GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
