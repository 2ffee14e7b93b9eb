"""The rules as a table: law.md §11 T12–T16, T20 and every check both ways."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from dataclasses import replace
from typing import Any

import pytest

from markpipe.classify.determine import put_forward
from markpipe.classify.rulebook.entry import CONFIDENCE
from markpipe.classify.rules import CHECKS, RULES, Context, Record, check, rule_of
from markpipe.cli.rule import every_check
from markpipe.errors import UsageError
from markpipe.model.agency import Agency, Authority, Officer, Tier
from markpipe.model.classification import Level, Mark, parse_mark, parse_term
from markpipe.model.decision import Derivation, Grounds, Origin, Proposal, SecretPoint, Source
from markpipe.model.finding import Kind
from markpipe.model.procedure import Consent, ConsentKind

ON = dt.date(2026, 5, 10)
OFFICER = Officer("李四", True, frozenset(Level))
CITY = Agency("某市教育局", Tier.MUNICIPAL)
COUNTY = Agency("某县教育局", Tier.COUNTY, superior="某市教育局")
PROVINCE = Agency("某省教育厅", Tier.PROVINCIAL)
AGREED = Record(consents=(Consent(ConsentKind.ORIGINATOR, "S0001", "某厅", "函1号", ON),))


def original(
    mark: str | None, ranges: tuple[str, ...] | None = None, basis: tuple[str, ...] = ("某范围第三条",)
) -> Proposal:
    """A draft that a range item classifies; `ranges` are the items' own level and term."""
    asked = None if mark is None else parse_mark(mark)
    points = (mark,) if ranges is None and mark is not None else ranges or ()
    return Proposal(
        "ab",
        "a.docx",
        "张三",
        None if asked is None else asked.level,
        None if asked is None else asked.term,
        Origin.ORIGINAL,
        ON,
        points=tuple(SecretPoint(parse_mark(point)) for point in points),
        basis=basis,
    )


def source(text: str = "机密★20年@2015-03-02", **more: Any) -> Source:
    mark, _, date = text.partition("@")
    known = Source(
        "S0001", "某方案", "某发〔2015〕3号", parse_mark(mark), dt.date.fromisoformat(date) if date else None
    )
    return replace(known, **more)


def derivative(mark: str | None, *sources: Source, ranges: tuple[str, ...] = (), scope: str = "") -> Proposal:
    return replace(
        original(mark, ranges),
        origin=Origin.DERIVATIVE,
        derivations=tuple(Derivation(one, Grounds.EXCERPT) for one in sources or (source(),)),
        access_scope=scope,
    )


def broken(
    proposal: Proposal,
    agency: Agency = PROVINCE,
    officer: Officer | None = OFFICER,
    kinds: tuple[Kind, ...] = (),
    published: str = "",
) -> list[str]:
    context = Context(agency, officer, ON, published=published)
    return [found.rule for found in check(replace(proposal, kinds=kinds), context)]


# the table of law.md §12


def test_every_rule_has_a_title_an_article_a_text_and_a_known_confidence() -> None:
    assert len(RULES) == 51
    for rule_id, rule in RULES.items():
        assert rule.id == rule_id
        assert re.fullmatch(r"[A-Z]+-\d", rule_id)
        assert rule.title
        assert len(rule.text) > 15
        assert rule.article
        assert rule.confidence
        assert set(rule.confidence) <= set(CONFIDENCE)


def test_what_was_read_only_in_the_replaced_text_cites_no_number() -> None:
    for rule in RULES.values():
        assert "2014" not in rule.article
        for part in rule.article.split("；"):
            if part.startswith("国家秘密定密管理规定") and rule.confidence[0] != "R":
                assert part == "国家秘密定密管理规定（2025），条号待核"


def test_every_check_says_its_rule_and_article_in_the_first_line() -> None:
    for checked in CHECKS:
        rule = RULES[rule_of(checked)]
        assert rule.checked
        first = (checked.__doc__ or "").splitlines()[0]
        assert re.fullmatch(r"[A-Z]+-\d: .+ \(.+\)\.", first), first
    assert len({rule_of(checked) for checked in CHECKS}) == len(CHECKS)


def test_every_rule_about_a_decision_is_a_generator_that_the_commands_ask() -> None:  # law.md §12
    asked = {rule_of(checked) for checked in every_check()}
    decisions = ("LVL", "AUTH", "UNC", "DSP", "NEG", "BAS", "TRM", "DRV", "REC", "MRK", "CHG", "REV", "DCL")
    wanted = {rule for rule in RULES if rule.startswith(decisions)} | {"CPY-2"}
    assert len(wanted) == 37
    assert wanted - asked == set()
    assert all(inspect.isgeneratorfunction(checked) for checked in every_check())


# nothing wrong: no violation


@pytest.mark.parametrize(
    ("proposal", "agency"),
    [
        (original("机密★20年"), CITY),
        (original("绝密★30年"), PROVINCE),
        (original("绝密★启用前"), Agency("某部", Tier.CENTRAL)),
        (original("绝密★长期", ("绝密★长期",)), PROVINCE),
        (original("秘密★15年", ("秘密★15年",)), PROVINCE),  # the range itself says so
        (original(None), COUNTY),
        (derivative("机密★2035年3月2日"), COUNTY),
        (derivative("绝密★长期", source("绝密★长期@2020-01-01")), COUNTY),  # T13
        (derivative("秘密★2035年3月2日", source("秘密★15年@2020-03-02")), COUNTY),  # an over-long source is followed
        (derivative("机密★会议开始前", source("机密★会议开始前@2026-01-01")), COUNTY),
        (derivative("机密★2036年5月10日", ranges=("秘密★10年",)), CITY),
        (derivative(None, source("机密★5年@2015-03-02")), COUNTY),  # T10: free already
    ],
)
def test_nothing_wrong_is_no_violation(proposal: Proposal, agency: Agency) -> None:
    assert check(proposal, Context(agency, OFFICER, ON, record=AGREED)) == ()


# authority


@pytest.mark.parametrize(
    ("tier", "level", "allowed"),
    [
        (Tier.CENTRAL, "绝密", True),
        (Tier.PROVINCIAL, "绝密", True),
        (Tier.MUNICIPAL, "绝密", False),  # T14
        (Tier.MUNICIPAL, "机密", True),
        (Tier.MUNICIPAL, "秘密", True),
        (Tier.COUNTY, "秘密", False),  # T12
        (Tier.COUNTY, "绝密", False),
        (Tier.OTHER, "秘密", False),
    ],
)
def test_original_classification_needs_the_tier(tier: Tier, level: str, allowed: bool) -> None:
    assert broken(original(f"{level}★5年"), Agency("某单位", tier)) == ([] if allowed else ["LVL-2"])


def test_what_a_unit_without_authority_is_told() -> None:
    (found,) = check(original("秘密★5年"), Context(COUNTY, None, ON))
    assert found.article == "保密法第十七条；保密法实施条例第十六条"
    for words in ("某县教育局", "某市教育局", "立即报请", "先按秘密级"):
        assert words in found.message
    (alone,) = check(original("秘密★5年"), Context(Agency("", Tier.OTHER), None, ON))
    assert "保密行政管理部门" in alone.message


def test_a_written_authorisation_extends_the_tier_while_it_runs() -> None:  # D4
    grant = Authority(frozenset({Level.MIMI}), "保密法第十七条第四款", ON, ON)
    assert broken(original("秘密★5年"), replace(COUNTY, authorities=(grant,))) == []
    assert broken(original("机密★5年"), replace(COUNTY, authorities=(grant,))) == ["LVL-2"]
    ended = replace(grant, valid_to=ON - dt.timedelta(days=1), valid_from=None)
    assert broken(original("秘密★5年"), replace(COUNTY, authorities=(ended,))) == ["LVL-2"]


def test_the_officer_holds_the_level_of_an_original_but_may_derive_any() -> None:
    only_low = Officer("李四", False, frozenset({Level.MIMI}))
    assert broken(original("机密★5年"), PROVINCE, only_low) == ["LVL-2"]
    assert broken(original("秘密★5年"), PROVINCE, only_low) == []
    assert broken(derivative("机密★2035年3月2日"), COUNTY, only_low) == []


def test_what_goes_beyond_the_sources_is_original() -> None:
    above = derivative("绝密★2035年3月2日", ranges=("绝密★5年",))
    assert broken(above, COUNTY) == ["LVL-2"]
    assert broken(above, PROVINCE) == []
    later = derivative("机密★2036年5月10日", ranges=("秘密★10年",))
    assert broken(later, COUNTY) == ["LVL-2"]


# kinds and basis


def test_other_kinds_never_carry_the_mark() -> None:  # T20
    kinds = (Kind.WORK_SECRET, Kind.PERSONAL)
    assert broken(original("秘密★1年", ()), kinds=kinds) == ["NEG-1", "BAS-1"]
    assert broken(original("秘密★1年"), kinds=kinds) == []
    assert broken(original("秘密★1年", ()), kinds=(Kind.MARK,)) == ["BAS-1"]
    assert broken(derivative("机密★2035年3月2日"), kinds=kinds) == []


def test_what_was_published_is_no_secret_any_more() -> None:
    assert broken(original("秘密★1年"), published="R2026-0001") == ["NEG-1"]
    assert broken(original(None), published="R2026-0001") == []


def test_an_original_names_its_range_item() -> None:
    assert broken(original("机密★5年", (), basis=())) == ["BAS-1"]
    assert broken(original("机密★5年", ("秘密★5年",))) == ["BAS-1"]
    assert broken(original("机密★5年", ("秘密★5年", "机密★5年"))) == []
    corrected = original(
        "机密★5年", ("秘密★5年",), basis=("某范围第三条", "纠正：由“秘密”改为“机密”；理由：适用第四条")
    )
    assert broken(corrected) == []


def test_a_handler_s_own_idea_is_no_basis_without_a_range_item() -> None:
    own = put_forward(original(None, (), basis=()), Level.MIMI, parse_term("5年"), "泄露后会造成损害")
    assert (own.level, own.basis) == (
        Level.MIMI,
        ("承办人拟定：由“不定密”改为“秘密，期限5年”；理由：泄露后会造成损害",),
    )
    assert broken(own) == ["BAS-1"]
    named = put_forward(original(None, (), basis=()), Level.MIMI, parse_term("5年"), "", "某范围第三条第2项：坐标")
    assert broken(named) == []
    assert put_forward(own, None, None, "", "") == own
    with pytest.raises(UsageError, match="没有密级"):
        put_forward(original(None, ()), None, parse_term("5年"), "")


def test_a_range_item_says_which_tier_produces_it() -> None:
    made = original("秘密★5年")
    point = replace(made.points[0], item="坐标", produced_at=("中央", "省级"))
    made = replace(made, points=(point,))
    assert broken(made) == []
    assert broken(made, CITY) == ["BAS-1"]
    assert "产生层级是中央、省级" in check(made, Context(CITY, None, ON))[0].message
    assert broken(replace(made, points=(replace(point, produced_at=("设区的市级",)),)), CITY) == []
    corrected = "纠正：由“秘密”改为“秘密”；理由：由省级机关交本局产生"
    assert broken(replace(made, basis=(*made.basis, corrected)), CITY) == []


def test_where_the_head_alone_approves() -> None:
    made, designated = original("秘密★5年"), replace(OFFICER, statutory=False)
    around = Context(PROVINCE, designated, ON, head_only=True)
    assert [found.rule for found in check(made, around)] == ["REC-1"]
    assert check(made, replace(around, officer=OFFICER)) == ()


# terms


@pytest.mark.parametrize(
    ("mark", "ranges", "rules"),
    [
        ("秘密★15年", ("秘密★10年",), ["TRM-1"]),  # T15
        ("秘密★10年1日", ("秘密★10年",), ["TRM-1"]),
        ("秘密★2099年1月1日", ("秘密★10年",), ["TRM-1"]),
        ("秘密★15年", (), ["BAS-1", "TRM-1"]),
        ("绝密★长期", ("绝密★30年",), ["TRM-2"]),  # T16
        ("绝密★长期", (), ["BAS-1", "TRM-2"]),
        ("秘密★另行通知", None, ["TRM-5"]),
        ("秘密★工作需要时", None, ["TRM-5"]),
    ],
)
def test_terms_of_ones_own(mark: str, ranges: tuple[str, ...] | None, rules: list[str]) -> None:
    assert broken(original(mark, ranges)) == rules


def test_a_vague_condition_of_a_source_is_followed() -> None:
    assert broken(derivative("机密★另行通知", source("机密★另行通知@2020-01-01"))) == []
    assert "TRM-5" in broken(derivative("机密★另行通知"))


def test_what_is_free_by_now_is_not_classified() -> None:
    assert broken(replace(original("秘密★5日"), issued_on=dt.date(2026, 5, 4))) == ["DCL-1"]
    assert broken(replace(original("秘密★5日"), issued_on=dt.date(2026, 5, 5))) == []


def test_an_undecided_term_is_left_to_the_person() -> None:
    assert broken(replace(original("秘密★5年"), term=None)) == []


# derivation


@pytest.mark.parametrize(
    ("mark", "rules"),
    [
        (None, ["DRV-1", "DRV-4"]),
        ("秘密★2035年3月2日", ["DRV-4"]),  # T17: each hop at least its source
        ("机密★2035年3月1日", ["DRV-3"]),
        ("机密★2035年3月3日", ["DRV-3"]),
        ("机密★20年", ["DRV-3"]),  # would run anew from the derivative's own date
        ("机密★长期", ["TRM-2", "DRV-3"]),
        ("机密★会议开始前", ["DRV-3"]),
    ],
)
def test_a_derivative_follows_its_source(mark: str | None, rules: list[str]) -> None:
    assert broken(derivative(mark)) == rules


@pytest.mark.parametrize(
    ("mark", "rules"),
    [
        ("机密★2027年1月1日", []),
        ("机密★会议开始前", []),
        ("机密★2028年1月1日", []),
        ("机密★2026年12月31日", ["DRV-3"]),
        ("机密★公布前", ["DRV-3"]),
    ],
)
def test_where_ends_cannot_be_ranked_a_person_chooses_one(mark: str, rules: list[str]) -> None:  # T9
    two = (source("机密★会议开始前@2026-01-01"), source("机密★2027年1月1日@2026-01-01"))
    assert broken(derivative(mark, *two)) == rules


def test_several_conditions_may_become_indefinite_only_by_a_range() -> None:
    two = (source("机密★会议开始前@2026-01-01"), source("机密★公布前@2026-01-01"))
    assert broken(derivative("机密★长期", *two)) == ["TRM-2"]
    assert broken(derivative("机密★2040年1月1日", *two)) == []
    assert broken(derivative("机密★2099年1月1日", *two)) == ["TRM-1"]


def test_a_held_source_still_sets_the_level() -> None:
    assert broken(derivative("秘密★5年", source("机密@2000-03-02"))) == ["DRV-4"]
    assert broken(derivative("机密★5年", source("机密@2000-03-02"))) == []


@pytest.mark.parametrize(
    ("missing", "words"),
    [({"title": ""}, "标题"), ({"document_number": ""}, "文号"), ({"title": "", "document_number": ""}, "标题、文号")],
)
def test_the_record_of_a_derivation_is_complete(missing: dict[str, str], words: str) -> None:
    proposal = derivative("机密★2035年3月2日", source(**missing))
    (found,) = check(proposal, Context(COUNTY, OFFICER, ON))
    assert found.rule == "DRV-6"
    assert found.message.endswith(f"缺少{words}")
    undated = derivative("机密★2035年3月2日", source("机密★2035年3月2日", id=""))
    assert [found.message for found in check(undated, Context(COUNTY, OFFICER, ON))] == ["来源1的记录缺少制发日"]


@pytest.mark.parametrize(
    ("scope", "rules"),
    [
        ("处室甲、处室乙", []),
        ("处室甲", []),
        ("", ["DRV-8"]),
        ("处室甲、处室丙", ["DRV-8"]),
        ("全体人员", ["DRV-8"]),
    ],
)
def test_the_scope_is_no_wider_than_the_sources(scope: str, rules: list[str]) -> None:
    proposal = derivative("机密★2035年3月2日", source(access_scope="处室甲、处室乙"), scope=scope)
    assert broken(proposal) == rules


# the record


def test_handler_and_officer_are_two_persons_and_the_officer_is_in_office() -> None:  # D2
    same = replace(original("秘密★5年"), handler="李四 ")
    (found,) = check(same, Context(PROVINCE, OFFICER, ON))
    assert (found.rule, "承办人不得兼任定密责任人" in found.message) == ("REC-1", True)
    assert broken(same, officer=None) == []
    assert broken(replace(original("秘密★5年"), handler=" ")) == ["REC-1"]
    gone = replace(OFFICER, valid_to=ON - dt.timedelta(days=1))
    assert broken(original("秘密★5年"), officer=gone) == ["REC-1"]
    assert broken(derivative("机密★2035年3月2日"), COUNTY, gone) == ["REC-1"]


def test_a_violation_bears_its_article() -> None:
    for found in check(derivative(None), Context(COUNTY, OFFICER, ON)):
        assert found.article == RULES[found.rule].article
        assert Mark(Level.MIMI, parse_term("5年")).text not in found.message


def test_of_a_rule_with_an_article_only_the_inferred_part_is_set_aside() -> None:
    alone = replace(original("秘密★5年"), handler="李四")
    around = Context(PROVINCE, OFFICER, ON)
    assert [found.rule for found in check(alone, around)] == ["REC-1"]
    aside = replace(around, set_aside=frozenset({"REC-1"}))
    assert check(alone, aside) == ()
    out_of_office = replace(aside, officer=replace(OFFICER, valid_to=dt.date(2020, 1, 1)))
    assert [found.rule for found in check(alone, out_of_office)] == ["REC-1"]


def test_what_may_be_set_aside_says_so() -> None:
    assert {rule.id for rule in RULES.values() if rule.can_be_set_aside} == {
        "DRV-2",
        "DRV-3",
        "DRV-5",
        "DRV-6",
        "DRV-7",
        "REC-1",
        "TRM-4",
    }
