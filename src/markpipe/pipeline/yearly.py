"""What happened in a year, for the three yearly tables: one pass over the register.  Their lines are `pipeline.yearlines`'.

What was determined counts as it was determined then; what is protected at the year's end as it stands then; a matter
whose term is over is free by itself in the year in which it ended, whether or not anybody recorded it (DCL-1).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from markpipe.classify.terms import end_of
from markpipe.ledger.custody_events import CarrierLost, CarriersReceived, Destroyed, Duplicated
from markpipe.ledger.events import (
    CopyMade,
    Entry,
    MatterApproved,
    MatterDeclined,
    MatterProposed,
    MatterRevised,
    SourceAdded,
    SourceRemoved,
)
from markpipe.ledger.procedure import (
    MatterChanged,
    MatterDeclassified,
    MatterReported,
    ReportAnswered,
    SourceChanged,
)
from markpipe.model.classification import Level
from markpipe.model.custody import Incoming
from markpipe.model.decision import Determination, Proposal
from markpipe.model.procedure import ChangeKind, Ending, ReportKind
from markpipe.pipeline.standing import day_of
from markpipe.store.register import Register

MADE, RECEIVED, DUPLICATED, DESTROYED, LOST = "编号制作", "收到", "复制", "销毁", "报失"


def due_on(year: int, annual_due: tuple[int, int]) -> dt.date:
    """The day on which the tables of a year are due: (month, day) of the year after, 29 February being its last day."""
    month, day = annual_due
    return dt.date(year + 1, month, min(day, 28) if month == 2 else day)


def produced(register: Register, year: int) -> int:
    """How many matters were determined in a year."""
    return len(year_of(register, year).made)


@dataclass(frozen=True, slots=True)
class Changed:
    """A change: its kind, and the matter before and after it."""

    kind: ChangeKind
    before: Determination
    after: Determination


@dataclass(frozen=True, slots=True)
class Freed:
    """A matter that stopped being a state secret, and how."""

    ending: Ending
    last: Determination


@dataclass(slots=True)
class Year:
    """What the events up to the end of a year come to.

    `made`, `changes`, `freed`, `reported`, `answered`, `declined`, `incoming` and `carriers` are those of the year;
    `protected` are the unit's own matters at its end, `sources` the levels of those registered then.
    """

    year: int
    made: list[Determination] = field(default_factory=list)
    protected: dict[str, Determination] = field(default_factory=dict)
    sources: dict[str, Level] = field(default_factory=dict)
    changes: list[Changed] = field(default_factory=list)
    freed: list[Freed] = field(default_factory=list)
    reported: list[tuple[ReportKind, Level | None]] = field(default_factory=list)
    answered: list[tuple[ReportKind, Level | None]] = field(default_factory=list)
    declined: list[Level | None] = field(default_factory=list)
    incoming: list[Incoming] = field(default_factory=list)
    carriers: dict[str, Counter[Level]] = field(default_factory=dict)


def year_of(register: Register, year: int, set_aside: Collection[str] = ()) -> Year:
    """The year; `set_aside` are the rules that the unit leaves out (TRM-4: whether a last day is protected)."""
    reader = _Reader(Year(year))
    for row in register.events():
        reader.take(row.entry())
    return reader.finished(set_aside)


class _Reader:
    """Goes through the events once; what stands only for the pass is kept beside the year."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self._levels: dict[str, Level] = {}
        self._proposals: dict[str, Proposal] = {}

    def take(self, entry: Entry) -> None:
        """One event."""
        self._decisions(entry)
        self._carriers(entry)

    def finished(self, set_aside: Collection[str]) -> Year:
        """The year, with what ended by itself taken out of what is protected."""
        year, last = self.year, dt.date(self.year.year, 12, 31)
        for one in list(year.protected.values()):
            end = None if one.mark.term is None else end_of(one.mark.term, one.issued_on)
            if end is None or not end.passed(last, set_aside):
                continue
            del year.protected[one.id]
            if not end.passed(last.replace(year=year.year - 1), set_aside):
                year.freed.append(Freed(Ending.EXPIRED, one))
        return year

    def _decisions(self, entry: Entry) -> None:
        year = self.year
        match entry.event:
            case MatterProposed(matter, proposal) | MatterRevised(matter, proposal):
                self._proposals[matter] = proposal
            case MatterApproved(one) if one.decided_on.year <= year.year:
                year.protected[one.id] = one
                self._levels[one.id] = one.mark.level
                if one.decided_on.year == year.year:
                    year.made.append(one)
            case MatterChanged(kind, after, on=on) if on.year <= year.year and after.id in year.protected:
                before, year.protected[after.id] = year.protected[after.id], after
                self._levels[after.id] = after.mark.level
                if on.year == year.year:
                    year.changes.append(Changed(kind, before, after))
            case MatterDeclassified(matter, ending, on) if on.year <= year.year and matter in year.protected:
                if ending is not Ending.EXPIRED:  # what ended by itself counts in the year in which it did
                    last = year.protected.pop(matter)
                    year.freed += [Freed(ending, last)] if on.year == year.year else []
            case MatterReported(matter, report) if day_of(entry).year == year.year:
                year.reported.append((report.kind, report.level))
            case ReportAnswered(matter, answer) if answer.on.year == year.year:
                year.answered.append((answer.kind, answer.level))
            case MatterDeclined(matter) if day_of(entry).year == year.year:
                known = self._proposals.get(matter)
                year.declined.append(None if known is None else known.level)
            case SourceAdded(source) if day_of(entry).year <= year.year:
                year.sources[source.id] = source.mark.level
            case SourceChanged(source, received_on=on) if on.year <= year.year and source.id in year.sources:
                freed = source.declassified_on
                year.sources[source.id] = source.mark.level
                if freed is not None and freed.year <= year.year:
                    del year.sources[source.id]
            case SourceRemoved(source=source_id) if day_of(entry).year <= year.year:
                year.sources.pop(source_id, None)
            case _:
                pass

    def _carriers(self, entry: Entry) -> None:
        match entry.event:
            case CarriersReceived(incoming, serials):
                self._levels[incoming.id] = incoming.mark.level
                if incoming.received_on.year == self.year.year:
                    self.year.incoming.append(incoming)
                    self._count(RECEIVED, (f"{incoming.id}/{serial}" for serial in serials), incoming.received_on)
            case CopyMade(determination, serial):
                self._count(MADE, (f"{determination}/{serial}",), day_of(entry))
            case Duplicated(parent, count=count, on=on):
                self._count(DUPLICATED, (parent,) * count, on)
            case Destroyed(refs=refs, on=on):
                self._count(DESTROYED, refs, on)
            case CarrierLost(ref=ref, on=on):
                self._count(LOST, (ref,), on)
            case _:
                pass

    def _count(self, what: str, refs: Iterable[str], on: dt.date) -> None:
        if on.year == self.year.year:
            counter = self.year.carriers.setdefault(what, Counter())
            counter.update(self._levels[root] for ref in refs if (root := ref.partition("/")[0]) in self._levels)
