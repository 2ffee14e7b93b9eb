"""What is doubtful in a dictionary, and trying examples."""

from __future__ import annotations

import tomllib

from markpipe.detect.catalogue import Catalogue
from markpipe.detect.dictionary import parse_catalogue
from markpipe.detect.lint import lint, shadowed
from markpipe.detect.trial import Trial

HEAD = """
schema = 1
[catalogue]
id = "t"
title = "测试"
kind = "国家秘密"
status = "现行"
source = "自拟"
covers = ["试题库"]
[[item]]
id = "a"
item = "事项"
level = "机密"
"""


def _catalogue(pattern: str) -> Catalogue:
    return parse_catalogue(tomllib.loads(HEAD + pattern), "t")


def _messages(pattern: str) -> list[str]:
    return [doubt.message for doubt in lint([_catalogue(pattern)])]


def test_a_sound_pattern_raises_no_doubt() -> None:
    assert _messages('[[item.pattern]]\nterms = ["试题"]\nall = [["高考"]]\nunless = ["历年"]') == []


def test_doubts() -> None:
    assert "没有匹配方式" in _messages("")[0]
    assert "折叠后相同" in _messages('[[item.pattern]]\nterms = ["试题", "試題"]')[0]
    assert "永不命中" in _messages('[[item.pattern]]\nterms = ["试题"]\nunless = ["试题"]')[0]
    assert "总是满足" in _messages('[[item.pattern]]\nterms = ["试题"]\nall = [["试题", "试卷"]]')[0]
    assert "永不命中" in _messages('[[item.pattern]]\nterms = ["试题"]\nall = [["公布"]]\nunless = ["公布"]')[0]


def test_longer_words_that_add_nothing() -> None:
    assert shadowed(["试题", "高考试题", "试卷", "DEM", "DEM2"]) == ("高考试题",)


def test_examples_come_out_as_expected_or_are_named() -> None:
    trial = Trial([_catalogue('[[item.pattern]]\nterms = ["试题"]\nall = [["高考"]]')])
    assert trial.example({"entry": "t.a", "yes": ["高考试题"], "no": ["试题", ""]}) == ([], 3)
    failures, tried = trial.example({"entry": "t.a", "yes": ["试题"], "no": ["高考试题"]})
    assert tried == 2
    assert [failure["problem"] for failure in failures] == ["第1条应命中的例句没有命中", "第1条不应命中的例句命中了"]
    assert trial.example({"entry": "t.b"}) == ([{"entry": "t.b", "problem": "没有这个事项"}], 0)


def test_an_item_told_with_another_counts() -> None:
    other = '[[item.pattern]]\nterms = ["试题"]\n[[item]]\nid = "b"\nitem = "乙"\nlevel = "绝密"\n[[item.pattern]]\nterms = ["高考试题"]\nconfidence = 0.9'
    assert Trial([_catalogue(other)]).example({"entry": "t.a", "yes": ["高考试题"]}) == ([], 1)
