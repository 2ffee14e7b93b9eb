"""`MarkPlan`: every mark, stamp and notice of one carrier as a value, before any format draws it.

Lengths are millimetres from a corner of the page *as displayed* (rotation and crop applied); sizes are points::

      (28, 37) ┌ 000007 ·············┐  ← em box of 3号 仿宋, `Line.y_mm` 0
               │                     │    225/22 mm further down
               └ 机密★10年 ··········┘  ← em box of 3号黑体

A plan knows no file format and no document: whether a place is free is for the format's room to find out, which is
why an item lists the places that are right for it, best first.  The independent check accepts those places only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

POINTS_PER_MM = 72 / 25.4
EM_ASCENT = 0.88
"""Share of the em box above the baseline in a Chinese font, by which a baseline follows from a place."""


class ItemKind(StrEnum):
    """What an item is.  Only the first three state a 定密; a 拟定 never has them."""

    SERIAL = "份号"
    MARK = "国家秘密标志"
    STAMP = "定密戳记"
    URGENCY = "紧急程度"
    OLD_MARK = "作废的原标志"
    CHANGED = "变更戳记"
    DECLASSIFIED = "解密戳记"
    COPIED = "复制戳记"
    DESTROYED = "销毁戳记"
    VOIDED = "作废戳记"
    SCOPE = "知悉范围"
    ATTACHMENT = "附件标识"
    PART_MARK = "分件标志"
    RUNNING = "页眉页脚"
    LABEL = "标签"
    WORK_SECRET = "工作秘密标志"
    TRADE_SECRET = "商业秘密标志"
    PREMARK = "拟定预标"
    DEMO = "演示"

    @property
    def formal(self) -> bool:
        """Whether it states a determination."""
        return self in (ItemKind.SERIAL, ItemKind.MARK, ItemKind.STAMP)


class FontRole(StrEnum):
    """The typeface that a standard names; each format finds the font for it."""

    FANGSONG = "仿宋"
    HEITI = "黑体"
    KAITI = "楷体"
    SONGTI = "宋体"


class Ink(StrEnum):
    """The colour.  Marks are black, stamps red, and a pre-mark is neither."""

    BLACK = "black"
    RED = "red"
    BLUE = "blue"

    @property
    def rgb(self) -> tuple[float, float, float]:
        """Red, green and blue between 0 and 1."""
        return _RGB[self]


_RGB = {Ink.BLACK: (0.0, 0.0, 0.0), Ink.RED: (0.8, 0.0, 0.0), Ink.BLUE: (0.2, 0.32, 0.55)}


class Corner(StrEnum):
    """The corner of the page that a place is measured from."""

    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"


class PageOf(StrEnum):
    """Which page: the first, the last, each, one by its number, or one put behind the last when nothing else is free;
    or none, but a line of its own in running text."""

    FIRST = "first"
    LAST = "last"
    EVERY = "every"
    NUMBERED = "numbered"
    IN_TEXT = "in-text"
    APPENDED = "appended"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item may stand: the gap between its box and a corner of the page, in mm.

    `number` is that of a `NUMBERED` page, from 1.  In running text it is a line of its own, in front of the paragraph
    whose words (without white space) are `beside`, or, `below` it, in the middle.
    """

    x_mm: float
    y_mm: float
    corner: Corner = Corner.TOP_LEFT
    page: PageOf = PageOf.FIRST
    number: int = 0
    beside: str = ""
    below: bool = False

    def on(self, page: tuple[float, float], item: tuple[float, float]) -> tuple[float, float]:
        """The top left of an item's box, in mm from the top left of a page; both sizes are (width, height) in mm."""
        right = self.corner in (Corner.TOP_RIGHT, Corner.BOTTOM_RIGHT)
        bottom = self.corner in (Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT)
        return (
            page[0] - self.x_mm - item[0] if right else self.x_mm,
            page[1] - self.y_mm - item[1] if bottom else self.y_mm,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: the em box of its first character stands at (x, y) mm in its item's box."""

    text: str
    font: FontRole
    size_pt: float
    x_mm: float = 0.0
    y_mm: float = 0.0

    @property
    def width_mm(self) -> float:
        """How long it runs, full-width characters one em and the others at most 0.62."""
        return ems(self.text) * self.size_pt / POINTS_PER_MM

    @property
    def height_mm(self) -> float:
        """One em."""
        return self.size_pt / POINTS_PER_MM


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to set in one piece.

    `places` are tried in their order; items of one `group` take the same index of theirs together.  `frame_pt` is the
    width of the line drawn around the box (0: none); `artwork` an SVG without words, stretched over the box; `struck`
    draws a line through every row, which voids it.
    """

    id: str
    kind: ItemKind
    lines: tuple[Line, ...]
    places: tuple[Place, ...]
    width_mm: float
    height_mm: float
    ink: Ink = Ink.BLACK
    frame_pt: float = 0.0
    group: str = ""
    artwork: str = ""
    struck: bool = False

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of the box."""
        return self.width_mm, self.height_mm


@dataclass(frozen=True, slots=True)
class MarkPlan:
    """Everything that one carrier is to bear.  `reference` is the determination's id, or the draft's digest."""

    items: tuple[Item, ...]
    reference: str
    demo: bool = False

    @property
    def formal(self) -> bool:
        """Whether it states a determination, as against a 拟定."""
        return any(item.kind.formal for item in self.items)

    def groups(self) -> Iterator[tuple[Item, ...]]:
        """The items that are placed together, in order."""
        seen: dict[str, list[Item]] = {}
        for item in self.items:
            seen.setdefault(item.group or item.id, []).append(item)
        yield from map(tuple, seen.values())

    def of(self, kind: ItemKind) -> tuple[Item, ...]:
        """The items of one kind."""
        return tuple(item for item in self.items if item.kind is kind)


@dataclass(frozen=True, slots=True)
class Marked:
    """A file with a plan applied, and what a person should know about it (in Chinese)."""

    data: bytes
    notes: tuple[str, ...] = ()


def ems(text: str) -> float:
    """The length of a line in ems, never less than what a font of the roles takes."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.62 for character in text)


def wrap(text: str, limit: float, head: float = 0.0) -> tuple[str, ...]:
    """Break a text into lines of at most `limit` ems; the lines after the first are `head` ems shorter."""
    lines: list[str] = []
    line, room = "", limit
    for character in text:
        if line and ems(line + character) > room:
            lines.append(line)
            line, room = "", limit - head
        line += character
    return (*lines, line)
