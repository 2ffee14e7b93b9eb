"""Sentences over page breaks: what runs on, what does not, and that every offset stays what it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.model.building import TextMapBuilder
from markpipe.model.document import PartKind, TextMap
from markpipe.model.span import Span
from markpipe.text.fold import fold
from markpipe.text.lines import line_ends
from markpipe.text.pagebreaks import across_pages

BODY = (
    "各单位应当按照年度工作安排抓好落实进一步健全制度明确责任\n加强检查及时报送情况对发现的问题限期整改完善预案组织培训"
)
FOOT = "关于本次全国统一考试的工作安排如下请各单位认真执行启用前的试"
HEAD = "题及参考答案由专人保管。各单位应当按照年度工作安排抓好落实"


def pages(*texts: str) -> TextMap:
    builder = TextMapBuilder()
    for number, text in enumerate(texts, start=1):
        builder.begin(f"page:{number}", PartKind.PAGE, page=number)
        builder.add_lines(f"{text}\n", *line_ends(f"{text}\n"))
    return builder.build()


@pytest.mark.parametrize(
    "between",
    [
        ("", ""),
        ("\n1", ""),
        ("\n— 1 —", ""),
        ("\n第 1 页 共 2 页", ""),
        ("\n- 1 / 2 -", ""),
        ("\n", "\n2\n"),
        ("\n某市教育局办公室\n1", "某市教育局文件\n"),
        ("\n  ", "某市教育局文件 第2期\n\n"),
    ],
)
def test_a_sentence_runs_on(between: tuple[str, str]) -> None:
    foot, head = between
    text_map = pages(
        f"某市教育局文件 第1期\n某市教育局文件\n{BODY}\n{FOOT}{foot}", f"{head}{HEAD}\n{BODY}\n某市教育局办公室"
    )
    assert "启用前的试题及参考答案" not in fold(text_map).text
    view = across_pages(text_map)
    assert view is not None
    folded = fold(view.text_map)
    start = folded.text.index("试题及参考答案")
    span = folded.raw_span(start, start + 7)
    assert view.crosses(span)
    assert view.near(span, 0)
    assert "".join(text_map.text[piece.start : piece.end] for piece in view.pieces(span)) == "试题及参考答案"
    longer = [text_map.text[piece.start : piece.end] for piece in view.lengthened(folded.raw_span(start, start + 3), 4)]
    assert longer == ["用前的试", "题及参考"]
    assert view.lengthened(Span(0, 3), 4) == (Span(0, 3),)
    assert view.text_map.text == text_map.text
    assert not view.crosses(Span(0, 3))
    assert view.pieces(Span(0, 3)) == (Span(0, 3),)
    assert not view.near(Span(0, 3), 5)


@pytest.mark.parametrize(
    ("foot", "head"),
    [
        (f"{FOOT}。", HEAD),  # a sentence ends
        (FOOT, f"　　{HEAD}"),  # a paragraph of its own
        (FOOT, f"一、{HEAD}"),
        ("结束语", HEAD),  # a short line was not wrapped
        ("", HEAD),
        (FOOT, "2"),
    ],
)
def test_other_pages_end_where_they_end(foot: str, head: str) -> None:
    assert across_pages(pages(f"{BODY}\n{foot}" if foot else "1", head)) is None


def test_pages_that_do_not_follow_each_other_are_apart() -> None:
    builder = TextMapBuilder()
    for page, text in ((1, f"{BODY}\n{FOOT}\n"), (3, f"{HEAD}\n")):
        builder.begin(f"page:{page}", PartKind.PAGE, page=page)
        builder.add_lines(text, *line_ends(text))
    builder.begin("metadata", PartKind.METADATA, visible=False)
    builder.add("题")
    assert across_pages(builder.build()) is None


@given(st.lists(st.text("试题启用前，。\n1— 　a", max_size=60), min_size=1, max_size=4))
def test_the_view_only_turns_line_ends_into_joins(texts: list[str]) -> None:
    text_map = pages(*texts)
    view = across_pages(text_map)
    if view is None:
        return
    assert set(view.text_map.joins.tolist()) >= set(text_map.joins.tolist())
    assert set(view.text_map.gaps.tolist()) <= set(text_map.gaps.tolist())
    assert not set(view.text_map.joins.tolist()) & set(view.text_map.gaps.tolist())
    for bridge in view.bridges:
        assert "\n" in text_map.text[bridge.start : bridge.end]
