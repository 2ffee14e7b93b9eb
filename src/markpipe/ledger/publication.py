"""The events of publishing: what was put before the signers, who signed, what went out; clearances; incidents.

Like the steps around a decision they are rows of the table `step`, in the order in which they happened; a release and
its state are what `releases_of` folds from them.  Whether a step may be taken is for `classify.signing` to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, assert_never

from markpipe.ledger.codec import LEVEL, TEXT, TEXTS, WHOLE, Codec, many, named, record
from markpipe.model.publication import (
    Clearance,
    ClearanceKind,
    Incident,
    Purpose,
    Release,
    Removed,
    Signature,
    Submission,
    Verdict,
)

if TYPE_CHECKING:
    from markpipe.ledger.events import Entry


@dataclass(frozen=True, slots=True)
class PublicationSubmitted:
    """A clean copy was put before the signers."""

    submission: Submission


@dataclass(frozen=True, slots=True)
class PublicationSigned:
    """A step was signed, for exactly this digest; the person is that of the event."""

    release: str
    step: str
    digest: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class PublicationReleased:
    """The copy, its manifest and its form were put into 放行."""

    release: str
    digest: str
    manifest: str
    form: str


@dataclass(frozen=True, slots=True)
class PublicationWithdrawn:
    """A submission was taken back, or turned down by a signer, with the reason."""

    release: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClearanceRecorded:
    """A 解密决定, a consent or a 复核认定 about one file was put on record."""

    digest: str
    clearance: Clearance


@dataclass(frozen=True, slots=True)
class IncidentOpened:
    """Content above the level of the system was found; the clock of 24 hours runs (保密法实施条例第六十一条)."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class MarksRemoved:
    """Formal marks were taken off a carrier of a matter: by which decision (a matter or a release), from which bytes."""

    matter: str
    decision: str
    original: str
    digest: str
    path: str


PublicationEvent = (
    PublicationSubmitted
    | PublicationSigned
    | PublicationReleased
    | PublicationWithdrawn
    | ClearanceRecorded
    | IncidentOpened
    | MarksRemoved
)

_SUBMISSION = record(
    Submission,
    id=TEXT,
    name=TEXT,
    original=TEXT,
    digest=TEXT,
    folder=TEXT,
    path=TEXT,
    purpose=named(Purpose),
    recipient=TEXT,
    verdict=named(Verdict),
    reasons=TEXTS,
    removed=many(record(Removed, kind=TEXT, count=WHOLE)),
    checkers=TEXTS,
    steps=TEXTS,
)
_CLEARANCE = record(Clearance, kind=named(ClearanceKind), by=TEXT, document=TEXT, code=TEXT, why=TEXT)
_INCIDENT = record(Incident, id=TEXT, name=TEXT, digest=TEXT, level=LEVEL, system=TEXT, opened_at=TEXT, due_at=TEXT)

# stored name, type, fields: what `ledger.events` registers
PUBLICATION: tuple[tuple[str, type[Any], dict[str, Codec[Any]]], ...] = (
    ("publication-submitted", PublicationSubmitted, {"submission": _SUBMISSION}),
    ("publication-signed", PublicationSigned, {"release": TEXT, "step": TEXT, "digest": TEXT, "words": TEXT}),
    (
        "publication-released",
        PublicationReleased,
        {"release": TEXT, "digest": TEXT, "manifest": TEXT, "form": TEXT},
    ),
    ("publication-withdrawn", PublicationWithdrawn, {"release": TEXT, "reason": TEXT}),
    ("clearance-recorded", ClearanceRecorded, {"digest": TEXT, "clearance": _CLEARANCE}),
    ("incident-opened", IncidentOpened, {"incident": _INCIDENT}),
    (
        "marks-removed",
        MarksRemoved,
        {"matter": TEXT, "decision": TEXT, "original": TEXT, "digest": TEXT, "path": TEXT},
    ),
)


def publication_subject(event: PublicationEvent) -> str:
    """What the event is about: a release, a file's digest, an incident, or a matter."""
    match event:
        case PublicationSubmitted(submission):
            return submission.id
        case PublicationSigned(release) | PublicationReleased(release) | PublicationWithdrawn(release):
            return release
        case ClearanceRecorded(digest):
            return digest
        case IncidentOpened(incident):
            return incident.id
        case MarksRemoved(matter):
            return matter
        case _:
            assert_never(event)


def releases_of(entries: Iterable[Entry]) -> tuple[Release, ...]:
    """The releases that some events make, in the order in which they were put before the signers."""
    found: dict[str, Release] = {}
    for entry in entries:
        match entry.event:
            case PublicationSubmitted(submission):
                found[submission.id] = Release(submission)
            case PublicationSigned(release, step, digest, words) if release in found:
                signed = Signature(step, digest, entry.person, entry.account, entry.at, words, entry.demo)
                found[release] = replace(found[release], signatures=(*found[release].signatures, signed))
            case PublicationReleased(release) if release in found:
                found[release] = replace(found[release], released_at=entry.at)
            case PublicationWithdrawn(release, reason) if release in found:
                found[release] = replace(found[release], withdrawn=reason)
            case _:
                continue
    return tuple(found.values())
