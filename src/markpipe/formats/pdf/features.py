"""What the resources of a page say that changes what its operators mean: states that fade text, colours of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pymupdf import mupdf

# what a graphics state can make text unseen by: transparency, a mask, a blend mode, a font size of its own
_FAINT = re.compile(
    r"/(?:ca|CA) (?!1(?:\.0*)?(?=[/>\]]))|/SMask(?!/None)|/BM(?!/(?:Normal|Compatible)(?=[/>\]]))|/Font\["
)
_TINT = re.compile(r"/Separation|/DeviceN|/Indexed|/Lab\b|(?<!/ICCBased) \d+ \d+ R|\[\d+ \d+ R")
_MOST_FAINT = 40


@dataclass(frozen=True, slots=True)
class Features:
    """What a page's resources name.

    `faint`: the names of graphics states that may make text transparent; `transparency`: any state may.
    `tints`: colours may be in a space of their own.  `pictures`: all that they can draw beside text and paths are pictures.
    """

    transparency: bool = False
    tints: bool = False
    faint: frozenset[str] = frozenset()
    pictures: bool = False

    @classmethod
    def on(cls, page: Any) -> Features:
        """Look for them."""
        own = mupdf.pdf_page_from_fz_page(page.this).obj()
        resources = mupdf.pdf_dict_gets_inheritable(own, "Resources")
        states = mupdf.pdf_dict_gets(resources, "ExtGState")
        faint = frozenset(name for name, printed in _entries(states) if _FAINT.search(printed))
        tints = any(_TINT.search(printed) for _, printed in _entries(mupdf.pdf_dict_gets(resources, "ColorSpace")))
        pictures = _only_pictures(mupdf.pdf_dict_gets(resources, "XObject"))
        if len(faint) > _MOST_FAINT or not all(map(str.isascii, faint)):
            return cls(transparency=True, tints=tints, pictures=pictures)
        return cls(tints=tints, faint=faint, pictures=pictures)

    def fades(self, state: bytes) -> bool:
        """Whether the graphics state of that name, as written with its slash, may make text transparent."""
        if self.transparency:
            return True
        return bool(self.faint) and (b"#" in state or state[1:].decode("latin-1") in self.faint)


def _only_pictures(table: Any) -> bool:
    drawings = [mupdf.pdf_dict_get_val(table, index) for index in range(mupdf.pdf_dict_len(table))]
    return all(mupdf.pdf_to_name(mupdf.pdf_dict_gets(drawing, "Subtype")) == "Image" for drawing in drawings)


def _entries(table: Any) -> Iterator[tuple[str, str]]:
    """Names and printed values of a dictionary, references followed once: what lies deeper is seen to be a reference."""
    for index in range(mupdf.pdf_dict_len(table) if mupdf.pdf_is_dict(table) else 0):
        buffer = mupdf.FzBuffer(256)
        out = mupdf.FzOutput(buffer)
        mupdf.pdf_print_obj(out, mupdf.pdf_resolve_indirect(mupdf.pdf_dict_get_val(table, index)), 1, 0)
        out.fz_close_output()
        printed = mupdf.fz_buffer_extract_copy(buffer).decode("latin-1")
        yield mupdf.pdf_to_name(mupdf.pdf_dict_get_key(table, index)), printed
