"""What kind of text this is: statute, paper, exercises, news, public notice, teaching material, contract form.

A genre is evidence: it makes a finding less likely and is named in its `why`.  It exempts nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice


class Genre(StrEnum):
    """Kinds of text in which the words of a secret often stand without the secret."""

    STATUTE = "法规条文"
    PAPER = "论文"
    EXERCISES = "试题集"
    NEWS = "新闻"
    NOTICE = "公告"
    TEACHING = "宣教材料"
    CONTRACT = "合同文本"


@dataclass(frozen=True, slots=True)
class _Sign:
    pattern: re.Pattern[str]
    least: int
    head_only: bool = False


_SIGNS: dict[Genre, tuple[_Sign, ...]] = {
    Genre.STATUTE: (_Sign(re.compile(r"(?m)^\s*第[一二三四五六七八九十百零〇\d]{1,5}条"), 5),),
    Genre.PAPER: (
        _Sign(re.compile(r"(?m)^.{0,6}摘\s?要"), 1),
        _Sign(re.compile(r"(?m)^.{0,4}关\s?键\s?词|^.{0,4}key\s?words|^.{0,6}参考文献|^#*\s?abstract"), 1),
    ),
    Genre.EXERCISES: (_Sign(re.compile(r"(?m)^\s*(?:[a-d][.、)]|[(]?\d{1,3}[).、].{0,80}[(]\s*[a-d对错√×]?\s*[)])"), 4),),
    Genre.NEWS: (_Sign(re.compile(r"本报讯|新华社|记者\s?[^\s,。]{2,8}\s?(?:报道|电|摄|获悉)|据[^。\n]{2,12}报道|[(]记者"), 1),),
    Genre.NOTICE: (_Sign(re.compile(r"(?m)^[^\n]{0,50}(?:公告|通告|公示|公报)\s*$|现予(?:以)?(?:公告|公示|公布)"), 1, head_only=True),),
    Genre.TEACHING: (_Sign(re.compile(r"宣传(?:月|周|教育|册|手册)|知识(?:问答|竞赛|手册|读本)|普法|科普|培训教材|教科书|常识"), 1, head_only=True),),
    Genre.CONTRACT: (_Sign(re.compile(r"甲方|乙方"), 6), _Sign(re.compile(r"合同|协议"), 2)),
}  # fmt: skip
_HEAD = 600


def genres(folded: str) -> tuple[Genre, ...]:
    """The genres that a folded text shows signs of, in the order of `Genre`; usually none or one."""
    head = folded[:_HEAD]
    return tuple(
        genre
        for genre, signs in _SIGNS.items()
        if all(_count(sign.pattern, head if sign.head_only else folded, sign.least) for sign in signs)
    )


def _count(pattern: re.Pattern[str], text: str, least: int) -> bool:
    return sum(1 for _ in islice(pattern.finditer(text), least)) == least
