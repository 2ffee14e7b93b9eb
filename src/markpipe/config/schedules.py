"""Reading a unit's 一览表 from XLSX or CSV into the same data as a TOML dictionary.

::

    编号 | 事项           | 密级 | 保密期限 | 知悉范围 | 依据  | 关键词        | 同时出现      | 排除词
    1    | 某工程选址方案 | 机密 | 10年     | 办公室   | 第3项 | 选址方案、址图 | 某工程；地下  | 已公布

Reads the first sheet; formulas as the values last saved.  What the words mean is `detect.dictionary`'s to check: errors
come back with the number of the row.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from markpipe.errors import ConfigurationError

HEADERS = {
    "编号": "id", "序号": "id",
    "事项": "item", "具体事项": "item", "具体事项内容": "item", "保密事项": "item", "事项名称": "item",
    "密级": "level",
    "保密期限": "term", "期限": "term", "解密条件": "term", "解密时间": "term",
    "保密期限(解密条件/时间)": "term", "保密期限（解密条件/时间）": "term",
    "知悉范围": "audience", "知悉人员": "audience",
    "依据": "basis", "定密依据": "basis",
    "产生层级": "produced_at",
    "种类": "kind", "状态": "status",
    "关键词": "terms", "命中词语": "terms",
    "同时出现": "all", "排除词": "unless", "范围": "within",
    "备注": "note", "说明": "note",
}  # fmt: skip
IGNORED = frozenset({"产生部门或岗位", "产生部门", "产生岗位", "载体形式", "责任部门", ""})
_WORD_ENDS = re.compile(r"[、,，\n|]+")
_GROUP_ENDS = re.compile(r"[；;]+")
_HEADER_WITHIN = 10


class Rows:
    """Which row of a table a value of its data comes from."""

    def __init__(self, header: int, items: Sequence[int]) -> None:
        self._header = header
        self._items = tuple(items)

    def of(self, *path: str | int) -> int:
        """The row of a value, counted from 1; the header's for what is not in a row."""
        if len(path) > 1 and path[0] == "item" and isinstance(path[1], int):
            return self._items[path[1]]
        return self._header


def read_schedule(file: Path) -> tuple[dict[str, Any], Rows]:
    """The data of one table and its rows; `ConfigurationError` where it is no table with the documented header."""
    table = list(_xlsx(file) if file.suffix.lower() == ".xlsx" else _csv(file))
    header_at, columns = _header(file, table)
    items, rows = [], []
    for number, cells in enumerate(table[header_at:], start=header_at + 1):
        values = {name: cells[index] for index, name in columns.items() if index < len(cells) and cells[index]}
        if values.get("item"):
            items.append(_item(values, number))
            rows.append(number)
        elif values.get("terms"):
            raise ConfigurationError(f"{file} 第{number}行：有关键词而没有事项", "补上事项，或删去这一行")
    data = {
        "schema": 1,
        "catalogue": {
            "id": _identifier(file.stem),
            "title": file.stem,
            "kind": "国家秘密",
            "status": "现行",
            "source": f"本单位一览表 {file.name}",
        },
        "item": items,
    }
    return data, Rows(header_at, rows)


def _header(file: Path, table: Sequence[Sequence[str]]) -> tuple[int, dict[int, str]]:
    """The number of the header row and the columns that are known."""
    for number, cells in enumerate(table[:_HEADER_WITHIN], start=1):
        names = ["".join(cell.split()) for cell in cells]
        if not any(HEADERS.get(name) == "item" for name in names):
            continue
        columns: dict[int, str] = {}
        for index, name in enumerate(names):
            if name not in HEADERS and name not in IGNORED:
                raise ConfigurationError(
                    f"{file} 第{number}行：不认识的表头“{name}”", f"可用：{'、'.join(dict.fromkeys(HEADERS))}"
                )
            if name in HEADERS and HEADERS[name] in columns.values():
                raise ConfigurationError(f"{file} 第{number}行：表头“{name}”与另一列意思相同", "只留一列")
            if name in HEADERS:
                columns[index] = HEADERS[name]
        return number, columns
    raise ConfigurationError(
        f"{file} 前{_HEADER_WITHIN}行里没有表头（至少要有“事项”一列）", "表头写法见 docs/dictionaries.md"
    )


def _item(values: dict[str, str], number: int) -> dict[str, Any]:
    known = values.get("id", "")
    item: dict[str, Any] = {"id": known if re.fullmatch(r"[A-Za-z0-9_-]+", known) else f"r{number}"}
    for name in ("item", "level", "term", "audience", "basis", "kind", "status", "note"):
        if name in values:
            item[name] = values[name]
    if "level" not in item:
        item["level_rule"] = "一览表没有写密级"
    if "produced_at" in values:
        item["produced_at"] = _split(values["produced_at"])
    if "terms" in values:
        pattern: dict[str, Any] = {"terms": _split(values["terms"])}
        if "all" in values:
            pattern["all"] = [_split(group) for group in _GROUP_ENDS.split(values["all"]) if group.strip()]
        if "unless" in values:
            pattern["unless"] = _split(values["unless"])
        if "within" in values:
            within = values["within"]
            pattern["within"] = int(within) if within.isdigit() else _WITHIN.get(within, within)
        item["pattern"] = [pattern]
    return item


_WITHIN = {"同句": "sentence", "同段": "paragraph", "标题": "title", "全文": "document"}


def _split(cell: str) -> list[str]:
    return [word.strip() for word in _WORD_ENDS.split(_GROUP_ENDS.sub("、", cell)) if word.strip()]


def _identifier(stem: str) -> str:
    """A catalogue's id from its file's name, or a short digest of a name that is not in Latin letters."""
    if re.fullmatch(r"[A-Za-z0-9_-]+", stem):
        return stem
    return f"list-{hashlib.sha256(stem.encode()).hexdigest()[:8]}"


def _csv(file: Path) -> Iterator[list[str]]:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"词典 {file} 无法读取（{error.strerror}）", "核对路径和权限") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return ([cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline="")))
    raise ConfigurationError(f"{file} 不是 UTF-8 或 GB18030 编码的 CSV", "请另存为 CSV UTF-8")


def _xlsx(file: Path) -> Iterator[list[str]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except (OSError, BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise ConfigurationError(
            f"{file} 不是可读的 XLSX（{type(error).__name__}）", "请在电子表格软件里重新保存"
        ) from None
    try:
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(values_only=True):
            yield ["" if cell is None else _text(cell) for cell in row]
    finally:
        book.close()


def _text(cell: object) -> str:
    """A cell as text: a whole number without its decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
