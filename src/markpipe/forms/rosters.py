"""Lists and appointments: 国家秘密事项一览表, 定密责任人名册, 授权申请表 and 授权书, 拟定人选征求意见表, 定密责任人授权书.

The columns of the schedule and the parts of an application follow `law.md` §8.  Everything comes from the site's
settings and the register.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markpipe.forms.filled import Field, Filled
from markpipe.forms.words import INTERNAL, NONE, UNKNOWN, day, heading, levels
from markpipe.model.agency import Agency, Authority, Officer
from markpipe.model.classification import Level, date_label
from markpipe.model.decision import Determination
from markpipe.model.wording import handling_words


@dataclass(frozen=True, slots=True)
class Application:
    """What a unit asks for: levels, matters, how long, why, and what it produced in each of the last years (件)."""

    levels: Sequence[Level]
    matters: Sequence[str]
    years: int
    reason: str
    produced: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Listed:
    """A matter that the unit determined and still protects: what it is about, and what it stands on."""

    determination: Determination
    what: str
    carrier: str


def schedule_form(agency: Agency, listed: Sequence[Listed], on: dt.date, *, demo: bool = False) -> Filled:
    """国家秘密事项一览表: what the unit determined and still protects."""
    highest = max((one.determination.mark.level for one in listed), default=None)
    keeping = INTERNAL if highest is None else handling_words(highest, None)
    lines = [
        {
            "序号": str(number),
            "事项": f"{one.what}\n（{one.determination.name}）" if one.what else one.determination.name,
            "密级和期限": one.determination.mark.text,
            "产生岗位": f"{agency.name}（承办人{one.determination.handler}）",
            "知悉范围": one.determination.access_scope or NONE,
            "载体形式": one.carrier or NONE,
        }
        for number, one in enumerate(listed, 1)
    ]
    return _made("国家秘密事项一览表", agency, {"事项清单": lines}, on, demo, keeping)


def officers_form(agency: Agency, officers: Sequence[Officer], on: dt.date, *, demo: bool = False) -> Filled:
    """定密责任人名册, with certificates, appointment, publication and filing."""
    lines = [
        {
            "姓名": one.name,
            "类别": ("法定" if one.statutory else "指定") + (f"，{one.deputy_of}的B角" if one.deputy_of else ""),
            "定密权限": levels(one.levels),
            "任期": _span(one.valid_from, one.valid_to),
            "证书": f"{one.certificate or NONE}\n有效期至{day(one.certificate_to, '（未登记）')}",
            "授权": f"{one.appointment or NONE}\n公布：{day(one.published_on, '未登记')}\n备案：{day(one.filed_on, '未登记')}",
        }
        for one in officers
    ]
    return _made("定密责任人名册", agency, {"责任人清单": lines}, on, demo)


def grant_application(agency: Agency, asked: Application, on: dt.date, *, demo: bool = False) -> Filled:
    """国家秘密定密权限授权申请表."""
    average = sum(asked.produced.values()) / len(asked.produced) if asked.produced else 0.0
    fields: dict[str, Field] = {
        "申请单位": f"{agency.name}（{agency.tier.value}）",
        "申请权限": levels(asked.levels),
        "事项范围": "、".join(asked.matters) or UNKNOWN,
        "授权期限": f"{asked.years}年" if asked.years else UNKNOWN,
        "现有授权": "\n".join(_grant(one) for one in agency.authorities) or "无",
        "年度清单": [{"年份": str(year), "件数": str(count)} for year, count in sorted(asked.produced.items())],
        "年均": f"{average:.1f}",
        "申请理由": asked.reason or UNKNOWN,
    }
    return _made("国家秘密定密权限授权申请表", agency, fields, on, demo)


def grant_letter(agency: Agency, authority: Authority, on: dt.date, *, demo: bool = False) -> Filled:
    """定密授权书, as the unit has it on record."""
    fields: dict[str, Field] = {
        "被授权单位": agency.name,
        "授权机关": authority.granted_by or UNKNOWN,
        "授权依据": authority.basis,
        "授权类别": authority.grant.value,
        "密级": levels(authority.levels),
        "事项范围": "、".join(authority.matters) or "本机关、单位职责范围内的全部事项",
        "最长期限": f"{authority.longest_years}年" if authority.longest_years else "按保密法第二十条",
        "授权期间": _span(authority.valid_from, authority.valid_to),
    }
    return _made("国家秘密定密权限授权书", agency, fields, on, demo)


def candidates_form(agency: Agency, officers: Sequence[Officer], on: dt.date, *, demo: bool = False) -> Filled:
    """定密责任人拟定人选名单征求意见表: the designated officers, with room for an opinion on each."""
    lines = [
        {"姓名": one.name, "拟定权限": levels(one.levels), "证书": one.certificate or NONE}
        for one in officers
        if not one.statutory
    ]
    return _made("定密责任人拟定人选名单征求意见表", agency, {"人选清单": lines}, on, demo)


def appointment_letter(agency: Agency, officer: Officer, head: str, on: dt.date, *, demo: bool = False) -> Filled:
    """定密责任人授权书 for a designated officer, by the head of the unit (法定定密责任人; empty: not configured)."""
    fields: dict[str, Field] = {
        "被授权人": officer.name,
        "授权书文号": officer.appointment or UNKNOWN,
        "定密权限": levels(officer.levels),
        "授权期间": _span(officer.valid_from, officer.valid_to),
        "培训证书": officer.certificate or UNKNOWN,
        "有效期至": day(officer.certificate_to),
        "代行安排": f"{officer.deputy_of}不在岗时代行其定密职责" if officer.deputy_of else NONE,
        "公布日期": day(officer.published_on),
        "备案日期": day(officer.filed_on),
        "单位负责人": head,
    }
    return _made("定密责任人授权书", agency, fields, on, demo)


def _made(
    name: str, agency: Agency, fields: Mapping[str, Field], on: dt.date, demo: bool, keeping: str = INTERNAL
) -> Filled:
    above = {**heading(keeping, demo), "填报单位": agency.name or UNKNOWN, "填报日期": date_label(on)}
    return Filled(name, {**above, **fields}, on)


def _span(start: dt.date | None, end: dt.date | None) -> str:
    if start is None and end is None:
        return "（未写明）"
    return f"{day(start, '')}至{day(end, '（未写明）')}"


def _grant(authority: Authority) -> str:
    held = f"{levels(authority.levels)}，{_span(authority.valid_from, authority.valid_to)}"
    return f"{authority.grant.value}：{authority.basis}（{held}）"
