"""`markpipe run IN OUT`: the whole pipeline over a folder of drafts."""

from __future__ import annotations

import shlex
import shutil
from contextlib import ExitStack
from pathlib import Path

import click

from markpipe.cli.acting import approver, declared_sources, handler
from markpipe.cli.looking import make_worker, ocr_option, progress, site_examiner
from markpipe.cli.site import Site, format_option, pass_site
from markpipe.detect.triage import Threshold
from markpipe.errors import ExitCode, worst
from markpipe.model.outcome import Outcome
from markpipe.pipeline import review
from markpipe.pipeline.batch import duplicates_of, each, list_inputs, refuse_overlap
from markpipe.pipeline.decisions import Decisions, load_decisions
from markpipe.pipeline.house import house_for
from markpipe.pipeline.journal import NAME, Journal
from markpipe.pipeline.press import Press
from markpipe.pipeline.run import Batch, all_read, write_reports
from markpipe.pipeline.sandbox import network_isolation
from markpipe.pipeline.settle import Desk
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.pipeline.writer import make_folder, sweep
from markpipe.report.console import summary_lines
from markpipe.report.places import ExcerptMode
from markpipe.store.register import Register
from markpipe.text.dates import parse_date


@click.command(
    help="整批处理 IN 中的草稿，结果写入 OUT。\n\n"
    "读取、提示疑似密点、认定派生、拟定密级；给出 --approve-as 时，由该定密责任人批准派生事项和 --decisions 逐项列明的事项，"
    "加盖标志，按 --copies 编号制作并登记。仅凭词典提示的原始定密事项停在拟定。",
)
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--approve-as", metavar="姓名", help="定密责任人；必须是登录账户本人（演示站点除外）。")
@click.option("--handler", "handler_name", metavar="姓名", help="承办人，默认为登录账户本人。")
@click.option(
    "--decisions",
    "decisions_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="定密责任人的决定清单（CSV 或 XLSX，列为 file,item,decision,level,term,reason）。",
)
@click.option(
    "--source", "sources", multiple=True, metavar="来源编号", help="承办人申明所有草稿都派生自该来源，可写多次。"
)
@click.option("--copies", type=click.IntRange(0, 9999), default=0, show_default=True, help="每件制作几份。")
@click.option("--issued", metavar="日期", help="拟制发日期，默认今天。")
@click.option(
    "--excerpt",
    type=click.Choice([mode.value for mode in ExcerptMode]),
    default=ExcerptMode.CONTEXT.value,
    show_default=True,
    help="报告摘录多少原文。",
)
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="同时读取几个文件。")
@click.option("--resume", is_flag=True, help="接着做上次中断的批次：已办结且草稿和规则都没有变的，不再重新写出。")
@ocr_option
@format_option
@pass_site
def command(
    site: Site,
    source: Path,
    out: Path,
    approve_as: str | None,
    handler_name: str | None,
    decisions_file: Path | None,
    sources: tuple[str, ...],
    copies: int,
    issued: str | None,
    excerpt: str,
    jobs: int,
    resume: bool,
    ocr: str,
    fmt: str,
) -> int:
    refuse_overlap(source, out)
    issued_on = parse_date(issued, "--issued ") if issued else site.today()
    decisions = load_decisions(decisions_file) if decisions_file else Decisions()
    approving = approver(site, approve_as) if approve_as else None
    acting = handler(site, handler_name, approve_as)
    make_folder(out)
    sweep(out)
    with ExitStack() as stack:
        register = stack.enter_context(site.open_register())
        work = stack.enter_context(work_folder(default_root()))
        worker = stack.enter_context(make_worker(site, work))
        house = house_for(site.settings, site.keyring())
        press = Press(out, worker, register, acting, site.now, site.templates(), house)
        declared, procedure = declared_sources(register, sources), site.settings.procedure
        agency, today = site.settings.agency, site.today()
        desk = Desk(agency, acting, today, issued_on, site.now, approving, decisions, declared, procedure)
        examiner, ruleset = site_examiner(site, register)
        journal = stack.enter_context(Journal(out / NAME, resume=resume))
        batch = Batch(desk, press, agency, journal, ruleset, copies)
        items = list_inputs([source])
        for line in duplicates_of(items):
            site.echo(f"提示：{line}", err=True)
        looked = each(items, lambda _: make_worker(site, work, ocr), jobs, examiner.look)
        pairs_found = review.guarded(zip(items, looked, strict=True), _ceiling(site, register), acting, site.now)
        with progress(pairs_found, len(items), "处理") as pairs:
            outcomes = tuple(batch.process(item, assessment) for item, assessment in pairs)
    code = _exit_code(outcomes)
    answer = _answer_command(site, source)
    text = write_reports(
        out,
        outcomes,
        agency=agency.name,
        issued_on=issued_on,
        demo=acting.demo,
        excerpt=ExcerptMode(excerpt),
        ok=code is ExitCode.OK,
        answer=answer,
        notes=(f"读取时的网络隔离：{network_isolation()}",),
    )
    if fmt == "json":
        click.echo(text, nl=False)
    else:
        _say(outcomes, out, answer, demo=acting.demo)
    return code


def _say(outcomes: tuple[Outcome, ...], out: Path, answer: str, *, demo: bool) -> None:
    """The summary for a terminal."""
    width = shutil.get_terminal_size((100, 24)).columns
    click.echo("\n".join(summary_lines(outcomes, demo=demo, width=width, answer=answer)))
    click.echo(f"报告：{out / 'report.html'}")


def _ceiling(site: Site, register: Register) -> review.Desk:
    """What may be processed here: content above the level of the system stops the run before it reaches OUT."""
    settings = site.settings
    decided = register.decided() if settings.system_level else {}
    return review.Desk(settings.agency.name, site.today(), settings.system_level, register=register, decided=decided)


def _exit_code(outcomes: tuple[Outcome, ...]) -> ExitCode:
    threshold = Threshold()
    codes = [ExitCode.OK if all_read(outcomes) else ExitCode.INCOMPLETE]
    for outcome in outcomes:
        if outcome.failed:
            codes.append(ExitCode.OUTPUT)
        if outcome.refused:
            codes.append(ExitCode.REFUSED)
        if not outcome.settled or any(map(threshold.reached_by, outcome.assessment.findings)):
            codes.append(ExitCode.FINDINGS)
    return worst(*codes)


def _answer_command(site: Site, source: Path) -> str:
    """The command that answers a citation, with this site and folder filled in."""
    config = f" --config {shlex.quote(str(site.config))}" if site.config else ""
    below = shlex.quote(str(source)).replace("{", "{{").replace("}", "}}")
    return (
        f"markpipe{config} determination answer {below}/{{file}} "
        "--citation {citation} --answer 未涉及内容 --reason 理由"
    )
