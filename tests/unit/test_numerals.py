"""Numbers in every spelling that documents use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.text.fold import fold_term
from markpipe.text.numerals import find_scales, parse_chinese, parse_number

_DIGITS = "零一二三四五六七八九"


def _spelled(value: int) -> str:
    """A number below 10^12 in Chinese, as a school book writes it."""
    if value < 10:
        return _DIGITS[value]
    for size, unit in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if value >= size:
            head, rest = divmod(value, size)
            words = _spelled(head) + unit
            if rest:
                words += ("零" if rest < size // 10 else "") + _spelled(rest)
            return words
    raise AssertionError


@given(st.integers(0, 10**12 - 1))
def test_a_spelled_number_has_its_value(value: int) -> None:
    assert parse_chinese(_spelled(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("十五", 15),
        ("拾", 10),
        ("贰拾", 20),
        ("二〇二六", 2026),
        ("二○二六", 2026),
        ("两亿三千万", 230_000_000),
        ("一万五千", 15_000),
        ("万", 10_000),
        ("一百零五", 105),
    ],
)
def test_spellings(text: str, value: int) -> None:
    assert parse_chinese(text) == value


@pytest.mark.parametrize("text", ["", "甲", "5", "三四百五"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="数字"):
        parse_chinese(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2.5万", 25_000),
        ("50,000", 50_000),
        ("5 万", 50_000),
        ("五万", 50_000),
        ("二点五万", 25_000),
        ("一点二", 1.2),
        ("3千", 3000),
    ],
)
def test_numbers_with_units(text: str, value: float) -> None:
    assert parse_number(text) == pytest.approx(value)


def test_a_word_is_no_number() -> None:
    with pytest.raises(ValueError, match="不是数字"):
        parse_number("若干")


@pytest.mark.parametrize(
    "text",
    [
        "1:5万",
        "1∶50000",
        "１：５００００",
        "1:50,000",
        "五万分之一",
        "一比五万",
        "比例尺：1:5万",
        "附图1：1:5万",
        "1比5万",
        "5万分之一",
        "1 : 5万",
    ],
)
def test_one_scale_in_many_spellings(text: str) -> None:
    (scale,) = find_scales(fold_term(text))
    assert scale.denominator == 50_000


@pytest.mark.parametrize(
    "text", ["比分2:1", "12:30", "1:30", "11:50000", "三分之一", "百分之一", "1:500:20", "三四百五分之一"]
)
def test_what_is_no_scale(text: str) -> None:
    assert list(find_scales(fold_term(text))) == []


def test_a_bare_myriad_is_a_scale() -> None:
    assert [scale.denominator for scale in find_scales("万分之一图")] == [10_000]


def test_scales_in_a_stretch_say_where_and_how_they_were_written() -> None:
    text = "1:500至1:2000，另有五万分之一"
    found = [(text[scale.start : scale.end], scale.chinese) for scale in find_scales(text)]
    assert found == [("1:500", False), ("1:2000", False), ("五万分之一", True)]
    assert [scale.denominator for scale in find_scales(text, 6, 12)] == [2000]
