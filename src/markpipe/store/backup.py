"""A consistent copy of a register while it is in use.  Restoring is putting the file back and verifying it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from markpipe.errors import ConfigurationError
from markpipe.store.database import Database


def snapshot(url: str) -> bytes:
    """The whole SQLite database as one file's bytes, as of one moment, the write-ahead log included.

    `ConfigurationError` for a database server: those have tools of their own for this.
    """
    database = Database.open(url)
    try:
        if database.engine.dialect.name != "sqlite":
            raise ConfigurationError("这个命令只备份 SQLite 台账", "PostgreSQL 请用 pg_dump，备份后另行核验")
        with tempfile.TemporaryDirectory(dir=Path(database.name).parent, prefix=".markpipe-backup-") as folder:
            copy = Path(folder, "register.db")
            database.copy_to(copy)
            return copy.read_bytes()
    finally:
        database.close()
