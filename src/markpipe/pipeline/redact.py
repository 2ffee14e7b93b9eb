"""Taking words out of one file: plan, rebuild in the sandbox, prove outside of it, and only then give it a name.

::

    read ─ plan ─ [rebuild ─ prove] ─ pixels still show a word? wipe there, then the page as a picture ─ write (prove again)
                     ▲                               │
                     └───────────────────────────────┘

What the proof finds in any other way is final: no file, exit 7.  A document whose mark is in force keeps it: without a
decision that frees it nothing is removed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from markpipe.errors import IncompleteError, OutputError, RefusedError, UsageError
from markpipe.model.document import Document, Format, UnreadReason
from markpipe.model.limits import Limits
from markpipe.pipeline.dispatch import read_file
from markpipe.pipeline.freeing import Keeper, keeper
from markpipe.pipeline.sandbox import Worker, WorkerFailedError
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.pipeline.writer import write
from markpipe.proof.recognise import available
from markpipe.proof.residue import Checked, Left, check_residue
from markpipe.redaction.plan import PlanError, Removal, Request, absent, plan
from markpipe.redaction.policy import Undecidable
from markpipe.redaction.result import PageOrder, PageResult, Redacted, Word

REDACTABLE = (Format.PDF, Format.DOCX)
_ROUNDS = 4
_LONGEST_WORD = 200
_SURE = 0.4
_WANTED_BUT_MISSING = "没有装 tesseract 及其中文数据，含图像或字体不可信的页面无法核对"


class Recognition(StrEnum):
    """When rendered pages are looked at by text recognition."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Options:
    """How to redact."""

    undecidable: Undecidable = Undecidable.RASTERISE
    recognition: Recognition = Recognition.AUTO
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Redaction:
    """What became of it: the removal, the pages, notes, pages that nobody looked at, and the file's digest."""

    removal: Removal
    pages: tuple[PageResult, ...]
    notes: tuple[str, ...]
    unchecked: tuple[int, ...]
    sha256: str
    source_sha256: str


def redact_file(
    worker: Worker,
    limits: Limits,
    file: Path,
    out: Path,
    request: Callable[[Document], Request],
    options: Options,
    may: Keeper | None = None,
) -> Redaction:
    """Write `file` without what `request` names to `out`, proven by other tools.

    `may` raises for a document that has to stay as it is (by default one with a mark).
    `IncompleteError` where the file cannot be read, `RefusedError` for a mark in force, `OutputError` where a page is
    undecidable, the proof fails or the file cannot be written.
    """
    if out.exists() and file.exists() and out.samefile(file):
        raise UsageError(f"{out} 就是原文件", "不在原文件上删改，请另给一个文件名")
    document = read_file(file, worker, limits)
    if document.format not in REDACTABLE:
        first = document.unread[0] if document.unread else None
        if first is not None and first.reason is not UnreadReason.UNSUPPORTED:
            raise IncompleteError(f"{file}：{first.reason.message}", first.reason.remedy)
        raise UsageError(f"{file} 不是 PDF 或 DOCX，不能脱密处理", "请另存为 PDF 或 DOCX 后再处理")
    try:
        (may or keeper())(document)
    except RefusedError as refusal:
        raise RefusedError(f"{file}：{refusal.message}", refusal.remedy, refusal.rules) from refusal
    try:
        asked = request(document)
        removal = plan(asked, document.text_map)
    except PlanError as error:
        raise UsageError(f"{file}：{error}") from error
    data = file.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != document.digest:
        raise OutputError(f"{file}：{UnreadReason.CHANGED.message}", UnreadReason.CHANGED.remedy)
    with work_folder(default_root()) as folder:
        made, unchecked = _Rounds(worker, data, document.format, removal, options, folder, file).done()
    regions = removal.regions

    def verify(path: Path) -> tuple[str, ...]:
        return check_residue(path, removal.terms, regions).problems

    sha256 = write(out, made.data, verify, replace=options.replace)
    notes = (*made.notes, *_cautions(absent(asked, document.text_map), made.pages))
    return Redaction(removal, made.pages, notes, unchecked, sha256, digest)


def _cautions(missing: Sequence[int], pages: Sequence[PageResult]) -> Iterator[str]:
    """What the person who asked has to look at; names no phrase."""
    if missing:
        named = "、".join(f"第{number}个" for number in missing[:20])
        yield f"注意：要删的词中{named}在读到的内容里没有出现，请核对写法；图片上的字请人工查看"
    if recognised := [page.page for page in pages if page.recognise]:
        named = "、".join(f"第{page}页" if page else "图片" for page in recognised[:20])
        yield f"注意：{named}有图片、图形或者字体不能证实的字，这些靠文字识别查找，可能漏读，请人工看过再交出"


class _Rounds:
    """Rebuild, look, and rebuild again until the look finds nothing."""

    def __init__(
        self, worker: Worker, data: bytes, fmt: Format, removal: Removal, options: Options, folder: Path, file: Path
    ) -> None:
        self._worker = worker
        self._data = data
        self._format = fmt
        self._removal = removal
        self._options = options
        self._path = folder / f"candidate.{'pdf' if fmt is Format.PDF else 'docx'}"
        self._file = file
        self._orders: dict[int, PageOrder] = {}
        self._asked: dict[int, int] = {}

    def done(self) -> tuple[Redacted, tuple[int, ...]]:
        """The file that passed, and the pages that should have been recognised and were not."""
        looked: set[int] = set()
        words: dict[int, tuple[Word, ...]] = {}
        for _ in range(_ROUNDS):
            made = self._made()
            pages, unchecked = self._to_look_at(made)
            again = [page for page in pages if page not in looked or page in self._asked]
            checked = self._check(made.data, again)
            looked.update(again)
            words |= dict(checked.words)
            final = [one for one in checked.left if not one.boxes]
            if final:
                raise OutputError(
                    f"{self._file} 处理后核对不通过：{'；'.join(dict.fromkeys(one.message for one in final))}",
                    "没有留下文件；请改用 --region 或先人工处理该处",
                )
            seen = [one for one in checked.left if one.boxes]
            if not seen:
                return self._searchable(made, words), tuple(unchecked)
            self._order(seen)
        raise OutputError(
            f"{self._file} 处理后核对不通过：{'；'.join(dict.fromkeys(one.message for one in seen))}",
            "没有留下文件；请用 --region 指明该处，或人工处理该页",
        )

    def _made(self) -> Redacted:
        argument = {
            "format": self._format.value,
            "removal": self._removal,
            "orders": tuple(self._orders.values()),
            "undecidable": self._options.undecidable,
        }
        try:
            header, blobs = self._worker.call("redact", self._data, argument)
        except WorkerFailedError as failure:
            raise OutputError(f"{self._file} 没有处理完：{failure.reason.message}", failure.reason.remedy) from failure
        return redacted_from(header, blobs)

    def _to_look_at(self, made: Redacted) -> tuple[list[int], list[int]]:
        """The pages to recognise, and those that ought to be and cannot."""
        every = self._options.recognition is Recognition.ALWAYS and self._format is Format.PDF
        wanted = [page.page for page in made.pages if every or page.recognise]
        if not self._removal.terms:
            return [], []
        if self._options.recognition is Recognition.NEVER:
            return [], wanted
        if wanted and not available():
            named = "、".join(f"第{page}页" if page else "图片" for page in wanted[:8])
            raise OutputError(
                f"{self._file} 的{named}需要文字识别：{_WANTED_BUT_MISSING}", "安装后重试，或用 --ocr never 并自行核对"
            )
        return wanted, []

    def _check(self, data: bytes, pages: Sequence[int]) -> Checked:
        self._path.write_bytes(data)
        return check_residue(self._path, self._removal.terms, self._removal.regions, pages)

    def _order(self, seen: Sequence[Left]) -> None:
        """First the pixels that show it; on a second look the page becomes a picture."""
        for page in sorted({one.page for one in seen}):
            times = self._asked[page] = self._asked.get(page, 0) + 1
            if times > 1 and self._options.undecidable is Undecidable.REFUSE:
                raise OutputError(f"{self._file} 第{page}页无法可靠删除", "去掉 --on-undecidable refuse 可改为转成图片")
            boxes = [box for one in seen if one.page == page for box in one.boxes]
            before = self._orders.get(page, PageOrder(page))
            self._orders[page] = replace(before, regions=(*before.regions, *boxes), rasterise=times > 1)

    def _searchable(self, made: Redacted, words: Mapping[int, tuple[Word, ...]]) -> Redacted:
        """Give pages that became pictures, or lost their layer of words, the words that recognition read in them."""
        layers = {
            page.page: words[page.page]
            for page in made.pages
            if (page.rasterised or page.unsearchable) and page.page in words
        }
        if not layers or self._format is not Format.PDF:
            return made
        for page, layer in layers.items():
            before = self._orders.get(page, PageOrder(page))
            self._orders[page] = replace(before, layer=_fit(layer), looked=True)
        return self._made()


def _fit(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Words to search by: what recognition makes of specks and rules is left out."""
    return tuple(word for word in words if len(word.text) <= _LONGEST_WORD and word.confidence >= _SURE)


def redacted_from(header: dict[str, object], blobs: Sequence[bytes]) -> Redacted:
    """A worker's answer as a value; `OutputError` where it is not one."""
    try:
        rows = header["pages"]
        notes = header["notes"]
        if not isinstance(rows, list) or not isinstance(notes, list) or len(blobs) != 1:
            raise ValueError
        pages = tuple(_page(row) for row in rows)
        return Redacted(blobs[0], pages, tuple(_line(note) for note in notes))
    except (KeyError, TypeError, ValueError) as error:
        raise OutputError("处理进程的回答不合规约", "请重新运行") from error


def _page(row: object) -> PageResult:
    if not isinstance(row, dict):
        raise TypeError
    return PageResult(
        page=int(row["page"]),
        removed=int(row["removed"]),
        gaps=int(row["gaps"]),
        dropped=int(row["dropped"]),
        hidden=int(row["hidden"]),
        pictures=int(row["pictures"]),
        unquantised=int(row["unquantised"]),
        recognise=row["recognise"] is True,
        rasterised=row["rasterised"] is True,
        unsearchable=row["unsearchable"] is True,
        anew=row["anew"] is True,
        undecided=tuple(_line(why) for why in row["undecided"]),
    )


def _line(text: object) -> str:
    return re.sub(r"[^\w，。、；：（）【】 .-]", "", str(text))[:200]
