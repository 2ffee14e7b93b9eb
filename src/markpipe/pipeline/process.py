"""One reading process: started in its own group with an empty environment, ended as a whole group.

This module knows pipes and signals.  What is asked and answered, and what a failure means for a file, is `sandbox`'s.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import markpipe
from markpipe.model.limits import Limits

_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from markpipe.pipeline.worker import main; main()"
_LAST_WORDS = 0.2
_GRACE = 5.0


def package_root() -> str:
    """The folder that the package is imported from; the new process looks there too, installed or not."""
    return str(Path(markpipe.__file__).parent.parent)


class Process:
    """A running worker.  `requests` and `answers` are the program's ends of its pipes, non-blocking."""

    def __init__(self, limits: Limits, work: Path, operations: Path | None) -> None:
        settings = {
            "memory_mib": limits.memory_mib,
            "operations": None if operations is None else str(operations),
            # The kernel ties this to the thread that starts the process, so only the main thread asks for it.
            "die_with_parent": threading.current_thread() is threading.main_thread(),
        }
        theirs_in, self.requests = os.pipe2(os.O_CLOEXEC)
        self.answers, theirs_out = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self.requests, False)
        os.set_blocking(self.answers, False)
        try:
            self._popen = subprocess.Popen(
                [sys.executable, "-I", "-c", _BOOT, package_root(), json.dumps(settings)],
                stdin=theirs_in,
                stdout=theirs_out,
                stderr=subprocess.DEVNULL,
                cwd=work,
                env=_environment(work),
                start_new_session=True,
            )
        except BaseException:
            os.close(self.requests)
            os.close(self.answers)
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self.pid = self._popen.pid
        self._finalizer = weakref.finalize(self, _end, self._popen, self.requests, self.answers)

    def end(self) -> int:
        """End the group and wait; the exit status of the process, negative for a signal.  Safe to call again."""
        if self._finalizer.alive:
            self._finalizer()
        return self._popen.returncode or 0


def _end(popen: subprocess.Popen[bytes], *descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
    # One that died by itself, or sees its pipe closed, is gone at once and its status says why; the rest is ended.
    with contextlib.suppress(subprocess.TimeoutExpired):
        popen.wait(_LAST_WORDS)
    # A text recogniser that the worker had started may be left in the group.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(popen.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        popen.wait(_GRACE)


def _environment(work: Path) -> dict[str, str]:
    """Only what a reader needs: nothing of the user's environment reaches it."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(work),
        "TMPDIR": str(work),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_THREAD_LIMIT": "1",
    }
