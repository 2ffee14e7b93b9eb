"""A stamp's layout as a unit can write it down (TOML, artwork in SVG), and filling one in.

A layout is lines with `{fields}`, one under the other in a box; filling it gives an `Item` for a `MarkPlan`.  What a
stamp may say is guarded here: ★ and 密级 words belong to state secrets, never to 工作秘密 or 商业秘密 (保密法第二十二条).

Files are read by `config.stamps`; whether a stamp may be set at all is decided before, not here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markpipe.marking.plan import POINTS_PER_MM, FontRole, Ink, Item, ItemKind, Line, Place, ems, wrap
from markpipe.marking.positions import POSITIONS
from markpipe.model.classification import STAR

FIELDS = {
    "level": "密级",
    "term": "保密期限",
    "mark": "国家秘密标志",
    "serial": "份号",
    "urgency": "紧急程度",
    "officer": "定密责任人",
    "date": "日期",
    "number": "编号",
    "unit": "单位",
    "receiver": "收件单位",
    "basis": "依据",
    "old": "原密级和期限",
    "new": "现密级和期限",
    "count": "份数",
    "copy": "复制件编号",
    "scope": "知悉范围",
    "owner": "权属单位",
    "grade": "商业秘密等级",
    "title": "标题",
    "witness": "监销人",
    "reason": "原因",
    "demo": "演示说明",
}
FIELD = re.compile(r"\{(\w+)\}")
LEVEL_WORDS = re.compile(rf"{STAR}|绝密|机密|秘密")
GRADES = ("核心商密", "普通商密")
"""中央企业商业秘密保护暂行规定第十三条: what a firm may call its own secrets."""
NOT_SECRET = (ItemKind.WORK_SECRET, ItemKind.TRADE_SECRET)


class StampError(ValueError):
    """A layout or what it is filled with is wrong; `path` leads to the value in the file."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


@dataclass(frozen=True, slots=True)
class StampLine:
    """One line of a layout.  `step_mm` is how far down the next one begins; `optional` drops it when a field is empty."""

    text: str
    font: FontRole
    size_pt: float
    step_mm: float
    centred: bool = False
    optional: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the line shows."""
        return tuple(FIELD.findall(self.text))


@dataclass(frozen=True, slots=True)
class StampLayout:
    """A stamp or mark before it is filled in.  `height_mm` 0 lets the box grow with its lines."""

    id: str
    title: str
    kind: ItemKind
    lines: tuple[StampLine, ...]
    position: str
    width_mm: float = 0.0
    height_mm: float = 0.0
    padding_mm: float = 0.0
    frame_pt: float = 0.0
    ink: Ink = Ink.BLACK
    about: str = ""
    basis: str = ""
    artwork: str = ""
    sample: tuple[tuple[str, str], ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it shows, in order."""
        return tuple(dict.fromkeys(field for line in self.lines for field in line.fields))

    @property
    def required(self) -> tuple[str, ...]:
        """The fields without which it cannot be filled in."""
        return tuple(dict.fromkeys(field for line in self.lines if not line.optional for field in line.fields))


def fill(layout: StampLayout, values: Mapping[str, str], places: Sequence[Place] = ()) -> Item:
    """A layout with its fields filled in, at its position or the places given.

    `StampError` for an unknown or missing field, a word that the kind may not bear, or text that does not fit.
    """
    if unknown := set(values) - set(FIELDS):
        raise StampError(f"没有名为 {'、'.join(sorted(unknown))} 的栏目")
    if missing := [FIELDS[field] for field in layout.required if not values.get(field)]:
        raise StampError(f"“{layout.title}”还缺少{'、'.join(missing)}")
    lines: list[Line] = []
    y = layout.padding_mm
    for line in layout.lines:
        if line.optional and not all(values.get(field) for field in line.fields):
            continue
        text = FIELD.sub(lambda match: values[match[1]], line.text)
        rows = _rows(layout, line, text)
        lines += [_set(layout, line, row, number, y + number * line.step_mm, text) for number, row in enumerate(rows)]
        y += len(rows) * line.step_mm
    if layout.kind is ItemKind.TRADE_SECRET and values.get("grade", GRADES[0]) not in GRADES:
        raise StampError(f"商业秘密等级应为{'或'.join(GRADES)}")
    if layout.kind in NOT_SECRET and any(LEVEL_WORDS.search(line.text) for line in lines):
        raise StampError(f"“{layout.title}”不是国家秘密，不得使用★和绝密、机密、秘密字样")
    width = layout.width_mm or max(line.x_mm + line.width_mm for line in lines) + layout.padding_mm
    bottom = max(line.y_mm + line.height_mm for line in lines) + layout.padding_mm
    if layout.height_mm and bottom > layout.height_mm + 0.1:
        raise StampError(f"“{layout.title}”的内容太长，放不进 {layout.width_mm:.0f}×{layout.height_mm:.0f} 毫米")
    height = layout.height_mm or bottom
    return Item(
        layout.id,
        layout.kind,
        tuple(lines),
        tuple(places) or POSITIONS[layout.position],
        width,
        height,
        layout.ink,
        layout.frame_pt,
        artwork=layout.artwork,
    )


def preview(layout: StampLayout) -> Item:
    """The layout filled in with its own sample values."""
    return fill(layout, dict(layout.sample))


def _rows(layout: StampLayout, line: StampLine, text: str) -> tuple[str, ...]:
    if not layout.width_mm:
        return (text,)
    room = (layout.width_mm - 2 * layout.padding_mm) / (line.size_pt / POINTS_PER_MM)
    return wrap(text, room, 0.0 if line.centred else _indent(text))


def _set(layout: StampLayout, line: StampLine, row: str, number: int, y: float, text: str) -> Line:
    em = line.size_pt / POINTS_PER_MM
    x = layout.padding_mm
    if line.centred and layout.width_mm:
        x = (layout.width_mm - ems(row) * em) / 2
    elif number:
        x += _indent(text) * em
    return Line(row, line.font, line.size_pt, x, y)


def _indent(text: str) -> float:
    """How far the second row of a field stands in: under its first word."""
    return ems(text.partition("：")[0] + "：") if "：" in text else 0.0
