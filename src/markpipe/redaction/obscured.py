"""Pixels that somebody made hard to read instead of removing them: mosaic and blur over text in a picture.

::

    mosaic   colour changes only at every n-th column and row, in more shades than a bar code has
    blur     a stretch of a sharp black-on-white page that has ink but no edges

Both can be undone well enough to recover short words, which is why they count as bad redactions.  Works on grey
pixels alone; photographs are left alone as far as that can be told.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_TILE = 32
_SIZES = range(4, 33)
_STEP = 6
_SHADES = 5
_PAPER = 225

Grey = NDArray[np.uint8]


def mosaic(grey: Grey) -> bool:
    """Whether a part of a picture (height, width) is a mosaic."""
    height, width = grey.shape
    size = 3 * _TILE
    for top in range(0, max(1, height - size // 2), size // 2):
        for left in range(0, max(1, width - size // 2), size // 2):
            if _is_mosaic(grey[top : top + size, left : left + size]):
                return True
    return False


def _is_mosaic(area: Grey) -> bool:
    if min(area.shape) < 24 or area.std() < 12:
        return False
    shades = np.count_nonzero(np.bincount(area.ravel(), minlength=256)[16:240] > area.size // 400)
    if shades < _SHADES:
        return False
    return all(_stepped(area if axis else area.T) for axis in (0, 1))


def _stepped(area: Grey) -> bool:
    """Whether changes along the rows happen only at every n-th column."""
    changes = (np.abs(np.diff(area.astype(np.int16), axis=1)) > _STEP).sum(axis=0).astype(np.float64)
    total = changes.sum()
    if total < area.shape[0] // 2:
        return False
    for size in _SIZES:
        if area.shape[1] < 3 * size:
            break
        by_phase = [changes[phase::size].sum() for phase in range(size)]
        best = int(np.argmax(by_phase))
        if by_phase[best] >= 0.97 * total and np.count_nonzero(changes[best::size]) >= 3:
            return True
    return False


def blur(grey: Grey) -> bool:
    """Whether a sharp page has a stretch that was blurred."""
    if min(grey.shape) < 2 * _TILE or float((grey >= _PAPER).mean()) < 0.55:
        return False
    wide = grey.astype(np.int16)
    across = np.abs(np.diff(wide, axis=1))[:-1]
    down = np.abs(np.diff(wide, axis=0))[:, :-1]
    edges = np.maximum(across, down)
    if np.percentile(edges, 99.5) < 80:
        return False
    rows, columns = edges.shape[0] // (_TILE // 2), edges.shape[1] // (_TILE // 2)
    half = _TILE // 2
    found = np.zeros((rows, columns), np.bool_)
    for row in range(rows):
        for column in range(columns):
            tile = np.s_[row * half : (row + 1) * half, column * half : (column + 1) * half]
            ink = grey[tile]
            found[row, column] = bool(ink.std() > 8 and edges[tile].max() < 40 and ink.min() < 215)
    runs = found[:, :-2] & found[:, 1:-1] & found[:, 2:] if columns > 2 else found[:, :0]
    return bool(runs.any())
