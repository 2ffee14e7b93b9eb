from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from markpipe.model.classification import Indefinite, Level, Mark
from markpipe.model.decision import Decision, Determination, Origin, Proposal, Violation
from markpipe.model.document import Document, Format
from markpipe.model.outcome import Assessment, Outcome

DAY = dt.date(2026, 5, 10)
LOOKED = Assessment("a", Document(Format.PLAIN, "d"))
OFFER = Proposal("d", "a", "张三", Level.MIMI, Indefinite(), Origin.DERIVATIVE, DAY)
DECIDED = Determination("D1", "d", "a", Mark(Level.MIMI, Indefinite()), Origin.DERIVATIVE, "张三", "李四", DAY, DAY)
DONE = Outcome(LOOKED, Decision.APPROVED, OFFER, determination=DECIDED)


def test_nothing_found_and_determined_are_settled() -> None:
    assert Outcome(LOOKED).settled
    assert DONE.settled
    assert replace(DONE, proposal=replace(OFFER, open_questions=("期限：……",))).settled
    assert Outcome(LOOKED, Decision.PROPOSED, replace(OFFER, level=None)).settled
    assert Outcome(LOOKED, Decision.DECLINED, replace(OFFER, open_questions=("期限：……",))).settled


@pytest.mark.parametrize(
    "waits",
    [
        {"held": ("等",)},
        {"refused": ("不",)},
        {"failed": ("坏",)},
        {"violations": (Violation("LVL-2", "无权", "第十七条"),)},
        {"decision": Decision.PROPOSED},
        {"decision": Decision.RETURNED},
        {"decision": Decision.LAPSED},
    ],
)
def test_what_waits_is_not_settled(waits: dict[str, Any]) -> None:
    assert not replace(DONE, **waits).settled


def test_an_open_question_is_not_settled() -> None:
    asked = replace(OFFER, level=None, open_questions=("引用：……",))
    assert not Outcome(LOOKED, Decision.PROPOSED, asked).settled
