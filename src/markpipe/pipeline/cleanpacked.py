"""A release copy of an archive: every file in it cleaned by its own means and packed anew, without anything beside them.

::

    a.zip ── a.txt ──inner──▶ a.txt ┐
          └─ b/c.pdf ─inner─▶ b/c.pdf ┴──▶ a.zip     names, no times, no comments, no extra fields, no second directory

Office files are archives too, and are not cleaned this way.  One file that cannot be cleaned leaves the archive without a
release copy.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Protocol

from markpipe.errors import OutputError
from markpipe.model.publication import Removed

WORKBOOK = "电子表格 XLSX"
_OFFICE = (
    ("xl/workbook.xml", WORKBOOK),
    ("ppt/presentation.xml", "演示文稿 PPTX"),
    ("visio/document.xml", "绘图文件 VSDX"),
    ("OFD.xml", "版式文件 OFD"),
    ("[Content_Types].xml", "Office 文件"),
    ("mimetype", "ODF 或者 EPUB 文件"),
    ("META-INF/MANIFEST.MF", "程序包"),
)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16
_HOW = "请解开压缩包，分别送审"


class InnerCopy(Protocol):
    """The release copy of a file that lies in an archive."""

    @property
    def data(self) -> bytes:
        """Its bytes."""

    @property
    def removed(self) -> tuple[Removed, ...]:
        """What was removed by class."""

    @property
    def checkers(self) -> tuple[str, ...]:
        """The tools that made and checked it."""


Inner = Callable[[str, bytes], InnerCopy]


def office_name(data: bytes) -> str:
    """What a zip file is where it is no plain archive, in Chinese; empty for a plain one.  What is broken is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, EOFError):
        return "压缩包"
    return next((words for member, words in _OFFICE if member in names), "")


def repacked(name: str, data: bytes, inner: Inner) -> tuple[bytes, tuple[Removed, ...], tuple[str, ...]]:
    """The archive anew, what was removed from the files in it, and who checked them."""
    counts: Counter[str] = Counter()
    checkers: dict[str, None] = {}
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        infos = [info for info in source.infolist() if not info.is_dir()]
        members = [_safe(name, info.filename) for info in infos]
        if len(set(members)) != len(members):
            raise OutputError(f"{name} 里有重名的文件，不能做成可核验的公开件", _HOW)
        for info, member in zip(infos, members, strict=True):
            copy = inner(f"{name}/{member}", source.read(info))
            counts.update({each.kind: each.count for each in copy.removed})
            checkers.update(dict.fromkeys(copy.checkers))
            entry = zipfile.ZipInfo(member, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _MODE
            archive.writestr(entry, copy.data)
    return target.getvalue(), tuple(Removed(kind, count) for kind, count in sorted(counts.items())), tuple(checkers)


def _safe(archive: str, untrusted_name: str) -> str:
    """A member's name that unpacks below the folder it is unpacked in."""
    name = PurePosixPath(untrusted_name.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or not untrusted_name.isprintable() or ":" in name.parts[0]:
        raise OutputError(f"{archive} 里有文件的名称不正常，不能做成可核验的公开件", _HOW)
    return str(name)
