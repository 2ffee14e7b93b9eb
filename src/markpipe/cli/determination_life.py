"""`markpipe determination change|follow|declassify|due|form|templates`: a decision after it was made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from markpipe.cli.acting import bench, matter_argument, said_by
from markpipe.cli.determination import known_officer, read_level, read_term, recording, show_matter
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import ExitCode, UsageError
from markpipe.ledger.views import Matter
from markpipe.model.classification import Mark
from markpipe.model.procedure import Drafted, Ending
from markpipe.pipeline import altering
from markpipe.pipeline.forms import KINDS, Asked, make_form
from markpipe.pipeline.writer import write
from markpipe.report.due import due_json, due_lines, icalendar
from markpipe.store.register import Register

ENDINGS = {one.value: one for one in Ending}
draft_option = click.option(
    "--draft", is_flag=True, help="只拟办：由承办人提出，供各环节填写意见，再由定密责任人审批。"
)
decided_above = said_by("由上级或者制定范围的中央机关决定的，写明机关。", "该决定（或者公布）的文号。", required=False)


@click.command(
    "change", help="变更密级、期限或者知悉范围；程序与定密相同，须在届满之前。不写内容的，审批已拟办的变更。"
)
@matter_argument
@click.option("--level", metavar="密级", help="变更后的密级。")
@click.option("--term", metavar="期限", help="变更后的期限、解密时间或解密条件，自原制发日起算。")
@click.option("--scope", metavar="知悉范围", help="变更后的知悉范围。")
@click.option("--reason", default="", metavar="理由", help="变更的理由和依据。")
@decided_above
@draft_option
@as_option
@format_option
@pass_site
def change(
    site: Site,
    matter_id: str,
    level: str | None,
    term: str | None,
    scope: str | None,
    reason: str,
    by: str,
    document: str,
    draft: bool,
    as_name: str | None,
    fmt: str,
) -> None:
    def wanted(register: Register, matter: Matter) -> Drafted:
        if level is None and term is None and scope is None and not reason:
            return altering.waiting_draft(register, matter)
        now = altering.determined(matter).mark
        mark = Mark(read_level(level) if level else now.level, read_term(term) if term else now.term)
        return altering.drafted_change(matter, mark, scope, reason, by, document)

    _alter(site, matter_id, wanted, draft, as_name, fmt)


@click.command("declassify", help="登记解密；提前解密、条件成就须有理由和程序。不写方式的，审批已拟办的解密。")
@matter_argument
@click.option("--kind", type=click.Choice(list(ENDINGS)), help="怎样解密。")
@click.option("--reason", default="", metavar="理由", help="理由和依据；自行解密可以不写。")
@decided_above
@draft_option
@as_option
@format_option
@pass_site
def declassify(
    site: Site,
    matter_id: str,
    kind: str | None,
    reason: str,
    by: str,
    document: str,
    draft: bool,
    as_name: str | None,
    fmt: str,
) -> None:
    def wanted(register: Register, matter: Matter) -> Drafted:
        if kind is None:
            return altering.waiting_draft(register, matter)
        return Drafted(None, "", ENDINGS[kind], reason, by, document)

    _alter(site, matter_id, wanted, draft, as_name, fmt)


@click.command("follow", help="来源变更或者解密之后，派生的事项随之变更或者解密，办完才解除锁定。")
@matter_argument
@as_option
@format_option
@pass_site
def follow(site: Site, matter_id: str, as_name: str | None, fmt: str) -> None:
    officer = known_officer(site, as_name)
    with site.open_register() as register:
        matter = register.matter(matter_id)
        with recording(site, register, matter, officer):
            done = altering.follow(register, matter, bench(site, officer))
        register.take(done.events, officer.actor, site.now())
        _tell(site, done)
        show_matter(site, register.matter(matter_id), fmt)


def _alter(
    site: Site,
    matter_id: str,
    wanted: Callable[[Register, Matter], Drafted],
    draft: bool,
    as_name: str | None,
    fmt: str,
) -> None:
    """Put a change or an end forward, or decide it."""
    if draft:
        actor = site.actor(as_name)
        with site.open_register() as register:
            matter = register.matter(matter_id)
            altering.put_forward(register, matter, wanted(register, matter), site.today(), actor, site.now())
        site.answer(f"已拟办：{matter_id}（{actor.person}），待各环节填写意见后由定密责任人审批")
        return
    officer = known_officer(site, as_name)
    with site.open_register() as register:
        matter = register.matter(matter_id)
        drafted = wanted(register, matter)
        with recording(site, register, matter, officer):
            done = altering.decide(register, matter, drafted, bench(site, officer))
        register.take(done.events, officer.actor, site.now())
        _tell(site, done)
        show_matter(site, register.matter(matter_id), fmt)


@click.command("due", help="列出待办：随来源办理、届满、定期审核、上报、通知；有待办时退出码 1。")
@click.option("--within", type=click.IntRange(0, 3660), metavar="天数", help="往后看多少天，默认按配置（90）。")
@click.option(
    "--ics", "calendar", metavar="FILE", type=click.Path(path_type=Path), help="另存为日历文件（iCalendar）。"
)
@format_option
@pass_site
def due(site: Site, within: int | None, calendar: Path | None, fmt: str) -> int:
    from markpipe.config.workdays import load_calendar  # files of its own

    procedure, on = site.settings.procedure, site.today()
    days = procedure.remind_days if within is None else within
    with site.open_register() as register:
        calendar_ = load_calendar(site.settings.calendars)
        found = altering.everything_due(register, bench(site), days, calendar_)
    if calendar is not None:
        write(calendar, icalendar(found, on, site.settings.agency.name).encode(), replace=True)
    site.answer(due_json(found, on, days) if fmt == "json" else "\n".join(due_lines(found, on)) or "没有待办", fmt)
    return ExitCode.FINDINGS if found else ExitCode.OK


@click.command("form", help=f"按台账填写表格：{'、'.join(KINDS)}。")
@click.argument("kind", metavar="表格", type=click.Choice(list(KINDS)))
@click.argument("matter_id", metavar="[编号]", required=False)
@click.option("-o", "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="写出的 DOCX。")
@click.option("--officer", "officer_name", metavar="姓名", help="定密责任人授权书的被授权人。")
@click.option("--year", type=click.IntRange(2000, 2999), metavar="年份", help="年度统计的年份，默认上一年。")
@click.option("--reason", default="", metavar="理由", help="授权申请表的申请理由，或者书面通知中不能标志的原因。")
@click.option("--years", type=click.IntRange(1, 30), metavar="年数", help="授权申请表申请的授权期限。")
@pass_site
def form(
    site: Site,
    kind: str,
    matter_id: str | None,
    out: Path,
    officer_name: str | None,
    year: int | None,
    reason: str,
    years: int | None,
) -> None:
    today = site.today()
    asked = Asked(site.settings, today, officer_name or "", year or today.year - 1, years or 0, reason)
    with site.open_register() as register:
        matter = register.matter(matter_id) if matter_id is not None else None
        filled = make_form(kind, register, matter, asked)
    write(out, site.templates().make(filled), replace=True)
    site.answer(f"已写出：{out}")


@click.command("templates", help="把程序自带的表格模板写到文件夹，供本单位修改后在 [forms] templates 中使用。")
@click.argument("folder", metavar="文件夹", type=click.Path(path_type=Path, file_okay=False))
@pass_site
def templates(site: Site, folder: Path) -> None:
    from markpipe.forms.template import SHIPPED

    names = sorted(path.name for path in SHIPPED.glob("*.docx"))
    if taken := [name for name in names if (folder / name).exists()]:
        raise UsageError(f"{folder} 里已有 {taken[0]}", "换一个文件夹，或者先移走；不覆盖已有的模板")
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        write(folder / name, (SHIPPED / name).read_bytes())
    site.answer(f"已写出 {len(names)} 份模板：{folder}；文件名不改，可用的字段见 docs/forms.md")


def _tell(site: Site, done: altering.Done) -> None:
    """Say on stderr who has to be told in writing."""
    if done.tell:
        site.echo(f"须书面通知：{'、'.join(done.tell)}", err=True)
