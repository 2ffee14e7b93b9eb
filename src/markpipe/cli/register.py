"""`markpipe register`: is the register what was written, and copies of it for keeping elsewhere."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from markpipe.cli.site import Site, format_option, pass_site
from markpipe.errors import ExitCode
from markpipe.keys.keyring import Keyring
from markpipe.ledger.codec import Json, canonical, read_object
from markpipe.ledger.events import StoredEvent
from markpipe.pipeline.writer import write
from markpipe.store.backup import snapshot
from markpipe.store.register import Register

SCHEMA = "markpipe.register/1"
EXPORT_SCHEMA = "markpipe.register-export/1"


@click.group("register", help="台账：核验、导出、备份、统计。")
def group() -> None:
    """Nothing of its own."""


@group.command("verify", help="核验台账：每条事件的杂凑链和鉴别码，各表与事件是否一致。")
@format_option
@pass_site
def verify(site: Site, fmt: str) -> ExitCode:
    with site.open_register() as register:
        count = sum(1 for _ in register.events())
        problems = register.verify()
    if fmt == "json":
        site.answer({"schema": SCHEMA, "ok": not problems, "events": count, "problems": list(problems)}, fmt)
    elif problems:
        site.answer("\n".join((f"台账有 {len(problems)} 处问题：", *problems, "请停止使用，用备份恢复后再核验")))
    else:
        site.answer(f"台账完好：{count} 条事件，杂凑链、鉴别码和各表都一致（末尾是否被截去，须与另存的备份比对）")
    return ExitCode.REGISTER if problems else ExitCode.OK


@group.command("export", help="把全部事件按顺序导出为 JSON 行，一行一条，供审计和长期保存。")
@click.option("-o", "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="写出的文件。")
@pass_site
def export(site: Site, out: Path) -> None:
    with site.open_register() as register:
        sha256 = write(out, b"".join(_lines(register.events())), replace=False)
    site.answer(f"已导出 {out}（SHA-256 {sha256}）；内含文件名称和文号，按台账的密级管理")


@group.command("backup", help="备份台账为一个文件，并核验备份；密钥文件请另行备份，不与台账放在一起。")
@click.option("-o", "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="写出的文件。")
@pass_site
def backup(site: Site, out: Path) -> None:
    keyring = site.keyring()

    def sound(path: Path) -> tuple[str, ...]:
        return _problems(path, keyring)

    with site.open_register():
        sha256 = write(out, lambda: snapshot(site.settings.register_url), sound)
    site.answer(f"已备份并核验 {out}（SHA-256 {sha256}）")


@group.command("stats", help="台账里各类事项的件数、份数。")
@format_option
@pass_site
def stats(site: Site, fmt: str) -> None:
    with site.open_register() as register:
        matters, copies = register.matters(), register.copies()
        counted: dict[str, Any] = {
            "events": sum(1 for _ in register.events()),
            "sources": len(register.sources()),
            "matters": dict(Counter(matter.decision.value for matter in matters)),
            "levels": dict(
                Counter(matter.determination.mark.level.label for matter in matters if matter.determination is not None)
            ),
            "copies": dict(Counter(copy.state.value for copy in copies)),
            "refused": len(register.refusals()),
        }
    if fmt == "json":
        site.answer({"schema": SCHEMA, **counted}, fmt)
        return
    lines = [
        f"事件 {counted['events']} 条，来源 {counted['sources']} 件，被拒绝的办理 {counted['refused']} 次",
        "定密事项：" + _spelled(counted["matters"], "件"),
        "已定密：" + _spelled(counted["levels"], "件"),
        "份：" + _spelled(counted["copies"], "份"),
    ]
    site.answer("\n".join(lines))


def _spelled(counted: dict[str, int], unit: str) -> str:
    return "，".join(f"{name} {count} {unit}" for name, count in sorted(counted.items())) or "无"


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


def _problems(path: Path, keyring: Keyring) -> tuple[str, ...]:
    """What a copy of the backup says when it is opened as a register; opening changes the file, so not the backup."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".markpipe-verify-") as folder:
        trial = Path(folder, "register.db")
        trial.touch(0o600)
        trial.write_bytes(path.read_bytes())
        with Register.open(f"sqlite:///{trial.absolute()}", keyring) as copy:
            return copy.verify()
