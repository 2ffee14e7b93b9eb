"""The check of finished marks fails on each thing that can be wrong, and shares no code with the marking."""

from __future__ import annotations

import dataclasses
import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest

from markpipe.errors import OutputError
from markpipe.formats.docx.mark import mark as mark_docx
from markpipe.formats.pdf.mark import mark as mark_pdf
from markpipe.marking.layout import determined
from markpipe.marking.plan import Item, ItemKind, MarkPlan, Place
from markpipe.model.classification import parse_mark
from markpipe.model.decision import Determination
from markpipe.proof.marks import check_marks

Make = Callable[..., bytes]


@pytest.fixture
def plan(determination: Determination) -> MarkPlan:
    return determined(determination, 7)


def _moved(plan: MarkPlan, dx: float) -> MarkPlan:
    """The plan with every item somewhere that the standard does not allow."""

    def move(item: Item) -> Item:
        return dataclasses.replace(
            item, places=tuple(Place(p.x_mm + dx, p.y_mm, p.corner, p.page) for p in item.places)
        )

    return dataclasses.replace(plan, items=tuple(move(item) for item in plan.items))


def _check_pdf(data: bytes, plan: MarkPlan, path: Path) -> tuple[str, ...]:
    path.write_bytes(data)
    return check_marks(path, plan)


def _edit(data: bytes, change: Callable[[pymupdf.Page], object]) -> bytes:
    with pymupdf.open(stream=data, filetype="pdf") as document:
        change(document[0])
        return bytes(document.tobytes())


def test_a_draft_without_marks_lacks_them_all(make_pdf: Make, plan: MarkPlan, tmp_path: Path) -> None:
    problems = _check_pdf(make_pdf(), plan, tmp_path / "a.pdf")
    assert {"缺少份号", "缺少国家秘密标志", "缺少定密戳记"} <= set(problems)


def test_another_serial_or_mark_is_named(
    make_pdf: Make, plan: MarkPlan, determination: Determination, tmp_path: Path
) -> None:
    data = mark_pdf(make_pdf(), plan).data
    assert "份号不是“000008”" in _check_pdf(data, determined(determination, 8), tmp_path / "a.pdf")
    other = determined(dataclasses.replace(determination, mark=parse_mark("机密★2036年3月2日")), 7)
    assert "国家秘密标志不是“机密★2036年3月2日”" in _check_pdf(data, other, tmp_path / "a.pdf")


def test_a_missing_stamp_is_found(make_pdf: Make, plan: MarkPlan, tmp_path: Path) -> None:
    without = dataclasses.replace(plan, items=tuple(item for item in plan.items if item.kind is not ItemKind.STAMP))
    assert _check_pdf(mark_pdf(make_pdf(), without).data, plan, tmp_path / "a.pdf") == ("缺少定密戳记",)


def test_a_wrong_place_is_found(make_pdf: Make, plan: MarkPlan, tmp_path: Path) -> None:
    data = mark_pdf(make_pdf(), _moved(plan, 2.0)).data
    problems = _check_pdf(data, plan, tmp_path / "a.pdf")
    assert {"份号不在应在的位置", "国家秘密标志不在应在的位置", "定密戳记不在应在的位置"} <= set(problems)


@pytest.mark.parametrize("colour", [(1, 1, 1), (0, 0, 0), (0.5, 0.5, 0.5)])
def test_a_covered_mark_is_found(
    colour: tuple[float, float, float], make_pdf: Make, plan: MarkPlan, tmp_path: Path
) -> None:
    box = pymupdf.Rect(100, 132, 150, 155)
    data = _edit(mark_pdf(make_pdf(), plan).data, lambda page: page.draw_rect(box, color=colour, fill=colour))
    assert "第1页的国家秘密标志看不见或被遮盖" in _check_pdf(data, plan, tmp_path / "a.pdf")


def test_an_annotation_over_the_mark_is_found(make_pdf: Make, plan: MarkPlan, tmp_path: Path) -> None:
    def cover(page: pymupdf.Page) -> None:
        annotation = page.add_rect_annot(pymupdf.Rect(70, 100, 200, 125))
        annotation.set_colors(stroke=(1, 1, 1), fill=(1, 1, 1))
        annotation.update()

    data = _edit(mark_pdf(make_pdf(), plan).data, cover)
    assert "第1页的份号看不见或被遮盖" in _check_pdf(data, plan, tmp_path / "a.pdf")


def test_text_over_the_mark_and_a_second_mark_are_found(make_pdf: Make, plan: MarkPlan, tmp_path: Path) -> None:
    def write(page: pymupdf.Page) -> None:
        page.insert_font("F8", fontbuffer=pymupdf.Font("china-s").buffer)
        page.insert_text((85, 175), "秘密★5年", fontname="F8", fontsize=12)
        page.insert_text((85, 60), "000009", fontname="F8", fontsize=12)
        page.insert_text((400, 150), "盖住", fontname="F8", fontsize=12)
        page.insert_text((400, 400), "国家秘密确定专用章", fontname="F8", fontsize=12)

    problems = _check_pdf(_edit(mark_pdf(make_pdf(), plan).data, write), plan, tmp_path / "a.pdf")
    assert "首页左上角不止一个国家秘密标志" in problems
    assert "首页左上角不止一个份号" in problems
    assert "第1页的定密戳记与其他文字重叠" in problems
    assert "第1页多出一个定密戳记" in problems


def test_a_serial_where_none_belongs_is_found(
    make_pdf: Make, plan: MarkPlan, determination: Determination, tmp_path: Path
) -> None:
    data = mark_pdf(make_pdf(), plan).data
    assert _check_pdf(data, determined(determination), tmp_path / "a.pdf") == ("首页左上角有不应有的份号",)


def test_a_wrong_size_is_found(make_pdf: Make, plan: MarkPlan, tmp_path: Path) -> None:
    def shrink(item: Item) -> Item:
        return dataclasses.replace(item, lines=tuple(dataclasses.replace(one, size_pt=12.0) for one in item.lines))

    small = dataclasses.replace(plan, items=tuple(shrink(item) for item in plan.items))
    assert "第1页的国家秘密标志字号不对" in _check_pdf(mark_pdf(make_pdf(), small).data, plan, tmp_path / "a.pdf")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"MARKPIPE-serial", b"Text Box 1", "缺少份号"),
        (b"<wp:posOffset>1008000<", b"<wp:posOffset>1108000<", "份号不在应在的位置"),
        (b">000007<", b">000008<", "份号不是“000007”"),
        (b'<w:color w:val="000000"/>', b'<w:color w:val="FFFFFF"/>', "份号看不见，或字体字号不对"),
        (b'<w:sz w:val="32"/>', b'<w:sz w:val="24"/>', "国家秘密标志看不见，或字体字号不对"),
        (b"<w:noProof/>", b"<w:noProof/><w:vanish/>", ""),
        (b"<w:kern", b"<w:vanish/><w:kern", "份号看不见，或字体字号不对"),
        (b'cx="', b'cx="0', ""),
        (b'name="MARKPIPE-mark"', b'name="MARKPIPE-mark" hidden="1"', "国家秘密标志看不见，或字体字号不对"),
        (b'name="MARKPIPE-mark"', b'name="MARKPIPE-serial"', "份号有2个"),
    ],
)
def test_each_defect_of_a_docx_is_found(
    old: bytes, new: bytes, problem: str, make_docx: Make, plan: MarkPlan, tmp_path: Path
) -> None:
    problems = _check_docx(mark_docx(make_docx(), plan).data, plan, tmp_path, {"word/markpipeHeader.xml": (old, new)})
    assert problem in problems if problem else problems == ()


@pytest.mark.parametrize(
    ("part", "old", "new", "problem"),
    [
        ("word/document.xml", b"<w:titlePg/>", b"", "首页没有页眉，读不到标志"),
        ("word/document.xml", "定密责任人：李四".encode(), "定密责任人：王五".encode(), "定密戳记的内容不对"),
        ("word/document.xml", b"MARKPIPE-stamp", b"other", "缺少定密戳记"),
        ("word/document.xml", b"tblBorders", b"tblOthers", "定密戳记看不见，或字体字号不对"),
        (
            "word/document.xml",
            "第0段 关于做好有关工作的通知".encode(),
            "秘密★5年".encode(),
            "正文开头另有一个国家秘密标志",
        ),
        ("[Content_Types].xml", b"/word/markpipeHeader.xml", b"/word/other.xml", "首页没有页眉，读不到标志"),
    ],
)
def test_each_defect_of_the_package_is_found(
    part: str, old: bytes, new: bytes, problem: str, make_docx: Make, plan: MarkPlan, tmp_path: Path
) -> None:
    assert problem in _check_docx(mark_docx(make_docx(), plan).data, plan, tmp_path, {part: (old, new)})


def test_an_old_mark_left_in_a_docx_is_found(
    make_docx: Make, plan: MarkPlan, determination: Determination, tmp_path: Path
) -> None:
    data = mark_docx(make_docx(), plan).data
    assert _check_docx(data, determined(determination), tmp_path, {}) == ("有方案之外的旧标志没有去掉",)


def _check_docx(data: bytes, plan: MarkPlan, folder: Path, edits: dict[str, tuple[bytes, bytes]]) -> tuple[str, ...]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name in edits:
                assert edits[name][0] in part, "the defect was not built"
                part = part.replace(*edits[name])
            target.writestr(name, part)
    path = folder / "稿.docx"
    path.write_bytes(buffer.getvalue())
    return check_marks(path, plan)


def test_what_cannot_be_read_is_an_error_and_text_a_problem(plan: MarkPlan, tmp_path: Path) -> None:
    for name, data, word in (
        ("a.pdf", b"%PDF-1.7 nothing", "读不回来|读不了"),
        ("a.docx", b"PK\x03\x04 nothing", "读不回来"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(OutputError, match=word):
            check_marks(tmp_path / name, plan)
    (tmp_path / "a.txt").write_text("通知")
    assert check_marks(tmp_path / "a.txt", plan) == ("不是 PDF 或 DOCX，纯文本不能承载标志",)


def test_a_part_with_a_dtd_is_not_parsed(make_docx: Make, plan: MarkPlan, tmp_path: Path) -> None:
    data = mark_docx(make_docx(), plan).data
    bomb = (b"<w:hdr", b'<!DOCTYPE h [<!ENTITY a "b">]><w:hdr')
    with pytest.raises(OutputError, match=r"DTD|不是完好的"):
        _check_docx(data, plan, tmp_path, {"word/markpipeHeader.xml": bomb})


def test_without_poppler_the_check_says_what_to_install(
    make_pdf: Make, plan: MarkPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(mark_pdf(make_pdf(), plan).data)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(OutputError, match="poppler-utils"):
        check_marks(path, plan)


def test_the_check_loads_nothing_of_what_it_checks() -> None:
    assert shutil.which("pdftotext"), "the tests need poppler-utils"
    code = (
        "import sys, markpipe.proof.marks; "
        "print([m for m in sys.modules if m.startswith(('pymupdf', 'fitz', 'pikepdf', 'markpipe.formats', 'lxml'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
