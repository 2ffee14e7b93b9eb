"""What the remover is told page by page, and what it answers.  Values that cross the process boundary."""

from __future__ import annotations

from dataclasses import dataclass

from markpipe.model.document import Box


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word, its place, and how sure the recogniser was (0 to 1)."""

    text: str
    box: Box
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class PageOrder:
    """What a look at the rendered page asks for: rectangles to wipe, the page as a picture, words to search by.

    `looked`: recognition is done with the page, `layer` is what it read.
    """

    page: int
    regions: tuple[Box, ...] = ()
    rasterise: bool = False
    layer: tuple[Word, ...] = ()
    looked: bool = False


@dataclass(frozen=True, slots=True)
class PageResult:
    """What was done to a page (or, with page 0, to a document without pages).

    `removed` counts characters taken out, `gaps` the places, `dropped` further characters that went with a line,
    `hidden` things that nobody could see, `pictures` wiped pictures; `recognise` says that text recognition has to
    look at the page, because not everything on it is text of known meaning; `undecided` says why it became a picture;
    `unsearchable` that it lost a layer of words over a picture, `anew` that words of such a layer are recognised ones.
    """

    page: int
    removed: int = 0
    gaps: int = 0
    dropped: int = 0
    hidden: int = 0
    pictures: int = 0
    unquantised: int = 0
    recognise: bool = False
    rasterised: bool = False
    unsearchable: bool = False
    anew: bool = False
    undecided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Redacted:
    """A rebuilt file: its bytes, what was done, and notes in Chinese that quote nothing."""

    data: bytes
    pages: tuple[PageResult, ...]
    notes: tuple[str, ...] = ()
