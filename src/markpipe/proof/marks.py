"""Read marks back from a finished file with tools that did not write it, and compare with the plan.

PDF: Poppler for words, places and ink, pypdf for the text once more.  DOCX: `proof.docx_marks`.  Every problem is a
Chinese sentence; none means that the carrier bears exactly what the plan says.  A place that the plan does not list,
a character without ink, other text in the way, a second mark or another 份号 are problems.

Whether a mark is lawful is not judged here.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from markpipe.errors import OutputError
from markpipe.marking.plan import Item, ItemKind, Line, MarkPlan, PageOf, Place
from markpipe.proof.docx_marks import check_docx
from markpipe.proof.poppler import Ink, Sheet, Word, read_sheet, render

TOLERANCE_MM = 1.5
_APPENDED_TITLES = ("定密情况", "拟定情况")
_MARK = re.compile(r"(?:绝密|机密|秘密)★\S+")
_SERIAL = re.compile(r"\d{6}", re.ASCII)
_HEAD_MM = (70.0, 62.0)
_SERIAL_MM = (45.0, 50.0)
_NARROW = frozenset(map(chr, range(0x21, 0x7F)))
_INK_STEP = 50
_LEAST_INK, _MOST_INK = 0.03, 0.8

logging.getLogger("pypdf").setLevel(logging.ERROR)


def check_marks(path: Path, plan: MarkPlan) -> tuple[str, ...]:
    """Problems with the marks of a file; empty when they are what the plan says.

    `OutputError` when a tool of the check is missing or the file cannot be read at all.
    """
    with path.open("rb") as file:
        head = file.read(1024)
    if b"%PDF-" in head:
        return tuple(_check_pdf(path.absolute(), plan))
    if head.startswith(b"PK\x03\x04"):
        return tuple(check_docx(path, plan))
    return ("不是 PDF 或 DOCX，纯文本不能承载标志",)


def _check_pdf(path: Path, plan: MarkPlan) -> Iterator[str]:
    try:
        reader = PdfReader(path)
        pages = len(reader.pages)
        shown = {
            number: (float(page.get("/UserUnit", 1)), page.rotation % 180 != 0)
            for number, page in ((n, reader.pages[n - 1]) for n in _pages_to_check(plan, pages))
        }
        text = "".join(reader.pages[0].extract_text().split())
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise OutputError("写出的 PDF 读不回来，没有核对", "原文件可能已损坏，请重新导出后提交") from error
    for item in plan.of(ItemKind.MARK) + plan.of(ItemKind.SERIAL):
        if _words(item) not in text:
            yield f"用 pypdf 读不到{item.kind.value}“{_words(item)}”"
    carrier = _Carrier(path, {n: read_sheet(path, n, unit, turned=turned) for n, (unit, turned) in shown.items()})
    for group in plan.groups():
        if _everywhere(group[0]):
            yield from _check_everywhere(carrier, group)
        else:
            yield from _check_group(carrier, group)
    if plan.formal:
        yield from _check_single(plan, carrier)


def _pages_to_check(plan: MarkPlan, pages: int) -> list[int]:
    if any(_everywhere(item) for item in plan.items):
        return list(range(1, pages + 1))
    numbered = {place.number for item in plan.items for place in item.places if place.page is PageOf.NUMBERED}
    return sorted({1, max(1, pages - 1), pages} | {number for number in numbered if 1 <= number <= pages})


def _everywhere(item: Item) -> bool:
    return any(place.page is PageOf.EVERY for place in item.places)


class _Carrier:
    """A PDF under check: the pages that can bear items, their pixels once needed, and the words accounted for."""

    def __init__(self, path: Path, sheets: dict[int, Sheet]) -> None:
        self.sheets = sheets
        self.used: dict[int, set[Word]] = {number: set() for number in sheets}
        self._path = path
        self._ink: dict[int, Ink] = {}

    def ink(self, number: int) -> Ink:
        """The pixels of a page."""
        if number not in self._ink:
            self._ink[number] = render(self._path, self.sheets[number])
        return self._ink[number]

    @property
    def appended(self) -> bool:
        """Whether the last page is one that the marking put there."""
        words = self.sheets[max(self.sheets)].words
        return any(word.text in _APPENDED_TITLES and word.y0 < 40 for word in words)

    def sheet(self, place: Place) -> Sheet:
        """The page that a place is on."""
        last = max(self.sheets)
        match place.page:
            case PageOf.FIRST | PageOf.EVERY:
                return self.sheets[1]
            case PageOf.LAST:
                return self.sheets[max(1, last - self.appended)]
            case PageOf.NUMBERED if place.number in self.sheets:
                return self.sheets[place.number]
            case _:
                return self.sheets[last]


@dataclass(frozen=True, slots=True)
class _Found:
    """An item where it was found: page, top left of its box in mm, and its words line by line."""

    item: Item
    sheet: Sheet
    x: float
    y: float
    lines: tuple[tuple[Word, ...], ...]


def _check_group(carrier: _Carrier, group: tuple[Item, ...]) -> Iterator[str]:
    for choice in range(min(len(item.places) for item in group)):
        found = [_find(carrier, item, item.places[choice]) for item in group]
        if all(found):
            for one in found:
                yield from _check_item(carrier, one) if one else ()
            return
    apart = [next((one for p in item.places if (one := _find(carrier, item, p))), None) for item in group]
    for one in apart:
        yield from _check_item(carrier, one) if one else ()
    if all(apart):
        yield f"{'、'.join(item.kind.value for item in group)}没有排在一起"
    yield from (_diagnose(item, carrier) for item, one in zip(group, apart, strict=True) if one is None)


def _check_everywhere(carrier: _Carrier, group: tuple[Item, ...]) -> Iterator[str]:
    """Items that every page bears (a page that the marking appended has none)."""
    last = max(carrier.sheets)
    for number, sheet in carrier.sheets.items():
        if number == last and last > 1 and carrier.appended:
            continue
        for item in group:
            found = next((one for place in item.places if (one := _find(carrier, item, place, sheet))), None)
            if found is None:
                yield f"第{number}页缺少{item.kind.value}“{_words(item)}”"
            else:
                yield from _check_item(carrier, found)


def _find(carrier: _Carrier, item: Item, place: Place, on: Sheet | None = None) -> _Found | None:
    """An item at one place with all its lines, or None."""
    sheet = on or carrier.sheet(place)
    x, y = place.on((sheet.width, sheet.height), item.size_mm)
    lines = tuple(_line_words(line, (x, y), sheet) for line in item.lines)
    if any("".join(w.text for w in words) != _bare(line.text) for words, line in zip(lines, item.lines, strict=True)):
        return None
    return _Found(item, sheet, x, y, lines)


def _line_words(line: Line, corner: tuple[float, float], sheet: Sheet) -> tuple[Word, ...]:
    """The words that stand within a line's box, left to right; none unless the first begins at its place."""
    x, y = corner[0] + line.x_mm, corner[1] + line.y_mm
    right = x + line.width_mm + TOLERANCE_MM
    found = sorted(
        (w for w in sheet.words if abs(w.y0 - y) <= TOLERANCE_MM and w.x0 >= x - TOLERANCE_MM and w.x1 <= right),
        key=lambda word: word.x0,
    )
    return tuple(found) if found and found[0].x0 - x <= TOLERANCE_MM else ()


def _check_item(carrier: _Carrier, found: _Found) -> Iterator[str]:
    item, page = found.item, found.sheet.number
    words = {word for line in found.lines for word in line}
    carrier.used[page] |= words
    if not all(_right_size(line, words) for line, words in zip(item.lines, found.lines, strict=True)):
        yield f"第{page}页的{item.kind.value}字号不对"
    box = (found.x, found.y, found.x + item.width_mm, found.y + item.height_mm)
    if any(_meet(box, word) for word in found.sheet.words if word not in words):
        yield f"第{page}页的{item.kind.value}与其他文字重叠"
    if not _inked(carrier.ink(page), found):
        yield f"第{page}页的{item.kind.value}看不见或被遮盖"
    if item.struck and not _struck(carrier.ink(page), found):
        yield f"第{page}页的{item.kind.value}没有划去"


def _right_size(line: Line, words: tuple[Word, ...]) -> bool:
    """By height (a font's own box is up to half an em more than the em) and by the width that its characters take."""
    height = max(word.y1 - word.y0 for word in words) / line.height_mm
    narrow = sum(character in _NARROW for word in words for character in word.text)
    wide = sum(len(word.text) for word in words) - narrow
    width = sum(word.x1 - word.x0 for word in words) / line.height_mm
    return 0.9 <= height <= 1.5 and (wide + 0.3 * narrow) * 0.97 <= width <= (wide + 0.75 * narrow) * 1.03


def _meet(box: tuple[float, float, float, float], word: Word) -> bool:
    slack = 0.3
    across = box[0] + slack < word.x1 and word.x0 < box[2] - slack
    return across and box[1] + slack < word.y1 and word.y0 < box[3] - slack


def _inked(ink: Ink, found: _Found) -> bool:
    """Whether every character shows: some ink in its cell, and not a solid block."""
    for line, words in zip(found.item.lines, found.lines, strict=True):
        top = found.y + line.y_mm
        for word in words:
            dark = ink.darkness((word.x0, top, word.x1, top + line.height_mm)) > _INK_STEP
            if not all(_LEAST_INK <= share <= _MOST_INK for share in _shares(dark, word.text)):
                return False
    return True


def _struck(ink: Ink, found: _Found) -> bool:
    """Whether a line runs through every row from end to end, near its middle."""
    for line, words in zip(found.item.lines, found.lines, strict=True):
        top, height = found.y + line.y_mm, line.height_mm
        dark = ink.darkness((words[0].x0, top + 0.3 * height, words[-1].x1, top + 0.7 * height)) > _INK_STEP
        if dark.mean(axis=1).max() < 0.98:
            return False
    return True


def _shares(pixels: np.ndarray, text: str) -> Iterator[float]:
    """The share of ink in each character's cell; punctuation has too little to tell."""
    widths = [1.0 if ord(character) > 0x2000 else 0.6 for character in text]
    edges = np.round(np.cumsum([0.0, *widths]) / sum(widths) * pixels.shape[1]).astype(int)
    for character, start, stop in zip(text, edges, edges[1:], strict=False):
        if character.isalnum() or character == "★":
            yield float(pixels[:, start : max(stop, start + 1)].mean())


def _diagnose(item: Item, carrier: _Carrier) -> str:
    """Missing, elsewhere, or another in its stead."""
    wanted = {_bare(line.text) for line in item.lines}
    for sheet in carrier.sheets.values():
        there = {word for word in sheet.words if word.text in wanted}
        if wanted <= {word.text for word in there}:
            carrier.used[sheet.number] |= there
            return f"{item.kind.value}不在应在的位置"
    head = [word for word in _head(carrier.sheets[1]) if word not in carrier.used[1]]
    for kind, pattern in ((ItemKind.SERIAL, _SERIAL), (ItemKind.MARK, _MARK)):
        others = [word for word in head if pattern.fullmatch(word.text)]
        if item.kind is kind and others:
            carrier.used[1] |= {others[0]}
            return f"{item.kind.value}不是“{_words(item)}”"
    return f"缺少{item.kind.value}"


def _check_single(plan: MarkPlan, carrier: _Carrier) -> Iterator[str]:
    """One mark, one 份号 and one 定密戳记, and nothing else that looks like them."""
    others = [word for word in _head(carrier.sheets[1]) if word not in carrier.used[1]]
    if any(_MARK.fullmatch(word.text) for word in others):
        yield "首页左上角不止一个国家秘密标志"
    if any(_SERIAL.fullmatch(word.text) and word.x0 < _SERIAL_MM[0] and word.y0 < _SERIAL_MM[1] for word in others):
        yield "首页左上角不止一个份号" if plan.of(ItemKind.SERIAL) else "首页左上角有不应有的份号"
    titles = {item.lines[0].text for item in plan.of(ItemKind.STAMP)}
    for number, sheet in carrier.sheets.items():
        if any(word.text in titles and word not in carrier.used[number] for word in sheet.words):
            yield f"第{number}页多出一个定密戳记"


def _head(sheet: Sheet) -> list[Word]:
    """The words near the top left that have a line to themselves."""
    alone = Counter(word.line for word in sheet.words)
    return [word for word in sheet.words if word.x0 < _HEAD_MM[0] and word.y0 < _HEAD_MM[1] and alone[word.line] == 1]


def _words(item: Item) -> str:
    return "".join(_bare(line.text) for line in item.lines)


def _bare(text: str) -> str:
    return "".join(text.split())
