"""Asking the reading process for what `markops` offers; every answer is checked, every failure is an `OutputError`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markpipe.errors import OutputError
from markpipe.marking.forms import Anchor, Form
from markpipe.marking.plan import Marked, MarkPlan
from markpipe.marking.points import Point
from markpipe.model.document import Format
from markpipe.pipeline.codec import BadAnswerError
from markpipe.pipeline.sandbox import Worker, WorkerFailedError

_DIGEST = re.compile(r"[A-Z0-9-]{3,10}:[0-9a-f]{64}")


def mark_signed(worker: Worker, data: bytes, fmt: Format, plan: MarkPlan) -> Marked:
    """Marks on a copy of a signed file."""
    return _marked(worker, "mark_signed", data, (fmt.value, plan))


def mark_points(worker: Worker, data: bytes, fmt: Format, points: Sequence[Point], *, highlight: bool) -> Marked:
    """密点 marks on a file."""
    return _marked(worker, "mark_points", data, (fmt.value, tuple(points), highlight))


def unmark(worker: Worker, data: bytes, fmt: Format) -> bytes:
    """The file without marks, 密点 marks and label of ours."""
    return _one(_ask(worker, "unmark", data, fmt.value)[1])


def content_digest(worker: Worker, data: bytes, fmt: Format, algorithm: str) -> str:
    """The digest of a file's content without marks and label."""
    return _digest(_ask(worker, "label_digest", data, (fmt.value, algorithm))[0])


def set_label(worker: Worker, data: bytes, fmt: Format, sealed: bytes) -> bytes:
    """The file with a sealed label."""
    return _one(_ask(worker, "set_label", data, (fmt.value, sealed))[1])


def read_label(
    worker: Worker, data: bytes, fmt: Format, detached: bytes | None, algorithm: str
) -> tuple[bytes | None, str]:
    """The label in a file (None: there is none) and the digest that it, or a detached one, has to agree with."""
    header, blobs = _ask(worker, "read_label", data, (fmt.value, detached, algorithm))
    return (_one(blobs) if blobs else None), _digest(header)


def anchors(worker: Worker, data: bytes, fmt: Format) -> dict[Form, Anchor]:
    """What page 1 gives the head of a plan to go by, by form."""
    header, _ = _ask(worker, "anchors", data, fmt.value)
    try:
        return {
            Form(form): Anchor(float(bottom), float(middle), str(words))
            for form, (bottom, middle, words) in header["anchors"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _bad() from error


def page_sizes(worker: Worker, data: bytes, pages: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Width and height in mm of some pages of a PDF."""
    header, _ = _ask(worker, "page_sizes", data, tuple(pages))
    try:
        return {int(number): (float(width), float(height)) for number, (width, height) in header["sizes"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _bad() from error


def right_lines(worker: Worker, data: bytes) -> frozenset[str]:
    """The short lines of a DOCX that stand at the right, without white space."""
    header, _ = _ask(worker, "right_lines", data, None)
    lines = header.get("lines")
    if not isinstance(lines, list):
        raise _bad()
    return frozenset(str(line) for line in lines)


def _marked(worker: Worker, name: str, data: bytes, argument: Any) -> Marked:
    header, blobs = _ask(worker, name, data, argument)
    notes = header.get("notes")
    if not isinstance(notes, list):
        raise _bad()
    return Marked(_one(blobs), tuple(str(note)[:500] for note in notes))


def _ask(worker: Worker, name: str, data: bytes, argument: Any) -> tuple[dict[str, Any], list[bytes]]:
    try:
        return worker.call(name, data, argument)
    except WorkerFailedError as failure:
        raise OutputError(f"加盖标志没有完成：{failure.reason.message}", failure.reason.remedy) from failure
    except BadAnswerError as error:
        raise _bad() from error


def _one(blobs: list[bytes]) -> bytes:
    if len(blobs) != 1:
        raise _bad()
    return blobs[0]


def _digest(header: dict[str, Any]) -> str:
    digest = str(header.get("digest"))
    if not _DIGEST.fullmatch(digest):
        raise _bad()
    return digest


def _bad() -> OutputError:
    return OutputError("加盖标志没有完成：处理进程的答复不对", "请重新运行")
