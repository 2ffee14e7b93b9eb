"""The marking queue in a real cupsd, with a real IPP printer behind it: what broke when it was tried out, and held."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from pathlib import Path

import pikepdf
import pytest
from printroom import APPROVED, PRINT, QUEUE, PrintRoom, numbers_of, pages_of, serial_of, words_of
from printshop import PrintShop, end, give, until

TITLE = "关于隐蔽基准桩的通知"


@pytest.fixture(autouse=True)
def clean(shop: PrintShop, room: PrintRoom) -> None:
    """Every test begins with an empty pile and no job."""
    assert room.folder.exists()
    shop.clear()


def lp(shop: PrintShop, *words: object, code: int = 0) -> str:
    done = shop.call("lp", "-d", QUEUE, *words)
    assert done.returncode == code, done.stderr
    return done.stdout


def sheets(shop: PrintShop, count: int) -> list[Path]:
    until(lambda: len(shop.sheets()) >= count, f"{count} 份打印件")
    return shop.sheets()


def held(shop: PrintShop) -> dict[str, str]:
    until(lambda: shop.jobs() and all(job["job-state"] == "pending-held" for job in shop.jobs()), "扣住的任务")
    return shop.jobs()[-1]


def backend_pids(shop: PrintShop) -> list[int]:
    """The backends that cupsd, or nobody any more, has running."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"backend" in words and str(shop.root).encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


def test_five_copies_of_a_laid_out_job_are_five_numbered_prints(shop: PrintShop, room: PrintRoom) -> None:
    draft = room.determine("laid-out.pdf", pages=6, approve=5)
    options = ("-o", "number-up=2", "-o", "page-ranges=1-2", "-o", "sides=two-sided-long-edge")
    lp(shop, "-n", 5, "-t", TITLE, *options, "-o", "markpipe-purpose=会议", draft)
    made = sheets(shop, 5)
    room.idle()
    assert [serial_of(sheet) for sheet in made] == [f"{serial:06d}" for serial in range(1, 6)]
    for sheet in made:
        assert pages_of(sheet) == 2
        assert sorted(re.findall(r"page-(\d)-of", words_of(sheet))) == ["1", "2", "3", "4"]
    told = shop.jobs_seen()
    assert {(job[2], job[3]) for job in told} == {("1", "two-sided-long-edge")}
    (order,) = room.orders("laid-out.pdf")
    assert [job[1] for job in told] == [f"{order['id']}-{serial:06d}" for serial in range(1, 6)]
    assert (order["purpose"], order["approved_by"]) == ("会议", APPROVED[1])
    assert all(job[4] in copy["job"] for job, copy in zip(told, order["copies"], strict=True))


def test_nothing_of_the_document_stays_in_the_spool(shop: PrintShop, room: PrintRoom) -> None:
    draft = room.determine("基准桩.pdf", approve=1)
    lp(shop, "-t", TITLE, draft)
    sheets(shop, 1)
    room.idle()
    until(lambda: not list((shop.root / "spool").glob("[cd]0*")), "清空的假脱机目录")
    kept = [path for folder in (shop.root, shop.paper / "spool") for path in folder.rglob("*") if path.is_file()]
    for path in kept:
        data = path.read_bytes()
        assert TITLE.encode() not in data, path
        assert "基准桩".encode() not in data, path
    assert all(TITLE not in " ".join(job) for job in shop.jobs_seen())
    assert not list((room.folder / "state" / "printing").rglob("*.pdf"))


def test_everything_but_pdf_goes_through_the_filters(shop: PrintShop, room: PrintRoom) -> None:
    draft = room.write_text(room.drafts / "notice.txt", "plain words of a draft\n")
    data = {"source": room.source(), "issued": "2026-05-01"}
    done = room.call("determination", "propose", draft, "--handler", "张三", "--source", data["source"])
    number = re.findall(r"D\d{4}-\d{4}", done.stdout + done.stderr)[0]
    assert room.call("determination", "approve", number, "--as", "李四").returncode == 0
    room.approve(number, 2)
    lp(shop, "-n", 2, draft)
    made = sheets(shop, 2)
    assert [serial_of(sheet) for sheet in made] == ["000001", "000002"]
    assert [pages_of(sheet) for sheet in made] == [1, 1]


def test_bad_jobs_are_dropped_and_the_queue_goes_on(shop: PrintShop, room: PrintRoom) -> None:
    draft = room.determine("good.pdf", approve=1)
    locked, owned = room.drafts / "locked.pdf", room.drafts / "owned.pdf"
    with pikepdf.open(draft) as document:
        document.save(locked, encryption=pikepdf.Encryption(owner="主人", user="口令"))
        document.save(owned, encryption=pikepdf.Encryption(owner="主人", user=""))
    give(room.folder)
    before = room.events()
    for bad in ((locked,), (owned,), (draft, draft)):
        lp(shop, "-n", 3, *bad)
    until(lambda: not shop.jobs(), "丢弃的任务")
    since = room.events()[len(before) :]  # a copy of the test before may still be finishing
    assert (since.count("attempt-refused"), since.count("print-ordered")) == (3, 0)
    told = room.json("printer", "status", "--as", "王五")["dropped"][-3:]
    assert ["口令" in one["message"] for one in told] == [True, True, False]
    assert "不止一个文件" in room.call("printer", "status", "--as", "王五").stdout
    assert "enabled" in shop.call("lpstat", "-p", QUEUE).stdout
    lp(shop, draft)
    assert [serial_of(sheet) for sheet in sheets(shop, 1)] == ["000001"]


def test_what_is_not_approved_is_held_with_the_reason_and_printed_after_the_decision(
    shop: PrintShop, room: PrintRoom
) -> None:
    draft = room.draft("waiting.pdf")
    room.source()
    done = room.call("determination", "propose", draft, "--handler", "张三")
    number = re.findall(r"D\d{4}-\d{4}", done.stdout + done.stderr)[0]
    lp(shop, "-t", TITLE, draft)
    job = held(shop)
    assert "没有批准，不能打印" in job["job-printer-state-message"]
    assert job["job-name"] == f"markpipe-{job['job-id']}"
    shown = room.call("printer", "status", "--as", "王五").stdout
    assert number in shown
    assert "没有批准，不能打印" in shown
    assert room.call("determination", "approve", number, "--as", "李四").returncode == 0
    room.approve(number, 1)
    assert room.call("printer", "release", QUEUE, "--job", job["job-id"], "--as", "赵六").returncode == 5
    assert room.call("printer", "release", QUEUE, "--job", job["job-id"], "--as", "王五").returncode == 0
    assert [serial_of(sheet) for sheet in sheets(shop, 1)] == ["000001"]


@pytest.mark.parametrize("victim", ["backend", "cupsd", "everything"])
def test_after_kill_9_every_copy_is_printed_once(shop: PrintShop, room: PrintRoom, victim: str) -> None:
    draft = room.determine(f"killed-{victim}.pdf", approve=3)
    shop.pace(0.7)
    lp(shop, "-n", 3, "-t", TITLE, draft)
    sheets(shop, 1)
    until(lambda: bool(backend_pids(shop)), "后端进程")
    backends = backend_pids(shop) if victim != "cupsd" else []
    if victim != "backend":
        end(shop.cupsd, signal.SIGKILL)
    for pid in backends:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if victim != "backend":
        time.sleep(0.3)
        shop.start_cupsd()
    until(lambda: len(shop.sheets()) == 3 or room.doubtful(), "打印完或待核对")
    if doubtful := room.doubtful():
        on_paper = numbers_of(shop)
        for ref in doubtful:
            came_out = ref.rpartition("/")[2] in on_paper
            how = ("--printed",) if came_out else ("--nothing", "没有出纸")
            room.settle(ref, *how)
        for job in shop.jobs():
            shop.call("lp", "-i", job["job-id"], "-H", "resume")
    until(lambda: not shop.jobs(), "打印完")
    on_paper = numbers_of(shop)
    assert len(on_paper) == len(set(on_paper))
    (order,) = room.orders(f"killed-{victim}.pdf")
    assert order["summary"].get("没有印出", 0) + len(on_paper) == 3
    assert room.call("register", "verify").returncode == 0


def test_a_printer_that_is_away_or_busy_gets_every_copy_once(shop: PrintShop, room: PrintRoom) -> None:
    draft = room.determine("away.pdf", approve=2)
    end(shop.printer)
    lp(shop, "-n", 2, draft)
    until(lambda: any("没有应答" in job["job-printer-state-message"] for job in shop.jobs()), "打印机没有应答")
    shop.pace(0.5)
    shop.start_printer()
    shop.call("ipptool", "-f", room.plain("busy.pdf"), shop.device, "/usr/share/cups/ipptool/print-job.test")
    sheets(shop, 3)
    room.idle()
    assert sorted(filter(None, numbers_of(shop))) == ["000001", "000002"]


def test_a_queue_without_ppd_is_not_trusted(shop: PrintShop, room: PrintRoom) -> None:
    draft = room.determine("raw.pdf", approve=1)
    shop.call("lpadmin", "-p", "rawqueue", "-E", "-v", f"markpipe:/{QUEUE}", "-o", "printer-error-policy=retry-job")
    done = shop.call("lp", "-d", "rawqueue", "-o", "page-ranges=1", draft)
    assert done.returncode == 0, done.stderr
    assert "没有 PPD" in held(shop)["job-printer-state-message"]
    assert shop.sheets() == []
    shop.call("cancel", "-a", "-x")
    shop.call("lpadmin", "-x", "rawqueue")


def test_a_queue_that_would_multiply_pages_is_found(shop: PrintShop, room: PrintRoom) -> None:
    assert room.json("printer", "status", "--as", "王五")["problems"] == []
    ppd = shop.root / "ppd" / f"{QUEUE}.ppd"
    good = ppd.read_text()
    ppd.write_text(good.replace("cupsManualCopies: False", "cupsManualCopies: True"))
    found = room.json("printer", "status", "--as", "王五", code=1)["problems"]
    assert [problem for problem in found if "cupsManualCopies" in problem]
    assert room.call_apart("printer", "install", QUEUE).returncode == 0
    assert "*cupsManualCopies: False" in ppd.read_text()
    assert room.json("printer", "status", "--as", "王五")["problems"] == []


def test_an_order_is_fetched_with_its_code(shop: PrintShop, room: PrintRoom) -> None:
    site = room.folder / "markpipe.toml"
    before = site.read_text()
    site.write_text(before + "release_code = true\n")
    try:
        draft = room.determine("coded.pdf", approve=4)
        done = room.json("print", draft, "--copies", 2, *PRINT)
        code = re.findall(r"\d{6}$", done["notes"][-1])[0]
        assert shop.sheets() == []
        wrong = room.call("printer", "release", QUEUE, "--code", "000000", "--as", "张三")
        assert wrong.returncode == 5
        assert room.call("printer", "release", QUEUE, "--code", code, "--as", "张三").returncode == 0
        assert numbers_of(shop) == ["000001", "000002"]
        shop.jam_after(2)
        lp(shop, "-n", 2, draft)
        held(shop)
        codes = room.json("printer", "status", "--as", "张三")["codes"]
        jammed = room.json("printer", "release", QUEUE, "--code", codes[0]["code"], "--as", "张三", code=1)
        assert jammed["orders"][0]["summary"] == {"状态不明": 1, "已编号": 1}
        carrier = jammed["orders"][0]["copies"][0]["carrier"]
        room.settle(carrier, "--void", "卡纸")
        assert room.json("printer", "status", "--as", "王五")["codes"] == []
    finally:
        site.write_text(before)
        give(room.folder)


def test_a_paused_queue_takes_jobs_and_prints_none(shop: PrintShop, room: PrintRoom) -> None:
    draft = room.determine("paused.pdf", approve=1)
    assert room.call("printer", "hold", QUEUE, "--as", "王五").returncode == 0
    lp(shop, "-t", TITLE, draft)
    shown = room.call("printer", "status", "--as", "王五").stdout
    assert "尚未处理" in shown
    assert TITLE not in shown
    assert shop.sheets() == []
    assert room.call("printer", "release", QUEUE, "--as", "王五").returncode == 0
    assert [serial_of(sheet) for sheet in sheets(shop, 1)] == ["000001"]
    assert room.call("printer", "test", QUEUE).returncode == 0
    assert "test page" in words_of(sheets(shop, 2)[-1])


def test_a_job_that_came_to_nothing_is_on_record(shop: PrintShop, room: PrintRoom) -> None:
    """Shell and program were killed before anything was entered: CUPS has dropped the job as done."""
    left = room.folder / "state" / "printing" / "arrived-99-1"
    room.call("copies", "reconcile")
    left.write_text("99\nzhangsan\nurn:uuid:gone\n")
    give(room.folder)
    refused = room.events().count("attempt-refused")  # jobs of the tests before may still be finishing
    done = room.call("copies", "reconcile")
    assert "打印任务 99（zhangsan）在登记之前中断" in done.stderr
    assert room.events().count("attempt-refused") == refused + 1
    assert not left.exists()
    assert "在登记之前中断" not in room.call("copies", "reconcile").stderr
    end(shop.cupsd)
    left.write_text("99\nzhangsan\nurn:uuid:gone\n")
    room.call("copies", "reconcile")
    assert left.exists()  # nobody to ask whether the job is still there
    shop.start_cupsd()
    left.unlink()


def test_a_cancelled_job_waits_no_longer_for_a_printer_that_went_away(shop: PrintShop, room: PrintRoom) -> None:
    """Nobody could say what became of the copy while its backend held on to it."""
    draft = room.determine("cancelled.pdf", approve=1)
    shop.pace(30)
    number = re.findall(r"-(\d+) ", lp(shop, draft))[0]
    until(
        lambda: room.orders("cancelled.pdf") and room.orders("cancelled.pdf")[0]["summary"] == {"正送打印机": 1}, "送"
    )
    end(shop.printer, signal.SIGKILL)
    assert shop.call("cancel", number).returncode == 0
    until(lambda: not room.moving("cancelled.pdf"), "后端结束")
    shop.start_printer()
    (order,) = room.orders("cancelled.pdf")
    assert order["summary"] == {"状态不明": 1}
    carrier = order["copies"][0]["carrier"]
    room.settle(carrier, "--nothing", "没有出纸")


def test_the_job_of_a_copy_that_is_decided_leaves_the_spool(shop: PrintShop, room: PrintRoom) -> None:
    draft = room.determine("decided.pdf", approve=1)
    shop.jam_after(0)
    (order,) = room.json("print", draft, "--copies", 1, *PRINT, code=1)["orders"]
    held(shop)
    carrier = order["copies"][0]["carrier"]
    room.settle(carrier, "--void", "卡纸")
    assert shop.jobs() == []
    assert not list((shop.root / "spool").glob("d*"))
