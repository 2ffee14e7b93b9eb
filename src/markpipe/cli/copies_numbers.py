"""`markpipe copies`: numbers before they are on paper: stretches for somebody else, and gaps with their reason."""

from __future__ import annotations

import click

from markpipe.cli.custodian import REF, check_custodian, on_record
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import UsageError
from markpipe.pipeline.standing import refuse_locked
from markpipe.report.numbers import lease_json, lease_text, leases_json, leases_text, numbers_json, numbers_text
from markpipe.text.entered import serial_numbers


@click.command("reserve", help="号段领用：一次领一段份号给印制室或另一台机器逐份使用；不写编号时列出没有交回的号段。")
@click.argument("determination_id", metavar="[编号]", type=REF, required=False)
@click.option("--copies", "count", type=click.IntRange(1), metavar="N", help="领几个号。")
@click.option("--for", "holder", default="", metavar="领用人", help="谁领用，如 印制室。")
@click.option("--purpose", default="印制", show_default=True, metavar="用途", help="用途。")
@as_option
@format_option
@pass_site
def reserve(
    site: Site,
    determination_id: str | None,
    count: int | None,
    holder: str,
    purpose: str,
    as_name: str | None,
    fmt: str,
) -> None:
    with site.open_register() as register:
        if determination_id is None:
            leases = register.leases()
            site.answer(leases_json(leases) if fmt == "json" else leases_text(leases), fmt)
            return
        if count is None:
            raise UsageError("没有写明领几个号", "用 --copies 给出")
        actor = site.actor(as_name)
        with on_record(site, register, actor, determination_id):
            check_custodian(site, actor, "号段领用")
            refuse_locked(register, determination_id)
            lease = register.lease(determination_id, count, holder, purpose, actor, site.now())
    site.answer(lease_json(lease) if fmt == "json" else lease_text(lease), fmt)


@click.command("release", help="号段交回：没有上过纸的号（--unused）退回再用；其余没有制作的写明理由，作为缺号说明。")
@click.argument("lease_id", metavar="号段", type=REF)
@click.option("--unused", "stretches", multiple=True, metavar="号", help="确定没有印过的号，如 41-100，可写几次。")
@click.option("--reason", default="", metavar="理由", help="没有制作又不退回的号，写明缘由。")
@as_option
@format_option
@pass_site
def release(site: Site, lease_id: str, stretches: tuple[str, ...], reason: str, as_name: str | None, fmt: str) -> None:
    actor = site.actor(as_name)
    unused = [serial for stretch in stretches for serial in read_stretch(stretch)]
    with site.open_register() as register, on_record(site, register, actor, lease_id):
        check_custodian(site, actor, "号段交回")
        lease, copies = register.close_lease(lease_id, unused, reason, actor, site.now())
    site.answer(lease_json(lease, copies) if fmt == "json" else lease_text(lease, copies), fmt)


@click.command("gap", help="缺号说明：编了号而不再制作的，写明理由；该号不再使用。")
@click.argument("determination_id", metavar="编号", type=REF)
@click.argument("stretches", metavar="号…", nargs=-1, required=True)
@click.option("--reason", required=True, metavar="理由", help="为什么不制作。")
@as_option
@format_option
@pass_site
def gap(
    site: Site, determination_id: str, stretches: tuple[str, ...], reason: str, as_name: str | None, fmt: str
) -> None:
    actor = site.actor(as_name)
    numbers = [serial for stretch in stretches for serial in read_stretch(stretch)]
    with site.open_register() as register, on_record(site, register, actor, determination_id):
        check_custodian(site, actor, "缺号说明")
        copies = register.explain_gap(determination_id, numbers, reason, actor, site.now())
    site.answer(numbers_json(copies) if fmt == "json" else numbers_text(copies), fmt)


def read_stretch(text: str) -> tuple[int, ...]:
    """`7` or `41-100` as numbers; `UsageError` for anything else."""
    try:
        return serial_numbers(text)
    except ValueError as error:
        raise UsageError(str(error), "写作 7 或 41-100") from None
