"""What a file says about its own level outside its pages: document properties, custom properties, meta elements.

Such a label is a claim as a mark is one, though nobody sees it.  Also the head that work secrets bear (内部事项 注意保管).
Marks on pages are `marks`'.  Judges nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markpipe.model.classification import LEVEL_PATTERN, STAR, Level, Mark
from markpipe.model.document import PartKind, TextMap
from markpipe.model.finding import Finding, FoundMark, Kind
from markpipe.model.span import Span

_LABELLED = frozenset({PartKind.METADATA, PartKind.CUSTOM_DATA, PartKind.BOOKMARK})
_NAME = "密级|保密级别|保密等级|涉密等级|文件密级|secrecy|secret|security|classification|category"
_LABEL = re.compile(
    rf"(?im)^[ \t]*(?:(?:{_NAME})[ \t]{{0,3}}[:：=\s][ \t]{{0,3}})?(?P<level>{LEVEL_PATTERN})级?(?P<term>\s*{STAR}[^\n]{{0,24}})?[ \t]*$"
)
_STARRED = re.compile(rf"(?P<level>{LEVEL_PATTERN}){STAR}[^\s,;，；]{{0,24}}")
_WORK = re.compile(
    r"(?m)^[ \t\u3000]*(?:\d{1,8}\s+)?[【\[(（]?(?P<words>内部(?:事项|资料|文件|材料|信息)?(?:[ \u3000★]*(?:注意|妥善)(?:保管|保存))?)[】\])）]?[ \t\u3000]*$"
)
_HEAD_LINES = 6


def find_labels(text_map: TextMap) -> tuple[FoundMark, ...]:
    """Levels in properties, each once; the term is not read: a label is looked into whatever it says."""
    found: list[FoundMark] = []
    for part in text_map.parts:
        if part.kind in _LABELLED:
            words = text_map.text[part.start : part.end]
            found.extend(_in_part(words, part.start))
    return tuple(found)


def _in_part(words: str, shift: int) -> Iterator[FoundMark]:
    reached = -1
    for match in sorted((*_LABEL.finditer(words), *_STARRED.finditer(words)), key=lambda each: each.start("level")):
        if match.start("level") > reached:
            reached = match.end()
            span = Span(match.start("level") + shift, match.end() + shift)
            mark = Mark(Level.from_label(match["level"]))
            yield FoundMark(span, words[match.start("level") : match.end()], mark, at_place=True)


def find_work_marks(text_map: TextMap) -> tuple[Finding, ...]:
    """The heads that work secrets bear, alone on a line among the first of a page, body or header."""
    found: list[Finding] = []
    for part in text_map.parts:
        if part.kind not in (PartKind.BODY, PartKind.PAGE, PartKind.HEADER, PartKind.TEXT_BOX):
            continue
        words = text_map.text[part.start : part.end]
        for match in _WORK.finditer(words):
            if sum(1 for line in words[: match.start("words")].splitlines() if line.strip()) >= _HEAD_LINES:
                break
            span = Span(match.start("words") + part.start, match.end("words") + part.start)
            found.append(
                Finding(
                    entry="WRK-1",
                    kind=Kind.WORK_SECRET,
                    span=span,
                    text=match["words"],
                    item="工作秘密标志",
                    basis="保密法第六十四条",
                    confidence=0.9,
                    why=("标志位置有“内部”字样",),
                )
            )
    return tuple(found)
