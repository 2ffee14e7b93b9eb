"""Lines of a DOCX that are set at the right edge: where a mark stood until 2012, and stands wrongly since."""

from __future__ import annotations

from lxml import etree

from markpipe.formats.docx.mark_package import Package, parse
from markpipe.formats.docx.names import w

_RIGHT = ("right", "end")
_LONGEST = 40


def right_lines(data: bytes) -> list[str]:
    """The short paragraphs at the right, without white space; those whose style puts them there included."""
    package = Package.read(data)
    styles = f"{package.main.rpartition('/')[0]}/styles.xml"
    right = _right_styles(package.parts[styles]) if styles in package.parts else frozenset()
    found = []
    for paragraph in parse(package.parts[package.main]).iter(w("p")):
        text = "".join("".join((one.text or "").split()) for one in paragraph.iter(w("t")))
        if 0 < len(text) <= _LONGEST and _at_right(paragraph, right):
            found.append(text)
    return found


def _at_right(paragraph: etree._Element, right: frozenset[str]) -> bool:
    properties = paragraph.find(w("pPr"))
    if properties is None:
        return False
    own = properties.find(w("jc"))
    if own is not None:
        return own.get(w("val")) in _RIGHT
    style = properties.find(w("pStyle"))
    return style is not None and style.get(w("val")) in right


def _right_styles(sheet: bytes) -> frozenset[str]:
    return frozenset(
        style.get(w("styleId"), "")
        for style in parse(sheet).iter(w("style"))
        for jc in style.iter(w("jc"))
        if jc.get(w("val")) in _RIGHT
    )
