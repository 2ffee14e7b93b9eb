"""A register that was kept on paper comes in from a workbook: all of its lines, or none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from desk import Desk
from office import Office, make_office

HEAD = ("收文编号", "收文日期", "来文单位", "发文字号", "标题", "密级", "份数", "份号", "复制权限", "应退日期", "签收")
LINES: tuple[tuple[object, ...], ...] = (
    (
        "2025-41",
        dt.date(2025, 3, 2),
        "省厅",
        "省厅发〔2025〕1号",
        "通知一",
        "机密★20年",
        2,
        "117、118",
        "可复制",
        "",
        "",
    ),
    ("2025-42", "2025.3.9", "市局", "", "通知二", "秘密★5年", 3, "000001-000003", "", "2027年1月1日", "李四"),
    ("", "", "", "", "", "", "", "", "", "", ""),
    ("2025-43", "2025/4/1", "省厅", "电〔2025〕7号", "来电", "机密★5年", "", "9", "密电，不得复制", "", ""),
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Desk(make_office(tmp_path / "office").folder)


def book(path: Path, *lines: tuple[object, ...], head: tuple[str, ...] = HEAD) -> Path:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.append(["某单位收文登记簿（2025年）"])
    sheet.append(head)
    for line in lines:
        sheet.append(list(line))
    made.save(path)
    return path


def test_a_register_as_offices_keep_it_has_no_serials_and_spaced_names(office: Office) -> None:
    """The columns of the registers found in use (law.md §7): 份数 and no 份号; headings and names spaced out."""
    head = ("收文 时间", "收文单位", "文件字号", "标　题", "密级", "份 数", "收文编号", "签收")
    lines = (
        ("２０２５年３月２日", "省 厅", "省厅发[2025]１号", "通知一", "秘密★5年", "２份", "41", "李　四"),
        ("2025-03-03", "省厅", "省厅发〔2025〕2号", "通知二", "秘密★5年", 1, "42", ""),
    )
    file = book(office.folder / "旧.xlsx", *lines, head=head)
    entered = office.json("carriers", "import", file, "--as", "王五")["incoming"]
    assert [(each["issuer"], each["document_number"]) for each in entered] == [
        ("省厅", "省厅发〔2025〕1号"),
        ("省厅", "省厅发〔2025〕2号"),
    ]
    assert [each["numbered"] for each in entered] == [False, False]
    held = office.json("copies", "holders", "李 四")["carriers"]
    assert [each["carrier"] for each in held] == ["R2026-0001/000001", "R2026-0001/000002"]
    assert "文件上没有份号" in office.call("carriers", "list").stdout


def test_a_paper_register_comes_in_once(office: Office) -> None:
    file = book(office.folder / "旧.xlsx", *LINES)
    assert "3 件，6 份，各行都对" in office.call("carriers", "import", file, "--dry-run", "--as", "王五").stdout
    assert office.json("carriers", "list")["incoming"] == []
    entered = office.json("carriers", "import", file, "--as", "王五")
    assert [(each["number"], each["paper_number"]) for each in entered["incoming"]] == [
        ("2026-0001", "2025-41"),
        ("2026-0002", "2025-42"),
        ("2026-0003", "2025-43"),
    ]
    held = office.json("copies", "status", "R2026-0002")
    assert {(each["state"], each["holder"]) for each in held["carriers"]} == {("已签收", "李四")}
    assert "自原登记簿转入（2025-42）" in office.call("copies", "status", "R2026-0002/1").stdout
    listed = office.json("carriers", "list")["incoming"]
    assert [each["received_on"] for each in listed] == ["2025-03-02", "2025-03-09", "2025-04-01"]
    assert (listed[1]["return_by"], listed[1]["reproduction"], listed[2]["telegram"]) == (
        "2027-01-01",
        "经制发机关批准",
        True,
    )
    again = office.json("carriers", "import", file, "--as", "王五")
    assert (again["incoming"], again["skipped"]) == ([], 3)
    assert "原登记 2025-41" in office.call("carriers", "list").stdout
    assert office.json("register", "verify")["ok"] is True


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("来文单位", "", "来文单位没有填写"),
        ("密级", "高", "第 4 行"),
        ("份号", "A1", "不是六位以内的份号"),
        ("份号", "3、3", "有重复"),
        ("份数", 5, "份数 5 与份号 3 个不一致"),
        ("收文日期", "去年", "日期“去年”读不出来"),
        ("复制权限", "随便", "复制权限“随便”"),
        ("应退日期", "x", "日期“x”"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_entered(office: Office, column: str, value: object, says: str) -> None:
    wrong = list(LINES[1])
    wrong[HEAD.index(column)] = value
    file = book(office.folder / "旧.xlsx", LINES[0], tuple(wrong))
    done = office.call("carriers", "import", file, "--as", "王五")
    assert (done.returncode, says in done.stderr, "第 4 行" in done.stderr) == (2, True, True), done.stderr
    assert office.json("carriers", "list")["incoming"] == []


def test_a_workbook_that_is_no_register(office: Office) -> None:
    strange = book(office.folder / "a.xlsx", head=("甲", "乙"))
    assert "找不到栏目名" in office.call("carriers", "import", strange, "--as", "王五").stderr
    assert "没有内容" in office.call("carriers", "import", book(office.folder / "b.xlsx"), "--as", "王五").stderr
    file = book(office.folder / "c.xlsx", (*LINES[0], "平信"), head=(*HEAD, "渠道"))
    assert "渠道“平信”" in office.call("carriers", "import", file, "--as", "王五").stderr
    assert office.call("carriers", "import", book(office.folder / "d.xlsx", LINES[0]), "--as", "张三").returncode == 5
