"""What became of one file: everything a report shows, in one value.

`Assessment` is what looking at a file gives; `Outcome` adds what the office decided and what was written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from markpipe.model.decision import Citation, Decision, Derivation, Determination, Proposal, Violation
from markpipe.model.document import Document
from markpipe.model.finding import Excerpt, Finding, FoundMark


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """A file as read and looked through.  `path` is relative to the argument, `/`-separated and NFC.

    `parts` are places that are no finding by themselves and may be one together with those of other files.
    """

    path: str
    document: Document
    marks: tuple[FoundMark, ...] = ()
    findings: tuple[Finding, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    citations: tuple[Citation, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    parts: tuple[Finding, ...] = ()


_PENDING = (Decision.PROPOSED, Decision.RETURNED, Decision.LAPSED)


class OutputKind(StrEnum):
    """What a written file is."""

    PROPOSAL = "拟定稿"
    MARKED = "标志稿"
    COPY = "份"
    FORM = "定密审批表"


@dataclass(frozen=True, slots=True)
class Output:
    """A file that was written and checked; `path` is relative to OUT, `sha256` that of its bytes."""

    path: str
    kind: OutputKind
    sha256: str
    serial: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """One file at the end of a run.

    `proposal` is None where nothing calls for one or the file could not be read; `held` says in Chinese what waits
    for a person; `refused` why an approval that was asked for did not happen.
    """

    assessment: Assessment
    decision: Decision | None = None
    proposal: Proposal | None = None
    violations: tuple[Violation, ...] = ()
    determination: Determination | None = None
    outputs: tuple[Output, ...] = ()
    held: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    failed: tuple[str, ...] = field(default=())

    @property
    def settled(self) -> bool:
        """Whether nothing waits for a person: no question, no refusal, no rule, no decision that is still to come."""
        if self.held or self.refused or self.failed or self.violations:
            return False
        if self.decision is Decision.PROPOSED and self.proposal is not None:
            return self.proposal.level is None and not self.proposal.open_questions
        return self.decision not in _PENDING
