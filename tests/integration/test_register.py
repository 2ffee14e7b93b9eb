"""The register in SQLite: where it may lie, what it keeps, and that nothing about it can be changed unseen."""

from __future__ import annotations

import datetime as dt
import inspect
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from aged import age
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule
from postgres import Server

from markpipe.errors import ConfigurationError, OutputError, RefusedError, RegisterError, UsageError
from markpipe.keys.keyring import Keyring
from markpipe.ledger.custody import Move, Reproduce
from markpipe.ledger.destruction import Destruction
from markpipe.ledger.events import CopiesAllocated, CopyMade
from markpipe.ledger.fold import TABLES, fold
from markpipe.model.agency import Actor
from markpipe.model.carrier import CopyState
from markpipe.model.classification import Duration, Level, Mark
from markpipe.model.custody import OUT, Act, CarrierState, Incoming, Reproduction, carrier_ref
from markpipe.model.decision import Decision, Determination, Origin, Proposal, Source
from markpipe.pipeline.numbers import Numbers
from markpipe.store import database as database_module
from markpipe.store import projection
from markpipe.store.database import Database, create_tables
from markpipe.store.log import FIRST_PREVIOUS, seal
from markpipe.store.migrations.upgrade import newest, upgrade
from markpipe.store.mounts import filesystem_of, read_mount_table
from markpipe.store.register import Register
from markpipe.store.schema import SCHEMA_VERSION, metadata, projections

AT = dt.datetime(2026, 5, 10, 2, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 10)
HANDLER = Actor("zhangsan", "张三")
OFFICER = Actor("lisi", "李四")
MARK = Mark(Level.JIMI, Duration(years=10))
PROPOSAL = Proposal("d1", "稿.docx", "张三", Level.JIMI, Duration(years=10), Origin.ORIGINAL, DAY)
SOURCE = Source("", "通知", "厅发〔2015〕1号", Mark(Level.JIMI, Duration(years=20)), dt.date(2015, 3, 2), digest="f0")


def determination(id_: str = "D2026-0001", proposal: Proposal = PROPOSAL) -> Determination:
    mark = proposal.mark
    assert mark is not None
    return Determination(
        id_,
        proposal.digest,
        proposal.name,
        mark,
        proposal.origin,
        "张三",
        "李四",
        DAY,
        proposal.issued_on,
        account="lisi",
    )


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.create(tmp_path / "keys.json")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "register.db"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever does not look into the SQLite file itself is tried with both databases."""
    if "backend" in metafunc.fixturenames:
        own = inspect.signature(metafunc.function).parameters
        metafunc.parametrize("backend", ["sqlite"] if "path" in own else ["sqlite", "postgresql"])


@pytest.fixture(scope="session")
def served(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a register in PostgreSQL."""
    address = postgres.database()
    Register.open(address, Keyring.create(tmp_path_factory.mktemp("keys") / "keys.json"), create=True).close()
    return address


@pytest.fixture
def address(backend: str, path: Path, request: pytest.FixtureRequest) -> str:
    """Where an empty register is, or can be made."""
    if backend == "sqlite":
        return f"sqlite:///{path}"
    address = str(request.getfixturevalue("served"))
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.execute(sa.text("truncate " + ", ".join(set(metadata.tables) - {"alembic_version"})))
    engine.dispose()
    return address


@pytest.fixture
def register(address: str, keyring: Keyring) -> Iterator[Register]:
    with Register.open(address, keyring, create=True) as register:
        yield register


@pytest.fixture
def approved(register: Register) -> Register:
    register.propose(PROPOSAL, HANDLER, AT)
    register.approve(determination(), OFFICER, AT)
    return register


def count(register: Register) -> int:
    return sum(1 for _ in register.events())


# -- where it lies and who may read it


def test_the_files_of_a_register_are_private(register: Register, path: Path) -> None:
    register.propose(PROPOSAL, HANDLER, AT)
    made = {entry.name: entry.stat().st_mode & 0o777 for entry in path.parent.iterdir() if "register" in entry.name}
    assert set(made) >= {"register.db", "register.db-wal"}
    assert set(made.values()) == {0o600}


def test_a_register_that_others_can_read_is_refused(register: Register, path: Path, keyring: Keyring) -> None:
    register.close()
    path.chmod(0o644)
    with pytest.raises(RegisterError, match="chmod 600"):
        Register.open(f"sqlite:///{path}", keyring)


def test_a_missing_register_is_not_made_in_passing(path: Path, keyring: Keyring) -> None:
    with pytest.raises(RegisterError, match="找不到台账"):
        Register.open(f"sqlite:///{path}", keyring)
    assert not path.exists()


def test_making_it_again_keeps_what_is_there(register: Register, path: Path, keyring: Keyring) -> None:
    register.propose(PROPOSAL, HANDLER, AT)
    with Register.open(f"sqlite:///{path}", keyring, create=True) as again:
        assert len(again.matters()) == 1
    assert [entry.name for entry in path.parent.iterdir() if entry.name.endswith(".new")] == []


def test_whoever_makes_it_second_uses_the_first(path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    Register.open(f"sqlite:///{path}", keyring, create=True).close()
    first = path.stat().st_ino
    monkeypatch.setattr(Path, "exists", lambda _self: False)
    Register.open(f"sqlite:///{path}", keyring, create=True).close()
    assert path.stat().st_ino == first


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv/share rw,relatime shared:9 - {kind} server:/share rw
31 30 8:2 / /srv/share/local rw,relatime - xfs /dev/sdb1 rw
32 22 0:41 / /srv/with\\040space rw - cifs //server/x rw
broken line
33 22 0:42 / /mnt - fuse.sshfs
"""


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "ceph", "glusterfs", "lustre"])
def test_a_network_file_system_under_sqlite_is_refused(kind: str, keyring: Keyring) -> None:
    with pytest.raises(RegisterError, match=f"网络文件系统（{kind}）") as raised:
        Register.open("sqlite:////srv/share/a/register.db", keyring, create=True, mounts=MOUNTS.format(kind=kind))
    assert raised.value.exit_code == 6


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/etc/x", "ext4"),
        ("/srv/shared/x", "ext4"),
        ("/srv/share", "nfs"),
        ("/srv/share/x", "nfs"),
        ("/srv/share/local/x", "xfs"),
        ("/srv/with space/x", "cifs"),
        ("/mnt/x", "fuse.sshfs"),
    ],
)
def test_the_longest_mount_point_decides(place: str, kind: str) -> None:
    assert filesystem_of(Path(place), MOUNTS.format(kind="nfs")) == kind


def test_a_later_mount_hides_the_one_below() -> None:
    table = "1 0 8:1 / /srv rw - nfs a rw\n2 1 8:1 / /srv rw - ext4 b rw\n"
    assert filesystem_of(Path("/srv/x"), table) == "ext4"
    assert filesystem_of(Path("/srv/x"), "") == ""


def test_without_a_mount_table_nothing_is_known(tmp_path: Path) -> None:
    assert read_mount_table(tmp_path / "nowhere") == ""


@pytest.mark.parametrize(
    "address", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=ro", "nonsense", "oracle://x"]
)
def test_addresses_that_hold_nothing_are_configuration_errors(address: str, keyring: Keyring) -> None:
    with pytest.raises(ConfigurationError):
        Register.open(address, keyring, create=True)


def test_postgresql_without_its_driver_is_a_configuration_error(
    keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ConfigurationError, match="psycopg") as raised:
        Register.open("postgresql+psycopg://user:geheim@host/db", keyring)
    assert "geheim" not in str(raised.value)


def test_a_folder_is_no_register(tmp_path: Path, keyring: Keyring) -> None:
    with pytest.raises(RegisterError, match="不是普通文件"):
        Register.open(f"sqlite:///{tmp_path}", keyring)


def test_a_folder_that_is_a_file_is_named(tmp_path: Path, keyring: Keyring) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RegisterError, match="建不起来"):
        Register.open(f"sqlite:///{tmp_path}/file/register.db", keyring, create=True)
    with pytest.raises(RegisterError, match="打不开"):
        Register.open(f"sqlite:///{tmp_path}/file/register.db", keyring)


# -- versions


def test_the_migrations_make_the_same_tables_as_the_schema(tmp_path: Path) -> None:
    shapes = []
    for make in (create_tables, upgrade):
        engine = sa.create_engine(f"sqlite:///{tmp_path}/{make.__name__}.db")
        with engine.begin() as connection:
            make(connection)
            inspector = sa.inspect(connection)
            shapes.append(
                {
                    name: (
                        [
                            (column["name"], str(column["type"]), column["nullable"])
                            for column in inspector.get_columns(name)
                        ],
                        sorted(
                            (index["name"], tuple(index["column_names"]), index["unique"])
                            for index in inspector.get_indexes(name)
                        ),
                        sorted(tuple(unique["column_names"]) for unique in inspector.get_unique_constraints(name)),
                    )
                    for name in inspector.get_table_names()
                }
            )
            version = connection.exec_driver_sql("select version_num from alembic_version").scalar_one()
            assert version == SCHEMA_VERSION
        engine.dispose()
    assert shapes[0] == shapes[1]
    assert set(shapes[0]) == set(metadata.tables)


def test_the_schema_is_the_newest_migration() -> None:
    assert newest() == SCHEMA_VERSION


def set_version(path: Path, version: str | None) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("delete from alembic_version")
        if version is not None:
            connection.execute("insert into alembic_version values (?)", (version,))
    connection.close()


def test_a_register_of_a_newer_program_is_left_alone(register: Register, path: Path, keyring: Keyring) -> None:
    register.close()
    set_version(path, "9999")
    before = path.read_bytes()
    with pytest.raises(RegisterError, match="更新版本的 markpipe"):
        Register.open(f"sqlite:///{path}", keyring)
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", [None, "abc"])
def test_a_register_without_a_readable_version_is_damaged(
    register: Register, path: Path, keyring: Keyring, version: str | None
) -> None:
    register.close()
    set_version(path, version)
    with pytest.raises(RegisterError, match="结构版本读不出来"):
        Register.open(f"sqlite:///{path}", keyring)


def test_an_older_register_is_brought_up_to_date(
    approved: Register, path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no older schema yet: today's plays it."""
    approved.close()
    upgraded: list[str] = []
    monkeypatch.setattr(database_module, "SCHEMA_VERSION", f"{int(SCHEMA_VERSION) + 1:04d}")
    monkeypatch.setattr("markpipe.store.migrations.upgrade.upgrade", lambda _: upgraded.append("yes"))
    with Register.open(f"sqlite:///{path}", keyring) as register:
        assert upgraded == ["yes"]
        assert register.verify() == ()


def test_a_register_of_the_first_version_gets_its_carriers(approved: Register, path: Path, keyring: Keyring) -> None:
    for copy in approved.allocate(determination(), 3, HANDLER, AT):
        if copy.serial < 3:
            approved.made(copy, f"a{copy.serial}", f"份/{copy.serial}", HANDLER, AT)
    approved.void("D2026-0001", 2, "卡纸", HANDLER, AT)
    before = approved.carriers(), approved.history("D2026-0001/2"), [event.hash for event in approved.events()]
    approved.close()
    age(path, "0001")
    with Register.open(f"sqlite:///{path}", keyring) as upgraded:
        assert upgraded.verify() == ()
        after = upgraded.carriers(), upgraded.history("D2026-0001/2"), [event.hash for event in upgraded.events()]
    assert after == before


def test_opening_loads_no_migration_tool(register: Register, path: Path, tmp_path: Path) -> None:
    register.close()
    code = (
        "import sys; from pathlib import Path; from markpipe.keys.keyring import Keyring\n"
        "from markpipe.store.register import Register\n"
        "Register.open(sys.argv[1], Keyring.load(Path(sys.argv[2]))).close()\n"
        "print('alembic' in sys.modules)"
    )
    arguments = [sys.executable, "-c", code, f"sqlite:///{path}", str(tmp_path / "keys.json")]
    assert subprocess.run(arguments, capture_output=True, text=True, check=True).stdout == "False\n"


# -- damage


@pytest.mark.parametrize("content", [b"", b"not a database at all, but long enough to be one" * 40])
def test_what_is_no_register_is_named(path: Path, keyring: Keyring, content: bytes) -> None:
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(RegisterError):
        Register.open(f"sqlite:///{path}", keyring)


def test_a_damaged_page_is_damage_not_a_crash(approved: Register, path: Path, keyring: Keyring) -> None:
    for index in range(40):
        approved.propose(replace(PROPOSAL, name=f"稿{index}.docx"), HANDLER, AT)
    approved.close()
    data = bytearray(path.read_bytes())
    assert len(data) > 40_000
    for place in range(4096, len(data), 4096):
        data[place : place + 64] = b"\xff" * 64
    path.write_bytes(data)
    with pytest.raises(RegisterError), Register.open(f"sqlite:///{path}", keyring) as register:
        register.matters()


def test_a_row_that_was_tampered_with_is_damage_not_a_crash(approved: Register, path: Path) -> None:
    alter(path, "update matter set proposal = 'x'")
    with pytest.raises(RegisterError, match="读不出来"):
        approved.matters()


def test_a_projected_row_that_is_gone_stops_the_next_event(approved: Register, path: Path) -> None:
    copy = approved.allocate(determination(), 1, HANDLER, AT)[0]
    before = count(approved)
    with pytest.raises(RegisterError, match="缺少"), approved._database.write() as connection:
        connection.execute(projections["copy"].delete())
        approved._append(connection, (CopyMade("D2026-0001", copy.serial, "aa", "x"),), HANDLER, AT)
    assert count(approved) == before


def test_a_register_that_is_busy_says_so(register: Register, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with register._database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=1")
        with pytest.raises(RegisterError, match="正被其他程序占用"):
            register.propose(PROPOSAL, HANDLER, AT)
    finally:
        other.close()


def test_a_full_disk_is_an_output_error(register: Register, path: Path) -> None:
    with register._database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(OutputError, match="磁盘空间不足"):
        for index in range(50):
            register.propose(replace(PROPOSAL, name="长" * 500 + str(index)), HANDLER, AT)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_register_in_a_closed_folder_says_so(register: Register, path: Path, keyring: Keyring) -> None:
    register.close()
    path.parent.chmod(0o500)
    try:
        with pytest.raises(RegisterError), Register.open(f"sqlite:///{path}", keyring) as again:
            again.propose(PROPOSAL, HANDLER, AT)
    finally:
        path.parent.chmod(0o700)


# -- what it keeps


def test_a_matter_from_proposal_to_copies(approved: Register) -> None:
    copies = approved.allocate(determination(), 2, HANDLER, AT)
    assert [(copy.serial, copy.index, copy.state) for copy in copies] == [
        (1, 1, CopyState.ALLOCATED),
        (2, 2, CopyState.ALLOCATED),
    ]
    made = approved.made(copies[0], "aa", "份/稿-000001.docx", HANDLER, AT)
    assert made.state is CopyState.MADE
    assert approved.copies() == (made, copies[1])
    assert approved.copies("D2026-0002") == ()
    approved.stamped("D2026-0001", "bb", "标志/稿.docx", HANDLER, AT)
    assert [output.sha256 for output in approved.outputs("D2026-0001")] == ["bb"]
    voided = approved.void("D2026-0001", 2, "卡纸", HANDLER, AT)
    assert voided.state is CopyState.VOIDED
    assert approved.allocate(determination(), 2, HANDLER, AT) == (made, voided)
    assert approved.verify() == ()


def test_doing_everything_twice_adds_nothing(approved: Register) -> None:
    def everything() -> None:
        source = approved.add_source(SOURCE, b"prints", HANDLER, AT)
        approved.record_no_notice(source.id, DAY, "查过", HANDLER, AT)
        approved.answer_citation("d1", "c1", "〔2010〕6号", "未涉及内容", "只引文号", HANDLER, AT)
        approved.propose(PROPOSAL, HANDLER, AT)
        approved.approve(determination(), OFFICER, AT)
        approved.stamped("D2026-0001", "bb", "标志/稿.docx", HANDLER, AT)
        for copy in approved.allocate(determination(), 3, HANDLER, AT):
            approved.made(copy, f"a{copy.serial}", f"份/{copy.serial}", HANDLER, AT)
        for copy in approved.allocate(determination(), 1, HANDLER, AT, reissue="补制"):
            approved.made(copy, f"a{copy.serial}", f"份/{copy.serial}", HANDLER, AT)

    everything()
    before = count(approved)
    everything()
    assert count(approved) == before
    assert [copy.serial for copy in approved.copies()] == [1, 2, 3, 4]


def test_sources_and_their_fingerprints(register: Register) -> None:
    first = register.add_source(SOURCE, b"prints", HANDLER, AT)
    second = register.add_source(replace(SOURCE, digest="f1"), b"others", HANDLER, AT)
    assert (first.id, second.id) == ("S0001", "S0002")
    assert register.sources() == (first, second)
    assert register.fingerprints() == (("S0001", b"prints"), ("S0002", b"others"))
    register.remove_source("S0001", "登记有误", HANDLER, AT)
    register.remove_source("S0001", "登记有误", HANDLER, AT)
    assert register.sources() == (second,)
    assert register.fingerprints() == (("S0002", b"others"),)
    third = register.add_source(SOURCE, b"prints", HANDLER, AT)
    assert third.id == "S0003"
    assert register.verify() == ()


def test_the_id_that_a_source_brings_is_kept_and_not_given_again(register: Register) -> None:
    own = register.add_source(replace(SOURCE, id="S0002"), b"prints", HANDLER, AT)
    assert own.id == "S0002"
    other = register.add_source(replace(SOURCE, digest="f1"), b"others", HANDLER, AT)
    assert other.id == "S0003"
    with pytest.raises(RefusedError):
        register.add_source(replace(SOURCE, id="S0002", digest="f2"), b"x", HANDLER, AT)


def test_a_source_without_a_file_is_known_by_number_and_title(register: Register) -> None:
    paper = replace(SOURCE, digest="")
    assert register.add_source(paper, b"", HANDLER, AT) == register.add_source(paper, b"", HANDLER, AT)
    other = register.add_source(replace(paper, title="另一件"), b"", HANDLER, AT)
    assert other.id == "S0002"


def test_no_notice_becomes_part_of_the_source(register: Register) -> None:
    register.add_source(SOURCE, b"prints", HANDLER, AT)
    register.record_no_notice("S0001", DAY, "来函查询，无通知", HANDLER, AT)
    assert register.sources()[0].no_notice_on == DAY


def test_answers_are_those_of_the_draft(register: Register) -> None:
    register.answer_citation("d1", "c1", "〔2010〕6号", "未涉及内容", "只引文号", HANDLER, AT)
    answer, reason, person = register.answers("d1")["c1"]
    assert (answer, reason, person) == ("未涉及内容", "只引文号", "张三")
    assert register.answers("d2") == {}


def test_numbers_run_by_the_year_in_china(register: Register) -> None:
    eve = dt.datetime(2026, 12, 31, 15, 59, tzinfo=dt.UTC)
    assert register.next_number(eve) == "D2026-0001"
    assert register.propose(PROPOSAL, HANDLER, eve).id == "D2026-0001"
    new_year = eve + dt.timedelta(minutes=1)
    assert register.next_number(new_year) == "D2027-0001"
    assert register.propose(replace(PROPOSAL, name="b"), HANDLER, new_year).id == "D2027-0001"
    assert register.propose(replace(PROPOSAL, name="c"), HANDLER, eve).id == "D2026-0002"
    assert [matter.id for matter in register.matters()] == ["D2026-0001", "D2026-0002", "D2027-0001"]


def test_an_instant_needs_its_time_zone(register: Register) -> None:
    with pytest.raises(ValueError, match="time zone"):
        register.propose(PROPOSAL, HANDLER, dt.datetime(2026, 5, 10))  # noqa: DTZ001


def test_a_changed_draft_is_another_matter(approved: Register) -> None:
    changed = replace(PROPOSAL, digest="d2")
    assert approved.propose(changed, HANDLER, AT).id == "D2026-0002"
    assert approved.matter("D2026-0001").decision is Decision.LAPSED
    assert approved.matter_of("d1", PROPOSAL.name) is None
    back = approved.propose(PROPOSAL, HANDLER, AT)
    assert (back.id, back.decision) == ("D2026-0003", Decision.PROPOSED)
    assert approved.matter_of("d1", PROPOSAL.name) == back
    assert approved.verify() == ()


def test_copies_that_were_made_outlive_a_changed_draft(approved: Register) -> None:
    (copy,) = approved.allocate(determination(), 1, HANDLER, AT)
    approved.made(copy, "aa", "x", HANDLER, AT)
    approved.propose(replace(PROPOSAL, digest="d2"), HANDLER, AT)
    assert approved.matter("D2026-0001").decision is Decision.APPROVED
    assert approved.lapse("D2026-0001", "d2", HANDLER, AT).decision is Decision.APPROVED


def test_an_explicit_lapse(approved: Register) -> None:
    assert approved.lapse("D2026-0001", "d2", HANDLER, AT).decision is Decision.LAPSED
    with pytest.raises(RefusedError):
        approved.allocate(determination(), 1, HANDLER, AT)


def test_correct_return_decline(register: Register) -> None:
    register.propose(PROPOSAL, HANDLER, AT)
    corrected = replace(PROPOSAL, level=Level.MIMI)
    assert register.correct("D2026-0001", corrected, "密级偏高", OFFICER, AT).proposal == corrected
    assert register.give_back("D2026-0001", "补充依据", OFFICER, AT).decision is Decision.RETURNED
    assert register.decline("D2026-0001", "可公开", OFFICER, AT).decision is Decision.DECLINED


def test_unknown_numbers_are_usage_errors(register: Register) -> None:
    for ask in (
        lambda: register.matter("D2026-0009"),
        lambda: register.matter("\udcff"),
        lambda: register.stamped("D2026-0009", "aa", "x", HANDLER, AT),
        lambda: register.allocate(determination("D2026-0009"), 1, HANDLER, AT),
        lambda: register.void("D2026-0009", 1, "x", HANDLER, AT),
        lambda: register.lapse("D2026-0009", "d2", HANDLER, AT),
    ):
        with pytest.raises(UsageError):
            ask()


def test_refused_attempts_are_events(register: Register) -> None:
    register.propose(PROPOSAL, HANDLER, AT)
    register.refuse("D2026-0001", ("REC-1",), "承办人不得兼任定密责任人", HANDLER, AT)
    register.refuse("", ("SYS-1",), "不得在此处理", HANDLER, AT)
    assert [refusal.rules for refusal in register.refusals()] == [("REC-1",), ("SYS-1",)]
    (refusal,) = register.refusals("D2026-0001")
    assert (refusal.account, refusal.person) == ("zhangsan", "张三")


def test_events_bear_account_person_and_demo(register: Register) -> None:
    register.propose(PROPOSAL, Actor("guest", "张三", demo=True), AT)
    (event,) = register.events()
    assert (event.account, event.person, event.demo) == ("guest", "张三", True)
    assert (event.at, event.type, event.version) == ("2026-05-10T02:00:00Z", "matter-proposed", 1)
    assert event.algorithm in ("SM3", "SHA-256")
    assert event.id.startswith("E00000001-")


def test_the_register_holds_no_document_text(approved: Register, path: Path) -> None:
    """What is given to it is what it holds; the fingerprints are opaque bytes."""
    approved.add_source(SOURCE, b"\x00opaque", HANDLER, AT)
    approved.close()
    assert "密点内容".encode() not in path.read_bytes()


def test_a_transaction_that_fails_leaves_nothing(approved: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    before = count(approved)
    monkeypatch.setattr("markpipe.store.log.carry_out", fail)
    with pytest.raises(RuntimeError):
        approved.allocate(determination(), 3, HANDLER, AT)
    monkeypatch.undo()
    assert count(approved) == before
    assert approved.copies() == ()
    assert [copy.serial for copy in approved.allocate(determination(), 2, HANDLER, AT)] == [1, 2]


# -- verification


def alter(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


@pytest.fixture
def busy(approved: Register) -> Register:
    approved.add_source(SOURCE, b"prints", HANDLER, AT)
    for copy in approved.allocate(determination(), 3, HANDLER, AT):
        approved.made(copy, f"a{copy.serial}", f"份/{copy.serial}", HANDLER, AT)
    approved.answer_citation("d1", "c1", "〔2010〕6号", "未涉及内容", "只引文号", HANDLER, AT)
    approved.stamped("D2026-0001", "bb", "标志/稿.docx", HANDLER, AT)
    approved.refuse("D2026-0001", ("REC-1",), "不行", HANDLER, AT)
    assert approved.verify() == ()
    return approved


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("update event set account = 'other' where seq = 2", "第2号事件的内容与其杂凑值不符"),
        ("update event set person = '王五' where seq = 3", "第3号事件"),
        ("update event set at = '2026-05-11T00:00:00Z' where seq = 3", "第3号事件"),
        ("update event set demo = 1 where seq = 3", "第3号事件"),
        ("update event set payload = cast(replace(payload, '李四', '王五') as blob) where seq = 2", "第2号事件"),
        ("update event set payload = x'7b7d' where seq = 2", "第2号事件读不出来"),
        ("update event set key = 'x' where seq = 2", "第2号事件的幂等键"),
        ("update event set mac = '00' where seq = 4", "第4号事件的鉴别码不对"),
        ("update event set mac = 'zz' where seq = 4", "第4号事件的鉴别码不对"),
        ("update event set algorithm = 'MD5' where seq = 4", "第4号事件：本机不支持"),
        ("update event set key_id = 'k9-00000000' where seq = 4", "不在密钥文件里"),
        ("delete from event where seq = 4", "第4号事件不见了"),
        ("delete from event where seq = 1", "第1号事件不见了"),
        ("update event set seq = 99 where seq = 4", "第4号事件不见了"),
        ("update copy set state = 'VOIDED' where serial = 2", "copy 表的 D2026-0001 2 与事件不符（state）"),
        ("update matter set decision = 'DECLINED'", "matter 表的 D2026-0001 与事件不符（decision）"),
        ("delete from copy where serial = 2", "copy 表缺少 D2026-0001 2"),
        ("delete from refusal", "refusal 表缺少"),
        ("insert into answer values ('d9', 'c9', '', '', '', '')", "answer 表多出 d9 c9"),
        ("update output set path = 'elsewhere'", "output 表"),
        ("update fingerprint set data = x'00'", "来源 S0001 的指纹被改动过"),
        ("delete from fingerprint", "来源 S0001 的指纹不见了"),
        ("insert into fingerprint values ('S0009', x'00')", "多出来源 S0009 的指纹"),
        ("update source set removed = 'x'", "source 表的 S0001 与事件不符"),
    ],
)
def test_every_alteration_is_found(busy: Register, path: Path, statement: str, says: str) -> None:
    alter(path, statement)
    found = busy.verify()
    assert any(says in problem for problem in found), found


def test_swapped_events_are_found(busy: Register, path: Path) -> None:
    alter(
        path,
        "update event set seq = 1000 where seq = 4",
        "update event set seq = 4 where seq = 5",
        "update event set seq = 5 where seq = 1000",
    )
    assert busy.verify()


def test_a_chain_recomputed_without_the_key_is_found(
    busy: Register, path: Path, tmp_path: Path, keyring: Keyring
) -> None:
    """Somebody rewrites an event and everything after it correctly, but with a key of their own."""
    forger = Keyring.create(tmp_path / "forger.json")
    forger.current_id = keyring.current_id
    forger._by_id = {keyring.current_id: replace(forger.keys[0], id=keyring.current_id)}
    previous = FIRST_PREVIOUS
    connection = sqlite3.connect(path, isolation_level=None)
    for row in list(busy.events()):
        forged = seal(replace(row, person="王五" if row.seq == 2 else row.person), previous, forger)
        previous = forged.hash
        connection.execute(
            "update event set person = ?, previous = ?, hash = ?, mac = ? where seq = ?",
            (forged.person, forged.previous, forged.hash, forged.mac, forged.seq),
        )
    connection.close()
    found = busy.verify()
    assert found
    assert all("鉴别码不对" in problem for problem in found), found


def test_a_serial_without_a_record_is_found(busy: Register) -> None:
    """A gap that even the events do not explain: only a program with the key could write it."""
    with busy._database.write() as connection:
        busy._append(connection, (CopiesAllocated("D2026-0001", "d1", 9, 9, 1),), HANDLER, AT)
    assert busy.verify() == ("D2026-0001 的份号到 9，而只有 4 份有记录：有缺号没有说明",)


def test_a_long_list_of_problems_is_cut(busy: Register, path: Path) -> None:
    busy.allocate(determination(), 500, HANDLER, AT)
    alter(path, "update copy set holder = 'x'")
    found = busy.verify()
    assert len(found) == 201
    assert "不再列出" in found[-1]


def test_a_broken_database_page_shows_in_verification(busy: Register, path: Path) -> None:
    alter(path, "pragma writable_schema=on", "update sqlite_master set rootpage = 2 where name = 'ix_matter_number'")
    busy.close()
    try:
        found = busy.verify()
    except RegisterError:
        return
    assert found


def test_another_key_file_cannot_prove_anything(busy: Register, path: Path, tmp_path: Path) -> None:
    other = Keyring.create(tmp_path / "other.json")
    with Register.open(f"sqlite:///{path}", other) as register:
        assert any("不在密钥文件里" in problem for problem in register.verify())


def test_a_rotated_key_verifies_old_and_new(busy: Register, path: Path, keyring: Keyring) -> None:
    rotated = keyring.rotated()
    with Register.open(f"sqlite:///{path}", rotated) as register:
        register.propose(replace(PROPOSAL, name="b"), HANDLER, AT)
        assert {event.key_id for event in register.events()} == {keyring.current_id, rotated.current_id}
        assert register.verify() == ()


# -- several at once


TAKE_NUMBERS = """
import datetime as dt, os, sys
from pathlib import Path
from markpipe.keys.keyring import Keyring
from markpipe.model.agency import Actor
from markpipe.pipeline.numbers import Numbers
from markpipe.store.register import Register
actor, now = Actor("zhangsan", "张三"), lambda: dt.datetime.now(dt.UTC)
with Register.open(sys.argv[1], Keyring.load(Path(sys.argv[2]))) as register:
    decided = register.matter("D2026-0001").determination
    if sys.argv[3] == "single":
        for index in range(15):
            for copy in register.allocate(decided, 2, actor, now(), reissue=f"{os.getpid()} {index}"):
                print(copy.serial)
    else:
        with Numbers(register, decided.id, str(os.getpid()), actor, now, size=20) as numbers:
            for copy in [register.copy(decided.id, numbers.take()) for _ in range(30)]:
                register.made(copy, f"a{copy.serial}", f"{copy.serial}.docx", actor, now())
                print(copy.serial)
"""


def test_processes_that_issue_at_once_share_no_number(approved: Register, address: str, tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", TAKE_NUMBERS, address, str(tmp_path / "keys.json")]
    ways = ("single", "leased", "single", "leased")
    workers = [subprocess.Popen([*arguments, way], stdout=subprocess.PIPE, text=True) for way in ways]
    taken = [int(serial) for worker in workers for serial in worker.communicate()[0].split()]
    assert [worker.returncode for worker in workers] == [0] * 4
    assert len(taken) == len(set(taken)) == 120
    copies = approved.copies()
    assert [copy.serial for copy in copies] == list(range(1, len(copies) + 1))
    unused = {copy.serial for copy in copies if copy.state is CopyState.RETURNED}
    assert unused | set(taken) == {copy.serial for copy in copies}
    assert approved.leases() == ()
    assert approved.verify() == ()
    given_again = approved.allocate(determination(), len(unused) + 1, HANDLER, AT, reissue="补齐")
    assert {copy.serial for copy in given_again} == unused | {len(copies) + 1}
    assert approved.verify() == ()


def test_a_lease_that_nobody_closed_is_seen_and_closed_by_hand(approved: Register) -> None:
    lease = approved.lease("D2026-0001", 4, "印制室", "印制", HANDLER, AT)
    for copy in approved.copies("D2026-0001")[:2]:
        approved.made(copy, "aa", "x", HANDLER, AT)
    assert approved.leases() == (lease,)
    assert approved.verify() == ()
    closed, copies = approved.close_lease(lease.id, [4], "断电，000003 可能已印出", HANDLER, AT)
    assert closed.closed_at
    assert [copy.state.value for copy in copies] == ["在库", "在库", "缺号已说明", "退回未用"]
    assert (approved.leases(), approved.leases(everything=True)) == ((), (closed,))
    (gap,) = approved.explain_gap("D2026-0001", [4], "不再制作", HANDLER, AT)
    assert gap.state is CopyState.EXPLAINED
    assert dict(approved.standing()) == {"在库": 2, "缺号已说明": 2}
    with pytest.raises(UsageError, match="没有号段 Z9"):
        approved.close_lease("Z9", [], "", HANDLER, AT)
    assert approved.verify() == ()


def test_numbers_left_by_an_error_stay_leased(approved: Register) -> None:
    def fail() -> None:
        with Numbers(approved, "D2026-0001", "印制室", HANDLER, lambda: AT, size=2) as numbers:
            assert [numbers.take() for _ in range(3)] == [1, 2, 3]
            raise RuntimeError("jam")

    with pytest.raises(RuntimeError, match="jam"):
        fail()
    assert [lease.serials for lease in approved.leases()] == [range(1, 3), range(3, 5)]


def test_threads_may_share_a_register(approved: Register) -> None:
    serials: list[int] = []

    def take(index: int) -> None:
        serials.append(approved.allocate(determination(), 1, HANDLER, AT, reissue=str(index))[0].serial)

    threads = [threading.Thread(target=take, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(serials) == list(range(1, 9))


# -- every sequence


NAMES = st.sampled_from(["a", "b"])
DIGESTS = st.sampled_from(["d1", "d2"])
REASONS = st.sampled_from(["甲", "乙"])


class Anything(RuleBasedStateMachine):
    """Whatever is done in whatever order: the tables are the fold, and doing it again adds nothing."""

    matters = Bundle("matters")
    sources = Bundle("sources")

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        keyring = Keyring.create(Path(self.folder.name) / "keys.json")
        self.register = Register.open(f"sqlite:///{self.folder.name}/r.db", keyring, create=True)

    def teardown(self) -> None:
        if hasattr(self, "register"):
            self.register.close()
            self.folder.cleanup()

    def twice(self, act: object) -> object:
        """Do it; where it was not refused, doing it again adds no event."""
        assert callable(act)
        try:
            answer = act()
        except (RefusedError, UsageError):
            return None
        before = count(self.register)
        assert act() == answer
        assert count(self.register) == before
        return answer

    @rule(target=matters, name=NAMES, digest=DIGESTS, level=st.sampled_from([Level.MIMI, Level.JIMI]))
    def propose(self, name: str, digest: str, level: Level) -> str:
        proposal = replace(PROPOSAL, name=name, digest=digest, level=level)
        matter = self.twice(lambda: self.register.propose(proposal, HANDLER, AT))
        return getattr(matter, "id", "")

    @rule(id_=matters)
    def approve(self, id_: str) -> None:
        matter = self.register.matter(id_)
        self.twice(lambda: self.register.approve(determination(id_, matter.proposal), OFFICER, AT))

    @rule(id_=matters, reason=REASONS)
    def correct(self, id_: str, reason: str) -> None:
        proposal = replace(self.register.matter(id_).proposal, level=Level.JUEMI)
        try:
            self.register.correct(id_, proposal, reason, OFFICER, AT)
        except RefusedError:
            return

    @rule(id_=matters, reason=REASONS)
    def give_back(self, id_: str, reason: str) -> None:
        self.twice(lambda: self.register.give_back(id_, reason, OFFICER, AT))

    @rule(id_=matters, reason=REASONS)
    def decline(self, id_: str, reason: str) -> None:
        self.twice(lambda: self.register.decline(id_, reason, OFFICER, AT))

    @rule(id_=matters, digest=DIGESTS)
    def lapse(self, id_: str, digest: str) -> None:
        try:
            self.register.lapse(id_, digest, HANDLER, AT)
        except RefusedError:
            return

    @rule(id_=matters, number=st.integers(1, 4), reissue=st.sampled_from(["", "补制"]))
    def allocate(self, id_: str, number: int, reissue: str) -> None:
        decided = determination(id_, self.register.matter(id_).proposal)
        self.twice(lambda: self.register.allocate(decided, number, HANDLER, AT, reissue))

    @rule(id_=matters, pick=st.integers(0, 5), sha256=st.sampled_from(["aa", "bb"]))
    def make(self, id_: str, pick: int, sha256: str) -> None:
        copies = self.register.copies(id_)
        if copies:
            copy = copies[pick % len(copies)]
            self.twice(lambda: self.register.made(copy, sha256, f"份/{copy.serial}", HANDLER, AT))

    @rule(id_=matters, serial=st.integers(1, 5))
    def void(self, id_: str, serial: int) -> None:
        self.twice(lambda: self.register.void(id_, serial, "卡纸", HANDLER, AT))

    @rule(id_=matters, path=NAMES)
    def stamp(self, id_: str, path: str) -> None:
        self.twice(lambda: self.register.stamped(id_, "cc", path, HANDLER, AT))

    @rule(id_=matters)
    def refuse(self, id_: str) -> None:
        self.register.refuse(id_, ("REC-1",), "不行", HANDLER, AT)

    @rule(target=sources, digest=DIGESTS, prints=st.sampled_from([b"p", b"q"]))
    def add_source(self, digest: str, prints: bytes) -> str:
        source = self.twice(lambda: self.register.add_source(replace(SOURCE, digest=digest), prints, HANDLER, AT))
        return getattr(source, "id", "S0001")

    @rule(id_=consumes(sources))
    def remove_source(self, id_: str) -> None:
        self.twice(lambda: self.register.remove_source(id_, "有误", HANDLER, AT))

    @rule(id_=sources, day=st.sampled_from([DAY, DAY + dt.timedelta(days=1)]))
    def no_notice(self, id_: str, day: dt.date) -> None:
        self.twice(lambda: self.register.record_no_notice(id_, day, "查过", HANDLER, AT))

    @rule(digest=DIGESTS, answer=st.sampled_from(["未涉及内容", "涉及内容"]))
    def answer(self, digest: str, answer: str) -> None:
        self.twice(lambda: self.register.answer_citation(digest, "c", "文号", answer, "理由", HANDLER, AT))

    def carrier(self, pick: int) -> str | None:
        carriers = self.register.carriers()
        return carriers[pick % len(carriers)].ref if carriers else None

    @rule(serials=st.sets(st.sampled_from(["1", "000117", "9"]), min_size=1), number=st.sampled_from(["甲", "乙"]))
    def receive(self, serials: set[str], number: str) -> None:
        incoming = Incoming("", "省厅", number, "通知", MARK, DAY, "机要交通", Reproduction.ALLOWED)
        try:
            self.register.receive_carriers(incoming, sorted(serials), HANDLER, AT)
        except RefusedError:
            return

    @rule(act=st.sampled_from(sorted(Act)), holder=st.sampled_from(["赵六", "孙七"]), pick=st.integers(0, 9))
    def move(self, act: Act, holder: str, pick: int) -> None:
        wanted = Move(act, DAY, holder, due=DAY if act is Act.LEND else None, approved_by="吴九", approval="审1号")
        ref = self.carrier(pick)
        if ref is not None and act in (Act.SEND, Act.SIGN, Act.CIRCULATE, Act.LEND, Act.RETURN, Act.ARCHIVE):
            self.twice(lambda: self.register.move(wanted, (ref,), HANDLER, AT))

    @rule(pick=st.integers(0, 9), approval=REASONS, number=st.integers(1, 2))
    def duplicate(self, pick: int, approval: str, number: int) -> None:
        ref = self.carrier(pick)
        if ref is not None:
            wanted = Reproduce(number, "吴九", approval, "函1号", "本局复制", DAY)
            self.twice(lambda: self.register.duplicate(ref, wanted, HANDLER, AT))

    @rule(pick=st.integers(0, 9))
    def lose(self, pick: int) -> None:
        ref = self.carrier(pick)
        if ref is not None:
            self.twice(lambda: self.register.lose(ref, "途中", DAY, HANDLER, AT))

    @rule(pick=st.integers(0, 9), sign=st.sampled_from([(), ("孙七",), ("周八", "孙七")]))
    def destroy(self, pick: int, sign: tuple[str, ...]) -> None:
        ref = self.carrier(pick)
        wanted = Destruction("", "吴九", "审1号", "自行销毁", "机要室", "", ("孙七", "周八"), "王五", DAY)
        try:
            listing = self.register.list_destruction(wanted, (ref,) if ref else (), (), HANDLER, AT)
        except (RefusedError, UsageError):
            return
        for witness in sign:
            signer = Actor(witness, witness)
            self.twice(lambda signer=signer: self.register.sign_destruction(listing.id, DAY, signer, AT))

    @rule(holder=st.sampled_from(["赵六", "孙七"]))
    def recall(self, holder: str) -> None:
        try:
            opened = self.register.open_recall(series=None, holder=holder, due=DAY, reason="", actor=HANDLER, at=AT)
            self.twice(lambda: self.register.close_recall(opened.id, DAY, HANDLER, AT))
        except UsageError:
            return

    @invariant()
    def every_made_copy_is_one_carrier(self) -> None:
        """份数 = the sum of where they stand."""
        if hasattr(self, "register"):
            made = [copy for copy in self.register.copies() if copy.state is not CopyState.ALLOCATED]
            own = {carrier.ref: carrier for carrier in self.register.carriers() if carrier.ref.count("/") == 1}
            numbered = {carrier_ref(copy.determination, copy.serial): copy for copy in made}
            assert numbered.keys() == {ref for ref in own if ref.startswith("D")}
            for ref, carrier in own.items():
                held = carrier.state in (*OUT, CarrierState.LOST)
                assert bool(carrier.holder) <= held, ref

    @invariant()
    def tables_are_the_fold(self) -> None:
        if not hasattr(self, "register"):
            return
        state = fold(row.entry() for row in self.register.events())
        with self.register._database.read() as connection:
            for table in TABLES.values():
                stored = {table.key_of(row): row for row in projection.scan(connection, table)}
                assert stored == state.tables[table.name]
        assert self.register.verify() == ()

    @invariant()
    def numbers_are_whole(self) -> None:
        if not hasattr(self, "register"):
            return
        by_matter: dict[str, list[int]] = {}
        for copy in self.register.copies():
            by_matter.setdefault(copy.determination, []).append(copy.serial)
        for serials in by_matter.values():
            assert serials == list(range(1, len(serials) + 1))


TestAnything = Anything.TestCase
TestAnything.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_the_database_can_be_opened_by_itself(path: Path) -> None:
    database = Database.open(f"sqlite:///{path}", create=True)
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    database.close()
