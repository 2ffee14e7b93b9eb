"""Lists that an office keeps in CSV or XLSX: recipients, what was counted.  A wrong line is named by its number."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markpipe.errors import UsageError
from markpipe.model.custody import plain_ref
from markpipe.text.entered import plain_name, plain_number

_COLUMNS = {
    "ref": ("份", "份号", "编号", "carrier"),
    "holder": ("姓名", "接收人", "holder"),
    "unit": ("单位", "unit"),
    "channel": ("渠道", "传递渠道", "channel"),
    "count": ("份数", "count"),
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """One line of a 分发清单: a copy, or (before copies have numbers) how many."""

    ref: str
    holder: str
    unit: str = ""
    channel: str = ""
    count: int = 1


def read_recipients(path: Path) -> tuple[Recipient, ...]:
    """The lines of a 分发清单: 份, 姓名 and, if wanted, 单位, 渠道; `UsageError` names what is wrong."""
    lines = []
    for number, row in _rows(path, ("ref", "holder")):
        if not row["ref"] or not row["holder"]:
            raise UsageError(f"清单 {path} 第 {number} 行缺少份的编号或姓名", "补全后重新运行；没有办理任何一行")
        who = plain_name(row["holder"]), plain_name(row.get("unit", ""))
        lines.append(Recipient(plain_ref(row["ref"]), *who, row.get("channel", "")))
    if not lines:
        raise UsageError(f"清单 {path} 没有内容", "第一行是栏目名：份、姓名、单位、渠道")
    if len({line.ref for line in lines}) < len(lines):
        raise UsageError(f"清单 {path} 有一份写了两次", "一份只能发给一人")
    return tuple(lines)


def read_distribution(path: Path) -> tuple[Recipient, ...]:
    """The lines of a list made before copies have numbers: 姓名 and, if wanted, 单位, 渠道, 份数 (1)."""
    lines = []
    for number, row in _rows(path, ("holder",)):
        count = plain_number(row.get("count", "")) or "1"
        if not row["holder"] or not (count.isascii() and count.isdecimal()) or int(count) == 0:
            raise UsageError(f"清单 {path} 第 {number} 行的姓名或份数不对", "补全后重新运行；没有办理任何一行")
        who = plain_name(row["holder"]), plain_name(row.get("unit", ""))
        lines.append(Recipient("", *who, row.get("channel", ""), int(count)))
    if not lines:
        raise UsageError(f"清单 {path} 没有内容", "第一行是栏目名：姓名、单位、渠道、份数")
    return tuple(lines)


def read_refs(path: Path) -> tuple[str, ...]:
    """The column 份 of a list of what was counted."""
    return tuple(plain_ref(row["ref"]) for _, row in _rows(path, ("ref",)) if row["ref"])


def _rows(path: Path, required: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    table = read_cells(path)
    head = ["".join(cell.split()) for cell in table[0]] if table else []
    places = {
        name: head.index(spelling) for name, spellings in _COLUMNS.items() for spelling in spellings if spelling in head
    }
    for name in required:
        if name not in places:
            raise UsageError(f"清单 {path} 缺少“{_COLUMNS[name][0]}”一栏", "第一行是栏目名，如 份、姓名、单位")
    for number, cells in enumerate(table[1:], start=2):
        if any(cell.strip() for cell in cells):
            held = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
            yield number, held


def read_cells(path: Path) -> list[list[str]]:
    """The cells of a CSV file or of the first sheet of a workbook, as text."""
    return _workbook(path) if path.suffix.lower() == ".xlsx" else _csv(path)


def _csv(path: Path) -> list[list[str]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"清单 {path} 打不开（{error.strerror}）", "核对路径") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(data.decode(encoding), newline="")))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise UsageError(f"清单 {path} 不是 CSV", "请另存为 CSV（UTF-8 或 GBK）或 XLSX")


def _workbook(path: Path) -> list[list[str]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, InvalidFileException) as error:
        raise UsageError(f"清单 {path} 打不开（{type(error).__name__}）", "核对路径，或另存为 CSV") from None
    try:
        sheet: Any = book.worksheets[0]
        return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    finally:
        book.close()
