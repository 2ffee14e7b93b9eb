"""Conditions around an anchor: numbers with units, and what is still to come or already over.

Works on folded text, so `１∶５万`, `1:50000` and `五万分之一` are one.  Judges wording only: no calendar, no today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markpipe.detect.catalogue import Bound, Measure
from markpipe.text.numerals import NUMBER, find_scales, parse_number

_ANGLE = {
    "°": 60.0, "度": 60.0, "′": 1.0, "'": 1.0, "’": 1.0, "分": 1.0, "角分": 1.0,
    "′′": 1 / 60, "″": 1 / 60, '"': 1 / 60, "秒": 1 / 60, "角秒": 1 / 60,
}  # fmt: skip
_LENGTHS = {
    "米": 1.0,
    "m": 1.0,
    "公尺": 1.0,
    "千米": 1000.0,
    "公里": 1000.0,
    "km": 1000.0,
    "厘米": 0.01,
    "cm": 0.01,
    "毫米": 0.001,
    "mm": 0.001,
    "分米": 0.1,
    "dm": 0.1,
}
_AREAS = {
    "平方千米": 1.0, "平方公里": 1.0, "km2": 1.0, "km²": 1.0, "平方米": 1e-6, "m2": 1e-6, "公顷": 0.01, "hm2": 0.01,
    "亩": 1 / 1500, "万亩": 20 / 3,
}  # fmt: skip
_GRAVITY = {"毫伽": 1.0, "mgal": 1.0, "微伽": 0.001, "μgal": 0.001, "ugal": 0.001}
_MONEY = {"元": 1e-4, "万元": 1.0, "百万元": 100.0, "千万元": 1000.0, "亿元": 1e4, "千元": 0.1}
_UNITS: dict[Measure, dict[str, float]] = {
    Measure.AREA: _AREAS,
    Measure.LENGTH: _LENGTHS,
    Measure.INTERVAL: _LENGTHS,
    Measure.GRAVITY: _GRAVITY,
    Measure.ARC: _ANGLE,
    Measure.MONEY: _MONEY,
}


def _pattern(measure: Measure) -> re.Pattern[str]:
    units = "|".join(sorted(map(re.escape, _UNITS[measure]), key=len, reverse=True))
    # no numeral ends in 百千: the 千 of 三百千米 belongs to the unit
    return re.compile(
        rf"(?<![\d.:])(?P<number>{NUMBER})(?<![十百千万亿]千)(?P<factor>余|多)?\s?(?P<unit>{units})(?![a-z\d])",
        re.ASCII,
    )


_PATTERNS = {measure: _pattern(measure) for measure in _UNITS}
# a length is a contour interval only beside that word
_INTERVAL_WORDS = re.compile("等高距|等高线|高程|间距|间隔")
_BESIDE = 16


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a measure in folded text: `value` in the base unit; `chinese` says it was in Chinese numerals."""

    start: int
    end: int
    value: float
    chinese: bool


def find_numbers(measure: Measure, folded: str, start: int, end: int) -> Iterator[Number]:
    """Every number of a measure in a stretch of folded text."""
    if measure is Measure.SCALE:
        for scale in find_scales(folded, start, end):
            yield Number(scale.start, scale.end, scale.denominator, scale.chinese)
        return
    for match in _PATTERNS[measure].finditer(folded, start, end):
        try:
            value = parse_number(match["number"])
        except (ValueError, KeyError):
            continue
        if measure is Measure.INTERVAL and not _INTERVAL_WORDS.search(
            folded, max(start, match.start() - _BESIDE), min(end, match.end() + _BESIDE)
        ):
            continue
        factor = _UNITS[measure][match["unit"]]
        yield Number(match.start(), match.end(), value * factor, not match["number"][0].isdigit())


def meets(bound: Bound, folded: str, start: int, end: int) -> Number | None:
    """The first number in a stretch that lies between the bounds."""
    return next(
        (number for number in find_numbers(bound.measure, folded, start, end) if bound.holds(number.value)), None
    )


# 尚未公布, 未向社会公布, 没有启用, 拟于6月7日启用, 待公布; but not 公布
_NOT_YET = re.compile(
    r"(?:尚未|还未|仍未|并未|从未|未予|未经|未曾|未|没有|还没|没|尚待|暂不|暂缓|暂未|不得|不能|不应|不宜|不予|不可|不许|不准|不要|不再|不|禁止|严禁|非"
    r"|请勿|切勿|勿|防止|避免|以免|谨防|严防|待|等待|等候|(?<![模虚])拟(?!合)|拟于|拟定|将于|将|即将|准备|计划|临近|距离?)"
    r"(?:[^\n。!?,、;:]{0,8})$"
)
_BEFORE = re.compile(
    r"(?:[(（]?[^\n。!?,;:]{0,2}[)）]?)?(?:之前|以前|为止|前夕|前(?!后|期|来|往|提|述|景|沿|一))"
    r"|(?:当天|当日|时|后)?[^\n。!?,;:]{0,6}方可|(?:还|尚)有|在即"
)
_OVER = re.compile(
    r"(?:[^\n。!?,;:]{0,4})(?:之后|以后|后(?!续|台|勤|备|果))|(?:[^\n。!?,;:]{0,2})(?:完毕|结束)(?!前|之前|以前)"
)
_ALREADY = re.compile(r"(?:已经|已于|已|曾|业已|早已)(?:[^\n。!?,、;:]{0,8})$")
_LOOK = 12


def to_come(folded: str, start: int, end: int) -> bool:
    """Whether the event word at [start, end) is spoken of as still to come or forbidden: 尚未公布, 公布前, 待启用."""
    behind, ahead = folded[end : end + _LOOK], folded[max(0, start - _LOOK) : start]
    return bool(_BEFORE.match(behind) or (_NOT_YET.search(ahead) and not _ALREADY.search(ahead)))


def is_over(folded: str, start: int, end: int) -> bool:
    """Whether the event word at [start, end) is spoken of as over: 公布后, 已启用."""
    behind, ahead = folded[end : end + _LOOK], folded[max(0, start - _LOOK) : start]
    return bool(_OVER.match(behind) or _ALREADY.search(ahead)) and not _BEFORE.match(behind)
