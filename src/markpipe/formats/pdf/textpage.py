"""The library's text pages, made and read by its quickest ways."""

from __future__ import annotations

from typing import Any

import pymupdf
from pymupdf import mupdf

FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_PRESERVE_LIGATURES | pymupdf.TEXT_IGNORE_ACTUALTEXT
EVERYTHING = pymupdf.INFINITE_RECT()
_AS_IS = pymupdf.Matrix(1, 1)


def drawn_text(page: Any, *, turned: int, flags: int = FLAGS) -> Any:
    """Everything that is drawn, nothing cut off, before the page is turned: the library's own text page, not wrapped."""
    if turned:
        return page.get_textpage(clip=EVERYTHING, flags=flags).this
    # What `get_textpage` does beside this (asking for the rotation again) is a tenth of the time of a short page.
    return page._get_textpage(EVERYTHING, flags=flags, matrix=_AS_IS)


def printed_text(drawn: Any) -> str:
    """All lines of a text page, by the library's own writer: a tenth of the time of taking it block by block."""
    buffer = mupdf.FzBuffer(4096)
    out = mupdf.FzOutput(buffer)
    mupdf.fz_print_stext_page_as_text(out, drawn)
    out.fz_close_output()
    text: str = mupdf.fz_buffer_extract_copy(buffer).decode("utf-8", "surrogatepass")
    return text.replace("\n\n", "\n")  # a block ends with an empty line


def inside_text(drawn: Any, rect: tuple[float, float, float, float]) -> str:
    """The characters that touch a rectangle, lines told apart by line feeds."""
    text: str = mupdf.fz_copy_rectangle(drawn, mupdf.FzRect(*rect), 0)
    return text


def inked(text: str) -> int:
    """How many characters of a text are not blank."""
    return len("".join(text.split()))
