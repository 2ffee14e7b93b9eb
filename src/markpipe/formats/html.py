"""Reads an HTML page: what a browser shows, and everything else that the file says.

::

    body        shown text, a gap at each block, cell and line break     links      addresses, as written and decoded
    hidden:n    display:none, hidden, template, noscript, font-size:0    attributes other attributes that hold words
    comments, scripts (also with \\u5bc6 undone), styles, meta, title    embedded   srcdoc and data: as files in the file

Only inline styles and plain selectors of the page's own style sheets decide what is hidden; a linked style sheet is a
file of its own.  After parsing, every Chinese character of the source must have come through, else the page counts as
not wholly read.  Loads nothing, runs nothing, and does not follow links: `pipeline` looks for local ones.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import html as entities
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_to_bytes

from lxml import etree

from markpipe.formats.encoding import decode
from markpipe.formats.htmlhide import conceals, hidden_selectors, in_white
from markpipe.formats.xmltext import says_something
from markpipe.model.building import TextMapBuilder
from markpipe.model.document import Document, Embedded, Format, PartKind, TextMap, Unread, UnreadReason
from markpipe.model.limits import Limits

WHOLE = "全文"
_HEAD = 4096
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-z0-9_\-]{2,20})", re.IGNORECASE)
_NATIONAL = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030"}
_BLOCKS = re.compile(
    "address|article|aside|blockquote|body|br|button|caption|center|d[dlt]|details|dialog|div|fieldset|figcaption|figure"
    "|footer|form|h[1-6r]|header|legend|li|main|nav|ol|optgroup|option|p|pre|section|select|summary|table|tbody|textarea"
    "|tfoot|thead|tr|ul"
)
_CELLS = frozenset(("td", "th"))
_WORDED = ("alt", "title", "aria-label", "placeholder", "label", "summary", "aria-description", "caption")
_LINKS = (
    "href",
    "src",
    "data",
    "action",
    "poster",
    "srcset",
    "background",
    "formaction",
    "cite",
    "longdesc",
    "xlink:href",
)
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})|\\u\{([0-9a-f]{1,6})\}|\\([0-9a-f]{4,6})[ ]?|\\x([0-9a-f]{2})", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_HAN = re.compile("[\u3400-\u9fff]")


def read(data: bytes, limits: Limits) -> Document:
    """Read a page into a document whose parts are named after the drawing above."""
    digest = hashlib.sha256(data).hexdigest()
    text, unread = _decoded(data)
    if text is None:
        return Document(Format.HTML, digest, unread=tuple(unread))
    if len(text) > limits.text_characters:
        too_large = Unread(WHOLE, UnreadReason.TOO_LARGE, f"超过 {limits.text_characters} 字")
        return Document(Format.HTML, digest, unread=(too_large,))
    root = _parsed(text)
    if root is None:
        return Document(Format.HTML, digest, unread=(*unread, Unread(WHOLE, UnreadReason.DAMAGED, "没有可读的标记")))
    page = _Page(hidden_selectors(root))
    page.walk(root)
    text_map = page.built()
    if lost := _lost(text, text_map.text + page.handed_on):
        unread.append(Unread(WHOLE, UnreadReason.NOT_READ_YET, f"标记不完整，有 {lost} 个汉字没有读到"))
    unread.extend(page.unread)
    return Document(
        Format.HTML, digest, text_map, unread=tuple(unread), embedded=tuple(page.embedded), title=page.title[:80]
    )


def _decoded(data: bytes) -> tuple[str | None, list[Unread]]:
    """The source as text: by its mark, by what it declares, by its bytes; doubts are named."""
    declared = _CHARSET.search(data[:_HEAD])
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        name = declared[1].decode("ascii").lower()
        # pages that declare one encoding and are in another are common: then the bytes decide
        with suppress(UnicodeDecodeError, LookupError):
            return data.decode(_NATIONAL.get(name, name)), []
    found = decode(data)
    if found is None:
        doubt = Unread(WHOLE, UnreadReason.UNTRUSTED_TEXT, "字符编码无法识别，读出的文字可能有误")
        return data.decode("gb18030", "replace"), [doubt]
    doubts = [Unread(WHOLE, UnreadReason.UNTRUSTED_TEXT, "字符编码存疑，按 GB18030 读取")] if found.doubtful else []
    return found.text, doubts


def _parsed(text: str) -> etree._Element | None:
    parser = etree.HTMLParser(
        recover=True, no_network=True, remove_comments=False, remove_pis=False, huge_tree=True, encoding="utf-8"
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _lost(source: str, read_text: str) -> int:
    """How many Chinese characters of the source are nowhere in what was read: the parser gave up on them."""
    wanted = Counter(_HAN.findall(source))
    wanted.subtract(Counter(_HAN.findall(read_text)))
    return sum(count for count in wanted.values() if count > 0)


def unescaped(text: str) -> str:
    """Script or style text with \\u5bc6, \\5bc6 and &#x5bc6; undone."""
    undone = _ESCAPED.sub(lambda match: _character(next(group for group in match.groups() if group)), text)
    return entities.unescape(undone)


def _character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\N{REPLACEMENT CHARACTER}"


@dataclass(slots=True)
class _Page:
    """What a walk over the tree collects; parts are built at the end, the shown text first."""

    hidden_selectors: frozenset[str]
    shown: TextMapBuilder = field(default_factory=TextMapBuilder)
    hidden: list[str] = field(default_factory=list)
    others: dict[tuple[str, PartKind], dict[str, None]] = field(default_factory=dict)
    embedded: list[Embedded] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    handed_on: str = ""
    title: str = ""
    blank: bool = True

    def walk(self, root: etree._Element) -> None:
        """Go through the tree without recursion: a page may be nested as deep as it likes."""
        self.shown.begin("body", PartKind.BODY)
        for comment in root.itersiblings(preceding=True):
            self._comment(comment)
        for comment in root.itersiblings():
            self._comment(comment)
        white = False
        stack: list[tuple[str, etree._Element, bool, bool]] = [("open", root, False, white)]
        while stack:
            step, element, concealed, white = stack.pop()
            if step == "tail":
                self._say(element.tail, concealed)
                continue
            if step == "close":
                self._close(element, concealed)
                continue
            if not isinstance(element.tag, str):
                self._comment(element)
                continue
            inside, pale = self._open(element, concealed, white)
            stack.append(("close", element, inside, pale))
            if element.tag in ("script", "style", "title"):
                continue
            for child in reversed(element):
                stack.append(("tail", child, inside, pale))
                stack.append(("open", child, inside, pale))

    def built(self) -> TextMap:
        """All parts in order."""
        for number, text in enumerate((text for text in self.hidden if text.strip()), start=1):
            self.shown.begin(f"hidden:{number}", PartKind.HIDDEN, visible=False)
            self.shown.add(_BLANKS.sub(" ", text).strip())
            self.shown.gap()
        for (name, kind), texts in self.others.items():
            self.shown.begin(name, kind, visible=False)
            for text in texts:
                self.shown.add(text)
                self.shown.gap()
        return self.shown.build()

    def _open(self, element: etree._Element, concealed: bool, white: bool) -> tuple[bool, bool]:
        """Enter an element: whether its content is concealed, and whether it is written in white on nothing."""
        white = in_white(element, white)
        now = concealed or white or conceals(element, self.hidden_selectors)
        if now and not concealed:
            self.hidden.append("")
        self._attributes(element, now)
        if _is_block(element) and not now:
            self._gap()
        if element.tag == "script":
            self._keep("scripts", PartKind.SCRIPT, element.text)
        elif element.tag == "style":
            self._keep("styles", PartKind.SCRIPT, element.text)
        elif element.tag == "title":
            words = _BLANKS.sub(" ", "".join(map(str, element.itertext()))).strip()
            self.title = self.title or words
            self._keep("title", PartKind.METADATA, words)
        else:
            self._say(element.text, now)
        return now, white

    def _close(self, element: etree._Element, concealed: bool) -> None:
        if concealed:
            if self.hidden and (_is_block(element) or element.tag in _CELLS):
                self.hidden[-1] += " "
        elif element.tag in _CELLS:
            self.shown.gap("\t")
            self.blank = True
        elif _is_block(element):
            self._gap()

    def _gap(self) -> None:
        if not self.blank:
            self.shown.gap()
        self.blank = True

    def _say(self, text: str | None, concealed: bool) -> None:
        """Text between tags; a line end in the source is a blank to a browser, and may be looked through."""
        if not text:
            return
        if concealed:
            self.hidden[-1] += text
            return
        for piece in _pieces(text):
            if _BLANKS.fullmatch(piece):
                if self.blank:
                    continue
                if "\n" in piece:
                    self.shown.join(" ")
                else:
                    self.shown.add(" ")
            else:
                self.shown.add(piece)
                self.blank = False

    def _comment(self, node: etree._Element) -> None:
        text = str(node.text or "")
        self._keep("comments", PartKind.COMMENT, text)
        bare = re.sub(r"<[^>]*>", "", text)
        if bare != text:
            self._keep("comments", PartKind.COMMENT, bare)

    def _attributes(self, element: etree._Element, concealed: bool) -> None:
        if element.tag == "meta":
            words = element.get("content") or ""
            label = element.get("name") or element.get("property") or element.get("http-equiv") or ""
            if words and says_something(words):
                self._keep("meta", PartKind.METADATA, f"{label}：{words}" if label else words)
            return
        for name, value in element.attrib.items():
            self._attribute(element, str(name).lower(), str(value), concealed)

    def _attribute(self, element: etree._Element, name: str, value: str, concealed: bool) -> None:
        if name in _LINKS or value.startswith("data:"):
            self._link(value)
        elif name == "srcdoc":
            self.handed_on += value
            self.embedded.append(Embedded("srcdoc.html", value.encode("utf-8", "replace"), "内嵌网页"))
        elif name == "value" and element.tag in ("input", "button", "option", "param", "data"):
            if value.strip() and says_something(value):
                unseen = concealed or (element.get("type") or "").lower() == "hidden"
                self._keep("hidden-fields" if unseen else "fields", PartKind.FORM_FIELD, value)
        elif name in _WORDED:
            self._keep("alternatives", PartKind.ALTERNATIVE, value)
        elif says_something(value):
            self._keep("attributes", PartKind.CUSTOM_DATA, value)

    def _link(self, value: str) -> None:
        if not value.startswith("data:"):
            self._keep("links", PartKind.LINK, value.strip())
            decoded = unquote(value.strip())
            if decoded != value.strip():
                self._keep("links", PartKind.LINK, decoded)
            return
        self.handed_on += value
        head, comma, body = value.partition(",")
        try:
            data = base64.b64decode(unquote(body), validate=False) if ";base64" in head else unquote_to_bytes(body)
        except (binascii.Error, ValueError):
            self.unread.append(Unread("内嵌数据", UnreadReason.DAMAGED, "data: 地址解不开"))
            return
        if comma and data:
            self.embedded.append(Embedded(f"data-{len(self.embedded) + 1}", data, "内嵌数据"))

    def _keep(self, name: str, kind: PartKind, text: str | None) -> None:
        words = (text or "").strip()
        if not words:
            return
        kept = self.others.setdefault((name, kind), {})
        kept[words] = None
        if (plain := unescaped(words)) != words:
            kept[plain] = None


def _is_block(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and _BLOCKS.fullmatch(element.tag) is not None


def _pieces(text: str) -> Iterator[str]:
    """Words and the blanks between them, in order."""
    position = 0
    for match in _BLANKS.finditer(text):
        if match.start() > position:
            yield text[position : match.start()]
        yield match[0]
        position = match.end()
    if position < len(text):
        yield text[position:]
