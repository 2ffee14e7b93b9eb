"""Ends of terms: compared as dates, never ended by a condition, free from the day after the last."""

from __future__ import annotations

import datetime as dt
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.classify.terms import End, end_of, latest, longest, over_maximum, term_of
from markpipe.errors import UsageError
from markpipe.model.classification import Condition, Duration, Indefinite, Level, Term, Until

START = dt.date(2015, 3, 2)
NEVER = End(None, (), True)
MEETING = End(None, ("会议开始前",))
RELEASE = End(None, ("公布前",))

dates = st.dates(dt.date(1950, 1, 1), dt.date(2200, 12, 31))
ends = st.one_of(
    dates.map(End),
    st.sampled_from([MEETING, RELEASE, NEVER]),
    st.builds(End, st.none() | dates, st.sampled_from([("会议开始前",), ("公布前", "启用前")])),
)


def day(year: int, month: int, number: int) -> End:
    return End(dt.date(year, month, number))


@pytest.mark.parametrize(
    ("term", "start", "end"),
    [
        (Duration(20), START, day(2035, 3, 2)),  # T1
        (Duration(10), dt.date(2012, 2, 29), day(2022, 2, 28)),  # T24
        (Duration(months=6), dt.date(2025, 8, 31), day(2026, 2, 28)),
        (Duration(days=30), dt.date(2026, 2, 1), day(2026, 3, 3)),
        (Duration(1, 1, 1), dt.date(2023, 1, 31), day(2024, 3, 1)),
        (Until(dt.date(2030, 1, 1)), START, day(2030, 1, 1)),
        (Condition("会议开始前"), START, MEETING),
        (Indefinite(), START, NEVER),
    ],
)
def test_where_a_term_ends(term: Term, start: dt.date, end: End) -> None:
    assert end_of(term, start) == end


@pytest.mark.parametrize("term", [Duration(20), Duration(months=9999), Duration(days=99999)])
def test_a_term_past_the_calendar_is_a_clear_error(term: Term) -> None:
    with pytest.raises(UsageError, match="超出公元9999年"):
        end_of(term, dt.date(9990, 1, 1))


def test_an_unknown_sort_of_term_is_never_taken_for_an_end() -> None:
    with pytest.raises(AssertionError):
        end_of(cast(Term, "10年"), START)


def test_protected_through_the_last_day_and_free_from_the_next() -> None:  # T25
    end = day(2035, 3, 2)
    assert not end.passed(dt.date(2035, 3, 2))
    assert end.passed(dt.date(2035, 3, 3))


@pytest.mark.parametrize("end", [MEETING, NEVER, End(dt.date(2027, 1, 1), ("会议开始前",))])
def test_a_condition_and_indefinite_never_pass_by_themselves(end: End) -> None:  # T9
    assert not end.passed(dt.date.max)
    assert end.date is None


@pytest.mark.parametrize(
    ("several", "together", "ranked"),
    [
        ([day(2030, 6, 1), day(2035, 6, 1)], day(2035, 6, 1), True),  # T5
        ([day(2030, 6, 1), NEVER, MEETING], NEVER, True),  # T4
        ([MEETING, MEETING], MEETING, True),
        ([MEETING, day(2027, 1, 1)], End(dt.date(2027, 1, 1), ("会议开始前",)), False),  # T9
        ([MEETING, RELEASE], End(None, ("会议开始前", "公布前")), False),
    ],
)
def test_the_latest_of_several(several: list[End], together: End, ranked: bool) -> None:
    assert latest(several) == together
    assert together.ranked is ranked
    assert (term_of(together) is not None) is ranked


def test_nothing_has_no_latest_end() -> None:
    with pytest.raises(ValueError, match="no end"):
        latest([])


@given(st.lists(ends, min_size=1, max_size=5))
def test_the_latest_covers_every_one_in_any_order(several: list[End]) -> None:
    together = latest(several)
    assert all(together.covers(end) for end in several)
    other = latest(reversed(several))
    assert other.covers(together)
    assert together.covers(other)


@given(ends, ends, ends)
def test_covering_is_an_order(a: End, b: End, c: End) -> None:
    assert a.covers(a)
    assert not (a.covers(b) and b.covers(c)) or a.covers(c)


@given(ends, dates)
def test_what_covers_another_is_never_free_before_it(end: End, on: dt.date) -> None:
    longer = latest([end, day(2100, 1, 1)])
    assert longer.covers(end)
    assert not longer.passed(on) or end.passed(on)


@pytest.mark.parametrize(
    ("end", "label", "term"),
    [
        (day(2035, 3, 2), "2035年3月2日", Until(dt.date(2035, 3, 2))),
        (MEETING, "会议开始前", Condition("会议开始前")),
        (NEVER, "长期", Indefinite()),
        (End(dt.date(2027, 1, 1), ("会议开始前",)), "会议开始前；2027年1月1日", None),
    ],
)
def test_ends_in_words_and_as_terms(end: End, label: str, term: Term | None) -> None:
    assert end.label == label
    assert term_of(end) == term


@pytest.mark.parametrize(
    ("level", "term", "start", "over"),
    [
        (Level.MIMI, Duration(15), START, True),  # T15
        (Level.MIMI, Duration(10), START, False),
        (Level.MIMI, Duration(15), None, True),
        (Level.MIMI, Duration(days=3653), dt.date(2012, 1, 1), False),  # three leap days: exactly ten years
        (Level.MIMI, Duration(days=3653), dt.date(2013, 1, 1), True),
        (Level.MIMI, Until(dt.date(2025, 3, 2)), START, False),
        (Level.MIMI, Until(dt.date(2025, 3, 3)), START, True),
        (Level.MIMI, Until(dt.date(2099, 1, 1)), None, False),
        (Level.JUEMI, Until(dt.date(9999, 1, 1)), dt.date(9990, 1, 1), False),
        (Level.MIMI, Indefinite(), START, False),
        (Level.MIMI, Condition("会议开始前"), START, False),
    ],
)
def test_over_the_maximum(level: Level, term: Term, start: dt.date | None, over: bool) -> None:
    assert over_maximum(level, term, start) is over


@given(st.sampled_from(list(Level)), dates)
def test_the_longest_term_is_not_over_it(level: Level, start: dt.date) -> None:
    assert not over_maximum(level, longest(level), start)
    assert over_maximum(level, Duration(level.longest_years, 0, 1), start)
