"""One entry for all formats: what the bytes are decides who reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, assert_never

from markpipe.formats.sniff import sniff
from markpipe.model.document import Document, Format, Unread, UnreadReason
from markpipe.model.limits import Limits


def read_bytes(data: bytes, limits: Limits, options: Mapping[str, Any]) -> Document:  # noqa: ARG001 - text recognition asks
    """Read a file of any format; the reader is imported only now."""
    match sniff(data):
        case Format.PDF:
            from markpipe.formats.pdf.read import read as read_pdf

            return read_pdf(data, limits)
        case Format.DOCX:
            from markpipe.formats.docx.read import read as read_docx

            return read_docx(data, limits)
        case Format.PLAIN:
            from markpipe.formats.plain import read as read_plain

            return read_plain(data, limits)
        case Format.UNKNOWN:
            reason = UnreadReason.UNSUPPORTED if data else UnreadReason.EMPTY
            return Document(Format.UNKNOWN, hashlib.sha256(data).hexdigest(), unread=(Unread("全文", reason),))
        case unexpected:
            assert_never(unexpected)
