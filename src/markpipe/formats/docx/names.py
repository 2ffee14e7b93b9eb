"""Names in WordprocessingML and its neighbours."""

from __future__ import annotations

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
V = "urn:schemas-microsoft-com:vml"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"

_FALSE = ("0", "false", "off")


def w(name: str) -> str:
    """A name of the main vocabulary in lxml's form."""
    return f"{{{W}}}{name}"


def on(switch: etree._Element) -> bool:
    """The value of a switch such as w:vanish: on unless it says otherwise."""
    return switch.get(w("val"), "true") not in _FALSE


def local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rsplit("}", 1)[-1]


def transitional(data: bytes) -> bytes:
    """Strict documents name the same elements by other addresses; bring them to the usual ones."""
    if b"purl.oclc.org/ooxml" not in data:
        return data
    return (
        data.replace(W_STRICT.encode(), W.encode())
        .replace(b"http://purl.oclc.org/ooxml/officeDocument/math", M.encode())
        .replace(b"http://purl.oclc.org/ooxml/drawingml/main", A.encode())
        .replace(b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing", WP.encode())
    )
