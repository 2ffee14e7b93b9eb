"""密级, 保密期限 and the 国家秘密标志, with the one grammar in which a mark is written and read.

The grammar (国家秘密定密管理规定; form as in 2014 暂行规定 art. 24, `law.md` §4)::

    mark      = level [ "★" term ]            no spaces, no brackets, ★ is U+2605
    term      = duration | date | condition | "长期"
    duration  = [N "年"] [N "个月"] [N "日"]  Arabic digits, at least one part, none zero
    date      = YYYY "年" M "月" D "日"
    condition = words that say when it ends, for instance 会议开始前

This module does not know when a term ends: that needs a date (`classify.terms`).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import assert_never

STAR = "★"


class Level(IntEnum):
    """密级, ordered 秘密 < 机密 < 绝密 (保密法第十四条)."""

    MIMI = 1
    JIMI = 2
    JUEMI = 3

    @property
    def label(self) -> str:
        """The word that stands in a mark."""
        return _LEVEL_LABELS[self]

    @property
    def longest_years(self) -> int:
        """The longest term in years unless a 保密事项范围 says otherwise (保密法第二十条)."""
        return _LONGEST_YEARS[self]

    @classmethod
    def from_label(cls, label: str) -> Level:
        """The level a word names, also with 级 behind it; `ValueError` in Chinese when it names none."""
        for level, word in _LEVEL_LABELS.items():
            if label in (word, f"{word}级"):
                return level
        raise ValueError(f"“{label}”不是密级，密级只有绝密、机密、秘密")


_LEVEL_LABELS = {Level.MIMI: "秘密", Level.JIMI: "机密", Level.JUEMI: "绝密"}
_LONGEST_YEARS = {Level.MIMI: 10, Level.JIMI: 20, Level.JUEMI: 30}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time that starts on the 制发日 of the document that bears it."""

    years: int = 0
    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if min(self.years, self.months, self.days) < 0 or not (self.years or self.months or self.days):
            raise ValueError("保密期限必须大于零")

    @property
    def label(self) -> str:
        parts = ((self.years, "年"), (self.months, "个月"), (self.days, "日"))
        return "".join(f"{count}{unit}" for count, unit in parts if count)


@dataclass(frozen=True, slots=True)
class Until:
    """解密时间: protected through this day, free from the next."""

    date: dt.date

    @property
    def label(self) -> str:
        return date_label(self.date)


@dataclass(frozen=True, slots=True)
class Condition:
    """解密条件: ends only when a person records that it is met."""

    text: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("解密条件不能为空")

    @property
    def label(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Indefinite:
    """长期: never ends by itself."""

    @property
    def label(self) -> str:
        return "长期"


Term = Duration | Until | Condition | Indefinite


@dataclass(frozen=True, slots=True)
class Mark:
    """国家秘密标志: level and term.  `term` is None when the document bears none."""

    level: Level
    term: Term | None = None

    @property
    def text(self) -> str:
        """The mark as it is written on a carrier."""
        return self.level.label if self.term is None else f"{self.level.label}{STAR}{self.term.label}"


def date_label(date: dt.date) -> str:
    """A date as marks write it: 2035年3月2日."""
    return f"{date.year}年{date.month}月{date.day}日"


LEVEL_PATTERN = "绝密|机密|秘密"
DURATION_PATTERN = r"(?=\d)(?:(?P<years>\d{1,3})年)?(?:(?P<months>\d{1,4})个月)?(?:(?P<days>\d{1,5})日)?"
DATE_PATTERN = r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"

_DURATION = re.compile(DURATION_PATTERN, re.ASCII)
_DATE = re.compile(DATE_PATTERN, re.ASCII)
_MARK = re.compile(rf"(?P<level>{LEVEL_PATTERN})(?:(?P<star>{STAR})(?P<term>.*))?", re.DOTALL)
_HAN = "\u3400-\u9fff"
_CONDITION_WORDS = re.compile(rf"[{_HAN}]{{2}}")
_CONDITION_BAD = re.compile(rf"[\s{STAR}☆()（）\[\]【】〔〕@;；:：<>≤≥]")
# a number at the start is a length or a date gone wrong, unless it only says of which year or day the words speak
_BROKEN_NUMBER = re.compile(
    rf"[-+.]?\d(?!\d{{3}}年(?:\d{{1,2}}月(?:\d{{1,2}}日)?)?[{_HAN}]{{2}}|\d?月(?:\d{{1,2}}日)?[{_HAN}]{{2}}).*"
    r"|[零〇一二三四五六七八九十百拾两壹贰叁肆伍陆柒捌玖]+(?:年|个月|日|天)(?:半|零.*|以?内|以上|左右)?",
    re.DOTALL,
)
_NO_CONDITION = re.compile("长期.+|永久.*|永远.*|无限期.*|不限.*|终身|绝密级?|机密级?|秘密级?")
_CONDITION_LONGEST = 40


def parse_mark(text: str) -> Mark:
    """Read one mark, exactly as a carrier should bear it; `ValueError` in Chinese names the part that is wrong."""
    match = _MARK.fullmatch(text)
    if match is None:
        if not re.match(LEVEL_PATTERN, text):
            raise ValueError(f"“{text}”没有以密级开头，应写作“密级★期限”，如“机密★20年”")
        raise ValueError(f"“{text}”的密级与期限之间应是“★”，中间不留空格、不加括号")
    level = Level.from_label(match["level"])
    if not match["term"]:
        return Mark(level)
    return Mark(level, parse_term(match["term"]))


def parse_term(text: str) -> Term:
    """Read what stands behind ★; `ValueError` in Chinese names what is wrong."""
    if text == "长期":
        return Indefinite()
    if date := _DATE.fullmatch(text):
        try:
            return Until(dt.date(int(date["year"]), int(date["month"]), int(date["day"])))
        except ValueError:
            raise ValueError(f"解密时间“{text}”不是日历上的日子") from None
    if length := _DURATION.fullmatch(text):
        years, months, days = (int(length[unit] or 0) for unit in ("years", "months", "days"))
        try:
            return Duration(years, months, days)
        except ValueError:
            raise ValueError(f"保密期限“{text}”必须大于零") from None
    return _parse_condition(text)


def _parse_condition(text: str) -> Condition:
    if _BROKEN_NUMBER.fullmatch(text):
        raise ValueError(f"保密期限“{text}”写法不对，应如“10年”“6个月”“30日”“2035年3月2日”，用阿拉伯数字")
    if _CONDITION_BAD.search(text) or not text.isprintable():
        raise ValueError(f"“{text}”中有空格、括号或多余的符号，标志里不用")
    if _NO_CONDITION.fullmatch(text):
        raise ValueError(f"“{text}”不是期限，也不是解密条件；保密事项范围规定为长期的，写“长期”")
    if not _CONDITION_WORDS.search(text) or len(text) > _CONDITION_LONGEST:
        raise ValueError(f"“{text}”不是期限、解密时间或解密条件")
    return Condition(text)


def longer_than_allowed(level: Level, term: Term, start: dt.date | None = None) -> bool:
    """Whether a term is over the 30/20/10 years of 保密法第二十条 (a date needs the start to compare with)."""
    match term:
        case Duration(years, months, days):
            return (years + months / 12 + days / 365.25) > level.longest_years
        case Until(date):
            return start is not None and date > anniversary(start, level.longest_years)
        case Condition() | Indefinite():
            return False
        case _:
            assert_never(term)


def anniversary(start: dt.date, years: int = 0, months: int = 0) -> dt.date:
    """The same day `years` and `months` later, or the month's last day where there is none (民法典第二百零二条)."""
    month = start.month - 1 + months
    year, month = start.year + years + month // 12, month % 12 + 1
    return dt.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
