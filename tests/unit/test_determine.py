"""定密: approved only when nothing stands against it, by the officer's own account, for exactly this content."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from markpipe.classify.determine import approve, correct, ensure_unchanged
from markpipe.classify.rules import Context, check
from markpipe.errors import RefusedError, UsageError
from markpipe.model.agency import Actor, Agency, Authority, Officer, Tier
from markpipe.model.classification import Level, Mark, parse_mark, parse_term
from markpipe.model.decision import Derivation, Grounds, Origin, Proposal, SecretPoint, Source

ON = dt.date(2026, 5, 10)
OFFICER = Officer("李四", True, frozenset(Level))
CITY = Context(Agency("某市教育局", Tier.MUNICIPAL), OFFICER, ON)
ACTOR = Actor("lisi", "李四")
PROPOSAL = Proposal(
    "ab" * 32,
    "a.docx",
    "张三",
    Level.JIMI,
    parse_term("10年"),
    Origin.ORIGINAL,
    ON,
    declassify_on=dt.date(2036, 5, 10),
    points=(SecretPoint(Mark(Level.JIMI, parse_term("10年"))),),
    basis=("某范围第三条：某类计划（机密，期限10年）",),
)
DERIVATIVE = replace(
    PROPOSAL,
    origin=Origin.DERIVATIVE,
    term=parse_term("2035年3月2日"),
    declassify_on=dt.date(2035, 3, 2),
    access_scope="处室甲",
    derivations=(
        Derivation(
            Source("S0001", "某方案", "某发〔2015〕3号", parse_mark("机密★20年"), dt.date(2015, 3, 2), (), "处室甲"),
            Grounds.EXCERPT,
        ),
    ),
    points=(),
)


def refused(proposal: Proposal, context: Context = CITY, actor: Actor = ACTOR) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        approve(proposal, context, actor, "D2026-0001")
    return caught.value


def test_an_approval_is_bound_to_the_content_and_says_on_what_it_rests() -> None:
    determination = approve(PROPOSAL, CITY, ACTOR, "D2026-0001")
    assert (determination.id, determination.digest, determination.name) == ("D2026-0001", "ab" * 32, "a.docx")
    assert determination.mark.text == "机密★10年"
    assert (determination.handler, determination.officer, determination.account) == ("张三", "李四", "lisi")
    assert (determination.decided_on, determination.issued_on) == (ON, ON)
    assert determination.declassify_on == dt.date(2036, 5, 10)
    assert determination.basis == (*PROPOSAL.basis, "定密权限：设区的市级机关的定密权限（保密法第十七条）")
    assert not determination.demo


def test_a_derivation_needs_no_authority_and_a_stand_in_shows() -> None:  # T13, AUTH-2
    county = replace(CITY, agency=Agency("某县教育局", Tier.COUNTY))
    determination = approve(DERIVATIVE, county, replace(ACTOR, demo=True), "D2026-0002")
    assert determination.mark.text == "机密★2035年3月2日"
    assert determination.declassify_on == dt.date(2035, 3, 2)
    excerpt = "摘录、引用、汇编机密级、秘密级来源：由本机关、单位李四批准（保密法实施条例第二十七条）"
    assert determination.basis == (*DERIVATIVE.basis, excerpt)
    assert determination.origin is Origin.DERIVATIVE
    assert determination.access_scope == "处室甲"
    assert determination.demo


def test_a_written_authority_is_named_in_the_basis() -> None:  # D4
    grant = Authority(frozenset({Level.JIMI}), "保密法第十七条第四款")
    county = replace(CITY, agency=Agency("某县公安局", Tier.COUNTY, (grant,)))
    assert approve(PROPOSAL, county, ACTOR, "D2026-0001").basis[-1] == "定密权限：保密法第十七条第四款"


def test_what_stands_against_it_is_named_with_rule_and_article() -> None:  # D3
    refusal = refused(PROPOSAL, replace(CITY, agency=Agency("某县教育局", Tier.COUNTY)))
    assert refusal.rules == ("LVL-2",)
    assert "保密法第十七条" in refusal.message
    assert refusal.exit_code == 5


@pytest.mark.parametrize(
    ("proposal", "context", "actor", "rules", "words"),
    [
        (replace(PROPOSAL, handler="李四"), CITY, ACTOR, ("REC-1",), "承办人不得兼任定密责任人"),  # D2
        (PROPOSAL, replace(CITY, officer=None), ACTOR, ("REC-1",), "没有指明已配置的定密责任人"),
        (DERIVATIVE, replace(CITY, officer=None), ACTOR, ("REC-1", "AUTH-2"), "须由本单位指明的定密责任人"),  # T13
        (PROPOSAL, CITY, Actor("zhangsan", "张三"), ("REC-1",), "李四本人办理"),
        (PROPOSAL, CITY, Actor("root", ""), ("REC-1",), "（无）"),
        (
            PROPOSAL,
            replace(CITY, officer=Officer("李四", False, frozenset({Level.MIMI}))),
            ACTOR,
            ("LVL-2",),
            "没有机密级的定密权限",
        ),
        (PROPOSAL, replace(CITY, on=dt.date(2036, 5, 11)), ACTOR, ("DCL-1",), "已经届满"),
        (replace(PROPOSAL, level=None, term=None), CITY, ACTOR, ("LVL-1",), "没有可以批准的密级"),
        (replace(PROPOSAL, term=None), CITY, ACTOR, ("MRK-1",), "保密期限没有确定"),
        (replace(DERIVATIVE, level=None), CITY, ACTOR, ("DRV-1", "DRV-4", "LVL-1"), "必须派生定密"),
    ],
)
def test_refusals(proposal: Proposal, context: Context, actor: Actor, rules: tuple[str, ...], words: str) -> None:
    refusal = refused(proposal, context, actor)
    assert sorted(refusal.rules) == sorted(rules)
    assert words in refusal.message
    assert "a.docx" in refusal.message


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        ("引用：引用涉密文号“（某发〔2024〕1号）”，请确认是否涉及其内容", "DRV-1"),
        ("来源：来源S0001没有标明保密期限", "TRM-3"),
        ("期限：不能比较长短", "TRM-1"),
        ("密级：疑似某类计划", "BAS-1"),
        ("还有一件事", "REC-1"),
    ],
)
def test_an_open_question_stops_an_approval_without_being_quoted(question: str, rule: str) -> None:
    refusal = refused(replace(PROPOSAL, open_questions=(question, question + "二")))
    assert refusal.rules == (rule,)
    assert "还有 2 个" in refusal.message
    assert "某发" not in refusal.message


def test_control_characters_of_a_file_name_do_not_reach_the_message() -> None:
    assert "\x1b" not in refused(replace(PROPOSAL, name="a\x1b[2J.docx", level=None)).message


def test_a_correction_takes_the_officers_level_and_term_and_keeps_the_reason() -> None:
    corrected = correct(PROPOSAL, Level.MIMI, parse_term("5年"), "适用范围第四条")
    assert corrected.mark == parse_mark("秘密★5年")
    assert corrected.declassify_on == dt.date(2031, 5, 10)
    assert corrected.basis[:-1] == PROPOSAL.basis
    for words in ("机密，期限10年", "秘密，期限5年", "适用范围第四条"):
        assert words in corrected.basis[-1]
    assert "★" not in corrected.basis[-1]
    assert check(corrected, CITY) == ()
    assert approve(corrected, CITY, ACTOR, "D2026-0001").mark.text == "秘密★5年"


def test_a_correction_of_the_level_alone_keeps_the_term() -> None:
    corrected = correct(PROPOSAL, Level.MIMI, None, "适用范围第四条")
    assert corrected.mark == parse_mark("秘密★10年")
    open_term = correct(replace(PROPOSAL, level=None, term=None), Level.MIMI, None, "适用范围第四条")
    assert (open_term.level, open_term.term, open_term.declassify_on) == (Level.MIMI, None, None)
    assert "不定密" in open_term.basis[-1]


def test_a_correction_answers_what_is_about_level_and_term_and_nothing_else() -> None:
    questions = ("密级：甲", "期限：乙", "来源：丙", "引用：丁")
    asked = replace(PROPOSAL, open_questions=questions)
    assert correct(asked, Level.JIMI, parse_term("5年"), "已核").open_questions == ("来源：丙", "引用：丁")
    assert correct(asked, Level.JIMI, None, "已核").open_questions == ("期限：乙", "来源：丙", "引用：丁")


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_correction_needs_a_reason(reason: str) -> None:
    with pytest.raises(UsageError, match="须写明理由"):
        correct(PROPOSAL, Level.MIMI, None, reason)


def test_a_correction_cannot_lower_a_derivative() -> None:
    lowered = correct(DERIVATIVE, Level.MIMI, parse_term("2035年3月2日"), "认为过高")
    assert refused(lowered).rules == ("DRV-4",)


def test_one_changed_character_is_another_content() -> None:  # D8
    determination = approve(PROPOSAL, CITY, ACTOR, "D2026-0001")
    ensure_unchanged(determination, PROPOSAL.digest)
    with pytest.raises(RefusedError, match="内容与审批稿不一致") as caught:
        ensure_unchanged(determination, "cd" * 32)
    assert caught.value.rules == ("REC-1",)
    assert "退回拟定" in caught.value.message
