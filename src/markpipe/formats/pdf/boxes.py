"""Where each character of a part lies on its page: read only for the pages that somebody asks about."""

from __future__ import annotations

from collections.abc import Sequence

from markpipe.formats.pdf.opening import opened
from markpipe.formats.pdf.pages import page_layers
from markpipe.model.document import Boxes


def boxes(data: bytes, names: Sequence[str]) -> dict[str, Boxes]:
    """Boxes by part name (`page:3`, `page:3/hidden`), one row a character of the part's text.

    Points from the top left corner of the page as displayed; NaN for line feeds.  A part whose text would come out
    differently than when it was read is left out: no place is better than a wrong one.
    """
    wanted: dict[int, set[str]] = {}
    for name in names:
        number = _page_number(name)
        if number is not None:
            wanted.setdefault(number, set()).add(name)
    found: dict[str, Boxes] = {}
    with opened(data) as document:
        for number in sorted(wanted):
            if number >= document.page_count:
                continue
            page = document[number]
            read = {layer.name: layer.text for layer in page_layers(page)}
            for layer in page_layers(page, boxes=True):
                if layer.name in wanted[number] and read.get(layer.name) == layer.text:
                    found[layer.name] = layer.boxes
    return found


def _page_number(name: str) -> int | None:
    """The page, counted from 0, that a part name belongs to."""
    kind, _, rest = name.partition(":")
    number = rest.split("/", 1)[0]
    return int(number) - 1 if kind == "page" and number.isascii() and number.isdigit() and int(number) > 0 else None
