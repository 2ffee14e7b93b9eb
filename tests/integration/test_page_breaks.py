"""What a file says over a page break is found as if it stood on one page, with places on both."""

from __future__ import annotations

import tomllib

from hiding.pdffile import Pdf, show

from markpipe.detect.dictionary import parse_catalogue
from markpipe.formats.pdf.read import read
from markpipe.model.document import Document
from markpipe.model.limits import Limits
from markpipe.pipeline.assess import Examiner

LINE = "各单位应当按照年度工作安排抓好落实进一步健全制度明确责任"
CATALOGUE = """
schema = 1
[catalogue]
id = "t"
title = "测试范围"
kind = "国家秘密"
document = "某范围"
status = "现行"
source = "自拟"
[[item]]
id = "a"
item = "试题"
level = "机密"
[[item.pattern]]
terms = ["云杉九号方案"]
[[item]]
id = "b"
item = "预案"
level = "秘密"
[[item.pattern]]
terms = ["调度预案"]
all = ["水源地"]
"""
FIRST = (LINE, "另据上级通知要求本次演练和今后一个时期内使用的云杉九")
SECOND = ("号方案由专人保管。有关单位应当认真研究落实", LINE, "有关部门按照批准的水源地范围抓紧开展论证并且认真研究")
THIRD = ("调度预案的修订工作。经研究认为可以认真组织落实",)


def file(pages: tuple[tuple[str, ...], ...] = (FIRST, SECOND, THIRD), *, heads: bool = True) -> bytes:
    """Three pages; with a running head and a page number on each, drawn before and after the text."""
    pdf = Pdf()
    for number, lines in enumerate(pages, start=1):
        content = show("某市教育局文件", y=790, size=12) if heads else ""
        content += "".join(show(line, y=740 - 24 * index, size=14) for index, line in enumerate(lines))
        content += show(f"— {number} —", x=280, y=40, size=12) if heads else ""
        pdf.page(content, public=False)
    return pdf.save()


def look(document: Document) -> list[tuple[str, str, int, int]]:
    """Entry, text and both pages of each finding."""
    examiner = Examiner([parse_catalogue(tomllib.loads(CATALOGUE), "t")], Limits())
    found = examiner.examine("a.pdf", document).findings
    text_map = document.text_map
    return [
        (
            finding.entry,
            finding.text,
            text_map.part_at(finding.span.start).page or 0,
            text_map.part_at(finding.span.end - 1).page or 0,
        )
        for finding in found
    ]


def test_a_word_that_runs_over_a_page_break_is_found() -> None:
    for heads in (True, False):
        found = look(read(file(heads=heads), Limits()))
        assert ("t.a", "云杉九号方案", 1, 2) in found
        assert len({(entry, text) for entry, text, *_ in found}) == len(found)


def test_what_stands_in_the_same_sentence_on_the_page_before_counts() -> None:
    found = look(read(file(), Limits()))
    assert ("t.b", "水源地范围抓紧开展论证并且认真研究调度预案", 2, 3) in found
    ended = (*SECOND[:-1], f"{SECOND[-1]}。")
    assert "t.b" not in {entry for entry, *_ in look(read(file((FIRST, ended, THIRD)), Limits()))}
