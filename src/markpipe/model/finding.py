"""疑似: what detection and reuse answer.  A finding proposes nothing and determines nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from markpipe.model.classification import Level, Mark
from markpipe.model.span import Span


class Kind(StrEnum):
    """What a finding is about.  Only 国家秘密 may ever carry ★ (保密法第二十二条)."""

    STATE_SECRET = "国家秘密"
    WORK_SECRET = "工作秘密"
    TRADE_SECRET = "商业秘密"
    STATUTORY = "法定保密"
    PERSONAL = "个人信息"
    MARK = "标志"
    DERIVATION = "派生"


class Folding(StrEnum):
    """What had to be folded away for a match; reported so that a person can judge it."""

    WIDTH = "width"
    COMPATIBILITY = "compatibility"
    RADICAL = "radical"
    TRADITIONAL = "traditional"
    NUMERAL = "numeral"
    INVISIBLE = "invisible"
    SPACING = "spacing"
    LINE_BREAK = "line-break"
    CASE = "case"

    @property
    def label(self) -> str:
        """The Chinese name for reports."""
        return _FOLDING_LABELS[self]


_FOLDING_LABELS = {
    Folding.WIDTH: "全角半角",
    Folding.COMPATIBILITY: "兼容字符",
    Folding.RADICAL: "部首字符",
    Folding.TRADITIONAL: "繁体异体",
    Folding.NUMERAL: "数字写法",
    Folding.INVISIBLE: "不可见字符",
    Folding.SPACING: "字间空格或符号",
    Folding.LINE_BREAK: "换行断词",
    Folding.CASE: "大小写",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that an officer should look at.

    `entry` is the id of the dictionary item, rule or source that answered; `level` and `term` are what that item
    says (`term` as its dictionary words it, for instance 启用前), `produced_at` its 产生层级; `text` is the raw excerpt and `evidence` the
    other spans that the match rests on; `confidence` is between 0 and 1; `why` explains in Chinese.
    `by_likeness` says that no word of a dictionary stands behind it, only wording like that of labelled passages.
    `fingerprint` stays the same when the document moves around it (filled in by the pipeline, which has the key).
    """

    entry: str
    kind: Kind
    span: Span
    text: str
    level: Level | None = None
    term: str | None = None
    item: str = ""
    basis: str = ""
    evidence: tuple[Span, ...] = ()
    folded: tuple[Folding, ...] = ()
    confidence: float = 1.0
    why: tuple[str, ...] = ()
    fingerprint: str = ""
    produced_at: tuple[str, ...] = ()
    by_likeness: bool = False


@dataclass(frozen=True, slots=True)
class FoundMark:
    """A 国家秘密标志 (or what looks like one) in the text of a document.

    `mark` is None where the words do not parse, and `problem` then says why; `at_place` says that it stands where
    a mark stands (its own line near the head of a page), not quoted in running prose.
    """

    span: Span
    text: str
    mark: Mark | None
    at_place: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of a draft that repeats a registered source.

    `source` is the id of the source; `coverage` the share of the source's fingerprints found in the draft;
    `length` counts the folded characters that agree; `source_place` says where in the source it stands (第3页).
    """

    source: str
    span: Span
    length: int
    coverage: float
    source_place: str = ""
