"""Pictures of a rebuilt file: decoded, wiped where they must be, and encoded anew without anything beside the pixels.

Metadata, thumbnails, colour profiles and alternates stay behind, because only pixels are carried over.  A photograph
(JPEG in the source) becomes a JPEG again; everything else is kept exactly.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pikepdf
import pymupdf
from numpy.typing import NDArray
from pymupdf import mupdf

from markpipe.formats.pdf.redact_ops import Matrix, Rect

_QUALITY = 90
_MOST_PIXELS = 120_000_000
_AT_ONCE = 1_000_000
Pixels = NDArray[np.uint8]
Numbers = NDArray[np.float32]


class TooManyPixelsError(ValueError):
    """A picture is too large to decode."""


def decode(image: Any) -> tuple[Pixels, bool]:
    """The pixels, shape (height, width, channels of grey 1 or colour 3), and whether it was a JPEG."""
    if isinstance(image, pymupdf.Pixmap):
        return _samples(image), False
    if image.m_internal.w * image.m_internal.h > _MOST_PIXELS:
        raise TooManyPixelsError
    pixmap = mupdf.fz_get_unscaled_pixmap_from_image(image)
    space = mupdf.fz_pixmap_colorspace(pixmap)
    components = pixmap.n() - pixmap.alpha()
    plain = pymupdf.Pixmap(pixmap)
    if (space.m_internal and components not in (1, 3)) or (space.m_internal and components == 3):
        plain = pymupdf.Pixmap(pymupdf.csRGB, plain)
    elif space.m_internal:
        plain = pymupdf.Pixmap(pymupdf.csGRAY, plain)
    compressed = mupdf.ll_fz_compressed_image_buffer(image.m_internal)
    jpeg = bool(compressed) and compressed.params.type == mupdf.FZ_IMAGE_JPEG
    return _samples(plain), jpeg


def _samples(pixmap: Any) -> Pixels:
    data = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)
    shaped = data[:, : pixmap.width * pixmap.n].reshape(pixmap.height, pixmap.width, pixmap.n)
    return shaped.copy()


def wipe(pixels: Pixels, matrix: Matrix, regions: list[Rect], colour: int = 255) -> bool:
    """Paint the pixels that come to lie in the regions; whether there were any."""
    height, width = pixels.shape[:2]
    a, b, c, d, _, _ = matrix
    # half a pixel of rim: a sample that only touches the region belongs to it
    rim = max(abs(a) + abs(c), abs(b) + abs(d)) / max(width, height, 1)
    found = False
    for rows, x, y in places(matrix, (width, height)) if regions else ():
        inside = np.zeros(x.shape, np.bool_)
        for x0, y0, x1, y1 in regions:
            inside |= (x > x0 - rim) & (x < x1 + rim) & (y > y0 - rim) & (y < y1 + rim)
        if inside.any():
            pixels[rows][inside] = colour
            found = True
    return found


def places(matrix: Matrix, size: tuple[int, int]) -> Iterator[tuple[slice, Numbers, Numbers]]:
    """Where the middles of a picture's pixels (width, height) come to lie, some rows at a time: the rows, x and y."""
    width, height = size
    a, b, c, d, e, f = matrix
    u = ((np.arange(width) + 0.5) / width).astype(np.float32)
    step = max(1, _AT_ONCE // max(width, 1))
    for start in range(0, height, step):
        rows = slice(start, min(start + step, height))
        v = ((np.arange(rows.start, rows.stop) + 0.5) / height).astype(np.float32)[:, None]
        yield rows, (a * u + c * v + e).astype(np.float32), (b * u + d * v + f).astype(np.float32)


class Images:
    """The pictures written so far, each once."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._known: dict[bytes, pikepdf.Object] = {}

    def add(self, pixels: Pixels, *, jpeg: bool = False, alpha: Pixels | None = None) -> pikepdf.Object:
        """An image object of these pixels; `alpha` of shape (height, width) becomes its soft mask."""
        key = hashlib.sha256(
            b"%d %d %d" % (*pixels.shape[:2], jpeg) + pixels.tobytes() + (b"" if alpha is None else alpha.tobytes())
        ).digest()
        if key not in self._known:
            soft = None if alpha is None else self.add(alpha[..., None])
            self._known[key] = self._stream(pixels, jpeg and alpha is None, soft)
        return self._known[key]

    def _stream(self, pixels: Pixels, jpeg: bool, soft: pikepdf.Object | None) -> pikepdf.Object:
        height, width, channels = pixels.shape
        if channels == 3 and (pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all():
            pixels, channels = pixels[..., :1], 1
        entries = pikepdf.Dictionary(
            Type=pikepdf.Name("/XObject"),
            Subtype=pikepdf.Name("/Image"),
            Width=width,
            Height=height,
            BitsPerComponent=8,
            ColorSpace=pikepdf.Name("/DeviceRGB" if channels == 3 else "/DeviceGray"),
        )
        if soft is not None:
            entries["/SMask"] = soft
        if jpeg:
            space = pymupdf.csRGB if channels == 3 else pymupdf.csGRAY
            plain = pymupdf.Pixmap(space, width, height, np.ascontiguousarray(pixels).tobytes(), 0)
            entries["/Filter"] = pikepdf.Name("/DCTDecode")
            return self._pdf.make_indirect(_raw(self._pdf, plain.tobytes("jpeg", jpg_quality=_QUALITY), entries))
        if channels == 1 and np.isin(pixels, (0, 255)).all():
            entries["/BitsPerComponent"] = 1
            packed = np.packbits(pixels[..., 0] > 127, axis=1).tobytes()
        else:
            packed = np.ascontiguousarray(pixels).tobytes()
        entries["/Filter"] = pikepdf.Name("/FlateDecode")
        return self._pdf.make_indirect(_raw(self._pdf, zlib.compress(packed, 6), entries))


def _raw(pdf: pikepdf.Pdf, data: bytes, entries: pikepdf.Dictionary) -> pikepdf.Object:
    stream = pdf.make_stream(b"")
    kind = entries["/Filter"]
    del entries["/Filter"]
    for key, value in entries.items():
        stream[key] = value
    stream.write(data, filter=kind)
    return stream
