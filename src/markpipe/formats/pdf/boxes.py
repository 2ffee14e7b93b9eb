"""Where each character of a part lies on its page: read only for the pages that somebody asks about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from markpipe.formats.pdf.opening import CannotOpenError, opened
from markpipe.formats.pdf.pages import Layer, page_layers
from markpipe.formats.pdf.pictures import inline_words, page_words, picture_words, shown_pictures
from markpipe.model.document import Boxes
from markpipe.model.limits import Limits
from markpipe.model.recognition import NoRecogniser, NotRecognisedError, Recogniser

_NOBODY = NoRecogniser()


def boxes(
    data: bytes, names: Sequence[str], recogniser: Recogniser = _NOBODY, limits: Limits | None = None
) -> dict[str, Boxes]:
    """Boxes by part name (`page:3`, `page:3/hidden`, `page:3/ocr`), one row a character of the part's text.

    Points from the top left corner of the page as displayed; NaN for line feeds.  A part whose text would come out
    differently than when it was read is left out: no place is better than a wrong one.
    """
    wanted: dict[int, set[str]] = {}
    for name in names:
        number = _page_number(name)
        if number is not None:
            wanted.setdefault(number, set()).add(name)
    found: dict[str, Boxes] = {}
    try:
        with opened(data) as document:
            for number in sorted(wanted):
                if number < document.page_count:
                    for layer in _layers(document, number, wanted[number], recogniser, limits or Limits()):
                        found[layer.name] = layer.boxes
    except CannotOpenError:
        return {}
    return found


def _layers(document: Any, number: int, names: set[str], recogniser: Recogniser, limits: Limits) -> Iterator[Layer]:
    page = document[number]
    read = {layer.name: layer.text for layer in page_layers(page)}
    for layer in page_layers(page, boxes=True):
        if layer.name in names and read.get(layer.name) == layer.text:
            yield layer
    yield from (layer for layer in _recognised(document, page, names, recogniser, limits) if layer.name in names)


def _recognised(document: Any, page: Any, names: set[str], recogniser: Recogniser, limits: Limits) -> Iterator[Layer]:
    """Recognised parts again; the recogniser remembers what it said."""
    try:
        if any(name.endswith("/ocr") for name in names):
            yield page_words(page, recogniser, limits.page_megapixels)[0]
        if any("/inline:" in name for name in names):
            yield from inline_words(page, recogniser, limits.page_megapixels)
        pictures = sorted(int(name.split(":")[2].split("/")[0]) for name in names if "/picture:" in name)
        for shown in shown_pictures(document, pictures, [page.number]):
            yield from picture_words(document, shown, recogniser)
    except NotRecognisedError:
        return


def _page_number(name: str) -> int | None:
    """The page, counted from 0, that a part name belongs to."""
    kind, _, rest = name.partition(":")
    number = rest.split("/", 1)[0]
    return int(number) - 1 if kind == "page" and number.isascii() and number.isdigit() and int(number) > 0 else None
