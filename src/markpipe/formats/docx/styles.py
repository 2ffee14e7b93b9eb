"""Which styles of a Word document make text that nobody sees: hidden, white, or too small to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from markpipe.formats.docx.names import on, w

_SMALLEST_HALF_POINTS = 5
_PALE = 0xE8


@dataclass(frozen=True, slots=True)
class Looks:
    """What run properties say: each None where they say nothing and what lies below them counts."""

    vanish: bool | None = None
    pale: bool | None = None
    tiny: bool | None = None
    shaded: bool | None = None

    def over(self, below: Looks) -> Looks:
        """These properties on top of others."""
        return Looks(
            below.vanish if self.vanish is None else self.vanish,
            below.pale if self.pale is None else self.pale,
            below.tiny if self.tiny is None else self.tiny,
            below.shaded if self.shaded is None else self.shaded,
        )

    @property
    def unseen(self) -> bool:
        """Whether a reader does not see text that looks so."""
        return bool(self.vanish or self.tiny or (self.pale and not self.shaded))


PLAIN = Looks()


def looks(properties: etree._Element | None) -> Looks:
    """What a w:rPr says itself."""
    if properties is None or not len(properties):
        return PLAIN
    vanish = properties.find(w("vanish"))
    color = properties.find(w("color"))
    size = properties.find(w("sz"))
    shade = properties.find(w("shd"))
    highlight = properties.find(w("highlight"))
    return Looks(
        None if vanish is None else on(vanish),
        None if color is None else pale(color.get(w("val"), "")),
        None if size is None else _small(size.get(w("val"), "")),
        True if highlight is not None or (shade is not None and dark(shade)) else None,
    )


def pale(color: str) -> bool:
    """Whether a colour is nearly white."""
    try:
        value = int(color, 16)
    except ValueError:
        return False
    return len(color) == 6 and min(value >> 16, value >> 8 & 0xFF, value & 0xFF) >= _PALE


def dark(shade: etree._Element) -> bool:
    """Whether a w:shd paints something that pale text stands out from."""
    fill = shade.get(w("fill"), "auto")
    pattern = shade.get(w("val"), "clear")
    return (fill != "auto" and not pale(fill)) or pattern == "solid"


def _small(half_points: str) -> bool:
    return half_points.isascii() and half_points.isdigit() and int(half_points) <= _SMALLEST_HALF_POINTS


class Styles:
    """The looks that each style gives, with what it is based on."""

    def __init__(self, root: etree._Element | None = None) -> None:
        self._elements: Mapping[str, etree._Element] = {}
        self.default = PLAIN
        if root is not None:
            self._elements = {style.get(w("styleId"), ""): style for style in root.iter(w("style"))}
            self.default = looks(root.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}"))
        self._known: dict[str, Looks] = {}

    def of(self, style_id: str | None) -> Looks:
        """The looks of a style by its id; a plain one where there is no such style."""
        if style_id is None:
            return PLAIN
        if style_id not in self._known:
            self._known[style_id] = PLAIN  # a style based on itself ends here
            style = self._elements.get(style_id)
            if style is not None:
                base = style.find(w("basedOn"))
                below = PLAIN if base is None else self.of(base.get(w("val")))
                self._known[style_id] = looks(style.find(w("rPr"))).over(below)
        return self._known[style_id]
