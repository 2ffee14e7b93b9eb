"""The mark that a proposal would set, and what values a decision is made of."""

from __future__ import annotations

import datetime as dt

from markpipe.model.classification import Duration, Level, Mark
from markpipe.model.decision import Origin, Proposal, Source


def proposal(level: Level | None, years: int | None) -> Proposal:
    term = None if years is None else Duration(years)
    return Proposal("ab", "a.pdf", "张三", level, term, Origin.ORIGINAL, dt.date(2026, 5, 10))


def test_a_proposal_bears_the_mark_it_asks_for() -> None:
    assert proposal(Level.JIMI, 10).mark == Mark(Level.JIMI, Duration(10))
    assert proposal(Level.JIMI, None).mark == Mark(Level.JIMI)
    assert proposal(None, None).mark is None


def test_a_source_needs_no_more_than_its_mark() -> None:
    source = Source("S0001", "", "", Mark(Level.MIMI))
    assert (source.issued_on, source.notice, source.no_notice_on, source.points) == (None, None, None, ())
