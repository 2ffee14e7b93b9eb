"""登记簿 as XLSX: 收文登记簿, 发文登记簿, 打印输出登记表, 涉密载体台账: a line a document or carrier, in the columns of the paper.

Every cell is text: a title that begins with `=` is no formula.  The same content gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from markpipe.forms.filled import DEMO
from markpipe.forms.package import repacked
from markpipe.text.printable import printable

_CORE = "docProps/core.xml"
_LINE = 13.5  # points
_NARROW = 0x2000
_THIN = Side(style="thin", color="FF808080")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_SHADE = PatternFill("solid", fgColor="FFEFEDE6")


@dataclass(frozen=True, slots=True)
class Ledger:
    """A 登记簿: its title, how it is kept, its columns with their width (characters), and its lines."""

    title: str
    keeping: str
    unit: str
    columns: Sequence[tuple[str, int]]
    lines: Iterable[Sequence[str]]
    dated: dt.date
    demo: bool = False


def workbook(ledger: Ledger) -> bytes:
    """The workbook as bytes."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(ledger.title[:31])
    for number, (_, width) in enumerate(ledger.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    tops = [(ledger.keeping, 12, True), *([(DEMO, 10, True)] if ledger.demo else [])]
    tops += [(ledger.title, 18, True), (f"{ledger.unit}　{ledger.dated.isoformat()}", 10, False)]
    sheet.freeze_panes = f"A{len(tops) + 2}"
    sheet.print_title_rows = f"{len(tops) + 1}:{len(tops) + 1}"
    for text, size, bold in tops:
        sheet.append([_cell(sheet, text, Font("宋体", size, bold=bold), boxed=False)])
    head = Font("黑体", 10)
    sheet.row_dimensions[len(tops) + 1].height = 4 + 2 * _LINE
    sheet.append([_cell(sheet, name, head, shaded=True) for name, _ in ledger.columns])
    plain = Font("仿宋", 10)
    widths = [width for _, width in ledger.columns]
    for number, line in enumerate(ledger.lines, len(tops) + 2):
        deepest = max(_depth(text, width) for text, width in zip(line, widths, strict=True))
        sheet.row_dimensions[number].height = 4 + _LINE * deepest
        sheet.append([_cell(sheet, text, plain) for text in line])
    moment = dt.datetime.combine(ledger.dated, dt.time())
    properties = book.properties
    properties.title, properties.language, properties.creator = ledger.title, "zh-CN", ""
    properties.created = moment
    saved = io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as package:
        core = package.read(_CORE)
    # the library sets the moment of saving
    dated = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode(), core)
    return repacked(saved, {_CORE: dated})


def _depth(text: str, width: int) -> int:
    """How many lines a text takes in a column of so many characters, of which a Chinese one takes two."""
    taken = sum(2 if ord(character) > _NARROW else 1 for character in text)
    return max(1, math.ceil(taken / max(1, width - 1)))


def _cell(sheet: Any, text: str, font: Font, *, boxed: bool = True, shaded: bool = False) -> Any:
    cell: Any = WriteOnlyCell(sheet, printable(text))
    cell.data_type = "s"
    cell.font = font
    cell.alignment = Alignment(wrap_text=boxed, vertical="center", horizontal="center" if shaded else None)
    if boxed:
        cell.border = _BOX
    if shaded:
        cell.fill = _SHADE
    return cell
