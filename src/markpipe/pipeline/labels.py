"""Labels to print for a determined matter: envelopes, file covers, media and devices, and the mark line of an e-mail.

What a label says of level and term comes from the determination and from nowhere else (保密法第二十二条).
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pikepdf

from markpipe.errors import RefusedError, UsageError
from markpipe.marking.layout import term_text
from markpipe.marking.plan import POINTS_PER_MM, Item, ItemKind, MarkPlan, Place
from markpipe.marking.stamp import FIELDS, StampError, StampLayout, fill
from markpipe.model.carrier import serial_label
from markpipe.model.decision import Decision, Determination
from markpipe.model.document import Format
from markpipe.pipeline.sandbox import Worker
from markpipe.pipeline.writer import write
from markpipe.proof.marks import check_marks
from markpipe.store.register import Register

_DECIDED = ("level", "term", "mark", "officer")
_SHEET_MM, _EDGE_MM, _GAP_MM = (210.0, 297.0), 15.0, 6.0


def values_of(
    register: Register, determination_id: str, unit: str, given: Mapping[str, str], serial: int | None
) -> dict[str, str]:
    """The fields of a label; `RefusedError` where the determination is not in force, `UsageError` for a field that only
    a determination may fill."""
    matter = register.matter(determination_id)
    if matter.decision is not Decision.APPROVED or matter.determination is None:
        raise RefusedError(
            f"{determination_id} 现为“{matter.decision.value}”，没有生效的定密决定，不能制作标签", "", ("REC-1",)
        )
    if taken := [FIELDS[name] for name in given if name in _DECIDED]:
        raise UsageError(f"{'、'.join(taken)}只能取自定密决定", "去掉相应的 --field")
    return {**_decided(matter.determination, unit, serial), **given}


def _decided(determination: Determination, unit: str, serial: int | None) -> dict[str, str]:
    number = determination.id if serial is None else f"{determination.id} {serial_label(serial)}"
    term = determination.mark.term
    return {
        "level": determination.mark.level.label,
        "mark": determination.mark.text,
        "term": "" if term is None else term_text(term),
        "officer": determination.officer,
        "title": Path(determination.name).stem,
        "scope": determination.access_scope,
        "number": number,
        "unit": unit,
        **({} if serial is None else {"serial": serial_label(serial)}),
    }


def label_of(layout: StampLayout, values: Mapping[str, str]) -> Item:
    """One label; `UsageError` for what is no label or cannot be filled in."""
    if layout.kind is not ItemKind.LABEL:
        raise UsageError(f"{layout.id} 是{layout.kind.value}，不是标签", "可用的标签见 markpipe stamps list")
    try:
        return fill(layout, {name: text for name, text in values.items() if name in layout.fields})
    except StampError as error:
        raise UsageError(f"标签 {layout.id}：{error.message}", "用 --field 栏目=内容 补上") from error


def text_of(item: Item) -> str:
    """A label as lines of text: what goes into the first lines of an e-mail."""
    return "\n".join(line.text for line in item.lines)


def write_labels(worker: Worker, labels: Sequence[Item], reference: str, out: Path) -> str:
    """A sheet of labels one under the other, read back by other tools; the SHA-256 of the PDF."""
    items, y = [], _EDGE_MM
    for number, label in enumerate(labels, start=1):
        if y + label.height_mm > _SHEET_MM[1] - _EDGE_MM:
            raise UsageError(f"一张纸放不下 {len(labels)} 个标签", f"每次最多 {number - 1} 个，请分几次制作")
        place = Place(_EDGE_MM, y)
        items.append(dataclasses.replace(label, id=f"{label.id}-{number}", places=(place,)))
        y += label.height_mm + _GAP_MM
    plan = MarkPlan(tuple(items), reference)
    sheet = worker.mark(_blank(), Format.PDF, plan)
    return write(out, sheet.data, lambda path: check_marks(path, plan), replace=True)


def _blank() -> bytes:
    buffer = io.BytesIO()
    with pikepdf.Pdf.new() as pdf:
        pdf.add_blank_page(page_size=tuple(side * POINTS_PER_MM for side in _SHEET_MM))
        pdf.save(buffer, deterministic_id=True)
    return buffer.getvalue()
