"""Whether the chain of events is whole: every hash, MAC, number and idempotency key.

What it cannot see: events cut off at the end (nothing after them names them; `store.checkpoint` can), and anything
done by somebody who has the key file.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from markpipe.errors import RegisterError
from markpipe.keys.keyring import Keyring, digest
from markpipe.ledger.codec import CodecError
from markpipe.ledger.events import Entry, StoredEvent, idempotency_key
from markpipe.store.log import FIRST_PREVIOUS, stored_events


def links(connection: sa.Connection, keyring: Keyring) -> Iterator[tuple[StoredEvent, Entry | None, tuple[str, ...]]]:
    """Every event in order, as stored and as read (None where it cannot be), with what is wrong with it."""
    previous, expected = FIRST_PREVIOUS, 1
    for row in stored_events(connection):
        found = list(_row_problems(row, expected, previous, keyring))
        previous, expected = row.hash, row.seq + 1
        entry = None
        try:
            entry = row.entry()
            if row.key != idempotency_key(entry.event, row.seq):
                found.append(f"第{row.seq}号事件的幂等键与内容不符")
        except CodecError as error:
            found.append(f"第{row.seq}号事件读不出来：{error}")
        yield row, entry, tuple(found)


def chain_problems(connection: sa.Connection, keyring: Keyring) -> Iterator[str]:
    """What is wrong with the events alone, whatever the tables beside them look like."""
    for _, _, found in links(connection, keyring):
        yield from found


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
