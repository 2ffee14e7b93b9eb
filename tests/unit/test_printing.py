"""Printing without CUPS: jobs as CUPS writes them, the queue's PPD, cupsd's settings, printers of a site, 取件码."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from pathlib import Path

import pytest

from markpipe.config.settings import load
from markpipe.errors import ConfigurationError, OutputError, UsageError
from markpipe.printing import ipp, ppd, server
from markpipe.printing.arrivals import PREFIX, abandoned
from markpipe.printing.backend import Exit
from markpipe.printing.hand import alone, locked
from markpipe.printing.ipp import JobState
from markpipe.printing.job import ORIGINALS, parse_job, parse_options, read_originals
from markpipe.printing.queue import Place, shim, write_backend
from markpipe.printing.release import code_of
from markpipe.printing.testpage import test_page as one_page

OPTIONS = "finishings=3 number-up=2 noop job-uuid=urn:uuid:6a71 markpipe-purpose='全体 会议' job-name=\"甲 乙\""


def test_a_job_is_named_by_its_uuid_for_its_number_comes_again() -> None:
    job = parse_job(("24", "zhangsan", "关于某事的通知", "5", OPTIONS, "/dev/null"), "secret")
    assert (job.number, job.user, job.copies, job.key, job.printer) == (24, "zhangsan", 5, "urn:uuid:6a71", "secret")
    assert job.options["markpipe-purpose"] == "全体 会议"
    nameless = parse_job(("24", "zhangsan", "甲", "1", ""), "secret")
    assert nameless.key != parse_job(("24", "zhangsan", "乙", "1", ""), "secret").key
    assert "甲" not in nameless.key


def test_options_as_cups_writes_them() -> None:
    assert parse_options(OPTIONS)["job-name"] == "甲 乙"
    assert parse_options(OPTIONS)["noop"] == ""
    assert parse_options("sides=one-sided title='open") == {"sides": "one-sided", "title": "'open"}


@pytest.mark.parametrize("argv", [("1", "u", "t", "1"), ("x", "u", "t", "1", ""), ("1", "u", "t", "many", "")])
def test_what_is_no_job(argv: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="参数不对"):
        parse_job(argv, "secret")


def test_the_documents_of_a_job_are_counted_and_the_first_is_read(tmp_path: Path) -> None:
    (tmp_path / "first").write_bytes(b"%PDF-")

    def read(count: str) -> tuple[bytes, ...]:
        return read_originals({ORIGINALS: count}, os.open(tmp_path / "first", os.O_RDONLY))

    assert read("1") == (b"%PDF-",)
    assert len(read("3")) == 3
    assert read_originals({}) == read_originals({ORIGINALS: "0"}) == read_originals({ORIGINALS: "x"}) == ()


def test_no_answer_stops_the_queue_for_everybody() -> None:
    assert 4 not in set(Exit)


def test_the_ppd_leaves_copies_to_us_and_has_one_filter() -> None:
    text = ppd.ppd("secret")
    assert text.count("cupsFilter") == 1
    assert "*cupsManualCopies: False\n" in text
    assert '"application/vnd.cups-pdf application/pdf 0 -"' in text
    assert all(line.isascii() and len(line) < 256 for line in text.splitlines())


def test_a_ppd_that_would_print_other_pages_is_told() -> None:
    good = ppd.ppd("secret")
    assert ppd.lacking(good) == ()
    assert ppd.lacking(good.replace("Copies: False", "Copies: True")) == ("没有 *cupsManualCopies: False",)
    other = good.replace(ppd.FILTER, f'{ppd.FILTER}\n*cupsFilter: "application/pdf 0 stampfilter"')
    assert ppd.lacking(other) == ("另有 1 条过滤程序",)
    assert len(ppd.lacking("")) == 2


def test_settings_that_lose_jobs_or_keep_titles_are_found_and_put_right(tmp_path: Path) -> None:
    (tmp_path / "cupsd.conf").write_text(
        "LogLevel debug\nPreserveJobFiles 1d\n  dirtycleaninterval 30\n<Location />\n</Location>\n"
    )
    (tmp_path / "cups-files.conf").write_text("# SyncOnClose Yes\nSystemGroup lpadmin\n")
    lacks = server.lacking(tmp_path)
    assert {lack.wanted.name: lack.found for lack in lacks} == {
        "DirtyCleanInterval": "30",
        "SyncOnClose": "（默认值）",
        "PreserveJobFiles": "1d",
        "PreserveJobHistory": "（默认值）",
        "PageLogFormat": "（默认值）",
        "LogLevel": "debug",
    }
    server.put_right(lacks, tmp_path)
    assert server.lacking(tmp_path) == ()
    assert "<Location />\n</Location>" in (tmp_path / "cupsd.conf").read_text()
    assert "SystemGroup lpadmin" in (tmp_path / "cups-files.conf").read_text()


def test_settings_that_cannot_be_read_are_not_taken_for_good(tmp_path: Path) -> None:
    lacks = server.lacking(tmp_path)
    assert [lack.found for lack in lacks] == [None] * 6
    with pytest.raises(OutputError, match="改不了"):
        server.put_right(lacks, tmp_path)


def site(tmp_path: Path, printers: str) -> Path:
    path = tmp_path / "markpipe.toml"
    path.write_text(f"schema = 1\n{printers}", encoding="utf-8")
    return path


def test_printers_of_a_site(tmp_path: Path) -> None:
    written = '[[printers]]\nname = "a-1"\ndevice = "socket://192.0.2.7:9100"\nrelease_code = true\nunmarked = "扣住"\n'
    (printer,) = load(site(tmp_path, written), tmp_path).printers
    assert (printer.name, printer.release_code, printer.unmarked, printer.place) == ("a-1", True, "扣住", "")


@pytest.mark.parametrize(
    ("name", "device", "says"),
    [
        ("机要室", "ipp://192.0.2.7/", "不能作打印队列的名称"),
        ("a", "192.0.2.7", "不是打印机地址"),
        ("a b", "ipp://192.0.2.7/", "不能作打印队列的名称"),
    ],
)
def test_printers_that_are_none(tmp_path: Path, name: str, device: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        load(site(tmp_path, f'[[printers]]\nname = "{name}"\ndevice = "{device}"\n'), tmp_path)


def test_a_printer_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="写了两次"):
        load(site(tmp_path, '[[printers]]\nname = "a"\ndevice = "ipp://192.0.2.7/"\n' * 2), tmp_path)


def test_codes_have_six_digits_and_belong_to_an_order() -> None:
    codes = {code_of(b"key", f"P2026-{number:04d}") for number in range(200)}
    assert len(codes) > 195
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert code_of(b"key", "P2026-0001") == code_of(b"key", "P2026-0001") != code_of(b"yek", "P2026-0001")


def test_jobs_that_ipptool_runs_into_one_are_told_apart() -> None:
    shown = b'[\n    {\n        "job-id": 1,\n        "job-name": "x"\n        "job-id": 2,\n        "job-sheets": [\n            "none",\n            "none"\n        ],\n        "job-name": "y"\n    }\n]\n'
    rows = json.loads(ipp._BETWEEN.sub(rb"\1},{\2", shown))
    assert [(row["job-id"], row["job-name"]) for row in rows] == [(1, "x"), (2, "y")]
    assert [state.name for state in JobState if state.open] == ["PENDING", "HELD", "PROCESSING", "STOPPED"]


def test_where_the_server_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CUPS_SERVER", "IPP_PORT"):
        monkeypatch.delenv(name, raising=False)
    assert ipp.server_uri() == "ipp://localhost/"
    monkeypatch.setenv("CUPS_SERVER", "/run/cups/cups.sock")
    assert ipp.server_uri() == "ipp://localhost/"
    monkeypatch.setenv("CUPS_SERVER", "192.0.2.7:8631")
    assert ipp.queue_uri("a") == "ipp://192.0.2.7:8631/printers/a"
    monkeypatch.setenv("CUPS_SERVER", "localhost")
    monkeypatch.setenv("IPP_PORT", "8631")
    assert ipp.server_uri() == "ipp://localhost:8631/"


def test_a_job_that_came_to_nothing_is_one_whose_file_nobody_holds(tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}7-1").write_text("7\nzhangsan\nurn:uuid:1\n")
    (tmp_path / f"{PREFIX}8-2").write_text("8\n")
    handle = os.open(tmp_path / f"{PREFIX}8-2", os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    (found,) = abandoned(tmp_path)
    assert (found.number, found.user, found.key) == ("7", "zhangsan", "urn:uuid:1")
    os.close(handle)
    assert [arrival.key for arrival in abandoned(tmp_path)] == ["urn:uuid:1", ""]


def test_one_at_a_time(tmp_path: Path) -> None:
    assert not locked(tmp_path, "P2026-0001")
    with alone(tmp_path, "P2026-0001"):
        assert locked(tmp_path, "P2026-0001")
    assert not locked(tmp_path, "P2026-0001")


def test_the_backend_is_sh_that_survives_any_path(tmp_path: Path) -> None:
    place = Place(tmp_path / "甲 乙'; rm.toml", tmp_path / "state", 65534, 65533)
    script = tmp_path / "backend"
    script.write_text(shim(place))
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
    assert "--reuid=65534 --regid=65533 --init-groups" in script.read_text()


def test_keys_of_root_make_no_backend_for_it_would_read_documents_as_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("CUPS_SERVERBIN", str(tmp_path))
    with pytest.raises(OutputError, match="归 root 所有"):
        write_backend(Place(tmp_path / "site.toml", tmp_path, 0, 0))
    assert not list(tmp_path.iterdir())


def test_the_test_page_is_a_pdf() -> None:
    import pymupdf

    with pymupdf.open(stream=one_page()) as document:
        assert "test page, not classified" in document[0].get_text()
