"""What a run has finished, so that `--resume` need not do it again.

One JSON line for a file: path, digest of the draft, digest of the rules it was looked at with, digest of the outcome.
A changed draft or changed rules do not match their row, and the file is done anew.  The journal proves nothing: that
is the register's task.  It holds no text of a document.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from markpipe.errors import OutputError

NAME = ".markpipe-journal.jsonl"


@dataclass(frozen=True, slots=True)
class Done:
    """A file that was finished; digests are hex."""

    path: str
    digest: str
    ruleset: str
    outcome: str


class Journal:
    """The journal of an output folder, open for appending.  Use it in a `with`."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        """Open or make the journal (0600); without `resume` what it held is forgotten.  `OutputError` on failure."""
        self.path = path
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            handle = os.open(path, flags | (0 if resume else os.O_TRUNC), 0o600)
        except OSError as error:
            raise OutputError(f"运行记录 {path} 打不开（{error.strerror}）", "检查输出文件夹的权限") from None
        self._stream = os.fdopen(handle, "a+b")
        self._stream.seek(0)
        data = self._stream.read()
        self._done = {row.path: row for row in _rows(data)}
        if data and not data.endswith(b"\n"):
            self._stream.write(b"\n")  # a torn last line must not swallow the next one

    def outcome(self, path: str, digest: str, ruleset: str) -> str | None:
        """The digest of the outcome when this file was finished with these rules, else None."""
        row = self._done.get(path)
        return row.outcome if row is not None and (row.digest, row.ruleset) == (digest, ruleset) else None

    def append(self, row: Done) -> None:
        """Note that a file is finished."""
        line = json.dumps(asdict(row), ensure_ascii=True, sort_keys=True)
        try:
            self._stream.write(line.encode() + b"\n")
            self._stream.flush()
        except OSError as error:
            raise OutputError(f"运行记录 {self.path} 写不进去（{error.strerror}）", "检查磁盘空间") from None
        self._done[row.path] = row

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _rows(data: bytes) -> Iterator[Done]:
    """The whole rows; lines that are torn or not ours are passed over, which only means that work is done again."""
    for line in data.splitlines():
        try:
            held = json.loads(line)
        except ValueError:
            continue
        names = ("path", "digest", "ruleset", "outcome")
        if isinstance(held, dict) and all(isinstance(held.get(name), str) for name in names):
            yield Done(*(held[name] for name in names))
