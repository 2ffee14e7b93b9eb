"""定密: the officer's decision, made only when nothing stands against it, and bound to the content it was made on.

`approve` is the only way to a `Determination`.  This module writes nothing and knows no register; that a refused
attempt is recorded, and that an account belongs to a person, is the business of those who call it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from markpipe.classify.authority import absence_of, power
from markpipe.classify.case import CORRECTED, PUT_FORWARD, RANGE_ITEM, Context, case_of
from markpipe.classify.propose import ON_CITATION, ON_DISCLOSURE, ON_LEVEL, ON_SOURCE, ON_TERM
from markpipe.classify.rulebook.table import violation
from markpipe.classify.rules import check
from markpipe.classify.terms import end_of
from markpipe.errors import RefusedError, UsageError
from markpipe.model.agency import Actor
from markpipe.model.classification import Level, Mark, Term, date_label
from markpipe.model.decision import Determination, Origin, Proposal, Violation
from markpipe.model.wording import term_words
from markpipe.text.printable import one_line

_QUESTION_RULES = {
    ON_LEVEL: "BAS-1",
    ON_TERM: "TRM-1",
    ON_SOURCE: "TRM-3",
    ON_CITATION: "DRV-1",
    ON_DISCLOSURE: "NEG-1",
}


def approve(proposal: Proposal, context: Context, actor: Actor, number: str) -> Determination:
    """审核批准: the determination numbered `number`, decided on `context.on` by `context.officer` through `actor`.

    `RefusedError` names every rule that stands against it: no officer, somebody else's account, an open question, a
    violation, nothing to classify.  Its words quote nothing of the draft.
    """
    officer, level, term = context.officer, proposal.level, proposal.term
    case = Approval(proposal, context, actor)
    problems = [*_about_questions(proposal), *(found for rule in APPROVAL_CHECKS for found in rule(case))]
    problems += check(proposal, context)
    if problems or officer is None or level is None or term is None:
        reasons = "；".join(dict.fromkeys(f"{one.message}（{one.rule}，{one.article}）" for one in problems))
        rules = tuple(dict.fromkeys(one.rule for one in problems))
        raise RefusedError(f"不能批准 {one_line(proposal.name)}：{reasons}", "处理上述问题后重新送审", rules)
    return Determination(
        id=number,
        digest=proposal.digest,
        name=proposal.name,
        mark=Mark(level, term),
        origin=proposal.origin,
        handler=proposal.handler,
        officer=officer.name,
        decided_on=context.on,
        issued_on=proposal.issued_on,
        declassify_on=end_of(term, proposal.issued_on).date,
        access_scope=proposal.access_scope,
        basis=(*proposal.basis, *_authority(proposal, context)),
        account=actor.account,
        demo=actor.demo,
        on_behalf_of=officer.deputy_of if absence_of(officer, context.absences, context.on) else "",
    )


def correct(proposal: Proposal, level: Level, term: Term | None, reason: str) -> Proposal:
    """纠正: the officer's own level and term (None keeps the proposed one) with the reason, which joins the basis.

    Answers the open questions on the level, and those on the term where one is given; a citation or a source that
    waits for an answer still waits.  `UsageError` without a reason.
    """
    if not reason.strip():
        raise UsageError("纠正拟定意见须写明理由", "请写明按哪项依据改为什么密级和期限")
    return _settled(proposal, level, term, CORRECTED, reason)


def _settled(proposal: Proposal, level: Level, term: Term | None, by: str, reason: str) -> Proposal:
    """The proposal with a person's level and term, and the line of the basis that says so."""
    kept = proposal.term if term is None else term
    settled = (ON_LEVEL,) if term is None else (ON_LEVEL, ON_TERM)
    before = "不定密" if proposal.level is None else f"{proposal.level.label}，{term_words(proposal.term)}"
    line = f"{by}由“{before}”改为“{level.label}，{term_words(kept)}”；理由：{one_line(reason.strip())}"
    return replace(
        proposal,
        level=level,
        term=kept,
        declassify_on=None if kept is None else end_of(kept, proposal.issued_on).date,
        basis=(*proposal.basis, line),
        open_questions=tuple(question for question in proposal.open_questions if not question.startswith(settled)),
    )


def put_forward(
    proposal: Proposal, level: Level | None, term: Term | None, reason: str, range_item: str = ""
) -> Proposal:
    """拟定: the handler's own level, term and range item beside what was found; level None keeps the proposed one.

    What the handler settles answers the open questions on it, as `correct` does, but is no basis without a range item.
    `UsageError` for a term without any level.
    """
    basis = (*proposal.basis, f"{RANGE_ITEM}{one_line(range_item.strip())}") if range_item.strip() else proposal.basis
    proposal = replace(proposal, basis=basis)
    if level is None and term is None:
        return proposal
    wanted = level or proposal.level
    if wanted is None:
        raise UsageError("只写了期限，没有密级", "--term 要和 --level 一起写")
    return _settled(proposal, wanted, term, PUT_FORWARD, reason.strip() or "（没有写理由）")


def ensure_unchanged(determination: Determination, digest: str) -> None:
    """Let pass only the content that was approved; `RefusedError` for any other digest."""
    if determination.digest != digest:
        raise RefusedError(
            f"内容与审批稿不一致：{one_line(determination.name)} 在 {determination.id} 批准之后改动过，已退回拟定",
            "请核对改动，重新拟定并送审；未改动的审批稿仍可使用",
            ("REC-1",),
        )


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval that is tried: of what, where, and through whose account."""

    proposal: Proposal
    context: Context
    actor: Actor


def officer_decides_in_person(case: Approval) -> Iterator[Violation]:
    """REC-1: the officer decides through an account of their own; a name is no signature (保密法第十六条)."""
    officer = case.context.officer
    if officer is None:
        yield violation("REC-1", "没有指明已配置的定密责任人")
    elif case.actor.person != officer.name:
        person = one_line(case.actor.person) or "（无）"
        yield violation("REC-1", f"审批须由定密责任人{officer.name}本人办理，当前账户属于{person}，署名不等于批准")


def derivation_needs_an_officer_too(case: Approval) -> Iterator[Violation]:
    """AUTH-2: deriving asks for no authority of the unit, but for a named officer (派生国家秘密定密管理暂行办法第五、六条)."""
    if case.context.officer is None and case.proposal.origin is Origin.DERIVATIVE:
        yield violation("AUTH-2", "派生定密不受定密权限限制，但须由本单位指明的定密责任人审批")


def there_is_a_level(case: Approval) -> Iterator[Violation]:
    """LVL-1: what is approved has one of the three levels (保密法第十四条)."""
    if case.proposal.level is None:
        yield violation("LVL-1", "拟定为不定密，没有可以批准的密级")


def mark_is_complete(case: Approval) -> Iterator[Violation]:
    """MRK-1: a level alone is no mark; a term, a date or a condition stands behind ★ (定密管理规定)."""
    if case.proposal.level is not None and case.proposal.term is None:
        yield violation("MRK-1", "保密期限没有确定，标志写不完整")


ApprovalCheck = Callable[[Approval], Iterator[Violation]]
APPROVAL_CHECKS: tuple[ApprovalCheck, ...] = (
    officer_decides_in_person,
    derivation_needs_an_officer_too,
    there_is_a_level,
    mark_is_complete,
)


def _about_questions(proposal: Proposal) -> Iterator[Violation]:
    """How many questions of each sort are open; their own words may quote the draft and stay in the proposal."""
    sorts = Counter(
        next((prefix for prefix in _QUESTION_RULES if question.startswith(prefix)), "")
        for question in proposal.open_questions
    )
    for prefix, count in sorts.items():
        subject = f"关于{prefix.rstrip('：')}的" if prefix else ""
        yield violation(_QUESTION_RULES.get(prefix, "REC-1"), f"还有 {count} 个{subject}问题没有答复，见拟定意见")


def _authority(proposal: Proposal, context: Context) -> Iterator[str]:
    """On what the unit's own part of the decision rests (保密法第十七条), and the consents that it needed."""
    case = case_of(proposal, context)
    if case.wanted is not None:
        answer = case.answer
        decided = None if answer is None else f"由{answer.by}确定（{answer.document}，{date_label(answer.on)}）"
        yield f"定密权限：{decided or power(context.agency, case.wanted)}"
    for consent in context.record.consents:
        source = f"，来源{consent.source}" if consent.source else ""
        yield f"{consent.kind.value}{source}：{consent.by}（{consent.document}，{date_label(consent.on)}）"
    lower = [one for one in proposal.derivations if one.source.mark.level < Level.JUEMI]
    if case.derived.level is not None and lower and context.officer is not None:
        yield f"摘录、引用、汇编机密级、秘密级来源：由本机关、单位{context.officer.name}批准（保密法实施条例第二十七条）"
