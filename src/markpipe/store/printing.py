"""The part of the register that holds print orders.  What may happen to a copy is decided in `ledger.printing`."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from markpipe.errors import UsageError
from markpipe.ledger import printing
from markpipe.ledger.custody_fold import QUOTAS
from markpipe.ledger.events import CopyMade, Event
from markpipe.ledger.fold import COPIES, MATTERS, Value
from markpipe.ledger.print_events import PrintOrdered, PrintStepped
from markpipe.ledger.print_fold import PRINT_COPIES, PRINT_ORDERS, copy_print_view, order_view
from markpipe.ledger.views import Matter, matter_view
from markpipe.model.agency import Actor
from markpipe.model.carrier import CopyState
from markpipe.model.decision import Decision
from markpipe.model.printing import PrintCopy, PrintOrder, PrintState
from markpipe.store import projection
from markpipe.store.database import Database

_CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")


class Printing:
    """Mixed into `Register`."""

    _database: Database

    @abstractmethod
    def _append(self, connection: sa.Connection, events: tuple[Event, ...], actor: Actor, at: dt.datetime) -> None: ...

    # -- asking ----------------------------------------------------------------------------------------------------

    def print_orders(self, determination: str | None = None) -> tuple[PrintOrder, ...]:
        """The 打印输出登记, first to last, of one determination or of all."""
        equal: dict[str, Value] = {} if determination is None else {"determination": determination}
        with self._database.read() as connection:
            return tuple(order_view(row) for row in projection.scan(connection, PRINT_ORDERS, **equal))

    def print_order(self, order_id: str) -> PrintOrder:
        """One order; `UsageError` where there is none."""
        with self._database.read() as connection:
            return order_view(_known(connection, order_id))

    def print_order_of(self, key: str) -> PrintOrder | None:
        """The order that a request made, if it did."""
        with self._database.read() as connection:
            row = _of_key(connection, key)
            return None if row is None else order_view(row)

    def print_copies(self, order_id: str) -> tuple[PrintCopy, ...]:
        """The copies of an order by number."""
        with self._database.read() as connection:
            return tuple(
                copy_print_view(row) for row in projection.scan(connection, PRINT_COPIES, print_order=order_id)
            )

    def printed_copies(self, *states: PrintState, determination: str | None = None) -> tuple[PrintCopy, ...]:
        """Copies in some states (none given: all), of every order or of one determination."""
        equal: dict[str, Value] = {} if determination is None else {"determination": determination}
        with self._database.read() as connection:
            found = (copy_print_view(row) for row in projection.scan(connection, PRINT_COPIES, **equal))
            return tuple(copy for copy in found if not states or copy.state in states)

    def print_copy_of_file(self, sha256: str) -> PrintCopy | None:
        """The copy whose stamped file has these bytes."""
        with self._database.read() as connection:
            rows = [row for row in projection.rows(connection, PRINT_COPIES, sha256=sha256) if row["determination"]]
            return copy_print_view(rows[0]) if rows else None

    def matters_of(self, digest: str) -> tuple[Matter, ...]:
        """The matters of these bytes under whatever name, those that lapsed left out."""
        with self._database.read() as connection:
            matters = (matter_view(row) for row in projection.scan(connection, MATTERS, digest=digest))
            return tuple(matter for matter in matters if matter.decision is not Decision.LAPSED)

    def print_approval(self, determination: str) -> tuple[str, str]:
        """批准人 and 文号 for the copies of a determination; `RefusedError` where nobody approved any."""
        with self._database.read() as connection:
            return printing.approval(determination, projection.row(connection, QUOTAS, (determination,)))

    # -- doing -----------------------------------------------------------------------------------------------------

    def enter_order(self, wanted: PrintOrdered, actor: Actor, at: dt.datetime) -> PrintOrder:
        """Enter an order (its id is given here); the same key again answers the order that is there."""
        with self._database.write() as connection:
            known = _of_key(connection, wanted.key)
            taken: list[int] = []
            if wanted.determination and known is None:
                rows = projection.rows(connection, PRINT_COPIES, determination=wanted.determination)
                taken = sorted({int(row["serial"]) for row in rows} & set(wanted.serials))
            numbered = _numbered(connection, wanted, at)
            self._append(connection, printing.order(numbered, known, taken), actor, at)
            return order_view(known or _known(connection, numbered.order))

    def release_order(self, order_id: str, actor: Actor, at: dt.datetime) -> PrintOrder:
        """Somebody with the code is at the printer."""
        with self._database.write() as connection:
            self._append(connection, printing.release(_known(connection, order_id)), actor, at)
            return order_view(_known(connection, order_id))

    def step_print(self, wanted: PrintStepped, actor: Actor, at: dt.datetime) -> PrintCopy:
        """Bring a copy to a state.  With paper it is a carrier from that moment: `PRINTED` also makes the copy.

        `RefusedError` where the state does not follow: for `SENDING` also where somebody else was first.
        """
        with self._database.write() as connection:
            row = _copy(connection, wanted.order, wanted.serial)
            determination = str(row["determination"])
            copy = projection.row(connection, COPIES, (determination, wanted.serial)) if determination else None
            events: tuple[Event, ...] = printing.step(wanted, row, copy)
            if events and wanted.state is PrintState.PRINTED and copy is not None:
                events += _made(connection, wanted, row, copy)
            self._append(connection, events, actor, at)
            return copy_print_view(_copy(connection, wanted.order, wanted.serial))


def _made(
    connection: sa.Connection, wanted: PrintStepped, row: Mapping[str, Value], copy: Mapping[str, Value]
) -> tuple[Event, ...]:
    """The paper becomes a carrier, unless somebody voided its number while it was being printed."""
    if copy["state"] != CopyState.ALLOCATED.name:
        return ()
    printer = str(_known(connection, wanted.order)["printer"])
    return (CopyMade(str(row["determination"]), wanted.serial, str(row["sha256"]), f"打印：{printer}"),)


def _numbered(connection: sa.Connection, wanted: PrintOrdered, at: dt.datetime) -> PrintOrdered:
    prefix = f"P{at.astimezone(_CHINA).year}-"
    target = projection.projections[PRINT_ORDERS.name]
    query = sa.select(sa.func.count()).select_from(target).where(target.c.id.startswith(prefix, autoescape=True))
    number = int(connection.execute(query).scalar_one()) + 1
    return replace(wanted, order=f"{prefix}{number:04d}")


def _of_key(connection: sa.Connection, key: str) -> Mapping[str, Value] | None:
    rows: Sequence[Mapping[str, Value]] = projection.rows(connection, PRINT_ORDERS, key=key)
    return rows[0] if rows else None


def _known(connection: sa.Connection, order_id: str) -> Mapping[str, Value]:
    row = projection.row(connection, PRINT_ORDERS, (order_id,))
    if row is None:
        raise UsageError(f"台账里没有打印任务 {order_id}", "用 copies reconcile 查看")
    return row


def _copy(connection: sa.Connection, order_id: str, serial: int) -> Mapping[str, Value]:
    row = projection.row(connection, PRINT_COPIES, (order_id, serial))
    if row is None:
        raise UsageError(f"打印任务 {order_id} 没有第 {serial} 份", "用 copies reconcile 查看")
    return row
