"""Where on a page of a PDF there is room for a mark: nothing printed there, and no text, visible or not.

::

    rendered page  ── any pixel unlike the paper ──┐
    text lines     ── boxes, hidden text too ──────┼──▶ free(rectangle)
    set already    ── boxes ───────────────────────┘

All rectangles are (x0, y0, x1, y1) in mm from the top left of the page as displayed.  Nothing is drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pymupdf

from markpipe.errors import OutputError
from markpipe.formats.pdf.existing import already_there
from markpipe.marking.plan import POINTS_PER_MM, Corner, Item, ItemKind, MarkPlan, PageOf, Place

Rectangle = tuple[float, float, float, float]

CLEARANCE_MM = 0.8
_ROOMY_MM, _STAMP_MM = 2.0, 3.0
_A4_MM = (210.0, 297.0)
_PIXELS_PER_MM = 96 / 25.4
_LONGEST_PIXELS = 4000
_PAPER_DARKEST = 150
_UNLIKE_PAPER = 40
_SPECK_SHARE = 0.0008


@dataclass(frozen=True, slots=True)
class Placed:
    """An item with the place taken for it: page index (== page count: a page to append) and the index of the place.

    `drawn` is False where the draft already bears it there.
    """

    item: Item
    page: int
    x_mm: float
    y_mm: float
    choice: int
    drawn: bool = True


@dataclass(slots=True)
class Surface:
    """One page as displayed: its size in mm and what is on it."""

    size_mm: tuple[float, float]
    pixels: np.ndarray
    text: list[Rectangle]
    taken: list[Rectangle] = field(default_factory=list)

    def free(self, rectangle: Rectangle, clearance: float = CLEARANCE_MM) -> bool:
        """Whether an item fits there with a clear strip around it (mm)."""
        x0, y0, x1, y1 = rectangle
        if x0 < 0 or y0 < 0 or x1 > self.size_mm[0] or y1 > self.size_mm[1]:
            return False
        grown = (x0 - clearance, y0 - clearance, x1 + clearance, y1 + clearance)
        if any(_meet(grown, other) for other in (*self.text, *self.taken)):
            return False
        return self.blank(grown)

    def blank(self, rectangle: Rectangle) -> bool:
        """Whether the paper shows through: light, and even but for the specks of a scan."""
        height, width = self.pixels.shape
        if not width or not height:
            return True
        scale_x, scale_y = width / self.size_mm[0], height / self.size_mm[1]
        x0, x1 = (min(max(int(value * scale_x), 0), width) for value in (rectangle[0], rectangle[2]))
        y0, y1 = (min(max(int(value * scale_y), 0), height) for value in (rectangle[1], rectangle[3]))
        area = self.pixels[y0 : y1 + 1, x0 : x1 + 1].astype(np.int16)
        paper = float(np.median(area))
        if paper < _PAPER_DARKEST:
            return False
        return float((np.abs(area - paper) > _UNLIKE_PAPER).mean()) <= _SPECK_SHARE


def surface(page: pymupdf.Page) -> Surface:
    """Look at a page: rendered once, in grey, with annotations."""
    width, height = page.rect.width / POINTS_PER_MM, page.rect.height / POINTS_PER_MM
    scale = min(_PIXELS_PER_MM, _LONGEST_PIXELS / max(width, height)) / POINTS_PER_MM
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csGRAY, alpha=False)
    pixels = np.frombuffer(pixmap.samples, dtype=np.uint8).reshape(pixmap.height, pixmap.stride)[:, : pixmap.width]
    return Surface((width, height), pixels, _text_boxes(page))


def _text_boxes(page: pymupdf.Page) -> list[Rectangle]:
    """Boxes of the text lines.  Slanted text (a watermark) has a box far larger than its ink: pixels judge that."""
    boxes: list[Rectangle] = []
    flags = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP
    for block in page.get_text("dict", flags=flags)["blocks"]:
        for line in block.get("lines", ()):
            if min(abs(part) for part in line["dir"]) > 0.05:
                continue
            for span in line["spans"]:
                if span["text"].strip():
                    boxes.append(_as_displayed(page, span["bbox"]))
    return boxes


def _as_displayed(page: pymupdf.Page, box: tuple[float, float, float, float]) -> Rectangle:
    """Turn a box of the page before rotation.  MuPDF's own matrix for it is wrong where a crop meets a quarter turn."""
    x0, y0, x1, y1 = (value / POINTS_PER_MM for value in box)
    width, height = page.rect.width / POINTS_PER_MM, page.rect.height / POINTS_PER_MM
    match page.rotation:
        case 90:
            return (width - y1, x0, width - y0, x1)
        case 180:
            return (width - x1, height - y1, width - x0, height - y0)
        case 270:
            return (y0, height - x1, y1, height - x0)
        case _:
            return (x0, y0, x1, y1)


def find_places(document: pymupdf.Document, plan: MarkPlan) -> tuple[Placed, ...]:
    """A place for every item of a plan; `OutputError` when a formal mark has none.  Nothing is drawn."""
    surfaces: dict[int, Surface] = {}
    placed: list[Placed] = []
    there = already_there(document, plan)
    for group in plan.groups():
        everywhere = any(place.page is PageOf.EVERY for item in group for place in item.places)
        if everywhere:
            found = _place_everywhere(document, group, surfaces)
        else:
            found = _place_group(document, group, surfaces, there)
        if found is None:
            raise OutputError(_no_room(group[0]), "请在文件首页留出空白后重新提交，或另附书面通知")
        for one in found:
            _surface_at(document, one.page, surfaces).taken.append(_rectangle(one.item, one.x_mm, one.y_mm))
        placed += found
    return tuple(placed)


def _place_group(
    document: pymupdf.Document, group: tuple[Item, ...], surfaces: dict[int, Surface], borne: frozenset[str]
) -> list[Placed] | None:
    for choice in range(min(len(item.places) for item in group)):
        found = []
        for item in group:
            place = item.places[choice]
            index = page_index(place, document.page_count)
            there = _surface_at(document, index, surfaces)
            x, y = place.on(there.size_mm, item.size_mm)
            if item.id not in borne and not there.free(_rectangle(item, x, y), _clearance(item, choice)):
                break
            found.append(Placed(item, index, x, y, choice, item.id not in borne))
        else:
            return found
        if any(item.id in borne for item in group):
            return None  # what the draft bears stands at the first choice, and a group is not torn apart
    return None


def _place_everywhere(
    document: pymupdf.Document, group: tuple[Item, ...], surfaces: dict[int, Surface]
) -> list[Placed] | None:
    """Each item on each page, wherever that page has room for it first."""
    found = []
    for index in range(document.page_count):
        there = _surface_at(document, index, surfaces)
        for item in group:
            spots = ((choice, *place.on(there.size_mm, item.size_mm)) for choice, place in enumerate(item.places))
            free = next(
                (spot for spot in spots if there.free(_rectangle(item, *spot[1:]), _clearance(item, spot[0]))), None
            )
            if free is None:
                return None
            found.append(Placed(item, index, free[1], free[2], free[0]))
    return found


def page_index(place: Place, pages: int) -> int:
    """The index of the page that a place is on."""
    numbered = min(place.number, pages) - 1
    return {PageOf.LAST: pages - 1, PageOf.APPENDED: pages, PageOf.NUMBERED: numbered}.get(place.page, 0)


def _surface_at(document: pymupdf.Document, index: int, surfaces: dict[int, Surface]) -> Surface:
    if index not in surfaces:
        if index == document.page_count:
            first = document[0].rect
            size = (first.width / POINTS_PER_MM, first.height / POINTS_PER_MM)
            surfaces[index] = Surface(appended_size(size), np.zeros((0, 0), np.uint8), [])
        else:
            surfaces[index] = surface(document[index])
    return surfaces[index]


def appended_size(first: tuple[float, float]) -> tuple[float, float]:
    """The size in mm of a page put at the end: the first page's, but never smaller than A4."""
    return first if first[0] >= _A4_MM[0] - 1 and first[1] >= 200.0 else _A4_MM


def _rectangle(item: Item, x: float, y: float) -> Rectangle:
    return (x, y, x + item.width_mm, y + item.height_mm)


def _clearance(item: Item, choice: int) -> float:
    """The standard's own place needs no more than not to touch; where we choose, marks stand apart and stamps more so."""
    if item.frame_pt or item.artwork:
        return _STAMP_MM
    return _ROOMY_MM if choice else CLEARANCE_MM


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _no_room(item: Item) -> str:
    if item.kind in (ItemKind.SERIAL, ItemKind.MARK):
        if item.places[0].corner is Corner.BOTTOM_RIGHT:
            return "图签上下都没有可放份号、国家秘密标志的空白"
        return "首页左上角和上白边都没有可放份号、国家秘密标志的空白"
    return f"文件中没有可放{item.kind.value}的空白"
