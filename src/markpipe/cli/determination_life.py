"""`markpipe determination change|follow|declassify|due|form`: a decision after it was made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from markpipe.classify import lifecycle
from markpipe.classify.due import Task, tasks
from markpipe.classify.lifecycle import Change, Standing
from markpipe.cli.acting import bench
from markpipe.cli.determination import known_officer, read_level, read_term, recording, show_matter
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import ExitCode, RefusedError, UsageError
from markpipe.ledger.procedure import MatterChanged, MatterDeclassified, SourceChanged
from markpipe.ledger.views import Matter
from markpipe.model.classification import Mark
from markpipe.model.decision import Decision, Determination
from markpipe.model.procedure import ChangeKind, Ending
from markpipe.pipeline.forms import KINDS, Asked, make_form
from markpipe.pipeline.standing import in_force, kept, pending, recipients, sources_by_id
from markpipe.pipeline.writer import write
from markpipe.report.due import due_json, due_lines, icalendar
from markpipe.store.register import Register

ENDINGS = {one.value: one for one in Ending}


@click.command("change", help="定密责任人变更密级、期限或者知悉范围；程序与定密相同，须在届满之前。")
@click.argument("matter_id", metavar="编号")
@click.option("--level", metavar="密级", help="变更后的密级。")
@click.option("--term", metavar="期限", help="变更后的期限、解密时间或解密条件，自原制发日起算。")
@click.option("--scope", metavar="知悉范围", help="变更后的知悉范围。")
@click.option("--reason", required=True, metavar="理由", help="变更的理由和依据。")
@click.option("--by", default="", metavar="机关", help="由上级或者制定范围的中央机关决定的，写明机关。")
@click.option("--document", default="", metavar="文号", help="该决定的文号。")
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
    as_name: str | None,
    fmt: str,
) -> None:
    officer = known_officer(site, as_name)
    with site.open_register() as register:
        matter = register.matter(matter_id)
        now = _determined(matter)
        mark = Mark(read_level(level) if level else now.mark.level, read_term(term) if term else now.mark.term)
        wanted = Change(
            Standing(now, matter.proposal), mark, now.access_scope if scope is None else scope, reason, by, document
        )
        with recording(site, register, matter, officer):
            context = bench(site, officer).context(register, matter.digest, matter)
            kind, after, proposal = lifecycle.change(wanted, context)
        name = officer.actor.person
        event = MatterChanged(kind, after, proposal, name, site.today(), reason, document, by)
        register.take((event, *_linked(register, after, reason)), officer.actor, site.now())
        _tell(site, register, after)
        show_matter(site, register.matter(matter_id), fmt)


@click.command("follow", help="来源变更或者解密之后，派生的事项随之变更或者解密，办完才解除锁定。")
@click.argument("matter_id", metavar="编号")
@as_option
@format_option
@pass_site
def follow(site: Site, matter_id: str, as_name: str | None, fmt: str) -> None:
    officer = known_officer(site, as_name)
    with site.open_register() as register:
        matter = register.matter(matter_id)
        now = _determined(matter)
        context = bench(site, officer).context(register, matter.digest, matter)
        with recording(site, register, matter, officer):
            result = lifecycle.follow(Standing(now, matter.proposal), context)
        on, name, reason = site.today(), officer.actor.person, "来源变更、解密，随之办理"
        if result is None:
            ended = MatterDeclassified(matter_id, Ending.FOLLOWED, on, reason, name)
            register.take((ended, *_linked_end(register, matter_id, on)), officer.actor, site.now())
        else:
            after, proposal = result
            event = MatterChanged(ChangeKind.FOLLOWED, after, proposal, name, on, reason)
            register.take((event, *_linked(register, after, reason)), officer.actor, site.now())
        _tell(site, register, now if result is None else result[0])
        show_matter(site, register.matter(matter_id), fmt)


@click.command("declassify", help="解密：自行解密（登记）、解密条件成就、提前解密、正式公布、随来源解密。")
@click.argument("matter_id", metavar="编号")
@click.option("--kind", type=click.Choice(list(ENDINGS)), required=True, help="怎样解密。")
@click.option("--reason", default="", metavar="理由", help="理由和依据；自行解密可以不写。")
@click.option("--by", default="", metavar="机关", help="由上级或者中央机关决定的，写明机关。")
@click.option("--document", default="", metavar="文号", help="该决定或者公布的文号。")
@as_option
@format_option
@pass_site
def declassify(
    site: Site, matter_id: str, kind: str, reason: str, by: str, document: str, as_name: str | None, fmt: str
) -> None:
    ending = ENDINGS[kind]
    officer = known_officer(site, as_name)
    with site.open_register() as register:
        matter = register.matter(matter_id)
        now = _determined(matter)
        context = bench(site, officer).context(register, matter.digest, matter)
        with recording(site, register, matter, officer):
            lifecycle.declassify(Standing(now, matter.proposal), ending, context, reason, by, document)
        on = site.today()
        name = "" if ending is Ending.EXPIRED else officer.actor.person
        event = MatterDeclassified(matter_id, ending, on, reason, name, document, by)
        register.take((event, *_linked_end(register, matter_id, on)), officer.actor, site.now())
        if ending not in (Ending.EXPIRED, Ending.PUBLISHED):
            _tell(site, register, now)
        show_matter(site, register.matter(matter_id), fmt)


@click.command("due", help="列出待办：随来源办理、届满、定期审核、上报、通知；有待办时退出码 1。")
@click.option("--within", type=click.IntRange(0, 3660), metavar="天数", help="往后看多少天，默认按配置（90）。")
@click.option(
    "--ics", "calendar", metavar="FILE", type=click.Path(path_type=Path), help="另存为日历文件（iCalendar）。"
)
@format_option
@pass_site
def due(site: Site, within: int | None, calendar: Path | None, fmt: str) -> int:
    procedure, on = site.settings.procedure, site.today()
    days = procedure.remind_days if within is None else within
    with site.open_register() as register:
        found = _tasks(site, register, days)
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
@click.option("--reason", default="", metavar="理由", help="授权申请表的申请理由。")
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


def _tasks(site: Site, register: Register, within: int) -> tuple[Task, ...]:
    agency, on = site.settings.agency, site.today()
    months = site.settings.procedure.review_months
    waiting = pending(register, agency, on)
    found = tasks(in_force(register), waiting, sources_by_id(register), on, within, months)
    ended = [one for one in kept(register) if one not in in_force(register)]
    told = (task for task in tasks(ended, (), {}, on, within, months) if task.rule == "CHG-1")
    return (*found, *told)


def _determined(matter: Matter) -> Determination:
    if matter.determination is None or matter.decision is not Decision.APPROVED:
        raise RefusedError(
            f"{matter.id} 现为“{matter.decision.value}”，没有生效的定密决定", "先由定密责任人审核批准", ("REC-1",)
        )
    return matter.determination


def _linked(register: Register, after: Determination, reason: str) -> tuple[SourceChanged, ...]:
    """The registered sources that are this decision's own documents change with it, so that the next hop is reached."""
    from dataclasses import replace

    changed = []
    for source in sources_by_id(register).values():
        if source.determination == after.id and source.mark != after.mark:
            now = replace(source, mark=after.mark, access_scope=after.access_scope or source.access_scope)
            changed.append(SourceChanged(now, after.id, "本机关、单位", after.decided_on, reason))
    return tuple(changed)


def _linked_end(register: Register, matter_id: str, on: Any) -> tuple[SourceChanged, ...]:
    from dataclasses import replace

    return tuple(
        SourceChanged(replace(source, declassified_on=on), matter_id, "本机关、单位", on, "已解密")
        for source in sources_by_id(register).values()
        if source.determination == matter_id
    )


def _tell(site: Site, register: Register, after: Determination) -> None:
    """Say on stderr who has to be told in writing."""
    names = recipients(register, after.id, after.access_scope)
    if names:
        site.echo(f"须书面通知：{'、'.join(names)}", err=True)


__all__ = ["UsageError", "change", "declassify", "due", "follow", "form"]
