"""Taking formal marks off a carrier: by a recorded decision only, on record, and the file comes back as it was.

A decision is 变更 or 解密 of the carrier's own matter, or a release of this very file that everybody has signed (保密法第
二十二、二十三条).  What comes out bears no ★, no 密点 marks and no electronic label; whether it may be published is
`review`'s question still (PUB-3).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markpipe.errors import IncompleteError, RefusedError, UsageError
from markpipe.ledger.procedure import MatterChanged
from markpipe.ledger.publication import MarksRemoved
from markpipe.ledger.views import Matter
from markpipe.model.agency import Actor
from markpipe.model.decision import Decision
from markpipe.model.limits import Limits
from markpipe.pipeline.dispatch import read_file
from markpipe.pipeline.markwork import unmark
from markpipe.pipeline.press import MARKABLE
from markpipe.pipeline.sandbox import Worker
from markpipe.pipeline.writer import write
from markpipe.store.register import Register

_UNTOUCHED = "原文件中没有本程序加的标志"


@dataclass(frozen=True, slots=True)
class TakenOff:
    """What was taken off: of which matter, by which decision, and the file that is left."""

    matter: str
    decision: str
    path: str
    sha256: str


def take_off(
    register: Register,
    worker: Worker,
    limits: Limits,
    file: Path,
    decision: str,
    out: Path,
    actor: Actor,
    now: Callable[[], dt.datetime],
) -> TakenOff:
    """Write `file` without its marks to `out`; `RefusedError` where no decision allows it or the file is not known."""
    if out.exists() and file.exists() and out.samefile(file):
        raise UsageError(f"{out} 就是原文件本身", "请另给一个文件名")
    document = read_file(file, worker, limits)
    if not document.digest or document.format not in MARKABLE:
        reason = document.unread[0].reason if document.unread else None
        what = reason.message if reason else "不是 PDF 或 DOCX"
        raise IncompleteError(f"{file}：{what}", reason.remedy if reason else "标志只在 PDF 和 DOCX 上")
    matter = _matter_of(register, document.digest, file)
    try:
        _allowed(register, matter, decision, document.digest)
    except RefusedError as refusal:
        register.refuse(matter.id, refusal.rules, refusal.message, actor, now())
        raise
    data = unmark(worker, file.read_bytes(), document.format)

    def record(sha256: str) -> None:
        register.marks_removed(MarksRemoved(matter.id, decision, document.digest, sha256, out.name), actor, now())

    if hashlib.sha256(data).hexdigest() == document.digest:
        raise UsageError(f"{file}：{_UNTOUCHED}", "原稿自带的标志请用 release 或 redact 处理")
    sha256 = write(out, data, lambda path: _left(worker, limits, path), record)
    return TakenOff(matter.id, decision, out.name, sha256)


def _matter_of(register: Register, digest: str, file: Path) -> Matter:
    """The matter whose carrier a file is, by its bytes."""
    copies = {copy.determination for copy in register.copies() if copy.sha256 == digest}
    for matter in register.matters():
        if matter.id in copies or any(output.sha256 == digest for output in register.outputs(matter.id)):
            return matter
    raise RefusedError(
        f"{file} 不是台账登记的标志稿或者编号件，不能去掉标志",
        "只有本站点加盖并登记的文件才能凭决定去掉标志；其他文件按解密、公开的程序办理",
        ("CHG-1",),
    )


def _allowed(register: Register, matter: Matter, decision: str, digest: str) -> None:
    if decision == matter.id:
        changed = any(isinstance(entry.event, MatterChanged) for entry in register.steps(matter.id))
        if matter.decision is Decision.DECLASSIFIED or changed:
            return
        raise RefusedError(
            f"{matter.id} 现为“{matter.decision.value}”，没有变更也没有解密，不能去掉国家秘密标志",
            "先办理变更或者解密（determination change、declassify）",
            ("CHG-1",),
        )
    if decision.startswith("R"):
        release = register.release(decision)
        about = digest in (release.submission.original, release.submission.digest)
        if about and not release.missing and not release.withdrawn:
            return
        what = "签字不齐或者已撤回" if about else "不是就这个文件作出的"
        raise RefusedError(f"{decision} {what}，不能据以去掉标志", "用 release show 查看", ("CHG-1", "PUB-1"))
    raise RefusedError(
        f"{decision} 不是这个文件的定密决定（它属于 {matter.id}）", "用 determination show 查看", ("CHG-1",)
    )


def _left(worker: Worker, limits: Limits, path: Path) -> tuple[str, ...]:
    """Problems with the file that is left: it has to be readable and bear no mark of ours any more."""
    document = read_file(path, worker, limits)
    if not document.text_map.parts and document.unread:
        return ("写出的文件读不回来",)
    again = unmark(worker, path.read_bytes(), document.format)
    return () if hashlib.sha256(again).hexdigest() == document.digest else ("去掉标志之后仍有本程序加的标志",)
