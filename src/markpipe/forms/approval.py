"""国家秘密事项定密审核审批表, 派生国家秘密定密审批表: what is proposed, on what basis, what the rules say, what is decided.

The fields are the record that the law asks for: 承办人 and 定密责任人 (保密法第十六条), level, term and access scope
(实施条例第十七条), and for a derivative the source's title, number, mark and date (`law.md` DRV-6).  No official
template was found, so the layout is ours.  A proposal stands here in words, without ★; a determination's mark and a
source's mark bear it.  The sheet is a draft to be signed: a name in it is no signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from markpipe.forms.sheet import COLUMNS, Cell, Role, Row, band, label, sheet, value
from markpipe.model.agency import Agency
from markpipe.model.classification import Until, date_label
from markpipe.model.decision import Derivation, Determination, Origin, Proposal, SecretPoint, Violation
from markpipe.model.procedure import Opinion
from markpipe.model.wording import handling_words, term_words

TITLES = {Origin.ORIGINAL: "国家秘密事项定密审核审批表", Origin.DERIVATIVE: "派生国家秘密定密审批表"}
DEMO = "【演示】人员身份由演示代替，本表所列密级和编号不具效力"

_WIDE = COLUMNS - 2
_DATE_BLANK = "　　年　　月　　日"


def approval_form(
    proposal: Proposal,
    agency: Agency,
    violations: Sequence[Violation] = (),
    *,
    determination: Determination | None = None,
    opinions: Sequence[Opinion] = (),
    demo: bool = False,
) -> bytes:
    """The form for one matter as DOCX bytes, the same for the same input.

    Without a determination the officer's part is left to be filled in.  `ValueError` where the determination is not
    about the proposal's content.
    """
    if determination is not None and determination.digest != proposal.digest:
        raise ValueError("审批表：定密决定与拟定意见不是同一份内容")
    demo = demo or (determination is not None and determination.demo)
    determined = None if determination is None else determination.mark.level
    suspected = None if determination is not None else proposal.level
    number = "编号：（批准后编号）" if determination is None else f"编号：{determination.id}"
    return sheet(
        title=TITLES[proposal.origin],
        notice=handling_words(determined, suspected, unsettled=bool(_open_citations(proposal))),
        banner=DEMO if demo else "",
        number=number,
        rows=[
            *_matter_rows(proposal, agency),
            *_proposal_rows(proposal),
            *_basis_rows(proposal, proposal.basis if determination is None else determination.basis),
            *_check_rows(proposal, violations),
            *_opinion_rows(opinions),
            *_together(_decision_rows(determination)),
        ],
        foot=("本表由程序按承办人拟定意见填写，程序核对不代替审核；经签字后生效，随定密事项归档。",),
        dated=proposal.issued_on if determination is None else determination.decided_on,
    )


def _open_citations(proposal: Proposal) -> tuple[str, ...]:
    return tuple(citation.id for citation in proposal.citations if not citation.answer)


def _ticked(choices: Sequence[tuple[str, bool]]) -> str:
    return "　".join(f"{'☑' if chosen else '☐'} {text}" for text, chosen in choices)


def _matter_rows(proposal: Proposal, agency: Agency) -> Iterator[Row]:
    yield Row((label("文件名称"), value(proposal.name, _WIDE)), 10)
    yield Row((label("拟制单位"), value(agency.name, 4), label("制发日期"), value(date_label(proposal.issued_on), 4)))
    origin = _ticked([(each.value, proposal.origin is each) for each in Origin])
    yield Row((label("定密方式"), value(origin, _WIDE)))
    yield Row((label("内容校验值"), value(proposal.digest, _WIDE, Role.SMALL)), 7)


def _proposal_rows(proposal: Proposal) -> Iterator[Row]:
    yield band("一、承办人拟定意见")
    undecided = "密级待核实" if _open_citations(proposal) else "不定密"
    level = undecided if proposal.level is None else proposal.level.label
    yield Row((label("拟定密级"), value(level, 2), label("保密期限"), value(_term(proposal), 6)))
    yield Row((label("知悉范围"), value(proposal.access_scope or "（待填）", _WIDE)))
    if proposal.points:
        points = "\n".join(_point_words(number, point) for number, point in enumerate(proposal.points, start=1))
        yield Row((label("密　　点"), value(points, _WIDE)))
    for question in proposal.open_questions:
        yield Row((label("待　　定"), value(question, _WIDE)))
    yield Row(
        (label("承 办 人"), value(f"{proposal.handler}（签字）", 5), label("日　　期"), value(_DATE_BLANK, 3)), 14
    )


def _term(proposal: Proposal) -> str:
    """The proposed term, and the day it ends on where the term itself does not say so."""
    if proposal.level is None:
        return "—"
    words = term_words(proposal.term)
    if proposal.declassify_on is None or isinstance(proposal.term, Until):
        return words
    return f"{words}（解密时间{date_label(proposal.declassify_on)}）"


def _point_words(number: int, point: SecretPoint) -> str:
    entry = f"　{point.entry}" if point.entry else ""
    return f"{number}. {point.mark.level.label}，{term_words(point.mark.term)}{entry}"


def _basis_rows(proposal: Proposal, lines: Sequence[str]) -> Iterator[Row]:
    """The sources as a table and the other lines; once determined also the authority and the consents it rests on."""
    yield band("二、定密依据")
    if proposal.derivations:
        heads = (("已定密事项标题", 4), ("发文字号", 3), ("密级和期限", 2), ("制发日期", 3))
        yield Row(tuple(Cell((text,), span, Role.HEAD) for text, span in heads), 7)
        for derivation in proposal.derivations:
            yield from _derivation_rows(derivation)
    tabled = tuple(f"《{derivation.source.title}》（" for derivation in proposal.derivations)
    others = [basis for basis in lines if not basis.startswith(tabled)]
    if others:
        yield Row((label("事项依据"), value("\n".join(others), _WIDE)))
    if not proposal.derivations and not lines:
        yield Row((label("事项依据"), value("（待填：保密事项范围的名称和条目，或已定密事项）", _WIDE)))


def _derivation_rows(derivation: Derivation) -> Iterator[Row]:
    source = derivation.source
    issued = "不明" if source.issued_on is None else date_label(source.issued_on)
    yield Row(
        (
            value(f"《{source.title}》", 4),
            value(source.document_number or "—", 3),
            value(source.mark.text, 2),
            value(issued, 3),
        )
    )
    touched = "、".join(mark.text for mark in derivation.touched) or "整件（未指明密点）"
    places = "；".join(
        text
        for text in (
            derivation.grounds.value,
            f"来源{derivation.source_place}" if derivation.source_place else "",
            f"本稿{derivation.place}" if derivation.place else "",
        )
        if text
    )
    yield Row((label("涉及密点"), value(touched, 4), label("涉及之处"), value(places, 4, Role.SMALL)))


def _check_rows(proposal: Proposal, violations: Sequence[Violation]) -> Iterator[Row]:
    yield band("三、规则核对结果")
    for citation in proposal.citations:
        answer = (
            f"{citation.answer}：{citation.reason}（{citation.answered_by}）" if citation.answer else "待承办人答复"
        )
        yield Row((label("引用文号"), value(citation.text, 5), value(answer, 5)))
    for violation in violations:
        yield Row((label(violation.rule), value(violation.message, 6), value(violation.article, 4, Role.SMALL)))
    if not violations:
        yield Row((label("核对结果"), value("按现有规则核对，未见不符", _WIDE)))


def _together(rows: Iterable[Row]) -> Iterator[Row]:
    """The same rows, all on one page: an officer does not sign what stands overleaf."""
    *others, last = rows
    yield from (replace(row, keep=True) for row in others)
    yield last


def _opinion_rows(opinions: Sequence[Opinion]) -> Iterator[Row]:
    """One box a step of the unit's own chain."""
    for opinion in opinions:
        words = f"{'同意' if opinion.agrees else '不同意'}　{opinion.words}"
        yield Row((label(f"{opinion.step}意见"), value(words, 6), value(date_label(opinion.on), 4)))


def _decision_rows(determination: Determination | None) -> Iterator[Row]:
    yield band("四、定密责任人审核意见")
    if determination is None:
        choices = _ticked([("同意", False), ("纠正为：　　　　　　", False), ("退回", False), ("不予定密", False)])
        yield Row((label("意　　见"), value(choices, _WIDE)), 10)
        yield Row((label("理　　由"), value("", _WIDE)), 22)
        yield Row((label("定密责任人"), value("（签字）", 5), label("日　　期"), value(_DATE_BLANK, 3)), 16)
        return
    yield Row((label("意　　见"), value("同意，确定为国家秘密", 4), label("确定编号"), value(determination.id, 4)), 10)
    yield Row((label("密级和期限"), value(determination.mark.text, _WIDE, Role.MARK)), 10)
    yield Row((label("知悉范围"), value(determination.access_scope or "—", _WIDE)))
    decided = date_label(determination.decided_on)
    stands_for = determination.on_behalf_of
    officer = f"{determination.officer}（代行{stands_for}职责）" if stands_for else determination.officer
    yield Row((label("定密责任人"), value(f"{officer}（签字）", 5), label("日　　期"), value(decided, 3)), 16)
    if determination.account:
        yield Row((label("办理账户"), value(determination.account, _WIDE, Role.SMALL)), 7)
