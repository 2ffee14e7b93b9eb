"""What happens to carriers after they were made or received, as typed values.  `ledger.custody` decides; here is form."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from markpipe.ledger.codec import DATE, FLAG, MARK, TEXT, TEXTS, WHOLE, Codec, named, optional, record
from markpipe.model.custody import Act, CarrierState, Incoming, Reproduction


@dataclass(frozen=True, slots=True)
class CopiesApproved:
    """How many copies of a determination may be made, and for whom (份数、发放范围)."""

    determination: str
    count: int
    scope: str
    approved_by: str
    approval: str


@dataclass(frozen=True, slots=True)
class CarriersReceived:
    """收文: the issuer's numbered carriers came in; those that came later than the first bear their own day."""

    incoming: Incoming
    serials: tuple[str, ...]
    on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class CarriersMoved:
    """One act on some carriers: who has them now, until when, and on whose approval."""

    act: Act
    refs: tuple[str, ...]
    state: CarrierState
    holder: str
    unit: str
    on: dt.date
    due: dt.date | None = None
    approved_by: str = ""
    approval: str = ""
    channel: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Duplicated:
    """复制: duplicates of a carrier with numbers of their own and the mark unchanged (实施条例第二十七条第五项)."""

    parent: str
    first_serial: int
    count: int
    approved_by: str
    approval: str
    issuer_consent: str
    stamp: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Inspected:
    """清点: what was found in the store against what the register says must be there."""

    on: dt.date
    scope: str
    counted: int
    missing: tuple[str, ...]
    surplus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecallOpened:
    """清退: these carriers are to come back."""

    recall: str
    refs: tuple[str, ...]
    due: dt.date
    reason: str


@dataclass(frozen=True, slots=True)
class RecallClosed:
    """Every carrier of a recall came back."""

    recall: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class DestructionListed:
    """销毁清册: approved, with two witnesses named; nothing is destroyed before both have signed."""

    listing: str
    refs: tuple[str, ...]
    approved_by: str
    approval: str
    method: str
    place: str
    receipt: str
    first_witness: str
    second_witness: str
    operator: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class DestructionSigned:
    """A witness signed under an account of their own; `place` is 1 or 2."""

    listing: str
    witness: str
    place: int
    on: dt.date


@dataclass(frozen=True, slots=True)
class Destroyed:
    """Both witnesses have signed."""

    listing: str
    refs: tuple[str, ...]
    on: dt.date


@dataclass(frozen=True, slots=True)
class CarrierLost:
    """A carrier cannot be found: an incident, to be reported within 24 hours (实施条例第六十一条)."""

    incident: str
    ref: str
    last_holder: str
    circumstances: str
    report_by: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class IncidentStep:
    """Something was done about an incident; `reported` says that it was the report to the authority."""

    incident: str
    words: str
    reported: bool
    closes: bool
    on: dt.date


@dataclass(frozen=True, slots=True)
class HolderCleared:
    """Somebody who leaves has nothing any more."""

    holder: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class StoreHandedOver:
    """The store went from one 保密员 to another, counted."""

    giver: str
    taker: str
    witness: str
    count: int
    on: dt.date


CustodyEvent = (
    CopiesApproved
    | CarriersReceived
    | CarriersMoved
    | Duplicated
    | Inspected
    | RecallOpened
    | RecallClosed
    | DestructionListed
    | DestructionSigned
    | Destroyed
    | CarrierLost
    | IncidentStep
    | HolderCleared
    | StoreHandedOver
)

INCOMING = record(
    Incoming,
    id=TEXT,
    issuer=TEXT,
    document_number=TEXT,
    title=TEXT,
    mark=MARK,
    received_on=DATE,
    channel=TEXT,
    reproduction=named(Reproduction),
    telegram=FLAG,
    access_scope=TEXT,
    return_by=optional(DATE),
    paper_number=TEXT,
    numbered=FLAG,
)

_APPROVED: dict[str, Codec[Any]] = {"approved_by": TEXT, "approval": TEXT}

# stored name, type, fields: what `ledger.events` registers
CUSTODY: tuple[tuple[str, type[Any], dict[str, Codec[Any]]], ...] = (
    ("copies-approved", CopiesApproved, {"determination": TEXT, "count": WHOLE, "scope": TEXT, **_APPROVED}),
    ("carriers-received", CarriersReceived, {"incoming": INCOMING, "serials": TEXTS, "on": optional(DATE)}),
    (
        "carriers-moved",
        CarriersMoved,
        {
            "act": named(Act),
            "refs": TEXTS,
            "state": named(CarrierState),
            "holder": TEXT,
            "unit": TEXT,
            "on": DATE,
            "due": optional(DATE),
            **_APPROVED,
            "channel": TEXT,
            "note": TEXT,
        },
    ),
    (
        "duplicated",
        Duplicated,
        {
            "parent": TEXT,
            "first_serial": WHOLE,
            "count": WHOLE,
            **_APPROVED,
            "issuer_consent": TEXT,
            "stamp": TEXT,
            "on": DATE,
        },
    ),
    ("inspected", Inspected, {"on": DATE, "scope": TEXT, "counted": WHOLE, "missing": TEXTS, "surplus": TEXTS}),
    ("recall-opened", RecallOpened, {"recall": TEXT, "refs": TEXTS, "due": DATE, "reason": TEXT}),
    ("recall-closed", RecallClosed, {"recall": TEXT, "on": DATE}),
    (
        "destruction-listed",
        DestructionListed,
        {
            "listing": TEXT,
            "refs": TEXTS,
            **_APPROVED,
            "method": TEXT,
            "place": TEXT,
            "receipt": TEXT,
            "first_witness": TEXT,
            "second_witness": TEXT,
            "operator": TEXT,
            "on": DATE,
        },
    ),
    ("destruction-signed", DestructionSigned, {"listing": TEXT, "witness": TEXT, "place": WHOLE, "on": DATE}),
    ("destroyed", Destroyed, {"listing": TEXT, "refs": TEXTS, "on": DATE}),
    (
        "carrier-lost",
        CarrierLost,
        {"incident": TEXT, "ref": TEXT, "last_holder": TEXT, "circumstances": TEXT, "report_by": TEXT, "on": DATE},
    ),
    (
        "incident-step",
        IncidentStep,
        {"incident": TEXT, "words": TEXT, "reported": FLAG, "closes": FLAG, "on": DATE},
    ),
    ("holder-cleared", HolderCleared, {"holder": TEXT, "on": DATE}),
    (
        "store-handed-over",
        StoreHandedOver,
        {"giver": TEXT, "taker": TEXT, "witness": TEXT, "count": WHOLE, "on": DATE},
    ),
)
