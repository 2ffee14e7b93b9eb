"""Where the first red double line of a letter is (GB/T 9704-2012 10.1), by which the head of its plan is placed.

Looks at lines and bars only; a line that is part of a scanned picture is not seen, and the answer then is None.
"""

from __future__ import annotations

from itertools import pairwise

import pymupdf

from markpipe.marking.plan import POINTS_PER_MM

_BETWEEN_MM = (30.0, 90.0)
_LEAST_WIDTH_MM = 110.0
_HIGHEST_MM = 3.0
_PAIR_MM = 3.0


def red_line(document: pymupdf.Document) -> float | None:
    """How far down page 1 the first red double line ends, in mm; None where there is none or the page is turned."""
    page = document[0]
    if page.rotation:
        return None
    bars = sorted(
        (drawing["rect"].y0 / POINTS_PER_MM, drawing["rect"].y1 / POINTS_PER_MM)
        for drawing in page.get_drawings()
        if _is_red(drawing.get("color")) or _is_red(drawing.get("fill"))
        if drawing["rect"].width / POINTS_PER_MM >= _LEAST_WIDTH_MM
        if drawing["rect"].height / POINTS_PER_MM <= _HIGHEST_MM
    )
    near = [bar for bar in bars if _BETWEEN_MM[0] <= bar[0] <= _BETWEEN_MM[1]]
    return next((below[1] for above, below in pairwise(near) if below[0] - above[1] <= _PAIR_MM), None)


def _is_red(colour: tuple[float, ...] | None) -> bool:
    return colour is not None and len(colour) == 3 and colour[0] > 0.6 and max(colour[1:]) < 0.35
