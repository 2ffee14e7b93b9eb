"""`markpipe dictionary train`: a model that orders findings, from those that people accepted and returned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from markpipe.cli.site import Site, format_option, pass_site
from markpipe.errors import OutputError, UsageError

SCHEMA = "markpipe.dictionary/1"
LEAST = 10


@click.command(
    help="由采纳和退回的提示学出一个排序模型（spaCy，不联网）。FINDINGS 每行一个 JSON："
    "text（提示所在的一句话）、accepted（true 采纳，false 退回）。模型只调整提示的先后，不隐去任何提示；"
    "它记得学过的话，要和那些文件一样保管。"
)
@click.argument(
    "findings",
    nargs=-1,
    required=True,
    metavar="FINDINGS…",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), metavar="FOLDER", help="模型写到这里。")
@format_option
@pass_site
def train(site: Site, findings: tuple[Path, ...], output: Path, fmt: str) -> None:
    passages = [passage for path in findings for passage in _read(path)]
    accepted = sum(1 for _, taken in passages if taken)
    if min(accepted, len(passages) - accepted) < LEAST:
        raise UsageError(
            f"采纳 {accepted} 条、退回 {len(passages) - accepted} 条，太少",
            f"采纳和退回的都要至少 {LEAST} 条，才学得出先后",
        )
    if output.exists():
        raise UsageError(f"{output} 已经存在", "请换一个文件夹，或先移走旧的模型")
    from markpipe.scorers.ranking import train as learn

    _write(learn(passages), output)
    if fmt == "json":
        site.answer({"schema": SCHEMA, "ok": True, "accepted": accepted, "returned": len(passages) - accepted})
        return
    site.echo(f"已由采纳 {accepted} 条、退回 {len(passages) - accepted} 条学成，写到 {output}")
    site.echo(f'在 markpipe.toml 的 [dictionaries] 里写 scorer = "{output}" 即启用')


def _read(path: Path) -> list[tuple[str, bool]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} 无法读取", "应是 UTF-8 编码的文字，每行一个 JSON") from error
    return [_passage(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _passage(path: Path, number: int, line: str) -> tuple[str, bool]:
    try:
        data: Any = json.loads(line)
    except ValueError:
        data = None
    if isinstance(data, dict) and isinstance(data.get("text"), str) and isinstance(data.get("accepted"), bool):
        return data["text"], data["accepted"]
    raise UsageError(f"{path} 第{number}行不对", '每行应是 {"text": "一句话", "accepted": true 或 false}')


def _write(model: Any, output: Path) -> None:
    """The whole model or none: written beside, readable by its owner alone, then moved there."""
    beside = output.with_name(f".{output.name}.new")
    try:
        beside.mkdir(mode=0o700, parents=True)
        model.to_disk(beside)
        for file in beside.rglob("*"):
            file.chmod(0o700 if file.is_dir() else 0o600)
        beside.rename(output)
    except OSError as error:
        raise OutputError(f"模型无法写到 {output}（{error.strerror}）", "核对路径和权限") from error
