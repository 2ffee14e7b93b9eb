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
from collections.abc import Callable, Iterator, Sequence

from markpipe.classify.authority import addressee, officer_problems, power, shortfalls
from markpipe.classify.case import CORRECTED as CORRECTED
from markpipe.classify.case import RANGE_ITEM
from markpipe.classify.case import Case as Case
from markpipe.classify.case import Context as Context
from markpipe.classify.case import Record as Record
from markpipe.classify.case import case_of as case_of
from markpipe.classify.rulebook.table import RULES as RULES
from markpipe.classify.rulebook.table import violation
from markpipe.classify.sourcing import (
    mixed_matter_takes_the_stricter,
    root_level,
    scope_follows_sources,
    sources_are_as_registered,
    top_secret_needs_consent,
    touched_points_are_the_source_s,
)
from markpipe.classify.terms import End, end_of, latest, over_maximum, without_its_day
from markpipe.model.classification import Condition, Indefinite, Level, date_label
from markpipe.model.decision import Proposal, Violation
from markpipe.model.finding import Kind
from markpipe.model.procedure import Claim, ReportKind

_VAGUE = re.compile("另行通知|待定|适时|视情|必要时|工作需要|条件成熟|以后|将来|有关规定")


def check(proposal: Proposal, context: Context) -> tuple[Violation, ...]:
    """Every violation of a proposal, in the order of `CHECKS`; empty where nothing stands against it."""
    case = case_of(proposal, context)
    aside = context.set_aside
    return tuple(found for rule in CHECKS if not _set_aside(rule, aside) for found in rule(case))


def _set_aside(rule: Check, aside: frozenset[str]) -> bool:
    """Whether the unit leaves a rule out as a whole; of some only a part may go, which the rule itself sees to."""
    return rule_of(rule) in aside and not RULES[rule_of(rule)].part


def unit_may_classify(case: Case) -> Iterator[Violation]:
    """LVL-2: original classification stays within the authority of the unit and of the officer (保密法第十七条).

    What the sources ask for needs no authority (AUTH-2); what goes beyond them in level or term does.  A decision of
    the authority to which the matter was put stands in for one's own.
    """
    wanted, context = case.wanted, case.context
    if wanted is None or case.answer is not None:
        return
    level = wanted.level.label
    if power(context.agency, wanted) is None:
        whose = f"{context.agency.name or '本单位'}（{context.agency.tier.value}）"
        short = "".join(f"；授权{words}" for words in shortfalls(context.agency, wanted))
        remedy = f"应先按{level}级采取保密措施，并立即报请{addressee(context.agency).label}确定（AUTH-1）"
        yield violation("LVL-2", f"{whose}没有{level}级的原始定密权{short}；{remedy}")
    elif context.officer is not None and wanted.level not in context.officer.levels:
        yield violation("LVL-2", f"定密责任人{context.officer.name}没有{level}级的定密权限")


def uncertain_matter_waits(case: Case) -> Iterator[Violation]:
    """UNC-1: what was reported as uncertain is not decided by the unit itself (保密法实施条例第二十五条)."""
    report = case.context.record.open_report()
    if report is not None and report.kind is ReportKind.UNCERTAIN:
        yield violation("UNC-1", f"已作为不明确事项报{report.addressee}，答复之前按拟定密级保护，不能自行审批")


def disputed_matter_keeps_the_highest(case: Case) -> Iterator[Violation]:
    """DSP-1: while a dispute is open the highest level and the longest term claimed hold (保密法实施条例第二十六条)."""
    report, proposal = case.context.record.open_report(), case.proposal
    if report is None or report.kind is not ReportKind.DISPUTE:
        return
    level, end = highest_claim(case.context.record.claims, proposal.issued_on)
    if level is None:
        return
    if proposal.level is None or proposal.level < level:
        yield violation("DSP-1", f"争议尚未确定，应按所主张的最高密级{level.label}保护")
    elif end is not None and case.end is not None and not case.end.covers(end):
        yield violation("DSP-1", f"争议尚未确定，应按所主张的最长期限（至{end.label}）保护")


def highest_claim(claims: Sequence[Claim], issued_on: dt.date) -> tuple[Level | None, End | None]:
    """The highest level claimed and the latest end claimed, independently; None where nobody claims one."""
    ends = [end_of(claim.term, issued_on) for claim in claims if claim.level is not None and claim.term is not None]
    level = max((claim.level for claim in claims if claim.level is not None), default=None)
    return level, latest(ends) if ends else None


def only_state_secrets_are_marked(case: Case) -> Iterator[Violation]:
    """NEG-1: work secrets, trade secrets and personal data never carry a state secret's mark (保密法第二十二条).

    Neither does what the unit itself has published.
    """
    proposal = case.proposal
    other = set(proposal.kinds) - {Kind.STATE_SECRET, Kind.MARK, Kind.DERIVATION}
    if proposal.level is not None and other and case.derived.level is None and not proposal.points:
        kinds = "、".join(kind.value for kind in Kind if kind in other)
        yield violation("NEG-1", f"文中只有{kinds}，不属于国家秘密，不得标国家秘密标志")
    if proposal.level is not None and case.context.published:
        yield violation("NEG-1", f"同一内容已经公开（{case.context.published}），不得定为国家秘密")


def basis_names_a_range(case: Case) -> Iterator[Violation]:
    """BAS-1: an original matter rests on an item of a 保密事项范围 at its level, produced at its tier (定密管理规定第六条).

    An officer who corrects a proposal gives the reason for it, which then is the basis, and an authority's answer is
    one.  A handler's own idea of the level is none: what no range lists is put before those who decide (UNC-1).
    """
    proposal = case.proposal
    if proposal.level is None or case.derived.level is not None or case.answer is not None:
        return
    corrected = any(line.startswith(CORRECTED) for line in proposal.basis)
    named = corrected or any(line.startswith(RANGE_ITEM) for line in proposal.basis)
    levels = {point.mark.level for point in proposal.points} or {proposal.level}
    if not proposal.basis:
        yield violation("BAS-1", "没有写明所依据的保密事项范围和事项")
    elif unlisted(case):
        yield violation(
            "BAS-1", "所据不是保密事项范围列明的事项；认为符合国家秘密条件的，作为不明确事项报请确定（UNC-1）"
        )
    elif proposal.level not in levels and not named:
        yield violation("BAS-1", f"所列范围事项没有一项是{proposal.level.label}级")
    tier = case.context.agency.tier
    for point in proposal.points:
        if point.produced_at and tier.value not in point.produced_at and not corrected:
            item, tiers = point.item or point.entry, "、".join(point.produced_at)
            yield violation("BAS-1", f"范围事项“{item}”的产生层级是{tiers}，本机关、单位是{tier.value}")


def unlisted(case: Case) -> bool:
    """Whether the unit's own part of a proposal rests on no item of a range, nor on an officer's or authority's word."""
    proposal = case.proposal
    if proposal.level is None or case.derived.level is not None or case.answer is not None or proposal.points:
        return False
    return not any(line.startswith((CORRECTED, RANGE_ITEM)) for line in proposal.basis)


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


def last_day_is_written(case: Case) -> Iterator[Violation]:
    """TRM-4: a unit that does not infer the last day of a month writes it as a date (保密法实施条例第十九条)."""
    term, issued_on = case.proposal.term, case.proposal.issued_on
    if "TRM-4" in case.context.set_aside and term is not None and without_its_day(term, issued_on):
        since = f"期限{term.label}自{date_label(issued_on)}起算"
        yield violation("TRM-4", f"{since}，届满的月份没有对应日，请写明解密时间")


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
    root = root_level(case)
    if root is not None and (level is None or level < root[0]) and (carried is None or root[0] > carried):
        proposed = "不定密" if level is None else level.label
        yield violation("DRV-4", f"拟定{proposed}，追溯到来源{root[1]}为{root[0].label}，中间环节降低了密级，请核实")


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


def handler_and_officer_differ(case: Case) -> Iterator[Violation]:
    """REC-1: the handler proposes and an officer in office approves; nobody does both (保密法第十六条)."""
    officer, context = case.context.officer, case.context
    if officer is None:
        return
    if not case.proposal.handler.strip():
        yield violation("REC-1", "没有写明承办人")
    alone = "REC-1" in context.set_aside
    if case.proposal.handler.strip() == officer.name.strip() and not alone:
        yield violation("REC-1", "承办人不得兼任定密责任人，须由另一名定密责任人审批")
    for problem in officer_problems(officer, context.absences, context.on):
        yield violation("REC-1", problem)
    if context.head_only and not officer.statutory:
        yield violation("REC-1", f"本机关、单位由主要负责人（法定定密责任人）审批，{officer.name}是指定的定密责任人")
    yield from steps_were_taken(context)


def steps_were_taken(context: Context) -> Iterator[Violation]:
    """REC-1: the unit's own steps come before the officer, each about exactly what the officer decides on."""
    for step in context.steps:
        given = [one for one in context.record.opinions if one.step == step and one.offer == context.record.offer]
        if not given:
            yield violation("REC-1", f"还没有“{step}”的意见")
        elif not given[-1].agrees:
            yield violation("REC-1", f"“{step}”不同意：{given[-1].words}")


def still_to_be_protected(case: Case) -> Iterator[Violation]:
    """DCL-1: what is free by now is not classified any more (保密法第二十四条)."""
    if (
        case.proposal.level is not None
        and case.end is not None
        and case.end.passed(case.context.on, case.context.set_aside)
    ):
        yield violation("DCL-1", f"拟定的期限至{case.end.label}，已经届满")


Check = Callable[[Case], Iterator[Violation]]

CHECKS: tuple[Check, ...] = (
    unit_may_classify,
    uncertain_matter_waits,
    disputed_matter_keeps_the_highest,
    only_state_secrets_are_marked,
    basis_names_a_range,
    term_within_maximum,
    indefinite_needs_a_range,
    last_day_is_written,
    condition_is_specific,
    derivation_is_not_left_out,
    touched_points_are_the_source_s,
    end_follows_sources,
    level_follows_sources,
    mixed_matter_takes_the_stricter,
    derivation_is_recorded,
    sources_are_as_registered,
    scope_follows_sources,
    top_secret_needs_consent,
    handler_and_officer_differ,
    still_to_be_protected,
)


def rule_of(checked: Check) -> str:
    """The id of the rule that a function of `CHECKS` applies: the first word of its docstring."""
    return (checked.__doc__ or "").partition(":")[0]
