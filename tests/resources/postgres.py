"""A PostgreSQL server of one's own: in a temporary folder, on a socket there, gone with it.

Runs as an unprivileged account (the server refuses to run as root).  `None` with the reason where it is not installed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

_numbers = count(1)


class Server:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"register{os.getpid()}_{next(_numbers)}"
        psql = ["psql", "-q", "-h", str(self.folder), "-U", "postgres", "-d", "postgres", "-c"]
        subprocess.run([*psql, f"create database {name} strategy file_copy"], check=True, capture_output=True)
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"


def why_not() -> str:
    """Why no server can run here; empty where one can."""
    if _programs() is None or shutil.which("psql") is None:
        return "PostgreSQL is not installed"
    if os.getuid() == 0 and (_account() is None or shutil.which("setpriv") is None):
        return "no unprivileged account to run PostgreSQL with"
    return ""


@contextmanager
def server(*settings: str) -> Iterator[Server]:
    """A server for as long as the block; `settings` like `fsync=off`."""
    programs = _programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    data = folder / "data"
    options = ["-c listen_addresses=", f"-k {folder}", *(f"-c {setting}" for setting in settings)]
    prefix: list[str] = []
    account = _account()
    if os.getuid() == 0 and account is not None:
        shutil.chown(folder, account.pw_uid, account.pw_gid)
        prefix = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]

    def run(program: str, *words: str) -> None:
        subprocess.run([*prefix, str(programs / program), *words], check=True, capture_output=True, cwd=folder)

    try:
        run("initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        # its output goes to a file: a server that inherits our pipes would keep them open
        run("pg_ctl", "-D", str(data), "-o", " ".join(options), "-l", str(folder / "log"), "-w", "start")
        try:
            yield Server(folder)
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return None if initdb is None else Path(initdb).parent


def _account() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None
