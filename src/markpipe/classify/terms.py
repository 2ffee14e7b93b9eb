"""When a term ends, and which of several ends is the latest.

Ends are compared as dates, never as counts of years: 20 years from 2010 end before 10 years from 2025.  A term
protects through its last day; the next day is free.  A condition ends nothing by itself: a person records that it is
met.  This module does not know documents or sources, and it does not ask for today's date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import assert_never

from markpipe.errors import UsageError
from markpipe.model.classification import (
    Condition,
    Duration,
    Indefinite,
    Level,
    Term,
    Until,
    anniversary,
    date_label,
    longer_than_allowed,
)


@dataclass(frozen=True, slots=True)
class End:
    """When protection ends: after the day `on`, and only once every one of `conditions` is met; never if `indefinite`."""

    on: dt.date | None
    conditions: tuple[str, ...] = ()
    indefinite: bool = False

    @property
    def ranked(self) -> bool:
        """Whether it is one date, one condition or 长期: what a mark can say.  Anything else a person must decide."""
        return self.indefinite or len(self.conditions) + (self.on is not None) == 1

    @property
    def date(self) -> dt.date | None:
        """The last protected day where a date alone decides."""
        return None if self.conditions or self.indefinite else self.on

    @property
    def label(self) -> str:
        """Its parts in words."""
        if self.indefinite:
            return "长期"
        return "；".join([*self.conditions, *([] if self.on is None else [date_label(self.on)])])

    def passed(self, on: dt.date, set_aside: Collection[str] = ()) -> bool:
        """Whether protection is over on that day.  Conditions and 长期 never are by themselves.

        The last day itself is protected; to a unit that sets this reading of TRM-4 aside it is free already.
        """
        return self.date is not None and (on > self.date or (on == self.date and "TRM-4" in set_aside))

    def covers(self, other: End) -> bool:
        """Whether this end never lets go earlier than the other."""
        if self.indefinite or other.indefinite:
            return self.indefinite
        late_enough = other.on is None or (self.on is not None and self.on >= other.on)
        return late_enough and set(other.conditions) <= set(self.conditions)


def end_of(term: Term, start: dt.date) -> End:
    """When a term ends that runs from `start` (the 制发日, 保密法实施条例第十九条).

    Years and months end on the same day of the month, or on the month's last day where there is none; days are
    counted after them.  `UsageError` where that is past the calendar's last year, 9999.
    """
    match term:
        case Duration(years, months, days):
            try:
                return End(anniversary(start, years, months) + dt.timedelta(days=days))
            except (ValueError, OverflowError):
                raise UsageError(
                    f"保密期限“{term.label}”自{date_label(start)}起算，超出公元9999年，无法计算",
                    "请核对制发日和保密期限",
                ) from None
        case Until(date):
            return End(date)
        case Condition(text):
            return End(None, (text,))
        case Indefinite():
            return End(None, (), True)
        case _:
            assert_never(term)


def without_its_day(term: Term, start: dt.date) -> bool:
    """Whether the month in which a length of time ends lacks the day on which it began (29 February, the 31st)."""
    if not isinstance(term, Duration) or not (term.years or term.months):
        return False
    try:
        return anniversary(start, term.years, term.months).day != start.day
    except (ValueError, OverflowError):
        return False


def latest(ends: Iterable[End]) -> End:
    """The end of what carries all of these: 长期 before anything else, else the latest date and every condition.

    Dates rank among themselves; a condition ranks with nothing, so it stays beside them and all must be met.
    `ValueError` for none at all.
    """
    known = tuple(ends)
    if not known:
        raise ValueError("no end to compare")
    if any(end.indefinite for end in known):
        return End(None, (), True)
    conditions = dict.fromkeys(condition for end in known for condition in end.conditions)
    return End(max((end.on for end in known if end.on is not None), default=None), tuple(conditions))


def term_of(end: End) -> Term | None:
    """The term that a mark bears for an end, as a date where it is one; None where a person must decide."""
    if not end.ranked:
        return None
    if end.indefinite:
        return Indefinite()
    return Until(end.on) if end.on is not None else Condition(end.conditions[0])


def over_maximum(level: Level, term: Term, start: dt.date | None) -> bool:
    """Whether a term is over the 30/20/10 years of 保密法第二十条, compared as dates where the start is known.

    Without a start a date cannot be judged and a length is judged by its count.
    """
    if start is None or isinstance(term, Condition | Indefinite):
        return longer_than_allowed(level, term)
    end = end_of(term, start)
    try:
        limit = end_of(longest(level), start)
    except UsageError:  # the limit itself is past the calendar: nothing that can be written is over it
        return False
    return not limit.covers(end)


def longest(level: Level) -> Duration:
    """The longest term of a level unless a 保密事项范围 says otherwise; also what an unmarked term counts as."""
    return Duration(level.longest_years)
