"""A page as a picture of itself, for pages that cannot be rebuilt; and the invisible words that keep it searchable.

What is to be removed is painted over in the pixels before they are encoded, so there is nothing under the paint.  The
words come from recognising the painted picture, so they cannot say what was removed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pymupdf

from markpipe.formats.pdf.redact_device import listed
from markpipe.formats.pdf.redact_lines import set_lines
from markpipe.formats.pdf.redact_match import Key, key
from markpipe.formats.pdf.redact_ops import Glyph, PageOps, Rect, bounds, meet
from markpipe.formats.pdf.redact_pictures import Pixels
from markpipe.redaction.policy import Gap
from markpipe.redaction.result import Word

_DPI = 200
_LONGEST = 5000.0
_RIM = 1.5


def painted_over(page: Any, ops: PageOps, taken: Mapping[Key, int], regions: Sequence[Rect], gap: Gap) -> Pixels:
    """The page's pixels (colour) with the places of the characters `taken` and the regions black."""
    scale = min(_DPI / 72, _LONGEST / max(ops.width, ops.height, 1.0))
    pixmap = pymupdf.DisplayList(listed(page)).get_pixmap(
        matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False
    )
    samples = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)
    pixels: Pixels = samples[:, : pixmap.width * 3].reshape(pixmap.height, pixmap.width, 3).copy()
    for x0, y0, x1, y1 in (*regions, *_places(ops, taken, gap)):
        rows = slice(max(0, int((y0 - _RIM) * scale)), max(0, int((y1 + _RIM) * scale) + 1))
        columns = slice(max(0, int((x0 - _RIM) * scale)), max(0, int((x1 + _RIM) * scale) + 1))
        pixels[rows, columns] = 0
    return pixels


def _places(ops: PageOps, taken: Mapping[Key, int], gap: Gap) -> list[Rect]:
    """The boxes to paint; with any gap but the exact one the rest of the line goes too."""
    found = []
    for line in set_lines(ops.glyphs()):
        hit = [place for place, glyph in enumerate(line.glyphs) if key(glyph) in taken]
        if not hit:
            continue
        members = [line.glyphs[place] for place in hit] if gap is Gap.EXACT else line.glyphs[hit[0] :]
        if gap is Gap.EXACT:
            found += [glyph.box for glyph in members]
        else:
            boxes = [glyph.box for glyph in members]
            found.append(bounds([(box[0], box[1]) for box in boxes] + [(box[2], box[3]) for box in boxes]))
    return found


def beside(words: Sequence[Word], glyphs: Sequence[Glyph]) -> list[Word]:
    """The words that no character of the page stands on: these are read in pictures."""
    boxes = [glyph.box for glyph in glyphs]
    return [
        word
        for word in words
        if not any(meet(box, (word.box.left, word.box.top, word.box.right, word.box.bottom)) for box in boxes)
    ]


def word_glyphs(words: Sequence[Word], page: int) -> list[Glyph]:
    """Recognised words as empty characters in their places."""
    glyphs = []
    for word in words:
        box = word.box
        height, width = box.bottom - box.top, box.right - box.left
        if height <= 0 or width <= 0 or not word.text:
            continue
        step = width / len(word.text)
        for place, char in enumerate(word.text):
            matrix = (step, 0.0, 0.0, -height, box.left + step * place, box.bottom - height * 0.12)
            glyphs.append(Glyph(0, -1, ord(char), char, matrix, 1.0, page, drawn=[]))
    return glyphs
