"""The gist that every form of report shares: counts, the headline, one line a document, how the report is to be kept.

The headline never says that all is clean while anything was not read.  Nothing here renders or reads a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from markpipe.errors import MarkpipeError
from markpipe.model.carrier import serial_label
from markpipe.model.classification import Level
from markpipe.model.decision import Citation, Decision, Derivation, Proposal
from markpipe.model.document import ReadStatus
from markpipe.model.finding import Finding, Kind
from markpipe.model.outcome import Assessment, Outcome, OutputKind
from markpipe.model.wording import handling_words, proposed_words

SECRET_KINDS = frozenset({Kind.STATE_SECRET, Kind.DERIVATION})


class Standing(StrEnum):
    """Where one document stands, in the order in which the headline counts them."""

    DETERMINED = "已定密"
    PROPOSED = "拟定待审批"
    HELD = "待人工处理"
    RETURNED = "已退回"
    LAPSED = "内容已改动"
    DECLINED = "不予定密"
    SUSPECTED = "疑似涉密"
    HINTED = "有其他提示"
    UNREAD = "未读"
    PARTIAL = "未读全"
    CLEAR = "未提示"


SILENT = (Standing.UNREAD, Standing.PARTIAL, Standing.CLEAR)
"""Standings about which there is nothing to say but whether the document was read."""

_BASIS_LONGEST = 48

_DECIDED: dict[Decision | None, Standing] = {
    Decision.APPROVED: Standing.DETERMINED,
    Decision.RETURNED: Standing.RETURNED,
    Decision.LAPSED: Standing.LAPSED,
    Decision.DECLINED: Standing.DECLINED,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One document on one line: what the mark is or would be, why, who, how many copies, what state."""

    path: str
    standing: Standing
    mark: str
    basis: str
    people: str
    copies: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gist:
    """The whole report in short.  `notice` says how the report itself is to be kept."""

    headline: str
    notice: str
    files: int
    read: int
    partial: int
    unread: int
    standings: tuple[tuple[Standing, int], ...]
    copies: int
    lines: tuple[Line, ...]
    level: Level | None

    @property
    def complete(self) -> bool:
        """Whether everything was read."""
        return not self.partial and not self.unread


def gist(outcomes: Sequence[Outcome], errors: Sequence[MarkpipeError] = ()) -> Gist:
    """The gist of outcomes, ordered by path."""
    ordered = by_path(outcomes)
    statuses = Counter(outcome.assessment.document.status for outcome in ordered)
    standings = Counter(standing(outcome) for outcome in ordered)
    partial, unread = statuses[ReadStatus.PARTIAL], statuses[ReadStatus.UNREAD]
    determined = max((o.determination.mark.level for o in ordered if o.determination is not None), default=None)
    suspected = max((level for o in ordered if (level := suspected_level(o)) is not None), default=None)
    complete = not partial and not unread and not errors
    notice = handling_words(
        determined, suspected, unsettled=any(_unsettled(outcome) for outcome in ordered), complete=complete
    )
    counts = tuple((each, standings[each]) for each in Standing if standings[each])
    return Gist(
        _headline(len(ordered), partial, unread, counts, len(errors)),
        notice,
        len(ordered),
        statuses[ReadStatus.READ],
        partial,
        unread,
        counts,
        sum(len(copies_of(outcome)) for outcome in ordered),
        tuple(_line(outcome) for outcome in ordered),
        max((level for level in (determined, suspected) if level is not None), default=None),
    )


def by_path(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The order of every report."""
    return tuple(sorted(outcomes, key=lambda outcome: outcome.assessment.path))


def looked_at(assessments: Sequence[Assessment]) -> tuple[Outcome, ...]:
    """Assessments on which nothing was decided, as outcomes: what `scan` gives."""
    return tuple(Outcome(assessment) for assessment in assessments)


def most_likely_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings by falling confidence, then by place."""
    return tuple(sorted(findings, key=lambda finding: (-finding.confidence, finding.span, finding.entry)))


def finding_level(assessment: Assessment) -> Level | None:
    """The highest level that reading suggests: of secret points, sources, and marks at a mark's place."""
    levels = [finding.level for finding in assessment.findings if finding.kind in SECRET_KINDS]
    levels += [derivation.source.mark.level for derivation in assessment.derivations]
    levels += [found.mark.level for found in assessment.marks if found.at_place and found.mark is not None]
    return max((level for level in levels if level is not None), default=None)


def suspected_level(outcome: Outcome) -> Level | None:
    """The level that an outcome leaves suspected: none where an officer declined, or determined at least as much."""
    if outcome.decision is Decision.DECLINED:
        return None
    levels = [finding_level(outcome.assessment), None if outcome.proposal is None else outcome.proposal.level]
    highest = max((level for level in levels if level is not None), default=None)
    determined = outcome.determination
    if highest is not None and determined is not None and determined.mark.level >= highest:
        return None
    return highest


def _unsettled(outcome: Outcome) -> bool:
    """Whether something is suspected whose level nobody knows, and no handler has answered it."""
    if outcome.decision is Decision.DECLINED or outcome.determination is not None:
        return False
    citations = outcome.assessment.citations if outcome.proposal is None else outcome.proposal.citations
    answered = {citation.id for citation in citations if citation.answer}
    return any(
        finding.kind in SECRET_KINDS and finding.level is None and finding.entry not in answered
        for finding in outcome.assessment.findings
    )


def standing(outcome: Outcome) -> Standing:
    """The one word for a document."""
    if outcome.decision in _DECIDED:
        return _DECIDED[outcome.decision]
    if outcome.determination is not None:
        return Standing.DETERMINED
    if outcome.assessment.document.status is ReadStatus.UNREAD:
        return Standing.UNREAD
    if outcome.proposal is not None:
        waits = outcome.held or (outcome.proposal.level is None and open_citations(outcome.proposal))
        return Standing.HELD if waits else Standing.PROPOSED
    if outcome.held:
        return Standing.HELD
    if finding_level(outcome.assessment) is not None or _unsettled(outcome):
        return Standing.SUSPECTED
    if outcome.assessment.findings:
        return Standing.HINTED
    return Standing.CLEAR if outcome.assessment.document.status is ReadStatus.READ else Standing.PARTIAL


def copies_of(outcome: Outcome) -> tuple[int | None, ...]:
    """The serials of the copies written."""
    return tuple(output.serial for output in outcome.outputs if output.kind is OutputKind.COPY)


def _headline(files: int, partial: int, unread: int, standings: Sequence[tuple[Standing, int]], errors: int) -> str:
    if not files:
        return "没有可读的文件，没有结论" + (f"；{errors} 处出错（见下）" if errors else "")
    parts = [f"{files - partial - unread} 份已读"]
    if partial:
        parts.append(f"{partial} 份部分未读")
    if unread:
        parts.append(f"{unread} 份未读")
    complete = not partial and not unread and not errors
    reading = f"{files} 份全部已读" if complete else "，".join(parts) + "（见下）——结论不完整"
    counts = [f"{each.value} {count} 份" for each, count in standings if each not in SILENT]
    if errors:
        counts.append(f"另有 {errors} 处出错")
    if not counts:
        counts = ["未提示涉密内容" if complete else "已读部分未提示涉密内容"]
    return f"{reading}；{'，'.join(counts)}"


def _line(outcome: Outcome) -> Line:
    return Line(
        outcome.assessment.path,
        standing(outcome),
        _mark(outcome),
        _basis(outcome),
        _people(outcome),
        _copies(outcome),
        _states(outcome),
    )


def open_citations(proposal: Proposal) -> tuple[Citation, ...]:
    """The citations that wait for the handler's answer."""
    return tuple(citation for citation in proposal.citations if not citation.answer)


def proposal_words(proposal: Proposal) -> str:
    """What is proposed, in words; nothing yet while a citation may still give a level."""
    if proposal.level is None and open_citations(proposal):
        return "密级待核实"
    return proposed_words(proposal.level, proposal.term)


def _mark(outcome: Outcome) -> str:
    """The mark of a determination as it stands on the carrier; anything less in words, without ★."""
    if outcome.determination is not None:
        return outcome.determination.mark.text
    if outcome.decision is Decision.DECLINED:
        return "不予定密"
    if outcome.proposal is not None:
        return proposal_words(outcome.proposal)
    if outcome.assessment.document.status is ReadStatus.UNREAD:
        return "未读，不能判断"
    level = finding_level(outcome.assessment)
    if level is not None:
        return f"疑似{level.label}级"
    return "疑似，密级待核实" if _unsettled(outcome) else "—"


def source_words(derivation: Derivation) -> str:
    """A source as a basis names it: 《题名》（文号，密级★期限）."""
    source = derivation.source
    inside = "，".join(part for part in (source.document_number, source.mark.text) if part)
    return f"《{source.title}》（{inside}）"


def _basis(outcome: Outcome) -> str:
    proposal, determination = outcome.proposal, outcome.determination
    derivations = outcome.assessment.derivations if proposal is None else proposal.derivations
    if derivations:
        more = f"等 {len(derivations)} 件" if len(derivations) > 1 else ""
        return f"派生自{source_words(derivations[0])}{more}"
    basis = determination.basis if determination is not None else () if proposal is None else proposal.basis
    if not basis:
        secret = (f for f in most_likely_first(outcome.assessment.findings) if f.kind in SECRET_KINDS)
        basis = tuple(dict.fromkeys(finding.item for finding in secret if finding.item))
    if not basis:
        return "—"
    first = basis[0] if len(basis[0]) <= _BASIS_LONGEST else f"{basis[0][:_BASIS_LONGEST]}…"
    return first if len(basis) == 1 else f"{first} 等 {len(basis)} 项"


def _people(outcome: Outcome) -> str:
    determination, proposal = outcome.determination, outcome.proposal
    if determination is not None:
        return f"承办 {determination.handler}；批准 {determination.officer}"
    if proposal is not None:
        waits = "" if outcome.decision in _DECIDED else "；待定密责任人审批"
        return f"承办 {proposal.handler}{waits}"
    return "—"


def _copies(outcome: Outcome) -> str:
    """How many copies, and their 份号 as ranges: 2 份（000001–000002）."""
    copies = copies_of(outcome)
    if not copies:
        return "—"
    runs: list[list[int]] = []
    for serial in sorted(serial for serial in copies if serial is not None):
        if runs and serial == runs[-1][1] + 1:
            runs[-1][1] = serial
        else:
            runs.append([serial, serial])
    shown = "、".join(
        serial_label(low) if low == high else f"{serial_label(low)}–{serial_label(high)}" for low, high in runs
    )
    return f"{len(copies)} 份（{shown}）" if shown else f"{len(copies)} 份"


def _states(outcome: Outcome) -> tuple[str, ...]:
    states = [standing(outcome).value]
    if outcome.assessment.document.status is ReadStatus.PARTIAL and states[0] != Standing.PARTIAL:
        states.append("部分未读")
    if outcome.determination is not None and outcome.determination.demo:
        states.append("演示")
    counted = ((outcome.held, "待处理 {} 项"), (outcome.violations, "规则问题 {} 项"))
    states.extend(text.format(len(entries)) for entries, text in counted if entries)
    if outcome.refused:
        states.append("未获批准")
    if outcome.failed:
        states.append("未能写出")
    if len(states) == 1 and (count := len(outcome.assessment.findings)) and outcome.decision is None:
        states.append(f"提示 {count} 处")
    return tuple(states)
