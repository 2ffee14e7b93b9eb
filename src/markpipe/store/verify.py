"""Is the register what was written?  Every row, the chain, the MACs, and the tables against the fold.

What it finds: an event that was changed, removed, inserted or put in another order; a chain recomputed without the
key; a projected table that was edited; a 份号 without a record.  What it cannot know: whether events at the very end
were cut off (nothing after them names them), and anything done by somebody who has the key file.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import sqlalchemy as sa

from markpipe.errors import RegisterError
from markpipe.keys.keyring import Keyring, digest
from markpipe.ledger.codec import CodecError
from markpipe.ledger.events import StoredEvent, idempotency_key
from markpipe.ledger.fold import COPIES, SOURCES, TABLES, FoldError, State, Table
from markpipe.store.log import FIRST_PREVIOUS, stored_events
from markpipe.store.projection import scan
from markpipe.store.schema import fingerprints

MOST_PROBLEMS = 200


def problems(connection: sa.Connection, keyring: Keyring) -> Iterator[str]:
    """What is wrong, in Chinese with the numbers of events; nothing when the register is sound."""
    if connection.dialect.name == "sqlite":
        yield from _file_problems(connection)
    state: State | None = State()
    previous, expected = FIRST_PREVIOUS, 1
    for row in stored_events(connection):
        yield from _row_problems(row, expected, previous, keyring)
        previous, expected = row.hash, row.seq + 1
        try:
            entry = row.entry()
            if row.key != idempotency_key(entry.event, row.seq):
                yield f"第{row.seq}号事件的幂等键与内容不符"
            if state is not None:
                state.apply(entry)
        except (CodecError, FoldError) as error:
            yield f"第{row.seq}号事件读不出来：{error}"
            state = None
    if state is None:
        yield "因有事件读不出来，各表无法与事件核对"
        return
    for table in TABLES.values():
        yield from _table_problems(connection, state, table)
    yield from _fingerprint_problems(connection, state)
    yield from _serial_problems(state)


def _file_problems(connection: sa.Connection) -> Iterator[str]:
    for (found,) in connection.exec_driver_sql("PRAGMA quick_check(5)"):
        if found != "ok":
            yield "数据库文件内部结构有损坏"
            return


def _row_problems(row: StoredEvent, expected: int, previous: str, keyring: Keyring) -> Iterator[str]:
    if row.seq != expected:
        yield f"第{expected}号事件不见了，其后是第{row.seq}号"
    if row.previous != previous:
        yield f"第{row.seq}号事件没有接上前一事件：前面有事件被改、被删、被插入或调换"
    try:
        hashed = digest(row.algorithm, row.sealed())
    except RegisterError as error:
        yield f"第{row.seq}号事件：{error.message}"
        return
    if hashed.hex() != row.hash:
        yield f"第{row.seq}号事件的内容与其杂凑值不符：被改动过"
    if row.key_id not in {key.id for key in keyring.keys}:
        yield f"第{row.seq}号事件所用的密钥 {row.key_id} 不在密钥文件里，无法证明未被改动"
    elif not keyring.verify(row.key_id, hashed, _bytes(row.mac), row.algorithm):
        yield f"第{row.seq}号事件的鉴别码不对：不是持有密钥的程序写入的"


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _table_problems(connection: sa.Connection, state: State, table: Table) -> Iterator[str]:
    rows = state.tables[table.name]
    seen = 0
    for row in scan(connection, table):
        key = table.key_of(row)
        folded = rows.get(key)
        if folded is None:
            yield f"{table.name} 表多出 {_named(key)}，没有事件可据"
            continue
        seen += 1
        if folded != row:
            columns = "、".join(name for name in table.columns if folded.get(name) != row[name])
            yield f"{table.name} 表的 {_named(key)} 与事件不符（{columns}）"
    if seen < len(rows):
        present = {table.key_of(row) for row in scan(connection, table)}
        for key in rows.keys() - present:
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


def _serial_problems(state: State) -> Iterator[str]:
    """SER-1: every number up to the highest has its record; one that was given out and not made is such a record."""
    highest: dict[str, tuple[int, int]] = {}
    for row in state.tables[COPIES.name].values():
        determination, serial = str(row["determination"]), int(row["serial"])
        top, count = highest.get(determination, (0, 0))
        highest[determination] = (max(top, serial), count + 1)
    for determination, (top, count) in sorted(highest.items()):
        if top != count:
            yield f"{determination} 的份号到 {top}，而只有 {count} 份有记录：有缺号没有说明"
