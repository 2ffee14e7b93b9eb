"""Looking at one file before it goes out: marks in order, anything hidden, covered but present, or left over.

The words of hidden places are counted, never quoted.  `meta-` problems are named and leave the exit code alone: every
office file has properties.  Whether what is there is secret is `scan`'s question.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from markpipe.errors import MarkpipeError
from markpipe.marking.inked import Bearing
from markpipe.marking.label import Label, LabelAnswer
from markpipe.model.document import Document, Format, Part, PartKind, ReadStatus
from markpipe.model.limits import Limits
from markpipe.pipeline.dispatch import read_file
from markpipe.pipeline.markcheck import Trust, look_at_marks
from markpipe.pipeline.sandbox import Worker, WorkerFailedError
from markpipe.redaction.blots import Blot, Found

META = "meta-"
_CODES = {
    PartKind.HIDDEN: "hidden-text",
    PartKind.COVERED: "covered-text",
    PartKind.OUTSIDE: "hidden-outside",
    PartKind.LAYER_OFF: "hidden-layer",
    PartKind.COMMENT: "hidden-comment",
    PartKind.INSERTION: "hidden-revision",
    PartKind.DELETION: "hidden-revision",
    PartKind.ANNOTATION: "hidden-annotation",
    PartKind.SCRIPT: "hidden-script",
    PartKind.ATTACHMENT: "hidden-attachment",
    PartKind.REVISION: "residue-revision",
    PartKind.RESIDUE: "residue-data",
    PartKind.FORM_FIELD: "meta-form",
    PartKind.FIELD_CODE: "meta-field",
    PartKind.LINK: "meta-link",
    PartKind.ALTERNATIVE: "meta-alternative",
    PartKind.BOOKMARK: "meta-bookmark",
    PartKind.METADATA: "meta-properties",
    PartKind.CUSTOM_DATA: "meta-custom",
    PartKind.CHART: "meta-chart",
    PartKind.IMAGE: "meta-image",
}
_BLOTS = {blot.value: blot for blot in Blot}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about a file: a code whose family comes first, a sentence, the place, and the rule (may be empty)."""

    code: str
    message: str
    where: str
    rule: str = ""

    @property
    def counts(self) -> bool:
        """Whether it makes the exit code 1."""
        return not self.code.startswith(META)


@dataclass(frozen=True, slots=True)
class Verified:
    """A file as looked at; `unread` says what was not, `bearing` which marks it bears, `label` what its label is worth."""

    path: str
    sha256: str
    status: ReadStatus
    problems: tuple[Problem, ...]
    unread: tuple[tuple[str, str], ...]
    bearing: Bearing = field(default_factory=Bearing)
    label: tuple[LabelAnswer, Label | None] = (LabelAnswer.MISSING, None)


def verify_file(
    worker: Worker, limits: Limits, file: Path, trust: Trust | None = None, on: dt.date = dt.date.min
) -> Verified:
    """Look at one file as of a day; what could not be looked at is `unread`, never a clean answer.

    `trust` says whose labels count; without one nobody's do.
    """
    document = read_file(file, worker, limits)
    unread = [(one.where, one.reason.message) for one in document.unread]
    blots: tuple[Found, ...] = ()
    if document.format in (Format.PDF, Format.DOCX) and document.status is not ReadStatus.UNREAD:
        try:
            blots = _inspected(worker, file.read_bytes(), document.format)
        except (MarkpipeError, WorkerFailedError, ValueError, KeyError, TypeError, OSError) as error:
            unread.append(("遮盖检查", error.message if isinstance(error, MarkpipeError) else "没有完成"))
    seen = look_at_marks(worker, document, file, trust or Trust(), on)
    unread += seen.unread
    marks = tuple(Problem(one.code, one.message, one.where, one.rule) for one in seen.flaws)
    traits = tuple(Problem(f"{META}{trait.value}", trait.message, "全文") for trait in document.traits)
    problems = (*marks, *_covered(blots), *_hidden(document, blots), *traits)
    status = document.status if document.status is not ReadStatus.READ or not unread else ReadStatus.PARTIAL
    return Verified(file.name, document.digest, status, problems, tuple(unread), seen.bearing, seen.label)


def _inspected(worker: Worker, data: bytes, fmt: Format) -> tuple[Found, ...]:
    header, _ = worker.call("inspect", data, fmt.value)
    return tuple(Found(_BLOTS[str(code)], int(page), int(count)) for code, page, count in header["found"])


def _covered(blots: tuple[Found, ...]) -> tuple[Problem, ...]:
    problems = []
    for one in blots:
        unit = "幅" if one.blot in (Blot.PICTURE, Blot.CROPPED, Blot.MOSAIC, Blot.BLUR) else "字"
        where = f"第{one.page}页" if one.page else "全文"
        problems.append(Problem(one.blot.value, f"{one.blot.message}（{one.count} {unit}）", where))
    return tuple(problems)


def _hidden(document: Document, blots: tuple[Found, ...]) -> tuple[Problem, ...]:
    """What the reader found beside the page, by place, with the number of characters."""
    said = {one.page for one in blots if one.blot in (Blot.BOX, Blot.IMAGE, Blot.TRANSLUCENT)}
    sizes: Counter[tuple[str, str, str]] = Counter()
    for part in document.text_map.parts:
        if part.visible and not part.path:
            continue
        if part.kind is PartKind.COVERED and part.page in said:
            continue
        code = "hidden-attachment" if part.path else _CODES.get(part.kind, "hidden-other")
        text = document.text_map.text[part.start : part.end]
        sizes[code, _kind(part), part.label] += sum(not char.isspace() for char in text)
    return tuple(Problem(code, f"{kind}（{count} 字）", where) for (code, kind, where), count in sizes.items() if count)


def _kind(part: Part) -> str:
    return "附件中的文字" if part.path else part.kind.label
