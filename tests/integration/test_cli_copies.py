"""`markpipe copies` and `markpipe register` through the command line."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from desk import Desk
from office import SECRET, Office, make_office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Desk(make_office(tmp_path / "office").folder)


@pytest.fixture
def draft(office: Office) -> Path:
    """A draft that quotes a source, determined; no copies yet."""
    office.add_source()
    draft = office.write_docx(office.drafts / "报告.docx", "关于检查的报告", SECRET)
    office.call("determination", "propose", draft, "--handler", "张三")
    approved = office.call("determination", "approve", "D2026-0001", "--as", "李四")
    assert approved.returncode == 0, approved.stderr
    return draft


def issue(office: Office, draft: Path, *more: object, copies: int = 2) -> list[str]:
    arguments = ("--copies", copies, "--file", draft, "-o", office.folder / "份", "--as", "王五", *more)
    answer = office.json("copies", "issue", "D2026-0001", *arguments)
    return [output["serial"] for output in answer["outputs"]]


def files(office: Office) -> list[str]:
    return sorted(path.name for path in (office.folder / "份").iterdir())


def test_copies_are_numbered_made_and_found_again(office: Office, draft: Path) -> None:
    assert issue(office, draft) == ["000001", "000002"]
    assert files(office) == ["报告-000001.docx", "报告-000002.docx"]
    events = office.events()
    assert issue(office, draft) == ["000001", "000002"]
    assert office.events() == events
    status = office.json("copies", "status", "D2026-0001")
    assert status["summary"] == {"在库": 2}
    assert [copy["serial"] for copy in status["copies"]] == ["000001", "000002"]
    assert all(copy["demo"] for copy in status["copies"])
    words = office.call("copies", "status").stdout
    assert "【演示】D2026-0001  机密★2035年3月2日  报告.docx" in words
    assert "共 2 份：在库 2" in words


def test_a_reissue_takes_the_next_number_and_is_idempotent_by_its_reason(office: Office, draft: Path) -> None:
    issue(office, draft)
    assert issue(office, draft, "--reissue", "第2份卡纸", copies=1) == ["000003"]
    assert issue(office, draft, "--reissue", "第2份卡纸", copies=1) == ["000003"]
    assert issue(office, draft, "--reissue", "又卡纸", copies=1) == ["000004"]
    assert issue(office, draft, copies=3) == ["000001", "000002", "000005"]


def test_a_crash_between_file_and_event_is_made_good_with_the_same_number(office: Office, draft: Path) -> None:
    issue(office, draft)
    register = office.folder / "state" / "register.sqlite3"
    before = {path.name: path.read_bytes() for path in (office.folder / "份").iterdir()}
    # as if the power had gone before the last event: neither it nor its row is there
    with sqlite3.connect(register) as connection:
        (last,) = connection.execute("select max(seq) from event").fetchone()
        connection.execute("delete from event where seq = ? and type = 'copy-made'", (last,))
        connection.execute("update copy set state = 'ALLOCATED', sha256 = '', path = '' where serial = 2")
        connection.execute("delete from carrier where serial = 2")
        connection.execute("delete from custody where seq = ?", (last,))
        connection.execute("update standing set count = 1")
    connection.close()
    assert office.json("copies", "status")["summary"] == {"在库": 1, "已编号待制作": 1}
    assert issue(office, draft) == ["000001", "000002"]
    assert {path.name: path.read_bytes() for path in (office.folder / "份").iterdir()} == before
    assert office.json("copies", "status")["summary"] == {"在库": 2}


def test_somebody_elses_file_under_the_name_is_left_alone(office: Office, draft: Path) -> None:
    folder = office.folder / "份"
    folder.mkdir()
    (folder / "报告-000001.docx").write_text("somebody's")
    arguments = ("--copies", 1, "--file", draft, "-o", folder, "--as", "王五")
    refused = office.call("copies", "issue", "D2026-0001", *arguments)
    assert refused.returncode == 7
    assert "份号 000001" in refused.stderr
    assert (folder / "报告-000001.docx").read_text() == "somebody's"
    assert office.json("copies", "status")["summary"] == {"已编号待制作": 1}


def test_a_changed_draft_is_not_copied(office: Office, draft: Path) -> None:
    office.write_docx(draft, "关于检查的报告", SECRET + "改")
    arguments = ("--copies", 1, "--file", draft, "-o", office.folder / "份", "--as", "王五")
    refused = office.call("copies", "issue", "D2026-0001", *arguments)
    assert refused.returncode == 5
    assert files(office) == []
    assert "copies-allocated" not in office.events()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("copies", "status", "D2026-0009"), 2),
        (("copies", "issue", "D2026-0009", "--copies", 1, "--file", "报告.docx", "-o", "份", "--as", "王五"), 4),
        (("copies", "issue", "D2026-0001", "--copies", 0, "--file", "x", "-o", "份"), 2),
    ],
)
def test_what_is_not_there_is_named(
    office: Office, draft: Path, arguments: tuple[object, ...], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(office.folder)
    done = office.call(*arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_out_must_be_a_folder(office: Office, draft: Path) -> None:
    done = office.call("copies", "issue", "D2026-0001", "--copies", 1, "--file", draft, "-o", draft, "--as", "王五")
    assert done.returncode == 2
    assert "不是文件夹" in done.stderr


def test_without_copies_status_says_so(office: Office) -> None:
    assert office.call("copies", "status").stdout.strip() == "还没有编份号"
    assert office.json("copies", "status") == {
        "schema": "markpipe.copies/1",
        "copies": [],
        "duplicates": [],
        "summary": {},
    }


def test_a_sound_register_verifies(office: Office, draft: Path) -> None:
    issue(office, draft)
    answer = office.json("register", "verify")
    assert answer["ok"] is True
    assert answer["problems"] == []
    assert answer["events"] == len(office.events())
    assert "台账完好" in office.call("register", "verify").stdout


@pytest.mark.parametrize(
    "statement",
    [
        "update event set person = '别人' where seq = 1",
        "update copy set holder = '别人'",
        "delete from event where seq = 1",
    ],
)
def test_an_altered_register_does_not(office: Office, draft: Path, statement: str) -> None:
    issue(office, draft)
    with sqlite3.connect(office.folder / "state" / "register.sqlite3") as connection:
        connection.execute(statement)
    connection.close()
    answer = office.json("register", "verify", code=6)
    assert answer["ok"] is False
    assert answer["problems"]
    done = office.call("register", "verify")
    assert done.returncode == 6
    assert "停止使用" in done.stdout


def test_a_damaged_register_file_is_exit_6_without_a_traceback(office: Office, draft: Path) -> None:
    register = office.folder / "state" / "register.sqlite3"
    register.write_bytes(b"x" * 9000)
    done = office.call("register", "verify")
    assert done.returncode == 6
    assert "已损坏" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_backup_verifies_and_can_be_put_in_place(office: Office, draft: Path) -> None:
    issue(office, draft)
    backup = office.folder / "备份" / "台账.sqlite3"
    done = office.call("register", "backup", "-o", backup)
    assert done.returncode == 0, done.stderr
    assert backup.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in backup.parent.iterdir()) == ["台账.sqlite3"]
    before = office.json("copies", "status")
    register = office.folder / "state" / "register.sqlite3"
    for path in register.parent.glob("register.sqlite3*"):
        path.unlink()
    register.write_bytes(backup.read_bytes())
    register.chmod(0o600)
    assert office.json("register", "verify")["ok"] is True
    assert office.json("copies", "status") == before


def test_a_backup_of_an_altered_register_is_refused(office: Office, draft: Path) -> None:
    with sqlite3.connect(office.folder / "state" / "register.sqlite3") as connection:
        connection.execute("update event set person = '别人' where seq = 1")
    connection.close()
    backup = office.folder / "台账.sqlite3"
    done = office.call("register", "backup", "-o", backup)
    assert done.returncode == 7
    assert "第1号事件" in done.stderr
    assert not backup.exists()


def test_the_export_holds_every_event_as_stored(office: Office, draft: Path) -> None:
    out = office.folder / "台账.jsonl"
    assert office.call("register", "export", "-o", out).returncode == 0
    assert out.stat().st_mode & 0o777 == 0o600
    head, *rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert head == {"schema": "markpipe.register-export/1"}
    assert [row["type"] for row in rows] == office.events()
    assert rows[0]["payload"]["source"]["title"] == "关于潮位基准桩使用的通知"
    assert SECRET[:8] not in out.read_text(encoding="utf-8")


def test_statistics_count_what_is_there(office: Office, draft: Path) -> None:
    issue(office, draft)
    stats = office.json("register", "stats")
    assert (stats["sources"], stats["matters"], stats["levels"], stats["copies"]) == (
        1,
        {"已定密": 1},
        {"机密": 1},
        {"在库": 2},
    )
    assert "定密事项：已定密 1 件" in office.call("register", "stats").stdout
