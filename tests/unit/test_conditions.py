"""Numbers with units, what is still to come, and the genres of texts."""

from __future__ import annotations

import pytest

from markpipe.detect.catalogue import Bound, Measure
from markpipe.detect.conditions import find_numbers, is_over, meets, to_come
from markpipe.detect.genre import Genre, genres
from markpipe.text.fold import fold_term


def _values(measure: Measure, text: str) -> list[float]:
    folded = fold_term(text)
    return [number.value for number in find_numbers(measure, folded, 0, len(folded))]


@pytest.mark.parametrize(
    ("measure", "text", "value"),
    [
        (Measure.SCALE, "１∶５万", 50_000),
        (Measure.AREA, "30平方公里", 30),
        (Measure.AREA, "25.5㎢", 25.5),
        (Measure.AREA, "三十余平方千米", 30),
        (Measure.AREA, "2600公顷", 26),
        (Measure.AREA, "4.5万亩", 30),
        (Measure.LENGTH, "1,200公里", 1_200_000),
        (Measure.LENGTH, "50cm", 0.5),
        (Measure.LENGTH, "一千三百千米", 1_300_000),
        (Measure.LENGTH, "三千米", 3000),
        (Measure.INTERVAL, "等高距为5米", 5),
        (Measure.GRAVITY, "±1毫伽", 1),
        (Measure.GRAVITY, "0.5mGal", 0.5),
        (Measure.ARC, "5′×", 5),
        (Measure.ARC, "3″", 0.05),
        (Measure.MONEY, "1.2亿元", 12_000),
        (Measure.MONEY, "三百万元", 300),
    ],
)
def test_numbers(measure: Measure, text: str, value: float) -> None:
    assert _values(measure, text) == [pytest.approx(value)]


@pytest.mark.parametrize(
    ("measure", "text"),
    [
        (Measure.AREA, "30平方"),
        (Measure.LENGTH, "5m3"),
        (Measure.INTERVAL, "宽5米"),
        (Measure.AREA, "三四百五平方米"),
        (Measure.MONEY, "若干万元"),
    ],
)
def test_no_numbers(measure: Measure, text: str) -> None:
    assert _values(measure, text) == []


def test_the_first_number_between_the_bounds() -> None:
    text = "面积20平方千米和30平方千米"
    number = meets(Bound(Measure.AREA, 25), text, 0, len(text))
    assert number is not None
    assert text[number.start : number.end] == "30平方千米"
    assert meets(Bound(Measure.AREA, 35), text, 0, len(text)) is None


@pytest.mark.parametrize(
    ("text", "coming", "over"),
    [
        ("尚未公布", True, False),
        ("未向社会公布", True, False),
        ("公布前", True, False),
        ("公布之前", True, False),
        ("不得公布", True, False),
        ("拟于下月公布", True, False),
        ("公布", False, False),
        ("公布后", False, True),
        ("已公布", False, True),
        ("不再说明，已公布", False, True),
        ("公布完毕", False, True),
        ("公布完毕前", True, False),
        ("公布前期工作", False, False),
        ("拟合成果公布", False, False),
        ("模拟试卷公布", False, False),
    ],
)
def test_time(text: str, coming: bool, over: bool) -> None:
    folded = fold_term(text)
    start = folded.index("公布")
    assert to_come(folded, start, start + 2) is coming
    assert is_over(folded, start, start + 2) is over


@pytest.mark.parametrize(
    ("text", "genre"),
    [
        ("\n".join(f"第{n}条 应当保密。" for n in "一二三四五"), Genre.STATUTE),
        ("标题\n摘 要：本文\n关键词：保密", Genre.PAPER),
        ("1.保密期限是( )\nA.十年\nB.二十年\nC.三十年\nD.长期", Genre.EXERCISES),
        ("新华社北京6月7日电", Genre.NEWS),
        ("某市考试院公告\n现公告如下", Genre.NOTICE),
        ("保密宣传月活动材料", Genre.TEACHING),
        ("合同 甲方 乙方 甲方 乙方 甲方 乙方 本合同", Genre.CONTRACT),
    ],
)
def test_genres(text: str, genre: Genre) -> None:
    assert genres(fold_term(text)) == (genre,)


def test_an_ordinary_draft_has_no_genre() -> None:
    assert genres("关于做好试题押运工作的方案\n一、总体安排。根据第三条要求。") == ()
