"""From an assessment to where the matter stands: 拟定, and what an officer may approve in a batch.

`run --approve-as` approves only what a person can answer for: a draft whose level comes from a registered source, and
items that the officer's list names.  A draft that rests on keywords alone stops at 拟定, and so does everything with
a violation, an open question or a page that was not read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from markpipe.classify.derive import as_read
from markpipe.classify.determine import approve, correct
from markpipe.classify.procedure import Decision as Settling
from markpipe.classify.procedure import ensure_may
from markpipe.classify.propose import propose
from markpipe.classify.rules import Context, check
from markpipe.config.procedure import Procedure
from markpipe.detect.disclosure import declared_public
from markpipe.errors import RefusedError
from markpipe.ledger.procedure import ConsentRecorded
from markpipe.ledger.views import Matter
from markpipe.model.agency import Actor, Agency, Officer, Person
from markpipe.model.classification import Level
from markpipe.model.decision import Decision, Derivation, Determination, Proposal
from markpipe.model.document import Format, ReadStatus
from markpipe.model.finding import Finding
from markpipe.model.outcome import Assessment, Outcome
from markpipe.model.procedure import Consent, ConsentKind
from markpipe.pipeline.decisions import WHOLE, Decisions, Line, Verdict
from markpipe.pipeline.standing import Bench, locked
from markpipe.store.register import Register
from markpipe.text.fold import fold

UNRELATED = "未涉及内容"


@dataclass(frozen=True, slots=True)
class Approver:
    """The officer that a batch names (None where the site knows no such officer), and who is acting."""

    officer: Officer | None
    actor: Actor


@dataclass(frozen=True, slots=True)
class Desk:
    """Who handles the drafts of a batch, who approves, and on which day."""

    agency: Agency
    handler: Actor
    today: dt.date
    issued_on: dt.date
    now: Callable[[], dt.datetime]
    approver: Approver | None = None
    decisions: Decisions = field(default_factory=Decisions)
    declared: tuple[Derivation, ...] = ()
    procedure: Procedure = field(default_factory=Procedure)

    def context(self, assessment: Assessment, register: Register, matter: Matter) -> Context:
        """What the rules are checked against for one draft."""
        officer = None if self.approver is None else self.approver.officer
        bench = Bench(self.agency, self.today, self.procedure, officer)
        return bench.context(register, assessment.document.digest, matter)


def settle(assessment: Assessment, register: Register, desk: Desk) -> Outcome:
    """Propose what a draft calls for, record it, and approve it where the batch may."""
    document = assessment.document
    if not document.text:
        return Outcome(assessment, held=("没有读到内容，不能判断是否涉密",))
    earlier = register.matter_of(document.digest, assessment.path)
    if earlier is not None and earlier.decision is Decision.DECLASSIFIED:
        return Outcome(assessment, earlier.decision, held=(f"{earlier.id} 已解密；公开前另行审查（PUB-3）",))
    if earlier is not None and earlier.digest == document.digest and earlier.decision is Decision.APPROVED:
        if waits := locked(register).get(earlier.id):
            return Outcome(assessment, earlier.decision, held=tuple(f"{reason}（DRV-7）" for reason in waits))
        return Outcome(assessment, earlier.decision, earlier.proposal, determination=earlier.determination)
    lines = desk.decisions.of(assessment.path)
    _record_answers(assessment, register, desk, lines)
    proposal = draw_up(assessment, register, desk, lines)
    nothing = proposal.level is None and not proposal.citations and not proposal.open_questions
    if nothing and not register.matters_named(assessment.path):
        return Outcome(assessment, held=_notes(assessment))
    matter = register.propose(proposal, desk.handler, desk.now())
    return _decide(assessment, matter, register, desk, lines)


def draw_up(
    assessment: Assessment, register: Register, desk: Desk, lines: Mapping[str, Line] | None = None
) -> Proposal:
    """承办人拟定 from what was found, what was declared, what was answered and what the list says of single items."""
    lines = lines or {}
    answers = register.answers(assessment.document.digest)
    citations = tuple(
        replace(citation, answer=given.answer, reason=given.reason, answered_by=given.person)
        if (given := answers.get(citation.id))
        else citation
        for citation in assessment.citations
    )
    proposal = propose(
        digest=assessment.document.digest,
        name=assessment.path,
        handler=desk.handler.person,
        issued_on=desk.issued_on,
        findings=_considered(assessment, lines),
        derivations=as_read(_merged(assessment.derivations, desk.declared), desk.procedure.set_aside),
        citations=citations,
        declared_public=declared_public(fold(assessment.document.text_map)),
        set_aside=desk.procedure.set_aside,
    )
    whole = lines.get(WHOLE)
    if whole is not None and whole.verdict is Verdict.CLASSIFY and whole.level is not None:
        return correct(proposal, whole.level, whole.term, whole.reason or "按定密责任人决定清单")
    return proposal


def _merged(found: Sequence[Derivation], declared: Sequence[Derivation]) -> tuple[Derivation, ...]:
    """Excerpts found and sources declared; for one source the declaration adds the 密点 it names to the places found."""
    by_source = {derivation.source.id: derivation for derivation in found}
    for derivation in declared:
        known = by_source.get(derivation.source.id)
        by_source[derivation.source.id] = replace(known, touched=derivation.touched) if known else derivation
    return tuple(by_source.values())


def _considered(assessment: Assessment, lines: Mapping[str, Line]) -> tuple[Finding, ...]:
    """The findings that a proposal rests on, with what the list decides about each."""
    considered = []
    for finding in assessment.findings:
        line = lines.get(finding.entry)
        if line is not None and line.verdict is not Verdict.CLASSIFY:
            continue
        if line is not None:
            term = line.term.label if line.term is not None else finding.term
            considered.append(replace(finding, level=line.level or finding.level, term=term, confidence=1.0))
        else:
            considered.append(finding)
    return tuple(considered)


def _record_answers(assessment: Assessment, register: Register, desk: Desk, lines: Mapping[str, Line]) -> None:
    for citation in assessment.citations:
        line = lines.get(citation.id)
        if line is not None and line.verdict is Verdict.UNRELATED:
            register.answer_citation(
                assessment.document.digest,
                citation.id,
                citation.text,
                UNRELATED,
                line.reason,
                desk.handler,
                desk.now(),
            )


def _decide(
    assessment: Assessment, matter: Matter, register: Register, desk: Desk, lines: Mapping[str, Line]
) -> Outcome:
    proposal = matter.proposal
    outcome = Outcome(
        assessment, matter.decision, proposal, check(proposal, desk.context(assessment, register, matter))
    )
    waiting = _notes(assessment)
    whole = lines.get(WHOLE)
    if desk.approver is None or matter.decision is not Decision.PROPOSED:
        return replace(outcome, held=(*_turned_first(assessment, proposal), *waiting))
    if whole is not None and whole.verdict is Verdict.DECLINE:
        return _decline(outcome, matter, register, desk, desk.approver, whole)
    if proposal.level is None:
        return replace(outcome, held=waiting)
    if reasons := _not_in_a_batch(assessment, proposal, lines):
        return replace(outcome, held=(*reasons, *waiting))
    return _approve(outcome, matter, register, desk, desk.approver)


def _decline(
    outcome: Outcome, matter: Matter, register: Register, desk: Desk, approver: Approver, line: Line
) -> Outcome:
    if not line.reason:
        return replace(outcome, held=("不予定密须写明理由（决定清单 reason 列）",))
    try:
        context = desk.context(outcome.assessment, register, matter)
        ensure_may(Person(approver.actor.person), Settling(context, matter.proposal.handler))
    except RefusedError as refusal:
        register.refuse(matter.id, refusal.rules, refusal.message, approver.actor, desk.now())
        return replace(outcome, refused=(str(refusal),))
    declined = register.decline(matter.id, line.reason, approver.actor, desk.now())
    return replace(outcome, decision=declined.decision, violations=())


def _approve(outcome: Outcome, matter: Matter, register: Register, desk: Desk, approver: Approver) -> Outcome:
    """Approve, or record that it was tried and refused."""
    actor = approver.actor
    context = desk.context(outcome.assessment, register, matter)
    try:
        determination = approve(matter.proposal, context, actor, matter.id)
    except RefusedError as refusal:
        register.refuse(matter.id, refusal.rules, refusal.message, actor, desk.now())
        return replace(outcome, refused=(str(refusal),))
    register.take(excerpt_approvals(determination, matter.proposal, context), actor, desk.now())
    register.approve(determination, actor, desk.now())
    return replace(outcome, decision=Decision.APPROVED, determination=determination, violations=())


def excerpt_approvals(
    determination: Determination, proposal: Proposal, context: Context
) -> tuple[ConsentRecorded, ...]:
    """What the officer agrees to besides: taking from each source of 机密 or 秘密 (保密法实施条例第二十七条第五项).

    A source whose use was agreed to before needs none again; a 绝密 one is for its originator to agree to (CPY-2).
    """
    agreed = {one.source for one in context.record.consents if one.kind is ConsentKind.LEADER}
    return tuple(
        ConsentRecorded(
            determination.digest,
            Consent(
                ConsentKind.LEADER, one.source.id, determination.officer, determination.id, determination.decided_on
            ),
        )
        for one in proposal.derivations
        if one.source.mark.level < Level.JUEMI and one.source.id not in agreed
    )


_SHEETS = {Format.XLSX: "电子表格", Format.PPTX: "演示文稿"}


def _turned_first(assessment: Assessment, proposal: Proposal) -> tuple[str, ...]:
    """That a workbook or a presentation, which is read but not marked, has to be turned into a PDF, in Chinese."""
    what = _SHEETS.get(assessment.document.format)
    if what is None or proposal.level is None:
        return ()
    return (f"{what}上加不了国家秘密标志，请转为 PDF 后再报批（MRK-6）",)


def _not_in_a_batch(assessment: Assessment, proposal: Proposal, lines: Mapping[str, Line]) -> tuple[str, ...]:
    """Why a batch may not approve this draft, in Chinese; empty where it may."""
    reasons = []
    if assessment.document.status is not ReadStatus.READ:
        reasons.append("有内容没有读到，不在批量中审批")
    if assessment.document.format not in (Format.PDF, Format.DOCX):
        plain = "纯文本不能承载国家秘密标志，请转为 DOCX 或 PDF 后再报批（MRK-6）"
        reasons.extend(_turned_first(assessment, proposal) or (plain,))
    undecided = sorted({point.entry for point in proposal.points} - set(lines))
    if undecided and WHOLE not in lines:
        reasons.append(f"原始定密事项（{'、'.join(undecided)}）仅凭词典提示，须定密责任人逐项决定，不在批量中审批")
    return tuple(reasons)


def _notes(assessment: Assessment) -> tuple[str, ...]:
    """What waits for a person whatever is decided: text not read, a mark that is there already."""
    notes = []
    if assessment.document.status is not ReadStatus.READ:
        notes.append("有内容没有读到，结论不完整")
    if any(mark.at_place for mark in assessment.marks):
        notes.append("文中标志位置已有国家秘密标志，请核对其来源和依据")
    return tuple(notes)
