"""A release copy of one file: what it shows, without what must not leave, made anew by the means of its format.

::

    text        the words themselves, masked, invisible characters dropped      here
    html        rebuilt from an allow-list                                       formats.htmlclean in the sandbox
    jpeg png    the pixels alone, upright, encoded anew                          formats.pictureclean in the sandbox
    xlsx        the cells of visible sheets, rows and columns, as values         formats.xlsxclean in the sandbox
    pdf docx    rebuilt without the masked words, proven by other tools          pipeline.redact
    zip         each file in it cleaned by its own means, packed anew            pipeline.cleanpacked

Files embedded in a PDF or DOCX stay behind.  Anything else, and anything that one of these refuses, has no release copy:
`OutputError`, and nothing is released.  Whether the copy is good is for `pipeline.review` to find out by reading it again.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from markpipe import __version__
from markpipe.detect.masking import hidden_middle
from markpipe.errors import MarkpipeError, OutputError
from markpipe.model.document import Document, Format, PartKind
from markpipe.model.limits import Limits
from markpipe.model.publication import ORIGINAL_MARK, Mask, Removed
from markpipe.model.span import Span
from markpipe.pipeline.cleanpacked import WORKBOOK, Inner, office_name, repacked
from markpipe.pipeline.sandbox import Worker, WorkerFailedError
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.proof.picture import check_picture
from markpipe.proof.recognise import places_of, recognise
from markpipe.proof.versions import Tool, versions
from markpipe.proof.workbook import check_workbook

EMBEDDED = "嵌入的文件"
"""The class of files inside a document: a release copy comes without them."""

_KEEP = "\n\t"
_ROUNDS = 4
_ZIP = b"PK\x03\x04"
_OTHER_PICTURE = (b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
_HOW_PICTURE = "请用图像软件另存为 PNG 或者 JPEG 后重新送审"
_PICTURE = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_HOW = "请另存为 PDF、DOCX、网页或纯文本后重新送审"
_UNSEEN = {
    PartKind.COMMENT: "批注",
    PartKind.ANNOTATION: "注释的说明（注释在页上看得见的照画）",
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
    """A file to be cleaned, as it was read; `name` is what messages call it."""

    name: str
    path: Path
    data: bytes
    document: Document


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A release copy: its bytes, what was removed by class, and the tools that made and checked it, with versions."""

    data: bytes
    removed: tuple[Removed, ...]
    checkers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Means:
    """What cleaning works with; `inner` makes the release copy of a file that lies in another."""

    worker: Worker
    limits: Limits
    inner: Inner


Cleaner = Callable[[Original, tuple[Mask, ...], Means], bytes]


def clean(original: Original, masks: tuple[Mask, ...], means: Means) -> Cleaned:
    """The release copy; `OutputError` where there is no way to make one that can be checked."""
    document = original.document
    ours = f"markpipe {__version__}"
    if original.data.startswith(_ZIP) and document.format is Format.UNKNOWN and not office_name(original.data):
        data, inside, checkers = repacked(original.name, original.data, means.inner)
        return Cleaned(data, inside, tuple(dict.fromkeys((ours, *checkers))))
    cleaner, tools = _means_of(original)
    data = cleaner(original, masks, means)
    return Cleaned(data, _removed(document, masks), (ours, *versions(tools)))


def _means_of(original: Original) -> tuple[Cleaner, tuple[Tool, ...]]:
    """How a file is cleaned, and which other programs take part in checking it."""
    known = CLEANERS.get(original.document.format)
    if known is not None:
        return known
    if original.data.startswith(_PICTURE):
        return _picture, (Tool.TESSERACT,)
    if original.data.startswith(_OTHER_PICTURE):
        raise OutputError(f"{original.name} 是 JPEG、PNG 以外的图片，没有可核验的清理办法", _HOW_PICTURE)
    named = office_name(original.data) if original.data.startswith(_ZIP) else ""
    if named == WORKBOOK:
        return _workbook, ()
    raise OutputError(f"{original.name} {f'是{named}，' if named else '的格式'}没有可核验的清理办法", _HOW)


def _removed(document: Document, masks: tuple[Mask, ...]) -> tuple[Removed, ...]:
    parts = document.text_map.parts
    counts = Counter(mask.kind for mask in masks)
    counts.update(_UNSEEN[part.kind] for part in parts if not part.visible and not part.path and part.kind in _UNSEEN)
    counts.update({EMBEDDED: len({part.path[0] for part in parts if part.path})})
    return tuple(Removed(kind, count) for kind, count in sorted(counts.items()) if count)


def _plain(original: Original, masks: tuple[Mask, ...], means: Means) -> bytes:  # noqa: ARG001 - cleaners share one signature
    text_map = original.document.text_map
    text = text_map.text
    if len(text_map.parts) != 1 or text.lstrip("\ufeff \r\n\t").startswith("<"):
        raise OutputError(f"{original.name} 不是单纯的文字", _HOW)
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


def _html(original: Original, masks: tuple[Mask, ...], means: Means) -> bytes:
    return _by_worker(original, means, "clean_html", tuple((mask.words, mask.replacement) for mask in masks))


def _picture(original: Original, masks: tuple[Mask, ...], means: Means) -> bytes:
    """The pixels alone; words to be masked that show are painted over, until another recognition reads none of them."""
    text_map = original.document.text_map
    shown = tuple(dict.fromkeys(hidden_middle(mask) for mask in masks if text_map.part_at(mask.span.start).visible))
    wiped: list[tuple[float, float, float, float]] = []
    for _ in range(_ROUNDS):
        data = _by_worker(original, means, "clean_picture", tuple(wiped))
        if problems := check_picture(data):
            raise OutputError(f"{original.name} 清理后核对不通过：{'；'.join(problems)}", "请另存为普通 JPEG 或者 PNG")
        places = places_of(shown, recognise(data, 1, 1.0), "") if shown else []
        if not places:
            return data
        wiped += [(box.left, box.top, box.right, box.bottom) for _, boxes in places for box in boxes]
    raise OutputError(f"{original.name} 的画面上仍看得见要遮盖的内容", "请先人工遮盖，再重新送审")


def _workbook(original: Original, masks: tuple[Mask, ...], means: Means) -> bytes:
    data = _by_worker(original, means, "clean_workbook", tuple((mask.words, mask.replacement) for mask in masks))
    if problems := check_workbook(data, [mask.words for mask in masks]):
        raise OutputError(f"{original.name} 清理后核对不通过：{'；'.join(problems)}", "请另存为 PDF 后重新送审")
    return data


def _by_worker(original: Original, means: Means, operation: str, argument: object) -> bytes:
    try:
        _, blobs = means.worker.call(operation, original.data, argument)
    except WorkerFailedError as failure:
        raise OutputError(f"{original.name} 没有清理完：{failure.reason.message}", failure.reason.remedy) from failure
    if len(blobs) != 1:
        raise OutputError(f"{original.name} 没有清理完", "请重新运行")
    return blobs[0]


def _redacted(original: Original, masks: tuple[Mask, ...], means: Means) -> bytes:
    """A rebuilt PDF or DOCX without the masked words anywhere; what the redaction refuses has no release copy."""
    from markpipe.pipeline.redact import Options, redact_file
    from markpipe.redaction.plan import Request
    from markpipe.redaction.policy import Gap

    phrases = tuple(dict.fromkeys(hidden_middle(mask) for mask in masks))
    request = Request(phrases=phrases, patterns=(_NOTHING,), gap=Gap.CLASS)
    with work_folder(default_root()) as folder:
        source = Path(folder, f"original{original.path.suffix}")
        source.write_bytes(original.data)
        out = Path(folder, f"copy{original.path.suffix}")
        try:
            redact_file(means.worker, means.limits, source, out, lambda _: request, Options(), lambda _: None)
        except MarkpipeError as error:
            raise OutputError(f"{original.name} 做不出可核验的公开件：{error.message}", error.remedy) from error
        return out.read_bytes()


_NOTHING = "(?!)"
"""A pattern that matches nothing: the file is rebuilt even where no words have to go."""

CLEANERS: dict[Format, tuple[Cleaner, tuple[Tool, ...]]] = {
    Format.PLAIN: (_plain, ()),
    Format.HTML: (_html, ()),
    Format.PDF: (_redacted, (Tool.PYPDF, Tool.POPPLER, Tool.TESSERACT)),
    Format.DOCX: (_redacted, (Tool.TESSERACT,)),
}


def digest_of(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
