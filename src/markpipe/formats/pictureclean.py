"""A picture made anew from its pixels: upright as its EXIF asks, in plain colours, with nothing beside the pixels.

JPEG and PNG only.  Several pictures in one file (an animation) are not guessed at.  What is to be wiped the caller says.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import pymupdf

from markpipe.errors import OutputError
from markpipe.formats.exifgps import tiff_directory

Region = tuple[float, float, float, float]
_PNG = b"\x89PNG\r\n\x1a\n"
_QUALITY = 92
_MOST_PIXELS = 120_000_000
_ORIENTATION = 0x0112
_OTHERWISE = "请用图像软件另存为 JPEG 或者 PNG 后重新送审"


def clean_picture(data: bytes, wiped: Sequence[Region] = ()) -> bytes:
    """The picture in its own format; `OutputError` for one that cannot be decoded, is too large or moves.

    `wiped` are painted black: left, top, right, bottom in pixels of the upright picture.
    """
    if data.startswith(_PNG) and b"acTL" in data:
        raise OutputError("动态图片不能做成可核验的公开件", _OTHERWISE)
    try:
        pixmap = pymupdf.Pixmap(data)
        if pixmap.width * pixmap.height > _MOST_PIXELS or not pixmap.width or not pixmap.height:
            raise OutputError("图片过大，不能重新编码", "请缩小图片后重新送审")
        space = pymupdf.csGRAY if pixmap.colorspace is not None and pixmap.colorspace.n == 1 else pymupdf.csRGB
        pixmap = pymupdf.Pixmap(space, pixmap)
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase) as error:
        if "malloc" in str(error):
            raise MemoryError from error
        raise OutputError("图片解不开", _OTHERWISE) from error
    rows = np.frombuffer(pixmap.samples, dtype=np.uint8).reshape(pixmap.height, pixmap.stride)
    pixels = rows[:, : pixmap.width * pixmap.n].reshape(pixmap.height, pixmap.width, pixmap.n)
    jpeg = data.startswith(b"\xff\xd8")
    if jpeg:
        pixels = _upright(pixels, _orientation(data))
    pixels = np.array(pixels)
    for left, top, right, bottom in wiped:
        area = pixels[max(0, int(top)) : int(bottom) + 1, max(0, int(left)) : int(right) + 1]
        area[...] = 0
        if pixmap.alpha:
            area[..., -1] = 255
    height, width, _ = pixels.shape
    made = pymupdf.Pixmap(space, width, height, pixels.tobytes(), pixmap.alpha)
    encoded: bytes = made.tobytes("jpeg", jpg_quality=_QUALITY) if jpeg else made.tobytes("png")
    return encoded


def _orientation(data: bytes) -> int:
    """How the pixels are to be turned: 1 to 8 (EXIF 2.32, 4.6.4); 1 where nothing says so."""
    start = data.find(b"Exif\x00\x00", 0, 1 << 17)
    tiff = data[start + 6 :] if start >= 0 else b""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        value = tiff_directory(tiff, struct.unpack_from(f"{order}I", tiff, 4)[0], order).get(_ORIENTATION, 1)
    except struct.error:
        return 1
    turned: int = struct.unpack(f"{order}H2x", struct.pack(f"{order}I", value))[0]  # a short in a field of four bytes
    return turned


def _upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    match orientation:
        case 2:
            return pixels[:, ::-1]
        case 3:
            return pixels[::-1, ::-1]
        case 4:
            return pixels[::-1]
        case 5:
            return pixels.transpose(1, 0, 2)
        case 6:
            return np.rot90(pixels, 3)
        case 7:
            return pixels.transpose(1, 0, 2)[::-1, ::-1]
        case 8:
            return np.rot90(pixels, 1)
        case _:
            return pixels
