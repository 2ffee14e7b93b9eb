"""Whether a picture could show words at all.  What it says is the text recogniser's matter (`ocr`)."""

from __future__ import annotations

import numpy as np
import pymupdf

from markpipe.model.document import UnreadReason
from markpipe.model.recognition import NotRecognisedError, Picture, Recogniser

_SMALLEST = 12  # pixels: no Chinese character can be told in fewer
_CONTRAST = 24
_WIDE_ENOUGH = 700
_DPI = 200
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


def words_shown(data: bytes, recogniser: Recogniser) -> str:
    """The words that a picture file shows; `NotRecognisedError` where nobody looked or nothing could be decoded."""
    try:
        pixmap = pymupdf.Pixmap(data)
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase) as error:
        raise NotRecognisedError(UnreadReason.NOT_READ_YET, "图片格式无法解开") from error
    if not pixmap_may_show_text(pixmap):
        return ""
    if pixmap.width * pixmap.height > _MOST_PIXELS:
        raise NotRecognisedError(UnreadReason.TOO_LARGE, "图片像素过多")
    return recogniser.recognise(_grey(pixmap)).text


def _grey(pixmap: pymupdf.Pixmap) -> Picture:
    if pixmap.alpha:
        pixmap = pymupdf.Pixmap(pixmap, 0)
    if pixmap.n != 1:
        pixmap = pymupdf.Pixmap(pymupdf.csGRAY, pixmap)
    if pixmap.width < _WIDE_ENOUGH:
        pixmap = pymupdf.Pixmap(pixmap, pixmap.width * 2, pixmap.height * 2, None)
    return Picture(bytes(pixmap.samples), pixmap.width, pixmap.height, _DPI)
