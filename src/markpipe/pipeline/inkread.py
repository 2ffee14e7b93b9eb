"""From a document that was read to what it bears: which marks, where they stand, and what stands around them.

In a PDF a mark's place is measured; in a DOCX it follows from the part and the paragraph.  Nothing is judged here, that
is `marking.inked`'s; words that cannot be placed count as running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from markpipe.detect.marks import find_marks
from markpipe.detect.provenance import is_commercial
from markpipe.marking.inked import MARK, SERIAL, URGENCY, Bearing, Inked, Stand
from markpipe.marking.plan import POINTS_PER_MM
from markpipe.marking.positions import LEFT_MM
from markpipe.model.classification import Level
from markpipe.model.document import Document, Format, Part, PartKind
from markpipe.model.finding import FoundMark
from markpipe.model.span import Span
from markpipe.pipeline.markwork import page_sizes, right_lines
from markpipe.pipeline.sandbox import Worker
from markpipe.text.fold import fold

_COMPANY = re.compile(r"(?:(?:份号|编号|№)?[:：]?\d{1,8}|特急|加急|平急|特提|急件|\s)*")
_SERIAL = re.compile(r"(?:份号|№)?[:：]?(\d{3,8})(?!\d)", re.ASCII)
_URGENCY = re.compile("特急|加急|平急|特提|急件")
_VOID = re.compile(r"原标志：(\S+?)（作废）")
_FREED = re.compile(r"(?m)^\s*解\s*密\s*$")
_REPRODUCED = re.compile(r"(?m)^\s*(?:复\s*制\s*件|复\s*印\s*件|翻\s*印\s*件|影\s*印\s*件)\s*$")
_WORK_SECRET = re.compile(r"(?m)^\s*(内部|内部事项\s*注意保管|工作秘密)\s*$")
_POINT = re.compile(r"〔(绝密|机密|秘密)：")
_DOCUMENT_NUMBER = re.compile(r"〔(?:19|20)\d{2}〕\s*\d+\s*号")
_STAMP, _LIST, _PROPOSED, _UNAPPROVED = "确定专用章", "密点清单", "拟定密级", "未经审核批准"
_HEAD_CHARACTERS = 150
"""How far into the text 内部 alone on a line is the mark of a 工作秘密 and no cell of a table."""
_HEAD_SHARE, _LOW_SHARE, _RIGHT_SHARE = 0.4, 0.65, 0.55
_MARGIN_MM, _SMALL_MM, _ROW_MM, _NEAR_MM, _FLUSH_MM = 30.0, 4.3, 3.0, 40.0, 2.0


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a stretch of a page stands, in mm, and how large the page is."""

    page: int
    left: float
    top: float
    height: float
    size: tuple[float, float]


def bearing_of(document: Document, data: bytes, worker: Worker, *, determined: bool) -> Bearing:
    """What a document bears; `determined` says that a valid label vouches for a determination."""
    text = "\n".join(_text(document, part) for part in _shown(document))
    voided = frozenset(_VOID.findall("".join(text.split())))
    found = [one for one in _found(document) if not _of_a_stamp(one, text)]
    if document.format is Format.PDF:
        marks, order, serial = _measured(document, found, data, worker)
    else:
        marks, order, serial = _by_part(document, found, _right(document, data, worker), voided)
    vouched = determined or _STAMP in text or bool(_DOCUMENT_NUMBER.search(text))
    work = next(
        (one for one in _WORK_SECRET.finditer(text) if one[1] != "内部" or one.start() < _HEAD_CHARACTERS), None
    )
    return Bearing(
        tuple(marks),
        order,
        serial,
        voided,
        bool(_FREED.search(text)) and "依据：" in text,
        _PROPOSED in text and _UNAPPROVED in text,
        is_commercial(document.text_map) and not vouched,
        "".join(work[1].split()) if work else "",
        bool(_REPRODUCED.search(text)),
        "复制单位：" in text and "日期：" in text and re.search(r"共\s*\d+\s*份", text) is not None,
        tuple(Level.from_label(label) for label in _POINT.findall(text)),
    )


def _shown(document: Document) -> tuple[Part, ...]:
    return tuple(part for part in document.text_map.parts if part.visible and not part.path)


def _text(document: Document, part: Part) -> str:
    return document.text_map.text[part.start : part.end]


def _found(document: Document) -> Iterator[FoundMark]:
    """The marks that a reader of the page sees, once each place."""
    text_map = document.text_map
    for one in find_marks(text_map, fold(text_map)):
        part = text_map.part_at(one.span.start)
        if part.visible and not part.path and _LIST not in _text(document, part)[:40]:
            yield one


def _of_a_stamp(one: FoundMark, text: str) -> bool:
    """Whether it is the field 密级：… of a 定密戳记, which is no mark."""
    return one.text.startswith("密") and not one.text.startswith("秘密") and _STAMP in text


def _alone(document: Document, span: Span) -> bool:
    """Whether nothing but 份号 and 紧急程度 shares the line of a stretch."""
    text = document.text_map.text
    start, end = text.rfind("\n", 0, span.start) + 1, text.find("\n", span.end)
    rest = text[start : span.start] + " " + text[span.end : end if end >= 0 else len(text)]
    return bool(_COMPANY.fullmatch(rest))


# -- PDF: by measure ---------------------------------------------------------------------------------------------------


def _measured(
    document: Document, found: Sequence[FoundMark], data: bytes, worker: Worker
) -> tuple[list[Inked], tuple[str, ...], str]:
    pages = sorted({1} | {part.page for one in found if (part := document.text_map.part_at(one.span.start)).page})
    names = [part.name for part in _shown(document) if part.page in pages]
    for name, boxes in worker.boxes(data, document.format, names).items():
        document = replace(document, text_map=document.text_map.with_boxes(name, boxes))
    sizes = page_sizes(worker, data, pages)
    placed = [(one, _place(document, one.span, sizes)) for one in found]
    tops = [place.top for _, place in placed if place is not None and place.page > 1]
    marks = [_inked(document, one, place, tops) for one, place in placed]
    if not any(mark.stand is Stand.HEAD for mark in marks):
        marks = [
            replace(mark, stand=Stand.HEAD, right=False)
            if mark.stand is Stand.INSIDE and _by_a_title_block(place)
            else mark
            for mark, (_, place) in zip(marks, placed, strict=True)
        ]
    heads = [place for mark, (_, place) in zip(marks, placed, strict=True) if mark.stand is Stand.HEAD and place]
    return marks, *_order(document, heads, sizes)


def _place(document: Document, span: Span, sizes: Mapping[int, tuple[float, float]]) -> _Place | None:
    boxes = document.text_map.boxes_of(span)
    if not boxes or boxes[0].page not in sizes:
        return None
    left, top = boxes[0].left / POINTS_PER_MM, boxes[0].top / POINTS_PER_MM
    return _Place(boxes[0].page, left, top, boxes[0].bottom / POINTS_PER_MM - top, sizes[boxes[0].page])


def _inked(document: Document, one: FoundMark, place: _Place | None, tops: Sequence[float]) -> Inked:
    where = document.text_map.part_at(one.span.start).label
    if place is None or not _alone(document, one.span):
        return Inked(one.text, one.mark, one.problem, where, Stand.QUOTED)
    width, height = place.size
    in_margin = place.top < _MARGIN_MM or place.top > height - _MARGIN_MM
    again = any(abs(top - place.top) < _ROW_MM for top in tops)
    # in full size and flush with the 版心 at the top it heads an item of a compilation, however many pages begin so
    heads_an_item = place.height >= _SMALL_MM and abs(place.left - LEFT_MM) < _FLUSH_MM and place.top < _MARGIN_MM
    if in_margin and (place.height < _SMALL_MM or (again and len(tops) > 1 and not heads_an_item)):
        stand = Stand.RUNNING
    elif place.page == 1 and place.top < _HEAD_SHARE * height:
        stand = Stand.HEAD
    else:
        stand = Stand.INSIDE
    return Inked(one.text, one.mark, one.problem, where, stand, place.left > _RIGHT_SHARE * width)


def _by_a_title_block(place: _Place | None) -> bool:
    """Drawings bear their mark by the title block, lower right on the first sheet."""
    return place is not None and place.page == 1 and place.top > _LOW_SHARE * place.size[1]


def _order(
    document: Document, heads: Sequence[_Place], sizes: Mapping[int, tuple[float, float]]
) -> tuple[tuple[str, ...], str]:
    """What stands above and below the mark of page 1, row by row, and the 份号."""
    if not heads:
        return (), ""
    rows: list[tuple[float, str]] = [(place.top, MARK) for place in heads]
    serial = ""
    for span, kind, words in _head_words(document):
        place = _place(document, span, sizes)
        if place is not None and place.page == 1 and abs(place.top - heads[0].top) < _NEAR_MM:
            rows.append((place.top, kind))
            serial = serial or (words if kind == SERIAL else "")
    grouped: list[tuple[float, list[str]]] = []
    for top, kind in sorted(rows):
        if grouped and abs(grouped[-1][0] - top) < _ROW_MM:
            grouped[-1][1].append(kind)
        else:
            grouped.append((top, [kind]))
    return tuple("＋".join(dict.fromkeys(kinds)) for _, kinds in grouped), serial


def _head_words(document: Document) -> Iterator[tuple[Span, str, str]]:
    """份号 and 紧急程度 on lines of the first page that hold nothing but them and the mark."""
    first = next((part for part in _shown(document) if part.page == 1), None)
    if first is None:
        return
    for line in re.finditer(r"[^\n]+", _text(document, first)):
        bare = re.sub(r"(?:绝密|机密|秘密)\S*", " ", line[0])
        if not _COMPANY.fullmatch(bare):
            continue
        for pattern, kind in ((_SERIAL, SERIAL), (_URGENCY, URGENCY)):
            if match := pattern.search(bare if kind == SERIAL else line[0]):
                words = match[1] if kind == SERIAL else match[0]
                at = first.start + line.start() + line[0].index(words)
                yield Span(at, at + len(words)), kind, words


# -- DOCX and text: by part --------------------------------------------------------------------------------------------


def _right(document: Document, data: bytes, worker: Worker) -> frozenset[str]:
    return right_lines(worker, data) if document.format is Format.DOCX else frozenset()


def _by_part(
    document: Document, found: Sequence[FoundMark], right: frozenset[str], voided: frozenset[str]
) -> tuple[list[Inked], tuple[str, ...], str]:
    marks: list[Inked] = []
    boxed: list[Inked] = []
    for one in found:
        part = document.text_map.part_at(one.span.start)
        stand = Stand.QUOTED
        if _alone(document, one.span):
            head = one.at_place and part.kind in (PartKind.BODY, PartKind.TEXT_BOX, PartKind.PAGE)
            stand = Stand.RUNNING if _is_header(part) else Stand.HEAD if head else Stand.INSIDE
        marks.append(Inked(one.text, one.mark, one.problem, part.label, stand, "".join(one.text.split()) in right))
        if stand is Stand.RUNNING and part.kind is PartKind.TEXT_BOX and one.text not in voided:
            boxed.append(marks[-1])
    if boxed:
        # a box in the header of page 1 is above all text: what stands below bears the mark of an item
        marks = [
            replace(m, stand=Stand.INSIDE) if m.stand is Stand.HEAD and m.text != boxed[0].text else m for m in marks
        ]
    if boxed or not any(mark.stand is Stand.HEAD for mark in marks):
        running = (mark for mark in marks if mark.stand is Stand.RUNNING and mark.text not in voided)
        first = boxed[0] if boxed else next(running, None)
        marks = [replace(mark, stand=Stand.HEAD) if mark is first else mark for mark in marks]
    order, serial = _order_of_lines(document, found)
    return marks, order, serial


def _is_header(part: Part) -> bool:
    return part.kind in (PartKind.HEADER, PartKind.FOOTER) or re.search("header|footer", part.name, re.I) is not None


def _order_of_lines(document: Document, found: Sequence[FoundMark]) -> tuple[tuple[str, ...], str]:
    """份号, mark and 紧急程度 as the lines before and after the first mark have them."""
    first = next((one for one in found if one.at_place and _alone(document, one.span)), None)
    if first is None:
        return (), ""
    part = document.text_map.part_at(first.span.start)
    rows, serial = [], ""
    for line in re.findall(r"[^\n]+", _text(document, part))[:12]:
        bare = re.sub(r"(?:绝密|机密|秘密)\S*", " ", line)
        if not _COMPANY.fullmatch(bare):
            continue
        kinds = [SERIAL] if (number := _SERIAL.search(bare)) else []
        serial = serial or (number[1] if number else "")
        kinds += [MARK] if bare != line else []
        kinds += [URGENCY] if _URGENCY.search(line) else []
        rows.append("＋".join(kinds))
    # the first of each: a running mark may stand behind them in the same header
    return tuple(dict.fromkeys(row for row in rows if row)), serial
