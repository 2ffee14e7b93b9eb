"""Loading the yearly arrangements of working days: those that come with the program, and a unit's own in their place.

What follows from them is `classify.calendar`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markpipe.classify.calendar import WorkCalendar, Year, parse_days
from markpipe.config.reader import read_table

_BUILT_IN = Path(__file__).resolve().parent / "calendars"


def load_calendar(paths: Sequence[Path] = ()) -> WorkCalendar:
    """The arrangements by year; a unit's file takes the place of the built-in one of its year.

    `ConfigurationError` names file and line.
    """
    years = [_load(file) for path in (_BUILT_IN, *paths) for file in _files(path)]
    return WorkCalendar({year.year: year for year in years})


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.toml")) if path.is_dir() else [path]


def _load(file: Path) -> Year:
    table = read_table(file)
    number = table.positive("year", 0) if "year" in table else table.fail("year", "没有填写", "如 year = 2027")
    days = []
    for key in ("off", "work"):
        try:
            days.append(parse_days(table.texts(key)))
        except ValueError as error:
            table.fail(key, str(error))
        if strangers := sorted(day for day in days[-1] if day.year != number):
            table.fail(key, f"{strangers[0]} 不在 {number} 年", "一年一个文件")
    off, work = days
    if both := sorted(off & work):
        table.fail("work", f"{both[0]} 既写了放假又写了上班")
    if weekday := sorted(day for day in work if day.weekday() < 5):
        table.fail("work", f"{weekday[0]} 不是周末，本来就上班", "work 只写调休上班的周六、周日")
    year = Year(number, off, work, table.text("source"))
    table.finish()
    return year
