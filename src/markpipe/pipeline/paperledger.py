"""收文登记簿 that was kept on paper or in a workbook: its lines as documents to be entered, or what is wrong with which.

Columns are found by their names, in any order.  Nothing is entered before every line is right.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markpipe.errors import UsageError
from markpipe.ledger.custody import CHANNELS
from markpipe.model.carrier import serial_label
from markpipe.model.classification import parse_mark
from markpipe.model.custody import Incoming, Reproduction
from markpipe.pipeline.lists import read_cells
from markpipe.text.dates import parse_date
from markpipe.text.entered import plain_document_number, plain_name, plain_number, serial_numbers

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "issuer": ("来文单位", "收文单位", "发文单位", "制发机关", "制发单位"),
    "number": ("发文字号", "文件字号", "文号"),
    "title": ("标题", "文件标题", "名称"),
    "mark": ("密级和期限", "密级", "标志"),
    "serials": ("份号",),
    "received": ("收文日期", "收文时间", "日期"),
    "count": ("份数",),
    "paper": ("收文编号", "编号"),
    "channel": ("渠道", "传递渠道"),
    "right": ("复制权限", "复制权"),
    "scope": ("知悉范围", "发放范围"),
    "back": ("应退日期", "清退日期"),
    "holder": ("持有人", "签收人", "签收"),
}
_REQUIRED = ("issuer", "title", "mark", "received")
_RIGHTS = {right.value: right for right in Reproduction}
_MOST_PROBLEMS = 20
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A document of the paper register with its carriers; `holder` has them now (empty: the 保密员)."""

    incoming: Incoming
    serials: tuple[str, ...]
    holder: str = ""


def read_paper(path: Path) -> tuple[PaperLine, ...]:
    """The lines of a register; `UsageError` names every line that is wrong, and then nothing is entered."""
    table = read_cells(path)
    head_at, places = _head(path, table)
    lines, problems = [], []
    for number, cells in enumerate(table[head_at + 1 :], start=head_at + 2):
        if not any(cell.strip() for cell in cells):
            continue
        held = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
        try:
            lines.append(_line(held))
        except ValueError as error:
            problems.append(f"第 {number} 行：{error}")
    if problems:
        shown = "；".join(problems[:_MOST_PROBLEMS])
        raise UsageError(f"登记簿 {path} 有 {len(problems)} 行不对：{shown}", "改好后重新运行；一行也没有登记")
    if not lines:
        raise UsageError(f"登记簿 {path} 没有内容", "栏目：来文单位、发文字号、标题、密级、份号（或份数）、收文日期")
    return tuple(lines)


def _head(path: Path, table: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """The row of column names, which may stand below a title, and where each column is."""
    for at, cells in enumerate(table[:20]):
        names = [_BLANKS.sub("", cell) for cell in cells]
        places = {
            name: next(names.index(spelling) for spelling in spellings if spelling in names)
            for name, spellings in _COLUMNS.items()
            if any(spelling in names for spelling in spellings)
        }
        if all(name in places for name in _REQUIRED) and places.keys() & {"serials", "count"}:
            return at, places
    wanted = "、".join((*(_COLUMNS[name][0] for name in _REQUIRED), "份号（没有份号的写份数）"))
    raise UsageError(f"登记簿 {path} 里找不到栏目名一行", f"前 20 行中须有一行写着：{wanted}")


def _line(held: Mapping[str, str]) -> PaperLine:
    """One line; `ValueError` in Chinese says what is wrong."""
    for name in _REQUIRED:
        if not held[name]:
            raise ValueError(f"{_COLUMNS[name][0]}没有填写")
    told = held.get("serials", "")
    serials = serial_numbers(told) if told else ()
    count = _count(held.get("count", ""))
    if serials and count not in (None, len(serials)):
        raise ValueError(f"份数 {count} 与份号 {len(serials)} 个不一致")
    if not (serials or count):
        raise ValueError("没有份号，也没有份数")
    channel = held.get("channel") or CHANNELS[1]
    if channel not in CHANNELS:
        raise ValueError(f"渠道“{channel}”不是{'、'.join(CHANNELS)}之一")
    right = held.get("right") or Reproduction.BY_ISSUER.value
    telegram = right.startswith("密电")
    if right not in _RIGHTS and not telegram:
        raise ValueError(f"复制权限“{right}”不是{'、'.join(_RIGHTS)}之一")
    back = held.get("back", "")
    incoming = Incoming(
        "",
        plain_name(held["issuer"]),
        plain_document_number(held.get("number", "")),
        held["title"],
        parse_mark(held["mark"]),
        _day(held["received"]),
        channel,
        Reproduction.FORBIDDEN if telegram else _RIGHTS[right],
        telegram,
        held.get("scope", ""),
        _day(back) if back else None,
        held.get("paper", ""),
        bool(serials),
    )
    numbers = tuple(serial_label(serial) for serial in serials or range(1, (count or 0) + 1))
    return PaperLine(incoming, numbers, plain_name(held.get("holder", "")))


def _count(text: str) -> int | None:
    """`3` or `3份`; None where nothing is written."""
    plain = plain_number(text).removesuffix("份").strip()
    if plain and not (plain.isascii() and plain.isdecimal() and int(plain)):
        raise ValueError(f"份数“{text}”读不出来")
    return int(plain) if plain else None


def _day(text: str) -> dt.date:
    """A date as people and workbooks write it: 2025-03-02, 2025年3月2日, 2025.3.2, 2025-03-02 00:00:00."""
    plain = plain_number(text).partition(" ")[0].replace(".", "-").replace("/", "-")
    parts = plain.split("-")
    if len(parts) == 3 and all(part.isdecimal() for part in parts):
        plain = f"{parts[0]:0>4}-{parts[1]:0>2}-{parts[2]:0>2}"
    try:
        return parse_date(plain, "")
    except UsageError:
        raise ValueError(f"日期“{text}”读不出来") from None
