"""The reading process: takes requests from a pipe, parses or marks, and answers.  It lives for many files.

`confine` comes first.  The pipe is moved off the standard streams, which then lead nowhere, so that nothing a parser
prints can reach a log or be taken for an answer.  This process never opens the file it reads: it is sent the bytes.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from markpipe.errors import MarkpipeError
from markpipe.model.limits import Limits
from markpipe.model.recognition import Mode
from markpipe.ocr.tesseract import Tesseract
from markpipe.pipeline import codec
from markpipe.pipeline.confine import allow_cpu, confine, die_with_parent
from markpipe.pipeline.frames import read_blocking, write_blocking
from markpipe.pipeline.markops import MARKING

_OCR_SHARE = 0.6
Operation = Callable[[bytes, Any, Limits], bytes]


def main() -> None:
    """Serve until the pipe is closed.  The settings come as JSON in the last argument."""
    settings = json.loads(sys.argv[-1])
    requests, answers = _own_pipes()
    if settings["die_with_parent"]:
        die_with_parent()
    isolation = confine(settings["memory_mib"])
    operations = {**OPERATIONS, **_extra_operations(settings["operations"])}
    write_blocking(answers, codec.pack({"is": "ready", "isolation": isolation.value}))
    settled = False
    while (request := read_blocking(requests)) is not None:
        # The request comes from the program that started this process, not from the file.
        name, data, argument, limits = pickle.loads(request)  # noqa: S301
        del request
        allow_cpu(limits.cpu_seconds)
        write_blocking(answers, answer(operations[name], data, argument, limits))
        del data
        _forget()
        if not settled:
            # The libraries are loaded now and stay: the collector need not go through them again for every file.
            gc.collect()
            gc.freeze()
            settled = True


def answer(operation: Operation, data: bytes, argument: Any, limits: Limits) -> bytes:
    """What one operation answers; every way to fail has a name."""
    try:
        return operation(data, argument, limits)
    except MarkpipeError as error:
        return codec.pack(
            {"is": "error", "kind": type(error).__name__, "message": error.message, "remedy": error.remedy}
        )
    except MemoryError:
        return codec.pack({"is": "failed", "reason": "memory", "detail": ""})
    except Exception as error:  # noqa: BLE001 - the parsers raise what they like; the outcome carries the class
        reason = "memory" if "malloc" in str(error) else "crashed"
        return codec.pack({"is": "failed", "reason": reason, "detail": type(error).__name__})


def read(data: bytes, argument: Any, limits: Limits) -> bytes:
    """Read one file, whatever it is."""
    from markpipe.formats.reader import read_bytes

    return codec.encode_document(read_bytes(data, limits, _recogniser(argument, limits), nested=argument["nested"]))


def boxes(data: bytes, argument: Any, limits: Limits) -> bytes:
    """Character boxes of some parts of a PDF."""
    from markpipe.formats.pdf.boxes import boxes as pdf_boxes

    return codec.encode_boxes(pdf_boxes(data, argument["names"], _recogniser(argument, limits), limits))


def mark(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001 - operations share one signature
    """Set the marks of a plan on a PDF or a DOCX."""
    fmt, plan = argument
    module: ModuleType = importlib.import_module(f"markpipe.formats.{fmt.value}.mark")
    return codec.encode_marked(module.mark(data, plan))


def number(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001 - operations share one signature
    """A PDF as it goes on paper, with the marks of a plan once for each of some 份号; the header counts its pages."""
    from markpipe.formats.pdf.copies import page_count, prepare
    from markpipe.formats.pdf.sheet import on_paper

    plan, serials, band = argument
    copies = prepare(on_paper(data, band=band), plan)
    return codec.pack({"is": "numbered", "pages": page_count(copies)}, tuple(map(copies.copy, serials)))


def redact(data: bytes, argument: Any, limits: Limits) -> bytes:
    """Rebuild a PDF or a DOCX without what a removal names."""
    module: ModuleType = importlib.import_module(f"markpipe.formats.{argument['format']}.redact")
    made = module.redact(data, argument["removal"], argument["orders"], argument["undecidable"], limits)
    pages = [{name: getattr(page, name) for name in page.__slots__} for page in made.pages]
    return codec.pack({"is": "redacted", "pages": pages, "notes": list(made.notes)}, (made.data,))


def clean_html(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001 - operations share one signature
    """Make a page anew from what it shows, with some words replaced."""
    from markpipe.formats.htmlclean import clean

    return codec.pack({"is": "cleaned"}, (clean(data, argument),))


def clean_picture(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001
    """Make a JPEG or PNG anew from its pixels; the argument is what to paint over."""
    from markpipe.formats.pictureclean import clean_picture as clean

    return codec.pack({"is": "cleaned"}, (clean(data, argument),))


def clean_workbook(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001
    """Make a workbook anew from what it shows, with some words replaced."""
    from markpipe.formats.xlsxclean import clean_workbook as clean

    return codec.pack({"is": "cleaned"}, (clean(data, argument),))


def render(data: bytes, argument: Any, limits: Limits) -> bytes:  # noqa: ARG001
    """A picture (PNG) of one page of a PDF, as a reader sees it: argument is (page from 1, dots an inch)."""
    from markpipe.formats.pdf.render import render as render_page

    page, dpi = argument
    picture, width, height = render_page(data, page, dpi)
    return codec.pack({"is": "rendered", "width": width, "height": height}, (picture,))


def inspect(data: bytes, argument: Any, limits: Limits) -> bytes:
    """Look for bad redactions in a PDF or a DOCX; the argument is the format."""
    module: ModuleType = importlib.import_module(f"markpipe.formats.{argument}.redact_inspect")
    found = module.inspect(data, limits)
    return codec.pack({"is": "inspected", "found": [[one.blot.value, one.page, one.count] for one in found]})


OPERATIONS: dict[str, Operation] = {
    "read": read,
    "boxes": boxes,
    "mark": mark,
    "number": number,
    "redact": redact,
    "inspect": inspect,
    "clean_html": clean_html,
    "clean_picture": clean_picture,
    "clean_workbook": clean_workbook,
    "render": render,
    **MARKING,
}


def _recogniser(argument: Any, limits: Limits) -> Tesseract:
    """Text recognition within the request's time: what it does not get to is named, and the rest still counts."""
    return Tesseract(Path(argument["work"]), Mode(argument["ocr"]), limits.wall_seconds * _OCR_SHARE)


def _own_pipes() -> tuple[int, int]:
    """Keep the two pipes under numbers that children do not inherit; let the standard streams lead nowhere."""
    requests, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    return requests, answers


def _extra_operations(path: str | None) -> dict[str, Operation]:
    """Operations from a module file: how tests let a worker hang, crash or run out of memory."""
    if path is None:
        return {}
    spec = importlib.util.spec_from_file_location("markpipe_extra_operations", Path(path))
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    extra: dict[str, Operation] = module.OPERATIONS
    return extra


def _forget() -> None:
    """Drop what the PDF library keeps of the file that is done."""
    if (pymupdf := sys.modules.get("pymupdf")) is not None:
        pymupdf.TOOLS.store_shrink(100)
