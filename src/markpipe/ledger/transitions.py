"""Whether something may happen now, and as which event: pure functions of the rows that matter.

Each answers with the events to append (none where the same thing was done before) or raises: `RefusedError` where
the state of a matter forbids it, `UsageError` where a number names nothing.  The law itself (who may approve what) is
`classify`'s; here is only what keeps the register consistent.  Nothing here reads or writes a table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from markpipe.errors import RefusedError, UsageError
from markpipe.ledger.codec import DETERMINATION, SOURCE, text_of
from markpipe.ledger.events import (
    CitationAnswered,
    CopyMade,
    CopyVoided,
    DraftChanged,
    Event,
    MatterApproved,
    MatterCorrected,
    MatterDeclined,
    MatterProposed,
    MatterReturned,
    MatterRevised,
    NoNoticeRecorded,
    SourceAdded,
    SourceRemoved,
)
from markpipe.ledger.fold import Row, offer_digest
from markpipe.model.carrier import CopyState, serial_label
from markpipe.model.decision import Decision, Determination, Proposal, Source

Events = tuple[Event, ...]
_OPEN = (Decision.PROPOSED.name, Decision.RETURNED.name)
_DECIDED = (Decision.APPROVED.name, Decision.DECLASSIFIED.name)


def add_source(source: Source, fingerprint: str, alike: Row | None, next_id: str) -> Events:
    """Register a source; `alike` is the source with its id, or one in force of the same file or document.

    A source without an id gets `next_id`.  The same again changes nothing; another description of the same document
    is refused, for two levels of one document cannot both be right.
    """
    if alike is None:
        return (SourceAdded(replace(source, id=source.id or next_id), fingerprint),)
    known = str(alike["id"])
    if alike["removed"]:
        raise RefusedError(f"来源编号 {known} 用过并已注销", "编号不重复使用，请另给一个编号")
    described = text_of(SOURCE, replace(source, id=known, no_notice_on=None))
    if described != str(alike["source"]) or fingerprint != str(alike["fingerprint"]):
        raise RefusedError(
            f"该来源已登记为 {known}，这次给出的内容与登记的不同",
            f"请用 source show {known} 核对；登记有误的先 source remove {known} 再登记",
        )
    return ()


def remove_source(source_id: str, row: Row | None, reason: str) -> Events:
    """Take a source out; doing it twice changes nothing."""
    if row is None:
        raise UsageError(f"台账里没有来源 {source_id}", "用 source list 查看已登记的来源")
    if row["removed"]:
        return ()
    return (SourceRemoved(source_id, needed(reason, "注销来源")),)


def record_no_notice(source_id: str, row: Row | None, on: dt.date, reason: str) -> Events:
    """Record that no notice of a term and no extension was found for a source."""
    if row is None or row["removed"]:
        raise UsageError(f"台账里没有来源 {source_id}", "用 source list 查看已登记的来源")
    if row["no_notice_on"] == on.isoformat():
        return ()
    return (NoNoticeRecorded(source_id, on, needed(reason, "记录未收到通知")),)


def answer_citation(answered: CitationAnswered, row: Row | None, person: str) -> Events:
    """Record a handler's answer; the same answer by the same person again changes nothing."""
    needed(answered.reason, "答复引用")
    if not answered.answer.strip():
        raise UsageError("没有给出对引用的答复", "请写明“未涉及内容”等答复")
    same = row is not None and (row["answer"], row["reason"], row["person"]) == (
        answered.answer,
        answered.reason,
        person,
    )
    return () if same else (answered,)


def propose(proposal: Proposal, live: Row | None, others: Sequence[tuple[Row, bool]], next_id: str) -> Events:
    """Put a draft before the officer.

    `live` is the matter of the same bytes under the same name, unless it lapsed; `others` are the matters of other
    bytes under that name, each with whether copies of it were made.  Those of them that are still open lapse, and an
    approved one without copies: its draft was changed.  What was approved is not proposed again.
    """
    events: list[Event] = [
        DraftChanged(str(row["id"]), proposal.digest, lapses=True)
        for row, has_copies in others
        if row["decision"] in _OPEN or (row["decision"] == Decision.APPROVED.name and not has_copies)
    ]
    if live is None:
        events.append(MatterProposed(next_id, proposal))
    elif live["offered"] != offer_digest(proposal) and live["decision"] not in _DECIDED:
        events.append(MatterRevised(str(live["id"]), proposal))
    return tuple(events)


def approve(determination: Determination, row: Row | None) -> Events:
    """Let a determination take effect: it must fit what stands before the officer, to the level and term."""
    row = known_matter(determination.id, row)
    if row["decision"] == Decision.APPROVED.name:
        if text_of(DETERMINATION, determination) == row["determination"]:
            return ()
        raise RefusedError(f"{determination.id} 已经定密，不能再次审批", "如需变更，请走密级变更程序")
    _require(row, (Decision.PROPOSED.name,), "审批")
    if determination.digest != row["digest"]:
        raise RefusedError(f"{determination.id} 的审批与拟定的文件内容不一致", "文件已改动的，请重新拟定")
    return (MatterApproved(determination),)


def correct(matter: str, row: Row | None, proposal: Proposal, reason: str) -> Events:
    """纠正 what was proposed, before approval."""
    row = known_matter(matter, row)
    _require(row, (Decision.PROPOSED.name,), "纠正")
    if proposal.digest != row["digest"] or proposal.name != row["name"]:
        raise RefusedError(f"{matter} 的纠正与拟定的文件内容不一致", "文件已改动的，请重新拟定")
    return (MatterCorrected(matter, proposal, needed(reason, "纠正")),)


def give_back(matter: str, row: Row | None, reason: str) -> Events:
    """退回 to the handler."""
    row = known_matter(matter, row)
    if (row["decision"], row["reason"]) == (Decision.RETURNED.name, reason):
        return ()
    _require(row, (Decision.PROPOSED.name,), "退回")
    return (MatterReturned(matter, needed(reason, "退回")),)


def decline(matter: str, row: Row | None, reason: str) -> Events:
    """不予定密."""
    row = known_matter(matter, row)
    if (row["decision"], row["reason"]) == (Decision.DECLINED.name, reason):
        return ()
    _require(row, _OPEN, "不予定密")
    return (MatterDeclined(matter, needed(reason, "不予定密")),)


def lapse(matter: str, row: Row | None, new_digest: str, *, has_copies: bool) -> Events:
    """Note that the draft of a matter was found changed; it goes back to 拟定 unless copies of it were made."""
    row = known_matter(matter, row)
    if row["decision"] == Decision.LAPSED.name or new_digest == row["digest"]:
        return ()
    final = (Decision.DECLINED.name, Decision.DECLASSIFIED.name)
    lapses = not has_copies and row["decision"] not in final
    return (DraftChanged(matter, new_digest, lapses),)


def made(event: CopyMade, row: Row | None) -> Events:
    """Record that a copy was made; the same file again changes nothing, another one is refused."""
    row = known_copy(event.determination, event.serial, row)
    if row["state"] == CopyState.MADE.name and row["sha256"] == event.sha256:
        return ()
    if row["state"] != CopyState.ALLOCATED.name:
        raise RefusedError(
            f"{event.determination} 的份号 {serial_label(event.serial)} 已登记为{CopyState[str(row['state'])].value}",
            "一个份号只制作一份；补制请用 --reissue 另编份号",
            rules=("SER-1",),
        )
    return (event,)


def void(determination: str, serial: int, row: Row | None, reason: str) -> Events:
    """作废: the number stays used."""
    row = known_copy(determination, serial, row)
    if row["state"] == CopyState.VOIDED.name:
        return ()
    return (CopyVoided(determination, serial, needed(reason, "作废")),)


def known_matter(matter: str, row: Row | None) -> Row:
    """The row, or `UsageError` where the number names nothing."""
    if row is None:
        raise UsageError(f"台账里没有 {matter}", "用 determination list 查看编号")
    return row


def approved_matter(matter: str, row: Row | None, what: str) -> Row:
    """The row of a determination in force; `RefusedError` where it is none."""
    row = known_matter(matter, row)
    _require(row, (Decision.APPROVED.name,), what)
    return row


def known_copy(determination: str, serial: int, row: Row | None) -> Row:
    """The row, or `UsageError` where the number names nothing."""
    if row is None:
        raise UsageError(f"{determination} 没有份号 {serial}", f"用 copies status {determination} 查看各份")
    return row


def needed(reason: str, what: str) -> str:
    """The reason, or `UsageError` where it is empty."""
    if not reason.strip():
        raise UsageError(f"{what}必须写明理由", "用 --reason 给出理由")
    return reason


def _require(row: Row, allowed: Sequence[str], what: str) -> None:
    if row["decision"] not in allowed:
        stands = Decision[str(row["decision"])].value
        words = "、".join(Decision[name].value for name in allowed)
        raise RefusedError(f"{row['id']} 现为“{stands}”，不能{what}", f"须为“{words}”的事项才能{what}")
