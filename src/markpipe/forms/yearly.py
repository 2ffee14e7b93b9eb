"""The three yearly tables, counted in 件: 涉及国家秘密情况, 产生国家秘密情况, 密级变更和解密情况 (保密法实施条例第五十六条).

The fields of the official tables were not found; these count by level, kind and origin.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from markpipe.forms.approval import DEMO
from markpipe.forms.changes import heads
from markpipe.forms.sheet import Row, sheet, value
from markpipe.model.agency import Agency
from markpipe.model.classification import Level, date_label

LEVELS = (Level.JUEMI, Level.JIMI, Level.MIMI)


class Yearly(Enum):
    """Which of the tables."""

    HELD = "涉及国家秘密情况统计表"
    PRODUCED = "产生国家秘密情况统计表"
    CHANGED = "密级变更和解密情况统计表"


@dataclass(frozen=True, slots=True)
class Count:
    """One line of a table: what is counted, and how many 件 of each level."""

    what: str
    by_level: Mapping[Level, int]

    @property
    def total(self) -> int:
        """All levels together."""
        return sum(self.by_level.values())


def yearly_form(
    table: Yearly, agency: Agency, year: int, counts: Sequence[Count], due: dt.date, on: dt.date, *, demo: bool = False
) -> bytes:
    """One of the tables for a year, with the day on which it is due."""
    rows = [heads(("项目（件）", 4), *((level.label, 2) for level in LEVELS), ("合计", 2))]
    for count in counts:
        cells = [value(str(count.by_level.get(level, 0)), 2) for level in LEVELS]
        rows.append(Row((value(count.what, 4), *cells, value(str(count.total), 2)), 9))
    return sheet(
        title=f"{year}年{table.value}",
        notice="内部资料，按本机关、单位规定管理",
        banner=DEMO if demo else "",
        number=f"填报单位：{agency.name}",
        rows=rows,
        foot=(f"报送期限：{date_label(due)}。数字由程序按台账统计，单位为件。",),
        dated=on,
    )
