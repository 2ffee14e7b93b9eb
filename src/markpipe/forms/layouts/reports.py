"""无权定密事项定密申报表, 不明确事项报告, 有争议事项报告: what goes to somebody with authority (实施条例第二十五、二十六条)."""

from __future__ import annotations

from markpipe.forms.layouts.layout import DATE_BLANK, WIDE, Layout, line, one, two
from markpipe.forms.sheet import Role, Row, band, each, heads, label, only_if, value

_HEAD = (
    one("报送机关"),
    one("申报单位"),
    one("事项名称"),
    one("内容校验值", height=7, role=Role.SMALL),
    band("一、拟定意见"),
    two("拟定密级", "保密期限"),
    one("知悉范围"),
    one("拟定依据", role=Role.SMALL),
    one("申报理由", height=16),
    one("已采取的措施"),
)
_TAIL = (
    two("拟定日期", "报送期限"),
    Row(
        (label("承 办 人"), value("{{ 承办人 }}（签字）", 4), label("报送登记"), value("{{ 报送登记 }}", 4)),
        12,
    ),
    *only_if(
        "意见清单",
        band("二、本单位审核意见"),
        *each(
            "意见",
            "意见清单",
            Row(
                (label("{{ 意见.环节 }}"), value("{{ 意见.内容 }}", 5), value("{{ 意见.办理人 }}\n{{ 意见.日期 }}", 5))
            ),
        ),
    ),
    band("答复意见"),
    *only_if("已答复", one("答复意见", height=16), two("答复机关", "答复日期"), one("答复文号")),
    *only_if(
        "not 已答复",
        Row((label("答复意见"), value("☐ 国家秘密，密级：　　　　期限：　　　　\n☐ 不属于国家秘密", WIDE)), 26),
        Row((label("答复机关"), value("（盖章）", 4), label("日　　期"), value(DATE_BLANK, 4)), 16),
    ),
)
_CLAIMS = (
    heads(("主张的机关、单位", 6), ("密级", 3), ("保密期限", 3)),
    *each(
        "主张",
        "主张清单",
        line(("{{ 主张.机关 }}", 6), ("{{ 主张.密级 }}", 3), ("{{ 主张.期限 }}", 3), role=Role.VALUE),
    ),
)

LAYOUTS = (
    Layout(
        "无权定密事项定密申报表",
        (*_HEAD, *_TAIL),
        "依据：保密法第十七条；国家秘密定密管理规定第十一条：先行采取保密措施，立即报请确定。经签字盖章后报送。",
    ),
    Layout(
        "国家秘密不明确事项报告",
        (*_HEAD, *_TAIL),
        "依据：保密法第二十五条、实施条例第二十五条：自拟定之日起十个工作日内报请，十个工作日内作出决定。经签字盖章后报送。",
    ),
    Layout(
        "国家秘密有争议事项报告",
        (*_HEAD, *_CLAIMS, *_TAIL),
        "依据：保密法第二十五条、实施条例第二十六条：确定之前按所主张的最高密级保护。经签字盖章后报送。",
    ),
)
