"""What happens to one page between being recorded and being written: rectangles emptied, pictures wiped, doubts named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pymupdf
from numpy.typing import NDArray
from pymupdf import mupdf

from markpipe.formats.pdf.redact_evident import in_doubt
from markpipe.formats.pdf.redact_ops import (
    Fill,
    Glyph,
    MaskClip,
    Op,
    PageOps,
    Picture,
    Rect,
    Stroke,
    Text,
    bounds,
    drawings,
    meet,
    square,
)
from markpipe.formats.pdf.redact_pictures import Pixels, decode, wipe
from markpipe.formats.pdf.redact_sight import Sight
from markpipe.formats.pdf.redact_source import Fonts
from markpipe.formats.pdf.redact_write import unwritable

_SMALL_PICTURE = 300.0
_OUTLINES = 1
_BENDS = 8
_LEAST_LETTER = 3.0

Written = dict[int, tuple[Pixels, bool, Pixels | None]]


@dataclass(slots=True)
class Seen:
    """A page after hidden things were dropped: what parts of its pictures show (absent: all of them).

    `regions` are to be emptied, of `blots` only the pictures are painted over.
    """

    page: PageOps
    masks: dict[int, tuple[tuple[int, int], bytes]] = field(default_factory=dict)
    regions: list[Rect] = field(default_factory=list)
    blots: list[Rect] = field(default_factory=list)

    def look(self, sight: Sight) -> None:
        """Keep, for each picture of which something is hidden, a map of what shows."""
        for op in pictures(self.page.ops):
            if op.rendered or op.stencil is not None:
                continue
            size = (op.image.m_internal.w, op.image.m_internal.h)
            shown = sight.visible_pixels(op, size)
            if shown is not None:
                self.masks[op.number] = (size, np.packbits(shown).tobytes())

    def hidden_in(self, number: int) -> NDArray[np.bool_] | None:
        """The pixels (height, width) of a picture that nobody sees."""
        if number not in self.masks:
            return None
        (width, height), packed = self.masks[number]
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=width * height)
        hidden: NDArray[np.bool_] = bits.reshape(height, width) == 0
        return hidden


def drop_hidden(page: PageOps, listed: Any, fonts: Fonts) -> Sight | None:
    """Leave only what can be seen; `page.hidden` counts the rest.  The look at the page, where one was needed."""
    doubt = in_doubt(page, fonts)
    if not doubt:
        return None
    sight = Sight(page, listed, fonts)
    kept: list[Op] = []
    for op in page.ops:
        match op:
            case Text():
                _drop_glyphs(page, op, sight, doubt)
                if op.glyphs:
                    kept.append(op)
            case Fill() | Stroke() | Picture():
                if op.number not in doubt or _shows(page, op, sight):
                    kept.append(op)
                else:
                    page.hidden += 1
            case _:
                kept.append(op)
    page.ops = kept
    return sight


def _drop_glyphs(page: PageOps, op: Text, sight: Sight, doubt: set[int]) -> None:
    for glyph in op.glyphs:
        glyph.seen = glyph.number not in doubt or sight.shows(glyph)
    gone = [glyph for glyph in op.glyphs if not glyph.seen]
    if gone:
        page.unseen += gone
        page.hidden += len(gone)
        op.glyphs = [glyph for glyph in op.glyphs if glyph.seen]


def _shows(page: PageOps, op: Fill | Stroke | Picture, sight: Sight) -> bool:
    if isinstance(op, Picture) and not meet(square(op.matrix), (0.0, 0.0, page.width, page.height)):
        return False
    return op.number in sight.unknown or bool(sight.seen[op.number])


def pictures(ops: list[Op]) -> list[Picture]:
    """All pictures, those of drawn characters too."""
    return [op for each in drawings(ops) for op in each if isinstance(op, Picture)]


def written_pictures(seen: Seen) -> tuple[Written, int]:
    """The pixels of every picture, wiped where hidden or to be removed; and how many were."""
    written: Written = {}
    wiped = 0
    masks = {id(picture): mask for mask, picture in _masked(seen.page.ops)}
    for op in pictures(seen.page.ops):
        pixels, jpeg, alpha = _pixels(op)
        if id(op) in masks:
            alpha = decode(masks[id(op)].image)[0][..., 0]
        hidden = seen.hidden_in(op.number)
        if hidden is not None and hidden.shape == pixels.shape[:2]:
            pixels[hidden] = 255
            wiped += 1
        inside = wipe(pixels, op.matrix, seen.regions) if op.stencil is None else False
        inside |= wipe(pixels, op.matrix, seen.blots, 0) if op.stencil is None else False
        if alpha is not None:
            inside |= wipe(alpha[..., None], op.matrix, seen.regions, 0 if op.stencil is not None else 255)
            inside |= wipe(alpha[..., None], op.matrix, seen.blots)
        wiped += inside
        written[op.number] = (pixels, jpeg, alpha)
    return written, wiped


def _pixels(op: Picture) -> tuple[Pixels, bool, Pixels | None]:
    pixels, jpeg = decode(op.image)
    if op.stencil is not None:
        colour = np.array([[[round(255 * part) for part in op.stencil]]], np.uint8)
        return colour, False, np.ascontiguousarray(pixels[..., -1])
    if pixels.shape[2] in (2, 4):
        alpha = pixels[..., -1]
        whole = np.maximum(alpha, 1)[..., None].astype(np.uint16)
        plain = np.minimum(pixels[..., :-1].astype(np.uint16) * 255 // whole, 255).astype(np.uint8)
        return plain, False, np.ascontiguousarray(alpha)
    return pixels, jpeg, None


def empty_regions(page: PageOps, regions: Sequence[Rect]) -> None:
    """Drop drawn lines and areas inside rectangles; what is much larger (a frame, a background) stays."""
    if not regions:
        return
    kept: list[Op] = []
    for op in page.ops:
        if isinstance(op, Fill | Stroke) and any(meet(op.box, region) for region in regions):
            op.path = _without(op, regions)
            if not op.path:
                continue
        kept.append(op)
    page.ops = kept


def _without(op: Fill | Stroke, regions: Sequence[Rect]) -> bytes:
    """The path without its pieces that lie in a rectangle."""
    a, b, c, d, e, f = op.matrix
    pieces: list[list[str]] = []
    for line in op.path.decode("ascii").splitlines():
        if line.endswith("m") or not pieces:
            pieces.append([])
        pieces[-1].append(line)
    kept = []
    for piece in pieces:
        values = [float(word) for line in piece for word in line.split()[:-1]]
        points = list(zip(values[::2], values[1::2], strict=True))
        box = bounds([(a * x + c * y + e, b * x + d * y + f) for x, y in points]) if points else (0.0, 0.0, 0.0, 0.0)
        if not any(_of(box, region) for region in regions):
            kept.append("\n".join(piece))
    return "\n".join(kept).encode("ascii")


def _of(box: Rect, region: Rect) -> bool:
    """Whether a piece belongs to a rectangle: it reaches in and is not much larger."""
    grown = (box[0] - 0.01, box[1] - 0.01, box[2] + 0.01, box[3] + 0.01)
    width, height = region[2] - region[0], region[3] - region[1]
    return meet(grown, region) and box[2] - box[0] <= 1.5 * width and box[3] - box[1] <= 1.5 * height


def doubts(page: PageOps) -> list[str]:
    """Why a page cannot be rebuilt from what was recorded."""
    found = [*page.undecided, *unwritable(page.ops)]
    if not all(_alike(mask, picture) for mask, picture in _masked(page.ops)):
        found.append("图像蒙版与图片位置不一致")
    return list(dict.fromkeys(found))


def _masked(ops: list[Op]) -> list[tuple[MaskClip, Picture]]:
    """Pictures that show through a mask of their own, those of drawn characters too."""
    return [
        (op, after)
        for each in drawings(ops)
        for op, after in pairwise(each)
        if isinstance(op, MaskClip) and isinstance(after, Picture)
    ]


def _alike(mask: MaskClip, picture: Picture) -> bool:
    return all(abs(x - y) < 0.01 for x, y in zip(mask.matrix, picture.matrix, strict=True))


def needs_recognition(page: PageOps, fonts: Fonts, trusted: dict[tuple[int, int, str], bool]) -> bool:
    """Whether anything visible is not text whose meaning its font confirms."""
    for op in pictures(page.ops):
        box = square(op.matrix)
        if not op.rendered and (box[2] - box[0]) * (box[3] - box[1]) > _SMALL_PICTURE:
            return True
    if sum(isinstance(op, Fill | Stroke) and _like_a_letter(op) for op in page.ops) >= _OUTLINES:
        return True
    return any(not _trusted(glyph, fonts, trusted) for glyph in page.glyphs())


def _like_a_letter(op: Fill | Stroke) -> bool:
    """Whether a path has more bends than a rule, a frame or a cell has."""
    height = op.box[3] - op.box[1]
    return height > _LEAST_LETTER and op.path.count(b"\n") >= _BENDS


def _trusted(glyph: Glyph, fonts: Fonts, known: dict[tuple[int, int, str], bool]) -> bool:
    """Whether the font itself, not only the file, says that the glyph is this character."""
    key = (glyph.font, glyph.gid, glyph.text)
    if key not in known:
        known[key] = _confirmed(glyph, fonts)
    return known[key]


def _confirmed(glyph: Glyph, fonts: Fonts) -> bool:
    if glyph.drawn is not None:
        return False
    if not glyph.text.strip():
        return fonts.outline(glyph.font, glyph.gid) is None or bool(glyph.text)
    if (glyph.font, glyph.gid) in fonts.guessed:
        return False
    font = fonts.fonts[glyph.font]
    return len(glyph.text) == 1 and mupdf.fz_encode_character(font, ord(glyph.text)) == glyph.gid


def redaction_annotations(page: pymupdf.Page) -> list[Rect]:
    """Rectangles that somebody marked for removal and never removed."""
    found = []
    for annotation in page.annots(types=[pymupdf.PDF_ANNOT_REDACT]) or ():
        rect = annotation.rect * page.rotation_matrix
        rect.normalize()
        found.append((rect.x0, rect.y0, rect.x1, rect.y1))
    return found
