"""Pictures of a rebuilt Word document: decoded, cropped for good, wiped, encoded anew without anything beside the pixels."""

from __future__ import annotations

from collections.abc import Sequence

import pymupdf

from markpipe.model.document import Box

_QUALITY = 90
_MOST_PIXELS = 120_000_000
_THOUSANDTHS = 100_000
Crop = tuple[int, int, int, int]


class UnreadablePictureError(ValueError):
    """A picture of a kind that cannot be decoded (a metafile), or too large."""


def remade(data: bytes, crop: Crop, regions: Sequence[Box]) -> tuple[bytes, str]:
    """The picture's bytes anew and its file ending.

    `crop` is left, top, right, bottom in 1/100000 of the size; `regions` are in pixels of the new picture.
    """
    if not _known(data):
        raise UnreadablePictureError
    try:
        pixmap = pymupdf.Pixmap(data)
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase) as error:
        if "malloc" in str(error):
            raise MemoryError from error
        raise UnreadablePictureError from error
    if pixmap.width * pixmap.height > _MOST_PIXELS or not pixmap.width or not pixmap.height:
        raise UnreadablePictureError
    if pixmap.colorspace is None or pixmap.colorspace.n not in (1, 3):
        pixmap = pymupdf.Pixmap(pymupdf.csRGB, pixmap)
    pixmap = _cropped(pixmap, crop)
    for box in regions:
        area = pymupdf.IRect(int(box.left), int(box.top), int(box.right) + 1, int(box.bottom) + 1)
        pixmap.set_rect(area, (*([0] * pixmap.colorspace.n), *([255] * pixmap.alpha)))
    if data.startswith(b"\xff\xd8") and not pixmap.alpha:
        return pixmap.tobytes("jpeg", jpg_quality=_QUALITY), "jpeg"
    return pixmap.tobytes("png"), "png"


def _known(data: bytes) -> bool:
    return data.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*"))


def _cropped(pixmap: pymupdf.Pixmap, crop: Crop) -> pymupdf.Pixmap:
    """Only what shows; a picture that is cut away whole keeps one pixel."""
    left, top, right, bottom = (min(max(value, 0), _THOUSANDTHS) / _THOUSANDTHS for value in crop)
    if not any((left, top, right, bottom)):
        return _copied(pixmap, pymupdf.IRect(0, 0, pixmap.width, pixmap.height))
    x0, y0 = int(pixmap.width * left), int(pixmap.height * top)
    x1 = max(x0 + 1, int(pixmap.width * (1 - right)))
    y1 = max(y0 + 1, int(pixmap.height * (1 - bottom)))
    return _copied(pixmap, pymupdf.IRect(x0, y0, x1, y1))


def _copied(pixmap: pymupdf.Pixmap, area: pymupdf.IRect) -> pymupdf.Pixmap:
    """The pixels of an area alone, at the origin, without resolution or profile."""
    space = pymupdf.csGRAY if pixmap.colorspace.n == 1 else pymupdf.csRGB
    channels = pixmap.n
    rows = bytearray()
    samples = memoryview(pixmap.samples)
    for row in range(area.y0, min(area.y1, pixmap.height)):
        start = row * pixmap.stride + area.x0 * channels
        rows += samples[start : start + (min(area.x1, pixmap.width) - area.x0) * channels]
    width, height = min(area.x1, pixmap.width) - area.x0, min(area.y1, pixmap.height) - area.y0
    return pymupdf.Pixmap(space, width, height, bytes(rows), pixmap.alpha)
