"""The one private folder (0700) that readers may write in, and its sweeping.

Every run has a folder of its own below the root and holds a lock on it; a folder whose lock nobody holds is what a
run that died left behind, and goes at the next start.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from markpipe.errors import OutputError

_PREFIX = "run-"
_LOCK = "lock"


@contextmanager
def work_folder(root: Path) -> Iterator[Path]:
    """A private folder for one run; what earlier runs left behind is removed first, and this one at the end."""
    _private(root)
    _sweep(root)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def default_root() -> Path:
    """Where work folders lie unless the site says otherwise: the system's temporary folder, one root a user."""
    return Path(tempfile.gettempdir()) / f"markpipe-{os.getuid()}"


def _private(root: Path) -> None:
    """Make the root, or make sure that nobody else could have put anything into it."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = root.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid():
        raise OutputError(f"工作文件夹 {root} 不是本人的文件夹", "请删除它，或另设 TMPDIR")
    if stat.S_IMODE(state.st_mode) != 0o700:
        root.chmod(0o700)


def _sweep(root: Path) -> None:
    for folder in root.glob(f"{_PREFIX}*"):
        if folder.is_symlink() or not folder.is_dir():
            continue
        if not _in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _in_use(folder: Path) -> bool:
    """Whether a running program holds the folder's lock.  A folder without a lock is just being made, or empty."""
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return not any(folder.iterdir())
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False
