"""Which files a batch holds, under which names, and looking at several of them at once.

Names are relative to the argument, `/`-separated and NFC.  This module opens no document: that is `dispatch`.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from markpipe.errors import UsageError
from markpipe.model.document import Unread, UnreadReason
from markpipe.pipeline.sandbox import Worker

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a batch.  `unread` is set where the file cannot even be opened (a folder without permission)."""

    path: Path
    name: str
    unread: Unread | None = None


def list_inputs(arguments: Sequence[Path]) -> tuple[Item, ...]:
    """The files below the arguments in a stable order; two of one name are told apart by a number in front.

    A folder that may not be listed and an argument that does not exist become items that carry their `Unread`:
    nothing is passed over.
    """
    items: list[Item] = []
    for argument in arguments:
        items.extend(_below(argument))
    return _distinct(items)


def _below(argument: Path) -> Iterator[Item]:
    if not os.path.lexists(argument):
        yield Item(argument, _name(argument.name), Unread("全文", UnreadReason.MISSING))
    elif argument.is_dir() and not argument.is_symlink():
        yield from _walk(argument, argument)
    else:
        yield Item(argument, _name(argument.name))


def _walk(folder: Path, root: Path) -> Iterator[Item]:
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: _name(entry.name))
    except PermissionError:
        yield Item(folder, _name(os.path.relpath(folder, root)) + "/", Unread("文件夹", UnreadReason.PERMISSION))
        return
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry, root)
        else:
            yield Item(entry, _name(entry.relative_to(root).as_posix()))


def _name(raw: str) -> str:
    """A name that can be shown and compared: NFC, undecodable bytes replaced."""
    return unicodedata.normalize("NFC", raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _distinct(items: Sequence[Item]) -> tuple[Item, ...]:
    """Give inputs of one name (also by case, as some file systems fold it) names of their own."""
    seen: dict[str, int] = {}
    distinct: list[Item] = []
    for item in items:
        count = seen[item.name.casefold()] = seen.get(item.name.casefold(), 0) + 1
        distinct.append(item if count == 1 else Item(item.path, f"同名{count}/{item.name}", item.unread))
    return tuple(distinct)


def duplicates_of(items: Sequence[Item]) -> tuple[str, ...]:
    """What to tell people about inputs of one name."""
    return tuple(
        f"{item.name.split('/', 1)[1]}：有同名的输入，这一份（{item.path}）在结果中记作“{item.name}”"
        for item in items
        if item.name.startswith("同名")
    )


def refuse_overlap(source: Path, out: Path) -> None:
    """OUT may lie neither inside IN nor around it: results would be read as drafts, or drafts overwritten."""
    inner, outer = out.resolve(), source.resolve()
    if not source.is_dir():
        raise UsageError(f"输入文件夹 {source} 不存在或不是文件夹", "请给出存放草稿的文件夹")
    if inner == outer or outer in inner.parents:
        raise UsageError(f"输出文件夹 {out} 在输入文件夹 {source} 之内", "请把 OUT 放在 IN 以外的地方")
    if inner in outer.parents:
        raise UsageError(f"输入文件夹 {source} 在输出文件夹 {out} 之内", "请把 OUT 放在不含 IN 的地方")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} 已存在且不是文件夹", "请另给一个输出文件夹")


def each(
    items: Sequence[Item], make_worker: Callable[[int], Worker], jobs: int, look: Callable[[Item, Worker], R]
) -> Generator[R, None, None]:
    """What `look` answers for every item, in the order of the items; each of `jobs` threads has its own worker."""
    if not items:
        return
    workers = [make_worker(index) for index in range(max(1, min(jobs, len(items))))]
    try:
        if len(workers) == 1:
            for item in items:
                yield look(item, workers[0])
            return
        free = list(workers)  # list.pop and list.append are atomic; a thread takes one worker and gives it back
        with ThreadPoolExecutor(len(workers)) as pool:

            def borrow(item: Item) -> R:
                worker = free.pop()
                try:
                    return look(item, worker)
                finally:
                    free.append(worker)

            yield from pool.map(borrow, items)
    finally:
        for worker in workers:
            worker.close()
