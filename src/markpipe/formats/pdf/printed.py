"""All objects of an open PDF as text, and a few questions about them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from markpipe.formats.pdf.syntax import REFERENCE
from markpipe.model.document import Trait

_HIGHEST_TREE = 50
_INDIRECT = re.compile(r" (\d+) \d+ R")
_CONTENTS = re.compile(r"/Contents(?: (\d+) \d+ R|\[[^\]]*\])")
_SIGNATURE = re.compile(r"/ByteRange|/Type/(?:Sig|DocTimeStamp)\b")
_ENDS_A_NAME = frozenset(" [<(/")


@dataclass(frozen=True, slots=True, eq=False)
class Printed:
    """Every object as printed (index is its number; 0 is the trailer); `text` is all of them, one after the other."""

    objects: tuple[str, ...]
    text: str
    trailer: str
    info: int
    pages: tuple[int, ...]
    _judged: dict[str, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Any) -> Printed:
        """Print all objects of an open document; one that cannot be loaded prints as nothing."""
        objects = [""]
        objects.extend(_printed(document, number) for number in range(1, document.xref_length()))
        trailer = _printed(document, -1)
        info = re.search(r"/Info (\d+) ", trailer)
        pages = tuple(document.page_xref(number) for number in range(document.page_count))
        return cls(tuple(objects), "\n".join(objects), trailer, int(info[1]) if info else 0, pages)

    def get(self, number: int) -> str:
        """An object by its number; empty where there is none."""
        return self.objects[number] if 0 < number < len(self.objects) else ""

    def having(self, pattern: re.Pattern[str]) -> list[int]:
        """The numbers of the objects in which a pattern is found: one search through all of them."""
        ends = list(accumulate(len(each) + 1 for each in self.objects))
        numbers: list[int] = []
        at = 0
        while found := pattern.search(self.text, at):
            numbers.append(bisect_right(ends, found.start()))
            at = ends[numbers[-1]]
        return numbers

    def traits(self) -> tuple[Trait, ...]:
        """What the file is beside its words: signed, a portfolio, restricted by an owner's password."""
        root = re.search(r"/Root (\d+) ", self.trailer)
        found = {
            Trait.SIGNED: _SIGNATURE.search(self.text) is not None,
            Trait.PORTFOLIO: root is not None and "/Collection" in self.get(int(root[1])),
            Trait.RESTRICTED: "/Encrypt" in self.trailer,
        }
        return tuple(trait for trait, holds in found.items() if holds)

    def entry(self, owner: str, key: str) -> str:
        """The printed value of a key in a printed dictionary, references followed once; empty where there is none."""
        name = f"/{key}"
        at = owner.find(name)
        while at >= 0 and owner[at + len(name) : at + len(name) + 1] not in _ENDS_A_NAME:
            at = owner.find(name, at + 1)
        if at < 0:
            return ""
        rest = owner[at + len(name) :]
        if indirect := _INDIRECT.match(rest):
            return self.get(int(indirect[1]))
        return balanced(rest)

    def pixels(self, number: int) -> int:
        """How many pixels a picture object says that it has."""
        sides = [re.search(rf"/{side} (\d{{1,9}})", self.get(number)) for side in ("Width", "Height")]
        return int(sides[0][1]) * int(sides[1][1]) if sides[0] and sides[1] else 0

    def fonts_to_judge(self, page: int) -> frozenset[int]:
        """The font objects that a page (from 0) may use by its own resources, but for those that cannot lie."""
        owner = self.get(self.pages[page])
        for _ in range(_HIGHEST_TREE):
            if "/Resources" in owner:
                break
            parent = re.search(r"/Parent (\d+) \d+ R", owner)
            if parent is None:
                return frozenset()
            owner = self.get(int(parent[1]))
        resources = self.entry(owner, "Resources")
        if resources not in self._judged:
            fonts = self.entry(resources, "Font")
            numbers = frozenset(map(int, REFERENCE.findall(fonts)))
            written_out = "<<" in fonts[2:]
            self._judged[resources] = numbers if written_out else frozenset(filter(self.may_lie, numbers))
        return self._judged[resources]

    def contents_of(self, page: int) -> frozenset[int]:
        """The streams that make up what a page (from 0) draws."""
        found = _CONTENTS.search(self.get(self.pages[page]))
        if found is None:
            return frozenset()
        if found[1] and self.get(int(found[1])).startswith("["):
            return frozenset(map(int, REFERENCE.findall(self.get(int(found[1])))))
        return frozenset(map(int, REFERENCE.findall(found[0])))

    def may_lie(self, font: int) -> bool:
        """Whether a font can show other characters than it says: it brings glyphs of its own, or says its text itself.

        A font of neither kind is drawn from its character codes by whoever shows it, as its text is taken from them.
        """
        text = self.get(font)
        if not text or "/ToUnicode" in text or "/Type3" in text or "/FontFile" in text:
            return True
        descendants = self.entry(text, "DescendantFonts")
        carriers = [self.get(int(number)) for number in REFERENCE.findall(descendants)] or [text]
        return any(
            not carrier or "/FontFile" in carrier or "/FontFile" in self.entry(carrier, "FontDescriptor")
            for carrier in carriers
        )

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
