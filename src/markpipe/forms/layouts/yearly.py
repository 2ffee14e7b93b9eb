"""The three yearly tables, counted in 件 (保密法实施条例第五十六条)."""

from __future__ import annotations

from markpipe.forms.layouts.layout import Layout, line
from markpipe.forms.sheet import Role, each, heads

TITLES = ("涉及国家秘密情况统计表", "产生国家秘密情况统计表", "密级变更和解密情况统计表")
_ROWS = (
    heads(("项目（件）", 4), ("绝密", 2), ("机密", 2), ("秘密", 2), ("合计", 2)),
    *each(
        "行",
        "统计清单",
        line(
            ("{{ 行.项目 }}", 4),
            ("{{ 行.绝密 }}", 2),
            ("{{ 行.机密 }}", 2),
            ("{{ 行.秘密 }}", 2),
            ("{{ 行.合计 }}", 2),
            role=Role.VALUE,
        ),
    ),
)

LAYOUTS = tuple(
    Layout(
        title,
        _ROWS,
        "报送期限：{{ 报送期限 }}。数字由程序按台账统计，单位为件。",
        "填报单位：{{ 填报单位 }}　{{ 填报日期 }}",
        f"{{{{ 年份 }}}}年{title}",
    )
    for title in TITLES
)
