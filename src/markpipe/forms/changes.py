"""密级变更审批表, 解密审批表, and the notices that go with them: 变更通知, 解密通知, 书面通知(无法标志).

Filled from a determination as it was and as it is, and from the event that made the difference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from markpipe.forms.approval import DEMO
from markpipe.forms.sheet import COLUMNS, Cell, Role, Row, band, label, sheet, value
from markpipe.model.agency import Agency
from markpipe.model.classification import date_label
from markpipe.model.decision import Determination
from markpipe.model.wording import handling_words

_WIDE = COLUMNS - 2


@dataclass(frozen=True, slots=True)
class Altered:
    """A change or an end: how the matter stood, how it stands (None: declassified), who decided it, when and why."""

    before: Determination
    after: Determination | None
    what: str
    officer: str
    on: dt.date
    reason: str
    document: str = ""

    @property
    def title(self) -> str:
        """What the sheets are about."""
        return "国家秘密解密" if self.after is None else "国家秘密变更"

    @property
    def result(self) -> str:
        """The mark from now on."""
        return "解密" if self.after is None else self.after.mark.text


def change_form(altered: Altered, agency: Agency, *, demo: bool = False) -> bytes:
    """变更、解密审批表 as DOCX bytes."""
    before, after = altered.before, altered.after
    scope = "—" if after is None else after.access_scope or "—"
    rows = [
        *_about(altered, agency),
        band("一、原定情况"),
        Row(
            (
                label("原密级和期限"),
                value(before.mark.text, 4, Role.MARK),
                label("原知悉范围"),
                value(before.access_scope or "—", 4),
            )
        ),
        Row((label("承 办 人"), value(before.handler, 4), label("原定密责任人"), value(before.officer, 4))),
        Row((label("原定密依据"), value("\n".join(before.basis) or "—", _WIDE, Role.SMALL))),
        band("二、审核审批"),
        Row((label("事　　项"), value(altered.what, _WIDE))),
        Row((label("现密级和期限"), value(altered.result, 4, Role.MARK), label("现知悉范围"), value(scope, 4)), 10),
        Row((label("理由和依据"), value(altered.reason, _WIDE)), 18),
        Row((label("上级决定文号"), value(altered.document or "—", _WIDE))),
        Row(
            (
                label("定密责任人"),
                value(f"{_officer(altered)}（签字）", 5),
                label("日　　期"),
                value(date_label(altered.on), 3),
            ),
            16,
        ),
    ]
    return sheet(
        title=f"{altered.title}审批表",
        notice=handling_words((after or before).mark.level, None),
        banner=DEMO if demo or before.demo else "",
        number=f"编号：{before.id}",
        rows=rows,
        foot=("变更、解密的，在原标志附近重新标明或者作出解密标志，并书面通知知悉范围内的机关、单位和人员。",),
        dated=altered.on,
    )


def _officer(altered: Altered) -> str:
    stands_for = "" if altered.after is None else altered.after.on_behalf_of
    name = altered.officer or "（自行解密，无须审批）"
    return f"{name}（代行{stands_for}职责）" if stands_for else name


def change_notice(altered: Altered, agency: Agency, recipients: Sequence[str], *, demo: bool = False) -> bytes:
    """变更通知 or 解密通知, with everybody that it goes to."""
    rows = [
        *_about(altered, agency),
        Row(
            (
                label("原密级和期限"),
                value(altered.before.mark.text, 4, Role.MARK),
                label("现密级和期限"),
                value(altered.result, 4, Role.MARK),
            ),
            10,
        ),
        Row((label("生效日期"), value(date_label(altered.on), 4), label("事　　项"), value(altered.what, 4))),
        Row((label("理　　由"), value(altered.reason, _WIDE)), 14),
        band("通知范围（知悉范围内的机关、单位、人员和各份持有人）"),
        *(
            Row((label(str(number), 1), value(name, 7), value("签收：", 4)))
            for number, name in enumerate(recipients, 1)
        ),
    ]
    return sheet(
        title=f"{altered.title}通知",
        notice=handling_words((altered.after or altered.before).mark.level, None),
        banner=DEMO if demo or altered.before.demo else "",
        number=f"编号：{altered.before.id}",
        rows=rows,
        foot=("收到通知后，请在所持载体的原标志附近按本通知重新标明。",),
        dated=altered.on,
    )


def unmarked_notice(
    determination: Determination,
    agency: Agency,
    recipients: Sequence[str],
    reason: str,
    on: dt.date,
    *,
    demo: bool = False,
) -> bytes:
    """书面通知: level, term and scope of what cannot bear a mark (保密法实施条例第二十一条)."""
    rows = [
        Row((label("事项名称"), value(determination.name, _WIDE)), 10),
        Row((label("定密机关、单位"), value(agency.name, _WIDE))),
        Row(
            (
                label("密级和期限"),
                value(determination.mark.text, 4, Role.MARK),
                label("知悉范围"),
                value(determination.access_scope or "—", 4),
            ),
            10,
        ),
        Row((label("不能标志的原因"), value(reason, _WIDE)), 14),
        Row((label("定密责任人"), value(determination.officer, 4), label("通知日期"), value(date_label(on), 4))),
        band("通知范围"),
        *(
            Row((label(str(number), 1), value(name, 7), value("签收：", 4)))
            for number, name in enumerate(recipients, 1)
        ),
    ]
    return sheet(
        title="国家秘密事项书面通知",
        notice=handling_words(determination.mark.level, None),
        banner=DEMO if demo or determination.demo else "",
        number=f"编号：{determination.id}",
        rows=rows,
        foot=("无法在载体上作出国家秘密标志的，以本通知明确密级、保密期限和知悉范围。",),
        dated=on,
    )


def _about(altered: Altered, agency: Agency) -> tuple[Row, ...]:
    return (
        Row((label("事项名称"), value(altered.before.name, _WIDE)), 10),
        Row(
            (
                label("定密机关、单位"),
                value(agency.name, 4),
                label("制发日期"),
                value(date_label(altered.before.issued_on), 4),
            )
        ),
    )


def heads(*columns: tuple[str, int]) -> Row:
    """A row of column heads."""
    return Row(tuple(Cell((text,), span, Role.HEAD) for text, span in columns), 8)
