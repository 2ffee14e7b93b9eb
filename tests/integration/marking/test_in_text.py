"""Marks in running text: under the title of a DOCX, and in front of the items of a compilation; off again without a trace."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from markpipe.errors import OutputError
from markpipe.formats.docx.label import content_digest
from markpipe.formats.docx.mark import mark, unmark
from markpipe.formats.docx.title import title_words
from markpipe.marking.forms import Anchor, Form, as_form
from markpipe.marking.layout import determined
from markpipe.marking.plan import MarkPlan
from markpipe.model.decision import Determination
from markpipe.proof.marks import check_marks

TITLE = "关于潮位观测的通报"


def draft(*title: str, style: str = "", size: float = 0, twice: bool = False, styled: bool = True) -> bytes:
    """A DOCX with an office's lines, a title, and text."""
    document = docx.Document()
    if not styled:
        document.styles["Normal"].font.size = Pt(12)
    document.add_paragraph("江北市水文测站")
    for words in title:
        paragraph = document.add_paragraph(style=style or None)
        paragraph.add_run(words[:3])
        paragraph.add_run(words[3:])
        if size:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            for run in paragraph.runs:
                run.font.size = Pt(size)
    for number in range(6):
        document.add_paragraph(f"第{number}段 各站按计划办理，月底前报送。")
    if twice:
        document.add_paragraph(title[-1])
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (draft(TITLE, style="Title"), TITLE),
        (draft(TITLE, style="Heading 1"), TITLE),
        (draft("关于潮位观测站布设", "情况的通报", size=22), "情况的通报"),
        (draft(TITLE, size=22, styled=False), TITLE),
        (draft(TITLE), ""),
        (draft(), ""),
    ],
)
def test_a_title_is_known_by_its_style_or_its_size(data: bytes, found: str) -> None:
    assert title_words(data) == found


def test_a_package_without_styles_or_words_has_no_title() -> None:
    for kept, change in (("word/styles.xml", None), ("word/document.xml", b"<w:p>")):
        buffer = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(draft(TITLE))) as source, zipfile.ZipFile(buffer, "w") as target:
            for name in source.namelist():
                if name != kept:
                    target.writestr(name, source.read(name))
                elif change is not None:
                    target.writestr(name, re.sub(rb"<w:t[ >].*?</w:t>", b"", source.read(name)))
        assert title_words(buffer.getvalue()) == ""


def under_title(determination: Determination, serial: int | None = 7) -> MarkPlan:
    return as_form(determined(determination, serial), Form.TITLED, Anchor(0.0, 0.0, TITLE))


@pytest.mark.parametrize("serial", [None, 7])
def test_under_the_title_stand_number_and_mark_in_their_order_and_come_off_again(
    serial: int | None, determination: Determination, tmp_path: Path
) -> None:
    data, plan = draft(TITLE, style="Title"), under_title(determination, serial)
    path = tmp_path / "稿.docx"
    path.write_bytes(mark(data, plan).data)
    assert check_marks(path, plan) == ()
    words = [p.text for p in docx.Document(str(path)).element.body.iter() if p.tag.endswith("}t")]
    assert "".join(words).startswith(
        f"江北市水文测站{TITLE}{'' if serial is None else '000007'}{determination.mark.text}第0段"
    )
    assert mark(path.read_bytes(), plan).data == path.read_bytes()
    assert content_digest(path.read_bytes()) == content_digest(data)
    with zipfile.ZipFile(io.BytesIO(unmark(path.read_bytes()))) as off, zipfile.ZipFile(io.BytesIO(data)) as before:
        assert set(off.namelist()) == set(before.namelist())
        same = re.compile(rb"\s*/>")
        for name in set(before.namelist()) - {"[Content_Types].xml", "word/_rels/document.xml.rels"}:
            assert (
                same.sub(b"/>", off.read(name)).split(b"?>\n", 1)[-1]
                == same.sub(b"/>", before.read(name)).split(b"?>\n", 1)[-1]
            )


@pytest.mark.parametrize("twice", [True, False])
def test_a_title_that_is_not_there_or_there_twice_is_refused(twice: bool, determination: Determination) -> None:
    data = draft(TITLE, style="Title", twice=True) if twice else draft("别的标题", style="Title")
    with pytest.raises(OutputError, match="不知标志放在哪里" if twice else "没有单独成段"):
        mark(data, under_title(determination))


def test_the_check_sees_a_mark_that_was_moved_altered_hidden_or_doubled(
    determination: Determination, tmp_path: Path
) -> None:
    plan = under_title(determination)
    good = mark(draft(TITLE, style="Title"), plan).data
    control = re.compile(rb"<w:p>(?:(?!</w:p>).)*MARKPIPE-mark.*?</w:p>", re.DOTALL)
    with zipfile.ZipFile(io.BytesIO(good)) as package:
        body = package.read("word/document.xml")
    (ours,) = control.findall(body)
    struck = dataclasses.replace(plan, items=tuple(dataclasses.replace(i, struck=i.id == "mark") for i in plan.items))
    for wrong, said, asked in (
        (control.sub(b"", body), "缺少国家秘密标志", plan),
        (control.sub(b"", body).replace(b"<w:sectPr", ours + b"<w:sectPr", 1), "不在应在的位置", plan),
        (body.replace(ours, ours.replace("机密".encode(), "秘密".encode())), "不是“", plan),
        (body.replace(ours, ours.replace(b'<w:sz w:val="32"/>', b'<w:sz w:val="4"/>')), "看不见", plan),
        (body.replace(ours, ours + ours), "有2个", plan),
        (body, "没有划去", struck),
    ):
        path = tmp_path / "错.docx"
        with zipfile.ZipFile(io.BytesIO(good)) as package, zipfile.ZipFile(path, "w") as target:
            for name in package.namelist():
                target.writestr(name, wrong if name == "word/document.xml" else package.read(name))
        assert any(said in problem for problem in check_marks(path, asked)), said
