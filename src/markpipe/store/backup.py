"""A consistent copy of a register while it is in use, and putting one back.

::

    SQLite      ── VACUUM INTO ─────────▶ backup: an SQLite register ── file into place ──▶ SQLite
    PostgreSQL  ── events, fingerprints ─▶          │                 ── events, fold ─────▶ PostgreSQL, empty

A backup is a register: it opens, verifies and exports like any other.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from markpipe.errors import OutputError, RefusedError, RegisterError
from markpipe.keys.keyring import Keyring
from markpipe.store.chain import chain_problems
from markpipe.store.database import Database
from markpipe.store.log import as_columns, head, stored_events
from markpipe.store.refold import refold
from markpipe.store.schema import events, fingerprints

_BATCH = 1000


def snapshot(url: str) -> bytes:
    """The whole register as one SQLite file's bytes, as of one moment."""
    with closing(Database.open(url)) as database:
        beside = Path(database.name).parent if database.is_file else None
        with tempfile.TemporaryDirectory(dir=beside, prefix=".markpipe-backup-") as folder:
            copy = Path(folder, "register.db")
            _copy(database, copy)
            return copy.read_bytes()


def backup_before_upgrade(database: Database, keyring: Keyring, version: str) -> None:
    """Put a copy whose chain was verified beside the register (for PostgreSQL beside the keys), or raise.

    The copy is of the old shape: the program that wrote it can open it.
    """
    folder = Path(database.name).parent if database.is_file else keyring.path.parent
    with database.read() as connection:
        last, _ = head(connection)
        found = list(islice(chain_problems(connection, keyring), 1))
    if found:
        raise RegisterError(
            f"台账 {database.name} 须先升级结构，而核验不通过：{found[0]}", "没有升级；请用备份恢复，或查明后再试"
        )
    target = folder / f"register-v{version}-{last}.bak"
    if not target.exists():
        _copy(database, target, whole=False)
    with _opened(target) as connection:
        if head(connection)[0] != last or any(chain_problems(connection, keyring)):
            raise OutputError(f"升级前的备份 {target} 核验不通过", "没有升级；检查磁盘后再试")


def put_back(backup: Path, url: str) -> int:
    """Fill an empty register at `url` with a verified backup; the answer is how many events it has.

    `RefusedError` where there is anything in it already.
    """
    with (
        closing(Database.open(f"sqlite:///{backup.absolute()}")) as source,
        source.read() as held,
        closing(Database.open(url, create=True)) as target,
        target.write() as connection,
    ):
        if head(connection)[0]:
            raise RefusedError(f"台账 {target.name} 里已有事件", "恢复只写入空的台账；原有的先移走另存")
        _pour(held, connection)
        refold(connection)
        return head(connection)[0]


def _copy(database: Database, target: Path, *, whole: bool = True) -> None:
    """A file of the whole database; from a server the events and fingerprints, folded anew where `whole`."""
    if database.is_file:
        target.touch(0o600)
        target.unlink()
        database.copy_to(target)
        target.chmod(0o600)
        return
    with closing(Database.open(f"sqlite:///{target.absolute()}", create=True)) as copy:
        with database.read() as held, copy.write() as connection:
            _pour(held, connection)
            if whole:
                refold(connection)
        copy.fold_log()


def _pour(source: sa.Connection, target: sa.Connection) -> None:
    """Events and fingerprints exactly as they are stored."""
    rows = (as_columns(row) for row in stored_events(source))
    while batch := list(islice(rows, _BATCH)):
        target.execute(events.insert(), batch)
    for found in source.execute(sa.select(fingerprints)):
        target.execute(fingerprints.insert().values(source=found.source, data=bytes(found.data)))


@contextmanager
def _opened(path: Path) -> Iterator[sa.Connection]:
    """A database file as it is, whatever its schema; only read."""
    engine = sa.create_engine(f"sqlite:///file:{path.absolute()}?mode=ro&immutable=1&uri=true")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
