"""派生定密 as a table: law.md §11 T1–T10, T15, T24, T25, and what lies between its lines."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.classify.derive import Derived, derive
from markpipe.errors import UsageError
from markpipe.model.classification import Level, date_label, parse_mark, parse_term
from markpipe.model.decision import Derivation, Grounds, Source

ON = dt.date(2026, 5, 10)


def source(text: str, *, notice: str = "", no_notice: str = "", scope: str = "") -> Source:
    """`机密★20年@2015-03-02` as a source."""
    mark, _, date = text.partition("@")
    return Source(
        "",
        "某项工作方案",
        "某发〔2015〕3号",
        parse_mark(mark),
        dt.date.fromisoformat(date) if date else None,
        access_scope=scope,
        notice=parse_term(notice) if notice else None,
        no_notice_on=dt.date.fromisoformat(no_notice) if no_notice else None,
    )


def whole(text: str, **more: str) -> Derivation:
    return Derivation(source(text, **more), Grounds.DECLARED)


def points(text: str, *touched: str) -> Derivation:
    return Derivation(source(text), Grounds.DECLARED, tuple(parse_mark(point) for point in touched))


def rules(derived: Derived) -> tuple[list[str], list[str], list[str]]:
    return (
        [reason.rule for reason in derived.because],
        [found.rule for found in derived.violations],
        [found.rule for found in derived.warnings],
    )


@pytest.mark.parametrize(
    ("case", "derivations", "on", "mark"),
    [
        ("T1", [whole("机密★20年@2015-03-02")], ON, "机密★2035年3月2日"),
        ("T3 notice", [whole("机密@2024-03-02", notice="5年")], ON, "机密★2029年3月2日"),
        ("T4", [whole("绝密★5年@2024-01-15"), whole("秘密★长期@2020-01-01")], ON, "绝密★长期"),
        ("T4 no dates", [whole("绝密★5年"), whole("秘密★长期")], ON, "绝密★长期"),
        (
            "T4 item 1 expired",
            [whole("绝密★5年@2024-01-15"), whole("秘密★长期@2020-01-01")],
            dt.date(2029, 1, 16),
            "秘密★长期",
        ),
        ("T5", [whole("机密★20年@2010-06-01"), whole("秘密★10年@2025-06-01")], ON, "机密★2035年6月1日"),
        ("T6", [points("绝密★30年@2020-01-01", "秘密★8年")], ON, "秘密★2028年1月1日"),
        ("T6 both", [points("绝密★30年@2020-01-01", "绝密★10年", "秘密★8年")], ON, "绝密★2030年1月1日"),
        ("T7", [whole("绝密★30年@2020-01-01")], ON, "绝密★2050年1月1日"),
        ("T24", [whole("机密★10年@2020-02-29")], ON, "机密★2030年2月28日"),
        ("T25 last day", [whole("机密★20年@2006-05-10")], ON, "机密★2026年5月10日"),
        ("date", [whole("机密★2035年3月2日@2015-03-02")], ON, "机密★2035年3月2日"),
        ("date without start", [whole("机密★2035年3月2日")], ON, "机密★2035年3月2日"),
        ("condition", [whole("机密★会议开始前@2026-01-01")], ON, "机密★会议开始前"),
        ("condition without start", [whole("机密★会议开始前")], ON, "机密★会议开始前"),
        ("same condition", [whole("机密★启用前"), whole("秘密★启用前")], ON, "机密★启用前"),
        ("condition and 长期", [whole("机密★启用前"), whole("秘密★长期")], ON, "机密★长期"),
        ("months", [whole("秘密★6个月@2026-01-31")], ON, "秘密★2026年7月31日"),
        ("one free, one not", [whole("绝密★5年@2015-01-01"), whole("秘密★10年@2020-01-01")], ON, "秘密★2030年1月1日"),
        (
            "a free point is not carried",
            [points("绝密★30年@2010-01-01", "绝密★5年", "秘密★20日", "机密★20年")],
            ON,
            "机密★2030年1月1日",
        ),
        (
            "condition outlives a past date",
            [whole("机密★会议开始前"), whole("机密★2026年1月1日")],
            ON,
            "机密★会议开始前",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_draft_must_carry_with_nothing_wrong(
    case: str, derivations: list[Derivation], on: dt.date, mark: str
) -> None:
    derived = derive(derivations, on)
    assert derived.mark == parse_mark(mark), case
    assert (derived.violations, derived.warnings, derived.held) == ((), (), False)
    assert derived.because
    assert all(reason.article and reason.text for reason in derived.because)


@pytest.mark.parametrize(("mark", "years"), [("绝密", 30), ("机密", 20), ("秘密", 10), ("机密★", 20)])
def test_no_term_and_no_notice_counts_as_the_statutory_maximum_with_a_warning(mark: str, years: int) -> None:  # T2
    derived = derive([whole(f"{mark}@2020-03-02")], ON)
    assert derived.declassify_on == dt.date(2020 + years, 3, 2)
    assert not derived.held
    assert [(found.rule, "原定密机关" in found.message) for found in derived.warnings] == [("TRM-3", True)]
    assert derived.violations == ()


def test_once_it_is_recorded_that_there_is_no_notice_nothing_is_left_to_ask() -> None:
    derived = derive([whole("机密@2020-03-02", no_notice="2026-01-01")], ON)
    assert derived.mark == parse_mark("机密★2040年3月2日")
    assert derived.warnings == ()


def test_a_default_that_has_passed_is_held_until_somebody_records_that_there_was_no_notice() -> None:
    held = derive([whole("机密@2000-03-02")], ON)
    assert held.held
    assert (held.level, held.mark, held.term, held.declassify_on, held.condition) == (
        Level.JIMI,
        None,
        None,
        None,
        None,
    )
    assert rules(held)[2] == ["TRM-3"]
    too_early = derive([whole("机密@2000-03-02", no_notice="2019-01-01")], ON)
    assert too_early.held, "an extension could have come after that record"
    last_day = derive([whole("机密@2000-03-02", no_notice="2020-03-02")], ON)
    assert last_day.held
    free = derive([whole("机密@2000-03-02", no_notice="2020-03-03")], ON)
    assert (free.level, free.mark, free.held, free.warnings) == (None, None, False, ())
    assert {"DCL-1", "PUB-3"} <= set(rules(free)[0])


def test_a_passed_default_holds_the_others_too_unless_they_settle_it_anyway() -> None:
    open_end = derive([whole("秘密@2010-01-01"), whole("机密★20年@2015-03-02")], ON)
    assert open_end.held
    assert open_end.level is Level.JIMI
    settled = derive([whole("秘密@2010-01-01"), whole("机密★长期")], ON)
    assert settled.mark == parse_mark("机密★长期")
    assert rules(settled)[2] == ["TRM-3"]
    level_open = derive([whole("机密@2000-01-01"), whole("秘密★长期")], ON)
    assert level_open.held
    assert level_open.mark is None


def test_a_really_expired_source_derives_nothing_and_publication_is_still_reviewed() -> None:  # T10
    derived = derive([whole("机密★20年@2000-03-02")], ON)
    assert (derived.level, derived.end, derived.mark, derived.access_scope) == (None, None, None, "")
    assert (derived.violations, derived.warnings, derived.held) == ((), (), False)
    texts = {reason.rule: reason.text for reason in derived.because}
    assert "自行解密" in texts["DCL-1"]
    assert "公开前仍须审查" in texts["PUB-3"]


def test_no_source_derives_nothing_and_says_nothing() -> None:
    derived = derive([], ON)
    assert derived.level is None
    assert derived.because == ()


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("秘密★15年@2020-03-02", "秘密★2035年3月2日"),  # T15
        ("秘密★2035年3月2日@2020-03-02", "秘密★2035年3月2日"),
        ("机密★20年1日@2020-03-02", "机密★2040年3月3日"),
    ],
)
def test_an_over_long_term_is_the_sources_violation_and_is_followed(text: str, mark: str) -> None:
    derived = derive([whole(text)], ON)
    assert derived.mark == parse_mark(mark)
    assert [(found.rule, found.article) for found in derived.violations] == [("TRM-1", "保密法第二十条")]
    assert derived.warnings == ()
    assert not derived.held


def test_an_over_long_notice_or_point_is_a_violation_too() -> None:
    assert rules(derive([whole("秘密@2020-03-02", notice="15年")], ON))[1] == ["TRM-1"]
    assert rules(derive([points("绝密★30年@2020-03-02", "秘密★15年")], ON))[1] == ["TRM-1"]


def test_conditions_and_dates_cannot_be_ranked_so_a_person_decides() -> None:  # T9
    derived = derive([whole("机密★会议开始前"), whole("机密★2027年1月1日")], ON)
    assert derived.held
    assert (derived.level, derived.mark, derived.declassify_on) == (Level.JIMI, None, None)
    assert derived.condition == "会议开始前；2027年1月1日"
    assert rules(derived)[2] == ["TRM-5"]
    assert derive([whole("机密★会议开始前"), whole("机密★2027年1月1日")], dt.date(2099, 1, 1)).level is not None
    two = derive([whole("机密★会议开始前"), whole("绝密★公布前")], ON)
    assert (two.held, two.condition, two.level) == (True, "会议开始前；公布前", Level.JUEMI)


@pytest.mark.parametrize("mark", ["机密★20年", "机密"])
def test_a_length_without_a_start_is_held(mark: str) -> None:
    derived = derive([whole(mark), whole("秘密★10年@2025-01-01")], ON)
    assert derived.held
    assert (derived.level, derived.mark, derived.declassify_on) == (Level.JIMI, None, None)
    assert "TRM-4" in rules(derived)[2]
    assert ("TRM-3" in rules(derived)[2]) is (mark == "机密")


def test_a_start_in_the_future_is_a_warning() -> None:
    derived = derive([whole("机密★20年@2026-05-11")], ON)
    assert derived.mark == parse_mark("机密★2046年5月11日")
    assert rules(derived)[2] == ["TRM-4"]
    assert derive([whole("机密★20年@2026-05-10")], ON).warnings == ()


def test_a_date_before_its_own_start_is_a_mistake_and_never_frees() -> None:
    derived = derive([whole("机密★2010年1月1日@2015-03-02")], ON)
    assert derived.held
    assert derived.level is Level.JIMI
    assert rules(derived)[1] == ["TRM-4"]
    settled = derive([whole("机密★2010年1月1日@2015-03-02"), whole("秘密★长期")], ON)
    assert settled.mark == parse_mark("机密★长期")


def test_a_notice_beside_a_marked_term_takes_the_later_and_asks() -> None:
    extended = derive([whole("机密★10年@2010-01-01", notice="20年")], ON)
    assert extended.mark == parse_mark("机密★2030年1月1日")
    assert rules(extended)[2] == ["CHG-2"]
    same = derive([whole("机密★20年@2010-01-01", notice="20年")], ON)
    assert same.warnings == ()
    mixed = derive([whole("机密★10年", notice="长期")], ON)
    assert mixed.held, "one of the two has no known end"


def test_a_point_without_a_term_follows_its_source_with_a_warning_where_that_is_over_long() -> None:
    inside = derive([points("绝密★30年@2020-01-01", "绝密")], ON)
    assert inside.mark == parse_mark("绝密★2050年1月1日")
    assert inside.warnings == ()
    over = derive([points("绝密★30年@2020-01-01", "秘密")], ON)
    assert over.mark == parse_mark("秘密★2050年1月1日")
    assert rules(over)[1:] == ([], ["TRM-1"])
    assert derive([points("绝密★长期", "秘密")], ON).warnings == ()
    undated = derive([points("绝密★30年", "秘密")], ON)
    assert undated.held


def test_a_point_above_its_source_or_outlasting_it_is_a_violation() -> None:
    above = derive([points("秘密★10年@2020-01-01", "机密★10年")], ON)
    assert above.level is Level.JIMI
    assert rules(above)[1] == ["DRV-2"]
    longer = derive([points("机密★10年@2020-01-01", "机密★15年")], ON)
    assert longer.mark == parse_mark("机密★2035年1月1日")
    assert rules(longer)[1] == ["DRV-2"]
    endless = derive([points("机密★10年@2020-01-01", "机密★长期")], ON)
    assert rules(endless)[1] == ["DRV-2"]
    for fine in ("机密★会议开始前", "机密★10年"):
        assert derive([points("机密★10年@2020-01-01", fine)], ON).violations == ()
    assert derive([points("机密★会议开始前@2020-01-01", "机密★10年")], ON).violations == ()
    assert derive([points("机密★长期", "机密★长期")], ON).violations == ()
    assert derive([points("机密★20年", "机密★会议开始前")], ON).violations == ()


def test_the_access_scope_is_the_sources() -> None:
    two = derive([whole("机密★长期", scope="处室甲"), whole("秘密★长期", scope="处室乙"), whole("秘密★长期")], ON)
    assert two.access_scope == "处室甲；处室乙"
    assert any(reason.rule == "DRV-8" and "共同" in reason.text for reason in two.because)
    one = derive([whole("机密★长期", scope="处室甲")], ON)
    assert one.access_scope == "处室甲"
    free = derive([whole("秘密★5年@2000-01-01", scope="处室乙"), whole("机密★长期")], ON)
    assert free.access_scope == "", "a free source gives no scope"


def test_a_term_past_the_calendar_names_its_source() -> None:
    with pytest.raises(UsageError, match=r"来源2：.*超出公元9999年"):
        derive([whole("机密★长期"), whole("机密★20年@9990-01-01")], ON)
    with pytest.raises(UsageError, match=r"来源1：.*超出公元9999年"):
        derive([whole("绝密@9990-01-01")], ON)


def test_a_source_is_named_by_its_id_and_never_by_its_title() -> None:
    derivation = replace(whole("秘密★15年@2020-03-02"), source=replace(source("秘密★15年@2020-03-02"), id="S0007"))
    derived = derive([derivation, derivation], ON)
    said = [reason.text for reason in derived.because] + [found.message for found in derived.violations]
    assert any("来源S0007" in text for text in said)
    assert not any("某项工作方案" in text for text in said)
    assert len(derived.violations) == 1, "each sentence once"


MARKS = ["绝密★长期", "绝密★30年@2000-01-01", "机密★20年@2015-03-02", "机密★5年@2015-03-02", "秘密★10年@2025-06-01",
         "机密★会议开始前", "秘密★启用前", "机密@2000-01-01", "秘密@2024-01-01", "机密★20年"]  # fmt: skip


@given(st.lists(st.sampled_from(MARKS), min_size=1, max_size=4), st.sampled_from(MARKS))
def test_one_more_source_never_lowers_the_level_or_lets_go_earlier(texts: list[str], more: str) -> None:
    before = derive([whole(text) for text in texts], ON)
    after = derive([whole(text) for text in [*texts, more]], ON)
    assert (after.level or 0) >= (before.level or 0)
    if before.end is not None and not after.held and not before.held:
        assert after.end is not None
        assert after.end.covers(before.end)


@given(st.lists(st.sampled_from(MARKS), min_size=1, max_size=4))
def test_a_result_is_free_held_or_a_mark_that_reads_back(texts: list[str]) -> None:
    derived = derive([whole(text) for text in texts], ON)
    assert sum((derived.level is None, derived.held, derived.mark is not None)) == 1
    if derived.mark is not None:
        assert parse_mark(derived.mark.text) == derived.mark
    if derived.declassify_on is not None:
        assert derived.mark is not None
        assert derived.mark.text.endswith(date_label(derived.declassify_on))
        assert derived.declassify_on >= ON
