"""What readers ask of text recognition.  The recogniser itself is `ocr`; the worker hands it to the readers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from markpipe.model.document import Boxes, UnreadReason


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
