"""A second look at a folded text, without the spaces and symbols that stand inside words: 机 密, 试·题, “绝密”级.

::

    folded    高 考·试题（副题）。另
    squeezed  高考试题副题。另

A run of up to three such characters is left out; a longer one, a sentence's end, a comma and a line end stay, so that
a match never crosses them.  A match in here says where in the folded text it stood, and whether it looked through
anything.  Tells nothing about meaning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from markpipe.model.document import Offsets
from markpipe.text.tables import CharClass, tables

LONGEST_NOISE = 3
BARRIER = "\n"


@dataclass(frozen=True, slots=True, eq=False)
class Squeezed:
    """A squeezed text.  `offsets` has shape (len(text) + 1,): the offset of each character in the folded text."""

    text: str
    offsets: Offsets

    def folded_span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the folded text that a stretch in here stands for."""
        return int(self.offsets[start]), int(self.offsets[end - 1]) + 1


def squeeze(folded: str) -> Squeezed:
    """Leave out short runs of spaces and symbols."""
    points = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    noise = tables().classes[points] == CharClass.NOISE
    offsets = np.arange(points.size + 1, dtype=np.int64)
    if not noise.any():
        return Squeezed(folded, offsets)
    keep, barriers = ~noise, _long_runs(noise)
    keep[barriers] = True
    if barriers.size:
        points = points.copy()
        points[barriers] = ord(BARRIER)
    text = points[keep].tobytes().decode("utf-32-le", "surrogatepass")
    return Squeezed(text, np.append(offsets[:-1][keep], points.size))


def _long_runs(noise: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Where each run of noise starts that is too long to be looked through."""
    edges = np.diff(noise.astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return starts[ends - starts > LONGEST_NOISE].astype(np.int64)
