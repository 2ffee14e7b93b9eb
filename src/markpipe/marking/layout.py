"""Which items a carrier bears, where, in what type: 版头 of GB/T 9704-2012, 定密戳记, 拟定预标.

GB/T 9704-2012: 版心 156 × 225 mm, 28 mm from the left and 37 mm from the top, 22 lines; 份号 is six digits in 3号 on
line 1 (7.2.1; 仿宋, as no other face is named), 密级和保密期限 3号黑体 on line 2 (7.2.2).  How the 定密戳记 looks is laid
down nowhere that was found; its fields follow 保密法第十九条 and 定密管理规定, its form is the house's.

This module draws nothing and decides nothing: only a `Determination` gets a mark, and who made it was settled before.
"""

from __future__ import annotations

from markpipe.errors import RefusedError
from markpipe.marking.plan import (
    POINTS_PER_MM,
    Corner,
    FontRole,
    Ink,
    Item,
    ItemKind,
    Line,
    Marked,
    MarkPlan,
    PageOf,
    Place,
    ems,
    wrap,
)
from markpipe.model.carrier import serial_label
from markpipe.model.classification import Mark, Term, Until, date_label
from markpipe.model.decision import Determination, Proposal

__all__ = [
    "Item",
    "ItemKind",
    "Line",
    "MarkPlan",
    "Marked",
    "Place",
    "determined",
    "pre_mark",
]

LEFT_MM, TOP_MM, RIGHT_MM, BOTTOM_MM = 28.0, 37.0, 26.0, 35.0
PITCH_MM = 225 / 22
BODY_MM = 156.0
SIZE_3 = 16.0

PREMARK_HEAD = "拟定密级："
PREMARK_TAIL = "未经审核批准"
STAMP_TITLE = "国家秘密确定专用章"
DEMO_TEXT = "演示文件，不具定密效力"
DEMO_STAMP_TEXT = "演示，不具定密效力"

# Line 1 of the 版心; where the draft's own text stands there, the head margin, high enough for both lines.
_HEAD_TOPS_MM = (TOP_MM, 20.5, 16.0, 12.0)
_STAMP_WIDTH_MM = 60.0
_STAMP_PADDING_MM = 3.0
_SMALL_PT = 9.0


def determined(determination: Determination, serial: int | None = None) -> MarkPlan:
    """The plan for a determined document: mark and 定密戳记, with a 份号 for a numbered copy.

    `RefusedError` (MRK-1) when the mark has no term: a level alone is no complete 国家秘密标志.
    """
    mark = determination.mark
    if mark.term is None:
        raise RefusedError(
            f"{determination.id} 的标志只有密级“{mark.text}”，缺少保密期限", "请先确定保密期限再加盖", ("MRK-1",)
        )
    items = [] if serial is None else [_serial(serial)]
    items += [_mark(mark), _stamp(determination, mark.term)]
    if determination.demo:
        items.append(_demo())
    return MarkPlan(tuple(items), determination.id, determination.demo)


def pre_mark(proposal: Proposal, demo: bool) -> MarkPlan:
    """The plan for a 拟定: one small line that says so, away from where a mark stands, in blue."""
    items = [_pre_mark(pre_mark_text(proposal))]
    if demo:
        items.append(_demo())
    return MarkPlan(tuple(items), proposal.digest, demo)


def pre_mark_text(proposal: Proposal) -> str:
    """The words of a pre-mark, for instance 拟定密级：机密★10年（未经审核批准）."""
    if proposal.mark is None:
        return f"{PREMARK_HEAD}不定密（{PREMARK_TAIL}）"
    if proposal.term is None:
        return f"{PREMARK_HEAD}{proposal.mark.text}（期限待定，{PREMARK_TAIL}）"
    return f"{PREMARK_HEAD}{proposal.mark.text}（{PREMARK_TAIL}）"


def term_text(term: Term) -> str:
    """A term as the 定密戳记 words it: a date is said to be an end, so that nobody reads it as a start."""
    return f"至{date_label(term.date)}" if isinstance(term, Until) else term.label


def _serial(serial: int) -> Item:
    line = Line(serial_label(serial), FontRole.FANGSONG, SIZE_3)
    return Item("serial", ItemKind.SERIAL, (line,), _head_places(0), line.width_mm, line.height_mm, group="head")


def _mark(mark: Mark) -> Item:
    rows = wrap(mark.text, BODY_MM / (SIZE_3 / POINTS_PER_MM) - 0.5)
    lines = tuple(Line(row, FontRole.HEITI, SIZE_3, 0.0, index * PITCH_MM) for index, row in enumerate(rows))
    return Item("mark", ItemKind.MARK, lines, _head_places(1), *_box(lines), group="head")


def _head_places(row: int) -> tuple[Place, ...]:
    return tuple(Place(LEFT_MM, top + row * PITCH_MM) for top in _HEAD_TOPS_MM)


def _box(lines: tuple[Line, ...]) -> tuple[float, float]:
    return (
        max(line.x_mm + line.width_mm for line in lines),
        max(line.y_mm + line.height_mm for line in lines),
    )


def _stamp(determination: Determination, term: Term) -> Item:
    """A red frame: title, 密级, 保密期限, 定密责任人, 日期, and small the register's number."""
    fields = (
        f"密级：{determination.mark.level.label}",
        f"保密期限：{term_text(term)}",
        f"定密责任人：{determination.officer}",
        f"日期：{date_label(determination.decided_on)}",
    )
    small = (f"编号：{determination.id}", *((DEMO_STAMP_TEXT,) if determination.demo else ()))
    lines = [_centred(STAMP_TITLE, 14.0, _STAMP_PADDING_MM)]
    y = _STAMP_PADDING_MM + 7.2
    for text, size, step in [(field, 11.0, 5.2) for field in fields] + [(line, 8.0, 3.9) for line in small]:
        indent = ems(text.partition("：")[0] + "：") if "：" in text else 0.0
        room = (_STAMP_WIDTH_MM - 2 * _STAMP_PADDING_MM) / (size / POINTS_PER_MM)
        for number, row in enumerate(wrap(text, room, indent)):
            x = _STAMP_PADDING_MM + (indent * size / POINTS_PER_MM if number else 0.0)
            lines.append(Line(row, FontRole.FANGSONG, size, x, y))
            y += step
    height = y + _STAMP_PADDING_MM - 1.3
    return Item("stamp", ItemKind.STAMP, tuple(lines), _STAMP_PLACES, _STAMP_WIDTH_MM, height, Ink.RED, frame_pt=1.4)


def _centred(text: str, size_pt: float, y_mm: float) -> Line:
    width = ems(text) * size_pt / POINTS_PER_MM
    return Line(text, FontRole.HEITI, size_pt, (_STAMP_WIDTH_MM - width) / 2, y_mm)


def _pre_mark(text: str) -> Item:
    size = 10.5
    rows = wrap(text, 28.0)
    lines = tuple(Line(row, FontRole.KAITI, size, 0.0, index * 5.0) for index, row in enumerate(rows))
    return Item("premark", ItemKind.PREMARK, lines, _PREMARK_PLACES, *_box(lines), Ink.BLUE)


def _demo() -> Item:
    line = Line(DEMO_TEXT, FontRole.HEITI, _SMALL_PT)
    return Item("demo", ItemKind.DEMO, (line,), _DEMO_PLACES, line.width_mm, line.height_mm, Ink.BLUE)


def _stamp_places() -> tuple[Place, ...]:
    """Top right below the margin, the two lower corners, any gap up the last page, and at worst a page of its own."""
    corners = (Corner.BOTTOM_RIGHT, Corner.BOTTOM_LEFT)
    first = [
        Place(RIGHT_MM, TOP_MM, Corner.TOP_RIGHT),
        Place(RIGHT_MM, BOTTOM_MM, corners[0]),
        Place(LEFT_MM, BOTTOM_MM, corners[1]),
    ]
    last = [
        Place(LEFT_MM if corner is Corner.BOTTOM_LEFT else RIGHT_MM, BOTTOM_MM + 10.0 * step, corner, PageOf.LAST)
        for step in range(19)
        for corner in corners
    ]
    return (*first, *last, Place(LEFT_MM, TOP_MM + 2 * PITCH_MM, Corner.TOP_LEFT, PageOf.APPENDED))


def _small_places(first: tuple[Corner, ...]) -> tuple[Place, ...]:
    """Margins of the first page for a line that must not look like a mark, then of the last, then a page of its own."""
    return (
        *(
            Place(LEFT_MM if corner in (Corner.TOP_LEFT, Corner.BOTTOM_LEFT) else RIGHT_MM, y, corner, page)
            for page in (PageOf.FIRST, PageOf.LAST)
            for corner in first
            for y in (8.0, 13.0, 18.0, 23.0, 28.0)
        ),
        Place(LEFT_MM, TOP_MM + 2 * PITCH_MM, Corner.TOP_LEFT, PageOf.APPENDED),
    )


_STAMP_PLACES = _stamp_places()
_PREMARK_PLACES = _small_places((Corner.TOP_RIGHT, Corner.BOTTOM_RIGHT))
_DEMO_PLACES = _small_places((Corner.TOP_LEFT, Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT))
