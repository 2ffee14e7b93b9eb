"""The text map: one coordinate system, parts that cover it, boxes only where asked for."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from markpipe.model.building import TextMapBuilder
from markpipe.model.document import (
    Box,
    Document,
    Format,
    Part,
    PartKind,
    ReadStatus,
    Span,
    TextMap,
    Trait,
    Unread,
    UnreadReason,
    concatenate,
)


def _two_pages() -> TextMap:
    builder = TextMapBuilder()
    builder.begin("page:1", PartKind.PAGE, page=1)
    builder.add("第一行")
    builder.join()
    builder.add("接着")
    builder.gap()
    builder.add("第二段")
    builder.begin("page:2", PartKind.PAGE, page=2)
    builder.add("次页")
    builder.begin("empty", PartKind.NOTE)
    builder.begin("meta", PartKind.METADATA, visible=False)
    builder.add("作者")
    return builder.build()


def test_parts_cover_the_text_from_end_to_end() -> None:
    text_map = _two_pages()
    assert text_map.text == "第一行\n接着\n第二段\n次页\n作者"
    assert [part.name for part in text_map.parts] == ["page:1", "page:2", "meta"]
    assert [part.start for part in text_map.parts] == [0, *(part.end for part in text_map.parts[:-1])]
    assert text_map.parts[-1].end == len(text_map.text)
    assert text_map.joins.tolist() == [3]
    assert text_map.gaps.tolist() == [6, 10, 13]


def test_a_gap_that_is_there_already_is_not_doubled() -> None:
    builder = TextMapBuilder()
    builder.begin("a", PartKind.BODY)
    builder.add("甲")
    builder.gap()
    builder.begin("b", PartKind.NOTE)
    builder.add("乙")
    assert builder.build().text == "甲\n乙"


def test_text_needs_a_part() -> None:
    with pytest.raises(ValueError, match="before the first part"):
        TextMapBuilder().add("甲")


def test_nothing_builds_to_nothing() -> None:
    assert TextMapBuilder().build().parts == ()


def test_places_of_an_offset() -> None:
    text_map = _two_pages()
    assert text_map.part_at(0).name == "page:1"
    assert text_map.part_at(11).name == "page:2"
    assert [text_map.paragraph_at(offset) for offset in (0, 4, 7, 11)] == [1, 1, 2, 1]
    for beyond in (-1, len(text_map.text)):
        with pytest.raises(IndexError):
            text_map.part_at(beyond)
    with pytest.raises(IndexError):
        TextMap("甲").part_at(0)


def test_labels_of_parts() -> None:
    assert Part("page:3", PartKind.PAGE, 0, 1, page=3).label == "第3页"
    assert Part("page:3/note", PartKind.ANNOTATION, 0, 1, page=3).label == "第3页注释"
    assert Part("h", PartKind.HEADER, 0, 1).label == "页眉"
    assert Part("h", PartKind.HEADER, 0, 1, path=("a.zip", "b.docx")).label == "附件 a.zip/b.docx 的页眉"
    assert all(kind.label for kind in PartKind)


def test_spans() -> None:
    assert Span(0, 3).overlaps(Span(2, 4))
    assert not Span(0, 3).overlaps(Span(3, 4))
    assert Span(0, 3).covers(Span(1, 3))
    assert not Span(0, 3).covers(Span(1, 4))


def test_boxes_of_a_span_one_a_line() -> None:
    text_map = _two_pages()
    nan = float("nan")
    rows = [[x * 10.0, 0.0, x * 10.0 + 10, 12.0] for x in range(3)]  # 第一行
    rows += [[nan] * 4]
    rows += [[0.0, 20.0, 10.0, 32.0], [10.0, 20.0, 20.0, 32.0]]  # 接着
    rows += [[nan] * 4]
    rows += [[100.0, 0.0, 112.0, 10.0], [100.0, 11.0, 112.0, 21.0], [100.0, 60.0, 112.0, 70.0], [nan] * 4]
    text_map = text_map.with_boxes("page:1", np.array(rows, dtype=np.float32))
    assert text_map.boxes_of(Span(0, 6)) == (Box(1, 0, 0, 30, 12), Box(1, 0, 20, 20, 32))
    # vertical writing: one column, broken off where it is far to the next character
    assert text_map.boxes_of(Span(7, 9)) == (Box(1, 100, 0, 112, 21),)
    assert text_map.boxes_of(Span(7, 10)) == (Box(1, 100, 0, 112, 21), Box(1, 100, 60, 112, 70))
    assert text_map.boxes_of(Span(11, 13)) == ()
    assert text_map.boxes_of(Span(3, 4)) == ()


def test_boxes_must_fit_the_part() -> None:
    with pytest.raises(ValueError, match="page:2"):
        _two_pages().with_boxes("page:2", np.zeros((1, 4), dtype=np.float32))


def test_a_nested_text_goes_behind() -> None:
    outer, inner = _two_pages(), _two_pages()
    both = concatenate(outer, inner, ("附件.docx",))
    shift = len(outer.text) + 1
    assert both.text == f"{outer.text}\n{inner.text}"
    assert both.parts[2].end == shift
    assert both.parts[3].path == ("附件.docx",)
    assert both.parts[3].start == shift
    assert both.joins.tolist() == [3, 3 + shift]
    assert shift - 1 in both.gaps.tolist()
    nothing_before = concatenate(TextMap(), inner, ("x",))
    assert nothing_before.text == inner.text
    ends_with_gap = TextMap("甲\n", (Part("a", PartKind.BODY, 0, 2),))
    assert concatenate(ends_with_gap, inner, ("x",)).text == f"甲\n{inner.text}"


def test_a_map_pickles() -> None:
    copy = pickle.loads(pickle.dumps(_two_pages()))  # noqa: S301
    assert copy.text == _two_pages().text


def test_status_of_a_document() -> None:
    lost = Unread("全文", UnreadReason.ENCRYPTED)
    assert Document(Format.PLAIN, "d", TextMap("甲")).status is ReadStatus.READ
    assert Document(Format.PLAIN, "d", _two_pages(), unread=(lost,)).status is ReadStatus.PARTIAL
    hidden = TextMap("甲", (Part("meta", PartKind.METADATA, 0, 1, visible=False),))
    assert Document(Format.PDF, "d", hidden, unread=(lost,)).status is ReadStatus.UNREAD
    assert Document(Format.PDF, "d", unread=(lost,)).status is ReadStatus.UNREAD
    assert Document(Format.PLAIN, "d", TextMap("甲")).text == "甲"


@pytest.mark.parametrize("reason", UnreadReason)
def test_every_reason_says_what_and_what_to_do(reason: UnreadReason) -> None:
    assert reason.message
    assert reason.remedy


def test_lines_that_are_sorted_already_are_added_at_once() -> None:
    builder = TextMapBuilder()
    builder.begin("one", PartKind.PAGE)
    builder.add("前")
    builder.gap()
    builder.add_lines("试题启\n用前\n", np.array([3]), np.array([6]))
    text_map = builder.build()
    assert text_map.text == "前\n试题启\n用前\n"
    assert (text_map.joins.tolist(), text_map.gaps.tolist()) == ([5], [1, 8])


def test_every_trait_says_what_it_means() -> None:
    assert len({trait.message for trait in Trait}) == len(Trait)
