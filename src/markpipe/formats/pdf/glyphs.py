"""Do the glyphs look like the characters that the file says they are?  A suspicion only; recognition confirms it.

A few Han characters of each font are rendered and compared with the same characters of PyMuPDF's own font, and with
others: an honest glyph, of whatever typeface, is more like its own character than like the rest.  Latin letters,
symbols and glyphs without neighbours to compare with are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pymupdf
from numpy.typing import NDArray

Bitmap = NDArray[np.float32]
_SIDE = 20
_TYPE3 = "Type3"
_LEAST = 3
_MOST = 10
_EVERY = 50
_HITS = 0.5
_SCALE_TO = 40.0  # pixels a character is rendered at
_DISTRACTORS = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
_BLANK = 0.02
_UNEVEN = 0.01
_FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_PRESERVE_LIGATURES | pymupdf.TEXT_IGNORE_ACTUALTEXT


class FontTrust:
    """What is known about the fonts of one document; asked page by page."""

    def __init__(self) -> None:
        self._doubted: set[str] = set()
        self._seen: dict[str, int] = {}
        self._objects: frozenset[int] = frozenset()

    def due(self, page: int, fonts: frozenset[int], *, plain: bool) -> bool:
        """Whether a page is to be looked at: where it has anything but plain text, a font to judge that no page before it
        had, or a doubted one may be on it; else every fiftieth page with such fonts."""
        new = fonts - self._objects
        self._objects |= fonts
        return bool(new) or not plain or bool(self._doubted) or (bool(fonts) and page % _EVERY == _EVERY - 1)

    def doubts(self, page: Any, blocks: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the page is set in a font whose glyphs do not look like its text.

        Each font is looked at on the first, second, fourth … page that uses it.
        """
        used: dict[str, Mapping[str, Any]] = {}
        for sample in _samples(blocks):
            used.setdefault(sample["font"], sample)
        for font, span in used.items():
            count = self._seen[font] = self._seen.get(font, 0) + 1
            if count & (count - 1) == 0 and not _honest(page, span):
                self._doubted.add(font)
        return not self._doubted.isdisjoint(
            _name(span) for block in blocks for line in block.get("lines", ()) for span in line["spans"]
        )


def _samples(blocks: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Upright spans that can be judged.  Type 3 fonts come in pieces of a few glyphs, so of those it is whole lines."""
    for block in blocks:
        for line in block.get("lines", ()):
            spans = line["spans"]
            if line["dir"] != (1.0, 0.0) or not spans:
                continue
            if spans[0]["font"].startswith(_TYPE3):
                text = "".join(span["text"] for span in spans)
                spans = [{"font": _TYPE3, "text": text, "bbox": line["bbox"], "size": spans[0]["size"]}]
            yield from (span for span in spans if _judgeable(span))


def _name(span: Mapping[str, Any]) -> str:
    font: str = span["font"]
    return _TYPE3 if font.startswith(_TYPE3) else font


def _judgeable(span: Mapping[str, Any]) -> bool:
    """Full-width characters only, so that each takes an equal share of the width, three of them Han or more."""
    text = span["text"][:_MOST]
    return span["size"] >= 5 and all("\u2e80" <= char <= "\uffef" for char in span["text"]) and _han(text) >= _LEAST


def _han(text: str) -> int:
    return sum("\u4e00" <= char <= "\u9fff" for char in text)


def _honest(page: Any, span: Mapping[str, Any]) -> bool:
    text = span["text"][:_MOST]
    shares = edges(page, span)
    clip = pymupdf.Rect(shares[0][0], span["bbox"][1], shares[-1][1], span["bbox"][3])
    if page.rotation or not clip.intersects(page.rect):
        return True  # nothing to be seen upright here; the next page with this font is asked
    zoom = _SCALE_TO / max(span["size"], 1.0)
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), clip=clip, colorspace=pymupdf.csGRAY, alpha=False)
    ink = _ink(pixmap)
    if ink.mean() > 0.5:
        ink = 1.0 - ink  # light on dark
    columns = [tuple(round((edge - clip.x0) / clip.width * pixmap.width) for edge in share) for share in shares]
    drawn = [_normal(ink[:, left:right]) for left, right in columns]
    known = _references("".join(dict.fromkeys([char for char in text if _han(char)] + list(_DISTRACTORS))))
    places = {char: place for place, char in enumerate(known)}
    judged = [
        (places[char], bitmap)
        for char, bitmap in zip(text, drawn, strict=True)
        if bitmap is not None and char in places and _han(char)
    ]
    if len(judged) < _LEAST:
        return True
    likeness = (
        np.stack([bitmap.ravel() for _, bitmap in judged]) @ np.stack([each.ravel() for each in known.values()]).T
    )
    own = likeness[np.arange(len(judged)), [place for place, _ in judged]]
    better = (likeness > own[:, None]).sum(axis=1)
    return int((better <= 1).sum()) >= _HITS * len(judged)


def edges(page: Any, span: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Where each of the first characters of a span begins and ends across the page.

    Full-width characters share the width evenly, but where cells of a table became one span, gaps between them count.
    """
    left, top, right, bottom = span["bbox"]
    size = span["size"]
    count = len(span["text"])
    if abs((right - left) / count - size) > _UNEVEN * size:
        around = pymupdf.Rect(left - size, top - size, right + size, bottom + size)
        blocks = page.get_textpage(clip=around, flags=_FLAGS).extractRAWDICT()["blocks"]
        lines = (line for block in blocks for line in block.get("lines", ()) if abs(line["bbox"][1] - top) < size)
        chars = [char for line in lines for each in line["spans"] for char in each["chars"] if _lies(char, span)]
        if "".join(char["c"] for char in chars) == span["text"]:
            return [(char["bbox"][0], char["bbox"][2]) for char in chars[:_MOST]]
    step = (right - left) / count
    return [(left + step * index, left + step * (index + 1)) for index in range(min(count, _MOST))]


def _lies(char: Mapping[str, Any], span: Mapping[str, Any]) -> bool:
    x, y = ((char["bbox"][axis] + char["bbox"][axis + 2]) / 2 for axis in (0, 1))
    left, top, right, bottom = span["bbox"]
    return bool(left <= x <= right and top <= y <= bottom)


def _ink(pixmap: Any) -> NDArray[np.float32]:
    """How dark each pixel is, between 0 and 1."""
    samples = np.frombuffer(pixmap.samples_mv, dtype=np.uint8).reshape(pixmap.height, -1)
    return (255 - samples).astype(np.float32) / np.float32(255)


def _normal(ink: NDArray[np.float32]) -> Bitmap | None:
    """The glyph cut to its ink, brought to one size, softened, with mean 0 and length 1."""
    if not ink.size:
        return None
    rows, columns = np.where(ink.max(axis=1) > 0.3)[0], np.where(ink.max(axis=0) > 0.3)[0]
    if not len(rows) or not len(columns) or ink.mean() < _BLANK:
        return None
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    ys = np.linspace(0, cut.shape[0] - 1, _SIDE * 2).round().astype(int)
    xs = np.linspace(0, cut.shape[1] - 1, _SIDE * 2).round().astype(int)
    large = cut[np.ix_(ys, xs)]
    small = large.reshape(_SIDE, 2, _SIDE, 2).mean(axis=(1, 3))
    padded = np.pad(small, 1, mode="edge")
    soft = np.stack([padded[y : y + _SIDE, x : x + _SIDE] for y in range(3) for x in range(3)]).mean(axis=0)
    soft = soft - soft.mean()
    length = float(np.sqrt((soft * soft).sum()))
    return None if length == 0 else (soft / length).astype(np.float32)


_known: dict[str, Bitmap] = {}


def _references(text: str) -> dict[str, Bitmap]:
    """Bitmaps of characters in PyMuPDF's own font; kept, because every document asks for the same ones."""
    missing = [char for char in text if char not in _known and ord(char) < 0x10000]
    if missing:
        side = int(_SCALE_TO) + 8
        with pymupdf.open(stream=_specimen("".join(missing), side), filetype="pdf") as document:
            pixmap = document[0].get_pixmap(colorspace=pymupdf.csGRAY, alpha=False)
        ink = _ink(pixmap)
        for index, char in enumerate(missing):
            bitmap = _normal(ink[:, index * side : (index + 1) * side])
            if bitmap is not None:
                _known[char] = bitmap
    return {char: _known[char] for char in text if char in _known}


def _specimen(text: str, side: int) -> bytes:
    """A page that shows the characters side by side in a font that is not embedded: the library then uses its own."""
    shown = "".join(
        f"BT /F {_SCALE_TO} Tf {index * side + 4} {side * 0.2} Td <{ord(char):04x}> Tj ET "
        for index, char in enumerate(text)
    )
    bodies = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 1/Kids[3 0 R]>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {side * len(text)} {side}]/Contents 4 0 R"
        "/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(shown)}>>stream\n{shown}\nendstream",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/FontDescriptor 7 0 R"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 -200 1000 900]/ItalicAngle 0"
        "/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
    )
    out = "%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    out += f"xref\n0 8\n0000000000 65535 f \n{table}trailer<</Size 8/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return out.encode("ascii")
