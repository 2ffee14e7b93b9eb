"""Opening a PDF from memory, quietly, and the ways in which that fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymupdf

from markpipe.model.document import UnreadReason

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


# What the library raises for a broken file; a programming mistake (TypeError, KeyError) is not among them.
BROKEN = (RuntimeError, ValueError, IndexError, pymupdf.mupdf.FzErrorBase)


def out_of_memory(error: Exception) -> UnreadReason:
    """`MemoryError` where the library reports that it got no memory; otherwise the file is damaged."""
    if "malloc" in str(error):
        raise MemoryError from error
    return UnreadReason.DAMAGED


class CannotOpenError(Exception):
    """The file is no PDF that can be read; `reason` says which way."""

    def __init__(self, reason: UnreadReason, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """A PyMuPDF document; `CannotOpenError` where it needs a password or is damaged beyond opening."""
    pymupdf.TOOLS.reset_mupdf_warnings()
    try:
        document = pymupdf.open(stream=data, filetype="pdf")
    except BROKEN as error:
        raise CannotOpenError(out_of_memory(error)) from error
    try:
        if document.needs_pass:
            raise CannotOpenError(UnreadReason.ENCRYPTED, "需要打开口令")
        yield document
    finally:
        document.close()


def complaints() -> tuple[str, ...]:
    """What the library muttered since the last time that means content may be lost; harmless remarks are left out."""
    said = pymupdf.TOOLS.mupdf_warnings(reset=True)
    return tuple(line for line in said.splitlines() if line and not line.startswith(_HARMLESS))


_HARMLESS = (
    "bogus font ascent/descent",
    "... repeated",
    "Actualtext with no position",
    "ICC support is not available",
    "invalid marked content and clip nesting",
    "PDF stream Length incorrect",
    "trying to repair",
    "line feed missing after stream begin marker",
    "non-page object in page tree",
    "lookup_",
    "using bogus",
    "garbage bytes before version marker",
    "lcms: ",
    "format error: cmsOpenProfileFromMem failed",
    "ignoring broken ICC profile",
)
