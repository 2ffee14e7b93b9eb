"""A run that is killed anywhere loses nothing: the next run goes on, and no number is on two sheets."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from office import SECRET, Office


def start(office: Office) -> subprocess.Popen[bytes]:
    site = str(office.folder / "markpipe.toml")
    run = ("run", str(office.drafts), str(office.out))
    words = [sys.executable, "-m", "markpipe.cli.main", "--config", site, *run]
    quiet = subprocess.DEVNULL
    return subprocess.Popen([*words, "--approve-as", "李四", "--copies", "3"], stdout=quiet, stderr=quiet)


@pytest.mark.parametrize("seconds", [1.0, 2.5, 4.0])
def test_a_killed_run_is_continued_without_a_number_twice(office: Office, seconds: float) -> None:
    office.add_source()
    for number in range(3):
        office.write_docx(office.drafts / f"报告{number}.docx", f"第{number}号", SECRET)
    running = start(office)
    time.sleep(seconds)
    running.send_signal(signal.SIGKILL)
    running.wait()
    documents = office.run("--approve-as", "李四", "--copies", 3, "--resume", code=1)
    del documents[""]
    for name, document in documents.items():
        serials = [output["serial"] for output in document["outputs"] if output["kind"] == "份"]
        assert serials == [1, 2, 3], name
    names = [path.name for path in (office.out / "copies").iterdir()]
    assert sorted(names) == [f"报告{n}-00000{serial}.docx" for n in range(3) for serial in (1, 2, 3)]
    assert max(Counter(re.findall(r"报告\d-\d+", " ".join(names))).values()) == 1
    assert not list(office.out.rglob(".markpipe-part-*"))
    assert office.call("register", "verify").returncode == 0
