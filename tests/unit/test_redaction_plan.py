"""From what was asked for to what is taken out."""

from __future__ import annotations

import pytest

from markpipe.model.building import TextMapBuilder
from markpipe.model.document import Box, PartKind, TextMap
from markpipe.model.span import Span
from markpipe.redaction.plan import PlanError, Request, absent, parse_region, phrases_of, plan
from markpipe.redaction.policy import LABEL, Gap, Reason, Undecidable, class_width


def text_map(*lines: str) -> TextMap:
    builder = TextMapBuilder()
    builder.begin("page:1", PartKind.PAGE, page=1)
    for line in lines[:-1]:
        builder.add(line)
        builder.join()
    builder.add(lines[-1])
    return builder.build()


def test_phrases_are_kept_once_longest_first() -> None:
    removal = plan(Request(phrases=("甲乙", "甲乙丙", "甲乙")), text_map("无关"))
    assert removal.terms == ("甲乙丙", "甲乙")
    assert removal.gap is Gap.EXACT


def test_patterns_match_across_a_wrapped_line() -> None:
    removal = plan(Request(patterns=(r"第\d+号库",)), text_map("存于第1", "2号库内"))
    assert removal.terms == ("第12号库",)


def test_a_pattern_that_matches_nothing_leaves_nothing_to_remove() -> None:
    assert plan(Request(patterns=("没有",)), text_map("正文")).terms == ()


def test_findings_become_the_words_that_they_span() -> None:
    assert plan(Request(spans=(Span(1, 3),)), text_map("在甲乙处")).terms == ("甲乙",)


@pytest.mark.parametrize(
    ("request_", "word"),
    [
        (Request(), "没有要删的内容"),
        (Request(phrases=(" ",)), "空的"),
        (Request(phrases=("甲" * 2001,)), "超过"),
        (Request(patterns=("(",)), "正则"),
        (Request(spans=(Span(0, 99),)), "对不上"),
        (Request(spans=(Span(2, 2),)), "对不上"),
    ],
)
def test_what_cannot_be_done_is_said(request_: Request, word: str) -> None:
    with pytest.raises(PlanError, match=word):
        plan(request_, text_map("正文"))


def test_a_long_match_becomes_its_lines() -> None:
    line = "甲" * 1500
    removal = plan(Request(patterns=("(?s).+",)), text_map(line, line))
    assert line in removal.terms


def test_regions() -> None:
    assert parse_region(" 2:10,20.5,30,40 ") == Box(2, 10, 20.5, 30, 40)


@pytest.mark.parametrize("text", ["", "1:2,3,4", "0:1,1,2,2", "1:5,1,2,2", "1:1,1,2,1", "一:1,1,2,2"])
def test_wrong_regions(text: str) -> None:
    with pytest.raises(PlanError, match="区域"):
        parse_region(text)


def test_a_list_of_phrases() -> None:
    assert phrases_of("\ufeff甲\n\n 乙 \r\n丙\t商业秘密\n") == {"甲": None, "乙": None, "丙": Reason.TRADE_SECRET}
    with pytest.raises(PlanError, match="理由"):
        phrases_of("甲\t随便")


def test_every_term_keeps_its_reason() -> None:
    places = Span(0, 2)
    because: dict[str | Span, Reason] = {"丙丁": Reason.PERSONAL, places: Reason.WORK_SECRET}
    request = Request(("丙丁", "戊己庚"), spans=(places,), reason=Reason.STATE_SECRET, because=because)
    removal = plan(request, text_map("甲乙"))
    assert [(term, removal.reason(place).label) for place, term in enumerate(removal.terms)] == [
        ("戊己庚", "【密】"),
        ("丙丁", "【私】"),
        ("甲乙", "【工】"),
    ]
    assert removal.reason(-1) is removal.reason(3) is Reason.OMITTED
    assert {len(reason.label) for reason in Reason} == {len(LABEL)}


@pytest.mark.parametrize(("ems", "width"), [(0.5, 4), (4.0, 4), (4.1, 8), (9, 12)])
def test_gaps_are_widened_to_their_class(ems: float, width: int) -> None:
    assert class_width(ems) == width


def test_every_gap_says_what_it_tells() -> None:
    assert all(gap.remains for gap in Gap)
    assert {choice.value for choice in Undecidable} == {"rasterise", "refuse"}


def test_a_span_over_a_page_break_is_taken_out_on_both_pages_and_nothing_between() -> None:
    line = "各单位应当按照年度工作安排抓好落实进一步健全制度明确责任"
    builder = TextMapBuilder()
    for number, lines in enumerate(((line, f"{line[:-4]}云杉九号"), ("方案由专人保管。", line)), start=1):
        builder.begin(f"page:{number}", PartKind.PAGE, page=number)
        for text in (*lines, str(number)):
            builder.add(text)
            builder.gap()
    cut = builder.build()
    start = cut.text.index("号\n1")
    assert plan(Request(spans=(Span(start, cut.text.index("案由") + 1),)), cut).terms == ("云杉九号", "方案由专")
    wide = Span(start - 3, cut.text.index("保管"))
    assert plan(Request(spans=(wide,)), cut).terms == ("方案由专人", "云杉九号")


def test_phrases_that_the_text_does_not_have_are_counted() -> None:
    read = text_map("本月青岚十一号", "库区已经建成，U-2 到货。")
    asked = Request(phrases=("青岚十一号库区", "红石", "U-2", "U-3"))
    assert absent(asked, read) == (2, 4)
    assert absent(Request(patterns=("青岚",)), read) == ()
