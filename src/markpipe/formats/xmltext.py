"""Hardened XML: no entities, no network, no DTD; and all the words of a document whose vocabulary nobody needs."""

from __future__ import annotations

import re

from lxml import etree

_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DOCTYPE_WIDE = ("<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
_SCHEMA_WORD = re.compile(r"[\x21-\x7e]{0,128}")


class RefusedXmlError(ValueError):
    """The XML has a document type, or is not well formed."""


def parse(data: bytes) -> etree._Element:
    """The root element; `RefusedXmlError` for a DOCTYPE or broken XML.  Comments and instructions are kept."""
    if _DOCTYPE.search(data) or any(mark in data for mark in _DOCTYPE_WIDE):
        raise RefusedXmlError("doctype")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=False,
        remove_pis=False,
        recover=False,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise RefusedXmlError("syntax") from error


def xml_words(data: bytes, *, attributes: bool = True) -> list[str]:
    """All text, comments and (if wanted) attribute values of an XML document; broken XML gives its bare text."""
    try:
        root = parse(data.strip().lstrip(b"\xef\xbb\xbf").rstrip(b"\x00"))
    except RefusedXmlError:
        return [re.sub(r"<[^>]*>", "\n", data.decode("utf-8", "replace"))]
    words: dict[str, None] = {}
    for element in [*_around(root), *root.iter()]:
        if element.text and element.text.strip():
            words.setdefault(element.text.strip())
        if element.tail and element.tail.strip():
            words.setdefault(element.tail.strip())
        if attributes and isinstance(element.tag, str):
            words.update(dict.fromkeys(value for value in map(str, element.attrib.values()) if says_something(value)))
    return list(words)


def _around(root: etree._Element) -> list[etree._Element]:
    """Comments and instructions before and after the root."""
    return [*root.itersiblings(preceding=True), *root.itersiblings()]


def says_something(value: str) -> bool:
    """Whether an attribute's value may be words: anything that is not one short token of ASCII."""
    return _SCHEMA_WORD.fullmatch(value) is None
