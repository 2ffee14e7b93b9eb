"""Which items a carrier bears, where, in what type: 版头 of GB/T 9704-2012, 定密戳记, 拟定预标.

GB/T 9704-2012: 版心 156 × 225 mm, 28 mm from the left and 37 mm from the top, 22 lines; 份号 is six digits in 3号 on
line 1 (7.2.1; 仿宋, as no other face is named), 密级和保密期限 3号黑体 on line 2 (7.2.2).  How the 定密戳记 looks is laid
down nowhere that was found; its fields follow 保密法第十九条 and 定密管理规定, its form is the house's.

This module draws nothing and decides nothing: only a `Determination` gets a mark, and who made it was settled before.
"""

from __future__ import annotations

from markpipe.errors import OutputError, RefusedError
from markpipe.marking.plan import (
    POINTS_PER_MM,
    FontRole,
    Ink,
    Item,
    ItemKind,
    Line,
    Marked,
    MarkPlan,
    Place,
    wrap,
)
from markpipe.marking.positions import LEFT_MM, PITCH_MM, POSITIONS, TOP_MM
from markpipe.marking.stamp import StampError, StampLayout, StampLine, fill
from markpipe.model.carrier import serial_label
from markpipe.model.classification import Mark, Term, Until, date_label
from markpipe.model.decision import Determination, Proposal
from markpipe.model.wording import term_words

__all__ = [
    "LEFT_MM",
    "PITCH_MM",
    "TOP_MM",
    "Item",
    "ItemKind",
    "Line",
    "MarkPlan",
    "Marked",
    "Place",
    "determined",
    "pre_mark",
]

BODY_MM = 156.0
SIZE_3 = 16.0

PREMARK_HEAD = "拟定密级："
PREMARK_TAIL = "未经审核批准"
STAMP_TITLE = "国家秘密确定专用章"
DEMO_TEXT = "演示文件，不具定密效力"
DEMO_STAMP_TEXT = "演示，不具定密效力"

_SMALL_PT = 9.0


DETERMINATION_STAMP = StampLayout(
    "stamp",
    "国家秘密确定专用章（长方形）",
    ItemKind.STAMP,
    (
        StampLine(STAMP_TITLE, FontRole.HEITI, 14.0, 7.2, centred=True),
        *(
            StampLine(text, FontRole.FANGSONG, 11.0, 5.2)
            for text in ("密级：{level}", "保密期限：{term}", "定密责任人：{officer}", "日期：{date}")
        ),
        StampLine("编号：{number}", FontRole.FANGSONG, 8.0, 3.9),
        StampLine("{demo}", FontRole.FANGSONG, 8.0, 3.9, optional=True),
    ),
    "stamp",
    width_mm=60.0,
    padding_mm=3.0,
    frame_pt=1.4,
    ink=Ink.RED,
)
"""The built-in 定密戳记; stamps/determination.toml says the same, for units to copy and change."""


def determined(determination: Determination, serial: int | None = None, stamp: StampLayout | None = None) -> MarkPlan:
    """The plan for a determined document: mark and 定密戳记 (the unit's or the built-in), with a 份号 for a numbered copy.

    `RefusedError` (MRK-1) when the mark has no term: a level alone is no complete 国家秘密标志.
    """
    mark = determination.mark
    if mark.term is None:
        raise RefusedError(
            f"{determination.id} 的标志只有密级“{mark.text}”，缺少保密期限", "请先确定保密期限再加盖", ("MRK-1",)
        )
    items = [] if serial is None else [serial_item(serial)]
    items += [mark_item(mark), _stamp(determination, mark.term, stamp or DETERMINATION_STAMP)]
    if determination.demo:
        items.append(_demo())
    return MarkPlan(tuple(items), determination.id, determination.demo)


def pre_mark(proposal: Proposal, demo: bool, *, approvable: bool = True) -> MarkPlan:
    """The plan for a 拟定: one small line that says so, away from where a mark stands, in blue.

    `approvable` False (a rule stands against it, such as a level beyond the unit's authority) leaves ★ out: what
    nobody here may determine must not look as if it only waited for a signature.
    """
    items = [_pre_mark(pre_mark_text(proposal, approvable=approvable))]
    if demo:
        items.append(_demo())
    return MarkPlan(tuple(items), proposal.digest, demo)


def pre_mark_text(proposal: Proposal, *, approvable: bool = True) -> str:
    """The words of a pre-mark: 拟定密级：机密★10年（未经审核批准）, or in words 拟定密级：机密，期限10年（未经审核批准）."""
    if proposal.mark is None:
        return f"{PREMARK_HEAD}不定密（{PREMARK_TAIL}）"
    if proposal.term is None or not approvable:
        return f"{PREMARK_HEAD}{proposal.mark.level.label}，{term_words(proposal.term)}（{PREMARK_TAIL}）"
    return f"{PREMARK_HEAD}{proposal.mark.text}（{PREMARK_TAIL}）"


def term_text(term: Term) -> str:
    """A term as the 定密戳记 words it: a date is said to be an end, so that nobody reads it as a start."""
    return f"至{date_label(term.date)}" if isinstance(term, Until) else term.label


def serial_item(serial: int) -> Item:
    """份号: six digits, 3号 仿宋, line 1 of the 版心 (GB/T 9704-2012 7.2.1)."""
    line = Line(serial_label(serial), FontRole.FANGSONG, SIZE_3)
    return Item("serial", ItemKind.SERIAL, (line,), POSITIONS["head-1"], line.width_mm, line.height_mm, group="head")


def mark_item(mark: Mark) -> Item:
    """密级★保密期限: 3号黑体, line 2 of the 版心 (GB/T 9704-2012 7.2.2); a long condition goes on on the next line."""
    rows = wrap(mark.text, BODY_MM / (SIZE_3 / POINTS_PER_MM) - 0.5)
    lines = tuple(Line(row, FontRole.HEITI, SIZE_3, 0.0, index * PITCH_MM) for index, row in enumerate(rows))
    return Item("mark", ItemKind.MARK, lines, POSITIONS["head-2"], *_box(lines), group="head")


def _box(lines: tuple[Line, ...]) -> tuple[float, float]:
    return (
        max(line.x_mm + line.width_mm for line in lines),
        max(line.y_mm + line.height_mm for line in lines),
    )


def _stamp(determination: Determination, term: Term, layout: StampLayout) -> Item:
    """密级, 保密期限, 定密责任人, 日期 and small the register's number, in the frame of a layout."""
    values = {
        "level": determination.mark.level.label,
        "term": term_text(term),
        "officer": determination.officer,
        "date": date_label(determination.decided_on),
        "number": determination.id,
        "demo": DEMO_STAMP_TEXT if determination.demo else "",
    }
    try:
        return fill(layout, {field: value for field, value in values.items() if field in layout.fields})
    except StampError as error:
        raise OutputError(f"定密戳记（{layout.id}）盖不成：{error.message}", "改用长方形的版式 stamp") from error


def _pre_mark(text: str) -> Item:
    size = 10.5
    rows = wrap(text, 28.0)
    lines = tuple(Line(row, FontRole.KAITI, size, 0.0, index * 5.0) for index, row in enumerate(rows))
    return Item("premark", ItemKind.PREMARK, lines, POSITIONS["small"], *_box(lines), Ink.BLUE)


def _demo() -> Item:
    line = Line(DEMO_TEXT, FontRole.HEITI, _SMALL_PT)
    return Item("demo", ItemKind.DEMO, (line,), POSITIONS["notice"], line.width_mm, line.height_mm, Ink.BLUE)
