"""What the marking queue answers to a job, and what it leaves in the register: without CUPS, with a pile for a printer."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pikepdf
import pymupdf
import pytest
from counter import Bench, Killed, Pile
from printroom import APPROVED

from markpipe.printing.backend import Exit


def pdf(*pages: str) -> bytes:
    document = pymupdf.open()
    for words in pages:
        page = document.new_page(width=595, height=842)
        page.insert_text((80, 300), words, fontname="china-s", fontsize=16)
    return bytes(document.tobytes())


def encrypted(data: bytes, user: str, *, printing: bool = True) -> bytes:
    """With an owner password, and a user password where one is given."""
    out = io.BytesIO()
    allow = pikepdf.Permissions(print_lowres=printing, print_highres=printing)
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="主人", user=user, allow=allow))
    return out.getvalue()


def used(bench: Bench, determination: str) -> int:
    return len(bench.numbers(determination))


def states(bench: Bench, determination: str) -> list[str]:
    return [state for _, state in bench.numbers(determination)]


@pytest.mark.parametrize(
    ("data", "originals", "says"),
    [
        (b"", (pdf("x"),), "没有收到可打印的内容"),
        (b"", (encrypted(pdf("x"), "口令"),), "打开口令或权限口令"),
        (pdf("x"), (encrypted(pdf("x"), ""),), "打开口令或权限口令"),
        (b"", (encrypted(pdf("x"), "", printing=False),), "打开口令或权限口令"),
        (encrypted(pdf("x"), ""), (), "打开口令或权限口令"),
        (pdf("one") + pdf("two"), (), "不止一个文件"),
        (pdf("two"), (pdf("one"), pdf("two")), "不止一个文件"),
        (b"RaS2PwgRaster\x00" * 40, (), "不是 PDF"),
        (b"%!PS-Adobe-3.0", (), "不是 PDF"),
    ],
    ids=["empty", "user", "owner", "no-print", "owner-raw", "concatenated", "two-in-spool", "raster", "postscript"],
)
def test_a_bad_job_is_dropped_before_anything_is_numbered(
    bench: Bench, data: bytes, originals: tuple[bytes, ...], says: str
) -> None:
    pile = Pile()
    code, words = bench.job(pile, data, 3, "bad", originals)
    assert (code, pile.sheets) == (Exit.CANCEL, [])
    assert says in words
    with bench.counter(pile) as counter:
        assert counter.room.register.print_order_of("urn:uuid:bad") is None


def test_a_pdf_that_cannot_be_marked_is_dropped_before_anything_is_numbered(bench: Bench) -> None:
    data, number = bench.determined("damaged.pdf")
    pile = Pile()
    code, words = bench.job(pile, data[: len(data) // 2], 2, "damaged", (data,))
    assert (code, pile.sheets, used(bench, number)) == (Exit.CANCEL, [], 0), words


@pytest.mark.parametrize("copies", [0, -1, 10_000])
def test_a_count_that_is_none_is_dropped(bench: Bench, copies: int) -> None:
    assert bench.job(Pile(), pdf("x"), copies, "count")[0] is Exit.CANCEL


def test_each_copy_has_its_number_and_a_name_that_tells_nothing(bench: Bench) -> None:
    data, number = bench.determined("each.pdf")
    pile = Pile()
    assert bench.job(pile, data, 3, "each") == (Exit.OK, "")
    order = pile.names[0].rpartition("-")[0]
    assert pile.names == [f"{order}-00000{serial}" for serial in (1, 2, 3)]
    for serial, (_, sheet) in enumerate(pile.sheets, 1):
        with pymupdf.open(stream=sheet) as document:
            assert f"{serial:06d}" in document[0].get_text()
    assert set(states(bench, number)) == {"在库"}
    assert not list((bench.folder / "state" / "printing").rglob("*.pdf"))


def test_the_same_job_again_prints_nothing(bench: Bench) -> None:
    data, number = bench.determined("again.pdf")
    pile = Pile()
    for _ in range(3):
        assert bench.job(pile, data, 2, "again")[0] is Exit.OK
    assert (len(pile.sheets), used(bench, number)) == (2, 2)


def test_another_file_under_the_same_job_is_dropped(bench: Bench) -> None:
    data, _ = bench.determined("first.pdf")
    other, number = bench.determined("second.pdf")
    assert bench.job(Pile(), data, 1, "shared")[0] is Exit.OK
    assert bench.job(Pile(), other, 1, "shared")[0] is Exit.CANCEL
    assert used(bench, number) == 0


def test_after_a_crash_in_the_middle_nothing_is_sent_twice(bench: Bench) -> None:
    data, number = bench.determined("crash.pdf")
    pile = Pile(dies_at=2)
    with pytest.raises(Killed):
        bench.job(pile, data, 5, "crash")
    code, words = bench.job(pile, data, 5, "crash")
    assert code is Exit.HOLD
    assert "000002 不知是否印出" in words
    assert len(pile.sheets) == 2
    assert bench.call("copies", "reconcile").returncode == 1
    looked = bench.call("copies", "reconcile", f"{number}/2", "--printed", "--as", "王五")
    assert looked.returncode == 0, looked.stderr
    assert bench.job(pile, data, 5, "crash")[0] is Exit.OK
    assert [name[-1] for name in pile.names] == ["1", "2", "3", "4", "5"]
    assert used(bench, number) == 5


def test_a_printer_that_remembers_leaves_nothing_to_ask(bench: Bench) -> None:
    data, number = bench.determined("remembers.pdf")
    pile = Pile(dies_at=2, knows=True)
    with pytest.raises(Killed):
        bench.job(pile, data, 3, "remembers")
    assert bench.job(pile, data, 3, "remembers")[0] is Exit.OK
    assert [name[-1] for name in pile.names] == ["1", "2", "3"]
    assert used(bench, number) == 3


def test_a_jam_stops_until_somebody_looked_and_the_waste_is_to_be_destroyed(bench: Bench) -> None:
    data, number = bench.determined("jam.pdf", approve=4)
    pile = Pile(jams_at=2)
    assert bench.job(pile, data, 4, "jam")[0] is Exit.HOLD
    assert bench.job(pile, data, 4, "jam")[0] is Exit.HOLD
    assert len(pile.sheets) == 1
    bench.call("copies", "reconcile", f"{number}/2", "--void", "卡纸，纸张已撕裂", "--as", "王五")
    assert bench.job(pile, data, 4, "jam")[0] is Exit.OK
    assert [name[-1] for name in pile.names] == ["1", "3", "4"]
    assert states(bench, number) == ["在库", "已作废", "在库", "在库"]
    assert bench.json("copies", "status", f"{number}/000002")["state"] == "已作废待销毁"
    code, words = bench.job(pile, data, 1, "jam-again")
    assert code is Exit.HOLD
    assert "批准制作 4 份" in words
    bench.approve(number, 5)
    assert bench.job(pile, data, 1, "jam-again")[0] is Exit.OK
    assert pile.names[-1].endswith("-000005")


def test_what_did_not_come_out_is_a_gap_with_a_reason(bench: Bench) -> None:
    data, number = bench.determined("nothing.pdf")
    assert bench.job(Pile(jams_at=1), data, 2, "nothing")[0] is Exit.HOLD
    done = bench.call("copies", "reconcile", f"{number}/1", "--nothing", "打印机断电，没有出纸", "--as", "王五")
    assert done.returncode == 0, done.stderr
    assert states(bench, number) == ["缺号已说明", "已编号待制作"]
    assert bench.call("register", "verify").returncode == 0


def test_only_the_custodian_reconciles(bench: Bench) -> None:
    data, number = bench.determined("who.pdf")
    bench.job(Pile(jams_at=1), data, 1, "who")
    assert bench.call("copies", "reconcile", f"{number}/1", "--printed", "--as", "赵六").returncode == 5
    assert bench.call("copies", "reconcile", f"{number}/1", "--as", "王五").returncode == 2
    assert bench.call("copies", "reconcile", f"{number}/9", "--printed", "--as", "王五").returncode == 2
    for _ in range(2):
        assert bench.call("copies", "reconcile", f"{number}/1", "--printed", "--as", "王五").returncode == 0


def test_more_than_approved_is_held_and_uses_no_number(bench: Bench) -> None:
    data, number = bench.determined("quota.pdf", approve=2)
    code, words = bench.job(Pile(), data, 3, "quota")
    assert (code, used(bench, number)) == (Exit.HOLD, 0)
    assert "批准制作 2 份" in words


def test_nothing_is_printed_without_an_approval_of_copies(bench: Bench) -> None:
    data, number = bench.determined("unasked.pdf", approve=0)
    code, words = bench.job(Pile(), data, 1, "unasked")
    assert (code, used(bench, number)) == (Exit.HOLD, 0)
    assert "没有批准打印的份数" in words


def test_a_draft_that_waits_for_its_decision_is_held(bench: Bench) -> None:
    draft = bench.draft("waiting.pdf")
    bench.call("determination", "propose", draft, "--handler", "张三")
    before = bench.events()
    code, words = bench.job(Pile(), draft.read_bytes(), 1, "waiting")
    assert code is Exit.HOLD
    assert "没有批准，不能打印" in words
    assert bench.events() == [*before, "attempt-refused"]


def test_an_unmarked_classified_file_is_held_and_a_harmless_one_is_printed(bench: Bench) -> None:
    bench.add_source()
    secret = bench.draft("unmarked.pdf", pages=2).read_bytes()
    code, words = bench.job(Pile(), secret, 1, "unmarked")
    assert code is Exit.HOLD
    assert "疑似涉密内容" in words
    assert "隐蔽" not in words
    marked = pdf("机密★10年")
    assert bench.job(Pile(), marked, 1, "marked")[0] is Exit.HOLD
    pile, plain = Pile(), pdf("各科室节前做好卫生。")
    assert bench.job(pile, plain, 2, "plain") == (Exit.OK, "")
    assert [sheet for _, sheet in pile.sheets] == [plain, plain]
    assert bench.job(pile, plain, 2, "plain")[0] is Exit.OK
    assert len(pile.sheets) == 2
    assert bench.job(Pile(), plain, 1, "plain-held", unmarked="扣住")[0] is Exit.HOLD


def test_a_file_that_cannot_be_read_in_full_is_held(bench: Bench) -> None:
    code, words = bench.job(Pile(), pdf("x"), 1, "raster", (b"RaS2PwgRaster\x00" + bytes(range(256)) * 20,))
    assert code is Exit.HOLD
    assert "没有读全" in words


def test_a_printer_that_is_away_is_tried_again_and_nothing_is_claimed(bench: Bench) -> None:
    data, number = bench.determined("away.pdf")
    pile = Pile(away=True)
    assert bench.job(pile, data, 2, "away")[0] is Exit.RETRY
    pile.away = False
    assert bench.job(pile, data, 2, "away")[0] is Exit.OK
    assert (len(pile.sheets), used(bench, number)) == (2, 2)


def test_an_order_waits_for_its_code(bench: Bench) -> None:
    data, _ = bench.determined("code.pdf")
    pile = Pile()
    code, words = bench.job(pile, data, 1, "code", release_code=True)
    assert (code, pile.sheets) == (Exit.HOLD, [])
    with bench.counter(pile) as counter:
        room = counter.room
        room.register.release_order(words.split()[0], room.actor, room.now())
    assert bench.job(pile, data, 1, "code", release_code=True)[0] is Exit.OK
    assert len(pile.sheets) == 1


def test_copies_in_print_are_not_made_as_files_too(bench: Bench, tmp_path: Path) -> None:
    data, number = bench.determined("both.pdf")
    bench.job(Pile(jams_at=1), data, 1, "both")
    path = bench.drafts / "both.pdf"
    done = bench.json("copies", "issue", number, "--copies", 1, "--file", path, "-o", tmp_path / "份", "--as", "王五")
    serials = [(output["serial"], output["path"]) for output in done["outputs"]]
    assert ("000001", "") not in serials
    assert used(bench, number) == 2


def test_what_was_printed_is_in_the_register_of_prints(bench: Bench) -> None:
    data, number = bench.determined("line.pdf")
    bench.job(Pile(), data, 2, "line")
    with bench.counter(Pile()) as counter:
        (order,) = counter.room.register.print_orders(number)
        copies = counter.room.register.print_copies(order.id)
    assert (order.key, order.approved_by, order.approval) == ("urn:uuid:line", APPROVED[1], APPROVED[3])
    assert (order.printed_by, order.recipient, order.pages, order.serials) == ("张三", "张三", 1, (1, 2))
    assert [(copy.job, copy.state.value) for copy in copies] == [("j1", "已打印"), ("j2", "已打印")]


def test_the_sheet_of_prints_says_what_became_of_every_copy(bench: Bench, tmp_path: Path) -> None:
    data, number = bench.determined("sheet.pdf", approve=9)
    pile = Pile(jams_at=2)
    bench.job(pile, data, 3, "sheet")
    bench.call("copies", "reconcile", f"{number}/2", "--void", "卡纸", "--as", "王五")
    assert bench.job(pile, data, 3, "sheet")[0] is Exit.OK
    bench.job(Pile(jams_at=1), data, 1, "sheet-last")
    done = bench.call("copies", "form", "打印输出登记表", "-o", tmp_path / "sheet.xlsx")
    assert done.returncode == 0, done.stderr
    rows = [list(row) for row in openpyxl.load_workbook(tmp_path / "sheet.xlsx").worksheets[0].values]
    head = next(row for row in rows if "登记编号" in row)
    lines = [dict(zip(head, row, strict=True)) for row in rows if "sheet.pdf" in row]
    assert [(one["份号"], one["份数"], one["结果"]) for one in lines] == [
        ("000001–000003", "3", "已打印 2 份；作废 000002"),
        ("000004", "1", "状态不明 000004"),
    ]
    assert {(one["打印人"], one["批准人"], one["批准文号"], one["领取人"]) for one in lines} == {
        ("张三", APPROVED[1], APPROVED[3], "张三")
    }
