"""The review report on disk: sections are written away file by file, pages are put together at the end, split by folder.

Memory holds one file's section at a time; nothing is below the report's folder before the end.  What is written is 0600: it quotes what it warns of.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from markpipe.model.document import Format
from markpipe.model.publication import Verdict
from markpipe.pipeline.review import Reviewed
from markpipe.pipeline.sandbox import Worker, WorkerFailedError
from markpipe.pipeline.writer import write
from markpipe.report.dumps import Json, dumps
from markpipe.report.places import ExcerptMode
from markpipe.report.review import Entry
from markpipe.report.review_html import Frame, Picture, body, page, section

ONE_PAGE = 100
"""So many files at most stand on one page; with more, each folder has a page of its own."""

MOST_PICTURES = 8
_DPI = 80


class Pages:
    """Collects the sections of a run in its private work folder; the pages appear below `folder` when all are there."""

    def __init__(self, folder: Path, work: Path, frame: Frame) -> None:
        self._folder = folder
        self._frame = frame
        self._store = work
        self._anchors: dict[str, str] = {}

    def add(self, one: Reviewed, entry: Entry, worker: Worker) -> None:
        """Write away what is to be said of a file, if there is anything."""
        review, excerpt = one.review, self._frame.excerpt
        if entry.verdict is Verdict.PUBLISH and not entry.unread and not review.masks and not entry.failed:
            return
        pictures = () if excerpt is ExcerptMode.NONE else _pictures(one, worker)
        self._kept(self._anchor(entry.path)).write_text(
            body(one.document, review, entry.unread, pictures, excerpt), encoding="utf-8"
        )

    def finish(self, entries: Sequence[Entry], answer: Json) -> None:
        """Put the pages together, and the answer for programs beside them."""
        for each in entries:
            if each.waiting or each.failed or each.together:
                self._anchor(each.path)
        write(self._folder / "review.json", dumps(answer).encode(), replace=True)
        if len(entries) <= ONE_PAGE:
            hrefs = {path: f"#{anchor}" for path, anchor in self._anchors.items()}
            text = page(self._frame, entries, self._sections(entries), hrefs=hrefs)
            write(self._folder / "index.html", text.encode(), replace=True)
        else:
            self._split(entries)

    def _split(self, entries: Sequence[Entry]) -> None:
        by_folder: dict[str, list[Entry]] = {}
        for each in sorted(entries, key=lambda each: each.path):
            by_folder.setdefault(each.path.rpartition("/")[0], []).append(each)
        hrefs: dict[str, str] = {}
        links: list[tuple[str, str]] = []
        for number, (folder, inside) in enumerate(by_folder.items(), start=1):
            name = f"part-{number:04d}.html"
            hrefs |= {each.path: f"{name}#{self._anchors[each.path]}" for each in inside if each.path in self._anchors}
            local = {path: f"#{anchor}" for path, anchor in self._anchors.items()}
            shown = folder or "（最上层）"
            text = page(self._frame, inside, self._sections(inside), part=shown, hrefs=local)
            write(self._folder / name, text.encode(), replace=True)
            links.append((name, f"{shown}：{_counted(inside)}"))
        told = [each for each in entries if each.path in self._anchors]
        text = page(self._frame, entries, "", hrefs=hrefs, links=links, listed=told)
        write(self._folder / "index.html", text.encode(), replace=True)

    def _sections(self, entries: Sequence[Entry]) -> str:
        told = [each for each in sorted(entries, key=_gravest) if each.path in self._anchors]
        return "\n".join(section(self._anchors[each.path], each, self._text(each.path)) for each in told)

    def _text(self, path: str) -> str:
        kept = self._kept(self._anchors[path])
        return kept.read_text(encoding="utf-8") if kept.exists() else ""

    def _anchor(self, path: str) -> str:
        return self._anchors.setdefault(path, f"d{len(self._anchors) + 1}")

    def _kept(self, anchor: str) -> Path:
        return self._store / f"section-{anchor}"


def _counted(entries: Sequence[Entry]) -> str:
    """How many files, and of them those that nobody may pass over."""
    verdicts = Counter(each.verdict for each in entries)
    grave = "、".join(f"{each.label} {verdicts[each]} 份" for each in (Verdict.REFUSE, Verdict.HOLD) if verdicts[each])
    return f"{len(entries)} 份，其中{grave}" if grave else f"{len(entries)} 份"


def _gravest(entry: Entry) -> tuple[int, str]:
    return (-list(Verdict).index(entry.verdict), entry.path)


def _pictures(one: Reviewed, worker: Worker) -> tuple[Picture, ...]:
    """The pages of a PDF that a reason stands on; none where they cannot be drawn."""
    document = one.document
    if document.format is not Format.PDF:
        return ()
    parts = (document.text_map.part_at(each.span.start) for each in one.review.reasons if each.span is not None)
    numbers = sorted({part.page for part in parts if part.page is not None and not part.path})[:MOST_PICTURES]
    data = one.path.read_bytes() if numbers else b""
    found: list[Picture] = []
    for number in numbers:
        try:
            header, blobs = worker.call("render", data, (number, _DPI))
            width, height = float(header["width"]), float(header["height"])
        except (WorkerFailedError, KeyError, ValueError):
            continue
        if width > 0 and height > 0 and len(blobs) == 1:
            found.append(Picture(number, base64.b64encode(blobs[0]).decode("ascii"), width, height))
    return tuple(found)
