"""The journal of a run: what was finished is known after an interruption, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from markpipe.errors import OutputError
from markpipe.pipeline.journal import NAME, Done, Journal

ROW = Done("a/稿.docx", "d1", "r1", "o1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / NAME


def test_what_was_finished_is_known_again(path: Path) -> None:
    with Journal(path, resume=False) as journal:
        assert journal.outcome("a/稿.docx", "d1", "r1") is None
        journal.append(ROW)
        assert journal.outcome("a/稿.docx", "d1", "r1") == "o1"
    assert path.stat().st_mode & 0o777 == 0o600
    with Journal(path, resume=True) as journal:
        assert journal.outcome("a/稿.docx", "d1", "r1") == "o1"


@pytest.mark.parametrize("asked", [("b", "d1", "r1"), ("a/稿.docx", "d2", "r1"), ("a/稿.docx", "d1", "r2")])
def test_another_draft_or_other_rules_are_done_anew(path: Path, asked: tuple[str, str, str]) -> None:
    with Journal(path, resume=False) as journal:
        journal.append(ROW)
        assert journal.outcome(*asked) is None


def test_without_resume_the_past_is_forgotten(path: Path) -> None:
    with Journal(path, resume=False) as journal:
        journal.append(ROW)
    with Journal(path, resume=False) as journal:
        assert journal.outcome("a/稿.docx", "d1", "r1") is None


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_torn_last_line_costs_only_itself(path: Path, cut: int) -> None:
    with Journal(path, resume=False) as journal:
        journal.append(ROW)
        journal.append(Done("b", "d2", "r1", "o2"))
    path.write_bytes(path.read_bytes()[:-cut])
    with Journal(path, resume=True) as journal:
        assert journal.outcome("a/稿.docx", "d1", "r1") == "o1"
        # a cut that took only the line end left the row whole
        assert journal.outcome("b", "d2", "r1") == ("o2" if cut == 1 else None)
        journal.append(Done("c", "d3", "r1", "o3"))
    with Journal(path, resume=True) as journal:
        assert journal.outcome("c", "d3", "r1") == "o3"


@pytest.mark.parametrize(
    "line", [b"[]", b'{"path": "x"}', b'{"path":1,"digest":"","ruleset":"","outcome":""}', b"\xff"]
)
def test_foreign_lines_are_passed_over(path: Path, line: bytes) -> None:
    path.write_bytes(line + b"\n")
    with Journal(path, resume=True) as journal:
        journal.append(ROW)
        assert journal.outcome("a/稿.docx", "d1", "r1") == "o1"


def test_a_journal_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="打不开"):
        Journal(tmp_path / "no" / NAME, resume=False)
    (tmp_path / NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="打不开"):
        Journal(tmp_path / NAME, resume=True)


def test_a_full_disk_is_named(path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    journal = Journal(path, resume=True)
    journal.close()
    journal._stream = full.open("r+b")
    with pytest.raises(OutputError, match="写不进去"):
        journal.append(ROW)
    with pytest.raises(OSError, match="space"):
        journal.close()
