"""Is the register what was written?  Every row, the chain, the MACs, and the tables against the fold.

What it finds: an event that was changed, removed, inserted or put in another order; a chain recomputed without the
key; a projected table that was edited; a 份号 without a record.  What it cannot know: whether events at the very end
were cut off (nothing after them names them), and anything done by somebody who has the key file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256

import sqlalchemy as sa

from markpipe.keys.keyring import Keyring
from markpipe.ledger.fold import COPIES, SOURCES, TABLES, FoldError, State, Table
from markpipe.store.chain import links
from markpipe.store.checkpoint import Checkpoint, checkpoint_problems
from markpipe.store.projection import projections, row, scan
from markpipe.store.schema import fingerprints
from markpipe.store.shelf import Shelf

MOST_PROBLEMS = 200


def problems(connection: sa.Connection, keyring: Keyring, kept: tuple[Checkpoint, ...] = ()) -> Iterator[str]:
    """What is wrong, in Chinese with the numbers of events; nothing when the register is sound.

    The events are folded again on disk, so the memory that this takes does not grow with the register.
    """
    if connection.dialect.name == "sqlite":
        yield from _file_problems(connection)
    for one in kept:
        yield from checkpoint_problems(connection, keyring, one)
    with closing(Shelf()) as shelf:
        state = State(shelf.rows)
        readable = True
        for stored, entry, found in links(connection, keyring):
            yield from found
            readable = readable and entry is not None
            if entry is None or not readable:
                continue
            try:
                state.apply(entry)
            except FoldError as error:
                yield f"第{stored.seq}号事件读不出来：{error}"
                readable = False
        if not readable:
            yield "因有事件读不出来，各表无法与事件核对"
            return
        for table in TABLES.values():
            yield from _table_problems(connection, state, table)
        yield from _fingerprint_problems(connection, state)
    yield from _serial_problems(connection)


def _file_problems(connection: sa.Connection) -> Iterator[str]:
    for (found,) in connection.exec_driver_sql("PRAGMA quick_check(5)"):
        if found != "ok":
            yield "数据库文件内部结构有损坏"
            return


def _table_problems(connection: sa.Connection, state: State, table: Table) -> Iterator[str]:
    rows = state.tables[table.name]
    seen = 0
    for found in scan(connection, table):
        key = table.key_of(found)
        folded = rows.get(key)
        if folded is None:
            yield f"{table.name} 表多出 {_named(key)}，没有事件可据"
            continue
        seen += 1
        if folded != found:
            columns = "、".join(name for name in table.columns if folded.get(name) != found[name])
            yield f"{table.name} 表的 {_named(key)} 与事件不符（{columns}）"
    if seen < len(rows):
        for key in rows:
            if row(connection, table, key) is None:
                yield f"{table.name} 表缺少 {_named(key)}"


def _named(key: tuple[str | int, ...]) -> str:
    return " ".join(str(part) for part in key)


def _fingerprint_problems(connection: sa.Connection, state: State) -> Iterator[str]:
    stored = {
        str(found.source): sha256(found.data).hexdigest() for found in connection.execute(sa.select(fingerprints))
    }
    wanted = {
        str(row["id"]): str(row["fingerprint"]) for row in state.tables[SOURCES.name].values() if not row["removed"]
    }
    for source in sorted(wanted.keys() | stored.keys()):
        if source not in stored:
            yield f"来源 {source} 的指纹不见了：摘录该来源的草稿将查不出来"
        elif source not in wanted:
            yield f"多出来源 {source} 的指纹"
        elif stored[source] != wanted[source]:
            yield f"来源 {source} 的指纹被改动过"


def _serial_problems(connection: sa.Connection) -> Iterator[str]:
    """SER-1: every number up to the highest has its record; one that was given out and not made is such a record."""
    copy = projections[COPIES.name]
    top, count = sa.func.max(copy.c.serial), sa.func.count()
    query = sa.select(copy.c.determination, top, count).group_by(copy.c.determination).having(top != count)
    for determination, highest, held in connection.execute(query.order_by(copy.c.determination)):
        yield f"{determination} 的份号到 {highest}，而只有 {held} 份有记录：有缺号没有说明"
