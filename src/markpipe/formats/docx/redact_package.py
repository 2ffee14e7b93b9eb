"""The new package of a redacted Word document: known parts under new names, made from cleaned trees.

::

    [Content_Types].xml  _rels/.rels  word/document.xml  word/styles.xml  word/numbering.xml  word/settings.xml
    word/header1.xml …   word/footnotes.xml  word/endnotes.xml  word/media/image1.png …

Everything else of the source (comments, properties, custom XML, glossary, charts, objects, macros, fonts, themes,
thumbnails, unreferenced and shadowed members, comments of the archive) has no place in it.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from markpipe.formats.docx.names import W, w

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DATE = (1980, 1, 1, 0, 0, 0)
KINDS = {
    "styles": f"{_MAIN}.styles+xml",
    "numbering": f"{_MAIN}.numbering+xml",
    "settings": f"{_MAIN}.settings+xml",
    "header": f"{_MAIN}.header+xml",
    "footer": f"{_MAIN}.footer+xml",
    "footnotes": f"{_MAIN}.footnotes+xml",
    "endnotes": f"{_MAIN}.endnotes+xml",
}
_COUNTED = frozenset({"header", "footer"})
_SETTINGS = ("evenAndOddHeaders", "defaultTabStop", "mirrorMargins", "gutterAtTop", "autoHyphenation")


@dataclass(slots=True)
class NewPackage:
    """Parts in writing order, and the relationships of each."""

    parts: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    relations: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def name(self, kind: str) -> str:
        """A new part's name by its kind."""
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"word/{kind}{count if kind in _COUNTED else ''}.xml"

    def relate(self, source: str, kind: str, target: str) -> str:
        """A relationship; its id."""
        listed = self.relations.setdefault(source, [])
        for known, type_, there in listed:
            if (type_, there) == (kind, target):
                return known
        fresh = f"rId{len(listed) + 1}"
        listed.append((fresh, kind, target))
        return fresh

    def put(self, name: str, root: etree._Element, content_type: str) -> None:
        """An XML part; namespaces that nothing uses are left out."""
        etree.cleanup_namespaces(root)
        self.parts[name] = serialise(root)
        self.types[name] = content_type

    def write(self, main: str) -> bytes:
        """The archive: the same bytes for the same parts."""
        members = {
            "[Content_Types].xml": self._content_types(main),
            "_rels/.rels": _relations_xml([("rId1", "officeDocument", main)], ""),
            **self.parts,
        }
        for source, listed in self.relations.items():
            folder, name = posixpath.split(source)
            members[f"{folder}/_rels/{name}.rels"] = _relations_xml(listed, folder)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, data in members.items():
                info = zipfile.ZipInfo(name, _DATE)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o600 << 16
                info.create_system = 0
                archive.writestr(info, data)
        return target.getvalue()

    def _content_types(self, main: str) -> bytes:
        root = etree.Element(f"{{{_TYPES}}}Types", nsmap=_plain(_TYPES))
        for ending, kind in (
            ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            ("xml", "application/xml"),
            ("png", "image/png"),
            ("jpeg", "image/jpeg"),
        ):
            etree.SubElement(root, f"{{{_TYPES}}}Default", Extension=ending, ContentType=kind)
        listed = {main: f"{_MAIN}.document.main+xml", **self.types}
        for name, kind in listed.items():
            etree.SubElement(root, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=kind)
        return serialise(root)


def _plain(space: str) -> dict[str, str]:
    """A default namespace; the stubs know none."""
    return cast("dict[str, str]", {None: space})


def serialise(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _relations_xml(listed: list[tuple[str, str, str]], folder: str) -> bytes:
    root = etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap=_plain(_RELATIONS))
    for identifier, kind, target in listed:
        there = posixpath.relpath(target, folder) if folder else target
        etree.SubElement(root, f"{{{_RELATIONS}}}Relationship", Id=identifier, Type=f"{_OFFICE}/{kind}", Target=there)
    return serialise(root)


def settings(source: etree._Element | None) -> etree._Element:
    """The few settings that change how pages look."""
    root = etree.Element(w("settings"), nsmap={"w": W})
    for name in _SETTINGS:
        found = None if source is None else source.find(w(name))
        if found is not None:
            value = found.get(w("val"))
            element = etree.SubElement(root, w(name))
            if value is not None and re.fullmatch(r"\w{1,12}", value, re.ASCII):
                element.set(w("val"), value)
    compat = etree.SubElement(root, w("compat"))
    etree.SubElement(
        compat,
        w("compatSetting"),
        {w("name"): "compatibilityMode", w("uri"): "http://schemas.microsoft.com/office/word", w("val"): "15"},
    )
    return root


_BUILT_IN = re.compile(
    r"normal|heading [1-9]|title|subtitle|header|footer|toc [1-9]|list( \w+)?( [1-5])?|caption|footnote text|"
    r"footnote reference|endnote text|endnote reference|body text( \w+)*( [23])?|table grid|normal table|"
    r"default paragraph font|no list|no spacing|strong|emphasis|quote|page number|date|plain text",
    re.IGNORECASE | re.ASCII,
)


def style_names(root: etree._Element) -> Mapping[str, str]:
    """New ids for styles; names of the office's own making are replaced as well, in place."""
    ids: dict[str, str] = {}
    for count, style in enumerate(root.iter(w("style")), start=1):
        ids[style.get(w("styleId"), "")] = f"s{count}"
        style.set(w("styleId"), f"s{count}")
        name = style.find(w("name"))
        if name is not None and not _BUILT_IN.fullmatch(name.get(w("val"), "")):
            name.set(w("val"), f"样式{count}")
        for child in list(style):
            if child.tag in (w("aliases"), w("rsid")):
                style.remove(child)
    return ids


def rename_styles(root: etree._Element, ids: Mapping[str, str]) -> None:
    """Point every use of a style at its new id; uses of unknown styles go."""
    for name in ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link", "numStyleLink", "styleLink"):
        for use in list(root.iter(w(name))):
            there = ids.get(use.get(w("val"), ""))
            parent = use.getparent()
            if there is not None:
                use.set(w("val"), there)
            elif parent is not None:
                parent.remove(use)
