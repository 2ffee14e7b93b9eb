"""保密法第十七条 as tables: tier, authorisation, own work, whom to turn to, deputies and certificates."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest

from markpipe.classify.authority import (
    Wanted,
    absence_of,
    addressee,
    office_for,
    officer_problems,
    power,
    shortfalls,
)
from markpipe.classify.terms import end_of
from markpipe.model.agency import Agency, Authority, Grant, Officer, Tier
from markpipe.model.classification import Condition, Duration, Indefinite, Level
from markpipe.model.procedure import Absence

ON = dt.date(2026, 5, 10)
MIMI, JIMI, JUEMI = Level.MIMI, Level.JIMI, Level.JUEMI
BY_TIER = {
    Tier.CENTRAL: (True, True, True),
    Tier.PROVINCIAL: (True, True, True),
    Tier.MUNICIPAL: (True, True, False),
    Tier.COUNTY: (False, False, False),
    Tier.OTHER: (False, False, False),
}


def wanted(level: Level = MIMI, years: int = 5, entries: tuple[str, ...] = (), basis: tuple[str, ...] = ()) -> Wanted:
    return Wanted(level, ON, ON, end_of(Duration(years), ON), entries, basis)


def county(*grants: Authority) -> Agency:
    return Agency("某县局", Tier.COUNTY, grants)


GRANT = Authority(frozenset({MIMI, JIMI}), "授〔2026〕1号", dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.mark.parametrize(("tier", "level"), list(product(Tier, Level)))
def test_what_each_tier_may_classify(tier: Tier, level: Level) -> None:
    words = power(Agency("某局", tier), wanted(level))
    assert (words is not None) is BY_TIER[tier][level - 1]
    assert words is None or "保密法第十七条" in words


@pytest.mark.parametrize(
    ("grant", "asked", "held", "why"),
    [
        (GRANT, wanted(), True, ""),
        (GRANT, wanted(JIMI), True, ""),
        (GRANT, wanted(JUEMI), False, ""),
        (replace(GRANT, valid_to=dt.date(2026, 5, 9)), wanted(), False, "不在有效期内"),
        (replace(GRANT, valid_from=dt.date(2026, 5, 11)), wanted(), False, "不在有效期内"),
        (replace(GRANT, valid_to=ON), wanted(), True, ""),
        (replace(GRANT, matters=("gauge",)), wanted(entries=("gauge.1",)), True, ""),
        (replace(GRANT, matters=("gauge",)), wanted(entries=("gauge.1", "other.1")), False, "不包括所列事项"),
        (replace(GRANT, matters=("基准桩",)), wanted(basis=("某范围：基准桩坐标",)), True, ""),
        (replace(GRANT, matters=("基准桩",)), wanted(basis=("别的",)), False, "不包括所列事项"),
        (replace(GRANT, longest_years=5), wanted(years=5), True, ""),
        (replace(GRANT, longest_years=5), wanted(years=6), False, "期限最长5年"),
        (replace(GRANT, longest_years=5), replace(wanted(), end=None), False, "期限最长5年"),
        (replace(GRANT, longest_years=5), replace(wanted(), end=end_of(Indefinite(), ON)), False, "期限最长5年"),
        (replace(GRANT, longest_years=5), replace(wanted(), end=end_of(Condition("开会前"), ON)), False, "期限最长5年"),
    ],
)
def test_an_authorisation_covers_level_matter_term_and_day(
    grant: Authority, asked: Wanted, held: bool, why: str
) -> None:
    assert (power(county(grant), asked) is not None) is held
    if why:
        (words,) = shortfalls(county(grant), asked)
        assert why in words


@pytest.mark.parametrize(
    ("kind", "words"),
    [(Grant.WRITTEN, "授〔2026〕1号"), (Grant.SPECIAL, "第十七条第二款"), (Grant.OWN_WORK, "第十七条第四款")],
)
def test_the_basis_names_the_paragraph(kind: Grant, words: str) -> None:
    said = power(county(replace(GRANT, grant=kind)), wanted())
    assert said is not None
    assert words in said


def test_the_first_grant_that_suffices_is_named() -> None:
    other = replace(GRANT, basis="授〔2025〕9号", valid_to=dt.date(2025, 12, 31))
    assert power(county(other, GRANT), wanted()) == "授〔2026〕1号"


def test_the_order_of_addressees() -> None:
    full = Agency("某县局", Tier.COUNTY, (), "上级局", "业务局", "主管部门", "保密局")
    for name, field in (("上级局", "superior"), ("业务局", "related"), ("主管部门", "business_authority")):
        assert addressee(full).name == name
        full = replace(full, **{field: ""})  # type: ignore[arg-type]
    assert addressee(full).label == "保密局（保密行政管理部门）"
    assert "立即提请" in addressee(replace(full, secrecy_office="")).label


@pytest.mark.parametrize(
    ("tier", "level", "national"),
    [
        (Tier.COUNTY, JUEMI, True),
        (Tier.CENTRAL, MIMI, True),
        (Tier.PROVINCIAL, JIMI, False),
        (Tier.COUNTY, MIMI, False),
        (Tier.COUNTY, None, False),
    ],
)
def test_who_decides_what_is_uncertain(tier: Tier, level: Level | None, national: bool) -> None:
    to = office_for(Agency("某局", tier, provincial_office="某省保密局"), level).label
    assert to == ("国家保密行政管理部门" if national else "某省保密局（省、自治区、直辖市保密行政管理部门）")


A = Officer("甲", True, frozenset(Level))
B = Officer("乙", False, frozenset({MIMI}), deputy_of="甲", certificate_to=dt.date(2026, 12, 31))
AWAY = Absence("甲", dt.date(2026, 10, 5), dt.date(2026, 10, 9), "休假")


@pytest.mark.parametrize(
    ("day", "problems"),
    [
        (dt.date(2026, 10, 4), 1),
        (dt.date(2026, 10, 5), 0),
        (dt.date(2026, 10, 8), 0),
        (dt.date(2026, 10, 9), 0),
        (dt.date(2026, 10, 10), 1),
        (dt.date(2027, 1, 1), 2),
    ],
)
def test_b_acts_while_a_is_away_and_with_a_certificate(day: dt.date, problems: int) -> None:  # D7
    assert len(list(officer_problems(B, (AWAY,), day))) == problems
    assert list(officer_problems(A, (AWAY,), day)) == []


def test_an_absence_of_somebody_else_does_not_count() -> None:
    assert absence_of(B, (replace(AWAY, officer="丙"),), AWAY.start) is None
    assert absence_of(B, (AWAY,), AWAY.start) is AWAY
    assert absence_of(A, (AWAY,), AWAY.start) is None


def test_an_officer_out_of_office_may_not_act() -> None:
    gone = replace(A, valid_to=dt.date(2026, 1, 1))
    assert ["不在任" in words for words in officer_problems(gone, (), ON)] == [True]
