"""The one grammar of marks: what it reads, what it refuses and with which words, and that it reads what it writes."""

from __future__ import annotations

import datetime as dt
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.model.classification import (
    Condition,
    Duration,
    Indefinite,
    Level,
    Mark,
    Term,
    Until,
    anniversary,
    longer_than_allowed,
    parse_mark,
    parse_term,
)

DATES = st.dates(dt.date(1950, 1, 1), dt.date(2900, 12, 31))
LENGTHS = st.tuples(st.integers(0, 999), st.integers(0, 9999), st.integers(0, 99999)).filter(any)


def test_levels_are_ordered_and_named() -> None:
    assert Level.MIMI < Level.JIMI < Level.JUEMI
    assert [level.label for level in Level] == ["秘密", "机密", "绝密"]
    assert [level.longest_years for level in Level] == [10, 20, 30]


@pytest.mark.parametrize("level", list(Level))
def test_a_level_is_read_from_its_word_with_or_without_ji(level: Level) -> None:
    assert Level.from_label(level.label) is level
    assert Level.from_label(f"{level.label}级") is level


@pytest.mark.parametrize("word", ["", "密", "内部", "机 密", "核心商密", "绝密级级"])
def test_no_fourth_level(word: str) -> None:
    with pytest.raises(ValueError, match="密级只有绝密、机密、秘密"):
        Level.from_label(word)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("10年", Duration(10)),
        ("6个月", Duration(months=6)),
        ("30日", Duration(days=30)),
        ("1年6个月", Duration(1, 6)),
        ("1年15日", Duration(1, 0, 15)),
        ("2035年3月2日", Until(dt.date(2035, 3, 2))),
        ("2015年12月31日", Until(dt.date(2015, 12, 31))),
        ("长期", Indefinite()),
        ("会议开始前", Condition("会议开始前")),
        ("启用前", Condition("启用前")),
        ("2026年高考结束前", Condition("2026年高考结束前")),
        ("2026年6月8日考试结束前", Condition("2026年6月8日考试结束前")),
        ("12月31日会议结束前", Condition("12月31日会议结束前")),
        ("第1次会议开始前", Condition("第1次会议开始前")),
        ("一年级期末考试启用前", Condition("一年级期末考试启用前")),
    ],
)
def test_terms_that_a_mark_may_bear(text: str, term: Term) -> None:
    assert parse_term(text) == term
    assert parse_mark(f"机密★{text}") == Mark(Level.JIMI, term)
    assert Mark(Level.JIMI, term).text == f"机密★{text}"


@pytest.mark.parametrize("text", ["机密", "机密★"])
def test_a_bare_level_has_no_term(text: str) -> None:
    assert parse_mark(text) == Mark(Level.JIMI)
    assert parse_mark(text).text == "机密"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        # law.md §4: forms that are not marks
        ("秘密10年", "密级与期限之间应是“★”"),
        ("秘密●10年", "密级与期限之间应是“★”"),
        ("机密·10年", "密级与期限之间应是“★”"),
        ("机密☆10年", "密级与期限之间应是“★”"),
        ("5年★秘密", "没有以密级开头"),
        ("★机密 10年", "没有以密级开头"),
        ("", "没有以密级开头"),
        ("顶级★10年", "没有以密级开头"),
        ("绝密★(30年)", "有空格、括号"),
        ("机密★ 10年", "有空格、括号"),
        ("机密★★10年", "有空格、括号"),
        ("机密★会议开始前；公布前", "有空格、括号"),
        ("机密★绝密≤30年", "有空格、括号"),
        ("机密★会议\u202e开始前", "有空格、括号"),
        ("机密★会议\u200b开始前", "有空格、括号"),
        ("机密★会议\x00开始前", "有空格、括号"),
        # lengths and dates gone wrong are not conditions
        ("机密★20", "写法不对"),
        ("机密★-5年", "写法不对"),
        ("机密★1.5年", "写法不对"),
        ("机密★20年年", "写法不对"),
        ("机密★5年以上", "写法不对"),
        ("机密★2年内", "写法不对"),
        ("机密★３天", "写法不对"),
        ("机密★２０年", "写法不对"),
        ("机密★2035-03-02", "写法不对"),
        ("机密★2035年3月", "写法不对"),
        ("机密★2035年3月2日前", "写法不对"),
        ("机密★6月底", "写法不对"),
        ("机密★6个月1年", "写法不对"),
        ("机密★二十年", "写法不对"),
        ("机密★贰拾年", "写法不对"),
        ("机密★一年半", "写法不对"),
        ("机密★0年", "必须大于零"),
        ("机密★0年0个月0日", "必须大于零"),
        ("机密★2035年2月29日", "不是日历上的日子"),
        ("机密★2035年13月40日", "不是日历上的日子"),
        ("机密★0000年1月1日", "不是日历上的日子"),
        # words that say no end
        ("机密★永久", "写“长期”"),
        ("机密★长期保密", "写“长期”"),
        ("机密★机密", "写“长期”"),
        ("机密★年", "不是期限、解密时间或解密条件"),
        ("机密★abc", "不是期限、解密时间或解密条件"),
        ("机密★" + "前" * 41, "不是期限、解密时间或解密条件"),
    ],
)
def test_what_is_not_a_mark_is_refused_with_the_part_that_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_mark(text)


@given(LENGTHS)
def test_a_length_reads_back(parts: tuple[int, int, int]) -> None:
    term = Duration(*parts)
    assert parse_term(term.label) == term


@given(st.dates(dt.date(1000, 1, 1)))
def test_a_date_reads_back(date: dt.date) -> None:
    assert parse_term(Until(date).label) == Until(date)


@given(st.text(max_size=60))
def test_any_text_is_a_mark_or_a_value_error(text: str) -> None:
    for attempt in (text, f"机密★{text}"):
        try:
            mark = parse_mark(attempt)
        except ValueError as error:
            assert any("\u4e00" <= char <= "\u9fff" for char in str(error))
        else:
            assert parse_mark(mark.text) == mark


@pytest.mark.parametrize("parts", [(0, 0, 0), (-1, 0, 0), (1, -1, 0), (0, 1, -1)])
def test_a_length_is_more_than_nothing(parts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="大于零"):
        Duration(*parts)


@pytest.mark.parametrize("words", ["", "   ", "\n"])
def test_a_condition_says_something(words: str) -> None:
    with pytest.raises(ValueError, match="不能为空"):
        Condition(words)


@pytest.mark.parametrize(
    ("level", "term", "start", "over"),
    [
        (Level.MIMI, Duration(15), None, True),  # T15
        (Level.MIMI, Duration(10), None, False),
        (Level.MIMI, Duration(9, 12), None, False),
        (Level.MIMI, Duration(10, 0, 1), None, True),
        (Level.JIMI, Duration(20), None, False),
        (Level.JIMI, Duration(months=241), None, True),
        (Level.JUEMI, Duration(30), None, False),
        (Level.MIMI, Until(dt.date(2036, 5, 11)), dt.date(2026, 5, 10), True),
        (Level.MIMI, Until(dt.date(2036, 5, 10)), dt.date(2026, 5, 10), False),
        (Level.MIMI, Until(dt.date(2099, 1, 1)), None, False),
        (Level.MIMI, Condition("会议开始前"), None, False),
        (Level.MIMI, Indefinite(), None, False),
    ],
)
def test_the_longest_terms(level: Level, term: Term, start: dt.date | None, over: bool) -> None:
    assert longer_than_allowed(level, term, start) is over


def test_an_unknown_sort_of_term_is_never_taken_for_short() -> None:
    with pytest.raises(AssertionError):
        longer_than_allowed(Level.MIMI, cast(Term, "10年"))


@pytest.mark.parametrize(
    ("start", "years", "months", "end"),
    [
        (dt.date(2015, 3, 2), 20, 0, dt.date(2035, 3, 2)),
        (dt.date(2012, 2, 29), 10, 0, dt.date(2022, 2, 28)),  # T24
        (dt.date(2012, 2, 29), 8, 0, dt.date(2020, 2, 29)),
        (dt.date(2025, 8, 31), 0, 6, dt.date(2026, 2, 28)),
        (dt.date(2025, 1, 31), 0, 1, dt.date(2025, 2, 28)),
        (dt.date(2025, 12, 15), 0, 1, dt.date(2026, 1, 15)),
        (dt.date(2025, 12, 31), 1, 14, dt.date(2028, 2, 29)),
    ],
)
def test_anniversaries_end_with_the_month_where_it_is_shorter(
    start: dt.date, years: int, months: int, end: dt.date
) -> None:
    assert anniversary(start, years, months) == end


@given(DATES, st.integers(0, 60), st.integers(0, 60))
def test_an_anniversary_keeps_the_day_or_ends_the_month(start: dt.date, years: int, months: int) -> None:
    end = anniversary(start, years, months)
    assert end.day == start.day or (end.day < start.day and (end + dt.timedelta(days=1)).day == 1)
    assert (end.year - start.year) * 12 + end.month - start.month == years * 12 + months
