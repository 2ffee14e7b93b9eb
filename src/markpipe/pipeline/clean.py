"""A release copy of one file: what it shows, without what must not leave, made anew by the means of its format.

::

    text        the words themselves, masked, invisible characters dropped      here
    html        rebuilt from an allow-list                                       formats.htmlclean in the sandbox
    pdf docx    rebuilt without the masked words, proven by other tools          pipeline.redact

Anything else, and anything that one of these refuses, has no release copy: `OutputError`, and nothing is released.
Whether the copy is good is for `pipeline.review` to find out by reading it again.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from markpipe import __version__
from markpipe.errors import MarkpipeError, OutputError
from markpipe.model.document import Document, Format, PartKind
from markpipe.model.limits import Limits
from markpipe.model.publication import ORIGINAL_MARK, Mask, Removed
from markpipe.model.span import Span
from markpipe.pipeline.sandbox import Worker, WorkerFailedError

_KEEP = "\n\t"
_HOW = "请另存为 PDF、DOCX、网页或纯文本后重新送审"
_UNSEEN = {
    PartKind.COMMENT: "批注",
    PartKind.DELETION: "修订删除",
    PartKind.HIDDEN: "隐藏文字",
    PartKind.METADATA: "文档属性",
    PartKind.CUSTOM_DATA: "自定义数据",
    PartKind.SCRIPT: "脚本",
    PartKind.REVISION: "以前的版本",
    PartKind.RESIDUE: "残留数据",
}


@dataclass(frozen=True, slots=True)
class Original:
    """A file to be cleaned, as it was read."""

    path: Path
    data: bytes
    document: Document


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A release copy: its bytes, what was removed by class, and the tools that made and checked it."""

    data: bytes
    removed: tuple[Removed, ...]
    checkers: tuple[str, ...]


Cleaner = Callable[[Original, tuple[Mask, ...], Worker, Limits], bytes]


def clean(original: Original, masks: tuple[Mask, ...], worker: Worker, limits: Limits) -> Cleaned:
    """The release copy; `OutputError` where there is no way to make one that can be checked."""
    document = original.document
    cleaner = CLEANERS.get(document.format)
    if cleaner is None:
        raise OutputError(f"{original.path} 的格式没有可核验的清理办法", _HOW)
    if any(part.path for part in document.text_map.parts):
        raise OutputError(f"{original.path} 里嵌有其他文件，不能做成可核验的公开件", "请取出附件分别送审")
    data = cleaner(original, masks, worker, limits)
    return Cleaned(data, _removed(document, masks), (f"markpipe {__version__}",))


def _removed(document: Document, masks: tuple[Mask, ...]) -> tuple[Removed, ...]:
    counts = Counter(mask.kind for mask in masks)
    counts.update(_UNSEEN[part.kind] for part in document.text_map.parts if not part.visible and part.kind in _UNSEEN)
    return tuple(Removed(kind, count) for kind, count in sorted(counts.items()))


def _plain(original: Original, masks: tuple[Mask, ...], worker: Worker, limits: Limits) -> bytes:  # noqa: ARG001 - cleaners share one signature
    text_map = original.document.text_map
    if len(text_map.parts) != 1:
        raise OutputError(f"{original.path} 不是单纯的文字", _HOW)
    text = text_map.text
    pieces: list[str] = []
    position = 0
    for span, instead in _apart(_everywhere(text, masks)):
        pieces += [text[position : span.start], instead]
        position = span.end
    pieces.append(text[position:])
    return "".join(filter(_shows, "".join(pieces).replace("\r\n", "\n").replace("\r", "\n"))).encode()


def _shows(character: str) -> bool:
    return character in _KEEP or unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs", "Cn")


def _everywhere(text: str, masks: tuple[Mask, ...]) -> tuple[Mask, ...]:
    """Each mask at every place where its words stand: otherwise the copy that stays tells what the gap says."""
    more = [
        replace(mask, span=Span(match.start(), match.end()))
        for mask in {mask.words: mask for mask in masks if mask.kind != ORIGINAL_MARK}.values()
        for match in re.finditer(re.escape(mask.words), text)
    ]
    return (*masks, *more)


def _apart(masks: tuple[Mask, ...]) -> list[tuple[Span, str]]:
    """The spans in order; one that begins inside another is taken in by it."""
    apart: list[tuple[Span, str]] = []
    for mask in sorted(masks, key=lambda mask: (mask.span.start, -mask.span.end)):
        if apart and mask.span.start < apart[-1][0].end:
            last, instead = apart[-1]
            apart[-1] = (Span(last.start, max(last.end, mask.span.end)), instead)
        else:
            apart.append((mask.span, mask.replacement))
    return apart


def _html(original: Original, masks: tuple[Mask, ...], worker: Worker, limits: Limits) -> bytes:  # noqa: ARG001
    argument = tuple((mask.words, mask.replacement) for mask in masks)
    try:
        _, blobs = worker.call("clean_html", original.data, argument)
    except WorkerFailedError as failure:
        raise OutputError(f"{original.path} 没有清理完：{failure.reason.message}", failure.reason.remedy) from failure
    if len(blobs) != 1:
        raise OutputError(f"{original.path} 没有清理完", "请重新运行")
    return blobs[0]


def _redacted(original: Original, masks: tuple[Mask, ...], worker: Worker, limits: Limits) -> bytes:
    """A rebuilt PDF or DOCX without the masked words anywhere; what the redaction refuses has no release copy."""
    from markpipe.pipeline.redact import Options, redact_file
    from markpipe.redaction.plan import Request
    from markpipe.redaction.policy import Gap

    request = Request(phrases=tuple(dict.fromkeys(mask.words for mask in masks)), patterns=(_NOTHING,), gap=Gap.CLASS)
    with TemporaryDirectory(prefix="markpipe-clean-") as folder:
        source = Path(folder, f"original{original.path.suffix}")
        source.write_bytes(original.data)
        out = Path(folder, f"copy{original.path.suffix}")
        try:
            redact_file(worker, limits, source, out, lambda _: request, Options(), lambda _: None)
        except MarkpipeError as error:
            raise OutputError(f"{original.path} 做不出可核验的公开件：{error.message}", error.remedy) from error
        return out.read_bytes()


_NOTHING = "(?!)"
"""A pattern that matches nothing: the file is rebuilt even where no words have to go."""

CLEANERS: dict[Format, Cleaner] = {
    Format.PLAIN: _plain,
    Format.HTML: _html,
    Format.PDF: _redacted,
    Format.DOCX: _redacted,
}


def digest_of(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
