"""What happens when copies are printed, as typed values.  `ledger.printing` decides; here is form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, assert_never

from markpipe.ledger.codec import FLAG, TEXT, WHOLE, Codec, many, named
from markpipe.model.printing import PrintState


@dataclass(frozen=True, slots=True)
class PrintOrdered:
    """打印输出登记: an order with the numbers that it is to put on paper; the person of the event prints."""

    order: str
    key: str
    determination: str
    digest: str
    serials: tuple[int, ...]
    pages: int
    printer: str
    source: str
    purpose: str
    recipient: str
    approved_by: str
    approval: str
    released: bool = True


@dataclass(frozen=True, slots=True)
class PrintReleased:
    """Somebody who has the code of an order stands at the printer."""

    order: str


@dataclass(frozen=True, slots=True)
class PrintStepped:
    """A copy of an order came to a state; `job` names it where it was sent to, `why` is for what a person decides."""

    order: str
    serial: int
    state: PrintState
    sha256: str = ""
    job: str = ""
    why: str = ""


PrintEvent = PrintOrdered | PrintReleased | PrintStepped

# stored name, type, fields: what `ledger.events` registers
PRINTING: tuple[tuple[str, type[Any], dict[str, Codec[Any]]], ...] = (
    (
        "print-ordered",
        PrintOrdered,
        {
            "order": TEXT,
            "key": TEXT,
            "determination": TEXT,
            "digest": TEXT,
            "serials": many(WHOLE),
            "pages": WHOLE,
            "printer": TEXT,
            "source": TEXT,
            "purpose": TEXT,
            "recipient": TEXT,
            "approved_by": TEXT,
            "approval": TEXT,
            "released": FLAG,
        },
    ),
    ("print-released", PrintReleased, {"order": TEXT}),
    (
        "print-stepped",
        PrintStepped,
        {"order": TEXT, "serial": WHOLE, "state": named(PrintState), "sha256": TEXT, "job": TEXT, "why": TEXT},
    ),
)


def print_key(event: PrintEvent) -> str:
    """What may happen once has one key for ever: above all, that a copy is handed to a printer."""
    match event:
        case PrintOrdered(key=key):
            return f"print/{key}/ordered"
        case PrintReleased(order):
            return f"print/{order}/released"
        case PrintStepped(order, serial, (PrintState.STAMPED | PrintState.SUBMITTED) as state, sha256):
            return f"print/{order}/{serial}/{state.name}/{sha256}"
        case PrintStepped(order, serial, state):
            return f"print/{order}/{serial}/{state.name}"
        case _:
            assert_never(event)
