"""The gist: counts, headline, one line a document, and how the report is to be kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from markpipe.errors import OutputError
from markpipe.model.classification import Level
from markpipe.model.decision import Decision
from markpipe.model.document import Document, Format, Unread, UnreadReason
from markpipe.model.finding import Finding, Kind
from markpipe.model.outcome import Assessment, Outcome, Output, OutputKind
from markpipe.model.span import Span
from markpipe.report.gist import Standing, gist, looked_at, suspected_level

ALL_CLEAN = ("全部无密", "均不涉密", "没有涉密", "未提示涉密内容")


def of(outcomes: tuple[Outcome, ...], *names: str) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in outcomes if outcome.assessment.path.startswith(names))


def test_counts(outcomes: tuple[Outcome, ...]) -> None:
    short = gist(outcomes)
    assert (short.files, short.read, short.partial, short.unread, short.copies) == (13, 11, 1, 1, 2)
    assert not short.complete
    assert short.level is Level.JUEMI
    assert [line.path for line in short.lines] == sorted(line.path for line in short.lines)


def test_the_headline_says_first_what_was_not_read(outcomes: tuple[Outcome, ...]) -> None:
    headline = gist(outcomes).headline
    assert headline.startswith("11 份已读，1 份部分未读，1 份未读（见下）——结论不完整；已定密 1 份，拟定待审批 2 份")


def test_forty_files_of_which_two_were_not_read() -> None:
    read = [Outcome(Assessment(f"{n:02}.txt", Document(Format.PLAIN, f"{n}"))) for n in range(38)]
    reasons = (UnreadReason.ENCRYPTED, UnreadReason.NO_TEXT)
    unread = [Outcome(Assessment(f"z{r}", Document(Format.PDF, r, unread=(Unread("全文", r),)))) for r in reasons]
    short = gist([*read, *unread])
    assert short.headline == "38 份已读，2 份未读（见下）——结论不完整；已读部分未提示涉密内容"
    assert short.notice == "有内容没有读到，是否涉密不能判断，读全之前不得公开"


@pytest.mark.parametrize("reason", list(UnreadReason))
def test_it_never_says_clean_when_something_was_not_read(outcomes: tuple[Outcome, ...], reason: UnreadReason) -> None:
    unread = Outcome(Assessment("x", Document(Format.PDF, "", unread=(Unread("全文", reason),))))
    for others in ((), of(outcomes, "07"), outcomes):
        headline = gist((*others, unread)).headline
        assert "结论不完整" in headline
        assert not any(headline.startswith(words) or f"；{words}" in headline for words in ALL_CLEAN)
        assert "全部已读" not in headline


def test_all_read_and_nothing_found(outcomes: tuple[Outcome, ...]) -> None:
    short = gist(of(outcomes, "07", "子"))
    assert short.headline == "2 份全部已读；未提示涉密内容"
    assert short.notice == "未提示涉密内容；仅供内部使用，不得据此公开"
    assert short.complete


def test_nothing_to_read_is_no_conclusion() -> None:
    assert gist(()).headline == "没有可读的文件，没有结论"
    assert gist((), [OutputError("磁盘已满")]).headline == "没有可读的文件，没有结论；1 处出错（见下）"


def test_errors_make_it_incomplete(outcomes: tuple[Outcome, ...]) -> None:
    headline = gist(of(outcomes, "07"), [OutputError("磁盘已满")]).headline
    assert headline == "1 份已读（见下）——结论不完整；另有 1 处出错"


@pytest.mark.parametrize(
    ("name", "standing", "mark"),
    [
        ("01", Standing.DETERMINED, "机密★2035年3月2日"),
        ("02", Standing.PROPOSED, "拟定密级：机密，解密时间2035年3月2日"),
        ("03", Standing.PROPOSED, "拟定密级：绝密，期限待定"),
        ("04", Standing.HELD, "密级待核实"),
        ("05", Standing.HINTED, "—"),
        ("06", Standing.SUSPECTED, "疑似机密级"),
        ("07", Standing.CLEAR, "—"),
        ("08", Standing.UNREAD, "未读，不能判断"),
        ("09", Standing.PARTIAL, "—"),
        ("10", Standing.RETURNED, "拟定密级：绝密，期限待定"),
        ("11", Standing.DECLINED, "不予定密"),
        ("12", Standing.LAPSED, "拟定密级：绝密，期限待定"),
    ],
)
def test_one_line_a_document(outcomes: tuple[Outcome, ...], name: str, standing: Standing, mark: str) -> None:
    (line,) = gist(of(outcomes, name)).lines
    assert (line.standing, line.mark) == (standing, mark)
    assert line.states[0] == standing.value


def test_the_other_columns(outcomes: tuple[Outcome, ...]) -> None:
    lines = {line.path[:2]: line for line in gist(outcomes).lines}
    source = "派生自《关于韶阳市水厂应急备用水源调度方案的通知》（韶水发〔2015〕8号，机密★20年）"
    assert lines["01"].basis == lines["02"].basis == source
    assert lines["01"].people == "承办 张三；批准 李四"
    assert lines["01"].copies == "2 份（000001–000002）"
    assert lines["01"].states == ("已定密", "演示")
    assert lines["02"].people == "承办 张三；待定密责任人审批"
    assert lines["03"].basis.startswith("《教育工作国家秘密范围的规定》")
    assert lines["03"].states == ("拟定待审批", "规则问题 1 项", "未获批准")
    assert lines["04"].states == ("待人工处理", "待处理 1 项")
    assert lines["04"].basis == "引用涉密文号"
    assert lines["06"].states == ("疑似涉密", "提示 1 处")
    assert lines["10"].people == "承办 张三"
    assert lines["12"].states == ("内容已改动", "未能写出")
    assert (lines["07"].basis, lines["07"].people, lines["07"].copies) == ("—", "—", "—")


def test_copies_with_gaps_in_their_serials(outcomes: tuple[Outcome, ...]) -> None:
    (determined,) = of(outcomes, "01")
    serials = (1, 2, 3, 7, 9, 10)
    copies = tuple(Output(f"{serial}", OutputKind.COPY, "a" * 64, serial) for serial in serials)
    (line,) = gist([replace(determined, outputs=copies)]).lines
    assert line.copies == "6 份（000001–000003、000007、000009–000010）"
    unnumbered = (Output("x", OutputKind.COPY, "a" * 64),)
    assert gist([replace(determined, outputs=unnumbered)]).lines[0].copies == "1 份"


def test_several_sources_and_bases(outcomes: tuple[Outcome, ...]) -> None:
    (proposed,) = of(outcomes, "02")
    assert proposed.proposal is not None
    twice = replace(proposed.proposal, derivations=proposed.proposal.derivations * 2)
    assert gist([replace(proposed, proposal=twice)]).lines[0].basis.endswith("机密★20年）等 2 件")
    based = replace(proposed.proposal, derivations=(), basis=("甲", "乙"))
    assert gist([replace(proposed, proposal=based)]).lines[0].basis == "甲 等 2 项"


@pytest.mark.parametrize(
    ("names", "notice"),
    [
        (("02",), "内含疑似机密级内容，按机密级管理（未定密）"),
        (("01",), "含已定密内容，按机密级管理"),
        (("01", "03"), "含已定密内容，并含疑似绝密级内容（未定密），按绝密级管理"),
        (("04",), "内含疑似国家秘密内容，密级待核实，核实前按国家秘密管理（未定密）"),
        (("05",), "未提示涉密内容；仅供内部使用，不得据此公开"),
        (("06",), "内含疑似机密级内容，按机密级管理（未定密）"),
        (("11",), "未提示涉密内容；仅供内部使用，不得据此公开"),
    ],
)
def test_how_it_is_to_be_kept(outcomes: tuple[Outcome, ...], names: tuple[str, ...], notice: str) -> None:
    assert gist(of(outcomes, *names)).notice == notice


def test_a_suspicion_above_what_was_determined_stays(outcomes: tuple[Outcome, ...]) -> None:
    (determined,) = of(outcomes, "01")
    higher = Finding("x", Kind.STATE_SECRET, Span(0, 2), "关于", Level.JUEMI)
    findings = (*determined.assessment.findings, higher)
    raised = replace(determined, assessment=replace(determined.assessment, findings=findings))
    assert suspected_level(determined) is None
    assert suspected_level(raised) is Level.JUEMI


def test_an_answered_citation_settles_it(outcomes: tuple[Outcome, ...]) -> None:
    (held,) = of(outcomes, "04")
    assert held.proposal is not None
    answered = replace(held.proposal.citations[0], answer="未涉及内容", reason="只引文号", answered_by="张三")
    proposal = replace(held.proposal, citations=(answered,), open_questions=())
    settled = replace(held, proposal=proposal, held=(), decision=Decision.PROPOSED)
    short = gist([settled])
    assert short.lines[0].mark == "拟定：不定密"
    assert short.notice == "未提示涉密内容；仅供内部使用，不得据此公开"


def test_a_citation_without_an_answer_is_held_even_when_nobody_says_so(outcomes: tuple[Outcome, ...]) -> None:
    (held,) = of(outcomes, "04")
    assert gist([replace(held, held=())]).lines[0].standing is Standing.HELD
    assert gist([replace(held, proposal=None)]).lines[0].standing is Standing.HELD


def test_a_long_basis_is_cut(outcomes: tuple[Outcome, ...]) -> None:
    (original,) = of(outcomes, "03")
    assert original.proposal is not None
    proposal = replace(original.proposal, basis=("长" * 100, "乙"))
    assert gist([replace(original, proposal=proposal)]).lines[0].basis == "长" * 48 + "… 等 2 项"


def test_looking_only(outcomes: tuple[Outcome, ...]) -> None:
    short = gist(looked_at([outcome.assessment for outcome in of(outcomes, "02", "04", "05", "07")]))
    assert [line.standing for line in short.lines] == [
        Standing.SUSPECTED,
        Standing.SUSPECTED,
        Standing.HINTED,
        Standing.CLEAR,
    ]
    assert short.lines[0].mark == "疑似机密级"
    assert short.lines[1].mark == "疑似，密级待核实"
    assert short.headline == "4 份全部已读；疑似涉密 2 份，有其他提示 1 份"


def test_a_partly_read_document_with_findings_says_so(outcomes: tuple[Outcome, ...]) -> None:
    (suspected,) = of(outcomes, "06")
    document = replace(suspected.assessment.document, unread=(Unread("第2页", UnreadReason.NO_TEXT),))
    partly = replace(suspected, assessment=replace(suspected.assessment, document=document))
    assert gist([partly]).lines[0].states == ("疑似涉密", "部分未读")


def test_a_determination_without_a_decision_is_one(outcomes: tuple[Outcome, ...]) -> None:
    (determined,) = of(outcomes, "01")
    assert gist([replace(determined, decision=None)]).lines[0].standing is Standing.DETERMINED


def test_a_determined_matter_without_sources_shows_its_basis(outcomes: tuple[Outcome, ...]) -> None:
    (determined,) = of(outcomes, "01")
    assessment = replace(determined.assessment, derivations=())
    assert determined.determination is not None
    original = replace(determined, assessment=assessment, proposal=None)
    assert gist([original]).lines[0].basis == determined.determination.basis[0]
