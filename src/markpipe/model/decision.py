"""From 拟定 to 定密 as values: `Source`, `Derivation`, `Proposal`, `Violation`, `Determination`.

Only a `Determination` can be stamped as a state secret.  Nothing here decides anything; `classify` does.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from markpipe.model.classification import Level, Mark, Term
from markpipe.model.finding import Kind
from markpipe.model.span import Span


class Origin(StrEnum):
    """原始定密 or 派生定密."""

    ORIGINAL = "原始定密"
    DERIVATIVE = "派生定密"


class Decision(StrEnum):
    """Where a matter stands."""

    PROPOSED = "拟定"
    APPROVED = "已定密"
    RETURNED = "已退回"
    DECLINED = "不予定密"
    LAPSED = "内容已改动，退回拟定"
    DECLASSIFIED = "已解密"


@dataclass(frozen=True, slots=True)
class SecretPoint:
    """密点: the key content that makes a matter a state secret (派生国家秘密定密管理暂行办法第四条).

    One that rests on a 保密事项范围 names its item; `produced_at` are the tiers that the range says produce it
    (产生层级, 保密法实施条例第十二条; none: it does not say).
    """

    mark: Mark
    span: Span | None = None
    entry: str = ""
    item: str = ""
    produced_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """已定密事项: what a derivative derives from.

    `issued_on` is the 制发日 that its term runs from; `notice` a term that a written notice of the day `notified_on`
    gave, from which the term runs where the source bears no 制发日 (保密法实施条例第十九条); `no_notice_on` the day on which somebody recorded that no notice and no extension exists for a source without a marked term.
    `declassified_on` is the first day on which it is free by a notice; `derived_from` are the ids of the sources that
    it derives from itself, `determination` the number of the unit's own decision that made it one.
    """

    id: str
    title: str
    document_number: str
    mark: Mark
    issued_on: dt.date | None = None
    points: tuple[SecretPoint, ...] = ()
    access_scope: str = ""
    notice: Term | None = None
    no_notice_on: dt.date | None = None
    digest: str = ""
    declassified_on: dt.date | None = None
    derived_from: tuple[str, ...] = ()
    determination: str = ""
    notified_on: dt.date | None = None

    @property
    def starts_on(self) -> dt.date | None:
        """The day that its term runs from; None where nobody knows."""
        return self.issued_on or self.notified_on


class Grounds(StrEnum):
    """Why a draft counts as derived from a source (保密法实施条例第十八条)."""

    EXCERPT = "与来源文字一致"
    DECLARED = "承办人申明"


@dataclass(frozen=True, slots=True)
class Derivation:
    """One source that a draft carries over: the 密点 touched (none means the whole source) and where."""

    source: Source
    grounds: Grounds
    touched: tuple[Mark, ...] = ()
    spans: tuple[Span, ...] = ()
    place: str = ""
    source_place: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """疑似派生: a classified document's number or mark cited in running text, and the handler's answer to it.

    `answer` is empty until the handler answers; 未涉及内容 with a reason makes it harmless.
    """

    id: str
    span: Span
    text: str
    answer: str = ""
    reason: str = ""
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """承办人拟定: what the handler puts before the officer.

    `level` None means 不定密.  `term` is what the mark will bear; None with a level means that a person must settle
    it first (`open_questions` says what).  `digest` binds the proposal to the bytes of the draft.  `kinds` are the kinds
    of what was found in it: what holds nothing but work secrets is no state secret.
    """

    digest: str
    name: str
    handler: str
    level: Level | None
    term: Term | None
    origin: Origin
    issued_on: dt.date
    declassify_on: dt.date | None = None
    access_scope: str = ""
    derivations: tuple[Derivation, ...] = ()
    points: tuple[SecretPoint, ...] = ()
    citations: tuple[Citation, ...] = ()
    basis: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()

    @property
    def mark(self) -> Mark | None:
        """The mark that an approval would set."""
        return None if self.level is None else Mark(self.level, self.term)


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that does not hold: its id (`law.md` §12), what is wrong, and its article."""

    rule: str
    message: str
    article: str


@dataclass(frozen=True, slots=True)
class Determination:
    """定密: the officer's decision, bound to a digest.  `id` is 年份-顺序号 of the register, for instance D2026-0001.

    `on_behalf_of` names the absent officer (A角) for whom `officer` (B角) acted: 代行.
    """

    id: str
    digest: str
    name: str
    mark: Mark
    origin: Origin
    handler: str
    officer: str
    decided_on: dt.date
    issued_on: dt.date
    declassify_on: dt.date | None = None
    access_scope: str = ""
    basis: tuple[str, ...] = ()
    account: str = ""
    demo: bool = False
    on_behalf_of: str = ""
