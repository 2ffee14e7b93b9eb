"""Who may decide: the unit and its tier, its people, its 定密责任人 (保密法第十六、十七条)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from markpipe.model.classification import Level


class Tier(StrEnum):
    """The tier of a unit, which bounds what it may classify originally."""

    CENTRAL = "中央"
    PROVINCIAL = "省级"
    MUNICIPAL = "设区的市级"
    COUNTY = "县级"
    OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Authority:
    """A written authorisation (定密授权) beyond or within the tier: levels, and the days on which it holds."""

    levels: frozenset[Level]
    basis: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    def holds(self, level: Level, on: dt.date) -> bool:
        """Whether it covers a level on a day (both ends included)."""
        return level in self.levels and _within(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True)
class Agency:
    """The unit that runs the program."""

    name: str
    tier: Tier
    authorities: tuple[Authority, ...] = ()
    superior: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts: the operating-system accounts that are theirs, and their roles (承办人, 保密员 …)."""

    name: str
    accounts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Officer:
    """定密责任人: statutory (法定, the head of the unit) or designated (指定) for some levels, from one day to another."""

    name: str
    statutory: bool
    levels: frozenset[Level]
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    certificate: str = ""

    def in_office(self, on: dt.date) -> bool:
        """Whether the power runs on that day (both ends included)."""
        return _within(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is behind a command: the account of the operating system, the person it maps to, and for demo sites the
    name that stands in (`demo`), which every output then shows as 演示."""

    account: str
    person: str
    demo: bool = False


def _within(start: dt.date | None, end: dt.date | None, on: dt.date) -> bool:
    return (start is None or start <= on) and (end is None or on <= end)
