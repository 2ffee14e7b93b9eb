"""What a look at a page's operators tells, before anything costly is asked: can text on it be unseen at all?

Only bounds are worked out (how small text can get, how small a clip can be), never positions, so the answer errs on
the side of a closer look.  Drawings inside drawings (`Do`) are not followed: they always get the closer look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markpipe.formats.pdf.features import Features

STRING = re.compile(rb"<[0-9A-Fa-f\s]*>|\((?:\\.|[^\\()]++|\((?:\\.|[^\\()]++)*+\))*+\)|%[^\r\n]*", re.DOTALL)
"""A string, or a comment (which may hold an open bracket)."""
_BRACKETS = bytes.maketrans(b"[]{}<>()", b"        ")
_COLOURS = {b"g": 1, b"rg": 3, b"k": 4}
_COLOURED = frozenset({*_COLOURS, b"sc", b"scn"})
_SHOWS = frozenset({b"Tj", b"TJ", b"'", b'"'})
FILLS = frozenset({b"f", b"f*", b"F", b"B", b"B*", b"b", b"b*"})
CURVES = frozenset({b"l", b"c", b"v", b"y"})
PATHS = frozenset({b"m", b"h", b"re", *CURVES})
_CLIPS = frozenset({b"W", b"W*"})
_ENDS = frozenset({b"n", b"S", b"s", b"b", b"b*"}) | FILLS
_DRAWINGS = frozenset({b"Do", b"BI", b"sh", b"Tz", b"/OC", b"/Pattern"})
_OPERATORS = frozenset(
    {b"q", b"Q", b"Tf", b"Tm", b"cm", b"re", b"Tr", b"gs", b"sc", b"scn"}
    | _COLOURS.keys()
    | _SHOWS
    | FILLS
    | PATHS
    | _ENDS
    | _CLIPS
)
_PALE = 0.9
TINY = 3.0
THIN = 3.0


@dataclass(frozen=True, slots=True)
class Hints:
    """What may be on a page: `text` unseen by itself, text `painted` over or cut off by a `clip`, other `drawings`."""

    text: bool = False
    painted: bool = False
    clip: bool = False
    drawings: bool = False

    @property
    def any(self) -> bool:
        """Whether the page needs a closer look."""
        return self.text or self.painted or self.clip or self.drawings


def hints(content: bytes, width: float, height: float, features: Features) -> Hints:
    """What the operators of a page's own content stream make possible."""
    tokens = STRING.sub(b" ", content).replace(b"/", b" /").translate(_BRACKETS).split()
    words = frozenset(tokens)
    drawings = _DRAWINGS & words
    if drawings and not (features.pictures and drawings == {b"Do"}):
        return Hints(text=True, painted=True, clip=True, drawings=True)
    try:
        return _Operators(tokens, words).hints(width, height, features)
    except ValueError:
        return Hints(text=True, painted=True, clip=True, drawings=True)  # an operand that is no number


class _Operators:
    """The operators of a page that matter here, with their operands before them."""

    def __init__(self, tokens: Sequence[bytes], words: frozenset[bytes]) -> None:
        self._tokens = tokens
        self._words = words
        self._places = [index for index, token in enumerate(tokens) if token in _OPERATORS]

    def hints(self, width: float, height: float, features: Features) -> Hints:
        """Everything at once."""
        shrink, grow, smallest = self._scales()
        return Hints(
            text=self._text(shrink * smallest, features),
            painted=b"Do" in self._words or self._painted(grow),
            clip=self._clips(width, height, shrink),
            drawings=self._open_shapes(),
        )

    def _operands(self, operator: bytes, first: int, count: int) -> Iterator[tuple[float, ...]]:
        """The different values of `count` operands of an operator, beginning `first` tokens before it."""
        if operator in self._words:
            tokens = self._tokens
            found = {
                b" ".join(tokens[at - first : at - first + count]) for at in self._places if tokens[at] == operator
            }
            yield from (tuple(map(float, each.split())) for each in found)

    def _scales(self) -> tuple[float, float, float]:
        """How far the page's matrices together can shrink and grow, and the smallest text matrix."""
        shrink = grow = 1.0
        for a, b, c, d in self._operands(b"cm", 6, 4):
            shrink *= min(max(abs(a), abs(b)), max(abs(c), abs(d)), 1.0)
            grow *= max(abs(a), abs(b), abs(c), abs(d), 1.0)
        texts = [min(max(abs(a), abs(b)), max(abs(c), abs(d))) for a, b, c, d in self._operands(b"Tm", 6, 4)]
        return shrink, grow, min(texts, default=1.0)

    def _text(self, scale: float, features: Features) -> bool:
        if b"gs" in self._words and any(
            features.fades(self._tokens[at - 1]) for at in self._places if self._tokens[at] == b"gs"
        ):
            return True
        if any(mode != 0 for (mode,) in self._operands(b"Tr", 1, 1)):
            return True
        if any(abs(size) * scale < TINY for (size,) in self._operands(b"Tf", 1, 1)):
            return True
        return not self._words.isdisjoint(_COLOURED) and self._pale(features)

    def _pale(self, features: Features) -> bool:
        """Whether text is shown in a colour that may be nearly white; colours come and go with q and Q."""
        tokens = self._tokens
        pale = False
        kept: list[bool] = []
        for at in self._places:
            token = tokens[at]
            if token in _COLOURS:
                pale = near_white(tuple(map(float, tokens[at - _COLOURS[token] : at])))
            elif token in (b"sc", b"scn"):
                pale = features.tints or self._special(at)
            elif token == b"q":
                kept.append(pale)
            elif token == b"Q":
                pale = kept.pop() if kept else pale
            elif pale and token in _SHOWS:
                return True
        return False

    def _special(self, at: int) -> bool:
        """A colour in a space of its own: how many operands it has is told by what stands before them."""
        start = at
        while start > 0 and at - start < 4 and self._tokens[start - 1][:1] in b"0123456789.+-":
            start -= 1
        values = tuple(map(float, self._tokens[start:at]))
        return len(values) not in (1, 3, 4) or near_white(values)

    def _painted(self, grow: float) -> bool:
        """Whether a shape with area is filled, after text was shown where there is any."""
        if self._words.isdisjoint(FILLS):
            return False
        tokens = self._tokens
        shown = next((index for index, at in enumerate(self._places) if tokens[at] in _SHOWS), 0)
        sizes: set[tuple[bytes, ...]] = set()
        curved = filled = False
        for at in self._places[shown:]:
            token = tokens[at]
            if token == b"re":
                sizes.add(tuple(tokens[at - 2 : at]))
            curved = curved or token in CURVES
            filled = filled or token in FILLS
        if not filled or curved:
            return filled
        return any(min(abs(float(width)), abs(float(height))) * grow > THIN for width, height in sizes)

    def _open_shapes(self) -> bool:
        """Whether a shape is filled whose outline was not closed: no text page tells of those."""
        if self._words.isdisjoint(CURVES) or self._words.isdisjoint(FILLS):
            return False
        begun = left_open = False
        for at in self._places:
            token = self._tokens[at]
            if token in CURVES:
                begun = True
            elif token == b"h":
                begun = False
            elif token in (b"m", b"re"):
                left_open, begun = left_open or begun, False
            elif token in _ENDS:
                if (begun or left_open) and token in FILLS:
                    return True
                begun = left_open = False
        return False

    def _clips(self, width: float, height: float, shrink: float) -> bool:
        """Whether some clip is anything but a rectangle as large as the page."""
        if self._words.isdisjoint(_CLIPS):
            return False
        tokens = self._tokens
        for at in self._places:
            if tokens[at] not in _CLIPS:
                continue
            if tokens[at - 1] != b"re" or at < 5 or (at > 5 and tokens[at - 6] in PATHS):
                return True
            across, down = (abs(float(token)) * shrink for token in tokens[at - 3 : at - 1])
            if across < 0.95 * width or down < 0.95 * height:
                return True
        return False


def near_white(values: tuple[float, ...]) -> bool:
    """Whether a grey, RGB or CMYK colour is so pale that it may not be seen on paper."""
    return max(values) <= 1 - _PALE if len(values) == 4 else min(values) >= _PALE
