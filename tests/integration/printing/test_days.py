"""D18 and D19 of the office's days, through the command line, the real queue and a printer that jams."""

from __future__ import annotations

import openpyxl
import pytest
from printroom import PRINT, PrintRoom, numbers_of, pages_of
from printshop import PrintShop

COPIES = 20


@pytest.fixture
def counted(room: PrintRoom) -> list[str]:
    return [f"{serial:06d}" for serial in range(1, COPIES + 1)]


def test_d18_and_d19_twenty_copies_a_jam_and_a_reprint(shop: PrintShop, room: PrintRoom, counted: list[str]) -> None:
    draft = room.determine("制发.pdf", approve=COPIES)

    refused = room.call("print", draft, "--copies", COPIES + 5, *PRINT)
    assert refused.returncode == 5
    assert f"批准制作 {COPIES} 份" in refused.stderr
    assert room.status() == {}

    shop.jam_after(7)
    jammed = room.json("print", draft, "--copies", COPIES, *PRINT, code=1)
    (order,) = jammed["orders"]
    assert order["summary"] == {"已打印": 7, "状态不明": 1, "已编号": 12}
    assert numbers_of(shop) == counted[:7]
    again = room.json("print", draft, "--copies", COPIES, *PRINT, code=1)
    assert again["orders"][0]["summary"] == order["summary"]
    assert len(shop.sheets()) == 7

    eighth = order["copies"][7]["carrier"]
    done = room.call("copies", "reconcile", eighth, "--void", "卡纸，已撕裂", "--as", "王五")
    assert done.returncode == 0, done.stderr
    assert room.json("copies", "status", eighth)["state"] == "已作废待销毁"
    assert shop.jobs() == []  # nothing of the document waits in the spool
    rest = room.json("print", draft, "--copies", COPIES, *PRINT)
    assert rest["orders"][0]["summary"] == {"已打印": 19, "作废": 1}
    assert numbers_of(shop) == [*counted[:7], *counted[8:]]

    reprint = ("print", draft, "--copies", 1, "--reissue", "第000008份卡纸作废", *PRINT)
    assert room.call(*reprint).returncode == 5
    room.approve(eighth.partition("/")[0], COPIES + 1)
    assert room.json(*reprint)["ok"] is True
    assert numbers_of(shop)[-1] == "000021"
    assert [job[2] for job in shop.jobs_seen()] == ["1"] * COPIES
    assert {pages_of(sheet) for sheet in shop.sheets()} == {1}

    orders = room.orders("制发.pdf")
    assert [(one["printed_by"], one["approved_by"], one["purpose"], one["recipient"]) for one in orders] == [
        ("张三", "吴九", "会议发放", "赵六")
    ] * 2
    done = room.call("copies", "form", "打印输出登记表", "-o", room.folder / "prints.xlsx")
    assert done.returncode == 0, done.stderr
    rows = list(openpyxl.load_workbook(room.folder / "prints.xlsx").worksheets[0].values)
    lines = [row for row in rows if row[2] == "制发.pdf"]
    assert [(row[6], row[12]) for row in lines] == [
        ("000001–000020", "已打印 19 份；作废 000008"),
        ("000021", "已打印 1 份"),
    ]
    assert room.call("register", "verify").returncode == 0
