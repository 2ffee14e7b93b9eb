"""Ink for placed items: one blank page of the displayed size for each page, with its fonts embedded as subsets.

The result is a small PDF of its own; `mark` imports its pages as form XObjects.  Nothing here sees a user's file.
"""

from __future__ import annotations

import pymupdf

from markpipe.formats.pdf.mark_fonts import runs
from markpipe.formats.pdf.place import Placed
from markpipe.marking.plan import EM_ASCENT, POINTS_PER_MM, FontRole, Ink, Item, Line

TITLE_SIZE_PT = 16.0
TITLE_TOP_MM = 37.0
_PAGE_MM = (210.0, 297.0)


def draw(placed: tuple[Placed, ...], sizes: dict[int, tuple[float, float]], titles: dict[int, str]) -> bytes:
    """A PDF with one page for each page index in `sizes` (width, height in mm, in rising order), items drawn on it."""
    document = pymupdf.open()
    for index in sorted(sizes):
        width, height = (value * POINTS_PER_MM for value in sizes[index])
        page = document.new_page(width=width, height=height)
        here = [one for one in placed if one.page == index]
        for ink in Ink:
            _draw_ink(page, [one for one in here if one.item.ink is ink], ink)
        if title := titles.get(index):
            _draw_title(page, title)
    document.subset_fonts()
    data: bytes = document.tobytes(garbage=3, deflate=True, no_new_id=True)
    return data


def _draw_ink(page: pymupdf.Page, placed: list[Placed], ink: Ink) -> None:
    if not placed:
        return
    writer = pymupdf.TextWriter(page.rect, color=ink.rgb)
    for one in placed:
        item = one.item
        if item.artwork:
            _draw_artwork(page, one)
        if item.frame_pt:
            inset = item.frame_pt / 2
            x, y = one.x_mm * POINTS_PER_MM + inset, one.y_mm * POINTS_PER_MM + inset
            width, height = (value * POINTS_PER_MM - 2 * inset for value in item.size_mm)
            page.draw_rect(pymupdf.Rect(x, y, x + width, y + height), color=ink.rgb, width=item.frame_pt)
        for line in item.lines:
            _write(writer, line, one.x_mm + line.x_mm, one.y_mm + line.y_mm)
    writer.write_text(page)


def _draw_artwork(page: pymupdf.Page, placed: Placed) -> None:
    """The drawing stretched over the item's box; it has no words, those are drawn with our fonts."""
    x, y = placed.x_mm * POINTS_PER_MM, placed.y_mm * POINTS_PER_MM
    width, height = (value * POINTS_PER_MM for value in placed.item.size_mm)
    with (
        pymupdf.open(stream=placed.item.artwork.encode(), filetype="svg") as drawing,
        pymupdf.open(stream=drawing.convert_to_pdf(), filetype="pdf") as ink,
    ):
        page.show_pdf_page(pymupdf.Rect(x, y, x + width, y + height), ink, 0, keep_proportion=False)


def _write(writer: pymupdf.TextWriter, line: Line, x_mm: float, y_mm: float) -> None:
    point = pymupdf.Point(x_mm * POINTS_PER_MM, y_mm * POINTS_PER_MM + EM_ASCENT * line.size_pt)
    for text, font in runs(line.text, line.font):
        _, point = writer.append(point, text, font=font, fontsize=line.size_pt)


def _draw_title(page: pymupdf.Page, title: str) -> None:
    line = Line(title, FontRole.HEITI, TITLE_SIZE_PT)
    writer = pymupdf.TextWriter(page.rect)
    _write(writer, line, (page.rect.width / POINTS_PER_MM - line.width_mm) / 2, TITLE_TOP_MM)
    writer.write_text(page)


def sheet(items: tuple[tuple[str, Item], ...], note: str) -> bytes:
    """A PDF to look at: items one under the other on A4, each below its caption, with a note beside every one."""
    document = pymupdf.open()
    y = _PAGE_MM[1]
    for caption, item in items:
        if y + item.height_mm + 16 > _PAGE_MM[1]:
            page = document.new_page(width=_PAGE_MM[0] * POINTS_PER_MM, height=_PAGE_MM[1] * POINTS_PER_MM)
            y = 15.0
        captions = pymupdf.TextWriter(page.rect, color=Ink.BLUE.rgb)
        _write(captions, Line(f"{caption}　{note}", FontRole.HEITI, 9.0), 20.0, y)
        captions.write_text(page)
        _draw_ink(page, [Placed(item, page.number, 20.0, y + 6, 0)], item.ink)
        y += item.height_mm + 14
    document.subset_fonts()
    data: bytes = document.tobytes(garbage=3, deflate=True, no_new_id=True)
    return data
