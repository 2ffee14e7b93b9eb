"""Places and excerpts."""

from __future__ import annotations

import numpy as np
import pytest

from markpipe.model.building import TextMapBuilder
from markpipe.model.document import PartKind, TextMap
from markpipe.model.finding import Finding, Kind
from markpipe.model.span import Span
from markpipe.report.places import LONGEST, ExcerptMode, around, pieces, place_words, unquoted, where


def body(*lines: str) -> TextMap:
    builder = TextMapBuilder()
    builder.begin("word/document.xml", PartKind.BODY)
    for line in lines:
        builder.add(line)
        builder.gap()
    builder.begin("word/header1.xml", PartKind.HEADER, visible=False)
    builder.add("隐藏的页眉")
    return builder.build()


def pages(*texts: str, recognised: bool = False) -> TextMap:
    builder = TextMapBuilder()
    for number, text in enumerate(texts, start=1):
        builder.begin(f"page:{number}", PartKind.PAGE, page=number, recognised=recognised)
        for index, line in enumerate(text.split("\n")):
            if index:
                builder.join()
            builder.add(line)
    return builder.build()


def test_a_paragraph() -> None:
    text_map = body("第一段", "第二段有内容")
    span = Span(text_map.text.index("有"), text_map.text.index("有") + 2)
    assert where(text_map, span) == {"part": "word/document.xml", "paragraph": 2, "label": "正文"}
    assert place_words(text_map, span) == "正文第2段"


def test_what_does_not_show_is_said() -> None:
    text_map = body("正文")
    span = Span(text_map.text.index("隐藏"), text_map.text.index("隐藏") + 2)
    assert where(text_map, span) == {
        "part": "word/header1.xml",
        "paragraph": 1,
        "label": "页眉",
        "visible": False,
    }
    assert place_words(text_map, span) == "页眉第1段（不可见）"


def test_a_page_with_and_without_boxes(paged: TextMap) -> None:
    assert where(paged, Span(1, 3)) == {"page": 1, "boxes": [[10.0, 100.13, 30.0, 112.0]], "label": "第1页"}
    second = paged.parts[1].start
    assert where(paged, Span(second, second + 2)) == {"page": 2, "boxes": [], "label": "第2页"}


@pytest.fixture
def paged() -> TextMap:
    text_map = pages("一页内容", "二页内容")
    first = text_map.parts[0]
    left = np.arange(first.end - first.start, dtype=np.float32) * 10
    rows = np.stack([left, np.full_like(left, 100.126), left + 10, np.full_like(left, 112)], axis=1)
    return text_map.with_boxes("page:1", rows)


def test_across_pages_and_recognised() -> None:
    text_map = pages("前页末尾", "后页开头")
    span = Span(2, text_map.parts[1].start + 2)
    assert where(text_map, span)["to_page"] == 2
    assert place_words(text_map, span) == "第1页至第2页"
    read_by_machine = pages("扫描件", recognised=True)
    assert place_words(read_by_machine, Span(0, 2)) == "第1页（文字识别）"
    assert where(read_by_machine, Span(0, 2))["recognised"] is True


def test_no_parts_at_all() -> None:
    assert where(TextMap("文字"), Span(0, 1)) == {"part": "", "paragraph": 0, "label": "全文"}
    assert place_words(TextMap("文字"), Span(0, 1)) == "全文"


def finding(start: int, end: int, *evidence: Span) -> Finding:
    return Finding("x", Kind.STATE_SECRET, Span(start, end), "", evidence=evidence)


def shown(text_map: TextMap, found: Finding, mode: ExcerptMode = ExcerptMode.CONTEXT) -> list[tuple[str, str]]:
    return [(piece.text, piece.role) for piece in pieces(text_map, found, mode)]


def test_nothing_is_quoted_when_nothing_may_be() -> None:
    assert shown(pages("本次试题启用前"), finding(2, 4), ExcerptMode.NONE) == []


def test_the_match_alone() -> None:
    assert shown(pages("本次试\n题启用前"), finding(2, 5), ExcerptMode.MATCH) == [("试题", "match")]


def test_the_match_with_evidence_in_its_context() -> None:
    text = "本次试题由命题组保管，启用前任何人不得外传"
    found = finding(2, 4, Span(11, 14), Span(3, 5))
    assert shown(pages(text), found) == [
        ("本次", "plain"),
        ("试", "match"),
        ("题", "match"),
        ("由", "evidence"),
        ("命题组保管，", "plain"),
        ("启用前", "evidence"),
        ("任何人不得外传", "plain"),
    ]


def test_evidence_far_away_is_left_out_and_cuts_are_shown() -> None:
    text = "甲" * 100 + "试题" + "乙" * 300 + "启用前"
    assert shown(pages(text), finding(100, 102, Span(402, 405))) == [
        ("…", "plain"),
        ("甲" * 30, "plain"),
        ("试题", "match"),
        ("乙" * 30, "plain"),
        ("…", "plain"),
    ]


def test_a_long_match_is_shortened_in_its_middle() -> None:
    ((text, role),) = shown(pages("长" * 1000), finding(0, 1000))
    assert role == "match"
    assert len(text) < LONGEST + 30
    assert f"略 {1000 - LONGEST} 字" in text


def test_paragraph_ends_show_and_line_ends_do_not() -> None:
    assert shown(body("前一段", "后一段"), finding(0, 3))[1] == ("\u3000后一段\u3000", "plain")
    assert shown(body("前一段", "  \u3000\u3000后一段", "x y"), finding(0, 3))[1][0] == "\u3000后一段\u3000x y\u3000"
    assert shown(pages("前一\n行后"), finding(0, 1))[1] == ("一行后", "plain")


def test_hidden_characters_are_shown_in_an_excerpt() -> None:
    assert shown(pages("a\u202eb\x1bc"), finding(0, 1))[1] == ("\ufffdb\ufffdc", "plain")


def test_words_around() -> None:
    assert around("前文命中后文", Span(2, 4)) == ("前文", "后文")


def test_quotations_are_taken_out() -> None:
    why = "同句出现“试题”与“启用前”"
    assert unquoted(why, ExcerptMode.MATCH) == why
    assert unquoted(why, ExcerptMode.NONE) == "同句出现“（略）”与“（略）”"
