"""The program's side of the reading process: start it once, send it many files, survive what they do to it.

A file that hangs, crashes or eats memory costs that file: the process group is ended, the outcome is named, and the
next file gets a new process.  A worker belongs to one thread at a time.
"""

from __future__ import annotations

import hashlib
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from markpipe import errors
from markpipe.errors import MarkpipeError, OutputError
from markpipe.marking.plan import Marked, MarkPlan
from markpipe.model.document import Boxes, Document, Format, Unread, UnreadReason
from markpipe.model.limits import Limits
from markpipe.pipeline import codec
from markpipe.pipeline.codec import BadAnswerError
from markpipe.pipeline.confine import Isolation
from markpipe.pipeline.frames import LateError, PipeClosedError, TooLongError, receive, send
from markpipe.pipeline.process import Process, package_root

_START_SECONDS = 60.0
_HELLO_LONGEST = 1 << 16
_SPARE_MIB = 256
_LONGEST_MESSAGE = 500
_PROBE = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from markpipe.pipeline.confine import drop_network; print(drop_network())"
)
_BAD_ANSWER = "读取进程的回答不合规约"
_FAILURES = {"memory": UnreadReason.MEMORY, "crashed": UnreadReason.CRASHED}
_RAISED: dict[str, type[MarkpipeError]] = {
    "UsageError": errors.UsageError,
    "IncompleteError": errors.IncompleteError,
    "RefusedError": errors.RefusedError,
    "OutputError": errors.OutputError,
}


class WorkerFailedError(Exception):
    """The worker did not answer a request; `reason` is the outcome."""

    def __init__(self, reason: UnreadReason, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


class Worker:
    """A long-lived sandboxed process that reads and marks files.  Use as a context manager, or `close` it.

    `work` is a folder of this run alone (made 0700).  `ocr` is auto, always or never.  `operations_module` is a Python
    file with more operations, for tests.
    """

    def __init__(self, limits: Limits, work: Path, *, ocr: str = "auto", operations_module: Path | None = None) -> None:
        self._limits = limits
        self._work = work
        self._ocr = ocr
        self._operations = operations_module
        self._ready = False
        self._served = 0
        self.isolation: Isolation | None = None
        work.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Started at once, so that it is up by the time the first file has been found.
        self._process: Process | None = Process(limits, work, operations_module)

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process that serves now, or None between two."""
        return None if self._process is None else self._process.pid

    def read(self, data: bytes, *, nested: bool = False) -> Document:
        """Read the bytes of a file.  Never raises for what the file does: that is an `Unread`.

        `nested` says that the file came out of another one: then an archive is opened too.
        """
        digest = hashlib.sha256(data).hexdigest()
        try:
            answer = self._ask("read", data, {"ocr": self._ocr, "work": str(self._work), "nested": nested})
            return codec.decode_document(answer, digest)
        except WorkerFailedError as failure:
            outcome = Unread("全文", failure.reason, failure.detail)
        except BadAnswerError:
            self._end()
            outcome = Unread("全文", UnreadReason.CRASHED, _BAD_ANSWER)
        return Document(Format.UNKNOWN, digest, unread=(outcome,))

    def boxes(self, data: bytes, fmt: Format, names: Sequence[str]) -> dict[str, Boxes]:
        """Character boxes by part name; parts that have none (or a worker that failed) are left out."""
        if fmt is not Format.PDF or not names:
            return {}
        try:
            answer = self._ask("boxes", data, {"names": tuple(names), "ocr": self._ocr, "work": str(self._work)})
            return codec.decode_boxes(answer, tuple(names))
        except WorkerFailedError:
            return {}
        except BadAnswerError:
            self._end()
            return {}

    def mark(self, data: bytes, fmt: Format, plan: MarkPlan) -> Marked:
        """Set marks on a file; `OutputError` where the worker failed, or what the marking itself refuses."""
        try:
            return codec.decode_marked(self._ask("mark", data, (fmt, plan)))
        except WorkerFailedError as failure:
            raise OutputError(f"加盖标志没有完成：{failure.reason.message}", failure.reason.remedy) from failure
        except BadAnswerError as error:
            self._end()
            raise OutputError(f"加盖标志没有完成：{_BAD_ANSWER}", "请重新运行") from error

    def number(
        self, data: bytes, plan: MarkPlan, serials: Sequence[int], *, band: bool = False
    ) -> tuple[int, tuple[bytes, ...]]:
        """The pages of a PDF, and its copies on paper with these 份号; `plan` is that of any of them.

        `band` makes the first page smaller, so that there is room for the mark.  Errors as for `mark`.
        """
        try:
            header, copies = codec.unpack(self._ask("number", data, (plan, tuple(serials), band)))
            if header.get("is") != "numbered" or type(header.get("pages")) is not int or len(copies) != len(serials):
                raise BadAnswerError
            return int(header["pages"]), tuple(copies)
        except WorkerFailedError as failure:
            raise OutputError(f"加盖标志没有完成：{failure.reason.message}", failure.reason.remedy) from failure
        except BadAnswerError as error:
            self._end()
            raise OutputError(f"加盖标志没有完成：{_BAD_ANSWER}", "请重新运行") from error

    def call(self, name: str, data: bytes = b"", argument: Any = None) -> tuple[dict[str, Any], list[bytes]]:
        """An operation by name, answered as header and blobs; raises `WorkerFailedError`."""
        return codec.unpack(self._ask(name, data, argument))

    def close(self) -> None:
        """End the process and wait for it."""
        self._end()

    def _ask(self, name: str, data: bytes, argument: Any) -> bytes:
        """One request.  A used process that failed is not blamed on the file: the file gets a fresh one once."""
        used = self._served > 0
        try:
            return self._ask_once(name, data, argument)
        except WorkerFailedError as failure:
            if not used or failure.reason is UnreadReason.TIMEOUT:
                raise
        return self._ask_once(name, data, argument)

    def _ask_once(self, name: str, data: bytes, argument: Any) -> bytes:
        request = pickle.dumps((name, data, argument, self._limits), protocol=5)
        longest = (self._limits.archive_mib + self._limits.file_mib + _SPARE_MIB) << 20
        try:
            process = self._running()
            deadline = time.monotonic() + self._limits.wall_seconds
            send(process.requests, request, deadline)
            answer = receive(process.answers, longest, deadline)
            header, _ = codec.unpack(answer)
        except LateError as error:
            self._end()
            raise WorkerFailedError(UnreadReason.TIMEOUT, f"超过 {self._limits.wall_seconds} 秒") from error
        except PipeClosedError as error:
            raise WorkerFailedError(*_cause(self._end())) from error
        except (TooLongError, BadAnswerError) as error:
            self._end()
            raise WorkerFailedError(UnreadReason.CRASHED, _BAD_ANSWER) from error
        except BaseException:
            self._end()
            raise
        self._served += 1
        return self._checked(header, answer)

    def _checked(self, header: dict[str, Any], answer: bytes) -> bytes:
        match header.get("is"):
            case "failed":
                self._end()
                reason = _FAILURES.get(str(header.get("reason")), UnreadReason.CRASHED)
                raise WorkerFailedError(reason, _plain(header.get("detail")))
            case "error":
                kind = _RAISED.get(str(header.get("kind")), OutputError)
                raise kind(_plain(header.get("message")), _plain(header.get("remedy")))
            case _:
                return answer

    def _running(self) -> Process:
        """The process, after its greeting."""
        if self._process is None:
            self._process = Process(self._limits, self._work, self._operations)
        if not self._ready:
            header, _ = codec.unpack(receive(self._process.answers, _HELLO_LONGEST, time.monotonic() + _START_SECONDS))
            try:
                self.isolation = Isolation(str(header.get("isolation")))
            except ValueError as error:
                raise BadAnswerError from error
            self._ready = True
        return self._process

    def _end(self) -> int:
        """End the process; how it ended."""
        process, self._process = self._process, None
        self._ready = False
        self._served = 0
        return 0 if process is None else process.end()


def network_isolation() -> str:
    """What this system gives to keep readers off the network, in Chinese: a process tries it and says."""
    answer = subprocess.run(
        [sys.executable, "-I", "-c", _PROBE, package_root()],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    found = answer.stdout.decode("ascii", "replace").strip()
    return next((each.label for each in Isolation if each.value == found), Isolation.NONE.label)


def _cause(code: int) -> tuple[UnreadReason, str]:
    """Why a worker that closed its pipe is gone, by its exit status."""
    match -code:
        case signal.SIGXCPU:
            return UnreadReason.TIMEOUT, "超过处理器时间上限"
        case signal.SIGKILL:
            return UnreadReason.MEMORY, "被系统终止，多半是内存不足"
        case number if number > 0:
            return UnreadReason.CRASHED, f"信号 {number}"
        case _:
            return UnreadReason.CRASHED, f"退出码 {code}"


def _plain(value: object) -> str:
    """A message of the worker as one bounded line."""
    return "".join(char for char in str(value or "") if char.isprintable())[:_LONGEST_MESSAGE]
