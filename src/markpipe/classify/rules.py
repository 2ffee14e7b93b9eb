"""What the law says of a proposal: each rule a generator of violations, all of them in `CHECKS`.

::

    check(proposal, context) ──▶ Case ──▶ every rule in CHECKS ──▶ violations, as values

A violation is something a person can still mend, so nothing here raises.  Rules about the sources themselves are
applied in `classify.derive`, open questions and whose account approves in `classify.determine`.  LVL-1 needs no check:
`Level` has three members and `parse_mark` reads no fourth.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markpipe.classify.derive import Derived, derive
from markpipe.classify.rulebook.table import RULES as RULES
from markpipe.classify.rulebook.table import violation
from markpipe.classify.terms import End, end_of, latest, over_maximum
from markpipe.model.agency import Agency, Officer, Tier
from markpipe.model.classification import Condition, Indefinite, Level, date_label
from markpipe.model.decision import Proposal, Violation
from markpipe.model.finding import Kind

CORRECTED = "纠正："
"""How the line of the basis begins that records an officer's own level or term with the reason."""

_TIER_LEVELS = {
    Tier.CENTRAL: frozenset(Level),
    Tier.PROVINCIAL: frozenset(Level),
    Tier.MUNICIPAL: frozenset({Level.MIMI, Level.JIMI}),
    Tier.COUNTY: frozenset[Level](),
    Tier.OTHER: frozenset[Level](),
}
_VAGUE = re.compile("另行通知|待定|适时|视情|必要时|工作需要|条件成熟|以后|将来|有关规定")
_SCOPE_PARTS = re.compile("[、，,；;]")


@dataclass(frozen=True, slots=True)
class Context:
    """Where and by whom a proposal is looked at.

    `officer` None leaves the rules about the officer aside (before anybody is named).  `kinds` are the kinds of the
    findings in the draft, for NEG-1.
    """

    agency: Agency
    officer: Officer | None
    on: dt.date
    kinds: frozenset[Kind] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal with its surroundings and what follows from its sources and from the ranges it names."""

    proposal: Proposal
    context: Context
    derived: Derived
    end: End | None
    ranged: End | None

    @property
    def allowed(self) -> End | None:
        """The latest end that its sources and ranges together give; None where neither gives one."""
        ends = [end for end in (self.derived.end, self.ranged) if end is not None]
        return latest(ends) if ends else None

    @property
    def own_level(self) -> Level | None:
        """The level that the unit decides by its own authority: what its sources do not already ask for."""
        level = self.proposal.level
        if level is None or self.derived.level is None or level > self.derived.level:
            return level
        later = self.end is not None and self.derived.end is not None and not self.derived.end.covers(self.end)
        return max((point.mark.level for point in self.proposal.points), default=level) if later else None


def check(proposal: Proposal, context: Context) -> tuple[Violation, ...]:
    """Every violation of a proposal, in the order of `CHECKS`; empty where nothing stands against it."""
    case = case_of(proposal, context)
    return tuple(found for rule in CHECKS for found in rule(case))


def case_of(proposal: Proposal, context: Context) -> Case:
    """The proposal with what follows from its sources and its ranges."""
    start = proposal.issued_on
    ranges = [end_of(point.mark.term, start) for point in proposal.points if point.mark.term is not None]
    return Case(
        proposal,
        context,
        derive(proposal.derivations, start),
        None if proposal.term is None else end_of(proposal.term, start),
        latest(ranges) if ranges else None,
    )


def own_authority(agency: Agency, level: Level, on: dt.date) -> str | None:
    """On what the unit's power over a level rests: the words of its tier or of a written authorisation; None: on nothing."""
    if level in _TIER_LEVELS[agency.tier]:
        return f"{agency.tier.value}机关的定密权限（保密法第十七条）"
    return next((authority.basis for authority in agency.authorities if authority.holds(level, on)), None)


def unit_may_classify(case: Case) -> Iterator[Violation]:
    """LVL-2: original classification stays within the authority of the unit and of the officer (保密法第十七条).

    What the sources ask for needs no authority (AUTH-2); what goes beyond them in level or term does.
    """
    level, context = case.own_level, case.context
    if level is None:
        return
    if own_authority(context.agency, level, context.on) is None:
        superior = context.agency.superior or "有权限的上级机关；没有上级的，立即提请业务主管部门或者保密行政管理部门"
        whose = f"{context.agency.name or '本单位'}（{context.agency.tier.value}）"
        remedy = f"应先按{level.label}级采取保密措施，并立即报请{superior}确定（AUTH-1）"
        yield violation("LVL-2", f"{whose}没有{level.label}级的原始定密权；{remedy}")
    elif context.officer is not None and level not in context.officer.levels:
        yield violation("LVL-2", f"定密责任人{context.officer.name}没有{level.label}级的定密权限")


def only_state_secrets_are_marked(case: Case) -> Iterator[Violation]:
    """NEG-1: work secrets, trade secrets and personal data never carry a state secret's mark (保密法第二十二条)."""
    proposal, other = case.proposal, case.context.kinds - {Kind.STATE_SECRET, Kind.MARK, Kind.DERIVATION}
    if proposal.level is not None and other and case.derived.level is None and not proposal.points:
        kinds = "、".join(kind.value for kind in Kind if kind in other)
        yield violation("NEG-1", f"文中只有{kinds}，不属于国家秘密，不得标国家秘密标志")


def basis_names_a_range(case: Case) -> Iterator[Violation]:
    """BAS-1: an original matter rests on an item of a 保密事项范围 at its level (定密管理规定第六条).

    An officer who corrects a proposal gives the reason for it, which then is the basis.
    """
    proposal = case.proposal
    if proposal.level is None or case.derived.level is not None:
        return
    corrected = any(line.startswith(CORRECTED) for line in proposal.basis)
    levels = {point.mark.level for point in proposal.points} or {proposal.level}
    if not proposal.basis:
        yield violation("BAS-1", "没有写明所依据的保密事项范围和事项")
    elif proposal.level not in levels and not corrected:
        yield violation("BAS-1", f"所列范围事项没有一项是{proposal.level.label}级")


def term_within_maximum(case: Case) -> Iterator[Violation]:
    """TRM-1: no longer than 30, 20 or 10 years unless a range, or a source, says so (保密法第二十条)."""
    proposal = case.proposal
    if proposal.level is None or proposal.term is None or case.end is None:
        return
    if not over_maximum(proposal.level, proposal.term, proposal.issued_on):
        return
    if case.allowed is None or not case.allowed.covers(case.end):
        limit = f"{proposal.level.label}的最长期限{proposal.level.longest_years}年"
        yield violation("TRM-1", f"拟定期限{proposal.term.label}超过{limit}，范围和来源都没有这样规定")


def indefinite_needs_a_range(case: Case) -> Iterator[Violation]:
    """TRM-2: 长期 only where a range says so, or inherited from a source (定密管理规定)."""
    allowed = case.allowed is not None and case.allowed.indefinite
    if isinstance(case.proposal.term, Indefinite) and case.proposal.level is not None and not allowed:
        yield violation("TRM-2", "拟定为长期，但所依据的范围事项和来源都没有规定长期")


def condition_is_specific(case: Case) -> Iterator[Violation]:
    """TRM-5: a condition of one's own says plainly when it is met (定密管理规定)."""
    term = case.proposal.term
    if not isinstance(term, Condition) or case.proposal.level is None or not _VAGUE.search(term.text):
        return
    if case.derived.end is None or term.text not in case.derived.end.conditions:
        yield violation("TRM-5", "解密条件不具体，看不出何时成就")


def derivation_is_not_left_out(case: Case) -> Iterator[Violation]:
    """DRV-1: a draft that carries over a classified matter is classified (保密法实施条例第十八条)."""
    if case.derived.level is not None and case.proposal.level is None:
        yield violation("DRV-1", "含有已定密事项的内容，必须派生定密")


def end_follows_sources(case: Case) -> Iterator[Violation]:
    """DRV-3: a derivative is free neither before its sources nor after them (保密法实施条例第十八条).

    Ranges beside the sources may prolong it (DRV-5).  Where conditions and dates cannot be ranked a person chooses
    one of them, and only a date before the known one is wrong.
    """
    end, source = case.end, case.derived.end
    if case.proposal.level is None or end is None or source is None:
        return
    if not source.ranked:
        if not _one_of(end, source):
            yield violation("DRV-3", f"拟定期限{end.label}早于来源或者不在来源的期限之中（{source.label}）")
        return
    if not end.covers(source):
        yield violation("DRV-3", f"拟定至{end.label}解密，早于来源的{source.label}")
    elif case.allowed is not None and not case.allowed.covers(end):
        yield violation("DRV-3", f"拟定至{end.label}解密，晚于来源的{source.label}")


def _one_of(end: End, source: End) -> bool:
    """Whether an end chooses one of a source's: its date or a later one, one of its conditions, or never."""
    if end.indefinite or set(end.conditions) & set(source.conditions):
        return True
    return end.date is not None and (source.on is None or end.date >= source.on)


def level_follows_sources(case: Case) -> Iterator[Violation]:
    """DRV-4: a derivative matter is never below the highest level that it carries over (保密法实施条例第十八条)."""
    level, carried = case.proposal.level, case.derived.level
    if carried is not None and (level is None or level < carried):
        proposed = "不定密" if level is None else level.label
        yield violation("DRV-4", f"拟定{proposed}，所派生事项为{carried.label}")


def derivation_is_recorded(case: Case) -> Iterator[Violation]:
    """DRV-6: the record of a derivation names the source's title, number and date (派生定密管理暂行办法)."""
    if case.derived.level is None:
        return
    for number, derivation in enumerate(case.proposal.derivations, 1):
        source = derivation.source
        fields = (("标题", source.title), ("文号", source.document_number), ("制发日", source.issued_on))
        missing = "、".join(name for name, content in fields if not content)
        if missing:
            yield violation("DRV-6", f"来源{source.id or number}的记录缺少{missing}")


def scope_follows_sources(case: Case) -> Iterator[Violation]:
    """DRV-8: those who may know are no more than the sources allow (保密法第二十一条).

    Scopes are compared by their parts, so a part that is worded otherwise counts as wider.
    """
    if case.proposal.level is None or not case.derived.access_scope:
        return
    scope = _parts(case.proposal.access_scope)
    if not scope:
        yield violation("DRV-8", "没有写知悉范围，应随来源的知悉范围")
    elif not scope <= _parts(case.derived.access_scope):
        yield violation("DRV-8", "知悉范围超出来源的知悉范围，须经原定密机关同意")


def _parts(scope: str) -> frozenset[str]:
    return frozenset(part.strip() for part in _SCOPE_PARTS.split(scope) if part.strip())


def handler_and_officer_differ(case: Case) -> Iterator[Violation]:
    """REC-1: the handler proposes and an officer in office approves; nobody does both (保密法第十六条)."""
    officer, context = case.context.officer, case.context
    if officer is None:
        return
    if not case.proposal.handler.strip():
        yield violation("REC-1", "没有写明承办人")
    if case.proposal.handler.strip() == officer.name.strip():
        yield violation("REC-1", "承办人不得兼任定密责任人，须由另一名定密责任人审批")
    if not officer.in_office(context.on):
        yield violation("REC-1", f"定密责任人{officer.name}在{date_label(context.on)}不在任")


def still_to_be_protected(case: Case) -> Iterator[Violation]:
    """DCL-1: what is free by now is not classified any more (保密法第二十四条)."""
    if case.proposal.level is not None and case.end is not None and case.end.passed(case.context.on):
        yield violation("DCL-1", f"拟定的期限至{case.end.label}，已经届满")


Check = Callable[[Case], Iterator[Violation]]

CHECKS: tuple[Check, ...] = (
    unit_may_classify,
    only_state_secrets_are_marked,
    basis_names_a_range,
    term_within_maximum,
    indefinite_needs_a_range,
    condition_is_specific,
    derivation_is_not_left_out,
    end_follows_sources,
    level_follows_sources,
    derivation_is_recorded,
    scope_follows_sources,
    handler_and_officer_differ,
    still_to_be_protected,
)


def rule_of(checked: Check) -> str:
    """The id of the rule that a function of `CHECKS` applies: the first word of its docstring."""
    return (checked.__doc__ or "").partition(":")[0]
