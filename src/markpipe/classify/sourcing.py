"""Rules about what a proposal takes from its sources, beyond level and end: points, consents, scope, chains.

Each is a generator of violations, listed in `classify.rules.CHECKS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from markpipe.classify.case import Case
from markpipe.classify.derive import derive
from markpipe.classify.rulebook.table import violation
from markpipe.model.classification import Level
from markpipe.model.decision import Derivation, Source, Violation
from markpipe.model.procedure import ConsentKind

_SCOPE_PARTS = re.compile("[、，,；;]")
_FREE_WORDS = re.compile("有关|相关|等|各|根据工作需要|因工作")


def touched_points_are_the_source_s(case: Case) -> Iterator[Violation]:
    """DRV-2: what is said to be touched is a 密点 that the source marks (派生国家秘密定密管理暂行办法第八条)."""
    for number, derivation in enumerate(case.proposal.derivations, 1):
        known = {point.mark for point in derivation.source.points}
        strange = [mark.text for mark in derivation.touched if mark not in known]
        if known and strange:
            words = "、".join(strange)
            yield violation("DRV-2", f"来源{derivation.source.id or number}登记的密点中没有“{words}”，不能据此降低密级")


def mixed_matter_takes_the_stricter(case: Case) -> Iterator[Violation]:
    """DRV-5: range items beside sources count as well, and the stricter holds (派生国家秘密定密管理暂行办法)."""
    level = case.proposal.level
    if case.derived.level is None or level is None:
        return
    highest = max((point.mark.level for point in case.proposal.points), default=level)
    if highest > level:
        yield violation("DRV-5", f"文中还有范围列明的{highest.label}级事项，不能只按来源定为{level.label}")


def sources_are_as_registered(case: Case) -> Iterator[Violation]:
    """DRV-7: a proposal rests on its sources as they stand now (派生国家秘密定密管理暂行办法)."""
    if case.context.sources is None:
        return
    for derivation in case.proposal.derivations:
        now = case.context.sources.get(derivation.source.id)
        if now is not None and outdated(derivation.source, now):
            yield violation("DRV-7", f"来源{now.id}已变更或者解密，拟定所据的是变更以前的内容，请重新拟定")


def outdated(then: Source, now: Source) -> bool:
    """Whether what a derivative takes from a source has changed since."""
    return _carried(then) != _carried(now)


def _carried(source: Source) -> tuple[object, ...]:
    return (
        source.mark,
        source.starts_on,
        source.points,
        source.access_scope,
        source.notice,
        source.declassified_on,
    )


def scope_follows_sources(case: Case) -> Iterator[Violation]:
    """DRV-8: those who may know are no more than the sources allow, or a recorded consent does (保密法第二十一条).

    Scopes are compared by their parts; one in free words cannot be compared and waits for a person.
    """
    if case.proposal.level is None or not case.derived.access_scope:
        return
    scope = scope_parts(case.proposal.access_scope)
    widened = [one.scope for one in case.context.record.consents if one.kind is ConsentKind.WIDENING]
    allowed = frozenset[str]().union(*(scope_parts(text) for text in (case.derived.access_scope, *widened)))
    if not scope:
        yield violation("DRV-8", "没有写知悉范围，应随来源的知悉范围")
    elif not scope <= allowed:
        if any(_FREE_WORDS.search(part) for part in scope - allowed):
            yield violation("DRV-8", "知悉范围是概括的说法，无法与来源的知悉范围比较，请逐一列明单位和人员")
        else:
            yield violation("DRV-8", "知悉范围超出来源的知悉范围，须经原定密机关同意")


def scope_parts(scope: str) -> frozenset[str]:
    """The units and people that a scope lists."""
    return frozenset(part.strip() for part in _SCOPE_PARTS.split(scope) if part.strip())


def top_secret_needs_consent(case: Case) -> Iterator[Violation]:
    """CPY-2: nothing is taken from a 绝密 carrier without its originator or the superior (保密法第二十六条).

    A lower 密点 makes no difference: the carrier is 绝密.
    """
    agreed = {one.source for one in case.context.record.consents if one.kind is ConsentKind.ORIGINATOR}
    for number, derivation in enumerate(case.proposal.derivations, 1):
        source = derivation.source
        if source.mark.level is Level.JUEMI and source.id not in agreed and _binds(derivation, case):
            name = source.id or str(number)
            yield violation("CPY-2", f"来源{name}是绝密件，摘录、引用、汇编须先经原定密机关、单位或者其上级同意并登记")


def _binds(derivation: Derivation, case: Case) -> bool:
    return derive([derivation], case.proposal.issued_on, case.context.set_aside).level is not None


def root_level(case: Case) -> tuple[Level, str] | None:
    """The highest level that the sources' own sources ask for at least, with the id of that root (T17).

    A root with marked 密点 asks for its lowest one at least: which of them the hop between touched is not known here.
    """
    if case.context.sources is None:
        return None
    found = [
        (min((point.mark.level for point in root.points), default=root.mark.level), root.id)
        for derivation in case.proposal.derivations
        if not derivation.touched
        for root in ancestors(derivation.source, case.context.sources)
        if _binds(Derivation(root, derivation.grounds), case)
    ]
    return max(found, default=None)


def ancestors(source: Source, sources: Mapping[str, Source]) -> tuple[Source, ...]:
    """The sources that a source derives from, over every hop; a circle ends where it began."""
    found: dict[str, Source] = {}
    waiting = list(source.derived_from)
    while waiting:
        parent = sources.get(waiting.pop(0))
        if parent is not None and parent.id not in found and parent.id != source.id:
            found[parent.id] = parent
            waiting += parent.derived_from
    return tuple(found.values())
