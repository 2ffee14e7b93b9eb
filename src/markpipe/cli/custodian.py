"""What the commands about carriers share: the 保密员 who acts, refused attempts on record, answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from markpipe.cli.site import Site
from markpipe.errors import RefusedError
from markpipe.model.agency import Actor
from markpipe.model.custody import Carrier, plain_ref
from markpipe.report.carriers import carriers_json, carriers_text
from markpipe.store.register import Register
from markpipe.text.entered import plain_name

CUSTODIAN = "保密员"
_Command = TypeVar("_Command", bound=Callable[..., Any])


class _Entered(click.ParamType):  # type: ignore[type-arg]  # generic only for type checkers
    """Something typed, in the spelling in which it is kept."""

    def __init__(self, name: str, plain: Callable[[str], str]) -> None:
        self.name = name
        self._plain = plain

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        return self._plain(str(value))


NAME = _Entered("姓名", plain_name)
"""A person or unit: the blanks in 李　四 only space it out."""
REF = _Entered("编号", plain_ref)
"""A carrier or a document, in any width and case."""


def custodians(site: Site) -> tuple[str, ...]:
    """The names of the site's 保密员."""
    return tuple(person.name for person in site.settings.people if CUSTODIAN in person.roles)


def check_custodian(site: Site, actor: Actor, what: str) -> None:
    """Carriers pass through the 保密员: anybody else is refused."""
    if actor.person not in custodians(site):
        raise RefusedError(
            f"{actor.person}不是保密员，不能办理{what}：载体须经保密员流转，不得横传",
            f"请保密员（{'、'.join(custodians(site)) or '配置中还没有'}）办理",
            ("REC-2",),
        )


@contextmanager
def on_record(site: Site, register: Register, actor: Actor, subject: str) -> Iterator[None]:
    """A refused attempt is an event of its own."""
    try:
        yield
    except RefusedError as refusal:
        register.refuse(subject, refusal.rules, refusal.message, actor, site.now())
        raise


def answer_carriers(site: Site, carriers: Sequence[Carrier], fmt: str, nothing: str = "没有载体") -> None:
    """Print carriers as they stand now."""
    if fmt == "json":
        site.answer(carriers_json(carriers), fmt)
    else:
        shown = "【演示】\n" if site.settings.demo and carriers else ""
        site.answer(shown + carriers_text(carriers, nothing))


def refs_argument(command: _Command) -> _Command:
    """One or more carriers; arrives as `refs`."""
    return click.argument("refs", metavar="份…", nargs=-1, required=True, type=REF)(command)


def approval_options(command: _Command) -> _Command:
    """Who approved and under which number; arrive as `approved_by` and `approval`."""
    command = click.option("--approval", default="", metavar="文号", help="批准的文号或审批单编号。")(command)
    return click.option("--approved-by", default="", metavar="姓名", type=NAME, help="批准人。")(command)
