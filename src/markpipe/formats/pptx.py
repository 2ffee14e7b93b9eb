"""What a presentation (PPTX) shows and what it does not: slides, hidden slides, speakers' notes, comments.

Paragraph by paragraph; alternative texts, names and all other words of a slide come as words that nobody sees.
ISO/IEC 29500-1, 19.  Where on a slide words stand, and what stands before them, is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markpipe.formats.archive import BadArchiveError
from markpipe.formats.stretch import Stretch
from markpipe.formats.xmltext import RefusedXmlError, parse, xml_words
from markpipe.model.document import PartKind, UnreadReason

PRESENTATION = "ppt/presentation.xml"
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_NOTES = re.compile(r"ppt/notesSlides/[^/]*\.xml")
_COMMENTS = re.compile(r"ppt/comments/[^/]*\.xml")


def stretches(members: Mapping[str, bytes]) -> tuple[tuple[Stretch, ...], frozenset[str]]:
    """What the slides say, and the members that this is all of; `BadArchiveError` where a slide is broken."""
    if PRESENTATION not in members:
        return (), frozenset()
    numbered = ((name, match) for name in members if (match := _SLIDE.fullmatch(name)))
    slides = [name for name, _ in sorted(numbered, key=lambda pair: int(pair[1][1]))]
    notes = sorted(filter(_NOTES.fullmatch, members))
    comments = sorted(filter(_COMMENTS.fullmatch, members))
    found: list[Stretch] = []
    try:
        for name in slides:
            hidden = parse(members[name]).get("show") in ("0", "false")
            found += _told(name, members[name], PartKind.HIDDEN if hidden else PartKind.BODY)
        for name in notes:
            found += _told(name, members[name], PartKind.HIDDEN)
    except RefusedXmlError as error:
        raise BadArchiveError(UnreadReason.DAMAGED, "演示文稿的内部结构无法解析") from error
    found += [Stretch(name, PartKind.COMMENT, tuple((word,) for word in xml_words(members[name]))) for name in comments]
    return tuple(each for each in found if each.rows), frozenset((*slides, *notes, *comments))


def _told(name: str, data: bytes, kind: PartKind) -> list[Stretch]:
    """Its paragraphs, and every other word in it.  A slide's number alone on a page of notes says nothing."""
    root = parse(data)
    paragraphs = ["".join(text.text or "" for text in found.iter("{*}t")) for found in root.iter("{*}p")]
    said = [text for text in paragraphs if text.strip() and not (kind is PartKind.HIDDEN and text.strip().isdecimal())]
    whole = "\n".join(paragraphs)
    rest = [word for word in xml_words(data) if word not in whole]
    return [
        Stretch(name, kind, tuple((text,) for text in said)),
        Stretch(f"{name}#rest", PartKind.CUSTOM_DATA, tuple((word,) for word in rest)),
    ]
