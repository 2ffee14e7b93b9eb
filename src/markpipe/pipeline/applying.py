"""Setting a mark that no 定密 decides: 工作秘密, 商业秘密, and the 复制, 作废 and 销毁 stamps of a carrier.

::

    工作秘密 商业秘密   any PDF or DOCX without a 国家秘密标志          fields from whoever sets it
    复制 作废 销毁      the file of a carrier that the register knows  fields from what the register holds of it

A stamp on a numbered copy of one's own comes beside what that copy bears (`pipeline.bearing`); on what another unit sent
it is set alone, for nothing there is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from markpipe.errors import IncompleteError, RefusedError, UsageError
from markpipe.marking.inked import cover
from markpipe.marking.plan import Item, ItemKind, MarkPlan
from markpipe.marking.stamp import NOT_SECRET, StampError, StampLayout, fill
from markpipe.model.carrier import serial_label
from markpipe.model.classification import date_label
from markpipe.model.custody import Act, split_ref
from markpipe.model.document import Document, Format
from markpipe.model.outcome import Output, OutputKind
from markpipe.pipeline.bearing import Carrier
from markpipe.pipeline.dispatch import read_file
from markpipe.pipeline.inkread import bearing_of
from markpipe.pipeline.plans import Wishes
from markpipe.pipeline.press import MARKABLE
from markpipe.pipeline.stamp import stamp_file
from markpipe.pipeline.writer import write
from markpipe.proof.marks import check_marks
from markpipe.store.register import Register
from markpipe.text.dates import parse_date

OF_A_CARRIER = (ItemKind.COPIED, ItemKind.VOIDED, ItemKind.DESTROYED)
_OTHERWISE = {
    ItemKind.LABEL: "标签用 stamps label 制作",
    ItemKind.PREMARK: "拟定预标由 run 加在 OUT/proposals 里",
}


def apply_layout(
    desk: Carrier, layout: StampLayout, file: Path, out: Path, given: Mapping[str, str], ref: str | None
) -> Output:
    """The file with a layout set on it under its name, read back by other tools.

    `UsageError` for a layout that takes a decision, fields that cannot be filled in or a carrier without such a record;
    `RefusedError` where the file bears a 国家秘密标志 and is to be marked as something else.
    """
    if out.exists() and file.exists() and out.samefile(file):
        raise UsageError(f"{out} 就是原文件本身", "请另给一个文件名")
    if layout.kind in OF_A_CARRIER:
        return _stamp_carrier(desk, layout, file, out, given, ref)
    if layout.kind not in NOT_SECRET:
        remedy = _OTHERWISE.get(layout.kind, "国家秘密的标志、戳记按定密决定用 stamp 加")
        raise UsageError(f"{layout.id} 是{layout.kind.value}，不能单独加盖", remedy)
    if ref:
        raise UsageError(f"--carrier 不用于{layout.kind.value}", "去掉 --carrier")
    document, data = _read(desk, file)
    marked = cover(bearing_of(document, data, desk.worker, determined=False))
    if marked is not None:
        raise RefusedError(
            f"{file} 上有国家秘密标志“{marked.text}”，不能再标{layout.kind.value}",
            "国家秘密按定密决定管理；标错的请先办理变更、解密",
            ("NEG-1",),
        )
    return _set_alone(desk, _filled(layout, given), document.format, data, out)


def _stamp_carrier(
    desk: Carrier, layout: StampLayout, file: Path, out: Path, given: Mapping[str, str], ref: str | None
) -> Output:
    if not ref:
        raise UsageError(f"{layout.title}要写明盖在哪一份上", "加 --carrier 份，如 D2026-0001/000003")
    carrier = desk.register.carrier(ref)
    known = values_of(desk.register, carrier.ref, layout.kind, desk.house.name)
    item = _filled(layout, {**{key: text for key, text in known.items() if key in layout.fields}, **given})
    root, serial = _root(carrier.ref)
    if root.startswith("D"):
        wishes = Wishes(also=(item,), serial=serial)
        return stamp_file(
            desk.register, desk.worker, desk.limits, file, root, out, desk.actor, desk.now, desk.house, wishes
        )[1]
    document, data = _read(desk, file)
    return _set_alone(desk, item, document.format, data, out)


def values_of(register: Register, ref: str, kind: ItemKind, unit: str) -> dict[str, str]:
    """What the register holds for a carrier's stamp; `UsageError` where nothing of the kind happened to it."""
    series, serial = split_ref(ref)
    match kind:
        case ItemKind.COPIED:
            if "/" in series:
                for done in register.copyings(series):
                    if ref in done.refs:
                        number = str(done.refs.index(ref) + 1)
                        return {"unit": unit, "date": _day(done.day), "count": str(len(done.refs)), "copy": number}
            raise UsageError(f"台账里 {ref} 不是复制件", "先用 copies duplicate 登记，再按它给出的编号加盖")
        case ItemKind.VOIDED:
            for moved in reversed(register.history(ref)):
                if moved.act is Act.VOID:
                    return {"serial": serial_label(serial), "reason": moved.note, "date": _day(moved.day)}
            raise UsageError(f"台账里 {ref} 没有作废", "先用 copies void 登记")
        case _:
            for moved in reversed(register.history(ref)):
                if moved.act is Act.LIST:
                    listing = register.listing(moved.note)
                    witnesses = "、".join(listing.witnesses)
                    return {"number": listing.id, "date": _day(listing.day), "witness": witnesses}
            raise UsageError(f"台账里 {ref} 没有列入销毁清册", "先用 copies destroy 登记")


def _root(ref: str) -> tuple[str, int]:
    """Matter or 收文编号 and 份号 of the first original of a carrier."""
    matter, serial, *_ = ref.split("/")
    return matter, int(serial)


def _filled(layout: StampLayout, values: Mapping[str, str]) -> Item:
    try:
        return fill(layout, values)
    except StampError as error:
        raise UsageError(f"版式 {layout.id}：{error.message}", "用 --field 栏目=内容 补上") from error


def _read(desk: Carrier, file: Path) -> tuple[Document, bytes]:
    document = read_file(file, desk.worker, desk.limits)
    if not document.digest or document.format not in MARKABLE:
        reason = document.unread[0].reason if document.unread else None
        what = reason.message if reason else "不是 PDF 或 DOCX"
        raise IncompleteError(f"{file}：{what}", reason.remedy if reason else "标志只能加在 PDF 和 DOCX 上")
    return document, file.read_bytes()


def _set_alone(desk: Carrier, item: Item, fmt: Format, data: bytes, out: Path) -> Output:
    plan = MarkPlan((item,), item.id)
    marked = desk.worker.mark(data, fmt, plan)
    sha256 = write(out, marked.data, lambda path: check_marks(path, plan))
    return Output(out.name, OutputKind.MARKED, sha256, None, marked.notes)


def _day(iso: str) -> str:
    return date_label(parse_date(iso, ""))
