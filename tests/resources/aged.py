"""A register as the program of an earlier schema left it: its tables are those of that migration, its events the same."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlalchemy as sa
from alembic import command

from markpipe.store.migrations.upgrade import configuration


def age(path: Path, revision: str) -> None:
    """Rewrite a closed SQLite register in the shape of a revision, its projected tables empty."""
    old = path.with_name("aged.db")
    engine = sa.create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        command.upgrade(configuration(connection), revision)
    engine.dispose()
    connection_ = sqlite3.connect(old, isolation_level=None)
    connection_.execute("attach database ? as today", (str(path),))
    for table in ("event", "fingerprint"):
        names = ", ".join(row[1] for row in connection_.execute(f"pragma table_info({table})"))
        connection_.execute(f"insert into {table} ({names}) select {names} from today.{table}")  # noqa: S608
    connection_.close()
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    old.chmod(0o600)
    old.rename(path)
