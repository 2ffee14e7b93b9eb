"""What the rules ask of the marks that a carrier is about to bear: their words, their type, their order, their place.

::

    MarkPlan ──pipeline.placing──▶ Head ──every rule in PLACING_CHECKS──▶ violations ──▶ refused, nothing is written

Asked before a file is marked; that it then bears what was planned is read back by other tools (`proof.marks`), and
what others marked is judged by `marking.inked`.  Draws nothing and knows no file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from markpipe.classify.rulebook.table import violation
from markpipe.errors import RefusedError
from markpipe.model.carrier import Form
from markpipe.model.classification import Level, Mark
from markpipe.model.decision import Violation

LEFT_MM, TOP_MM, PITCH_MM = 28.0, 37.0, 225 / 22
SIZE_3_PT = 16.0
_NEAR_MM = 0.5
_SERIAL = re.compile(r"\d{6}", re.ASCII)


class What(Enum):
    """What an element of the head is, in the order in which GB/T 9704-2012 7.2 stacks them."""

    SERIAL = "份号"
    MARK = "密级和保密期限"
    URGENCY = "紧急程度"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an element may stand: mm from the left and the top of the first page, or from its lower right corner."""

    left_mm: float
    top_mm: float
    lower_right: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """An element with its words and type; `spots` are its places, best first, all elements moving together."""

    what: What
    text: str
    face: str
    size_pt: float
    spots: tuple[Spot, ...]
    void: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """What a carrier of a form is to bear: its elements, the mark that they state (None: declassified).

    `below_mm` is what the form hangs its marks under (a letter's first red line, a title), where that is known;
    `points` are the levels of the 密点 that are to be marked beside (None: none are asked for).
    """

    form: Form
    elements: tuple[Element, ...]
    mark: Mark | None
    below_mm: float | None = None
    points: tuple[Level, ...] | None = None

    @property
    def stack(self) -> tuple[Element, ...]:
        """The elements in the order of the standard; a void mark stands in the row of the new one, before it."""
        order = list(What)
        return tuple(sorted(self.elements, key=lambda one: (order.index(one.what), not one.void)))


def mark_is_in_its_form(head: Head) -> Iterator[Violation]:
    """MRK-1: ★ stands between level and term, without spaces or brackets (定密管理规定)."""
    for one in head.elements:
        if one.what is not What.MARK or one.void:
            continue
        if head.mark is None or head.mark.term is None:
            yield violation("MRK-1", f"“{one.text}”没有确定的密级和期限可据")
        elif one.text != head.mark.text or re.search(r"\s", one.text):
            yield violation("MRK-1", f"标志写作“{one.text}”，应写“{head.mark.text}”，中间不留空格")


def official_head_is_in_place(head: Head) -> Iterator[Violation]:
    """MRK-2: 份号, mark and urgency stand flush left in the first lines of the 版心 (GB/T 9704-2012 7.2.1—7.2.3)."""
    for one in head.elements:
        yield from _type(one)
    if head.form is not Form.OFFICIAL:
        return
    yield from _stacked(head, "MRK-2")
    for one in head.elements:
        row = 0 if one.what is What.SERIAL else 1 if one.what is What.MARK else 2
        if one.spots[0].top_mm < TOP_MM + row * PITCH_MM - _NEAR_MM:
            yield violation("MRK-2", f"{one.what.value}应在版心第{'一二三'[row]}行，版心上边距页面上边37毫米")


def letter_head_is_in_place(head: Head) -> Iterator[Violation]:
    """MRK-3: a letter bears the same stack under its first red double line (GB/T 9704-2012 10.1)."""
    if head.form is not Form.LETTER:
        return
    yield from _stacked(head, "MRK-3")
    yield from _below(head, "MRK-3", "第一条红色双线")


def other_head_is_in_place(head: Head) -> Iterator[Violation]:
    """MRK-4: where no standard says, the mark stands at the top left of the cover or under the title (定密管理规定)."""
    if head.form in (Form.OFFICIAL, Form.LETTER):
        return
    corner = head.form is Form.DRAWING
    for one in head.elements:
        if any(spot.lower_right != corner for spot in one.spots):
            where = "图签旁" if corner else "封面左上角或者标题下方"
            yield violation("MRK-4", f"{one.what.value}应在{where}")
    if head.form is Form.OTHER:
        yield from _stacked(head, "MRK-4")
    if head.form is Form.TITLED:
        yield from _below(head, "MRK-4", "标题")


def points_stand_beside_the_mark(head: Head) -> Iterator[Violation]:
    """MRK-5: 密点 bear their levels where they stand, none above the whole's, whose mark stays (保密法第十九条)."""
    if head.points is None:
        return
    if not head.points:
        yield violation("MRK-5", "这一事项没有确定密点，不能标注密点")
    elif head.mark is None or not any(one.what is What.MARK and not one.void for one in head.elements):
        yield violation("MRK-5", "标注密点的，首页仍须有国家秘密标志")
    elif max(head.points) > head.mark.level:
        yield violation("MRK-5", f"密点的密级{max(head.points).label}高于整件的{head.mark.level.label}")


def _type(one: Element) -> Iterator[Violation]:
    """份号 are six digits; everything is 3号, and all but the 份号 黑体."""
    if one.what is What.SERIAL and not _SERIAL.fullmatch(one.text):
        yield violation("MRK-2", f"份号“{one.text}”应为六位阿拉伯数字")
    face = "仿宋" if one.what is What.SERIAL else "黑体"
    if one.face != face or one.size_pt != SIZE_3_PT:
        yield violation("MRK-2", f"{one.what.value}应用3号{face}")


def _stacked(head: Head, rule: str) -> Iterator[Violation]:
    """Whether the elements follow each other downward at the left edge of the 版心, wherever the stack begins."""
    stack = head.stack
    for number, one in enumerate(stack):
        beside = number > 0 and stack[number - 1].void
        if not beside and any(abs(spot.left_mm - LEFT_MM) > _NEAR_MM or spot.lower_right for spot in one.spots):
            yield violation(rule, f"{one.what.value}应顶格，在版心左边缘（距页面左边28毫米）")
    for upper, lower in pairwise(stack):
        for above, below in zip(upper.spots, lower.spots, strict=False):
            if below.top_mm < above.top_mm or (below.top_mm == above.top_mm and not upper.void):
                yield violation(rule, "自上而下应为份号、密级和保密期限、紧急程度，各占一行")
                return


def _below(head: Head, rule: str, what: str) -> Iterator[Violation]:
    if head.below_mm is not None and any(s.top_mm < head.below_mm for one in head.elements for s in one.spots):
        yield violation(rule, f"份号、密级和保密期限应在{what}之下")


PlacingCheck = Callable[[Head], Iterator[Violation]]
PLACING_CHECKS: tuple[PlacingCheck, ...] = (
    mark_is_in_its_form,
    official_head_is_in_place,
    letter_head_is_in_place,
    other_head_is_in_place,
    points_stand_beside_the_mark,
)


def ensure_in_place(subject: str, head: Head) -> None:
    """Let pass only a head that every rule lets stand; `RefusedError` names the others."""
    against = tuple(dict.fromkeys(found for rule in PLACING_CHECKS for found in rule(head)))
    if against:
        words = "；".join(f"{one.message}（{one.rule}，{one.article}）" for one in against)
        rules = tuple(dict.fromkeys(one.rule for one in against))
        raise RefusedError(f"{subject} 的标志不能这样加：{words}", "核对标志、印章的版式和加盖的形式", rules)
