"""Fonts that a document names by its theme, written out: the theme itself does not come into the new file.

`w:asciiTheme="minorHAnsi"` becomes `w:ascii="…"` with the face that the theme gives it (ECMA-376 part 1, 17.3.2.26 and
20.1.4.1.18).  A theme that leaves the East Asian face empty has it by script; Hans is taken.  Colours have their value
beside the theme's name and need nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from markpipe.formats.docx.names import A, w

_SCRIPTS = {"Ascii": "latin", "HAnsi": "latin", "EastAsia": "ea", "Bidi": "cs"}
_PLAIN = {"ascii": "asciiTheme", "hAnsi": "hAnsiTheme", "eastAsia": "eastAsiaTheme", "cs": "cstheme"}
_FACE = re.compile(r"[\w @.-]{1,60}")

Faces = Mapping[str, str]
"""The face of each name that a theme gives a font (`minorEastAsia`)."""


def faces(theme: etree._Element) -> Faces:
    """The faces of a theme; names without one are left out."""
    found: dict[str, str] = {}
    for size in ("major", "minor"):
        fonts = next(theme.iter(f"{{{A}}}{size}Font"), None)
        if fonts is None:
            continue
        for name, script in _SCRIPTS.items():
            node = fonts.find(f"{{{A}}}{script}")
            face = "" if node is None else node.get("typeface", "")
            if not face and script == "ea":
                face = next((one.get("typeface", "") for one in fonts if one.get("script") == "Hans"), "")
            if _FACE.fullmatch(face):
                found[f"{size}{name}"] = face
    return found


def write_out(root: etree._Element, known: Faces) -> None:
    """Give every font that is named by the theme its face; a name that the theme does not give goes."""
    for node in root.iter(w("rFonts")):
        for plain, by_theme in _PLAIN.items():
            name = str(node.attrib.pop(w(by_theme), ""))
            if name in known:
                node.set(w(plain), known[name])
