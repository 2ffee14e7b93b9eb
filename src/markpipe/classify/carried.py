"""What one source hands on: the whole of it, or the 密点 touched, each with its level and end.

::

    source 绝密★30年 ── touched: none ──────────▶ Item(绝密, end of the source)
                     ── touched: 秘密★5年, 机密 ─▶ Item(秘密, 5 years from the source), Item(机密, end of the source)

Several sources are put together in `classify.derive`.  Messages name a source by its id or number and never by its
title: a title may itself be secret.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from markpipe.classify.rulebook.table import RULES, violation
from markpipe.classify.terms import End, end_of, latest, longest, over_maximum, without_its_day
from markpipe.errors import UsageError
from markpipe.model.classification import Duration, Level, Mark, Term, Until, date_label
from markpipe.model.decision import Derivation, Source, Violation


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a result is what it is: rule id, article, and one Chinese sentence."""

    rule: str
    article: str
    text: str


class State(Enum):
    """Whether an item still binds what derives from it."""

    CARRIES = auto()
    FREE = auto()
    UNDATED = auto()  # it binds, but nobody knows until when
    UNCONFIRMED = auto()  # only the statutory default has passed: free or extended, nobody has recorded which


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a draft carries over: a whole source, or a 密点 of it.

    `end` is None where it cannot be known; `why` says where the level comes from; `notice` what a person must settle
    where `state` is UNDATED or UNCONFIRMED.
    """

    label: str
    level: Level
    end: End | None
    state: State
    access_scope: str
    why: str
    notice: str = ""


@dataclass(slots=True)
class Notes:
    """Collects what is said on the way; each sentence once, in the order of its first saying."""

    because: dict[Reason, None] = field(default_factory=dict)
    violations: dict[Violation, None] = field(default_factory=dict)
    warnings: dict[Violation, None] = field(default_factory=dict)

    def reason(self, rule: str, text: str) -> None:
        """Add a reason for the result."""
        self.because[Reason(rule, RULES[rule].article, text)] = None

    def wrong(self, rule: str, text: str) -> None:
        """Add a violation of somebody's source."""
        self.violations[violation(rule, text)] = None

    def warn(self, rule: str, text: str) -> None:
        """Add something to look into."""
        self.warnings[violation(rule, text)] = None


@dataclass(frozen=True, slots=True)
class _Case:
    """One source as one draft of that 制发日 meets it."""

    label: str
    source: Source
    issued_on: dt.date
    notes: Notes
    set_aside: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class _Terms:
    """The terms that give an end, and whether they are only the statutory default."""

    terms: tuple[Term, ...]
    assumed: bool = False


def items_of(
    number: int, derivation: Derivation, issued_on: dt.date, notes: Notes, set_aside: Collection[str] = ()
) -> tuple[Item, ...]:
    """What a draft carries over from one source (`number` counts from 1 and names it where it has no id).

    `UsageError` where a term runs past the calendar.
    """
    source = derivation.source
    case = _Case(f"来源{source.id or number}", source, issued_on, notes, set_aside)
    if source.issued_on is not None and source.issued_on > issued_on:
        dates = f"制发日{date_label(source.issued_on)}晚于本稿制发日{date_label(issued_on)}"
        notes.warn("TRM-4", f"{case.label}的{dates}，请核对日期")
    if source.declassified_on is not None and source.declassified_on <= issued_on:
        freed = date_label(source.declassified_on)
        notes.reason("DCL-1", f"{case.label}已由原定密机关自{freed}起解密，本稿制发时不再派生密级")
        return (Item(case.label, source.mark.level, None, State.FREE, source.access_scope, ""),)
    try:
        for term in _stated(source).terms:
            _check_length(case, Mark(source.mark.level, term), "")
        if not derivation.touched:
            level = source.mark.level
            return (_by_whole(case, level, f"{case.label}没有指明所涉密点，密级随整件：{level.label}"),)
        return tuple(_point(case, point) for point in derivation.touched)
    except UsageError as error:
        raise UsageError(f"{case.label}：{error.message}", error.remedy) from None


def _check_length(case: _Case, mark: Mark, what: str) -> None:
    """A term over the maximum is the source's mistake.  The derivative follows it all the same."""
    if mark.term is not None and over_maximum(mark.level, mark.term, case.source.starts_on):
        limit = f"{mark.level.label}的最长期限{mark.level.longest_years}年"
        case.notes.wrong("TRM-1", f"{case.label}{what}的“{mark.text}”超过{limit}（保密事项范围另有规定的除外）")


def _stated(source: Source) -> _Terms:
    """The terms that the mark and a written notice give (two where they differ), else the statutory default."""
    terms = tuple(dict.fromkeys(term for term in (source.mark.term, source.notice) if term is not None))
    return _Terms(terms) if terms else _Terms((longest(source.mark.level),), assumed=True)


def _end(terms: tuple[Term, ...], start: dt.date | None) -> End | None:
    """The latest end of the terms; None where one of them cannot be known."""
    ends = [_one_end(term, start) for term in terms]
    known = [end for end in ends if end is not None]
    return latest(known) if len(known) == len(ends) else None


def _one_end(term: Term, start: dt.date | None) -> End | None:
    match term:
        case Duration():
            return None if start is None else end_of(term, start)
        case Until(date):
            return None if start is not None and date < start else End(date)
        case _:
            return end_of(term, dt.date.min)  # a condition and 长期 do not depend on a start


def _by_whole(case: _Case, level: Level, why: str) -> Item:
    """An item that ends when the whole source does."""
    stated = _stated(case.source)
    if len(stated.terms) > 1:
        mark, notice = (f"“{term.label}”" for term in stated.terms)
        case.notes.warn(
            "CHG-2", f"{case.label}标志上的期限{mark}与书面通知的{notice}不一致，暂取较晚的，请核对通知的时间"
        )
    elif case.source.mark.term is None and not stated.assumed:
        case.notes.reason("TRM-3", f"{case.label}的标志没有期限，按书面通知的“{stated.terms[0].label}”计")
    return _item(case, level, stated, why)


def _point(case: _Case, point: Mark) -> Item:
    """A 密点 touched, by its own term or else until the source ends."""
    whole = case.source.mark.level
    if point.level > whole:
        case.notes.wrong("DRV-2", f"{case.label}的密点“{point.text}”高于整件的密级{whole.label}")
    why = f"{case.label}所涉密点为“{point.text}”，密级随密点：{point.level.label}"
    if point.term is None:
        item = _by_whole(case, point.level, why)
        date = None if item.end is None else item.end.date
        if date is not None and over_maximum(point.level, Until(date), case.source.starts_on):
            limit = f"超过{point.level.label}的最长期限{point.level.longest_years}年"
            follows = f"没有自己的期限，随整件至{date_label(date)}"
            case.notes.warn("TRM-1", f"{case.label}的密点“{point.text}”{follows}，{limit}，请向原定密机关核实")
        return item
    _check_length(case, point, "的密点")
    start = case.source.starts_on
    if _outlasts(_one_end(point.term, start), _end(_stated(case.source).terms, start)):
        case.notes.wrong("DRV-2", f"{case.label}的密点“{point.text}”的期限比整件更长")
    elif "DRV-3" in case.set_aside:
        return _by_whole(case, point.level, f"{why}；期限随整件")
    return _item(case, point.level, _Terms((point.term,)), why)


def _outlasts(point: End | None, whole: End | None) -> bool:
    """Whether a point's end is later than its document's, where the two can be ranked."""
    if point is None or whole is None or whole.indefinite:
        return False
    return point.indefinite or (point.date is not None and whole.date is not None and point.date > whole.date)


def _item(case: _Case, level: Level, stated: _Terms, why: str) -> Item:
    start, scope = case.source.starts_on, case.source.access_scope
    end = _end(stated.terms, start)
    if end is None:
        if stated.assumed:
            _say_default(case)
        return Item(case.label, level, None, State.UNDATED, scope, why, _said(start_is_known(case, stated)))
    if notice := _said(last_day_is_said(case, stated)):
        return Item(case.label, level, end, State.UNDATED, scope, why, notice)
    for term in stated.terms:
        if isinstance(term, Duration) and start is not None:
            since = "制发日" if case.source.issued_on is not None else "书面通知之日"
            last = "当日即视为届满" if "TRM-4" in case.set_aside else "当日仍受保护"
            until = f"自{since}{date_label(start)}起算，至{end_of(term, start).label}，{last}"
            case.notes.reason("TRM-4", f"{case.label}的期限{term.label}{until}")
    recorded = case.source.no_notice_on is not None and end.passed(case.source.no_notice_on, case.set_aside)
    if stated.assumed and end.passed(case.issued_on, case.set_aside) and not recorded:
        return Item(case.label, level, end, State.UNCONFIRMED, scope, why, _said(default_end_is_confirmed(case, end)))
    if stated.assumed:
        _say_default(case)
    if not end.passed(case.issued_on, case.set_aside):
        return Item(case.label, level, end, State.CARRIES, scope, why)
    case.notes.reason("DCL-1", f"{case.label}的期限已于{end.label}届满，本稿制发时已自行解密，不再派生密级")
    return Item(case.label, level, end, State.FREE, scope, why)


def _said(found: Iterator[Violation]) -> str:
    return "；".join(one.message for one in found)


def _say_default(case: _Case) -> None:
    for found in missing_term_is_the_longest(case):
        case.notes.warnings[found] = None
    if case.source.no_notice_on is not None:
        case.notes.reason("TRM-3", f"{case.label}没有标明保密期限，已登记没有书面通知，{_default(case)}")


def _default(case: _Case) -> str:
    level = case.source.mark.level
    return f"按{level.label}的最长期限{level.longest_years}年计"


def missing_term_is_the_longest(case: _Case) -> Iterator[Violation]:
    """TRM-3: a source without a term, and without a notice of one, keeps the longest of its level (定密管理规定).

    Once that is over it still binds until somebody records that there was neither a notice nor an extension.
    """
    if case.source.no_notice_on is None:
        missing = "没有标明保密期限，也没有登记书面通知"
        yield violation("TRM-3", f"{case.label}{missing}，暂{_default(case)}，请向原定密机关核实")


def default_end_is_confirmed(case: _Case, end: End) -> Iterator[Violation]:
    """TRM-3: that the longest term is over frees nothing until it is recorded that no notice and no extension exists."""
    yield violation(
        "TRM-3",
        f"{case.label}没有标明保密期限，按最长期限推算已于{end.label}届满，但届满之后没有登记“没有书面通知、"
        "没有延长”，不能视为解密；请向原定密机关核实后登记",
    )


def start_is_known(case: _Case, stated: _Terms) -> Iterator[Violation]:
    """TRM-4: a term runs from the 制发日 of its source, else from the day of the notice (保密法实施条例第十九条).

    Without either nobody knows when it is over; a date before its own start is a mistake of the source besides.
    """
    start = case.source.starts_on
    if start is not None:
        case.notes.wrong("TRM-4", f"{case.label}的解密时间早于其制发日{date_label(start)}，标志或者日期有误")
        yield violation("TRM-4", f"{case.label}的解密时间早于制发日，不知何时届满，请查明后再定期限")
        return
    lengths = "、".join(f"“{term.label}”" for term in stated.terms if isinstance(term, Duration))
    yield violation("TRM-4", f"{case.label}没有注明制发日，期限{lengths}不知何时届满，请查明制发日")


def last_day_is_said(case: _Case, stated: _Terms) -> Iterator[Violation]:
    """TRM-4: a unit that does not infer the last day of a month has it written as a date (保密法实施条例第十九条)."""
    start = case.source.starts_on
    if "TRM-4" not in case.set_aside or start is None:
        return
    for term in stated.terms:
        if without_its_day(term, start):
            yield violation(
                "TRM-4",
                f"{case.label}的期限{term.label}自{date_label(start)}起算，届满的月份没有对应日，请写明解密时间",
            )


SOURCE_RULES: tuple[Callable[..., Iterator[Violation]], ...] = (
    missing_term_is_the_longest,
    start_is_known,
    last_day_is_said,
)
"""The rules that say something of a source while an end is worked out; `classify.rules` has those about a proposal."""
