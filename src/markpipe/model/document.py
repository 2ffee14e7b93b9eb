"""What reading a file gives: one text, one coordinate system, and what could not be read.

::

    TextMap.text   关于试题的通知\\n  各区县：…\\t…   <- every offset anywhere in the program counts code points in here
    parts          |--- page 1 ---|-- page 2 --|-- metadata --|     cover the text from end to end, in order
    joins               ^                                         a line end that only wraps the line: may be skipped
    gaps                            ^        ^                    a cell, paragraph or part end: no match crosses it

Character boxes are costly, so a text map starts without them; `with_boxes` adds those of the pages that have
findings.  Nothing here knows a file format.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from markpipe.model.span import Span as Span

Offsets = NDArray[np.int64]
Boxes = NDArray[np.float32]


class Format(StrEnum):
    """A format by content, never by file name."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    HTML = "html"
    PLAIN = "text"
    UNKNOWN = "unknown"


class PartKind(StrEnum):
    """Where in a file a stretch of text stands.  The value is a stable id; `.label` is what people read."""

    BODY = "body"
    PAGE = "page"
    HEADER = "header"
    FOOTER = "footer"
    NOTE = "note"
    COMMENT = "comment"
    INSERTION = "insertion"
    DELETION = "deletion"
    TEXT_BOX = "textbox"
    HIDDEN = "hidden"
    COVERED = "covered"
    OUTSIDE = "outside"
    LAYER_OFF = "layer-off"
    ANNOTATION = "annotation"
    FORM_FIELD = "form-field"
    FIELD_CODE = "field-code"
    LINK = "link"
    ALTERNATIVE = "alternative-text"
    BOOKMARK = "bookmark"
    METADATA = "metadata"
    CUSTOM_DATA = "custom-data"
    CHART = "chart"
    SCRIPT = "script"
    REVISION = "revision"
    RESIDUE = "residue"
    IMAGE = "image"
    ATTACHMENT = "attachment"

    @property
    def label(self) -> str:
        """The Chinese name of the place."""
        return _PART_LABELS[self]


_PART_LABELS = {
    PartKind.BODY: "正文",
    PartKind.PAGE: "页面",
    PartKind.HEADER: "页眉",
    PartKind.FOOTER: "页脚",
    PartKind.NOTE: "脚注尾注",
    PartKind.COMMENT: "批注",
    PartKind.INSERTION: "修订插入",
    PartKind.DELETION: "修订删除",
    PartKind.TEXT_BOX: "文本框",
    PartKind.HIDDEN: "隐藏文字",
    PartKind.COVERED: "被遮盖的文字",
    PartKind.OUTSIDE: "页面可见范围之外",
    PartKind.LAYER_OFF: "关闭的图层",
    PartKind.ANNOTATION: "注释",
    PartKind.FORM_FIELD: "表单域",
    PartKind.FIELD_CODE: "域代码",
    PartKind.LINK: "链接地址",
    PartKind.ALTERNATIVE: "替代文字",
    PartKind.BOOKMARK: "书签",
    PartKind.METADATA: "文档属性",
    PartKind.CUSTOM_DATA: "自定义数据",
    PartKind.CHART: "图表数据",
    PartKind.SCRIPT: "脚本",
    PartKind.REVISION: "以前的版本",
    PartKind.RESIDUE: "残留数据",
    PartKind.IMAGE: "图片",
    PartKind.ATTACHMENT: "附件",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of the text with its place: `name` is stable inside the file (`page:3`, `word/header1.xml`).

    `start` and `end` are offsets in `TextMap.text`; `page` counts from 1; `recognised` says the text is OCR's.
    `path` names the chain of files it is nested in, outermost first (empty for the file itself).
    """

    name: str
    kind: PartKind
    start: int
    end: int
    visible: bool = True
    page: int | None = None
    recognised: bool = False
    path: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The place in Chinese, for a report: 第3页, 附件 a.docx 的页眉."""
        here = f"第{self.page}页" if self.page is not None else self.kind.label
        if self.page is not None and self.kind is not PartKind.PAGE:
            here = f"{here}{self.kind.label}"
        return f"附件 {'/'.join(self.path)} 的{here}" if self.path else here


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page in points from the top left corner of the page as displayed; `page` counts from 1."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


def _no_offsets() -> Offsets:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class TextMap:
    """The text of a document, and for each character where it lies (see the module's drawing).

    `boxes` maps the name of a part to an array of shape (end - start, 4) in points, one row a character, NaN
    where a character has no ink; only parts that were asked for are there.
    """

    text: str = ""
    parts: tuple[Part, ...] = ()
    joins: Offsets = field(default_factory=_no_offsets)
    gaps: Offsets = field(default_factory=_no_offsets)
    boxes: Mapping[str, Boxes] = field(default_factory=dict)

    def part_at(self, offset: int) -> Part:
        """The part that a character stands in; `IndexError` beyond the text."""
        index = bisect_right(self.parts, offset, key=lambda part: part.start) - 1
        if index < 0 or offset >= self.parts[index].end:
            raise IndexError(f"offset {offset} is in no part")
        return self.parts[index]

    def paragraph_at(self, offset: int) -> int:
        """The number of the paragraph within its part, counted from 1: hard line ends before it."""
        part = self.part_at(offset)
        # A part may go on in further ones of its name (an insertion in the middle of a story); they count as one.
        start = next(each.start for each in self.parts if (each.name, each.path) == (part.name, part.path))
        before = self.text.count("\n", start, offset)
        soft = np.searchsorted(self.joins, [start, offset])
        return before - int(soft[1] - soft[0]) + 1

    def with_boxes(self, name: str, boxes: Boxes) -> TextMap:
        """The same map that also knows the character boxes of the part `name`."""
        part = next(part for part in self.parts if part.name == name)
        if boxes.shape != (part.end - part.start, 4):
            raise ValueError(
                f"boxes of {name} have shape {boxes.shape}, its text has {part.end - part.start} characters"
            )
        return replace(self, boxes={**self.boxes, name: boxes})

    def boxes_of(self, span: Span) -> tuple[Box, ...]:
        """The rectangles that cover a span, one a line; empty where no boxes were loaded."""
        found: list[Box] = []
        for part in self.parts:
            if part.page is None or part.name not in self.boxes or not span.overlaps(Span(part.start, part.end)):
                continue
            rows = self.boxes[part.name][max(span.start, part.start) - part.start : span.end - part.start]
            found.extend(_lines(part.page, rows[~np.isnan(rows).any(axis=1)]))
        return tuple(found)


def _lines(page: int, rows: Boxes) -> list[Box]:
    """Merge character boxes that follow each other on one line (or in one column of vertical writing)."""
    merged: list[Box] = []
    for left, top, right, bottom in rows.tolist():
        if merged:
            last = merged[-1]
            same_line = min(bottom, last.bottom) - max(top, last.top) > 0.5 * min(bottom - top, last.bottom - last.top)
            # a column is one character wide: what stands below a whole line is the next line, not more of it
            overlap = min(right, last.right) - max(left, last.left)
            widest = max(right - left, last.right - last.left)
            same_column = overlap > 0.5 * widest and top - last.bottom < bottom - top
            if same_line or same_column:
                merged[-1] = Box(
                    page, min(left, last.left), min(top, last.top), max(right, last.right), max(bottom, last.bottom)
                )
                continue
        merged.append(Box(page, left, top, right, bottom))
    return merged


def concatenate(outer: TextMap, inner: TextMap, path: tuple[str, ...]) -> TextMap:
    """`outer` followed by the text of a file nested in it; the parts of `inner` get `path` before their own."""
    separator = "" if not outer.text or outer.text.endswith("\n") else "\n"
    shift = len(outer.text) + len(separator)
    parts = outer.parts
    gaps = outer.gaps
    if separator:
        parts = (*parts[:-1], replace(parts[-1], end=shift))
        gaps = np.append(gaps, shift - 1)
    nested = tuple(
        replace(part, start=part.start + shift, end=part.end + shift, path=(*path, *part.path)) for part in inner.parts
    )
    return TextMap(
        outer.text + separator + inner.text,
        parts + nested,
        np.concatenate([outer.joins, inner.joins + shift]),
        np.concatenate([gaps, inner.gaps + shift]),
        outer.boxes,
    )


def visible_text(text_map: TextMap) -> TextMap:
    """The map of the parts that a reader sees, with offsets of its own and no boxes."""
    seen = tuple(part for part in text_map.parts if part.visible)
    parts: list[Part] = []
    joins: list[Offsets] = []
    gaps: list[Offsets] = []
    length = 0
    for part in seen:
        shift = length - part.start
        parts.append(replace(part, start=length, end=part.end + shift))
        joins.append(text_map.joins[(text_map.joins >= part.start) & (text_map.joins < part.end)] + shift)
        gaps.append(text_map.gaps[(text_map.gaps >= part.start) & (text_map.gaps < part.end)] + shift)
        length = part.end + shift
    return TextMap(
        "".join(text_map.text[part.start : part.end] for part in seen),
        tuple(parts),
        np.concatenate([_no_offsets(), *joins]),
        np.concatenate([_no_offsets(), *gaps]),
    )


class UnreadReason(StrEnum):
    """Why something was not read.  The value is a stable id; `.message` and `.remedy` are what people read."""

    MISSING = "missing"
    PERMISSION = "permission"
    NOT_A_FILE = "not-a-file"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    UNSUPPORTED = "unsupported"
    NOT_READ_YET = "not-read-yet"
    NO_TEXT = "no-text"
    UNTRUSTED_TEXT = "untrusted-text"
    OCR_DIFFERS = "ocr-differs"
    OCR_OFF = "ocr-off"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    BOMB = "bomb"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    CHANGED = "changed"

    @property
    def message(self) -> str:
        """What happened, in Chinese."""
        return _UNREAD[self][0]

    @property
    def remedy(self) -> str:
        """What to do about it, in Chinese."""
        return _UNREAD[self][1]


_UNREAD = {
    UnreadReason.MISSING: ("文件不存在", "核对路径后重新运行"),
    UnreadReason.PERMISSION: ("没有读取权限", "请有权限的人员运行，或调整文件权限"),
    UnreadReason.NOT_A_FILE: ("不是普通文件", "链接、管道和设备不读，请提供文件本身"),
    UnreadReason.EMPTY: ("空文件", "核对是否保存成功"),
    UnreadReason.ENCRYPTED: ("已加密，无法读取", "请去除打开口令后重新提交"),
    UnreadReason.DAMAGED: ("文件已损坏或不完整", "请重新导出或重新获取该文件"),
    UnreadReason.UNSUPPORTED: ("不支持的文件类型", "请另存为 PDF、DOCX 或纯文本后重新提交"),
    UnreadReason.NOT_READ_YET: ("有尚不能读取的内容", "请人工查看该处内容"),
    UnreadReason.NO_TEXT: ("没有文字层，可能是扫描件", "请用文字识别处理后再提交，或人工审看"),
    UnreadReason.UNTRUSTED_TEXT: ("文字层不可信", "请人工审看，或用文字识别处理"),
    UnreadReason.OCR_DIFFERS: ("文字层与所见内容不一致", "请人工对照审看"),
    UnreadReason.OCR_OFF: ("需要文字识别而没有进行", "去掉 --ocr never，或人工审看"),
    UnreadReason.TOO_LARGE: ("超过大小上限", "请拆分文件，或由管理员调整上限"),
    UnreadReason.TOO_DEEP: ("嵌套层数过多", "请把内层文件单独提交"),
    UnreadReason.BOMB: ("压缩内容异常膨胀", "文件可能有恶意，请勿打开，交管理员处理"),
    UnreadReason.TIMEOUT: ("读取超时", "请拆分文件后再试，或人工审看"),
    UnreadReason.MEMORY: ("读取所需内存超过上限", "请拆分文件后再试，或人工审看"),
    UnreadReason.CRASHED: ("读取程序异常退出", "文件可能已损坏或有恶意，请人工处理"),
    UnreadReason.CHANGED: ("读取过程中文件被改动", "请在文件不再改动后重新运行"),
}


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was not read: `where` in Chinese (全文, 第3页, 页眉 …), why, and a detail without document text."""

    where: str
    reason: UnreadReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A file inside a file: only `pipeline.dispatch` looks into it.  `name` is untrusted."""

    name: str
    data: bytes
    where: str


class ReadStatus(StrEnum):
    """How much of a file was read."""

    READ = "read"
    PARTIAL = "partial"
    UNREAD = "unread"


class Trait(StrEnum):
    """What a file is, beside its words, that matters to whoever changes it.  The value is a stable id."""

    SIGNED = "signed"
    PORTFOLIO = "portfolio"
    RESTRICTED = "restricted"

    @property
    def message(self) -> str:
        """What it means, in Chinese."""
        return _TRAITS[self]


_TRAITS = {
    Trait.SIGNED: "文件有电子签名，加标志、脱密或另存后签名失效",
    Trait.PORTFOLIO: "文件包：各文件在附件中，页面只是封面",
    Trait.RESTRICTED: "文件用权限口令限制了编辑或打印，内容不受保护",
}


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A file as read.  `digest` is the SHA-256 of its bytes in hex; `pages` is None where a format has none."""

    format: Format
    digest: str
    text_map: TextMap = field(default_factory=TextMap)
    pages: int | None = None
    unread: tuple[Unread, ...] = ()
    embedded: tuple[Embedded, ...] = ()
    title: str = ""
    traits: tuple[Trait, ...] = ()

    @property
    def text(self) -> str:
        """The raw text that every offset counts in."""
        return self.text_map.text

    @property
    def status(self) -> ReadStatus:
        """Read, partly read, or not at all: properties of a scan whose pages were not read do not make it read."""
        if not self.unread:
            return ReadStatus.READ
        return ReadStatus.PARTIAL if any(part.visible for part in self.text_map.parts) else ReadStatus.UNREAD
