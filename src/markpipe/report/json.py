"""Reports for programs: `markpipe.scan/1` and `markpipe.run/1`, the same bytes for the same input.

No time, no machine and no chance enters by itself.  A proposal is written without ★; ★ stands only in the mark of a
determination or a source, or where a document is quoted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markpipe.detect.aggregate import Reached
from markpipe.detect.triage import PutAside, Suppression
from markpipe.errors import MarkpipeError
from markpipe.model.classification import Level, Mark
from markpipe.model.decision import Citation, Decision, Derivation, Determination, Proposal, Violation
from markpipe.model.document import Document, ReadStatus, TextMap, Unread
from markpipe.model.finding import Finding, FoundMark
from markpipe.model.outcome import Assessment, Outcome
from markpipe.report.dumps import Json
from markpipe.report.gist import (
    Gist,
    Standing,
    by_path,
    copies_of,
    gist,
    looked_at,
    most_likely_first,
    proposal_words,
    standing,
)
from markpipe.report.places import ExcerptMode, around, unquoted, where

SCAN_SCHEMA = "markpipe.scan/1"
RUN_SCHEMA = "markpipe.run/1"


def scan_json(
    assessments: Sequence[Assessment],
    errors: Sequence[MarkpipeError] = (),
    *,
    excerpt: ExcerptMode = ExcerptMode.CONTEXT,
    ok: bool | None = None,
) -> Json:
    """What looking at files gave.

    `ok` is whether the command ends with 0; None: everything was read and nothing was found.
    """
    outcomes = looked_at(assessments)
    clean = not errors and all(
        a.document.status is ReadStatus.READ and not a.findings and not a.marks for a in assessments
    )
    return {
        "schema": SCAN_SCHEMA,
        "ok": clean if ok is None else ok,
        "summary": _summary(outcomes, gist(outcomes, errors)),
        "documents": [_document(outcome.assessment, excerpt) for outcome in by_path(outcomes)],
        "errors": [_error(error) for error in errors],
    }


def triage_json(assessments: Sequence[Assessment], wholes: Sequence[Reached], aside: PutAside) -> Json:
    """What goes with a scan beside its documents: items that several reach together, and suppressions."""

    def listed(suppressions: Sequence[Suppression]) -> list[Json]:
        return [
            {
                "fingerprint": each.fingerprint,
                "reason": each.reason,
                "approver": each.approver,
                "expires": each.expires.isoformat(),
            }
            for each in suppressions
        ]

    together = [
        {
            "entry": whole.item.id,
            "kind": whole.item.kind.value,
            "level": None if whole.item.level is None else whole.item.level.label,
            "item": whole.item.item,
            "basis": whole.item.basis,
            "documents": [assessments[number].path for number in whole.documents],
            "places": len(whole.places),
            "least": whole.item.aggregate,
        }
        for whole in wholes
    ]
    suppressions = {name: listed(getattr(aside, name)) for name in ("used", "expired", "unused")}
    return {"together": together, "suppressions": suppressions}


def run_json(
    outcomes: Sequence[Outcome],
    errors: Sequence[MarkpipeError] = (),
    *,
    excerpt: ExcerptMode = ExcerptMode.CONTEXT,
    ok: bool | None = None,
    demo: bool = False,
    agency: str = "",
    issued_on: str = "",
) -> Json:
    """What a run decided and wrote.  `issued_on` is the day of the run as the caller gives it (ISO), or empty."""
    short = gist(outcomes, errors)
    summary = _summary(outcomes, short) | {
        "decisions": _decisions(outcomes),
        "copies": sum(len(copies_of(outcome)) for outcome in outcomes),
        "violations": sum(len(outcome.violations) for outcome in outcomes),
        "held": sum(standing(outcome) is Standing.HELD for outcome in outcomes),
        "refused": sum(bool(outcome.refused) for outcome in outcomes),
        "failed": sum(bool(outcome.failed) for outcome in outcomes),
    }
    return {
        "schema": RUN_SCHEMA,
        "ok": _settled(outcomes, errors) if ok is None else ok,
        "demo": demo,
        "agency": agency,
        "issued_on": issued_on,
        "summary": summary,
        "documents": [_outcome(outcome, excerpt) for outcome in by_path(outcomes)],
        "errors": [_error(error) for error in errors],
    }


def _settled(outcomes: Sequence[Outcome], errors: Sequence[MarkpipeError]) -> bool:
    """Whether a run left nothing to read, answer, decide or mend."""
    return not errors and all(
        outcome.assessment.document.status is ReadStatus.READ
        and outcome.settled
        and not (outcome.decision is None and outcome.assessment.findings)
        for outcome in outcomes
    )


def _summary(outcomes: Sequence[Outcome], short: Gist) -> Json:
    findings = [finding for outcome in outcomes for finding in outcome.assessment.findings]
    levels = Counter(finding.level for finding in findings)
    return {
        "files": short.files,
        "read": short.read,
        "partial": short.partial,
        "unread": short.unread,
        "findings": len(findings),
        "levels": {level.label: levels[level] for level in Level},
        "headline": short.headline,
        "handling": short.notice,
    }


def _decisions(outcomes: Sequence[Outcome]) -> Json:
    counts = Counter(outcome.decision for outcome in outcomes)
    return {decision.value: counts[decision] for decision in Decision}


def _error(error: MarkpipeError) -> Json:
    return {"message": error.message, "remedy": error.remedy, "exit_code": int(error.exit_code)}


def _document(assessment: Assessment, excerpt: ExcerptMode) -> Json:
    document = assessment.document
    return {
        "path": assessment.path,
        "format": document.format.value,
        "sha256": document.digest,
        "pages": document.pages,
        "status": document.status.value,
        "unread": [_unread(unread) for unread in document.unread],
        "marks": [_found_mark(found, document, excerpt) for found in assessment.marks],
        "findings": [_finding(finding, document, excerpt) for finding in most_likely_first(assessment.findings)],
    }


def _unread(unread: Unread) -> Json:
    reason = unread.reason
    return {
        "where": unread.where,
        "reason": reason.value,
        "message": reason.message,
        "remedy": reason.remedy,
        "detail": unread.detail,
    }


def _term(mark: Mark | None) -> str | None:
    return None if mark is None or mark.term is None else mark.term.label


def _found_mark(found: FoundMark, document: Document, excerpt: ExcerptMode) -> Json:
    answer = {
        "level": None if found.mark is None else found.mark.level.label,
        "term": _term(found.mark),
        "where": where(document.text_map, found.span),
        "start": found.span.start,
        "end": found.span.end,
        "at_place": found.at_place,
        "problem": unquoted(found.problem, excerpt),
    }
    return answer if excerpt is ExcerptMode.NONE else answer | {"text": found.text}


def _finding(finding: Finding, document: Document, excerpt: ExcerptMode) -> Json:
    answer: Json = {
        "entry": finding.entry,
        "kind": finding.kind.value,
        "level": None if finding.level is None else finding.level.label,
        "term": finding.term,
        "item": finding.item,
        "basis": finding.basis,
        "start": finding.span.start,
        "end": finding.span.end,
        "where": where(document.text_map, finding.span),
        "folded": [folding.value for folding in finding.folded],
        "confidence": round(finding.confidence, 4),
        "why": [unquoted(why, excerpt) for why in finding.why],
        "fingerprint": finding.fingerprint,
    }
    if excerpt is not ExcerptMode.NONE:
        answer["text"] = finding.text
    if excerpt is ExcerptMode.CONTEXT:
        answer["before"], answer["after"] = around(document.text, finding.span)
    return answer


def _outcome(outcome: Outcome, excerpt: ExcerptMode) -> Json:
    text_map = outcome.assessment.document.text_map
    proposal, determination = outcome.proposal, outcome.determination
    return _document(outcome.assessment, excerpt) | {
        "decision": None if outcome.decision is None else outcome.decision.value,
        "proposal": None if proposal is None else _proposal(proposal, text_map, excerpt),
        "violations": [_violation(violation) for violation in outcome.violations],
        "determination": None if determination is None else _determination(determination),
        "outputs": [
            {
                "path": output.path,
                "kind": output.kind.value,
                "sha256": output.sha256,
                "serial": output.serial,
                "notes": list(output.notes),
            }
            for output in outcome.outputs
        ],
        "held": [unquoted(held, excerpt) for held in outcome.held],
        "refused": [unquoted(refused, excerpt) for refused in outcome.refused],
        "failed": list(outcome.failed),
    }


def _proposal(proposal: Proposal, text_map: TextMap, excerpt: ExcerptMode) -> Json:
    return {
        "name": proposal.name,
        "handler": proposal.handler,
        "level": None if proposal.level is None else proposal.level.label,
        "term": None if proposal.term is None else proposal.term.label,
        "mark_text": proposal_words(proposal),
        "origin": proposal.origin.value,
        "issued_on": proposal.issued_on.isoformat(),
        "declassify_on": None if proposal.declassify_on is None else proposal.declassify_on.isoformat(),
        "access_scope": proposal.access_scope,
        "basis": list(proposal.basis),
        "derivations": [_derivation(derivation) for derivation in proposal.derivations],
        "citations": [_citation(citation, text_map, excerpt) for citation in proposal.citations],
        "open_questions": [unquoted(question, excerpt) for question in proposal.open_questions],
    }


def _derivation(derivation: Derivation) -> Json:
    source = derivation.source
    return {
        "source": source.id,
        "title": source.title,
        "document_number": source.document_number,
        "mark": source.mark.text,
        "issued_on": None if source.issued_on is None else source.issued_on.isoformat(),
        "place": derivation.place,
        "source_place": derivation.source_place,
        "grounds": derivation.grounds.value,
        "touched": [mark.text for mark in derivation.touched],
        "spans": [[span.start, span.end] for span in derivation.spans],
    }


def _citation(citation: Citation, text_map: TextMap, excerpt: ExcerptMode) -> Json:
    answer: Json = {
        "id": citation.id,
        "where": where(text_map, citation.span),
        "start": citation.span.start,
        "end": citation.span.end,
        "answer": citation.answer,
        "reason": citation.reason,
        "answered_by": citation.answered_by,
    }
    return answer if excerpt is ExcerptMode.NONE else answer | {"text": citation.text}


def _violation(violation: Violation) -> Json:
    return {"rule": violation.rule, "message": violation.message, "article": violation.article}


def _determination(determination: Determination) -> Json:
    return {
        "id": determination.id,
        "mark": determination.mark.text,
        "level": determination.mark.level.label,
        "term": _term(determination.mark),
        "origin": determination.origin.value,
        "officer": determination.officer,
        "handler": determination.handler,
        "decided_on": determination.decided_on.isoformat(),
        "issued_on": determination.issued_on.isoformat(),
        "declassify_on": None if determination.declassify_on is None else determination.declassify_on.isoformat(),
        "access_scope": determination.access_scope,
        "basis": list(determination.basis),
        "demo": determination.demo,
    }
