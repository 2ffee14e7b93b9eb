"""The part of the register that holds 份号 and numbered copies.  What may be given out is decided in `ledger.serials`.

Giving out a number reads the document's own `series` and `batch` rows, never its copies: it costs the same for the
millionth as for the first.
"""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from markpipe.errors import RegisterError, UsageError
from markpipe.ledger import serials, transitions
from markpipe.ledger.codec import CodecError, scrub
from markpipe.ledger.custody import voidable
from markpipe.ledger.custody_fold import CARRIERS, QUOTAS
from markpipe.ledger.events import CopyMade, Event
from markpipe.ledger.fold import BATCHES, COPIES, LEASES, MATTERS, OUTPUTS, SERIES, Row, Value
from markpipe.ledger.tables import STANDING
from markpipe.ledger.views import copy_view
from markpipe.model.agency import Actor
from markpipe.model.carrier import Copy, CopyState
from markpipe.model.custody import CarrierState
from markpipe.model.decision import Determination
from markpipe.store import projection
from markpipe.store.database import Database

_CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
_STRETCH = 500


@dataclass(frozen=True, slots=True)
class Lease:
    """号段: the numbers `first` to `first + count - 1`, given to `holder`; `closed_at` (UTC) is empty while it runs."""

    id: str
    determination: str
    first: int
    count: int
    holder: str
    purpose: str
    leased_at: str
    closed_at: str
    reason: str

    @property
    def serials(self) -> range:
        """Its numbers."""
        return range(self.first, self.first + self.count)


class Copies:
    """Mixed into `Register`."""

    _database: Database

    @abstractmethod
    def _append(self, connection: sa.Connection, events: tuple[Event, ...], actor: Actor, at: dt.datetime) -> None: ...

    # -- numbers ---------------------------------------------------------------------------------------------------

    def allocate(
        self, determination: Determination, count: int, actor: Actor, at: dt.datetime, reissue: str = ""
    ) -> tuple[Copy, ...]:
        """Numbers for `count` copies, all in one transaction; asked again, the same copies in their present state.

        Asking for more later continues the numbers.  With `reissue=REASON` they are additional copies; the same
        reason again names the same ones.  The answer may hold copies that were voided since.
        """
        with self._database.write() as connection:
            matter = projection.row(connection, MATTERS, (determination.id,))
            numbers = _numbers(connection, determination.id, reissue)
            events = serials.allocate(determination.id, matter, numbers, count, scrub(reissue))
            self._append(connection, events, actor, at)
            issued = projection.rows(connection, COPIES, count, determination=determination.id, reissue=reissue)
            return tuple(copy_view(row) for row in issued)

    def lease(
        self, determination_id: str, count: int, holder: str, purpose: str, actor: Actor, at: dt.datetime
    ) -> Lease:
        """号段领用: a stretch of numbers in one transaction, to be used one by one without asking again."""
        with self._database.write() as connection:
            matter = projection.row(connection, MATTERS, (determination_id,))
            numbers = _numbers(connection, determination_id, "")
            lease_id = _next_lease(connection, at)
            events = serials.lease(determination_id, matter, numbers, lease_id, count, holder, purpose)
            self._append(connection, events, actor, at)
            return _lease(connection, lease_id)[1]

    def close_lease(
        self, lease_id: str, unused: Sequence[int], reason: str, actor: Actor, at: dt.datetime
    ) -> tuple[Lease, tuple[Copy, ...]]:
        """号段交回: `unused` come back to be given out again, any other number without a copy is explained as a gap.

        Only a number that certainly never reached paper may be among the unused.  The answer has its copies as they
        stand now.
        """
        with self._database.write() as connection:
            row, lease = _lease(connection, lease_id)
            events = serials.close_lease(row, _stretch(connection, lease), unused, reason)
            self._append(connection, events, actor, at)
            return _lease(connection, lease_id)[1], tuple(copy_view(one) for one in _stretch(connection, lease))

    def leases(self, *, everything: bool = False) -> tuple[Lease, ...]:
        """The leases that still run, or all, by number."""
        equal: dict[str, Value] = {} if everything else {"closed_at": ""}
        with self._database.read() as connection:
            return tuple(_lease_view(row) for row in projection.scan(connection, LEASES, **equal))

    def explain_gap(
        self, determination_id: str, numbers: Sequence[int], reason: str, actor: Actor, at: dt.datetime
    ) -> tuple[Copy, ...]:
        """缺号说明: numbers that were given out and will never be made."""
        with self._database.write() as connection:
            rows = [_copy(connection, determination_id, serial) for serial in dict.fromkeys(numbers)]
            self._append(connection, serials.explain(determination_id, rows, reason), actor, at)
            return tuple(copy_view(_copy(connection, determination_id, int(row["serial"]))) for row in rows)

    # -- copies ----------------------------------------------------------------------------------------------------

    def made(self, copy: Copy, sha256: str, path: str, actor: Actor, at: dt.datetime) -> Copy:
        """Record that a numbered copy was written and checked."""
        event = CopyMade(copy.determination, copy.serial, sha256, path)
        return self._on_copy(copy.determination, copy.serial, actor, at, lambda row: transitions.made(event, row))

    def void(self, determination_id: str, serial: int, reason: str, actor: Actor, at: dt.datetime) -> Copy:
        """作废; the number stays used.  Refused while somebody has the copy."""
        with self._database.write() as connection:
            row = projection.row(connection, COPIES, (determination_id, serial))
            events = transitions.void(determination_id, serial, row, reason)
            if events:
                voidable(determination_id, serial, projection.row(connection, CARRIERS, (determination_id, serial)))
            self._append(connection, events, actor, at)
            return copy_view(_copy(connection, determination_id, serial))

    def copy(self, determination_id: str, serial: int) -> Copy:
        """One numbered copy; `UsageError` where there is none."""
        with self._database.read() as connection:
            return copy_view(_copy(connection, determination_id, serial))

    def copies(self, determination_id: str | None = None) -> tuple[Copy, ...]:
        """The copies of one determination, or all, in the order of their numbers."""
        equal: dict[str, Value] = {} if determination_id is None else {"determination": determination_id}
        with self._database.read() as connection:
            return tuple(copy_view(row) for row in projection.scan(connection, COPIES, **equal))

    def latest_copies(self, most: int) -> tuple[Copy, ...]:
        """The copies of the documents decided last, in the order of their numbers, at most so many."""
        target = projection.projections[COPIES.name]
        query = sa.select(target).order_by(target.c.determination.desc(), target.c.serial.desc()).limit(most)
        with self._database.read() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
            return tuple(copy_view(row) for row in reversed(rows))

    def made_from(self, digests: Sequence[str]) -> dict[str, str]:
        """SHA-256 of drafts, marked files and copies, and the decision that each belongs to; others are left out."""
        found: dict[str, str] = {}
        matter, output, copy = (projection.projections[name] for name in (MATTERS.name, OUTPUTS.name, COPIES.name))
        with self._database.read() as connection:
            for start in range(0, len(digests), _STRETCH):
                some = digests[start : start + _STRETCH]
                for digest, decision in (
                    (matter.c.digest, matter.c.id),
                    (output.c.sha256, output.c.determination),
                    (copy.c.sha256, copy.c.determination),
                ):
                    query = sa.select(digest, decision).where(digest.in_(some)).order_by(decision)
                    if digest is matter.c.digest:
                        query = query.where(matter.c.determination != "")
                    found.update((str(row[0]), str(row[1])) for row in connection.execute(query))
        return found

    def standing(self) -> tuple[tuple[str, int], ...]:
        """How many numbers and carriers stand where: each carrier once, then the numbers that are none."""
        with self._database.read() as connection:
            counted = {
                (str(row["kind"]), str(row["state"])): int(row["count"])
                for row in projection.scan(connection, STANDING)
            }
        carriers = [(state.value, counted.get((CARRIERS.name, state.name), 0)) for state in CarrierState]
        numbers = [
            (state.value, counted.get((COPIES.name, state.name), 0))
            for state in CopyState
            if state not in (CopyState.MADE, CopyState.VOIDED)
        ]
        return tuple((state, count) for state, count in (*carriers, *numbers) if count)

    def _on_copy(
        self,
        determination: str,
        serial: int,
        actor: Actor,
        at: dt.datetime,
        decide: Callable[[Row | None], tuple[Event, ...]],
    ) -> Copy:
        with self._database.write() as connection:
            self._append(connection, decide(projection.row(connection, COPIES, (determination, serial))), actor, at)
            return copy_view(_copy(connection, determination, serial))


def has_copies(connection: sa.Connection, determination: str) -> bool:
    """Whether anything of a document was made, or may have been."""
    target = projection.projections[COPIES.name]
    never = (CopyState.ALLOCATED.name, CopyState.RETURNED.name, CopyState.EXPLAINED.name)
    query = sa.select(target.c.serial).where(target.c.determination == determination, target.c.state.not_in(never))
    return connection.execute(query.limit(1)).first() is not None


def _numbers(connection: sa.Connection, determination: str, batch: str) -> serials.Numbers:
    series = projection.row(connection, SERIES, (determination,))
    held = projection.row(connection, BATCHES, (determination, scrub(batch)))
    quota = projection.row(connection, QUOTAS, (determination,))
    spare = projection.rows(connection, COPIES, determination=determination, state=CopyState.RETURNED.name)
    return serials.Numbers(
        0 if series is None else int(series["given"]),
        0 if held is None else int(held["count"]),
        tuple(int(row["serial"]) for row in spare),
        None if quota is None else int(quota["count"]),
    )


def _copy(connection: sa.Connection, determination: str, serial: int) -> Row:
    row = projection.row(connection, COPIES, (determination, serial))
    return transitions.known_copy(determination, serial, row)


def _next_lease(connection: sa.Connection, at: dt.datetime) -> str:
    prefix = f"Z{at.astimezone(_CHINA).year}-"
    return f"{prefix}{projection.count_of_year(connection, LEASES, prefix) + 1:04d}"


def _lease(connection: sa.Connection, lease_id: str) -> tuple[Row, Lease]:
    row = projection.row(connection, LEASES, (lease_id,))
    if row is None:
        raise UsageError(f"台账里没有号段 {lease_id}", "用 copies reserve 查看领用的号段")
    return row, _lease_view(row)


def _lease_view(row: Row) -> Lease:
    try:
        numbers = int(row["first_serial"]), int(row["count"])
    except ValueError:
        raise CodecError("lease 表有一行不对") from None
    names = ("holder", "purpose", "leased_at", "closed_at", "reason")
    return Lease(str(row["id"]), str(row["determination"]), *numbers, *(str(row[name]) for name in names))


def _stretch(connection: sa.Connection, lease: Lease) -> list[Row]:
    """The rows of the numbers of a lease."""
    target = projection.projections[COPIES.name]
    query = sa.select(target).where(
        target.c.determination == lease.determination, target.c.serial.between(lease.first, lease.serials[-1])
    )
    rows: list[Row] = [dict(row) for row in connection.execute(query.order_by(target.c.serial)).mappings()]
    if len(rows) != lease.count:
        raise RegisterError(f"号段 {lease.id} 的份号不全", "请停止使用，运行 register verify 核验")
    return rows
