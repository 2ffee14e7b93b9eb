"""What is due: followed sources, reviews, ends, reports, notices (`determination due`), and what is locked until then.

A derivative is locked (DRV-7) while one of its sources is not as it was when the derivative was decided, and while the
unit's own decision behind one of its sources is locked itself: so a change reaches every hop.  Changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markpipe.classify.case import Record
from markpipe.classify.lifecycle import Standing
from markpipe.classify.rulebook.table import RULES
from markpipe.classify.sourcing import outdated
from markpipe.model.classification import Condition, Level, anniversary, date_label
from markpipe.model.decision import Proposal, Source
from markpipe.model.procedure import ReportKind

MARKABLE = (".pdf", ".docx")
CANNOT_MARK = "无法标志"
SCOPE_NOTICE = "知悉范围"


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do about a matter: which rule asks for it, by when (None: at once), and whether it locks."""

    matter: str
    name: str
    rule: str
    message: str
    by: dt.date | None = None
    locks: bool = False

    @property
    def article(self) -> str:
        """The article of its rule."""
        return RULES[self.rule].article


@dataclass(frozen=True, slots=True)
class Kept:
    """A determined matter with what was done about it since.

    `noticed` are the subjects of its notices, `waiting` the recipients of a change who were not told yet, `knowers`
    whether anybody was logged.
    """

    standing: Standing
    reviewed_on: dt.date | None = None
    noticed: frozenset[str] = frozenset()
    waiting: tuple[str, ...] = ()
    knowers: bool = False

    @property
    def id(self) -> str:
        """The number of the matter."""
        return self.standing.determination.id


@dataclass(frozen=True, slots=True)
class Pending:
    """A proposed matter that waits for somebody outside: its reports, and whether the unit lacks the authority."""

    id: str
    proposal: Proposal
    record: Record
    lacks_authority: bool


def locks(kept: Sequence[Kept], sources: Mapping[str, Source]) -> Mapping[str, tuple[str, ...]]:
    """Why each locked matter is locked; matters that are not locked are left out.

    `sources` are those in force, by id; `Source.determination` names the own decision behind one.
    """
    by_id = {one.id: one for one in kept}
    found: dict[str, tuple[str, ...]] = {}
    for one in kept:
        direct = tuple(_changed(one, sources))
        if direct:
            found[one.id] = direct
    grown = True
    while grown:
        grown = False
        for one in kept:
            above = _above(one, sources)
            behind = [parent for parent in above if parent in found and parent in by_id and parent != one.id]
            if behind and one.id not in found:
                found[one.id] = tuple(f"来源所据的 {parent} 尚未随其来源办理" for parent in behind)
                grown = True
    return found


def _changed(one: Kept, sources: Mapping[str, Source]) -> Iterator[str]:
    for derivation in one.standing.proposal.derivations:
        now = sources.get(derivation.source.id)
        if now is not None and outdated(derivation.source, now):
            what = "已解密" if now.declassified_on is not None else f"已变更为“{now.mark.text}”"
            yield f"来源{now.id}{what}（原为“{derivation.source.mark.text}”）"


def _above(one: Kept, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """The own decisions behind a matter's sources."""
    names = [sources.get(each.source.id, each.source).determination for each in one.standing.proposal.derivations]
    return tuple(dict.fromkeys(name for name in names if name))


def tasks(
    kept: Sequence[Kept],
    pending: Sequence[Pending],
    sources: Mapping[str, Source],
    on: dt.date,
    within: int,
    review_months: int = 12,
) -> tuple[Task, ...]:
    """Everything that is due on a day or within so many days, what locks first, then by date."""
    locked = locks(kept, sources)
    found = [task for one in kept for task in _of_kept(one, locked, on, within, review_months)]
    found += [task for one in pending for task in _of_pending(one)]
    return tuple(sorted(found, key=lambda task: (not task.locks, task.by or dt.date.min, task.matter, task.rule)))


def _of_kept(
    one: Kept, locked: Mapping[str, tuple[str, ...]], on: dt.date, within: int, review_months: int
) -> Iterator[Task]:
    determination = one.standing.determination
    name, level = determination.name, determination.mark.level
    horizon = on + dt.timedelta(days=within)
    if one.id in locked:
        reasons = "；".join(locked[one.id])
        yield Task(one.id, name, "DRV-7", f"{reasons}：随之变更或者解密，办完之前不得加盖、制作", None, locks=True)
    end = one.standing.end
    if end is not None and end.passed(on):
        yield Task(one.id, name, "DCL-1", f"期限已于{end.label}届满，自行解密；登记后另行审查能否公开", end.date)
    elif end is not None and end.date is not None and end.date <= horizon:
        yield Task(one.id, name, "REV-1", f"{end.label}届满：届满前审核，需要延长的须在此之前决定并送达通知", end.date)
    if isinstance(determination.mark.term, Condition):
        yield Task(one.id, name, "TRM-5", f"解密条件“{determination.mark.term.text}”是否成就，由人确认")
    last = one.reviewed_on or determination.decided_on
    review = anniversary(last, months=review_months)
    if review <= horizon and not (end is not None and end.passed(on)):
        yield Task(one.id, name, "REV-1", f"上次审核{date_label(last)}，应定期审核密级、期限和知悉范围", review)
    if level >= Level.JIMI and not one.knowers:
        yield Task(one.id, name, "REC-2", "机密级以上，还没有登记接触、知悉的人员")
    if not name.lower().endswith(MARKABLE) and CANNOT_MARK not in one.noticed:
        yield Task(one.id, name, "MRK-6", "载体不能加盖标志，还没有书面通知")
    if not determination.access_scope and SCOPE_NOTICE not in one.noticed:
        yield Task(one.id, name, "MRK-7", "没有写知悉范围，须标明或者书面通知")
    for recipient in one.waiting:
        yield Task(one.id, name, "CHG-1", f"变更或者解密还没有书面通知{recipient}")


def _of_pending(one: Pending) -> Iterator[Task]:
    report, name = one.record.open_report(), one.proposal.name
    if report is not None:
        rule = {ReportKind.NO_AUTHORITY: "AUTH-1", ReportKind.UNCERTAIN: "UNC-1", ReportKind.DISPUTE: "DSP-1"}[
            report.kind
        ]
        due = "" if report.due_on is not None else "（没有当年的工作日安排，期限请自行核算）"
        words = f"{report.kind.value}已拟报{report.addressee}{due if rule == 'UNC-1' else ''}，等待答复，按拟定密级保护"
        yield Task(one.id, name, rule, words, report.due_on)
    elif one.lacks_authority and not one.record.reports:
        yield Task(one.id, name, "AUTH-1", "没有原始定密权，应立即报请有权限的机关、单位确定，先按拟定密级保护")
