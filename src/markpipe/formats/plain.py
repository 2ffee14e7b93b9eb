"""Reads a text file.  The text is the file as decoded (`formats.encoding`), character for character.

Of HTML the words that its markup splits or escapes follow in a part of their own.  Other markup is not rendered: a text
that is RTF, XML or mail, or that spells characters as escapes, is given as it stands and named as not read, because
a phrase can hide in the spelling.
"""

from __future__ import annotations

import hashlib
import re

from markpipe.formats.encoding import decode
from markpipe.formats.htmltext import html_words
from markpipe.model.building import TextMapBuilder
from markpipe.model.document import (
    Document,
    Format,
    Part,
    PartKind,
    TextMap,
    Unread,
    UnreadReason,
    concatenate,
)
from markpipe.model.limits import Limits

WHOLE = "全文"

_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<!doctype\s+html|\s*<html[\s>]", re.IGNORECASE)
_MARKUP = (
    (re.compile(r"\s*\{\\rtf"), "RTF 文件按纯文本读取，文字编码未还原"),
    (re.compile(r"\s*<\?xml\s"), "XML 文件按纯文本读取，标记未还原"),
    (re.compile(r"%!PS"), "PostScript 文件按纯文本读取"),
    (
        re.compile(r"(?:[A-Za-z-]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}", re.ASCII),
        "邮件按纯文本读取，编码未还原",
    ),
)
_MAIL_HEAD = re.compile(r"^(?:mime-version|content-type|content-transfer-encoding):", re.IGNORECASE | re.MULTILINE)
_ESCAPES = re.compile(
    r"(?:\\u[3-9][0-9a-f]{3}){2}|(?:&#(?:x[3-9][0-9a-f]{3}|[1-6]\d{4});){2}"
    r"|(?:%e[3-9](?:%[89ab][0-9a-f]){2}){2}|(?:=e[3-9](?:=[89ab][0-9a-f]){2}){2}|\\'[a-f][0-9a-f]\\'[4-9a-f][0-9a-f]",
    re.IGNORECASE,
)
_HEAD = 4096


def read(data: bytes, limits: Limits) -> Document:
    """Read a text file into a document of one part named `text`."""
    digest = hashlib.sha256(data).hexdigest()
    decoded = decode(data)
    if decoded is None:
        return _unread(digest, Unread(WHOLE, UnreadReason.UNSUPPORTED, "不是文本，或字符编码无法识别"))
    text = decoded.text
    if len(text) > limits.text_characters:
        return _unread(digest, Unread(WHOLE, UnreadReason.TOO_LARGE, f"超过 {limits.text_characters} 字"))
    if not text.strip():
        return _unread(digest, Unread(WHOLE, UnreadReason.EMPTY, "只有空白"))
    unread = []
    found = text_map(text)
    if is_html(text):
        found = _with_words(found, html_words(text))
    elif detail := _not_rendered(text):
        unread.append(Unread(WHOLE, UnreadReason.NOT_READ_YET, detail))
    if decoded.doubtful:
        unread.append(Unread(WHOLE, UnreadReason.UNTRUSTED_TEXT, "字符编码存疑，按 GB18030 读取"))
    return Document(Format.PLAIN, digest, found, unread=tuple(unread), title=first_line(text))


def is_html(text: str) -> bool:
    """Whether a text begins as an HTML page does."""
    return _HTML.match(text[:_HEAD]) is not None


def _with_words(found: TextMap, words: tuple[list[str], list[str]]) -> TextMap:
    """The file as it stands, then what its markup spells or hides: only what does not stand there in plain."""
    builder = TextMapBuilder()
    for name, texts, kind in zip(("html", "html#unshown"), words, (PartKind.BODY, PartKind.HIDDEN), strict=True):
        if more := [text for text in texts if text not in found.text]:
            builder.begin(name, kind, visible=kind is PartKind.BODY)
            for text in more:
                builder.add(text)
                builder.gap()
    rendered = builder.build()
    return concatenate(found, rendered, ()) if rendered.text else found


def text_map(text: str) -> TextMap:
    """One part over the whole text, with its line ends told apart."""
    from markpipe.text.lines import line_ends

    joins, gaps = line_ends(text)
    return TextMap(text, (Part("text", PartKind.BODY, 0, len(text)),), joins, gaps)


def first_line(text: str) -> str:
    """The first line with words in it, for a title; at most 80 characters."""
    return next((line.strip()[:80] for line in text.splitlines() if line.strip()), "")


def _not_rendered(text: str) -> str:
    head = text[:_HEAD]
    for pattern, detail in _MARKUP[:-1]:
        if pattern.match(head):
            return detail
    mail, detail = _MARKUP[-1]
    if (start := mail.match(head)) and _MAIL_HEAD.search(start[0]):
        return detail
    return "含以转义或编码形式书写的文字，未还原" if _ESCAPES.search(text) else ""


def _unread(digest: str, reason: Unread) -> Document:
    return Document(Format.PLAIN, digest, unread=(reason,))
