"""The command line's frame: help without heavy modules, Chinese whatever the language, errors as words and codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner, Result

from markpipe import __version__
from markpipe.cli import main as entry
from markpipe.cli import messages
from markpipe.cli.main import COMMANDS, cli
from markpipe.cli.site import Site
from markpipe.errors import ExitCode, MarkpipeError, OutputError, RefusedError
from markpipe.text.printable import display_width

HEAVY = ("numpy", "pymupdf", "lxml", "sqlalchemy", "rich", "jinja2", "cryptography", "tomllib", "onnxruntime")
CATALOG = messages.LOCALE_DIR / "zh_CN" / "LC_MESSAGES"


def process(*args: str, code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "markpipe.cli.main"]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "MARKPIPE", "PYTHONUTF8"))}
    return subprocess.run([*command, *args], capture_output=True, encoding="utf-8", env={**env, **environment})


def run_with(monkeypatch: pytest.MonkeyPatch, behaviour: object, *args: str) -> Result:
    """Run `markpipe derive`, which for this once does what it is told."""

    @click.command()
    @click.argument("words", nargs=-1)
    def command(words: tuple[str, ...]) -> object:
        if isinstance(behaviour, BaseException):
            raise behaviour
        return behaviour

    monkeypatch.setattr(entry, "import_module", lambda _name: type("Module", (), {"command": command}))
    return CliRunner().invoke(cli, ["derive", *args])


def test_help_imports_nothing_heavy() -> None:
    watch = (
        "import sys; from markpipe.cli.main import main\n"
        "try: main()\n"
        f"finally: print(sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)"
    )
    done = process("--help", code=watch)
    assert done.returncode == 0
    assert done.stderr.strip() == "[]"
    for name, (_, help_text) in COMMANDS.items():
        assert name in done.stdout
        assert help_text in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_is_there_and_explains_itself(name: str) -> None:
    done = process(name, "--help")  # of its own: click keeps the help option of a command that was called before
    assert done.returncode == 0, done.stderr
    assert "选项：" in done.stdout
    assert "Options" not in done.stdout
    assert "Show this message" not in done.stdout


@pytest.mark.parametrize("language", ["C", "en_US.UTF-8", "de_DE", ""])
def test_click_speaks_chinese_and_utf8_in_any_language(language: str) -> None:
    done = process("--bogus", LC_ALL=language, LANG=language, PYTHONIOENCODING="ascii")
    assert done.returncode == ExitCode.USAGE
    assert "用法：markpipe" in done.stderr
    assert "错误：没有 --bogus 这个选项" in done.stderr


def test_unknown_command_and_version() -> None:
    assert CliRunner().invoke(cli, ["frobnicate"]).exit_code == ExitCode.USAGE
    assert CliRunner().invoke(cli, ["--version"]).output == f"markpipe {__version__}\n"


def test_compiled_catalogue_is_that_of_the_source() -> None:
    with (CATALOG / "markpipe.po").open("rb") as stream:
        catalog = read_po(stream, locale="zh_CN", domain="markpipe")
    with (CATALOG / "markpipe.mo").open("rb") as stream:
        compiled = read_mo(stream)
    source, shipped = (
        {"/".join(m.id) if isinstance(m.id, list | tuple) else m.id: "".join(m.string or "") for m in each if m.id}
        for each in (catalog, compiled)
    )
    assert shipped == source, "run make messages"
    assert all(source.values()), "nothing is left untranslated"


@pytest.mark.parametrize(
    ("behaviour", "code", "says"),
    [
        (None, ExitCode.OK, ""),
        (ExitCode.FINDINGS, ExitCode.FINDINGS, ""),
        (click.exceptions.Exit(4), ExitCode.INCOMPLETE, ""),
        (
            RefusedError("承办人不得兼任", "换人办理", ("REC-1",)),
            ExitCode.REFUSED,
            "错误：承办人不得兼任\n处理：换人办理\n",
        ),
        (OutputError("写不出去"), ExitCode.OUTPUT, "错误：写不出去\n"),
        (MarkpipeError("名字里有\x1b[2J和\u202e控制符"), ExitCode.INTERNAL, "名字里有�[2J和�控制符"),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "已中断\n"),
        (click.Abort(), ExitCode.INTERRUPTED, "已中断\n"),
        (click.BadParameter("写错了"), ExitCode.USAGE, "值不对：写错了"),
        (click.FileError("a.txt", "没有"), ExitCode.USAGE, "打不开文件"),
        (OSError(28, "No space left on device"), ExitCode.OUTPUT, "磁盘空间不足"),
    ],
)
def test_outcomes(monkeypatch: pytest.MonkeyPatch, behaviour: object, code: ExitCode, says: str) -> None:
    result = run_with(monkeypatch, behaviour)
    assert result.exit_code == code
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_an_unforeseen_error_tells_its_type_and_place_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MARKPIPE_DEBUG", raising=False)
    results = [run_with(monkeypatch, ValueError(f"绝密内容{n}")) for n in (1, 2)]
    assert {result.exit_code for result in results} == {ExitCode.INTERNAL}
    assert "ValueError" in results[0].stderr
    assert "绝密内容" not in results[0].output
    assert results[0].stderr == results[1].stderr, "one error, one number"


def test_debugging_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKPIPE_DEBUG", "1")
    result = run_with(monkeypatch, ValueError("细节"))
    assert result.exit_code == ExitCode.INTERNAL


def test_a_closed_pipe_is_no_noise() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "markpipe.cli.main", "--help"], stdout=pipe, stderr=subprocess.PIPE, text=True
        )
    assert done.stderr == ""
    assert done.returncode == ExitCode.OUTPUT


def test_lines_fit_the_terminal_and_break_as_chinese_does() -> None:
    text = "定密责任人审核批准（含指定的定密责任人），国家秘密标志 GB/T 9704 版心左上角。" * 4
    lines = messages.wrap(text, 40)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(display_width(line) <= 42 for line in lines)
    assert not any(line[0] in "，。）" for line in lines)
    assert not any(line.endswith("（") for line in lines)


def test_help_columns_align() -> None:
    formatter = messages.ChineseFormatter(width=60)
    with formatter.section("选项"):
        formatter.write_dl(
            [("--甲 值", "第一项说明" * 8), ("--a-very-long-option-name-here TEXT", "说明"), ("--b", "")]
        )
    lines = formatter.getvalue().splitlines()
    assert lines[0] == "选项："
    assert all(display_width(line) <= 60 for line in lines)
    column = display_width(lines[1].partition("第")[0])
    assert lines[2].startswith(" " * column)
    assert lines[2][column] != " "


def test_verbatim_paragraphs_keep_their_lines() -> None:
    formatter = messages.ChineseFormatter(width=30)
    formatter.write_text("说明\n文字。\n\n\b\n  一\n  二")
    assert formatter.getvalue() == "说明文字。\n\n  一\n  二\n"


def test_site_answers(capsys: pytest.CaptureFixture[str]) -> None:
    site = Site()
    site.answer("文字")
    site.answer({"b": 1, "a": "秘密"}, "json")
    out = capsys.readouterr().out
    assert out.startswith("文字\n")
    assert json.loads(out.removeprefix("文字\n")) == {"a": "秘密", "b": 1}


def test_a_register_needs_a_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("markpipe.config.settings.find", lambda _start: None)
    result = CliRunner().invoke(cli, ["register", "verify"])
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "没有找到站点配置" in result.stderr


def test_init_makes_a_site_once(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    first = CliRunner().invoke(cli, ["init", str(folder)])
    assert first.exit_code == ExitCode.OK, first.output
    made = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {path.name for path in made} >= {"markpipe.toml", "keys.json", "register.sqlite3"}
    assert (folder / "state" / "keys.json").stat().st_mode & 0o077 == 0
    again = CliRunner().invoke(cli, ["init", str(folder)])
    assert again.exit_code == ExitCode.OK
    assert "已有密钥" in again.output
    assert made == {path: path.read_bytes() for path in made}


def test_init_refuses_new_keys_for_an_old_register(tmp_path: Path) -> None:
    CliRunner().invoke(cli, ["init", str(tmp_path)])
    (tmp_path / "state" / "keys.json").unlink()
    result = CliRunner().invoke(cli, ["init", str(tmp_path)])
    assert result.exit_code == ExitCode.REGISTER
    assert "从备份恢复密钥" in result.stderr


def test_a_real_site_makes_no_register_by_itself(tmp_path: Path) -> None:
    (tmp_path / "markpipe.toml").write_text("schema = 1\n", encoding="utf-8")
    result = CliRunner().invoke(cli, ["--config", str(tmp_path / "markpipe.toml"), "register", "verify"])
    assert result.exit_code == ExitCode.REGISTER
    assert "markpipe init" in result.stderr
    assert not (tmp_path / "state").exists()


def test_doctor_says_what_is_in_force_and_where_from(tmp_path: Path) -> None:
    CliRunner().invoke(cli, ["init", str(tmp_path)])
    config = str(tmp_path / "markpipe.toml")
    result = CliRunner().invoke(cli, ["--config", config, "doctor", "--format", "json"])
    answer = json.loads(result.stdout)
    settings = {item["name"]: item for item in answer["settings"]}
    checks = {item["name"]: item for item in answer["checks"]}
    assert settings["system.level"]["value"] == "非密"
    assert settings["system.level"]["origin"].startswith("markpipe.toml 第")
    assert settings["limits.pages"]["origin"] == "默认值"
    assert checks["台账"]["state"] == "正常"
    assert checks["定密责任人"]["state"] == "提示"
    assert result.exit_code == ExitCode.FINDINGS, "a site without an officer cannot determine"


def test_doctor_finds_a_damaged_register(tmp_path: Path) -> None:
    CliRunner().invoke(cli, ["init", str(tmp_path)])
    (tmp_path / "state" / "register.sqlite3").write_bytes(b"not a database" * 100)
    result = CliRunner().invoke(cli, ["--config", str(tmp_path / "markpipe.toml"), "doctor"])
    assert result.exit_code == ExitCode.REGISTER
    assert "✗ 台账" in result.output
