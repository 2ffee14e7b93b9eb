"""Working days: the arrangements that come with the program, a unit's own, and years that nobody knows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from markpipe.classify.calendar import WorkCalendar, parse_days
from markpipe.config.workdays import load_calendar
from markpipe.errors import ConfigurationError

D = dt.date
BUILT_IN = load_calendar()


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (D(2024, 2, 9), True),
        (D(2024, 2, 10), False),
        (D(2024, 2, 18), True),  # a Sunday that is worked
        (D(2024, 10, 12), True),
        (D(2025, 1, 28), False),
        (D(2025, 10, 8), False),
        (D(2025, 10, 11), True),
        (D(2026, 1, 2), False),
        (D(2026, 1, 4), True),
        (D(2026, 9, 25), False),
        (D(2026, 10, 10), True),
        (D(2026, 10, 11), False),
        (D(2027, 1, 4), None),
        (D(2023, 1, 4), None),
    ],
)
def test_built_in_days(day: dt.date, working: bool | None) -> None:
    assert BUILT_IN.is_working(day) is working


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_announced(year: int, days: int) -> None:
    day, count = D(year, 1, 1), 0
    while day.year == year:
        count += bool(BUILT_IN.is_working(day))
        day += dt.timedelta(days=1)
    assert count == days


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (D(2026, 9, 24), 10, D(2026, 10, 15)),  # T21
        (D(2026, 9, 24), 1, D(2026, 9, 28)),
        (D(2026, 9, 24), 0, D(2026, 9, 24)),
        (D(2025, 9, 26), 2, D(2025, 9, 29)),
        (D(2025, 12, 29), 3, D(2026, 1, 4)),  # over New Year, the Sunday is worked
        (D(2026, 12, 24), 10, None),
    ],
)
def test_due_dates(start: dt.date, count: int, due: dt.date | None) -> None:
    assert BUILT_IN.after(start, count) == due


def test_without_an_arrangement_there_is_no_date() -> None:
    assert WorkCalendar().after(D(2026, 9, 24), 1) is None


def test_a_unit_s_file_takes_the_place_of_the_built_in_one(tmp_path: Path) -> None:
    own = tmp_path / "2026.toml"
    own.write_text('year = 2026\noff = ["2026-09-28"]\nwork = []\n', encoding="utf-8")
    assert load_calendar([own]).after(D(2026, 9, 24), 1) == D(2026, 9, 25)
    (tmp_path / "2027.toml").write_text('year = 2027\noff = ["2027-01-01"]\n', encoding="utf-8")
    assert load_calendar([tmp_path]).is_working(D(2027, 1, 1)) is False


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("off = []\n", "year"),
        ('year = 2026\noff = ["2026-13-01"]\n', "不是日期"),
        ('year = 2026\noff = ["2026-05-05..2026-05-01"]\n', "早于"),
        ('year = 2026\noff = ["2025-05-05"]\n', "不在 2026 年"),
        ('year = 2026\noff = ["2026-05-09"]\nwork = ["2026-05-09"]\n', "又写了上班"),
        ('year = 2026\nwork = ["2026-05-08"]\n', "不是周末"),
        ("year = 2026\nholidays = []\n", "不是已知的设置"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=says) as raised:
        load_calendar([file])
    assert "own.toml" in raised.value.message


def test_days_and_stretches_are_read() -> None:
    assert parse_days(["2026-05-01..2026-05-02", "2026-05-04"]) == {D(2026, 5, 1), D(2026, 5, 2), D(2026, 5, 4)}
