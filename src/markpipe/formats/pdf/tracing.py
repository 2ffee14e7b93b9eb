"""What the library's tracing devices tell of a page: what is painted, and text that no text page has.

They give back references to `None` that they never took (PyMuPDF 1.26 and 1.27, two for each thing painted).  Before
Python 3.12 these are counted, and a process that reads many pages would end with a fatal error; so they are taken again.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from markpipe.formats.pdf.order import Line, Quad

_Found = TypeVar("_Found")
_COUNTED = sys.version_info < (3, 12)
_NO_AREA = 0.01  # points
_FILLED = 16


def painted(page: Any) -> list[tuple[str, Quad]]:
    """Everything painted, in order: what kind of painting, and its box."""
    return _balanced(lambda: [(kind, box) for kind, box, *_ in page.get_bboxlog()])


def text_without_area(page: Any) -> list[Line]:
    """Text drawn without width or height."""
    return _balanced(lambda: [line for span in page.get_texttrace() if (line := _line(span)) is not None])


def without_ink(page: Any, log: Sequence[tuple[str, Quad]]) -> bool:
    """Whether anything but spaces was painted without width or height; `log` is what `painted` tells."""
    flat = [box for kind, box in log if kind.endswith("-text") and _flat(box)]
    if not flat or any(y1 - y0 > _NO_AREA for _, y0, _, y1 in flat):
        return bool(flat)
    starts = {(round(x, 1), round(y, 1)) for x, y, *_ in flat}  # spaces have no ink: they are painted as points
    return _balanced(lambda: any(_starts_in(span["chars"], starts) for span in page.get_texttrace()))


def _starts_in(chars: Sequence[tuple[Any, ...]], starts: set[tuple[float, float]]) -> bool:
    x, y = chars[0][2]
    return (round(x, 1), round(y, 1)) in starts and any(code > 0 and not chr(code).isspace() for code, *_ in chars)


def _flat(box: Quad) -> bool:
    x0, y0, x1, y1 = box
    return x1 - x0 <= _NO_AREA or y1 - y0 <= _NO_AREA


def _line(span: dict[str, Any]) -> Line | None:
    x0, y0, x1, y1 = span["bbox"]
    if not _flat((x0, y0, x1, y1)):
        return None
    text = "".join(chr(char[0]) for char in span["chars"] if char[0] > 0)
    count = len(text)
    return Line(text, ((x0, y0, x1, y1),) * count, ((0, 255, _FILLED, span["size"]),) * count)


def _balanced(trace: Callable[[], _Found]) -> _Found:
    before = sys.getrefcount(None)
    found = trace()
    if _COUNTED:
        nothing = ctypes.py_object(None)
        for _ in range(before - sys.getrefcount(None)):
            ctypes.pythonapi.Py_IncRef(nothing)
    return found
