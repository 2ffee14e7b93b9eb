"""The part of the register that holds carriers.  What may happen to one is decided in `ledger.custody`."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from markpipe.errors import RegisterError, UsageError
from markpipe.ledger import custody, destruction, transitions
from markpipe.ledger.codec import DETERMINATION, from_text
from markpipe.ledger.custody_events import CopiesApproved, Duplicated, Inspected, StoreHandedOver
from markpipe.ledger.custody_fold import (
    CARRIERS,
    CUSTODY_LOG,
    DESTRUCTIONS,
    DUPLICATIONS,
    INCIDENTS,
    INCOMINGS,
    INSPECTIONS,
    QUOTAS,
    RECALLS,
    STORE,
)
from markpipe.ledger.custody_views import (
    Copying,
    Facts,
    Listing,
    Loss,
    Moved,
    Recall,
    carrier_view,
    copying_view,
    facts_of,
    incoming_view,
    listing_view,
    loss_view,
    moved_view,
    recall_view,
)
from markpipe.ledger.events import Event
from markpipe.ledger.fold import MATTERS, Row, Table, Value
from markpipe.model.agency import Actor
from markpipe.model.custody import KNOWING, OUT, Carrier, CarrierState, Incoming, carrier_ref, split_ref
from markpipe.store import projection
from markpipe.store.database import Database
from markpipe.store.log import event_of, utc

_CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
_STRETCH = 500


class Custody:
    """Mixed into `Register`."""

    _database: Database

    @abstractmethod
    def _append(self, connection: sa.Connection, events: tuple[Event, ...], actor: Actor, at: dt.datetime) -> None: ...

    # -- asking ----------------------------------------------------------------------------------------------------

    def carriers(
        self, *, series: str | None = None, holder: str | None = None, states: Sequence[CarrierState] = ()
    ) -> tuple[Carrier, ...]:
        """Carriers in the order of their numbers, of one document (its duplicates included), holder or in some states."""
        with self._database.read() as connection:
            rows = _select(connection, series, holder, states)
            return _views(connection, rows)

    def carriers_of(self, keys: Sequence[tuple[str, int]]) -> tuple[Carrier, ...]:
        """The carriers of these series and serials, of which there may be none."""
        target = projection.projections[CARRIERS.name]
        found: list[Row] = []
        with self._database.read() as connection:
            for start in range(0, len(keys), _STRETCH):
                some = sa.tuple_(target.c.series, target.c.serial).in_(keys[start : start + _STRETCH])
                query = sa.select(target).where(some).order_by(target.c.series, target.c.serial)
                found += [dict(row) for row in connection.execute(query).mappings()]
            return _views(connection, found)

    def carrier(self, ref: str) -> Carrier:
        """One carrier; `UsageError` where there is none."""
        with self._database.read() as connection:
            return _carrier(connection, ref)

    def history(self, ref: str) -> tuple[Moved, ...]:
        """What happened to a carrier, first to last."""
        with self._database.read() as connection:
            name = carrier_ref(*_split(ref))
            return tuple(moved_view(row) for row in projection.scan(connection, CUSTODY_LOG, ref=name))

    def knowers(self, ref: str) -> tuple[str, ...]:
        """知悉记录 of a carrier: who has known it, in the order in which they came to."""
        return tuple(dict.fromkeys(moved.holder for moved in self.history(ref) if moved.act in KNOWING))

    def overdue(self, on: dt.date) -> tuple[Carrier, ...]:
        """Carriers that should have been back before this day."""
        target = projection.projections[CARRIERS.name]
        late = sa.select(target).where(target.c.due > "", target.c.due < on.isoformat()).order_by(target.c.due)
        with self._database.read() as connection:
            rows: list[Row] = [dict(row) for row in connection.execute(late).mappings()]
            return tuple(carrier for carrier in _views(connection, rows) if carrier.state in OUT)

    def copyings(self, ref: str) -> tuple[Copying, ...]:
        """Every approved 复制 of a carrier, first to last."""
        with self._database.read() as connection:
            parent = _carrier(connection, ref).ref
            done = sorted(projection.rows(connection, DUPLICATIONS, parent=parent), key=lambda row: row["first_serial"])
            found = [event_of(connection, f"carriers/{parent}/duplicated/{row['approval']}") for row in done]
            return tuple(
                copying_view(entry.event, entry.person) for entry in found if isinstance(entry.event, Duplicated)
            )

    def incoming(self, most: int | None = None) -> tuple[Incoming, ...]:
        """The 收文登记簿, or the last so many of it."""
        target = projection.projections[INCOMINGS.name]
        query = sa.select(target).order_by(target.c.year.desc(), target.c.number.desc()).limit(most)
        with self._database.read() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
            return tuple(incoming_view(row) for row in reversed(rows))

    def recall(self, recall_id: str) -> tuple[Recall, tuple[Carrier, ...]]:
        """A 清退 batch and its carriers as they stand."""
        with self._database.read() as connection:
            recall = recall_view(_known(connection, RECALLS, recall_id, "清退批次"))
            return recall, tuple(_carrier(connection, ref) for ref in recall.refs)

    def late_recalls(self, on: dt.date) -> tuple[Recall, ...]:
        """清退 batches that should have been closed before this day."""
        late = _open(RECALLS, "closed_on", "due", on.isoformat())
        with self._database.read() as connection:
            return tuple(recall_view(dict(row)) for row in connection.execute(late).mappings())

    def listing(self, listing_id: str) -> Listing:
        """A 销毁清册."""
        with self._database.read() as connection:
            return listing_view(_known(connection, DESTRUCTIONS, listing_id, "销毁清册"))

    def late_losses(self, at: dt.datetime) -> tuple[Loss, ...]:
        """Lost carriers whose report was due before this instant."""
        late = _open(INCIDENTS, "reported_at", "report_by", utc(at))
        with self._database.read() as connection:
            return tuple(loss_view(dict(row)) for row in connection.execute(late).mappings())

    def loss(self, loss_id: str) -> Loss:
        """A lost carrier, by the number of its report."""
        with self._database.read() as connection:
            return loss_view(_known(connection, INCIDENTS, loss_id, "报失"))

    def counted_on(self) -> dt.date | None:
        """When the whole store was last counted, or began to be filled; None where there never was a carrier."""
        with self._database.read() as connection:
            days = [str(row["day"]) for row in projection.scan(connection, INSPECTIONS, scope="")]
            days = days or [str(row["day"]) for row in projection.scan(connection, CUSTODY_LOG, 1)]
            return dt.date.fromisoformat(max(days)) if days else None

    def keeper(self) -> str:
        """Who keeps the store since the last handover; empty before the first."""
        with self._database.read() as connection:
            row = projection.row(connection, STORE, ("store",))
            return "" if row is None else str(row["keeper"])

    # -- doing -----------------------------------------------------------------------------------------------------

    def approve_copies(self, approved: CopiesApproved, actor: Actor, at: dt.datetime) -> None:
        """Record how many copies may be made, and for whom; the last approval holds."""
        with self._database.write() as connection:
            row = projection.row(connection, MATTERS, (approved.determination,))
            transitions.known_matter(approved.determination, row)
            quota = projection.row(connection, QUOTAS, (approved.determination,))
            wanted = (approved.count, approved.scope, approved.approved_by, approved.approval)
            if approved.count < 1 or not (approved.approved_by.strip() and approved.approval.strip()):
                raise UsageError("批准制作须写明份数、批准人和批准文号", "用 --copies、--approved-by、--approval 给出")
            names = ("count", "scope", "approved_by", "approval")
            if quota is None or tuple(quota[name] for name in names) != wanted:
                self._append(connection, (approved,), actor, at)

    def receive_carriers(self, incoming: Incoming, serials: Sequence[str], actor: Actor, at: dt.datetime) -> Incoming:
        """收文: enter what another unit sent; the answer bears its 收文编号."""
        with self._database.write() as connection:
            numbered = replace(incoming, id=_next_incoming(connection, at))
            events = custody.receive(numbered, serials, _same_document(connection, numbered))
            self._append(connection, events, actor, at)
            return numbered

    def receive_many(
        self, lines: Sequence[tuple[Incoming, Sequence[str], str]], on: dt.date, actor: Actor, at: dt.datetime
    ) -> tuple[Incoming, ...]:
        """Enter a register that was kept on paper, in one transaction: each document with its 份号 and who has it now.

        A document that is registered already is left out; the answer are those that were not.
        """
        entered = []
        with self._database.write() as connection:
            for incoming, numbers, holder in lines:
                if _same_document(connection, incoming) is not None:
                    continue
                numbered = replace(incoming, id=_next_incoming(connection, at))
                self._append(connection, custody.receive(numbered, numbers, None), actor, at)
                if holder:
                    self._append(connection, custody.taken_over(numbered, numbers, holder, on), actor, at)
                entered.append(numbered)
        return tuple(entered)

    def move(self, wanted: custody.Move, refs: Sequence[str], actor: Actor, at: dt.datetime) -> tuple[Carrier, ...]:
        """Carry out one act on carriers, all or none; the answer says how they stand then."""
        with self._database.write() as connection:
            carriers = [_carrier(connection, ref) for ref in dict.fromkeys(refs)]
            self._append(connection, custody.move(wanted, carriers), actor, at)
            return tuple(_carrier(connection, carrier.ref) for carrier in carriers)

    def move_each(
        self, moves: Sequence[tuple[custody.Move, Sequence[str]]], actor: Actor, at: dt.datetime
    ) -> tuple[Carrier, ...]:
        """Carry out several acts in one transaction: all of them, or none."""
        refs: dict[str, None] = {}
        with self._database.write() as connection:
            for wanted, some in moves:
                carriers = [_carrier(connection, ref) for ref in dict.fromkeys(some)]
                self._append(connection, custody.move(wanted, carriers), actor, at)
                refs.update((carrier.ref, None) for carrier in carriers)
            return tuple(_carrier(connection, ref) for ref in refs)

    def duplicate(self, ref: str, wanted: custody.Reproduce, actor: Actor, at: dt.datetime) -> tuple[Carrier, ...]:
        """复制 a carrier; the answer are the duplicates of this approval."""
        with self._database.write() as connection:
            carrier = _carrier(connection, ref)
            done = projection.row(connection, DUPLICATIONS, (carrier.ref, wanted.approval))
            highest = projection.highest(connection, CARRIERS, "serial", series=carrier.ref)
            self._append(connection, custody.duplicate(wanted, carrier, done, highest), actor, at)
            made = projection.row(connection, DUPLICATIONS, (carrier.ref, wanted.approval))
            if made is None:
                raise RegisterError("台账缺少刚写入的记录", "请停止使用，运行 register verify 核验")
            first, count = int(made["first_serial"]), int(made["count"])
            return tuple(
                _carrier(connection, carrier_ref(carrier.ref, serial)) for serial in range(first, first + count)
            )

    def inspect(
        self, scope: str, found: Sequence[str], on: dt.date, actor: Actor, at: dt.datetime
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """清点: compare what was found with what must be in the store; the answer is (missing, surplus)."""
        counted = {carrier_ref(*_split(ref)) for ref in found}
        with self._database.write() as connection:
            rows = _select(connection, scope or None, None, (CarrierState.IN_STORE, CarrierState.VOIDED))
            expected = {carrier_ref(str(row["series"]), int(row["serial"])) for row in rows}
            missing, surplus = tuple(sorted(expected - counted)), tuple(sorted(counted - expected))
            self._append(connection, (Inspected(on, scope, len(counted), missing, surplus),), actor, at)
            return missing, surplus

    def open_recall(
        self, *, series: str | None, holder: str | None, due: dt.date, reason: str, actor: Actor, at: dt.datetime
    ) -> Recall:
        """清退: name everything of a document or holder that is out."""
        with self._database.write() as connection:
            carriers = _views(connection, _select(connection, series, holder, OUT))
            number = _next_id(connection, RECALLS, "B", at)
            self._append(connection, custody.open_recall(number, carriers, due, reason), actor, at)
            return recall_view(_known(connection, RECALLS, number, "清退批次"))

    def close_recall(self, recall_id: str, on: dt.date, actor: Actor, at: dt.datetime) -> None:
        """Close a recall whose carriers are all back."""
        with self._database.write() as connection:
            row = _known(connection, RECALLS, recall_id, "清退批次")
            carriers = [_carrier(connection, ref) for ref in recall_view(row).refs]
            self._append(connection, custody.close_recall(row, carriers, on), actor, at)

    def list_destruction(
        self,
        wanted: destruction.Destruction,
        refs: Sequence[str],
        keepers: Sequence[str],
        actor: Actor,
        at: dt.datetime,
        limit: int = destruction.SELF_DESTROY_LIMIT,
    ) -> Listing:
        """Put carriers on a 销毁清册, to be destroyed when both witnesses have signed."""
        with self._database.write() as connection:
            carriers = [_carrier(connection, ref) for ref in dict.fromkeys(refs)]
            numbered = replace(wanted, listing=_next_id(connection, DESTRUCTIONS, "X", at))
            self._append(connection, destruction.list_destruction(numbered, carriers, keepers, limit), actor, at)
            return listing_view(_known(connection, DESTRUCTIONS, numbered.listing, "销毁清册"))

    def sign_destruction(self, listing_id: str, on: dt.date, actor: Actor, at: dt.datetime) -> Listing:
        """A witness signs; with the second signature the carriers count as destroyed."""
        with self._database.write() as connection:
            row = _known(connection, DESTRUCTIONS, listing_id, "销毁清册")
            refs = listing_view(row).refs
            self._append(connection, destruction.sign(row, refs, actor.person, on), actor, at)
            return listing_view(_known(connection, DESTRUCTIONS, listing_id, "销毁清册"))

    def lose(self, ref: str, circumstances: str, on: dt.date, actor: Actor, at: dt.datetime) -> Loss:
        """报失: open an incident with its clock; a carrier that is lost already keeps its incident."""
        with self._database.write() as connection:
            carrier = _carrier(connection, ref)
            number = _next_id(connection, INCIDENTS, "L", at)
            self._append(connection, custody.lose(number, carrier, circumstances, at, on), actor, at)
            return loss_view(projection.rows(connection, INCIDENTS, ref=carrier.ref)[-1])

    def lost_step(
        self, loss_id: str, words: str, on: dt.date, actor: Actor, at: dt.datetime, *, reported: bool, closes: bool
    ) -> Loss:
        """Record what was done about an incident."""
        with self._database.write() as connection:
            row = _known(connection, INCIDENTS, loss_id, "报失")
            events = custody.incident_step(row, words, on, reported=reported, closes=closes)
            self._append(connection, events, actor, at)
            return loss_view(_known(connection, INCIDENTS, loss_id, "报失"))

    def clear_holder(self, holder: str, power: str, on: dt.date, actor: Actor, at: dt.datetime) -> None:
        """离岗: close only when the holder has nothing any more."""
        with self._database.write() as connection:
            carriers = _views(connection, _select(connection, None, holder, (*OUT, CarrierState.LOST)))
            self._append(connection, custody.clear(holder, carriers, power, on), actor, at)

    def hand_over(self, giver: str, taker: str, witness: str, on: dt.date, actor: Actor, at: dt.datetime) -> int:
        """The store goes to another 保密员; the answer counts what is in it."""
        if len({giver, taker, witness}) != 3:
            raise UsageError("移交人、接收人、监交人须是三个人", "用 --from、--to、--witness 写明")
        with self._database.write() as connection:
            count = len(_select(connection, None, None, (CarrierState.IN_STORE, CarrierState.VOIDED)))
            self._append(connection, (StoreHandedOver(giver, taker, witness, count, on),), actor, at)
            return count


def _split(ref: str) -> tuple[str, int]:
    try:
        series, serial = split_ref(ref)
        carrier_ref(series, serial)
    except ValueError as error:
        raise UsageError(str(error), "用 copies status 查看各份的编号") from None
    if "/" in series:  # a duplicate: its series is a carrier, whose own zeros may have been left out
        series = carrier_ref(*_split(series))
    return series, serial


def _carrier(connection: sa.Connection, ref: str) -> Carrier:
    series, serial = _split(ref)
    row = projection.row(connection, CARRIERS, (series, serial))
    if row is None:
        raise UsageError(f"台账里没有这一份：{ref}", "用 copies status 查看各份；已编号而没有制作的还不是载体")
    return _views(connection, [row])[0]


def _views(connection: sa.Connection, rows: Sequence[Row]) -> tuple[Carrier, ...]:
    """Rows of carriers with what their documents say; a duplicate's are those of the first original."""
    roots = [str(row["series"]).partition("/")[0] for row in rows]
    facts = _facts(connection, sorted(set(roots)))
    return tuple(carrier_view(row, facts[root]) for row, root in zip(rows, roots, strict=True))


def _facts(connection: sa.Connection, roots: Sequence[str]) -> dict[str, Facts]:
    """What documents say of their carriers, read in stretches."""
    incoming, matter = projection.projections[INCOMINGS.name], projection.projections[MATTERS.name]
    facts: dict[str, Facts] = {}
    for start in range(0, len(roots), _STRETCH):
        some = roots[start : start + _STRETCH]
        for row in connection.execute(sa.select(incoming).where(incoming.c.id.in_(some))).mappings():
            facts[str(row["id"])] = facts_of(incoming_view(dict(row)))
        decided = sa.select(matter.c.id, matter.c.determination).where(matter.c.id.in_(some))
        for id_, text in connection.execute(decided.where(matter.c.determination != "")):
            determination = from_text(DETERMINATION, str(text))
            facts[str(id_)] = Facts(determination.mark, determination.name, "", determination.access_scope)
    for root in roots:
        if root not in facts:
            raise RegisterError(f"载体 {root} 没有对应的定密事项或收文", "请停止使用，运行 register verify 核验")
    return facts


def _open(table: Table, closed: str, due: str, before: str) -> sa.Select[tuple[object, ...]]:
    """Rows that are not closed and whose time has come."""
    target = projection.projections[table.name]
    return sa.select(target).where(target.c[closed] == "", target.c[due] < before).order_by(target.c[due], target.c.id)


def _select(
    connection: sa.Connection, series: str | None, holder: str | None, states: Sequence[CarrierState]
) -> list[Row]:
    target = projection.projections[CARRIERS.name]
    query = sa.select(target).order_by(target.c.series, target.c.serial)
    if series is not None:
        # its own copies and their duplicates (D2026-0001/000001 …): a range, for "0" comes right after "/"
        below = sa.and_(target.c.series > f"{series}/", target.c.series < f"{series}0")
        query = query.where(sa.or_(target.c.series == series, below))
    if holder is not None:
        query = query.where(target.c.holder == holder)
    if states:
        query = query.where(target.c.state.in_([state.name for state in states]))
    return [dict(row) for row in connection.execute(query).mappings()]


def _known(connection: sa.Connection, table: Table, key: str, what: str) -> Mapping[str, Value]:
    row = projection.row(connection, table, (key,))
    if row is None:
        raise UsageError(f"台账里没有{what} {key}", "请核对编号")
    return row


def _next_id(connection: sa.Connection, table: Table, letter: str, at: dt.datetime) -> str:
    """The next running number of the year, as B2026-0001."""
    prefix = f"{letter}{at.astimezone(_CHINA).year}-"
    return f"{prefix}{projection.count_of_year(connection, table, prefix) + 1:04d}"


def _next_incoming(connection: sa.Connection, at: dt.datetime) -> str:
    year = at.astimezone(_CHINA).year
    return f"R{year}-{projection.highest(connection, INCOMINGS, 'number', year=year) + 1:04d}"


def _same_document(connection: sa.Connection, incoming: Incoming) -> Row | None:
    """The document of this issuer with the same number; without a number, the one with the same title and day."""
    known = {"issuer": incoming.issuer, "document_number": incoming.document_number}
    for row in projection.rows(connection, INCOMINGS, **known):
        view = incoming_view(row)
        if incoming.document_number or (view.title, view.received_on) == (incoming.title, incoming.received_on):
            return row
    return None
