"""The invisible words over a scan: which of them may stay, because they say what the page shows.

::

    words of the file, not painted ─┬─ say something that goes, or touch what was wiped ─▶ dropped
                                    ├─ recognition reads the same at the same place     ─▶ kept as they were
                                    └─ it reads something else, or nothing              ─▶ dropped, its reading put there

What recognition read comes from the page after everything was wiped, so it cannot say what was removed.  A Latin word
stays when half of its letters and all of its digits are read (a very short one when most of its line is), a Chinese
character when it is read itself.  Where less than half of all is confirmed, all of it goes and all that was read is put
there.  Lines that do not run from left to right are never confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from markpipe.formats.pdf.redact_lines import SetLine, em, set_lines
from markpipe.formats.pdf.redact_match import Key, Matcher, key
from markpipe.formats.pdf.redact_ops import Glyph, PageOps, Rect, Text, bounds, meet
from markpipe.formats.pdf.redact_raster import beside, word_glyphs
from markpipe.model.document import Box
from markpipe.redaction.needles import Needles, bare
from markpipe.redaction.result import Word

_HALF = 0.5
_MOSTLY = 0.7
_SHORT = 3
_APART = 0.12
_REACH = 2.0
_SIDE, _BESIDE, _CORE = 0.6, 0.25, 0.2
_RIM = 1.0
_HAN = 0x2E80


@dataclass(frozen=True, slots=True)
class Remade:
    """The invisible words of a new page; `anew` says that some of them are recognised ones."""

    glyphs: list[Glyph]
    anew: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """A character that recognition read, folded, and its share of its word's box."""

    text: str
    word: Word
    box: Rect


def as_page(page: PageOps, glyphs: Sequence[Glyph]) -> PageOps:
    """Characters alone on a page of that size, for a search among them."""
    text = Text(0, list(glyphs), (0.0, 0.0, 0.0), 1.0)
    return PageOps(page.number, page.width, page.height, [text])


def blots(layer: Sequence[Glyph], gone: Set[Key], regions: Sequence[Rect]) -> list[Rect]:
    """Where pictures are to be painted over because the words over them say what goes: a box a line.

    Where recognition saw it, too, its region is the better place.  Boxes of recognised characters are rough, so half a
    character on either side goes along.
    """
    found = []
    for line in set_lines([glyph for glyph in layer if key(glyph) in gone]):
        boxes = [glyph.box for glyph in line.glyphs]
        box = x0, y0, x1, y1 = bounds([one[:2] for one in boxes] + [one[2:] for one in boxes])
        if not any(_shared(box, region) >= _HALF for region in regions):
            side = _SIDE * max(glyph.size for glyph in line.glyphs)
            found.append((x0 - side, y0 - _RIM, x1 + side, y1 + _RIM))
    return found


def _shared(box: Rect, region: Rect) -> float:
    """The share of a box that lies in a region."""
    wide = min(box[2], region[2]) - max(box[0], region[0])
    high = min(box[3], region[3]) - max(box[1], region[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return max(wide, 0.0) * max(high, 0.0) / area if area > 0 else 0.0


def remade(page: PageOps, gone: Set[Key], wiped: Sequence[Rect], words: Sequence[Word], needles: Needles) -> Remade:
    """What is put over the new page: `words` were read on it, `gone` and `wiped` say what must not come back."""
    shown = page.glyphs()
    words = beside(words, shown)
    read = list(_characters(words))
    lines = [(line, _confirmed(line, read)) for line in set_lines(page.layer)]
    if sum(len(confirmed) for _, confirmed in lines) < _HALF * sum(bool(bare(glyph.text)) for glyph in page.layer):
        return Remade(_without(word_glyphs(words, page.number), page, needles), anew=True)
    sorted_ = _Sorted(gone, _near(page.layer, needles), wiped)
    for line, confirmed in lines:
        sorted_.take(line, confirmed)
    as_written = sorted(sorted_.kept, key=lambda glyph: -glyph.number)
    found = [_empty(glyph) for glyph in as_written if glyph.text]
    found += word_glyphs(_within(read, sorted_.doubted), page.number)
    return Remade(_without(found, page, needles), anew=bool(sorted_.doubted))


class _Sorted:
    """The words of a layer: kept, or doubted, so that what was read in their place is put there; or neither."""

    def __init__(self, gone: Set[Key], near: Set[Key], wiped: Sequence[Rect]) -> None:
        self._gone, self._near, self._wiped = gone, near, wiped
        self.kept: list[Glyph] = []
        self.doubted: list[Rect] = []

    def take(self, line: SetLine, confirmed: Set[Key]) -> None:
        """Sort the words of one line."""
        says = [glyph for glyph in line.glyphs if bare(glyph.text)]
        sure = sum(key(glyph) in confirmed for glyph in says) >= _MOSTLY * len(says)
        blank: list[Glyph] = []
        for unit in _units(line):
            if not unit[0].text.strip():
                blank = unit
                continue
            if any(key(glyph) in self._gone or _touches(glyph, self._wiped) for glyph in unit):
                blank = []
                continue
            if not any(key(glyph) in self._near for glyph in unit) and _agrees(unit, confirmed, sure=sure):
                self.kept += blank + unit
            else:
                self.doubted += [glyph.box for glyph in unit]
            blank = []


def _without(glyphs: list[Glyph], page: PageOps, needles: Needles) -> list[Glyph]:
    """The invisible words once more without what they say together with each other and with what shows."""
    for place, glyph in enumerate(glyphs, start=1):
        glyph.number = -place
    said = Matcher(needles)
    said.take(as_page(page, [*page.glyphs(), *glyphs]))
    return [glyph for glyph in glyphs if key(glyph) not in said.found]


def _characters(words: Sequence[Word]) -> Iterator[_Read]:
    for word in words:
        box = word.box
        step = (box.right - box.left) / max(len(word.text), 1)
        for place, char in enumerate(word.text):
            left = box.left + step * place
            yield _Read(bare(char), Word(char, word.box), (left, box.top, left + step, box.bottom))


def _near(layer: Sequence[Glyph], needles: Needles) -> set[Key]:
    """The characters that nearly say a word: recognition of the words' first maker may have misread it."""
    order = [glyph for line in set_lines(layer) for glyph in line.glyphs]
    found: set[Key] = set()
    for hit in needles.near([glyph.text for glyph in order]):
        found.update(key(glyph) for glyph in order[hit.first : hit.last + 1])
    return found


def _confirmed(line: SetLine, read: Sequence[_Read]) -> set[Key]:
    """The characters of a line that recognition reads where they stand."""
    if abs(line.direction[0] - 1) > 0.05:
        return set()
    boxes = [glyph.box for glyph in line.glyphs]
    top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
    mine = [(char, glyph) for glyph in line.glyphs for char in bare(glyph.text)]
    there = sorted(
        ((one.box[0], char, one) for one in read if top < (one.box[1] + one.box[3]) / 2 < bottom for char in one.text),
        key=lambda row: row[0],
    )
    matcher = SequenceMatcher(None, [char for char, _ in mine], [char for _, char, _ in there], autojunk=False)
    missing = {key(glyph): len(bare(glyph.text)) for _, glyph in mine}
    for one, other, size in matcher.get_matching_blocks():
        for place in range(size):
            glyph, seen = mine[one + place][1], there[other + place][2]
            if abs(_middle(glyph.box) - _middle(seen.box)) < _REACH * glyph.size:
                missing[key(glyph)] -= 1
    return {which for which, count in missing.items() if not count}


def _middle(box: Rect) -> float:
    return (box[0] + box[2]) / 2


def _units(line: SetLine) -> Iterator[list[Glyph]]:
    """Words, single Chinese characters, and the blanks between them; a distance parts words, too."""
    unit: list[Glyph] = []
    kind = ""
    pen = 0.0
    for glyph in line.glyphs:
        mine = "blank" if not glyph.text.strip() else "han" if ord(glyph.text[0]) >= _HAN else "word"
        place = line.place(glyph)
        if unit and (mine != kind or mine == "han" or place - pen > _APART * glyph.size):
            yield unit
            unit = []
        unit.append(glyph)
        kind, pen = mine, place + em(glyph) * max(glyph.advance, 0.0)
    if unit:
        yield unit


def _agrees(unit: Sequence[Glyph], confirmed: Set[Key], *, sure: bool) -> bool:
    """Whether a word is what was read; `sure`: most of its line is, so that a short word may be misread."""
    says = [glyph for glyph in unit if bare(glyph.text)]
    if any(char.isdigit() and key(glyph) not in confirmed for glyph in says for char in glyph.text):
        return False
    if sum(key(glyph) in confirmed for glyph in says) >= _HALF * len(says):
        return True
    return sure and len(says) <= _SHORT and ord(says[0].text[0]) < _HAN


def _touches(glyph: Glyph, wiped: Sequence[Rect]) -> bool:
    """Whether a character reaches into, or stands right beside, what was wiped."""
    x0, y0, x1, y1 = glyph.box
    side, core = _BESIDE * glyph.size, _CORE * (y1 - y0)
    return any(meet((x0 - side, y0 + core, x1 + side, y1 - core), region) for region in wiped)


def _empty(glyph: Glyph) -> Glyph:
    return Glyph(glyph.number, -1, 0, glyph.text, glyph.matrix, glyph.advance, glyph.page, drawn=[])


def _within(read: Sequence[_Read], places: Sequence[Rect]) -> list[Word]:
    """What was read in some places: stretches of words."""
    left, top, right, bottom = np.array(places).reshape(-1, 4).T
    found: list[Word] = []
    last: _Read | None = None
    for one in read:
        x, y = _middle(one.box), (one.box[1] + one.box[3]) / 2
        if not ((left < x) & (x < right) & (top < y) & (y < bottom)).any():
            last = None
            continue
        page = one.word.box.page
        if last is not None and last.word.box is one.word.box:
            before = found.pop()
            found.append(Word(before.text + one.word.text, Box(page, before.box.left, *one.box[1:])))
        else:
            found.append(Word(one.word.text, Box(page, *one.box)))
        last = one
    return found
