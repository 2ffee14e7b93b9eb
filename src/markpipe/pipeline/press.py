"""Putting a plan of marks on a file: mark it in the sandbox, write it under its name, have other tools read it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from markpipe.forms.template import Templates
from markpipe.marking.label import Label, label_of, proposed_label
from markpipe.marking.plan import MarkPlan
from markpipe.model.agency import Actor
from markpipe.model.decision import Determination, Proposal
from markpipe.model.document import Format
from markpipe.model.outcome import Output, OutputKind
from markpipe.pipeline.house import House
from markpipe.pipeline.sandbox import Worker
from markpipe.pipeline.writer import write
from markpipe.proof.marks import check_marks
from markpipe.store.register import Register

MARKABLE = (Format.PDF, Format.DOCX)
"""What can carry a mark; for anything else a written notice has to say level and term (实施条例第二十一条)."""


@dataclass(frozen=True, slots=True)
class Press:
    """Where outputs go, what they are made with, and who answers for them."""

    out: Path
    worker: Worker
    register: Register
    actor: Actor
    now: Callable[[], dt.datetime]
    templates: Templates = field(default_factory=Templates)
    house: House = field(default_factory=House)

    def relative(self, target: Path) -> str:
        """A target as reports and events name it."""
        return target.relative_to(self.out).as_posix()


def put_marks(
    press: Press,
    data: bytes,
    fmt: Format,
    plan: MarkPlan,
    target: Path,
    kind: OutputKind,
    record: Callable[[str], object] | None = None,
    *,
    of: Determination | Proposal | None = None,
    serial: int | None = None,
    replace: bool = False,
) -> Output:
    """The file with its marks under its name; `OutputError` when it cannot be marked, written or read back.

    With `of` it also gets the electronic label of that determination (正式标志) or proposal (预标志).
    """
    marked = press.worker.mark(data, fmt, plan)
    finished = marked.data
    if of is not None:
        about = of

        def label(unit: str, content: str) -> Label:
            if isinstance(about, Determination):
                return label_of(about, unit, content, serial)
            return proposed_label(about, unit, content, press.actor.demo)

        finished, _ = press.house.labelled(press.worker, finished, fmt, label)
    sha256 = write(target, finished, lambda path: check_marks(path, plan), record, replace=replace)
    return Output(press.relative(target), kind, sha256, serial, notes=marked.notes)
