"""What one source hands on: the whole of it, or the 密点 touched, each with its level and end.

::

    source 绝密★30年 ── touched: none ──────────▶ Item(绝密, end of the source)
                     ── touched: 秘密★5年, 机密 ─▶ Item(秘密, 5 years from the source), Item(机密, end of the source)

Several sources are put together in `classify.derive`.  Messages name a source by its id or number and never by its
title: a title may itself be secret.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import Enum, auto

from markpipe.classify.rulebook.table import RULES, violation
from markpipe.classify.terms import End, end_of, latest, longest, over_maximum
from markpipe.errors import UsageError
from markpipe.model.classification import Duration, Indefinite, Level, Mark, Term, Until, date_label
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
    """One thing that a draft carries over.  `end` is None where it cannot be known."""

    label: str
    level: Level
    end: End | None
    state: State
    access_scope: str = ""
    notice: str = ""  # what a person must settle where `state` is UNDATED or UNCONFIRMED


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
class _Whole:
    """The end of a whole source: None where its start is not known; `assumed` where only the default gives it."""

    end: End | None
    assumed: bool


def items_of(number: int, derivation: Derivation, issued_on: dt.date, notes: Notes) -> tuple[Item, ...]:
    """What a draft of that 制发日 carries over from one source (`number` counts from 1 and is used where it has no id).

    `UsageError` where a term runs past the calendar.
    """
    source = derivation.source
    label = f"来源{source.id or number}"
    if source.issued_on is not None and source.issued_on > issued_on:
        notes.warn(
            "TRM-4",
            f"{label}的制发日{date_label(source.issued_on)}晚于本稿制发日{date_label(issued_on)}，请核对日期",
        )
    try:
        _check_terms(label, source, notes)
        if not derivation.touched:
            return (_whole_item(label, source, issued_on, notes),)
        return tuple(_point_item(label, source, point, issued_on, notes) for point in derivation.touched)
    except UsageError as error:
        raise UsageError(f"{label}：{error.message}", error.remedy) from None


def _check_terms(label: str, source: Source, notes: Notes) -> None:
    """The source's own mistakes.  The derivative follows the source all the same."""
    for term in _stated(source):
        if over_maximum(source.mark.level, term, source.issued_on):
            _over_long(label, Mark(source.mark.level, term), notes)


def _over_long(label: str, mark: Mark, notes: Notes) -> None:
    notes.wrong(
        "TRM-1",
        f"{label}的“{mark.text}”超过{mark.level.label}的最长期限{mark.level.longest_years}年，除非保密事项范围另有规定；"
        "请向原定密机关提出，在其纠正之前仍随其期限",
    )


def _stated(source: Source) -> tuple[Term, ...]:
    """The terms that the mark and a written notice give: none, one, or two that differ."""
    return tuple(dict.fromkeys(term for term in (source.mark.term, source.notice) if term is not None))


def _whole_end(source: Source) -> _Whole:
    """The end by the marked term, the noticed one, or the statutory default; of two that differ, the later."""
    terms = _stated(source)
    ends = [_end(term, source.issued_on) for term in terms or (longest(source.mark.level),)]
    known = [end for end in ends if end is not None]
    return _Whole(latest(known) if len(known) == len(ends) else None, assumed=not terms)


def _end(term: Term, start: dt.date | None) -> End | None:
    match term, start:
        case Until(date), _:
            return None if start is not None and date < start else End(date)
        case Duration(), None:
            return None
        case _, None:
            return end_of(term, dt.date.min)  # a condition and 长期 do not depend on a start
        case _, _:
            return end_of(term, start)


def _whole_item(label: str, source: Source, issued_on: dt.date, notes: Notes) -> Item:
    notes.reason("DRV-2", f"{label}没有指明所涉密点，密级随整件：{source.mark.level.label}")
    return _by_whole(label, source, source.mark.level, issued_on, notes)


def _by_whole(label: str, source: Source, level: Level, issued_on: dt.date, notes: Notes) -> Item:
    """An item that ends when the whole source does."""
    whole = _whole_end(source)
    terms = _stated(source)
    if whole.assumed:
        _warn_default(label, source, notes)
    elif len(terms) > 1:
        notes.warn(
            "CHG-2",
            f"{label}标志上的期限“{terms[0].label}”与书面通知的“{terms[1].label}”不一致，暂取较晚的，请核对通知的时间",
        )
    elif source.mark.term is None:
        notes.reason("TRM-3", f"{label}的标志没有期限，按书面通知的“{terms[0].label}”计")
    return _item(label, source, level, terms or (longest(source.mark.level),), whole, issued_on, notes)


def _warn_default(label: str, source: Source, notes: Notes) -> None:
    level = source.mark.level
    default = f"按{level.label}的最长期限{level.longest_years}年计"
    if source.no_notice_on is None:
        notes.warn("TRM-3", f"{label}没有标明保密期限，也没有登记书面通知，暂{default}，请向原定密机关核实")
    else:
        notes.reason("TRM-3", f"{label}没有标明保密期限，已登记没有书面通知，{default}")


def _point_item(label: str, source: Source, point: Mark, issued_on: dt.date, notes: Notes) -> Item:
    if point.level > source.mark.level:
        notes.wrong("DRV-2", f"{label}的密点“{point.text}”高于整件的密级{source.mark.level.label}，请向原定密机关提出")
    notes.reason("DRV-2", f"{label}所涉密点为“{point.text}”，密级随密点：{point.level.label}")
    if point.term is None:
        item = _by_whole(label, source, point.level, issued_on, notes)
        if item.end is not None and item.end.date and _over(point.level, item.end.date, source.issued_on):
            notes.warn(
                "TRM-1",
                f"{label}的密点“{point.text}”没有自己的期限，随整件至{item.end.label}，"
                f"超过{point.level.label}的最长期限{point.level.longest_years}年，请向原定密机关核实",
            )
        return item
    if over_maximum(point.level, point.term, source.issued_on):
        _over_long(f"{label}的密点", point, notes)
    own = _Whole(_end(point.term, source.issued_on), assumed=False)
    if _outlasts(own.end, _whole_end(source).end):
        notes.wrong("DRV-2", f"{label}的密点“{point.text}”的期限比整件更长，请向原定密机关提出")
    return _item(label, source, point.level, (point.term,), own, issued_on, notes)


def _over(level: Level, end: dt.date, start: dt.date | None) -> bool:
    return over_maximum(level, Until(end), start)


def _outlasts(point: End | None, whole: End | None) -> bool:
    """Whether a point's end is later than its document's, where the two can be ranked."""
    if point is None or whole is None or whole.indefinite:
        return False
    return point.indefinite or (point.date is not None and whole.date is not None and point.date > whole.date)


def _item(
    label: str,
    source: Source,
    level: Level,
    terms: tuple[Term, ...],
    whole: _Whole,
    issued_on: dt.date,
    notes: Notes,
) -> Item:
    start, end, scope = source.issued_on, whole.end, source.access_scope
    if end is None:
        return Item(label, level, None, State.UNDATED, scope, _undated(label, terms, start, notes))
    for term in terms:
        if isinstance(term, Duration) and start is not None:
            until = end_of(term, start).label
            notes.reason("TRM-4", f"{label}的期限{term.label}自制发日{date_label(start)}起算，至{until}，当日仍受保护")
    if not end.passed(issued_on):
        return Item(label, level, end, State.CARRIES, scope)
    recorded = source.no_notice_on is not None and end.passed(source.no_notice_on)
    if whole.assumed and not recorded:
        waiting = (
            f"{label}没有标明保密期限，按最长期限推算已于{end.label}届满，但届满之后没有登记“没有书面通知、没有延长”，"
            "不能视为解密；请向原定密机关核实后登记"
        )
        return Item(label, level, end, State.UNCONFIRMED, scope, waiting)
    notes.reason("DCL-1", f"{label}的期限已于{end.label}届满，本稿制发时已自行解密，不再派生密级")
    return Item(label, level, end, State.FREE, scope)


def _undated(label: str, terms: tuple[Term, ...], start: dt.date | None, notes: Notes) -> str:
    """Why an end is not known; a date before its own start is a mistake of the source besides."""
    if start is not None:
        notes.wrong("TRM-4", f"{label}的解密时间早于其制发日{date_label(start)}，标志或者日期有误")
        return f"{label}的解密时间早于制发日，不知何时届满，请查明后再定期限"
    lengths = "、".join(f"“{term.label}”" for term in terms if not isinstance(term, Indefinite))
    return f"{label}没有注明制发日，期限{lengths}不知何时届满，请查明制发日"
