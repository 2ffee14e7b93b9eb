"""`markpipe source change`: a notice changed or declassified a registered source; its derivatives are locked by it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import click

from markpipe.classify.terms import end_of
from markpipe.cli.site import Site, as_option, pass_site
from markpipe.errors import UsageError
from markpipe.ledger.procedure import SourceChanged
from markpipe.model.classification import Mark, date_label, parse_mark
from markpipe.model.decision import Source
from markpipe.pipeline.standing import locked
from markpipe.text.dates import parse_date


@click.command("change", help="登记来源的变更、延长或者解密通知；由它派生的事项随即锁定，直到随之办理。")
@click.argument("source_id", metavar="来源编号")
@click.option("--mark", metavar="密级★期限", help="变更后的标志；期限自来源的制发日起算。")
@click.option("--declassified", metavar="日期", help="自这一天起解密。")
@click.option("--scope", metavar="知悉范围", help="变更后的知悉范围。")
@click.option("--by", required=True, metavar="机关", help="发出通知的原定密机关、单位或者其上级。")
@click.option("--document", required=True, metavar="文号", help="通知的文号。")
@click.option("--received", metavar="日期", help="收到通知的日期，默认今天。")
@click.option("--reason", default="", metavar="说明", help="说明。")
@as_option
@pass_site
def change(
    site: Site,
    source_id: str,
    mark: str | None,
    declassified: str | None,
    scope: str | None,
    by: str,
    document: str,
    received: str | None,
    reason: str,
    as_name: str | None,
) -> None:
    if mark is None and declassified is None and scope is None:
        raise UsageError("没有写变更了什么", "写 --mark、--declassified 或 --scope")
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
        if scope is not None:
            changed = replace(changed, access_scope=scope)
        if declassified is not None:
            changed = replace(changed, declassified_on=parse_date(declassified, "--declassified "))
        event = SourceChanged(changed, document, by, day, reason)
        register.take((event,), site.actor(as_name), site.now())
        waiting = locked(register)
    if late := _too_late(source, changed, day):
        site.echo(late, err=True)
    what = f"自{changed.declassified_on}起解密" if changed.declassified_on else changed.mark.text
    follow = f"；须随之办理、现已锁定：{'、'.join(waiting)}" if waiting else ""
    site.answer(f"已登记：来源 {source_id} {what}（{by}，{document}）{follow}")


def _mark(text: str) -> Mark:
    try:
        return parse_mark(text)
    except ValueError as error:
        raise UsageError(f"--mark：{error}") from error


def _too_late(before: Source, after: Source, received: dt.date) -> str:
    """CHG-2: an extension that arrives after the old end (T11)."""
    if before.issued_on is None or before.mark.term is None or after.mark.term is None:
        return ""
    old, new = end_of(before.mark.term, before.issued_on), end_of(after.mark.term, before.issued_on)
    if old.passed(received) and new != old and new.covers(old):
        return (
            f"注意：原期限已于{old.label}届满，{date_label(received)}才收到延长通知，时间上不合规定（CHG-2），"
            "请定密责任人向原定密机关核实；核实之前按新通知保护"
        )
    return ""
