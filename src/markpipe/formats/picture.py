"""Whether a picture could show words at all.  What it says is the text recogniser's matter (`ocr`)."""

from __future__ import annotations

import numpy as np
import pymupdf

_SMALLEST = 12  # pixels: no Chinese character can be told in fewer
_CONTRAST = 24
_MOST_PIXELS = 100_000_000


def may_show_text(data: bytes) -> bool:
    """False only for a picture that is decoded and is too small or of one shade; what cannot be decoded may."""
    try:
        pixmap = pymupdf.Pixmap(data)
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):
        return True
    return pixmap_may_show_text(pixmap)


def pixmap_may_show_text(pixmap: pymupdf.Pixmap) -> bool:
    """The same for pixels that are already there."""
    if pixmap.width < _SMALLEST or pixmap.height < _SMALLEST:
        return False
    if pixmap.width * pixmap.height > _MOST_PIXELS:
        return True
    samples = np.frombuffer(pixmap.samples_mv, dtype=np.uint8).reshape(-1, pixmap.n)
    return bool((samples.max(axis=0).astype(int) - samples.min(axis=0) >= _CONTRAST).any())
