"""A page made anew from what it shows: known elements and attributes only, some words replaced.

Gone: scripts, styles and handlers, comments, hidden elements, forms, frames, embedded objects, data: addresses, every
meta element and every attribute that is not on the list (data-*, alt stays).  A word that tags split is not replaced;
whoever asked reads the result again and finds it.  Proves nothing itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from markpipe.formats.encoding import decode
from markpipe.formats.htmlhide import conceals, hidden_selectors, in_white

_KEPT = re.compile(
    "html|head|title|body|a|abbr|address|article|aside|b|bdi|bdo|blockquote|br|caption|center|cite|code|col|colgroup|d[dlt]|del"
    "|details|dfn|div|em|figcaption|figure|font|footer|h[1-6r]|header|i|img|ins|kbd|li|main|mark|nav|ol|p|pre|q|rp|rt|ruby|s|samp"
    "|section|small|span|strong|su[bp]|summary|table|tbody|td|tfoot|th|thead|time|tr|u|ul|var|wbr"
)
_ATTRIBUTES = frozenset(
    ("href", "src", "alt", "title", "colspan", "rowspan", "class", "lang", "dir", "align", "width", "height")
)
_ADDRESS = re.compile(r"(?i)\s*(?:https?:|mailto:|tel:|#|\.{0,2}/|[^:]*$)")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-z0-9_\-]{2,20})", re.IGNORECASE)
_NATIONAL = {"gb2312": "gb18030", "gbk": "gb18030"}


class NotCleanError(ValueError):
    """The page cannot be made anew."""


def clean(data: bytes, replacements: Sequence[tuple[str, str]]) -> bytes:
    """The page as UTF-8, with each of the words replaced wherever it is shown; `NotCleanError` where there is no page."""
    parser = etree.HTMLParser(recover=True, no_network=True, huge_tree=True, encoding="utf-8")
    try:
        root = etree.fromstring(_text(data).encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise NotCleanError from error
    if root is None:
        raise NotCleanError
    made = _made(root, sorted(replacements, key=lambda pair: -len(pair[0])))
    body = etree.tostring(made, method="html", encoding="unicode")
    head = '<head><meta charset="utf-8">'
    body = body.replace("<head>", head, 1) if "<head>" in body else body.replace("<html>", f"<html>{head}</head>", 1)
    return f"<!DOCTYPE html>\n{body}\n".encode()


def _text(data: bytes) -> str:
    declared = _CHARSET.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared else ""
    try:
        return data.decode(_NATIONAL.get(name, name or "utf-8"))
    except (UnicodeDecodeError, LookupError):
        found = decode(data)
    if found is None or found.doubtful:
        raise NotCleanError
    return found.text


def _made(root: etree._Element, replacements: Sequence[tuple[str, str]]) -> etree._Element:
    """A new tree, built without recursion; text of dropped elements is dropped, what follows them stays."""
    selectors = hidden_selectors(root)
    top = etree.Element("html")
    stack: list[tuple[etree._Element, etree._Element, bool]] = [(root, top, False)]
    top.text = _replaced(root.text, replacements)
    while stack:
        source, target, white = stack.pop()
        for child in source:
            pale = isinstance(child.tag, str) and in_white(child, white)
            if not isinstance(child.tag, str) or pale or conceals(child, selectors) or not _KEPT.fullmatch(child.tag):
                _append(target, _replaced(child.tail, replacements))
                continue
            copy = etree.SubElement(target, child.tag, _attributes(child, replacements))
            copy.text = _replaced(child.text, replacements)
            copy.tail = _replaced(child.tail, replacements)
            stack.append((child, copy, pale))
    return top


def _attributes(element: etree._Element, replacements: Sequence[tuple[str, str]]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in element.attrib.items():
        if str(name) not in _ATTRIBUTES or (name in ("href", "src") and not _ADDRESS.match(str(value))):
            continue
        kept[str(name)] = _replaced(str(value), replacements) or ""
    return kept


def _append(target: etree._Element, text: str | None) -> None:
    """Put text behind what the target holds so far."""
    if not text:
        return
    if len(target):
        target[-1].tail = (target[-1].tail or "") + text
    else:
        target.text = (target.text or "") + text


def _replaced(text: str | None, replacements: Sequence[tuple[str, str]]) -> str | None:
    for words, instead in replacements:
        if text:
            text = text.replace(words, instead)
    return text
