"""拟定: what classifies, what only raises a question, and the stricter of two grounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest

from markpipe.classify.propose import ON_DISCLOSURE, propose
from markpipe.model.classification import Level, Mark, parse_mark, parse_term
from markpipe.model.decision import Citation, Derivation, Grounds, Origin, Proposal, SecretPoint, Source
from markpipe.model.finding import Finding, Kind
from markpipe.model.span import Span

ON = dt.date(2026, 5, 10)


def finding(
    level: str | None = "机密",
    term: str | None = "20年",
    *,
    kind: Kind = Kind.STATE_SECRET,
    confidence: float = 0.9,
    start: int = 10,
    item: str = "某类未公开的计划",
) -> Finding:
    return Finding(
        "demo/1",
        kind,
        Span(start, start + 5),
        "五个字词句",
        None if level is None else Level.from_label(level),
        term,
        item,
        "某工作国家秘密范围第三条",
        confidence=confidence,
    )


def source(text: str = "机密★20年@2015-03-02", **more: str) -> Source:
    mark, _, date = text.partition("@")
    return Source(
        "S0001",
        more.get("title", "某项工作方案"),
        more.get("number", "某发〔2015〕3号"),
        parse_mark(mark),
        dt.date.fromisoformat(date) if date else None,
        access_scope=more.get("scope", ""),
    )


def excerpt(text: str = "机密★20年@2015-03-02", **more: str) -> Derivation:
    return Derivation(
        source(text, **more), Grounds.EXCERPT, spans=(Span(100, 160),), place="第2页", source_place="第3页"
    )


def draft(
    findings: Sequence[Finding] = (),
    derivations: Sequence[Derivation] = (),
    citations: Sequence[Citation] = (),
    declared_public: str = "",
) -> Proposal:
    return propose(
        digest="ab" * 32,
        name="a.docx",
        handler="张三",
        issued_on=ON,
        findings=findings,
        derivations=derivations,
        citations=citations,
        declared_public=declared_public,
    )


def marked(proposal: Proposal) -> str | None:
    return None if proposal.mark is None else proposal.mark.text


def test_nothing_found_proposes_nothing() -> None:
    proposal = draft()
    assert (proposal.level, proposal.term, proposal.basis, proposal.open_questions) == (None, None, (), ())
    assert (proposal.digest, proposal.name, proposal.handler, proposal.issued_on) == ("ab" * 32, "a.docx", "张三", ON)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.STATE_SECRET])
def test_only_state_secrets_classify(kind: Kind) -> None:
    proposal = draft([finding(kind=kind)])
    assert proposal.level is None
    assert (proposal.points, proposal.open_questions) == ((), ())


def test_a_finding_without_a_level_classifies_nothing() -> None:
    assert draft([finding(None)]).level is None


def test_an_original_bears_the_term_as_the_range_gives_it() -> None:
    proposal = draft([finding()])
    assert marked(proposal) == "机密★20年"
    assert proposal.origin is Origin.ORIGINAL
    assert proposal.declassify_on == dt.date(2046, 5, 10)
    assert proposal.points == (
        SecretPoint(Mark(Level.JIMI, parse_term("20年")), Span(10, 15), "demo/1", "某类未公开的计划"),
    )
    assert proposal.basis == ("某工作国家秘密范围第三条：某类未公开的计划（机密，期限20年）",)
    assert "★" not in "".join(proposal.basis)
    assert proposal.open_questions == ()


@pytest.mark.parametrize(
    ("several", "mark"),
    [
        ([("机密", "10年"), ("秘密", "长期")], "机密★长期"),
        ([("机密", "5年"), ("秘密", "10年")], "机密★10年"),
        ([("绝密", "启用前"), ("秘密", "启用前")], "绝密★启用前"),
        ([("机密", "5年"), ("机密", "60个月")], "机密★5年"),
    ],
)
def test_several_items_take_the_highest_level_and_the_latest_end(several: list[tuple[str, str]], mark: str) -> None:
    assert marked(draft([finding(level, term) for level, term in several])) == mark


def test_items_that_cannot_be_ranked_are_a_persons_to_decide() -> None:
    proposal = draft([finding("机密", "启用前"), finding("秘密", "10年")])
    assert (proposal.level, proposal.term, proposal.declassify_on) == (Level.JIMI, None, None)
    assert [question[:3] for question in proposal.open_questions] == ["期限："]


@pytest.mark.parametrize("term", [None, "启用前(解密条件)", "自行设定年月日;不能预见的定条件"])
def test_a_term_that_cannot_be_used_is_the_statutory_maximum_with_a_question(term: str | None) -> None:
    proposal = draft([finding("秘密", term)])
    assert marked(proposal) == "秘密★10年"
    (question,) = proposal.open_questions
    assert question.startswith("期限：")
    assert term is None or term in question


def test_a_finding_of_little_confidence_is_asked_about_and_sets_no_level() -> None:
    proposal = draft(
        [finding("绝密", confidence=0.49), finding("绝密", confidence=0.3), finding("秘密", "5年", confidence=0.5)]
    )
    assert marked(proposal) == "秘密★5年"
    assert len(proposal.open_questions) == 1
    assert "某类未公开的计划" in proposal.open_questions[0]


def test_likeness_alone_is_asked_about_only_where_there_is_no_other_ground() -> None:
    likely = replace(finding("绝密", confidence=0.4), by_likeness=True)
    assert len(draft([likely]).open_questions) == 1
    assert marked(draft([likely])) is None
    grounded = draft([likely, finding("秘密", "5年")])
    assert (marked(grounded), grounded.open_questions) == ("秘密★5年", ())


def test_a_derivative_bears_its_sources_end_as_a_date() -> None:  # T1, DRV-6
    proposal = draft(derivations=[excerpt(scope="处室甲")])
    assert marked(proposal) == "机密★2035年3月2日"
    assert (proposal.origin, proposal.declassify_on) == (Origin.DERIVATIVE, dt.date(2035, 3, 2))
    assert proposal.access_scope == "处室甲"
    (basis,) = proposal.basis
    for part in ("《某项工作方案》", "某发〔2015〕3号", "机密★20年", "2015年3月2日", "第2页", "第3页"):
        assert part in basis
    assert proposal.open_questions == ()


def test_an_incomplete_record_is_written_as_incomplete() -> None:
    derivation = Derivation(source("机密★长期", title="", number=""), Grounds.DECLARED, (parse_mark("秘密★5年"),))
    (basis,) = [line for line in draft(derivations=[derivation]).basis if "来源" in line]
    for part in ("标题不详", "文号不详", "制发日不详", "所涉密点：秘密★5年", "承办人申明"):
        assert part in basis


def test_both_grounds_take_the_stricter_of_each() -> None:  # DRV-5, DRV-4
    higher = draft([finding("绝密", "5年")], [excerpt()])
    assert marked(higher) == "绝密★2035年3月2日"
    longer = draft([finding("秘密", "10年")], [excerpt()])
    assert marked(longer) == "机密★2036年5月10日"
    assert longer.origin is Origin.DERIVATIVE
    assert len(longer.basis) == 2
    endless = draft([finding("秘密", "长期")], [excerpt("机密★20年")])
    assert marked(endless) == "机密★长期", "长期 settles a source whose end is not known"
    assert endless.open_questions == ()
    unranked = draft([finding("秘密", "公布前")], [excerpt()])
    assert (unranked.level, unranked.term) == (Level.JIMI, None)
    assert [question[:3] for question in unranked.open_questions] == ["期限："]


def test_a_finding_inside_an_excerpt_starts_no_new_term() -> None:
    proposal = draft([finding("机密", "20年", start=120)], [excerpt()])
    assert marked(proposal) == "机密★2035年3月2日"
    assert proposal.points == ()
    doubtful = draft([finding("机密", "20年", start=120, confidence=0.2)], [excerpt()])
    assert doubtful.open_questions == ()
    outside = draft([finding("机密", "20年", start=158)], [excerpt()])
    assert marked(outside) == "机密★2046年5月10日"
    above = draft([finding("绝密", "5年", start=120)], [excerpt()])
    assert above.level is Level.JUEMI
    free = draft([finding("秘密", "10年", start=120)], [excerpt("机密★5年@2015-03-02")])
    assert marked(free) == "秘密★10年"


def test_a_free_source_leaves_an_original_matter() -> None:
    proposal = draft([finding("秘密", "10年")], [excerpt("机密★5年@2015-03-02")])
    assert proposal.origin is Origin.ORIGINAL
    assert len(proposal.derivations) == 1


def test_what_is_held_is_an_open_question() -> None:
    passed = draft(derivations=[excerpt("机密@2000-03-02")])
    assert (passed.level, passed.term) == (Level.JIMI, None)
    assert [question[:3] for question in passed.open_questions] == ["来源："]
    undated = draft([finding("秘密", "10年")], [excerpt("机密★20年")])
    assert (undated.level, undated.term) == (Level.JIMI, None)
    assert [question[:3] for question in undated.open_questions] == ["期限："]
    mixed = draft(derivations=[excerpt("机密★会议开始前"), excerpt("机密★2027年1月1日")])
    assert [question[:3] for question in mixed.open_questions] == ["期限："]


def test_remarks_on_a_source_stand_in_the_basis_and_hold_nothing() -> None:
    proposal = draft(derivations=[excerpt("秘密★15年@2020-03-02"), excerpt("秘密@2020-03-02")])
    assert proposal.open_questions == ()
    assert any("TRM-1" in line for line in proposal.basis)
    assert any("TRM-3" in line for line in proposal.basis)


CITED = "（韶密局〔2010〕6号，秘密级）"


@pytest.mark.parametrize(
    ("answer", "reason", "asked"),
    [
        ("", "", "请确认"),
        ("未涉及内容", "只列作依据", None),
        ("未涉及内容", " ", "请确认"),
        ("涉及其内容", "摘用一段", "请登记该来源"),
    ],
)
def test_a_citation_classifies_nothing_and_waits_for_an_answer(answer: str, reason: str, asked: str | None) -> None:
    proposal = draft(citations=[Citation("C1", Span(3, 9), CITED, answer, reason)])  # D5
    assert proposal.level is None
    assert len(proposal.citations) == 1
    if asked is None:
        assert proposal.open_questions == ()
    else:
        (question,) = proposal.open_questions
        assert question.startswith("引用：引用涉密文号")
        assert asked in question


def test_a_citation_of_a_declared_source_asks_nothing() -> None:
    citation = Citation("C1", Span(3, 9), CITED)
    assert draft(derivations=[excerpt(number="韶密局[2010]6号")], citations=[citation]).open_questions == ()
    assert draft(derivations=[excerpt(number="韶密局〔2010〕16号")], citations=[citation]).open_questions != ()
    assert draft(derivations=[excerpt(number="")], citations=[citation]).open_questions != ()


def test_what_its_own_draft_calls_public_is_not_classified_without_a_question() -> None:
    """NEG-1: one of the two is wrong, and only a person can say which."""
    (question,) = draft([finding()], declared_public="此件公开发布").open_questions
    assert question.startswith(ON_DISCLOSURE)
    assert "此件公开发布" in question
    assert draft([finding()]).open_questions == ()
    assert draft(declared_public="此件公开发布").open_questions == ()
