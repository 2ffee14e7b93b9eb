"""The reading process: what it may not do, and that a bad file costs that file only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import markpipe
from markpipe.model.document import Format, UnreadReason
from markpipe.model.limits import Limits
from markpipe.pipeline import frames
from markpipe.pipeline.codec import BadAnswerError, decode_boxes, decode_document, pack, unpack
from markpipe.pipeline.confine import Isolation
from markpipe.pipeline.sandbox import Worker, WorkerFailedError, network_isolation
from markpipe.pipeline.workfolder import work_folder

OPERATIONS = Path(__file__).parents[1] / "resources" / "misbehaving.py"
LIMITS = Limits(memory_mib=1024, cpu_seconds=2, wall_seconds=4)
GOOD = "关于安全检查的通知\n".encode()


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with Worker(LIMITS, tmp_path / "work", operations_module=OPERATIONS) as worker:
        yield worker


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        (b"HANG", UnreadReason.TIMEOUT),
        (b"SPIN", UnreadReason.TIMEOUT),
        (b"SEGFAULT", UnreadReason.CRASHED),
        (b"EXIT", UnreadReason.CRASHED),
        (b"MEMORY", UnreadReason.MEMORY),
        (b"RAISE", UnreadReason.CRASHED),
        (b"LIE", UnreadReason.CRASHED),
        (b"LIE-DIGEST", UnreadReason.CRASHED),
    ],
)
def test_a_bad_file_costs_that_file_only(worker: Worker, word: bytes, reason: UnreadReason) -> None:
    assert worker.read(GOOD).text == GOOD.decode()
    document = worker.read(word + b"\n")
    assert [item.reason for item in document.unread] == [reason]
    assert document.text == ""
    assert "机密" not in document.unread[0].detail
    assert worker.read(GOOD).text == GOOD.decode()


def test_one_process_serves_many_files(worker: Worker) -> None:
    worker.read(GOOD)
    first = worker.pid
    for _ in range(20):
        worker.read(GOOD)
    assert worker.pid == first


def test_reading_has_no_network(worker: Worker) -> None:
    tried, _ = worker.call("network")
    assert worker.isolation in (Isolation.SECCOMP, Isolation.NAMESPACE)
    if worker.isolation is Isolation.SECCOMP:
        assert set(tried.values()) == {"tried", "PermissionError"}
    assert network_isolation() == worker.isolation.label


def test_no_learning_runtime_is_loaded_and_nothing_may_be_gained(worker: Worker) -> None:
    from hiding.pdffile import one_page, show

    assert worker.read(one_page(show("正文"))).format is Format.PDF
    seen, _ = worker.call("modules")
    assert not [name for name in seen["modules"] if name.split(".")[0] in ("onnxruntime", "torch", "pymupdf4llm")]
    assert "pymupdf" in seen["modules"]
    assert seen["status"]["NoNewPrivs"].strip() == "1"
    assert set(seen["environment"]) <= {
        "PATH", "LANG", "HOME", "TMPDIR", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT", "LC_CTYPE"
    }  # fmt: skip


def test_closing_leaves_no_process(tmp_path: Path) -> None:
    worker = Worker(LIMITS, tmp_path / "work")
    worker.read(GOOD)
    pid = worker.pid
    assert pid is not None
    worker.close()
    worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert (tmp_path / "work").stat().st_mode & 0o777 == 0o700


def test_a_closed_worker_starts_again_when_asked(tmp_path: Path) -> None:
    worker = Worker(LIMITS, tmp_path / "work")
    worker.close()
    assert worker.read(GOOD).text == GOOD.decode()
    worker.close()


def test_an_interrupt_ends_the_process(tmp_path: Path) -> None:
    # tests that were started in the background have inherited an ignored SIGINT
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    worker = Worker(replace(LIMITS, wall_seconds=60), tmp_path / "work", operations_module=OPERATIONS)
    worker.read(GOOD)
    pid = worker.pid
    assert pid is not None
    timer = threading.Timer(0.5, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT])
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            worker.read(b"HANG\n")
    finally:
        signal.signal(signal.SIGINT, before)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_program_that_dies_takes_its_worker_along(tmp_path: Path) -> None:
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom markpipe.model.limits import Limits\n"
        "from markpipe.pipeline.sandbox import Worker\n"
        "worker = Worker(Limits(), Path(sys.argv[1]))\nworker.read(b'abc\\n')\nprint(worker.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "work")], capture_output=True, text=True)
    pid = int(done.stdout)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and _running(pid):
        time.sleep(0.05)
    assert not _running(pid)


def _running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_operations_that_fail_name_the_reason(worker: Worker) -> None:
    with pytest.raises(WorkerFailedError) as caught:
        worker.call("read", b"EXIT\n")
    assert caught.value.reason is UnreadReason.CRASHED


def test_work_folders_of_dead_runs_are_swept(tmp_path: Path) -> None:
    root = tmp_path / "root"
    with work_folder(root) as mine:
        assert mine.stat().st_mode & 0o777 == 0o700
        assert root.stat().st_mode & 0o777 == 0o700
        dead = root / "run-dead"
        dead.mkdir()
        (dead / "lock").touch()
        (dead / "page.png").write_bytes(b"x")
        with work_folder(root) as other:
            assert not dead.exists()
            assert mine.exists()
            assert other != mine
        assert not other.exists()
    assert list(root.iterdir()) == []


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\xff" * 64,
        pack({"is": "document"}),
        pack({"is": "document", "digest": "d", "parts": [["a", "body", 0, 5, True, None, False]]}, (b"abc", b"", b"")),
        pack(
            {"is": "document", "digest": "d", "parts": [["a", "no-such", 0, 3, True, None, False]]}, (b"abc", b"", b"")
        ),
        pack({"is": "boxes"}),
    ],
)
def test_answers_are_not_believed(answer: bytes) -> None:
    with pytest.raises(BadAnswerError):
        decode_document(answer, "d")


def test_boxes_that_nobody_asked_for_are_refused() -> None:
    with pytest.raises(BadAnswerError):
        decode_boxes(pack({"is": "boxes", "names": ["page:9"]}, (b"\x00" * 16,)), ("page:1",))


def test_blobs_must_fill_the_answer() -> None:
    with pytest.raises(BadAnswerError):
        unpack(pack({"is": "x"}, (b"abc",)) + b"d")


def test_a_message_longer_than_agreed_is_not_taken_in() -> None:
    reader, writer = os.pipe()
    try:
        os.write(writer, frames.pack(b"x" * 100))
        with pytest.raises(frames.TooLongError):
            frames.receive(reader, 10, time.monotonic() + 1)
    finally:
        os.close(reader)
        os.close(writer)


def test_the_reading_process_is_of_the_same_copy_of_the_program(tmp_path: Path) -> None:
    """Started from a checkout beside an installed version, the two would not understand each other."""
    copy = tmp_path / "checkout"
    shutil.copytree(Path(markpipe.__file__).parent, copy / "markpipe", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "tells.py").write_text(
        "import markpipe\nfrom markpipe.pipeline import codec\n"
        "def tell(data, argument, limits):\n    return codec.pack({'from': markpipe.__file__})\n"
        "OPERATIONS = {'tell': tell}\n"
    )
    ask = (
        "import sys; from pathlib import Path; from markpipe.model.limits import Limits\n"
        "from markpipe.pipeline.sandbox import Worker\n"
        "with Worker(Limits(), Path(sys.argv[1]), operations_module=Path(sys.argv[2])) as worker:\n"
        "    print(worker.call('tell')[0]['from'])\n"
    )
    words = [sys.executable, "-c", ask, str(tmp_path / "work"), str(copy / "tells.py")]
    done = subprocess.run(
        words, env={**os.environ, "PYTHONPATH": str(copy)}, capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()).is_relative_to(copy)
