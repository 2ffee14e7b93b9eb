"""国家秘密事项一览表, 定密责任人名册, 授权申请表 and 授权书, 拟定人选征求意见表, 定密责任人授权书."""

from __future__ import annotations

from markpipe.forms.layouts.layout import DATE_BLANK, WIDE, Layout, line, one, signed, two
from markpipe.forms.sheet import Role, Row, band, each, heads, label, value

NUMBER = "填报单位：{{ 填报单位 }}　{{ 填报日期 }}"
_SEALED = Row((label("授权机关"), value("（盖章）", 4), label("日　　期"), value(DATE_BLANK, 4)), 18)

_SCHEDULE = (
    heads(("序号", 1), ("具体事项", 3), ("密级和期限", 2), ("产生部门、岗位", 2), ("知悉范围", 2), ("载体形式", 2)),
    *each(
        "项",
        "事项清单",
        line(
            ("{{ 项.序号 }}", 1),
            ("{{ 项.事项 }}", 3),
            ("{{ 项.密级和期限 }}", 2),
            ("{{ 项.产生岗位 }}", 2),
            ("{{ 项.知悉范围 }}", 2),
            ("{{ 项.载体形式 }}", 2),
        ),
    ),
    Row((label("负责人批准"), value("（签字）", 4), label("备案日期"), value(DATE_BLANK, 4)), 14),
)
_OFFICERS = (
    heads(("姓名", 2), ("类别", 2), ("定密权限", 2), ("任期", 2), ("培训证书、有效期", 2), ("授权书、公布、备案", 2)),
    *each(
        "人",
        "责任人清单",
        line(
            ("{{ 人.姓名 }}", 2),
            ("{{ 人.类别 }}", 2),
            ("{{ 人.定密权限 }}", 2),
            ("{{ 人.任期 }}", 2),
            ("{{ 人.证书 }}", 2),
            ("{{ 人.授权 }}", 2),
        ),
    ),
)
_APPLICATION = (
    one("申请单位"),
    one("申请权限"),
    one("事项范围", role=Role.SMALL),
    one("授权期限"),
    one("现有授权", role=Role.SMALL),
    band("近三年产生的国家秘密事项（件）"),
    *each("年", "年度清单", Row((label("{{ 年.年份 }}年"), value("{{ 年.件数 }}", WIDE)))),
    one("年均"),
    one("申请理由", height=24),
    Row((label("单位负责人"), value("（签字、盖章）", 4), label("日　　期"), value(DATE_BLANK, 4)), 18),
    Row((label("授权机关意见"), value("", WIDE)), 26),
)
_GRANT = (
    one("被授权单位"),
    one("授权机关"),
    one("授权依据"),
    two("授权类别", "密级"),
    one("事项范围"),
    two("最长期限", "授权期间"),
    _SEALED,
)
_CANDIDATES = (
    heads(("拟定人选", 2), ("拟定权限", 3), ("培训证书", 3), ("意见", 4)),
    *each(
        "人",
        "人选清单",
        line(
            ("{{ 人.姓名 }}", 2),
            ("{{ 人.拟定权限 }}", 3),
            ("{{ 人.证书 }}", 3),
            ("☐ 同意　☐ 不同意", 4),
            role=Role.VALUE,
        ),
    ),
    Row((label("征求意见部门"), value("", WIDE)), 18),
    signed("负责人", "", DATE_BLANK, 14),
)
_APPOINTMENT = (
    two("被授权人", "授权书文号"),
    two("定密权限", "授权期间"),
    two("培训证书", "有效期至"),
    one("代行安排"),
    two("公布日期", "备案日期"),
    Row((label("单位负责人"), value("{{ 单位负责人 }}（签字、盖章）", 4), label("日　　期"), value(DATE_BLANK, 4)), 18),
)

LAYOUTS = (
    Layout("国家秘密事项一览表", _SCHEDULE, "报同级保密行政管理部门备案（定密管理规定第十条）。", NUMBER),
    Layout("定密责任人名册", _OFFICERS, "名册在本机关、单位内部公布，并报同级保密行政管理部门备案。", NUMBER),
    Layout("国家秘密定密权限授权申请表", _APPLICATION, "随附一览表、定密责任人名册和保密制度。", NUMBER),
    Layout("国家秘密定密权限授权书", _GRANT, "被授权机关、单位不得再授权（保密法实施条例第十六条）。", NUMBER),
    Layout("定密责任人拟定人选名单征求意见表", _CANDIDATES, "指定定密责任人须接受过定密培训。", NUMBER),
    Layout("定密责任人授权书", _APPOINTMENT, "依据：保密法第十六条、保密法实施条例第十四条。", NUMBER),
)
