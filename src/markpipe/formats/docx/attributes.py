"""Words that stand in attributes, comments and instructions of a member: alternative texts, bookmark names, tags.

All attribute values are looked at.  Those in a place where people write are taken as they are; elsewhere a value is
taken when it is more than one short token of ASCII, which is what schemas, ids and measures look like.
"""

from __future__ import annotations

from urllib.parse import unquote

from lxml import etree

from markpipe.formats.docx.names import local
from markpipe.formats.xmltext import says_something
from markpipe.model.document import PartKind

_BY_PLACE = {
    ("docPr", "descr"): PartKind.ALTERNATIVE,
    ("docPr", "title"): PartKind.ALTERNATIVE,
    ("docPr", "name"): PartKind.ALTERNATIVE,
    ("cNvPr", "descr"): PartKind.ALTERNATIVE,
    ("cNvPr", "title"): PartKind.ALTERNATIVE,
    ("cNvPr", "name"): PartKind.ALTERNATIVE,
    ("tblCaption", "val"): PartKind.ALTERNATIVE,
    ("tblDescription", "val"): PartKind.ALTERNATIVE,
    ("bookmarkStart", "name"): PartKind.BOOKMARK,
    ("fldSimple", "instr"): PartKind.FIELD_CODE,
    ("hyperlink", "tooltip"): PartKind.LINK,
    ("hyperlink", "anchor"): PartKind.LINK,
    ("alias", "val"): PartKind.FORM_FIELD,
    ("tag", "val"): PartKind.FORM_FIELD,
    ("default", "val"): PartKind.FORM_FIELD,
    ("helpText", "val"): PartKind.FORM_FIELD,
    ("statusText", "val"): PartKind.FORM_FIELD,
    ("listItem", "displayText"): PartKind.FORM_FIELD,
    ("listItem", "value"): PartKind.FORM_FIELD,
    ("listEntry", "val"): PartKind.FORM_FIELD,
    ("docVar", "name"): PartKind.CUSTOM_DATA,
    ("docVar", "val"): PartKind.CUSTOM_DATA,
    ("textpath", "string"): None,  # read in place
    ("sym", "char"): None,
}
_ANYWHERE = {
    "alt": PartKind.ALTERNATIVE,
    "author": PartKind.METADATA,
    "initials": PartKind.METADATA,
    "userId": PartKind.METADATA,
}
_MARKUP = frozenset({"Ignorable", "Requires", "schemaLocation", "ProcessContent"})


def attribute_words(root: etree._Element) -> dict[PartKind, list[str]]:
    """The words in the attributes below an element, by the kind of place, each once."""
    found: dict[PartKind, dict[str, None]] = {}
    seen: set[tuple[object, object, object]] = set()  # styles repeat the same few attributes by the thousand
    for element in root.iter(etree.Element):
        tag = element.tag
        for key, raw in element.items():
            if (tag, key, raw) in seen:
                continue
            seen.add((tag, key, raw))
            value = str(raw)
            name = local(str(key))
            place = (local(str(tag)), name)
            if place in _BY_PLACE or name in _ANYWHERE:
                kind = _BY_PLACE.get(place, _ANYWHERE.get(name))
            elif name in _MARKUP or not says_something(value):
                continue
            else:
                kind = PartKind.CUSTOM_DATA
            if kind is not None and value.strip():
                found.setdefault(kind, {}).update(dict.fromkeys(_readings(value)))
    return {kind: list(values) for kind, values in found.items()}


def _readings(value: str) -> tuple[str, ...]:
    """The value, and what it says when its percent signs are undone."""
    plain = unquote(value, errors="replace") if "%" in value else value
    return (value,) if plain == value else (value, plain)


def remarks(root: etree._Element) -> list[str]:
    """XML comments and processing instructions, around the root too."""
    around = [*root.itersiblings(preceding=True), *root.itersiblings(), *root.iter()]
    texts = ((node.text or "").strip() for node in around if not isinstance(node.tag, str))
    return [text for text in texts if text]
