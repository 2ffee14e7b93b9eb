"""`markpipe stamp FILE`: the marks of a determination on the file that it was made for; taking them off by a decision."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from markpipe.cli.looking import make_worker
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import UsageError
from markpipe.marking.forms import Form
from markpipe.pipeline.house import house_for
from markpipe.pipeline.plans import Wishes
from markpipe.pipeline.stamp import stamp_file
from markpipe.pipeline.takeoff import take_off
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.report.stamped import stamp_json, taken_off_json

_ONLY_WITH_A_MARK = (
    "urgency",
    "attachment",
    "document_number",
    "parts",
    "seal",
    "form",
    "scope",
    "running",
    "points",
    "highlight",
    "as_pdf",
    "signed_copy",
    "no_label",
    "detached",
)


@click.command(
    short_help="加国家秘密标志；凭决定去掉标志",
    help="给已定密的 FILE 加国家秘密标志和定密戳记，写出后由其他工具读回核对。FILE 是审批时的原稿，或者台账登记的"
    "标志稿、编号件：变更以后划去原标志、旁边加新标志，解密以后划去原标志、盖解密章。"
    "--remove 凭变更、解密决定或者放行件去掉标志，记入台账。",
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--determination", "determination_id", metavar="编号", help="定密编号，如 D2026-0001。")
@click.option("-o", "--out", required=True, metavar="OUT", type=click.Path(path_type=Path), help="写出的文件。")
@click.option(
    "--form",
    type=click.Choice([form.value for form in Form]),
    default=Form.OFFICIAL.value,
    show_default=True,
    help="文件格式，决定标志放在哪里。",
)
@click.option("--scope", is_flag=True, help="标明知悉范围。")
@click.option("--running", is_flag=True, help="每页页眉（编号件连页脚）标密级或者份号。")
@click.option("--urgency", type=click.Choice(("特急", "加急", "特提", "平急")), help="标紧急程度（公文第三行）。")
@click.option("--attachment", metavar="序号", help="FILE 是不与正文一起装订的附件：标发文字号和附件序号。")
@click.option("--document-number", metavar="发文字号", help="附件所属公文的发文字号（与 --attachment 同用）。")
@click.option(
    "--part",
    "parts",
    multiple=True,
    metavar="标题=编号",
    help="汇编的一件按哪个定密或来源编号标密级，PDF 也可写页码。可重复。",
)
@click.option("--seal", metavar="版式编号", default="stamp", show_default=True, help="定密戳记的版式，如 stamp-round。")
@click.option("--points", is_flag=True, help="标注密点。")
@click.option("--highlight", is_flag=True, help="PDF 的密点加底色（与 --points 同用）。")
@click.option("--as-pdf", is_flag=True, help="先由 LibreOffice 把 DOCX 转为 PDF。")
@click.option("--signed-copy", is_flag=True, help="FILE 带电子签名：给一份副本加标志，副本的签名随之去除。")
@click.option("--no-label", is_flag=True, help="不写电子标签。")
@click.option("--detached-label", "detached", is_flag=True, help="电子标签另存一份 OUT.mark.json。")
@click.option("--remove", is_flag=True, help="去掉标志、密点标注和电子标签（与 --decision 同用）。")
@click.option("--decision", metavar="编号", help="去掉标志的依据：已变更、解密的定密编号，或者签字齐全的放行件编号。")
@as_option
@format_option
@pass_site
def command(
    site: Site,
    /,
    file: Path,
    determination_id: str | None,
    out: Path,
    remove: bool,
    decision: str | None,
    as_name: str | None,
    fmt: str,
    **wished: Any,
) -> None:
    if remove:
        context = click.get_current_context()
        given = [
            name for name in _ONLY_WITH_A_MARK if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        ]
        if determination_id or given:
            raise UsageError("--remove 是去掉标志，不能同时加标志", "去掉 --determination 和其他加标志的选项")
        if not decision:
            raise UsageError("--remove 要写明凭哪个决定", "加 --decision，写已变更、解密的定密编号或者放行件编号")
        _remove(site, file, decision, out, as_name, fmt)
        return
    if not determination_id or decision:
        raise UsageError("要写明按哪个定密决定加标志", "加 --determination；--decision 只与 --remove 同用")
    if wished["highlight"] and not wished["points"]:
        raise UsageError("--highlight 是给密点加底色", "与 --points 同用")
    actor, labels = site.actor(as_name), not wished.pop("no_label")
    wishes = _wishes(wished)
    with site.open_register() as register, work_folder(default_root()) as work, make_worker(site, work) as worker:
        house = house_for(site.settings, site.keyring(), labels=labels)
        limits = site.settings.limits
        determination, output = stamp_file(
            register, worker, limits, file, determination_id, out, actor, site.now, house, wishes
        )
    shown = "【演示】" if determination.demo else ""
    lines = [f"{shown}已加盖并核对：{out}（{determination.mark.text}）", *output.notes]
    site.answer(stamp_json(determination, output) if fmt == "json" else "\n".join(lines), fmt)


def _wishes(wished: dict[str, Any]) -> Wishes:
    """What the options ask for."""
    order, number = wished.pop("attachment"), wished.pop("document_number")
    if bool(order) != bool(number):
        raise UsageError("附件要写明序号和发文字号", "--attachment 与 --document-number 同用")
    parts = []
    for part in wished.pop("parts"):
        title, equals, reference = part.rpartition("=")
        if not (equals and title.strip() and reference.strip()):
            raise UsageError(f"--part {part}：应写作 标题=编号", "如 --part '关于甲事的通知=D2026-0001'")
        parts.append((title.strip(), reference.strip()))
    wishes = Wishes(Form(wished.pop("form")), attachment=(number or "", order or ""), parts=tuple(parts))
    return dataclasses.replace(wishes, **{**wished, "urgency": wished["urgency"] or ""})


def _remove(site: Site, file: Path, decision: str, out: Path, as_name: str | None, fmt: str) -> None:
    actor = site.actor(as_name)
    with site.open_register() as register, work_folder(default_root()) as work, make_worker(site, work) as worker:
        done = take_off(register, worker, site.settings.limits, file, decision, out, actor, site.now)
    text = f"已去掉标志并核对：{out}（{done.matter}，依据 {done.decision}），已记入台账；公开前另行审查（PUB-3）"
    site.answer(taken_off_json(done.matter, done.decision, done.path, done.sha256) if fmt == "json" else text, fmt)
