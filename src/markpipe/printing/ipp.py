"""Questions to a print server or a printer, asked with CUPS' own `ipptool`.

What cannot be asked is `None`, never an answer: a printer that does not speak is not an idle one.  Sends no document.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import subprocess
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

_REQUESTS = Path(__file__).parent / "requests"
_SECONDS = 15
# `ipptool -j` 2.4 puts nothing between two jobs: a line that ends without a comma, then another key
_BETWEEN = re.compile(rb"([^,\[{\s])(\s*\n\s+\"[^\"\n]+\":)")
_IDLE = 3


class JobState(IntEnum):
    """RFC 8011 §5.3.7."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9

    @property
    def open(self) -> bool:
        """Whether the job may still print."""
        return self < JobState.CANCELED


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its server tells it; `message` is what the backend last said to the user."""

    id: int
    name: str
    state: JobState
    uuid: str = ""
    message: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a printer stands."""

    idle: bool
    accepting: bool
    queued: int
    reasons: str


def server_uri() -> str:
    """The CUPS server that CUPS' own commands would use ($CUPS_SERVER); a socket's name says this host."""
    server = os.environ.get("CUPS_SERVER", "")
    port = os.environ.get("IPP_PORT", "")
    host = "localhost" if not server or server.startswith("/") else server
    return f"ipp://{host}{f':{port}' if port and ':' not in host else ''}/"


def queue_uri(name: str) -> str:
    """A queue of that server."""
    return f"{server_uri()}printers/{name}"


def jobs(uri: str, which: str = "not-completed") -> tuple[Job, ...] | None:
    """The jobs of a printer, queue or server; None where it did not answer."""
    found = _ask(uri, "get-jobs", which=which)
    return None if found is None else tuple(_job(row) for row in found if "job-id" in row)


def job(uri: str, number: int) -> Job | None:
    """One job; None where there is none any more, or no answer."""
    found = _ask(uri, "get-job", job=number)
    return next((_job(row) for row in found or () if "job-id" in row), None)


def job_named(uri: str, name: str) -> Job | None:
    """The last job of that name, finished ones too."""
    found = [*(jobs(uri, "completed") or ()), *(jobs(uri) or ())]
    return next((one for one in sorted(found, key=lambda one: -one.id) if one.name == name), None)


def standing(uri: str) -> Standing | None:
    """How a printer or queue stands; None where it did not answer."""
    for row in _ask(uri, "get-printer") or ():
        if "printer-state" in row:
            return Standing(
                row["printer-state"] == _IDLE,
                row.get("printer-is-accepting-jobs") is not False,
                int(row.get("queued-job-count", 0)),
                _text(row.get("printer-state-reasons")),
            )
    return None


def _ask(uri: str, request: str, **values: object) -> list[dict[str, Any]] | None:
    told = {"user": pwd.getpwuid(os.getuid()).pw_name, **values}
    words = [word for name, value in told.items() for word in ("-d", f"{name}={value}")]
    try:
        done = subprocess.run(
            ["ipptool", "-j", "-T", "5", *words, uri, str(_REQUESTS / f"{request}.test")],
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        answer = json.loads(_BETWEEN.sub(rb"\1},{\2", done.stdout) or b"[]")
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return answer if done.returncode == 0 and isinstance(answer, list) else None


def _job(row: dict[str, Any]) -> Job:
    return Job(
        int(row["job-id"]),
        _text(row.get("job-name")),
        JobState(int(row.get("job-state", JobState.PENDING))),
        _text(row.get("job-uuid")),
        _text(row.get("job-printer-state-message")),
        _text(row.get("job-originating-user-name")),
    )


def _text(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "")
