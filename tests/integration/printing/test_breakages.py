"""What broke when printing through CUPS was first tried: each reproduced, and what becomes of it now."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from printroom import PRINT, QUEUE, PrintRoom, numbers_of, pages_of, words_of
from printshop import SYSTEM_BIN, PrintShop, give, until

TITLE = "关于隐蔽基准桩的通知"
PLAIN = "plainqueue"


@pytest.fixture(autouse=True)
def clean(shop: PrintShop, room: PrintRoom) -> None:
    """Every test begins with an empty pile and no job."""
    assert room.folder.exists()
    shop.clear()


def lp(shop: PrintShop, *words: object) -> str:
    """Send a job; its number."""
    done = shop.call("lp", "-d", QUEUE, *words)
    assert done.returncode == 0, done.stderr
    return str(re.findall(r"-(\d+) ", done.stdout)[0])


def sheets(shop: PrintShop, count: int) -> None:
    until(lambda: len(shop.sheets()) >= count, f"{count} 份打印件")


@pytest.fixture
def plain(shop: PrintShop) -> Iterator[str]:
    """An ordinary queue to the same printer."""
    shop.call("lpadmin", "-p", PLAIN, "-E", "-v", shop.device, "-m", "raw")
    yield PLAIN
    shop.call("cancel", "-a", "-x")
    shop.call("lpadmin", "-x", PLAIN)


def test_a_job_that_is_restarted_prints_nothing_again(shop: PrintShop, room: PrintRoom) -> None:
    draft = room.determine("restarted.pdf", approve=4)
    with shop.configured(PreserveJobFiles="Yes", PreserveJobHistory="Yes"):
        number = lp(shop, "-n", 2, draft)
        sheets(shop, 2)
        room.idle()
        for again in (("lp", "-i", number, "-H", "restart"), restart(shop, number)):
            done = shop.call(*again)
            assert done.returncode == 0, done.stdout + done.stderr
            assert [job["job-id"] for job in shop.jobs()] == [number]
            room.idle()
        assert numbers_of(shop) == ["000001", "000002"]
        assert len(room.orders("restarted.pdf")) == 1
        shop.call("cancel", "-a", "-x")


def restart(shop: PrintShop, number: str) -> tuple[object, ...]:
    """Restart-Job as an IPP client asks for it."""
    test = shop.folder / "restart.test"
    test.write_text(
        "{\nOPERATION Restart-Job\nGROUP operation-attributes-tag\nATTR charset attributes-charset utf-8\n"
        "ATTR language attributes-natural-language en\nATTR uri printer-uri $uri\nATTR integer job-id $job\n"
        "ATTR name requesting-user-name nobody\nSTATUS successful-ok\n}\n"
    )
    return ("ipptool", "-t", "-d", f"job={number}", f"ipp://{shop.server}/", test)


def raster() -> bytes:
    """A page of PWG raster (PWG 5102.4): a grey square of 64 pixels, each line told once with its repeats."""
    header = bytearray(1796)
    header[:10] = b"PwgRaster\x00"
    for offset, value in {
        276: 64, 280: 64, 340: 1, 352: 64, 356: 64, 372: 64, 376: 64, 384: 8, 388: 8, 392: 64, 400: 18, 420: 1, 452: 1,
    }.items():  # fmt: skip
        struct.pack_into(">I", header, offset, value)
    return b"RaS2" + bytes(header) + bytes((63, 63, 128))


def test_pictures_of_pages_are_not_taken_for_read(shop: PrintShop, room: PrintRoom) -> None:
    picture = room.drafts / "page.pwg"
    picture.write_bytes(raster())
    give(room.folder)
    lp(shop, "-o", "document-format=image/pwg-raster", picture)
    until(lambda: not shop.jobs() or shop.jobs()[0]["job-state"] == "pending-held", "扣住的任务")
    (job,) = shop.jobs()
    assert "没有读全" in job["job-printer-state-message"]
    assert shop.sheets() == []


def test_the_job_that_cupsd_loses_by_default_is_on_record_and_our_settings_keep_it(
    shop: PrintShop, room: PrintRoom
) -> None:
    lost, kept = room.determine("lost.pdf", approve=3), room.determine("kept.pdf", approve=3)
    shop.pace(0.5)
    with shop.configured(DirtyCleanInterval="30", SyncOnClose="No"):
        problems = room.json("printer", "status", "--as", "王五", code=1)["problems"]
        assert [problem.split()[2] for problem in problems] == ["DirtyCleanInterval", "SyncOnClose"]
        number = lp(shop, "-n", 3, lost)
        sheets(shop, 1)
        shop.restart_cupsd(signal.SIGKILL)
        assert shop.jobs() == []
        settle(shop, room, "lost.pdf")
        assert lp(shop, room.plain("next.pdf")) == number  # a number is no name for a job
        settle(shop, room, "lost.pdf")
        done = room.call_apart("printer", "install", QUEUE, "--settings")
        assert done.returncode == 0, done.stderr
        shop.restart_cupsd()
        assert room.json("printer", "status", "--as", "王五")["problems"] == []
        shop.clear()
        shop.pace(0.5)
        lp(shop, "-n", 3, kept)
        sheets(shop, 1)
        shop.restart_cupsd(signal.SIGKILL)
        assert len(shop.jobs()) == 1
        settle(shop, room, "kept.pdf")


def settle(shop: PrintShop, room: PrintRoom, name: str) -> None:
    """Whoever is still at it ends, a person looks at the paper, and every copy is on it once or has a reason."""
    until(lambda: not room.moving(name), f"{name} 停下来")
    for ref in room.doubtful():
        paper = ref.rpartition("/")[2] in numbers_of(shop)
        how = ("--printed",) if paper else ("--nothing", "没有出纸")
        room.settle(ref, *how)
    for job in shop.jobs():
        shop.call("lp", "-i", job["job-id"], "-H", "resume")
    room.idle()
    (order,) = room.orders(name)
    out = [number for number in numbers_of(shop) if number]
    assert len(out) == len(set(out))
    waiting = {copy["serial"] for copy in order["copies"] if copy["state"] in ("已编号", "已盖章")}
    assert len(out) + order["summary"].get("没有印出", 0) + len(waiting) == len(order["copies"])


def test_pages_times_copies_is_what_manual_copies_would_print(shop: PrintShop, room: PrintRoom, tmp_path: Path) -> None:
    draft = room.determine("times.pdf", pages=3, approve=3)
    ppd = shop.root / "ppd" / f"{QUEUE}.ppd"
    good = ppd.read_text()
    bad = good.replace("cupsManualCopies: False", "cupsManualCopies: True")
    made = tmp_path / "filtered.pdf"
    for text, pages in ((good, 3), (bad, 9)):
        (tmp_path / "queue.ppd").write_text(text)
        facts = {"PPD": str(tmp_path / "queue.ppd"), "FINAL_CONTENT_TYPE": "application/vnd.cups-pdf"}
        with made.open("wb") as out:
            words = (str(SYSTEM_BIN / "filter" / "pdftopdf"), "1", "u", "t", "3", "", str(draft))
            subprocess.run(words, env={**os.environ, **facts}, stdout=out, stderr=subprocess.DEVNULL, check=True)
        assert pages_of(made) == pages
    ppd.write_text(bad)
    lp(shop, "-n", 3, draft)
    until(lambda: any(job["job-state"] == "pending-held" for job in shop.jobs()), "扣住的任务")
    assert "cupsManualCopies: False" in shop.jobs()[0]["job-printer-state-message"]
    assert room.orders("times.pdf") == []
    assert room.call_apart("printer", "install", QUEUE).returncode == 0
    room.call("printer", "release", QUEUE, "--job", shop.jobs()[0]["job-id"], "--as", "王五")
    sheets(shop, 3)
    assert [pages_of(sheet) for sheet in shop.sheets()] == [3, 3, 3]


@pytest.mark.parametrize("driver", ["raw", "filter"])
def test_a_file_in_place_of_a_printer_prints_nothing_and_is_refused(
    shop: PrintShop, room: PrintRoom, driver: str
) -> None:
    draft = room.determine(f"void-{driver}.pdf", approve=1)
    how = ("-m", "raw") if driver == "raw" else ("-P", shop.root / "ppd" / f"{QUEUE}.ppd")
    shop.call("lpadmin", "-p", "void", "-E", "-v", "file:///dev/null", *how)
    try:
        assert shop.call("lp", "-d", "void", draft).returncode == 0
        room.idle()
        assert (shop.jobs(), shop.sheets()) == ([], [])  # "completed"
        words = ("--printer", "void", *PRINT[2:])
        done = room.call("print", draft, "--copies", 1, *words)
        assert done.returncode == 7
        assert "不是打印机" in done.stderr
        assert room.orders(f"void-{driver}.pdf") == []
    finally:
        shop.call("lpadmin", "-x", "void")


def test_an_ordinary_queue_forgets_and_a_person_looks(shop: PrintShop, room: PrintRoom, plain: str) -> None:
    """CUPS may say that a job is completed just before it forgets it: what it did not say is asked of a person."""
    draft = room.determine("ordinary.pdf", approve=2)
    words = ("print", draft, "--copies", 2, "--printer", plain, *PRINT[2:])
    for _ in range(3):
        done = room.call(*words, "--format", "json")
        (order,) = json.loads(done.stdout)["orders"]
        doubtful = [copy for copy in order["copies"] if copy["state"] == "状态不明"]
        assert done.returncode == (1 if doubtful else 0)
        for copy in doubtful:
            assert "PreserveJobHistory" in copy["why"]
            room.settle(copy["carrier"], "--printed")
    assert {copy["state"] for copy in order["copies"]} <= {"已打印", "已核对"}
    assert numbers_of(shop) == ["000001", "000002"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="没有 LibreOffice（make system）")
def test_a_docx_on_an_ordinary_queue_that_remembers(shop: PrintShop, room: PrintRoom, plain: str) -> None:
    draft = room.drafts / "letter.docx"
    written = docx.Document()
    for line in ("", "", "a-letter-of-two-pages"):
        written.add_paragraph(line)
    written.add_page_break()
    written.add_paragraph("the-second-page")
    written.save(str(draft))
    room.decide(draft.read_bytes(), draft.name, 2)
    give(room.folder)
    with shop.configured(PreserveJobHistory="Yes"):
        words = ("--printer", plain, "--sides", "长边", *PRINT[2:])
        done = room.json("print", draft, "--copies", 2, *words)
        assert done["orders"][0]["summary"] == {"已打印": 2}
        assert any("LibreOffice" in note for note in done["notes"])
        shop.call("cancel", "-a", "-x")
    assert numbers_of(shop) == ["000001", "000002"]
    assert [pages_of(sheet) for sheet in shop.sheets()] == [2, 2]
    assert "the-second-page" in words_of(shop.sheets()[1])
    assert {(job[2], job[3]) for job in shop.jobs_seen()} == {("1", "two-sided-long-edge")}
