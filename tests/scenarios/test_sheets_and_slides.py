"""Workbooks and presentations: read wholly by `scan`, `verify` and `run`; what cannot bear a mark is said before anybody approves."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from desk import Desk
from office import SECRET, Office, make_office
from openpyxl.comments import Comment

SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Desk(make_office(tmp_path / "office").folder)
    office.add_source()
    book = openpyxl.Workbook()
    shown = book.worksheets[0]
    shown.append(["事项", "内容"])
    shown["B1"].comment = Comment("请领导过目", "某人")
    hidden = book.create_sheet("底稿")
    hidden.append([SECRET])
    hidden.sheet_state = "hidden"
    office.drafts.mkdir(parents=True, exist_ok=True)
    book.save(office.drafts / "汇总.xlsx")
    slide = f"<?xml version='1.0'?><p:sld {SPACES}><a:p><a:r><a:t>{SECRET}</a:t></a:r></a:p></p:sld>"
    with zipfile.ZipFile(office.drafts / "汇报.pptx", "w") as package:
        package.writestr("[Content_Types].xml", "<?xml version='1.0'?><Types/>")
        package.writestr("ppt/presentation.xml", f"<?xml version='1.0'?><p:presentation {SPACES}/>")
        package.writestr("ppt/slides/slide1.xml", slide)
    return office


def test_a_scan_reads_every_sheet_and_slide(office: Office) -> None:
    report = office.json("scan", office.drafts, code=1)
    found = {document["path"]: document for document in report["documents"]}
    assert {name: (one["format"], one["status"]) for name, one in found.items()} == {
        "汇总.xlsx": ("xlsx", "read"),
        "汇报.pptx": ("pptx", "read"),
    }
    assert all(any(finding["kind"] == "派生" for finding in one["findings"]) for one in found.values())


def test_a_workbook_is_never_called_clean_with_a_hidden_sheet(office: Office) -> None:
    report = office.json("verify", office.drafts / "汇总.xlsx", code=1)
    codes = {problem["code"] for problem in report["documents"][0]["problems"]}
    assert {"hidden-text", "hidden-comment"} <= codes
    assert "hidden-attachment" not in codes, "the shape of a comment is part of the workbook"


@pytest.mark.parametrize("approver", [(), ("--approve-as", "李四")])
def test_a_run_says_that_they_bear_no_mark(office: Office, approver: tuple[str, ...]) -> None:
    documents = office.run(*approver, code=1)
    for name, what in (("汇总.xlsx", "电子表格"), ("汇报.pptx", "演示文稿")):
        assert {output["kind"] for output in documents[name]["outputs"]} == {"定密审批表"}
        assert any(what in reason and "转为 PDF" in reason for reason in documents[name]["held"])
    assert not (office.out / "marked").exists()
