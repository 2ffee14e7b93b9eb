"""`markpipe copies`: the numbered copies of what was determined, one record a copy."""

from __future__ import annotations

from pathlib import Path

import click

from markpipe.cli import copies_ends, copies_forms, copies_moves, copies_numbers, copies_reconcile
from markpipe.cli.custodian import REF, answer_carriers, check_custodian, on_record
from markpipe.cli.looking import make_worker
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import UsageError
from markpipe.ledger.custody import CHANNELS
from markpipe.model.custody import Act, carrier_ref
from markpipe.pipeline.copies import issue_copies
from markpipe.pipeline.handing import check_list, handed_out, moves_of
from markpipe.pipeline.house import house_for
from markpipe.pipeline.lists import read_distribution
from markpipe.pipeline.press import Press
from markpipe.pipeline.stamp import approved_draft
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.pipeline.writer import make_folder, sweep
from markpipe.report.carriers import history_json, history_text
from markpipe.report.copies import copies_json, copies_text, issued_json, issued_text
from markpipe.store.register import Register


@click.group("copies", help="份号与各份的去向：制作、查询。")
def group() -> None:
    """Nothing of its own."""


@group.command("issue", help="给已定密的文件编份号并逐份制作；再次运行不重复编号。没有分发清单的，制作后在库。")
@click.argument("determination_id", metavar="编号", type=REF)
@click.option("--copies", "count", type=click.IntRange(1), metavar="N", help="一共要有几份；有分发清单的按清单。")
@click.option("--file", "file", required=True, metavar="FILE", type=click.Path(path_type=Path), help="所定密的草稿。")
@click.option("-o", "--out", required=True, metavar="OUT", type=click.Path(path_type=Path), help="写出的文件夹。")
@click.option(
    "--recipients",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="分发清单（CSV、XLSX：姓名、单位、渠道、份数）。",
)
@click.option("--channel", default=CHANNELS[0], show_default=True, metavar="渠道", help="、".join(CHANNELS) + "。")
@click.option("--widened", default="", metavar="批准", help="清单上有人不在知悉范围内时，扩大范围的批准人和文号。")
@click.option("--reissue", default="", metavar="REASON", help="另行补制 N 份，写明理由；同一理由再次运行是同一批。")
@as_option
@format_option
@pass_site
def issue(
    site: Site,
    determination_id: str,
    count: int | None,
    file: Path,
    out: Path,
    recipients: Path | None,
    channel: str,
    widened: str,
    reissue: str,
    as_name: str | None,
    fmt: str,
) -> None:
    actor = site.actor(as_name)
    lines = read_distribution(recipients) if recipients is not None else ()
    wanted = count or sum(line.count for line in lines)
    if not wanted:
        raise UsageError("没有写明份数", "用 --copies 给出，或用 --recipients 给出分发清单")
    if lines and wanted != sum(line.count for line in lines):
        raise UsageError(
            f"分发清单共 {sum(line.count for line in lines)} 份，而要制作 {wanted} 份", "两处份数须一致，没有占用份号"
        )
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} 不是文件夹", "份数不止一份，请给出文件夹")
    make_folder(out)
    sweep(out)
    with (
        site.open_register() as register,
        on_record(site, register, actor, determination_id),
        work_folder(default_root()) as work,
        make_worker(site, work) as worker,
    ):
        if lines:
            check_custodian(site, actor, Act.SEND.value)
        limits = site.settings.limits
        determination, data, format_ = approved_draft(register, worker, limits, file, determination_id, actor, site.now)
        check_list(determination, moves_of(lines, site.today(), channel, widened))
        press = Press(out, worker, register, actor, site.now, house=house_for(site.settings, site.keyring()))
        outputs = issue_copies(press, determination, data, format_, out, wanted, reissue)
        if lines:
            refs = [carrier_ref(determination.id, output.serial) for output in outputs if output.serial is not None]
            moves = moves_of(handed_out(lines, refs), site.today(), channel, widened)
            register.move_each(moves, actor, site.now())
    answer = issued_json(determination, outputs) if fmt == "json" else issued_text(determination, outputs)
    site.answer(answer, fmt)
    if fmt == "text" and lines:
        site.answer(f"已按清单分发 {wanted} 份，待签收")


@group.command("status", help="各份在哪里：全部（列最近编号的）、一件（定密编号或收文编号），或一份的经过和知悉人员。")
@click.argument("wanted", metavar="[编号或份]", type=REF, required=False)
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True, metavar="N", help="全部之中列出几份。")
@format_option
@pass_site
def status(site: Site, wanted: str | None, limit: int, fmt: str) -> None:
    with site.open_register() as register:
        if wanted is not None and "/" in wanted:
            _one(site, register, wanted, fmt)
            return
        if wanted is not None and wanted.startswith("R"):
            answer_carriers(site, register.carriers(series=wanted), fmt, f"没有收文 {wanted}")
            return
        copies = register.copies(wanted) if wanted else register.latest_copies(limit)
        ids = {copy.determination for copy in copies} | ({wanted} if wanted else set())
        matters = {id_: register.matter(id_) for id_ in sorted(ids)}
        if wanted:
            carriers = register.carriers(series=wanted)
        else:
            carriers = register.carriers_of([(copy.determination, copy.serial) for copy in copies])
        standing = None if wanted else register.standing()
    known = {id_: matter.determination for id_, matter in matters.items() if matter.determination is not None}
    own = {carrier.ref: carrier for carrier in carriers}
    if fmt == "json":
        site.answer(copies_json(copies, known, own, standing), fmt)
    else:
        site.answer(copies_text(copies, known, own, standing) if copies or standing else "还没有编份号")


def _one(site: Site, register: Register, ref: str, fmt: str) -> None:
    carrier = register.carrier(ref)
    history, knowers = register.history(ref), register.knowers(ref)
    if fmt == "json":
        site.answer(history_json(carrier, history, knowers), fmt)
    else:
        site.answer(history_text(carrier, history, knowers))


for _command in (
    *(copies_moves.transfer, copies_moves.receive, copies_moves.circulate, copies_moves.lend, copies_moves.carry),
    *(copies_moves.return_, copies_moves.archive, copies_moves.duplicate),
    *(copies_ends.approve, copies_ends.void, copies_ends.inspect, copies_ends.recall, copies_ends.destroy),
    copies_forms.form,
    *(copies_numbers.reserve, copies_numbers.release, copies_numbers.gap),
    *(copies_ends.sign, copies_ends.lost, copies_ends.clear, copies_ends.handover, copies_ends.overdue),
    copies_ends.holders,
    copies_reconcile.reconcile,
):
    group.add_command(_command)
