"""`markpipe printer`: the group alone.  A command is imported when it is called: CUPS starts `backend` for every job."""

from __future__ import annotations

from importlib import import_module

import click

_QUEUE, _FLOW = "markpipe.cli.printer_queue", "markpipe.cli.printer_flow"
_COMMANDS = {
    "install": (_QUEUE, "install"),
    "status": (_QUEUE, "status"),
    "test": (_QUEUE, "test"),
    "hold": (_FLOW, "hold"),
    "release": (_FLOW, "release"),
    "backend": ("markpipe.cli.printer_backend", "backend"),
}


class _Printer(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group("printer", cls=_Printer, help="打印队列：建立、检查、试打、暂停、放行、凭码取件。")
def group() -> None:
    """Nothing of its own."""
