"""`markpipe register`: is the register what was written, and what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from markpipe.cli import register_keep
from markpipe.cli.site import Site, format_option, pass_site
from markpipe.errors import ExitCode, UsageError
from markpipe.forms.yearly import LEVELS, Count
from markpipe.model.classification import date_label
from markpipe.pipeline.yearlines import tables
from markpipe.pipeline.yearly import due_on
from markpipe.store.checkpoint import Checkpoint, read

SCHEMA = "markpipe.register/1"
STATS_SCHEMA = "markpipe.stats/1"


@click.group("register", help="台账：核验、检查点、导出、备份、恢复、统计。")
def group() -> None:
    """Nothing of its own."""


@group.command("verify", help="核验台账：每条事件的杂凑链和鉴别码，各表与事件是否一致；有检查点的，末尾是否被截去。")
@click.option(
    "--checkpoint",
    "files",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="另存的检查点，可写几次。",
)
@format_option
@pass_site
def verify(site: Site, files: tuple[Path, ...], fmt: str) -> ExitCode:
    kept = tuple(_kept(file) for file in files)
    with site.open_register() as register:
        count = register.head()
        problems = register.verify(kept)
    if fmt == "json":
        points = [one.seq for one in kept]
        answer = {"ok": not problems, "events": count, "checkpoints": points, "problems": list(problems)}
        site.answer({"schema": SCHEMA, **answer}, fmt)
    elif problems:
        site.answer("\n".join((f"台账有 {len(problems)} 处问题：", *problems, "请停止使用，用备份恢复后再核验")))
    else:
        site.answer(f"台账完好：{count} 条事件，杂凑链、鉴别码和各表都一致{_tail(kept, count)}")
    return ExitCode.REGISTER if problems else ExitCode.OK


def _tail(kept: tuple[Checkpoint, ...], count: int) -> str:
    """What can be said of the end."""
    if not kept:
        return "（末尾是否被截去，须与另存的检查点或备份比对：--checkpoint FILE）"
    last = max(one.seq for one in kept)
    after = f"；其后的 {count - last} 条若有截去，须与更新的检查点比对" if count > last else ""
    return f"，到第{last}条与检查点相符{after}"


def _kept(file: Path) -> Checkpoint:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"检查点 {file} 读不出来", "核对路径；照打印件录入的请存为 UTF-8 文本") from None
    return read(text, str(file))


for _command in (register_keep.checkpoint, register_keep.export, register_keep.backup, register_keep.restore):
    group.add_command(_command)


@group.command("stats", help="台账里各类事项的件数、份数；写 --year 的，为该年度的三张统计表和报送期限。")
@click.option("--year", type=click.IntRange(2000, 2999), metavar="年份", help="统计哪一年（以件计）。")
@format_option
@pass_site
def stats(site: Site, year: int | None, fmt: str) -> None:
    if year is not None:
        _yearly(site, year, fmt)
        return
    with site.open_register() as register:
        matters = register.matters()
        counted: dict[str, Any] = {
            "events": register.head(),
            "sources": len(register.sources()),
            "matters": dict(Counter(matter.decision.value for matter in matters)),
            "levels": dict(
                Counter(matter.determination.mark.level.label for matter in matters if matter.determination is not None)
            ),
            "copies": dict(register.standing()),
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


def _yearly(site: Site, year: int, fmt: str) -> None:
    """The three yearly tables, and the day on which they are due."""
    due = due_on(year, site.settings.procedure.annual_due)
    with site.open_register() as register:
        found = tables(register, site.settings, year)
    if fmt == "json":
        counted = {table.value: [_count(one) for one in lines] for table, lines in found.items()}
        site.answer({"schema": STATS_SCHEMA, "year": year, "due": due.isoformat(), "tables": counted}, fmt)
        return
    answer = [f"{year} 年度统计，报送期限 {date_label(due)}"]
    for table, lines in found.items():
        answer += ["", table.value, *_listed(lines)]
    answer += ["", "表格用 determination form 涉密情况统计表（产生情况统计表、变更解密统计表）--year 年份 写出"]
    site.answer("\n".join(answer))


def _count(one: Count) -> dict[str, int | str]:
    by_level = {level.label: one.by_level.get(level, 0) for level in LEVELS}
    return {"part": one.part, "what": one.what, "unit": one.unit, "total": one.total, **by_level}


def _listed(lines: Sequence[Count]) -> Iterator[str]:
    part = ""
    for one in lines:
        if one.part != part:
            part = one.part
            yield part
        yield f"  {one.what}：{_by_level(one)}"


def _by_level(one: Count) -> str:
    levels = "，".join(f"{level.label} {one.by_level[level]}" for level in LEVELS if one.by_level.get(level))
    return f"{one.total} {one.unit}" + (f"（{levels}）" if levels else "")


def _spelled(counted: dict[str, int], unit: str) -> str:
    return "，".join(f"{name} {count} {unit}" for name, count in sorted(counted.items())) or "无"
