"""What a run writes for one draft: approval form, marked file, numbered copies, or the pre-marked 拟定稿."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from markpipe.errors import OutputError
from markpipe.forms.approval import approval_form
from markpipe.marking.layout import pre_mark
from markpipe.model.agency import Agency
from markpipe.model.decision import Decision, Determination, Proposal
from markpipe.model.outcome import Outcome, Output, OutputKind
from markpipe.pipeline.copies import issue_copies
from markpipe.pipeline.drafting import no_authority_form
from markpipe.pipeline.plans import plan_for
from markpipe.pipeline.press import MARKABLE, Press, put_marks
from markpipe.pipeline.writer import write

FORM_SUFFIX = ".定密审批表.docx"
NO_AUTHORITY_SUFFIX = ".无权定密申报表.docx"


def write_outputs(outcome: Outcome, path: Path, press: Press, agency: Agency, copies: int) -> Outcome:
    """Write what an outcome calls for; what cannot be written is named in `failed`, and the batch goes on."""
    if outcome.proposal is None or outcome.proposal.level is None:
        return outcome
    outputs: list[Output] = []
    try:
        outputs.append(_form(outcome, outcome.proposal, press, agency))
        if any(found.rule == "LVL-2" for found in outcome.violations) and outcome.determination is None:
            outputs.append(_application(outcome, outcome.proposal, press, agency))
        if outcome.assessment.document.format in MARKABLE:
            data = _unchanged(outcome, path)
            if outcome.determination is not None:
                outputs.extend(_determined(outcome, outcome.determination, data, press, copies))
            elif outcome.decision is not Decision.DECLINED:
                outputs.append(_proposed(outcome, outcome.proposal, data, press))
    except OutputError as error:
        return replace(outcome, outputs=tuple(outputs), failed=(str(error),))
    return replace(outcome, outputs=tuple(outputs))


def _unchanged(outcome: Outcome, path: Path) -> bytes:
    """The draft's bytes, if they are still those that were read and decided on."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise OutputError(f"{path} 读不出来（{error.strerror}）", "处理后重新运行") from error
    if hashlib.sha256(data).hexdigest() != outcome.assessment.document.digest:
        raise OutputError(f"{path} 在处理过程中被改动，没有加盖标志", "请在文件不再改动后重新运行")
    return data


def _form(outcome: Outcome, proposal: Proposal, press: Press, agency: Agency) -> Output:
    target = press.out / "forms" / f"{outcome.assessment.path}{FORM_SUFFIX}"
    demo, determination = press.actor.demo, outcome.determination
    form = approval_form(proposal, agency, outcome.violations, determination=determination, demo=demo)
    data = press.templates.make(form)
    return Output(press.relative(target), OutputKind.FORM, write(target, data, replace=True))


def _application(outcome: Outcome, proposal: Proposal, press: Press, agency: Agency) -> Output:
    """无权定密事项定密申报表, beside the approval form (AUTH-1)."""
    target = press.out / "forms" / f"{outcome.assessment.path}{NO_AUTHORITY_SUFFIX}"
    form = no_authority_form(proposal, agency, proposal.issued_on, press.actor.demo)
    data = press.templates.make(form)
    return Output(press.relative(target), OutputKind.FORM, write(target, data, replace=True))


def _proposed(outcome: Outcome, proposal: Proposal, data: bytes, press: Press) -> Output:
    """The 拟定稿: a pre-mark that nobody can take for a mark or a 定密戳记."""
    plan = pre_mark(proposal, press.actor.demo, approvable=not outcome.violations)
    target = press.out / "proposals" / outcome.assessment.path
    fmt = outcome.assessment.document.format
    return put_marks(press, data, fmt, plan, target, OutputKind.PROPOSAL, of=proposal, replace=True)


def _determined(
    outcome: Outcome, determination: Determination, data: bytes, press: Press, copies: int
) -> Iterator[Output]:
    fmt = outcome.assessment.document.format
    target = press.out / "marked" / outcome.assessment.path

    def record(sha256: str) -> None:
        press.register.stamped(determination.id, sha256, press.relative(target), press.actor, press.now())

    plan = plan_for(press.register, determination, house=press.house)
    yield put_marks(press, data, fmt, plan, target, OutputKind.MARKED, record, of=determination, replace=True)
    if copies:
        yield from issue_copies(press, determination, data, fmt, press.out / "copies", copies)
