"""What the reading process does about marks beside setting them: labels, 密点, taking off, places.

Each operation is (data, argument, limits) → answer, as in `worker`; `OPERATIONS` there takes them in.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from markpipe.model.limits import Limits
from markpipe.pipeline import codec


def _module(fmt: str, name: str) -> Any:
    return importlib.import_module(f"markpipe.formats.{fmt}.{name}")


def mark_signed(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001 - operations share one signature
    """Set marks on a copy of a signed file, which then is signed no longer."""
    fmt, plan = argument
    return codec.encode_marked(_module(fmt, "mark").mark(data, plan, signed=True))


def mark_points(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001
    """Set 密点 marks; the argument is (format, points, highlight)."""
    fmt, points, highlight = argument
    options = {"highlight": highlight} if fmt == "pdf" else {}
    return codec.encode_marked(_module(fmt, "points").mark_points(data, points, **options))


def unmark(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001
    """Take marks, 密点 marks and label off; the argument is the format."""
    data = _module(argument, "mark").unmark(data)
    data = _module(argument, "points").unmark_points(data)
    return codec.pack({"is": "unmarked"}, (_module(argument, "label").without_label(data),))


def label_digest(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001
    """The digest of the content that a label is bound to; the argument is (format, algorithm)."""
    fmt, algorithm = argument
    return codec.pack({"is": "digest", "digest": _module(fmt, "label").content_digest(data, algorithm)})


def set_label(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001
    """Put a sealed label into a file; the argument is (format, sealed label)."""
    fmt, sealed = argument
    return codec.pack({"is": "labelled"}, (_module(fmt, "label").with_label(data, sealed),))


def read_label(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001
    """The sealed label in a file or the one handed in, and the digest that it has to agree with.

    The argument is (format, detached label or None, algorithm where no label names one).
    """
    from markpipe.marking.label import content_algorithm

    fmt, detached, algorithm = argument
    module = _module(fmt, "label")
    sealed = module.label_bytes(data)
    digest = module.content_digest(data, content_algorithm(detached or sealed, algorithm))
    return codec.pack({"is": "label", "digest": digest}, () if sealed is None else (sealed,))


def anchors(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001
    """What page 1 gives the head of a plan to go by: [bottom, middle] in mm and words, by the form that asks for it."""
    return codec.pack({"is": "anchors", "anchors": _of_docx(data) if argument == "docx" else _of_pdf(data)})


def _of_docx(data: bytes) -> dict[str, list[Any]]:
    from markpipe.formats.docx.title import title_words
    from markpipe.marking.forms import Form

    words = title_words(data)
    return {Form.TITLED.value: [0.0, 0.0, words]} if words else {}


def _of_pdf(data: bytes) -> dict[str, list[Any]]:
    import pymupdf

    from markpipe.formats.pdf.letterhead import red_line, title
    from markpipe.marking.forms import Form

    found: dict[str, list[Any]] = {}
    with pymupdf.open(stream=data, filetype="pdf") as document:
        for form, look in ((Form.LETTER, red_line), (Form.TITLED, title)):
            if document.page_count and not document.is_encrypted and (anchor := look(document)) is not None:
                found[form.value] = [anchor.bottom_mm, anchor.middle_mm, ""]
    return found


def page_sizes(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001
    """Width and height in mm of the pages of a PDF as displayed, by number from 1, of those that are asked for."""
    import pymupdf

    sizes: dict[str, list[float]] = {}
    with pymupdf.open(stream=data, filetype="pdf") as document:
        for number in argument:
            if not document.is_encrypted and 1 <= number <= document.page_count:
                rect = document[number - 1].rect
                sizes[str(number)] = [rect.width / 72 * 25.4, rect.height / 72 * 25.4]
    return codec.pack({"is": "sizes", "sizes": sizes})


def right_lines(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001
    """The short lines of a DOCX that stand at the right."""
    from markpipe.formats.docx.aligned import right_lines as lines

    return codec.pack({"is": "lines", "lines": lines(data)})


MARKING: dict[str, Callable[[bytes, Any, Limits], bytes]] = {
    "mark_signed": mark_signed,
    "mark_points": mark_points,
    "unmark": unmark,
    "label_digest": label_digest,
    "set_label": set_label,
    "read_label": read_label,
    "anchors": anchors,
    "page_sizes": page_sizes,
    "right_lines": right_lines,
}
