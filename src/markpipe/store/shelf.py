"""Rows of a fold on disk instead of in memory, so that a register of any length is verified in the same memory.

A private SQLite file without a name, which goes with the process; it holds what the register holds, nothing more.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, MutableMapping

from markpipe.ledger.tables import Key, Table, Value

_CACHE_KIB = 32 * 1024


class Shelf:
    """Makes one mapping for each table."""

    def __init__(self) -> None:
        # an empty name: SQLite makes a file, unlinks it at once, and keeps it in its cache while it is small
        self._connection = sqlite3.connect("", isolation_level=None)
        for setting in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}"):
            self._connection.execute(f"PRAGMA {setting}").close()
        self._connection.execute("BEGIN")

    def close(self) -> None:
        """Drop everything."""
        self._connection.close()

    def rows(self, table: Table) -> ShelfRows:
        """An empty mapping from the keys of a table to its rows."""
        return ShelfRows(self._connection, table)


class ShelfRows(MutableMapping[Key, dict[str, Value]]):
    """One table's rows by key."""

    def __init__(self, connection: sqlite3.Connection, table: Table) -> None:
        self._connection, self._columns = connection, tuple(table.columns)
        name = f'"shelf_{table.name}"'
        connection.execute(f"CREATE TABLE {name} (key TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID")
        self._get = f"SELECT row FROM {name} WHERE key = ?"  # noqa: S608 - the names are those of our own tables
        self._set = f"INSERT OR REPLACE INTO {name} VALUES (?, ?)"  # noqa: S608
        self._del = f"DELETE FROM {name} WHERE key = ?"  # noqa: S608
        self._all = f"SELECT key FROM {name} ORDER BY key"  # noqa: S608
        self._len = f"SELECT count(*) FROM {name}"  # noqa: S608

    def __getitem__(self, key: Key) -> dict[str, Value]:
        found = self._connection.execute(self._get, (json.dumps(key),)).fetchone()
        if found is None:
            raise KeyError(key)
        return dict(zip(self._columns, json.loads(found[0]), strict=True))

    def __setitem__(self, key: Key, row: dict[str, Value]) -> None:
        self._connection.execute(self._set, (json.dumps(key), json.dumps([row[name] for name in self._columns])))

    def __delitem__(self, key: Key) -> None:
        self._connection.execute(self._del, (json.dumps(key),))

    def __iter__(self) -> Iterator[Key]:
        for (key,) in self._connection.execute(self._all):
            yield tuple(json.loads(key))

    def __len__(self) -> int:
        return int(self._connection.execute(self._len).fetchone()[0])
