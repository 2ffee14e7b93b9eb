"""The chain of events: each row names the hash of the one before and bears a MAC of its own hash.

::

    event n-1: … hash ──┐
    event n  : … previous ─┤ hash = SM3(every column and the payload as stored) ── mac = HMAC(key, hash)

Appending carries out the event's changes in the same transaction.  Nothing here updates or deletes an event.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields, replace
from typing import Any

import sqlalchemy as sa

from markpipe.keys.keyring import Keyring, digest
from markpipe.ledger.codec import CodecError
from markpipe.ledger.events import Entry, Event, StoredEvent, encode, idempotency_key
from markpipe.ledger.fold import changes
from markpipe.model.agency import Actor
from markpipe.store.projection import carry_out
from markpipe.store.schema import events as table

FIRST_PREVIOUS = "0" * 64
_COLUMNS = tuple(spec.name for spec in fields(StoredEvent))
_BATCH = 1000


def utc(at: dt.datetime) -> str:
    """An instant as events bear it; `ValueError` for one without a time zone."""
    if at.tzinfo is None:
        raise ValueError("an event needs an instant with its time zone")
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def append(
    connection: sa.Connection, keyring: Keyring, happened: Sequence[Event], actor: Actor, at: dt.datetime
) -> tuple[StoredEvent, ...]:
    """Add events at the end of the chain and carry out their changes."""
    seq, previous = head(connection)
    stored = []
    for event in happened:
        seq += 1
        row = seal(_unsealed(seq, event, actor, utc(at)), previous, keyring)
        connection.execute(table.insert().values(**as_columns(row)))
        # the fold later reads what was stored, so that is what is carried out now
        carry_out(connection, changes(row.entry()))
        previous = row.hash
        stored.append(row)
    return tuple(stored)


def head(connection: sa.Connection) -> tuple[int, str]:
    """Number and hash of the last event."""
    last = connection.execute(sa.select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)).one_or_none()
    return (0, FIRST_PREVIOUS) if last is None else (int(last.seq), str(last.hash))


def seal(row: StoredEvent, previous: str, keyring: Keyring) -> StoredEvent:
    """The row with its place in the chain, hash and MAC."""
    row = replace(row, previous=previous, algorithm=keyring.algorithm, key_id=keyring.current_id)
    hashed = digest(row.algorithm, row.sealed())
    return replace(row, hash=hashed.hex(), mac=keyring.mac(hashed).hex())


def event_of(connection: sa.Connection, key: str) -> Entry:
    """The event with an idempotency key; `CodecError` where there is none or it cannot be read."""
    found = connection.execute(sa.select(table.c.seq).where(table.c.key == key)).scalar_one_or_none()
    for row in () if found is None else stored_events(connection, int(found) - 1, 1):
        return row.entry()
    raise CodecError(f"没有幂等键为 {key} 的事件")


def stored_events(connection: sa.Connection, after: int = 0, stretch: int = _BATCH) -> Iterator[StoredEvent]:
    """All events in order, as stored; read in stretches, so that a long register does not fill the memory."""
    while True:
        query = sa.select(*(table.c[name] for name in _COLUMNS)).where(table.c.seq > after)
        batch = connection.execute(query.order_by(table.c.seq).limit(stretch)).all()
        for found in batch:
            held: dict[str, Any] = dict(zip(_COLUMNS, found, strict=True))
            yield StoredEvent(**{**held, "demo": bool(held["demo"]), "payload": bytes(held["payload"])})
        if len(batch) < stretch:
            return
        after = int(batch[-1].seq)


def _unsealed(seq: int, event: Event, actor: Actor, at: str) -> StoredEvent:
    kind, version, payload = encode(event)
    return StoredEvent(
        seq=seq,
        id=f"E{seq:08d}-{hashlib.sha256(payload).hexdigest()[:8]}",
        type=kind,
        version=version,
        at=at,
        account=actor.account,
        person=actor.person,
        demo=actor.demo,
        key=idempotency_key(event, seq),
        payload=payload,
        previous="",
        hash="",
        mac="",
        algorithm="",
        key_id="",
    )


def as_columns(row: StoredEvent) -> dict[str, Any]:
    """The row as its table holds it."""
    return {**dict(zip(_COLUMNS, astuple(row), strict=True)), "demo": int(row.demo)}


def entries(connection: sa.Connection) -> Iterator[Entry]:
    """All events as the fold reads them."""
    return (row.entry() for row in stored_events(connection))
