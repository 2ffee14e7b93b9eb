"""The officer's list for a batch (`--decisions FILE`): file, item, decision, level, term[, reason] in CSV or XLSX.

It names what a person answers for; whether the law allows it is checked afterwards, as for any proposal.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from markpipe.errors import UsageError
from markpipe.model.classification import Level, Term, parse_term

WHOLE = "*"
_COLUMNS = {
    "file": ("file", "文件"),
    "item": ("item", "事项"),
    "decision": ("decision", "决定"),
    "level": ("level", "密级"),
    "term": ("term", "保密期限", "期限"),
    "reason": ("reason", "理由"),
}
_REQUIRED = ("file", "decision")


class Verdict(StrEnum):
    """What a line of the list decides."""

    CLASSIFY = "定密"
    DECLINE = "不予定密"
    UNRELATED = "未涉及内容"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the item is a dictionary entry, a citation, or `*` for the whole file."""

    file: str
    item: str
    verdict: Verdict
    level: Level | None = None
    term: Term | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decisions:
    """The list by file and item; a file that is not in it has no lines."""

    lines: Mapping[str, Mapping[str, Line]] = field(default_factory=dict)

    def of(self, file: str) -> Mapping[str, Line]:
        return self.lines.get(file, {})


def load_decisions(path: Path) -> Decisions:
    """Read the list; `UsageError` names file, row and column of what is wrong."""
    lines: dict[str, dict[str, Line]] = {}
    for number, row in _rows(path):
        line = _line(f"决定清单 {path} 第 {number} 行", row)
        of_file = lines.setdefault(line.file, {})
        if line.item in of_file:
            raise UsageError(
                f"决定清单 {path} 第 {number} 行：{line.file} 的事项“{line.item}”前面已有决定", "每个事项只写一行"
            )
        of_file[line.item] = line
    return Decisions(lines)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"决定清单 {path} 打不开（{error.strerror}）", "请核对路径和权限") from error
    table = _xlsx(path, data) if data.startswith(b"PK") else _csv(path, data)
    if not table:
        raise UsageError(f"决定清单 {path} 是空的", "第一行应为 file,item,decision,level,term")
    names = [_column(path, cell) for cell in table[0]]
    for name in _REQUIRED:
        if name not in names:
            raise UsageError(f"决定清单 {path} 缺少“{name}”列", "第一行应为 file,item,decision,level,term")
    for number, cells in enumerate(table[1:], start=2):
        if any(cells):
            yield number, dict(zip(names, cells, strict=False))


def _column(path: Path, cell: str) -> str:
    for name, words in _COLUMNS.items():
        if cell.strip().lower() in words:
            return name
    raise UsageError(f"决定清单 {path} 第 1 行：不认识的列“{cell}”", "列名为 file,item,decision,level,term,reason")


def _csv(path: Path, data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
    raise UsageError(f"决定清单 {path} 不是 UTF-8 或 GBK 文本", "请另存为 CSV（UTF-8）或 XLSX")


def _xlsx(path: Path, data: bytes) -> list[list[str]]:
    from openpyxl import load_workbook  # heavy, and most lists are CSV

    try:
        sheet: Any = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        rows: Sequence[Sequence[Any]] = list(sheet.iter_rows(values_only=True))
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError) as error:
        raise UsageError(f"决定清单 {path} 不是完好的 XLSX", "请重新保存后再试") from error
    return [["" if cell is None else str(cell).strip() for cell in row] for row in rows]


def _line(where: str, row: Mapping[str, str]) -> Line:
    file, verdict = row.get("file", ""), row.get("decision", "")
    if not file:
        raise UsageError(f"{where}：没有写文件名", "file 列写相对输入文件夹的文件名")
    if verdict not in tuple(Verdict):
        raise UsageError(f"{where}：不认识的决定“{verdict}”", f"只能写{'、'.join(Verdict)}")
    try:
        level = Level.from_label(row["level"]) if row.get("level") else None
        term = parse_term(row["term"]) if row.get("term") else None
    except ValueError as error:
        raise UsageError(f"{where}：{error}", "请改正后重新运行") from error
    reason = row.get("reason", "")
    if verdict == Verdict.UNRELATED and not reason:
        raise UsageError(f"{where}：“未涉及内容”没有写理由", "在 reason 列写明理由")
    return Line(file, row.get("item", "") or WHOLE, Verdict(verdict), level, term, reason)
