"""What the members of a package are, by their names and first bytes."""

from __future__ import annotations

import re
from enum import Enum

from markpipe.formats.archive import Member
from markpipe.model.document import PartKind

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_IMAGES = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF", b"\x01\x00\x00\x00", b"\xd7\xcd\xc6\x9a",
)  # fmt: skip


class Role(Enum):
    """What a member is; the value is (rank in reading order, kind of its words, whether it is a story)."""

    BODY = (0, PartKind.BODY, True)
    HEADER = (1, PartKind.HEADER, True)
    FOOTER = (2, PartKind.FOOTER, True)
    NOTES = (3, PartKind.NOTE, True)
    ENDNOTES = (4, PartKind.NOTE, True)
    COMMENTS = (5, PartKind.COMMENT, True)
    GLOSSARY = (17, PartKind.CUSTOM_DATA, False)
    CHART = (6, PartKind.CHART, False)
    DIAGRAM = (7, PartKind.CHART, False)
    PROPERTIES = (8, PartKind.METADATA, False)
    CUSTOM = (9, PartKind.CUSTOM_DATA, False)
    SETTINGS = (10, PartKind.CUSTOM_DATA, False)
    RELATIONS = (11, PartKind.LINK, False)
    OTHER_XML = (12, PartKind.CUSTOM_DATA, False)
    MEDIA = (13, PartKind.IMAGE, False)
    PACKAGE = (14, PartKind.ATTACHMENT, False)
    BINARY = (15, PartKind.CUSTOM_DATA, False)
    FONT = (16, PartKind.CUSTOM_DATA, False)

    @property
    def rank(self) -> int:
        """Where it comes in reading order."""
        return self.value[0]

    @property
    def kind(self) -> PartKind:
        """What its words are."""
        return self.value[1]

    @property
    def story(self) -> bool:
        """Whether it is a story that a reader of the document sees."""
        return self.value[2]


_BY_NAME = tuple(
    (re.compile(pattern, re.IGNORECASE), role)
    for pattern, role in (
        (r"word/document\d*\.xml", Role.BODY),
        (r"word/\w*header\w*\.xml", Role.HEADER),
        (r"word/\w*footer\w*\.xml", Role.FOOTER),
        (r"word/footnotes\d*\.xml", Role.NOTES),
        (r"word/endnotes\d*\.xml", Role.ENDNOTES),
        (r"word/comments[^/]*\.xml", Role.COMMENTS),
        (r"word/glossary/document.xml", Role.GLOSSARY),
        (r"word/charts/.*\.xml", Role.CHART),
        (r"word/diagrams/.*\.xml", Role.DIAGRAM),
        (r"docProps/.*\.xml", Role.PROPERTIES),
        (r"customXml/.*\.xml", Role.CUSTOM),
        (r".*\.rels", Role.RELATIONS),
        (r"word/(?:settings|styles|numbering|fontTable|webSettings|people).*\.xml", Role.SETTINGS),
        (r"word/fonts/.*\.(?:odttf|ttf|otf)", Role.FONT),
    )
)


def role_of(member: Member) -> Role:
    """What a member is.  Bytes decide between XML, pictures, packages and the rest; names only within XML."""
    head = member.data[:64].lstrip(b"\xef\xbb\xbf\x00\r\n\t ")
    if head.startswith(b"<") or head[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<"):
        if re.match(rb"<(?!\?xml)!?(?:doctype html|html)", head, re.IGNORECASE):
            return Role.PACKAGE
        return next((role for pattern, role in _BY_NAME if pattern.fullmatch(member.name)), Role.OTHER_XML)
    if member.data.startswith(_ZIP) or member.data.startswith(b"%PDF"):
        return Role.PACKAGE
    if member.data.startswith(_OLE):
        return Role.BINARY
    if member.data.startswith(_IMAGES) or re.fullmatch(
        r".*\.(?:emf|wmf|svg|jpe?g|png|gif|tiff?|bmp|webp)", member.name, re.IGNORECASE
    ):
        return Role.MEDIA
    if next((role for pattern, role in _BY_NAME if pattern.fullmatch(member.name)), None) is Role.FONT:
        return Role.FONT
    return Role.BINARY
