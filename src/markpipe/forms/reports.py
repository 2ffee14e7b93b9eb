"""无权定密事项定密申报表, 不明确事项报告, 有争议事项报告: what goes to somebody with authority.

The fields are what 保密法实施条例第十七、二十五、二十六条 ask for.  A proposal stands here in words, without ★.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markpipe.forms.approval import DEMO
from markpipe.forms.sheet import COLUMNS, Cell, Role, Row, band, label, sheet, value
from markpipe.model.agency import Agency
from markpipe.model.classification import Level, date_label
from markpipe.model.decision import Proposal
from markpipe.model.procedure import Claim, Report, ReportKind
from markpipe.model.wording import handling_words, term_words

TITLES = {
    ReportKind.NO_AUTHORITY: "无权定密事项定密申报表",
    ReportKind.UNCERTAIN: "国家秘密不明确事项报告",
    ReportKind.DISPUTE: "国家秘密有争议事项报告",
}
_BASES = {
    ReportKind.NO_AUTHORITY: "保密法第十七条；国家秘密定密管理规定第十一条：先行采取保密措施，立即报请确定",
    ReportKind.UNCERTAIN: "保密法第二十五条、实施条例第二十五条：自拟定之日起十个工作日内报请，十个工作日内作出决定",
    ReportKind.DISPUTE: "保密法第二十五条、实施条例第二十六条：确定之前按所主张的最高密级保护",
}
_WIDE = COLUMNS - 2


def report_form(
    proposal: Proposal,
    agency: Agency,
    report: Report,
    *,
    number: str,
    claims: Sequence[Claim] = (),
    sent_by: str = "",
    demo: bool = False,
) -> bytes:
    """The sheet for one report as DOCX bytes, the same for the same input."""
    rows = [
        Row((label("报送机关、单位"), value(report.addressee, _WIDE)), 10),
        Row((label("申报单位"), value(f"{agency.name}（{agency.tier.value}）", _WIDE))),
        Row((label("事项名称"), value(proposal.name, _WIDE)), 10),
        Row((label("内容校验值"), value(proposal.digest, _WIDE, Role.SMALL)), 7),
        band("一、拟定意见"),
        Row((label("拟定密级"), value(_level(report.level), 4), label("保密期限"), value(term_words(report.term), 4))),
        Row((label("知悉范围"), value(proposal.access_scope or "（待填）", _WIDE))),
        Row((label("拟定依据"), value("\n".join(proposal.basis) or "（待填）", _WIDE, Role.SMALL))),
        Row((label("申报理由"), value(report.reason, _WIDE)), 16),
        Row((label("已采取的措施"), value(_measures(report.level), _WIDE))),
        *_claims(claims),
        *_dates(report),
        Row(
            (label("承 办 人"), value(f"{proposal.handler}（签字）", 4), label("报送登记"), value(sent_by or "—", 4)),
            12,
        ),
        band("二、答复意见"),
        Row((label("答复意见"), value("☐ 国家秘密，密级：　　　　期限：　　　　\n☐ 不属于国家秘密", _WIDE)), 26),
        Row((label("答复机关"), value("（盖章）", 4), label("日　　期"), value("　　年　　月　　日", 4)), 16),
    ]
    return sheet(
        title=TITLES[report.kind],
        notice=handling_words(None, report.level, unsettled=True),
        banner=DEMO if demo else "",
        number=f"编号：{number}",
        rows=rows,
        foot=(f"依据：{_BASES[report.kind]}。", "本表由程序按台账填写，经签字盖章后报送。"),
        dated=report.drafted_on,
    )


def _measures(level: Level | None) -> str:
    return f"自拟定之日起按{'国家秘密' if level is None else f'{level.label}级'}采取保密措施"


def _level(level: Level | None) -> str:
    return "待核实" if level is None else level.label


def _dates(report: Report) -> Iterator[Row]:
    if report.kind is ReportKind.UNCERTAIN:
        due = "没有当年工作日安排，请自行核算" if report.due_on is None else date_label(report.due_on)
    else:
        due = "立即"
    yield Row((label("拟定日期"), value(date_label(report.drafted_on), 4), label("报送期限"), value(due, 4)))


def _claims(claims: Sequence[Claim]) -> Iterator[Row]:
    if not claims:
        return
    heads = (("主张的机关、单位", 6), ("密级", 3), ("保密期限", 3))
    yield Row(tuple(Cell((text,), span, Role.HEAD) for text, span in heads), 7)
    for claim in claims:
        level = "不属于国家秘密" if claim.level is None else claim.level.label
        yield Row(
            (value(claim.by, 6), value(level, 3), value("—" if claim.level is None else term_words(claim.term), 3))
        )
