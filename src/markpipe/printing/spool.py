"""A copy to a queue of CUPS, with CUPS' own `lp`: one job a copy, so that collation and staples are right by themselves.

A marking queue records what becomes of the copy itself, so here it is enough to submit and to watch the register; the
same copy submitted twice is printed once, for the queue claims it.  Any other queue is a `Hand` like a printer: the
copy is claimed before `lp`, and what CUPS no longer knows is unknown.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from markpipe.errors import OutputError
from markpipe.model.printing import MAY_BE_PAPER, SETTLED, PrintCopy, PrintOrder, PrintState
from markpipe.printing import ipp
from markpipe.printing.hand import PASSED_ON, NotReadyError, Outcome, Sent, alone, copy_name, locked
from markpipe.printing.order import Files, Room, carry_out, files_of

SCHEME = "markpipe"
_REQUEST = re.compile(r"request id is \S+-(\d+) ")
_PAUSE = 0.2
_BETWEEN_LOOKS = 1.0
_SILENT_SECONDS = 60.0


def device_of(queue: str) -> str:
    """The address behind a queue; `OutputError` where the server does not know the queue or does not answer.

    Also for `file:`: CUPS calls what it wrote into a file, or into nothing, printed.
    """
    done = _cups("lpstat", "-v", queue)
    _, _, device = done.stdout.strip().partition(": ")
    if done.returncode != 0 or not device:
        raise OutputError(
            f"打印队列 {queue} 查不到（CUPS 服务器 {ipp.server_uri()}）",
            "核对名称；本程序的队列用 markpipe printer install 建立",
        )
    if device.startswith(("file:", "///dev/")):
        raise OutputError(
            f"打印队列 {queue} 不是打印机（{device}），CUPS 会报告打印完成而没有纸张", "换用连着打印机的队列"
        )
    return device


def submit(queue: str, file: Path, name: str, options: Mapping[str, str], *, held: bool = False) -> int:
    """One single-copy job; the answer is its number.  `OutputError` where CUPS does not take it."""
    told = [f"-o{option}={value}" for option, value in options.items() if option in PASSED_ON]
    hold = ["-H", "indefinite"] if held else []
    done = _cups("lp", "-d", queue, "-n", "1", "-t", name, *hold, *told, "--", str(file))
    found = _REQUEST.search(done.stdout)
    if done.returncode != 0 or found is None:
        raise OutputError(
            f"CUPS 没有接收 {name}（队列 {queue}）", "检查打印服务器（markpipe printer status）后重新运行，不会重复打印"
        )
    return int(found[1])


@dataclass(frozen=True, slots=True)
class Queue:
    """Any queue of CUPS that is not a marking one, as a `Hand`."""

    name: str
    options: Mapping[str, str]
    stopping: Callable[[], bool] = lambda: False

    def ready(self) -> None:
        """Whether the server answers and the queue takes jobs."""
        stands = ipp.standing(ipp.queue_uri(self.name))
        if stands is None or not stands.accepting:
            raise NotReadyError(f"打印队列 {self.name} 不接收任务")

    def send(self, file: Path, name: str, lock: int) -> Sent:  # noqa: ARG002 - a job in CUPS holds no lock of ours
        """Submit and wait for CUPS' last word."""
        try:
            number = submit(self.name, file, name, self.options)
        except OutputError as error:
            return Sent(Outcome.UNKNOWN, why=error.message)
        known = job = ipp.job(ipp.server_uri(), number)
        while job is not None and job.state.open:
            if job.state is ipp.JobState.HELD:
                return Sent(Outcome.UNKNOWN, _place(job), f"任务被扣住：{job.message}")
            time.sleep(_PAUSE)
            known, job = job, ipp.job(ipp.server_uri(), number)
        if job is None:
            return Sent(Outcome.UNKNOWN, _place(known), "打印服务器已不记得这个任务（PreserveJobHistory）")
        done = job.state is ipp.JobState.COMPLETED
        return Sent(Outcome.DONE if done else Outcome.UNKNOWN, _place(job), "" if done else job.message)

    def remembered(self, name: str) -> Sent | None:
        """Whether CUPS says that the copy was completed."""
        known = ipp.job_named(ipp.queue_uri(self.name), name)
        if known is None or known.state is not ipp.JobState.COMPLETED:
            return None
        return Sent(Outcome.DONE, _place(known))


def print_order(
    room: Room,
    order: PrintOrder,
    files: Callable[[Path], Files],
    options: Mapping[str, str],
    tell: Callable[[str], None],
) -> tuple[PrintCopy, ...]:
    """Print what of an order is not on paper yet, through its queue; how its copies stand then."""
    if not device_of(order.printer).startswith(f"{SCHEME}:"):
        return carry_out(room, order, files, Queue(order.printer, options))
    name = f"{order.id}.command"
    with alone(room.folder, name), files_of(room, name) as folder:
        waiting = [copy for copy in _undisturbed(room, order) if copy.state not in SETTLED]
        if any(copy.state in MAY_BE_PAPER for copy in waiting):
            return room.copies(order)
        for serial, file in files(folder)([copy.serial for copy in waiting]):
            room.step(order.id, serial, PrintState.SUBMITTED, sha256=_digest(file))
            number = submit(order.printer, file, copy_name(order, serial), options, held=not order.released)
            file.unlink()
            if order.released and watch(room, order, serial, number, tell) is not PrintState.PRINTED:
                break
    return room.copies(order)


def _undisturbed(room: Room, order: PrintOrder) -> tuple[PrintCopy, ...]:
    """How the copies stand, once nobody is sending any of them."""
    while locked(room.folder, order.id):
        time.sleep(_PAUSE)
    return room.copies(order)


def watch(room: Room, order: PrintOrder, serial: int, number: int, tell: Callable[[str], None]) -> PrintState:
    """Wait until the marking queue has recorded what became of a copy, or has let go of its job."""
    said, silent_since, look_at = "", None, time.monotonic()
    while True:
        state = _state(room, order, serial)
        if state in (*SETTLED, PrintState.UNKNOWN):
            return state
        if time.monotonic() < look_at:  # the register is cheap to ask, CUPS takes a process
            time.sleep(_PAUSE)
            continue
        look_at = time.monotonic() + _BETWEEN_LOOKS
        job = ipp.job(ipp.server_uri(), number)
        if job is not None and job.message and job.message != said:
            said = job.message
            tell(f"{copy_name(order, serial)}：{said}")
        if job is not None and job.state is ipp.JobState.HELD:
            return _state(room, order, serial)
        if job is None or not job.state.open:
            silent_since = silent_since or time.monotonic()
            answers = ipp.standing(ipp.queue_uri(order.printer)) is not None
            if (answers or time.monotonic() - silent_since > _SILENT_SECONDS) and not locked(room.folder, order.id):
                return _state(room, order, serial)
        else:
            silent_since = None
        time.sleep(_PAUSE)


def _state(room: Room, order: PrintOrder, serial: int) -> PrintState:
    return next(copy.state for copy in room.copies(order) if copy.serial == serial)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _place(job: ipp.Job | None) -> str:
    return "" if job is None else f"CUPS#{job.id} {job.uuid}".strip()


def _cups(*words: str) -> subprocess.CompletedProcess[str]:
    """One of CUPS' commands; a server that does not answer is a failure, not a wait without end."""
    try:
        return subprocess.run(
            words,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_SILENT_SECONDS,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise OutputError(f"没有 {words[0]} 命令", "请安装 CUPS（make system）") from None
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 1, "", "")
