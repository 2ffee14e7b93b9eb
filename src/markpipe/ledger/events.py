"""What can happen, as typed values, and their stored form: (type, version, canonical JSON bytes).

An event that was stored is never rewritten.  When a type changes, its version is raised and an upcaster says how a
payload of the version before reads in the new one; the bytes and their hash stay what they were::

    bytes of version 0 ──upcaster──▶ payload of version 1 ──codec──▶ event

`sealed` is what the hash of an event covers: every column and the payload as stored.  This module neither hashes nor
stores, and an event does not say what follows from it: that is `ledger.fold`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markpipe.ledger.codec import (
    DATE,
    DETERMINATION,
    FLAG,
    PROPOSAL,
    SOURCE,
    TEXT,
    TEXTS,
    WHOLE,
    Codec,
    CodecError,
    Json,
    canonical,
    read_object,
    record,
)
from markpipe.ledger.custody_events import CUSTODY, CarriersReceived, CustodyEvent, Duplicated
from markpipe.ledger.print_events import PRINTING, PrintEvent, PrintOrdered, PrintReleased, PrintStepped, print_key
from markpipe.ledger.procedure import PROCEDURE, ProcedureEvent
from markpipe.ledger.publication import PUBLICATION, PublicationEvent
from markpipe.ledger.serial_events import SERIALS, LeaseClosed, SerialEvent, SerialsLeased
from markpipe.model.decision import Determination, Proposal, Source

Payload = dict[str, Json]
Upcaster = Callable[[Payload], Payload]


@dataclass(frozen=True, slots=True)
class SourceAdded:
    """A classified source was registered; `fingerprint` is the SHA-256 of its keyed fingerprints, kept beside."""

    source: Source
    fingerprint: str


@dataclass(frozen=True, slots=True)
class SourceRemoved:
    """A source was taken out, with the reason; its fingerprints go, what derives from it stays as it is."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoNoticeRecorded:
    """Somebody looked and found neither a written notice of a term nor an extension (`Source.no_notice_on`)."""

    source: str
    on: dt.date
    reason: str


@dataclass(frozen=True, slots=True)
class CitationAnswered:
    """The handler said whether a cited classified document is carried over (未涉及内容 …) and why."""

    digest: str
    citation: str
    text: str
    answer: str
    reason: str


@dataclass(frozen=True, slots=True)
class MatterProposed:
    """承办人拟定: a draft was put before the officer under a number of the register."""

    matter: str
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class MatterRevised:
    """The same draft was put forward again with another content, before a decision or after 退回 or 不予定密."""

    matter: str
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class MatterCorrected:
    """纠正: the officer changed level or term of what was proposed; it still has to be approved."""

    matter: str
    proposal: Proposal
    reason: str


@dataclass(frozen=True, slots=True)
class MatterReturned:
    """退回 to the handler."""

    matter: str
    reason: str


@dataclass(frozen=True, slots=True)
class MatterDeclined:
    """不予定密, with the reason."""

    matter: str
    reason: str


@dataclass(frozen=True, slots=True)
class MatterApproved:
    """审核批准: the determination took effect."""

    determination: Determination


@dataclass(frozen=True, slots=True)
class DraftChanged:
    """The draft of a matter was found with another digest.

    `lapses` says that the matter went back to 拟定.  It does not where copies were made: those stay what they were
    determined to be, and the changed draft becomes a matter of its own.
    """

    matter: str
    new_digest: str
    lapses: bool


@dataclass(frozen=True, slots=True)
class AttemptRefused:
    """Somebody tried what a rule forbids; `subject` is the matter or determination, `rules` the ids."""

    subject: str
    rules: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Stamped:
    """A marked file was written and checked."""

    determination: str
    sha256: str
    path: str


@dataclass(frozen=True, slots=True)
class CopiesAllocated:
    """份号 were given out in one stretch, before anything is made; `reissue` says why copies are made once more."""

    determination: str
    digest: str
    first_serial: int
    first_index: int
    count: int
    reissue: str = ""


@dataclass(frozen=True, slots=True)
class CopyMade:
    """A numbered copy was written and checked."""

    determination: str
    serial: int
    sha256: str
    path: str


@dataclass(frozen=True, slots=True)
class CopyVoided:
    """作废, with the reason; the number is not used again."""

    determination: str
    serial: int
    reason: str


Event = (
    SourceAdded
    | SourceRemoved
    | NoNoticeRecorded
    | CitationAnswered
    | MatterProposed
    | MatterRevised
    | MatterCorrected
    | MatterReturned
    | MatterDeclined
    | MatterApproved
    | DraftChanged
    | AttemptRefused
    | Stamped
    | CopiesAllocated
    | CopyMade
    | CopyVoided
    | CustodyEvent
    | ProcedureEvent
    | PublicationEvent
    | SerialEvent
    | PrintEvent
)


@dataclass(frozen=True, slots=True)
class Kind:
    """The stored name and version of an event type, and its codec."""

    name: str
    version: int
    event: type[Any]
    codec: Codec[Any]


def _kind(name: str, event: type[Any], *, version: int = 1, **columns: Codec[Any]) -> Kind:
    return Kind(name, version, event, record(event, **columns))


KINDS = (
    _kind("source-added", SourceAdded, source=SOURCE, fingerprint=TEXT),
    _kind("source-removed", SourceRemoved, source=TEXT, reason=TEXT),
    _kind("no-notice-recorded", NoNoticeRecorded, source=TEXT, on=DATE, reason=TEXT),
    _kind("citation-answered", CitationAnswered, digest=TEXT, citation=TEXT, text=TEXT, answer=TEXT, reason=TEXT),
    _kind("matter-proposed", MatterProposed, matter=TEXT, proposal=PROPOSAL),
    _kind("matter-revised", MatterRevised, matter=TEXT, proposal=PROPOSAL),
    _kind("matter-corrected", MatterCorrected, matter=TEXT, proposal=PROPOSAL, reason=TEXT),
    _kind("matter-returned", MatterReturned, matter=TEXT, reason=TEXT),
    _kind("matter-declined", MatterDeclined, matter=TEXT, reason=TEXT),
    _kind("matter-approved", MatterApproved, determination=DETERMINATION),
    _kind("draft-changed", DraftChanged, matter=TEXT, new_digest=TEXT, lapses=FLAG),
    _kind("attempt-refused", AttemptRefused, subject=TEXT, rules=TEXTS, message=TEXT),
    _kind("stamped", Stamped, determination=TEXT, sha256=TEXT, path=TEXT),
    _kind(
        "copies-allocated",
        CopiesAllocated,
        determination=TEXT,
        digest=TEXT,
        first_serial=WHOLE,
        first_index=WHOLE,
        count=WHOLE,
        reissue=TEXT,
    ),
    _kind("copy-made", CopyMade, determination=TEXT, serial=WHOLE, sha256=TEXT, path=TEXT),
    _kind("copy-voided", CopyVoided, determination=TEXT, serial=WHOLE, reason=TEXT),
    *(
        Kind(name, 1, event, record(event, **columns))
        for name, event, columns in (*PROCEDURE, *PUBLICATION, *CUSTODY, *SERIALS, *PRINTING)
    ),
)
_BY_EVENT: Mapping[type[Any], Kind] = {kind.event: kind for kind in KINDS}
_BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}
# (type, version) -> how that payload reads in the next version; empty until a type changes
UPCASTERS: Mapping[tuple[str, int], Upcaster] = {}


def encode(event: Event) -> tuple[str, int, bytes]:
    """The stored form of an event: type, version, canonical JSON."""
    kind = _BY_EVENT[type(event)]
    return kind.name, kind.version, canonical(kind.codec.encode(event))


def decode(
    type_: str, version: int, payload: bytes, upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS
) -> Event:
    """The event that was stored, read with today's types; `CodecError` for what this program does not know."""
    kind = _BY_NAME.get(type_)
    if kind is None or version > kind.version:
        raise CodecError(f"事件类型 {type_} 第{version}版由更新的程序写入")
    held = read_object(payload)
    for earlier in range(version, kind.version):
        if (type_, earlier) not in upcasters:
            raise CodecError(f"事件类型 {type_} 第{earlier}版没有升级办法")
        held = upcasters[type_, earlier](held)
    event: Event = kind.codec.decode(held)
    return event


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its place in the register and who is behind it: what a fold needs."""

    seq: int
    at: str
    account: str
    person: str
    event: Event
    demo: bool = False


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One row of the register, exactly as stored.  `at` is UTC, ISO 8601; `person` is on whose behalf."""

    seq: int
    id: str
    type: str
    version: int
    at: str
    account: str
    person: str
    demo: bool
    key: str
    payload: bytes
    previous: str
    hash: str
    mac: str
    algorithm: str
    key_id: str

    def entry(self) -> Entry:
        """The row as the fold reads it; `CodecError` where the payload cannot be read."""
        event = decode(self.type, self.version, self.payload)
        return Entry(self.seq, self.at, self.account, self.person, event, self.demo)

    def sealed(self) -> bytes:
        """The bytes that `hash` covers: all columns before it as one JSON line, then the payload as stored."""
        columns: Json = [
            self.seq,
            self.id,
            self.type,
            self.version,
            self.at,
            self.account,
            self.person,
            self.demo,
            self.key,
            self.previous,
            self.algorithm,
            self.key_id,
        ]
        return canonical(columns) + b"\n" + self.payload


def idempotency_key(event: Event, seq: int) -> str:
    """The UNIQUE key of an event: what may happen once has one key for ever, what may recur carries its number."""
    match event:
        case SourceAdded(source=source):
            return f"source/{source.id}/added"
        case MatterProposed(matter=matter):
            return f"matter/{matter}/proposed"
        case MatterApproved(determination=determination):
            return f"matter/{determination.id}/approved"
        case CopiesAllocated(determination=determination_id, first_index=index):
            return f"copies/{determination_id}/{index}/allocated"
        case CopyMade(determination=determination_id, serial=serial):
            return f"copies/{determination_id}/serial/{serial}/made"
        case CopyVoided(determination=determination_id, serial=serial):
            return f"copies/{determination_id}/serial/{serial}/voided"
        case CarriersReceived(incoming=incoming, on=None):
            return f"incoming/{incoming.id}/received"
        case SerialsLeased(lease=lease):
            return f"lease/{lease}/leased"
        case LeaseClosed(lease=lease):
            return f"lease/{lease}/closed"
        case Duplicated(parent=parent, approval=approval):
            return f"carriers/{parent}/duplicated/{approval}"
        case PrintOrdered() | PrintReleased() | PrintStepped():
            return print_key(event)
        case _:
            return f"{_BY_EVENT[type(event)].name}/{seq}"
