"""`markpipe dictionary`: check, list, show and try out the dictionaries.  Changes none of them.

A unit's own list may be secret: words are shown only to somebody who asks with `--words`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from markpipe.cli.dictionary_train import train
from markpipe.cli.site import Site, format_option, pass_site
from markpipe.config.dictionaries import load_catalogues
from markpipe.detect.catalogue import Catalogue, CatalogueItem
from markpipe.errors import ExitCode, UsageError
from markpipe.model.finding import Finding

SCHEMA = "markpipe.dictionary/1"
_FILES = click.argument("files", nargs=-1, metavar="[FILE…]", type=click.Path(path_type=Path))


@click.group(help="保密事项范围词典：检查、列出、查看、试用。")
def group() -> None:
    """The group itself does nothing."""


group.add_command(train)


@group.command(
    help="检查词典：写错的地方以 3 退出并指出文件和行，可疑之处以 1 退出。不写 FILE 时检查站点使用的全部词典。"
)
@_FILES
@click.option("--words", is_flag=True, help="列出有关的词（词典本身可能涉密）。")
@click.option("--notes", "noted", is_flag=True, help="另列不算错的情况：被较短的词盖住的长词。不影响退出码。")
@format_option
@pass_site
def lint(site: Site, files: tuple[Path, ...], words: bool, noted: bool, fmt: str) -> int:
    from markpipe.detect.lint import lint as look
    from markpipe.detect.lint import notes

    catalogues = _catalogues(site, files)
    doubts = look(catalogues)
    for note in notes(catalogues) if noted and fmt != "json" else ():
        listed = f"：{'、'.join(note.words)}" if words else f"：{len(note.words)} 个"
        site.echo(f"{note.entry}：{note.message}{listed}")
    if fmt == "json":
        found = [
            {"entry": doubt.entry, "message": doubt.message, "words": list(doubt.words) if words else []}
            for doubt in doubts
        ]
        site.answer({"schema": SCHEMA, "ok": not doubts, "doubts": found, "catalogues": len(catalogues)})
    else:
        for doubt in doubts:
            listed = f"：{'、'.join(doubt.words)}" if words and doubt.words else ""
            site.echo(f"{doubt.entry}：{doubt.message}{listed}")
        items = sum(len(catalogue.items) for catalogue in catalogues)
        site.echo(f"共 {len(catalogues)} 部词典、{items} 个事项，可疑 {len(doubts)} 处")
    return ExitCode.FINDINGS if doubts else ExitCode.OK


@group.command("list", help="列出站点使用的词典。")
@format_option
@pass_site
def list_(site: Site, fmt: str) -> None:
    catalogues = _catalogues(site, ())
    if fmt == "json":
        site.answer({"schema": SCHEMA, "ok": True, "catalogues": [_catalogue(each) for each in catalogues]})
        return
    for each in catalogues:
        site.echo(f"{each.id:<16} {each.kind.value} {each.status.value} {len(each.items):>3} 项  {each.title}")


@group.command(help="查看一部词典或一个事项：ENTRY 是词典编号，或报告里的事项编号。")
@click.argument("entry", metavar="ENTRY")
@click.option("--words", is_flag=True, help="列出匹配用的词（词典本身可能涉密）。")
@format_option
@pass_site
def show(site: Site, entry: str, words: bool, fmt: str) -> None:
    catalogues = _catalogues(site, ())
    items = [item for each in catalogues for item in each.items if entry in (item.id, each.id)]
    if not items:
        raise UsageError(f"没有编号为“{entry}”的词典或事项", "运行 markpipe dictionary list 查看")
    if fmt == "json":
        site.answer({"schema": SCHEMA, "ok": True, "items": [_item(item, words) for item in items]})
        return
    site.echo("\n\n".join(_described(item, words) for item in items))


@group.command(
    help="试用词典。EXAMPLES 是例句文件（每行一个 JSON：entry、yes、no），逐句核对是否如期命中；"
    "--text-from 则读一段文字，列出命中的事项和理由。"
)
@click.argument(
    "examples", nargs=-1, metavar="[EXAMPLES…]", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--text-from", type=click.File(encoding="utf-8"), metavar="FILE|-", help="试读这段文字；- 表示标准输入。")
@click.option(
    "--dictionary", "files", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="只用这些词典。"
)
@format_option
@pass_site
def test(site: Site, examples: tuple[Path, ...], text_from: Any, files: tuple[Path, ...], fmt: str) -> int:
    from markpipe.detect.likeness import lessons
    from markpipe.detect.trial import Trial
    from markpipe.scorers.lazily import scorers

    if not examples and text_from is None:
        raise UsageError("没有可试的内容", "写出例句文件，或用 --text-from 给一段文字")
    catalogues = _catalogues(site, files)
    trial = Trial(catalogues, scorers(site.settings.scorer))
    failures: list[dict[str, str]] = []
    count = 0
    for path in examples:
        for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
            if line.strip():
                found, tried = trial.example(_example(path, number, line))
                failures += [{"file": path.name, "line": str(number), **each} for each in found]
                count += tried
    findings: tuple[Finding, ...] = ()
    if text_from is not None:  # as scan looks at it; with --dictionary by the words of those alone
        looking = trial if files else Trial(catalogues, scorers(site.settings.scorer), lessons())
        findings = looking.find(text_from.read())
    if fmt == "json":
        told = [
            {"entry": each.entry, "level": each.level.label if each.level else None, "confidence": each.confidence,
             "text": each.text, "why": list(each.why)}
            for each in findings
        ]  # fmt: skip
        site.answer({"schema": SCHEMA, "ok": not failures, "failures": failures, "tried": count, "findings": told})
    else:
        for each in findings:
            level = f" {each.level.label}" if each.level else ""
            site.echo(f"{each.entry} {each.kind.value}{level} {each.confidence:.2f} “{each.text}”")
            for why in each.why:
                site.echo(f"    {why}")
        if text_from is not None and not findings:
            site.echo("没有命中")
        for failure in failures:
            site.echo(f"{failure['file']} 第{failure['line']}行：{failure['entry']} {failure['problem']}")
        if examples:
            site.echo(f"例句 {count} 条，不符 {len(failures)} 条")
    return ExitCode.FINDINGS if failures else ExitCode.OK


def _example(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        example = json.loads(line)
    except ValueError:
        example = None
    if not isinstance(example, dict) or not isinstance(example.get("entry"), str):
        raise UsageError(f"{path} 第{number}行不是例句", '每行应是 {"entry": 编号, "yes": [例句…], "no": [例句…]}')
    return example


def _catalogues(site: Site, files: tuple[Path, ...]) -> tuple[Catalogue, ...]:
    if files:
        return load_catalogues(files, only=True)
    return load_catalogues(site.settings.dictionaries)


def _catalogue(each: Catalogue) -> dict[str, Any]:
    return {
        "id": each.id,
        "title": each.title,
        "kind": each.kind.value,
        "status": each.status.value,
        "document": each.document,
        "source": each.source,
        "items": len(each.items),
    }


def _item(item: CatalogueItem, words: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": item.id,
        "kind": item.kind.value,
        "item": item.item,
        "level": item.level.label if item.level else None,
        "level_rule": item.level_rule,
        "term": item.term,
        "audience": item.audience,
        "basis": item.basis,
        "source": item.source,
        "status": item.status.value,
        "note": item.note,
        "patterns": len(item.patterns),
    }
    if words:
        told["words"] = [list(pattern.terms) for pattern in item.patterns]
    return told


def _described(item: CatalogueItem, words: bool) -> str:
    level = item.level.label if item.level else item.level_rule or "不定密级"
    lines = [
        f"{item.id}　{item.item}",
        f"  {item.kind.value}　密级：{level}　期限：{item.term or '未载明'}　状态：{item.status.value}",
        f"  依据：{item.basis}",
        f"  出处：{item.source}",
    ]
    if item.audience:
        lines.append(f"  知悉范围：{item.audience}")
    if item.note:
        lines.append(f"  说明：{item.note}")
    for number, pattern in enumerate(item.patterns, start=1):
        conditions = [f"{group.scope.label}另有{len(group.words)}词之一" for group in pattern.groups]
        conditions += [bound.label for bound in pattern.numbers]
        lines.append(f"  匹配方式{number}：{len(pattern.terms)} 个词；{'；'.join(conditions) or '无其他条件'}")
        if words:
            lines.append(f"    {'、'.join(pattern.terms)}")
    return "\n".join(lines)
