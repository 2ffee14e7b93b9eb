"""无权定密事项定密申报表, 不明确事项报告, 有争议事项报告: what goes to somebody with authority, and what was answered.

The fields are what 保密法实施条例第十七、二十五、二十六条 ask for.  A proposal stands here in words, without ★.
"""

from __future__ import annotations

from collections.abc import Sequence

from markpipe.forms.filled import Field, Filled
from markpipe.forms.words import NONE, UNKNOWN, day, heading, opinion_lines
from markpipe.model.agency import Agency
from markpipe.model.classification import Level, date_label
from markpipe.model.decision import Proposal
from markpipe.model.procedure import Answer, Claim, Opinion, Report, ReportKind
from markpipe.model.wording import handling_words, term_words

TITLES = {
    ReportKind.NO_AUTHORITY: "无权定密事项定密申报表",
    ReportKind.UNCERTAIN: "国家秘密不明确事项报告",
    ReportKind.DISPUTE: "国家秘密有争议事项报告",
}


def report_form(
    proposal: Proposal,
    agency: Agency,
    report: Report,
    *,
    number: str,
    claims: Sequence[Claim] = (),
    sent_by: str = "",
    answer: Answer | None = None,
    opinions: Sequence[Opinion] = (),
    demo: bool = False,
) -> Filled:
    """The sheet for one report, with the answer where there is one."""
    fields: dict[str, Field] = {
        **heading(handling_words(None, report.level, unsettled=True), demo),
        "编号": number,
        "报送机关": report.addressee,
        "申报单位": f"{agency.name}（{agency.tier.value}）",
        "事项名称": proposal.name,
        "内容校验值": proposal.digest,
        **_proposed(proposal, report),
        "知悉范围": proposal.access_scope or UNKNOWN,
        "拟定依据": "\n".join(proposal.basis) or UNKNOWN,
        "申报理由": report.reason,
        "已采取的措施": f"自拟定之日起按{'国家秘密' if report.level is None else f'{report.level.label}级'}采取保密措施",
        "拟定日期": date_label(report.drafted_on),
        "报送期限": _due(report),
        "承办人": proposal.handler,
        "报送登记": sent_by or NONE,
        "意见清单": opinion_lines(opinions),
        **_answered(answer),
    }
    if report.kind is ReportKind.DISPUTE:
        fields["主张清单"] = [_claim(claim) for claim in claims]
    return Filled(TITLES[report.kind], fields, report.drafted_on)


def _proposed(proposal: Proposal, report: Report) -> dict[str, Field]:
    """What was reported; a dispute's report holds the highest claim, and here stands the unit's own proposal."""
    disputed = report.kind is ReportKind.DISPUTE
    level, term = (proposal.level, proposal.term) if disputed else (report.level, report.term)
    return {"拟定密级": _level(level, "待核实"), "保密期限": term_words(term)}


def _level(level: Level | None, otherwise: str) -> str:
    return otherwise if level is None else level.label


def _due(report: Report) -> str:
    if report.kind is ReportKind.UNCERTAIN:
        return day(report.due_on, "没有当年工作日安排，请自行核算")
    return "立即"


def _claim(claim: Claim) -> dict[str, str]:
    return {
        "机关": claim.by,
        "密级": _level(claim.level, "不属于国家秘密"),
        "期限": NONE if claim.level is None else term_words(claim.term),
    }


def _answered(answer: Answer | None) -> dict[str, Field]:
    if answer is None:
        return {"已答复": False, **dict.fromkeys(("答复意见", "答复机关", "答复日期", "答复文号"), "")}
    decided = "不属于国家秘密" if answer.level is None else f"{answer.level.label}，{term_words(answer.term)}"
    return {
        "已答复": True,
        "答复意见": decided,
        "答复机关": answer.by,
        "答复日期": date_label(answer.on),
        "答复文号": answer.document,
    }
