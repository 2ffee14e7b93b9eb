"""The rows that `ledger.fold.changes` sets, in SQL: writing them and reading them back.  Decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, assert_never

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from markpipe.errors import RegisterError
from markpipe.ledger.codec import scrub
from markpipe.ledger.tables import Change, Key, Patch, Put, Table, Tally, Value, moved
from markpipe.store.schema import projections as projections

_STRETCH = 1000


def carry_out(connection: sa.Connection, changes: Iterable[Change]) -> None:
    """Set the rows, in the transaction of their event; `RegisterError` where the tables do not fit the event."""
    tallies: list[Tally] = []
    for put, group in groupby(
        changes, key=lambda change: isinstance(change, Put) and (change.table.name, change.latest)
    ):
        if put:
            tallies += _put([change for change in group if isinstance(change, Put)], connection)
            continue
        for change in group:
            match change:
                case Patch():
                    tallies += _patch(change, connection)
                case Tally():
                    tallies.append(change)
                case Put():
                    raise AssertionError("puts have a group of their own")
                case _:
                    assert_never(change)
    _add(tallies, connection)


def _patch(change: Patch, connection: sa.Connection) -> Sequence[Tally]:
    table = change.table
    tallies: Sequence[Tally] = ()
    if table.counted and "state" in change.fields:
        tallies = moved(table, _state(connection, table, change.key), str(change.fields["state"]))
    found = connection.execute(_sql(table).update().where(_is(table, change.key)).values(**change.fields))
    if found.rowcount != 1:
        raise RegisterError(f"台账的 {table.name} 表缺少 {change.key}", "请停止使用，运行 register verify 核验")
    return tallies


def _put(changes: Sequence[Put], connection: sa.Connection) -> Sequence[Tally]:
    first = changes[0]
    rows = [dict(change.row) for change in changes]
    target = _sql(first.table)
    tallies: list[Tally] = []
    if first.table.counted:
        for put in rows:
            before = _state(connection, first.table, first.table.key_of(put)) if first.latest else None
            tallies += moved(first.table, before, str(put["state"]))
    if not first.latest:
        connection.execute(target.insert(), rows)
        return tallies
    insert = _insert(connection, target)
    others = {name: insert.excluded[name] for name in first.table.columns if name not in first.table.key}
    connection.execute(insert.on_conflict_do_update(index_elements=first.table.key, set_=others), rows)
    return tallies


def _state(connection: sa.Connection, table: Table, key: Key) -> str | None:
    """The state in which a row of a counted table is, None where there is no row."""
    found = connection.execute(sa.select(_sql(table).c.state).where(_is(table, key))).scalar_one_or_none()
    return None if found is None else str(found)


def _add(tallies: Sequence[Tally], connection: sa.Connection) -> None:
    """Add up what goes to the same row, then each row once."""
    sums: dict[tuple[str, Key], Counter[str]] = {}
    tables = {tally.table.name: tally.table for tally in tallies}
    for tally in tallies:
        total = sums.setdefault((tally.table.name, tally.key), Counter())
        for name, more in tally.add.items():
            total[name] += more
    for (name, key), total in sums.items():
        table, target = tables[name], _sql(tables[name])
        insert = _insert(connection, target)
        summed = {column: target.c[column] + insert.excluded[column] for column in total}
        added = {**dict(zip(table.key, key, strict=True)), **total}
        connection.execute(insert.on_conflict_do_update(index_elements=table.key, set_=summed), added)


def _insert(connection: sa.Connection, target: sa.Table) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(target)


def row(connection: sa.Connection, table: Table, key: Key) -> dict[str, Value] | None:
    """The row with a key, or None."""
    found = connection.execute(sa.select(_sql(table)).where(_is(table, key))).mappings().one_or_none()
    return None if found is None else dict(found)


def rows(connection: sa.Connection, table: Table, most: int | None = None, /, **equal: Value) -> list[dict[str, Value]]:
    """The rows whose columns hold these values, by key; at most so many."""
    return list(scan(connection, table, most, **equal))


def scan(
    connection: sa.Connection, table: Table, most: int | None = None, /, **equal: Value
) -> Iterator[dict[str, Value]]:
    """Like `rows`, one after the other."""
    target = _sql(table)
    query = sa.select(target).where(*_equal(target, equal)).order_by(*(target.c[name] for name in table.key))
    # by the stretch: PostgreSQL's driver would hold the whole answer in memory
    with connection.execute(query.limit(most).execution_options(yield_per=_STRETCH)) as answer:
        for found in answer.mappings():
            yield dict(found)


def count_of_year(connection: sa.Connection, table: Table, prefix: str) -> int:
    """How many ids of a table begin with a prefix such as `B2026-`; an id is never taken out again."""
    ids = _sql(table).c.id
    after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    query = sa.select(sa.func.count()).select_from(_sql(table)).where(ids >= prefix, ids < after)
    return int(connection.execute(query).scalar_one())


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
