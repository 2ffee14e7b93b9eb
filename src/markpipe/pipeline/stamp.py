"""Setting the marks of a determination on the one file that it was made for, or on a carrier of it.

A draft is known by the digest that was approved, a carrier by the digest that the register keeps of it::

    draft    ──▶ marks as they hold now
    carrier  ──▶ the same in the place of what it bore: after 变更 the old mark void, after 解密 no new one
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markpipe.classify.determine import ensure_unchanged
from markpipe.errors import IncompleteError, OutputError, RefusedError, UsageError
from markpipe.keys.keyring import preferred_algorithm
from markpipe.marking.label import from_bytes, open_sealed
from markpipe.model.agency import Actor
from markpipe.model.carrier import serial_label
from markpipe.model.decision import Decision, Determination
from markpipe.model.document import Document, Format, UnreadReason
from markpipe.model.limits import Limits
from markpipe.model.outcome import Output
from markpipe.pipeline.bearing import Carrier, bear
from markpipe.pipeline.dispatch import read_file
from markpipe.pipeline.house import House
from markpipe.pipeline.markwork import read_label
from markpipe.pipeline.plans import Wishes
from markpipe.pipeline.sandbox import Worker
from markpipe.pipeline.standing import refuse_locked
from markpipe.store.register import Register

_HOUSE = House()


def stamp_file(
    register: Register,
    worker: Worker,
    limits: Limits,
    file: Path,
    determination_id: str,
    out: Path,
    actor: Actor,
    now: Callable[[], dt.datetime],
    house: House = _HOUSE,
    wishes: Wishes | None = None,
) -> tuple[Determination, Output]:
    """Mark `file` as the matter stands and write it to `out`, read back by other tools.

    `RefusedError` where there is no determination in force or the file is neither the one that was approved nor a
    carrier of it: one changed character returns the draft to 拟定.  `IncompleteError` where it cannot be read,
    `OutputError` where it cannot be marked or written.
    """
    if out.is_dir():
        raise UsageError(f"{out} 是文件夹", "请写出文件的全名")
    if out.exists() and file.exists() and out.samefile(file):
        raise UsageError(f"{out} 就是草稿本身", "不在草稿上直接加盖，请另给一个文件名")
    document, data = _read(file, worker, limits)
    determination = _decided(register, determination_id)
    refuse_locked(register, determination_id)
    carrier = _own_carrier(register, worker, determination, document, data)
    if carrier is None:
        _in_force(register, determination_id)  # a draft of what was declassified since needs no mark at all
        _same_content(register, determination, file, document.digest, actor, now)
        carrier = _Known(None)
    if wishes is not None and wishes.serial is not None and wishes.serial != carrier.serial:
        raise UsageError(
            f"{file} 不是 {determination_id} 的第 {serial_label(wishes.serial)} 份",
            "用台账登记的那一份的文件；用 copies status 查看",
        )
    desk = Carrier(register, worker, limits, house, actor, now)
    return determination, bear(desk, determination, document, data, out, carrier.serial, wishes or Wishes())


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
    document, data = _read(file, worker, limits)
    determination = _in_force(register, determination_id)
    refuse_locked(register, determination_id)
    _same_content(register, determination, file, document.digest, actor, now)
    return determination, data, document.format


@dataclass(frozen=True, slots=True)
class _Known:
    """A file that the register knows; `serial` where it is a numbered copy."""

    serial: int | None


def _read(file: Path, worker: Worker, limits: Limits) -> tuple[Document, bytes]:
    document = read_file(file, worker, limits)
    if document.unread and not document.digest:
        reason = document.unread[0].reason
        raise IncompleteError(f"{file}：{reason.message}", reason.remedy)
    data = file.read_bytes()
    if hashlib.sha256(data).hexdigest() != document.digest:
        raise OutputError(f"{file}：{UnreadReason.CHANGED.message}", UnreadReason.CHANGED.remedy)
    return document, data


def _in_force(register: Register, determination_id: str) -> Determination:
    matter = register.matter(determination_id)
    if matter.determination is None or matter.decision is not Decision.APPROVED:
        raise RefusedError(
            f"{determination_id} 现为“{matter.decision.value}”，没有生效的定密决定，不能加盖国家秘密标志",
            "请先由定密责任人审核批准",
            ("REC-1",),
        )
    return matter.determination


def _decided(register: Register, determination_id: str) -> Determination:
    """The determination in force, or the one that was declassified: its carriers get the 解密 stamp."""
    matter = register.matter(determination_id)
    if matter.decision is Decision.DECLASSIFIED and matter.determination is not None:
        return matter.determination
    return _in_force(register, determination_id)


def _own_carrier(
    register: Register, worker: Worker, determination: Determination, document: Document, data: bytes
) -> _Known | None:
    """What the register knows about a file that is not the draft.  A copy that was marked anew bears its 份号 in its label."""
    for copy in register.copies(determination.id):
        if copy.sha256 == document.digest:
            return _Known(copy.serial)
    if any(output.sha256 == document.digest for output in register.outputs(determination.id)):
        sealed, _ = read_label(worker, data, document.format, None, preferred_algorithm())
        return _Known(None if sealed is None else from_bytes(open_sealed(sealed).label).serial)
    return None


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
