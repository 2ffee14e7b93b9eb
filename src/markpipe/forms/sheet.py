"""The layout of a form: a heading and one ruled table on A4, as DOCX; `forms.layouts` makes every template with it.

::

    |<-------------------------- 12 columns of 13.75 mm -------------------------->|
    | label    | value                              | label    | value             |
    | band: 二、定密依据                                                            |

Text that comes in is made printable first, so nothing untrusted reaches the XML as it is.  What a form says is the
business of the modules that use this one; what stands in `{{ … }}` is filled in by `forms.template`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from markpipe.forms.package import finished
from markpipe.text.printable import printable

COLUMNS = 12
_WIDTH_MM = 165.0
_SHADE = "EFEDE6"
_SPARE = ("/stylesWithEffects", "/customXml", "/numbering", "/theme", "/webSettings")
_STYLES = ("Normal", "Default Paragraph Font", "Normal Table", "No List", "Table Grid", "Footer", "Header")


class Role(Enum):
    """How a cell looks."""

    LABEL = "label"
    VALUE = "value"
    SMALL = "small"
    MARK = "mark"
    HEAD = "head"
    BAND = "band"


_FONTS = {
    Role.LABEL: ("黑体", 10.5, False),
    Role.VALUE: ("仿宋", 11.0, False),
    Role.SMALL: ("仿宋", 9.0, False),
    Role.MARK: ("黑体", 12.0, False),
    Role.HEAD: ("黑体", 9.5, False),
    Role.BAND: ("黑体", 11.0, False),
}
_CENTRED = frozenset({Role.LABEL, Role.HEAD})
_SHADED = frozenset({Role.HEAD, Role.BAND})


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its lines (paragraphs), how many of the twelve columns it takes, and how it looks."""

    lines: tuple[str, ...]
    span: int
    role: Role = Role.VALUE


def label(text: str, span: int = 2) -> Cell:
    """A cell that names the one beside it."""
    return Cell((text,), span, Role.LABEL)


def value(text: str, span: int, role: Role = Role.VALUE) -> Cell:
    """A cell that is filled in."""
    return Cell(tuple(text.split("\n")), span, role)


@dataclass(frozen=True, slots=True)
class Row:
    """Cells whose spans add up to twelve; `height_mm` is the least height, `keep` holds it on the next row's page."""

    cells: tuple[Cell, ...]
    height_mm: float = 10
    keep: bool = False


def heads(*columns: tuple[str, int]) -> Row:
    """A row of column heads."""
    return Row(tuple(Cell((text,), span, Role.HEAD) for text, span in columns), 8)


def each(item: str, items: str, *rows: Row) -> tuple[Row, ...]:
    """Rows of a template that stand once for every line of a list."""
    return _between(f"for {item} in {items}", rows, "endfor")


def only_if(field: str, *rows: Row) -> tuple[Row, ...]:
    """Rows of a template that stand where a field is not empty."""
    return _between(f"if {field}", rows, "endif")


def _between(start: str, rows: Iterable[Row], end: str) -> tuple[Row, ...]:
    control = (Row((Cell((f"{{%tr {words} %}}",), COLUMNS),)) for words in (start, end))
    return (next(control), *rows, next(control))


def band(text: str) -> Row:
    """A row that opens a part of the form."""
    return Row((Cell((text,), COLUMNS, Role.BAND),), 8.5, keep=True)


def sheet(
    *, title: str, notice: str, banner: str, number: str, rows: Sequence[Row], foot: Sequence[str], dated: dt.date
) -> bytes:
    """The finished file.

    `notice` says how the sheet is to be kept, `banner` are lines of their own above the title (empty: none), `number`
    stands at the right above the table, `dated` is the day its metadata bear.
    """
    document = docx.Document()
    _page(document)
    _without_spare_parts(document)
    _heading(document, title, notice, banner, number)
    table = document.add_table(rows=0, cols=COLUMNS)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _padding(table)
    for column in table.columns:
        column.width = Mm(_WIDTH_MM / COLUMNS)
    for row in rows:
        _row(table, row)
    for line in foot:
        _write(document.add_paragraph(), line, "仿宋", 9.0)
    return finished(document, title, dated)


def _without_spare_parts(document: Any) -> None:
    """The library's document brings a hundred styles and some parts that no form uses."""
    for style in list(document.styles):
        if style.name not in _STYLES:
            style.delete()
    relations = document.part.rels
    for name in [name for name, relation in relations.items() if relation.reltype.endswith(_SPARE)]:
        del relations[name]


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(24), Mm(21)
    section.top_margin, section.bottom_margin = Mm(18), Mm(16)
    section.header_distance = section.footer_distance = Mm(9)
    normal = document.styles["Normal"]
    normal.font.size = Pt(11)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = _write(footer, "", "宋体", 9.0)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if text is None else "w:instrText")
        if text is None:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)  # the library has no public way to write a field


def _heading(document: Any, title: str, notice: str, banner: str, number: str) -> None:
    for text, font, size, alignment, after in (
        (notice, "黑体", 12.0, WD_ALIGN_PARAGRAPH.CENTER, 4),
        *((line, "黑体", 10.5, WD_ALIGN_PARAGRAPH.CENTER, 4) for line in banner.split("\n")),
        (title, "宋体", 20.0, WD_ALIGN_PARAGRAPH.CENTER, 6),
        (number, "仿宋", 11.0, WD_ALIGN_PARAGRAPH.RIGHT, 3),
    ):
        if not text:
            continue
        paragraph = document.add_paragraph()
        paragraph.alignment = alignment
        paragraph.paragraph_format.space_after = Pt(after)
        _write(paragraph, text, font, size, bold=text in (title, notice))


def _padding(table: Any) -> None:
    """Room between ruling and text, in twentieths of a point; the library has no public way to set it."""
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", 40), ("left", 90), ("bottom", 40), ("right", 90)):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), str(width))
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(margins)  # the schema fixes the order


def _row(table: Any, row: Row) -> None:
    if sum(cell.span for cell in row.cells) != COLUMNS:
        raise ValueError(f"a row of {[cell.span for cell in row.cells]} columns is not {COLUMNS} wide")
    made = table.add_row()
    made.height = Mm(row.height_mm)
    made._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    at = 0
    slots = made.cells
    for cell in row.cells:
        target = slots[at] if cell.span == 1 else slots[at].merge(slots[at + cell.span - 1])
        _cell(target, cell)
        for paragraph in target.paragraphs:
            paragraph.paragraph_format.keep_with_next = row.keep
        at += cell.span


def _cell(target: Any, cell: Cell) -> None:
    target.width = Mm(_WIDTH_MM / COLUMNS * cell.span)
    target.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    font, size, bold = _FONTS[cell.role]
    for index, line in enumerate(cell.lines):
        paragraph = target.paragraphs[0] if index == 0 else target.add_paragraph()
        if cell.role in _CENTRED:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing = 1.15
        _write(paragraph, line, font, size, bold=bold)
    if cell.role in _SHADED:
        shade = OxmlElement("w:shd")
        for name, setting in (("val", "clear"), ("color", "auto"), ("fill", _SHADE)):
            shade.set(qn(f"w:{name}"), setting)
        target._tc.get_or_add_tcPr().append(shade)


def _write(paragraph: Any, text: str, font: str, size: float, *, bold: bool = False) -> Any:
    run = paragraph.add_run(printable(text))
    run.font.size = Pt(size)
    run.font.bold = bold
    run.font.name = font
    run._r.rPr.rFonts.set(qn("w:eastAsia"), font)  # the library sets the Latin typeface only
    return run
