"""The frame that browsers put around a page: their unit of length, and one clip that is the area inside the margins.

::

    .24 0 0 -.24 0 792 cm  q  115 115 2316 3066 re W* n  q  3.125 0 0 3.125 115 115 cm   …the page…   Q Q

Text inside the clip is not cut off by it, so the page is looked at without its frame, and its text has to lie inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_N = rb"(-?[\d.]+)\s+"
_OPENS = re.compile(
    rb"\s*(0?\.\d+|1)\s+0\s+0\s+-(0?\.\d+|1)\s+" + _N * 2 + rb"cm\s+q\s+" + _N * 4 + rb"re\s+W\*?\s+n\s+"
    rb"q\s+([1-9][\d.]*)\s+0\s+0\s+([1-9][\d.]*)\s+" + _N * 2 + rb"cm\s",
)
_CLOSES = re.compile(rb"\sQ\s+Q(?:\s+EMC)*\s*\Z")
_LONGEST_CLOSE = 200
_KEPT = re.compile(rb"[qQ](?<=\s[qQ])(?=\s)")
_BUT_Q = bytes(set(range(256)) - set(b"qQ"))


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands inside a frame, how long its unit is in points, and the corners of the clip in the page's user space."""

    content: bytes
    scale: float
    clip: tuple[float, float, float, float]


def framed(content: bytes) -> Frame | None:
    """The frame of a page's operators; None where there is none, or where it does not enclose everything."""
    found = _OPENS.match(content)
    if found is None or b"(" in content or b"%" in content:
        return None
    end = _CLOSES.search(content, max(found.end(), len(content) - _LONGEST_CLOSE))
    try:
        across, down, right, up, x, y, width, height, unit, other, *_ = map(float, found.groups())
    except ValueError:
        return None
    if end is None:
        return None
    scale = across * unit
    inside = content[found.end() : end.start()]
    if across != down or unit != other or scale > 1 or not _encloses(inside):
        return None
    left, top = right + x * across, up - y * across
    return Frame(inside, scale, (left, top - height * across, left + width * across, top))


def _encloses(content: bytes) -> bool:
    """Whether nothing inside takes back more graphics states than it kept."""
    kept = 0
    if not content.translate(None, _BUT_Q):
        return True
    for operator in _KEPT.findall(b" %b " % content):
        kept += 1 if operator == b"q" else -1
        if kept < 0:
            return False
    return kept == 0
