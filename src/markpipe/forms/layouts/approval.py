"""国家秘密事项定密审核审批表, 派生国家秘密定密审批表: the record of 承办人, each step, and 定密责任人 (保密法第十六条)."""

from __future__ import annotations

from dataclasses import replace

from markpipe.forms.layouts.layout import DATE_BLANK, WIDE, Layout, line, one, signed, two
from markpipe.forms.sheet import Cell, Role, Row, band, each, heads, label, only_if, value

_CHOICES = "☐ 同意　☐ 纠正为：　　　　　　　☐ 退回　☐ 不予定密"


def _together(*rows: Row) -> tuple[Row, ...]:
    """The same rows, each on the page of the next: an officer does not sign what stands overleaf."""
    return tuple(replace(row, keep=True) for row in rows)


_SOURCES = only_if(
    "来源清单",
    heads(("已定密事项标题", 4), ("发文字号", 3), ("密级和期限", 2), ("制发日期", 3)),
    *each(
        "来源",
        "来源清单",
        line(
            ("{{ 来源.标题 }}", 4),
            ("{{ 来源.文号 }}", 3),
            ("{{ 来源.标志 }}", 2),
            ("{{ 来源.制发日期 }}", 3),
            role=Role.VALUE,
        ),
        Row(
            (
                label("涉及密点"),
                value("{{ 来源.涉及密点 }}", 4),
                label("涉及之处"),
                Cell(("{{ 来源.涉及之处 }}",), 4, Role.SMALL),
            )
        ),
    ),
)
_CHECKS = (
    *each(
        "引用",
        "引用清单",
        Row((label("引用文号"), value("{{ 引用.文号 }}", 5), value("{{ 引用.答复 }}", 5))),
    ),
    *each(
        "问题",
        "核对清单",
        Row((label("{{ 问题.规则 }}"), value("{{ 问题.内容 }}", 6), Cell(("{{ 问题.条文 }}",), 4, Role.SMALL))),
    ),
    *only_if("not 核对清单", Row((label("核对结果"), value("按现有规则核对，未见不符", WIDE)))),
)
_OPINIONS = each(
    "意见",
    "意见清单",
    Row((label("{{ 意见.环节 }}"), value("{{ 意见.内容 }}", 5), value("{{ 意见.办理人 }}\n{{ 意见.日期 }}", 5))),
)
_DECIDED = only_if(
    "已批准",
    *_together(
        Row(
            (label("意　　见"), value("{{ 审批意见 }}", 4), label("确定编号"), value("{{ 确定编号 }}", 4)),
            10,
        ),
        one("密级和期限", height=10, role=Role.MARK),
        one("知悉范围"),
        signed("定密责任人", "{{ 定密责任人 }}", "{{ 批准日期 }}", 14),
    ),
    *only_if("办理账户", one("办理账户", height=7, role=Role.SMALL)),
)
_UNDECIDED = only_if(
    "not 已批准",
    *_together(
        Row((label("意　　见"), value(_CHOICES, WIDE)), 10),
        Row((label("理　　由"), value("", WIDE)), 22),
        signed("定密责任人", "", DATE_BLANK),
    ),
)
_ROWS = (
    one("文件名称"),
    two("拟制单位", "制发日期"),
    one("定密方式"),
    one("内容校验值", height=7, role=Role.SMALL),
    band("一、承办人拟定意见"),
    Row((label("拟定密级"), value("{{ 拟定密级 }}", 2), label("保密期限"), value("{{ 拟定期限 }}", 6))),
    one("知悉范围", "拟定知悉范围"),
    *only_if("密点", one("密点")),
    *each("项", "待定清单", one("待定", "{{ 项.问题 }}")),
    signed("承办人", "{{ 承办人 }}", DATE_BLANK, 14),
    band("二、定密依据"),
    *_SOURCES,
    *only_if("事项依据", one("事项依据")),
    band("三、规则核对结果"),
    *_CHECKS,
    band("四、审核审批意见"),
    *_OPINIONS,
    *_DECIDED,
    *_UNDECIDED,
)
_FOOT = "本表由程序按台账填写，程序核对不代替审核；经签字后生效，随定密事项归档。"

LAYOUTS = (
    Layout("国家秘密事项定密审核审批表", _ROWS, _FOOT),
    Layout("派生国家秘密定密审批表", _ROWS, _FOOT),
)
