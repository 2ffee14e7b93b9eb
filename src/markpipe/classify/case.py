"""A proposal with its surroundings: what every rule looks at.

::

    Proposal ─┐
              ├─▶ case_of ──▶ Case ──▶ the generators of `classify.rules`
    Context ──┘               (with what derives from the sources, and what the ranges give)

Checks nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from markpipe.classify.authority import Wanted
from markpipe.classify.derive import Derived, derive
from markpipe.classify.terms import End, end_of, latest
from markpipe.model.agency import Agency, Officer
from markpipe.model.classification import Level
from markpipe.model.decision import Proposal, Source
from markpipe.model.procedure import Absence, Answer, Claim, Consent, Opinion, Report

CORRECTED = "纠正："
"""How the line of the basis begins that records an officer's own level or term with the reason."""

PUT_FORWARD = "承办人拟定："
"""How the line begins that records a handler's own level or term, which is no basis by itself."""

RANGE_ITEM = "范围事项："
"""How the line begins that names an item of a 保密事项范围 that no dictionary holds."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the register holds about one draft: consents, opinions, reports, answers, and the claims of a dispute.

    `offer` is the digest of the content that stands before the officer: an opinion on another content does not count.
    """

    consents: tuple[Consent, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    reports: tuple[Report, ...] = ()
    answers: tuple[Answer, ...] = ()
    claims: tuple[Claim, ...] = ()
    offer: str = ""

    def open_report(self) -> Report | None:
        """The last report that nobody has answered."""
        answered = {answer.kind for answer in self.answers}
        return next((report for report in reversed(self.reports) if report.kind not in answered), None)


@dataclass(frozen=True, slots=True)
class Context:
    """Where and by whom a proposal is looked at.

    `officer` None leaves the rules about the officer aside (before anybody is named).  `steps` are the unit's own
    steps before the officer; `sources` the registered sources by id as they stand now (None: not asked); `set_aside`
    the rules that the unit does not apply; `published` the number of the release that made the same content public;
    `head_only` says that the unit's head alone approves.
    """

    agency: Agency
    officer: Officer | None
    on: dt.date
    absences: tuple[Absence, ...] = ()
    record: Record = field(default_factory=Record)
    steps: tuple[str, ...] = ()
    sources: Mapping[str, Source] | None = None
    set_aside: frozenset[str] = frozenset()
    published: str = ""
    head_only: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal with its surroundings and what follows from its sources and from the ranges it names."""

    proposal: Proposal
    context: Context
    derived: Derived
    end: End | None
    ranged: End | None

    @property
    def allowed(self) -> End | None:
        """The latest end that its sources and ranges together give; None where neither gives one."""
        ends = [end for end in (self.derived.end, self.ranged) if end is not None]
        return latest(ends) if ends else None

    @property
    def own_level(self) -> Level | None:
        """The level that the unit decides by its own authority: what its sources do not already ask for."""
        level = self.proposal.level
        if level is None or self.derived.level is None or level > self.derived.level:
            return level
        later = self.end is not None and self.derived.end is not None and not self.derived.end.covers(self.end)
        return max((point.mark.level for point in self.proposal.points), default=level) if later else None

    @property
    def wanted(self) -> Wanted | None:
        """What the unit needs authority for; None where it needs none."""
        level, proposal = self.own_level, self.proposal
        if level is None:
            return None
        entries = tuple(dict.fromkeys(point.entry for point in proposal.points if point.entry))
        return Wanted(level, self.context.on, proposal.issued_on, self.end, entries, proposal.basis)

    @property
    def answer(self) -> Answer | None:
        """An authority's decision that this proposal carries out."""
        return next(
            (
                answer
                for answer in reversed(self.context.record.answers)
                if answer.level == self.proposal.level and answer.term in (None, self.proposal.term)
            ),
            None,
        )


def case_of(proposal: Proposal, context: Context) -> Case:
    """The proposal with what follows from its sources and its ranges."""
    start = proposal.issued_on
    ranges = [end_of(point.mark.term, start) for point in proposal.points if point.mark.term is not None]
    return Case(
        proposal,
        context,
        derive(proposal.derivations, start, context.set_aside),
        None if proposal.term is None else end_of(proposal.term, start),
        latest(ranges) if ranges else None,
    )
