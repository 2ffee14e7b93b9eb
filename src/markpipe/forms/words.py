"""What several forms put in their fields, and how: fields every form has, days, levels, blanks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from markpipe.forms.filled import DEMO
from markpipe.model.classification import Level, date_label
from markpipe.model.procedure import Opinion

NONE = "—"
"""Stands where the register says that there is nothing."""

UNKNOWN = "（待填）"
"""Stands where the register does not know and a person has to write."""


DATE_BLANK = "　　年　　月　　日"
"""Stands where a person writes the date beside a signature."""

INTERNAL = "内部资料，按本机关、单位规定管理"
"""How a sheet is kept that holds nothing determined."""


def heading(keeping: str, demo: bool) -> dict[str, str]:
    """The fields above every form: how it is kept, and that a demonstration is one."""
    return {"管理要求": keeping, "演示": DEMO if demo else ""}


def day(on: dt.date | None, otherwise: str = UNKNOWN) -> str:
    """A day in words."""
    return otherwise if on is None else date_label(on)


def levels(of: Iterable[Level]) -> str:
    """Levels, highest first."""
    return "、".join(level.label for level in sorted(of, reverse=True)) or "无"


def opinion_lines(given: Sequence[Opinion]) -> list[dict[str, str]]:
    """One line a step of the unit's own chain: who said what, and when."""
    return [
        {
            "环节": f"{one.step}意见",
            "内容": "同意"
            if one.agrees and one.words == "同意"
            else f"{'同意' if one.agrees else '不同意'}　{one.words}",
            "办理人": f"{one.by}（账户 {one.account}）" if one.account else one.by or NONE,
            "日期": date_label(one.on),
        }
        for one in given
    ]
