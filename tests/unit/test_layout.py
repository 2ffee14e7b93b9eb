"""Where marks stand and what they say, as GB/T 9704-2012 and the house's stamp have it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.errors import RefusedError
from markpipe.marking.layout import (
    DEMO_STAMP_TEXT,
    DEMO_TEXT,
    LEFT_MM,
    PITCH_MM,
    STAMP_TITLE,
    TOP_MM,
    determined,
    pre_mark,
    term_text,
)
from markpipe.marking.plan import (
    Corner,
    FontRole,
    Ink,
    Item,
    ItemKind,
    MarkPlan,
    PageOf,
    Place,
    ems,
    wrap,
)
from markpipe.model.classification import Condition, Duration, Indefinite, Level, Mark, Until, parse_mark
from markpipe.model.decision import Determination, Origin, Proposal

DAY = dt.date(2026, 5, 10)
DETERMINATION = Determination(
    "D2026-0001", "ab" * 32, "稿.pdf", parse_mark("机密★10年"), Origin.ORIGINAL, "张三", "李四", DAY, DAY
)
PROPOSAL = Proposal("cd" * 32, "稿.pdf", "张三", Level.JIMI, Duration(10), Origin.ORIGINAL, DAY)


def _only(plan: MarkPlan, kind: ItemKind) -> Item:
    (item,) = plan.of(kind)
    return item


def test_serial_and_mark_stand_on_lines_one_and_two_of_the_type_area() -> None:
    plan = determined(DETERMINATION, 7)
    serial, mark = _only(plan, ItemKind.SERIAL), _only(plan, ItemKind.MARK)
    assert [(line.text, line.font, line.size_pt) for line in serial.lines] == [("000007", FontRole.FANGSONG, 16.0)]
    assert [(line.text, line.font, line.size_pt) for line in mark.lines] == [("机密★10年", FontRole.HEITI, 16.0)]
    assert serial.places[0] == Place(28.0, 37.0, Corner.TOP_LEFT, PageOf.FIRST)
    assert mark.places[0] == Place(28.0, 37.0 + 225 / 22)
    assert serial.group == mark.group
    assert serial.ink is mark.ink is Ink.BLACK


def test_second_choices_stay_at_the_left_above_the_type_area() -> None:
    plan = determined(DETERMINATION, 7)
    mark = _only(plan, ItemKind.MARK)
    for place in mark.places[1:]:
        assert place.x_mm == LEFT_MM
        assert place.y_mm + mark.height_mm <= TOP_MM


def test_without_a_copy_there_is_no_serial_and_the_mark_keeps_line_two() -> None:
    plan = determined(DETERMINATION)
    assert plan.of(ItemKind.SERIAL) == ()
    assert _only(plan, ItemKind.MARK).places[0].y_mm == TOP_MM + PITCH_MM


def test_stamp_says_who_decided_what_and_when_within_its_frame() -> None:
    stamp = _only(determined(DETERMINATION), ItemKind.STAMP)
    assert [line.text for line in stamp.lines] == [
        STAMP_TITLE,
        "密级：机密",
        "保密期限：10年",
        "定密责任人：李四",
        "日期：2026年5月10日",
        "编号：D2026-0001",
    ]
    assert stamp.ink is Ink.RED
    assert stamp.frame_pt > 0
    for line in stamp.lines:
        assert line.x_mm > 0
        assert line.x_mm + line.width_mm < stamp.width_mm
        assert line.y_mm + line.height_mm < stamp.height_mm
    for above, below in zip(stamp.lines, stamp.lines[1:], strict=False):
        assert above.y_mm + above.height_mm < below.y_mm


def test_stamp_breaks_long_fields_under_their_first_word() -> None:
    mark = Mark(Level.JIMI, Condition("全省统一考试全部科目开考满三十分钟并且宣布以后"))
    stamp = _only(determined(dataclasses.replace(DETERMINATION, mark=mark)), ItemKind.STAMP)
    first, *rest = stamp.lines[2:5]
    assert (
        first.text + "".join(line.text for line in rest) == "保密期限：全省统一考试全部科目开考满三十分钟并且宣布以后"
    )
    assert all(line.x_mm > first.x_mm for line in rest)
    assert all(line.x_mm + line.width_mm < stamp.width_mm for line in stamp.lines)


def test_stamp_tries_the_first_page_then_the_last_and_at_worst_a_page_of_its_own() -> None:
    places = _only(determined(DETERMINATION), ItemKind.STAMP).places
    pages = [place.page for place in places]
    assert places[0].corner is Corner.TOP_RIGHT
    assert pages == sorted(pages, key=list(PageOf).index)
    assert pages.count(PageOf.APPENDED) == 1


def test_a_mark_without_term_is_refused() -> None:
    with pytest.raises(RefusedError) as refusal:
        determined(dataclasses.replace(DETERMINATION, mark=Mark(Level.JIMI)))
    assert refusal.value.rules == ("MRK-1",)


def test_a_long_condition_goes_on_on_the_next_line_of_the_grid() -> None:
    mark = Mark(Level.MIMI, Condition("工" * 40))
    item = _only(determined(dataclasses.replace(DETERMINATION, mark=mark)), ItemKind.MARK)
    assert "".join(line.text for line in item.lines) == mark.text
    assert [line.y_mm for line in item.lines] == [0.0, PITCH_MM]
    assert item.width_mm <= 156.0


def test_a_demo_says_so_beside_the_mark_and_in_the_stamp() -> None:
    plan = determined(dataclasses.replace(DETERMINATION, demo=True), 1)
    assert plan.demo
    assert [line.text for line in _only(plan, ItemKind.DEMO).lines] == [DEMO_TEXT]
    assert _only(plan, ItemKind.STAMP).lines[-1].text == DEMO_STAMP_TEXT
    assert not determined(DETERMINATION).of(ItemKind.DEMO)


@pytest.mark.parametrize(
    ("proposal", "text"),
    [
        (PROPOSAL, "拟定密级：机密★10年（未经审核批准）"),
        (dataclasses.replace(PROPOSAL, term=None), "拟定密级：机密，期限待定（未经审核批准）"),
        (dataclasses.replace(PROPOSAL, level=None, term=None), "拟定密级：不定密（未经审核批准）"),
    ],
)
def test_pre_mark_words(proposal: Proposal, text: str) -> None:
    plan = pre_mark(proposal, demo=False)
    assert [line.text for line in _only(plan, ItemKind.PREMARK).lines] == [text]
    assert not plan.formal


def test_what_a_rule_stands_against_is_pre_marked_without_star() -> None:
    plan = pre_mark(PROPOSAL, demo=False, approvable=False)
    assert [line.text for line in _only(plan, ItemKind.PREMARK).lines] == ["拟定密级：机密，期限10年（未经审核批准）"]


def test_a_pre_mark_cannot_be_taken_for_a_mark() -> None:
    plan = pre_mark(dataclasses.replace(PROPOSAL, term=Condition("工" * 40)), demo=True)
    item = _only(plan, ItemKind.PREMARK)
    formal = determined(DETERMINATION, 1)
    assert item.ink not in {other.ink for other in formal.items if other.kind.formal}
    assert not any(re.match("绝密|机密|秘密|★", line.text) for line in item.lines)
    assert all(line.size_pt < 16 for line in item.lines)
    for place in item.places:
        assert place.corner is not Corner.TOP_LEFT or place.page is PageOf.APPENDED
    assert plan.of(ItemKind.DEMO)
    assert {item.kind for item in plan.items} == {ItemKind.PREMARK, ItemKind.DEMO}


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (Duration(5, 6), "5年6个月"),
        (Until(dt.date(2035, 3, 2)), "至2035年3月2日"),
        (Condition("会议开始前"), "会议开始前"),
        (Indefinite(), "长期"),
    ],
)
def test_term_in_a_stamp(term: Duration | Until | Condition | Indefinite, text: str) -> None:
    assert term_text(term) == text


@pytest.mark.parametrize(
    ("corner", "expected"),
    [
        (Corner.TOP_LEFT, (10, 20)),
        (Corner.TOP_RIGHT, (140, 20)),
        (Corner.BOTTOM_LEFT, (10, 247)),
        (Corner.BOTTOM_RIGHT, (140, 247)),
    ],
)
def test_a_place_is_measured_from_its_corner(corner: Corner, expected: tuple[float, float]) -> None:
    assert Place(10, 20, corner).on((210, 297), (60, 30)) == expected


def test_groups_keep_what_belongs_together() -> None:
    plan = determined(dataclasses.replace(DETERMINATION, demo=True), 3)
    assert [[item.kind for item in group] for group in plan.groups()] == [
        [ItemKind.SERIAL, ItemKind.MARK],
        [ItemKind.STAMP],
        [ItemKind.DEMO],
    ]


@given(st.text(st.sampled_from("密★级年0a"), min_size=1, max_size=80), st.floats(4, 40), st.floats(0, 2))
def test_wrapping_loses_nothing_and_keeps_the_limit(text: str, limit: float, head: float) -> None:
    lines = wrap(text, limit, head)
    assert "".join(lines) == text
    assert ems(lines[0]) <= limit
    assert all(ems(line) <= limit - head for line in lines[1:])


def test_ink_has_a_colour_and_formal_kinds_are_three() -> None:
    assert Ink.BLACK.rgb == (0.0, 0.0, 0.0)
    assert {kind for kind in ItemKind if kind.formal} == {ItemKind.SERIAL, ItemKind.MARK, ItemKind.STAMP}
