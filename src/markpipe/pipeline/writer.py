"""The one way in which any output reaches its name.

::

    temporary file in the target's folder (0600, locked) ── fsync ── verify ── rename ── fsync folder ── record
                  │                                            │                            │
                  └ left over after a crash: swept by          └ a problem: nothing stays    └ crash before the record:
                    the next one there, or `sweep`                                            same bytes again: recorded

A numbered copy takes its number before `write` and its event in `record`, so that a crash anywhere leaves either an
allocated number without a file, or a file that the next run recognises by its bytes.  This module knows neither
formats nor the register.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Callable
from itertools import count
from pathlib import Path

from markpipe.errors import OutputError

PREFIX = ".markpipe-part-"
FOLDER_MODE = 0o700
FILE_MODE = 0o600
_SUFFIX_LONGEST = 16
_ordinals = count(1)
_WORDS = {
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EROFS: "磁盘只读",
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ENOENT: "文件夹不存在",
    errno.ENOTDIR: "所在路径不是文件夹",
    errno.EISDIR: "同名的文件夹已存在",
    errno.EIO: "磁盘读写出错",
}


def write(
    target: Path,
    produce: bytes | Callable[[], bytes],
    verify: Callable[[Path], tuple[str, ...]] | None = None,
    record: Callable[[str], object] | None = None,
    mode: int = FILE_MODE,
    *,
    replace: bool = False,
) -> str:
    """Write a file, check it, put it in place, record it; the answer is the SHA-256 of its bytes in hex.

    `verify` looks at the finished temporary file (its suffix is the target's) and answers problems in Chinese; with
    any, nothing stays and `OutputError` names file and problems.  A file of the same bytes under the name is checked
    and recorded, not written again; another one is left alone and refused, unless `replace`.
    """
    try:
        make_folder(target.parent)
        data = produce if isinstance(produce, bytes) else produce()
        sha256 = hashlib.sha256(data).hexdigest()
        there = _digest_there(target)
        if there == sha256:
            _check(target, target, verify)
        elif there is not None and not replace:
            raise OutputError(f"{target} 已存在且内容不同", "请换一个输出文件夹；确需替换的先移走原文件")
        else:
            _put(target, data, verify, mode)
    except OSError as error:
        raise OutputError(
            f"{target} 写不进去：{_WORDS.get(error.errno or 0, error.strerror)}", "处理后重新运行"
        ) from None
    if record is not None:
        record(sha256)
    return sha256


def make_folder(folder: Path) -> None:
    """Make a folder for outputs, closed to other users; one that is there keeps its permissions."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    try:
        for parent in reversed(missing):  # one by one: `parents=True` would leave those in between open
            parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a folder")
    except OSError as error:
        words = _WORDS.get(error.errno or 0, error.strerror)
        raise OutputError(f"文件夹 {folder} 建不起来：{words}", "检查路径和权限后重新运行") from None


def sweep(folder: Path) -> int:
    """Delete temporary files below a folder whose writer is gone; the answer counts them.

    A living writer, of this host, holds a lock on its file, which is how the two are told apart.
    """
    gone = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            if name.startswith(PREFIX) and _abandoned(Path(parent, name)):
                gone += 1
    return gone


def _abandoned(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False  # gone meanwhile, somebody else's, or a link: not ours to delete
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def _put(target: Path, data: bytes, verify: Callable[[Path], tuple[str, ...]] | None, mode: int) -> None:
    for left in target.parent.glob(f"{PREFIX}*"):
        _abandoned(left)
    temporary, handle = _part(target)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
            _check(temporary, target, verify)
            if _digest(temporary) != hashlib.sha256(data).hexdigest():
                raise OutputError(f"{target} 写入后读回的内容不一致", "磁盘可能有故障，请检查后重新运行")
            os.fchmod(stream.fileno(), mode)
            temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    _sync(target.parent)


def _part(target: Path) -> tuple[Path, int]:
    """A temporary file beside the target that this process holds, and its handle."""
    suffix = target.suffix if len(target.suffix.encode()) <= _SUFFIX_LONGEST else ""
    while True:
        path = target.with_name(f"{PREFIX}{os.getpid()}-{next(_ordinals)}{suffix}")
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return path, handle
        os.close(handle)  # another process took it for abandoned before it was locked


def _check(path: Path, target: Path, verify: Callable[[Path], tuple[str, ...]] | None) -> None:
    if verify is not None and (problems := verify(path)):
        raise OutputError(f"{target} 写出后核对不通过：{'；'.join(problems)}", "没有留下该文件，请按问题处理后重新运行")


def _digest_there(target: Path) -> str | None:
    """SHA-256 of the file under the name; None where there is none; a link or folder is nothing to write over."""
    try:
        facts = target.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(facts.st_mode):
        raise OutputError(f"{target} 已存在且不是普通文件", "请移走后重新运行")
    return _digest(target)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
