"""The check of a cleaned workbook: known members alone, nothing in them that hides or computes, none of the masked words.

Opens the package itself and looks at its bytes; shares nothing with what made it.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator, Sequence

_ALLOWED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(?:workbook|styles|sharedStrings|theme/theme1)\.xml|"
    r"xl/_rels/workbook\.xml\.rels|xl/worksheets/sheet\d+\.xml"
)
_FORBIDDEN = re.compile(
    rb"<(?:\w+:)?(?:f|legacyDrawing|drawing|hyperlink|oleObject|control|definedName|externalReference|dataValidation|"
    rb"conditionalFormatting|headerFooter|picture|pivotCache|extLst)\b|\bhidden=\"(?:1|true)\"|state=\"(?:very)?[hH]idden\"|"
    rb"TargetMode=|<!--|<!DOCTYPE|docProps"
)


def check_workbook(data: bytes, words: Sequence[str]) -> tuple[str, ...]:
    """What is too much, in Chinese; empty for a plain workbook that says none of `words`."""
    return tuple(dict.fromkeys(_problems(data, words)))


def _problems(data: bytes, words: Sequence[str]) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if archive.comment or any(info.comment or info.extra for info in infos):
                yield "压缩包带有注释或者附加字段"
            if len({info.filename for info in infos}) != len(infos):
                yield "压缩包内有重名的成员"
            members = {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, ValueError, OSError, EOFError):
        yield "写出的工作簿读不回来"
        return
    if len(data) - data.rfind(b"PK\x05\x06") != 22 or not data.startswith(b"PK\x03\x04"):
        yield "压缩包前后还有数据"
    for name, content in members.items():
        if not _ALLOWED.fullmatch(name):
            yield f"有不应出现的部件 {name[:60]}"
        if found := _FORBIDDEN.search(content):
            yield f"部件 {name[:60]} 里有不应留下的内容（{found[0][:24].decode('latin-1')}）"
        said = html.unescape(re.sub(r"<[^>]*>", "", content.decode("utf-8", "replace")))
        if any(word in said for word in words):
            yield f"部件 {name[:60]} 里还有要遮盖的内容"
