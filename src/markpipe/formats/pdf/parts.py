"""What one page gives: its layers of text, what recognition adds, and what on it could not be read."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from markpipe.formats.pdf.glyphs import FontTrust
from markpipe.formats.pdf.pages import Layer, PageText
from markpipe.formats.pdf.pictures import has_outlines, inline_words, page_words
from markpipe.formats.pdf.printed import Printed
from markpipe.formats.pdf.sight import Log
from markpipe.model.document import PartKind, Unread, UnreadReason
from markpipe.model.recognition import Mode, NotRecognisedError, Recogniser

_UNKNOWN = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")
_INLINE = re.compile(rb"(?<![A-Za-z/])BI\s")
_SMALLEST = 16.0  # points: no character of a picture this small could be read
_TRUSTED_SHARE = 0.02
_AGREES = 0.4
_LEAST_HAN = 4
_SURE = 0.5
_SAME, _STRETCH = 0.7, 3
_PAINTED = ("fill-", "stroke-")


@dataclass(frozen=True, slots=True)
class Context:
    """What the pages of one file share."""

    recogniser: Recogniser
    megapixels: int
    printed: Printed
    fonts: FontTrust


class PageParts:
    """The layers of a page, recognised ones included.  `operators`: its own content stream; `pictured`: it shows pictures;
    `whole`: one picture is all it shows, and it was recognised with the page."""

    def __init__(self, page: Any, context: Context) -> None:
        self._page = page
        self._recogniser = context.recogniser
        self._megapixels = context.megapixels
        self._where = f"第{page.number + 1}页"
        self.unread: list[Unread] = []
        self.pictured = self.whole = False
        text = self._text = PageText(page)
        self.operators = text.operators
        self.layers: list[Layer] = list(text.layers())
        visible = "".join(layer.text for layer in self.layers if layer.visible)
        fonts = context.printed.fonts_to_judge(page.number)
        self._doubted = context.fonts.due(page.number, fonts, plain=text.plain) and context.fonts.doubts(
            page, text.blocks
        )
        # A page of plain text paints nothing else, so its log is not asked for.
        self._log: Log = () if text.plain and visible.strip() else text.log
        pictures = [box for kind, box, *_ in self._log if kind in ("fill-image", "fill-imgmask") and _legible(box)]
        self.pictured = bool(pictures)
        self._recognise(visible, len(pictures))
        if self.pictured and not self.whole and _INLINE.search(self.operators):
            self._inline()

    def _recognise(self, visible: str, pictures: int) -> None:
        """Look at the rendered page where its text layer is missing or cannot be believed."""
        why = self._why(visible)
        if why is None:
            return
        reason, detail = why
        try:
            layer, confidence = page_words(self._page, self._recogniser, self._megapixels)
        except NotRecognisedError as error:
            if detail or reason is UnreadReason.NO_TEXT:
                wanted = error.reason if error.reason is UnreadReason.OCR_OFF else reason
                self.unread.append(Unread(self._where, wanted, error.detail or detail))
            return
        if layer.text.strip():
            self.layers = [_as_seen(one, layer.text) for one in self.layers]
            self.layers.append(layer)
        if not visible.strip():
            painted = [kind for kind, *_ in self._log if not kind.endswith("-text")]
            self.whole = pictures == 1 and painted[-1].startswith("fill-im")
            if not layer.text.strip():
                self.unread.append(Unread(self._where, UnreadReason.NO_TEXT, "文字识别没有结果"))
            elif confidence < _SURE:
                self.unread.append(Unread(self._where, UnreadReason.UNTRUSTED_TEXT, "文字识别把握不大"))
        elif differs(visible, layer.text):
            self.unread.append(Unread(self._where, UnreadReason.OCR_DIFFERS))

    def _why(self, visible: str) -> tuple[UnreadReason, str] | None:
        """Why the rendered page has to be looked at; None where there is no need."""
        if not visible.strip():
            painted = any(kind.startswith(_PAINTED) and _legible(box) for kind, box, *_ in self._log)
            return (UnreadReason.NO_TEXT, "") if painted else None
        if doubtful(visible):
            return UnreadReason.UNTRUSTED_TEXT, "有不能还原的字符"
        if self._doubted:
            return UnreadReason.UNTRUSTED_TEXT, "字形与文字不符"
        if self._log and has_outlines(self._text):
            return UnreadReason.NOT_READ_YET, "可能有转成图形的文字"
        return (UnreadReason.NOT_READ_YET, "") if self._recogniser.mode is Mode.ALWAYS else None

    def _inline(self) -> None:
        try:
            self.layers.extend(inline_words(self._page, self._recogniser, self._megapixels))
        except NotRecognisedError as error:
            reason = UnreadReason.OCR_OFF if error.reason is UnreadReason.OCR_OFF else UnreadReason.NOT_READ_YET
            self.unread.append(Unread(self._where, reason, error.detail or "图片未识别"))


def doubtful(text: str) -> bool:
    """Whether too many characters are unknown or private: what the fonts say about the text cannot be believed."""
    return len(_UNKNOWN.findall(text)) > _TRUSTED_SHARE * len(text)


def differs(visible: str, recognised: str) -> bool:
    """Whether some line of the text layer is not what the page shows."""
    seen = Counter(recognised)
    for line in visible.splitlines():
        han = [char for char in line if "\u4e00" <= char <= "\u9fff"]
        if len(han) >= _LEAST_HAN and sum(char in seen for char in han) < _AGREES * len(han):
            return True
    return False


def _as_seen(layer: Layer, recognised: str) -> Layer:
    """Unpainted text that says what the page shows, line for line, is the page's own: scans are made searchable so."""
    if layer.kind is not PartKind.HIDDEN:
        return layer
    shown = _squeezed(recognised)
    lines = [line for line in map(_squeezed, layer.text.splitlines()) if line]
    if not all(_shown_share(line, shown) >= _SAME for line in lines):
        return layer
    return replace(layer, name=layer.name.removesuffix("/hidden") + "/searchable", kind=PartKind.PAGE)


def _shown_share(line: str, shown: str) -> float:
    """The share of a line's characters that stand in the shown text in stretches of at least three (or the whole line)."""
    if len(line) <= _STRETCH:
        return float(line in shown)
    blocks = SequenceMatcher(None, line, shown, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= _STRETCH) / len(line)


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _legible(box: tuple[float, float, float, float]) -> bool:
    return box[2] - box[0] >= _SMALLEST and box[3] - box[1] >= _SMALLEST
