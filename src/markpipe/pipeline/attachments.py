"""What reviewed pages link to: local files next to them that nobody listed are reviewed too; missing ones are named.

Only addresses that stay within the page's folder (or the folder that was given) are followed, and never a link of the
file system.  Nothing is fetched.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

from markpipe.model.document import Document, Format, PartKind
from markpipe.pipeline.batch import Item

_ATTACHMENT = re.compile(
    r"(?i)\.(?:pdf|docx?|xlsx?|pptx?|wps|et|dps|ofd|rtf|txt|csv|zip|rar|7z|jpe?g|png|gif|bmp|tiff?|webp|mp[34]|avi|html?|xml)$"
)
_PAGE = re.compile(r"(?i)\.(?:html?|css|js|xml|png|jpe?g|gif|webp|svg|ico)$")
_REMOTE = re.compile(r"(?i)[a-z][a-z0-9+.\-]*:|//|#")


class Attachments:
    """Collects what is linked while files are reviewed; `take` gives what is to be reviewed next."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._seen = {_real(item.path) for item in items}
        self._waiting: list[Item] = []

    def of(self, item: Item, document: Document) -> tuple[str, ...]:
        """Note what a page links to; the names of attachments that were not there."""
        if document.format is not Format.HTML:
            return ()
        missing: list[str] = []
        for target in dict.fromkeys(_targets(document)):
            path = _within(item.path.parent, target)
            if self._is_reviewed(item.path.parent, target):
                continue
            if path is None or not path.is_file() or path.is_symlink():
                if _ATTACHMENT.search(target) and not _PAGE.search(target):
                    missing.append(target.rsplit("/", 1)[-1])
            else:
                self._seen.add(_real(path))
                name = os.path.relpath(path, item.path.parent)
                folder = item.name.rpartition("/")[0]
                self._waiting.append(Item(path, f"{folder}/{name}" if folder else name))
        return tuple(dict.fromkeys(missing))

    def _is_reviewed(self, folder: Path, address: str) -> bool:
        """Whether an address means a file that is reviewed anyway; one from the site's root may lie further up."""
        if _real(folder / address) in self._seen:
            return True
        return address.startswith("/") and any(
            _real(parent / address.lstrip("/")) in self._seen for parent in (folder, *folder.parents)
        )

    def take(self) -> tuple[Item, ...]:
        """What was noted since the last time."""
        waiting, self._waiting = tuple(self._waiting), []
        return waiting


def _targets(document: Document) -> Iterator[str]:
    """The local addresses of a page, without query and fragment."""
    for part in document.text_map.parts:
        if part.kind is PartKind.LINK and not part.path:
            for line in document.text[part.start : part.end].splitlines():
                address = re.split(r"[?#]", line.strip())[0]
                if address and not _REMOTE.match(line.strip()):
                    yield unquote(address)


def _within(folder: Path, address: str) -> Path | None:
    """The file that an address means, if it lies in the folder."""
    path = folder / address.lstrip("/\\")
    inside = os.path.commonpath([_real(folder), _real(path)]) == _real(folder)
    return path if inside and "\0" not in address else None


def _real(path: Path) -> str:
    return os.path.realpath(path)
