"""The three yearly tables, counted in 件 (保密法实施条例第五十六条)."""

from __future__ import annotations

from markpipe.forms.layouts.layout import Layout, line
from markpipe.forms.sheet import Role, each, heads

TITLES = ("涉及国家秘密情况统计表", "产生国家秘密情况统计表", "密级变更和解密情况统计表")
_ROWS = (
    heads(("项目", 6), ("单位", 1), ("绝密", 1), ("机密", 1), ("秘密", 1), ("合计", 2)),
    *each(
        "行",
        "统计清单",
        line(
            ("{{ 行.项目 }}", 6),
            ("{{ 行.单位 }}", 1),
            ("{{ 行.绝密 }}", 1),
            ("{{ 行.机密 }}", 1),
            ("{{ 行.秘密 }}", 1),
            ("{{ 行.合计 }}", 2),
            height=7,
            role=Role.SMALL,
        ),
    ),
)

LAYOUTS = tuple(
    Layout(
        title,
        _ROWS,
        "报送期限：{{ 报送期限 }}。数字由程序按台账和站点配置统计；事项以件计，载体以份计。",
        "填报单位：{{ 填报单位 }}　{{ 填报日期 }}",
        f"{{{{ 年份 }}}}年{title}",
    )
    for title in TITLES
)
