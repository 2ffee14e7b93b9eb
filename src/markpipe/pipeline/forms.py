"""`determination form`: each form by the name that an office knows it by, filled from the register and the settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from markpipe.classify.authority import TIER_LEVELS
from markpipe.classify.case import Context, case_of
from markpipe.classify.rules import check
from markpipe.config.settings import Settings
from markpipe.errors import UsageError
from markpipe.forms.approval import approval_form
from markpipe.forms.filled import Filled
from markpipe.forms.rosters import (
    Application,
    Listed,
    appointment_letter,
    candidates_form,
    grant_application,
    grant_letter,
    officers_form,
    schedule_form,
)
from markpipe.forms.yearly import Yearly, yearly_form
from markpipe.ledger.fold import offer_digest
from markpipe.ledger.procedure import MatterReported
from markpipe.ledger.views import Matter
from markpipe.model.decision import Decision, Determination, Proposal
from markpipe.model.procedure import ReportKind
from markpipe.pipeline.drafting import (
    alteration_form,
    alteration_notice,
    as_approved,
    cannot_mark_notice,
    given_on,
    last_report_form,
    no_authority_form,
)
from markpipe.pipeline.standing import Bench, in_force
from markpipe.pipeline.yearlines import tables
from markpipe.pipeline.yearly import due_on, produced
from markpipe.store.register import Register


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form takes from outside the register: the settings, today, and what the command line says."""

    settings: Settings
    on: dt.date
    officer: str = ""
    year: int = 0
    years: int = 0
    reason: str = ""


Maker = Callable[[Register, Matter, Asked], Filled]
SiteMaker = Callable[[Register, Asked], Filled]


def make_form(kind: str, register: Register, matter: Matter | None, asked: Asked) -> Filled:
    """The form, filled; `UsageError` where it is about a matter and none is given, or the other way round."""
    if kind in _OF_MATTER:
        if matter is None:
            raise UsageError(f"{kind}是关于一件事项的", "请写明事项编号，用 determination list 查看")
        return _OF_MATTER[kind](register, matter, asked)
    if matter is not None:
        raise UsageError(f"{kind}不是关于单独一件事项的", "请去掉事项编号")
    return _OF_SITE[kind](register, asked)


def _approval(register: Register, matter: Matter, asked: Asked) -> Filled:
    """As it was approved, whatever was changed since; else as it stands before the officer."""
    agency, demo = asked.settings.agency, asked.settings.demo
    if matter.decision in (Decision.APPROVED, Decision.DECLASSIFIED):
        proposal, determination = as_approved(register, matter)
        opinions = given_on(register, matter, offer_digest(proposal))
        return approval_form(proposal, agency, determination=determination, opinions=opinions, demo=demo)
    bench = Bench(agency, asked.on, asked.settings.procedure)
    violations = check(matter.proposal, bench.context(register, matter.digest, matter))
    opinions = given_on(register, matter, offer_digest(matter.proposal))
    return approval_form(matter.proposal, agency, violations, opinions=opinions, demo=demo)


def _no_authority(register: Register, matter: Matter, asked: Asked) -> Filled:
    reported = any(
        isinstance(entry.event, MatterReported) and entry.event.report.kind is ReportKind.NO_AUTHORITY
        for entry in register.steps(matter.id)
    )
    agency, demo = asked.settings.agency, asked.settings.demo
    if reported:
        return last_report_form(register, matter, agency, ReportKind.NO_AUTHORITY, demo)
    opinions = given_on(register, matter, offer_digest(matter.proposal))
    return no_authority_form(matter.proposal, agency, asked.on, demo, matter.id, opinions)


def _reported(kind: ReportKind) -> Maker:
    return lambda register, matter, asked: last_report_form(
        register, matter, asked.settings.agency, kind, asked.settings.demo
    )


def _schedule(register: Register, asked: Asked) -> Filled:
    listed = [
        Listed(one.standing.determination, _what(one.standing.proposal), _carrier(register, one.standing.determination))
        for one in in_force(register)
    ]
    return schedule_form(asked.settings.agency, listed, asked.on, demo=asked.settings.demo)


def _what(proposal: Proposal) -> str:
    """The matter itself: the range items, and the determined matters that it derives from."""
    items = [point.item or point.entry for point in proposal.points]
    return "；".join(dict.fromkeys((*items, *(f"派生自《{one.source.title}》" for one in proposal.derivations))))


def _carrier(register: Register, determination: Determination) -> str:
    """What a matter stands on: the file that was determined, and its numbered copies."""
    made = sum(1 for copy in register.copies(determination.id) if copy.sha256)
    file = PurePosixPath(determination.name).suffix.removeprefix(".").upper()
    return "，".join(filter(None, (f"电子文件（{file}）" if file else "", f"编号制作{made}份" if made else "")))


def _application(register: Register, asked: Asked) -> Filled:
    """What is applied for is what was proposed as one's own and lies beyond the tier; deriving needs no grant."""
    agency = asked.settings.agency
    context = Context(agency, None, asked.on)
    own = [(case_of(matter.proposal, context).own_level, matter.proposal) for matter in register.matters()]
    beyond = {level: None for level, _ in own if level is not None and level not in TIER_LEVELS[agency.tier]}
    items = dict.fromkeys(
        point.item or point.entry for level, proposal in own if level in beyond for point in proposal.points
    )
    wanted = Application(
        levels=sorted(beyond),
        matters=tuple(items),
        years=asked.years,
        reason=asked.reason,
        produced={asked.on.year - back: produced(register, asked.on.year - back) for back in (1, 2, 3)},
    )
    return grant_application(agency, wanted, asked.on, demo=asked.settings.demo)


def _grant(_: Register, asked: Asked) -> Filled:
    agency = asked.settings.agency
    if not agency.authorities:
        raise UsageError("站点配置里没有定密授权", "先在 [[agency.authorities]] 中写明")
    return grant_letter(agency, agency.authorities[0], asked.on, demo=asked.settings.demo)


def _appointment(_: Register, asked: Asked) -> Filled:
    officers = asked.settings.officers
    officer = asked.settings.officer(asked.officer)
    if officer is None:
        names = "、".join(one.name for one in officers)
        raise UsageError("没有写明哪位定密责任人", f"用 --officer 指明：{names}")
    if officer.statutory:
        raise UsageError(f"{officer.name}是法定定密责任人，不需要授权书", "授权书是给指定的定密责任人的")
    head = next((one.name for one in officers if one.statutory), "")
    return appointment_letter(asked.settings.agency, officer, head, asked.on, demo=asked.settings.demo)


def _yearly(table: Yearly) -> SiteMaker:
    def make(register: Register, asked: Asked) -> Filled:
        due = due_on(asked.year, asked.settings.procedure.annual_due)
        lines = tables(register, asked.settings, asked.year)[table]
        return yearly_form(table, asked.settings.agency, asked.year, lines, due, asked.on, demo=asked.settings.demo)

    return make


_OF_MATTER: Mapping[str, Maker] = {
    "定密审批表": _approval,
    "无权定密申报表": _no_authority,
    "不明确事项报告": _reported(ReportKind.UNCERTAIN),
    "争议事项报告": _reported(ReportKind.DISPUTE),
    "变更解密审批表": lambda register, matter, asked: alteration_form(
        register, matter, asked.settings.agency, asked.settings.demo
    ),
    "变更解密通知": lambda register, matter, asked: alteration_notice(
        register, matter, asked.settings.agency, asked.settings.demo
    ),
    "书面通知": lambda register, matter, asked: cannot_mark_notice(
        register, matter, asked.settings.agency, asked.on, asked.settings.demo, asked.reason
    ),
}
_OF_SITE: Mapping[str, SiteMaker] = {
    "事项一览表": _schedule,
    "定密责任人名册": lambda _, asked: officers_form(
        asked.settings.agency, asked.settings.officers, asked.on, demo=asked.settings.demo
    ),
    "授权申请表": _application,
    "授权书": _grant,
    "人选征求意见表": lambda _, asked: candidates_form(
        asked.settings.agency, asked.settings.officers, asked.on, demo=asked.settings.demo
    ),
    "定密责任人授权书": _appointment,
    "涉密情况统计表": _yearly(Yearly.HELD),
    "产生情况统计表": _yearly(Yearly.PRODUCED),
    "变更解密统计表": _yearly(Yearly.CHANGED),
}
KINDS = (*_OF_MATTER, *_OF_SITE)
