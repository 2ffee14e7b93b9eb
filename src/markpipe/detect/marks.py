"""国家秘密标志 in a text, right and wrong forms, and whether they stand where a mark stands.

What a right mark is, `model.classification` alone knows: a find is brought into its form and parsed there, and what had
to be changed for that is the `problem`.  A level word in a sentence is no mark; one alone on its line near the head of a
page is.  Citations of classified documents are `citations`'.  Does not judge whether a level is justified.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from markpipe.detect.citations import find_citations
from markpipe.model.classification import STAR, Level, Mark, longer_than_allowed, parse_mark
from markpipe.model.document import Part, PartKind, TextMap
from markpipe.model.finding import FoundMark
from markpipe.text.fold import Folded
from markpipe.text.numerals import parse_chinese

__all__ = ["find_citations", "find_marks"]

HEAD_LINES = 6
LONGEST_LINE = 200
_SECRET = "密"  # every level word ends in it
_S = r"[^\S\n]{0,4}"
LEVEL = rf"(?:绝{_S}密|机{_S}密|秘{_S}密)"
_STARS = rf"[{STAR}*●○◎◆◇•·∙⋆▲△]"
_OPEN, _CLOSE = r"[(（\[【〔《“]", r"[)）\]】〕》”]"
_HAN = "[\u3400-\u9fff]"
_LENGTH = rf"(?:\d{{1,4}}|[一二三四五六七八九十百两拾廿]{{1,4}}){_S}(?:年|个?月|日|天|周)"
_TERM = (
    rf"(?:长{_S}期|\d{{4}}{_S}年{_S}\d{{1,2}}{_S}月{_S}\d{{1,2}}{_S}日|{_LENGTH}(?:零?{_S}{_LENGTH}){{0,2}}"
    rf"|{_HAN}{{2,16}}?(?:前|后|时|之日|为止)|{_HAN}{{2,20}})"
)
# 机密★10年, 机 密 * (10年), 绝密★; also 机密10年 without any star (only alone on its line, see _alone)
_STARRED = re.compile(
    rf"(?P<level>{LEVEL})(?:{_S}级)?{_S}(?P<star>{_STARS}){_S}(?P<open>{_OPEN})?{_S}(?P<term>{_TERM})?(?P<close>(?(open){_S}{_CLOSE}|))"
)
_TURNED = re.compile(rf"(?P<term>{_LENGTH}|长{_S}期){_S}(?P<star>{STAR}){_S}(?P<level>{LEVEL})")
_STAR_FIRST = re.compile(rf"(?P<star>{STAR}){_S}(?P<level>{LEVEL})(?:{_S}(?P<term>{_LENGTH}|长{_S}期))?")
_FIELDS = re.compile(
    rf"密{_S}级{_S}[:：]{_S}{_OPEN}?(?P<level>{LEVEL})级?{_CLOSE}?(?![、/或□])"
    rf"(?:[\s,，;；]{{0,8}}(?:保密)?期{_S}限{_S}[:：]{_S}(?P<term>{_TERM}))?"
)
_BARE = re.compile(
    rf"(?:(?P<open>{_OPEN}){_S})?(?P<level>{LEVEL}){_S}(?:(?P<star>{_STARS})?{_S}(?P<term>{_LENGTH}|长{_S}期))?(?P<close>{_CLOSE}?)"
)
_OTHERS = re.compile(rf"(?P<word>内部|核心商密|普通商密|商密|商业秘密|工作秘密){_S}{STAR}{_S}(?P<term>{_TERM})?")
# what may share the line with a mark: 份号 before it, 紧急程度 behind it
_COMPANY = re.compile(r"(?:(?:份号|编号|№|no\.?)?\s*[:：]?\s*\d{1,8}\s*(?:份|号)?|特急|加急|平急|急件|\s)*")
_SPACE = re.compile(r"\s")
_DATE_NUMBER = re.compile(r"[一二三四五六七八九十百两拾廿]+")
_HEADS = frozenset({PartKind.PAGE, PartKind.BODY, PartKind.TEXT_BOX, PartKind.COVERED, PartKind.HIDDEN, PartKind.IMAGE})


@dataclass(frozen=True, slots=True)
class _Shape:
    """A find in folded text, before it is judged."""

    start: int
    end: int
    level: str
    term: str
    problem: str = ""


def find_marks(text_map: TextMap, folded: Folded) -> tuple[FoundMark, ...]:
    """The marks in a document, in order, each once."""
    if _SECRET not in folded.text and STAR not in folded.text:
        return ()
    lines = _Lines(text_map, folded)
    shapes = sorted((*_starred(folded.text), *_alone(folded.text, lines)), key=lambda each: (each.start, -each.end))
    marks: list[FoundMark] = []
    reached = 0
    for shape in shapes:
        if shape.start >= reached:
            reached = shape.end
            marks.append(_judge(shape, folded, lines))
    return tuple(marks)


def _starred(text: str) -> Iterator[_Shape]:
    """Forms that nothing but a mark has, wherever they stand."""
    for match in _STARRED.finditer(text):
        if match["star"] == STAR or match["term"]:
            yield from _trimmed(match, text)
    if STAR not in text:
        return
    for match in _TURNED.finditer(text):
        yield _Shape(match.start(), match.end(), match["level"], match["term"], "密级应在★之前，期限在★之后")
    for match in _STAR_FIRST.finditer(text):
        yield _Shape(match.start(), match.end(), match["level"], match["term"] or "", "★应在密级与期限之间")
    for match in _OTHERS.finditer(text):
        problem = f"★只用于国家秘密标志，“{match['word']}”不得使用（保密法第二十二条）"
        yield _Shape(match.start(), match.end(), "", match["term"] or "", problem)


def _trimmed(match: re.Match[str], text: str) -> Iterator[_Shape]:
    """Signs other than ★ between a level word and a number may be prose (机密·10年 is a mark, 秘密·花园 is a title)."""
    term = match["term"] or ""
    if match["star"] != STAR and not re.fullmatch(rf"{_LENGTH}.*|长{_S}期|\d.*", term):
        return
    end = match.end() if term or match["close"] else match.end("star")
    before = text[max(0, match.start() - 2) : match.start()]
    if before in ("国家", "商业", "工作", "技术", "个人"):
        return
    yield _Shape(match.start(), end, match["level"], term)


def _alone(text: str, lines: _Lines) -> Iterator[_Shape]:
    """Forms that are a mark only as a line of their own: 机密, 【绝密】, 秘密10年, 密级：机密 保密期限：20年."""
    for start, end in lines.all():
        line = text[start:end]
        if len(line) > 40 or _SECRET not in line:
            continue
        if match := _FIELDS.search(line):
            left = line[: match.start()] + line[match.end() :]
            if _COMPANY.fullmatch(left):
                term = match["term"] or ""
                yield _Shape(
                    start + match.start(), start + match.end(), match["level"], term, "应写作“密级★期限”的形式"
                )
            continue
        for match in _BARE.finditer(line):
            left = line[: match.start()] + " " + line[match.end() :]
            if _COMPANY.fullmatch(left) and (match["term"] or lines.near_head(start)):
                problem = "密级与期限之间应有★" if match["term"] and not match["star"] else ""
                yield _Shape(start + match.start(), start + match.end(), match["level"], match["term"] or "", problem)


def _judge(shape: _Shape, folded: Folded, lines: _Lines) -> FoundMark:
    span = folded.raw_span(shape.start, shape.end)
    raw = folded.raw[span.start : span.end]
    at_place = lines.at_place(shape.start, shape.end)
    if not shape.level:
        return FoundMark(span, raw, None, at_place, shape.problem)
    level = Level.from_label(_SPACE.sub("", shape.level))
    wanted = level.label if not shape.term else f"{level.label}{STAR}{_arabic(_SPACE.sub('', shape.term))}"
    try:
        mark = parse_mark(wanted)
    except ValueError as error:
        return FoundMark(span, raw, Mark(level), at_place, str(error))
    return FoundMark(span, raw, mark, at_place, _problem(mark, wanted, raw, shape))


def _problem(mark: Mark, wanted: str, raw: str, shape: _Shape) -> str:
    problems = [shape.problem] if shape.problem else []
    if mark.term is None:
        problems.append("没有标明保密期限")
    elif longer_than_allowed(mark.level, mark.term):
        problems.append(f"{mark.level.label}级事项的保密期限最长{mark.level.longest_years}年，除非保密事项范围另有规定")
    if not problems and raw not in (wanted, f"{wanted}{STAR}"):
        problems.append(f"写法应为“{wanted}”，不留空格、不加括号，用实心的★和阿拉伯数字")
    return "；".join(problems)


def _arabic(term: str) -> str:
    """A term with Arabic digits and the units of the grammar."""
    if re.fullmatch(rf"(?:{_LENGTH}零?)+", term) and not re.match(r"\d{4}年", term):
        term = _DATE_NUMBER.sub(
            lambda match: str(parse_chinese(match[0].replace("廿", "二十"))), term.replace("零", "")
        )
        term = re.sub(r"(\d)月", r"\1个月", term).replace("天", "日")
    return term


class _Lines:
    """The lines of a text as laid out (also where a line end only wraps), and which of them head a page."""

    def __init__(self, text_map: TextMap, folded: Folded) -> None:
        self._map = text_map
        self._folded = folded
        wraps = set(np.searchsorted(folded.offsets, text_map.joins).tolist())
        hard = {match.start() for match in re.finditer("\n", folded.text)}
        self._breaks = sorted({*hard, *wraps, len(folded.text)})
        self._hard = hard
        self._starts = [each + 1 if each in hard else each for each in self._breaks]

    def all(self) -> Iterator[tuple[int, int]]:
        """Every line with words in it, as folded offsets."""
        start = 0
        for end in self._breaks:
            if self._folded.text[start:end].strip():
                yield start, end
            start = end + 1 if end in self._hard else end

    def near_head(self, offset: int) -> bool:
        """Whether a folded offset stands among the first lines of a page, a text's body or a text box, or in a header."""
        part = self._part(offset)
        if part is None:
            return False
        if part.kind is PartKind.HEADER:
            return True
        raw = int(self._folded.offsets[offset])
        if raw - part.start > HEAD_LINES * LONGEST_LINE:
            return False
        before = self._map.text[part.start : raw]
        lines = before[: before.rfind("\n") + 1].splitlines()
        return part.kind in _HEADS and sum(1 for line in lines if line.strip()) < HEAD_LINES

    def at_place(self, start: int, end: int) -> bool:
        """Whether a find is alone on its line, and the line heads a page."""
        above = bisect_right(self._starts, start) - 1
        low = self._starts[above] if above >= 0 else 0
        high = self._breaks[bisect_left(self._breaks, end)]
        left = self._folded.text[low:start] + " " + self._folded.text[end:high]
        return bool(_COMPANY.fullmatch(left)) and self.near_head(start)

    def _part(self, offset: int) -> Part | None:
        raw = int(self._folded.offsets[offset])
        return self._map.part_at(raw) if raw < len(self._map.text) and self._map.parts else None
