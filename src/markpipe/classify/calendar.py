"""Working days (工作日) from the yearly arrangements of holidays and exchanged days (调休).

A year without an arrangement has no working days that anybody could name: then there is no date, never Monday to
Friday by guess.  Reads no file; `config.calendars` does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Year:
    """One year's arrangement: days off besides weekends, weekend days on which is worked, and who announced it."""

    year: int
    off: frozenset[dt.date]
    work: frozenset[dt.date]
    source: str = ""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The arrangements that are known, by year."""

    years: Mapping[int, Year] = field(default_factory=dict)

    def is_working(self, day: dt.date) -> bool | None:
        """Whether it is a working day; None where the year's arrangement is not known."""
        year = self.years.get(day.year)
        if year is None:
            return None
        return day in year.work or (day.weekday() < _SATURDAY and day not in year.off)

    def after(self, start: dt.date, count: int) -> dt.date | None:
        """The `count`-th working day after `start` (which itself does not count); None where a year is not known."""
        day, left = start, count
        while left:
            day += dt.timedelta(days=1)
            working = self.is_working(day)
            if working is None:
                return None
            left -= working
        return day


def parse_days(texts: Iterable[str]) -> frozenset[dt.date]:
    """Days written as 2026-05-01 or 2026-05-01..2026-05-05; `ValueError` in Chinese names the one that is wrong."""
    days: set[dt.date] = set()
    for text in texts:
        first, dots, last = text.partition("..")
        try:
            start = dt.date.fromisoformat(first.strip())
            end = dt.date.fromisoformat(last.strip()) if dots else start
        except ValueError:
            raise ValueError(f"“{text}”不是日期，应写作 2026-05-01 或 2026-05-01..2026-05-05") from None
        if end < start:
            raise ValueError(f"“{text}”的后一个日期早于前一个")
        days |= {start + dt.timedelta(days=step) for step in range((end - start).days + 1)}
    return frozenset(days)
