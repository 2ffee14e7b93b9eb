"""Marks and 份号 that a draft already bears at the head of its first page, typed by its author.

One that says what the plan says, at its place and in its size, is used as it is; any other is refused, because two
marks on one page contradict each other.  Marks that this program set are taken off before and never seen here.
"""

from __future__ import annotations

import re

import pymupdf

from markpipe.errors import OutputError
from markpipe.marking.plan import EM_ASCENT, POINTS_PER_MM, Item, ItemKind, MarkPlan

_PATTERNS = {
    ItemKind.MARK: re.compile(r"(?:绝密|机密|秘密)[★☆].*"),
    ItemKind.SERIAL: re.compile(r"\d{6}", re.ASCII),
}
_HEAD_MM = {ItemKind.MARK: (70.0, 62.0), ItemKind.SERIAL: (45.0, 50.0)}
_NEAR_MM = 1.0
_SIZE = (0.93, 1.07)


def already_there(document: pymupdf.Document, plan: MarkPlan) -> frozenset[str]:
    """The ids of the plan's items that page 1 bears already, right in every respect.

    `OutputError` for a mark or 份号 that says something else or stands elsewhere.  Nothing for a plan of a 拟定.
    """
    expected = {
        ItemKind.SERIAL: plan.of(ItemKind.SERIAL),
        ItemKind.MARK: plan.of(ItemKind.MARK) + plan.of(ItemKind.OLD_MARK),
    }
    if not any(expected.values()):
        return frozenset()
    there = set()
    for text, (x_mm, baseline_mm), size_pt in _head_lines(document[0]):
        for kind, pattern in _PATTERNS.items():
            if not pattern.fullmatch(text) or x_mm > _HEAD_MM[kind][0] or baseline_mm > _HEAD_MM[kind][1]:
                continue
            item = next((one for one in expected[kind] if text == "".join(line.text for line in one.lines)), None)
            if item is None:
                raise OutputError(f"首页已有{kind.value}“{text}”，与要加盖的不一致", "请删去原稿上的标志后重新提交")
            if not _in_place(item, x_mm, baseline_mm, size_pt):
                raise OutputError(
                    f"首页已有{kind.value}“{text}”，但位置或字号不合 GB/T 9704", "请删去原稿上的标志，由本程序加盖"
                )
            there.add(item.id)
    return frozenset(there)


def _in_place(item: Item, x_mm: float, baseline_mm: float, size_pt: float) -> bool:
    line, place = item.lines[0], item.places[0]
    wanted = place.y_mm + line.y_mm + EM_ASCENT * line.height_mm
    near = abs(x_mm - place.x_mm) <= _NEAR_MM and abs(baseline_mm - wanted) <= _NEAR_MM
    return near and len(item.lines) == 1 and _SIZE[0] <= size_pt / line.size_pt <= _SIZE[1]


def _head_lines(page: pymupdf.Page) -> list[tuple[str, tuple[float, float], float]]:
    """Upright lines: text without spaces, (left, baseline) in mm as displayed, size in points."""
    if page.rotation:
        # Text that reads upright on a turned page is rare; what stands in the way is still found as taken room.
        return []
    found = []
    for block in page.get_text("dict", flags=pymupdf.TEXT_PRESERVE_WHITESPACE)["blocks"]:
        for line in block.get("lines", ()):
            spans = [span for span in line["spans"] if span["text"].strip()]
            if not spans or line["dir"][0] < 0.99:
                continue
            x, y = (value / POINTS_PER_MM for value in spans[0]["origin"])
            text = "".join("".join(span["text"].split()) for span in spans)
            found.append((text, (x, y), spans[0]["size"]))
    return found
