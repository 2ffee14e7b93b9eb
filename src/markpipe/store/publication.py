"""The part of the register that holds publishing: submissions, signatures, releases, clearances, incidents.

Asked twice for the same, it answers the same and adds no event.  Who may sign what is the caller's to decide
(`classify.signing`); files are the pipeline's.
"""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace

import sqlalchemy as sa

from markpipe.errors import UsageError
from markpipe.ledger.codec import scrub
from markpipe.ledger.events import Entry, Event
from markpipe.ledger.fold import COPIES, MATTERS, OUTPUTS, STEPS
from markpipe.ledger.publication import (
    ClearanceRecorded,
    IncidentOpened,
    MarksRemoved,
    PublicationReleased,
    PublicationSigned,
    PublicationSubmitted,
    PublicationWithdrawn,
    releases_of,
)
from markpipe.ledger.views import matter_view, step_view
from markpipe.model.agency import Actor
from markpipe.model.decision import Decision, Determination
from markpipe.model.publication import Clearance, Incident, Release, Submission
from markpipe.store import projection
from markpipe.store.database import Database

CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
_RELEASE_KINDS = ("publication-submitted", "publication-signed", "publication-released", "publication-withdrawn")


@dataclass(frozen=True, slots=True)
class Decided:
    """A file by its digest that this unit has decided on: the determination, and whether it is in force."""

    determination: Determination
    in_force: bool


class Publications:
    """Mixed into `Register`."""

    _database: Database

    @abstractmethod
    def _append(self, connection: sa.Connection, events: tuple[Event, ...], actor: Actor, at: dt.datetime) -> None: ...

    def releases(self) -> tuple[Release, ...]:
        """Every release, oldest first."""
        with self._database.read() as connection:
            return releases_of(_steps(connection, _RELEASE_KINDS))

    def release(self, release_id: str) -> Release:
        """One release; `UsageError` where there is none of that number."""
        with self._database.read() as connection:
            return _one(connection, release_id)

    def submit(self, submission: Submission, actor: Actor, at: dt.datetime) -> Release:
        """Put a clean copy before the signers under a new number (R2026-0001); the same copy again, the same release."""
        with self._database.write() as connection:
            known = releases_of(_steps(connection, _RELEASE_KINDS))
            for release in known:
                if not release.withdrawn and _same(release.submission, submission):
                    return release
            named = replace(submission, id=_number("R", at, len(known) + 1), name=scrub(submission.name))
            self._append(connection, (PublicationSubmitted(named),), actor, at)
            return _one(connection, named.id)

    def sign(self, release_id: str, step: str, digest: str, words: str, actor: Actor, at: dt.datetime) -> Release:
        """Record a signature."""
        with self._database.write() as connection:
            _one(connection, release_id)
            self._append(connection, (PublicationSigned(release_id, step, digest, scrub(words)),), actor, at)
            return _one(connection, release_id)

    def record_release(
        self, release_id: str, digest: str, manifest: str, form: str, actor: Actor, at: dt.datetime
    ) -> Release:
        """Record that the copy lies in 放行, with the SHA-256 of manifest and form."""
        with self._database.write() as connection:
            if not _one(connection, release_id).released_at:
                self._append(connection, (PublicationReleased(release_id, digest, manifest, form),), actor, at)
            return _one(connection, release_id)

    def withdraw(self, release_id: str, reason: str, actor: Actor, at: dt.datetime) -> Release:
        """Take a submission back, or turn it down."""
        with self._database.write() as connection:
            _one(connection, release_id)
            self._append(connection, (PublicationWithdrawn(release_id, scrub(reason)),), actor, at)
            return _one(connection, release_id)

    def clear(self, digest: str, clearance: Clearance, actor: Actor, at: dt.datetime) -> None:
        """Put a clearance about a file on record."""
        with self._database.write() as connection:
            if clearance not in _clearances(connection, digest):
                self._append(connection, (ClearanceRecorded(digest, clearance),), actor, at)

    def marks_removed(self, removed: MarksRemoved, actor: Actor, at: dt.datetime) -> None:
        """Record that formal marks were taken off; the same bytes to the same name are recorded once."""
        with self._database.write() as connection:
            known = (step_view(row).event for row in projection.scan(connection, STEPS, subject=removed.matter))
            if removed not in known:
                self._append(connection, (removed,), actor, at)

    def clearances(self, digest: str) -> tuple[Clearance, ...]:
        """What is on record about a file."""
        with self._database.read() as connection:
            return _clearances(connection, digest)

    def open_incident(self, incident: Incident, actor: Actor, at: dt.datetime) -> Incident:
        """Open an incident (I2026-0001); a file that has one keeps it, with the clock it had."""
        with self._database.write() as connection:
            known = _incidents(connection)
            for each in known:
                if each.digest == incident.digest and each.level == incident.level:
                    return each
            named = replace(incident, id=_number("I", at, len(known) + 1), name=scrub(incident.name))
            self._append(connection, (IncidentOpened(named),), actor, at)
            return named

    def incidents(self) -> tuple[Incident, ...]:
        """Every incident, oldest first."""
        with self._database.read() as connection:
            return _incidents(connection)

    def decided(self) -> dict[str, tuple[Decided, ...]]:
        """By digest, what this unit has determined: drafts, marked files and numbered copies."""
        with self._database.read() as connection:
            determined: dict[str, Decided] = {}
            found: dict[str, list[Decided]] = {}
            for row in projection.scan(connection, MATTERS):
                matter = matter_view(row)
                if matter.determination is not None and matter.decision in (Decision.APPROVED, Decision.DECLASSIFIED):
                    decided = Decided(matter.determination, matter.decision is Decision.APPROVED)
                    determined[matter.id] = decided
                    found.setdefault(matter.digest, []).append(decided)
            for table in (OUTPUTS, COPIES):
                for row in projection.scan(connection, table):
                    if row["sha256"] and str(row["determination"]) in determined:
                        found.setdefault(str(row["sha256"]), []).append(determined[str(row["determination"])])
            return {digest: tuple(each) for digest, each in found.items()}


def _steps(connection: sa.Connection, kinds: Iterable[str]) -> tuple[Entry, ...]:
    rows = [row for kind in kinds for row in projection.scan(connection, STEPS, kind=kind)]
    return tuple(step_view(row) for row in sorted(rows, key=lambda row: int(row["seq"])))


def _one(connection: sa.Connection, release_id: str) -> Release:
    found = releases_of(step_view(row) for row in projection.scan(connection, STEPS, subject=release_id))
    if not found:
        raise UsageError(f"没有编号为“{release_id}”的送审件", "用 markpipe release list 查看")
    return found[0]


def _same(known: Submission, submission: Submission) -> bool:
    """Whether two submissions ask for the same: this copy of this file, at this place, for this purpose and recipient."""
    return replace(known, id="", checkers=(), reasons=()) == replace(
        submission, id="", name=scrub(submission.name), checkers=(), reasons=()
    )


def _clearances(connection: sa.Connection, digest: str) -> tuple[Clearance, ...]:
    steps = (step_view(row).event for row in projection.scan(connection, STEPS, subject=digest))
    return tuple(event.clearance for event in steps if isinstance(event, ClearanceRecorded))


def _incidents(connection: sa.Connection) -> tuple[Incident, ...]:
    events = (entry.event for entry in _steps(connection, ("incident-opened",)))
    return tuple(event.incident for event in events if isinstance(event, IncidentOpened))


def _number(letter: str, at: dt.datetime, number: int) -> str:
    return f"{letter}{at.astimezone(CHINA).year}-{number:04d}"
