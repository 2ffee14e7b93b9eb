"""Lists and appointments: 国家秘密事项一览表, 定密责任人名册, 授权申请表 and 授权书, 拟定人选征求意见表, 定密责任人授权书.

The columns of the schedule and the parts of an application follow `law.md` §8; no official template was found, so the
layout is ours.  Everything comes from the site's settings and the register.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from markpipe.forms.approval import DEMO
from markpipe.forms.changes import heads
from markpipe.forms.sheet import COLUMNS, Role, Row, band, label, sheet, value
from markpipe.model.agency import Agency, Authority, Officer
from markpipe.model.classification import Level, date_label
from markpipe.model.decision import Determination
from markpipe.model.wording import handling_words

_WIDE = COLUMNS - 2
_BLANK_DATE = "　　年　　月　　日"


def schedule_form(agency: Agency, determinations: Sequence[Determination], on: dt.date, *, demo: bool = False) -> bytes:
    """国家秘密事项一览表: what the unit determined and still protects."""
    rows = [heads(("序号", 1), ("具体事项", 4), ("密级和期限", 3), ("产生岗位（承办人）", 2), ("知悉范围", 2))]
    for number, one in enumerate(determinations, 1):
        cells = ((str(number), 1), (one.name, 4), (one.mark.text, 3), (one.handler, 2), (one.access_scope or "—", 2))
        rows.append(Row(tuple(value(text, span, Role.SMALL) for text, span in cells), 8))
    rows.append(Row((label("批准（负责人）"), value("（签字）", 4), label("备案日期"), value(_BLANK_DATE, 4)), 14))
    highest = max((one.mark.level for one in determinations), default=None)
    return _made(
        "国家秘密事项一览表", agency, rows, on, highest, demo, "报同级保密行政管理部门备案（定密管理规定第十条）。"
    )


def officers_form(agency: Agency, officers: Sequence[Officer], on: dt.date, *, demo: bool = False) -> bytes:
    """定密责任人名册, with certificates, appointment, publication and filing."""
    rows = [
        heads(
            ("姓名", 2), ("类别", 1), ("定密权限", 2), ("任期", 3), ("培训证书及有效期", 2), ("授权书、公布、备案", 2)
        )
    ]
    for one in officers:
        kind = "法定" if one.statutory else "指定"
        kind += f"，{one.deputy_of}的B角" if one.deputy_of else ""
        texts = (
            (one.name, 2),
            (kind, 1),
            (_levels(one.levels), 2),
            (_span(one.valid_from, one.valid_to), 3),
            (f"{one.certificate or '—'}\n至{_day(one.certificate_to)}", 2),
            (f"{one.appointment or '—'}\n公布{_day(one.published_on)}\n备案{_day(one.filed_on)}", 2),
        )
        rows.append(Row(tuple(value(text, span, Role.SMALL) for text, span in texts), 10))
    return _made(
        "定密责任人名册", agency, rows, on, None, demo, "名册在本机关、单位内部公布，并报同级保密行政管理部门备案。"
    )


def grant_application(
    agency: Agency,
    levels: Sequence[Level],
    produced: Mapping[int, int],
    reason: str,
    on: dt.date,
    *,
    demo: bool = False,
) -> bytes:
    """国家秘密定密权限授权申请表; `produced` are the matters of each of the last years, in 件."""
    average = sum(produced.values()) / len(produced) if produced else 0.0
    rows = [
        Row((label("申请单位"), value(f"{agency.name}（{agency.tier.value}）", _WIDE)), 10),
        Row((label("申请权限"), value(_levels(frozenset(levels)), _WIDE))),
        Row(
            (label("现有授权"), value("\n".join(_grant(one) for one in agency.authorities) or "无", _WIDE, Role.SMALL))
        ),
        band("近三年产生的国家秘密事项（件）"),
        *(Row((label(f"{year}年"), value(str(count), _WIDE))) for year, count in sorted(produced.items())),
        Row((label("年均"), value(f"{average:.1f}", _WIDE))),
        Row((label("申请理由"), value(reason, _WIDE)), 24),
        Row((label("单位负责人"), value("（签字、盖章）", 4), label("日　　期"), value(_BLANK_DATE, 4)), 18),
        Row((label("授权机关意见"), value("", _WIDE)), 26),
    ]
    return _made("国家秘密定密权限授权申请表", agency, rows, on, None, demo, "随附一览表、定密责任人名册和保密制度。")


def grant_letter(agency: Agency, authority: Authority, on: dt.date, *, demo: bool = False) -> bytes:
    """定密授权书, as the unit has it on record."""
    rows = [
        Row((label("被授权机关、单位"), value(agency.name, _WIDE)), 10),
        Row((label("授权机关"), value(authority.granted_by or "（待填）", _WIDE))),
        Row((label("授权文号、依据"), value(authority.basis, _WIDE))),
        Row((label("授权类别"), value(authority.grant.value, 4), label("密级"), value(_levels(authority.levels), 4))),
        Row((label("事项范围"), value("、".join(authority.matters) or "本机关、单位职责范围内的全部事项", _WIDE))),
        Row(
            (
                label("最长期限"),
                value(f"{authority.longest_years}年" if authority.longest_years else "按保密法第二十条", 4),
                label("授权期间"),
                value(_span(authority.valid_from, authority.valid_to), 4),
            )
        ),
        Row((label("授权机关"), value("（盖章）", 4), label("日　　期"), value(_BLANK_DATE, 4)), 18),
    ]
    return _made(
        "国家秘密定密权限授权书", agency, rows, on, None, demo, "被授权机关、单位不得再授权（保密法实施条例第十六条）。"
    )


def candidates_form(agency: Agency, officers: Sequence[Officer], on: dt.date, *, demo: bool = False) -> bytes:
    """定密责任人拟定人选名单征求意见表: the designated officers, with room for an opinion on each."""
    rows = [heads(("拟定人选", 2), ("拟定权限", 3), ("培训证书", 3), ("意见", 4))]
    rows += [
        Row(
            (
                value(one.name, 2),
                value(_levels(one.levels), 3),
                value(one.certificate or "—", 3),
                value("☐ 同意　☐ 不同意", 4),
            )
        )
        for one in officers
        if not one.statutory
    ]
    rows += [
        Row((label("征求意见部门"), value("", _WIDE)), 18),
        Row((label("负 责 人"), value("（签字）", 4), label("日　　期"), value(_BLANK_DATE, 4)), 14),
    ]
    return _made("定密责任人拟定人选名单征求意见表", agency, rows, on, None, demo, "指定定密责任人须接受过定密培训。")


def appointment_letter(agency: Agency, officer: Officer, on: dt.date, *, demo: bool = False) -> bytes:
    """定密责任人授权书 for a designated officer."""
    rows = [
        Row(
            (
                label("被授权人"),
                value(officer.name, 4),
                label("授权书文号"),
                value(officer.appointment or "（待填）", 4),
            ),
            10,
        ),
        Row(
            (
                label("定密权限"),
                value(_levels(officer.levels), 4),
                label("授权期间"),
                value(_span(officer.valid_from, officer.valid_to), 4),
            )
        ),
        Row(
            (
                label("培训证书"),
                value(officer.certificate or "（待填）", 4),
                label("有效期至"),
                value(_day(officer.certificate_to), 4),
            )
        ),
        Row(
            (
                label("代行安排"),
                value(f"{officer.deputy_of}不在岗时代行其定密职责" if officer.deputy_of else "—", _WIDE),
            )
        ),
        Row(
            (
                label("公布日期"),
                value(_day(officer.published_on), 4),
                label("备案日期"),
                value(_day(officer.filed_on), 4),
            )
        ),
        Row((label("单位负责人"), value("（签字、盖章）", 4), label("日　　期"), value(_BLANK_DATE, 4)), 18),
    ]
    return _made("定密责任人授权书", agency, rows, on, None, demo, "依据：保密法第十六条、保密法实施条例第十四条。")


def _made(
    title: str, agency: Agency, rows: Sequence[Row], on: dt.date, level: Level | None, demo: bool, foot: str
) -> bytes:
    notice = "内部资料，按本机关、单位规定管理" if level is None else handling_words(level, None)
    return sheet(
        title=title,
        notice=notice,
        banner=DEMO if demo else "",
        number=f"填报单位：{agency.name}　{date_label(on)}",
        rows=rows,
        foot=(foot,),
        dated=on,
    )


def _levels(levels: frozenset[Level]) -> str:
    return "、".join(level.label for level in sorted(levels, reverse=True)) or "无"


def _day(day: dt.date | None) -> str:
    return "未登记" if day is None else date_label(day)


def _span(start: dt.date | None, end: dt.date | None) -> str:
    return f"{'不限' if start is None else date_label(start)}至{'不限' if end is None else date_label(end)}"


def _grant(authority: Authority) -> str:
    return f"{authority.grant.value}：{authority.basis}（{_levels(authority.levels)}，{_span(authority.valid_from, authority.valid_to)}）"
