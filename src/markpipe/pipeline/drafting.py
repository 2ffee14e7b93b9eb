"""Forms about a matter, filled from the register: which facts go into which form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from markpipe.classify.authority import addressee
from markpipe.classify.due import CANNOT_MARK, MARKABLE
from markpipe.classify.lifecycle import Change, Standing, kind_of
from markpipe.errors import UsageError
from markpipe.forms.changes import Altered, change_form, change_notice, unmarked_notice
from markpipe.forms.filled import Filled
from markpipe.forms.reports import report_form
from markpipe.ledger.events import Entry, MatterApproved, MatterCorrected, MatterProposed, MatterRevised
from markpipe.ledger.fold import offer_digest
from markpipe.ledger.procedure import (
    ChangeDrafted,
    MatterChanged,
    MatterDeclassified,
    MatterReported,
    NoticeGiven,
    OpinionGiven,
    ReportAnswered,
    drafted_digest,
)
from markpipe.ledger.views import Matter
from markpipe.model.agency import Agency
from markpipe.model.classification import date_label
from markpipe.model.decision import Determination, Proposal
from markpipe.model.procedure import Opinion, Report, ReportKind
from markpipe.pipeline.standing import Draft, day_of, open_draft, recipients, record_of
from markpipe.store.register import Register

_NO_REASON = "本机关、单位没有相应的原始定密权限，依法报请确定"
_ABOUT_CHANGES = ("变更", "解密")


def no_authority_name(matter: str) -> str:
    """The file name of the 申报表 for a matter."""
    return f"{matter}.无权定密事项定密申报表.docx"


def no_authority_form(
    proposal: Proposal,
    agency: Agency,
    on: dt.date,
    demo: bool,
    number: str = "（待编）",
    opinions: Sequence[Opinion] = (),
) -> Filled:
    """无权定密事项定密申报表, to whom the settings say that it goes, with what the unit's own steps said."""
    to = addressee(agency).label
    report = Report(ReportKind.NO_AUTHORITY, to, proposal.level, proposal.term, on, None, _NO_REASON)
    return report_form(proposal, agency, report, number=number, opinions=opinions, demo=demo)


def last_report_form(register: Register, matter: Matter, agency: Agency, kind: ReportKind, demo: bool) -> Filled:
    """The last report of a kind with its answer; `UsageError` where none is recorded."""
    answer = None
    for entry in reversed(register.steps(matter.id)):
        match entry.event:
            case ReportAnswered(answer=given) if given.kind is kind:
                answer = answer or given
            case MatterReported(report=report, claims=claims) if report.kind is kind:
                return report_form(
                    matter.proposal,
                    agency,
                    report,
                    number=matter.id,
                    claims=claims,
                    sent_by=f"{entry.person}（账户 {entry.account}），{date_label(day_of(entry))}",
                    answer=answer,
                    opinions=given_on(register, matter, offer_digest(matter.proposal)),
                    demo=demo or entry.demo,
                )
            case _:
                pass
    raise UsageError(f"{matter.id} 没有登记{kind.value}的上报", "先用 determination report 登记")


def altered(register: Register, matter: Matter) -> Altered:
    """The last change or the end of a matter; `UsageError` where there was none."""
    before = _first(register, matter)
    found: Altered | None = None
    draft: Draft | None = None
    opinions: list[Opinion] = []
    for entry in register.steps(matter.id):
        match entry.event:
            case ChangeDrafted(drafted=drafted, on=on):
                draft = Draft(drafted, entry.person, on)
            case OpinionGiven(opinion=opinion):
                opinions.append(replace(opinion, by=entry.person, account=entry.account))
            case MatterChanged(determination=after):
                found = _with_draft(_changed(entry, entry.event, before), draft, opinions)
                before, draft = after, None
            case MatterDeclassified():
                found = _with_draft(_ended(entry, entry.event, before), draft, opinions)
            case _:
                pass
    if found is None:
        raise UsageError(f"{matter.id} 没有变更，也没有解密", "用 determination show 查看")
    return found


def drafted(register: Register, matter: Matter) -> Altered | None:
    """A change or an end that was put forward and is not decided yet, with the opinions on it; None: there is none."""
    draft, now = open_draft(register, matter.id), matter.determination
    if draft is None or now is None:
        return None
    wanted, after, what = draft.drafted, None, "" if draft.drafted.ending is None else draft.drafted.ending.value
    if wanted.mark is not None:
        standing = Standing(now, matter.proposal)
        what = kind_of(Change(standing, wanted.mark, wanted.access_scope, wanted.reason)).value
        after = replace(now, mark=wanted.mark, access_scope=wanted.access_scope)
    above = _above(wanted.by, wanted.document)
    made = Altered(now, after, what, "", draft.on, wanted.reason, above, decided=False)
    return _with_draft(made, draft, given_on(register, matter, drafted_digest(wanted)))


def given_on(register: Register, matter: Matter, offer: str) -> tuple[Opinion, ...]:
    """The opinions on exactly one content or drafted change."""
    return tuple(one for one in record_of(register, matter.digest, matter).opinions if one.offer == offer)


def as_approved(register: Register, matter: Matter) -> tuple[Proposal, Determination]:
    """The content and the decision as they were approved last, whatever was changed since."""
    proposal, found = matter.proposal, None
    for row in register.events():
        match row.entry().event:
            case MatterProposed(matter.id, known) | MatterRevised(matter.id, known) | MatterCorrected(matter.id, known):
                proposal = known
            case MatterApproved(determination) if determination.id == matter.id:
                found = proposal, determination
            case _:
                pass
    if found is None:
        raise UsageError(f"{matter.id} 还没有定密", "先由定密责任人审核批准")
    return found


def _with_draft(found: Altered, draft: Draft | None, opinions: Sequence[Opinion]) -> Altered:
    """Who put the change forward, and what the unit's own steps said of exactly that."""
    if draft is None:
        return found
    offer = drafted_digest(draft.drafted)
    given = tuple(one for one in opinions if one.offer == offer)
    return replace(found, handler=draft.handler, drafted_on=draft.on, opinions=given)


def _changed(entry: Entry, event: MatterChanged, before: Determination) -> Altered:
    above = _above(event.by, event.document)
    return Altered(
        before, event.determination, event.kind.value, event.officer, event.on, event.reason, above, entry.account
    )


def _ended(entry: Entry, event: MatterDeclassified, before: Determination) -> Altered:
    above = _above(event.by, event.document)
    return Altered(before, None, event.ending.value, event.officer, event.on, event.reason, above, entry.account)


def _above(by: str, document: str) -> str:
    return f"{by}（{document}）" if by and document else by or document


def _first(register: Register, matter: Matter) -> Determination:
    """The determination as it was approved."""
    for row in register.events():
        event = row.entry().event
        if isinstance(event, MatterApproved) and event.determination.id == matter.id:
            return event.determination
    raise UsageError(f"{matter.id} 还没有定密", "先由定密责任人审核批准")


def alteration_form(register: Register, matter: Matter, agency: Agency, demo: bool) -> Filled:
    """变更、解密审批表 of what waits for the officer, else of the last change."""
    return change_form(drafted(register, matter) or altered(register, matter), agency, demo=demo)


def alteration_notice(register: Register, matter: Matter, agency: Agency, demo: bool) -> Filled:
    """变更、解密通知 of the last change, with everybody to be told."""
    what = altered(register, matter)
    scopes = (what.before.access_scope, "" if what.after is None else what.after.access_scope)
    told = _told(register, matter.id, recipients(register, matter.id, *scopes), _ABOUT_CHANGES)
    return change_notice(what, agency, told, demo=demo)


def cannot_mark_notice(
    register: Register, matter: Matter, agency: Agency, on: dt.date, demo: bool, reason: str = ""
) -> Filled:
    """书面通知 for what cannot bear a mark; `UsageError` where it can and no reason says why it does not."""
    determination = matter.determination
    if determination is None:
        raise UsageError(f"{matter.id} 还没有定密", "先由定密责任人审核批准")
    told = _told(register, matter.id, recipients(register, matter.id, determination.access_scope), (CANNOT_MARK,))
    if not reason and matter.name.lower().endswith(MARKABLE):
        raise UsageError(f"{matter.id} 的载体可以加盖标志", "用 stamp 加盖；确实不能加盖的，用 --reason 写明原因")
    carrier = PurePosixPath(matter.name).suffix.removeprefix(".").upper() or "此类"
    reason = reason or f"{carrier} 载体上不能作出国家秘密标志"
    return unmarked_notice(determination, agency, told, reason, on, demo=demo)


def _told(register: Register, matter: str, names: Sequence[str], subjects: Sequence[str]) -> Mapping[str, str]:
    """Everybody who has to be told, and the notice that was recorded since the last change (empty: none)."""
    found = dict.fromkeys(names, "")
    for entry in register.steps(matter):
        match entry.event:
            case MatterChanged() | MatterDeclassified() if CANNOT_MARK not in subjects:
                found = dict.fromkeys(found, "")
            case NoticeGiven(notice=notice) if notice.subject in subjects:
                document = f"（{notice.document}）" if notice.document else ""
                found[notice.recipient] = f"{date_label(notice.on)}书面通知{document}"
            case _:
                pass
    return found
