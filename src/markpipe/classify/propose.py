"""拟定: what the handler puts before the officer, from findings, sources and citations.

Two grounds, each with its own end, and the stricter of each counts (DRV-4, DRV-5)::

    findings of a 保密事项范围 ──▶ level and term as the range gives them ─┐
                                                                         ├─▶ highest level, latest end
    sources that the draft carries ──▶ `classify.derive` ────────────────┘

A mark or a citation in the text classifies nothing by itself, nor do work secrets, trade secrets or personal data.
What only a person can settle becomes an open question; while one is open nothing can be approved.  Whether the law
allows a proposal is the business of `classify.rules`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from markpipe.classify.derive import Derived, derive
from markpipe.classify.terms import End, end_of, latest, longest, term_of
from markpipe.model.classification import Level, Mark, Term, date_label, parse_term
from markpipe.model.decision import Citation, Derivation, Origin, Proposal, SecretPoint
from markpipe.model.finding import Finding, Kind
from markpipe.model.wording import term_words

SURE = 0.5
"""A finding below this confidence sets no level; it is asked about, but for one by likeness where there is a ground."""

UNRELATED = "未涉及内容"
"""The answer that, with a reason, makes a citation harmless."""

# open questions begin with what they are about, so that a correction answers those on level and term only
ON_LEVEL = "密级："
ON_TERM = "期限："
ON_SOURCE = "来源："
ON_CITATION = "引用："
ON_DISCLOSURE = "公开属性："

_PUNCTUATION = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class _Ranged:
    """A finding that counts, with the term that its range gives; `assumed` where that could not be used."""

    finding: Finding
    level: Level
    term: Term
    assumed: bool


def propose(
    *,
    digest: str,
    name: str,
    handler: str,
    issued_on: dt.date,
    findings: Sequence[Finding],
    derivations: Sequence[Derivation],
    citations: Sequence[Citation],
    declared_public: str = "",
    set_aside: Collection[str] = (),
) -> Proposal:
    """What a draft calls for.  `UsageError` where a term runs past the calendar.

    `declared_public` is what the draft says of its own publication: with a level beside it, one of the two is wrong;
    `set_aside` are the rules whose inferred part the unit does not apply.
    """
    derived = derive(derivations, issued_on, set_aside)
    outside = _outside_sources(findings, derivations, issued_on, set_aside)
    ranged = [_ranged(finding, finding.level) for finding in outside if finding.level is not None and _sure(finding)]
    level = max([r.level for r in ranged] + ([] if derived.level is None else [derived.level]), default=None)
    end = _common_end(ranged, derived, issued_on)
    term = None if end is None or level is None else _term(end, ranged, derived, issued_on)
    return Proposal(
        digest=digest,
        name=name,
        handler=handler,
        level=level,
        term=term,
        origin=Origin.ORIGINAL if derived.level is None else Origin.DERIVATIVE,
        issued_on=issued_on,
        declassify_on=end.date if end is not None and term is not None else None,
        access_scope=derived.access_scope,
        derivations=tuple(derivations),
        points=tuple(_point(r) for r in ranged),
        citations=tuple(citations),
        kinds=tuple(kind for kind in Kind if any(finding.kind is kind for finding in findings)),
        basis=tuple(dict.fromkeys((*_source_basis(derivations), *_source_remarks(derived), *_range_basis(ranged)))),
        open_questions=tuple(
            dict.fromkeys(
                (
                    *_about_ends(ranged, derived, end, term),
                    *_about_doubts(outside if level is None else [each for each in outside if not each.by_likeness]),
                    *_about_citations(citations, derivations),
                    *_about_disclosure(declared_public, level),
                )
            )
        ),
    )


def _point(ranged: _Ranged) -> SecretPoint:
    finding = ranged.finding
    return SecretPoint(Mark(ranged.level, ranged.term), finding.span, finding.entry, finding.item, finding.produced_at)


def _sure(finding: Finding) -> bool:
    return finding.confidence >= SURE


def _outside_sources(
    findings: Sequence[Finding], derivations: Sequence[Derivation], issued_on: dt.date, set_aside: Collection[str]
) -> list[Finding]:
    """The state-secret findings with a level that are the draft's own.

    What stands inside an excerpt of a source is the source's matter: its level and end answer for it, or every
    quotation would start a new term.  A finding of a higher level than the source's stays: then the stricter counts.
    """
    covered = []
    for derivation in derivations:
        level = derive([derivation], issued_on, set_aside).level
        if level is not None:
            covered += [(level, span) for span in derivation.spans]
    return [
        finding
        for finding in findings
        if finding.kind is Kind.STATE_SECRET
        and finding.level is not None
        and not any(finding.level <= level and span.covers(finding.span) for level, span in covered)
    ]


def _ranged(finding: Finding, level: Level) -> _Ranged:
    try:
        return _Ranged(finding, level, parse_term(finding.term or ""), assumed=False)
    except ValueError:
        return _Ranged(finding, level, longest(level), assumed=True)


def _common_end(ranged: Sequence[_Ranged], derived: Derived, issued_on: dt.date) -> End | None:
    """The latest end of both grounds; None where there is none or a source's is not known and could be later."""
    ends = [end_of(r.term, issued_on) for r in ranged]
    if derived.end is not None:
        ends.append(derived.end)
    if not ends:
        return None
    end = latest(ends)
    return end if derived.level is None or derived.end is not None or end.indefinite else None


def _term(end: End, ranged: Sequence[_Ranged], derived: Derived, issued_on: dt.date) -> Term | None:
    """The term of the mark: as the range gives it for an original, the end date for a derivative."""
    if derived.level is None:
        return next((r.term for r in ranged if end_of(r.term, issued_on) == end), None)
    return term_of(end)


def _source_basis(derivations: Iterable[Derivation]) -> Iterable[str]:
    """One line a source: title, number, mark, 制发日, 密点 and places (DRV-6)."""
    for derivation in derivations:
        source = derivation.source
        issued = "制发日不详" if source.issued_on is None else f"{date_label(source.issued_on)}制发"
        record = "，".join(filter(None, (source.document_number or "文号不详", source.mark.text, issued)))
        title = f"《{source.title}》" if source.title else "（来源标题不详）"
        parts = [f"{title}（{record}）"]
        if derivation.touched:
            parts.append("所涉密点：" + "、".join(mark.text for mark in derivation.touched))
        parts.append(derivation.grounds.value + (f"：{derivation.place}" if derivation.place else ""))
        if derivation.source_place:
            parts.append(f"来源出处：{derivation.source_place}")
        yield "；".join(parts)


def _source_remarks(derived: Derived) -> Iterable[str]:
    """What is wrong with a source or to be looked into, and does not stop the draft."""
    for violation in derived.violations:
        yield f"来源标注有误，请向原定密机关提出：{violation.message}（{violation.rule}）"
    for warning in derived.warnings:
        if warning not in derived.holds:
            yield f"请核实：{warning.message}（{warning.rule}）"


def _range_basis(ranged: Iterable[_Ranged]) -> Iterable[str]:
    """One line a range item; in words, for ★ belongs to what is determined."""
    for r in ranged:
        item = r.finding.item or r.finding.entry
        source = f"{r.finding.basis}：" if r.finding.basis else ""
        yield f"{source}{item}（{r.level.label}，{term_words(r.term)}）"


def _about_ends(ranged: Sequence[_Ranged], derived: Derived, end: End | None, term: Term | None) -> Iterable[str]:
    for hold in derived.holds:
        if hold.rule == "TRM-3":
            yield f"{ON_SOURCE}{hold.message}"
        elif term is None:
            yield f"{ON_TERM}{hold.message}"
    for r in ranged:
        if r.assumed:
            given = f"（范围写的是：{r.finding.term}）" if r.finding.term else ""
            kept = f"暂按{r.level.label}的最长期限{r.level.longest_years}年拟定"
            yield f"{ON_TERM}{r.finding.item or r.finding.entry}没有可以直接使用的期限{given}，{kept}，请核定"
    if end is not None and not end.ranked and not derived.held:
        yield f"{ON_TERM}各项依据的解密条件、解密时间不能比较长短（{end.label}），须都满足才解密，请核定标志上写哪一项"


def _about_doubts(outside: Iterable[Finding]) -> Iterable[str]:
    for finding in outside:
        if not _sure(finding) and finding.level is not None:
            item = finding.item or finding.entry
            yield f"{ON_LEVEL}疑似{item}（{finding.level.label}），把握不大，请核实是否属于该事项"


def _about_disclosure(declared_public: str, level: Level | None) -> Iterable[str]:
    """NEG-1: what the law wants public, or the public has to know, is not determined (定密管理规定第十九条)."""
    if declared_public and level is not None:
        yield (
            f"{ON_DISCLOSURE}草稿写明“{declared_public}”，又拟定为{level.label}：须公开的事项不得定密，请核实后改正草稿，"
            "或者作出不定密的决定"
        )


def _about_citations(citations: Iterable[Citation], derivations: Sequence[Derivation]) -> Iterable[str]:
    for citation in citations:
        if citation.answer == UNRELATED and citation.reason.strip():
            continue
        if _declared(citation, derivations):
            continue
        if citation.answer and citation.answer != UNRELATED:
            yield f"{ON_CITATION}引用涉密文号“{citation.text}”，承办人答复“{citation.answer}”，请登记该来源并按派生办理"
        else:
            yield f"{ON_CITATION}引用涉密文号“{citation.text}”，请确认是否涉及其内容"


def _declared(citation: Citation, derivations: Iterable[Derivation]) -> bool:
    """Whether the cited document is one of the sources: then its level is taken over and nothing is left to ask."""
    cited = _PUNCTUATION.sub("", citation.text)
    numbers = (_PUNCTUATION.sub("", derivation.source.document_number) for derivation in derivations)
    return any(number and number in cited for number in numbers)
