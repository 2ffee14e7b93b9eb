"""Write docs/commands.md from the commands' own --help: `python scripts/command_reference.py docs/commands.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from markpipe.cli import messages
from markpipe.cli.main import cli

WIDTH = 100
HEAD = """\
# 命令

由 `make docs` 从各命令的 `--help` 生成，请勿手工修改。退出码见 [exit-codes.md](exit-codes.md)。
"""


def reference() -> str:
    """The whole page."""
    messages.install()
    return HEAD + "".join(sections(cli, "markpipe", None))


def sections(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    """One section a command, groups before what they hold."""
    context = click.Context(
        command, parent, name, terminal_width=WIDTH, max_content_width=WIDTH, help_option_names=["-h", "--help"]
    )
    help_text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield f"\n## {context.command_path}\n\n```\n{help_text}\n```\n"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None and not found.hidden:
                yield from sections(found, child, context)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
