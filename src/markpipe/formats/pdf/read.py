"""Reads a PDF: first the pages, then whatever else in the file holds words.

Each kind of place has its module: `pages` and `sight` (what is drawn), `objects` (strings anywhere), `streams`
(metadata, attachments, pictures, scripts, drawings that no page uses), `residue` (outside the current revision).
What none of them can read is named as unread; nothing is passed over.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pymupdf

from markpipe.formats.pdf.objects import Printed, assemble, words
from markpipe.formats.pdf.opening import CannotOpenError, complaints, opened
from markpipe.formats.pdf.pages import Layer, page_layers
from markpipe.formats.pdf.parts import PageParts
from markpipe.formats.pdf.streams import Streams
from markpipe.model.document import Document, Embedded, Format, PartKind, TextMapBuilder, Unread, UnreadReason
from markpipe.model.limits import Limits
from markpipe.text.lines import line_ends

WHOLE = "全文"
_LONGEST_TITLE = 80


def read(data: bytes, limits: Limits) -> Document:
    """Read a PDF into a document; `Unread` says what could not be read and why."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        with opened(data) as document:
            if document.page_count > limits.pages:
                detail = f"{document.page_count} 页，上限 {limits.pages} 页"
                return _unread(digest, UnreadReason.TOO_LARGE, detail, document.page_count)
            return _Reading(document, digest, limits).document()
    except CannotOpenError as error:
        return _unread(digest, error.reason, error.detail)


def _unread(digest: str, reason: UnreadReason, detail: str, pages: int | None = None) -> Document:
    return Document(Format.PDF, digest, pages=pages, unread=(Unread(WHOLE, reason, detail),))


class _Reading:
    """One pass over one open file."""

    def __init__(self, document: Any, digest: str, limits: Limits) -> None:
        self._document = document
        self._digest = digest
        self._limits = limits
        self._builder = TextMapBuilder()
        self._unread: list[Unread] = []
        self._embedded: list[Embedded] = []
        self._characters = 0
        self._title = ""

    def document(self) -> Document:
        """Everything that the file holds."""
        pages = self._document.page_count
        if not pages:
            return _unread(self._digest, UnreadReason.DAMAGED, "没有页面", 0)
        for number in range(pages):
            self._page(number)
            if self._characters > self._limits.text_characters:
                return _unread(self._digest, UnreadReason.TOO_LARGE, "文字总量超过上限", pages)
        self._beside_the_pages()
        if self._document.is_repaired:
            self._unread.insert(0, Unread(WHOLE, UnreadReason.DAMAGED, "文件结构损坏，经修复读取，可能有缺失"))
        return Document(
            Format.PDF,
            self._digest,
            self._builder.build(),
            pages,
            tuple(dict.fromkeys(self._unread)),
            tuple(self._embedded),
            self._title,
        )

    def _page(self, number: int) -> None:
        """One page: its layers as parts; a page that breaks is unread, the next one goes on."""
        where = f"第{number + 1}页"
        try:
            page = self._document[number]
            content = PageParts(page, page_layers(page))
        except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase) as error:
            if "malloc" in str(error):
                raise MemoryError from error
            self._unread.append(Unread(where, UnreadReason.DAMAGED))
            return
        for layer in content.layers:
            self._layer(layer, number)
        self._unread.extend(content.unread(where))
        if complaints():
            self._unread.append(Unread(where, UnreadReason.DAMAGED, "页面内容有错误，可能有缺失"))

    def _layer(self, layer: Layer, number: int) -> None:
        builder = self._builder
        builder.begin(layer.name, layer.kind, visible=layer.visible, page=number + 1)
        joins, _ = line_ends(layer.text)
        wraps = set(joins.tolist())
        start = 0
        for end, char in enumerate(layer.text):
            if char == "\n":
                builder.add(layer.text[start:end])
                (builder.join if end in wraps and end + 1 < len(layer.text) else builder.gap)()
                start = end + 1
        self._characters += len(layer.text)
        if not self._title and layer.visible:
            self._title = _title(layer.text)

    def _beside_the_pages(self) -> None:
        """Strings of all objects, then streams."""
        printed = Printed.of(self._document)
        for (kind, page), texts in assemble(list(words(printed))).items():
            name = kind.value if page is None else f"page:{page}/{kind.value}"
            self._part(name, kind, page, texts)
        streams = Streams(self._document, printed, self._limits)
        for name, kind, texts in streams.parts():
            self._part(name, kind, None, texts)
        self._embedded.extend(streams.embedded)
        self._unread.extend(streams.unread)
        if complaints():
            self._unread.append(Unread(WHOLE, UnreadReason.DAMAGED, "文件结构有错误，可能有缺失"))

    def _part(self, name: str, kind: PartKind, page: int | None, texts: list[str]) -> None:
        self._builder.begin(name, kind, visible=False, page=page)
        for text in texts:
            self._builder.add(text)
            self._builder.gap()
            self._characters += len(text) + 1


def _title(text: str) -> str:
    """The first line with words on it."""
    return next((line.strip()[:_LONGEST_TITLE] for line in text.splitlines() if line.strip()), "")
