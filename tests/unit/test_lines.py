"""Which line ends only wrap, and where sentences end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.text.lines import line_ends, sentence_spans


def _joined(text: str) -> bool:
    joins, gaps = line_ends(text)
    assert joins.size + gaps.size == sum(text.count(end) for end in "\n\r\x0c")
    return joins.size > 0


@pytest.mark.parametrize(
    "text",
    [
        "本次全国统一考试启用前的试\n题及参考答案",
        "本次全国统一考试启用前的试\r\n题及参考答案",
        "　　各单位要认真贯彻落实有关文件的精\n神，做好工作。",
        "该成果覆盖面积为连续三十平方千米，比例尺为\n1：500，坐标系为国家二零零零。",
    ],
)
def test_a_line_broken_inside_a_sentence_wraps(text: str) -> None:
    assert _joined(text)


@pytest.mark.parametrize(
    "text",
    [
        "关于试题管理的若干事项已经研究。\n各区县教育局要落实",  # a sentence ends
        "关于做好试题管理工作的有关通知\n　　各区县要落实",  # an indented line opens a paragraph
        "关于做好试题管理工作的有关通知\n　各区县要落实",
        "工作安排由各单位分头负责具体如下\n一、试题印制",
        "工作安排由各单位分头负责具体如下\n（一）试题印制",
        "工作安排由各单位分头负责具体如下\n1. 试题印制",
        "工作安排由各单位分头负责具体如下\n第三条 试题印制",
        "工作安排由各单位分头负责具体如下\n\n试题印制",
        "通知\n关于做好试题管理工作的有关安排由各单位分头负责",  # too short to have been wrapped
        "机密★2035年3月2日\n某市教育局关于做好工作的通知",  # a mark stands alone
        "the quick brown fox jumps over\nthe lazy dog",  # two words must stay two
        "第一行文字第一行文字第一行\x0c第二行文字第二行文字",  # a page ends
        "某某某某某某某某某某某某\n★★★",
    ],
)
def test_other_line_ends_are_gaps(text: str) -> None:
    assert not _joined(text)


def test_a_text_without_line_ends_has_none() -> None:
    joins, gaps = line_ends("一行")
    assert joins.size == gaps.size == 0
    joins, gaps = line_ends("\n\n")
    assert joins.size == 0
    assert gaps.tolist() == [0, 1]


@given(st.text("试题启用前，。\n\r 　a1", max_size=80))
def test_every_line_end_is_either_or(text: str) -> None:
    joins, gaps = line_ends(text)
    assert sorted([*joins.tolist(), *gaps.tolist()]) == [i for i, character in enumerate(text) if character in "\n\r"]


def test_sentences() -> None:
    text = "试题启用前绝密。答案亦然！“是。”又一句\n标题\n \n末句"
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        "试题启用前绝密。",
        "答案亦然！",
        "“是。”",
        "又一句",
        "标题",
        "末句",
    ]
    assert sentence_spans("") == []
    assert sentence_spans("完。") == [(0, 2)]
