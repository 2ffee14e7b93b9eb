"""The check of a redacted DOCX: a walk over the archive with nothing of what wrote it.

Members against a list of names, no member twice, nothing around the entries; every member as bytes and as text with its
tags taken away; archives within archives; pictures through recognition.  Pages here are pictures, by their number.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from urllib.parse import unquote

from markpipe.errors import OutputError
from markpipe.proof.recognise import places_of, recognise
from markpipe.proof.residue import Checked, Left
from markpipe.proof.words import Wanted
from markpipe.redaction.office import VALUES
from markpipe.redaction.result import Word

_ALLOWED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|word/(document|styles|numbering|settings|footnotes|endnotes|header\d+|"
    r"footer\d+)\.xml|word/_rels/(document|header\d+|footer\d+|footnotes|endnotes)\.xml\.rels|"
    r"word/media/image\d+\.(png|jpeg)"
)
_FORBIDDEN = re.compile(
    rb"<w:(ins|del|moveFrom|moveTo|instrText|bookmarkStart|comment\w*|sdt|hyperlink|fldChar|vanish|object|altChunk|"
    rb"docVars|attachedTemplate|mailMerge|\w+Change)\b|<!--|<\?(?!xml )|w:rsid|TargetMode=|<!DOCTYPE"
)
_NAMES = re.compile(
    rb"(\[Content_Types\]|_rels/[a-z0-9.]*|(?:word/)?(?:media/)?[a-z]+\d*)\.(?:xml|rels|png|jpeg)(?:\.rels)?"
)
_LANGUAGE = re.compile(
    r"</?[A-Za-z][\w:]*|[A-Za-z][\w:]*(?==\")|http://schemas\.(?:openxmlformats\.org|microsoft\.com)/[\w/]*|"
    r"urn:schemas-microsoft-com:[a-z:]+|UTF-8|standalone|vnd\.openxmlformats-(?:package\.relationships|"
    r"officedocument\.wordprocessingml\.(?:document\.main|styles|numbering|settings|header|footer|footnotes|endnotes))"
    r"\+xml|application/|image/(?:png|jpeg)",
    re.ASCII,
)
_VALUE = re.compile(r'(?<==")([ \w]*)(?=")', re.ASCII)
_PLACED = re.compile(r"(?<=<wp:align>)\w*(?=</wp:align>)|(?<=<wp:posOffset>)-?\d*(?=</wp:posOffset>)", re.ASCII)
_MEDIA = re.compile(r"word/media/image(\d+)\.(?:png|jpeg)")
_DEEPEST = 4


def check_docx(path: Path, wanted: Wanted, pages: Collection[int]) -> Checked:
    """Everything that is left; `OutputError` where the file cannot be read back."""
    data = path.read_bytes()
    named = _NAMES.sub(b" ", data)
    left: list[Left] = [Left(f"文件字节中有第{n + 1}个要删的词") for n in wanted.in_bytes(named)]
    seen: list[tuple[int, tuple[Word, ...]]] = []
    try:
        members = list(_members(data, left))
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, RuntimeError) as error:
        raise OutputError("写出的 DOCX 读不回来，没有核对", "原文件可能已损坏，请重新导出后提交") from error
    for name, content in members:
        if not _ALLOWED.fullmatch(name):
            left.append(Left(f"有不应出现的部件 {name[:60]}"))
        left += _member(name, content, wanted, 0)
        picture = _MEDIA.fullmatch(name)
        if picture and int(picture[1]) in pages:
            number = int(picture[1])
            words = recognise(content, number, 1.0)
            seen.append((number, words))
            for term, boxes in places_of(wanted.terms, words, ""):
                left.append(Left(f"第{number}幅图片中看得见第{term + 1}个要删的词", number, boxes))
    return Checked(tuple(left), tuple(seen))


def _members(data: bytes, left: list[Left]) -> Iterator[tuple[str, bytes]]:
    """Every entry; what is twice, commented, or not in the directory is left over."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        if len({info.filename for info in infos}) != len(infos):
            left.append(Left("压缩包内有重名的成员"))
        if archive.comment or any(info.comment or info.extra for info in infos):
            left.append(Left("压缩包带有注释或附加字段"))
        if data.count(b"PK\x03\x04") < len(infos) or min(info.header_offset for info in infos) != 0:
            left.append(Left("压缩包之前有数据"))
        end = data.rfind(b"PK\x05\x06")
        if len(data) - end != 22:
            left.append(Left("压缩包之后有数据"))
        used = sum(30 + len(info.filename.encode()) + info.compress_size for info in infos)
        if used != archive.start_dir:
            left.append(Left("压缩包内有目录之外的数据"))
        for info in infos:
            yield info.filename, archive.read(info)


def without_language(text: str) -> str:
    """XML without what belongs to the format: names of elements and attributes, namespaces, values to choose from."""
    parts = _NAMES.sub(b" ", text.encode()).decode()
    return _LANGUAGE.sub(" ", _PLACED.sub("", _VALUE.sub(_chosen, parts)))


def _chosen(value: re.Match[str]) -> str:
    return "" if value[0].strip() in VALUES else value[0]


def _member(name: str, content: bytes, wanted: Wanted, depth: int) -> Iterator[Left]:
    found: set[int] = set()
    if content.startswith(b"PK\x03\x04"):
        yield Left(f"部件 {name[:60]} 是嵌套的压缩包")
        if depth < _DEEPEST:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for info in archive.infolist():
                    yield from _member(f"{name}!{info.filename}", archive.read(info), wanted, depth + 1)
    if name.endswith((".xml", ".rels")):
        text = content.decode("utf-8", "strict")
        own = without_language(text)
        found.update(wanted.in_bytes(own.encode()))
        bodies = [
            re.sub(r"<[^>]*>", "", _PLACED.sub("", text)),
            " ".join(re.findall(r'="([^"]*)"', own)),
            unquote(own),
        ]
        for body in bodies:
            found.update(wanted.in_text(html.unescape(body)))
        if _FORBIDDEN.search(content):
            yield Left(f"部件 {name[:60]} 里有不应留下的标记")
        yield from (Left(f"部件 {name[:60]} 中有第{n + 1}个要删的词") for n in sorted(found))
        return
    found.update(wanted.in_bytes(content))
    if any(mark in content for mark in (b"Exif\x00", b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"http://ns.adobe.com")):
        yield Left(f"图片 {name[:60]} 带有附加信息")
    yield from (Left(f"部件 {name[:60]} 中有第{n + 1}个要删的词") for n in sorted(found))
