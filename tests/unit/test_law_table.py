"""law.md §11, T1 to T26, one after the other; what the command line or a format answers is tested where it is done.

T19 (copies without a stamp) belongs to the carriers, T20's marks to `detect`, T26 to publication.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.classify.case import Context, Record
from markpipe.classify.derive import as_read, derive
from markpipe.classify.determine import approve
from markpipe.classify.due import Kept, tasks
from markpipe.classify.lifecycle import Standing
from markpipe.classify.propose import propose
from markpipe.classify.rules import check, highest_claim
from markpipe.classify.sourcing import ancestors
from markpipe.classify.terms import without_its_day
from markpipe.config.workdays import load_calendar
from markpipe.errors import RefusedError
from markpipe.model.agency import Actor, Agency, Officer, Tier
from markpipe.model.classification import Duration, Indefinite, Level, Mark, Until, parse_mark, parse_term
from markpipe.model.decision import Citation, Derivation, Determination, Grounds, Origin, Proposal, SecretPoint, Source
from markpipe.model.finding import Kind
from markpipe.model.procedure import Answer, Claim, Consent, ConsentKind, Opinion, Report, ReportKind
from markpipe.model.span import Span

ISSUED = dt.date(2026, 5, 10)
OFFICER = Officer("李四", True, frozenset(Level))
COUNTY = Agency("某县教育局", Tier.COUNTY, superior="某市教育局")
CITY = Agency("某市教育局", Tier.MUNICIPAL)
PROVINCE = Agency("某省教育厅", Tier.PROVINCIAL)


def source(text: str, id_: str = "S0001", **more: Any) -> Source:
    mark, _, day = text.partition("@")
    known = Source(id_, "某方案", "某发〔2015〕3号", parse_mark(mark), dt.date.fromisoformat(day) if day else None)
    return replace(known, **more)


def derived(*sources: Source, touched: tuple[str, ...] = (), on: dt.date = ISSUED) -> Any:
    marks = tuple(parse_mark(text) for text in touched)
    return derive([Derivation(one, Grounds.DECLARED, marks) for one in sources], on)


def proposal(mark: str | None, *sources: Source, ranges: tuple[str, ...] = (), **more: Any) -> Proposal:
    asked = None if mark is None else parse_mark(mark)
    made = Proposal(
        "ab",
        "a.docx",
        "张三",
        None if asked is None else asked.level,
        None if asked is None else asked.term,
        Origin.DERIVATIVE if sources else Origin.ORIGINAL,
        ISSUED,
        derivations=tuple(Derivation(one, Grounds.DECLARED) for one in sources),
        points=tuple(SecretPoint(parse_mark(text), entry="range.1") for text in ranges),
        basis=("某范围第三条",),
    )
    return replace(made, **more)


def rules(made: Proposal, agency: Agency = PROVINCE, **more: Any) -> set[str]:
    return {found.rule for found in check(made, replace(Context(agency, OFFICER, ISSUED), **more))}


POINTS = (SecretPoint(parse_mark("绝密★30年")), SecretPoint(parse_mark("秘密★5年")))


@pytest.mark.parametrize(
    ("case", "sources", "touched", "on", "mark"),
    [
        ("T1", (source("机密★20年@2015-03-02"),), (), ISSUED, "机密★2035年3月2日"),
        ("T2", (source("机密@2015-03-02"),), (), ISSUED, "机密★2035年3月2日"),
        ("T2", (source("绝密@2015-03-02"),), (), ISSUED, "绝密★2045年3月2日"),
        ("T2", (source("秘密@2020-03-02"),), (), ISSUED, "秘密★2030年3月2日"),
        ("T3", (source("机密@2024-03-02", notice=Duration(5)),), (), ISSUED, "机密★2029年3月2日"),
        ("T4", (source("绝密★5年@2024-01-15"), source("秘密★长期@2020-01-01", "S2")), (), ISSUED, "绝密★长期"),
        (
            "T4",
            (source("绝密★5年@2024-01-15"), source("秘密★长期@2020-01-01", "S2")),
            (),
            dt.date(2029, 1, 16),
            "秘密★长期",
        ),
        ("T5", (source("机密★20年@2010-06-01"), source("秘密★10年@2025-06-01", "S2")), (), ISSUED, "机密★2035年6月1日"),
        (
            "T6",
            (source("绝密★30年@2020-01-01", points=POINTS),),
            ("秘密★5年",),
            dt.date(2021, 1, 1),
            "秘密★2025年1月1日",
        ),
        ("T7", (source("绝密★30年@2020-01-01"),), (), ISSUED, "绝密★2050年1月1日"),
        ("T9", (source("机密★会议开始前@2026-01-01"), source("机密★2027年1月1日@2026-01-01", "S2")), (), ISSUED, None),
        ("T10", (source("机密★10年@2015-03-02"),), (), ISSUED, None),
        ("T24", (source("秘密★10年@2012-02-29"),), (), dt.date(2021, 1, 1), "秘密★2022年2月28日"),
        ("T25", (source("秘密★10年@2016-05-10"),), (), ISSUED, "秘密★2026年5月10日"),
        ("T25", (source("秘密★10年@2016-05-09"),), (), ISSUED, None),
    ],
)
def test_what_an_excerpt_carries(
    case: str, sources: tuple[Source, ...], touched: tuple[str, ...], on: dt.date, mark: str | None
) -> None:
    result = derived(*sources, touched=touched, on=on)
    assert (None if result.mark is None else result.mark.text) == mark, case
    if case == "T9":
        assert result.held
        assert result.level is Level.JIMI
    if case == "T10":
        assert any(reason.rule == "PUB-3" for reason in result.because)
    if case == "T2":
        assert any(warning.rule == "TRM-3" for warning in result.warnings)


def test_t8_a_citation_that_touches_nothing_derives_nothing() -> None:
    assert derived().level is None
    assert rules(proposal(None)) == set()


@pytest.mark.parametrize(
    ("case", "made", "agency", "more", "expected"),
    [
        ("T12", proposal("秘密★10年", ranges=("秘密★10年",)), COUNTY, {}, {"LVL-2"}),
        ("T13", proposal("绝密★2045年3月2日", source("绝密★30年@2015-03-02")), COUNTY, {}, {"CPY-2"}),
        ("T14", proposal("绝密★30年", ranges=("绝密★30年",)), CITY, {}, {"LVL-2"}),
        ("T15", proposal("秘密★15年", ranges=("秘密★10年",)), PROVINCE, {}, {"TRM-1"}),
        ("T15", proposal("秘密★15年", ranges=("秘密★15年",)), PROVINCE, {}, set()),
        ("T16", proposal("绝密★长期", ranges=("绝密★30年",)), PROVINCE, {}, {"TRM-1", "TRM-2"}),
        ("T16", proposal("机密★长期", source("机密★长期@2020-01-01")), COUNTY, {}, set()),
        ("T18", proposal("绝密★2045年3月2日", source("绝密★30年@2015-03-02")), PROVINCE, {}, {"CPY-2"}),
        (
            "T20",
            replace(proposal("秘密★1年", basis=("x",)), kinds=(Kind.WORK_SECRET,)),
            PROVINCE,
            {},
            {"NEG-1", "BAS-1"},
        ),
        (
            "T20",
            replace(proposal("秘密★1年", basis=("x",)), kinds=(Kind.TRADE_SECRET,)),
            PROVINCE,
            {},
            {"NEG-1", "BAS-1"},
        ),
        (
            "T20",
            replace(proposal("秘密★1年", basis=("x",)), kinds=(Kind.PERSONAL,)),
            PROVINCE,
            {},
            {"NEG-1", "BAS-1"},
        ),
    ],
)
def test_what_stands_against_a_proposal(
    case: str, made: Proposal, agency: Agency, more: dict[str, Any], expected: set[str]
) -> None:
    found = rules(made, agency, **more)
    assert (found - {"TRM-1"} if case == "T16" else found) == (expected - {"TRM-1"} if case == "T16" else expected)


def consent(kind: ConsentKind, source_id: str = "S0001", scope: str = "") -> Record:
    return Record(consents=(Consent(kind, source_id, "某部", "函1号", ISSUED, scope),))


@pytest.mark.parametrize(
    ("record", "refused"),
    [
        (Record(), True),
        (consent(ConsentKind.LEADER), True),
        (consent(ConsentKind.ORIGINATOR, "S0002"), True),
        (consent(ConsentKind.ORIGINATOR), False),
    ],
)
@pytest.mark.parametrize("touched", [(), ("秘密★5年",)])
def test_t18_only_the_originator_agrees_for_a_top_secret(
    record: Record, refused: bool, touched: tuple[str, ...]
) -> None:
    known = source("绝密★30年@2025-01-01", points=POINTS)
    result = derived(known, touched=touched)
    made = proposal(
        result.mark.text, known, derivations=(Derivation(known, Grounds.DECLARED, tuple(map(parse_mark, touched))),)
    )
    assert ("CPY-2" in rules(made, record=record)) is refused


def test_a_top_secret_that_is_free_by_now_needs_no_consent() -> None:
    known = source("绝密★5年@2015-03-02")
    assert rules(proposal(None, known)) == set()
    assert rules(proposal(None, source("绝密★30年@2015-03-02", declassified_on=ISSUED))) == set()
    assert derived(source("绝密★30年@2015-03-02", declassified_on=ISSUED)).level is None


@pytest.mark.parametrize(
    ("root", "child", "level", "broken"),
    [
        (source("机密★20年@2015-03-02"), "秘密★20年", "秘密", True),
        (source("机密★20年@2015-03-02"), "秘密★20年", None, True),
        (source("机密★20年@2015-03-02"), "秘密★20年", "机密", False),
        (source("机密★20年@2015-03-02"), "机密★20年", "机密", False),
        (source("绝密★30年@2015-03-02", points=POINTS), "秘密★20年", "秘密", False),
        (source("机密★5年@2015-03-02"), "秘密★20年", "秘密", False),
    ],
)
def test_t17_each_hop_is_compared_with_the_root(root: Source, child: str, level: str | None, broken: bool) -> None:
    hop = source(f"{child}@2015-03-02", "S0002", derived_from=("S0001",))
    further = source(f"{child}@2015-03-02", "S0003", derived_from=("S0002",))
    registered = {one.id: one for one in (root, hop, further)}
    for last in (hop, further):
        made = proposal(None if level is None else f"{level}★2035年3月2日", last)
        assert ("DRV-4" in rules(made, sources=registered)) is (broken or level is None)
        touched = replace(made, derivations=(Derivation(last, Grounds.DECLARED, (last.mark,)),))
        assert ("DRV-4" in rules(touched, sources=registered)) is (level is None)


def test_a_circle_of_sources_has_an_end() -> None:
    one = source("机密★20年@2015-03-02", "S1", derived_from=("S2", "S9"))
    two = source("机密★20年@2015-03-02", "S2", derived_from=("S1", "S2"))
    assert ancestors(one, {"S1": one, "S2": two}) == (two,)


def test_t21_ten_working_days_over_two_holidays() -> None:
    assert load_calendar().after(dt.date(2026, 9, 24), 10) == dt.date(2026, 10, 15)


def test_t22_a_proposal_made_before_the_source_changed_is_made_again() -> None:
    known = source("机密★20年@2015-03-02")
    made = proposal("机密★2035年3月2日", known)
    assert rules(made, sources={"S0001": known}) == set()
    assert rules(made, sources={}) == set()
    assert rules(made, sources={"S0001": source("秘密★20年@2015-03-02")}) == {"DRV-7"}
    context = Context(COUNTY, OFFICER, ISSUED, sources={"S0001": replace(known, declassified_on=ISSUED)})
    with pytest.raises(RefusedError, match="DRV-7"):
        approve(made, context, Actor("acc", "李四"), "D2026-0001")


@pytest.mark.parametrize(("mark", "asked"), [("机密★10年", True), ("绝密★10年", True), ("秘密★10年", False)])
def test_t23_who_knows_is_logged_from_jimi_upwards(mark: str, asked: bool) -> None:
    parsed = parse_mark(mark)
    made = Determination("D2026-0001", "ab", "a.docx", parsed, Origin.ORIGINAL, "张三", "李四", ISSUED, ISSUED)
    kept = Kept(Standing(replace(made, access_scope="甲处"), proposal(mark)))
    assert ("REC-2" in {task.rule for task in tasks((kept,), (), {}, ISSUED, 30)}) is asked


# uncertain and disputed; steps before the officer


def reported(kind: ReportKind, *claims: Claim, answer: Answer | None = None) -> Record:
    report = Report(kind, "某省保密局", Level.MIMI, None, ISSUED, None, "x")
    return Record(reports=(report,), claims=claims, answers=() if answer is None else (answer,))


PLAIN = proposal("秘密★5年", ranges=("秘密★5年",))


@pytest.mark.parametrize(
    ("made", "record", "expected"),
    [
        (PLAIN, reported(ReportKind.UNCERTAIN), {"UNC-1"}),
        (PLAIN, reported(ReportKind.NO_AUTHORITY), set()),
        (PLAIN, reported(ReportKind.DISPUTE, Claim("甲", Level.JIMI)), {"DSP-1"}),
        (proposal(None), reported(ReportKind.DISPUTE, Claim("甲", Level.MIMI)), {"DSP-1"}),
        (PLAIN, reported(ReportKind.DISPUTE, Claim("甲", Level.MIMI, Duration(8)), Claim("乙", None)), {"DSP-1"}),
        (PLAIN, reported(ReportKind.DISPUTE, Claim("甲", Level.MIMI, Duration(3))), set()),
        (PLAIN, reported(ReportKind.DISPUTE, Claim("甲", Level.MIMI)), set()),
        (PLAIN, reported(ReportKind.DISPUTE, Claim("甲", None), Claim("乙", None)), set()),
        (
            PLAIN,
            reported(ReportKind.UNCERTAIN, answer=Answer(ReportKind.UNCERTAIN, "某省保密局", "函", ISSUED, Level.MIMI)),
            set(),
        ),
    ],
)
def test_reports_hold_a_matter(made: Proposal, record: Record, expected: set[str]) -> None:
    assert rules(made, record=record) == expected


def test_the_highest_level_and_the_longest_term_claimed_are_taken_independently() -> None:
    level, end = highest_claim([Claim("甲", Level.JIMI, Duration(1)), Claim("乙", Level.MIMI, Duration(9))], ISSUED)
    assert (level, end.date if end else None) == (Level.JIMI, dt.date(2035, 5, 10))
    assert highest_claim([Claim("甲", None)], ISSUED) == (None, None)


@pytest.mark.parametrize(
    ("level", "term", "allowed"),
    [
        (Level.MIMI, parse_term("5年"), True),
        (Level.MIMI, None, True),
        (Level.MIMI, parse_term("4年"), False),
        (Level.JIMI, None, False),
        (None, None, False),
    ],
)
def test_an_answer_stands_in_for_one_s_own_authority(level: Level | None, term: Any, allowed: bool) -> None:
    answer = Answer(ReportKind.NO_AUTHORITY, "某市教育局", "市教密〔2026〕1号", ISSUED, level, term)
    record = reported(ReportKind.NO_AUTHORITY, answer=answer)
    assert ("LVL-2" in rules(PLAIN, COUNTY, record=record)) is not allowed
    if allowed:
        made = approve(PLAIN, Context(COUNTY, OFFICER, ISSUED, record=record), Actor("acc", "李四"), "D2026-0001")
        assert "由某市教育局确定（市教密〔2026〕1号" in made.basis[-1]


def test_consents_are_named_in_the_basis() -> None:
    known = source("绝密★30年@2015-03-02")
    record = consent(ConsentKind.ORIGINATOR)
    context = Context(COUNTY, OFFICER, ISSUED, record=record)
    made = approve(proposal("绝密★2045年3月2日", known), context, Actor("acc", "李四"), "D2026-0001")
    assert made.basis[-1] == "原定密机关、单位或者其上级同意，来源S0001：某部（函1号，2026年5月10日）"
    bare = Record(consents=(Consent(ConsentKind.ORIGINATOR, "", "某部", "函1号", ISSUED), *record.consents))
    made = approve(
        proposal("绝密★2045年3月2日", known), replace(context, record=bare), Actor("acc", "李四"), "D2026-0001"
    )
    assert made.basis[-2].startswith("原定密机关、单位或者其上级同意：")


@pytest.mark.parametrize(
    ("opinions", "broken"),
    [
        ((), True),
        ((Opinion("保密员", True, "同意", ISSUED, "other"),), True),
        ((Opinion("保密员", False, "依据不足", ISSUED, "offer"),), True),
        ((Opinion("办公室", True, "同意", ISSUED, "offer"),), True),
        ((Opinion("保密员", True, "同意", ISSUED, "offer"),), False),
        (
            (Opinion("保密员", False, "x", ISSUED, "offer"), Opinion("保密员", True, "同意", ISSUED, "offer")),
            False,
        ),
    ],
)
def test_the_steps_of_the_unit_come_first(opinions: tuple[Opinion, ...], broken: bool) -> None:
    record = Record(opinions=opinions, offer="offer")
    assert ("REC-1" in rules(PLAIN, record=record, steps=("保密员",))) is broken


# sources: points, mixture, scope


@pytest.mark.parametrize(
    ("points", "touched", "broken"),
    [
        (POINTS, ("秘密★5年",), False),
        (POINTS, ("机密★5年",), True),
        ((), ("机密★5年",), False),
        (POINTS, (), False),
    ],
)
def test_points_are_those_of_the_source(
    points: tuple[SecretPoint, ...], touched: tuple[str, ...], broken: bool
) -> None:
    known = source("绝密★30年@2025-01-01", points=points)
    marks = tuple(map(parse_mark, touched))
    made = proposal("绝密★2055年1月1日", known, derivations=(Derivation(known, Grounds.DECLARED, marks),))
    assert ("DRV-2" in rules(made)) is broken


@pytest.mark.parametrize(
    ("mark", "ranges", "broken"),
    [
        ("机密★2036年5月10日", ("绝密★10年",), True),
        ("机密★2036年5月10日", ("秘密★10年",), False),
        ("绝密★2036年5月10日", ("绝密★10年",), False),
        (None, ("绝密★10年",), False),  # DRV-1 says it
    ],
)
def test_a_mixture_takes_the_stricter(mark: str | None, ranges: tuple[str, ...], broken: bool) -> None:
    found = rules(proposal(mark, source("机密★20年@2015-03-02"), ranges=ranges))
    assert ("DRV-5" in found) is broken
    assert "DRV-1" in found or mark is not None


@pytest.mark.parametrize(
    ("scope", "record", "says"),
    [
        ("甲处", Record(), ""),
        ("甲处、乙处", Record(), ""),
        ("", Record(), "没有写知悉范围"),
        ("甲处、丙处", Record(), "超出"),
        ("甲处、丙处", consent(ConsentKind.WIDENING, scope="丙处"), ""),
        ("甲处、丙处", consent(ConsentKind.LEADER, scope="丙处"), "超出"),
        ("甲处、有关单位", Record(), "概括"),
        ("甲处等", Record(), "概括"),
        ("各县局", Record(), "概括"),
    ],
)
def test_the_scope_follows_the_source_or_a_recorded_widening(scope: str, record: Record, says: str) -> None:
    known = source("机密★20年@2015-03-02", access_scope="甲处、乙处")
    found = check(
        proposal("机密★2035年3月2日", known, access_scope=scope), Context(COUNTY, OFFICER, ISSUED, record=record)
    )
    assert [one.message for one in found if one.rule == "DRV-8" and says in one.message] == [
        one.message for one in found
    ]
    assert bool(found) is bool(says)


def test_a_rule_set_aside_is_not_checked() -> None:
    known = source("机密★20年@2015-03-02")
    made = proposal("机密★2035年3月2日", known)
    changed = {"S0001": source("秘密★20年@2015-03-02")}
    assert rules(made, sources=changed, set_aside=frozenset({"DRV-7"})) == set()


# properties

TERMS = st.one_of(
    st.builds(Duration, st.integers(1, 40)),
    st.builds(Until, st.dates(dt.date(2026, 6, 1), dt.date(2060, 1, 1))),
    st.just(Indefinite()),
)
SOURCES = st.builds(
    Source,
    id=st.sampled_from([f"S{number}" for number in range(9)]),
    title=st.just("x"),
    document_number=st.just("x"),
    mark=st.builds(Mark, st.sampled_from(Level), TERMS),
    issued_on=st.dates(dt.date(1990, 1, 1), ISSUED),
)


@given(st.lists(SOURCES, min_size=1, max_size=5), SOURCES)
def test_one_more_source_never_lowers_or_shortens(sources: list[Source], more: Source) -> None:
    before, after = derived(*sources), derived(*sources, more)
    assert (after.level or 0) >= (before.level or 0)
    if before.end is not None and after.end is not None:
        assert after.end.covers(before.end)


@given(st.lists(SOURCES, min_size=1, max_size=5), st.randoms())
def test_the_order_does_not_matter_and_twice_is_once(sources: list[Source], chance: Any) -> None:
    shuffled = list(sources)
    chance.shuffle(shuffled)
    one, other, twice = derived(*sources), derived(*shuffled), derived(*sources, *sources)
    assert (one.mark, one.declassify_on) == (other.mark, other.declassify_on) == (twice.mark, twice.declassify_on)


@given(st.lists(SOURCES, min_size=1, max_size=4), st.sampled_from(Level), TERMS)
def test_nothing_is_approved_below_its_sources(sources: list[Source], level: Level, term: Any) -> None:
    result = derived(*sources)
    made = proposal(f"{level.label}★{term.label}", *sources)
    agreed = Record(consents=tuple(Consent(ConsentKind.ORIGINATOR, s.id, "某部", "函", ISSUED) for s in sources))
    try:
        done = approve(made, Context(PROVINCE, OFFICER, ISSUED, record=agreed), Actor("acc", "李四"), "D2026-0001")
    except RefusedError:
        return
    assert result.level is None or done.mark.level >= result.level


# the inferred parts of TRM-4 and DRV-3, which a unit may set aside

TRM_4 = frozenset({"TRM-4"})


@pytest.mark.parametrize(
    ("day", "aside", "level"),
    [
        (dt.date(2035, 3, 1), TRM_4, Level.JIMI),
        (dt.date(2035, 3, 2), TRM_4, None),  # T25 set aside: the last day is free
        (dt.date(2035, 3, 2), frozenset(), Level.JIMI),  # T25
        (dt.date(2035, 3, 2), frozenset({"DRV-3"}), Level.JIMI),
        (dt.date(2035, 3, 3), frozenset(), None),
    ],
)
def test_whether_the_last_day_is_protected(day: dt.date, aside: frozenset[str], level: Level | None) -> None:
    found = derive([Derivation(source("机密★20年@2015-03-02"), Grounds.DECLARED)], day, aside)
    assert found.level == level
    said = [reason.text for reason in found.because if reason.rule == "TRM-4"]
    assert any("当日即视为届满" in text for text in said) == (aside == TRM_4)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("机密★20年@2012-02-29", None),  # 2032 has a 29 February, yet 10 years on there is none: see below
        ("机密★20年@2015-03-02", "机密★2035年3月2日"),
        ("机密★2030年5月1日@2012-02-29", "机密★2030年5月1日"),
        ("机密★会议开始前@2012-02-29", "机密★会议开始前"),
        ("秘密★3个月@2026-03-31", None),
    ],
)
def test_a_month_without_the_day_is_asked_about(text: str, mark: str | None) -> None:  # T24 set aside
    found = derive([Derivation(source(text), Grounds.DECLARED)], dt.date(2026, 4, 1), TRM_4)
    if text == "机密★20年@2012-02-29":
        assert found.mark == parse_mark("机密★2032年2月29日")
        found = derive([Derivation(source("机密★15年@2012-02-29"), Grounds.DECLARED)], dt.date(2026, 4, 1), TRM_4)
    assert (found.mark.text if found.mark else None) == mark
    if mark is None:
        assert found.level is not None
        assert [hold.rule for hold in found.holds] == ["TRM-4"]
        assert "没有对应日" in found.holds[0].message


@pytest.mark.parametrize(
    ("issued_on", "term", "broken"),
    [
        (dt.date(2024, 2, 29), "5年", True),
        (dt.date(2024, 2, 29), "4年", False),
        (dt.date(2026, 3, 31), "1个月", True),
        (dt.date(2026, 3, 31), "90日", False),
        (dt.date(2024, 2, 29), "2030年3月1日", False),
        (dt.date(2024, 2, 29), "长期", False),
        (dt.date(2026, 3, 2), "5年", False),
    ],
)
def test_a_term_of_one_s_own_without_its_day(issued_on: dt.date, term: str, broken: bool) -> None:
    made = proposal(f"秘密★{term}", ranges=(f"秘密★{term}",), issued_on=issued_on)
    assert "TRM-4" not in rules(made)
    assert ("TRM-4" in rules(made, set_aside=TRM_4)) == broken


def test_a_matter_on_its_last_day_by_either_reading() -> None:
    last = dt.date(2031, 5, 10)
    made = proposal("秘密★5年", ranges=("秘密★5年",))
    assert "DCL-1" not in rules(made, on=last)
    assert "DCL-1" in rules(made, on=last, set_aside=TRM_4)


def test_a_term_past_the_calendar_has_no_last_day_to_ask_about() -> None:
    assert not without_its_day(Duration(9000), ISSUED)


@pytest.mark.parametrize(
    ("touched", "aside", "mark"),
    [
        (("秘密★5年",), frozenset(), "秘密★2031年1月1日"),
        (("秘密★5年",), frozenset({"DRV-3"}), "秘密★2056年1月1日"),
        (("秘密★5年", "绝密★30年"), frozenset({"DRV-3"}), "绝密★2056年1月1日"),
        (("秘密★5年",), frozenset({"DRV-2"}), "绝密★2056年1月1日"),
        (("秘密★40年",), frozenset({"DRV-3"}), "秘密★2066年1月1日"),  # a point that outlasts its whole is not cut
    ],
)
def test_whether_a_term_follows_the_points_touched(touched: tuple[str, ...], aside: frozenset[str], mark: str) -> None:
    one = source("绝密★30年@2026-01-01", points=POINTS)
    known = [Derivation(one, Grounds.DECLARED, tuple(parse_mark(text) for text in touched))]
    found = derive(as_read(known, aside), ISSUED, aside)
    assert found.mark is not None
    assert found.mark.text == mark


@given(st.sets(st.sampled_from(["DRV-2", "DRV-3"])), st.lists(st.sampled_from(["秘密★5年", "机密★10年"]), max_size=2))
def test_setting_the_points_aside_never_lowers_or_shortens(aside: set[str], touched: list[str]) -> None:
    one = source("绝密★30年@2026-01-01", points=POINTS)
    known = [Derivation(one, Grounds.DECLARED, tuple(parse_mark(text) for text in touched))]
    plain, strict = derive(known, ISSUED), derive(as_read(known, aside), ISSUED, aside)
    assert strict.level >= plain.level  # type: ignore[operator]
    assert strict.end.covers(plain.end)  # type: ignore[union-attr,arg-type]


# T8


@pytest.mark.parametrize(
    ("answer", "reason", "asked"),
    [
        ("", "", True),
        ("未涉及内容", "", True),  # without a reason it is no record
        ("未涉及内容", "只提到文件名称，没有概括、整合、细化其内容", False),
        ("涉及内容", "引用了第二条", True),
    ],
)
def test_what_touches_nothing_of_a_source_is_no_derivation_once_a_person_says_why(
    answer: str, reason: str, asked: bool
) -> None:  # T8
    cited = Citation("C1", Span(0, 10), "某发〔2015〕3号", answer=answer, reason=reason, answered_by="张三")
    made = propose(
        digest="ab", name="a.docx", handler="张三", issued_on=ISSUED, findings=(), derivations=(), citations=(cited,)
    )
    assert made.level is None
    assert bool(made.open_questions) is asked
    assert made.citations == (cited,)
