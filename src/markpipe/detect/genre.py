"""What kind of text this is: statute, paper, exercises, news, public notice, teaching material, contract form.

A genre is evidence: it makes a finding less likely and is named in its `why`.  It exempts nothing.  Apart from that a
single sentence may speak of rules only (`is_general`); such a sentence holds no secret.
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
_NEAR = 300

_ARTICLE = re.compile(r"\s*第[一二三四五六七八九十百零〇\d]{1,5}条")
# 属于绝密级材料, 列为机密, 定为国家秘密: says how such things are classified
_CLASSIFIES = re.compile(
    r"(?:属于?|列为|定为|划为|分为|均为|视为|确定为|规定为|按照?|作为)[^。\n]{0,8}"
    r"(?:国家秘密|(?:绝密|机密|(?<!商业)(?<!工作)(?<!技术)秘密)(?:级|材料|事项|文件|$|[,。;)]))"
)
# an exercise: 下列哪项属于…, A.高考试题启用前
_EXERCISE = re.compile(
    r"下列|以下(?:哪|说法|选项|表述)|哪(?:一)?项|选择题|判断题|[(]\s*[)]|(?:^|[\s?？。])a[.、].{1,60}b[.、]"
)
# a date, a number of things, this office, this lot: speaks of one thing, not of all such things
_PARTICULAR = re.compile(
    r"(?:19|20)\d\d\s?(?:年|-|\.|/)|\d{1,2}月\d{1,2}日|本(?:次|批|套|科|卷|省|县|局|院|校|单位|中心|组|年度|处|厅|委|部|系统)"
    r"|今年|明年|下月|我(?:省|市|县|区|局|院|校|处|委|部|厅|国家级|单位|中心|司|公司|集团|行|办)|附件|现将|现有|现已|现报|已(?:完成|于|经|印|送|入|移|由|编|全部)"
    r"|如下|见附|名单[:(]|\d+\s?(?:份|套|册|袋|箱|人|名|件|盒)|[该此](?:套|批|卷|成果|图|文件)|拟于|定于|某[市省县局]"
)


def rules_from(folded: str, kinds_of_text: tuple[Genre, ...]) -> int:
    """From where on a statute's articles run (also their second and third paragraphs); the text's end in other texts."""
    if Genre.STATUTE not in kinds_of_text:
        return len(folded)
    first = re.search(rf"(?m)^{_ARTICLE.pattern}", folded)
    return len(folded) if first is None else first.start()


def is_general(folded: str, at: int, unit: tuple[int, int], paragraph: tuple[int, int], rules_start: int) -> bool:
    """Whether the sentence around `at` only says how such matters are to be treated: an article of a rule, an exercise, a word on classification.

    It must name nothing particular; one that does is a matter like any other, whatever text it stands in.
    """
    # a text without full stops is one sentence: what counts stands near by
    sentence = folded[max(unit[0], at - _NEAR) : min(unit[1], at + _NEAR)]
    in_rule = unit[0] >= rules_start or _ARTICLE.match(folded, paragraph[0], paragraph[1])
    exercise = _EXERCISE.search(folded, max(paragraph[0], at - _NEAR), min(paragraph[1], at + _NEAR))
    return bool(in_rule or exercise or _CLASSIFIES.search(sentence)) and not _PARTICULAR.search(sentence)


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
