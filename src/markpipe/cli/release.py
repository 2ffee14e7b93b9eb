"""`markpipe release`: signatures on what is to be made public, and what they release; clearances; incidents."""

from __future__ import annotations

from pathlib import Path

import click

from markpipe.cli.looking import make_worker
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import RefusedError, UsageError
from markpipe.model.agency import Actor
from markpipe.model.publication import Clearance, ClearanceKind, Release
from markpipe.pipeline import release as releases
from markpipe.pipeline.dispatch import read_file
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.report.releases import (
    incident_lines,
    incidents_json,
    release_json,
    release_line,
    release_lines,
    releases_json,
)
from markpipe.store.register import Register

_SETTLING = ("保密员", "保密审查员", "负责人", "主要负责人", "定密责任人")


@click.group("release", help="公开件：逐道签字，签齐放行；登记解密决定、同意公开和复核认定。")
def group() -> None:
    """Nothing of its own."""


@group.command("list", help="列出送审件和各自所缺的签字。")
@format_option
@pass_site
def list_(site: Site, fmt: str) -> None:
    with site.open_register() as register:
        found = register.releases()
    lines = "\n".join(map(release_line, found)) or "没有送审件"
    site.answer(releases_json(found) if fmt == "json" else lines, fmt)


@group.command("show", help="一件送审件：校验值、删去了什么、谁签过字。")
@click.argument("release_id", metavar="编号")
@format_option
@pass_site
def show(site: Site, release_id: str, fmt: str) -> None:
    with site.open_register() as register:
        found = register.release(release_id)
    site.answer(release_json(found) if fmt == "json" else "\n".join(release_lines(found)), fmt)


@group.command("approve", help="以本人账户签下一道；最后一道签完即放行到 DIR/放行/。")
@click.argument("release_id", metavar="编号")
@click.option("--step", metavar="环节", help="要签的一道（默认下一道），用来防止签错。")
@click.option("--words", default="", metavar="意见", help="签署意见，默认“同意公开”。")
@as_option
@format_option
@pass_site
def approve(site: Site, release_id: str, step: str | None, words: str, as_name: str | None, fmt: str) -> None:
    actor = site.actor(as_name)
    with site.open_register() as register:
        roles = _roles(site, actor)
        found = releases.sign(_counter(site, register), release_id, actor, roles, step, words)
    _answer(site, found, fmt)


@group.command("issue", help="放行签字齐全的一件；签字不齐的拒绝。")
@click.argument("release_id", metavar="编号")
@as_option
@format_option
@pass_site
def issue(site: Site, release_id: str, as_name: str | None, fmt: str) -> None:
    actor = site.actor(as_name)
    with site.open_register() as register:
        found = releases.issue(_counter(site, register), release_id, actor)
    _answer(site, found, fmt)


@group.command("withdraw", help="撤回或者退回一件送审件，写明理由。")
@click.argument("release_id", metavar="编号")
@click.option("--reason", required=True, metavar="理由", help="撤回或者退回的理由。")
@as_option
@format_option
@pass_site
def withdraw(site: Site, release_id: str, reason: str, as_name: str | None, fmt: str) -> None:
    if not reason.strip():
        raise UsageError("--reason 是空的", "请写明理由")
    actor = site.actor(as_name)
    with site.open_register() as register:
        found = releases.withdraw(_counter(site, register), release_id, reason, actor)
    _answer(site, found, fmt)


@group.command("settle", help="登记一份文件的解密决定、原定密机关同意公开，或者对一条理由的复核认定。")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice([kind.value for kind in ClearanceKind]), required=True, help="登记什么。")
@click.option("--by", default="", metavar="机关", help="作出决定或者同意的机关、单位（复核认定不用写）。")
@click.option("--document", default="", metavar="文号", help="决定或者同意的文号（复核认定不用写）。")
@click.option("--reason", "code", default="", metavar="理由代码", help="复核认定的是哪一条，如 mark-quoted。")
@click.option("--why", default="", metavar="说明", help="认定的根据。")
@as_option
@pass_site
def settle(site: Site, file: Path, kind: str, by: str, document: str, code: str, why: str, as_name: str | None) -> None:
    wanted = ClearanceKind(kind)
    if wanted is ClearanceKind.ANSWERED and not (code.strip() and why.strip()):
        raise UsageError("复核认定须写明 --reason 理由代码和 --why 根据", "代码见审查结果方括号内，如 [mark-quoted]")
    if wanted is not ClearanceKind.ANSWERED and not (by.strip() and document.strip()):
        raise UsageError(f"{kind}须写明 --by 机关和 --document 文号", "口头同意不能登记")
    actor = site.actor(as_name)
    if not set(_roles(site, actor)) & set(_SETTLING):
        raise RefusedError(f"{actor.person}不能登记{kind}", f"须由{'、'.join(_SETTLING)}办理", ("PUB-1",))
    with site.open_register() as register, work_folder(default_root()) as work, make_worker(site, work) as worker:
        digest = read_file(file, worker, site.settings.limits, nested=True).digest
        if not digest:
            raise UsageError(f"{file} 读不出来", "核对路径和权限")
        register.clear(digest, Clearance(wanted, by.strip(), document.strip(), code.strip(), why), actor, site.now())
    site.answer(f"已登记：{file} {kind} {document or code}（{actor.person}）")


@group.command("incidents", help="列出发现的超密级事件和报告时限。")
@format_option
@pass_site
def incidents(site: Site, fmt: str) -> None:
    with site.open_register() as register:
        found = register.incidents()
    now = site.now()
    site.answer(incidents_json(found, now) if fmt == "json" else "\n".join(incident_lines(found, now)), fmt)


def _counter(site: Site, register: Register) -> releases.Counter:
    settings = site.settings
    return releases.Counter(register, settings.publication.procedures, settings.agency.name, site.now, site.today())


def _roles(site: Site, actor: Actor) -> tuple[str, ...]:
    """A person's roles; the statutory officer is the head of the unit."""
    person = site.settings.person(actor.person)
    return () if person is None else person.roles


def _answer(site: Site, release: Release, fmt: str) -> None:
    site.answer(release_json(release) if fmt == "json" else release_line(release), fmt)
