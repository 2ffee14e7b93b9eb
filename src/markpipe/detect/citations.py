"""疑似派生: the number or mark of a classified document cited in running text.

::

    （某厅发〔2024〕12号，秘密★5年）   机密级文件某委〔2023〕5号   《……》（机密★20年）

A citation carries no content by itself; it is held for the handler's answer.  国家秘密, 商业秘密 and the like are no levels.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from markpipe.model.classification import LEVEL_PATTERN
from markpipe.model.decision import Citation
from markpipe.model.document import TextMap
from markpipe.text.fold import Folded

_HAN = "[\u3400-\u9fff]"
_NUMBER = re.compile(
    r"[〔\[(【﹝]\s?(?:19|20)\d{2}\s?[〕\])】﹞]\s?第?\s?\d{1,5}\s?号|第?\s?(?:19|20)\d{2}-\d{1,5}\s?号"
)
_PREFIX = re.compile(rf"(?:{_HAN}|[a-z]){{0,12}}\s?$")
_LEVEL = re.compile(
    rf"(?=[绝机秘])(?<!国家)(?<!商业)(?<!工作)(?<!技术)(?<!个人)(?<!军事)(?<!审判)(?<!侦查)(?<!经营)(?:{LEVEL_PATTERN})"
    rf"(?:\s?[★*]\s?(?:\d+\s?(?:年|个月|日)(?:\d+月\d+日)?|长期|{_HAN}{{2,12}}?前)?|级)?(?!法|局|部门|工作|押|封|武器)"
)
_LEAD = re.compile(
    r"(?:根据|依据|按照|依照|参照|遵照|参见|详见|见|以|按|和|及|与|的|并|该|经|由|如|引用|引自|摘自|转发|执行|落实|贯彻|印发|文件|密级文件|级文件|来文)+"
)
_TITLE_BEFORE = re.compile(
    r"(?:》|文件|通知|纪要|方案|来文|批复|报告|意见|材料|号)[”\"]?\s?[(\[【〔,]?\s?(?:密级[:为]?)?\s?$"
)
# what may stand between a number and its level: closing and opening signs, 文件, 密级为, 定为; no verb, no other matter
_BETWEEN = re.compile(
    r"(?:[\s,、;:()\[\]【】〔〕《》“”\"]|文件|密级|为|是|的|定|标注|标明|标有|属|系|件|原件|通知){0,10}"
)
_FARTHEST = 24
_LONGEST_LEVEL = 24
_BRACKETS = 120


def find_citations(text_map: TextMap, folded: Folded) -> tuple[Citation, ...]:
    """The citations of classified documents, in order.  Ids come from the words and how often they came before."""
    from markpipe.detect.marks import find_marks

    stretches = sorted(_stretches(folded.text))
    if not stretches:
        return ()
    at_place = [mark.span for mark in find_marks(text_map, folded) if mark.at_place]
    seen: Counter[str] = Counter()
    citations: list[Citation] = []
    reached = 0
    for start, end in stretches:
        span = folded.raw_span(start, end)
        if start < reached or any(span.overlaps(place) for place in at_place):
            continue
        reached = end
        words = folded.text[start:end]
        digest = hashlib.sha256(f"{words}\x1f{seen[words]}".encode()).hexdigest()
        seen[words] += 1
        citations.append(Citation(f"C-{digest[:12]}", span, folded.raw[span.start : span.end]))
    return tuple(citations)


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    if "密" not in text:
        return
    levels = list(_LEVEL.finditer(text))
    if not levels:
        return
    starts = [level.start() for level in levels]
    for number in _NUMBER.finditer(text):
        before = _PREFIX.search(text, max(0, number.start() - 13), number.start())
        start = number.start() - (len(before[0]) - _lead(before[0]) if before else 0)
        first = bisect_left(starts, start - _FARTHEST - _LONGEST_LEVEL)
        last = bisect_left(starts, number.end() + _FARTHEST + 1)
        near = [level for level in levels[first:last] if _beside(level, start, number.end(), text)]
        if near:
            yield min(start, *(level.start() for level in near)), max(number.end(), *(level.end() for level in near))
    for level in levels:
        if "★" in level[0] and _TITLE_BEFORE.search(text, max(0, level.start() - 12), level.start()):
            yield level.start(), level.end()


def _lead(words: str) -> int:
    """How much of what stands before a number is not its 机关代字: 根据, 机密级文件."""
    start = max((level.end() for level in _LEVEL.finditer(words)), default=0)
    lead = _LEAD.match(words, start)
    return lead.end() if lead else start


def _beside(level: re.Match[str], start: int, end: int, text: str) -> bool:
    """Whether a level word stands directly beside a number, or in the same brackets."""
    low, high = (end, level.start()) if level.start() >= end else (level.end(), start)
    if not 0 <= high - low <= _FARTHEST or "\n" in text[low:high]:
        return False
    if _BETWEEN.fullmatch(text, low, high):
        return True
    first = min(start, level.start())
    inside = text.rfind("(", max(0, first - _BRACKETS), first) > text.rfind(")", max(0, first - _BRACKETS), first)
    return inside and ")" not in text[low:high] and "(" not in text[low:high]
