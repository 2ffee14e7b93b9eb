"""Whether a document may be redacted at all: one whose mark or determination is in force keeps it (PUB-2).

Asked of what is printed on it and, where there is a register, of what was decided about these very bytes, so that a
missing mark frees nothing.  A 解密 or 部分公开 decision that is named and about this file frees it.
"""

from __future__ import annotations

from collections.abc import Callable

from markpipe.detect.marks import find_marks
from markpipe.errors import RefusedError, UsageError
from markpipe.model.decision import Decision
from markpipe.model.document import Document
from markpipe.model.publication import ClearanceKind
from markpipe.store.register import Register
from markpipe.text.fold import fold

Keeper = Callable[[Document], None]
"""Raises `RefusedError` for a document that has to stay as it is."""
_FREEING = (ClearanceKind.DECLASSIFIED, ClearanceKind.PARTLY)
_HOW = "先办理解密或部分公开决定，再用 --decision 编号或文号 指明；确已解密的先变更标志"


def keeper(register: Register | None = None, decision: str | None = None) -> Keeper:
    """What decides about a document; `decision` is the number of a matter or the 文号 of a settled decision.

    `UsageError` for a decision that no register could know.
    """
    if decision is None:
        return lambda document: _unfreed(register, document)
    if register is None:
        raise UsageError("--decision 要在站点台账里核对，这里没有台账", "用 --config 指明站点")
    return lambda document: _freed(register, decision, document)


def _unfreed(register: Register | None, document: Document) -> None:
    if register is not None and any(one.in_force for one in register.decided().get(document.digest, ())):
        raise RefusedError("这份文件在台账上有生效的定密决定，有效期间不得用删改代替解密", _HOW, ("PUB-2",))
    text_map = document.text_map
    if any(one.mark is not None and one.at_place for one in find_marks(text_map, fold(text_map))):
        raise RefusedError("文件带有国家秘密标志，标志有效期间不得用删改代替解密", _HOW, ("PUB-2",))


def _freed(register: Register, decision: str, document: Document) -> None:
    """By a decision settled about these bytes, or by a matter that was declassified and is about them."""
    settled = register.clearances(document.digest)
    if any(one.kind in _FREEING and one.document == decision for one in settled):
        return
    try:
        matter = register.matter(decision)
    except UsageError as error:
        raise UsageError(
            f"台账上没有编号为“{decision}”的事项，也没有登记过这份文件的这个文号",
            "部分公开或外单位的解密决定先用 markpipe release settle 登记",
        ) from error
    if matter.decision is not Decision.DECLASSIFIED:
        raise RefusedError(
            f"{decision} 现为“{matter.decision.value}”，不是解密或部分公开决定",
            "请先办理解密；部分公开的，用 markpipe release settle --kind 部分公开决定 登记",
            ("PUB-2",),
        )
    marked = {one.sha256 for one in register.outputs(decision)} | {one.sha256 for one in register.copies(decision)}
    if document.digest not in {matter.digest, *marked}:
        raise RefusedError(
            f"{decision} 的决定不是针对这份文件的，内容校验值对不上",
            "核对编号；应为审批过的原稿，或者由它加盖标志写出的文件",
            ("PUB-2",),
        )
