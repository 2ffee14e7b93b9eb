"""The three yearly tables, counted in 件: 涉及国家秘密情况, 产生国家秘密情况, 密级变更和解密情况 (保密法实施条例第五十六条).

The fields of the official tables were not found; these count by level, kind and origin.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from markpipe.forms.filled import Field, Filled
from markpipe.forms.words import UNKNOWN, heading
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
) -> Filled:
    """One of the tables for a year, with the day on which it is due."""
    lines = [
        {
            "项目": count.what,
            **{level.label: str(count.by_level.get(level, 0)) for level in LEVELS},
            "合计": str(count.total),
        }
        for count in counts
    ]
    fields: dict[str, Field] = {
        **heading("内部资料，按本机关、单位规定管理", demo),
        "填报单位": agency.name or UNKNOWN,
        "填报日期": date_label(on),
        "年份": str(year),
        "统计清单": lines,
        "报送期限": date_label(due),
    }
    return Filled(table.value, fields, on)
