"""The three yearly tables, counted in 件: 涉及国家秘密情况, 产生国家秘密情况, 密级变更和解密情况 (保密法实施条例第五十六条).

The fields of the official tables were not found; these count by level what the law has a unit keep: origin, term,
authority, who decided, carriers, changes and ends by kind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
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
    """One line of a table: the part that it stands in, what is counted in which unit, and how many of each level.

    `whole` is the total where it is not the sum of the levels: an officer has several, a declined matter may have none.
    """

    part: str
    what: str
    by_level: Mapping[Level, int]
    unit: str = "件"
    whole: int | None = None

    @property
    def total(self) -> int:
        """All together."""
        return sum(self.by_level.values()) if self.whole is None else self.whole


def yearly_form(
    table: Yearly, agency: Agency, year: int, counts: Sequence[Count], due: dt.date, on: dt.date, *, demo: bool = False
) -> Filled:
    """One of the tables for a year, with the day on which it is due."""
    fields: dict[str, Field] = {
        **heading("内部资料，按本机关、单位规定管理", demo),
        "填报单位": agency.name or UNKNOWN,
        "填报日期": date_label(on),
        "年份": str(year),
        "统计清单": list(_lines(counts)),
        "报送期限": date_label(due),
    }
    return Filled(table.value, fields, on)


def _lines(counts: Sequence[Count]) -> Iterator[dict[str, str]]:
    """The lines, each part with a line of its own above it."""
    part = ""
    for count in counts:
        if count.part != part:
            part = count.part
            yield {"项目": part, "单位": "", **{level.label: "" for level in LEVELS}, "合计": ""}
        yield {
            "项目": f"　{count.what}",
            "单位": count.unit,
            **{level.label: str(count.by_level.get(level, 0)) for level in LEVELS},
            "合计": str(count.total),
        }
