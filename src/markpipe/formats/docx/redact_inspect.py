"""Finds bad redactions in a DOCX: black marker over text, cropped pictures, mosaic and blur in pictures."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pymupdf
from lxml import etree

from markpipe.errors import IncompleteError
from markpipe.formats.archive import Archive, BadArchiveError
from markpipe.formats.docx.names import A, transitional, w
from markpipe.formats.xmltext import RefusedXmlError, parse
from markpipe.model.limits import Limits
from markpipe.redaction.blots import Blot, Found
from markpipe.redaction.obscured import blur, mosaic

_STORY = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_DARK_MARKERS = frozenset({"black", "darkBlue", "darkRed", "darkGreen", "darkMagenta", "darkGray", "darkCyan"})
_LEAST_CROP = 1000
_DARKEST = 90


def inspect(data: bytes, limits: Limits) -> tuple[Found, ...]:
    """The bad redactions of a file; `IncompleteError` where it cannot be opened."""
    found: Counter[Blot] = Counter()
    try:
        for member in Archive(data, limits).members():
            if _STORY.fullmatch(member.name):
                try:
                    root = parse(transitional(member.data))
                except RefusedXmlError as error:
                    raise IncompleteError("DOCX 的内部结构已损坏", "请重新导出后再核验") from error
                found[Blot.HIGHLIGHT] += sum(len(_text(run)) for run in root.iter(w("r")) if _blackened(run))
                found[Blot.CROPPED] += sum(_crops(crop) for crop in root.iter(f"{{{A}}}srcRect"))
            elif member.name.startswith("word/media/"):
                found.update(_picture(member.data))
    except BadArchiveError as error:
        raise IncompleteError(f"DOCX 打不开：{error.reason.message}", error.reason.remedy) from error
    return tuple(Found(blot, 0, count) for blot, count in sorted(found.items()) if count)


def _text(run: etree._Element) -> str:
    return "".join(node.text or "" for node in run.iter(w("t"))).strip()


def _blackened(run: etree._Element) -> bool:
    """Whether a run is dark on a dark ground."""
    properties = run.find(w("rPr"))
    if properties is None:
        return False
    marker, shade, colour = (properties.find(w(name)) for name in ("highlight", "shd", "color"))
    ground = marker is not None and marker.get(w("val")) in _DARK_MARKERS
    ground = ground or (shade is not None and (_luminance(shade.get(w("fill"), "")) or 255) <= _DARKEST)
    value = "000000" if colour is None or colour.get(w("val")) == "auto" else colour.get(w("val"), "")
    ink = _luminance(value)
    explicit = colour is not None and colour.get(w("val")) != "auto"
    # Word turns automatic text white on a dark shade, not on a dark marker
    return bool(ground and ink is not None and ink <= _DARKEST and (explicit or marker is not None))


def _luminance(colour: str) -> int | None:
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", colour):
        return None
    red, green, blue = (int(colour[place : place + 2], 16) for place in (0, 2, 4))
    return round(0.3 * red + 0.59 * green + 0.11 * blue) or 1


def _crops(crop: etree._Element) -> bool:
    return any(re.fullmatch(r"\d+", crop.get(side, "")) and int(crop.get(side, "0")) >= _LEAST_CROP for side in "ltrb")


def _picture(data: bytes) -> list[Blot]:
    try:
        grey = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.Pixmap(data))
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase) as error:
        if "malloc" in str(error):
            raise MemoryError from error
        return []
    samples = np.frombuffer(grey.samples, np.uint8).reshape(grey.height, grey.stride)
    pixels = samples[:, : grey.width * grey.n : grey.n]
    return [Blot.MOSAIC] if mosaic(pixels) else [Blot.BLUR] if blur(pixels) else []
