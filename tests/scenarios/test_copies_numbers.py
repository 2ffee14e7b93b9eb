"""Numbers before they are on paper, lists of recipients, counting on a schedule: through the command line."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from desk import Desk
from office import SECRET, Office, make_office

PEOPLE = "".join(f'[[people]]\nname = "{name}"\n' for name in ("赵六", "孙七", "周八", "吴九"))
APPROVED = ("--approved-by", "吴九", "--approval", "审〔2026〕7号")
ID = "D2026-0001"


@pytest.fixture
def bureau(tmp_path: Path) -> Office:
    """王五 is the 保密员; D2026-0001 is approved."""
    office = Desk(make_office(tmp_path / "office", extra=PEOPLE).folder)
    office.add_source()
    draft = office.write_docx(office.drafts / "报告.docx", "关于检查的报告", SECRET)
    office.call("determination", "propose", draft, "--handler", "张三")
    approved = office.call("determination", "approve", ID, "--as", "李四")
    assert approved.returncode == 0, approved.stderr
    return office


def issue(office: Office, *arguments: object) -> tuple[object, ...]:
    return (ID, "--file", office.drafts / "报告.docx", "-o", office.folder / "份", *arguments, "--as", "王五")


def listed(path: Path, *rows: tuple[str, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def test_a_stretch_is_reserved_and_given_back(bureau: Office) -> None:
    refused = bureau.call("copies", "reserve", ID, "--copies", 10, "--for", "印制室", "--as", "张三")
    assert refused.returncode == 5
    lease = bureau.json("copies", "reserve", ID, "--copies", 10, "--for", "印制室", "--as", "王五")
    assert (lease["lease"], lease["first"], lease["last"]) == ("Z2026-0001", "000001", "000010")
    assert "印制室（印制）  未交回" in bureau.call("copies", "reserve").stdout
    made = bureau.json("copies", "issue", *issue(bureau, "--copies", 1))["outputs"]
    assert [output["serial"] for output in made] == ["000011"]
    silent = bureau.call("copies", "release", "Z2026-0001", "--unused", "4-10", "--as", "王五")
    assert (silent.returncode, "必须写明理由" in silent.stderr) == (2, True)
    told = ("--unused", "4-10", "--reason", "1至3号印制机断电，纸张已碎", "--as", "王五")
    closed = bureau.json("copies", "release", "Z2026-0001", *told)
    assert [number["state"] for number in closed["numbers"]] == ["缺号已说明"] * 3 + ["退回未用"] * 7
    assert bureau.json("copies", "reserve")["leases"] == []
    made = bureau.json("copies", "issue", *issue(bureau, "--copies", 3))["outputs"]
    assert [output["serial"] for output in made] == ["000004", "000005", "000011"]
    explained = bureau.json("copies", "gap", ID, "6", "7-10", "--reason", "不再需要", "--as", "王五")
    assert {number["state"] for number in explained["numbers"]} == {"缺号已说明"}
    assert bureau.json("copies", "status")["summary"] == {"在库": 3, "缺号已说明": 8}
    assert bureau.json("register", "verify")["ok"] is True


@pytest.mark.parametrize("stretch", ["", "a", "3-1", "0", "1-", "12345678"])
def test_a_wrong_stretch_is_named(bureau: Office, stretch: str) -> None:
    done = bureau.call("copies", "gap", ID, stretch, "--reason", "x", "--as", "王五")
    assert done.returncode == 2
    assert "写作" in done.stderr or "从小到大" in done.stderr


def test_copies_go_to_whom_the_list_says_by_the_channel_it_says(bureau: Office) -> None:
    rows = (("姓名", "单位", "渠道", "份数"), ("赵六", "", "", "1"), ("郑十", "市水务局", "机要交通", "2"))
    file = listed(bureau.folder / "分发.xlsx", *rows)
    made = bureau.json("copies", "issue", *issue(bureau, "--recipients", file))
    assert len(made["outputs"]) == 3
    history = bureau.json("copies", "status", f"{ID}/3")["history"]
    assert [(line["act"], line["holder"], line["channel"]) for line in history][-1] == ("分发", "郑十", "机要交通")
    before = bureau.events()
    bureau.json("copies", "issue", *issue(bureau, "--recipients", file))
    assert bureau.events() == before
    assert bureau.json("copies", "status")["summary"] == {"待签收": 3}


def test_ordinary_post_in_a_list_stops_all_of_it(bureau: Office) -> None:
    bureau.json("copies", "issue", *issue(bureau, "--copies", 2))
    rows = (("份", "姓名", "单位", "渠道"), (f"{ID}/1", "赵六", "", ""), (f"{ID}/2", "郑十", "市水务局", "邮政快递"))
    done = bureau.call("copies", "transfer", "--recipients", listed(bureau.folder / "a.xlsx", *rows), "--as", "王五")
    assert done.returncode == 5
    assert "邮政快递" in done.stderr
    assert bureau.json("copies", "status")["summary"] == {"在库": 2}


@pytest.mark.parametrize("row", [("", "1"), ("赵六", "0"), ("赵六", "两份")])
def test_a_list_that_does_not_say_how_many_for_whom(bureau: Office, row: tuple[str, str]) -> None:
    file = listed(bureau.folder / "a.xlsx", ("姓名", "份数"), row)
    done = bureau.call("copies", "issue", *issue(bureau, "--recipients", file))
    assert done.returncode == 2
    assert "第 2 行" in done.stderr
    differs = listed(bureau.folder / "b.xlsx", ("姓名", "份数"), ("赵六", "2"))
    done = bureau.call("copies", "issue", *issue(bureau, "--recipients", differs, "--copies", 3))
    assert (done.returncode, "两处份数须一致" in done.stderr) == (2, True)


def test_loans_have_their_longest_time(bureau: Office) -> None:
    bureau.json("copies", "issue", *issue(bureau, "--copies", 1))
    lend = ("copies", "lend", f"{ID}/1", "--to", "赵六", *APPROVED, "--as", "王五", "--days")
    assert "最多 15 天" in bureau.call(*lend, 16).stderr
    site = bureau.folder / "markpipe.toml"
    site.write_text(site.read_text(encoding="utf-8") + "\n[custody]\nloan_days_jimi = 20\n", encoding="utf-8")
    assert bureau.call(*lend, 16).returncode == 0


def test_the_store_is_counted_on_a_schedule(bureau: Office) -> None:
    bureau.json("copies", "issue", *issue(bureau, "--copies", 1))
    since = bureau.json("copies", "overdue")["inspection"]["since"]
    later = ("copies", "overdue", "--on", "2028-01-01")
    assert bureau.json(*later, code=1)["inspection"] == {"since": since, "overdue": True}
    assert "没有清点" in bureau.call(*later).stdout
    bureau.call("copies", "inspect", f"{ID}/1", "--as", "王五")
    assert bureau.json("copies", "overdue")["inspection"]["since"] == "2026-05-10"
