"""Workbooks: what shows and what is hidden, as read; and made anew without what is hidden, as a walk of the package sees it."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Border, Font, Side

from markpipe.errors import OutputError
from markpipe.formats.archive import BadArchiveError
from markpipe.formats.reader import read_bytes
from markpipe.formats.xlsx import stretches
from markpipe.formats.xlsxclean import clean_workbook
from markpipe.model.document import Document, PartKind, ReadStatus
from markpipe.model.limits import Limits
from markpipe.proof.workbook import check_workbook


def saved(workbook: Any) -> bytes:
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def changed(data: bytes, change: Callable[[dict[str, bytes]], Any]) -> bytes:
    """The same package with members changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        members = {name: source.read(name) for name in source.namelist()}
    change(members)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return target.getvalue()


def filled() -> bytes:
    """A sheet with a hidden row, two hidden columns, a comment, white words, a merged title; and a hidden sheet."""
    workbook: Any = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "名单"
    sheet.append(["拟公示人员名单"])
    sheet.merge_cells("A1:D1")
    sheet.append(["姓名", "内部意见", "评分", "日期"])
    sheet.append(["周某", "不宜", 91.5, dt.date(2026, 5, 1)])
    sheet.append(["未公开的人", "缓议", 60, None])
    sheet.append(["=未作公式", "", None, None])
    sheet["A5"].data_type = "s"
    sheet.row_dimensions[4].hidden = True
    sheet.row_dimensions[2].height = 30
    sheet.column_dimensions.group("B", "C", hidden=True)
    sheet["A2"].font, sheet["A2"].border = Font(bold=True, color="FFFFFF"), Border(left=Side("thin"))
    sheet["A3"].comment = Comment("领导批示", "某人")
    sheet["D3"].number_format = "yyyy/mm/dd"
    hidden = workbook.create_sheet("底稿")
    hidden.append(["内部底价"])
    hidden.sheet_state = "veryHidden"
    workbook.properties.creator = "某人"
    return saved(workbook)


def words(document: Document) -> dict[PartKind, str]:
    found: dict[PartKind, str] = {}
    for part in document.text_map.parts:
        found[part.kind] = found.get(part.kind, "") + document.text[part.start : part.end]
    return found


def test_what_shows_is_told_from_what_is_hidden() -> None:
    document = read_bytes(filled(), Limits(), nested=True)
    assert document.status is ReadStatus.READ
    said = words(document)
    assert said[PartKind.BODY].split("\n")[:4] == ["名单", "拟公示人员名单", "姓名\t日期", "周某\t46143"]
    assert all(hidden in said[PartKind.HIDDEN] for hidden in ("不宜", "91.5", "未公开的人", "底稿", "内部底价"))
    assert "领导批示" in said[PartKind.COMMENT]
    assert "未公开" not in said[PartKind.BODY]


def test_strings_that_no_cell_uses_are_left_overs_and_readings_are_no_words() -> None:
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    members = {
        "xl/workbook.xml": f'<workbook {main} {rel}><sheets><sheet name="一" r:id="a"/><sheet name="无" r:id="b"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="a" Target="worksheets/s.xml"/></Relationships>',
        "xl/sharedStrings.xml": f"<sst {main}><si><t>东</t><rPh><t>dong</t></rPh></si><si><r><t>删去</t></r><r><t>的人</t></r></si></sst>",
        "xl/worksheets/s.xml": f'<worksheet {main}><sheetData><row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>西</t></is></c>'
        '<c t="str"><f>A1</f><v>北</v></c></row></sheetData></worksheet>',
        "xl/printerSettings/printerSettings1.bin": "",
    }
    found, taken = stretches({name: text.encode() for name, text in members.items()})
    assert {each.kind: each.rows for each in found} == {
        PartKind.BODY: (("一",), ("东", "西", "北")),
        PartKind.CUSTOM_DATA: (("A1",),),
        PartKind.RESIDUE: (("删去的人",),),
    }
    assert "xl/workbook.xml" not in taken
    with pytest.raises(BadArchiveError):
        stretches({"xl/workbook.xml": b"<broken"})
    assert stretches({"a.xml": b"<a/>"}) == ((), frozenset())


def test_a_clean_workbook_has_what_shows_and_nothing_else() -> None:
    data = filled()
    clean = clean_workbook(data, [("周某", "周某某"), ("91.5", "x")])
    assert clean == clean_workbook(data, [("周某", "周某某"), ("91.5", "x")])
    assert check_workbook(clean, ["内部", "领导批示", "未公开", "底价", "底稿", "91.5", "某人"]) == ()
    workbook: Any = openpyxl.load_workbook(io.BytesIO(clean))
    sheet = workbook.active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["拟公示人员名单", None],
        ["姓名", "日期"],
        ["周某某", dt.datetime(2026, 5, 1)],  # noqa: DTZ001 - as a workbook has it
        ["=未作公式", None],
    ]
    assert sheet["A4"].data_type == "s"
    assert [merged.coord for merged in sheet.merged_cells.ranges] == ["A1:B1"]
    assert (sheet["A2"].font.bold, sheet["A2"].font.color, sheet["A2"].border.left.style) == (True, None, "thin")
    assert sheet["B3"].number_format == "yyyy/mm/dd"
    assert sheet.row_dimensions[2].height == 30


def charted() -> bytes:
    workbook: Any = openpyxl.load_workbook(io.BytesIO(filled()))
    from openpyxl.chart import BarChart

    workbook.active.add_chart(BarChart(), "F1")
    return saved(workbook)


def computed() -> bytes:
    workbook: Any = openpyxl.Workbook()
    workbook.active.append(["=1+1"])
    return saved(workbook)


def without_visible_sheets() -> bytes:
    return changed(
        saved(openpyxl.Workbook()),
        lambda members: members.update(
            {"xl/workbook.xml": members["xl/workbook.xml"].replace(b'state="visible"', b'state="hidden"')}
        ),
    )


def with_a_document_type() -> bytes:
    doctype = b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'
    return changed(filled(), lambda members: members.update({"xl/theme/theme1.xml": doctype}))


@pytest.mark.parametrize(
    ("build", "said"),
    [(charted, "图表"), (computed, "公式"), (without_visible_sheets, "看得见"), (with_a_document_type, "损坏")],
)
def test_what_is_not_only_cells_has_no_clean_copy(build: Callable[[], bytes], said: str) -> None:
    with pytest.raises(OutputError, match=said):
        clean_workbook(build(), [])


def test_the_check_names_whatever_is_too_much() -> None:
    clean = clean_workbook(filled(), [])

    def sheet(words: bytes) -> Callable[[dict[str, bytes]], None]:
        def put(members: dict[str, bytes]) -> None:
            name = "xl/worksheets/sheet1.xml"
            members[name] = members[name].replace(b"</worksheet>", words + b"</worksheet>")

        return put

    assert check_workbook(changed(clean, dict), []) == ()
    for change, said in (
        (sheet(b"<headerFooter/>"), "不应留下"),
        (sheet(b'<cols><col hidden="1"/></cols>'), "不应留下"),
        (sheet(b"<!-- x -->"), "不应留下"),
        (lambda members: members.update({"docProps/core.xml": b"<a/>"}), "不应出现"),
        (lambda members: members.update({"xl/media/image1.png": b"x"}), "不应出现"),
    ):
        assert any(said in problem for problem in check_workbook(changed(clean, change), []))
    assert any("要遮盖" in problem for problem in check_workbook(clean, ["拟公示"]))
    assert any("前后" in problem for problem in check_workbook(clean + b"x", []))
    assert check_workbook(b"PK\x03\x04", []) == ("写出的工作簿读不回来",)
