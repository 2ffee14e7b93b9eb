"""How a stamped copy leaves the program: what every way of sending has in common."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from markpipe.model.printing import PrintOrder
from markpipe.pipeline.writer import make_folder

PASSED_ON = (
    "sides",
    "media",
    "media-source",
    "media-type",
    "finishings",
    "output-bin",
    "print-color-mode",
    "print-quality",
    "printer-resolution",
)
"""Job options that go on to the printer.  Everything else was applied before, or is nobody's business there."""


class Outcome(Enum):
    """What is known after a copy was handed over."""

    DONE = "done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sent:
    """The outcome of a hand-over; `job` names it at the printer, `why` is for the operator."""

    outcome: Outcome
    job: str = ""
    why: str = ""


class NotReadyError(Exception):
    """The printer cannot be handed anything now; nothing was sent, so it may be tried again."""


class Hand(Protocol):
    """A way to a printer."""

    def ready(self) -> None:
        """Wait until the next copy can be handed over; `NotReadyError` where that is not in sight."""

    def send(self, file: Path, name: str, lock: int) -> Sent:
        """Hand over one copy, once.  `lock` is kept open by whatever goes on sending should this process die."""

    def remembered(self, name: str) -> Sent | None:
        """What the other side knows of a copy that an earlier process handed over; None where it knows nothing."""


def copy_name(order: PrintOrder, serial: int) -> str:
    """What a copy is called wherever it is sent: nothing of the document."""
    return f"{order.id}-{serial:06d}"


@contextmanager
def alone(folder: Path, name: str) -> Iterator[int]:
    """Hold the lock `name` in a folder; waits for whoever has it.  Yields its file descriptor."""
    make_folder(folder)
    handle = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def locked(folder: Path, name: str) -> bool:
    """Whether somebody holds that lock."""
    try:
        handle = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
