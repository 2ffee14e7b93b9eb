"""The streams of a PDF that no page draws: metadata, attachments, scripts, forms data, and what is unknown.

Fonts, character maps, functions and profiles hold no running text and are left; a stream of no known role is carved
for words and named as not read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pymupdf import mupdf

from markpipe.formats.carve import carve
from markpipe.formats.encoding import decode
from markpipe.formats.imagemeta import metadata_words
from markpipe.formats.pdf.content import content_words, draws
from markpipe.formats.pdf.printed import Printed
from markpipe.formats.pdf.syntax import REFERENCE, text_of
from markpipe.formats.xmltext import xml_words
from markpipe.model.document import Embedded, PartKind, Unread, UnreadReason
from markpipe.model.limits import Limits

_WORDLESS_KEYS = frozenset(
    [
        "ToUnicode",
        "FontFile",
        "FontFile2",
        "FontFile3",
        "CIDToGIDMap",
        "CIDSet",
        "Encoding",
        "Function",
        "Functions",
        "HT",
        "Halftone",
        "TR",
        "BG",
        "UCR",
    ]
)
_TELLING_KEYS = _WORDLESS_KEYS | {"Contents", "Thumb", "SMask", "Mask", "DestOutputProfile", "ICCBased", "JS", "XFA"}
"""The keys that tell what the stream under them is for."""
_KEY_REFERENCE = re.compile(rf"/({'|'.join(sorted(_TELLING_KEYS))})(?: (\d+) \d+ R|\[((?:\d+ \d+ R ?)+)\])")
_WORDLESS = re.compile(r"/Type/(?:ObjStm|XRef|CMap|Halftone)\b|/(?:FunctionType|ShadingType|HalftoneType) \d")
_HINTS = re.compile(r"<<(?=.*/S \d)(?: ?/(?:Filter ?/FlateDecode|(?:Length|[ABCEILOSTV]) \d+))+ ?>>")
"""The dictionary of a hint stream, which tells a browser where the pages of a linearised file lie (ISO 32000-1 F.4)."""


class Streams:
    """All streams of one open file, each by its role.

    `read` are the content streams of pages, whose words are in `said` (by kind) already; others' are added to it.
    """

    def __init__(
        self,
        document: Any,
        printed: Printed,
        limits: Limits,
        read: frozenset[int],
        said: dict[PartKind, dict[str, None]],
    ) -> None:
        self._document = document
        self._printed = printed
        self._limits = limits
        self._budget = limits.archive_mib << 20
        self.embedded: list[Embedded] = []
        self.unread: list[Unread] = []
        self.orphans: list[bytes] = []
        self.pictures: list[int] = []
        self._read = read
        self._said = said

    def parts(self) -> Iterator[tuple[str, PartKind, list[str]]]:
        """Name, kind and words of each stream that has words of its own; fills `embedded`, `orphans`, `unread` and what is said."""
        used_as = self._roles()
        names = self._file_names()
        document = mupdf.PdfDocument(self._document.this)
        for number, printed in enumerate(self._printed.objects):
            if number in self._read or not printed.startswith("<<"):
                continue
            if not mupdf.pdf_obj_num_is_stream(document, number):
                continue
            keys = used_as.get(number, frozenset())
            if found := self._one(number, printed, keys, names):
                yield found

    def _one(
        self, number: int, printed: str, keys: frozenset[str], names: dict[int, str]
    ) -> tuple[str, PartKind, list[str]] | None:
        if _WORDLESS.search(printed) or keys & _WORDLESS_KEYS:
            return None
        if "Contents" in keys or "/Subtype/Form" in printed or "/PatternType 1" in printed:
            self._content(number)
            return None
        if "/Subtype/Image" in printed or "Thumb" in keys:
            if not keys & {"SMask", "Mask"}:
                self.pictures.append(number)
            return self._picture(number, printed)
        if "/N " in printed and keys & {"DestOutputProfile", "ICCBased", "array"} and "/Type" not in printed:
            return self._words(number, PartKind.METADATA, carve(self._data(number)))
        if "/Type/EmbeddedFile" in printed or number in names:
            self.embedded.append(Embedded(names.get(number, f"对象{number}"), self._data(number), "附件"))
            return None
        if "/Type/Metadata" in printed or "/Subtype/XML" in printed:
            return self._words(number, PartKind.METADATA, xml_words(self._data(number)))
        if "JS" in keys:
            decoded = self._data(number)
            return self._words(number, PartKind.SCRIPT, (text_of(decoded),))
        if not keys and self._linearised() and _HINTS.fullmatch(printed) and not self._named(number):
            return self._words(number, PartKind.CUSTOM_DATA, carve(self._data(number)))
        return self._unknown(number, keys)

    def _linearised(self) -> bool:
        return "/Linearized" in self._printed.text

    def _named(self, number: int) -> bool:
        """Whether any object refers to this one."""
        return re.search(rf"(?<!\d){number} \d+ R\b", self._printed.text + self._printed.trailer) is not None

    def _content(self, number: int) -> None:
        """A content stream: only what it says without drawing it."""
        for kind, text in content_words(self._data(number)):
            self._said.setdefault(kind, {}).setdefault(text)

    def _picture(self, number: int, printed: str) -> tuple[str, PartKind, list[str]] | None:
        """The metadata of a picture that is a file of its own inside the stream."""
        if "/DCTDecode" not in printed and "/JPXDecode" not in printed:
            return None
        try:
            raw: bytes = self._document.xref_stream_raw(number) or b""
        except (RuntimeError, ValueError):
            return None
        return self._words(number, PartKind.METADATA, metadata_words(raw))

    def _unknown(self, number: int, keys: frozenset[str]) -> tuple[str, PartKind, list[str]] | None:
        """A stream of no known role: as text where it is text, else carved and named."""
        data = self._data(number)
        if not data.strip():
            return None
        if "CharProcs" in keys:
            return None
        if draws(data):
            self.orphans.append(data)
            return None
        if data.lstrip().startswith(b"<") and (found := xml_words(data)):
            return self._words(
                number, PartKind.FORM_FIELD if "XFA" in keys or "array" in keys else PartKind.CUSTOM_DATA, found
            )
        decoded = decode(data)
        if decoded is not None and not decoded.doubtful:
            return self._words(number, PartKind.CUSTOM_DATA, (decoded.text,))
        self.unread.append(Unread("自定义数据", UnreadReason.NOT_READ_YET, f"对象{number} 用途不明"))
        return self._words(number, PartKind.CUSTOM_DATA, carve(data))

    def _words(
        self, number: int, kind: PartKind, texts: tuple[str, ...] | list[str]
    ) -> tuple[str, PartKind, list[str]] | None:
        kept = [text for text in texts if text.strip()]
        return (f"object:{number}", kind, kept) if kept else None

    def _data(self, number: int) -> bytes:
        """A stream without its filters, within the file's budget."""
        try:
            data: bytes = self._document.xref_stream(number) or b""
        except (RuntimeError, ValueError) as error:
            if "malloc" in str(error):
                raise MemoryError from error
            self.unread.append(Unread(f"对象{number}", UnreadReason.DAMAGED, "数据流无法解开"))
            return b""
        self._budget -= len(data)
        if self._budget < 0:
            self.unread.append(Unread(f"对象{number}", UnreadReason.BOMB))
            return b""
        return data

    def _roles(self) -> dict[int, frozenset[str]]:
        """Under which telling keys each object is referred to; `array` where an array of its own names it."""
        roles: dict[int, set[str]] = defaultdict(set)
        for key, target, targets in _KEY_REFERENCE.findall(self._printed.text + self._printed.trailer):
            for each in (target,) if target else REFERENCE.findall(targets):
                roles[int(each)].add(key)
        for printed in self._printed.objects:
            if printed.startswith("["):
                for each in REFERENCE.findall(printed):
                    roles[int(each)].add("array")
            elif "/CharProcs" in printed:
                self._char_procs(printed, roles)
        # Contents may be an array object of its own.
        for number, keys in list(roles.items()):
            if (
                "Contents" in keys
                and number < len(self._printed.objects)
                and self._printed.objects[number].startswith("[")
            ):
                for target in REFERENCE.findall(self._printed.objects[number]):
                    roles[int(target)].add("Contents")
        return {number: frozenset(keys) for number, keys in roles.items()}

    def _char_procs(self, printed: str, roles: dict[int, set[str]]) -> None:
        rest = printed[printed.find("/CharProcs") + len("/CharProcs") :]
        if indirect := re.match(r" (\d+) \d+ R", rest):
            rest = self._printed.objects[int(indirect[1])]
        for target in REFERENCE.findall(rest[: rest.find(">>")]):
            roles[int(target)].add("CharProcs")

    def _file_names(self) -> dict[int, str]:
        """The names of embedded files by the number of their stream."""
        names: dict[int, str] = {}
        for printed in self._printed.objects:
            if "/EF" not in printed:
                continue
            for match in re.finditer(r"/EF<<[^>]*>>", printed):
                for target in REFERENCE.findall(match[0]):
                    names.setdefault(int(target), _file_name(printed))
        return names


def _file_name(printed: str) -> str:
    from markpipe.formats.pdf.syntax import walk

    found = {item.key: text_of(item.data) for item in walk(printed) if not item.is_name}
    return found.get("UF") or found.get("F") or "未命名附件"
