"""`markpipe source`: registering classified sources, so that drafts which quote them are recognised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from markpipe.cli.looking import make_worker
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.cli.source_change import change, settle
from markpipe.errors import UsageError
from markpipe.model.classification import Mark, date_label, parse_mark
from markpipe.model.decision import Source
from markpipe.pipeline.sources import SourceRecord, register_source
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.text.dates import parse_date
from markpipe.text.printable import one_line

SCHEMA = "markpipe.sources/1"


@click.group("source", help="已定密事项（来源）：登记、查询、注销。登记的是带密钥的指纹，不保存原文。")
def group() -> None:
    """Nothing of its own."""


@group.command("add", help="登记一份已定密文件 FILE。")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--mark", required=True, metavar="密级★期限", help="来源上的标志，如 机密★20年；没有标期限的只写密级。")
@click.option("--issued", metavar="日期", help="来源的制发日，保密期限自这一天起算。")
@click.option("--title", default="", metavar="标题", help="来源的标题，默认取文件首行。")
@click.option("--number", default="", metavar="文号", help="来源的发文字号。")
@click.option("--scope", default="", metavar="知悉范围", help="来源的知悉范围。")
@click.option("--point", "points", multiple=True, metavar="密级[★期限]", help="来源标明的密点，可写多次。")
@click.option("--determination", "own", default="", metavar="编号", help="来源是本单位定密的文件时，写定密编号。")
@click.option("--derived-from", "parents", multiple=True, metavar="来源编号", help="来源自己派生自哪份来源，可写多次。")
@as_option
@format_option
@pass_site
def add(
    site: Site,
    file: Path,
    mark: str,
    issued: str | None,
    title: str,
    number: str,
    scope: str,
    points: tuple[str, ...],
    own: str,
    parents: tuple[str, ...],
    as_name: str | None,
    fmt: str,
) -> None:
    record = SourceRecord(
        file,
        title,
        number,
        _mark(mark, "--mark"),
        parse_date(issued, "--issued ") if issued else None,
        scope,
        tuple(_mark(point, "--point") for point in points),
        tuple(parents),
        own,
    )
    if not file.exists():
        raise UsageError(f"来源文件 {file} 不存在", "请核对路径")
    actor = site.actor(as_name)
    with site.open_register() as register, work_folder(default_root()) as work, make_worker(site, work) as worker:
        limits = site.settings.limits
        source = register_source(register, record, worker, limits, site.keyring(), actor, site.now())
    lines = [f"已登记来源 {source.id}：{_line(source)}"]
    if source.issued_on is None:
        lines.append("提示：没有写明制发日（--issued），派生件的解密时间无法推算，届时须人工确定")
    site.answer(_json([source]) if fmt == "json" else "\n".join(lines), fmt)


@group.command("list", help="列出登记的来源。")
@format_option
@pass_site
def list_(site: Site, fmt: str) -> None:
    with site.open_register() as register:
        sources = register.sources()
    if fmt == "json":
        site.answer(_json(sources), fmt)
    else:
        site.answer("\n".join(f"{source.id}  {_line(source)}" for source in sources) or "没有登记来源")


@group.command("show", help="查看一份来源。")
@click.argument("source_id", metavar="来源编号")
@format_option
@pass_site
def show(site: Site, source_id: str, fmt: str) -> None:
    with site.open_register() as register:
        source = next((source for source in register.sources() if source.id == source_id), None)
    if source is None:
        raise UsageError(f"来源“{source_id}”没有登记", "用 markpipe source list 查看编号")
    if fmt == "json":
        site.answer(_json([source]), fmt)
        return
    points = "、".join(point.mark.text for point in source.points) or "未标"
    site.answer(
        f"{source.id}  {_line(source)}\n密点：{points}\n知悉范围：{one_line(source.access_scope) or '未写明'}\n"
        f"内容校验值：SHA-256 {source.digest}"
    )


@group.command("remove", help="注销一份来源；以前的记录不删。")
@click.argument("source_id", metavar="来源编号")
@click.option("--reason", required=True, metavar="理由", help="为什么注销。")
@as_option
@pass_site
def remove(site: Site, source_id: str, reason: str, as_name: str | None) -> None:
    actor = site.actor(as_name)
    with site.open_register() as register:
        register.remove_source(source_id, reason, actor, site.now())
    site.answer(f"已注销来源 {source_id}")


@group.command("no-notice", help="登记“经核实，没有书面通知期限，也没有延长”，用于没有标期限、法定期限已过的来源。")
@click.argument("source_id", metavar="来源编号")
@click.option("--reason", required=True, metavar="说明", help="怎样核实的。")
@as_option
@pass_site
def no_notice(site: Site, source_id: str, reason: str, as_name: str | None) -> None:
    actor = site.actor(as_name)
    with site.open_register() as register:
        register.record_no_notice(source_id, site.today(), reason, actor, site.now())
    site.answer(f"已登记：来源 {source_id} 经核实没有书面通知，也没有延长")


group.add_command(change)
group.add_command(settle)


def _mark(text: str, option: str) -> Mark:
    try:
        return parse_mark(text)
    except ValueError as error:
        raise UsageError(f"{option}：{error}") from error


def _line(source: Source) -> str:
    issued = f"制发日 {date_label(source.issued_on)}" if source.issued_on else "制发日未写明"
    return one_line(f"《{source.title}》{source.document_number}  {source.mark.text}  {issued}")


def _json(sources: tuple[Source, ...] | list[Source]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "sources": [
            {
                "id": source.id,
                "title": source.title,
                "document_number": source.document_number,
                "mark": source.mark.text,
                "level": source.mark.level.label,
                "issued_on": source.issued_on.isoformat() if source.issued_on else None,
                "access_scope": source.access_scope,
                "points": [point.mark.text for point in source.points],
                "no_notice_on": source.no_notice_on.isoformat() if source.no_notice_on else None,
                "sha256": source.digest,
            }
            for source in sources
        ],
    }
