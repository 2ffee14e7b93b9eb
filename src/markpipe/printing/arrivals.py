"""Jobs that CUPS handed over and that nothing came of: the backend was killed before it could enter an order.

The shell of the backend leaves a file for each job and holds a lock on it, which the program inherits; a file that
nobody holds belongs to processes that were killed.  CUPS takes a killed backend for a finished one, so nobody but us
would ever know of the job.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PREFIX = "arrived-"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A job that came: its number and user, and its uuid."""

    file: Path
    number: str
    user: str
    key: str


def abandoned(folder: Path) -> Iterator[Arrival]:
    """The jobs whose processes are gone."""
    for file in sorted(folder.glob(f"{PREFIX}*")):
        try:
            handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            number, user, key, *_ = *os.read(handle, 4096).decode("utf-8", "replace").split("\n"), "", "", ""
            yield Arrival(file, number, user, key)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)
