"""Finds words among drawn characters: in drawing order, by place along lines, and in stacks and grids.

Answers are sets of characters.  The words are compared by `redaction.needles`; how a gap looks is `redact_cut`'s.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from markpipe.formats.pdf.redact_lines import SetLine, columns, set_lines
from markpipe.formats.pdf.redact_ops import Glyph, PageOps, Rect, meet
from markpipe.redaction.needles import BARRIER, Needles, bare

Key = tuple[int, int]
_HYPHENS = "-\u2010\u2011"
_OTHER_LINE = 0.3


def key(glyph: Glyph) -> Key:
    """What tells a character apart in a file."""
    return glyph.page, glyph.number


class Matcher:
    """Finds the words page by page; `found` has the characters that say any of them, with the index of the word.

    A word may go on over page ends, so the end of what was read is kept until no word can begin in it any more.
    """

    def __init__(self, needles: Needles) -> None:
        self.found: dict[Key, int] = {}
        self._needles = needles
        self._ends: tuple[list[Glyph], list[Glyph]] = ([], [])

    def take(self, page: PageOps) -> None:
        """Look through the next page."""
        shown = page.glyphs()
        # also with what nobody sees in its place: a word that is half cut away is a word
        drawn = sorted((*page.unseen, *shown), key=lambda one: one.number)
        for end, glyphs in zip(self._ends, (shown, drawn), strict=True):
            end.extend(glyphs)
            _look(end, [glyph.text for glyph in end], self._needles, self.found)
            del end[: _settled(end, self._needles.longest)]
        lines = set_lines(shown)
        _rows(lines, self._needles, self.found)
        _stacks(lines, self._needles, self.found)

    def open_from(self, page: int) -> int:
        """The first page of which more may be found when pages behind `page` are looked through."""
        return min((end[0].page for end in self._ends if end), default=page + 1)

    def gone(self, page: PageOps) -> dict[Key, int]:
        """What of a page goes, once no more can be found of it."""
        _overprinted(page.glyphs(), self.found)
        return self.found


def _settled(glyphs: Sequence[Glyph], longest: int) -> int:
    """How many characters at the beginning are farther from the end than the longest word reaches."""
    reach = 0
    for place in range(len(glyphs) - 1, -1, -1):
        reach += len(bare(glyphs[place].text))
        if reach >= longest:
            return place
    return 0


def _look(glyphs: Sequence[Glyph], pieces: Sequence[str], needles: Needles, found: dict[Key, int]) -> None:
    broken = _closed(glyphs, pieces)
    for hit in (*needles.find(pieces), *(needles.find(broken) if broken is not None else ())):
        for place in range(hit.first, hit.last + 1):
            if pieces[place] != BARRIER:
                found.setdefault(key(glyphs[place]), hit.needle)


def _closed(glyphs: Sequence[Glyph], pieces: Sequence[str]) -> list[str] | None:
    """The pieces without the hyphens at which a word goes on in another line; None where there are none."""
    ends = [
        place
        for place, piece in enumerate(pieces[:-1])
        if piece in _HYPHENS and piece and _below(glyphs[place], glyphs[place + 1])
    ]
    if not ends:
        return None
    closed = list(pieces)
    for place in ends:
        closed[place] = ""
    return closed


def _below(one: Glyph, next_: Glyph) -> bool:
    """Whether a character stands on another line than the one before it."""
    a, b, _, _, e, f = one.matrix
    across = abs((next_.matrix[4] - e) * b - (next_.matrix[5] - f) * a)
    return next_.page != one.page or across > _OTHER_LINE * one.size * (math.hypot(a, b) or 1.0)


def _rows(lines: list[SetLine], needles: Needles, found: dict[Key, int]) -> None:
    """By place: rows joined to the next, columns of a row kept apart; overprinted copies count once."""
    order: list[Glyph] = []
    pieces: list[str] = []
    row = None
    for line in lines:
        if row == line.row and order:
            order.append(order[-1])
            pieces.append(BARRIER)
        row = line.row
        before: Glyph | None = None
        for glyph in line.glyphs:
            copy = before is not None and before.text == glyph.text and _near(before, glyph)
            order.append(glyph)
            pieces.append("" if copy else glyph.text)
            before = before if copy else glyph
    _look(order, pieces, needles, found)


def _stacks(lines: list[SetLine], needles: Needles, found: dict[Key, int]) -> None:
    """Characters that stand alone on their line, read down their columns."""
    alone = [line.glyphs[0] for line in lines if len(line.glyphs) == 1]
    for column in columns(alone):
        _look(column, [glyph.text for glyph in column], needles, found)


def _near(one: Glyph, other: Glyph) -> bool:
    limit = 0.25 * max(one.size, 1.0)
    return abs(one.matrix[4] - other.matrix[4]) < limit and abs(one.matrix[5] - other.matrix[5]) < limit


def _overprinted(glyphs: list[Glyph], found: dict[Key, int]) -> None:
    """A copy printed over a found character goes with it."""
    gone = [glyph for glyph in glyphs if key(glyph) in found]
    if not gone:
        return
    by_text: dict[str, list[Glyph]] = {}
    for glyph in gone:
        by_text.setdefault(glyph.text, []).append(glyph)
    for glyph in glyphs:
        for other in by_text.get(glyph.text, ()):
            if key(glyph) not in found and _near(glyph, other):
                found[key(glyph)] = found[key(other)]


def inside(glyphs: Sequence[Glyph], regions: Sequence[Rect]) -> set[Key]:
    """The characters that reach into any of the rectangles."""
    return {key(glyph) for glyph in glyphs if any(meet(_core(glyph.box), region) for region in regions)}


def _core(box: Rect) -> Rect:
    """The middle of a character's box: one that only touches a rectangle stays."""
    width, height = box[2] - box[0], box[3] - box[1]
    return box[0] + width * 0.12, box[1] + height * 0.2, box[2] - width * 0.12, box[3] - height * 0.15
