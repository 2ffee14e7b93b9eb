"""A workbook made anew from what its sheets show: values in place of formulas, nothing hidden, no comments, no properties.

Only visible sheets, rows and columns come along, with number formats, bold type, borders, alignment, widths and merged
cells; colours do not, so nothing stays unseen by them.  A workbook with charts, pictures or other drawings is not guessed at.
This module does not check its own work: `proof.workbook` does.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from markpipe.errors import OutputError
from markpipe.formats.xmltext import RefusedXmlError, parse

_EPOCH = (1980, 1, 1, 0, 0, 0)
_DROPPED = re.compile(r"docProps/.*")
_PROPERTIES = re.compile(rb"<(?:Override|Relationship)\b[^>]*(?:docProps|core-properties|extended-properties)[^>]*/>")
_DRAWN = re.compile(
    r"xl/(?!drawings/[^/]*\.vml$)(?:drawings|charts|media|diagrams|embeddings|activeX|externalLinks|model)/.*|xl/vbaProject\.bin"
)
_UNSEEN_FORMAT = re.compile(r";;;")
_MOST_CELLS = 2_000_000
_FORMULA_SIGNS = ("=", "+", "-", "@")


def clean_workbook(data: bytes, masks: Sequence[tuple[str, str]]) -> bytes:
    """A new workbook with words replaced; `OutputError` for one that shows more than cells, or cannot be opened."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if drawn := sorted(name for name in archive.namelist() if _DRAWN.fullmatch(name)):
            raise OutputError(f"工作簿里有图表、图片、宏或者外部链接（{drawn[0][:60]}）", "请另存为 PDF 后重新送审")
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                _ensure_plain(archive.read(name))
    try:
        source = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise OutputError("工作簿打不开", "请用 Excel 或者 WPS 另存后重新送审") from error
    target = openpyxl.Workbook()
    target.remove(target.worksheets[0])
    for sheet in source.worksheets:
        if sheet.sheet_state == "visible":
            _take(sheet, target.create_sheet(_masked(sheet.title, masks)), masks)
    if not target.worksheets:
        raise OutputError("工作簿没有看得见的工作表", "请核对后重新送审")
    written = io.BytesIO()
    target.save(written)
    return _plain_package(written.getvalue())


def _ensure_plain(data: bytes) -> None:
    """Well-formed XML without a document type, and no formula whose result is not stored: its cell would come out empty."""
    try:
        root = parse(data)
    except RefusedXmlError as error:
        raise OutputError("工作簿的内部结构已损坏", "请用 Excel 或者 WPS 另存后重新送审") from error
    for cell in root.iterfind("{*}sheetData/{*}row/{*}c"):
        if cell.find("{*}f") is not None and not cell.findtext("{*}v"):
            raise OutputError("工作簿里有公式没有保存计算结果", "请用 Excel 或者 WPS 打开后另存，再重新送审")


def _take(source: Any, target: Any, masks: Sequence[tuple[str, str]]) -> None:
    """The visible rows and columns of a sheet, moved together."""
    if source.max_row * source.max_column > _MOST_CELLS:
        raise OutputError("工作表过大", "请拆分，或者删去空白的行列后重新送审")
    hidden = _hidden_columns(source)
    rows = [n for n in range(1, source.max_row + 1) if not source.row_dimensions[n].hidden]
    columns = [n for n in range(1, source.max_column + 1) if n not in hidden]
    for new_row, row in enumerate(rows, start=1):
        height = source.row_dimensions[row].height
        if height:
            target.row_dimensions[new_row].height = height
        for new_column, column in enumerate(columns, start=1):
            _cell(source.cell(row, column), target.cell(new_row, new_column), masks)
    for new_column, column in enumerate(columns, start=1):
        width = source.column_dimensions[get_column_letter(column)].width
        target.column_dimensions[get_column_letter(new_column)].width = width
    for merged in source.merged_cells.ranges:
        left, top, right, bottom = merged.bounds
        across = [n for n, column in enumerate(columns, start=1) if left <= column <= right]
        down = [n for n, row in enumerate(rows, start=1) if top <= row <= bottom]
        if across and down and (left in columns and top in rows):
            target.merge_cells(None, down[0], across[0], down[-1], across[-1])


def _hidden_columns(sheet: Any) -> set[int]:
    """The numbers of hidden columns; one entry may stand for several."""
    hidden: set[int] = set()
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden:
            hidden.update(range(dimension.min, dimension.max + 1))
    return hidden


def _cell(source: Any, target: Any, masks: Sequence[tuple[str, str]]) -> None:
    value = source.value
    if value is not None:
        text = str(value)
        masked = _masked(text, masks)
        target.value = masked if masked != text or isinstance(value, str) else value
        if isinstance(target.value, str) and target.value.startswith(_FORMULA_SIGNS):
            target.data_type = "s"  # words, whatever they begin with
    if source.has_style:
        target.font = Font(name=source.font.name, size=source.font.size, bold=source.font.bold)
        target.border = copy.copy(source.border)
        target.alignment = copy.copy(source.alignment)
        if not _UNSEEN_FORMAT.search(source.number_format):
            target.number_format = source.number_format


def _masked(text: str, masks: Sequence[tuple[str, str]]) -> str:
    for words, instead in masks:
        text = text.replace(words, instead)
    return text


def _plain_package(data: bytes) -> bytes:
    """The package without properties and times: the same bytes for the same workbook."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            if _DROPPED.fullmatch(name):
                continue
            content = source.read(name)
            if name in ("[Content_Types].xml", "_rels/.rels"):
                content = _PROPERTIES.sub(b"", content)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return target.getvalue()
