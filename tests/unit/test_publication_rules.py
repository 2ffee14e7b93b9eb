"""The rules PUB-2 to PUB-7 as tables: what is refused, what is held, what settles a hold, and what never does."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from markpipe.classify.publication import MANY_PEOPLE, Material, combination, ended_on, judge
from markpipe.classify.rulebook.table import RULES
from markpipe.model.classification import Condition, Duration, Indefinite, Level, Mark, Until
from markpipe.model.decision import Citation, Derivation, Determination, Grounds, Origin, Source
from markpipe.model.document import Document, Format, Part, PartKind, Span, TextMap, Unread, UnreadReason
from markpipe.model.finding import Finding, FoundMark, Kind
from markpipe.model.outcome import Assessment
from markpipe.model.publication import (
    Clearance,
    ClearanceKind,
    Mask,
    Purpose,
    Release,
    Removed,
    Review,
    Signature,
    Submission,
    Verdict,
    worst_verdict,
)
from markpipe.model.reasons import REASON_WORDS, left_words, reason_words

ON = dt.date(2026, 5, 10)
TEXT = "秘密★5年\n正文若干。\n附记"
MARK = FoundMark(Span(0, 5), "秘密★5年", Mark(Level.MIMI, Duration(5)), at_place=True)
BARE = FoundMark(Span(0, 2), "绝密", Mark(Level.JUEMI), at_place=True)
SOURCE = Source("S0001", "关于点位的通知", "江密〔2015〕4号", Mark(Level.JIMI, Duration(20)), dt.date(2015, 3, 2))
DECLASSIFIED = Clearance(ClearanceKind.DECLASSIFIED, "本单位", "文〔2026〕1号")
CONSENT = Clearance(ClearanceKind.CONSENT, "原单位", "函〔2026〕2号")
DETERMINATION = Determination(
    "D2026-0001", "d", "a", Mark(Level.JIMI, Duration(10)), Origin.ORIGINAL, "张三", "李四", ON, ON
)


def document(kind: PartKind = PartKind.BODY, **fields: Any) -> Document:
    parts = (Part("body", PartKind.BODY, 0, 12), Part("other", kind, 12, len(TEXT), visible=kind is PartKind.BODY))
    return Document(fields.pop("format", Format.DOCX), "d" * 64, TextMap(TEXT, parts), **fields)


def material(doc: Document | None = None, *, assessment: dict[str, Any] | None = None, **fields: Any) -> Material:
    return Material(Assessment("a.docx", doc or document(), **(assessment or {})), ON, **fields)


def outcome(given: Material) -> tuple[Verdict, list[str]]:
    review = judge(given)
    return review.verdict, [reason.code for reason in review.reasons]


def finding(kind: Kind, entry: str = "x", text: str = "正文", confidence: float = 0.9) -> Finding:
    return Finding(entry, kind, Span(6, 8), text, item="某事项", confidence=confidence, why=("因为",))


def marked(found: FoundMark = MARK, **fields: Any) -> Material:
    return material(assessment={"marks": (found,), **fields.pop("assessment", {})}, **fields)


def derived(source: Source = SOURCE, **fields: Any) -> Material:
    derivation = Derivation(source, Grounds.EXCERPT, spans=(Span(6, 9),))
    return material(assessment={"derivations": (derivation,)}, **fields)


OLD = dt.date(2016, 3, 2)
HELD, REFUSED, FREE = Verdict.HOLD, Verdict.REFUSE, Verdict.PUBLISH


@pytest.mark.parametrize(
    ("given", "verdict", "codes"),
    [
        (material(), FREE, []),
        (marked(), REFUSED, ["mark-in-force"]),
        (marked(issued_on=dt.date(2025, 1, 1)), REFUSED, ["mark-in-force"]),
        (marked(issued_on=OLD, own=True), HELD, ["mark-expired"]),
        (marked(issued_on=OLD), HELD, ["mark-expired"]),
        (marked(issued_on=OLD, own=True, clearances=(DECLASSIFIED,)), FREE, []),
        (marked(issued_on=OLD, clearances=(DECLASSIFIED,)), HELD, ["consent-missing"]),
        (marked(issued_on=OLD, clearances=(DECLASSIFIED, CONSENT)), FREE, []),
        (marked(BARE), REFUSED, ["mark-in-force"]),
        (marked(BARE, commercial=True), HELD, ["mark-misused"]),
        (marked(MARK, commercial=True), REFUSED, ["mark-in-force"]),
        (marked(BARE, commercial=True, assessment={"findings": (finding(Kind.STATE_SECRET),)}), REFUSED, ["mark-in-force", "suspected"]),
        (material(labels=(BARE,)), REFUSED, ["label-in-force"]),
        (marked(replace(MARK, mark=None)), HELD, ["mark-misused"]),
        (marked(replace(MARK, at_place=False), genres=("试题集",)), HELD, ["mark-quoted"]),
        (marked(replace(MARK, at_place=False), labels=(replace(BARE, span=Span(0, 5)),)), REFUSED, ["label-in-force"]),
        (material(determinations=(DETERMINATION,)), REFUSED, ["determination"]),
        (material(determinations=(DETERMINATION,), own=True, clearances=(DECLASSIFIED,)), FREE, []),
        (derived(), REFUSED, ["excerpt"]),
        (derived(replace(SOURCE, mark=Mark(Level.MIMI, Duration(5)))), HELD, ["source-free"]),
        (derived(replace(SOURCE, mark=Mark(Level.MIMI, Duration(5))), clearances=(CONSENT,)), FREE, []),
        (derived(replace(SOURCE, declassified_on=dt.date(2020, 1, 1))), HELD, ["source-free"]),
        (derived(replace(SOURCE, mark=Mark(Level.JIMI, Duration(9000)))), REFUSED, ["excerpt"]),
        (material(assessment={"derivations": (Derivation(SOURCE, Grounds.DECLARED),)}), REFUSED, ["excerpt"]),
        (material(assessment={"citations": (Citation("c", Span(6, 8), "正文"),)}), HELD, ["citation"]),
        (material(assessment={"citations": (Citation("c", Span(6, 8), "正文", "未涉及内容"),)}), FREE, []),
        (material(assessment={"findings": (finding(Kind.STATE_SECRET),)}), HELD, ["suspected"]),
        (material(assessment={"findings": (finding(Kind.WORK_SECRET),)}), HELD, ["work-secret"]),
        (material(assessment={"findings": (finding(Kind.TRADE_SECRET),)}), HELD, ["trade-secret"]),
        (material(assessment={"findings": (finding(Kind.STATUTORY),)}), HELD, ["statutory"]),
        (material(assessment={"findings": (replace(finding(Kind.STATUTORY), item=""),)}), HELD, ["statutory"]),
        (material(assessment={"findings": (finding(Kind.PERSONAL, "personal-mobile"),)}), HELD, ["personal-mobile"]),
        (material(assessment={"findings": (finding(Kind.PERSONAL, "personal-email", confidence=0.3),)}), FREE, []),
        (material(document(PartKind.COMMENT)), HELD, ["unseen-content"]),
        (material(document(PartKind.COMMENT, format=Format.HTML)), FREE, []),
        (material(document(PartKind.METADATA)), FREE, []),
        (material(document(unread=(Unread("第3页", UnreadReason.NO_TEXT),))), HELD, ["unread"]),
        (material(missing=("附件.doc",)), HELD, ["attachment-missing"]),
    ],
)  # fmt: skip
def test_the_verdict_and_its_reasons(given: Material, verdict: Verdict, codes: list[str]) -> None:
    assert outcome(given) == (verdict, codes)


def test_every_reason_has_rule_article_and_place() -> None:
    hidden = document(PartKind.DELETION)
    derivation = Derivation(SOURCE, Grounds.EXCERPT, spans=(Span(12, 14),))
    review = judge(material(hidden, assessment={"derivations": (derivation,)}))
    refused, held = review.reasons
    assert (refused.rule, refused.place) == ("DRV-1", "修订删除（不可见）")
    assert refused.level is Level.JIMI
    assert review.level is Level.JIMI
    assert held.code == "unseen-content"
    assert all(reason.article for reason in review.reasons)


def test_many_people_and_several_matters_are_looked_at_together() -> None:
    people = tuple(finding(Kind.PERSONAL, "personal-mobile", f"{n}") for n in range(MANY_PEOPLE))
    assert "aggregation" in outcome(material(assessment={"findings": people}))[1]
    assert "aggregation" not in outcome(material(assessment={"findings": people[1:]}))[1]
    assert "aggregation" not in outcome(material(assessment={"findings": people[:1] * MANY_PEOPLE}))[1]
    matters = tuple(finding(Kind.WORK_SECRET, f"w{n}") for n in range(3))
    assert "aggregation" in outcome(material(assessment={"findings": matters}))[1]


def test_a_person_s_answer_settles_a_hold_and_never_a_refusal() -> None:
    def answered(code: str) -> tuple[Clearance, ...]:
        return (Clearance(ClearanceKind.ANSWERED, "", "", code, "只是举例"),)

    quoted = replace(MARK, at_place=False)
    assert outcome(marked(quoted, clearances=answered("mark-quoted"))) == (FREE, [])
    assert outcome(marked(quoted, clearances=answered("citation"))) == (HELD, ["mark-quoted"])
    assert outcome(marked(clearances=answered("mark-in-force"))) == (REFUSED, ["mark-in-force"])


def test_the_marks_of_a_cleared_document_are_masked_with_the_policy_s() -> None:
    mask = Mask(Span(6, 8), "正文", "**", "手机号码")
    review = judge(marked(issued_on=OLD, own=True, clearances=(DECLASSIFIED,), masks=(mask,)))
    assert [each.kind for each in review.masks] == ["手机号码", "原国家秘密标志"]
    assert [note.code for note in review.notes] == ["mark-cleared"]
    assert judge(marked(masks=(mask,))).masks == (mask,)


@pytest.mark.parametrize(
    ("mark", "issued_on", "end"),
    [
        (Mark(Level.MIMI, Until(dt.date(2020, 1, 1))), None, dt.date(2020, 1, 1)),
        (Mark(Level.MIMI, Duration(5)), None, None),
        (Mark(Level.MIMI), OLD, dt.date(2026, 3, 2)),
        (Mark(Level.MIMI, Indefinite()), OLD, None),
        (Mark(Level.MIMI, Condition("启用前")), OLD, None),
        (Mark(Level.MIMI, Duration(9000)), OLD, None),
    ],
)
def test_when_a_mark_ends(mark: Mark, issued_on: dt.date | None, end: dt.date | None) -> None:
    assert ended_on(mark, issued_on) == end


def test_a_document_without_parts_has_reasons_without_place() -> None:
    empty = Document(Format.UNKNOWN, "", unread=(Unread("全文", UnreadReason.ENCRYPTED),))
    (reason,) = judge(Material(Assessment("a", empty, marks=()), ON)).reasons
    assert reason.place == ""


def test_verdicts_are_ordered_and_worded() -> None:
    assert worst_verdict(()) is FREE
    assert worst_verdict((FREE, REFUSED, HELD)) is REFUSED
    assert [each.label for each in Verdict] == ["未发现问题，可报批", "须人工复核", "不得公开"]
    assert Review(FREE).level is None


def test_a_release_knows_what_it_lacks() -> None:
    submission = Submission(
        "R1", "a", "o", "d", "f", "a", Purpose.ONLINE, "", HELD, (), (Removed("手机号码", 1),), (), ("承办", "负责人")
    )
    release = Release(submission, (Signature("负责人", "d", "赵六", "z", "2026-05-10T00:00:00+00:00"),))
    assert release.missing == ("承办",)


def test_a_file_inside_a_document_holds_it_and_one_in_an_archive_does_not() -> None:
    parts = (
        Part("body", PartKind.BODY, 0, 6),
        Part("text", PartKind.BODY, 6, 9, path=("a.txt",)),
        Part("text", PartKind.BODY, 9, 12, path=("a.txt", "b.txt")),
        Part("text", PartKind.BODY, 12, len(TEXT), path=("c.txt",)),
    )
    held = judge(material(Document(Format.PDF, "d" * 64, TextMap(TEXT, parts))))
    assert [(reason.code, reason.rule, reason.span) for reason in held.reasons] == [
        ("embedded", "PUB-4", Span(6, 9)),
        ("embedded", "PUB-4", Span(12, len(TEXT))),
    ]
    assert outcome(material(Document(Format.UNKNOWN, "d" * 64, TextMap(TEXT, parts)))) == (FREE, [])


def test_what_files_make_together_names_the_others() -> None:
    reason = combination("储备全貌", ("甲", "乙"), 3, 2, Span(0, 2), "正文")
    assert (reason.code, reason.rule, reason.verdict, reason.place) == ("aggregation", "PUB-7", HELD, "正文")
    assert all(words in reason.message for words in ("“甲”、“乙”", "3 项", "至少 2 项", "储备全貌"))
    assert "“丙”等 4 份" in combination("某事", ("甲", "乙", "丙", "丁"), 4, 2).message
    assert "丁" not in combination("某事", ("甲", "乙", "丙", "丁"), 4, 2).message


def test_every_reason_has_a_checked_rule_words_for_signers_and_a_row_in_the_documentation() -> None:
    root = Path(__file__).parents[2]
    source = (root / "src/markpipe/classify/publication.py").read_text(encoding="utf-8")
    names = set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', source))
    codes = {name for name in names if not name.startswith("personal-")} - {"mark-cleared"}
    page = (root / "docs/review.md").read_text(encoding="utf-8")
    assert codes == set(REASON_WORDS)
    assert [code for code in sorted(codes) if f"`{code}`" not in page] == []
    assert reason_words("personal-mobile") == reason_words("personal-identity")
    assert left_words("personal-mobile") == "还有个人信息"
    assert left_words("unread") != reason_words("unread")
    assert left_words("citation") == reason_words("citation")
    rules = set(re.findall(r'"((?:PUB|DRV|MRK|WRK|SOE)-\d)"', source))
    assert [rule for rule in sorted(rules) if not RULES[rule].checked] == []
