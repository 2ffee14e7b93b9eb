"""The one writer: a file under its name is whole, checked and recorded, or it is not there."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from markpipe.errors import OutputError
from markpipe.pipeline import writer
from markpipe.pipeline.writer import PREFIX, sweep, write

DATA = "机密★10年".encode()
SHA = hashlib.sha256(DATA).hexdigest()


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_write_check_place_record(tmp_path: Path) -> None:
    target = tmp_path / "new" / "份" / "稿.pdf"
    happened: list[str] = []

    def verify(path: Path) -> tuple[str, ...]:
        happened.append("verify")
        assert not target.exists()
        assert path.read_bytes() == DATA
        assert path.suffix == ".pdf"
        assert path.parent == target.parent
        assert path.stat().st_mode & 0o777 == 0o600
        return ()

    def record(sha256: str) -> None:
        happened.append(f"record {sha256}")
        assert target.read_bytes() == DATA

    assert write(target, lambda: DATA, verify, record) == SHA
    assert happened == ["verify", f"record {SHA}"]
    assert names(target.parent) == ["稿.pdf"]
    assert target.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (target.parent, target.parent.parent)} == {0o700}


def test_a_failed_check_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "稿.pdf"
    with pytest.raises(OutputError, match=r"稿\.pdf 写出后核对不通过：第1页没有标志；份号不对") as raised:
        write(target, DATA, lambda _: ("第1页没有标志", "份号不对"), pytest.fail)
    assert raised.value.exit_code == 7
    assert names(tmp_path) == []


@pytest.mark.parametrize("where", ["produce", "verify"])
def test_an_error_on_the_way_leaves_nothing(tmp_path: Path, where: str) -> None:
    def fail(*_: object) -> bytes:
        raise RuntimeError("crash")

    with pytest.raises(RuntimeError):
        if where == "produce":
            write(tmp_path / "a.pdf", fail)
        else:
            write(tmp_path / "a.pdf", DATA, fail)  # type: ignore[arg-type]
    assert names(tmp_path) == []


def test_a_crash_before_the_record_is_made_good_by_the_next_run(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"

    def crash(sha256: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(target, DATA, None, crash)
    before = target.stat()
    recorded: list[str] = []
    checked: list[Path] = []

    def verify(path: Path) -> tuple[str, ...]:
        checked.append(path)
        return ()

    write(target, DATA, verify, recorded.append)
    assert recorded == [SHA]
    assert checked == [target]
    assert target.stat().st_ino == before.st_ino


def test_another_file_under_the_name_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(b"somebody's")
    with pytest.raises(OutputError, match=r"a\.pdf 已存在且内容不同"):
        write(target, DATA, None, pytest.fail)
    assert target.read_bytes() == b"somebody's"
    assert write(target, DATA, replace=True) == SHA
    assert target.read_bytes() == DATA


def test_a_same_file_that_does_not_pass_the_check_is_not_recorded(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(DATA)
    with pytest.raises(OutputError, match="核对不通过"):
        write(target, DATA, lambda _: ("坏了",), pytest.fail)


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_links_and_folders_are_not_written_over(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "a.pdf"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(DATA)
    if kind == "link":
        target.symlink_to(elsewhere)
    else:
        target.mkdir()
    with pytest.raises(OutputError, match="不是普通文件"):
        write(target, DATA, replace=True)
    assert elsewhere.read_bytes() == DATA


def test_the_mode_that_was_asked_for(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", DATA, mode=0o640)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("name", "says"),
    [("长" * 200 + ".pdf", "文件名太长"), ("file/a.pdf", "建不起来"), ("x" * 300 + "/a", "文件名太长")],
)
def test_what_the_disk_refuses_is_named(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=says):
        write(tmp_path / name, DATA)
    assert names(tmp_path) == ["file"]


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="磁盘空间不足"):
        write(tmp_path / "a.pdf", DATA)
    assert names(tmp_path) == []


def test_what_is_read_back_must_be_what_was_written(tmp_path: Path) -> None:
    def spoil(path: Path) -> tuple[str, ...]:
        path.write_bytes(b"other")
        return ()

    with pytest.raises(OutputError, match="读回的内容不一致"):
        write(tmp_path / "a.pdf", DATA, spoil, pytest.fail)
    assert names(tmp_path) == []


def test_a_suffix_of_any_length_is_fine(tmp_path: Path) -> None:
    target = tmp_path / ("a." + "长" * 60)
    write(target, DATA)
    assert target.read_bytes() == DATA


def test_only_what_a_dead_writer_left_is_swept(tmp_path: Path) -> None:
    deep = tmp_path / "份"
    deep.mkdir()
    (deep / f"{PREFIX}1-1.pdf").write_bytes(b"half")
    (deep / "draft.pdf").write_bytes(b"not ours")
    (deep / f"{PREFIX}1-3.pdf").symlink_to(deep / "draft.pdf")
    living = deep / f"{PREFIX}1-2.pdf"
    with living.open("wb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert sweep(tmp_path) == 1
        assert names(deep) == [f"{PREFIX}1-2.pdf", f"{PREFIX}1-3.pdf", "draft.pdf"]
    assert sweep(tmp_path) == 1
    assert sweep(tmp_path / "nowhere") == 0


KILLED = """
import os, signal, sys
from pathlib import Path
from markpipe.pipeline.writer import write
def die(path):
    os.kill(os.getpid(), signal.SIGKILL)
write(Path(sys.argv[1]), b"half", die)
"""


def test_a_killed_writer_leaves_a_part_that_the_next_run_sweeps(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(target)])
    assert killed.returncode == -9
    (left,) = names(tmp_path)
    assert left.startswith(PREFIX)
    assert sweep(tmp_path) == 1
    assert names(tmp_path) == []


def test_writing_into_a_folder_sweeps_what_a_killed_writer_left_there(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    for name in (f"{PREFIX}1-1.pdf", f"deeper/{PREFIX}1-2.pdf", f"{PREFIX}1-3.pdf"):
        (tmp_path / name).write_bytes(b"half")
    with (tmp_path / f"{PREFIX}1-3.pdf").open("rb") as living:
        fcntl.flock(living, fcntl.LOCK_EX)
        write(tmp_path / "章.pdf", b"whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{PREFIX}1-3.pdf", "deeper", "章.pdf"]
    assert sweep(tmp_path / "deeper") == 1, "what lies deeper is not this writer's"


def test_a_part_that_was_swept_before_its_writer_held_it_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.flock
    met: list[Path] = []

    def late(handle: object, how: int) -> None:
        if how == fcntl.LOCK_EX and not met:
            met.extend(tmp_path.iterdir())
            met[0].unlink()
        real(handle, how)  # type: ignore[arg-type]

    monkeypatch.setattr(fcntl, "flock", late)
    write(tmp_path / "章.pdf", b"whole")
    assert met
    assert [path.name for path in tmp_path.iterdir()] == ["章.pdf"]


def test_files_in_one_folder_do_not_meet(tmp_path: Path) -> None:
    seen: list[Path] = []

    def nested(path: Path) -> tuple[str, ...]:
        seen.append(path)
        if len(seen) == 1:
            write(tmp_path / "b.pdf", DATA, nested)
        return ()

    write(tmp_path / "a.pdf", DATA, nested)
    assert len(set(seen)) == 2
    assert names(tmp_path) == ["a.pdf", "b.pdf"]
    assert writer.PREFIX not in "".join(names(tmp_path))
