"""What the register holds about decisions, as the values that `classify` works with: records, standings, locks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from markpipe.classify.authority import power
from markpipe.classify.case import Context, Record, case_of
from markpipe.classify.due import Kept, Pending, locks
from markpipe.classify.lifecycle import Standing
from markpipe.classify.sourcing import scope_parts
from markpipe.config.procedure import Procedure
from markpipe.errors import RefusedError
from markpipe.ledger.events import Entry
from markpipe.ledger.fold import offer_digest
from markpipe.ledger.procedure import (
    AbsenceRecorded,
    ConsentRecorded,
    KnowerLogged,
    MatterChanged,
    MatterDeclassified,
    MatterReported,
    MatterReviewed,
    NoticeGiven,
    OpinionGiven,
    ReportAnswered,
)
from markpipe.ledger.views import Matter
from markpipe.model.agency import Agency, Officer
from markpipe.model.decision import Decision, Source
from markpipe.model.finding import Kind
from markpipe.model.procedure import Absence, Ending
from markpipe.store.register import Register

_SILENT = (Ending.EXPIRED, Ending.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Bench:
    """Whose decisions these are: the unit, its procedure, the officer who acts, and the day."""

    agency: Agency
    on: dt.date
    procedure: Procedure = field(default_factory=Procedure)
    officer: Officer | None = None

    def context(
        self, register: Register, digest: str, matter: Matter | None, kinds: frozenset[Kind] = frozenset()
    ) -> Context:
        """What the rules are checked against for one draft and, where it has one, its matter."""
        return Context(
            self.agency,
            self.officer,
            self.on,
            kinds,
            absences(register),
            record_of(register, digest, matter),
            self.procedure.steps,
            sources_by_id(register),
            self.procedure.set_aside,
        )


def absences(register: Register) -> tuple[Absence, ...]:
    """Every recorded absence of an officer."""
    events = (entry.event for entry in register.steps())
    return tuple(event.absence for event in events if isinstance(event, AbsenceRecorded))


def record_of(register: Register, digest: str, matter: Matter | None) -> Record:
    """Consents for a draft; opinions, reports, answers and the claims of the last dispute of its matter."""
    consents = [entry.event.consent for entry in register.steps(digest) if isinstance(entry.event, ConsentRecorded)]
    entries = () if matter is None else register.steps(matter.id)
    events = [entry.event for entry in entries]
    return Record(
        tuple(consents),
        tuple(
            replace(entry.event.opinion, by=entry.person, account=entry.account)
            for entry in entries
            if isinstance(entry.event, OpinionGiven)
        ),
        tuple(event.report for event in events if isinstance(event, MatterReported)),
        tuple(event.answer for event in events if isinstance(event, ReportAnswered)),
        next((event.claims for event in reversed(events) if isinstance(event, MatterReported) and event.claims), ()),
        "" if matter is None else offer_digest(matter.proposal),
    )


def sources_by_id(register: Register) -> Mapping[str, Source]:
    """The sources in force, each with the own decision behind it: as it was registered, or by the bytes of its file."""
    sources = register.sources()
    if any(source.digest and not source.determination for source in sources):
        made = _made_by(register)
        sources = tuple(
            source if source.determination else replace(source, determination=made.get(source.digest, ""))
            for source in sources
        )
    return {source.id: source for source in sources}


def _made_by(register: Register) -> Mapping[str, str]:
    """SHA-256 of drafts, marked files and copies, and the decision each belongs to."""
    made: dict[str, str] = {}
    for matter in register.matters():
        if matter.determination is not None:
            made[matter.digest] = matter.id
            made.update((output.sha256, matter.id) for output in register.outputs(matter.id))
    made.update((copy.sha256, copy.determination) for copy in register.copies() if copy.sha256)
    return made


def kept(register: Register) -> tuple[Kept, ...]:
    """Every matter whose determination is in force, with what was done about it since."""
    steps: dict[str, list[Entry]] = {}
    for entry in register.steps():
        event = entry.event
        matter = event.determination.id if isinstance(event, MatterChanged) else getattr(event, "matter", "")
        steps.setdefault(matter, []).append(entry)
    found = []
    for matter in register.matters():
        if matter.determination is None or matter.decision not in (Decision.APPROVED, Decision.DECLASSIFIED):
            continue
        one = _kept(register, Standing(matter.determination, matter.proposal), steps.get(matter.id, []))
        if matter.decision is Decision.APPROVED or one.waiting:
            found.append(one)
    return tuple(found)


def in_force(register: Register) -> tuple[Kept, ...]:
    """As `kept`, without the declassified ones whose notices are still to be given."""
    approved = {matter.id for matter in register.matters() if matter.decision is Decision.APPROVED}
    return tuple(one for one in kept(register) if one.id in approved)


def _kept(register: Register, standing: Standing, steps: Iterable[Entry]) -> Kept:
    reviewed_on, noticed, knowers = None, set(), False
    waiting: dict[str, None] = {}
    for entry in steps:
        match entry.event:
            case MatterReviewed(review=review):
                reviewed_on = review.on
            case MatterChanged(on=on, determination=after):
                reviewed_on = on
                waiting = dict.fromkeys(recipients(register, after.id, after.access_scope))
            case MatterDeclassified(matter, ending) if ending not in _SILENT:
                waiting = dict.fromkeys(recipients(register, matter, standing.determination.access_scope))
            case NoticeGiven(notice=notice):
                noticed.add(notice.subject)
                waiting.pop(notice.recipient, None)
            case KnowerLogged():
                knowers = True
            case _:
                pass
    return Kept(standing, reviewed_on, frozenset(noticed), tuple(waiting), knowers)


def recipients(register: Register, matter: str, scope: str) -> tuple[str, ...]:
    """Who has to be told of a change: everybody in the access scope and every holder of a copy."""
    holders = {copy.holder for copy in register.copies(matter) if copy.holder}
    return tuple(sorted({*scope_parts(scope), *holders}))


def pending(register: Register, agency: Agency, on: dt.date) -> tuple[Pending, ...]:
    """Every proposed matter, with its record and whether the unit lacks the authority for it."""
    found = []
    for matter in register.matters():
        if matter.decision is Decision.PROPOSED:
            record = record_of(register, matter.digest, matter)
            case = case_of(matter.proposal, Context(agency, None, on, record=record))
            lacks = case.wanted is not None and case.answer is None and power(agency, case.wanted) is None
            found.append(Pending(matter.id, matter.proposal, record, lacks))
    return tuple(found)


def locked(register: Register) -> Mapping[str, tuple[str, ...]]:
    """The locked matters and why."""
    return locks(in_force(register), sources_by_id(register))


def refuse_locked(register: Register, matter: str) -> None:
    """`RefusedError` (DRV-7) where a matter has to follow its sources first."""
    reasons = locked(register).get(matter)
    if reasons:
        raise RefusedError(
            f"{matter} 的{'；'.join(reasons)}，在随之变更或者解密之前不能加盖、制作、打印",
            f"由定密责任人办理：determination follow {matter}",
            ("DRV-7",),
        )
