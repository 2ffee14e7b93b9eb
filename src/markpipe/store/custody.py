"""The part of the register that holds carriers.  What may happen to one is decided in `ledger.custody`."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from markpipe.errors import RefusedError, RegisterError, UsageError
from markpipe.ledger import custody, destruction, transitions
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
    Listing,
    Loss,
    Moved,
    Recall,
    copying_view,
    incoming_view,
    listing_view,
    loss_view,
    moved_view,
    recall_view,
)
from markpipe.ledger.events import Event
from markpipe.ledger.fold import MATTERS, Row
from markpipe.ledger.tables import STANDING
from markpipe.model.agency import Actor
from markpipe.model.custody import KNOWING, OUT, Carrier, CarrierState, Incoming, carrier_ref
from markpipe.store import projection
from markpipe.store.custody_rows import (
    STRETCH,
    carrier_at,
    known,
    next_id,
    next_incoming,
    open_before,
    same_document,
    select_rows,
    split,
    views,
)
from markpipe.store.database import Database
from markpipe.store.log import event_of, utc


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
            rows = select_rows(connection, series, holder, states)
            return views(connection, rows)

    def carriers_of(self, keys: Sequence[tuple[str, int]]) -> tuple[Carrier, ...]:
        """The carriers of these series and serials, of which there may be none."""
        target = projection.projections[CARRIERS.name]
        found: list[Row] = []
        with self._database.read() as connection:
            for start in range(0, len(keys), STRETCH):
                some = sa.tuple_(target.c.series, target.c.serial).in_(keys[start : start + STRETCH])
                query = sa.select(target).where(some).order_by(target.c.series, target.c.serial)
                found += [dict(row) for row in connection.execute(query).mappings()]
            return views(connection, found)

    def carrier(self, ref: str) -> Carrier:
        """One carrier; `UsageError` where there is none."""
        with self._database.read() as connection:
            return carrier_at(connection, ref)

    def history(self, ref: str) -> tuple[Moved, ...]:
        """What happened to a carrier, first to last."""
        with self._database.read() as connection:
            name = carrier_ref(*split(ref))
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
            return tuple(carrier for carrier in views(connection, rows) if carrier.state in OUT)

    def owed(self, on: dt.date) -> tuple[Carrier, ...]:
        """Carriers that their issuers should have had back before this day."""
        target = projection.projections[CARRIERS.name]
        late = sa.select(target).where(target.c.owed > "", target.c.owed < on.isoformat()).order_by(target.c.owed)
        with self._database.read() as connection:
            return views(connection, [dict(row) for row in connection.execute(late).mappings()])

    def copyings(self, ref: str) -> tuple[Copying, ...]:
        """Every approved 复制 of a carrier, first to last."""
        with self._database.read() as connection:
            parent = carrier_at(connection, ref).ref
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
            recall = recall_view(known(connection, RECALLS, recall_id, "清退批次"))
            return recall, tuple(carrier_at(connection, ref) for ref in recall.refs)

    def late_recalls(self, on: dt.date) -> tuple[Recall, ...]:
        """清退 batches that should have been closed before this day."""
        late = open_before(RECALLS, "closed_on", "due", on.isoformat())
        with self._database.read() as connection:
            return tuple(recall_view(dict(row)) for row in connection.execute(late).mappings())

    def listing(self, listing_id: str) -> Listing:
        """A 销毁清册."""
        with self._database.read() as connection:
            return listing_view(known(connection, DESTRUCTIONS, listing_id, "销毁清册"))

    def late_losses(self, at: dt.datetime) -> tuple[Loss, ...]:
        """Lost carriers whose report was due before this instant."""
        late = open_before(INCIDENTS, "reported_at", "report_by", utc(at))
        with self._database.read() as connection:
            return tuple(loss_view(dict(row)) for row in connection.execute(late).mappings())

    def loss(self, loss_id: str) -> Loss:
        """A lost carrier, by the number of its report."""
        with self._database.read() as connection:
            return loss_view(known(connection, INCIDENTS, loss_id, "报失"))

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
        """收文: enter what another unit sent; the answer bears its 收文编号, the first one where more of it came."""
        with self._database.write() as connection:
            known = same_document(connection, incoming)
            numbered = replace(incoming, id=next_incoming(connection, at)) if known is None else incoming
            rows = () if known is None else select_rows(connection, known.id, None, ())
            there = {int(row["serial"]) for row in rows if known is not None and row["series"] == known.id}
            self._append(connection, custody.receive(numbered, serials, known, there), actor, at)
            return known or numbered

    def receive_many(
        self, lines: Sequence[tuple[Incoming, Sequence[str], str]], on: dt.date, actor: Actor, at: dt.datetime
    ) -> tuple[Incoming, ...]:
        """Enter a register that was kept on paper, in one transaction: each document with its 份号 and who has it now.

        A document that is registered already is left out; the answer are those that were not.
        """
        entered = []
        with self._database.write() as connection:
            for incoming, numbers, holder in lines:
                if same_document(connection, incoming) is not None:
                    continue
                numbered = replace(incoming, id=next_incoming(connection, at))
                self._append(connection, custody.receive(numbered, numbers, None), actor, at)
                if holder:
                    self._append(connection, custody.taken_over(numbered, numbers, holder, on), actor, at)
                entered.append(numbered)
        return tuple(entered)

    def move(self, wanted: custody.Move, refs: Sequence[str], actor: Actor, at: dt.datetime) -> tuple[Carrier, ...]:
        """Carry out one act on carriers, all or none; the answer says how they stand then."""
        with self._database.write() as connection:
            carriers = [carrier_at(connection, ref) for ref in dict.fromkeys(refs)]
            self._append(connection, custody.move(wanted, carriers), actor, at)
            return tuple(carrier_at(connection, carrier.ref) for carrier in carriers)

    def move_each(
        self, moves: Sequence[tuple[custody.Move, Sequence[str]]], actor: Actor, at: dt.datetime
    ) -> tuple[Carrier, ...]:
        """Carry out several acts in one transaction: all of them, or none."""
        refs: dict[str, None] = {}
        with self._database.write() as connection:
            for wanted, some in moves:
                carriers = [carrier_at(connection, ref) for ref in dict.fromkeys(some)]
                self._append(connection, custody.move(wanted, carriers), actor, at)
                refs.update((carrier.ref, None) for carrier in carriers)
            return tuple(carrier_at(connection, ref) for ref in refs)

    def duplicate(self, ref: str, wanted: custody.Reproduce, actor: Actor, at: dt.datetime) -> tuple[Carrier, ...]:
        """复制 a carrier; the answer are the duplicates of this approval."""
        with self._database.write() as connection:
            carrier = carrier_at(connection, ref)
            done = projection.row(connection, DUPLICATIONS, (carrier.ref, wanted.approval))
            highest = projection.highest(connection, CARRIERS, "serial", series=carrier.ref)
            self._append(connection, custody.duplicate(wanted, carrier, done, highest), actor, at)
            made = projection.row(connection, DUPLICATIONS, (carrier.ref, wanted.approval))
            if made is None:
                raise RegisterError("台账缺少刚写入的记录", "请停止使用，运行 register verify 核验")
            first, count = int(made["first_serial"]), int(made["count"])
            return tuple(
                carrier_at(connection, carrier_ref(carrier.ref, serial)) for serial in range(first, first + count)
            )

    def inspect(
        self, scope: str, found: Sequence[str], on: dt.date, actor: Actor, at: dt.datetime
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """清点: compare what was found with what must be in the store; the answer is (missing, surplus)."""
        counted = {carrier_ref(*split(ref)) for ref in found}
        with self._database.write() as connection:
            rows = select_rows(connection, scope or None, None, (CarrierState.IN_STORE, CarrierState.VOIDED))
            expected = {carrier_ref(str(row["series"]), int(row["serial"])) for row in rows}
            missing, surplus = tuple(sorted(expected - counted)), tuple(sorted(counted - expected))
            self._append(connection, (Inspected(on, scope, len(counted), missing, surplus),), actor, at)
            return missing, surplus

    def open_recall(
        self, *, series: str | None, holder: str | None, due: dt.date, reason: str, actor: Actor, at: dt.datetime
    ) -> Recall:
        """清退: name everything of a document or holder that is out."""
        with self._database.write() as connection:
            carriers = views(connection, select_rows(connection, series, holder, OUT))
            number = next_id(connection, RECALLS, "B", at)
            self._append(connection, custody.open_recall(number, carriers, due, reason), actor, at)
            return recall_view(known(connection, RECALLS, number, "清退批次"))

    def close_recall(self, recall_id: str, on: dt.date, actor: Actor, at: dt.datetime) -> None:
        """Close a recall whose carriers are all back."""
        with self._database.write() as connection:
            row = known(connection, RECALLS, recall_id, "清退批次")
            carriers = [carrier_at(connection, ref) for ref in recall_view(row).refs]
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
            carriers = [carrier_at(connection, ref) for ref in dict.fromkeys(refs)]
            numbered = replace(wanted, listing=next_id(connection, DESTRUCTIONS, "X", at))
            self._append(connection, destruction.list_destruction(numbered, carriers, keepers, limit), actor, at)
            return listing_view(known(connection, DESTRUCTIONS, numbered.listing, "销毁清册"))

    def sign_destruction(self, listing_id: str, on: dt.date, actor: Actor, at: dt.datetime) -> Listing:
        """A witness signs; with the second signature the carriers count as destroyed."""
        with self._database.write() as connection:
            row = known(connection, DESTRUCTIONS, listing_id, "销毁清册")
            refs = listing_view(row).refs
            self._append(connection, destruction.sign(row, refs, actor.person, on), actor, at)
            return listing_view(known(connection, DESTRUCTIONS, listing_id, "销毁清册"))

    def lose(self, ref: str, circumstances: str, on: dt.date, actor: Actor, at: dt.datetime) -> Loss:
        """报失: open an incident with its clock; a carrier that is lost already keeps its incident."""
        with self._database.write() as connection:
            carrier = carrier_at(connection, ref)
            number = next_id(connection, INCIDENTS, "L", at)
            self._append(connection, custody.lose(number, carrier, circumstances, at, on), actor, at)
            return loss_view(projection.rows(connection, INCIDENTS, ref=carrier.ref)[-1])

    def lost_step(
        self, loss_id: str, words: str, on: dt.date, actor: Actor, at: dt.datetime, *, reported: bool, closes: bool
    ) -> Loss:
        """Record what was done about an incident."""
        with self._database.write() as connection:
            row = known(connection, INCIDENTS, loss_id, "报失")
            events = custody.incident_step(row, words, on, reported=reported, closes=closes)
            self._append(connection, events, actor, at)
            return loss_view(known(connection, INCIDENTS, loss_id, "报失"))

    def clear_holder(self, holder: str, power: str, on: dt.date, actor: Actor, at: dt.datetime) -> None:
        """离岗: close only when the holder has nothing any more."""
        with self._database.write() as connection:
            carriers = views(connection, select_rows(connection, None, holder, (*OUT, CarrierState.LOST)))
            self._append(connection, custody.clear(holder, carriers, power, on), actor, at)

    def hand_over(self, giver: str, taker: str, witness: str, on: dt.date, actor: Actor, at: dt.datetime) -> int:
        """The store goes to another 保密员; the answer counts what is in it.  Nothing where the taker keeps it already."""
        if len({giver, taker, witness}) != 3:
            raise UsageError("移交人、接收人、监交人须是三个人", "用 --from、--to、--witness 写明")
        with self._database.write() as connection:
            kept = projection.row(connection, STORE, ("store",))
            keeper = giver if kept is None else str(kept["keeper"])
            stock = (CarrierState.IN_STORE.name, CarrierState.VOIDED.name)
            rows = (projection.row(connection, STANDING, (CARRIERS.name, state)) for state in stock)
            count = sum(int(row["count"]) for row in rows if row is not None)
            if keeper == taker:
                return count
            if keeper != giver:
                raise RefusedError(f"库存现由{keeper}保管，{giver}不能移交", f"由{keeper}移交", ("REC-2",))
            self._append(connection, (StoreHandedOver(giver, taker, witness, count, on),), actor, at)
            return count
