"""The wheel carries what the program reads at run time, and only the program."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_data_file_of_the_package_is_there(members: set[str]) -> None:
    package = ROOT / "src"
    expected = {
        path.relative_to(package).as_posix()
        for path in (package / "markpipe").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected - members == set()
    assert "markpipe/cli/locale/zh_CN/LC_MESSAGES/markpipe.mo" in members


@pytest.mark.parametrize("name", ["dictionaries", "stamps"])
def test_dictionaries_and_stamps_travel_with_it(members: set[str], name: str) -> None:
    expected = {
        f"markpipe/data/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / name).rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    assert expected
    assert expected - members == set()


def test_nothing_else_does(members: set[str]) -> None:
    assert {name.partition("/")[0].partition("-")[0] for name in members} == {"markpipe"}
    assert not any(part in name for name in members for part in ("tests/", "samples/", "__pycache__"))
