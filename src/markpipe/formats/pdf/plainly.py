"""Whether a page's operators can hide nothing at all, asked of every page and so asked cheaply.

Only whole passes of the bytes library are used, no loop over tokens: names of operators as a set, and the operands of
the few that matter as sets of different values.  `True` is a promise that `hints.hints` finds nothing either (a
property test holds them together); `False` only means that `hints` has to look.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from markpipe.formats.pdf.hints import CURVES, FILLS, PATHS, STRING, THIN, TINY, Features, near_white

_SPACES = bytes.maketrans(b"[]{}<>()\n\r\t\f\x00", b" " * 13)
_NUMBERS = b"0123456789.-+"
_CLOSER = frozenset({b"Do", b"BI", b"sh", b"Tz", b"/Pattern", b"sc", b"scn", b"cs"})
"""Pictures, shadings, squeezed text, patterns and colours in spaces of their own: never answered here."""
_SHOWS = (b"Tj", b"TJ", b"'", b'"')
_WHOLE_PAGE = 0.95


def plainly(content: bytes, width: float, height: float, features: Features) -> bool:
    """Whether all text that a page's own content shows is surely seen, and nothing else is drawn but thin rules.

    `width` and `height` are those of the unrotated page in points.
    """
    bare = _without_strings(content)
    if bare is None:
        return False
    names = frozenset(bare.translate(_SPACES, _NUMBERS).split())
    if not names.isdisjoint(_CLOSER) or b"/OC" in bare or (features.transparency and b"gs" in names):
        return False
    try:
        return _Page(bare, names, features).plain(width, height)
    except ValueError:
        return False  # an operand that is no number


def _without_strings(content: bytes) -> bytes | None:
    """The operators without the strings they show, names set apart; None where comments make that uncertain."""
    if b"(" in content or b"%" in content:
        content = STRING.sub(b" ", content)
    elif b"<" in content:
        first, *rest = content.split(b"<")
        content = b" ".join([first, *[piece.partition(b">")[2] for piece in rest]])
    return content.replace(b"/", b" /")


class _Page:
    """The operators of one page that matter here."""

    def __init__(self, bare: bytes, names: frozenset[bytes], features: Features) -> None:
        self._bare = bare
        self._names = names
        self._features = features

    def plain(self, width: float, height: float) -> bool:
        """The whole question."""
        shrink = grow = 1.0
        if b"cm" in self._names:
            for a, b, c, d in self._operands(b"cm", 6, 4):
                shrink *= min(max(abs(a), abs(b)), max(abs(c), abs(d)), 1.0)
                grow *= max(abs(a), abs(b), abs(c), abs(d), 1.0)
        return (
            self._readable(shrink) and not self._pale() and self._uncovered(grow) and self._uncut(width, height, shrink)
        )

    def _operands(self, operator: bytes, first: int, count: int, start: int = 0) -> Iterator[tuple[float, ...]]:
        """The different values of `count` operands of an operator, beginning `first` tokens before it.

        `ValueError` where some occurrence has others than numbers.
        """
        pieces = self._bare[start:].split(operator)
        del pieces[-1]
        last = count - first or None
        for found in {tuple(piece.rsplit(None, first)[-first:last]) for piece in pieces}:
            if len(found) != count:
                raise ValueError("operands are missing")
            yield tuple(map(float, found))

    def _readable(self, scale: float) -> bool:
        """Whether all text is filled and of the size of print."""
        if b"Tr" in self._names and any(mode != 0 for (mode,) in self._operands(b"Tr", 1, 1)):
            return False
        smallest = 1.0
        if b"Tm" in self._names:
            matrices = self._operands(b"Tm", 6, 4)
            smallest = min(min(max(abs(a), abs(b)), max(abs(c), abs(d))) for a, b, c, d in matrices)
        if b"Tf" not in self._names:
            return True
        return all(abs(size) * scale * min(smallest, 1.0) >= TINY for (size,) in self._operands(b"Tf", 1, 1))

    def _pale(self) -> bool:
        """Whether text may be shown in a colour that is nearly white."""
        names = self._names
        if b"k" in names and any(near_white(values) for values in self._operands(b"k", 4, 4)):
            return True
        if b"g" in names:
            only_grey = _Page(self._bare.replace(b"rg", b"  ").replace(b"gs", b"  "), names, self._features)
            if any(near_white(values) for values in only_grey._operands(b"g", 1, 1)):
                return True
        return (
            b"rg" in names and any(near_white(values) for values in self._operands(b"rg", 3, 3)) and self._pale_text()
        )

    def _pale_text(self) -> bool:
        """Whether text follows a pale colour before another colour is set, or a state with another colour comes back."""
        pieces = self._bare.split(b"rg")
        for before, after in pairwise(pieces):
            if not near_white(tuple(map(float, before.rsplit(None, 3)[-3:]))):
                continue
            shown = min((at for show in _SHOWS if (at := after.find(show)) >= 0), default=-1)
            if shown < 0 and after is not pieces[-1] and b"Q" not in after:
                continue
            until = after[:shown].split() if shown >= 0 else after.split()
            if b"Q" in until or (shown >= 0 and b"g" not in until and b"k" not in until):
                return True
        return False

    def _uncovered(self, grow: float) -> bool:
        """Whether only rectangles as thin as rules are filled once text has been shown."""
        if self._names.isdisjoint(FILLS):
            return True
        if not self._names.isdisjoint(CURVES):
            return False
        start = min((at for show in _SHOWS if (at := self._bare.find(show)) >= 0), default=0)
        return b"re" not in self._names or all(
            min(abs(width), abs(height)) * grow <= THIN for width, height in self._operands(b"re", 2, 2, start)
        )

    def _uncut(self, width: float, height: float, shrink: float) -> bool:
        """Whether every clip is one rectangle as large as the page."""
        if b"W" not in self._names and b"W*" not in self._names:
            return True
        for piece in self._bare.split(b"W")[:-1]:
            tail = piece.rsplit(None, 6)[-6:]
            if len(tail) < 5 or tail[-1] != b"re" or (len(tail) == 6 and tail[0] in PATHS):
                return False
            across, down = (abs(float(side)) * shrink for side in tail[-3:-1])
            if across < _WHOLE_PAGE * width or down < _WHOLE_PAGE * height:
                return False
        return True
