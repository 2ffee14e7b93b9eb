"""Rows about carriers as values.  Decides nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from markpipe.ledger.codec import CodecError, from_text
from markpipe.ledger.custody_events import INCOMING, Duplicated
from markpipe.ledger.tables import Row
from markpipe.model.classification import Mark
from markpipe.model.custody import Act, Carrier, CarrierState, Incoming, Reproduction, carrier_ref


@dataclass(frozen=True, slots=True)
class Facts:
    """What all carriers of one document share."""

    mark: Mark
    title: str
    issuer: str = ""
    access_scope: str = ""
    reproduction: Reproduction = Reproduction.ALLOWED
    telegram: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """One line of a carrier's history; `day` is the legal date, `person` who entered it."""

    ref: str
    act: Act
    holder: str
    unit: str
    day: str
    due: str
    approved_by: str
    approval: str
    channel: str
    note: str
    person: str


@dataclass(frozen=True, slots=True)
class Copying:
    """One approved 复制: the duplicates that it made, and everything that was said about it."""

    refs: tuple[str, ...]
    approved_by: str
    approval: str
    issuer_consent: str
    stamp: str
    day: str
    person: str


@dataclass(frozen=True, slots=True)
class Recall:
    """A 清退 batch; `closed_on` is empty while it is open."""

    id: str
    refs: tuple[str, ...]
    due: str
    reason: str
    closed_on: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A 销毁清册 with its two witnesses and when they signed."""

    id: str
    refs: tuple[str, ...]
    approved_by: str
    approval: str
    method: str
    place: str
    receipt: str
    witnesses: tuple[str, str]
    signed: tuple[str, str]
    operator: str
    day: str
    destroyed_on: str


@dataclass(frozen=True, slots=True)
class Loss:
    """A lost carrier; times are UTC, empty where it has not happened."""

    id: str
    ref: str
    last_holder: str
    circumstances: str
    report_by: str
    reported_at: str
    closed_on: str


def facts_of(incoming: Incoming) -> Facts:
    """What the carriers of a received document share."""
    return Facts(
        incoming.mark,
        incoming.title,
        incoming.issuer,
        incoming.access_scope,
        incoming.reproduction,
        incoming.telegram,
    )


def carrier_view(row: Row, facts: Facts) -> Carrier:
    """A row of `carrier` with what its document says."""
    due, owed = str(row["due"]), str(row["owed"])
    try:
        return Carrier(
            carrier_ref(str(row["series"]), int(row["serial"])),
            facts.mark,
            facts.title,
            facts.issuer,
            facts.access_scope,
            facts.reproduction,
            facts.telegram,
            CarrierState[str(row["state"])],
            str(row["holder"]),
            str(row["unit"]),
            dt.date.fromisoformat(due) if due else None,
            dt.date.fromisoformat(owed) if owed else None,
        )
    except (KeyError, ValueError):
        raise CodecError("carrier 表有一行不对") from None


def incoming_view(row: Row) -> Incoming:
    """A row of `incoming`."""
    return from_text(INCOMING, str(row["incoming"]))


def moved_view(row: Row) -> Moved:
    """A row of `custody`."""
    names = ("holder", "unit", "day", "due", "approved_by", "approval", "channel", "note", "person")
    try:
        act = Act[str(row["act"])]
    except KeyError:
        raise CodecError("custody 表有一行不对") from None
    return Moved(str(row["ref"]), act, *(str(row[name]) for name in names))


def copying_view(event: Duplicated, person: str) -> Copying:
    """An event of duplicating, with who entered it."""
    serials = range(event.first_serial, event.first_serial + event.count)
    refs = tuple(carrier_ref(event.parent, serial) for serial in serials)
    said = (event.approved_by, event.approval, event.issuer_consent, event.stamp)
    return Copying(refs, *said, event.on.isoformat(), person)


def recall_view(row: Row) -> Recall:
    """A row of `recall`."""
    return Recall(str(row["id"]), refs_of(row), *_texts(row, "due", "reason", "closed_on"))


def listing_view(row: Row) -> Listing:
    """A row of `destruction`."""
    texts = {name: str(row[name]) for name in ("approved_by", "approval", "method", "place", "receipt")}
    return Listing(
        id=str(row["id"]),
        refs=refs_of(row),
        witnesses=(str(row["first_witness"]), str(row["second_witness"])),
        signed=(str(row["first_signed"]), str(row["second_signed"])),
        operator=str(row["operator"]),
        day=str(row["day"]),
        destroyed_on=str(row["destroyed_on"]),
        **texts,
    )


def loss_view(row: Row) -> Loss:
    """A row of `incident`."""
    names = ("id", "ref", "last_holder", "circumstances", "report_by", "reported_at", "closed_on")
    return Loss(*_texts(row, *names))


def refs_of(row: Row) -> tuple[str, ...]:
    """The carriers that a row names."""
    try:
        held = json.loads(str(row["refs"]))
    except ValueError:
        held = None
    if not isinstance(held, list):
        raise CodecError("载体编号的清单读不出来")
    return tuple(str(ref) for ref in held)


def _texts(row: Mapping[str, str | int], *names: str) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in names)
