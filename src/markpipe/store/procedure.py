"""The part of the register that holds what happens around decisions: steps are appended and read back.

Which step may be taken when is the caller's to decide (`classify`); here a step only has to name what exists.
"""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod

import sqlalchemy as sa

from markpipe.errors import UsageError
from markpipe.ledger import transitions
from markpipe.ledger.events import Entry, Event
from markpipe.ledger.fold import MATTERS, SOURCES, STEPS, Value
from markpipe.ledger.procedure import (
    AbsenceRecorded,
    ConsentRecorded,
    ExtensionSettled,
    ProcedureEvent,
    SourceChanged,
    subject_of,
)
from markpipe.ledger.views import step_view
from markpipe.model.agency import Actor
from markpipe.store import projection
from markpipe.store.database import Database


class Procedure:
    """Mixed into `Register`."""

    _database: Database

    @abstractmethod
    def _append(self, connection: sa.Connection, events: tuple[Event, ...], actor: Actor, at: dt.datetime) -> None: ...

    def steps(self, subject: str | None = None) -> tuple[Entry, ...]:
        """The steps about a matter, source, draft or officer in the order in which they happened, or all."""
        equal: dict[str, Value] = {} if subject is None else {"subject": subject}
        with self._database.read() as connection:
            return tuple(step_view(row) for row in projection.scan(connection, STEPS, **equal))

    def take(self, events: tuple[ProcedureEvent, ...], actor: Actor, at: dt.datetime) -> None:
        """Record steps, all of them or none; one that its actor took last of its kind about its subject is not repeated.

        `UsageError` where a step names a matter or source that is not there.
        """
        with self._database.write() as connection:
            fresh = tuple(event for event in events if not _repeats(connection, event, actor))
            for event in fresh:
                _check_subject(connection, event)
            self._append(connection, fresh, actor, at)


def _check_subject(connection: sa.Connection, event: ProcedureEvent) -> None:
    match event:
        case AbsenceRecorded() | ConsentRecorded():
            return
        case SourceChanged() | ExtensionSettled():
            row = projection.row(connection, SOURCES, (subject_of(event),))
            if row is None or row["removed"]:
                raise UsageError(f"台账里没有来源 {subject_of(event)}", "用 source list 查看已登记的来源")
        case _:
            matter = subject_of(event)
            transitions.known_matter(matter, projection.row(connection, MATTERS, (matter,)))


def _repeats(connection: sa.Connection, event: ProcedureEvent, actor: Actor) -> bool:
    """Whether the same step by the same person was the last one of its kind about this subject."""
    rows = projection.scan(connection, STEPS, subject=subject_of(event))
    last = [entry for row in rows if isinstance((entry := step_view(row)).event, type(event))]
    return bool(last) and (last[-1].event, last[-1].person) == (event, actor.person)
