"""密级变更审批表, 解密审批表, and the notices that go with them: 变更通知, 解密通知, 书面通知(无法标志).

Filled from a determination as it was and as it is, and from the event that made the difference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markpipe.forms.filled import Field, Filled
from markpipe.forms.words import DATE_BLANK, NONE, UNKNOWN, day, heading, opinion_lines
from markpipe.model.agency import Agency
from markpipe.model.classification import date_label
from markpipe.model.decision import Determination
from markpipe.model.procedure import Opinion
from markpipe.model.wording import handling_words, term_words


@dataclass(frozen=True, slots=True)
class Altered:
    """A change or an end: how the matter stood, how it stands (None: declassified), who decided it, when and why.

    `above` names the higher authority that decided it, and its document; `handler` and `drafted_on` who put it
    forward and when (empty where nobody did), `opinions` what the unit's own steps said of it.  While it only was put
    forward (`decided` False) the officer's part is left to be filled in, and no ★ says what is not determined.
    """

    before: Determination
    after: Determination | None
    what: str
    officer: str
    on: dt.date
    reason: str
    above: str = ""
    account: str = ""
    handler: str = ""
    drafted_on: dt.date | None = None
    opinions: tuple[Opinion, ...] = ()
    decided: bool = True

    @property
    def title(self) -> str:
        """What the sheets are about."""
        return "国家秘密解密" if self.after is None else "国家秘密变更"

    @property
    def result(self) -> str:
        """The mark from now on, in words while it is only proposed."""
        if not self.decided:
            mark = None if self.after is None else self.after.mark
            return "拟解密" if mark is None else f"拟变更为{mark.level.label}，{term_words(mark.term)}"
        return "解密" if self.after is None else self.after.mark.text

    @property
    def scope(self) -> str:
        """The access scope from now on."""
        return NONE if self.after is None else self.after.access_scope or NONE


def change_form(altered: Altered, agency: Agency, *, demo: bool = False) -> Filled:
    """变更、解密审批表."""
    before = altered.before
    fields: dict[str, Field] = {
        **_about(altered, agency, demo),
        "原知悉范围": before.access_scope or NONE,
        "原承办人": before.handler,
        "原定密责任人": before.officer,
        "原定密依据": "\n".join(before.basis) or NONE,
        "上级决定": altered.above,
        "承办人": altered.handler,
        "拟办日期": day(altered.drafted_on, ""),
        "意见清单": opinion_lines(altered.opinions),
        "定密责任人": _officer(altered),
        "办理日期": date_label(altered.on) if altered.decided else DATE_BLANK,
        "办理账户": altered.account,
    }
    return Filled(f"{altered.title}审批表", fields, altered.on)


def _officer(altered: Altered) -> str:
    if not altered.decided:
        return ""
    stands_for = "" if altered.after is None else altered.after.on_behalf_of
    name = altered.officer or "（自行解密，无须审批）"
    return f"{name}（代行{stands_for}职责）" if stands_for else name


def change_notice(altered: Altered, agency: Agency, told: Mapping[str, str], *, demo: bool = False) -> Filled:
    """变更通知 or 解密通知, with everybody it goes to, and when and how each was told (empty: not yet)."""
    fields: dict[str, Field] = {
        **_about(altered, agency, demo),
        "生效日期": date_label(altered.on),
        "通知清单": _told(told),
    }
    return Filled(f"{altered.title}通知", fields, altered.on)


def unmarked_notice(
    determination: Determination,
    agency: Agency,
    told: Mapping[str, str],
    reason: str,
    on: dt.date,
    *,
    demo: bool = False,
) -> Filled:
    """书面通知: level, term and scope of what cannot bear a mark (保密法实施条例第二十一条)."""
    fields: dict[str, Field] = {
        **heading(handling_words(determination.mark.level, None), demo or determination.demo),
        "编号": determination.id,
        "事项名称": determination.name,
        "定密单位": agency.name or UNKNOWN,
        "密级和期限": determination.mark.text,
        "知悉范围": determination.access_scope or NONE,
        "不能标志的原因": reason,
        "定密责任人": determination.officer,
        "定密日期": date_label(determination.decided_on),
        "通知日期": date_label(on),
        "通知清单": _told(told),
    }
    return Filled("国家秘密事项书面通知", fields, on)


def _about(altered: Altered, agency: Agency, demo: bool) -> dict[str, Field]:
    before, after = altered.before, altered.after
    return {
        **heading(handling_words((after or before).mark.level, None), demo or before.demo),
        "编号": before.id,
        "事项名称": before.name,
        "定密单位": agency.name or UNKNOWN,
        "制发日期": date_label(before.issued_on),
        "原密级和期限": before.mark.text,
        "现密级和期限": altered.result,
        "现知悉范围": altered.scope,
        "办理事项": altered.what,
        "理由和依据": altered.reason or NONE,
    }


def _told(told: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    return [
        {"序号": str(number), "名称": name, "签收": how or "签收："}
        for number, (name, how) in enumerate(told.items(), 1)
    ]
