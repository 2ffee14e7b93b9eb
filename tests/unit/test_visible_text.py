from __future__ import annotations

from markpipe.model.building import TextMapBuilder
from markpipe.model.document import PartKind, visible_text


def test_what_a_reader_does_not_see_is_left_out_and_offsets_start_anew() -> None:
    builder = TextMapBuilder()
    builder.begin("styles", PartKind.CUSTOM_DATA, visible=False)
    builder.add("样式")
    builder.gap()
    builder.begin("body", PartKind.BODY)
    builder.add("第一行")
    builder.join()
    builder.add("第二行")
    builder.begin("info", PartKind.METADATA, visible=False)
    builder.add("作者")
    builder.begin("footer", PartKind.FOOTER)
    builder.add("页脚")
    seen = visible_text(builder.build())
    assert seen.text == "第一行\n第二行\n页脚"
    assert [(part.name, part.start, part.end) for part in seen.parts] == [("body", 0, 8), ("footer", 8, 10)]
    assert seen.joins.tolist() == [3]
    assert seen.gaps.tolist() == [7]


def test_nothing_visible_is_an_empty_map() -> None:
    builder = TextMapBuilder()
    builder.begin("info", PartKind.METADATA, visible=False)
    builder.add("作者")
    assert visible_text(builder.build()).text == ""
