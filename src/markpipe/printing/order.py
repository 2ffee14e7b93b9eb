"""Carrying out a print order: each copy stamped, checked, handed over once, and its file deleted.

::

    for each copy in the order of its number
        already paper, or settled by a person ──▶ next
        was being sent when somebody died     ──▶ ask the printer: completed ─▶ 已打印, else 状态不明 ─▶ stop
        状态不明                              ──▶ stop: nothing follows a sheet that nobody has looked at
        else  stamp ─▶ write and read back ─▶ 已盖章 ─▶ wait for the printer ─▶ 正送打印机 ─▶ hand over ─▶ 已打印 / 状态不明

One process at a time works on an order (a lock on a file, which whatever is still sending keeps).
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from markpipe.ledger.print_events import PrintStepped
from markpipe.model.agency import Actor
from markpipe.model.printing import MAY_BE_PAPER, SETTLED, PrintCopy, PrintOrder, PrintState
from markpipe.printing.hand import Hand, Outcome, Sent, alone, copy_name
from markpipe.store.register import Register

if TYPE_CHECKING:
    from markpipe.marking.plan import MarkPlan
    from markpipe.pipeline.house import House

DIED = "送打印机的过程中断，没有得到打印机的回答"
Files = Callable[[Sequence[int]], Iterator[tuple[int, Path]]]
"""The stamped files for some numbers, one after the other; recorded as 已盖章 when they come."""


class Numbering(Protocol):
    """`Worker.number`."""

    def __call__(
        self, data: bytes, plan: MarkPlan, serials: Sequence[int], *, band: bool
    ) -> tuple[int, tuple[bytes, ...]]:
        """The pages of a PDF, and its copies with some 份号; with `band`, the top of the first page is left empty."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where copies are made: `folder` holds locks and, while it is needed, the file of the copy in hand."""

    register: Register
    number: Numbering
    actor: Actor
    now: Callable[[], dt.datetime]
    folder: Path
    house: Callable[[], House]
    stopping: Callable[[], bool] = lambda: False

    def step(self, order: str, serial: int, state: PrintState, sent: Sent | None = None, sha256: str = "") -> PrintCopy:
        """Write down where a copy stands."""
        job, why = (sent.job, sent.why) if sent else ("", "")
        event = PrintStepped(order, serial, state, sha256, job, why)
        return self.register.step_print(event, self.actor, self.now())

    def copies(self, order: PrintOrder) -> tuple[PrintCopy, ...]:
        """How the copies of an order stand."""
        return self.register.print_copies(order.id)


@contextmanager
def files_of(room: Room, name: str) -> Iterator[Path]:
    """A folder for the files of an order, which goes with everything in it, and with what a crash left there."""
    folder = room.folder / name
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def carry_out(room: Room, order: PrintOrder, files: Callable[[Path], Files], hand: Hand) -> tuple[PrintCopy, ...]:
    """Print what of an order is not on paper yet; the answer says how all copies stand then.

    Stops at the first copy that nobody knows about.  `NotReadyError` where the printer takes nothing.
    """
    with alone(room.folder, order.id) as lock, files_of(room, order.id) as folder:
        settle_interrupted(room, order, hand)
        waiting = [copy for copy in room.copies(order) if copy.state not in SETTLED]
        if any(copy.state in MAY_BE_PAPER for copy in waiting):
            return room.copies(order)
        for serial, file in files(folder)([copy.serial for copy in waiting]):
            if room.stopping() or _send(room, order, serial, file, hand, lock) is not PrintState.PRINTED:
                break
    return room.copies(order)


def settle_interrupted(room: Room, order: PrintOrder, hand: Hand) -> None:
    """What was being sent when its process died: on paper if the printer says so, else unknown.  Needs the lock."""
    for copy in room.copies(order):
        if copy.state is PrintState.SENDING:
            known = hand.remembered(copy_name(order, copy.serial))
            state = PrintState.PRINTED if known else PrintState.UNKNOWN
            room.step(order.id, copy.serial, state, known or Sent(Outcome.UNKNOWN, why=DIED))


def _send(room: Room, order: PrintOrder, serial: int, file: Path, hand: Hand, lock: int) -> PrintState:
    """One copy; its file is gone afterwards, whatever happened."""
    try:
        hand.ready()
        room.step(order.id, serial, PrintState.SENDING)
        sent = hand.send(file, copy_name(order, serial), lock)
    finally:
        file.unlink(missing_ok=True)
    state = PrintState.PRINTED if sent.outcome is Outcome.DONE else PrintState.UNKNOWN
    return room.step(order.id, serial, state, sent).state
