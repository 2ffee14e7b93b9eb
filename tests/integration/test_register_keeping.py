"""What is kept of a register elsewhere: checkpoints that show what was cut off, backups, and putting one back."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from aged import age
from postgres import Server

from markpipe.errors import RefusedError, RegisterError, UsageError
from markpipe.keys.keyring import Keyring
from markpipe.ledger.custody import Move
from markpipe.model.agency import Actor
from markpipe.model.classification import Duration, Level, Mark
from markpipe.model.custody import Act, Incoming, Reproduction
from markpipe.model.decision import Determination, Origin, Proposal, Source
from markpipe.store.backup import put_back, snapshot
from markpipe.store.checkpoint import Checkpoint, read, spelled
from markpipe.store.log import FIRST_PREVIOUS, as_columns, seal
from markpipe.store.refold import refold
from markpipe.store.register import Register
from markpipe.store.schema import events, fingerprints

AT = dt.datetime(2026, 5, 10, 2, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 10)
ACTOR = Actor("wangwu", "王五")
MARK = Mark(Level.JIMI, Duration(years=10))
PROPOSAL = Proposal("d1", "稿.docx", "张三", Level.JIMI, Duration(years=10), Origin.ORIGINAL, DAY)
DECIDED = Determination("D2026-0001", "d1", "稿.docx", MARK, Origin.ORIGINAL, "张三", "李四", DAY, DAY, account="lisi")
SOURCE = Source("", "通知", "厅发〔2015〕1号", MARK, dt.date(2015, 3, 2), digest="f0")
INCOMING = Incoming("", "省厅", "省厅发〔2026〕3号", "通知", MARK, DAY, "机要交通", Reproduction.ALLOWED)


def fill(register: Register) -> None:
    """Two dozen events of many kinds."""
    register.add_source(SOURCE, b"prints", ACTOR, AT)
    register.propose(PROPOSAL, ACTOR, AT)
    register.approve(DECIDED, ACTOR, AT)
    for copy in register.allocate(DECIDED, 4, ACTOR, AT):
        register.made(copy, f"a{copy.serial}", f"份/{copy.serial}", ACTOR, AT)
    register.receive_carriers(INCOMING, ["117"], ACTOR, AT)
    for serial in (1, 2, 3):
        lent = Move(Act.LEND, DAY, "赵六", due=DAY, approved_by="吴九", approval="1号")
        register.move(lent, [f"D2026-0001/{serial}"], ACTOR, AT)
        register.move(Move(Act.RETURN, DAY), [f"D2026-0001/{serial}"], ACTOR, AT)
    register.answer_citation("d1", "c1", "〔2010〕6号", "未涉及内容", "只引文号", ACTOR, AT)
    register.stamped("D2026-0001", "bb", "标志/稿.docx", ACTOR, AT)
    register.refuse("D2026-0001", ("REC-1",), "不行", ACTOR, AT)
    register.lease("D2026-0001", 3, "印制室", "印制", ACTOR, AT)
    register.void("D2026-0001", 4, "卡纸", ACTOR, AT)


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring.create(tmp_path_factory.mktemp("keys") / "keys.json")


@pytest.fixture(scope="module")
def original(keyring: Keyring, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Checkpoint]:
    """A sound register as one closed file, and a checkpoint of its end."""
    path = tmp_path_factory.mktemp("register") / "register.db"
    with Register.open(f"sqlite:///{path}", keyring, create=True) as register:
        fill(register)
        assert register.verify() == ()
        kept = register.checkpoint(AT)
        assert register.verify((kept,)) == ()
    connection = sqlite3.connect(path)
    connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    return path, kept


@pytest.fixture
def path(original: tuple[Path, Checkpoint], tmp_path: Path) -> Path:
    target = tmp_path / "register.db"
    shutil.copyfile(original[0], target)
    target.chmod(0o600)
    return target


def problems(path: Path, keyring: Keyring, *kept: Checkpoint) -> tuple[str, ...]:
    with Register.open(f"sqlite:///{path}", keyring) as register:
        return register.verify(kept)


# -- 300 alterations

_COLUMNS = {
    "id": "E00000000-00000000",
    "type": "other",
    "version": 2,
    "at": "2026-05-11T00:00:00Z",
    "account": "other",
    "person": "别人",
    "demo": 1,
    "key": "other",
    "payload": b"{}",
    "previous": "33" * 32,
    "hash": "11" * 32,
    "mac": "22" * 32,
    "algorithm": "SHA-256",
    "key_id": "k9-00000000",
}


def run(path: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement, values in statements:
        connection.execute(statement, values)
    connection.close()


def change_a_field(chance: random.Random, path: Path, last: int, keyring: Keyring) -> None:
    column, seq = chance.choice(list(_COLUMNS)), chance.randint(1, last)
    changed: object = f"{_COLUMNS[column]}{seq}" if column in ("id", "key") else _COLUMNS[column]
    if column == "payload":
        connection = sqlite3.connect(path)
        (payload,) = connection.execute("select payload from event where seq = ?", (seq,)).fetchone()
        connection.close()
        at = chance.randrange(len(payload))
        changed = payload[:at] + bytes([payload[at] ^ 1]) + payload[at + 1 :]
    run(path, (f"update event set {column} = ? where seq = ?", (changed, seq)))  # noqa: S608


def remove_a_row(chance: random.Random, path: Path, last: int, keyring: Keyring) -> None:
    run(path, ("delete from event where seq = ?", (chance.randint(1, last - 1),)))


def insert_a_row(chance: random.Random, path: Path, last: int, keyring: Keyring) -> None:
    """A copy of one event under another number, in the middle or at the end."""
    seq, at = chance.randint(1, last), chance.randint(1, last + 1)
    names = ", ".join(name for name in _COLUMNS if name not in ("id", "key"))
    again = f"insert into event (seq, id, key, {names}) select ?, 'E-new', 'new', {names} from event where seq = ?"  # noqa: S608
    run(
        path,
        ("update event set seq = -seq - 1 where seq >= ?", (at,)),
        ("update event set seq = -seq where seq < 0", ()),
        (again, (at, seq if seq < at else seq + 1)),
    )


def swap_two_rows(chance: random.Random, path: Path, last: int, keyring: Keyring) -> None:
    first, second = sorted(chance.sample(range(1, last + 1), 2))
    moves = ((first, 10**6), (second, first), (10**6, second))
    run(path, *(("update event set seq = ? where seq = ?", (after, before)) for before, after in moves))


def cut_the_tail(chance: random.Random, path: Path, last: int, keyring: Keyring) -> None:
    run(path, ("delete from event where seq > ?", (chance.randint(0, last - 1),)))


def change_a_table(chance: random.Random, path: Path, last: int, keyring: Keyring) -> None:
    table, column, changed = chance.choice(
        [
            ("copy", "state", "MADE"),
            ("carrier", "holder", "别人"),
            ("custody", "holder", "别人"),
            ("matter", "decision", "DECLINED"),
            ("series", "given", 99),
            ("standing", "count", 99),
            ("lease", "holder", "别人"),
            ("incoming", "issuer", "别处"),
            ("source", "removed", "x"),
            ("output", "path", "elsewhere"),
            ("refusal", "message", "没有"),
        ]
    )
    if chance.random() < 0.5:
        run(path, (f"delete from {table} where rowid = (select max(rowid) from {table})", ()))  # noqa: S608
    else:
        run(path, (f"update {table} set {column} = ?", (changed,)))  # noqa: S608


def tail_cut_with_its_rows(chance: random.Random, path: Path, last: int, keyring: Keyring) -> None:
    """The cleverest cut: the last events and everything that follows from them, as if they had never been."""
    shorter = path.with_name("shorter.db")
    with Register.open(f"sqlite:///{path}", keyring) as register:
        rows = list(register.events())
    with Register.open(f"sqlite:///{shorter}", keyring, create=True) as register:
        with register._database.write() as connection:
            for row in rows[: chance.randint(5, len(rows) - 1)]:
                connection.execute(events.insert().values(**as_columns(row)))
            connection.execute(fingerprints.insert().values(source="S0001", data=b"prints"))
            refold(connection)
        assert register.verify() == ()
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
        left = shorter.with_name(shorter.name + suffix)
        if left.exists():
            left.rename(path.with_name(path.name + suffix))


def recomputed_without_the_key(chance: random.Random, path: Path, last: int, keyring: Keyring) -> None:
    """One event rewritten, and everything after it made to fit, with a key of one's own."""
    forger = Keyring(keyring.path, (replace(keyring.keys[0], secret=bytes(32)),), keyring.current_id)
    connection = sqlite3.connect(path, isolation_level=None)
    with Register.open(f"sqlite:///{path}", keyring) as register:
        rows = list(register.events())
    changed = chance.randint(1, len(rows))
    previous = FIRST_PREVIOUS
    for row in rows:
        if row.seq < changed:
            previous = row.hash
            continue
        forged = seal(replace(row, person="别人" if row.seq == changed else row.person), previous, forger)
        previous = forged.hash
        values = (forged.person, forged.previous, forged.hash, forged.mac, forged.seq)
        connection.execute("update event set person = ?, previous = ?, hash = ?, mac = ? where seq = ?", values)
    connection.close()


Alteration = Callable[[random.Random, Path, int, Keyring], None]
ALTERATIONS: tuple[tuple[int, Alteration], ...] = (
    (100, change_a_field),
    (40, remove_a_row),
    (30, insert_a_row),
    (30, swap_two_rows),
    (30, cut_the_tail),
    (40, change_a_table),
    (15, tail_cut_with_its_rows),
    (15, recomputed_without_the_key),
)


def test_three_hundred_alterations_are_all_found(
    original: tuple[Path, Checkpoint], keyring: Keyring, tmp_path: Path
) -> None:
    path, kept = original
    chance = random.Random(9)  # noqa: S311 - which alteration is tried, not a secret
    altered = tmp_path / "altered.db"
    unseen, tried = [], 0
    shutil.copyfile(path, altered)
    altered.chmod(0o600)
    with Register.open(f"sqlite:///{altered}", keyring) as register:
        for times, alteration in ALTERATIONS:
            for _ in range(times):
                register._database.close()  # the file changes under it
                for old in tmp_path.glob("altered.db*"):
                    old.unlink()
                shutil.copyfile(path, altered)
                altered.chmod(0o600)
                alteration(chance, altered, kept.seq, keyring)
                tried += 1
                if not register.verify((kept,)):
                    unseen.append((tried, alteration.__name__))
    assert tried == 300
    assert unseen == []


# -- checkpoints


def test_a_checkpoint_is_read_back_from_paper(original: tuple[Path, Checkpoint]) -> None:
    kept = original[1]
    lines = spelled(kept)
    assert read(lines, "x") == kept
    typed = lines.replace("：", ":").replace(" ", "  ")
    assert read(typed, "x") == kept


@pytest.mark.parametrize("label", ["台账", "末条序号", "末条杂凑值", "时间（UTC）", "算法", "密钥", "鉴别码"])
def test_a_checkpoint_that_lacks_a_line_is_named(original: tuple[Path, Checkpoint], label: str) -> None:
    lines = [line for line in spelled(original[1]).splitlines() if not line.startswith(label)]
    with pytest.raises(UsageError, match=label):
        read("\n".join(lines), "检查点.txt")


def test_a_checkpoint_holds_for_its_register_and_key(path: Path, keyring: Keyring, tmp_path: Path) -> None:
    with Register.open(f"sqlite:///{path}", keyring) as register:
        kept = register.checkpoint(AT)
        register.refuse("x", (), "后来", ACTOR, AT)
        assert register.verify((kept,)) == ()
        for field, value in {"seq": 3, "hash": "00" * 32, "register": "11" * 32, "at": "x", "mac": "zz"}.items():
            (problem,) = register.verify((replace(kept, **{field: value}),))  # type: ignore[arg-type]
            assert "鉴别码不对" in problem
    with Register.open(f"sqlite:///{tmp_path}/other.db", keyring, create=True) as other:
        empty = other.checkpoint(AT)
        assert other.verify((empty,)) == ()
        assert any("被截去" in problem or "不是这个台账的" in problem for problem in other.verify((kept,)))
        other.refuse("x", (), "别的", ACTOR, AT)
        assert any("不是这个台账的" in problem for problem in other.verify((kept,)))


def test_a_history_rewritten_with_the_key_still_differs_from_the_checkpoint(
    path: Path, keyring: Keyring, original: tuple[Path, Checkpoint]
) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    with Register.open(f"sqlite:///{path}", keyring) as register:
        rows = list(register.events())
    previous = rows[-2].hash
    forged = seal(replace(rows[-1], person="别人"), previous, keyring)
    connection.execute(
        "update event set person = ?, hash = ?, mac = ? where seq = ?", ("别人", forged.hash, forged.mac, forged.seq)
    )
    connection.execute("update custody set person = '别人' where seq = ?", (forged.seq,))
    connection.close()
    assert problems(path, keyring) == ()
    assert any("被改写" in problem for problem in problems(path, keyring, original[1]))


# -- backups


@pytest.fixture
def served(postgres: Server, keyring: Keyring) -> Iterator[str]:
    yield postgres.database()


def same(one: Register, other: Register) -> None:
    assert list(one.events()) == list(other.events())
    assert one.fingerprints() == other.fingerprints()
    assert (one.carriers(), one.copies(), one.standing()) == (other.carriers(), other.copies(), other.standing())


def test_a_backup_goes_to_a_server_and_back(path: Path, keyring: Keyring, served: str, tmp_path: Path) -> None:
    count = put_back(path, served)
    with pytest.raises(RefusedError, match="里已有事件"):
        put_back(path, served)
    saved = tmp_path / "saved.db"
    saved.touch(0o600)
    saved.write_bytes(snapshot(served))
    with (
        Register.open(f"sqlite:///{path}", keyring) as file,
        Register.open(served, keyring) as server,
        Register.open(f"sqlite:///{saved}", keyring) as copy,
    ):
        assert (count, server.head()) == (file.head(), file.head())
        same(file, server)
        same(file, copy)
        assert server.verify() == copy.verify() == ()
        assert [copy.serial for copy in server.allocate(DECIDED, 5, ACTOR, AT)] == [1, 2, 3, 4, 8]


def test_an_older_register_is_backed_up_before_it_changes(path: Path, keyring: Keyring) -> None:
    with Register.open(f"sqlite:///{path}", keyring) as register:
        before = list(register.events()), register.carriers(), register.standing(), register.incoming()
        last = register.head()
    age(path, "0003")
    with Register.open(f"sqlite:///{path}", keyring) as register:
        assert register.verify() == ()
        after = list(register.events()), register.carriers(), register.standing(), register.incoming()
    assert after == before
    saved = path.with_name(f"register-v0003-{last}.bak")
    assert saved.stat().st_mode & 0o777 == 0o600
    kept = sqlite3.connect(saved)
    assert kept.execute("select version_num from alembic_version").fetchone() == ("0003",)
    assert kept.execute("select count(*) from event").fetchone() == (last,)
    kept.close()


def test_a_damaged_older_register_is_left_as_it_is(path: Path, keyring: Keyring) -> None:
    age(path, "0003")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("update event set person = '别人' where seq = 3")
    connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    with pytest.raises(RegisterError, match="核验不通过"):
        Register.open(f"sqlite:///{path}", keyring)
    connection = sqlite3.connect(path)
    assert connection.execute("select version_num from alembic_version").fetchone() == ("0003",)
    connection.close()
    assert list(path.parent.glob("*.bak")) == []


def test_an_older_register_on_a_server(
    path: Path, keyring: Keyring, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Today's shape plays the older one: what is tried is the backup, which is of events alone."""
    put_back(path, served)
    engine = sa.create_engine(served)
    with engine.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '0003'"))
    engine.dispose()
    monkeypatch.setattr("markpipe.store.migrations.upgrade.command.upgrade", lambda *_: None)
    with Register.open(served, keyring) as register:
        assert register.verify() == ()
        last = register.head()
    saved = keyring.path.with_name(f"register-v0003-{last}.bak")
    assert saved.stat().st_mode & 0o777 == 0o600
    with Register.open(f"sqlite:///{saved}", keyring) as kept:
        assert kept.head() == last
