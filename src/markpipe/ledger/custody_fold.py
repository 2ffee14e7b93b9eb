"""The tables of carriers, and what each event about them sets.  The same rules as `ledger.fold`, which calls this."""

from __future__ import annotations

import datetime as dt
from typing import assert_never

from markpipe.ledger.codec import canonical, text_of
from markpipe.ledger.custody_events import (
    INCOMING,
    CarrierLost,
    CarriersMoved,
    CarriersReceived,
    CopiesApproved,
    CustodyEvent,
    Destroyed,
    DestructionListed,
    DestructionSigned,
    Duplicated,
    HolderCleared,
    IncidentStep,
    Inspected,
    RecallClosed,
    RecallOpened,
    StoreHandedOver,
)
from markpipe.ledger.events import CopyMade, CopyVoided, Entry
from markpipe.ledger.tables import Change, FoldError, Patch, Put, Table, Value
from markpipe.model.custody import Act, CarrierState, carrier_ref, split_ref

QUOTAS = Table(
    "quota",
    ("determination",),
    {"determination": str, "count": int, "scope": str, "approved_by": str, "approval": str},
)
INCOMINGS = Table(
    "incoming",
    ("id",),
    {"id": str, "year": int, "number": int, "issuer": str, "document_number": str, "incoming": str},
)
CARRIERS = Table(
    "carrier",
    ("series", "serial"),
    {
        "series": str,
        "serial": int,
        "state": str,
        "holder": str,
        "unit": str,
        "due": str,
        "note": str,
        "changed_at": str,
        "owed": str,
    },
    counted=True,
)
CUSTODY_LOG = Table(
    "custody",
    ("seq", "ref"),
    {
        "seq": int,
        "ref": str,
        "act": str,
        "holder": str,
        "unit": str,
        "day": str,
        "due": str,
        "approved_by": str,
        "approval": str,
        "channel": str,
        "note": str,
        "person": str,
    },
)
DUPLICATIONS = Table(
    "duplication",
    ("parent", "approval"),
    {"parent": str, "approval": str, "first_serial": int, "count": int, "stamp": str},
)
INSPECTIONS = Table(
    "inspection",
    ("seq",),
    {"seq": int, "day": str, "scope": str, "counted": int, "missing": str, "surplus": str, "person": str},
)
RECALLS = Table("recall", ("id",), {"id": str, "refs": str, "due": str, "reason": str, "closed_on": str})
DESTRUCTIONS = Table(
    "destruction",
    ("id",),
    {
        "id": str,
        "refs": str,
        "approved_by": str,
        "approval": str,
        "method": str,
        "place": str,
        "receipt": str,
        "first_witness": str,
        "second_witness": str,
        "operator": str,
        "day": str,
        "first_signed": str,
        "second_signed": str,
        "destroyed_on": str,
    },
)
INCIDENTS = Table(
    "incident",
    ("id",),
    {
        "id": str,
        "ref": str,
        "last_holder": str,
        "circumstances": str,
        "report_by": str,
        "reported_at": str,
        "closed_on": str,
    },
)
STORE = Table("store", ("name",), {"name": str, "keeper": str, "since": str})
CUSTODY_TABLES = (
    QUOTAS,
    INCOMINGS,
    CARRIERS,
    CUSTODY_LOG,
    DUPLICATIONS,
    INSPECTIONS,
    RECALLS,
    DESTRUCTIONS,
    INCIDENTS,
    STORE,
)
_STORE = "store"
_CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")


def refs_text(refs: tuple[str, ...]) -> str:
    """Carrier names as a column holds them."""
    return canonical(list(refs)).decode()


def made_changes(event: CopyMade | CopyVoided, entry: Entry) -> tuple[Change, ...]:
    """A numbered copy that was made is a carrier in the store; a voided one is paper that has to be destroyed."""
    series, serial = event.determination, event.serial
    act, state, note = Act.VOID, CarrierState.VOIDED, ""
    if isinstance(event, CopyMade):
        act, state = Act.MAKE, CarrierState.IN_STORE
    else:
        note = event.reason
    row = _carrier(series, serial, state, entry.at) | {"note": note}
    log = _log(entry, carrier_ref(series, serial), act, day=_day(entry.at), note=note)
    return (Put(CARRIERS, row, latest=act is Act.VOID), log)


def custody_changes(event: CustodyEvent, entry: Entry) -> tuple[Change, ...]:
    """The rows that an event about carriers sets."""
    match event:
        case CopiesApproved(determination, count, scope, by, approval):
            row: dict[str, Value] = {"determination": determination, "count": count, "scope": scope}
            return (Put(QUOTAS, {**row, "approved_by": by, "approval": approval}, latest=True),)
        case CarriersReceived():
            return _received(event, entry)
        case CarriersMoved():
            return _moved(event, entry)
        case Duplicated():
            return _duplicated(event, entry)
        case Inspected(on, scope, counted, missing, surplus):
            counts = {"missing": refs_text(missing), "surplus": refs_text(surplus), "person": entry.person}
            row = {"seq": entry.seq, "day": on.isoformat(), "scope": scope, "counted": counted}
            return (Put(INSPECTIONS, {**row, **counts}),)
        case RecallOpened(recall, refs, due, reason):
            row = {"id": recall, "refs": refs_text(refs), "due": due.isoformat(), "reason": reason, "closed_on": ""}
            return (Put(RECALLS, row),)
        case RecallClosed(recall, on):
            return (Patch(RECALLS, (recall,), {"closed_on": on.isoformat()}),)
        case DestructionListed() | DestructionSigned() | Destroyed():
            return _destruction(event, entry)
        case CarrierLost() | IncidentStep():
            return _incident(event, entry)
        case HolderCleared(holder, on):
            return (_log(entry, "", Act.RETURN, holder=holder, day=on.isoformat(), note="离岗清退完毕"),)
        case StoreHandedOver(_, taker, _, _, on):
            return (Put(STORE, {"name": _STORE, "keeper": taker, "since": on.isoformat()}, latest=True),)
        case _:
            assert_never(event)


def _day(at: str) -> str:
    """The legal day of an instant: that in China."""
    return dt.datetime.fromisoformat(at).astimezone(_CHINA).date().isoformat()


def _carrier(series: str, serial: int, state: CarrierState, at: str) -> dict[str, Value]:
    blank = {"holder": "", "unit": "", "due": "", "note": "", "owed": ""}
    return {"series": series, "serial": serial, "state": state.name, **blank, "changed_at": at}


def _log(entry: Entry, ref: str, act: Act, *, holder: str = "", day: str, note: str = "", **more: str) -> Put:
    blank = {"unit": "", "due": "", "approved_by": "", "approval": "", "channel": ""}
    who = {"holder": holder, "day": day, "note": note, "person": entry.person}
    return Put(CUSTODY_LOG, {"seq": entry.seq, "ref": ref, "act": act.name, **blank, **who, **more})


def _key(ref: str) -> tuple[str, int]:
    try:
        return split_ref(ref)
    except ValueError as error:
        raise FoldError(str(error)) from None


def _received(event: CarriersReceived, entry: Entry) -> tuple[Change, ...]:
    incoming = event.incoming
    year, _, number = incoming.id.removeprefix("R").partition("-")
    if not (year.isdecimal() and number.isdecimal()):
        raise FoldError(f"收文编号“{incoming.id}”不对")
    row: dict[str, Value] = {
        "id": incoming.id,
        "year": int(year),
        "number": int(number),
        "issuer": incoming.issuer,
        "document_number": incoming.document_number,
        "incoming": text_of(INCOMING, incoming),
    }
    changes: list[Change] = [Put(INCOMINGS, row)] if event.on is None else []
    due = "" if incoming.return_by is None else incoming.return_by.isoformat()
    day = (event.on or incoming.received_on).isoformat()
    for serial in event.serials:
        ref = carrier_ref(incoming.id, int(serial))
        stands = _carrier(incoming.id, int(serial), CarrierState.IN_STORE, entry.at)
        changes.append(Put(CARRIERS, stands | {"owed": due}))
        changes.append(_log(entry, ref, Act.RECEIVE, day=day, due=due, channel=incoming.channel))
    return tuple(changes)


def _moved(event: CarriersMoved, entry: Entry) -> tuple[Change, ...]:
    due = "" if event.due is None else event.due.isoformat()
    stands = {"state": event.state.name, "holder": event.holder, "unit": event.unit, "due": due}
    if event.state is CarrierState.GIVEN_BACK:
        stands["owed"] = ""
    approved = {"approved_by": event.approved_by, "approval": event.approval, "channel": event.channel}
    changes: list[Change] = []
    for ref in event.refs:
        changes.append(Patch(CARRIERS, _key(ref), {**stands, "note": event.note, "changed_at": entry.at}))
        told = {"unit": event.unit, "due": due, **approved}
        day = event.on.isoformat()
        changes.append(_log(entry, ref, event.act, holder=event.holder, day=day, note=event.note, **told))
    return tuple(changes)


def _duplicated(event: Duplicated, entry: Entry) -> tuple[Change, ...]:
    held: dict[str, Value] = {"parent": event.parent, "approval": event.approval, "first_serial": event.first_serial}
    changes: list[Change] = [Put(DUPLICATIONS, {**held, "count": event.count, "stamp": event.stamp})]
    for serial in range(event.first_serial, event.first_serial + event.count):
        changes.append(Put(CARRIERS, _carrier(event.parent, serial, CarrierState.IN_STORE, entry.at)))
        approved = {"approved_by": event.approved_by, "approval": event.approval}
        ref = carrier_ref(event.parent, serial)
        changes.append(_log(entry, ref, Act.DUPLICATE, day=event.on.isoformat(), note=event.stamp, **approved))
    return tuple(changes)


def _destruction(event: DestructionListed | DestructionSigned | Destroyed, entry: Entry) -> tuple[Change, ...]:
    match event:
        case DestructionListed(listing, refs):
            day = event.on.isoformat()
            approved = {"approved_by": event.approved_by, "approval": event.approval}
            how = {"method": event.method, "place": event.place, "receipt": event.receipt, "operator": event.operator}
            witnesses = {"first_witness": event.first_witness, "second_witness": event.second_witness}
            blank = {"first_signed": "", "second_signed": "", "destroyed_on": ""}
            held = {"id": listing, "refs": refs_text(refs), "day": day}
            listed = Put(DESTRUCTIONS, {**held, **approved, **how, **witnesses, **blank})
            return (listed, *_stand(entry, refs, Act.LIST, CarrierState.TO_DESTROY, day, listing))
        case DestructionSigned(listing, _, place, on):
            column = "first_signed" if place == 1 else "second_signed"
            return (Patch(DESTRUCTIONS, (listing,), {column: on.isoformat()}),)
        case Destroyed(listing, refs, on):
            done = Patch(DESTRUCTIONS, (listing,), {"destroyed_on": on.isoformat()})
            return (done, *_stand(entry, refs, Act.DESTROY, CarrierState.DESTROYED, on.isoformat(), listing))
        case _:
            assert_never(event)


def _stand(
    entry: Entry, refs: tuple[str, ...], act: Act, state: CarrierState, day: str, note: str, holder: str = ""
) -> list[Change]:
    changes: list[Change] = []
    for ref in refs:
        stands = {"state": state.name, "holder": holder, "unit": "", "due": "", "note": note, "changed_at": entry.at}
        if state is CarrierState.DESTROYED:
            stands["owed"] = ""
        changes.append(Patch(CARRIERS, _key(ref), stands))
        changes.append(_log(entry, ref, act, holder=holder, day=day, note=note))
    return changes


def _incident(event: CarrierLost | IncidentStep, entry: Entry) -> tuple[Change, ...]:
    match event:
        case CarrierLost(incident, ref, holder, circumstances, report_by, on):
            held = {"id": incident, "ref": ref, "last_holder": holder, "circumstances": circumstances}
            opened = Put(INCIDENTS, {**held, "report_by": report_by, "reported_at": "", "closed_on": ""})
            stood = _stand(entry, (ref,), Act.LOSE, CarrierState.LOST, on.isoformat(), incident, holder)
            return (opened, *stood)
        case IncidentStep(incident, _, reported, closes, on):
            fields: dict[str, Value] = {"reported_at": entry.at} if reported else {}
            fields |= {"closed_on": on.isoformat()} if closes else {}
            return (Patch(INCIDENTS, (incident,), fields),) if fields else ()
        case _:
            assert_never(event)
