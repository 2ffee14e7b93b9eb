"""Marks in a text: right, wrong, in place, and quoted; and words that are none."""

from __future__ import annotations

import datetime as dt

import pytest

from markpipe.detect.marks import find_marks
from markpipe.model.building import TextMapBuilder
from markpipe.model.classification import Condition, Duration, Indefinite, Level, Mark, Until
from markpipe.model.document import PartKind, TextMap
from markpipe.model.finding import FoundMark
from markpipe.text.fold import fold


def _lines(text: str, kind: PartKind = PartKind.PAGE) -> TextMap:
    builder = TextMapBuilder()
    builder.begin("page:1", kind, page=1)
    for line in text.split("\n"):
        builder.add(line)
        builder.gap()
    return builder.build()


def _marks(text: str | TextMap) -> tuple[FoundMark, ...]:
    text_map = _lines(text) if isinstance(text, str) else text
    return find_marks(text_map, fold(text_map))


MIMI, JIMI, JUEMI = Level.MIMI, Level.JIMI, Level.JUEMI


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("秘密★1年", Mark(MIMI, Duration(1))),
        ("机密★6个月", Mark(JIMI, Duration(0, 6))),
        ("机密★2035年3月2日", Mark(JIMI, Until(dt.date(2035, 3, 2)))),
        ("机密★会议开始前", Mark(JIMI, Condition("会议开始前"))),
        ("绝密★长期", Mark(JUEMI, Indefinite())),
        ("机密★1年6个月", Mark(JIMI, Duration(1, 6))),
    ],
)
@pytest.mark.parametrize("page", ["{}\n某市教育局文件", "000001\n{}\n特急\n文件", "000001  {}\n文件", "{}　特急\n文件"])
def test_right_forms_in_place(line: str, mark: Mark, page: str) -> None:
    (found,) = _marks(page.format(line))
    assert (found.text, found.mark, found.at_place, found.problem) == (line, mark, True, "")


@pytest.mark.parametrize(
    ("line", "mark", "problem"),
    [
        ("机 密 ★ 10 年", Mark(JIMI, Duration(10)), "机密★10年"),
        ("机密☆10年", Mark(JIMI, Duration(10)), "机密★10年"),
        ("机密*10年", Mark(JIMI, Duration(10)), "机密★10年"),
        ("秘密●10年", Mark(MIMI, Duration(10)), "秘密★10年"),
        ("机密·10年", Mark(JIMI, Duration(10)), "机密★10年"),
        ("機密★１０年", Mark(JIMI, Duration(10)), "机密★10年"),
        ("机密★十年", Mark(JIMI, Duration(10)), "机密★10年"),
        ("机密★廿年", Mark(JIMI, Duration(20)), "机密★20年"),
        ("机密★30天", Mark(JIMI, Duration(0, 0, 30)), "机密★30日"),
        ("机密★6月", Mark(JIMI, Duration(0, 6)), "机密★6个月"),
        ("绝密★（30年）", Mark(JUEMI, Duration(30)), "不加括号"),
        ("机密级★10年", Mark(JIMI, Duration(10)), "机密★10年"),
        ("秘密★15年", Mark(MIMI, Duration(15)), "最长10年"),
        ("秘密10年", Mark(MIMI, Duration(10)), "应有★"),
        ("5年★秘密", Mark(MIMI, Duration(5)), "密级应在★之前"),
        ("★机密 10年", Mark(JIMI, Duration(10)), "★应在密级与期限之间"),
        ("★机密", Mark(JIMI), "★应在密级与期限之间；没有标明保密期限"),
        ("机密★", Mark(JIMI), "没有标明保密期限"),
        ("机密", Mark(JIMI), "没有标明保密期限"),
        ("【绝密】", Mark(JUEMI), "没有标明保密期限"),
        ("机密★2035年13月2日", Mark(JIMI), "不是日历上的日子"),
        ("密级：机密　保密期限：20年", Mark(JIMI, Duration(20)), "应写作“密级★期限”"),
        ("密级：机密", Mark(JIMI), "应写作“密级★期限”的形式；没有标明保密期限"),
        ("内部★3年", None, "★只用于国家秘密标志"),
        ("核心商密★5年", None, "★只用于国家秘密标志"),
    ],
)
def test_wrong_forms_say_what_is_wrong(line: str, mark: Mark | None, problem: str) -> None:
    (found,) = _marks(f"{line}\n某市教育局文件")
    assert found.mark == mark
    assert found.at_place
    assert problem in found.problem


@pytest.mark.parametrize(
    "text",
    [
        "精密级仪器和高精密级轴承",
        "要杜绝密封不严",
        "与环保密切相关",
        "机密封条破损",
        "绝密押题卷免费领",
        "本协议属于商业秘密，双方保密10年",
        "国家秘密分为绝密、机密、秘密三级",
        "秘密·花园",
        "密级：□绝密 □机密 □秘密",
        "公开的秘密，秘密武器",
        "国家秘密★标志",
        "",
    ],
)
def test_words_that_are_no_mark(text: str) -> None:
    assert _marks(text) == ()


def test_a_quoted_mark_is_not_in_place() -> None:
    (found,) = _marks("题目：标注为“秘密★1年”的文件如何保管？")
    assert found.mark == Mark(MIMI, Duration(1))
    assert not found.at_place
    assert found.problem == ""


def test_far_down_the_page_is_not_in_place() -> None:
    assert not _marks("一\n二\n三\n四\n五\n六\n机密★10年")[0].at_place
    assert _marks("一\n二\n\n\n三\n四\n五\n机密★10年")[0].at_place
    assert _marks("一\n二\n三\n四\n五\n六\n机密") == ()


def test_headers_and_other_parts() -> None:
    assert _marks(_lines("某单位\n内部\n一\n二\n三\n四\n五\n机密★10年", PartKind.HEADER))[0].at_place
    assert not _marks(_lines("机密★10年", PartKind.METADATA))[0].at_place


def test_a_mark_on_a_line_that_was_taken_for_a_wrapped_one() -> None:
    builder = TextMapBuilder()
    builder.begin("text", PartKind.BODY)
    builder.add("某某单位某某文件")
    builder.join()
    builder.add("机密★10年")
    builder.join()
    builder.add("关于做好工作的通知")
    (found,) = _marks(builder.build())
    assert found.at_place
    assert found.mark == Mark(JIMI, Duration(10))


def test_a_text_without_parts_has_marks_but_no_places() -> None:
    text_map = TextMap("机密★10年")
    (found,) = find_marks(text_map, fold(text_map))
    assert not found.at_place


def test_several_marks_in_order_each_once() -> None:
    found = _marks("机密★10年\n文件\n附件甲（秘密★5年）和附件乙（绝密★长期）")
    assert [each.text for each in found] == ["机密★10年", "秘密★5年", "绝密★长期"]
    assert [each.at_place for each in found] == [True, False, False]
