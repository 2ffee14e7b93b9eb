"""Whether bytes begin as an HTML page does: what `sniff` asks, without knowing the reader."""

from __future__ import annotations

import re

_HEAD = 4096
_SNIFF = re.compile(
    r"\ufeff?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|meta|title|link|script|style|div|table|frameset)[\s/>]",
    re.IGNORECASE | re.DOTALL,
)


def is_html(data: bytes) -> bool:
    """Whether some bytes begin as an HTML page does, whatever their file is called."""
    head = data[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return bool(_SNIFF.match(head[: len(head) // 2 * 2].decode("utf-16", "replace")))
    return bool(_SNIFF.match(head.decode("latin-1").removeprefix("\xef\xbb\xbf")))
