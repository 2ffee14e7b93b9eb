"""What is wrong with the marks of a carrier, as a table; and whether its label says the same as its ink."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from markpipe.marking.agree import label_flaws
from markpipe.marking.inked import MARK, SERIAL, URGENCY, Bearing, Inked, Stand, flaws
from markpipe.marking.label import Label, LabelAnswer, LabelState
from markpipe.model.classification import Level, parse_mark

DAY = dt.date(2026, 5, 10)


def ink(text: str, stand: Stand = Stand.HEAD, *, problem: str = "", right: bool = False) -> Inked:
    try:
        mark = parse_mark(text)
    except ValueError:
        mark = None
    return Inked(text, mark, problem, "第1页", stand, right)


def bearing(*marks: Inked, **more: Any) -> Bearing:
    return Bearing(marks, **{"order": (SERIAL, MARK), "serial": "000007", **more})


HEAD = ink("机密★10年")
INSIDE, RUNNING, QUOTED = Stand.INSIDE, Stand.RUNNING, Stand.QUOTED
CASES: dict[str, tuple[set[str], Bearing]] = {
    "nothing": (set(), Bearing()),
    "right": (set(), bearing(HEAD)),
    "quoted only": (set(), Bearing((ink("秘密★15年", QUOTED),))),
    "no mark of a state secret": ({"mark-form"}, bearing(ink("内部★", problem="★只用于国家秘密标志"))),
    "no term": ({"mark-form"}, bearing(ink("机密"))),
    "form": ({"mark-form"}, bearing(ink("机密★10年", problem="写法"))),
    "too long is no question of form": ({"mark-term"}, bearing(ink("秘密★15年", problem="最长10年"))),
    "right corner": ({"mark-place"}, bearing(ink("机密★10年", right=True))),
    "right corner further in": (set(), bearing(HEAD, ink("机密★10年", INSIDE, right=True))),
    "indefinite": ({"meta-term"}, bearing(ink("绝密★长期"))),
    "over": ({"meta-expired"}, bearing(ink("机密★2026年5月9日"))),
    "last day": (set(), bearing(ink("机密★2026年5月10日"))),
    "no serial": ({"meta-serial"}, bearing(HEAD, serial="", order=(MARK,))),
    "seven digits": ({"mark-serial"}, bearing(HEAD, serial="0000007")),
    "four digits": ({"mark-serial"}, bearing(HEAD, serial="0007")),
    "order": ({"mark-order"}, bearing(HEAD, order=(MARK, SERIAL))),
    "urgency first": ({"mark-order"}, bearing(HEAD, order=(SERIAL, URGENCY, MARK))),
    "one line": ({"mark-order"}, bearing(HEAD, order=(f"{SERIAL}＋{MARK}",))),
    "two": ({"mark-several"}, bearing(HEAD, ink("秘密★5年"))),
    "one void": (set(), bearing(ink("秘密★5年"), HEAD, voided=frozenset({"秘密★5年"}))),
    "freed": (set(), bearing(HEAD, ink("秘密★5年", INSIDE), freed=True)),
    "no cover": ({"mark-cover"}, Bearing((ink("秘密★5年", INSIDE),))),
    "level": ({"mark-cover"}, bearing(HEAD, ink("绝密★5年", INSIDE))),
    "points": ({"mark-cover"}, bearing(HEAD, point_levels=(Level.JUEMI,))),
    "term": ({"mark-cover"}, bearing(ink("机密★5年"), ink("秘密★8年", INSIDE), ink("秘密★9年", INSIDE))),
    "date": ({"mark-cover"}, bearing(ink("机密★2030年1月1日"), ink("秘密★2031年1月1日", INSIDE))),
    "indefinite inside": ({"mark-cover", "meta-term"}, bearing(HEAD, ink("秘密★长期", INSIDE))),
    "indefinite in both": ({"meta-term"}, bearing(ink("机密★长期"), ink("秘密★长期", INSIDE))),
    "not comparable": (set(), bearing(HEAD, ink("秘密★会议开始前", INSIDE))),
    "months and days": (set(), bearing(HEAD, ink("秘密★6个月", INSIDE))),
    "header": ({"mark-pages"}, bearing(HEAD, ink("秘密★5年", RUNNING))),
    "header as cover": (set(), bearing(HEAD, ink("机密★10年", RUNNING))),
    "header of the level": ({"mark-form"}, bearing(HEAD, ink("机密", RUNNING))),
    "header void": (set(), bearing(HEAD, ink("绝密★5年", RUNNING), voided=frozenset({"绝密★5年"}))),
    "pre-mark": ({"mark-pending"}, Bearing(pre_marked=True)),
    "pre-mark left": ({"mark-pending"}, bearing(HEAD, pre_marked=True)),
    "firm": ({"mark-misused"}, bearing(ink("绝密"), commercial=True)),
    "firm that quotes": (set(), Bearing((ink("绝密★5年", QUOTED),), commercial=True)),
    "work secret": ({"mark-kind"}, bearing(HEAD, work_secret="内部")),
    "copy": ({"mark-copy"}, bearing(HEAD, reproduced=True)),
    "copy with its stamp": (set(), bearing(HEAD, reproduced=True, copy_stamp=True)),
    "top secret copy": ({"mark-copy"}, bearing(ink("绝密★5年"), reproduced=True, copy_stamp=True)),
}


@pytest.mark.parametrize("name", CASES)
def test_flaws(name: str) -> None:
    expected, one = CASES[name]
    assert {flaw.code for flaw in flaws(one, DAY)} == expected


def label(state: LabelState, mark: str = "机密★10年", serial: int | None = None) -> Label:
    return Label(state, mark, "示例局", "D2026-0001", "SM3:00", serial=serial)


PROPOSED, DETERMINED, FREED = LabelState.PROPOSED, LabelState.DETERMINED, LabelState.DECLASSIFIED
AGREE = [
    (LabelAnswer.MISSING, None, Bearing(), set()),
    (LabelAnswer.MISSING, None, bearing(HEAD), {"meta-label"}),
    (LabelAnswer.ALTERED_LABEL, None, bearing(HEAD), {"label-altered"}),
    (LabelAnswer.ALTERED_CONTENT, label(DETERMINED), bearing(HEAD), {"label-content"}),
    (LabelAnswer.UNTRUSTED, label(DETERMINED), bearing(HEAD), {"label-untrusted"}),
    (LabelAnswer.VALID, None, bearing(HEAD), set()),
    (LabelAnswer.VALID, label(DETERMINED), bearing(HEAD), set()),
    (LabelAnswer.VALID, label(DETERMINED), Bearing(), {"label-ink"}),
    (LabelAnswer.VALID, label(DETERMINED, "秘密★5年"), bearing(HEAD), {"label-ink"}),
    (LabelAnswer.VALID, label(DETERMINED, serial=7), bearing(HEAD), set()),
    (LabelAnswer.VALID, label(DETERMINED, serial=8), bearing(HEAD), {"label-ink"}),
    (LabelAnswer.VALID, label(DETERMINED, serial=8), bearing(HEAD, serial=""), {"label-ink"}),
    (LabelAnswer.VALID, label(PROPOSED, "机密"), Bearing(pre_marked=True), set()),
    (LabelAnswer.VALID, label(PROPOSED, "机密"), bearing(HEAD), {"label-ink"}),
    (LabelAnswer.VALID, label(FREED), bearing(HEAD), {"label-ink"}),
    (LabelAnswer.VALID, label(FREED), bearing(HEAD, freed=True), set()),
]


@pytest.mark.parametrize(("answer", "said", "one", "expected"), AGREE)
def test_label_and_ink(answer: LabelAnswer, said: Label | None, one: Bearing, expected: set[str]) -> None:
    assert {flaw.code for flaw in label_flaws(answer, said, one)} == expected
