"""The rows that `ledger.fold.changes` sets, in SQL: writing them and reading them back.  Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, assert_never

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from markpipe.errors import RegisterError
from markpipe.ledger.codec import scrub
from markpipe.ledger.fold import Change, Key, Patch, Put, Table, Value
from markpipe.store.schema import projections as projections


def carry_out(connection: sa.Connection, changes: Iterable[Change]) -> None:
    """Set the rows, in the transaction of their event; `RegisterError` where the tables do not fit the event."""
    for put, group in groupby(
        changes, key=lambda change: isinstance(change, Put) and (change.table.name, change.latest)
    ):
        if put:
            _put([change for change in group if isinstance(change, Put)], connection)
            continue
        for change in group:
            match change:
                case Patch(table, key, fields):
                    found = connection.execute(_sql(table).update().where(_is(table, key)).values(**fields))
                    if found.rowcount != 1:
                        raise RegisterError(
                            f"台账的 {table.name} 表缺少 {key}", "请停止使用，运行 register verify 核验"
                        )
                case Put():
                    raise AssertionError("puts have a group of their own")
                case _:
                    assert_never(change)


def _put(changes: Sequence[Put], connection: sa.Connection) -> None:
    first = changes[0]
    rows = [dict(change.row) for change in changes]
    target = _sql(first.table)
    if not first.latest:
        connection.execute(target.insert(), rows)
        return
    insert: Any = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(target)
    others = {name: insert.excluded[name] for name in first.table.columns if name not in first.table.key}
    connection.execute(insert.on_conflict_do_update(index_elements=first.table.key, set_=others), rows)


def row(connection: sa.Connection, table: Table, key: Key) -> dict[str, Value] | None:
    """The row with a key, or None."""
    found = connection.execute(sa.select(_sql(table)).where(_is(table, key))).mappings().one_or_none()
    return None if found is None else dict(found)


def rows(connection: sa.Connection, table: Table, **equal: Value) -> list[dict[str, Value]]:
    """The rows whose columns hold these values, by key."""
    return list(scan(connection, table, **equal))


def scan(connection: sa.Connection, table: Table, **equal: Value) -> Iterator[dict[str, Value]]:
    """Like `rows`, one after the other."""
    target = _sql(table)
    query = sa.select(target).where(*_equal(target, equal))
    for found in connection.execute(query.order_by(*(target.c[name] for name in table.key))).mappings():
        yield dict(found)


def highest(connection: sa.Connection, table: Table, column: str, **equal: Value) -> int:
    """The highest number in a column, 0 where there is none."""
    target = _sql(table)
    query = sa.select(sa.func.max(target.c[column])).where(*_equal(target, equal))
    return int(connection.execute(query).scalar_one() or 0)


def _sql(table: Table) -> sa.Table:
    return projections[table.name]


def _is(table: Table, key: Key) -> sa.ColumnElement[bool]:
    return sa.and_(*_equal(_sql(table), dict(zip(table.key, key, strict=True))))


def _equal(target: sa.Table, wanted: Mapping[str, Value]) -> list[sa.ColumnElement[bool]]:
    """Comparisons with what is stored, which went through `scrub` on its way in."""
    return [target.c[name] == (scrub(value) if isinstance(value, str) else value) for name, value in wanted.items()]
