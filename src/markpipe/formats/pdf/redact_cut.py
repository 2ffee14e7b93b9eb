"""Takes characters out of a page and closes, quantises or keeps the gaps that they leave.

::

    exact   前文■■■■■■后文        the box is as wide as what stood there
    class   前文【略】   后文      the gap is the next multiple of four em, the rest of the line moves
    line    前文【略】             the rest of the line goes too

A line is what stands on one base line without a wide space, so cells and columns do not move with each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from markpipe.formats.pdf.redact_lines import SetLine, em, set_lines
from markpipe.formats.pdf.redact_match import Key, key
from markpipe.formats.pdf.redact_ops import Glyph, Matrix, Op, PageOps, Rect, Text, bounds
from markpipe.redaction.policy import Gap, class_width

_MARGIN = 4.0
_HEIGHTS = (-0.12, 0.88)


@dataclass(slots=True)
class Cut:
    """What taking out did to a page: boxes to paint, labels to set, and what it left to be inferred.

    A label has its place and the index of the term that it stands for.
    """

    boxes: list[Rect] = field(default_factory=list)
    labels: list[tuple[Matrix, int]] = field(default_factory=list)
    removed: int = 0
    gaps: int = 0
    dropped: int = 0
    unquantised: int = 0


def cut(page: PageOps, gone: Mapping[Key, int], gap: Gap) -> Cut:
    """Remove the characters `gone` from a page; moves the ones behind them as `gap` says."""
    done = Cut(removed=sum(key(glyph) in gone for glyph in page.glyphs()))
    if not done.removed:
        return done
    dropped: set[Key] = set(gone)
    for line in set_lines(page.glyphs()):
        if any(key(glyph) in gone for glyph in line.glyphs):
            _line(page, line, gone, gap, done, dropped)
    kept: list[Op] = []
    for op in page.ops:
        if isinstance(op, Text):
            op.glyphs = [glyph for glyph in op.glyphs if key(glyph) not in dropped]
            if not op.glyphs:
                continue
        kept.append(op)
    page.ops = kept
    return done


def _line(page: PageOps, line: SetLine, gone: Mapping[Key, int], gap: Gap, done: Cut, dropped: set[Key]) -> None:
    runs = list(_runs(line.glyphs, gone))
    if gap is Gap.LINE:
        start = runs[0][0]
        rest = line.glyphs[start:]
        dropped.update(key(glyph) for glyph in rest)
        done.dropped += sum(key(glyph) not in gone for glyph in rest)
        done.gaps += 1
        done.labels.append((line.glyphs[start].matrix, gone[key(line.glyphs[start])]))
        return
    shift = 0.0
    for start, end in runs:
        first, run = line.glyphs[start], line.glyphs[start : end + 1]
        from_, to = line.place(first), max(line.place(g) + em(g) * max(g.advance, 0.0) for g in run)
        done.gaps += 1
        unit = em(first)
        if gap is Gap.CLASS:
            wanted = class_width((to - from_) / unit) * unit
            more = wanted - (to - from_)
            if _fits(page, line, end, shift + more):
                done.labels.append((_moved(first.matrix, line, shift), gone[key(first)]))
                shift += more
                _move(line, range(end + 1, _next(runs, end, len(line.glyphs))), shift)
                continue
            done.unquantised += 1
        height = max(glyph.size for glyph in run)
        done.boxes.append(_box(_moved(first.matrix, line, shift), line, to - from_, height))
        _move(line, range(end + 1, _next(runs, end, len(line.glyphs))), shift)


def _next(runs: list[tuple[int, int]], end: int, length: int) -> int:
    return next((start for start, _ in runs if start > end), length)


def _runs(glyphs: list[Glyph], gone: Mapping[Key, int]) -> Iterator[tuple[int, int]]:
    """Stretches of removed characters; blanks between two removed ones belong to the gap."""
    start = end = -1
    for place, glyph in enumerate(glyphs):
        if key(glyph) in gone:
            if start < 0:
                start = place
            end = place
        elif start >= 0 and glyph.text.strip():
            yield start, end
            start = -1
    if start >= 0:
        yield start, end


def _fits(page: PageOps, line: SetLine, end: int, shift: float) -> bool:
    """Whether the rest of the line stays on the page after the move."""
    rest = [glyph.box for glyph in line.glyphs[end + 1 :] if glyph.text.strip()]
    if not rest:
        return True
    dx, dy = line.direction[0] * shift, line.direction[1] * shift
    x0, y0, x1, y1 = bounds([(b[0] + dx, b[1] + dy) for b in rest] + [(b[2] + dx, b[3] + dy) for b in rest])
    return x0 >= 0 and y0 >= 0 and x1 <= page.width - _MARGIN and y1 <= page.height - _MARGIN


def _move(line: SetLine, places: range, shift: float) -> None:
    for place in places:
        line.glyphs[place].matrix = _moved(line.glyphs[place].matrix, line, shift)


def _moved(matrix: Matrix, line: SetLine, shift: float) -> Matrix:
    a, b, c, d, e, f = matrix
    return (a, b, c, d, e + line.direction[0] * shift, f + line.direction[1] * shift)


def _box(matrix: Matrix, line: SetLine, width: float, height: float) -> Rect:
    """The rectangle around a gap."""
    _, _, c, d, e, f = matrix
    size = (c * c + d * d) ** 0.5 or 1.0
    (ux, uy), up = line.direction, (c / size * height, d / size * height)
    return bounds(
        [
            (e + ux * along + up[0] * across, f + uy * along + up[1] * across)
            for along in (0.0, width)
            for across in _HEIGHTS
        ]
    )


def label_glyphs(matrix: Matrix, label: str, font: int, gids: list[int], page: int) -> list[Glyph]:
    """The placeholder, in the size of what it stands for."""
    a, b, c, d, e, f = matrix
    return [
        Glyph(0, font, gid, char, (a, b, c, d, e + a * place, f + b * place), 1.0, page)
        for place, (char, gid) in enumerate(zip(label, gids, strict=True))
    ]
