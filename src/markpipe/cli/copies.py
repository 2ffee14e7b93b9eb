"""`markpipe copies`: the numbered copies of what was determined, one record a copy."""

from __future__ import annotations

from pathlib import Path

import click

from markpipe.cli import copies_ends, copies_moves, copies_reconcile
from markpipe.cli.custodian import answer_carriers
from markpipe.cli.looking import make_worker
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import UsageError
from markpipe.pipeline.copies import issue_copies
from markpipe.pipeline.house import house_for
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


@group.command("issue", help="给已定密的文件编份号并逐份制作；再次运行不重复编号。")
@click.argument("determination_id", metavar="编号")
@click.option("--copies", "count", required=True, type=click.IntRange(1), metavar="N", help="一共要有几份。")
@click.option("--file", "file", required=True, metavar="FILE", type=click.Path(path_type=Path), help="所定密的草稿。")
@click.option("-o", "--out", required=True, metavar="OUT", type=click.Path(path_type=Path), help="写出的文件夹。")
@click.option("--reissue", default="", metavar="REASON", help="另行补制 N 份，写明理由；同一理由再次运行是同一批。")
@as_option
@format_option
@pass_site
def issue(
    site: Site, determination_id: str, count: int, file: Path, out: Path, reissue: str, as_name: str | None, fmt: str
) -> None:
    actor = site.actor(as_name)
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} 不是文件夹", "份数不止一份，请给出文件夹")
    make_folder(out)
    sweep(out)
    limits = site.settings.limits
    with (
        site.open_register() as register,
        work_folder(default_root()) as work,
        make_worker(site, work) as worker,
    ):
        determination, data, format_ = approved_draft(register, worker, limits, file, determination_id, actor, site.now)
        press = Press(out, worker, register, actor, site.now, house=house_for(site.settings, site.keyring()))
        outputs = issue_copies(press, determination, data, format_, out, count, reissue)
    answer = issued_json(determination, outputs) if fmt == "json" else issued_text(determination, outputs)
    site.answer(answer, fmt)


@group.command("status", help="各份在哪里：全部、一件（定密编号或收文编号），或一份的经过和知悉人员。")
@click.argument("wanted", metavar="[编号或份]", required=False)
@format_option
@pass_site
def status(site: Site, wanted: str | None, fmt: str) -> None:
    with site.open_register() as register:
        if wanted is not None and "/" in wanted:
            _one(site, register, wanted, fmt)
            return
        if wanted is not None and wanted.startswith("R"):
            answer_carriers(site, register.carriers(series=wanted), fmt, f"没有收文 {wanted}")
            return
        copies = register.copies(wanted)
        ids = {copy.determination for copy in copies} | ({wanted} if wanted else set())
        matters = {id_: register.matter(id_) for id_ in sorted(ids)}
        carriers = register.carriers(series=wanted)
    known = {id_: matter.determination for id_, matter in matters.items() if matter.determination is not None}
    own = {carrier.ref: carrier for carrier in carriers if carrier.ref.partition("/")[0] in known}
    if fmt == "json":
        site.answer(copies_json(copies, known, own), fmt)
    else:
        site.answer(copies_text(copies, known, own) if copies else "还没有编份号")


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
    *(copies_ends.sign, copies_ends.lost, copies_ends.clear, copies_ends.handover, copies_ends.overdue),
    copies_ends.holders,
    copies_reconcile.reconcile,
):
    group.add_command(_command)
