"""The dictionary language: what it reads, and that whatever could silently match nothing is refused."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from markpipe.detect.catalogue import Bound, Measure, Place, Reach, Scope, Status
from markpipe.detect.dictionary import DictionaryError, parse_catalogue, parse_words
from markpipe.model.classification import Level
from markpipe.model.finding import Kind

HEAD = """
schema = 1
[catalogue]
id = "unit"
title = "某单位一览表"
kind = "国家秘密"
document = "某范围"
status = "现行"
source = "本单位"
"""
ITEM = """
[[item]]
id = "1"
item = "某事项"
level = "机密"
"""


def _data(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def test_a_full_catalogue() -> None:
    catalogue = parse_catalogue(
        _data(
            HEAD
            + """
covers = ["试题库软件"]
note = "说明"
[words]
paper = ["试题", "试卷", "  试题 "]
all-paper = ["@paper", "副题"]
[[item]]
id = "a-1"
item = "启用前的试题"
level = "绝密级"
term = "启用前"
audience = "命题人员"
basis = "第1项"
source = "另一出处"
status = "须核实"
aggregate = 3
note = "注"
[[item.pattern]]
terms = ["@all-paper"]
all = [["高考", "研考"], "命制"]
any = ["印刷"]
within = "paragraph"
near = [{ words = ["押运"], within = 20 }, { words = ["入闱"] }]
number = { measure = "面积", above = 25, at_most = 100, within = "document" }
before = [{ events = ["启用"] }]
after = [{ events = ["命制"], within = "title" }]
unless = ["历年"]
unless_within = "sentence"
place = ["title", "table"]
confidence = 0.9
general = true
"""
        ),
        "x.toml",
    )
    assert catalogue.covers == ("试题库软件",)
    (item,) = catalogue.items
    assert (item.id, item.level, item.term, item.status) == ("unit.a-1", Level.JUEMI, "启用前", Status.UNVERIFIED)
    assert (item.basis, item.source, item.aggregate, item.kind) == ("某范围第1项", "另一出处", 3, Kind.STATE_SECRET)
    (pattern,) = item.patterns
    assert pattern.terms == ("试题", "试卷", "副题")
    assert [group.words for group in pattern.groups] == [("高考", "研考"), ("命制",), ("印刷",), ("押运",), ("入闱",)]
    paragraph = Scope(Reach.PARAGRAPH)
    assert [group.scope for group in pattern.groups] == [paragraph] * 3 + [Scope(Reach.CHARACTERS, 20), paragraph]
    assert pattern.numbers == (Bound(Measure.AREA, 25, 100, False, True, Scope(Reach.DOCUMENT)),)
    assert [(rule.events, rule.before, rule.scope.reach) for rule in pattern.times] == [
        (("启用",), True, Reach.PARAGRAPH),
        (("命制",), False, Reach.TITLE),
    ]
    assert pattern.unless[0].scope == Scope()
    assert pattern.places == {Place.TITLE, Place.TABLE}
    assert pattern.confidence == 0.9
    assert pattern.general


def test_defaults() -> None:
    (item,) = parse_catalogue(_data(HEAD + ITEM + '[[item.pattern]]\nterms = "甲乙"'), "x").items
    assert item.term is None
    assert item.status is Status.CURRENT
    assert item.source == "本单位"
    assert item.patterns[0].confidence == 0.7
    assert item.patterns[0].terms == ("甲乙",)


def test_shared_words_and_own_words() -> None:
    shared = parse_words(_data('[words]\na = ["甲乙"]\nb = ["丙丁"]'))
    text = HEAD + '[words]\nb = ["戊己"]\n' + ITEM + '[[item.pattern]]\nterms = ["@a", "@b"]'
    (item,) = parse_catalogue(_data(text), "x", shared).items
    assert item.patterns[0].terms == ("甲乙", "戊己")


def test_words_that_must_be_still_to_come() -> None:
    text = HEAD + '[words]\ntelling = ["公布", "外传"]\nclose = ["内部", "~@telling"]\n' + ITEM
    (item,) = parse_catalogue(
        _data(text + '[[item.pattern]]\nterms = ["方案"]\nall = [["@close", "~下达"]]'), "x"
    ).items
    (group,) = item.patterns[0].groups
    assert (group.words, group.coming) == (("内部",), ("公布", "外传", "下达"))


def _with_pattern(lines: str) -> str:
    return HEAD + ITEM + "[[item.pattern]]\n" + lines


@pytest.mark.parametrize(
    ("text", "message", "path"),
    [
        (HEAD.replace("schema = 1", "schema = 2"), "schema = 1", ("schema",)),
        (HEAD.replace("schema = 1", "schema = true"), "应是整数", ("schema",)),
        (HEAD.replace("schema = 1", "schema = -4"), "不小于 0", ("schema",)),
        (HEAD.replace('title = "某单位一览表"', ""), "没有填写", ("catalogue", "title")),
        (HEAD.replace('id = "unit"', 'id = "单位"'), "英文字母", ("catalogue", "id")),
        (HEAD.replace('"国家秘密"', '"个人信息"'), "之一", ("catalogue", "kind")),
        (HEAD.replace('"现行"', '"有效"'), "现行、已废止、须核实", ("catalogue", "status")),
        (HEAD + 'owner = "甲"', "不是已知的项", ("catalogue", "owner")),
        (HEAD + 'statu = "甲"', "是否指 status", ("catalogue", "statu")),
        (HEAD + "[extra]", "不是已知的项", ("extra",)),
        (HEAD + "item = 3", "不是已知的项", ("catalogue", "item")),
        ("item = 3\n" + HEAD, "[[item]]", ("item",)),
        ("item = [3]\n" + HEAD, "[[item]]", ("item",)),
        (HEAD + ITEM + ITEM, "重复", ("item", 1, "id")),
        (HEAD + ITEM.replace("机密", "绝对机密"), "不是密级", ("item", 0, "level")),
        (HEAD + ITEM.replace('level = "机密"', ""), "level_rule", ("item", 0, "level")),
        (HEAD + ITEM + 'kind = "工作秘密"', "没有密级", ("item", 0, "level")),
        (_with_pattern('terms = ["密"]'), "单字", ("item", 0, "pattern", 0, "terms")),
        (_with_pattern('terms = ["密 ", "甲乙"]'), "单字", ("item", 0, "pattern", 0, "terms")),
        (_with_pattern('terms = ["（甲）"]'), "单字", ("item", 0, "pattern", 0, "terms")),
        (_with_pattern("terms = []"), "不能为空", ("item", 0, "pattern", 0, "terms")),
        (_with_pattern(""), "不能为空", ("item", 0, "pattern", 0, "terms")),
        (_with_pattern("terms = [3]"), "文字的列表", ("item", 0, "pattern", 0, "terms")),
        (_with_pattern("terms = 3"), "文字的列表", ("item", 0, "pattern", 0, "terms")),
        (_with_pattern('terms = ["@none"]'), "没有名为 @none", ("item", 0, "pattern", 0, "terms")),
        (_with_pattern('terms = ["甲乙"]\nall = [[]]'), "不能为空", ("item", 0, "pattern", 0, "all", 0)),
        (_with_pattern('terms = ["甲乙"]\nall = [[3]]'), "文字的列表", ("item", 0, "pattern", 0, "all", 0)),
        (_with_pattern('terms = ["甲乙"]\nall = ["丙"]'), "单字", ("item", 0, "pattern", 0, "all", 0)),
        (_with_pattern('terms = ["~甲乙"]'), "只用于 all", ("item", 0, "pattern", 0, "terms")),
        (_with_pattern('terms = ["甲乙"]\nunless = ["~丙丁"]'), "只用于 all", ("item", 0, "pattern", 0, "unless")),
        (_with_pattern('terms = ["甲乙"]\nwithin = "page"'), "之一或字数", ("item", 0, "pattern", 0, "within")),
        (_with_pattern('terms = ["甲乙"]\nwithin = 9000'), "字数应在", ("item", 0, "pattern", 0, "within")),
        (_with_pattern('terms = ["甲乙"]\nwithin = true'), "应是", ("item", 0, "pattern", 0, "within")),
        (_with_pattern('terms = ["甲乙"]\nplace = ["foot"]'), "之一", ("item", 0, "pattern", 0, "place")),
        (_with_pattern('terms = ["甲乙"]\nconfidence = 2'), "不大于 1", ("item", 0, "pattern", 0, "confidence")),
        (_with_pattern('terms = ["甲乙"]\ngeneral = 1'), "true 或 false", ("item", 0, "pattern", 0, "general")),
        (
            _with_pattern('terms = ["甲乙"]\nnumber = [{ measure = "面积" }]'),
            "应写界限",
            ("item", 0, "pattern", 0, "number", 0, "measure"),
        ),
        (
            _with_pattern('terms = ["甲乙"]\nnumber = [{ measure = "体积", above = 1 }]'),
            "之一",
            ("item", 0, "pattern", 0, "number", 0, "measure"),
        ),
        (
            _with_pattern('terms = ["甲乙"]\nnumber = [{ measure = "面积", above = 9, below = 1 }]'),
            "下限大于上限",
            ("item", 0, "pattern", 0, "number", 0, "measure"),
        ),
        (
            _with_pattern('terms = ["甲乙"]\nnumber = [{ measure = "面积", above = 9, at_least = 1 }]'),
            "只写一个",
            ("item", 0, "pattern", 0, "number", 0, "above"),
        ),
        (
            _with_pattern('terms = ["甲乙"]\nnumber = [{ measure = "面积", below = 9, at_most = 1 }]'),
            "只写一个",
            ("item", 0, "pattern", 0, "number", 0, "below"),
        ),
        (
            _with_pattern('terms = ["甲乙"]\nbefore = [{ events = [] }]'),
            "不能为空",
            ("item", 0, "pattern", 0, "before", 0, "events"),
        ),
        (HEAD + '[words]\na = ["@b"]\nb = ["@a"]', "循环", ("words", "a")),
        (HEAD + '[words]\npaper = ["甲乙"]\nb = ["@papre"]', "是否指 @paper", ("words", "b")),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, message: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(DictionaryError) as caught:
        parse_catalogue(_data(text), "x.toml")
    assert message in caught.value.message
    assert caught.value.path == path


def test_messages_name_the_item_and_never_repeat_words() -> None:
    with pytest.raises(DictionaryError) as caught:
        parse_catalogue(_data(_with_pattern('terms = ["机密代号", "甲"]')), "x.toml")
    assert caught.value.message.startswith("1 的 terms：")
    assert "机密代号" not in caught.value.message


@pytest.mark.parametrize(
    ("bound", "inside", "outside"),
    [
        (Bound(Measure.AREA, 25, None, False), 25.1, 25),
        (Bound(Measure.AREA, 25), 25, 24.9),
        (Bound(Measure.AREA, None, 25), 25, 25.1),
        (Bound(Measure.AREA, None, 25, True, False), 24.9, 25),
    ],
)
def test_bounds(bound: Bound, inside: float, outside: float) -> None:
    assert bound.holds(inside)
    assert not bound.holds(outside)


def test_labels_for_why() -> None:
    assert Bound(Measure.AREA, 25, None, False).label == "面积大于25平方千米"
    assert Bound(Measure.SCALE, 5000, 100000).label == "比例尺不小于5000、不大于100000分母"
    assert Bound(Measure.AREA, None, 25, True, False).label == "面积小于25平方千米"
    assert Scope(Reach.CHARACTERS, 20).label == "20字以内"
    assert Scope().label == "同句"
