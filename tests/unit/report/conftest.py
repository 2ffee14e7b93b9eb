"""One invented run with every kind of outcome, for the tests of the reports and of the forms."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

import numpy as np
import pytest

from markpipe.model.building import TextMapBuilder
from markpipe.model.classification import Duration, Indefinite, Level, Mark, Term, Until
from markpipe.model.decision import (
    Citation,
    Decision,
    Derivation,
    Determination,
    Grounds,
    Origin,
    Proposal,
    SecretPoint,
    Source,
    Violation,
)
from markpipe.model.document import (
    Document,
    Format,
    PartKind,
    TextMap,
    Unread,
    UnreadReason,
)
from markpipe.model.finding import Finding, Folding, FoundMark, Kind
from markpipe.model.outcome import Assessment, Outcome, Output, OutputKind
from markpipe.model.span import Span

ISSUED = dt.date(2026, 5, 10)
SOURCE = Source(
    "S-0001",
    "关于韶阳市水厂应急备用水源调度方案的通知",
    "韶水发〔2015〕8号",
    Mark(Level.JIMI, Duration(years=20)),
    dt.date(2015, 3, 2),
    access_scope="市水务局、市应急管理局有关人员",
)
QUOTED = "备用水源地启用时，先关闭一号进水闸，再由值班长凭口令开启三号联络阀，全程不得使用公网电话"
PROPOSED = Decision.PROPOSED


def pdf(pages: Sequence[str], *, boxes: bool = False) -> TextMap:
    """A text map of pages, with character boxes on the first when asked for."""
    builder = TextMapBuilder()
    for number, text in enumerate(pages, start=1):
        builder.begin(f"page:{number}", PartKind.PAGE, page=number)
        builder.add(text)
    text_map = builder.build()
    if boxes:
        first = text_map.parts[0]
        left = np.arange(first.end - first.start, dtype=np.float32) * 10
        rows = np.stack([left, np.full_like(left, 100.126), left + 10, np.full_like(left, 112)], axis=1)
        text_map = text_map.with_boxes(first.name, rows)
    return text_map


def paragraphs(*lines: str) -> TextMap:
    """A text map of body paragraphs."""
    builder = TextMapBuilder()
    builder.begin("body", PartKind.BODY)
    for line in lines:
        builder.add(line)
        builder.gap()
    return builder.build()


def document(text_map: TextMap, fmt: Format = Format.DOCX, unread: tuple[Unread, ...] = ()) -> Document:
    """A document whose digest follows from its text."""
    digest = hashlib.sha256(text_map.text.encode()).hexdigest()
    return Document(fmt, digest, text_map, 1 if fmt is Format.PDF else None, unread)


def span_of(text_map: TextMap, words: str) -> Span:
    """Where words stand."""
    start = text_map.text.index(words)
    return Span(start, start + len(words))


def proposal(
    assessment: Assessment,
    level: Level | None,
    term: Term | None,
    *,
    origin: Origin = Origin.ORIGINAL,
    declassify_on: dt.date | None = None,
    basis: tuple[str, ...] = (),
    points: tuple[SecretPoint, ...] = (),
    questions: tuple[str, ...] = (),
) -> Proposal:
    """What 张三 puts before the officer."""
    return Proposal(
        assessment.document.digest,
        assessment.path.rpartition("/")[2].partition(".")[0],
        "张三",
        level,
        term,
        origin,
        ISSUED,
        declassify_on,
        "市水务局有关人员" if level else "",
        assessment.derivations,
        points,
        assessment.citations,
        basis,
        questions,
    )


def _derived(path: str) -> Assessment:
    text_map = pdf(["关于做好供水保障工作的通知\n" + QUOTED + "。", "二、其他事项。"], boxes=True)
    span = span_of(text_map, QUOTED)
    finding = Finding(
        SOURCE.id,
        Kind.DERIVATION,
        span,
        QUOTED,
        Level.JIMI,
        "20年",
        f"摘录已定密文件《{SOURCE.title}》{SOURCE.document_number}第3页",
        "保密法实施条例第十八条",
        folded=(Folding.LINE_BREAK,),
        why=("连续 42 字与来源一致",),
        fingerprint="f" * 32,
    )
    derivation = Derivation(SOURCE, Grounds.EXCERPT, (), (span,), "第1页", "第3页")
    return Assessment(path, document(text_map, Format.PDF), (), (finding,), (), (), (derivation,))


def _determined() -> Outcome:
    assessment = _derived("01-供水保障通知.pdf")
    until = Until(dt.date(2035, 3, 2))
    proposed = proposal(assessment, Level.JIMI, until, origin=Origin.DERIVATIVE, declassify_on=until.date)
    determination = Determination(
        "D2026-0001",
        proposed.digest,
        proposed.name,
        Mark(Level.JIMI, until),
        Origin.DERIVATIVE,
        "张三",
        "李四",
        ISSUED,
        ISSUED,
        until.date,
        proposed.access_scope,
        ("派生自《关于韶阳市水厂应急备用水源调度方案的通知》（韶水发〔2015〕8号，机密★20年）",),
        "lisi",
        True,
    )
    outputs = (
        Output("marked/01-供水保障通知.pdf", OutputKind.MARKED, "a" * 64),
        Output("copies/01-供水保障通知-000001.pdf", OutputKind.COPY, "b" * 64, 1),
        Output("copies/01-供水保障通知-000002.pdf", OutputKind.COPY, "c" * 64, 2, ("首页标志处有页眉，已下移",)),
        Output("forms/01-供水保障通知.docx", OutputKind.FORM, "d" * 64),
    )
    return Outcome(assessment, Decision.APPROVED, proposed, (), determination, outputs)


def _derived_proposal() -> Outcome:
    assessment = _derived("02-调度演练方案.pdf")
    until = Until(dt.date(2035, 3, 2))
    proposed = proposal(assessment, Level.JIMI, until, origin=Origin.DERIVATIVE, declassify_on=until.date)
    return Outcome(assessment, PROPOSED, proposed, outputs=(Output("proposals/02.pdf", OutputKind.PROPOSAL, "e" * 64),))


def _original() -> Outcome:
    text_map = paragraphs("2026年招生考试安排", "本次考试试题由命题组保管，启用前任何人不得外传。", "请遵照执行。")
    found = span_of(text_map, "试题")
    finding = Finding(
        "exam-01",
        Kind.STATE_SECRET,
        found,
        "试题",
        Level.JUEMI,
        "启用前",
        "国家教育统一考试启用前的试题、答案",
        "教育工作国家秘密范围的规定",
        (span_of(text_map, "启用前"),),
        (Folding.TRADITIONAL, Folding.SPACING),
        0.82,
        ("同句出现“试题”与“启用前”",),
        "1" * 32,
    )
    assessment = Assessment("03-考试安排.docx", document(text_map), (), (finding,))
    proposed = proposal(
        assessment,
        Level.JUEMI,
        None,
        basis=("《教育工作国家秘密范围的规定》：国家教育统一考试启用前的试题、答案",),
        points=(SecretPoint(Mark(Level.JUEMI, Indefinite()), found, "试题"),),
        questions=("解密条件须由承办人写明：启用前指哪一时间",),
    )
    violations = (Violation("LVL-2", "本单位为设区的市级机关，没有绝密级定密权限，又没有相应授权", "保密法第十七条"),)
    return Outcome(assessment, PROPOSED, proposed, violations, refused=("LVL-2 本单位没有绝密级定密权限",))


def _cited() -> Outcome:
    words = "（韶密局〔2010〕6号，秘密级）"
    text_map = paragraphs("工作总结", f"按照有关要求{words}，我局完成了自查。")
    citation = Citation("C-1a2b", span_of(text_map, words), words)
    finding = Finding(
        citation.id,
        Kind.DERIVATION,
        citation.span,
        words,
        item="引用涉密文号",
        basis="保密法实施条例第十八条",
        confidence=0.5,
        why=("引用涉密文号，请确认是否涉及其内容",),
    )
    assessment = Assessment("04-工作 总结.docx", document(text_map), (), (finding,), (), (citation,))
    proposed = proposal(assessment, None, None, questions=("引用涉密文号，请确认",))
    return Outcome(assessment, PROPOSED, proposed, held=("引用涉密文号，请确认：第2段",))


def _hinted() -> Outcome:
    text_map = paragraphs("内部会议纪要", "会上传阅了未公开的干部考察材料。")
    finding = Finding(
        "work-07",
        Kind.WORK_SECRET,
        span_of(text_map, "干部考察材料"),
        "干部考察材料",
        item="工作秘密：未公开的干部考察材料",
        basis="保密法第六十四条",
        confidence=0.66,
        why=("词条与限定同句",),
    )
    return Outcome(Assessment("05-会议纪要.docx", document(text_map), (), (finding,)))


def _marked_source() -> Outcome:
    text_map = pdf(["机密★20年\n关于设施检修的报告", "按机密★(20年)办理"])
    at_place = FoundMark(span_of(text_map, "机密★20年"), "机密★20年", Mark(Level.JIMI, Duration(20)), True)
    quoted = FoundMark(span_of(text_map, "机密★(20年)"), "机密★(20年)", None, False, "“机密★(20年)”中间不留空格")
    finding = Finding("MRK-1", Kind.MARK, at_place.span, at_place.text, Level.JIMI, "20年", "国家秘密标志")
    return Outcome(Assessment("06-检修报告.pdf", document(text_map, Format.PDF), (at_place, quoted), (finding,)))


def _plain(path: str) -> Outcome:
    return Outcome(Assessment(path, document(paragraphs(path, "办公用品采购通知，请各科室按需申报。"))))


def _unread(path: str, reason: UnreadReason) -> Outcome:
    return Outcome(Assessment(path, Document(Format.PDF, "9" * 64, unread=(Unread("全文", reason),))))


def _partial() -> Outcome:
    unread = (Unread("第2页", UnreadReason.NO_TEXT), Unread("附件", UnreadReason.NOT_READ_YET, "xlsx 表格"))
    return Outcome(Assessment("09-带附件的函.pdf", document(pdf(["关于商请协助的函"]), Format.PDF, unread)))


def _decided(path: str, decision: Decision) -> Outcome:
    base = _original()
    assessment = base.assessment
    moved = Assessment(path, assessment.document, (), assessment.findings)
    return Outcome(moved, decision, base.proposal, failed=("磁盘已满，没有写出",) if path.startswith("12") else ())


@pytest.fixture
def outcomes() -> tuple[Outcome, ...]:
    """The whole run, in no particular order."""
    return (
        _unread("08-加密.pdf", UnreadReason.ENCRYPTED),
        _determined(),
        _derived_proposal(),
        _original(),
        _cited(),
        _hinted(),
        _marked_source(),
        _plain("07-采购通知.docx"),
        _plain("子文件夹/值班表.txt"),
        _partial(),
        _decided("10-退回的方案.docx", Decision.RETURNED),
        _decided("11-不予定密的方案.docx", Decision.DECLINED),
        _decided("12-改动过的方案.docx", Decision.LAPSED),
    )
