"""What is due: followed sources, reviews, ends, reports, notices (`determination due`), and what is locked until then.

Each rule is a generator of tasks, listed in `DUE_CHECKS` (decided matters), `PENDING_CHECKS` and `SOURCE_CHECKS`.

A derivative is locked (DRV-7) while one of its sources is not as it was when the derivative was decided, and while the
unit's own decision behind one of its sources is locked itself: so a change reaches every hop.  Changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markpipe.classify.case import Record
from markpipe.classify.lifecycle import Standing
from markpipe.classify.rulebook.table import RULES
from markpipe.classify.sourcing import outdated
from markpipe.classify.terms import End, end_of
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
class Received:
    """An extension of a source that arrived on `on`, after its protection had ended; `settled` once the originator said
    whether it holds."""

    source: str
    ended_on: dt.date
    on: dt.date
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """A proposed matter that waits for somebody outside: its reports, and why it has to be reported.

    `lacks_authority`: the unit may not decide it; `unlisted`: no range lists it (不明确).  `report_by` is the tenth
    working day after it was drawn up, `answer_by` the tenth after its last report; None where the year's working days
    are not known.
    """

    id: str
    proposal: Proposal
    record: Record
    lacks_authority: bool
    unlisted: bool = False
    report_by: dt.date | None = None
    answer_by: dt.date | None = None


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


@dataclass(frozen=True, slots=True)
class Due:
    """A decided matter with the day, how far ahead is looked, and what locks it."""

    kept: Kept
    on: dt.date
    within: int
    review_months: int
    locked: tuple[str, ...] = ()
    set_aside: Collection[str] = ()

    @property
    def horizon(self) -> dt.date:
        """The last day that is looked at."""
        return self.on + dt.timedelta(days=self.within)

    @property
    def end(self) -> End | None:
        """When protection ends."""
        return self.kept.standing.end

    @property
    def over(self) -> bool:
        """Whether it has ended by itself."""
        return self.end is not None and self.end.passed(self.on, self.set_aside)

    def task(self, rule: str, message: str, by: dt.date | None = None, *, locks: bool = False) -> Task:
        """A task about the matter."""
        return Task(self.kept.id, self.kept.standing.determination.name, rule, message, by, locks)


def sources_are_followed(due: Due) -> Iterator[Task]:
    """DRV-7: a derivative whose source was changed follows it, and is locked until then (派生国家秘密定密管理暂行办法)."""
    if due.locked:
        reasons = "；".join(due.locked)
        yield due.task("DRV-7", f"{reasons}：随之变更或者解密，办完之前不得加盖、制作", locks=True)


def ended_matter_is_recorded(due: Due) -> Iterator[Task]:
    """DCL-1: a matter that is over is free by itself; that it is gets recorded (保密法第二十四条)."""
    if due.end is not None and due.over:
        yield due.task("DCL-1", f"期限已于{due.end.label}届满，自行解密；登记后另行审查能否公开", due.end.date)


def matter_is_reviewed(due: Due) -> Iterator[Task]:
    """REV-1: every matter is reviewed every year and before it ends (保密法第二十四条、国家秘密解密暂行办法第四条)."""
    if due.over:
        return
    if due.end is not None and due.end.date is not None and due.end.date <= due.horizon:
        words = f"{due.end.label}届满：届满前审核，需要延长的须在此之前决定并送达通知"
        yield due.task("REV-1", words, due.end.date)
    last = due.kept.reviewed_on or due.kept.standing.determination.decided_on
    review = anniversary(last, months=due.review_months)
    if review <= due.horizon:
        yield due.task("REV-1", f"上次审核{date_label(last)}，应定期审核密级、期限和知悉范围", review)


def condition_is_confirmed(due: Due) -> Iterator[Task]:
    """TRM-5: whether a condition is met, a person says (定密管理规定)."""
    term = due.kept.standing.determination.mark.term
    if isinstance(term, Condition):
        yield due.task("TRM-5", f"解密条件“{term.text}”是否成就，由人确认")


def knowers_are_logged(due: Due) -> Iterator[Task]:
    """REC-2: everybody who knows a matter of 机密 or above is logged (保密法实施条例第二十条)."""
    if due.kept.standing.determination.mark.level >= Level.JIMI and not due.kept.knowers:
        yield due.task("REC-2", "机密级以上，还没有登记接触、知悉的人员")


def carrier_without_mark_is_told(due: Due) -> Iterator[Task]:
    """MRK-6: what cannot bear a mark is told in writing (保密法实施条例第二十一条)."""
    markable = due.kept.standing.determination.name.lower().endswith(MARKABLE)
    if not markable and CANNOT_MARK not in due.kept.noticed:
        yield due.task("MRK-6", "载体不能加盖标志，还没有书面通知")


def scope_is_marked_or_told(due: Due) -> Iterator[Task]:
    """MRK-7: the access scope stands on the carrier or is told in writing (定密管理规定)."""
    if not due.kept.standing.determination.access_scope and SCOPE_NOTICE not in due.kept.noticed:
        yield due.task("MRK-7", "没有写知悉范围，须标明或者书面通知")


def change_is_told(due: Due) -> Iterator[Task]:
    """CHG-1: everybody within the scope and every holder is told of a change or an end (保密法第二十三条)."""
    for recipient in due.kept.waiting:
        yield due.task("CHG-1", f"变更或者解密还没有书面通知{recipient}")


DueCheck = Callable[[Due], Iterator[Task]]
DUE_CHECKS: tuple[DueCheck, ...] = (
    sources_are_followed,
    ended_matter_is_recorded,
    matter_is_reviewed,
    condition_is_confirmed,
    knowers_are_logged,
    carrier_without_mark_is_told,
    scope_is_marked_or_told,
    change_is_told,
)


def matter_beyond_authority_is_put_forward(one: Pending) -> Iterator[Task]:
    """AUTH-1: without the authority a matter is protected and at once put before who has it (定密管理规定第十一条)."""
    if one.lacks_authority and not one.record.reports:
        words = "没有原始定密权，应立即报请有权限的机关、单位确定，先按拟定密级保护"
        yield Task(one.id, one.proposal.name, "AUTH-1", words)
    yield from _waiting(one, ReportKind.NO_AUTHORITY, "AUTH-1")


def uncertain_matter_is_reported_in_time(one: Pending) -> Iterator[Task]:
    """UNC-1: what is uncertain is reported within ten working days of its drafting (保密法实施条例第二十五条)."""
    if one.unlisted and not one.lacks_authority and not one.record.reports:
        undated = "" if one.report_by else _UNDATED
        words = f"范围没有列明；认为符合国家秘密条件的，自拟定之日起十个工作日内{undated}报请确定，先按拟定密级保护"
        yield Task(one.id, one.proposal.name, "UNC-1", words, one.report_by)
    yield from _waiting(one, ReportKind.UNCERTAIN, "UNC-1", one.answer_by)


def dispute_is_decided(one: Pending) -> Iterator[Task]:
    """DSP-1: until a dispute is decided the highest claim holds (保密法实施条例第二十六条)."""
    yield from _waiting(one, ReportKind.DISPUTE, "DSP-1")


_UNDATED = "（没有当年的工作日安排，期限请自行核算）"


def _waiting(one: Pending, kind: ReportKind, rule: str, by: dt.date | None = None) -> Iterator[Task]:
    """A report without an answer; what is uncertain is to be answered within ten working days."""
    report = one.record.open_report()
    if report is None or report.kind is not kind:
        return
    until = f"，应在十个工作日内答复{'' if by else _UNDATED}" if kind is ReportKind.UNCERTAIN else ""
    kept = f"所主张的最高密级{report.level.label}" if kind is ReportKind.DISPUTE and report.level else "拟定密级"
    words = f"{kind.value}已报{report.addressee}{until}，答复之前按{kept}保护"
    yield Task(one.id, one.proposal.name, rule, words, by)


PendingCheck = Callable[[Pending], Iterator[Task]]
PENDING_CHECKS: tuple[PendingCheck, ...] = (
    matter_beyond_authority_is_put_forward,
    uncertain_matter_is_reported_in_time,
    dispute_is_decided,
)


def late_extension_is_settled(received: Received) -> Iterator[Task]:
    """CHG-2: an extension that arrives after the old end is raised to the officer (保密法第二十四条)."""
    if not received.settled:
        late = f"原期限已于{date_label(received.ended_on)}届满，{date_label(received.on)}才收到延长通知"
        words = f"{late}，向原定密机关核实后登记（source settle），核实之前按新通知保护"
        yield Task(received.source, f"来源{received.source}", "CHG-2", words)


SourceCheck = Callable[[Received], Iterator[Task]]
SOURCE_CHECKS: tuple[SourceCheck, ...] = (late_extension_is_settled,)


def ended_before(
    before: Source, after: Source, received_on: dt.date, set_aside: Collection[str] = ()
) -> dt.date | None:
    """The day on which protection had ended where a notice that prolongs it came too late (T11); None: in time."""
    old, new = _end_of(before), _end_of(after)
    if old is None or new is None or not old.passed(received_on, set_aside) or new == old or not new.covers(old):
        return None
    return old.date


def _end_of(source: Source) -> End | None:
    if source.mark.term is None or source.starts_on is None:
        return None
    return end_of(source.mark.term, source.starts_on)


def tasks(
    kept: Sequence[Kept],
    pending: Sequence[Pending],
    sources: Mapping[str, Source],
    on: dt.date,
    within: int,
    review_months: int = 12,
    received: Sequence[Received] = (),
    set_aside: Collection[str] = (),
) -> tuple[Task, ...]:
    """Everything that is due on a day or within so many days, what locks first, then by date."""
    locked = locks(kept, sources)
    matters = [Due(one, on, within, review_months, locked.get(one.id, ()), set_aside) for one in kept]
    found = [task for one in matters for rule in DUE_CHECKS for task in rule(one)]
    found += [task for one in pending for rule in PENDING_CHECKS for task in rule(one)]
    found += [task for one in received for rule in SOURCE_CHECKS for task in rule(one)]
    return in_order(found)


def in_order(found: Iterable[Task]) -> tuple[Task, ...]:
    """Tasks as they are listed: what locks first, then by date, what is to be done at once before it."""
    return tuple(sorted(found, key=lambda task: (not task.locks, task.by or dt.date.min, task.matter, task.rule)))
