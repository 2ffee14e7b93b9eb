"""A matter for people and for programs: what `determination` answers.  ★ only where a determination or source gives it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from markpipe.ledger.views import Matter
from markpipe.model.classification import date_label
from markpipe.model.decision import Violation
from markpipe.model.wording import proposed_words
from markpipe.pipeline.history import Happened
from markpipe.text.printable import one_line

LIST_SCHEMA = "markpipe.determinations/1"
SHOW_SCHEMA = "markpipe.determination/1"


def matter_json(matter: Matter, violations: Sequence[Violation] = ()) -> dict[str, Any]:
    """One matter as JSON values; `mark` is null until it is determined."""
    proposal, determination = matter.proposal, matter.determination
    return {
        "id": matter.id,
        "name": matter.name,
        "sha256": matter.digest,
        "decision": matter.decision.value,
        "origin": proposal.origin.value,
        "level": None if proposal.level is None else proposal.level.label,
        "term": None if proposal.term is None else proposal.term.label,
        "declassify_on": None if proposal.declassify_on is None else proposal.declassify_on.isoformat(),
        "access_scope": proposal.access_scope,
        "basis": list(proposal.basis),
        "open_questions": list(proposal.open_questions),
        "citations": [
            {"id": one.id, "answer": one.answer, "reason": one.reason, "answered_by": one.answered_by}
            for one in proposal.citations
        ],
        "derivations": [
            {
                "source": one.source.id,
                "title": one.source.title,
                "document_number": one.source.document_number,
                "mark": one.source.mark.text,
                "grounds": one.grounds.value,
                "place": one.place,
                "source_place": one.source_place,
            }
            for one in proposal.derivations
        ],
        "handler": proposal.handler,
        "officer": None if determination is None else determination.officer,
        "mark": None if determination is None else determination.mark.text,
        "decided_on": None if determination is None else determination.decided_on.isoformat(),
        "on_behalf_of": None if determination is None else determination.on_behalf_of or None,
        "determined_basis": [] if determination is None else list(determination.basis),
        "demo": None if determination is None else determination.demo,
        "reason": matter.reason,
        "violations": [{"rule": v.rule, "message": v.message, "article": v.article} for v in violations],
    }


def matter_line(matter: Matter) -> str:
    """One line for a list."""
    return one_line(f"{matter.id}  {matter.decision.value}  {_level(matter)}  {matter.name}")


def matter_text(
    matter: Matter, violations: Sequence[Violation] = (), past: Sequence[Happened] = (), *, demo: bool = False
) -> str:
    """The matter for a person."""
    lines = [*_lines(matter, violations, demo), *_past(past)]
    return "\n".join(one_line(line) for line in lines)


def _past(past: Sequence[Happened]) -> Iterator[str]:
    if past:
        yield "经过："
    for one in past:
        yield f"  第{one.seq}步  {one.on}  {one.person}（账户 {one.account}）  {one.what}"


def _level(matter: Matter) -> str:
    if matter.determination is not None:
        return matter.determination.mark.text
    return proposed_words(matter.proposal.level, matter.proposal.term)


def _lines(matter: Matter, violations: Sequence[Violation], demo: bool) -> Iterator[str]:
    proposal, determination = matter.proposal, matter.determination
    if demo:
        yield "【演示】以下办理由演示站点代替人员身份完成，不具效力"
    yield f"{matter.id}  {matter.decision.value}  {matter.name}"
    yield f"{_level(matter)}（{proposal.origin.value}，承办人 {proposal.handler}）"
    if determination is not None:
        stands_for = f"（代行{determination.on_behalf_of}职责）" if determination.on_behalf_of else ""
        yield f"定密责任人 {determination.officer}{stands_for}，{date_label(determination.decided_on)}批准"
    if matter.reason:
        yield f"理由：{matter.reason}"
    for basis in proposal.basis if determination is None else determination.basis:
        yield f"依据：{basis}"
    for question in proposal.open_questions:
        yield f"待答复：{question}"
    for violation in violations:
        yield f"{violation.rule}：{violation.message}（{violation.article}）"
