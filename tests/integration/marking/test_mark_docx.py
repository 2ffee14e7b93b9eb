"""Marks on DOCX: the package walked part by part, and what each section shows before and after."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from markpipe.config.stamps import load_stamps
from markpipe.errors import OutputError
from markpipe.formats.docx.mark import mark, unmark
from markpipe.formats.docx.mark_package import Package
from markpipe.marking.layout import determined, pre_mark
from markpipe.marking.plan import MarkPlan
from markpipe.marking.stamp import preview
from markpipe.model.decision import Determination, Proposal
from markpipe.proof.marks import check_marks

MakeDocx = Callable[..., bytes]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CHANGED = {"[Content_Types].xml", "word/document.xml", "word/_rels/document.xml.rels"}


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def _shown(data: bytes, kind: str = "header") -> list[tuple[str, str]]:
    """What the first and the other pages of each section show, by the rules of inheritance."""
    package = Package.read(data)
    root = etree.fromstring(package.parts[package.main])
    inherited = {"first": "", "default": ""}
    shown = []
    for section in root.iter(f"{W}sectPr"):
        for reference in section.findall(f"{W}{kind}Reference"):
            part = package.target(package.main, reference.get(f"{OFFICE}id", ""))
            inherited[reference.get(f"{W}type", "default")] = part
        default = _text(package, inherited["default"])
        title = section.find(f"{W}titlePg") is not None
        shown.append((_text(package, inherited["first"]) if title else default, default))
    return shown


def _text(package: Package, part: str) -> str:
    if not part:
        return ""
    root = etree.fromstring(package.parts[part])
    for shape in list(root.iter("{*}AlternateContent")):
        shape.clear()
    return "".join(str(text.text or "") for text in root.iter(f"{W}t"))


def test_every_other_part_stays_byte_for_byte(make_docx: MakeDocx, determination: Determination) -> None:
    data = make_docx()
    before, after = _parts(data), _parts(mark(data, determined(determination, 7)).data)
    assert {name for name in before if before[name] != after[name]} <= CHANGED
    assert all("markpipe" in name for name in set(after) - set(before))


def test_the_same_input_gives_the_same_bytes(make_docx: MakeDocx, determination: Determination) -> None:
    data, plan = make_docx(), determined(determination, 7)
    assert mark(data, plan) == mark(data, plan)


def test_the_plan_is_read_back(make_docx: MakeDocx, determination: Determination, tmp_path: Path) -> None:
    plan, path = determined(determination, 7), tmp_path / "稿.docx"
    path.write_bytes(mark(make_docx(), plan).data)
    assert check_marks(path, plan) == ()


def test_every_page_keeps_the_header_and_footer_it_had(
    make_docx: MakeDocx, section: Callable[..., object], determination: Determination, tmp_path: Path
) -> None:
    cases = (
        (section(),),
        (section(header="眉"),),
        (section(header="眉", footer="脚"),),
        (section(header="眉", first_header="首", title_page=True),),
        (section(header="眉", first_header="未用的首页眉"),),
        (section(header="眉", footer="脚"), section(title_page=True)),
        (section(header="眉", first_header="首", footer="脚", title_page=True), section(title_page=True), section()),
        (section(), section(header="二", first_header="二首", title_page=True)),
        (section(header="一"), section(), section(title_page=True)),
    )
    plan = determined(determination, 7)
    for number, sections in enumerate(cases):
        data = make_docx(*sections)
        marked = mark(data, plan).data
        for kind in ("header", "footer"):
            assert _shown(marked, kind) == _shown(data, kind), (number, kind)
        path = tmp_path / f"{number}.docx"
        path.write_bytes(marked)
        assert check_marks(path, plan) == ()


def test_taking_the_marks_off_gives_the_file_back(
    make_docx: MakeDocx, section: Callable[..., object], determination: Determination
) -> None:
    data = make_docx(section(header="眉", first_header="首"), section(title_page=True))
    back = unmark(mark(data, determined(determination, 7)).data)
    before, after = _parts(data), _parts(back)
    assert set(before) == set(after)
    for name in before:
        if before[name] != after[name]:
            assert name in CHANGED
            assert etree.tostring(etree.fromstring(before[name]), method="c14n") == etree.tostring(
                etree.fromstring(after[name]), method="c14n"
            )
    assert unmark(back) == back


def test_marking_again_equals_marking_the_draft(
    make_docx: MakeDocx,
    section: Callable[..., object],
    determination: Determination,
    proposal: Proposal,
    tmp_path: Path,
) -> None:
    data = make_docx(section(header="眉"), section(title_page=True))
    twice = mark(mark(data, pre_mark(proposal, demo=True)).data, determined(determination, 7)).data
    assert twice == mark(data, determined(determination, 7)).data
    path = tmp_path / "稿.docx"
    path.write_bytes(twice)
    assert check_marks(path, determined(determination, 7)) == ()


def test_marks_that_an_office_program_took_over_are_replaced_too(
    make_docx: MakeDocx, determination: Determination, tmp_path: Path
) -> None:
    """Word renames parts when it saves: neither our names nor our record survive, the names of the shapes do."""
    parts = _parts(mark(make_docx(), determined(determination, 7)).data)
    renamed = {
        name.replace("markpipeHeader", "header9"): data.replace(b"markpipeHeader", b"header9")
        for name, data in parts.items()
        if not name.startswith("customXml") and "Footer" not in name
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in renamed.items():
            archive.writestr(name, data)
    again = mark(buffer.getvalue(), determined(determination, 8))
    path = tmp_path / "稿.docx"
    path.write_bytes(again.data)
    assert check_marks(path, determined(determination, 8)) == ()


def test_a_body_that_ends_with_a_table_keeps_it_apart_from_the_stamp(
    make_docx: MakeDocx, determination: Determination
) -> None:
    table = "<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    root = etree.fromstring(
        _parts(mark(make_docx(ending=table), determined(determination, 7)).data)["word/document.xml"]
    )
    names = [etree.QName(child).localname for child in root[0]]
    assert names[-3:] == ["tbl", "sdt", "sectPr"]
    content = root.find(f".//{W}sdtContent")
    assert content is not None
    assert [etree.QName(child).localname for child in content] == ["p", "tbl", "p"]


def test_a_pre_mark_stands_apart_from_a_mark(make_docx: MakeDocx, proposal: Proposal, tmp_path: Path) -> None:
    plan, path = pre_mark(proposal, demo=True), tmp_path / "稿.docx"
    path.write_bytes(mark(make_docx(), plan).data)
    assert check_marks(path, plan) == ()
    header = _parts(path.read_bytes())["word/markpipeHeader.xml"].decode()
    assert "拟定密级：机密★10年（未经审核批准）" in header
    assert "MARKPIPE-mark" not in header


@pytest.mark.parametrize("identity", [one for one in load_stamps() if not one.startswith("label")])
def test_every_layout_can_be_set_and_read_back(
    identity: str, make_docx: MakeDocx, determination: Determination, tmp_path: Path
) -> None:
    plan = MarkPlan((preview(load_stamps()[identity]),), determination.id)
    path = tmp_path / "稿.docx"
    path.write_bytes(mark(make_docx(), plan).data)
    assert check_marks(path, plan) == ()


SECTIONS = (("甲",), ("",), ("乙", "首页"), ("",))


@pytest.mark.parametrize("even", [False, True])
def test_running_marks_stand_in_every_header_of_every_section_and_come_off_again(
    even: bool, make_docx: MakeDocx, section: Any, determination: Determination, tmp_path: Path
) -> None:
    settings = f'<w:settings xmlns:w="{W[1:-1]}"><w:evenAndOddHeaders/></w:settings>'.encode()
    sections = [
        section(header=one[0], first_header=one[1] if len(one) > 1 else "", title_page=len(one) > 1) for one in SECTIONS
    ]
    draft = make_docx(*sections, extra={"word/settings.xml": settings} if even else {})
    running = tuple(preview(load_stamps()[name]) for name in ("running-header", "running-footer"))
    whole = determined(determination, 7)
    plan = dataclasses.replace(whole, items=(*whole.items, *running))
    path = tmp_path / "稿.docx"
    path.write_bytes(mark(draft, plan).data)
    assert check_marks(path, plan) == ()
    headers = [name for name in _parts(path.read_bytes()) if "markpipeHeader" in name and "/_rels/" not in name]
    assert len(headers) == (11 if even else 7) - 1  # 4 sections × default (and even), 3 first pages, section 2 none
    kept = [_parts(path.read_bytes())[name].decode().count("甲") for name in headers]
    assert sum(kept) >= 3  # section 1, its first page, and section 2 which inherits it
    assert _parts(unmark(path.read_bytes())) == _parts(unmark(mark(draft, whole).data))
    body = _parts(path.read_bytes())
    without = {name: data for name, data in body.items() if name != headers[-1]}
    path.write_bytes(_zip(without))
    assert any("节缺少页眉页脚" in problem for problem in check_marks(path, plan))


def test_a_mark_typed_into_the_text_is_refused(make_docx: MakeDocx, determination: Determination) -> None:
    typed = _parts(make_docx())
    typed["word/document.xml"] = typed["word/document.xml"].replace(
        "第0段 关于做好有关工作的通知".encode(), "秘密★5年".encode()
    )
    with pytest.raises(OutputError, match="已有国家秘密标志"):
        mark(_zip(typed), determined(determination, 7))


def test_what_is_no_plain_docx_is_refused(make_docx: MakeDocx, determination: Determination) -> None:
    plan = determined(determination, 7)
    strict = _parts(make_docx())
    strict["word/document.xml"] = strict["word/document.xml"].replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    broken = _parts(make_docx()) | {"word/document.xml": b"<w:document"}
    for data, word in (
        (b"\xd0\xcf\x11\xe0" + bytes(600), "加密"),
        (b"PK\x03\x04 truncated", "不是完好的 DOCX"),
        (_zip({"a.txt": b"a"}), "不是 DOCX"),
        (make_docx(extra={"_xmlsignatures/origin.sigs": b""}), "数字签名"),
        (_zip(strict), "Strict"),
        (_zip(broken), "损坏"),
    ):
        with pytest.raises(OutputError, match=word):
            mark(data, plan)


def _zip(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


_OFFSET = "string(*[local-name()='positionV']/*[local-name()='posOffset'])"


@pytest.mark.parametrize(("top", "serial_mm"), [(2098, 37.0), (1440, 20.5), (720, 12.0), (-1440, 20.5), (200, 6.5)])
def test_the_mark_stands_above_the_text_whatever_the_margin(
    make_docx: MakeDocx, determination: Determination, tmp_path: Path, top: int, serial_mm: float
) -> None:
    """Text makes way for a box below it: one lower than the first line of text would split the draft's title off."""
    parts = _parts(make_docx())
    parts["word/document.xml"] = re.sub(
        rb"<w:pgMar[^>]*>|(?=</w:sectPr>)", b'<w:pgMar w:top="%d"/>' % top, parts["word/document.xml"], count=1
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    plan, path = determined(determination, 7), tmp_path / "稿.docx"
    path.write_bytes(mark(stream.getvalue(), plan).data)
    assert check_marks(path, plan) == ()
    anchors = {
        anchor.xpath("string(*[local-name()='docPr']/@name)"): int(str(anchor.xpath(_OFFSET))) / 36000
        for content in _parts(path.read_bytes()).values()
        if b":anchor" in content
        for anchor in etree.fromstring(content).iter("{*}anchor")
    }
    heights = sorted(anchors.values())[:2]
    assert heights[0] == pytest.approx(serial_mm, abs=1.5)
    assert heights[1] - heights[0] == pytest.approx(225 / 22, abs=0.1)
