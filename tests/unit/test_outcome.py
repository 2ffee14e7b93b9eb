"""What a run says of one file before anything is known of it, and how much a file may cost."""

from __future__ import annotations

from dataclasses import fields

from markpipe.model.document import Document, Format
from markpipe.model.limits import Limits
from markpipe.model.outcome import Assessment, Outcome, Output, OutputKind


def test_an_outcome_starts_with_nothing_decided_and_nothing_written() -> None:
    outcome = Outcome(Assessment("a/b.pdf", Document(Format.PDF, "ab")))
    assert (outcome.decision, outcome.proposal, outcome.determination) == (None, None, None)
    assert not any((outcome.outputs, outcome.held, outcome.refused, outcome.failed, outcome.violations))


def test_an_output_is_a_copy_only_with_its_number() -> None:
    assert Output("copies/a.pdf", OutputKind.COPY, "ab", 1).serial == 1
    assert Output("marked/a.pdf", OutputKind.MARKED, "ab").serial is None


def test_every_limit_is_a_positive_number() -> None:
    limits = Limits()
    assert all(getattr(limits, field.name) > 0 for field in fields(Limits))
    assert limits.wall_seconds >= limits.cpu_seconds
