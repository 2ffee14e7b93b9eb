"""Lines of characters, and the order in which a person reads them.

Text that is drawn line by line is left in the order of drawing: that is the author's order, also across columns.
Only characters drawn one by one (grid boxes, vertical stacks, shuffled drawing) are put together again by place::

      云 杉 九      same height, next to each other  -> one line, left to right
      云
      杉            same column, each below the last -> one line, downwards
      九
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from markpipe.model.document import Boxes

Quad = tuple[float, float, float, float]
_NO_BOX: Quad = (float("nan"),) * 4
_SAME = 1.0  # points: the same character drawn again this near is bold by overprinting
_PILED = 0.3  # character sizes
_NEAR = 1.9  # in character sizes: the farthest that two characters of one grid stand apart


@dataclass(frozen=True, slots=True)
class Line:
    """Characters in drawing order with their boxes in unrotated page points; `style` is (colour, alpha, flags, size)
    of each character's span."""

    text: str
    boxes: tuple[Quad, ...]
    styles: tuple[tuple[int, int, int, float], ...]

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> Line:
        """A line of PyMuPDF's rawdict."""
        chars: list[str] = []
        boxes: list[Quad] = []
        styles: list[tuple[int, int, int, float]] = []
        for span in line["spans"]:
            style = (span["color"], span["alpha"], span["char_flags"], span["size"])
            for char in span["chars"]:
                for code in char["c"]:
                    chars.append(code)
                    boxes.append(char["bbox"])
                    styles.append(style)
        return cls("".join(chars), tuple(boxes), tuple(styles))

    @classmethod
    def placeless(cls, text: str) -> Line:
        """A line of which nobody knows where it stands."""
        return cls(text, (_NO_BOX,) * len(text), ((0, 255, 0, 0.0),) * len(text))

    def pick(self, indexes: Sequence[int]) -> Line:
        """The line with only some of its characters."""
        return Line(
            "".join(self.text[i] for i in indexes),
            tuple(self.boxes[i] for i in indexes),
            tuple(self.styles[i] for i in indexes),
        )

    @property
    def single(self) -> bool:
        """Whether it is one character with ink."""
        return len(self.text.strip()) == 1


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """Text with a line feed after each line, and a box for each character (NaN for line feeds)."""

    text: str
    boxes: Boxes


def in_lines(lines: Sequence[Line], *, disordered: bool, blank: bool = True) -> Glyphs:
    """Put lines together into text, those of nothing but spaces only where `blank` ones are wanted.

    On a `disordered` page overprinted copies go, and characters drawn one by one find each other.
    """
    ordered = _gather(_without_copies(lines)) if disordered else list(lines)
    ordered = ordered if blank else [line for line in ordered if line.text.strip()]
    text = "".join(f"{line.text}\n" for line in ordered)
    boxes = [box for line in ordered for box in (*line.boxes, _NO_BOX)]
    return Glyphs(text, np.array(boxes, dtype=np.float32).reshape(-1, 4))


def _without_copies(lines: Sequence[Line]) -> list[Line]:
    """Drop a line that repeats an earlier one in the same place: bold made by printing twice."""
    seen: dict[str, list[Quad]] = {}
    kept = []
    for line in lines:
        if not line.boxes:
            continue
        first = line.boxes[0]
        places = seen.setdefault(line.text, [])
        if any(abs(first[0] - place[0]) < _SAME and abs(first[1] - place[1]) < _SAME for place in places):
            continue
        places.append(first)
        kept.append(line)
    return kept


def _gather(lines: list[Line]) -> list[Line]:
    """Replace each run of single characters by the lines or columns that they form."""
    ordered: list[Line] = []
    loose: list[Line] = []
    for line in [*lines, None]:
        if line is not None and (line.single or (loose and len(line.text) == 1)):
            single = line.pick([line.text.index(line.text.strip())])
            if loose and _on_top(loose[-1], single):
                loose[-1] = _joined([loose[-1], single])
            else:
                loose.append(single)
            continue
        ordered.extend(_rows_or_columns(loose))
        loose = []
        if line is not None:
            ordered.append(line)
    return ordered


def _on_top(below: Line, single: Line) -> bool:
    """Whether a character is drawn on the one before it: no place tells their order, so that of drawing stays."""
    first, second = below.boxes[-1], single.boxes[0]
    near = (second[3] - second[1]) * _PILED
    return abs(first[0] - second[0]) < near and abs(first[1] - second[1]) < near


def _rows_or_columns(loose: list[Line]) -> list[Line]:
    if len(loose) < 2:
        return loose
    rows = _chains(loose, across=0)
    columns = _chains(loose, across=1)
    return rows if len(rows) <= len(columns) else columns


def _chains(loose: list[Line], across: int) -> list[Line]:
    """Chain neighbours along one axis (0: left to right, 1: downwards); chains follow each other along the other."""
    down = 1 - across
    size = float(np.median([line.boxes[0][3] - line.boxes[0][1] for line in loose])) or 1.0

    def middle(line: Line, axis: int) -> float:
        return (line.boxes[0][axis] + line.boxes[0][axis + 2]) / 2

    bands: list[list[Line]] = []
    for line in sorted(loose, key=lambda line: middle(line, down)):
        if bands and abs(middle(line, down) - middle(bands[-1][-1], down)) < size / 2:
            bands[-1].append(line)
        else:
            bands.append([line])
    if across == 1:
        bands.reverse()  # columns of vertical Chinese run from right to left
    chains: list[Line] = []
    for band in bands:
        chain: list[Line] = []
        for line in sorted(band, key=lambda line: middle(line, across)):
            if chain and middle(line, across) - middle(chain[-1], across) > _NEAR * size:
                chains.append(_joined(chain))
                chain = []
            chain.append(line)
        chains.append(_joined(chain))
    return chains


def _joined(chain: list[Line]) -> Line:
    return Line(
        "".join(line.text for line in chain),
        tuple(box for line in chain for box in line.boxes),
        tuple(style for line in chain for style in line.styles),
    )
