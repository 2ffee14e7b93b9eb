"""The tables of printing, what each event about it sets, and their rows as values.  `ledger.fold` calls this."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from markpipe.ledger.codec import CodecError
from markpipe.ledger.print_events import PrintEvent, PrintOrdered, PrintReleased, PrintStepped
from markpipe.ledger.tables import Change, Patch, Put, Row, Table, Value
from markpipe.model.printing import PrintCopy, PrintOrder, PrintState

if TYPE_CHECKING:
    from markpipe.ledger.events import Entry

_ORDER_TEXTS = (
    "key",
    "determination",
    "digest",
    "printer",
    "source",
    "purpose",
    "recipient",
    "approved_by",
    "approval",
)
PRINT_ORDERS = Table(
    "print_order",
    ("id",),
    {
        "id": str,
        **dict.fromkeys(_ORDER_TEXTS, str),
        "serials": str,
        "pages": int,
        "released": int,
        "printed_by": str,
        "demo": int,
        "at": str,
    },
)
PRINT_COPIES = Table(
    "print_copy",
    ("print_order", "serial"),
    {
        "print_order": str,
        "serial": int,
        "determination": str,
        "state": str,
        "sha256": str,
        "job": str,
        "why": str,
        "changed_at": str,
    },
)
PRINT_TABLES = (PRINT_ORDERS, PRINT_COPIES)


def print_changes(event: PrintEvent, entry: Entry) -> tuple[Change, ...]:
    """The rows that an event about printing sets."""
    match event:
        case PrintOrdered():
            return _ordered(event, entry)
        case PrintReleased(order):
            return (Patch(PRINT_ORDERS, (order,), {"released": 1}),)
        case PrintStepped(order, serial, state, sha256, job, why):
            fields: dict[str, Value] = {"state": state.name, "why": why, "changed_at": entry.at}
            fields |= {name: value for name, value in (("sha256", sha256), ("job", job)) if value}
            return (Patch(PRINT_COPIES, (order, serial), fields),)
        case _:
            assert_never(event)


def _ordered(event: PrintOrdered, entry: Entry) -> tuple[Change, ...]:
    told: dict[str, Value] = {name: str(getattr(event, name)) for name in _ORDER_TEXTS}
    counts: dict[str, Value] = {"serials": " ".join(map(str, event.serials)), "pages": event.pages}
    who: dict[str, Value] = {"printed_by": entry.person, "demo": int(entry.demo), "at": entry.at}
    order = Put(PRINT_ORDERS, {"id": event.order, **told, **counts, **who, "released": int(event.released)})
    blank = {"state": PrintState.ALLOCATED.name, "sha256": "", "job": "", "why": "", "changed_at": entry.at}
    named = {"print_order": event.order, "determination": event.determination}
    return (order, *(Put(PRINT_COPIES, {"serial": serial, **named, **blank}) for serial in event.serials))


def order_view(row: Row) -> PrintOrder:
    """A row of `print_order`; `CodecError` for one that somebody tampered with."""
    try:
        told = {name: str(row[name]) for name in (*_ORDER_TEXTS, "printed_by", "at")}
        return PrintOrder(
            id=str(row["id"]),
            serials=tuple(int(word) for word in str(row["serials"]).split()),
            pages=int(row["pages"]),
            released=bool(row["released"]),
            demo=bool(row["demo"]),
            **told,
        )
    except (KeyError, ValueError) as error:
        raise CodecError(f"print_order 表有一行不对（{type(error).__name__}）") from None


def copy_print_view(row: Row) -> PrintCopy:
    """A row of `print_copy`; `CodecError` for one that somebody tampered with."""
    try:
        return PrintCopy(
            str(row["print_order"]),
            str(row["determination"]),
            int(row["serial"]),
            PrintState[str(row["state"])],
            str(row["sha256"]),
            str(row["job"]),
            str(row["why"]),
            str(row["changed_at"]),
        )
    except (KeyError, ValueError) as error:
        raise CodecError(f"print_copy 表有一行不对（{type(error).__name__}）") from None
