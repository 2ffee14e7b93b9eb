"""What one page gives: its layers of text, and what on it holds no text that could be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from markpipe.formats.pdf.pages import Layer
from markpipe.model.document import Unread, UnreadReason

_SMALLEST = 16.0  # points: no character of a picture this small could be read
_TRUSTED_SHARE = 0.02


class PageParts:
    """The layers of a page and its other content."""

    def __init__(self, page: Any, layers: Sequence[Layer]) -> None:
        self.layers = tuple(layers)
        self._log = page.get_bboxlog()

    def unread(self, where: str) -> Iterator[Unread]:
        """What of the page was not read."""
        pictures = any(kind in ("fill-image", "fill-imgmask") and _legible(box) for kind, box, *_ in self._log)
        visible = "".join(layer.text for layer in self.layers if layer.visible)
        if not visible.strip():
            if pictures or any(kind.startswith(("fill-", "stroke-")) for kind, *_ in self._log):
                yield Unread(where, UnreadReason.NO_TEXT)
        elif pictures:
            yield Unread(where, UnreadReason.NOT_READ_YET, "图片未识别")
        if doubtful(visible):
            yield Unread(where, UnreadReason.UNTRUSTED_TEXT, "有不能还原的字符")


def doubtful(text: str) -> bool:
    """Whether too many characters are unknown or private: what the fonts say about the text cannot be believed."""
    words = [char for char in text if not char.isspace()]
    unknown = sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or char >= "\U000f0000" for char in words)
    return unknown > _TRUSTED_SHARE * len(words)


def _legible(box: tuple[float, float, float, float]) -> bool:
    return box[2] - box[0] >= _SMALLEST and box[3] - box[1] >= _SMALLEST
