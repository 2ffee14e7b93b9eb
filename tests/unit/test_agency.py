"""Powers run from one day to another, both included."""

from __future__ import annotations

import datetime as dt

import pytest

from markpipe.model.agency import Actor, Agency, Authority, Officer, Person, Tier
from markpipe.model.classification import Level

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "end", "on", "holds"),
    [
        (FIRST, LAST, FIRST, True),
        (FIRST, LAST, LAST, True),
        (FIRST, LAST, FIRST - DAY, False),
        (FIRST, LAST, LAST + DAY, False),
        (None, LAST, dt.date.min, True),
        (FIRST, None, dt.date.max, True),
        (None, None, FIRST, True),
    ],
)
def test_powers_hold_between_their_days(start: dt.date | None, end: dt.date | None, on: dt.date, holds: bool) -> None:
    assert Officer("李处长", True, frozenset(Level), start, end).in_office(on) is holds
    assert Authority(frozenset({Level.MIMI}), "授权书", start, end).holds(Level.MIMI, on) is holds


def test_an_authority_covers_its_levels_only() -> None:
    assert not Authority(frozenset({Level.MIMI}), "授权书").holds(Level.JIMI, FIRST)


def test_tiers_are_those_of_the_law() -> None:
    assert [tier.value for tier in Tier] == ["中央", "省级", "设区的市级", "县级", "其他"]


def test_an_actor_is_real_unless_said_otherwise() -> None:
    assert not Actor("zhangsan", "张三").demo
    assert Person("张三").accounts == ()
    assert Agency("某市档案局", Tier.MUNICIPAL).authorities == ()
