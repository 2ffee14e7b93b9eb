"""Who handles, who approves and which sources are declared: what several commands ask of a site before they start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from markpipe.cli.site import Site
from markpipe.errors import RefusedError, UsageError
from markpipe.model.agency import Actor
from markpipe.model.classification import Mark, parse_mark
from markpipe.model.decision import Derivation, Grounds
from markpipe.pipeline.settle import Approver
from markpipe.pipeline.standing import Bench
from markpipe.store.register import Register

_Command = TypeVar("_Command", bound=Callable[..., Any])
matter_argument = click.argument("matter_id", metavar="编号")
"""The number of a matter, the same on every command about one."""


def said_by(who: str, what: str, *, required: bool = True) -> Callable[[_Command], _Command]:
    """`--by` and `--document`: which authority said something, and in which document."""

    def add(command: _Command) -> _Command:
        default = None if required else ""
        named = click.option("--document", required=required, default=default, metavar="文号", help=what)(command)
        return click.option("--by", required=required, default=default, metavar="机关", help=who)(named)

    return add


def handler(site: Site, name: str | None, other_than: str | None = None) -> Actor:
    """The 承办人: the person named, else the account's; on a demo site the first 承办人 who is not the approver."""
    settings = site.settings
    if name is not None and settings.person(name) is None:
        known = "、".join(person.name for person in settings.people) or "（没有配置人员）"
        raise UsageError(f"--handler“{name}”不在人员名单之中", f"可用的姓名：{known}")
    if name is not None:
        return Actor(site.account(), name, settings.demo)
    if not settings.demo or other_than is None:
        return site.actor()
    stand_in = next((p.name for p in settings.people if "承办人" in p.roles and p.name != other_than), None)
    return site.actor(stand_in)


def approver(site: Site, name: str) -> Approver:
    """The officer `--approve-as` or `--as` names.

    A typed name is not an approval: on a real site the account must be that person's (REC-1).
    """
    settings = site.settings
    actor = site.actor(name) if settings.demo else site.actor()
    if actor.person != name:
        raise RefusedError(
            f"登录账户 {actor.account} 是{actor.person}的，不能以“{name}”的名义审批",
            f"请{name}本人登录后办理；姓名不等于签字",
            ("REC-1",),
        )
    return Approver(settings.officer(name), actor)


def bench(site: Site, approving: Approver | None = None) -> Bench:
    """The unit, its procedure, the officer if one acts, and today."""
    settings = site.settings
    return Bench(settings.agency, site.today(), settings.procedure, None if approving is None else approving.officer)


def declared_sources(
    register: Register, source_ids: Sequence[str], touched: Sequence[str] = (), option: str = "--source"
) -> tuple[Derivation, ...]:
    """Sources that the handler declares, with the 密点 touched (`编号:密级[★期限]`)."""
    sources = {source.id: source for source in register.sources()}
    points: dict[str, list[Mark]] = {}
    for text in touched:
        source_id, colon, mark = text.replace("：", ":").partition(":")
        if not colon or source_id not in source_ids:
            raise UsageError(
                f"--touched “{text}”没有指明 {option} 给出的来源", "写作 来源编号:密级[★期限]，如 S0001:秘密★5年"
            )
        try:
            points.setdefault(source_id, []).append(parse_mark(mark))
        except ValueError as error:
            raise UsageError(f"--touched “{text}”：{error}") from error
    for source_id in source_ids:
        if source_id not in sources:
            raise UsageError(f"{option} “{source_id}”没有登记", "用 markpipe source list 查看已登记的来源")
    return tuple(
        Derivation(sources[source_id], Grounds.DECLARED, tuple(points.get(source_id, ())))
        for source_id in dict.fromkeys(source_ids)
    )
