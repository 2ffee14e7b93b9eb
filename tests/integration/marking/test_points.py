"""密点 marks: beside the text and listed in a PDF, around the paragraph in a DOCX, and taken off without a trace."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pymupdf
import pytest
from docx import Document
from docx.shared import Pt
from lxml import etree

from markpipe.errors import OutputError
from markpipe.formats.docx import points as docx
from markpipe.formats.docx.mark import mark as mark_docx
from markpipe.formats.docx.mark import unmark as unmark_docx
from markpipe.formats.pdf import points as pdf
from markpipe.formats.pdf.boxes import boxes
from markpipe.formats.pdf.mark import mark as mark_pdf
from markpipe.formats.pdf.mark import unmark as unmark_pdf
from markpipe.formats.pdf.read import read
from markpipe.marking.layout import determined
from markpipe.marking.points import Point, PointArea, areas, locate, opening
from markpipe.model.classification import Level, parse_mark
from markpipe.model.decision import Determination, SecretPoint
from markpipe.model.document import Box
from markpipe.model.limits import Limits
from markpipe.model.span import Span
from markpipe.proof.marks import check_marks

Make = Callable[..., bytes]
SECRET, TOP = parse_mark("机密★10年"), parse_mark("绝密★长期")


def _points(data: bytes) -> tuple[Point, ...]:
    """Points on the first and the third line, found as the pipeline finds them: by span, then by box."""
    text_map = read(data, Limits()).text_map
    for part in text_map.parts:
        for name, rows in boxes(data, [part.name]).items():
            text_map = text_map.with_boxes(name, rows)
    spans = [Span(found.start(), found.end()) for found in re.finditer("第[02]行[^\n]*", text_map.text)]
    assert len(spans) == 2
    return locate([SecretPoint(SECRET, spans[1]), SecretPoint(TOP, spans[0]), SecretPoint(TOP)], text_map)


def _words(data: bytes, path: Path) -> list[tuple[str, float, float]]:
    path.write_bytes(data)
    output = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True, text=True).stdout
    found = re.findall(r'xMin="([-\d.]+)" yMin="([-\d.]+)"[^>]*>([^<]*)<', output)
    return [(text, float(x) * 25.4 / 72, float(y) * 25.4 / 72) for x, y, text in found]


def test_points_are_found_in_the_order_of_the_text(make_pdf: Make) -> None:
    first, second = _points(make_pdf())
    assert (first.number, first.level, second.number, second.level) == (1, Level.JUEMI, 2, Level.JIMI)
    assert first.words == ("第0行关于做好有关工作的通知",)
    assert first.areas[0].page == 1
    assert first.areas[0].top < second.areas[0].top


def test_words_are_cut_at_paragraph_ends_and_the_gist_is_short() -> None:
    point = Point(1, SECRET, ("甲" * 20, "乙" * 20))
    assert point.gist == "甲" * 20 + "乙" * 4 + "…"
    assert Point(1, SECRET, ("甲",)).gist == "甲"
    assert opening(Level.MIMI) == "〔秘密："


def test_areas_join_the_lines_of_a_page() -> None:
    found = areas([Box(2, 72, 72, 144, 84), Box(2, 60, 90, 100, 102), Box(3, 0, 0, 72, 72)])
    assert [area.page for area in found] == [2, 3]
    assert found[0].left == pytest.approx(60 * 25.4 / 72)
    assert found[0].bottom == pytest.approx(102 * 25.4 / 72)


def test_each_point_has_a_rule_with_its_level_and_a_row_in_the_list(make_pdf: Make, tmp_path: Path) -> None:
    data = make_pdf()
    points = _points(data)
    marked = pdf.mark_points(data, points)
    words = _words(marked.data, tmp_path / "稿.pdf")
    for point in points:
        area = point.areas[0]
        ((_, x, y),) = [word for word in words if word[0] == point.level.label]
        assert x < area.left
        assert y == pytest.approx(area.top, abs=1.0)
    assert "密点清单" in [text for text, _, _ in words]
    assert "绝密★长期" in [text for text, _, _ in words]
    assert marked.notes == ()
    assert pdf.mark_points(data, points) == marked


def test_a_tint_lies_on_the_words_and_leaves_them_readable(make_pdf: Make) -> None:
    data = make_pdf()
    points = _points(data)
    area = points[0].areas[0]
    clip = pymupdf.Rect(*(value * 72 / 25.4 for value in (area.left, area.top, area.right, area.bottom)))
    plain, tinted = (
        pymupdf.open(stream=pdf.mark_points(data, points, highlight=on).data, filetype="pdf")[0].get_pixmap(clip=clip)
        for on in (False, True)
    )
    assert plain.pixel(plain.width - 1, 1) == (255, 255, 255)
    assert tinted.pixel(tinted.width - 1, 1)[2] < 200
    assert min(tinted.samples) == min(plain.samples)


def test_taken_margins_leave_the_point_to_the_list(make_pdf: Make) -> None:
    with pymupdf.open(stream=make_pdf(), filetype="pdf") as document:
        for y in range(200, 500, 6):
            document[0].draw_line((5, y), (85, y))
            document[0].draw_line((280, y), (590, y))
        data = document.tobytes()
    marked = pdf.mark_points(data, _points(data))
    assert marked.notes == tuple(f"密点{number}的两侧页边都没有空白，只列入密点清单" for number in (1, 2))


def test_a_point_on_a_page_that_is_not_there_is_an_error(make_pdf: Make) -> None:
    with pytest.raises(OutputError, match="没有这一页"):
        pdf.mark_points(make_pdf(), [Point(1, SECRET, ("甲",), (PointArea(9, 0, 0, 1, 1),))])


def test_points_and_marks_of_a_pdf_are_layers_of_their_own(
    make_pdf: Make, determination: Determination, tmp_path: Path
) -> None:
    data, plan = make_pdf(), determined(determination, 7)
    points = _points(data)
    for both in (
        mark_pdf(pdf.mark_points(data, points).data, plan).data,
        pdf.mark_points(mark_pdf(data, plan).data, points).data,
    ):
        (tmp_path / "稿.pdf").write_bytes(both)
        assert check_marks(tmp_path / "稿.pdf", plan) == ()
        for bare in (unmark_pdf(pdf.unmark_points(both)), pdf.unmark_points(unmark_pdf(both))):
            with pikepdf.open(io.BytesIO(bare)) as after, pikepdf.open(io.BytesIO(data)) as before:
                assert len(after.pages) == 1
                drawn, was = (
                    [bytes(one.read_bytes()) for one in page.obj.Contents] for page in (after.pages[0], before.pages[0])
                )
                assert drawn == was
    assert pdf.unmark_points(data) == data


def test_a_long_list_goes_on_on_the_next_page(make_pdf: Make) -> None:
    points = [Point(number, SECRET, ("甲",)) for number in range(1, 50)]
    with pymupdf.open(stream=pdf.mark_points(make_pdf(), points).data, filetype="pdf") as document:
        assert document.page_count == 1 + 3
    with pymupdf.open(stream=pdf.mark_points(make_pdf(), points, listing=False).data, filetype="pdf") as document:
        assert document.page_count == 1


def _body_text(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    return ["".join(text.text or "" for text in p.iter("{*}t")) for p in root.iter("{*}p")]


def test_paragraphs_of_a_docx_are_bracketed_with_their_highest_level(make_docx: Make) -> None:
    data = make_docx()
    points = [Point(1, SECRET, ("关于做好有关工作的通知", "第2段")), Point(2, TOP, ("第2段关于",))]
    marked = docx.mark_points(data, points).data
    texts = _body_text(marked)
    assert texts[0] == "〔机密：第0段 关于做好有关工作的通知〕"
    assert texts[1] == "第1段 关于做好有关工作的通知"
    assert texts[2] == "〔绝密：第2段 关于做好有关工作的通知〕"
    assert docx.mark_points(marked, points).data == marked
    assert _body_text(docx.unmark_points(marked)) == _body_text(data)
    assert docx.unmark_points(data) == data


def test_only_the_body_and_the_style_sheet_change(make_docx: Make) -> None:
    styles = b'<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
    data = make_docx(extra={"word/styles.xml": styles})
    marked = docx.mark_points(data, [Point(1, SECRET, ("第0段",))]).data
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(io.BytesIO(marked)) as after:
        changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
        assert changed == {"word/document.xml", "word/styles.xml"}
        assert "密点标注" in after.read("word/styles.xml").decode()
    with zipfile.ZipFile(io.BytesIO(docx.unmark_points(marked))) as back:
        assert b"MarkpipePoint" not in back.read("word/styles.xml")


def test_a_docx_bears_points_and_marks_together(make_docx: Make, determination: Determination, tmp_path: Path) -> None:
    plan = determined(determination, 7)
    both = mark_docx(docx.mark_points(make_docx(), [Point(1, SECRET, ("第0段",))]).data, plan).data
    (tmp_path / "稿.docx").write_bytes(both)
    assert check_marks(tmp_path / "稿.docx", plan) == ()
    assert _body_text(docx.unmark_points(unmark_docx(both))) == _body_text(make_docx())


def test_a_point_whose_words_are_not_there_is_an_error(make_docx: Make) -> None:
    with pytest.raises(OutputError, match="密点1的文字不在正文段落里"):
        docx.mark_points(make_docx(), [Point(1, SECRET, ("没有这句话",))])


def test_the_brackets_are_as_large_as_the_text_beside_them() -> None:
    document = Document()
    paragraph = document.add_paragraph()
    for words, size in (("各站按计划", 16), ("办理。", 12)):
        paragraph.add_run(words).font.size = Pt(size)
    buffer = io.BytesIO()
    document.save(buffer)
    marked = docx.mark_points(buffer.getvalue(), [Point(1, SECRET, ("按计划",))]).data
    runs = Document(io.BytesIO(marked)).paragraphs[0].runs
    assert [run.font.size for run in runs] == [Pt(16), Pt(16), Pt(12), Pt(12)]
    assert _body_text(docx.unmark_points(marked)) == _body_text(buffer.getvalue())
