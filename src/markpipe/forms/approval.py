"""国家秘密事项定密审核审批表, 派生国家秘密定密审批表: what is proposed, on what basis, what the rules say, what is decided.

The fields are the record that the law asks for: 承办人 and 定密责任人 (保密法第十六条), level, term and access scope
(实施条例第十七条), and for a derivative the source's title, number, mark and date (`law.md` DRV-6).  A proposal stands
here in words, without ★; a determination's mark and a source's mark bear it.  A name in the form is no signature.
"""

from __future__ import annotations

from collections.abc import Sequence

from markpipe.forms.filled import Field, Filled
from markpipe.forms.words import NONE, UNKNOWN, day, heading, opinion_lines
from markpipe.model.agency import Agency
from markpipe.model.classification import Until, date_label
from markpipe.model.decision import Citation, Derivation, Determination, Origin, Proposal, SecretPoint, Violation
from markpipe.model.procedure import Opinion
from markpipe.model.wording import handling_words, term_words

TITLES = {Origin.ORIGINAL: "国家秘密事项定密审核审批表", Origin.DERIVATIVE: "派生国家秘密定密审批表"}


def approval_form(
    proposal: Proposal,
    agency: Agency,
    violations: Sequence[Violation] = (),
    *,
    determination: Determination | None = None,
    opinions: Sequence[Opinion] = (),
    demo: bool = False,
) -> Filled:
    """The form for one matter.

    Without a determination the officer's part is left to be filled in.  `ValueError` where the determination is not
    about the proposal's content.
    """
    if determination is not None and determination.digest != proposal.digest:
        raise ValueError("审批表：定密决定与拟定意见不是同一份内容")
    demo = demo or (determination is not None and determination.demo)
    determined = None if determination is None else determination.mark.level
    suspected = None if determination is not None else proposal.level
    fields: dict[str, Field] = {
        **heading(handling_words(determined, suspected, unsettled=bool(_open_citations(proposal))), demo),
        "编号": "（批准后编号）" if determination is None else determination.id,
        **_matter(proposal, agency),
        **_proposed(proposal),
        **_basis(proposal, proposal.basis if determination is None else determination.basis),
        "引用清单": [{"文号": one.text, "答复": _answered(one)} for one in proposal.citations],
        "核对清单": [{"规则": one.rule, "内容": one.message, "条文": one.article} for one in violations],
        "意见清单": opinion_lines(opinions),
        **_decided(determination),
    }
    return Filled(
        TITLES[proposal.origin], fields, proposal.issued_on if determination is None else determination.decided_on
    )


def _open_citations(proposal: Proposal) -> tuple[str, ...]:
    return tuple(citation.id for citation in proposal.citations if not citation.answer)


def _answered(citation: Citation) -> str:
    return f"{citation.answer}：{citation.reason}（{citation.answered_by}）" if citation.answer else "待承办人答复"


def _matter(proposal: Proposal, agency: Agency) -> dict[str, Field]:
    ways = (f"{'☑' if proposal.origin is each else '☐'} {each.value}" for each in Origin)
    return {
        "文件名称": proposal.name,
        "拟制单位": agency.name or UNKNOWN,
        "制发日期": date_label(proposal.issued_on),
        "定密方式": "　".join(ways),
        "内容校验值": proposal.digest,
    }


def _proposed(proposal: Proposal) -> dict[str, Field]:
    undecided = "密级待核实" if _open_citations(proposal) else "不定密"
    return {
        "拟定密级": undecided if proposal.level is None else proposal.level.label,
        "拟定期限": _term(proposal),
        "拟定知悉范围": proposal.access_scope or UNKNOWN,
        "密点": "\n".join(_point(number, point) for number, point in enumerate(proposal.points, start=1)),
        "待定清单": [{"问题": question} for question in proposal.open_questions],
        "承办人": proposal.handler,
    }


def _term(proposal: Proposal) -> str:
    """The proposed term, and the day it ends on where the term itself does not say so."""
    if proposal.level is None:
        return NONE
    words = term_words(proposal.term)
    if proposal.declassify_on is None or isinstance(proposal.term, Until):
        return words
    return f"{words}（解密时间{date_label(proposal.declassify_on)}）"


def _point(number: int, point: SecretPoint) -> str:
    item = point.item or point.entry
    return f"{number}. {point.mark.level.label}，{term_words(point.mark.term)}{f'　{item}' if item else ''}"


def _basis(proposal: Proposal, lines: Sequence[str]) -> dict[str, Field]:
    """The sources as a list and the other lines; once determined also the authority and the consents it rests on."""
    listed = tuple(f"《{derivation.source.title}》（" for derivation in proposal.derivations)
    others = [basis for basis in lines if not basis.startswith(listed)]
    missing = "" if proposal.derivations or lines else "（待填：保密事项范围的名称和条目，或已定密事项）"
    return {
        "来源清单": [_source(derivation) for derivation in proposal.derivations],
        "事项依据": "\n".join(others) or missing,
    }


def _source(derivation: Derivation) -> dict[str, str]:
    source = derivation.source
    places = (
        derivation.grounds.value,
        f"来源{derivation.source_place}" if derivation.source_place else "",
        f"本稿{derivation.place}" if derivation.place else "",
    )
    return {
        "标题": f"《{source.title}》",
        "文号": source.document_number or NONE,
        "标志": source.mark.text,
        "制发日期": day(source.issued_on, "不明"),
        "涉及密点": "、".join(mark.text for mark in derivation.touched) or "整件（未指明密点）",
        "涉及之处": "；".join(filter(None, places)),
    }


def _decided(determination: Determination | None) -> dict[str, Field]:
    if determination is None:
        names = ("审批意见", "确定编号", "密级和期限", "知悉范围", "定密责任人", "批准日期", "办理账户")
        return {"已批准": False, **dict.fromkeys(names, "")}
    stands_for = determination.on_behalf_of
    return {
        "已批准": True,
        "审批意见": "同意，确定为国家秘密",
        "确定编号": determination.id,
        "密级和期限": determination.mark.text,
        "知悉范围": determination.access_scope or NONE,
        "定密责任人": f"{determination.officer}（代行{stands_for}职责）" if stands_for else determination.officer,
        "批准日期": date_label(determination.decided_on),
        "办理账户": determination.account,
    }
