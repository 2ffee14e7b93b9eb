"""A job as CUPS hands it to a backend: what was asked for, what came, and why it cannot be printed at all.

::

    argv     job-id user title copies options [file]
    stdin    the PDF after the filters (page ranges, N-up … are applied); empty where a filter refused
    spool    $CUPS_REQUESTROOT/d00007-001 …: the documents as the user sent them; the backend's shell, which may be
             root, counts them and opens the first

The digest of the first document is what a determination was made for; what is printed is the PDF after the filters.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markpipe.errors import UsageError

MOST_COPIES = 9999
ORIGINALS = "MARKPIPE_ORIGINALS"
ORIGINAL = 4
"""How many documents the user sent (environment), and the descriptor on which the first is open."""
_HEADER = re.compile(rb"(?:^|[\r\n])%PDF-\d")
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R\b|<<)")
_LEADING = 1024
_ENCRYPTED_WORDS = "文件设有打开口令或权限口令，不能加盖标志"


@dataclass(frozen=True, slots=True)
class Job:
    """What was asked for.  `key` names the job for ever: its uuid, which survives restarts; its number does not."""

    number: int
    user: str
    copies: int
    options: Mapping[str, str]
    key: str
    printer: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came: the PDF to print, and the documents as the user sent them (none where they cannot be read)."""

    data: bytes
    originals: tuple[bytes, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of what the user sent, else of what came."""
        return hashlib.sha256(self.original).hexdigest()

    @property
    def original(self) -> bytes:
        return self.originals[0] if self.originals else self.data


def parse_job(argv: Sequence[str], printer: str) -> Job:
    """The job of a backend's arguments; `UsageError` where they are none."""
    try:
        number, user, title, copies, options = argv[:5]
        told = parse_options(options)
        key = told.get("job-uuid") or f"{printer}/{number}/{hashlib.sha256(title.encode()).hexdigest()[:16]}"
        return Job(int(number), user, int(copies), told, key, printer)
    except ValueError:
        raise UsageError("打印任务的参数不对", "这个命令由 CUPS 调用") from None


def parse_options(text: str) -> dict[str, str]:
    """`name=value name='two words' flag` as CUPS writes them."""
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def read_originals(environment: Mapping[str, str], handle: int = ORIGINAL) -> tuple[bytes, ...]:
    """The documents of a job as the user sent them: the first, and that there are more (nobody needs their bytes)."""
    count = environment.get(ORIGINALS, "0")
    if not count.isdecimal() or int(count) == 0:
        return ()
    with os.fdopen(handle, "rb") as stream:
        return (stream.read(), *(b"",) * (int(count) - 1))


def fault(job: Job, came: Submitted) -> str:
    """Why the job cannot be printed whatever is decided about it, in Chinese; empty for none.

    Checked before anything is numbered.  Two documents in one job arrive as one stream of which every reader sees
    only the last, and the spool says so as well.
    """
    if not 1 <= job.copies <= MOST_COPIES:
        return f"份数 {job.copies} 不对"
    if len(came.originals) > 1 or len(_HEADER.findall(came.data)) > 1:
        return "一个打印任务里有不止一个文件，请逐个文件打印"
    if _ENCRYPTED.search(came.original) or _ENCRYPTED.search(came.data):
        return _ENCRYPTED_WORDS
    if not came.data:
        return "没有收到可打印的内容：文件已加密、损坏，或格式不能转换"
    if b"%PDF-" not in came.data[:_LEADING]:
        return "收到的不是 PDF，请检查打印队列的设置（markpipe printer status）"
    return ""
