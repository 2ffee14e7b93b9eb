"""What detection answers, as values."""

from __future__ import annotations

from markpipe.model.finding import Excerpt, Finding, Folding, FoundMark, Kind
from markpipe.model.span import Span


def test_every_folding_has_a_name_for_reports() -> None:
    assert len({folding.label for folding in Folding}) == len(Folding)


def test_a_finding_says_nothing_that_it_does_not_know() -> None:
    finding = Finding("e", Kind.WORK_SECRET, Span(0, 2), "内部")
    assert finding.level is None
    assert finding.term is None
    assert not finding.why
    assert not finding.folded
    assert not finding.evidence


def test_marks_and_excerpts_are_values() -> None:
    assert FoundMark(Span(0, 2), "机密", None, at_place=True) == FoundMark(Span(0, 2), "机密", None, True)
    assert Excerpt("S1", Span(0, 9), 9, 0.5).source_place == ""
