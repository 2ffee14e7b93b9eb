"""All objects of an open PDF as text, and a few questions about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from markpipe.formats.pdf.syntax import REFERENCE

_HIGHEST_TREE = 50


@dataclass(frozen=True, slots=True)
class Printed:
    """Every object as printed (index is its number; 0 is the trailer), and which ones are streams."""

    objects: tuple[str, ...]
    trailer: str
    info: int
    pages: tuple[int, ...]

    @classmethod
    def of(cls, document: Any) -> Printed:
        """Print all objects of an open document; one that cannot be loaded prints as nothing."""
        objects = [""]
        objects.extend(_printed(document, number) for number in range(1, document.xref_length()))
        trailer = _printed(document, -1)
        info = re.search(r"/Info (\d+) ", trailer)
        pages = tuple(document.page_xref(number) for number in range(document.page_count))
        return cls(tuple(objects), trailer, int(info[1]) if info else 0, pages)

    def get(self, number: int) -> str:
        """An object by its number; empty where there is none."""
        return self.objects[number] if 0 < number < len(self.objects) else ""

    def entry(self, owner: str, key: str) -> str:
        """The printed value of a key in a printed dictionary, references followed once; empty where there is none."""
        at = re.search(rf"/{key}(?=[ \[<(/])", owner)
        if at is None:
            return ""
        rest = owner[at.end() :]
        if indirect := re.match(r" (\d+) \d+ R", rest):
            return self.get(int(indirect[1]))
        return balanced(rest)

    def pixels(self, number: int) -> int:
        """How many pixels a picture object says that it has."""
        sides = [re.search(rf"/{side} (\d{{1,9}})", self.get(number)) for side in ("Width", "Height")]
        return int(sides[0][1]) * int(sides[1][1]) if sides[0] and sides[1] else 0

    def fonts_of(self, page: int) -> frozenset[int]:
        """The font objects that a page (from 0) may use by its own resources."""
        owner = self.get(self.pages[page])
        for _ in range(_HIGHEST_TREE):
            if "/Resources" in owner:
                break
            parent = re.search(r"/Parent (\d+) \d+ R", owner)
            if parent is None:
                return frozenset()
            owner = self.get(int(parent[1]))
        fonts = self.entry(self.entry(owner, "Resources"), "Font")
        return frozenset(int(number) for number in REFERENCE.findall(fonts))

    def annotation_pages(self) -> dict[int, int]:
        """The page, counted from 1, of each annotation object."""
        owners: dict[int, int] = {}
        for page, number in enumerate(self.pages, start=1):
            for reference in REFERENCE.finditer(self.entry(self.get(number), "Annots")):
                owners.setdefault(int(reference[1]), page)
        return owners


def balanced(text: str) -> str:
    """The dictionary or array that a text starts with, or its first token."""
    depth = 0
    for bracket in re.finditer(r"<<|>>|\[|\]", text):
        depth += 1 if bracket[0] in ("<<", "[") else -1
        if depth <= 0:
            return text[: bracket.end()]
    return text


def _printed(document: Any, number: int) -> str:
    try:
        text: str = document.xref_object(number, compressed=True)
    except (RuntimeError, ValueError):
        return ""
    return text
