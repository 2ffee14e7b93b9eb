"""Setting the marks of a determination on the one file that it was made for."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

from markpipe.classify.determine import ensure_unchanged
from markpipe.errors import IncompleteError, OutputError, RefusedError, UsageError
from markpipe.model.agency import Actor
from markpipe.model.decision import Decision, Determination
from markpipe.model.document import Format, UnreadReason
from markpipe.model.limits import Limits
from markpipe.model.outcome import Output, OutputKind
from markpipe.pipeline.dispatch import read_file
from markpipe.pipeline.plans import plan_for
from markpipe.pipeline.press import Press, put_marks
from markpipe.pipeline.sandbox import Worker
from markpipe.pipeline.standing import refuse_locked
from markpipe.store.register import Register


def stamp_file(
    register: Register,
    worker: Worker,
    limits: Limits,
    file: Path,
    determination_id: str,
    out: Path,
    actor: Actor,
    now: Callable[[], dt.datetime],
) -> tuple[Determination, Output]:
    """Mark `file` as determined and write it to `out`, read back by other tools.

    `RefusedError` where there is no determination in force or the file is not the one that was approved: one changed
    character returns the draft to 拟定.  `IncompleteError` where it cannot be read, `OutputError` where it cannot be
    marked or written.
    """
    if out.is_dir():
        raise UsageError(f"{out} 是文件夹", "请写出文件的全名")
    if out.exists() and file.exists() and out.samefile(file):
        raise UsageError(f"{out} 就是草稿本身", "不在草稿上直接加盖，请另给一个文件名")
    determination, data, fmt = approved_draft(register, worker, limits, file, determination_id, actor, now)
    press = Press(out.parent, worker, register, actor, now)

    def record(sha256: str) -> None:
        register.stamped(determination.id, sha256, out.name, actor, now())

    plan = plan_for(register, determination)
    return determination, put_marks(press, data, fmt, plan, out, OutputKind.MARKED, record)


def approved_draft(
    register: Register,
    worker: Worker,
    limits: Limits,
    file: Path,
    determination_id: str,
    actor: Actor,
    now: Callable[[], dt.datetime],
) -> tuple[Determination, bytes, Format]:
    """The determination in force and the bytes it was made for; refused, on record, where `file` holds others."""
    document = read_file(file, worker, limits)
    if document.unread and not document.digest:
        reason = document.unread[0].reason
        raise IncompleteError(f"{file}：{reason.message}", reason.remedy)
    determination = _in_force(register, determination_id)
    refuse_locked(register, determination_id)
    _same_content(register, determination, file, document.digest, actor, now)
    data = file.read_bytes()
    if hashlib.sha256(data).hexdigest() != document.digest:
        raise OutputError(f"{file}：{UnreadReason.CHANGED.message}", UnreadReason.CHANGED.remedy)
    return determination, data, document.format


def _in_force(register: Register, determination_id: str) -> Determination:
    matter = register.matter(determination_id)
    if matter.determination is None or matter.decision is not Decision.APPROVED:
        raise RefusedError(
            f"{determination_id} 现为“{matter.decision.value}”，没有生效的定密决定，不能加盖国家秘密标志",
            "请先由定密责任人审核批准",
            ("REC-1",),
        )
    return matter.determination


def _same_content(
    register: Register,
    determination: Determination,
    file: Path,
    digest: str,
    actor: Actor,
    now: Callable[[], dt.datetime],
) -> None:
    """Refuse another content, on record; a file of another name leaves the decision about the right one in force."""
    try:
        ensure_unchanged(determination, digest)
    except RefusedError as refusal:
        register.refuse(determination.id, refusal.rules, refusal.message, actor, now())
        if file.name == Path(determination.name).name:
            register.lapse(determination.id, digest, actor, now())
        raise
