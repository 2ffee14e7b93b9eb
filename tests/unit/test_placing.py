"""MRK-1 to MRK-5 over heads that are right and heads that are wrong in one respect, and over every plan that we make."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from markpipe.classify.placing import (
    PITCH_MM,
    PLACING_CHECKS,
    Element,
    Head,
    Spot,
    What,
    ensure_in_place,
)
from markpipe.classify.rulebook.table import RULES
from markpipe.errors import ExitCode, RefusedError
from markpipe.marking.change import changed
from markpipe.marking.forms import Anchor, as_form
from markpipe.marking.layout import DETERMINATION_STAMP, determined
from markpipe.model.carrier import Form
from markpipe.model.classification import Level, Mark, parse_mark
from markpipe.model.decision import Determination, Origin
from markpipe.pipeline.placing import ensure_lawful

DAY = dt.date(2026, 5, 10)
TEXT = "机密★10年"
LONG = "机密★第九次全体代表会议召开并且公布其全部决定之前"
MARK = parse_mark(TEXT)


def spots(row: int, left: float = 28.0, top: float = 37.0) -> tuple[Spot, ...]:
    return tuple(Spot(left, at + row * PITCH_MM) for at in (top, 16.0))


SERIAL = Element(What.SERIAL, "000007", "仿宋", 16.0, spots(0))
STAR = Element(What.MARK, TEXT, "黑体", 16.0, spots(1))
URGENT = Element(What.URGENCY, "特急", "黑体", 16.0, spots(2))
OLD = replace(STAR, text="绝密★20年", void=True)
RIGHT = Head(Form.OFFICIAL, (SERIAL, STAR, URGENT), MARK)


def cover(*elements: Element, form: Form = Form.OTHER) -> Head:
    return Head(form, elements, MARK)


def broken(head: Head) -> list[str]:
    return [found.rule for rule in PLACING_CHECKS for found in rule(head)]


@pytest.mark.parametrize(
    "head",
    [
        RIGHT,
        replace(RIGHT, elements=(URGENT, STAR, SERIAL)),  # in whatever order they come
        replace(RIGHT, elements=(STAR,)),
        replace(RIGHT, elements=(replace(STAR, spots=spots(1, left=80.0)), OLD)),  # the new mark beside the void one
        Head(Form.OFFICIAL, (OLD,), None),  # declassified
        Head(Form.LETTER, (SERIAL, STAR), MARK, below_mm=16.0),
        Head(Form.LETTER, (SERIAL, STAR), MARK),
        cover(SERIAL, STAR),
        Head(Form.TITLED, (replace(STAR, spots=(Spot(80.0, 60.0),)),), MARK, below_mm=55.0),
        cover(replace(STAR, spots=(Spot(12.0, 12.0, lower_right=True),)), form=Form.DRAWING),
        replace(RIGHT, points=(Level.MIMI, Level.JIMI)),
    ],
)
def test_nothing_wrong(head: Head) -> None:
    assert broken(head) == []
    ensure_in_place("D2026-0001", head)


@pytest.mark.parametrize(
    ("head", "rule"),
    [
        (replace(RIGHT, elements=(replace(STAR, text="机密★ 10年"),)), "MRK-1"),
        (replace(RIGHT, elements=(replace(STAR, text="机密★(10年)"),)), "MRK-1"),
        (replace(RIGHT, elements=(replace(STAR, text="机密"),), mark=Mark(Level.JIMI, None)), "MRK-1"),
        (replace(RIGHT, mark=None, elements=(STAR,)), "MRK-1"),
        (replace(RIGHT, elements=(replace(SERIAL, text="0000007"),)), "MRK-2"),
        (replace(RIGHT, elements=(replace(SERIAL, text="００００００7"),)), "MRK-2"),
        (replace(RIGHT, elements=(replace(SERIAL, face="黑体"),)), "MRK-2"),
        (replace(RIGHT, elements=(replace(STAR, face="仿宋"),)), "MRK-2"),
        (replace(RIGHT, elements=(replace(STAR, size_pt=14.0),)), "MRK-2"),
        (replace(RIGHT, elements=(replace(STAR, spots=spots(1, left=150.0)),)), "MRK-2"),  # 1999: at the right
        (replace(RIGHT, elements=(replace(STAR, spots=(Spot(28.0, 47.3, lower_right=True),)),)), "MRK-2"),
        (replace(RIGHT, elements=(SERIAL, replace(STAR, spots=spots(0)))), "MRK-2"),  # on one line
        (replace(RIGHT, elements=(SERIAL, replace(STAR, spots=spots(3)), URGENT)), "MRK-2"),  # urgency above it
        (replace(RIGHT, elements=(replace(STAR, spots=(Spot(28.0, 20.0),)),)), "MRK-2"),  # above the 版心 first
        (Head(Form.LETTER, (SERIAL, STAR), MARK, below_mm=54.0), "MRK-3"),
        (Head(Form.LETTER, (replace(STAR, spots=spots(1, left=100.0)),), MARK), "MRK-3"),
        (cover(replace(STAR, spots=spots(1, left=120.0))), "MRK-4"),
        (cover(replace(STAR, spots=(Spot(12.0, 12.0, lower_right=True),))), "MRK-4"),
        (cover(STAR, form=Form.DRAWING), "MRK-4"),
        (Head(Form.TITLED, (STAR,), MARK, below_mm=55.0), "MRK-4"),
        (replace(RIGHT, points=()), "MRK-5"),
        (replace(RIGHT, points=(Level.JUEMI,)), "MRK-5"),
        (replace(RIGHT, elements=(SERIAL,), points=(Level.MIMI,)), "MRK-5"),
        (replace(RIGHT, elements=(OLD,), points=(Level.MIMI,)), "MRK-5"),
        (replace(RIGHT, elements=(), mark=None, points=(Level.MIMI,)), "MRK-5"),
    ],
)
def test_what_is_wrong_is_refused_by_its_rule(head: Head, rule: str) -> None:
    assert set(broken(head)) == {rule}
    with pytest.raises(RefusedError) as error:
        ensure_in_place("D2026-0001", head)
    assert error.value.exit_code is ExitCode.REFUSED
    assert error.value.rules == (rule,)
    assert RULES[rule].article in error.value.message


def decided(mark: str) -> Determination:
    return Determination("D2026-0001", "ab", "a.pdf", parse_mark(mark), Origin.ORIGINAL, "张三", "李四", DAY, DAY)


@pytest.mark.parametrize("serial", [None, 7])
@pytest.mark.parametrize("mark", ["秘密★10年", "绝密★长期", LONG])
@pytest.mark.parametrize("form", list(Form))
def test_every_plan_of_ours_stands(form: Form, mark: str, serial: int | None) -> None:
    anchor = Anchor(60.0, 105.0) if form in (Form.LETTER, Form.TITLED) else None
    plan = as_form(determined(decided(mark), serial), form, anchor)
    assert ensure_lawful(plan, parse_mark(mark), form, anchor) is plan


@pytest.mark.parametrize("form", [Form.OFFICIAL, Form.LETTER, Form.OTHER])
@pytest.mark.parametrize("before", ["绝密★20年", LONG])
def test_after_a_change_too(form: Form, before: str) -> None:
    stamp = replace(DETERMINATION_STAMP, lines=DETERMINATION_STAMP.lines[:1])
    plan = as_form(changed(determined(decided(TEXT), 7), parse_mark(before), {}, stamp), form)
    assert ensure_lawful(plan, MARK, form) is plan


def test_a_plan_that_states_another_mark_is_refused() -> None:
    with pytest.raises(RefusedError, match="MRK-1"):
        ensure_lawful(determined(decided("秘密★10年")), MARK)
