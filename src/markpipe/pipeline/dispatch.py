"""From a path to a `Document`, files inside files included.  Bad files are answers, never exceptions.

Only here is a nested file looked into, with one budget for depth, number and bytes::

    a.pdf ── attachment b.docx ── embedded c.xlsx        parts of c carry path ("b.docx", "c.xlsx")

A path is opened without following a link, and only a regular file is read.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from markpipe.model.document import Document, Embedded, Format, TextMap, Unread, UnreadReason, concatenate
from markpipe.model.limits import Limits
from markpipe.pipeline.sandbox import Worker

WHOLE = "全文"
_LONGEST_NAME = 120
_CHUNK = 1 << 20


class _UnreadableError(Exception):
    def __init__(self, reason: UnreadReason, detail: str = "") -> None:
        super().__init__(reason.value)
        self.unread = Unread(WHOLE, reason, detail)


@dataclass(slots=True)
class _Budget:
    """What the files nested in one file may still cost together."""

    files: int
    bytes: int
    characters: int


def read_file(path: Path, worker: Worker, limits: Limits, *, nested: bool = False) -> Document:
    """Read a file and everything nested in it; `nested` opens archives and pictures as well, as if another held them."""
    try:
        data = _load(path, limits)
    except _UnreadableError as error:
        return Document(Format.UNKNOWN, "", unread=(error.unread,))
    return read_data(data, worker, limits, nested=nested)


def read_data(data: bytes, worker: Worker, limits: Limits, *, nested: bool = False) -> Document:
    """Read bytes that are already here and everything nested in them."""
    if not data:
        empty = Unread(WHOLE, UnreadReason.EMPTY)
        return Document(Format.UNKNOWN, hashlib.sha256(data).hexdigest(), unread=(empty,))
    document = worker.read(data, nested=nested)
    budget = _Budget(limits.archive_members, limits.archive_mib << 20, limits.text_characters - len(document.text))
    text_map, unread = _nested(document, (), {document.digest}, budget, worker, limits)
    return replace(document, text_map=text_map, unread=(*document.unread, *unread), embedded=())


def _nested(
    document: Document, path: tuple[str, ...], above: set[str], budget: _Budget, worker: Worker, limits: Limits
) -> tuple[TextMap, tuple[Unread, ...]]:
    """The text of a document followed by that of the files in it, and what of those was not read."""
    text_map = document.text_map
    unread: list[Unread] = []
    names: set[str] = set()
    for embedded in document.embedded:
        name = _distinct(safe_name(embedded.name), names)
        here = f"附件 {'/'.join((*path, name))}"
        inner, missed = _one(embedded, (*path, name), above, budget, worker, limits)
        unread.extend(replace(item, where=_at(here, item.where)) for item in missed)
        if inner.text:
            text_map = concatenate(text_map, inner, (name,))
    return text_map, tuple(unread)


def _one(
    embedded: Embedded, path: tuple[str, ...], above: set[str], budget: _Budget, worker: Worker, limits: Limits
) -> tuple[TextMap, tuple[Unread, ...]]:
    """One nested file: its text and what of it was not read, with places relative to it."""
    if refused := _over_budget(embedded, path, budget, limits):
        return TextMap(), (refused,)
    budget.files -= 1
    budget.bytes -= len(embedded.data)
    if not embedded.data:
        return TextMap(), ()
    document = worker.read(embedded.data, nested=True)
    if document.digest in above:
        return TextMap(), (Unread(WHOLE, UnreadReason.TOO_DEEP, "文件包含自身"),)
    budget.characters -= len(document.text)
    if budget.characters < 0:
        return TextMap(), (Unread(WHOLE, UnreadReason.TOO_LARGE, "文字总量超过上限"),)
    inner, unread = _nested(document, path, {*above, document.digest}, budget, worker, limits)
    # Places of this file are still relative to it; those of files deeper down already name the whole way.
    return inner, (*document.unread, *unread)


def _over_budget(embedded: Embedded, path: tuple[str, ...], budget: _Budget, limits: Limits) -> Unread | None:
    if len(path) > limits.depth:
        return Unread(WHOLE, UnreadReason.TOO_DEEP, f"超过 {limits.depth} 层")
    if budget.files <= 0:
        return Unread(WHOLE, UnreadReason.BOMB, f"内含文件超过 {limits.archive_members} 个")
    if len(embedded.data) > budget.bytes:
        return Unread(WHOLE, UnreadReason.BOMB, f"内含文件合计超过 {limits.archive_mib} MiB")
    return None


_ABSOLUTE = "附件 "


def _at(here: str, where: str) -> str:
    """A place inside a nested file, as seen from the outermost one."""
    if where.startswith(_ABSOLUTE):
        return where
    return here if where == WHOLE else f"{here} 的{where}"


def safe_name(untrusted_name: str) -> str:
    """A nested file's name that can be shown anywhere: no control or direction characters, bounded, never empty."""
    name = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in untrusted_name)
    name = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if len(name) > _LONGEST_NAME:
        name = f"{name[: _LONGEST_NAME - 20]}…{name[-19:]}"
    return name or "未命名"


def _distinct(name: str, names: set[str]) -> str:
    """The name, with a number where another nested file of the same folder already bears it."""
    candidate, count = name, 1
    while candidate in names:
        count += 1
        candidate = f"{name}（{count}）"
    names.add(candidate)
    return candidate


def _load(path: Path, limits: Limits) -> bytes:
    """The bytes of a regular file that does not change while it is read."""
    with _opened(path) as descriptor:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise _UnreadableError(UnreadReason.NOT_A_FILE)
        if before.st_size > limits.file_mib << 20:
            raise _UnreadableError(UnreadReason.TOO_LARGE, f"超过 {limits.file_mib} MiB")
        data = _read_all(descriptor, limits.file_mib << 20)
        after = os.fstat(descriptor)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise _UnreadableError(UnreadReason.CHANGED)
    return data


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """A descriptor of the path itself: looked at first (a device must not even be opened), never through a link."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise _UnreadableError(UnreadReason.NOT_A_FILE)
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise _UnreadableError(*_cause(error)) from error
    try:
        yield descriptor
    except OSError as error:
        raise _UnreadableError(UnreadReason.DAMAGED, f"读盘出错 {error.errno}") from error
    finally:
        os.close(descriptor)


def _cause(error: OSError | ValueError) -> tuple[UnreadReason, str]:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return UnreadReason.MISSING, ""
        case PermissionError():
            return UnreadReason.PERMISSION, ""
        case OSError(errno=errno.ELOOP):
            return UnreadReason.NOT_A_FILE, ""
        case OSError(errno=errno.ENAMETOOLONG) | ValueError():
            return UnreadReason.MISSING, "文件名无效"
        case _:
            return UnreadReason.PERMISSION, f"无法打开（{error.errno}）"


def _read_all(descriptor: int, longest: int) -> bytes:
    chunks = bytearray()
    while len(chunks) <= longest and (chunk := os.read(descriptor, _CHUNK)):
        chunks += chunk
    return bytes(chunks)
