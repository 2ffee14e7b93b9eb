"""From a determined file to the carrier: form, marks, 密点, label, written and read back by other tools."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from markpipe.errors import OutputError, UsageError
from markpipe.marking.forms import Form, as_form
from markpipe.marking.label import Label, LabelState, label_of
from markpipe.marking.plan import ItemKind, Marked, MarkPlan
from markpipe.marking.points import locate
from markpipe.model.agency import Actor
from markpipe.model.classification import Mark
from markpipe.model.decision import Decision, Determination, SecretPoint
from markpipe.model.document import Document, Format
from markpipe.model.limits import Limits
from markpipe.model.outcome import Output, OutputKind
from markpipe.model.span import Span
from markpipe.pipeline.compilation import part_items
from markpipe.pipeline.house import House
from markpipe.pipeline.markwork import anchors, mark_points, mark_signed, unmark
from markpipe.pipeline.placing import ensure_lawful
from markpipe.pipeline.plans import Wishes, plan_for, points_of
from markpipe.pipeline.sandbox import Worker
from markpipe.pipeline.topdf import to_pdf
from markpipe.pipeline.writer import write
from markpipe.proof.marks import check_marks
from markpipe.store.register import Register

LABEL_SUFFIX = ".mark.json"


@dataclass(frozen=True, slots=True)
class Carrier:
    """What carriers are made with, and who answers for them."""

    register: Register
    worker: Worker
    limits: Limits
    house: House
    actor: Actor
    now: Callable[[], dt.datetime]


def bear(
    desk: Carrier,
    determination: Determination,
    document: Document,
    data: bytes,
    out: Path,
    serial: int | None,
    wishes: Wishes,
) -> Output:
    """The carrier under its name; `OutputError` when it cannot be marked, written or read back."""
    matter = desk.register.matter(determination.id)
    freed = matter.decision is Decision.DECLASSIFIED
    points = () if freed else points_of(matter.proposal, determination.mark)
    fmt = document.format
    if document.digest != determination.digest:
        # a carrier: what it bore goes first, 密点 of an earlier level with it
        data = unmark(desk.worker, data, fmt)
        document = desk.worker.read(data)
    notes: list[str] = []
    plan = plan_for(desk.register, determination, serial, desk.house, wishes)
    mark = None if freed else determination.mark
    if wishes.points:
        placed = [one for one in points if one.span is not None and one.span.end <= len(document.text)]
        ensure_lawful(plan, mark, points=[one.mark.level for one in placed])
        pointed = _pointed(desk, document, data, placed, highlight=wishes.highlight)
        data = pointed.data
        notes += pointed.notes
    if wishes.as_pdf:
        data, fmt = _converted(desk, data, fmt), Format.PDF
        notes.append("由 LibreOffice 转为 PDF，版面以转换后的为准，请核对后使用")
    plan = _with_parts(desk, document, data, fmt, plan, wishes.parts, mark)
    plan = _placed(desk, data, fmt, plan, wishes.form, mark)
    marked = mark_signed(desk.worker, data, fmt, plan) if wishes.signed_copy else desk.worker.mark(data, fmt, plan)

    def label(unit: str, content: str) -> Label:
        state = LabelState.DECLASSIFIED if freed else LabelState.DETERMINED
        return label_of(determination, unit, content, serial, () if wishes.as_pdf else points, state)

    finished, sealed = desk.house.labelled(desk.worker, marked.data, fmt, label)

    def record(sha256: str) -> None:
        desk.register.stamped(determination.id, sha256, out.name, desk.actor, desk.now())

    sha256 = write(out, finished, lambda path: check_marks(path, plan), record)
    if sealed and wishes.detached:
        write(out.with_name(f"{out.name}{LABEL_SUFFIX}"), sealed, replace=True)
    return Output(out.name, OutputKind.MARKED, sha256, serial, (*notes, *marked.notes))


def _converted(desk: Carrier, data: bytes, fmt: Format) -> bytes:
    if fmt is not Format.DOCX:
        raise UsageError("--as-pdf 只用于 DOCX", "PDF 不用转换；其他格式请先另存为 DOCX 或 PDF")
    return to_pdf(data, desk.limits)


def _with_parts(
    desk: Carrier,
    document: Document,
    data: bytes,
    fmt: Format,
    plan: MarkPlan,
    parts: Sequence[tuple[str, str]],
    mark: Mark | None,
) -> MarkPlan:
    """The plan with the marks of a compilation's items, found in the text as it now stands."""
    if not parts:
        return plan
    if mark is None:
        raise UsageError("已解密的不再标各件的密级", "去掉 --part")
    if document.format is not fmt:
        document = desk.worker.read(data)
    items = part_items(desk.register, desk.worker, document, data, parts, mark)
    return dataclasses.replace(plan, items=(*plan.items, *items))


def _placed(desk: Carrier, data: bytes, fmt: Format, plan: MarkPlan, form: Form, mark: Mark | None) -> MarkPlan:
    """The plan with its head where the form has it, by what stands on page 1."""
    if form is Form.OFFICIAL:
        return plan
    if plan.of(ItemKind.ATTACHMENT):
        raise UsageError("附件的发文字号和序号只用于公文", f"去掉 --form {form.value} 或者 --attachment")
    found = anchors(desk.worker, data, fmt)
    try:
        return ensure_lawful(as_form(plan, form, found.get(form)), mark, form, found.get(form))
    except ValueError as error:
        raise OutputError(f"不能按“{form.value}”加盖：{error}", "请改用 --form 非公文（封面左上角）") from error


def _pointed(
    desk: Carrier, document: Document, data: bytes, placed: Sequence[SecretPoint], *, highlight: bool
) -> Marked:
    """The file with its 密点 marked, before the mark itself."""
    text_map = document.text_map
    spans = [point.span for point in placed if point.span is not None]
    names = [part.name for part in text_map.parts if any(span.overlaps(Span(part.start, part.end)) for span in spans)]
    for name, boxes in desk.worker.boxes(data, document.format, names).items():
        text_map = text_map.with_boxes(name, boxes)
    return mark_points(desk.worker, data, document.format, locate(placed, text_map), highlight=highlight)
