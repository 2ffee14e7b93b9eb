"""Opening the register's database: where it may lie, who may read it, which schema it has, and its transactions.

SQLite runs with WAL and synchronous=FULL: a number that reached paper must survive a power cut.  A writer takes the
whole register (BEGIN IMMEDIATE; an advisory lock on PostgreSQL), for each event names the hash of the one before.
Every error of the database becomes a `MarkpipeError`.  Knows nothing of events.
"""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from markpipe.errors import ConfigurationError, MarkpipeError, OutputError, RegisterError
from markpipe.ledger.codec import CodecError
from markpipe.ledger.fold import FoldError
from markpipe.store.mounts import NETWORK, filesystem_of, read_mount_table
from markpipe.store.schema import SCHEMA_VERSION, alembic_version, metadata

BUSY_MILLISECONDS = 60_000
_POSTGRES_LOCK = 0x6D61726B  # any constant that all writers share
_PRAGMAS = (
    f"busy_timeout={BUSY_MILLISECONDS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "temp_store=MEMORY",
    "secure_delete=ON",
    "trusted_schema=OFF",
)

BeforeUpgrade = Callable[["Database", str], None]


class Database:
    """An open database of today's schema."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self.engine = engine
        self.name = name

    @property
    def is_file(self) -> bool:
        """Whether it is an SQLite file, whose path is `name`."""
        return self.engine.dialect.name == "sqlite"

    @classmethod
    def open(
        cls,
        address: str,
        *,
        create: bool = False,
        mounts: str | None = None,
        before_upgrade: BeforeUpgrade | None = None,
    ) -> Database:
        """Open by URL; `RegisterError` where it is missing, damaged, too new, open to others or on a network.

        One of an older shape is brought to today's after `before_upgrade`, which gets the database and its version;
        without it such a register is refused.
        """
        url = _parsed(address)
        if url.get_backend_name() == "sqlite":
            path = _sqlite_path(url)
            _check_place(path, read_mount_table() if mounts is None else mounts)
            if create and not path.exists():
                _build(path)
            _check_file(path)
            database = cls(_sqlite_engine(path), str(path))
        else:
            database = cls(sa.create_engine(url), url.render_as_string(hide_password=True))
            if create:
                database._create_tables()
        try:
            database._check_schema(before_upgrade)
        except MarkpipeError:
            database.close()
            raise
        return database

    def close(self) -> None:
        """Give back the connections."""
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One consistent view, without holding up writers."""
        with self._translated(), self.engine.connect() as connection:
            yield connection

    def copy_to(self, target: Path) -> None:
        """Write the whole SQLite database to a new file, as of one moment."""
        with self._translated(), self.engine.connect() as connection:
            try:
                # straight to the driver: VACUUM does not run in a transaction, and SQLAlchemy always begins one
                connection.connection.cursor().execute("VACUUM INTO ?", (str(target),))
            except sqlite3.Error as error:
                raise _named(self.name, error) from error

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction that alone may write: all of it happens, or nothing."""
        with (
            self._translated(),
            self.engine.connect().execution_options(markpipe_write=True) as connection,
            connection.begin(),
        ):
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_POSTGRES_LOCK)))
            yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            raise _named(self.name, error.orig) from error
        except exc.SQLAlchemyError as error:
            raise RegisterError(
                f"台账 {self.name} 出错（{type(error).__name__}）", "请运行 register verify 核验"
            ) from error
        except (CodecError, FoldError) as error:
            raise RegisterError(
                f"台账 {self.name} 里有读不出来的内容（{error}）", "请运行 register verify 核验"
            ) from error

    def _create_tables(self) -> None:
        with self.write() as connection:
            if not sa.inspect(connection).has_table(alembic_version.name):
                create_tables(connection)

    def fold_log(self) -> None:
        """Bring the write-ahead log into the file itself, so that the file alone is the whole."""
        with self._translated(), self.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _check_schema(self, before_upgrade: BeforeUpgrade | None) -> None:
        """Compare versions; alembic is loaded only where they differ."""
        with self.read() as connection:
            if not sa.inspect(connection).has_table(alembic_version.name):
                raise RegisterError(
                    f"{self.name} 不是 markpipe 的台账", "新站点先运行 markpipe init；否则检查配置里的台账地址"
                )
            version = connection.execute(sa.select(alembic_version.c.version_num)).scalar_one_or_none()
        if version == SCHEMA_VERSION:
            return
        if version is None or not version.isdecimal():
            raise RegisterError(f"台账 {self.name} 的结构版本读不出来", "请用备份恢复")
        if int(version) > int(SCHEMA_VERSION):
            raise RegisterError(
                f"台账 {self.name} 由更新版本的 markpipe 建立（结构 {version}，本程序 {SCHEMA_VERSION}）",
                "请升级 markpipe；旧程序不改写新台账",
            )
        if before_upgrade is None:
            raise RegisterError(f"{self.name} 是旧结构（{version}）的台账", "先在站点上打开一次，备份、升级后再用")
        before_upgrade(self, version)
        from markpipe.store.migrations.upgrade import upgrade

        with self.write() as connection:
            upgrade(connection)


def create_tables(connection: sa.Connection) -> None:
    """Today's tables in an empty database, marked with their version."""
    metadata.create_all(connection)
    connection.execute(alembic_version.insert().values(version_num=SCHEMA_VERSION))


def _parsed(address: str) -> sa.URL:
    try:
        url = sa.make_url(address)
    except exc.ArgumentError:
        raise ConfigurationError(f"台账地址“{address}”写法不对", "例如 sqlite:///register.db") from None
    match url.get_backend_name():
        case "sqlite":
            return url
        case "postgresql":
            if importlib.util.find_spec("psycopg") is None:
                raise ConfigurationError(
                    f"台账地址 {url.render_as_string(hide_password=True)} 需要 psycopg，而本机没有安装",
                    "安装 psycopg，或改用 sqlite:/// 地址",
                )
            return url
        case other:
            raise ConfigurationError(f"台账不支持数据库“{other}”", "请用 sqlite:/// 或 postgresql+psycopg:// 地址")


def _sqlite_path(url: sa.URL) -> Path:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise ConfigurationError("台账须是磁盘上的文件", "例如 sqlite:///register.db")
    return Path(url.database).resolve()


def _check_place(path: Path, mounts: str) -> None:
    kind = filesystem_of(path, mounts)
    if kind in NETWORK:
        raise RegisterError(
            f"台账 {path} 在网络文件系统（{kind}）上，SQLite 在此会损坏或重号",
            "请放到本机磁盘；几台机器合用台账请改用 PostgreSQL",
        )


def _check_file(path: Path) -> None:
    try:
        facts = path.stat()
    except FileNotFoundError:
        raise RegisterError(
            f"找不到台账 {path}", "新站点先运行 markpipe init；台账遗失时从备份恢复，不要另建"
        ) from None
    except OSError as error:
        raise RegisterError(f"台账 {path} 打不开（{error.strerror}）", "检查路径和权限") from None
    if not stat.S_ISREG(facts.st_mode):
        raise RegisterError(f"台账 {path} 不是普通文件", "请检查配置里的台账地址")
    if stat.S_IMODE(facts.st_mode) & 0o077:
        raise RegisterError(f"台账 {path} 其他用户也能读写", f"请运行 chmod 600 {path}")


def _build(path: Path) -> None:
    """Make the whole database under another name first: no half-made register ever stands under its own."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise RegisterError(f"台账文件夹 {path.parent} 建不起来（{error.strerror}）", "检查路径和权限") from None
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        engine = sa.create_engine(sa.URL.create("sqlite", database=str(temporary)))
        try:
            with engine.begin() as connection:
                create_tables(connection)
        finally:
            engine.dispose()
        try:
            os.link(temporary, path)
        except FileExistsError:
            return  # another process made it meanwhile; ours is dropped below
    except OSError as error:
        raise RegisterError(f"台账 {path} 建不起来（{error.strerror}）", "检查目录权限和磁盘空间") from None
    except exc.SQLAlchemyError as error:
        raise RegisterError(f"台账 {path} 建不起来（{type(error).__name__}）", "检查目录权限和磁盘空间") from None
    finally:
        temporary.unlink(missing_ok=True)


def _sqlite_engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_MILLISECONDS / 1000}
    )

    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say ourselves when a transaction begins, see `begin`
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("markpipe_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    sa.event.listen(engine, "connect", prepare)
    sa.event.listen(engine, "begin", begin)
    return engine


def _named(name: str, error: BaseException | None) -> MarkpipeError:
    """The exception that says what the driver's error means for an office; its own words are not shown."""
    code = getattr(error, "sqlite_errorcode", None)
    match code and code & 0xFF:  # the low byte is the primary code
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return RegisterError(f"台账 {name} 正被其他程序占用", "稍后再试；已完成的部分不会重复办理")
        case sqlite3.SQLITE_FULL:
            return OutputError(f"台账 {name} 所在磁盘空间不足", "腾出空间后重新运行；已完成的部分不会重复办理")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return RegisterError(f"台账 {name} 或其所在文件夹不可写", "检查权限，台账旁的 -wal、-shm 文件也要能写")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return RegisterError(f"台账 {name} 已损坏，或不是台账文件", "请停止使用，用备份恢复后运行 register verify")
        case _:
            return RegisterError(f"台账 {name} 出错（{type(error).__name__}）", "请运行 register verify 核验")
