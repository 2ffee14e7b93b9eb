"""密级变更、解密审批表, 变更通知, 解密通知, 书面通知 (保密法第二十三条、实施条例第二十一条)."""

from __future__ import annotations

from markpipe.forms.layouts.layout import Layout, one, signed, two
from markpipe.forms.sheet import Role, Row, band, each, label, only_if, value

_ABOUT = (one("事项名称"), two("定密单位", "制发日期"))
_FORM = (
    *_ABOUT,
    band("一、原定情况"),
    Row(
        (
            label("原密级和期限"),
            value("{{ 原密级和期限 }}", 4, Role.MARK),
            label("原知悉范围"),
            value("{{ 原知悉范围 }}", 4),
        )
    ),
    two("原承办人", "原定密责任人"),
    one("原定密依据", role=Role.SMALL),
    band("二、拟办意见"),
    one("办理事项"),
    Row(
        (
            label("现密级和期限"),
            value("{{ 现密级和期限 }}", 4, Role.MARK),
            label("现知悉范围"),
            value("{{ 现知悉范围 }}", 4),
        )
    ),
    one("理由和依据", height=18),
    *only_if("上级决定", one("上级决定")),
    *only_if("承办人", signed("承办人", "{{ 承办人 }}", "{{ 拟办日期 }}", 12)),
    band("三、审核审批"),
    *each(
        "意见",
        "意见清单",
        Row((label("{{ 意见.环节 }}"), value("{{ 意见.内容 }}", 5), value("{{ 意见.办理人 }}\n{{ 意见.日期 }}", 5))),
    ),
    signed("定密责任人", "{{ 定密责任人 }}", "{{ 办理日期 }}"),
    *only_if("办理账户", one("办理账户", height=7, role=Role.SMALL)),
)
_NOTIFIED = (
    band("通知范围（知悉范围内的机关、单位、人员和各份持有人）"),
    *each(
        "对象",
        "通知清单",
        Row((label("{{ 对象.序号 }}", 1), value("{{ 对象.名称 }}", 6), value("{{ 对象.签收 }}", 5))),
    ),
)
_NOTICE = (
    *_ABOUT,
    Row(
        (
            label("原密级和期限"),
            value("{{ 原密级和期限 }}", 4, Role.MARK),
            label("现密级和期限"),
            value("{{ 现密级和期限 }}", 4, Role.MARK),
        )
    ),
    one("现知悉范围"),
    two("生效日期", "办理事项"),
    one("理由和依据", height=14),
    *_NOTIFIED,
)
_UNMARKED = (
    one("事项名称"),
    one("定密单位"),
    Row(
        (
            label("密级和期限"),
            value("{{ 密级和期限 }}", 4, Role.MARK),
            label("知悉范围"),
            value("{{ 知悉范围 }}", 4),
        )
    ),
    one("原因", "不能标志的原因", height=14),
    two("定密责任人", "定密日期"),
    one("通知日期"),
    *_NOTIFIED,
)
_RE_MARK = "变更、解密的，在原标志附近重新标明或者作出解密标志，并书面通知知悉范围内的机关、单位和人员。"

LAYOUTS = (
    Layout("国家秘密变更审批表", _FORM, _RE_MARK),
    Layout("国家秘密解密审批表", _FORM, _RE_MARK),
    Layout("国家秘密变更通知", _NOTICE, "收到通知后，请在所持载体的原标志附近按本通知重新标明。"),
    Layout("国家秘密解密通知", _NOTICE, "收到通知后，请在所持载体的原标志附近作出解密标志。"),
    Layout("国家秘密事项书面通知", _UNMARKED, "无法在载体上作出国家秘密标志的，以本通知明确密级、保密期限和知悉范围。"),
)
