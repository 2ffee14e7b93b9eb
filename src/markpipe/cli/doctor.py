"""`markpipe doctor`: each setting and where it came from, and whether the machine has what the program needs.

Repairs nothing; the exit code is the gravest of what was found.
"""

from __future__ import annotations

import click

from markpipe.cli.checkup import Check, Setting, State, look, settings_in_force
from markpipe.cli.site import Site, format_option, pass_site
from markpipe.errors import ExitCode, worst
from markpipe.text.printable import pad, printable

SCHEMA = "markpipe.doctor/1"
_SIGNS = {State.GOOD: "✓", State.NOTE: "!", State.BAD: "✗"}
_NAME_COLUMNS = 26


@click.command(help="列出各项设置的值和来源，检查所用的工具、网络隔离、词典和台账。")
@format_option
@pass_site
def command(site: Site, fmt: str) -> ExitCode:
    settings = settings_in_force(site.settings)
    checks = tuple(look(site))
    code = worst(*(check.code for check in checks))
    if fmt == "json":
        site.answer(_as_json(settings, checks, code), fmt)
    else:
        site.echo("\n".join(_as_text(str(site.settings.path or "（没有站点配置）"), settings, checks)))
    return code


def _as_text(file: str, settings: tuple[Setting, ...], checks: tuple[Check, ...]) -> list[str]:
    lines = [f"配置文件：{file}", "", "设置"]
    lines += [f"  {pad(item.name, _NAME_COLUMNS)}{printable(item.value)}  〔{item.origin}〕" for item in settings]
    lines += ["", "检查"]
    for check in checks:
        lines.append(f"  {_SIGNS[check.state]} {pad(check.name, 14)}{printable(check.message)}")
        if check.remedy and check.state is not State.GOOD:
            lines.append(f"    {pad('', 14)}处理：{printable(check.remedy)}")
    return lines


def _as_json(settings: tuple[Setting, ...], checks: tuple[Check, ...], code: ExitCode) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "ok": code is ExitCode.OK,
        "settings": [{"name": s.name, "value": s.value, "origin": s.origin} for s in settings],
        "checks": [{"name": c.name, "state": c.state, "message": c.message, "remedy": c.remedy} for c in checks],
    }
