"""The stages over a batch: settle, write, note in the journal; and the reports at the end."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from markpipe.model.agency import Agency
from markpipe.model.carrier import CopyState
from markpipe.model.document import ReadStatus
from markpipe.model.outcome import Assessment, Outcome, Output, OutputKind
from markpipe.pipeline.batch import Item
from markpipe.pipeline.copies import copy_name
from markpipe.pipeline.decisions import WHOLE, Verdict
from markpipe.pipeline.journal import Done, Journal
from markpipe.pipeline.markable import obstacles
from markpipe.pipeline.outputs import FORM_SUFFIX, NO_AUTHORITY_SUFFIX, write_outputs
from markpipe.pipeline.press import MARKABLE, Press
from markpipe.pipeline.settle import Desk, settle
from markpipe.pipeline.writer import write
from markpipe.report.dumps import dumps
from markpipe.report.html import html
from markpipe.report.json import run_json
from markpipe.report.places import ExcerptMode

KEPT = "上次运行已写出并核对，本次沿用"


@dataclass(frozen=True, slots=True)
class Batch:
    """What every draft of a run shares."""

    desk: Desk
    press: Press
    agency: Agency
    journal: Journal
    ruleset: str
    copies: int

    def process(self, item: Item, assessment: Assessment) -> Outcome:
        """One draft from its assessment to its files."""
        outcome = self._settled(item, assessment)
        digest = assessment.document.digest
        kept = replace(outcome, outputs=tuple(self._there(outcome)))
        if digest and self.journal.outcome(item.name, digest, self.ruleset) == self._digest(kept):
            return kept
        outcome = write_outputs(outcome, item.path, self.press, self.agency, self.copies)
        if digest and not outcome.failed:
            self.journal.append(Done(item.name, digest, self.ruleset, self._digest(outcome)))
        return outcome

    def _settled(self, item: Item, assessment: Assessment) -> Outcome:
        """Where the matter stands; nothing is approved that could not be marked afterwards."""
        whole = self.desk.decisions.of(assessment.path).get(WHOLE)
        declines = whole is not None and whole.verdict is Verdict.DECLINE
        if self.desk.approver is None or declines or assessment.document.format not in MARKABLE:
            return settle(assessment, self.press.register, self.desk)
        drafted = settle(assessment, self.press.register, replace(self.desk, approver=None))
        if drafted.determination is None and drafted.proposal is not None:
            try:
                data = item.path.read_bytes()
            except OSError:
                return drafted
            fmt = assessment.document.format
            if found := obstacles(self.press.worker, data, fmt, drafted.proposal, self.press.house):
                return replace(drafted, held=(*found, *drafted.held))
        return settle(assessment, self.press.register, self.desk)

    def _digest(self, outcome: Outcome) -> str:
        """What an outcome comes to: decision, what waits, and the bytes of its files."""
        determination = outcome.determination
        facts = {
            "decision": outcome.decision,
            "determination": None if determination is None else determination.id,
            "level": None if outcome.proposal is None else outcome.proposal.level,
            "held": outcome.held,
            "refused": outcome.refused,
            "copies": self.copies,
            "outputs": sorted((output.path, output.sha256) for output in outcome.outputs),
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=True).encode()).hexdigest()

    def _there(self, outcome: Outcome) -> Iterator[Output]:
        """The files that an earlier run left for this draft, by the bytes on disk."""
        name = outcome.assessment.path
        candidates: list[tuple[str, str, OutputKind, int | None]] = [
            ("forms", f"{name}{FORM_SUFFIX}", OutputKind.FORM, None),
            ("forms", f"{name}{NO_AUTHORITY_SUFFIX}", OutputKind.FORM, None),
            ("proposals", name, OutputKind.PROPOSAL, None),
            ("marked", name, OutputKind.MARKED, None),
        ]
        if outcome.determination is not None:
            for copy in self.press.register.copies(outcome.determination.id)[: self.copies]:
                if copy.state is not CopyState.VOIDED:
                    candidates.append(("copies", copy_name(name, copy.serial), OutputKind.COPY, copy.serial))
        for folder, below, kind, serial in candidates:
            path = self.press.out / folder / below
            if path.is_file() and not path.is_symlink():
                sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
                yield Output(self.press.relative(path), kind, sha256, serial, (KEPT,))


def write_reports(
    out: Path,
    outcomes: tuple[Outcome, ...],
    *,
    agency: str,
    issued_on: dt.date,
    demo: bool,
    excerpt: ExcerptMode,
    ok: bool,
    answer: str,
    notes: tuple[str, ...] = (),
) -> str:
    """`report.json` and `report.html` (0600); answers the JSON text."""
    text = dumps(run_json(outcomes, excerpt=excerpt, ok=ok, demo=demo, agency=agency, issued_on=issued_on.isoformat()))
    page = html(outcomes, excerpt=excerpt, demo=demo, agency=agency, issued_on=issued_on, answer=answer, notes=notes)
    write(out / "report.json", text.encode(), replace=True)
    write(out / "report.html", page.encode(), replace=True)
    return text


def all_read(outcomes: tuple[Outcome, ...]) -> bool:
    """Whether nothing in the batch was left unread."""
    return all(outcome.assessment.document.status is ReadStatus.READ for outcome in outcomes)
