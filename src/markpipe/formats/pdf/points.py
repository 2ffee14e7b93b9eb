"""Set 密点 marks on a PDF: a rule with the level in the margin beside each, a tint if wanted, and a list at the end.

::

    机密 │ 一、命题组人员名单如下……      the rule stands where the margin is free: left, else right
         │ ……

A layer of its own: setting the 国家秘密标志 does not take it off, nor the other way round.  A point whose margins are
both taken is only listed, and the note says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pymupdf
from pikepdf import Dictionary, Name, Pdf, Stream

from markpipe.errors import OutputError
from markpipe.formats.pdf.claims import settle
from markpipe.formats.pdf.ink import Pen
from markpipe.formats.pdf.mark import (
    Layer,
    append_page,
    broken_structure,
    open_pdf,
    put,
    save,
    strip,
    with_identity,
)
from markpipe.formats.pdf.place import Surface, surface
from markpipe.marking.plan import EM_ASCENT, POINTS_PER_MM, FontRole, Line, Marked
from markpipe.marking.points import Point, PointArea

POINTS = Layer("/MarkpipePoints", "/MpPoints0")
LIST_TITLE = "密点清单"
_RULE_GAP_MM, _LABEL_PT, _LABEL_GAP_MM = 2.5, 7.5, 1.0
_LABEL_MM = 2 * _LABEL_PT / POINTS_PER_MM
_PAGE_MM = (210.0, 297.0)
_ROWS, _ROW_MM, _LIST_TOP_MM, _LIST_LEFT_MM = 22, 9.0, 55.0, 28.0
_TINT = "1 0.93 0.55"


@dataclass(frozen=True, slots=True)
class _Margin:
    """Where one area's rule and label stand: x of the rule, left of the label, in mm."""

    area: PointArea
    point: Point
    rule: float
    label: float


def mark_points(data: bytes, points: Sequence[Point], *, highlight: bool = False, listing: bool = True) -> Marked:
    """The PDF with its 密点 marked, and what could only be listed; marks of the same kind set before are replaced.

    `OutputError` as for `mark`, and for a point on a page that the file does not have.
    """
    with open_pdf(data) as pdf, broken_structure():
        base = save(pdf) if strip(pdf, POINTS) else data
        with pymupdf.open(stream=base, filetype="pdf") as document:
            margins, missed, sizes = _margins(document, points)
        pen = Pen(pdf)
        for number in sorted(sizes):
            here = [margin for margin in margins if margin.area.page == number]
            areas = [area for point in points for area in point.areas if area.page == number]
            form = _form(pdf, pen, here, areas if highlight else [], sizes[number])
            put(pdf, pdf.pages[number - 1], form, POINTS)
        if listing and points:
            _append_list(pdf, pen, points)
        pen.finish()
        notes = tuple(f"密点{point.number}的两侧页边都没有空白，只列入密点清单" for point in missed)
        notes += settle(pdf, POINTS.key, coloured=True, blended=highlight)
        return Marked(with_identity(save(pdf), data, repr(tuple(points)) + repr((highlight, listing))), notes)


def unmark_points(data: bytes) -> bytes:
    """The PDF without its 密点 marks; the same bytes when there are none."""
    with open_pdf(data) as pdf, broken_structure():
        return save(pdf) if strip(pdf, POINTS) else data


def _margins(
    document: pymupdf.Document, points: Sequence[Point]
) -> tuple[list[_Margin], list[Point], dict[int, tuple[float, float]]]:
    surfaces: dict[int, Surface] = {}
    margins, missed = [], []
    for point in points:
        for area in point.areas:
            if not 1 <= area.page <= document.page_count:
                raise OutputError(f"密点{point.number}指向第{area.page}页，文件没有这一页", "请用定密时的原稿")
            if area.page not in surfaces:
                surfaces[area.page] = surface(document[area.page - 1])
            margin = _free_margin(surfaces[area.page], area, point)
            if margin is None:
                missed.append(point)
            else:
                margins.append(margin)
    return margins, missed, {number: one.size_mm for number, one in surfaces.items()}


def _free_margin(there: Surface, area: PointArea, point: Point) -> _Margin | None:
    """Left of the text, right of it, else nothing; a rule of another point may stand in the way too."""
    width = _LABEL_GAP_MM + _LABEL_MM
    spots = (
        (area.left - _RULE_GAP_MM, area.left - _RULE_GAP_MM - width),
        (area.right + _RULE_GAP_MM, area.right + _RULE_GAP_MM + _LABEL_GAP_MM),
        (area.left - 2 * _RULE_GAP_MM - width, area.left - 2 * _RULE_GAP_MM - 2 * width),
    )
    for rule, label in spots:
        left, right = min(rule, label), max(rule, label + _LABEL_MM)
        if there.free((left, area.top, right, max(area.bottom, area.top + 3.0))):
            there.taken.append((left, area.top, right, area.bottom))
            return _Margin(area, point, rule, label)
    return None


def _form(pdf: Pdf, pen: Pen, margins: list[_Margin], tinted: list[PointArea], size_mm: tuple[float, float]) -> Stream:
    height = size_mm[1] * POINTS_PER_MM
    operators = ["q 0.8 0 0 rg 0.8 0 0 RG 0.9 w"]
    for margin in margins:
        x, top, bottom = (value * POINTS_PER_MM for value in (margin.rule, margin.area.top, margin.area.bottom))
        operators.append(f"{x:.3f} {height - top:.3f} m {x:.3f} {height - bottom:.3f} l S")
        baseline = height - top - EM_ASCENT * _LABEL_PT
        text = margin.point.level.label
        operators.append(pen.text(text, FontRole.HEITI, _LABEL_PT, margin.label * POINTS_PER_MM, baseline))
    operators.append("Q")
    if tinted:
        operators.insert(0, "\n".join(["q /T gs", f"{_TINT} rg", *(_tint(area, height) for area in tinted), "Q"]))
    form = pen.form_of("\n".join(operators), size_mm)
    if tinted:
        state = Dictionary(Type=Name.ExtGState, BM=Name.Multiply)
        form.Resources.ExtGState = Dictionary(T=pdf.make_indirect(state))
    return form


def _tint(area: PointArea, height: float) -> str:
    x, y = area.left * POINTS_PER_MM, height - area.bottom * POINTS_PER_MM
    width, tall = (area.right - area.left) * POINTS_PER_MM, (area.bottom - area.top) * POINTS_PER_MM
    return f"{x:.3f} {y:.3f} {width:.3f} {tall:.3f} re f"


def _append_list(pdf: Pdf, pen: Pen, points: Sequence[Point]) -> None:
    """密点清单: number, level and term, page, first words; as many pages as it takes."""
    for start in range(0, len(points), _ROWS):
        lines = [Line(LIST_TITLE, FontRole.HEITI, 16.0, 91.0, 37.0)]
        for row, point in enumerate(points[start : start + _ROWS]):
            pages = "、".join(str(area.page) for area in point.areas)
            where = f"第{pages}页" if pages else "—"
            y = _LIST_TOP_MM + row * _ROW_MM
            columns = ((0.0, str(point.number)), (10.0, point.mark.text), (62.0, where))
            lines += [Line(text, FontRole.FANGSONG, 11.0, _LIST_LEFT_MM + x, y) for x, text in columns]
            lines.append(Line(point.gist, FontRole.FANGSONG, 9.0, _LIST_LEFT_MM + 84.0, y + 0.3))
        page = append_page(pdf, _PAGE_MM, POINTS)
        operators = "\n".join(pen.line(line, _PAGE_MM[1] * POINTS_PER_MM) for line in lines)
        put(pdf, page, pen.form_of(operators, _PAGE_MM), POINTS)
