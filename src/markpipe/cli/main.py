"""`markpipe`: the root command, what it can do, and the one place where errors become words and exit codes.

Imports only click: a command's module is imported when that command is called.  Holds no command itself.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from markpipe import __version__
from markpipe.cli import messages
from markpipe.errors import ExitCode, MarkpipeError
from markpipe.text.printable import printable

# name -> (module:attribute, what the list of commands says); the order is that of the list
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("markpipe.cli.run:command", "整批处理：查疑似、定派生、拟定、审批、盖章编号、登记"),
    "scan": ("markpipe.cli.scan:command", "只查疑似，不改动任何文件"),
    "review": ("markpipe.cli.review:command", "公开前审查：可报批、须复核或不得公开，做清洁的公开件"),
    "release": ("markpipe.cli.release:group", "公开件的签字、放行、登记"),
    "derive": ("markpipe.cli.derive:command", "派生定密计算：摘录后应是什么密级、何时解密"),
    "source": ("markpipe.cli.source:group", "已定密事项（来源）的登记、查询、注销"),
    "determination": ("markpipe.cli.determinations:group", "定密事项：拟定、审批、变更、解密、待办、表格"),
    "stamp": ("markpipe.cli.stamp:command", "给已定密的文件加国家秘密标志和定密戳记"),
    "redact": ("markpipe.cli.redact:command", "把要删的词从 PDF、DOCX 中真正删去，并由其他工具核对"),
    "verify": ("markpipe.cli.verify:command", "核验文件：标志、隐藏内容、遮住但还在的内容、残留"),
    "copies": ("markpipe.cli.copies:group", "份号与各份的去向"),
    "print": ("markpipe.cli.print_:command", "打印：编份号、盖标志、一份一个任务，逐份登记"),
    "printer": ("markpipe.cli.printer:group", "打印队列：建立、检查、试打、暂停、放行、凭码取件"),
    "carriers": ("markpipe.cli.carriers:group", "收文登记簿：外单位发来的载体"),
    "register": ("markpipe.cli.register:group", "台账：核验、导出、备份、统计"),
    "keys": ("markpipe.cli.keys:group", "密钥文件：查看、更换"),
    "dictionary": ("markpipe.cli.dictionary:group", "保密事项范围词典：检查、列出、试用"),
    "stamps": ("markpipe.cli.stamps:group", "标志和印章的版式：列出、预览"),
    "rule": ("markpipe.cli.rule:command", "查一条规则的内容和出处"),
    "init": ("markpipe.cli.init:command", "新建站点：配置、密钥、台账"),
    "doctor": ("markpipe.cli.doctor:command", "查看各项设置及来源，检查运行环境"),
}
_DISK_ERRORS = {errno.ENOSPC: "磁盘空间不足", errno.EDQUOT: "磁盘配额已用完", errno.EROFS: "磁盘只读"}
_FULL_WIDTH = 100


class LazyGroup(click.Group):
    """A group that lists its commands from a table and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("命令"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run and leave with an exit code of the contract; never returns and never shows a traceback."""
        messages.install()
        prog_name = prog_name or "markpipe"
        if "_MARKPIPE_COMPLETE" in os.environ:
            super().main(args, prog_name, **extra)
        code = self._answer(list(sys.argv[1:] if args is None else args), prog_name, extra)
        code = _flush(code)
        sys.exit(int(code))

    def _answer(self, args: list[str], prog_name: str, extra: dict[str, Any]) -> int:
        try:
            with self.make_context(prog_name, args, **extra) as context:
                answer = self.invoke(context)
            return answer if isinstance(answer, int) else ExitCode.OK
        except click.exceptions.Exit as exit_:
            return exit_.exit_code
        except click.ClickException as error:
            error.show()
            return ExitCode.USAGE
        except (KeyboardInterrupt, click.Abort):
            click.echo("已中断", err=True)
            return ExitCode.INTERRUPTED
        except MarkpipeError as error:
            _say(error.message, error.remedy)
            return error.exit_code
        except BrokenPipeError:
            _drop_stdout()
            return ExitCode.OUTPUT
        except Exception as error:  # noqa: BLE001  the last resort: anything else becomes a number, never document text
            return _unexpected(error)


def _say(message: str, remedy: str) -> None:
    click.echo(printable(f"错误：{message.rstrip('。')}"), err=True)
    if remedy:
        click.echo(printable(f"处理：{remedy.rstrip('。')}"), err=True)


def _unexpected(error: Exception) -> ExitCode:
    """Name an error that no code foresaw by its type and place alone: its own words may quote a document."""
    if os.environ.get("MARKPIPE_DEBUG") == "1":
        traceback.print_exception(error)
    if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
        _say(_DISK_ERRORS[error.errno], "腾出空间后重新运行；已完成的部分不会重复办理")
        return ExitCode.OUTPUT
    frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    number = hashlib.sha256("|".join([__version__, type(error).__name__, *frames]).encode()).hexdigest()[:8]
    _say(
        f"程序内部错误（{type(error).__name__}），请把以下编号和所用的命令报告给维护人员：{number} {frames[-1]}",
        "设置环境变量 MARKPIPE_DEBUG=1 再运行可看到细节；细节中可能有文件内容，请勿外传",
    )
    return ExitCode.INTERNAL


def _flush(code: int) -> int:
    """Write out what is left; whoever read us may have gone, which is no reason for noise."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_stdout()
        return code or ExitCode.OUTPUT
    return code


def _drop_stdout() -> None:
    """Point stdout at nothing, so that the interpreter does not complain when it closes it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=LazyGroup,
    name="markpipe",
    context_settings={"max_content_width": _FULL_WIDTH, "help_option_names": ["-h", "--help"]},
    help="涉密文件标志与脱密流水线：查疑似密点，定派生密级，盖国家秘密标志，编份号，记台账。\n\n"
    "程序只提示和拟定，定密由定密责任人审核批准。",
    epilog="各命令的用法：markpipe 命令 --help。退出码与配置见 docs/。",
)
@click.option(
    "--config",
    "config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="站点配置 markpipe.toml（默认从当前文件夹逐级向上找）。",
)
@click.version_option(__version__, message="%(prog)s %(version)s", help="显示版本号。")
@click.pass_context
def cli(ctx: click.Context, config: Path | None) -> None:
    """The root: makes the `Site` that every command gets."""
    from markpipe.cli.site import Site

    ctx.obj = Site(config)


def main() -> NoReturn:
    """The entry point of the console script."""
    messages.prepare_streams()
    cli.main(prog_name="markpipe")


if __name__ == "__main__":
    main()
