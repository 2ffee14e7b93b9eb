"""Spans are half-open."""

from __future__ import annotations

import pytest

from markpipe.model.span import Span


@pytest.mark.parametrize(
    ("one", "other", "overlaps", "covers"),
    [
        (Span(2, 5), Span(2, 5), True, True),
        (Span(2, 5), Span(3, 4), True, True),
        (Span(2, 5), Span(4, 6), True, False),
        (Span(2, 5), Span(5, 6), False, False),
        (Span(2, 5), Span(0, 2), False, False),
    ],
)
def test_overlapping_and_covering(one: Span, other: Span, overlaps: bool, covers: bool) -> None:
    assert one.overlaps(other) is other.overlaps(one) is overlaps
    assert one.covers(other) is covers
