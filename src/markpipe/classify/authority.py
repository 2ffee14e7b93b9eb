"""Who may classify originally, on what that rests, and whom to turn to where it does not suffice (保密法第十七条).

Tier, written and special authorisations and the own work of 公安、国家安全机关 are looked at; an authorisation covers
levels, matters, terms and days.  Deriving asks nobody here (AUTH-2).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from markpipe.classify.terms import End, end_of
from markpipe.model.agency import Agency, Authority, Grant, Officer, Tier
from markpipe.model.classification import Duration, Level, date_label
from markpipe.model.procedure import Absence

TIER_LEVELS = {
    Tier.CENTRAL: frozenset(Level),
    Tier.PROVINCIAL: frozenset(Level),
    Tier.MUNICIPAL: frozenset({Level.MIMI, Level.JIMI}),
    Tier.COUNTY: frozenset[Level](),
    Tier.OTHER: frozenset[Level](),
}
NATIONAL_OFFICE = "国家保密行政管理部门"
PROVINCIAL_OFFICE = "省、自治区、直辖市保密行政管理部门"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a unit wants to classify by its own power: level, end, the range items and basis it rests on, and when."""

    level: Level
    on: dt.date
    issued_on: dt.date
    end: End | None = None
    entries: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a matter is put before, and as what (上级机关、单位 …)."""

    name: str
    standing: str

    @property
    def label(self) -> str:
        """Name and standing, or the standing where no name is configured."""
        return f"{self.name}（{self.standing}）" if self.name else self.standing


def power(agency: Agency, wanted: Wanted) -> str | None:
    """On what the unit's power rests, in words for the basis; None: on nothing."""
    if wanted.level in TIER_LEVELS[agency.tier]:
        return f"{agency.tier.value}机关的定密权限（保密法第十七条）"
    return next((words_of(one) for one in agency.authorities if not any(_short(one, wanted))), None)


def words_of(authority: Authority) -> str:
    """An authorisation as the basis names it."""
    match authority.grant:
        case Grant.OWN_WORK:
            return f"{authority.grant.value}：{authority.basis}（保密法第十七条第四款）"
        case Grant.SPECIAL:
            return f"{authority.grant.value}：{authority.basis}（保密法第十七条第二款）"
        case _:
            return authority.basis


def shortfalls(agency: Agency, wanted: Wanted) -> tuple[str, ...]:
    """Why none of the authorisations that name the level suffices."""
    return tuple(
        f"“{one.basis}”{'，'.join(_short(one, wanted))}" for one in agency.authorities if wanted.level in one.levels
    )


def _short(authority: Authority, wanted: Wanted) -> Iterator[str]:
    if wanted.level not in authority.levels:
        yield f"不包括{wanted.level.label}级"
    elif not authority.holds(wanted.level, wanted.on):
        yield f"在{date_label(wanted.on)}不在有效期内"
    if authority.matters and not _covers_matters(authority, wanted):
        yield "不包括所列事项"
    if authority.longest_years:
        limit = end_of(Duration(authority.longest_years), wanted.issued_on)
        if wanted.end is None or not limit.covers(wanted.end):
            yield f"期限最长{authority.longest_years}年"


def _covers_matters(authority: Authority, wanted: Wanted) -> bool:
    """Every range item is one that the authorisation names; where there is none, the basis must name one."""
    if wanted.entries:
        return all(entry.startswith(authority.matters) for entry in wanted.entries)
    return any(matter in line for matter in authority.matters for line in wanted.basis)


def addressee(agency: Agency) -> Addressee:
    """Whom a unit without the authority turns to, at once (国家秘密定密管理规定第十一条)."""
    for name, standing in (
        (agency.superior, "有相应定密权限的上级机关、单位"),
        (agency.related, "有行政隶属或者业务关联的机关、单位"),
        (agency.business_authority, "业务主管部门"),
        (agency.secrecy_office, "保密行政管理部门"),
    ):
        if name:
            return Addressee(name, standing)
    return Addressee("", "有权限的上级机关；没有上级的，立即提请业务主管部门或者保密行政管理部门")


def office_for(agency: Agency, level: Level | None) -> Addressee:
    """Who decides what is uncertain or disputed: the national office for 绝密 and central units, else the provincial one
    (保密法实施条例第二十五、二十六条)."""
    if level is Level.JUEMI or agency.tier is Tier.CENTRAL:
        return Addressee("", NATIONAL_OFFICE)
    return Addressee(agency.provincial_office, PROVINCIAL_OFFICE)


def absence_of(officer: Officer, absences: tuple[Absence, ...], on: dt.date) -> Absence | None:
    """The recorded absence of the officer (A角) for whom this one (B角) stands in on that day."""
    return next((one for one in absences if one.officer == officer.deputy_of and one.covers(on)), None)


def officer_problems(officer: Officer, absences: tuple[Absence, ...], on: dt.date) -> Iterator[str]:
    """Why an officer may not decide on that day."""
    if not officer.in_office(on):
        yield f"定密责任人{officer.name}在{date_label(on)}不在任"
    if officer.certificate_to is not None and on > officer.certificate_to:
        yield f"定密责任人{officer.name}的培训证书已于{date_label(officer.certificate_to)}到期"
    if officer.deputy_of and absence_of(officer, absences, on) is None:
        yield f"{officer.name}是{officer.deputy_of}的B角，{date_label(on)}没有登记{officer.deputy_of}不在岗，不能代行"
