"""Reads a PDF: first the pages, then whatever else in the file holds words.

Each kind of place has its module: `pages` and `sight` (what is drawn), `objects` (strings anywhere), `streams`
(metadata, attachments, pictures, scripts, drawings that no page uses), `residue` (outside the current revision).
What none of them can read is named as unread; nothing is passed over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import pikepdf

from markpipe.formats.pdf.content import content_words
from markpipe.formats.pdf.glyphs import FontTrust
from markpipe.formats.pdf.objects import assemble, words
from markpipe.formats.pdf.opening import BROKEN, CannotOpenError, complaints, opened, out_of_memory
from markpipe.formats.pdf.pages import Layer
from markpipe.formats.pdf.parts import Context, PageParts
from markpipe.formats.pdf.pictures import picture_words, shown_pictures
from markpipe.formats.pdf.printed import Printed
from markpipe.formats.pdf.residue import Residue
from markpipe.formats.pdf.streams import Streams
from markpipe.formats.pdf.undrawn import candidates, layers_off
from markpipe.formats.pdf.undrawn import texts as texts_of
from markpipe.model.building import TextMapBuilder
from markpipe.model.document import Document, Embedded, Format, PartKind, Unread, UnreadReason
from markpipe.model.limits import Limits
from markpipe.model.recognition import NoRecogniser, NotRecognisedError, Recogniser
from markpipe.text.lines import line_ends

WHOLE = "全文"
_NOBODY = NoRecogniser()
_LONGEST_TITLE = 80


def read(data: bytes, limits: Limits, recogniser: Recogniser = _NOBODY, *, nested: bool = False) -> Document:
    """Read a PDF into a document; `Unread` says what could not be read and why.

    `recogniser` is asked for the text of pictures and of pages whose text layer cannot be believed.
    `nested` is for an earlier revision of a file that is being read: its own earlier revisions are not asked for.
    """
    digest = hashlib.sha256(data).hexdigest()
    try:
        with opened(data) as document:
            if document.page_count > limits.pages:
                detail = f"{document.page_count} 页，上限 {limits.pages} 页"
                return _unread(digest, UnreadReason.TOO_LARGE, detail, document.page_count)
            return _Reading(document, data, digest, limits, recogniser, nested=nested).document()
    except CannotOpenError as error:
        return _unread(digest, error.reason, error.detail)
    except BROKEN as error:
        return _unread(digest, out_of_memory(error), "文件结构无法读取")


def _unread(digest: str, reason: UnreadReason, detail: str, pages: int | None = None) -> Document:
    return Document(Format.PDF, digest, pages=pages, unread=(Unread(WHOLE, reason, detail),))


class _Reading:
    """One pass over one open file."""

    def __init__(
        self, document: Any, data: bytes, digest: str, limits: Limits, recogniser: Recogniser, *, nested: bool
    ) -> None:
        self._recogniser = recogniser
        self._pictured: list[int] = []
        self._whole: list[int] = []
        self._document = document
        self._data = data
        self._nested = nested
        self._pages: list[str] = []
        self._beside: set[str] = set()
        self._known: set[str] | None = None
        self._contents: frozenset[int] = frozenset()
        self._said: dict[PartKind, dict[str, None]] = {}
        self._digest = digest
        self._limits = limits
        self._builder = TextMapBuilder()
        self._unread: list[Unread] = []
        self._embedded: list[Embedded] = []
        self._characters = 0
        self._title = ""
        self._printed = Printed.of(document)
        self._context = Context(recogniser, limits.page_megapixels, self._printed, FontTrust())

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
            self._printed.traits(),
        )

    def _page(self, number: int) -> None:
        """One page: its layers as parts; a page that breaks is unread, the next one goes on."""
        where = f"第{number + 1}页"
        try:
            content = PageParts(self._document[number], self._context)
        except BROKEN as error:
            out_of_memory(error)
            self._pages.append("")
            self._unread.append(Unread(where, UnreadReason.DAMAGED))
            return
        for layer in content.layers:
            self._layer(layer, number + 1)
        if content.pictured:
            self._pictured.append(number)
        if content.whole:
            self._whole.append(number)
        self._pages.append("".join(layer.text for layer in content.layers))
        self._contents |= self._printed.contents_of(number)
        for kind, text in content_words(content.operators):
            self._said.setdefault(kind, {}).setdefault(text)
        self._unread.extend(content.unread)
        if complaints():
            self._unread.append(Unread(where, UnreadReason.DAMAGED, "页面内容有错误，可能有缺失"))

    def _layer(self, layer: Layer, page: int | None) -> None:
        builder = self._builder
        builder.begin(layer.name, layer.kind, visible=layer.visible, page=page, recognised=layer.recognised)
        builder.add_lines(layer.text, *line_ends(layer.text))
        self._characters += len(layer.text)
        if not self._title and layer.visible and page is not None:
            self._title = _title(layer.text)

    def _beside_the_pages(self) -> None:
        """Strings of all objects, streams, drawings that no page shows, and what lies beside the current revision."""
        printed = self._printed
        for (kind, page), texts in assemble(list(words(printed))).items():
            name = kind.value if page is None else f"page:{page}/{kind.value}"
            self._part(name, kind, page, texts)
        streams = Streams(self._document, printed, self._limits, self._contents, self._said)
        for name, kind, texts in streams.parts():
            self._part(name, kind, None, texts)
        for kind, said in self._said.items():
            self._part(f"content:{kind.value}", kind, None, list(said))
        self._embedded.extend(streams.embedded)
        self._unread.extend(streams.unread)
        self._pictures(streams.pictures)
        orphans = [*streams.orphans, *self._residue(printed)]
        self._not_drawn(printed, orphans)
        if complaints():
            self._unread.append(Unread(WHOLE, UnreadReason.DAMAGED, "文件结构有错误，可能有缺失"))

    def _pictures(self, numbers: list[int]) -> None:
        """The words in every picture of the file, shown or not, each once."""
        if self._nested or not numbers:
            return
        if any(self._printed.pixels(number) > self._limits.page_megapixels * 1_000_000 for number in numbers):
            # Finding where pictures are shown decodes them all; one of this size must not even be begun.
            self._unread.append(Unread("图片", UnreadReason.TOO_LARGE, f"超过 {self._limits.page_megapixels} 百万像素"))
            return
        seen_whole = {shown.number for shown in shown_pictures(self._document, numbers, self._whole) if shown.page}
        rest = [number for number in numbers if number not in seen_whole]
        for shown in shown_pictures(self._document, rest, self._pictured):
            where = "未显示的图片" if shown.page is None else f"第{shown.page}页"
            try:
                for layer in picture_words(self._document, shown, self._recogniser):
                    self._layer(layer, shown.page)
            except NotRecognisedError as error:
                off = error.reason is UnreadReason.OCR_OFF
                reason = UnreadReason.OCR_OFF if off else UnreadReason.NOT_READ_YET
                self._unread.append(Unread(where, reason, error.detail or "图片未识别"))
            except BROKEN as error:
                out_of_memory(error)
                self._unread.append(Unread(where, UnreadReason.DAMAGED, "图片无法解开"))

    def _residue(self, printed: Printed) -> list[bytes]:
        """Head, tail, freed objects and earlier revisions; content streams among them are given back."""
        left = Residue(self._data, printed)
        for name, texts in left.parts():
            self._part(name, PartKind.RESIDUE, None, self._new(texts))
        self._embedded.extend(left.embedded)
        self._unread.extend(left.unread)
        if self._nested:
            return left.orphans
        for number, earlier in enumerate(left.revisions(), start=1):
            texts = self._new(_everything(earlier, self._limits))
            self._part(f"revision:{number}", PartKind.REVISION, None, texts)
        return left.orphans

    def _not_drawn(self, printed: Printed, orphans: list[bytes]) -> None:
        try:
            undrawn = candidates(self._document, printed, orphans)
            if undrawn:
                for name, kind, text in texts_of(self._data, undrawn):
                    self._part(name, kind, None, self._new(text.splitlines()))
            if "/OCProperties" in printed.get(int(self._document.pdf_catalog())):
                for number, text in layers_off(self._data, self._pages):
                    self._part(f"page:{number + 1}/layer-off", PartKind.LAYER_OFF, number + 1, text.splitlines())
        except (pikepdf.PdfError, pikepdf.PasswordError, CannotOpenError, *BROKEN) as error:
            out_of_memory(error)
            self._unread.append(Unread("页面之外的内容", UnreadReason.NOT_READ_YET, type(error).__name__))

    def _new(self, texts: Iterable[str]) -> list[str]:
        """Those texts that no part has yet as a line."""
        new = list(dict.fromkeys(text for text in texts if text.strip()))
        if new:
            if self._known is None:
                self._known = {line for page in self._pages for line in page.splitlines()} | self._beside
            new = [text for text in new if text not in self._known]
            self._known.update(new)
        return new

    def _part(self, name: str, kind: PartKind, page: int | None, texts: list[str]) -> None:
        (self._beside if self._known is None else self._known).update(texts)
        self._builder.begin(name, kind, visible=False, page=page)
        for text in texts:
            self._builder.add(text)
            self._builder.gap()
            self._characters += len(text) + 1


def _everything(data: bytes, limits: Limits) -> list[str]:
    """Every line of an earlier revision; one that cannot be opened gives none (its objects are residue)."""
    return read(data, limits, nested=True).text.splitlines()


def _title(text: str) -> str:
    """The first line with words on it."""
    return next((line.strip()[:_LONGEST_TITLE] for line in text.splitlines() if line.strip()), "")
