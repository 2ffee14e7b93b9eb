"""台账: what the program remembers, as methods.  Every change is an event; every answer comes from its fold.

::

    method ──rows──▶ ledger.transitions ──events──▶ log.append (chain, MAC) ──changes──▶ tables    one transaction

A method that was called before with the same arguments adds no event and gives the same answer.  Holds no text of a
document: digests, spans, ids, keyed fingerprints, and the titles and numbers that the office itself gives.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType

import sqlalchemy as sa

from markpipe.errors import RegisterError
from markpipe.keys.keyring import Keyring
from markpipe.ledger import transitions
from markpipe.ledger.events import AttemptRefused, CitationAnswered, Event, Stamped, StoredEvent
from markpipe.ledger.fold import ANSWERS, MATTERS, OUTPUTS, REFUSALS, SOURCES, Row, Value, matter_number
from markpipe.ledger.views import (
    Answer,
    Marked,
    Matter,
    Refusal,
    answer_view,
    marked_view,
    matter_view,
    refusal_view,
    source_view,
)
from markpipe.model.agency import Actor
from markpipe.model.decision import Decision, Determination, Proposal, Source
from markpipe.store import projection
from markpipe.store.backup import backup_before_upgrade
from markpipe.store.checkpoint import Checkpoint, take
from markpipe.store.copies import Copies, has_copies
from markpipe.store.custody import Custody
from markpipe.store.database import Database
from markpipe.store.log import append, head, stored_events, utc
from markpipe.store.printing import Printing
from markpipe.store.procedure import Procedure
from markpipe.store.publication import Publications
from markpipe.store.schema import fingerprints as fingerprint_table
from markpipe.store.verify import MOST_PROBLEMS, problems

CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
_Decide = Callable[[sa.Connection], tuple[Event, ...]]


class Register(Procedure, Publications, Copies, Custody, Printing):
    """An open register.  Give it back with `close` or use it in a `with`."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    @classmethod
    def open(cls, url: str, keyring: Keyring, *, create: bool = False, mounts: str | None = None) -> Register:
        """Open by URL (`sqlite:///…`); `mounts` is the mount table to judge the place by, else the kernel's.

        Errors: `RegisterError` where it is missing, damaged, readable by others, newer than the program, or on a
        network file system; `ConfigurationError` where the URL is not one that can be used.  An older shape is brought
        to today's only after a backup whose chain was verified.
        """

        def saved(database: Database, version: str) -> None:
            backup_before_upgrade(database, keyring, version)

        return cls(Database.open(url, create=create, mounts=mounts, before_upgrade=saved), keyring)

    def close(self) -> None:
        """Give back the connections."""
        self._database.close()

    def __enter__(self) -> Register:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- sources ---------------------------------------------------------------------------------------------------

    def sources(self) -> tuple[Source, ...]:
        """The sources in force, by id."""
        with self._database.read() as connection:
            return tuple(source_view(row) for row in projection.scan(connection, SOURCES, removed=""))

    def fingerprints(self) -> tuple[tuple[str, bytes], ...]:
        """(source id, keyed fingerprint bytes) of the sources in force, by id."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(fingerprint_table).order_by(fingerprint_table.c.source))
            return tuple((str(row.source), bytes(row.data)) for row in found)

    def add_source(self, source: Source, fingerprint: bytes, actor: Actor, at: dt.datetime) -> Source:
        """Register a source and answer it with its id (S0001 … unless it brings one).

        `RefusedError` where the same file, or the same document without a file, is registered otherwise.
        """
        with self._database.write() as connection:
            alike = _alike(connection, source)
            number = connection.execute(sa.select(sa.func.count()).select_from(sa.table("source"))).scalar_one() + 1
            while projection.row(connection, SOURCES, (f"S{number:04d}",)):
                number += 1
            next_id = f"S{number:04d}"
            checksum = hashlib.sha256(fingerprint).hexdigest()
            events = transitions.add_source(source, checksum, alike, next_id)
            self._append(connection, events, actor, at)
            id_ = str(alike["id"]) if alike else source.id or next_id
            if events:
                connection.execute(fingerprint_table.insert().values(source=id_, data=fingerprint))
            return source_view(_present(projection.row(connection, SOURCES, (id_,))))

    def remove_source(self, source_id: str, reason: str, actor: Actor, at: dt.datetime) -> None:
        """Take a source out of force; its fingerprints are deleted, its events stay."""
        with self._database.write() as connection:
            row = projection.row(connection, SOURCES, (source_id,))
            self._append(connection, transitions.remove_source(source_id, row, reason), actor, at)
            connection.execute(fingerprint_table.delete().where(fingerprint_table.c.source == source_id))

    def record_no_notice(self, source_id: str, on: dt.date, reason: str, actor: Actor, at: dt.datetime) -> None:
        """Record that on this day neither a notice of the term nor an extension was found."""
        with self._database.write() as connection:
            row = projection.row(connection, SOURCES, (source_id,))
            self._append(connection, transitions.record_no_notice(source_id, row, on, reason), actor, at)

    # -- citations -------------------------------------------------------------------------------------------------

    def answer_citation(
        self, digest: str, citation_id: str, text: str, answer: str, reason: str, actor: Actor, at: dt.datetime
    ) -> None:
        """Record what the handler says about a citation; the last answer holds, all stay in the events."""
        answered = CitationAnswered(digest, citation_id, text, answer, reason)
        with self._database.write() as connection:
            row = projection.row(connection, ANSWERS, (digest, citation_id))
            self._append(connection, transitions.answer_citation(answered, row, actor.person), actor, at)

    def answers(self, digest: str) -> Mapping[str, Answer]:
        """The answers for a draft, by citation id."""
        with self._database.read() as connection:
            rows = projection.rows(connection, ANSWERS, digest=digest)
            return {str(row["citation"]): answer_view(row) for row in rows}

    # -- matters ---------------------------------------------------------------------------------------------------

    def propose(self, proposal: Proposal, actor: Actor, at: dt.datetime) -> Matter:
        """Put a draft before the officer; the same offer again gives the same matter.

        Matters of other bytes under the same name lapse (but those with copies).  What was approved stays approved:
        compare the answer's `proposal` with what was offered.
        """
        with self._database.write() as connection:
            drafts = projection.rows(connection, MATTERS, name=proposal.name)
            live = _live(drafts, proposal.digest)
            others = [
                (row, has_copies(connection, str(row["id"]))) for row in drafts if row["digest"] != proposal.digest
            ]
            next_id = _next_number(connection, at)
            self._append(connection, transitions.propose(proposal, live, others, next_id), actor, at)
            return _matter(connection, next_id if live is None else str(live["id"]))

    def next_number(self, at: dt.datetime) -> str:
        """The number that the next new matter gets; years are those of Asia/Shanghai."""
        with self._database.read() as connection:
            return _next_number(connection, at)

    def matters(self) -> tuple[Matter, ...]:
        """All matters in the order of their numbers."""
        with self._database.read() as connection:
            rows = projection.rows(connection, MATTERS)
            return tuple(matter_view(row) for row in sorted(rows, key=lambda row: (row["year"], row["number"])))

    def matter(self, matter_id: str) -> Matter:
        """The matter with a number; `UsageError` where there is none."""
        with self._database.read() as connection:
            return _matter(connection, matter_id)

    def matter_of(self, digest: str, name: str) -> Matter | None:
        """The matter of these bytes under this name, unless it lapsed."""
        with self._database.read() as connection:
            live = _live(projection.rows(connection, MATTERS, name=name), digest)
            return None if live is None else matter_view(live)

    def matters_named(self, name: str) -> tuple[Matter, ...]:
        """Every matter under this name, lapsed ones too, whatever its bytes."""
        with self._database.read() as connection:
            return tuple(matter_view(row) for row in projection.rows(connection, MATTERS, name=name))

    def approve(self, determination: Determination, actor: Actor, at: dt.datetime) -> Matter:
        """Let a determination (whose id is that of its matter) take effect."""
        return self._on_matter(determination.id, actor, at, lambda row: transitions.approve(determination, row))

    def correct(self, matter_id: str, proposal: Proposal, reason: str, actor: Actor, at: dt.datetime) -> Matter:
        """纠正: put the officer's content in place of the handler's; still to be approved."""
        return self._on_matter(matter_id, actor, at, lambda row: transitions.correct(matter_id, row, proposal, reason))

    def give_back(self, matter_id: str, reason: str, actor: Actor, at: dt.datetime) -> Matter:
        """退回 to the handler."""
        return self._on_matter(matter_id, actor, at, lambda row: transitions.give_back(matter_id, row, reason))

    def decline(self, matter_id: str, reason: str, actor: Actor, at: dt.datetime) -> Matter:
        """不予定密."""
        return self._on_matter(matter_id, actor, at, lambda row: transitions.decline(matter_id, row, reason))

    def lapse(self, matter_id: str, new_digest: str, actor: Actor, at: dt.datetime) -> Matter:
        """Record that the draft was found with another digest; it goes back to 拟定 unless copies were made."""
        with self._database.write() as connection:
            row = projection.row(connection, MATTERS, (matter_id,))
            made = has_copies(connection, matter_id)
            events = transitions.lapse(matter_id, row, new_digest, has_copies=made)
            self._append(connection, events, actor, at)
            return _matter(connection, matter_id)

    def refuse(self, subject: str, rules: tuple[str, ...], message: str, actor: Actor, at: dt.datetime) -> None:
        """Record a refused attempt on a matter or determination.  Every attempt is an event of its own."""
        with self._database.write() as connection:
            self._append(connection, (AttemptRefused(subject, rules, message),), actor, at)

    def refusals(self, subject: str | None = None) -> tuple[Refusal, ...]:
        """Refused attempts in the order in which they happened, of one matter or of all."""
        equal: dict[str, Value] = {} if subject is None else {"subject": subject}
        with self._database.read() as connection:
            return tuple(refusal_view(row) for row in projection.scan(connection, REFUSALS, **equal))

    # -- outputs -------------------------------------------------------------------------------------------------

    def stamped(self, determination_id: str, sha256: str, path: str, actor: Actor, at: dt.datetime) -> None:
        """Record a marked file that was written and checked."""
        with self._database.write() as connection:
            transitions.known_matter(determination_id, projection.row(connection, MATTERS, (determination_id,)))
            if projection.row(connection, OUTPUTS, (determination_id, sha256, path)) is None:
                self._append(connection, (Stamped(determination_id, sha256, path),), actor, at)

    def outputs(self, determination_id: str) -> tuple[Marked, ...]:
        """The marked files of a determination."""
        with self._database.read() as connection:
            rows = projection.rows(connection, OUTPUTS, determination=determination_id)
            return tuple(marked_view(row) for row in rows)

    # -- the whole -------------------------------------------------------------------------------------------------

    def events(self) -> Iterator[StoredEvent]:
        """Every event in order, as stored."""
        with self._database.read() as connection:
            yield from stored_events(connection)

    def head(self) -> int:
        """The number of the last event."""
        with self._database.read() as connection:
            return head(connection)[0]

    def checkpoint(self, at: dt.datetime) -> Checkpoint:
        """How far the register went, signed, to be kept elsewhere."""
        with self._database.read() as connection:
            return take(connection, self._keyring, utc(at))

    def verify(self, kept: tuple[Checkpoint, ...] = ()) -> tuple[str, ...]:
        """What is wrong with the register, in Chinese; empty when it is sound.  Long lists are cut.

        `kept` are checkpoints from outside: without one, events cut off at the end cannot be noticed.
        """
        with self._database.read() as connection:
            found: list[str] = []
            for problem in problems(connection, self._keyring, kept):
                found.append(problem)
                if len(found) == MOST_PROBLEMS:
                    found.append("问题太多，以下不再列出")
                    break
            return tuple(found)

    def _append(self, connection: sa.Connection, events: tuple[Event, ...], actor: Actor, at: dt.datetime) -> None:
        append(connection, self._keyring, events, actor, at)

    def _on_matter(
        self, matter_id: str, actor: Actor, at: dt.datetime, decide: Callable[[Row | None], tuple[Event, ...]]
    ) -> Matter:
        with self._database.write() as connection:
            self._append(connection, decide(projection.row(connection, MATTERS, (matter_id,))), actor, at)
            return _matter(connection, matter_id)


def _matter(connection: sa.Connection, matter_id: str) -> Matter:
    return matter_view(transitions.known_matter(matter_id, projection.row(connection, MATTERS, (matter_id,))))


def _present(row: Row | None) -> Row:
    if row is None:
        raise RegisterError("台账缺少刚写入的记录", "请停止使用，运行 register verify 核验")
    return row


def _live(drafts: list[dict[str, Value]], digest: str) -> Row | None:
    """The matter of these bytes that has not lapsed (there is at most one)."""
    return next((row for row in drafts if row["digest"] == digest and row["decision"] != Decision.LAPSED.name), None)


def _next_number(connection: sa.Connection, at: dt.datetime) -> str:
    utc(at)
    year = at.astimezone(CHINA).year
    return matter_number(year, projection.highest(connection, MATTERS, "number", year=year) + 1)


def _alike(connection: sa.Connection, source: Source) -> Row | None:
    """The source with this id, or one in force of the same file, or without a file of the same document."""
    if source.id and (row := projection.row(connection, SOURCES, (source.id,))):
        return row
    for row in projection.scan(connection, SOURCES, digest=source.digest, removed=""):
        known = source_view(row)
        if source.digest or (known.document_number, known.title) == (source.document_number, source.title):
            return row
    return None
