"""What follows from each event: the one place that both the state in memory and the tables in SQL come from.

::

    Entry ──changes──▶ (Put | Patch | Drop)* ──┬─ State.apply        a fold in memory, for verification and tests
                                               └─ store.projection   the same rows in the transaction of the event

`changes` looks at the event alone, never at the state, so that both sides cannot differ.  Whether an event may
happen at all is decided before, in `ledger.transitions`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import replace
from typing import assert_never

from markpipe.ledger.codec import DETERMINATION, PROPOSAL, SOURCE, canonical, text_of
from markpipe.ledger.copies_fold import BATCHES as BATCHES
from markpipe.ledger.copies_fold import COPIES as COPIES
from markpipe.ledger.copies_fold import COPY_TABLES, copy_changes, serial_changes
from markpipe.ledger.copies_fold import LEASES as LEASES
from markpipe.ledger.copies_fold import SERIES as SERIES
from markpipe.ledger.custody_events import CustodyEvent
from markpipe.ledger.custody_fold import CUSTODY_TABLES, custody_changes, made_changes
from markpipe.ledger.events import (
    AttemptRefused,
    CitationAnswered,
    CopiesAllocated,
    CopyMade,
    CopyVoided,
    DraftChanged,
    Entry,
    MatterApproved,
    MatterCorrected,
    MatterDeclined,
    MatterProposed,
    MatterReturned,
    MatterRevised,
    NoNoticeRecorded,
    SourceAdded,
    SourceRemoved,
    Stamped,
    encode,
)
from markpipe.ledger.print_events import PrintEvent
from markpipe.ledger.print_fold import PRINT_TABLES, print_changes
from markpipe.ledger.procedure import (
    MatterChanged,
    MatterDeclassified,
    ProcedureEvent,
    SourceChanged,
    subject_of,
)
from markpipe.ledger.publication import PublicationEvent, publication_subject
from markpipe.ledger.serial_events import SerialEvent
from markpipe.ledger.tables import STANDING, moved
from markpipe.ledger.tables import Change as Change
from markpipe.ledger.tables import FoldError as FoldError
from markpipe.ledger.tables import Key as Key
from markpipe.ledger.tables import Patch as Patch
from markpipe.ledger.tables import Put as Put
from markpipe.ledger.tables import Row as Row
from markpipe.ledger.tables import Table as Table
from markpipe.ledger.tables import Tally as Tally
from markpipe.ledger.tables import Value as Value
from markpipe.model.decision import Decision, Proposal

SOURCES = Table(
    "source",
    ("id",),
    {"id": str, "source": str, "digest": str, "fingerprint": str, "no_notice_on": str, "removed": str},
)
ANSWERS = Table(
    "answer",
    ("digest", "citation"),
    {"digest": str, "citation": str, "text": str, "answer": str, "reason": str, "person": str},
)
MATTERS = Table(
    "matter",
    ("id",),
    {
        "id": str,
        "year": int,
        "number": int,
        "name": str,
        "digest": str,
        "decision": str,
        "offered": str,
        "proposal": str,
        "determination": str,
        "reason": str,
        "changed_at": str,
    },
)
OUTPUTS = Table(
    "output",
    ("determination", "sha256", "path"),
    {"determination": str, "sha256": str, "path": str, "at": str},
)
REFUSALS = Table(
    "refusal",
    ("seq",),
    {"seq": int, "subject": str, "rules": str, "message": str, "account": str, "person": str, "at": str},
)
STEPS = Table(
    "step",
    ("seq",),
    {"seq": int, "kind": str, "version": int, "subject": str, "body": str, "account": str, "person": str}
    | {"demo": int, "at": str},
)
TABLES = {
    table.name: table
    for table in (
        *(SOURCES, ANSWERS, MATTERS, *COPY_TABLES, OUTPUTS, REFUSALS, STEPS),
        *(*CUSTODY_TABLES, *PRINT_TABLES, STANDING),
    )
}


Rows = MutableMapping[Key, dict[str, Value]]


def offer_digest(proposal: Proposal) -> str:
    """What tells one content of a proposal from another (SHA-256 of its canonical form)."""
    return hashlib.sha256(canonical(PROPOSAL.encode(proposal))).hexdigest()


def changes(entry: Entry) -> tuple[Change, ...]:
    """The rows that an event sets."""
    event = entry.event
    if isinstance(event, ProcedureEvent):
        return _procedure_changes(event, entry)
    if isinstance(event, CustodyEvent):
        return custody_changes(event, entry)
    if isinstance(event, PublicationEvent):
        return (_step(publication_subject(event), entry),)
    if isinstance(event, SerialEvent):
        return serial_changes(event, entry.at)
    if isinstance(event, PrintEvent):
        return print_changes(event, entry)
    match event:
        case SourceAdded() | SourceRemoved() | NoNoticeRecorded():
            return (_source_change(event),)
        case CitationAnswered(digest, citation, text, answer, reason):
            row = {"digest": digest, "citation": citation, "text": text}
            return (Put(ANSWERS, {**row, "answer": answer, "reason": reason, "person": entry.person}, latest=True),)
        case MatterProposed() | MatterRevised() | MatterCorrected():
            return (_offer_change(event, entry.at),)
        case MatterReturned(matter, reason):
            return (_decided(matter, Decision.RETURNED, reason, entry.at),)
        case MatterDeclined(matter, reason):
            return (_decided(matter, Decision.DECLINED, reason, entry.at),)
        case MatterApproved(determination):
            held = {"decision": Decision.APPROVED.name, "determination": text_of(DETERMINATION, determination)}
            return (Patch(MATTERS, (determination.id,), {**held, "reason": "", "changed_at": entry.at}),)
        case DraftChanged(matter, _, lapses):
            return (_decided(matter, Decision.LAPSED, "", entry.at),) if lapses else ()
        case AttemptRefused(subject, rules, message):
            who = {"account": entry.account, "person": entry.person, "at": entry.at}
            held = {"subject": subject, "rules": " ".join(rules), "message": message}
            return (Put(REFUSALS, {"seq": entry.seq, **held, **who}),)
        case Stamped(determination_id, sha256, path):
            marked = {"determination": determination_id, "sha256": sha256, "path": path, "at": entry.at}
            return (Put(OUTPUTS, marked, latest=True),)
        case CopiesAllocated():
            return copy_changes(event, entry.at)
        case CopyMade() | CopyVoided():
            return (*copy_changes(event, entry.at), *made_changes(event, entry))
        case _:
            assert_never(event)


def _source_change(event: SourceAdded | SourceRemoved | NoNoticeRecorded) -> Change:
    match event:
        case SourceAdded(source, fingerprint):
            noted = "" if source.no_notice_on is None else source.no_notice_on.isoformat()
            described = text_of(SOURCE, replace(source, no_notice_on=None))
            held = {"id": source.id, "source": described, "digest": source.digest, "fingerprint": fingerprint}
            return Put(SOURCES, {**held, "no_notice_on": noted, "removed": ""})
        case SourceRemoved(source_id, reason):
            return Patch(SOURCES, (source_id,), {"removed": reason})
        case NoNoticeRecorded(source_id, on, _):
            return Patch(SOURCES, (source_id,), {"no_notice_on": on.isoformat()})
        case _:
            assert_never(event)


def _step(subject: str, entry: Entry) -> Put:
    """The row of an event that is a step: itself as it was stored."""
    kind, version, body = encode(entry.event)
    who: dict[str, Value] = {"account": entry.account, "person": entry.person, "demo": int(entry.demo), "at": entry.at}
    held: dict[str, Value] = {"kind": kind, "version": version, "subject": subject, "body": body.decode()}
    return Put(STEPS, {"seq": entry.seq, **held, **who})


def _procedure_changes(event: ProcedureEvent, entry: Entry) -> tuple[Change, ...]:
    """Each is a step; three also change how a matter or a source stands."""
    step = _step(subject_of(event), entry)
    match event:
        case SourceChanged(source):
            described = text_of(SOURCE, replace(source, no_notice_on=None))
            noted = "" if source.no_notice_on is None else source.no_notice_on.isoformat()
            return (step, Patch(SOURCES, (source.id,), {"source": described, "no_notice_on": noted}))
        case MatterChanged(_, determination, proposal, reason=reason):
            content = {"determination": text_of(DETERMINATION, determination), "proposal": text_of(PROPOSAL, proposal)}
            return (step, Patch(MATTERS, (determination.id,), {**content, "reason": reason, "changed_at": entry.at}))
        case MatterDeclassified(matter, reason=reason):
            return (step, _decided(matter, Decision.DECLASSIFIED, reason, entry.at))
        case _:
            return (step,)


def _offer_change(event: MatterProposed | MatterRevised | MatterCorrected, at: str) -> Change:
    """A correction leaves `offered` as it is: the handler's unchanged offer must not undo the officer's word."""
    proposal = event.proposal
    content: dict[str, Value] = {"decision": Decision.PROPOSED.name, "proposal": text_of(PROPOSAL, proposal)}
    match event:
        case MatterProposed(matter, _):
            year, number = split_number(matter)
            ids: dict[str, Value] = {"id": matter, "year": year, "number": number}
            ids |= {"name": proposal.name, "digest": proposal.digest, "offered": offer_digest(proposal)}
            return Put(MATTERS, {**ids, **content, "determination": "", "reason": "", "changed_at": at})
        case MatterRevised(matter, _):
            content |= {"offered": offer_digest(proposal), "reason": "", "changed_at": at}
        case MatterCorrected(matter, _, reason):
            content |= {"reason": reason, "changed_at": at}
        case _:
            assert_never(event)
    return Patch(MATTERS, (matter,), content)


def _decided(matter: str, decision: Decision, reason: str, at: str) -> Change:
    return Patch(MATTERS, (matter,), {"decision": decision.name, "reason": reason, "changed_at": at})


def matter_number(year: int, number: int) -> str:
    """The number of a matter, and of the determination that it becomes: D2026-0001."""
    return f"D{year}-{number:04d}"


def split_number(matter: str) -> tuple[int, int]:
    """Year and running number of a matter; `FoldError` for anything else."""
    year, _, number = matter.removeprefix("D").partition("-")
    if not (matter.startswith("D") and year.isdecimal() and number.isdecimal()):
        raise FoldError(f"事项编号“{matter}”不是“D年份-顺序号”")
    return int(year), int(number)


class State:
    """All tables in memory, or in what `tables` gives.  `apply` raises `FoldError` where an event does not fit."""

    def __init__(self, tables: Callable[[Table], Rows] = lambda _table: {}) -> None:
        self.tables: dict[str, Rows] = {name: tables(table) for name, table in TABLES.items()}

    def apply(self, entry: Entry) -> None:
        """Carry out one event."""
        for change in changes(entry):
            rows = self.tables[change.table.name]
            match change:
                case Put(table, row, latest):
                    key = table.key_of(row)
                    before = rows.get(key)
                    if before is not None and not latest:
                        raise FoldError(f"第{entry.seq}号事件的 {table.name} {key} 早已存在")
                    rows[key] = dict(row)
                    self._count(table, before, row)
                case Patch(table, key, fields):
                    before = rows.get(key)
                    if before is None:
                        raise FoldError(f"第{entry.seq}号事件所指的 {table.name} {key} 不存在")
                    rows[key] = {**before, **fields}
                    self._count(table, before, fields)
                case Tally():
                    self._tally(change)
                case _:
                    assert_never(change)

    def _tally(self, change: Tally) -> None:
        rows = self.tables[change.table.name]
        row = rows.get(change.key) or dict(zip(change.table.key, change.key, strict=True))
        rows[change.key] = row | {name: int(row.get(name, 0)) + more for name, more in change.add.items()}

    def _count(self, table: Table, before: Row | None, after: Row) -> None:
        if table.counted and "state" in after:
            was = None if before is None else str(before["state"])
            for tally in moved(table, was, str(after["state"])):
                self._tally(tally)


def fold(entries: Iterable[Entry]) -> State:
    """The state after all events, from nothing."""
    state = State()
    for entry in entries:
        state.apply(entry)
    return state
