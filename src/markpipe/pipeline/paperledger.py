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
from markpipe.model.carrier import SERIAL_DIGITS
from markpipe.model.classification import parse_mark
from markpipe.model.custody import Incoming, Reproduction
from markpipe.pipeline.lists import read_cells
from markpipe.text.dates import parse_date

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
_REQUIRED = ("issuer", "title", "mark", "serials", "received")
_RIGHTS = {right.value: right for right in Reproduction}
_MOST_PROBLEMS = 20
_BETWEEN = re.compile(r"[、，,；;\s]+")


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
        raise UsageError(f"登记簿 {path} 没有内容", "栏目：来文单位、发文字号、标题、密级、份号、收文日期")
    return tuple(lines)


def _head(path: Path, table: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """The row of column names, which may stand below a title, and where each column is."""
    for at, cells in enumerate(table[:20]):
        names = [cell.strip() for cell in cells]
        places = {
            name: next(names.index(spelling) for spelling in spellings if spelling in names)
            for name, spellings in _COLUMNS.items()
            if any(spelling in names for spelling in spellings)
        }
        if all(name in places for name in _REQUIRED):
            return at, places
    wanted = "、".join(_COLUMNS[name][0] for name in _REQUIRED)
    raise UsageError(f"登记簿 {path} 里找不到栏目名一行", f"前 20 行中须有一行写着：{wanted}")


def _line(held: Mapping[str, str]) -> PaperLine:
    """One line; `ValueError` in Chinese says what is wrong."""
    for name in _REQUIRED:
        if not held[name]:
            raise ValueError(f"{_COLUMNS[name][0]}没有填写")
    serials = _serials(held["serials"])
    count = held.get("count", "")
    if count and count != str(len(serials)):
        raise ValueError(f"份数 {count} 与份号 {len(serials)} 个不一致")
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
        held["issuer"],
        held.get("number", ""),
        held["title"],
        parse_mark(held["mark"]),
        _day(held["received"]),
        channel,
        Reproduction.FORBIDDEN if telegram else _RIGHTS[right],
        telegram,
        held.get("scope", ""),
        _day(back) if back else None,
        held.get("paper", ""),
    )
    return PaperLine(incoming, serials, held.get("holder", ""))


def _day(text: str) -> dt.date:
    """A date as people and workbooks write it: 2025-03-02, 2025年3月2日, 2025.3.2, 2025-03-02 00:00:00."""
    plain = text.partition(" ")[0].replace(".", "-").replace("/", "-")
    parts = plain.split("-")
    if len(parts) == 3 and all(part.isdecimal() for part in parts):
        plain = f"{parts[0]:0>4}-{parts[1]:0>2}-{parts[2]:0>2}"
    try:
        return parse_date(plain, "")
    except UsageError:
        raise ValueError(f"日期“{text}”读不出来") from None


def _serials(text: str) -> tuple[str, ...]:
    """`117`, `000117、000118` or `101-105`, as six digits each."""
    found: list[str] = []
    for part in (part for part in _BETWEEN.split(text) if part):
        first, dash, last = part.replace("－", "-").replace("–", "-").partition("-")
        ends = (first, last if dash else first)
        if not all(end.isascii() and end.isdecimal() and len(end) <= SERIAL_DIGITS for end in ends):
            raise ValueError(f"份号“{part}”不是六位以内的数字")
        found += [f"{serial:06d}" for serial in range(int(ends[0]), int(ends[1]) + 1)]
    if not found or "000000" in found or len(set(found)) < len(found):
        raise ValueError(f"份号“{text}”不对或有重复")
    return tuple(found)
