"""`markpipe source change`: a notice changed or declassified a registered source; its derivatives are locked by it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import click

from markpipe.classify.due import ended_before
from markpipe.cli.acting import said_by
from markpipe.cli.site import Site, as_option, pass_site
from markpipe.errors import UsageError
from markpipe.ledger.procedure import ExtensionSettled, SourceChanged
from markpipe.model.classification import Mark, Term, date_label, parse_mark, parse_term
from markpipe.pipeline.standing import locked
from markpipe.text.dates import parse_date


@click.command("change", help="登记来源的变更、延长或者解密通知；由它派生的事项随即锁定，直到随之办理。")
@click.argument("source_id", metavar="来源编号")
@click.option("--mark", metavar="密级★期限", help="变更后的标志；期限自来源的制发日起算。")
@click.option("--term", metavar="期限", help="书面通知的期限：来源没有标期限的，按通知计。")
@click.option("--declassified", metavar="日期", help="自这一天起解密。")
@click.option("--scope", metavar="知悉范围", help="变更后的知悉范围。")
@said_by("发出通知的原定密机关、单位或者其上级。", "通知的文号。")
@click.option("--received", metavar="日期", help="收到通知的日期，默认今天。")
@click.option("--reason", default="", metavar="说明", help="说明。")
@as_option
@pass_site
def change(
    site: Site,
    source_id: str,
    mark: str | None,
    term: str | None,
    declassified: str | None,
    scope: str | None,
    by: str,
    document: str,
    received: str | None,
    reason: str,
    as_name: str | None,
) -> None:
    if mark is None and declassified is None and scope is None and term is None:
        raise UsageError("没有写变更了什么", "写 --mark、--term、--declassified 或 --scope")
    if not by.strip() or not document.strip():
        raise UsageError("没有写通知的机关或者文号", "口头告知不能作为变更、解密的依据，写明 --by 和 --document")
    day = parse_date(received, "--received ") if received else site.today()
    with site.open_register() as register:
        source = next((one for one in register.sources() if one.id == source_id), None)
        if source is None:
            raise UsageError(f"来源“{source_id}”没有登记", "用 markpipe source list 查看编号")
        changed = source
        if mark is not None:
            changed = replace(changed, mark=_mark(mark), notice=None)
        if term is not None:
            changed = replace(changed, notice=_term(term), notified_on=day)
        if scope is not None:
            changed = replace(changed, access_scope=scope)
        if declassified is not None:
            changed = replace(changed, declassified_on=parse_date(declassified, "--declassified "))
        ended = ended_before(source, changed, day, site.settings.procedure.set_aside)
        event = SourceChanged(changed, document, by, day, reason, ended)
        register.take((event,), site.actor(as_name), site.now())
        waiting = locked(register)
    if late := _late(ended, day):
        site.echo(late, err=True)
    what = f"自{changed.declassified_on}起解密" if changed.declassified_on else changed.mark.text
    follow = f"；须随之办理、现已锁定：{'、'.join(waiting)}" if waiting else ""
    site.answer(f"已登记：来源 {source_id} {what}（{by}，{document}）{follow}")


def _mark(text: str) -> Mark:
    try:
        return parse_mark(text)
    except ValueError as error:
        raise UsageError(f"--mark：{error}") from error


def _term(text: str) -> Term:
    try:
        return parse_term(text)
    except ValueError as error:
        raise UsageError(f"--term：{error}") from error


def _late(ended: dt.date | None, received: dt.date) -> str:
    """CHG-2: an extension that arrives after the old end (T11)."""
    if ended is None:
        return ""
    return (
        f"注意：原期限已于{date_label(ended)}届满，{date_label(received)}才收到延长通知，时间上不合规定（CHG-2），"
        "请定密责任人向原定密机关核实，用 source settle 登记；核实之前按新通知保护，determination due 会一直列出"
    )


@click.command("settle", help="登记逾期收到的延长通知经原定密机关核实的结果。")
@click.argument("source_id", metavar="来源编号")
@said_by("答复的原定密机关、单位或者其上级。", "答复的文号。")
@click.option("--result", required=True, metavar="结果", help="核实的结果，如 延长有效。")
@as_option
@pass_site
def settle(site: Site, source_id: str, by: str, document: str, result: str, as_name: str | None) -> None:
    with site.open_register() as register:
        event = ExtensionSettled(source_id, by, document, site.today(), result)
        register.take((event,), site.actor(as_name), site.now())
    site.answer(f"已登记：来源 {source_id} 逾期的延长通知已核实，{result}（{by}，{document}）")
