"""`markpipe copies`: who has a carrier now: 分发、签收、传阅、借出、携带、归还、归档、复制."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import click

from markpipe.cli.custodian import (
    NAME,
    REF,
    answer_carriers,
    approval_options,
    check_custodian,
    on_record,
    refs_argument,
)
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import UsageError
from markpipe.ledger.custody import CHANNELS, Move, Reproduce
from markpipe.model.classification import date_label
from markpipe.model.custody import Act
from markpipe.pipeline.handing import moves_of, not_locked
from markpipe.pipeline.lists import read_recipients


def _do(site: Site, refs: tuple[str, ...], wanted: Move, as_name: str | None, fmt: str) -> None:
    """Carry out a move, which the 保密员 does."""
    actor = site.actor(as_name)
    wanted = replace(wanted, longest=site.settings.custody.loan_days)
    with site.open_register() as register, on_record(site, register, actor, refs[0]):
        check_custodian(site, actor, wanted.act.value)
        if wanted.act is Act.SEND:
            not_locked(register, refs)
        carriers = register.move(wanted, refs, actor, site.now())
    answer_carriers(site, carriers, fmt)


@click.command("transfer", help="分发：交给个人或外单位，待其签收。")
@click.argument("refs", metavar="[份…]", type=REF, nargs=-1)
@click.option("--to", "holder", default="", metavar="姓名", type=NAME, help="接收人。")
@click.option("--unit", default="", metavar="单位", type=NAME, help="接收人所在的外单位。")
@click.option("--channel", default=CHANNELS[0], show_default=True, metavar="渠道", help="、".join(CHANNELS) + "。")
@click.option(
    "--recipients",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="分发清单（CSV、XLSX：份、姓名、单位、渠道）。",
)
@click.option("--widened", default="", metavar="批准", help="接收人不在知悉范围内时，扩大范围的批准人和文号。")
@as_option
@format_option
@pass_site
def transfer(
    site: Site,
    refs: tuple[str, ...],
    holder: str,
    unit: str,
    channel: str,
    recipients: Path | None,
    widened: str,
    as_name: str | None,
    fmt: str,
) -> None:
    if (recipients is None) == (not refs):
        raise UsageError("要么写出份的编号和 --to，要么用 --recipients 给出清单", "见 copies transfer --help")
    if recipients is None:
        wanted = Move(Act.SEND, site.today(), holder, unit, channel=channel, widened=widened)
        _do(site, refs, wanted, as_name, fmt)
        return
    actor = site.actor(as_name)
    lines = read_recipients(recipients)
    with site.open_register() as register, on_record(site, register, actor, lines[0].ref):
        check_custodian(site, actor, Act.SEND.value)
        not_locked(register, [line.ref for line in lines])
        carriers = register.move_each(moves_of(lines, site.today(), channel, widened), actor, site.now())
    answer_carriers(site, carriers, fmt)


@click.command("receive", help="签收：接收人本人签收发给自己的份；外单位的回执由保密员用 --receipt 登记。")
@refs_argument
@click.option("--receipt", default="", metavar="回执", help="外单位签收回执的编号和签收人。")
@as_option
@format_option
@pass_site
def receive(site: Site, refs: tuple[str, ...], receipt: str, as_name: str | None, fmt: str) -> None:
    actor = site.actor(as_name)
    with site.open_register() as register, on_record(site, register, actor, refs[0]):
        holders = {register.carrier(ref).holder for ref in refs} if receipt else {actor.person}
        if receipt:
            check_custodian(site, actor, "登记回执")
        if len(holders) != 1:
            raise UsageError("一张回执只登记一个接收人的份", "分开办理")
        wanted = Move(Act.SIGN, site.today(), holders.pop(), note=receipt)
        carriers = register.move(wanted, refs, actor, site.now())
    answer_carriers(site, carriers, fmt)


@click.command("circulate", help="传阅：由保密员交给一人阅读，阅后退回保密员再交下一人。")
@refs_argument
@click.option("--to", "holder", default="", metavar="姓名", type=NAME, help="阅读人。")
@click.option("--days", type=click.IntRange(0), metavar="N", help="几天内退回。")
@click.option("--widened", default="", metavar="批准", help="阅读人不在知悉范围内时，扩大范围的批准人和文号。")
@as_option
@format_option
@pass_site
def circulate(
    site: Site, refs: tuple[str, ...], holder: str, days: int | None, widened: str, as_name: str | None, fmt: str
) -> None:
    due = None if days is None else site.today() + dt.timedelta(days=days)
    _do(site, refs, Move(Act.CIRCULATE, site.today(), holder, due=due, widened=widened), as_name, fmt)


@click.command("lend", help="借出：经批准借给本单位人员，到期未还列入 overdue。")
@refs_argument
@click.option("--to", "holder", default="", metavar="姓名", type=NAME, help="借阅人。")
@click.option("--days", type=click.IntRange(0), required=True, metavar="N", help="借几天。")
@click.option("--widened", default="", metavar="批准", help="借阅人不在知悉范围内时，扩大范围的批准人和文号。")
@approval_options
@as_option
@format_option
@pass_site
def lend(
    site: Site,
    refs: tuple[str, ...],
    holder: str,
    days: int,
    widened: str,
    approved_by: str,
    approval: str,
    as_name: str | None,
    fmt: str,
) -> None:
    due = site.today() + dt.timedelta(days=days)
    wanted = Move(Act.LEND, site.today(), holder, "", due, approved_by, approval, widened=widened)
    _do(site, refs, wanted, as_name, fmt)


@click.command("carry", help="外出携带：经批准带离本单位；绝密级须写明同行人。")
@refs_argument
@click.option("--to", "holder", default="", metavar="姓名", type=NAME, help="携带人。")
@click.option("--days", type=click.IntRange(0), required=True, metavar="N", help="几天。")
@click.option("--companion", default="", metavar="姓名", type=NAME, help="同行人。")
@click.option("--widened", default="", metavar="批准", help="携带人不在知悉范围内时，扩大范围的批准人和文号。")
@approval_options
@as_option
@format_option
@pass_site
def carry(
    site: Site,
    refs: tuple[str, ...],
    holder: str,
    days: int,
    companion: str,
    widened: str,
    approved_by: str,
    approval: str,
    as_name: str | None,
    fmt: str,
) -> None:
    due = site.today() + dt.timedelta(days=days)
    move = Move(Act.CARRY, site.today(), holder, "", due, approved_by, approval, widened=widened, companion=companion)
    _do(site, refs, move, as_name, fmt)


@click.command("return", help="归还：退回保密员，清点后在库。")
@refs_argument
@as_option
@format_option
@pass_site
def return_(site: Site, refs: tuple[str, ...], as_name: str | None, fmt: str) -> None:
    _do(site, refs, Move(Act.RETURN, site.today()), as_name, fmt)


@click.command("archive", help="归档：移交档案部门。")
@refs_argument
@click.option("--place", required=True, metavar="处所", help="档案部门和档号。")
@as_option
@format_option
@pass_site
def archive(site: Site, refs: tuple[str, ...], place: str, as_name: str | None, fmt: str) -> None:
    _do(site, refs, Move(Act.ARCHIVE, site.today(), note=place), as_name, fmt)


@click.command("duplicate", help="复制：经批准复制一份，复制件另编份号，密级标志不变，加盖复制戳记，视同原件管理。")
@click.argument("ref", metavar="份", type=REF)
@click.option("--copies", "count", type=click.IntRange(1), required=True, metavar="N", help="复制几份。")
@click.option(
    "--issuer-consent", default="", metavar="文号", help="原定密机关或其上级同意的文号（绝密级和注明须经批准的）。"
)
@approval_options
@as_option
@format_option
@pass_site
def duplicate(
    site: Site,
    ref: str,
    count: int,
    issuer_consent: str,
    approved_by: str,
    approval: str,
    as_name: str | None,
    fmt: str,
) -> None:
    actor = site.actor(as_name)
    today = site.today()
    stamp = f"{site.settings.agency.name}复制 {date_label(today)}"
    wanted = Reproduce(count, approved_by, approval, issuer_consent, stamp, today)
    with site.open_register() as register, on_record(site, register, actor, ref):
        check_custodian(site, actor, "复制")
        not_locked(register, (ref,))
        carriers = register.duplicate(ref, wanted, actor, site.now())
    answer_carriers(site, carriers, fmt)
    if fmt == "text":
        site.answer(f"每份加盖复制戳记：{stamp}")
