"""What readers ask of text recognition, and what every picture of text needs before it.

The recogniser itself is `ocr`; the worker hands it to the readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from markpipe.model.document import Boxes, UnreadReason

_DARK = 170
_LEAST_RULE = 0.75
_THICKEST_RULE = 0.06


class Mode(StrEnum):
    """When text is recognised: where the text layer is missing or doubtful, on every page, or not at all."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Picture:
    """Grey pixels, row by row, one byte each."""

    samples: bytes
    width: int
    height: int
    dpi: int


@dataclass(frozen=True, slots=True, eq=False)
class Recognised:
    """Text with a line feed after each line, and a box in pixels for each character (NaN for line feeds).

    `confidence` is the recogniser's own, between 0 and 1.
    """

    text: str
    boxes: Boxes
    confidence: float


class NotRecognisedError(Exception):
    """The picture was not looked at: recognition is off, not installed, out of time, or failed."""

    def __init__(self, reason: UnreadReason, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


class Recogniser(Protocol):
    """Turns pictures into text."""

    @property
    def mode(self) -> Mode: ...

    def recognise(self, picture: Picture) -> Recognised:
        """The text of a picture, empty where it shows none; `NotRecognisedError` where nobody looked."""


class NoRecogniser:
    """Stands where no recogniser was given."""

    mode = Mode.NEVER

    def recognise(self, picture: Picture) -> Recognised:  # noqa: ARG002 - the protocol's signature
        """Never looks."""
        raise NotRecognisedError(UnreadReason.OCR_OFF)


def without_rules(pixels: npt.NDArray[np.uint8], dpi: int) -> npt.NDArray[np.uint8]:
    """The grey picture (rows, columns) with the rules of tables and forms made white.

    A recogniser that takes a picture for one block of text loses the words between rules.  A rule is a dark line of
    at least three quarters of an inch, thinner than a sixteenth: longer than a stroke of text, and no part of a
    dark area, on which the text may be white.
    """
    dark = pixels < _DARK
    least, thickest = max(2, int(dpi * _LEAST_RULE)), max(2, int(dpi * _THICKEST_RULE))
    lying, standing = _runs(dark, least), _runs(dark.T, least).T
    rules = (lying & ~_runs(dark.T, thickest).T) | (standing & ~_runs(dark, thickest))
    if not rules.any():
        return pixels
    rim = rules.copy()
    rim[1:] |= rules[:-1]
    rim[:-1] |= rules[1:]
    rim[:, 1:] |= rules[:, :-1]
    rim[:, :-1] |= rules[:, 1:]
    return np.where(rim, np.uint8(255), pixels)


def _runs(marked: npt.NDArray[np.bool_], least: int) -> npt.NDArray[np.bool_]:
    """The marked cells that stand in a row of at least `least` marked cells."""
    height, width = marked.shape
    edges = np.zeros((height, width + 2), dtype=np.int8)
    edges[:, 1:-1] = marked
    steps = np.diff(edges, axis=1)
    rows, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    kept = ends - starts >= least
    delta = np.zeros((height, width + 1), dtype=np.int32)
    delta[rows[kept], starts[kept]] = 1
    delta[rows[kept], ends[kept]] = -1
    return np.cumsum(delta, axis=1)[:, :-1] > 0
