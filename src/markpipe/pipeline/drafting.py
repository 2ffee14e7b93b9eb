"""Forms about a matter, filled from the register: which facts go into which sheet."""

from __future__ import annotations

import datetime as dt

from markpipe.classify.authority import addressee
from markpipe.errors import UsageError
from markpipe.forms.changes import Altered, change_form, change_notice, unmarked_notice
from markpipe.forms.reports import report_form
from markpipe.ledger.events import MatterApproved
from markpipe.ledger.procedure import MatterChanged, MatterDeclassified, MatterReported
from markpipe.ledger.views import Matter
from markpipe.model.agency import Agency
from markpipe.model.decision import Determination, Proposal
from markpipe.model.procedure import Report, ReportKind
from markpipe.pipeline.standing import recipients
from markpipe.store.register import Register

_NO_REASON = "本机关、单位没有相应的原始定密权限，依法报请确定"


def no_authority_name(matter: str) -> str:
    """The file name of the 申报表 for a matter."""
    return f"{matter}.无权定密事项定密申报表.docx"


def no_authority_form(proposal: Proposal, agency: Agency, on: dt.date, demo: bool, number: str = "（待编）") -> bytes:
    """无权定密事项定密申报表, to whom the settings say that it goes."""
    to = addressee(agency).label
    report = Report(ReportKind.NO_AUTHORITY, to, proposal.level, proposal.term, on, None, _NO_REASON)
    return report_form(proposal, agency, report, number=number, demo=demo)


def last_report_form(register: Register, matter: Matter, agency: Agency, kind: ReportKind, demo: bool) -> bytes:
    """The last report of a kind; `UsageError` where none is recorded."""
    for entry in reversed(register.steps(matter.id)):
        event = entry.event
        if isinstance(event, MatterReported) and event.report.kind is kind:
            return report_form(
                matter.proposal,
                agency,
                event.report,
                number=matter.id,
                claims=event.claims,
                sent_by=f"{entry.person}，{entry.at[:10]}",
                demo=demo or entry.demo,
            )
    raise UsageError(f"{matter.id} 没有登记{kind.value}的上报", "先用 determination report 登记")


def altered(register: Register, matter: Matter) -> Altered:
    """The last change or the end of a matter; `UsageError` where there was none."""
    before = _first(register, matter)
    found: Altered | None = None
    for entry in register.steps(matter.id):
        match entry.event:
            case MatterChanged(kind, after, _, officer, on, reason, document):
                found = Altered(before, after, kind.value, officer, on, reason, document)
                before = after
            case MatterDeclassified(_, ending, on, reason, officer, document):
                found = Altered(before, None, ending.value, officer, on, reason, document)
            case _:
                pass
    if found is None:
        raise UsageError(f"{matter.id} 没有变更，也没有解密", "用 determination show 查看")
    return found


def _first(register: Register, matter: Matter) -> Determination:
    """The determination as it was approved."""
    for row in register.events():
        event = row.entry().event
        if isinstance(event, MatterApproved) and event.determination.id == matter.id:
            return event.determination
    raise UsageError(f"{matter.id} 还没有定密", "先由定密责任人审核批准")


def alteration_form(register: Register, matter: Matter, agency: Agency, demo: bool) -> bytes:
    """变更、解密审批表 of the last change."""
    return change_form(altered(register, matter), agency, demo=demo)


def alteration_notice(register: Register, matter: Matter, agency: Agency, demo: bool) -> bytes:
    """变更、解密通知 of the last change, with everybody to be told."""
    what = altered(register, matter)
    scope = (what.after or what.before).access_scope
    return change_notice(what, agency, recipients(register, matter.id, scope), demo=demo)


def cannot_mark_notice(register: Register, matter: Matter, agency: Agency, on: dt.date, demo: bool) -> bytes:
    """书面通知 for what cannot bear a mark."""
    determination = matter.determination
    if determination is None:
        raise UsageError(f"{matter.id} 还没有定密", "先由定密责任人审核批准")
    to = recipients(register, matter.id, determination.access_scope)
    return unmarked_notice(determination, agency, to, "载体无法作出国家秘密标志", on, demo=demo)
