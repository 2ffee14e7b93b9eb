"""One entry for all formats: what the bytes are decides who reads them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import assert_never

from markpipe.formats.archive import Archive, BadArchiveError
from markpipe.formats.encoding import decode
from markpipe.formats.sniff import is_zip, sniff
from markpipe.formats.xmltext import xml_words
from markpipe.model.building import TextMapBuilder
from markpipe.model.document import Document, Embedded, Format, PartKind, Unread, UnreadReason
from markpipe.model.limits import Limits
from markpipe.model.recognition import NoRecogniser, NotRecognisedError, Recogniser

_NOBODY = NoRecogniser()

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGE = re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\x00|MM\x00\*|BM....\x00\x00\x00\x00|RIFF....WEBP", re.DOTALL)


def read_bytes(data: bytes, limits: Limits, recogniser: Recogniser = _NOBODY, *, nested: bool = False) -> Document:
    """Read a file of any format; the reader is imported only now."""
    match sniff(data):
        case Format.PDF:
            from markpipe.formats.pdf.read import read as read_pdf

            return read_pdf(data, limits, recogniser)
        case Format.DOCX:
            from markpipe.formats.docx.read import read as read_docx

            return read_docx(data, limits, recogniser)
        case Format.XLSX | Format.PPTX as fmt:
            return _archive(data, limits, fmt)
        case Format.PLAIN:
            from markpipe.formats.plain import read as read_plain

            return read_plain(data, limits)
        case Format.HTML:
            from markpipe.formats.html import read as read_html

            return read_html(data, limits)
        case Format.UNKNOWN:
            return _other(data, limits, recogniser, nested=nested)
        case unexpected:
            assert_never(unexpected)


def _other(data: bytes, limits: Limits, recogniser: Recogniser, *, nested: bool) -> Document:
    """Bytes that no reader takes.  An archive that lies in another file is opened; one by itself is not a document."""
    if is_zip(data) and nested:
        return _archive(data, limits)
    if nested and _IMAGE.match(data):
        return _picture(data, recogniser)
    return _unread(data, *_what_it_is(data))


def _picture(data: bytes, recogniser: Recogniser) -> Document:
    """A picture that lies in another file: its metadata, and what it shows."""
    from markpipe.formats.imagemeta import metadata_words
    from markpipe.formats.picture import words_shown

    builder = TextMapBuilder()
    unread: tuple[Unread, ...] = ()
    try:
        shown = words_shown(data, recogniser)
        if shown:
            builder.begin("picture", PartKind.IMAGE, recognised=True)
            builder.add(shown.rstrip("\n"))
            builder.gap()
    except NotRecognisedError as error:
        unread = (Unread("全文", error.reason, error.detail or "图片未识别"),)
    _words(builder, "picture#metadata", metadata_words(data), PartKind.METADATA)
    return Document(Format.UNKNOWN, hashlib.sha256(data).hexdigest(), builder.build(), unread=unread)


def _unread(data: bytes, reason: UnreadReason, detail: str = "") -> Document:
    return Document(Format.UNKNOWN, hashlib.sha256(data).hexdigest(), unread=(Unread("全文", reason, detail),))


def _what_it_is(data: bytes) -> tuple[UnreadReason, str]:
    if not data:
        return UnreadReason.EMPTY, ""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return UnreadReason.ENCRYPTED, "加密的 Office 文件"
        return UnreadReason.UNSUPPORTED, "旧版 Office 文件"
    if is_zip(data):
        return UnreadReason.UNSUPPORTED, "压缩包，不是 Word 文档"
    if _IMAGE.match(data):
        return UnreadReason.UNSUPPORTED, "图片"
    return UnreadReason.UNSUPPORTED, ""


def _archive(data: bytes, limits: Limits, fmt: Format = Format.UNKNOWN) -> Document:
    """A workbook, a presentation or another archive as a document: a workbook's sheets, slides, XML members as words, the others as nested files."""
    from markpipe.formats import pptx, xlsx

    digest = hashlib.sha256(data).hexdigest()
    builder = TextMapBuilder()
    embedded: list[Embedded] = []
    try:
        archive = Archive(data, limits)
        members = list(archive.members())
        listed = {member.name: member.data for member in members if not member.shadowed}
        told, taken = xlsx.stretches(listed) if xlsx.WORKBOOK in listed else pptx.stretches(listed)
        for stretch in told:
            builder.begin(stretch.name, stretch.kind, visible=stretch.visible)
            for row in stretch.rows:
                for cell in row[:-1]:
                    builder.add(cell)
                    builder.gap("\t")
                builder.add(row[-1])
                builder.gap()
        for member in members:
            if member.name in taken and not member.shadowed:
                continue
            if member.data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml") or member.name.endswith(
                (".xml", ".rels", ".vml")
            ):
                _words(builder, member.name, xml_words(member.data))
            else:
                embedded.append(Embedded(member.name, member.data, "压缩包"))
        comments = [found.text for comment in archive.comments() if (found := decode(comment)) is not None]
        _words(builder, "zip:comment", comments)
    except BadArchiveError as error:
        return Document(fmt, digest, unread=(Unread("全文", error.reason, error.detail),))
    return Document(fmt, digest, builder.build(), unread=tuple(archive.unread), embedded=tuple(embedded))


def _words(builder: TextMapBuilder, name: str, words: Sequence[str], kind: PartKind = PartKind.CUSTOM_DATA) -> None:
    if words:
        builder.begin(name, kind, visible=False)
        for word in words:
            builder.add(word)
            builder.gap()
