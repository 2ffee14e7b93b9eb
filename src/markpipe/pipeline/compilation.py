"""汇编: each item of a compilation bears its own mark, the cover the highest level and the longest term (DRV-4).

A mark comes from a determination in force or a registered source and from nowhere else.  Where it stands::

    PDF    above the item's title at the left, else below it in the middle, else at the head of its page
    DOCX   on a line of its own in front of the title
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from markpipe.errors import RefusedError, UsageError
from markpipe.marking.inked import longer
from markpipe.marking.layout import mark_item
from markpipe.marking.plan import POINTS_PER_MM, Item, ItemKind, PageOf, Place
from markpipe.marking.positions import LEFT_MM, POSITIONS
from markpipe.model.classification import Mark
from markpipe.model.decision import Decision
from markpipe.model.document import Document, Format
from markpipe.model.span import Span
from markpipe.pipeline.sandbox import Worker
from markpipe.store.register import Register

_ABOVE_MM, _BELOW_MM = (11.0, 9.0, 7.5), 1.5


def part_items(
    register: Register, worker: Worker, document: Document, data: bytes, parts: Sequence[tuple[str, str]], whole: Mark
) -> tuple[Item, ...]:
    """The marks of the items, each (title, or in a PDF its page; number of a determination or source).

    `RefusedError` (DRV-4) where an item is above the cover, `UsageError` where its mark or its place is not to be found.
    """
    items = []
    for number, (key, reference) in enumerate(parts, start=1):
        mark = _mark_of(register, reference)
        if mark.level > whole.level or longer(mark, whole):
            raise RefusedError(
                f"“{key}”是{mark.text}，高于封面的{whole.text}",
                "封面应标各件中的最高密级和最长期限，请先变更定密",
                ("DRV-4",),
            )
        item = mark_item(mark)
        places = _places(worker, document, data, key, item)
        items.append(dataclasses.replace(item, id=f"part-{number}", kind=ItemKind.PART_MARK, places=places, group=""))
    return tuple(items)


def _mark_of(register: Register, reference: str) -> Mark:
    source = next((one for one in register.sources() if one.id == reference), None)
    if source is not None:
        mark = source.mark
    elif not re.fullmatch(r"D\d{4}-\d+", reference):
        raise UsageError(f"没有编号为“{reference}”的来源或者定密", "用 source list、determination list 查看")
    else:
        matter = register.matter(reference)
        if matter.determination is None or matter.decision is not Decision.APPROVED:
            raise RefusedError(
                f"{reference} 现为“{matter.decision.value}”，没有生效的定密决定，不能加标志", "去掉这一件", ("REC-1",)
            )
        mark = matter.determination.mark
    if mark.term is None:
        raise RefusedError(f"{reference} 只有密级“{mark.text}”，缺少保密期限", "请先查明期限", ("MRK-1",))
    return mark


def _places(worker: Worker, document: Document, data: bytes, key: str, item: Item) -> tuple[Place, ...]:
    words = "".join(key.split())
    if document.format is not Format.PDF:
        return (Place(0.0, 0.0, page=PageOf.IN_TEXT, beside=words),)
    if words.isascii() and words.isdecimal():
        page, pages = int(words), document.pages or 0
        if not 2 <= page <= pages:
            raise UsageError(f"没有第{page}页，或者是首页", f"件的页码从 2 到 {pages}；首页标全文的密级")
        return tuple(dataclasses.replace(one, page=PageOf.NUMBERED, number=page) for one in POSITIONS["cover"])
    return _by_title(worker, document, data, words, item)


def _by_title(worker: Worker, document: Document, data: bytes, words: str, item: Item) -> tuple[Place, ...]:
    text_map = document.text_map
    found = [
        (part, Span(part.start + line.start(), part.start + line.end()))
        for part in text_map.parts
        if part.visible and part.page and not part.path
        for line in re.finditer(r"[^\n]+", text_map.text[part.start : part.end])
        if "".join(line[0].split()) == words
    ]
    if len(found) != 1:
        what = f"有{len(found)}处" if found else "没有单独成行的"
        raise UsageError(f"{what}“{words[:30]}”，不知标志放在哪里", "改写页码，如 --part 3=D2026-0001")
    part, span = found[0]
    for name, boxes in worker.boxes(data, document.format, [part.name]).items():
        text_map = text_map.with_boxes(name, boxes)
    boxed = text_map.boxes_of(span)
    if not boxed:
        raise UsageError(f"“{words[:30]}”在页面上没有位置", "改写页码，如 --part 3=D2026-0001")
    page = boxed[0].page
    left, top, right, bottom = (
        fit(getattr(box, side) for box in boxed) / POINTS_PER_MM
        for fit, side in ((min, "left"), (min, "top"), (max, "right"), (max, "bottom"))
    )
    middle = max(0.0, (left + right - item.width_mm) / 2)
    spots = [*((LEFT_MM, top - up) for up in _ABOVE_MM), (middle, bottom + _BELOW_MM)]
    spots += [] if page == 1 else [(one.x_mm, one.y_mm) for one in POSITIONS["cover"]]
    return tuple(Place(x, y, page=PageOf.NUMBERED, number=page) for x, y in spots if y > 0)
