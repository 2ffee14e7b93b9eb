"""经过: everything that happened to a matter, as one line an event.  Reads the register and decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

from markpipe.ledger.events import (
    AttemptRefused,
    CopiesAllocated,
    DraftChanged,
    Entry,
    MatterApproved,
    MatterCorrected,
    MatterDeclined,
    MatterProposed,
    MatterReturned,
    MatterRevised,
    Stamped,
)
from markpipe.ledger.procedure import (
    ChangeDrafted,
    ConsentRecorded,
    KnowerLogged,
    MatterChanged,
    MatterDeclassified,
    MatterReported,
    MatterReviewed,
    NoticeGiven,
    OpinionGiven,
    ReportAnswered,
    SheetAttached,
)
from markpipe.ledger.views import Matter
from markpipe.model.procedure import Drafted
from markpipe.model.wording import proposed_words
from markpipe.pipeline.standing import day_of
from markpipe.store.register import Register


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a matter: its number in the register, the day, who acted through which account, and what."""

    seq: int
    on: str
    person: str
    account: str
    what: str


def history(register: Register, matter: Matter) -> tuple[Happened, ...]:
    """Everything that happened to a matter, first to last."""
    entries = (row.entry() for row in register.events())
    found = ((entry, _words(entry, matter)) for entry in entries)
    return tuple(
        Happened(entry.seq, day_of(entry).isoformat(), entry.person, entry.account, what)
        for entry, what in found
        if what
    )


def _words(entry: Entry, matter: Matter) -> str:
    """What an event did to the matter; empty where it is about something else."""
    event = entry.event
    match event:
        case MatterProposed(matter=matter.id) | MatterRevised(matter=matter.id):
            return proposed_words(event.proposal.level, event.proposal.term)
        case MatterCorrected(matter=matter.id, reason=reason):
            return f"纠正，{proposed_words(event.proposal.level, event.proposal.term)}；理由：{reason}"
        case MatterReturned(matter=matter.id, reason=reason):
            return f"退回：{reason}"
        case MatterDeclined(matter=matter.id, reason=reason):
            return f"不予定密：{reason}"
        case MatterApproved(determination) if determination.id == matter.id:
            return f"批准：{determination.mark.text}"
        case DraftChanged(matter=matter.id, lapses=lapses):
            return "内容已改动" + ("，退回拟定" if lapses else "")
        case AttemptRefused(subject=matter.id, rules=rules):
            return f"办理被拒绝（{'、'.join(rules)}）"
        case Stamped(determination=matter.id):
            return "加盖标志"
        case CopiesAllocated(determination=matter.id, count=count):
            return f"编份号 {count} 份"
        case ConsentRecorded(digest=matter.digest, consent=consent):
            return f"{consent.kind.value}（{consent.by}，{consent.document}）"
        case _:
            return _step_words(entry, matter)


def _step_words(entry: Entry, matter: Matter) -> str:
    match entry.event:
        case OpinionGiven(matter=matter.id, opinion=opinion):
            return f"{opinion.step}{'同意' if opinion.agrees else '不同意'}：{opinion.words}"
        case MatterReported(matter=matter.id, report=report):
            return f"作为{report.kind.value}报{report.addressee}"
        case ReportAnswered(matter=matter.id, answer=answer):
            decided = "不属于国家秘密" if answer.level is None else proposed_words(answer.level, answer.term)
            return f"{answer.by}答复（{answer.document}）：{decided.removeprefix('拟定密级：')}"
        case ChangeDrafted(matter=matter.id, drafted=drafted):
            return f"拟办：{_drafted(drafted)}；理由：{drafted.reason}"
        case MatterChanged(kind, determination, reason=reason) if determination.id == matter.id:
            return f"{kind.value}：{determination.mark.text}；理由：{reason}"
        case MatterDeclassified(matter=matter.id, ending=ending, reason=reason):
            return ending.value + (f"：{reason}" if reason else "")
        case MatterReviewed(matter=matter.id, review=review):
            return f"审核：{review.result}"
        case NoticeGiven(matter=matter.id, notice=notice):
            return f"{notice.subject}已书面通知{notice.recipient}" + (
                f"（{notice.document}）" if notice.document else ""
            )
        case KnowerLogged(matter=matter.id, knower=knower):
            return f"知悉：{knower.name}" + (f"（{knower.unit}）" if knower.unit else "")
        case SheetAttached(matter=matter.id, attachment=attachment):
            whose = f"第 {attachment.event} 步的" if attachment.event else ""
            return f"附{whose}{attachment.what}：{attachment.name}（SHA-256 {attachment.sha256[:16]}…）"
        case _:
            return ""


def _drafted(drafted: Drafted) -> str:
    if drafted.ending is not None:
        return drafted.ending.value
    mark = "" if drafted.mark is None else drafted.mark.text
    return f"变更为{mark}" + (f"，知悉范围{drafted.access_scope}" if drafted.access_scope else "")
