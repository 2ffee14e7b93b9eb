"""变更, 解密 and 随来源办理 as pure functions: what stands against a change, and what the matter is after it.

::

    Standing ──change / follow──▶ (ChangeKind, Determination, Proposal)   or RefusedError with every rule
             ──declassify───────▶ Ending                                  or RefusedError

A change goes through the rules of a new proposal (`classify.rules.check`) and through those of `CHANGE_CHECKS`.
Nothing is written here, and what is due when is `classify.due`'s.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from markpipe.classify.authority import absence_of, officer_problems
from markpipe.classify.case import Case, Context, case_of
from markpipe.classify.derive import derive
from markpipe.classify.rulebook.table import violation
from markpipe.classify.rules import check, steps_were_taken
from markpipe.classify.sourcing import scope_parts
from markpipe.classify.terms import End, end_of, latest, term_of
from markpipe.errors import RefusedError
from markpipe.model.classification import Condition, Indefinite, Mark
from markpipe.model.decision import Derivation, Determination, Origin, Proposal, Violation
from markpipe.model.procedure import ChangeKind, Ending


@dataclass(frozen=True, slots=True)
class Standing:
    """A determined matter as it stands: the decision, and the content it was made on."""

    determination: Determination
    proposal: Proposal

    @property
    def end(self) -> End | None:
        """When its protection ends; None where its mark bears no term."""
        term = self.determination.mark.term
        return None if term is None else end_of(term, self.determination.issued_on)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be changed to what and why.

    `by` and `document` name a higher authority that decided it, `handler` who put it forward (empty: the officer).
    """

    standing: Standing
    mark: Mark
    access_scope: str
    reason: str
    by: str = ""
    document: str = ""
    handler: str = ""

    @property
    def end(self) -> End | None:
        """When protection would end."""
        return None if self.mark.term is None else end_of(self.mark.term, self.standing.determination.issued_on)

    @property
    def extends(self) -> bool:
        """Whether protection would last longer than it does now."""
        now = self.standing.end
        return self.end is not None and now is not None and self.end != now and self.end.covers(now)

    @property
    def decided_above(self) -> bool:
        """Whether a higher authority decided it, in a document."""
        return bool(self.by.strip() and self.document.strip())


@dataclass(frozen=True, slots=True)
class ChangeCase:
    """A change and the case that its outcome would be as a proposal."""

    change: Change
    after: Case


def change_has_a_record(case: ChangeCase) -> Iterator[Violation]:
    """CHG-1: a change is decided by the unit that determined, with its reason, and changes something (保密法第二十三条)."""
    change, now = case.change, case.change.standing.determination
    if not change.reason.strip():
        yield violation("CHG-1", "变更必须写明理由")
    if change.mark == now.mark and scope_parts(change.access_scope) == scope_parts(now.access_scope):
        yield violation("CHG-1", "密级、期限和知悉范围都没有变化")


def extension_comes_before_the_end(case: ChangeCase) -> Iterator[Violation]:
    """CHG-2: a term is extended before it is over, and no further than the range allows (保密法第二十四条).

    Beyond the range the central authority that made it decides.
    """
    change, on = case.change, case.after.context.on
    now = change.standing.end
    if now is not None and now.passed(on, case.after.context.set_aside):
        yield violation("CHG-2", f"期限已于{now.label}届满，已经自行解密，不能再变更或者延长")
        return
    ranged = case.after.ranged
    beyond = ranged is not None and change.end is not None and not ranged.covers(change.end)
    if change.extends and beyond and not change.decided_above:
        yield violation("CHG-2", "延长后超过保密事项范围规定的期限，须报制定该范围的中央机关决定（登记其名称和文号）")


def derivative_does_not_go_alone(case: ChangeCase) -> Iterator[Violation]:
    """DCL-3: what others determined is not lowered by the one who derives, who may only suggest it (保密法实施条例第二十二条)."""
    change, derived = case.change, case.after.derived
    now = change.standing.determination
    if now.origin is not Origin.DERIVATIVE or derived.level is None or change.decided_above:
        return
    shorter = change.end is not None and derived.end is not None and not change.end.covers(derived.end)
    if change.mark.level < derived.level or shorter:
        yield violation("DCL-3", "来源没有变更或者解密，派生单位不得自行变更，只能向原定密机关提出建议")


def who_puts_forward_does_not_decide(case: ChangeCase) -> Iterator[Violation]:
    """REC-1: who put a change forward does not decide it (保密法第十六条)."""
    yield from _same_person(case.change.handler, case.after.context)


def _same_person(handler: str, context: Context) -> Iterator[Violation]:
    if "REC-1" in context.set_aside:
        return
    if handler and context.officer is not None and handler.strip() == context.officer.name.strip():
        yield violation("REC-1", "拟办的人不得自己审批，须由另一名定密责任人审批")


ChangeCheck = Callable[[ChangeCase], Iterator[Violation]]
CHANGE_CHECKS: tuple[ChangeCheck, ...] = (
    change_has_a_record,
    extension_comes_before_the_end,
    derivative_does_not_go_alone,
    who_puts_forward_does_not_decide,
)


def change(wanted: Change, context: Context) -> tuple[ChangeKind, Determination, Proposal]:
    """What a matter is after a change; `RefusedError` names every rule that stands against it."""
    standing = wanted.standing
    after = replace(
        _current(standing.proposal, context),
        level=wanted.mark.level,
        term=wanted.mark.term,
        access_scope=wanted.access_scope,
        declassify_on=None if wanted.end is None else wanted.end.date,
        basis=(*standing.proposal.basis, f"变更理由：{wanted.reason}") if wanted.reason.strip() else (),
    )
    case = ChangeCase(wanted, case_of(after, context))
    against = [*_no_officer(context), *(found for rule in CHANGE_CHECKS for found in rule(case))]
    if not wanted.decided_above:
        against += [one for one in check(after, context) if one not in against]
    _refuse("不能变更", standing.determination.id, against)
    return kind_of(wanted), _redetermined(standing.determination, after, context, wanted), after


def kind_of(wanted: Change) -> ChangeKind:
    """What a change changes, the gravest first."""
    now = wanted.standing.determination
    if wanted.mark.level != now.mark.level:
        return ChangeKind.LEVEL
    if wanted.mark.term != now.mark.term:
        return ChangeKind.EXTENSION if wanted.extends else ChangeKind.TERM
    return ChangeKind.SCOPE


def _redetermined(now: Determination, after: Proposal, context: Context, wanted: Change) -> Determination:
    officer = context.officer
    name = now.officer if officer is None else officer.name
    above = f"，由{wanted.by}决定（{wanted.document}）" if wanted.decided_above else ""
    line = f"变更：原为“{now.mark.text}”；理由：{wanted.reason}{above}"
    return replace(
        now,
        mark=wanted.mark,
        access_scope=wanted.access_scope,
        declassify_on=after.declassify_on,
        officer=name,
        decided_on=context.on,
        basis=(*now.basis, line),
        on_behalf_of=officer.deputy_of if officer and absence_of(officer, context.absences, context.on) else "",
    )


def follow(standing: Standing, context: Context) -> tuple[Determination, Proposal] | None:
    """随来源办理: the matter derived anew from its sources as they stand now; None where nothing is left to protect.

    The level and end of its own range items stay.  `RefusedError` where a person must settle the term first.
    """
    after = _current(standing.proposal, context)
    derived = derive(after.derivations, after.issued_on, context.set_aside)
    own = [point.mark for point in after.points]
    levels = [mark.level for mark in own] + ([] if derived.level is None else [derived.level])
    if not levels:
        return None
    ends = [end_of(mark.term, after.issued_on) for mark in own if mark.term is not None]
    end = latest([*ends, derived.end]) if derived.end is not None else latest(ends) if ends else None
    if end is not None and end.passed(context.on, context.set_aside):
        return None
    against = [*_no_officer(context)]
    term = None if end is None or derived.held else term_of(end)
    if term is None or end is None:
        against.append(violation("TRM-4", "随来源变更后的期限不能自动推算，请用 determination change 写明密级和期限"))
    _refuse("不能随来源办理", standing.determination.id, against)
    scope = standing.determination.access_scope
    if derived.access_scope and not scope_parts(scope) <= scope_parts(derived.access_scope):
        scope = derived.access_scope
    mark = Mark(max(levels), term)
    wanted = Change(standing, mark, scope, "来源已变更，随之办理")
    ends_on = None if wanted.end is None else wanted.end.date
    after = replace(after, level=mark.level, term=term, access_scope=scope, declassify_on=ends_on)
    return _redetermined(standing.determination, after, context, wanted), after


def _current(proposal: Proposal, context: Context) -> Proposal:
    """The proposal with its sources as they are registered now; those that are free do not count any more."""
    sources = context.sources or {}
    now = (replace(one, source=sources.get(one.source.id, one.source)) for one in proposal.derivations)
    return replace(proposal, derivations=tuple(one for one in now if not _free(one, context.on)))


def _free(derivation: Derivation, on: dt.date) -> bool:
    freed = derivation.source.declassified_on
    return freed is not None and freed <= on


@dataclass(frozen=True, slots=True)
class EndCase:
    """A declassification that is wanted: of what, how, why, whether a higher authority decided it, who put it forward."""

    standing: Standing
    ending: Ending
    context: Context
    reason: str
    above: bool = False
    handler: str = ""


def ends_by_itself_when_over(case: EndCase) -> Iterator[Violation]:
    """DCL-1: what is over is free by itself, 长期 never is, nor by the unit's own decision (保密法第二十四条)."""
    indefinite, end = isinstance(case.standing.determination.mark.term, Indefinite), case.standing.end
    if case.ending is Ending.EXPIRED and indefinite:
        yield violation("DCL-1", "长期的事项不会自行解密")
    elif case.ending is Ending.EXPIRED and (end is None or not end.passed(case.context.on, case.context.set_aside)):
        yield violation("DCL-1", f"期限还没有届满（{'期限待定' if end is None else end.label}）")
    elif case.ending is Ending.EARLY and indefinite and not case.above:
        yield violation("DCL-1", "长期的事项本机关、单位不能解密，须由规定其期限的中央机关决定（登记其名称和文号）")


def condition_is_there_to_be_met(case: EndCase) -> Iterator[Violation]:
    """TRM-5: only what bears a condition ends by it, and a person says that it is met (定密管理规定)."""
    if case.ending is Ending.CONDITION and not isinstance(case.standing.determination.mark.term, Condition):
        yield violation("TRM-5", "标志上没有解密条件")


def sources_have_ended(case: EndCase) -> Iterator[Violation]:
    """DRV-7: a derivative ends with its sources only where all have ended and nothing of its own is left."""
    standing = case.standing
    left = _current(standing.proposal, case.context).derivations or standing.proposal.points
    if case.ending is Ending.FOLLOWED and left:
        yield violation("DRV-7", "来源并没有都解密，或者还有自行定密的事项")


def others_are_asked(case: EndCase) -> Iterator[Violation]:
    """DCL-3: sources in force keep a derivative classified; one may only suggest their end (保密法实施条例第二十二条)."""
    if case.ending not in (Ending.EARLY, Ending.PUBLISHED) or case.above:
        return
    if any(_carries(one, case.context) for one in _current(case.standing.proposal, case.context).derivations):
        yield violation("DCL-3", "来源没有解密，派生单位不得自行解密，只能向原定密机关提出建议")


def early_end_has_its_procedure(case: EndCase) -> Iterator[Violation]:
    """DCL-2: whatever does not end by itself takes a reason, the unit's own steps and an officer (定密管理规定)."""
    if case.ending is Ending.EXPIRED:
        return
    if not case.reason.strip():
        yield violation("DCL-2", "解密必须写明理由或者依据")
    if case.ending in (Ending.EARLY, Ending.CONDITION) and not case.above:
        yield from steps_were_taken(case.context)
    yield from _same_person(case.handler, case.context)
    yield from _no_officer(case.context)


EndCheck = Callable[[EndCase], Iterator[Violation]]
END_CHECKS: tuple[EndCheck, ...] = (
    ends_by_itself_when_over,
    condition_is_there_to_be_met,
    sources_have_ended,
    others_are_asked,
    early_end_has_its_procedure,
)


def declassify(case: EndCase) -> None:
    """Let pass a declassification; `RefusedError` names every rule that stands against it."""
    against = [found for rule in END_CHECKS for found in rule(case)]
    _refuse("不能解密", case.standing.determination.id, against)


def _carries(derivation: Derivation, context: Context) -> bool:
    """Whether a source still carries anything today (a source issued later carries from its own day on)."""
    start, on = derivation.source.starts_on, context.on
    return derive([derivation], on if start is None else max(on, start), context.set_aside).level is not None


def _no_officer(context: Context) -> Iterator[Violation]:
    if context.officer is None:
        yield violation("REC-1", "没有指明在任的定密责任人")
        return
    for problem in officer_problems(context.officer, context.absences, context.on):
        yield violation("REC-1", problem)


def _refuse(what: str, subject: str, against: Sequence[Violation]) -> None:
    if against:
        words = "；".join(dict.fromkeys(f"{one.message}（{one.rule}，{one.article}）" for one in against))
        rules = tuple(dict.fromkeys(one.rule for one in against))
        raise RefusedError(f"{what} {subject}：{words}", "处理上述问题后重新办理", rules)
