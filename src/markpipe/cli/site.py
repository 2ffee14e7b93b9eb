"""What every command needs of its site: settings, who acts, today's date, keys, register, and how to answer.

The only place that asks for the date (legal dates are Asia/Shanghai) and for the account.  Loads nothing heavy
before it is asked for.  Decides nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import pwd
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from markpipe.errors import ConfigurationError, RegisterError
from markpipe.model.agency import Actor

if TYPE_CHECKING:
    from markpipe.config.settings import Settings
    from markpipe.forms.template import Templates
    from markpipe.keys.keyring import Keyring
    from markpipe.store.register import Register

CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991: no time zone data needed
_Command = TypeVar("_Command", bound=Callable[..., Any])
Seed = Callable[["Site", "Register"], None]


class Site:
    """The office that the program runs for.  Commands get it from `pass_site`; settings are read once, when asked for."""

    def __init__(self, config: Path | None = None) -> None:
        self.config = config

    @cached_property
    def settings(self) -> Settings:
        """The site's settings; `ConfigurationError` where the file is wrong or not there."""
        from markpipe.config.settings import load

        return load(self.config, Path.cwd())

    def today(self) -> dt.date:
        """The legal date: today in China, or the day that a demo site plays."""
        settings = self.settings
        return settings.demo_today or dt.datetime.now(CHINA).date()

    def now(self) -> dt.datetime:
        """The instant, in UTC: what events bear."""
        return dt.datetime.now(dt.UTC)

    def account(self) -> str:
        """The account of the operating system, by user id: the environment could say anything."""
        uid = os.getuid()
        try:
            return pwd.getpwuid(uid).pw_name
        except KeyError:
            return f"uid:{uid}"

    def actor(self, as_name: str | None = None) -> Actor:
        """Who acts: the account's person, or on a demo site the name that stands in; `RefusedError` otherwise."""
        return self.settings.actor(self.account(), as_name)

    def keyring(self) -> Keyring:
        """The site's keys; a demo site makes them on first use.  `RegisterError` where a real site has none."""
        from markpipe.keys.keyring import Keyring

        self._need_file()
        path = self.settings.key_file
        if path.exists():
            return Keyring.load(path)
        if not self.settings.demo:
            raise RegisterError(f"找不到密钥文件 {path}", "新站点先运行 markpipe init；密钥遗失时从备份恢复，不要另建")
        return Keyring.create(path)

    @contextmanager
    def open_register(self, seed: Seed | None = None) -> Iterator[Register]:
        """The register, closed afterwards.

        A real site's must have been made by `markpipe init`.  A demo site's is made on first use; then `seed`
        (by default `cli.demo.register_sources`) enters the sources that the settings list.
        """
        from markpipe.store.register import Register

        settings = self.settings
        keyring = self.keyring()
        path = settings.register_path
        fresh = path is not None and not path.exists()
        if fresh and not settings.demo:
            raise RegisterError(f"找不到台账 {path}", "新站点先运行 markpipe init；台账遗失时从备份恢复，不要另建")
        served = settings.demo and path is None  # a server's register: opening it looks whether it is there
        with Register.open(settings.register_url, keyring, create=fresh or served) as register:
            if settings.demo:
                from markpipe.cli.demo import register_sources

                (seed or register_sources)(self, register)
            yield register

    def forms_folder(self) -> Path:
        """Where forms go that no command gave a place for: `forms` beside the settings."""
        self._need_file()
        path = self.settings.path
        return (Path.cwd() if path is None else path.parent) / "forms"

    def templates(self) -> Templates:
        """What forms are made from: the unit's own templates before those of the program."""
        from markpipe.forms.template import Templates

        return Templates(self.settings.form_templates)

    def _need_file(self) -> None:
        if self.settings.path is None:
            raise ConfigurationError(
                "没有找到站点配置 markpipe.toml", "用 --config 指明，或运行 markpipe init 新建站点"
            )

    def echo(self, text: str = "", *, err: bool = False) -> None:
        """Print a line: answers on stdout, everything else (`err`) on stderr."""
        click.echo(text, err=err)

    def answer(self, answer: str | Mapping[str, Any], fmt: str = "text") -> None:
        """Print what was asked for: a text as it is, anything else as JSON with sorted keys."""
        if isinstance(answer, str) and fmt == "text":
            click.echo(answer, nl=not answer.endswith("\n"))
        else:
            from markpipe.report.dumps import dumps

            click.echo(dumps({"text": answer} if isinstance(answer, str) else dict(answer)), nl=False)


pass_site = click.make_pass_decorator(Site)


def format_option(command: _Command) -> _Command:
    """`--format text|json`, the same on every command that answers something; arrives as `fmt`."""
    return click.option(
        "--format",
        "fmt",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="输出给人看的文字，或给程序用的 JSON。",
    )(command)


def as_option(command: _Command) -> _Command:
    """`--as NAME`, for demo sites only; arrives as `as_name`."""
    return click.option("--as", "as_name", metavar="NAME", help="以此人名义办理（仅限演示站点）。")(command)
