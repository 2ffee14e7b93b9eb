"""What stands in the forms about carriers: 分发签收单, 文件传阅单, 复制审批单, 外出携带, 清退, 销毁, 交接, 泄密报告.

Every field is a fact of the register; what only paper can hold (a signature, a purpose) is a blank of the template.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markpipe.forms.filled import Field, Filled
from markpipe.forms.words import INTERNAL, NONE, heading
from markpipe.ledger.custody_views import Copying, Listing, Loss, Moved, Recall
from markpipe.model.classification import date_label
from markpipe.model.custody import Act, Carrier, CarrierState
from markpipe.model.wording import handling_words

_CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose forms these are, and the day; `keepers` are the 保密员."""

    unit: str
    on: dt.date
    keepers: Sequence[str]
    demo: bool = False


def distribution_form(
    desk: Desk, series: str, carriers: Sequence[Carrier], histories: Sequence[Sequence[Moved]]
) -> Filled:
    """分发签收单 of one document: every time a copy was sent to somebody, and when it was signed for."""
    lines = []
    for carrier, history in zip(carriers, histories, strict=True):
        for place, moved in enumerate(history):
            if moved.act is not Act.SEND:
                continue
            signed = next((later.day for later in history[place:] if later.act is Act.SIGN), "")
            days = f"{moved.day}\n{signed or '未签收'}"
            said = {"份号": carrier.ref.rpartition("/")[2], "接收人": moved.holder, "单位": moved.unit or NONE}
            lines.append({**said, "渠道": moved.channel or NONE, "日期": days})
    first = carriers[0]
    fields: dict[str, Field] = {
        **_common(desk, carriers),
        "文件名称": first.title,
        "文件编号": series,
        "密级和期限": first.mark.text,
        "份数": str(len(carriers)),
        "填表日期": date_label(desk.on),
        "分发清单": lines,
        "保密员": "、".join(desk.keepers),
    }
    return Filled("分发签收单", fields, desk.on)


def circulation_form(desk: Desk, carrier: Carrier, history: Sequence[Moved], knowers: Sequence[str]) -> Filled:
    """文件传阅单 of one carrier."""
    lines: list[dict[str, str]] = []
    for place, moved in enumerate(history):
        if moved.act is Act.CIRCULATE:
            back = next((later.day for later in history[place:] if later.act is Act.RETURN), "")
            number = str(len(lines) + 1)
            days = {"送阅日期": moved.day, "应退日期": moved.due or NONE, "退回日期": back or "未退"}
            lines.append({"序号": number, "阅读人": moved.holder, **days})
    known: dict[str, Field] = {"传阅清单": lines, "知悉人员": "、".join(knowers) or NONE}
    return Filled("文件传阅单", {**_common(desk, [carrier]), **_of_carrier(carrier), **known}, desk.on)


def duplication_form(desk: Desk, carrier: Carrier, copying: Copying) -> Filled:
    """国家秘密载体复制审批单 of one approval."""
    fields: dict[str, Field] = {
        **_common(desk, [carrier]),
        **_of_carrier(carrier),
        "复制权限": "密电，不得复制" if carrier.telegram else carrier.reproduction.value,
        "复制份数": str(len(copying.refs)),
        "复制件编号": "、".join(copying.refs),
        "复制戳记": copying.stamp,
        "批准人": copying.approved_by,
        "批准文号": copying.approval,
        "制发机关同意": copying.issuer_consent or NONE,
        "经办人": copying.person,
        "复制日期": copying.day,
    }
    return Filled("国家秘密载体复制审批单", fields, desk.on)


def carrying_form(desk: Desk, carrier: Carrier, history: Sequence[Moved]) -> Filled | None:
    """国家秘密载体外出携带审批表 of the last time that a carrier left the unit; None where it never did."""
    places = [place for place, moved in enumerate(history) if moved.act is Act.CARRY]
    if not places:
        return None
    moved = history[places[-1]]
    back = next((later for later in history[places[-1] :] if later.act is Act.RETURN), None)
    companion = next((part.removeprefix("同行") for part in moved.note.split("；") if part.startswith("同行")), "")
    fields: dict[str, Field] = {
        **_common(desk, [carrier]),
        **_of_carrier(carrier),
        "携带人": moved.holder,
        "同行人": companion or NONE,
        "携出日期": moved.day,
        "应归还日期": moved.due,
        "批准人": moved.approved_by,
        "批准文号": moved.approval or NONE,
        "归还情况": f"{back.day}归还，经办{back.person}" if back else "未归还",
    }
    return Filled("国家秘密载体外出携带审批表", fields, desk.on)


def recall_form(desk: Desk, recall: Recall, carriers: Sequence[Carrier], missing: Sequence[Carrier]) -> Filled:
    """国家秘密载体清退登记表 of one batch."""
    lines = [
        {
            "编号": carrier.ref,
            "名称": carrier.title,
            "标志": carrier.mark.text,
            "持有人": carrier.holder or NONE,
            "状态": f"未退（{carrier.state.value}）" if carrier in missing else "已退",
        }
        for carrier in carriers
    ]
    fields: dict[str, Field] = {
        **_common(desk, carriers),
        "清退批次": recall.id,
        "应退清日期": recall.due,
        "清退理由": recall.reason or NONE,
        "应退份数": str(len(carriers)),
        "未退份数": str(len(missing)),
        "清退清单": lines,
    }
    return Filled("国家秘密载体清退登记表", fields, desk.on)


def destruction_form(desk: Desk, listing: Listing, carriers: Sequence[Carrier]) -> Filled:
    """国家秘密载体销毁审批表 with its 销毁清册."""
    by_level = Counter(carrier.mark.level for carrier in carriers)
    total = "，".join(f"{level.label} {count} 份" for level, count in sorted(by_level.items(), reverse=True))
    fields: dict[str, Field] = {
        **_common(desk, carriers),
        "清册编号": listing.id,
        "填表日期": listing.day,
        "批准人": listing.approved_by,
        "批准文号": listing.approval,
        "销毁方式": listing.method,
        "销毁地点": listing.place,
        "回执编号": listing.receipt or NONE,
        "经办人": listing.operator,
        "销毁清单": _stock(carriers),
        "合计": f"{len(carriers)} 份：{total}；{f'已于 {listing.destroyed_on} 销毁' if listing.destroyed_on else '尚未销毁'}",
        "监销清单": [
            {"姓名": name, "日期": signed or "未签字"}
            for name, signed in zip(listing.witnesses, listing.signed, strict=True)
        ],
    }
    return Filled("国家秘密载体销毁审批表", fields, desk.on)


def handover_form(desk: Desk, keeper: str, carriers: Sequence[Carrier]) -> Filled:
    """国家秘密载体交接清单: everything in the store today."""
    by_state = Counter(carrier.state for carrier in carriers)
    total = "，".join(f"{state.value} {count} 份" for state, count in by_state.items())
    fields: dict[str, Field] = {
        **_common(desk, carriers),
        "现任保管人": keeper or "、".join(desk.keepers) or NONE,
        "填表日期": date_label(desk.on),
        "移交清单": _stock(carriers),
        "合计": f"{len(carriers)} 份{f'：{total}' if total else ''}",
    }
    return Filled("国家秘密载体交接清单", fields, desk.on)


def loss_form(desk: Desk, loss: Loss, carrier: Carrier, history: Sequence[Moved], knowers: Sequence[str]) -> Filled:
    """泄密事件报告表 of one lost carrier."""
    found = dt.datetime.fromisoformat(loss.report_by) - dt.timedelta(hours=24)
    lines = [
        {
            "日期": moved.day,
            "办理": moved.act.value,
            "持有": moved.holder or "保密员",
            "记载": "　".join(part for part in (moved.approved_by, moved.approval, moved.note) if part) or NONE,
        }
        for moved in history
    ]
    fields: dict[str, Field] = {
        **_common(desk, [carrier]),
        **_of_carrier(carrier),
        "报失编号": loss.id,
        "最后持有人": loss.last_holder,
        "知悉人数": str(len(knowers)),
        "发现时间": _instant(found),
        "报告时限": f"{_instant(dt.datetime.fromisoformat(loss.report_by))} 以前",
        "报告时间": _instant(dt.datetime.fromisoformat(loss.reported_at)) if loss.reported_at else "未报告",
        "经过": loss.circumstances,
        "经过清单": lines,
    }
    return Filled("泄密事件报告表", fields, desk.on)


def _common(desk: Desk, carriers: Sequence[Carrier]) -> dict[str, Field]:
    highest = max((carrier.mark.level for carrier in carriers), default=None)
    keeping = INTERNAL if highest is None else handling_words(highest, None)
    return {**heading(keeping, desk.demo), "填报单位": desk.unit}


def _of_carrier(carrier: Carrier) -> dict[str, Field]:
    return {
        "文件名称": carrier.title,
        "份的编号": carrier.ref,
        "密级和期限": carrier.mark.text,
        "制发单位": carrier.issuer or "本单位",
        "知悉范围": carrier.access_scope or NONE,
    }


def _stock(carriers: Sequence[Carrier]) -> list[dict[str, str]]:
    short = {CarrierState.VOIDED: "作废"}
    return [
        {
            "序号": str(number),
            "编号": carrier.ref,
            "名称": carrier.title,
            "制发单位": carrier.issuer or "本单位",
            "标志": carrier.mark.text,
            "状态": short.get(carrier.state, carrier.state.value),
        }
        for number, carrier in enumerate(carriers, 1)
    ]


def _instant(at: dt.datetime) -> str:
    local = at.astimezone(_CHINA)
    return f"{date_label(local.date())}{local:%H时%M分}"
