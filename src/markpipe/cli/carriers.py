"""`markpipe carriers`: the 收文登记簿: what other units sent, under the numbers that it bears."""

from __future__ import annotations

from pathlib import Path

import click

from markpipe.cli.custodian import NAME, answer_carriers, check_custodian, on_record, refs_argument
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import UsageError
from markpipe.ledger.custody import CHANNELS, Move
from markpipe.model.carrier import serial_label
from markpipe.model.classification import parse_mark
from markpipe.model.custody import Act, Incoming, Reproduction
from markpipe.pipeline.paperledger import read_paper
from markpipe.report.carriers import SCHEMA, carrier_line, incoming_json, incoming_line
from markpipe.text.dates import parse_date
from markpipe.text.entered import plain_document_number, serial_numbers

_RIGHTS = {right.value: right for right in Reproduction}


@click.group("carriers", help="收文登记簿：外单位发来的国家秘密载体，登记、查询、退还。")
def group() -> None:
    """Nothing of its own."""


@group.command("receive", help="收文登记：照文件上的份号逐份登记，编收文编号，不另编份号。")
@click.option("--issuer", required=True, metavar="单位", type=NAME, help="制发机关。")
@click.option("--number", default="", metavar="文号", help="发文字号。")
@click.option("--title", required=True, metavar="标题", help="标题。")
@click.option("--mark", "mark_text", required=True, metavar="标志", help="文件上的国家秘密标志，如 机密★20年。")
@click.option("--serial", "serials", multiple=True, metavar="份号", help="文件上的份号，可写几次；连号写 117-120。")
@click.option("--count", type=click.IntRange(1), metavar="N", help="收到几份：与份号核对；文件上没有份号的只写份数。")
@click.option("--received", metavar="日期", help="收到的日期，默认今天。")
@click.option("--channel", default=CHANNELS[1], show_default=True, metavar="渠道", help="、".join(CHANNELS) + "。")
@click.option("--reproduction", type=click.Choice(list(_RIGHTS)), required=True, help="制发机关许可的复制权。")
@click.option("--telegram", is_flag=True, help="密电：一律不得复制。")
@click.option("--scope", default="", metavar="范围", help="知悉范围。")
@click.option("--return-by", metavar="日期", help="制发机关要求退还的日期。")
@as_option
@format_option
@pass_site
def receive(
    site: Site,
    issuer: str,
    number: str,
    title: str,
    mark_text: str,
    serials: tuple[str, ...],
    count: int | None,
    received: str | None,
    channel: str,
    reproduction: str,
    telegram: bool,
    scope: str,
    return_by: str | None,
    as_name: str | None,
    fmt: str,
) -> None:
    actor = site.actor(as_name)
    try:
        mark = parse_mark(mark_text)
    except ValueError as error:
        raise UsageError(f"--mark：{error}") from None
    numbers = _numbers(serials, count)
    incoming = Incoming(
        "",
        issuer,
        plain_document_number(number),
        title.strip(),
        mark,
        parse_date(received, "--received ") if received else site.today(),
        channel,
        _RIGHTS[reproduction],
        telegram,
        scope,
        parse_date(return_by, "--return-by ") if return_by else None,
        numbered=bool(serials),
    )
    with site.open_register() as register, on_record(site, register, actor, number):
        check_custodian(site, actor, "收文登记")
        numbered = register.receive_carriers(incoming, numbers, actor, site.now())
        carriers = register.carriers(series=numbered.id)
    if fmt == "json":
        site.answer({"schema": SCHEMA, **incoming_json(numbered, carriers)}, fmt)
    else:
        lines = [incoming_line(numbered), *(f"  {carrier_line(carrier)}" for carrier in carriers)]
        site.answer("\n".join(lines))


def _numbers(serials: tuple[str, ...], count: int | None) -> tuple[str, ...]:
    """The 份号 on the paper, or a count of papers without."""
    try:
        numbers = tuple(serial for told in serials for serial in serial_numbers(told))
    except ValueError as error:
        raise UsageError(f"--serial：{error}", "照文件左上角的份号填写，不另编") from None
    if numbers and count not in (None, len(numbers)):
        raise UsageError(f"写了 {len(numbers)} 个份号，而 --count 是 {count} 份", "逐份清点，核对份号")
    return tuple(serial_label(serial) for serial in numbers or range(1, (count or 0) + 1))


@group.command("list", help="收文登记簿，最近登记的在后。")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, metavar="N", help="列出最近几件。")
@format_option
@pass_site
def list_(site: Site, limit: int, fmt: str) -> None:
    with site.open_register() as register:
        received = [(incoming, register.carriers(series=incoming.id)) for incoming in register.incoming(limit)]
    if fmt == "json":
        listed = [incoming_json(incoming, carriers) for incoming, carriers in received]
        site.answer({"schema": SCHEMA, "incoming": listed}, fmt)
        return
    lines = []
    for incoming, carriers in received:
        lines += [incoming_line(incoming), *(f"  {carrier_line(carrier)}" for carrier in carriers)]
    site.answer("\n".join(lines) or "没有收文")


@group.command("import", help="从原有的收文登记簿（XLSX、CSV）转入：逐行核对，全部正确才登记；已登记的文件跳过。")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="只核对，不登记。")
@as_option
@format_option
@pass_site
def import_(site: Site, file: Path, dry_run: bool, as_name: str | None, fmt: str) -> None:
    actor = site.actor(as_name)
    lines = read_paper(file)
    if dry_run:
        site.answer(f"{file}：{len(lines)} 件，{sum(len(line.serials) for line in lines)} 份，各行都对；没有登记")
        return
    with site.open_register() as register, on_record(site, register, actor, file.name):
        check_custodian(site, actor, "收文登记")
        told = [(line.incoming, line.serials, line.holder) for line in lines]
        entered = register.receive_many(told, site.today(), actor, site.now())
    if fmt == "json":
        listed = [incoming_json(incoming, ()) for incoming in entered]
        site.answer({"schema": SCHEMA, "incoming": listed, "skipped": len(lines) - len(entered)}, fmt)
        return
    known = f"，另有 {len(lines) - len(entered)} 件已登记，跳过" if len(entered) < len(lines) else ""
    site.answer("\n".join([*(incoming_line(incoming) for incoming in entered), f"转入 {len(entered)} 件{known}"]))


@group.command("return", help="退还制发机关。")
@refs_argument
@click.option("--unit", required=True, metavar="单位", type=NAME, help="退还给哪个单位。")
@click.option("--channel", default=CHANNELS[1], show_default=True, metavar="渠道", help="、".join(CHANNELS) + "。")
@click.option("--receipt", default="", metavar="回执", help="对方签收的回执。")
@as_option
@format_option
@pass_site
def return_(
    site: Site, refs: tuple[str, ...], unit: str, channel: str, receipt: str, as_name: str | None, fmt: str
) -> None:
    actor = site.actor(as_name)
    wanted = Move(Act.GIVE_BACK, site.today(), unit=unit, channel=channel, note=receipt)
    with site.open_register() as register, on_record(site, register, actor, refs[0]):
        check_custodian(site, actor, "退还")
        carriers = register.move(wanted, refs, actor, site.now())
    answer_carriers(site, carriers, fmt)
