"""`markpipe register`: checkpoints, backups put back, and who may do what."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from desk import Desk
from office import PLAIN, Office, make_office
from postgres import Server

from markpipe.keys.keyring import Keyring

OFFICES = """
[[people]]
name = "钱一"
roles = ["系统管理员"]
[[people]]
name = "钱二"
roles = ["安全保密管理员"]
[[people]]
name = "钱三"
roles = ["安全审计员"]
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Desk(make_office(tmp_path / "office").folder)
    office.add_source()
    return office


@pytest.fixture
def apart(tmp_path: Path) -> Office:
    office = Desk(make_office(tmp_path / "apart", extra=OFFICES).folder)
    office.add_source()
    return office


def register(office: Office) -> Path:
    return office.folder / "state" / "register.sqlite3"


def cut(office: Office) -> None:
    """The last event and what follows from it, gone without a trace in the register itself."""
    with sqlite3.connect(register(office)) as connection:
        connection.execute("delete from event where type = 'attempt-refused'")
        connection.execute("delete from refusal")
    connection.close()


def test_a_checkpoint_finds_what_was_cut_off(office: Office) -> None:
    draft = office.write_docx(office.drafts / "a.docx", PLAIN)
    assert office.call("copies", "issue", "D2026-0001", "--copies", 1, "--file", draft, "-o", "份").returncode == 2
    assert office.call("copies", "approve", "D1", "--copies", 1, "--as", "张三").returncode == 5
    kept = office.folder / "检查点.txt"
    assert "末条序号：2" in office.call("register", "checkpoint", "-o", kept).stdout
    assert "到第2条与检查点相符" in office.call("register", "verify", "--checkpoint", kept).stdout
    cut(office)
    assert "末尾是否被截去" in office.call("register", "verify").stdout
    found = office.json("register", "verify", "--checkpoint", kept, code=6)
    assert found["checkpoints"] == [2]
    assert any("1 条被截去" in problem for problem in found["problems"])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", "末条序号：x".encode()])
def test_what_is_no_checkpoint(office: Office, content: bytes) -> None:
    file = office.folder / "x.txt"
    file.write_bytes(content)
    done = office.call("register", "verify", "--checkpoint", file)
    assert (done.returncode, "x.txt" in done.stderr) == (2, True)


def test_a_backup_is_put_back_and_the_old_register_stays_aside(office: Office) -> None:
    saved = office.folder / "备份.db"
    assert office.call("register", "backup", "-o", saved).returncode == 0
    office.call("copies", "approve", "D1", "--copies", 1, "--as", "张三")
    before = office.events()
    refused = office.call("register", "restore", saved)
    assert (refused.returncode, "--replace" in refused.stderr) == (5, True)
    done = office.call("register", "restore", saved, "--replace")
    assert (done.returncode, "已恢复 1 条事件" in done.stdout) == (0, True), done.stderr
    assert office.json("register", "verify")["events"] == 1
    (aside,) = (path for path in register(office).parent.iterdir() if path.name.endswith(".replaced"))
    connection = sqlite3.connect(aside)
    assert [row[0] for row in connection.execute("select type from event order by seq")] == before
    connection.close()
    assert office.call("register", "restore", register(office), "--replace").returncode == 2
    assert office.call("register", "restore", office.folder / "nothing").returncode == 2


def test_a_damaged_backup_is_not_put_back(office: Office) -> None:
    saved = office.folder / "备份.db"
    office.call("register", "backup", "-o", saved)
    connection = sqlite3.connect(saved)
    connection.execute("update event set person = '别人'")
    connection.commit()
    connection.close()
    before = register(office).read_bytes()
    done = office.call("register", "restore", saved, "--replace")
    assert (done.returncode, "核验不通过" in done.stderr) == (6, True)
    assert register(office).read_bytes() == before


@pytest.mark.parametrize(
    ("words", "holder"),
    [
        (("register", "backup", "-o", "{}/a"), "钱一"),
        (("register", "export", "-o", "{}/b"), "钱三"),
        (("register", "checkpoint", "-o", "{}/c"), "钱三"),
        (("keys", "rotate"), "钱二"),
    ],
)
def test_each_office_does_its_own(apart: Office, words: tuple[str, ...], holder: str) -> None:
    called = [word.format(apart.folder) for word in words]
    for other in {"张三", "钱一", "钱二", "钱三"} - {holder}:
        done = apart.call(*called, "--as", other)
        assert (done.returncode, "不得兼任" in done.stderr) == (5, True), done.stderr
        assert apart.events()[-1] == "attempt-refused"
    assert apart.call(*called, "--as", holder).returncode == 0
    assert apart.json("register", "verify")["ok"] is True


def test_putting_back_is_the_system_administrator_s(apart: Office) -> None:
    assert apart.call("register", "restore", "x", "--as", "钱三").returncode == 5
    assert apart.call("register", "restore", apart.folder / "x", "--as", "钱一").returncode == 2


def test_nobody_holds_two_of_the_three(apart: Office) -> None:
    site = apart.folder / "markpipe.toml"
    both = site.read_text(encoding="utf-8").replace('roles = ["系统管理员"]', 'roles = ["系统管理员", "安全审计员"]')
    site.write_text(both, encoding="utf-8")
    done = apart.call("register", "verify")
    assert (done.returncode, "不能兼任系统管理员和安全审计员" in done.stderr) == (3, True)


def test_a_demo_site_makes_its_register_on_a_server(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKPIPE_REGISTER", postgres.database())
    office = Desk(make_office(tmp_path / "office").folder)
    words = ("--issuer", "省厅", "--title", "通知", "--mark", "机密★5年", "--serial", "7", "--reproduction", "可复制")
    assert office.json("carriers", "receive", *words, "--as", "王五")["id"] == "R2026-0001"
    assert office.json("copies", "status")["summary"] == {"在库": 1}
    assert office.json("register", "verify")["ok"] is True


def test_an_empty_database_is_told_apart_from_a_wrong_address(
    real_office: Office, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKPIPE_REGISTER", postgres.database())
    Keyring.create(real_office.folder / "state" / "keys.json")
    done = Desk(real_office.folder).call("copies", "status")
    assert done.returncode == 6
    assert "先运行 markpipe init" in done.stderr
