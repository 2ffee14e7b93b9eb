"""`determination form`: each form by the name that an office knows it by, filled from the register and the settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markpipe.classify.rules import check
from markpipe.config.settings import Settings
from markpipe.errors import UsageError
from markpipe.forms.approval import approval_form
from markpipe.forms.rosters import (
    appointment_letter,
    candidates_form,
    grant_application,
    grant_letter,
    officers_form,
    schedule_form,
)
from markpipe.forms.yearly import Yearly, yearly_form
from markpipe.ledger.procedure import MatterReported
from markpipe.ledger.views import Matter
from markpipe.model.classification import Level
from markpipe.model.procedure import ReportKind
from markpipe.pipeline.drafting import (
    alteration_form,
    alteration_notice,
    cannot_mark_notice,
    last_report_form,
    no_authority_form,
)
from markpipe.pipeline.standing import Bench, in_force, record_of
from markpipe.pipeline.yearly import counts, produced
from markpipe.store.register import Register


@dataclass(frozen=True, slots=True)
class OfSite:
    """What a form takes from outside the register: the settings, today, and the officer or year that is asked for."""

    settings: Settings
    on: dt.date
    officer: str = ""
    year: int = 0


Maker = Callable[[Register, Matter, OfSite], bytes]
SiteMaker = Callable[[Register, OfSite], bytes]


def make_form(kind: str, register: Register, matter: Matter | None, place: OfSite) -> bytes:
    """The form as DOCX bytes; `UsageError` where it is about a matter and none is given, or the other way round."""
    if kind in _OF_MATTER:
        if matter is None:
            raise UsageError(f"{kind}是关于一件事项的", "请写明事项编号，用 determination list 查看")
        return _OF_MATTER[kind](register, matter, place)
    if matter is not None:
        raise UsageError(f"{kind}不是关于单独一件事项的", "请去掉事项编号")
    return _OF_SITE[kind](register, place)


def _approval(register: Register, matter: Matter, place: OfSite) -> bytes:
    bench = Bench(place.settings.agency, place.on, place.settings.procedure)
    violations = check(matter.proposal, bench.context(register, matter.digest, matter))
    return approval_form(
        matter.proposal,
        place.settings.agency,
        () if matter.determination else violations,
        determination=matter.determination,
        opinions=record_of(register, matter.digest, matter).opinions,
        demo=place.settings.demo,
    )


def _no_authority(register: Register, matter: Matter, place: OfSite) -> bytes:
    reported = any(
        isinstance(entry.event, MatterReported) and entry.event.report.kind is ReportKind.NO_AUTHORITY
        for entry in register.steps(matter.id)
    )
    agency, demo = place.settings.agency, place.settings.demo
    if reported:
        return last_report_form(register, matter, agency, ReportKind.NO_AUTHORITY, demo)
    return no_authority_form(matter.proposal, agency, place.on, demo, matter.id)


def _reported(kind: ReportKind) -> Maker:
    return lambda register, matter, place: last_report_form(
        register, matter, place.settings.agency, kind, place.settings.demo
    )


def _schedule(register: Register, place: OfSite) -> bytes:
    listed = [one.standing.determination for one in in_force(register)]
    return schedule_form(place.settings.agency, listed, place.on, demo=place.settings.demo)


def _application(register: Register, place: OfSite) -> bytes:
    counted = {place.on.year - back: produced(register, place.on.year - back) for back in (1, 2, 3)}
    reason = "经常产生属于保密事项范围的国家秘密事项，申请授予相应的定密权限"
    levels = [matter.proposal.level for matter in register.matters() if matter.proposal.level is not None]
    wanted = sorted(set(levels)) or [Level.MIMI]
    return grant_application(place.settings.agency, wanted, counted, reason, place.on, demo=place.settings.demo)


def _grant(_: Register, place: OfSite) -> bytes:
    agency = place.settings.agency
    if not agency.authorities:
        raise UsageError("站点配置里没有定密授权", "先在 [[agency.authorities]] 中写明")
    return grant_letter(agency, agency.authorities[0], place.on, demo=place.settings.demo)


def _appointment(_: Register, place: OfSite) -> bytes:
    officer = place.settings.officer(place.officer)
    if officer is None:
        names = "、".join(one.name for one in place.settings.officers)
        raise UsageError("没有写明哪位定密责任人", f"用 --officer 指明：{names}")
    return appointment_letter(place.settings.agency, officer, place.on, demo=place.settings.demo)


def _yearly(table: Yearly) -> SiteMaker:
    def make(register: Register, place: OfSite) -> bytes:
        month, day = place.settings.procedure.annual_due
        due = dt.date(place.year + 1, month, min(day, 28) if month == 2 else day)
        lines = counts(register, table, place.year)
        return yearly_form(table, place.settings.agency, place.year, lines, due, place.on, demo=place.settings.demo)

    return make


_OF_MATTER: Mapping[str, Maker] = {
    "定密审批表": _approval,
    "无权定密申报表": _no_authority,
    "不明确事项报告": _reported(ReportKind.UNCERTAIN),
    "争议事项报告": _reported(ReportKind.DISPUTE),
    "变更解密审批表": lambda register, matter, place: alteration_form(
        register, matter, place.settings.agency, place.settings.demo
    ),
    "变更解密通知": lambda register, matter, place: alteration_notice(
        register, matter, place.settings.agency, place.settings.demo
    ),
    "书面通知": lambda register, matter, place: cannot_mark_notice(
        register, matter, place.settings.agency, place.on, place.settings.demo
    ),
}
_OF_SITE: Mapping[str, SiteMaker] = {
    "事项一览表": _schedule,
    "定密责任人名册": lambda _, place: officers_form(
        place.settings.agency, place.settings.officers, place.on, demo=place.settings.demo
    ),
    "授权申请表": _application,
    "授权书": _grant,
    "人选征求意见表": lambda _, place: candidates_form(
        place.settings.agency, place.settings.officers, place.on, demo=place.settings.demo
    ),
    "定密责任人授权书": _appointment,
    "涉密情况统计表": _yearly(Yearly.HELD),
    "产生情况统计表": _yearly(Yearly.PRODUCED),
    "变更解密统计表": _yearly(Yearly.CHANGED),
}
KINDS = (*_OF_MATTER, *_OF_SITE)
