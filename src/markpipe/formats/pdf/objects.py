"""What stands in the objects of a PDF beside its pages: every string in the file, by the place it stands in.

Nothing is looked up by a list of known hiding places: all strings of all objects are taken, reachable or not, and
the key a string stands under only names the place.  Streams are `streams`' matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from markpipe.formats.pdf.printed import Printed
from markpipe.formats.pdf.syntax import INTERESTING, Found, text_of, walk
from markpipe.model.document import PartKind

# Strings of a form of their own that holds no words: dates, digests, font and colour registries, field appearance.
_DATE = re.compile(rb"D:\d{4}[\d'+\-Z]*")
_WORDLESS = {
    "CreationDate": _DATE,
    "ModDate": _DATE,
    "M": _DATE,
    "SourceModified": _DATE,
    "DA": re.compile(rb"[\x20-\x7e\r\n]{0,120}"),
    "Registry": re.compile(rb"Adobe"),
    "Ordering": re.compile(rb"[A-Za-z0-9]{1,20}"),
    "CharSet": re.compile(rb"(?:/[A-Za-z0-9.]{1,40})*"),
    "Lang": re.compile(rb"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*"),
    "Marked": _DATE,
}
_BINARY = frozenset({"ID", "CheckSum", "O", "U", "OE", "UE", "Perms", "Panose", "Cert", "ByteRange", "Lookup"})
_BINARY_LONGEST = 768
_ANNOTATION = re.compile(
    r"/Subtype/(?:Text|FreeText|Highlight|Underline|Squiggly|StrikeOut|Stamp|Caret|Ink|Popup|Line"
    r"|Square|Circle|Polygon|PolyLine|FileAttachment|Redact|Sound|Movie|Screen|Watermark|3D)\b"
)
_STRUCTURE = re.compile(r"/Type/StructElem\b|/S/[A-Z][A-Za-z0-9]*/P \d+ \d+ R|/P \d+ \d+ R/S/")
_FIELD_KEYS = frozenset(
    {"V", "DV", "Opt", "T", "TU", "TM", "CA", "RC", "AC", "Name", "Reason", "Location", "ContactInfo"}
)
_BY_KEY = {
    "ActualText": PartKind.ALTERNATIVE,
    "Alt": PartKind.ALTERNATIVE,
    "E": PartKind.ALTERNATIVE,
    "URI": PartKind.LINK,
    "JS": PartKind.SCRIPT,
    "Names": PartKind.BOOKMARK,
    "Limits": PartKind.BOOKMARK,
    "Dest": PartKind.BOOKMARK,
    "D": PartKind.BOOKMARK,
    "P": PartKind.BOOKMARK,
    "Nums": PartKind.BOOKMARK,
    "UF": PartKind.ATTACHMENT,
    "F": PartKind.ATTACHMENT,
    "Desc": PartKind.ATTACHMENT,
    "OverlayText": PartKind.ANNOTATION,
    "Contents": PartKind.ANNOTATION,
    "Subj": PartKind.ANNOTATION,
    "RC": PartKind.ANNOTATION,
}


@dataclass(frozen=True, slots=True)
class Words:
    """One string of the file: what kind of place it stands in, on which page where it is one's, and what it says."""

    kind: PartKind
    page: int | None
    text: str


def words(printed: Printed) -> Iterator[Words]:
    """Every string of every object that may hold words, and every name that is not plain ASCII."""
    owners = printed.annotation_pages()
    seen: set[tuple[PartKind, int | None, str]] = set()
    places = [(number, printed.objects[number]) for number in printed.having(INTERESTING)]
    for number, text in (*places, (0, printed.trailer)):
        page = owners.get(number)
        for found in walk(text):
            if _wordless(found):
                continue
            item = Words(_kind(found, text, 0 < number == printed.info), page, _text(found))
            if item.text.strip() and (key := (item.kind, page, item.text)) not in seen:
                seen.add(key)
                yield item


def _wordless(found: Found) -> bool:
    if found.is_name:
        return found.data.isascii()
    if (form := _WORDLESS.get(found.key)) is not None and form.fullmatch(found.data):
        return True
    return found.key in _BINARY and len(found.data) <= _BINARY_LONGEST and not _says_something(found.data)


def _says_something(data: bytes) -> bool:
    """Whether a value that should be a digest or a key decodes into words."""
    if data.startswith((b"\xfe\xff", b"\xff\xfe")):
        return True
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return text.isprintable() and not re.fullmatch(r"[0-9A-Za-z+/=\-{}]*", text)


def _text(found: Found) -> str:
    text = text_of(found.data)
    if found.key == "URI" or "%" in text:
        plain = unquote(text, errors="replace")
        return text if plain == text else f"{text}\n{plain}"
    return text


def _kind(found: Found, printed: str, info: bool) -> PartKind:
    if info:
        return PartKind.METADATA
    if found.is_name:
        return PartKind.CUSTOM_DATA
    if _ANNOTATION.search(printed):
        return PartKind.ANNOTATION if found.key not in ("UF", "F", "Desc", "URI") else _BY_KEY[found.key]
    if found.key in _FIELD_KEYS and re.search(r"/FT/|/Subtype/Widget|/Type/Sig|/Kids\[", printed):
        return PartKind.FORM_FIELD
    if found.key == "Title" and "/Parent " in printed:
        return PartKind.BOOKMARK
    if found.key == "T" and _STRUCTURE.search(printed):
        return PartKind.ALTERNATIVE
    return _BY_KEY.get(found.key, PartKind.CUSTOM_DATA)


def assemble(items: Sequence[Words]) -> dict[tuple[PartKind, int | None], list[str]]:
    """The words grouped into the parts they make, in order of appearance."""
    parts: dict[tuple[PartKind, int | None], list[str]] = {}
    for item in items:
        parts.setdefault((item.kind, item.page), []).append(item.text)
    return parts
