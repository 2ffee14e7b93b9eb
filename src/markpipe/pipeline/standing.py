"""What the register holds about decisions, as the values that `classify` works with: records, standings, locks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from markpipe.classify.authority import power
from markpipe.classify.calendar import WorkCalendar
from markpipe.classify.case import Context, Record, case_of
from markpipe.classify.due import Kept, Pending, Received, locks
from markpipe.classify.lifecycle import Standing
from markpipe.classify.rules import unlisted
from markpipe.classify.sourcing import scope_parts
from markpipe.config.procedure import Procedure
from markpipe.errors import RefusedError, UsageError
from markpipe.ledger.events import Entry, MatterProposed, MatterRevised
from markpipe.ledger.fold import offer_digest
from markpipe.ledger.procedure import (
    AbsenceRecorded,
    ChangeDrafted,
    ConsentRecorded,
    ExtensionSettled,
    KnowerLogged,
    MatterChanged,
    MatterDeclassified,
    MatterReported,
    MatterReviewed,
    NoticeGiven,
    OpinionGiven,
    ReportAnswered,
    SourceChanged,
    drafted_digest,
)
from markpipe.ledger.views import Matter
from markpipe.model.agency import Agency, Officer
from markpipe.model.decision import Decision, Source
from markpipe.model.procedure import Absence, Drafted, Ending
from markpipe.store.register import Register

_CHINA = dt.timezone(dt.timedelta(hours=8))
_SILENT = (Ending.EXPIRED, Ending.PUBLISHED)
NO_CALENDAR = WorkCalendar()
UNCERTAIN_DAYS = 10
"""Working days within which an uncertain matter is reported, and answered (保密法实施条例第二十五条)."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Whose decisions these are: the unit, its procedure, the officer who acts, and the day."""

    agency: Agency
    on: dt.date
    procedure: Procedure = field(default_factory=Procedure)
    officer: Officer | None = None

    def context(
        self, register: Register, digest: str, matter: Matter | None, drafted: Drafted | None = None
    ) -> Context:
        """What the rules are checked against for one draft and, where it has one, its matter.

        Opinions count that were given on the proposal as it stands or, where one is decided on, on the drafted change.
        """
        record = record_of(register, digest, matter)
        return Context(
            self.agency,
            self.officer,
            self.on,
            absences(register),
            record if drafted is None else replace(record, offer=drafted_digest(drafted)),
            self.procedure.steps,
            sources_by_id(register),
            self.procedure.set_aside,
            published(register, digest),
            self.procedure.head_only,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A change or a declassification that was put forward and not decided yet: what, by whom, on which day."""

    drafted: Drafted
    handler: str
    on: dt.date


def open_draft(register: Register, matter: str) -> Draft | None:
    """The last change that was put forward for a matter, unless one was decided since."""
    found = None
    for entry in register.steps(matter):
        match entry.event:
            case ChangeDrafted(drafted=drafted, on=on):
                found = Draft(drafted, entry.person, on)
            case MatterChanged() | MatterDeclassified():
                found = None
            case _:
                pass
    return found


def day_of(entry: Entry) -> dt.date:
    """The legal date of an event: its day in China."""
    return dt.datetime.fromisoformat(entry.at).astimezone(_CHINA).date()


def published(register: Register, digest: str) -> str:
    """The release that made this content public: the file itself, or a copy of which it is the original and from which
    nothing was removed."""
    return next(
        (
            one.submission.id
            for one in register.releases()
            if one.released_at
            and not one.withdrawn
            and (one.submission.digest == digest or (one.submission.original == digest and not one.submission.removed))
        ),
        "",
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
        made = register.made_from([source.digest for source in sources if source.digest and not source.determination])
        sources = tuple(
            source if source.determination else replace(source, determination=made.get(source.digest, ""))
            for source in sources
        )
    return {source.id: source for source in sources}


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
            case MatterChanged(on=on, determination=after, scope_before=before):
                reviewed_on = on
                waiting = dict.fromkeys(recipients(register, after.id, before, after.access_scope))
            case MatterDeclassified(matter, ending) if ending not in _SILENT:
                waiting = dict.fromkeys(recipients(register, matter, standing.determination.access_scope))
            case NoticeGiven(notice=notice):
                noticed.add(notice.subject)
                waiting.pop(notice.recipient, None)
            case KnowerLogged():
                knowers = True
            case _:
                pass
    holders = any(copy.holder for copy in register.copies(standing.determination.id))  # 签收 is 知悉
    return Kept(standing, reviewed_on, frozenset(noticed), tuple(waiting), knowers or holders)


def recipients(register: Register, matter: str, *scopes: str) -> tuple[str, ...]:
    """Who has to be told of a change: everybody in the access scope, before and after, and every holder of a copy."""
    holders = {copy.holder for copy in register.copies(matter) if copy.holder}
    return tuple(sorted({*holders, *(part for scope in scopes for part in scope_parts(scope))}))


def received(register: Register) -> tuple[Received, ...]:
    """Every extension of a source that came too late, and whether that was settled since."""
    found: dict[str, Received] = {}
    for entry in register.steps():
        match entry.event:
            case SourceChanged(source, received_on=on, ended_on=dt.date() as ended):
                found[source.id] = Received(source.id, ended, on)
            case ExtensionSettled(source_id) if source_id in found:
                found[source_id] = replace(found[source_id], settled=True)
            case _:
                pass
    return tuple(found.values())


def drawn_up(register: Register, today: dt.date) -> Mapping[str, dt.date]:
    """The day on which each matter was first proposed with a level: from it the time to report it runs (UNC-1).

    Never after `today`, which a demonstration sets back.
    """
    found: dict[str, dt.date] = {}
    for row in register.events():
        entry = row.entry()
        match entry.event:
            case MatterProposed(matter, proposal) | MatterRevised(matter, proposal) if proposal.level is not None:
                found.setdefault(matter, min(day_of(entry), today))
            case _:
                pass
    return found


def pending(
    register: Register, agency: Agency, on: dt.date, calendar: WorkCalendar = NO_CALENDAR
) -> tuple[Pending, ...]:
    """Every proposed matter, with its record, why it has to be reported, and by when."""
    found = []
    days = drawn_up(register, on)
    for matter in register.matters():
        if matter.decision is Decision.PROPOSED:
            record = record_of(register, matter.digest, matter)
            case = case_of(matter.proposal, Context(agency, None, on, record=record))
            lacks = case.wanted is not None and case.answer is None and power(agency, case.wanted) is None
            reported = _reported_on(register, matter.id)
            found.append(
                Pending(
                    matter.id,
                    matter.proposal,
                    record,
                    lacks,
                    unlisted(case),
                    calendar.after(days.get(matter.id, on), UNCERTAIN_DAYS),
                    None if reported is None else calendar.after(min(reported, on), UNCERTAIN_DAYS),
                )
            )
    return tuple(found)


def _reported_on(register: Register, matter: str) -> dt.date | None:
    days = [day_of(entry) for entry in register.steps(matter) if isinstance(entry.event, MatterReported)]
    return days[-1] if days else None


def locked(register: Register) -> Mapping[str, tuple[str, ...]]:
    """The locked matters and why."""
    return locks(in_force(register), sources_by_id(register))


def refuse_locked(register: Register, matter: str) -> None:
    """`RefusedError` (DRV-7) where a matter has to follow its sources first; looks at it and at what it rests on."""
    sources = sources_by_id(register)
    reasons = locks(_lineage(register, matter, sources), sources).get(matter)
    if reasons:
        raise RefusedError(
            f"{matter} 的{'；'.join(reasons)}，在随之变更或者解密之前不能加盖、制作、打印",
            f"由定密责任人办理：determination follow {matter}",
            ("DRV-7",),
        )


def _lineage(register: Register, matter: str, sources: Mapping[str, Source]) -> tuple[Kept, ...]:
    """The decision in force on a matter, and those in force that it derives from, directly or not."""
    found: dict[str, Kept] = {}
    waiting = [matter]
    while waiting:
        id_ = waiting.pop()
        if id_ in found:
            continue
        try:
            one = register.matter(id_)
        except UsageError:  # a number that somebody wrote down, of a decision that is not in this register
            continue
        if one.determination is None or one.decision is not Decision.APPROVED:
            continue
        found[id_] = _kept(register, Standing(one.determination, one.proposal), register.steps(id_))
        rests = (sources.get(each.source.id, each.source) for each in one.proposal.derivations)
        waiting.extend(source.determination for source in rests if source.determination)
    return tuple(found.values())
