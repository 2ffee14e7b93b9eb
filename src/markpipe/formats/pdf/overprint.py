"""Whether text stands twice at the same place: bold made by printing twice gives every line twice.

Only pages with two lines that say the same are asked, which most tables are; so what a page's operators tell of the
places comes first, and the words with their places only where those leave a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from operator import sub
from typing import Any

SAME = 2.0  # points: the same text this near is printed twice
_FONT = rb"(?:/[^ \t-\r/]++\s[0-9.]++\sTf\s*)?+"
_PLACE = rb"(-?[0-9.]++)\s(-?[0-9.]++)\sT[dm]\s*+" + _FONT + rb"[<(\[]"
_FIRST = re.compile(rb"BT\s" + _FONT + rb"(?:1\s0\s0\s-?1\s)?+" + _PLACE)
_SHOWN = re.compile(rb"T[Jj]")
_NEXT = re.compile(rb"T[Jj]\s1\s0\s0\s-?1\s" + _PLACE)


def repeats(lines: Sequence[str]) -> bool:
    """Whether two lines with words say the same."""
    if len(set(lines)) == len(lines):
        return False
    written = list(filter(str.strip, lines))
    return len(set(written)) < len(written)


def apart(operators: bytes, scale: float) -> bool:
    """Whether each string that plain operators show surely begins at a place of its own; false where they do not tell.

    `scale` is the length of the operators' unit in points.
    """
    if (b"c" in operators and b"cm" in operators) or b"'" in operators:
        return False
    shown = len(_SHOWN.findall(operators))
    places = _FIRST.findall(operators)
    if len(places) < shown:
        places += _NEXT.findall(operators)
    if len(places) != shown:
        return False
    rows: dict[bytes, list[float]] = {}
    try:
        for x, y in places:
            rows.setdefault(y, []).append(float(x))
        return _spread(map(float, rows), SAME / scale) and all(_spread(row, SAME / scale) for row in rows.values())
    except ValueError:
        return False


def _spread(values: Iterable[float], least: float) -> bool:
    ordered = sorted(values)
    return min(map(sub, ordered[1:], ordered), default=least) >= least


def overprinted(text_page: Any) -> bool:
    """Whether some word of a text page stands twice at the same place."""
    places: dict[str, list[tuple[float, float]]] = {}
    for x, y, _, _, word, *_ in text_page.extractWORDS():
        found = places.setdefault(word, [])
        if any(abs(x - other) < SAME and abs(y - lower) < SAME for other, lower in found):
            return True
        found.append((x, y))
    return False
