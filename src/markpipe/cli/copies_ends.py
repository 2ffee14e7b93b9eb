"""`markpipe copies`: counting, calling back, destroying, losing, leaving."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from markpipe.cli.custodian import (
    NAME,
    REF,
    answer_carriers,
    approval_options,
    check_custodian,
    custodians,
    on_record,
    refs_argument,
)
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import ExitCode, RefusedError, UsageError
from markpipe.ledger.custody import missing_of
from markpipe.ledger.custody_events import CopiesApproved
from markpipe.ledger.destruction import METHODS, Destruction
from markpipe.model.carrier import serial_label
from markpipe.model.custody import OUT, CarrierState, split_ref
from markpipe.pipeline.lists import read_refs
from markpipe.report.carriers import (
    carrier_json,
    carriers_json,
    carriers_text,
    listing_json,
    listing_text,
    loss_json,
    loss_text,
    recall_json,
    recall_text,
)
from markpipe.text.dates import parse_date
from markpipe.text.printable import one_line


@click.command("approve", help="记录批准制作的份数和发放范围；此后超出的不编份号。")
@click.argument("determination_id", metavar="编号", type=REF)
@click.option("--copies", "count", type=click.IntRange(1), required=True, metavar="N", help="批准制作几份。")
@click.option("--scope", default="", metavar="范围", help="发放范围。")
@approval_options
@as_option
@pass_site
def approve(
    site: Site, determination_id: str, count: int, scope: str, approved_by: str, approval: str, as_name: str | None
) -> None:
    actor = site.actor(as_name)
    with site.open_register() as register, on_record(site, register, actor, determination_id):
        check_custodian(site, actor, "登记批准")
        approved = CopiesApproved(determination_id, count, scope, approved_by, approval)
        register.approve_copies(approved, actor, site.now())
    site.answer(f"已登记：{determination_id} 批准制作 {count} 份（{approved_by}，{approval}）")


@click.command("void", help="作废一份：份号不再使用，纸张须列入销毁清册销毁。")
@click.argument("ref", metavar="份", type=REF)
@click.option("--reason", required=True, metavar="理由", help="作废的理由。")
@as_option
@pass_site
def void(site: Site, ref: str, reason: str, as_name: str | None) -> None:
    actor = site.actor(as_name)
    try:
        series, serial = split_ref(ref)
    except ValueError as error:
        raise UsageError(str(error)) from None
    with site.open_register() as register, on_record(site, register, actor, ref):
        check_custodian(site, actor, "作废")
        register.void(series, serial, reason, actor, site.now())
    site.answer(f"已作废 {series}/{serial_label(serial)}；该份的纸张留待销毁")


@click.command("inspect", help="清点：把在库实有的份与台账比对，记录缺少和多出的。")
@click.argument("refs", metavar="[份…]", type=REF, nargs=-1)
@click.option("--series", default="", metavar="编号", type=REF, help="只清点这一文件的各份。")
@click.option("--from", "listed", metavar="FILE", type=click.Path(path_type=Path), help="清点所见的清单（CSV、XLSX）。")
@as_option
@format_option
@pass_site
def inspect(
    site: Site, refs: tuple[str, ...], series: str, listed: Path | None, as_name: str | None, fmt: str
) -> ExitCode:
    actor = site.actor(as_name)
    found = [*refs, *(read_refs(listed) if listed is not None else ())]
    with site.open_register() as register, on_record(site, register, actor, series):
        check_custodian(site, actor, "清点")
        missing, surplus = register.inspect(series, found, site.today(), actor, site.now())
    if fmt == "json":
        site.answer({"schema": "markpipe.inspection/1", "missing": list(missing), "surplus": list(surplus)}, fmt)
    else:
        lines = [f"清点 {len(set(found))} 份，缺 {len(missing)} 份，多 {len(surplus)} 份"]
        lines += [f"  缺 {ref}" for ref in missing] + [f"  多 {ref}" for ref in surplus]
        site.answer("\n".join(lines))
    return ExitCode.FINDINGS if missing or surplus else ExitCode.OK


@click.command("recall", help="清退：发起一批，查看缺哪些，退齐后结清。")
@click.argument("series", metavar="[编号]", type=REF, required=False)
@click.option("--holder", metavar="姓名", type=NAME, help="只清退此人手里的。")
@click.option("--due", metavar="日期", help="应于何日前退清。")
@click.option("--reason", default="", metavar="理由", help="清退的理由。")
@click.option("--show", "shown", metavar="批次", type=REF, help="查看一批还缺哪些。")
@click.option("--close", "closed", metavar="批次", type=REF, help="结清一批；有缺的不能结清。")
@as_option
@format_option
@pass_site
def recall(
    site: Site,
    series: str | None,
    holder: str | None,
    due: str | None,
    reason: str,
    shown: str | None,
    closed: str | None,
    as_name: str | None,
    fmt: str,
) -> None:
    actor = site.actor(as_name)
    with site.open_register() as register, on_record(site, register, actor, closed or series or holder or ""):
        if closed is not None:
            check_custodian(site, actor, "清退")
            register.close_recall(closed, site.today(), actor, site.now())
        elif shown is None:
            check_custodian(site, actor, "清退")
            if due is None or not (series or holder):
                raise UsageError("清退须写明文件编号或持有人，以及退清日期", "用 编号、--holder 和 --due 给出")
            day = parse_date(due, "--due ")
            opened = register.open_recall(
                series=series, holder=holder, due=day, reason=reason, actor=actor, at=site.now()
            )
            shown = opened.id
        batch, carriers = register.recall(closed or shown or "")
    missing = missing_of(carriers)
    site.answer(recall_json(batch, missing) if fmt == "json" else recall_text(batch, missing), fmt)


@click.command("destroy", help="销毁：列入清册，两名监销人各自签字（copies sign）后才算销毁。")
@refs_argument
@click.option("--method", default=METHODS[1], show_default=True, metavar="方式", help="、".join(METHODS) + "。")
@click.option("--place", default="", metavar="地点", help="在哪里销毁。")
@click.option("--receipt", default="", metavar="回执", help="销毁机构的回执编号。")
@click.option("--witness", "witnesses", multiple=True, metavar="姓名", type=NAME, help="监销人，写两次。")
@approval_options
@as_option
@format_option
@pass_site
def destroy(
    site: Site,
    refs: tuple[str, ...],
    method: str,
    place: str,
    receipt: str,
    witnesses: tuple[str, ...],
    approved_by: str,
    approval: str,
    as_name: str | None,
    fmt: str,
) -> None:
    actor = site.actor(as_name)
    wanted = Destruction("", approved_by, approval, method, place, receipt, witnesses, actor.person, site.today())
    with site.open_register() as register, on_record(site, register, actor, refs[0]):
        check_custodian(site, actor, "销毁")
        keepers = [*custodians(site), *([register.keeper()] if register.keeper() else [])]
        limit = site.settings.custody.self_destroy
        listing = register.list_destruction(wanted, refs, keepers, actor, site.now(), limit)
    site.answer(listing_json(listing) if fmt == "json" else listing_text(listing), fmt)


@click.command("sign", help="监销人在销毁清册上签字（本人账户）。")
@click.argument("listing_id", metavar="清册", type=REF)
@as_option
@format_option
@pass_site
def sign(site: Site, listing_id: str, as_name: str | None, fmt: str) -> None:
    actor = site.actor(as_name)
    with site.open_register() as register, on_record(site, register, actor, listing_id):
        listing = register.sign_destruction(listing_id, site.today(), actor, site.now())
    site.answer(listing_json(listing) if fmt == "json" else listing_text(listing), fmt)


@click.command("lost", help="报失：找不到的份，自此 24 小时内须报告；或记录后续处置。")
@click.argument("ref", metavar="份或报失编号", type=REF)
@click.option("--circumstances", default="", metavar="情况", help="何时何地发现，最后谁用过。")
@click.option("--step", default="", metavar="处置", help="记录对已报失的（编号 L…）做了什么。")
@click.option("--reported", is_flag=True, help="这一步是向保密行政管理部门报告。")
@click.option("--close", "closes", is_flag=True, help="结案。")
@as_option
@format_option
@pass_site
def lost(
    site: Site,
    ref: str,
    circumstances: str,
    step: str,
    reported: bool,
    closes: bool,
    as_name: str | None,
    fmt: str,
) -> None:
    actor = site.actor(as_name)
    with site.open_register() as register, on_record(site, register, actor, ref):
        if "/" in ref:
            loss = register.lose(ref, circumstances, site.today(), actor, site.now())
        else:
            loss = register.lost_step(ref, step, site.today(), actor, site.now(), reported=reported, closes=closes)
    site.answer(loss_json(loss) if fmt == "json" else loss_text(loss), fmt)


@click.command("clear", help="离岗清退：列出某人手里的份和定密责任人身份；--close 在交清后办结。")
@click.option("--holder", required=True, metavar="姓名", type=NAME, help="离岗的人。")
@click.option("--close", "closes", is_flag=True, help="办结；有没有交清的就拒绝。")
@as_option
@format_option
@pass_site
def clear(site: Site, holder: str, closes: bool, as_name: str | None, fmt: str) -> ExitCode:
    actor = site.actor(as_name)
    officer = site.settings.officer(holder)
    power = "定密责任人身份" if officer is not None and officer.in_office(site.today()) else ""
    with site.open_register() as register, on_record(site, register, actor, holder):
        if closes:
            check_custodian(site, actor, "离岗清退")
            register.clear_holder(holder, power, site.today(), actor, site.now())
        carriers = register.carriers(holder=holder, states=(*OUT, CarrierState.LOST))
    if fmt == "json":
        site.answer(carriers_json(carriers, holder=holder, power=power, cleared=closes), fmt)
    else:
        lines = [carriers_text(carriers, f"{holder}手里没有载体")]
        lines += [f"{holder}仍有{power}，离岗前须免去"] if power else []
        lines += [f"{holder}已交清，办结"] if closes else []
        site.answer("\n".join(lines))
    return ExitCode.FINDINGS if carriers or power else ExitCode.OK


@click.command("handover", help="保密员交接：库存移交给另一名保密员，由第三人监交。")
@click.option("--from", "giver", required=True, metavar="姓名", type=NAME, help="移交人。")
@click.option("--to", "taker", required=True, metavar="姓名", type=NAME, help="接收人。")
@click.option("--witness", required=True, metavar="姓名", type=NAME, help="监交人。")
@as_option
@pass_site
def handover(site: Site, giver: str, taker: str, witness: str, as_name: str | None) -> None:
    actor = site.actor(as_name)
    with site.open_register() as register, on_record(site, register, actor, "store"):
        check_custodian(site, actor, "交接")
        for person in (giver, taker):
            if person not in custodians(site):  # whoever takes it over without being one could do nothing with it
                raise RefusedError(
                    f"{person}不是保密员，库存只在保密员之间交接",
                    "先在配置的 [[people]] 中给其“保密员”角色",
                    ("REC-2",),
                )
        count = register.hand_over(giver, taker, witness, site.today(), actor, site.now())
    site.answer(f"{giver}移交{taker} {count} 份，{witness}监交；逐份的清单用 copies form 交接清单 写出")


@click.command(
    "overdue",
    help="逾期：到期没有归还的份，制发机关要求退还而没有退的，没有退清的批次，没有报告的丢失，没有按期进行的库存清点。",
)
@click.option("--on", "day", metavar="日期", help="按哪一天算，默认今天。")
@format_option
@pass_site
def overdue(site: Site, day: str | None, fmt: str) -> ExitCode:
    on = parse_date(day, "--on ") if day else site.today()
    with site.open_register() as register:
        carriers, owed, batches = register.overdue(on), register.owed(on), register.late_recalls(on)
        losses = register.late_losses(site.now())
        count = register.counted_on()
        kept = any(state in ("在库", "已作废待销毁") for state, _ in register.standing())
    every = site.settings.custody.inspect_days
    uncounted = kept and count is not None and count + dt.timedelta(days=every) < on
    if fmt == "json":
        more = {"recalls": [batch.id for batch in batches], "losses": [loss.id for loss in losses]}
        counts = {"since": None if count is None else count.isoformat(), "overdue": uncounted}
        back = [carrier_json(carrier) for carrier in owed]
        site.answer(carriers_json(carriers, **more, inspection=counts, owed=back), fmt)
    else:
        lines = [carriers_text(carriers, "")] if carriers else []
        lines += [one_line(f"{one.ref} 应于 {one.owed} 前退还{one.issuer}，现{one.state.value}") for one in owed]
        lines += [f"清退批次 {batch.id} 应于 {batch.due} 前退清" for batch in batches]
        lines += [f"{loss.id} {loss.ref} 丢失超过 24 小时没有报告" for loss in losses]
        if uncounted:
            lines.append(f"全部库存自 {count} 以来没有清点，应每 {every} 天清点一次（copies inspect）")
        site.answer("\n".join(lines) or "没有逾期的")
    return ExitCode.FINDINGS if carriers or owed or batches or losses or uncounted else ExitCode.OK


@click.command("holders", help="谁手里有哪些份。")
@click.argument("holder", metavar="[姓名]", type=NAME, required=False)
@format_option
@pass_site
def holders(site: Site, holder: str | None, fmt: str) -> None:
    with site.open_register() as register:
        carriers = register.carriers(holder=holder, states=OUT)
    answer_carriers(site, carriers, fmt, "没有在外的份")
