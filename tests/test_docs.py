"""The documentation says what is: every command, exit code and rule is in it, and every command it shows exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from markpipe.classify.rules import RULES
from markpipe.cli.main import COMMANDS, cli
from markpipe.config.settings import load
from markpipe.errors import ConfigurationError, ExitCode

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "samples" / "README.md"])
MACHINE_PATHS = re.compile(r"(?<![\w.<])/(?:work|root|tmp|home/\w+|Users/\w+)(?:/\w|\b)")
INDEX_ADDRESSES = re.compile(
    r"(?i)--(?:extra-)?index-url|--find-links|--trusted-host|https?://\S*(?:pypi|/simple\b|mirror|artifactory|devpi)"
)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def tracked_files() -> list[Path]:
    """What the repository holds (without git, as in an unpacked archive: everything but the built)."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git here")
    return [ROOT / name for name in listed.split("\0") if name]


def test_command_reference_is_generated_from_the_help(tmp_path: Path) -> None:
    """In a process of its own: click keeps the help option of a command that another test called first."""
    page = tmp_path / "commands.md"
    subprocess.run([sys.executable, ROOT / "scripts" / "command_reference.py", page], check=True)
    assert text_of(ROOT / "docs" / "commands.md") == text_of(page), "run make docs"


def test_every_exit_code_has_its_row() -> None:
    page = text_of(ROOT / "docs" / "exit-codes.md")
    rows = re.findall(r"^\| (\d+) \| (\w+) \| (.+) \|$", page, re.MULTILINE)
    assert [(int(code), name, label) for code, name, label in rows] == [(c.value, c.name, c.label) for c in ExitCode]


def test_every_rule_is_documented() -> None:
    page = text_of(ROOT / "docs" / "rules.md")
    assert [rule for rule in RULES if not re.search(rf"(?<![\w.<]){re.escape(rule)}(?![\w-])", page)] == []


@pytest.mark.parametrize(
    "section",
    [
        "-",
        "[agency]",
        "[[agency.authorities]]",
        "[[people]]",
        "[[officers]]",
        "[system]",
        "[demo]",
        "[register]",
        "[keys]",
        "[dictionaries]",
        "[stamps]",
        "[labels]",
        "[calendar]",
        "[procedure]",
        "[forms]",
        "[rules]",
        "[publication]",
        "[limits]",
        "[custody]",
        "[[printers]]",
    ],
)
def test_every_setting_is_documented(section: str, tmp_path: Path) -> None:
    """An unknown key makes the program name the known ones; each of them must be on the page."""
    needed = {
        "[[people]]": 'name = "甲"',
        "[[agency.authorities]]": 'levels = ["秘密"]\nbasis = "文"',
        "[[printers]]": 'name = "a"\ndevice = "ipp://192.0.2.7/"',
    }.get(section, "")
    needed = 'name = "甲"\nkind = "法定"\n[[people]]\nname = "甲"' if section == "[[officers]]" else needed
    lines = ["schema = 1", section.strip("-"), "nonsense = 1", needed]
    (tmp_path / "markpipe.toml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path / "markpipe.toml", tmp_path)
    known = caught.value.remedy.removeprefix("此处可用：").split("、")
    assert len(known) >= 1
    page = text_of(ROOT / "docs" / "configuration.md")
    assert [name for name in known if f"`{name}`" not in page and f"{name}]" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_code_blocks_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    for block in re.findall(r"^```\w*\n(.*?)^```", text_of(page), re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            words = line.split()
            if words[:1] == ["make"]:
                assert set(words[1:]) <= targets, line
            elif words[:1] == ["markpipe"] and page.name != "commands.md":
                check_command(words[1:], line)


def check_command(words: list[str], line: str) -> None:
    """Follow the words down the commands; every option must be one of theirs."""
    command: click.Command = cli
    known = {option for parameter in cli.params for option in parameter.opts}
    context = click.Context(cli, help_option_names=["-h", "--help"])
    position = 0
    while isinstance(command, click.Group):
        while words[position].startswith("-"):
            assert words[position] in known, line
            position += 2
        found = command.get_command(context, words[position])
        assert found, f"{line}: no command {words[position]}"
        command, position = found, position + 1
        known |= {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    options = {word.partition("=")[0] for word in words[position:] if re.match(r"--?[a-z]", word)}
    assert options - {"--help"} <= known, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text_of(page)):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), target


def test_pages_named_in_messages_exist() -> None:
    named = {name for path in (ROOT / "src").rglob("*.py") for name in re.findall(r"docs/[\w-]+\.md", text_of(path))}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_no_file_names_a_machine_or_an_index() -> None:
    found = []
    for path in tracked_files():
        if path == Path(__file__) or not path.is_file():
            continue
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
            if MACHINE_PATHS.search(line) or INDEX_ADDRESSES.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_the_list_of_commands_is_that_of_the_reference() -> None:
    page = text_of(ROOT / "docs" / "commands.md")
    assert [name for name in COMMANDS if f"\n## markpipe {name}\n" not in page] == []
