"""Is anything left of what was to be removed?  Asked of the finished file, with tools that did not write it.

::

    bytes ─ one header, one end        objects ─ only known keys, no string or stream that says a word     (pypdf)
    text ─ pypdf, codes through ToUnicode, pdftotext in three orders                                       (poppler)
    picture ─ rendered page through recognition, where the remover could not vouch for the page            (tesseract)

Anything found, and anything that could not be looked at, is a problem; only an answer without problems lets a file go
out.  Messages name the place and the number of the word, never the word.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from markpipe.model.document import Box
from markpipe.proof.words import Wanted
from markpipe.redaction.result import Word

_HEAD = 1024


@dataclass(frozen=True, slots=True)
class Left:
    """Something left: a sentence, and the page and rectangles where recognition saw it (others have none)."""

    message: str
    page: int = 0
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer: what is left, and the words that recognition read by page."""

    left: tuple[Left, ...]
    words: tuple[tuple[int, tuple[Word, ...]], ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.message for one in self.left))


def check_residue(
    path: Path, terms: Sequence[str], regions: Sequence[Box] = (), recognise: Collection[int] = ()
) -> Checked:
    """Look for `terms` (and for text within `regions`) in a finished file; `recognise` names the pages to render.

    For a DOCX its pictures count as pages.  `OutputError` when a tool of the check is missing or fails.
    """
    wanted = Wanted(tuple(terms))
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"%PDF-"):
        from markpipe.proof.residue_pdf import check_pdf

        return check_pdf(path, wanted, regions, recognise)
    if head.startswith(b"PK\x03\x04"):
        from markpipe.proof.residue_docx import check_docx

        return check_docx(path, wanted, recognise)
    return Checked((Left("写出的文件既不是 PDF 也不是 DOCX"),))
