"""Who may decide: the unit and its tier, its people, its 定密责任人 (保密法第十六、十七条)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from markpipe.model.classification import Level

SEPARATE_ROLES = ("系统管理员", "安全保密管理员", "安全审计员")
"""Who keeps the system running, who keeps its keys and rules, who looks over both: never one person."""


class Tier(StrEnum):
    """The tier of a unit, which bounds what it may classify originally."""

    CENTRAL = "中央"
    PROVINCIAL = "省级"
    MUNICIPAL = "设区的市级"
    COUNTY = "县级"
    OTHER = "其他"


class Grant(StrEnum):
    """On which paragraph of 保密法第十七条 an authorisation rests."""

    WRITTEN = "定密授权"
    SPECIAL = "特别授权"
    OWN_WORK = "公安、国家安全机关在其工作范围内的定密权限"


@dataclass(frozen=True, slots=True)
class Authority:
    """A written authorisation (定密授权) beyond or within the tier: levels, and the days on which it holds.

    `matters` are ids or names of the range items that it is for (none: all); `longest_years` the longest term that it
    allows (0: that of the law).  It cannot be handed on (保密法实施条例第十六条).
    """

    levels: frozenset[Level]
    basis: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    grant: Grant = Grant.WRITTEN
    matters: tuple[str, ...] = ()
    longest_years: int = 0
    granted_by: str = ""

    def holds(self, level: Level, on: dt.date) -> bool:
        """Whether it covers a level on a day (both ends included)."""
        return level in self.levels and _within(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True)
class Agency:
    """The unit that runs the program.

    `superior`, `related` (行政隶属或者业务关联), `business_authority` (业务主管部门) and `secrecy_office`
    (保密行政管理部门) are whom it may put a matter before, in this order; `provincial_office` decides what is uncertain.
    """

    name: str
    tier: Tier
    authorities: tuple[Authority, ...] = ()
    superior: str = ""
    related: str = ""
    business_authority: str = ""
    secrecy_office: str = ""
    provincial_office: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts: the operating-system accounts that are theirs, and their roles (承办人, 保密员 …)."""

    name: str
    accounts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Officer:
    """定密责任人: statutory (法定, the head of the unit) or designated (指定) for some levels, from one day to another.

    `certificate_to` is the last day of the training certificate; `appointment` the number of the 授权书; `published_on`
    and `filed_on` when the appointment was made known and put on file; `deputy_of` names the officer (A角) for whom
    this one (B角) stands in while that one is away.
    """

    name: str
    statutory: bool
    levels: frozenset[Level]
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    certificate: str = ""
    certificate_to: dt.date | None = None
    appointment: str = ""
    published_on: dt.date | None = None
    filed_on: dt.date | None = None
    deputy_of: str = ""

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
