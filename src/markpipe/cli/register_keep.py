"""`markpipe register`: copies of the register for keeping elsewhere, and putting one back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from markpipe.cli.offices import AUDIT, SYSTEM, check_office
from markpipe.cli.site import Site, as_option, pass_site
from markpipe.errors import OutputError, RefusedError, RegisterError, UsageError
from markpipe.keys.keyring import Keyring
from markpipe.ledger.codec import Json, canonical, read_object
from markpipe.ledger.events import StoredEvent
from markpipe.pipeline.writer import write
from markpipe.store.backup import put_back, snapshot
from markpipe.store.checkpoint import spelled
from markpipe.store.register import Register

EXPORT_SCHEMA = "markpipe.register-export/1"


@click.command("export", help="把全部事件按顺序导出为 JSON 行，一行一条，供审计和长期保存。")
@click.option("-o", "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="写出的文件。")
@as_option
@pass_site
def export(site: Site, out: Path, as_name: str | None) -> None:
    check_office(site, as_name, AUDIT, "导出台账")
    with site.open_register() as register:
        sha256 = write(out, b"".join(_lines(register.events())), replace=False)
    site.answer(f"已导出 {out}（SHA-256 {sha256}）；内含文件名称和文号，按台账的密级管理")


@click.command(
    "checkpoint", help="检查点：写出此刻台账末条的序号和杂凑值（带鉴别码），打印或另存他处，供日后核验末尾。"
)
@click.option("-o", "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="写出的文件。")
@as_option
@pass_site
def checkpoint(site: Site, out: Path, as_name: str | None) -> None:
    check_office(site, as_name, AUDIT, "取检查点")
    with site.open_register() as register:
        text = spelled(register.checkpoint(site.now()))
    write(out, text.encode())
    site.answer(f"{text}已写出 {out}；请打印或存到别的介质，与台账分开保管")


@click.command("backup", help="备份台账为一个文件，并核验备份；密钥文件请另行备份，不与台账放在一起。")
@click.option("-o", "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="写出的文件。")
@as_option
@pass_site
def backup(site: Site, out: Path, as_name: str | None) -> None:
    check_office(site, as_name, SYSTEM, "备份台账")
    keyring = site.keyring()

    def sound(path: Path) -> tuple[str, ...]:
        return _trial(path, keyring)[1]

    with site.open_register():
        sha256 = write(out, lambda: snapshot(site.settings.register_url), sound)
    site.answer(f"已备份并核验 {out}（SHA-256 {sha256}）")


@click.command("restore", help="用备份恢复台账：先核验备份；原有的台账须用 --replace 移到一旁，不会删除。")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="原有的台账改名保留，换上备份。")
@as_option
@pass_site
def restore(site: Site, file: Path, replace: bool, as_name: str | None) -> None:
    check_office(site, as_name, SYSTEM, "恢复台账", record=False)
    if not file.is_file():
        raise UsageError(f"没有备份文件 {file}", "给出 register backup 写出的文件")
    count, problems = _trial(file, site.keyring())
    if problems:
        raise RegisterError(f"备份 {file} 核验不通过：{problems[0]}", "没有恢复；换一份备份")
    path = site.settings.register_path
    if path is None:
        count = put_back(file, site.settings.register_url)
    else:
        _into_place(site, file, path, replace=replace)
    site.answer(f"已恢复 {count} 条事件；备份以后办的事不在其中，请对照纸质记录补办，再运行 register verify")


def _into_place(site: Site, file: Path, path: Path, *, replace: bool) -> None:
    if path.exists():
        if not replace:
            raise RefusedError(f"台账 {path} 还在，没有恢复", "确要换上备份的加 --replace：原有的改名保留，不会删除")
        if file.exists() and path.samefile(file):
            raise UsageError(f"{file} 就是现用的台账", "给出另存的备份")
        aside = f".{site.now():%Y%m%dT%H%M%SZ}.replaced"
        try:
            for suffix in ("-wal", "-shm", ""):  # the register itself last: a half-moved one is not there
                old = path.with_name(path.name + suffix)
                if old.exists():
                    old.rename(old.with_name(path.name + aside + suffix))
        except OSError as error:
            raise OutputError(f"台账 {path} 移不开（{error.strerror}）", "检查文件夹的权限") from None
        site.echo(f"原有的台账改名为 {path.name}{aside}", err=True)
    write(path, file.read_bytes())


def _trial(path: Path, keyring: Keyring) -> tuple[int, tuple[str, ...]]:
    """Events and problems of a copy of the backup, opened as a register: opening changes the file, so not the backup."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".markpipe-verify-") as folder:
        trial = Path(folder, "register.db")
        trial.touch(0o600)
        trial.write_bytes(path.read_bytes())
        with Register.open(f"sqlite:///{trial.absolute()}", keyring) as copy:
            return copy.head(), copy.verify()


def _lines(events: Iterator[StoredEvent]) -> Iterator[bytes]:
    yield canonical({"schema": EXPORT_SCHEMA}) + b"\n"
    for event in events:
        row: dict[str, Json] = {
            "seq": event.seq,
            "id": event.id,
            "type": event.type,
            "version": event.version,
            "at": event.at,
            "account": event.account,
            "person": event.person,
            "demo": event.demo,
            "key": event.key,
            "payload": read_object(event.payload),
            "previous": event.previous,
            "hash": event.hash,
            "mac": event.mac,
            "algorithm": event.algorithm,
            "key_id": event.key_id,
        }
        yield canonical(row) + b"\n"
