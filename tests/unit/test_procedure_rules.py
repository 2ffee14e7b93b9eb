"""Who may take which step: opinions, absences, settling a proposal, letting a report leave."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from markpipe.classify.case import Context, Record
from markpipe.classify.procedure import Absence, Change, Decision, Departure, Opinion, What, ensure_may
from markpipe.errors import RefusedError
from markpipe.model import procedure as recorded
from markpipe.model.agency import Agency, Officer, Person, Tier
from markpipe.model.classification import Level

ON = dt.date(2026, 10, 8)
HEAD = Officer("李四", True, frozenset(Level))
DEPUTY = Officer("王五", False, frozenset({Level.MIMI}), deputy_of="李四")
AWAY = recorded.Absence("李四", dt.date(2026, 10, 5), dt.date(2026, 10, 9), "休假")
OURS = Context(Agency("某市教育局", Tier.MUNICIPAL), HEAD, ON)
KEEPER = Person("赵六", (), ("保密员",))
AGREED = Record(opinions=(recorded.Opinion("保密员", True, "同意", ON, ""),))


@pytest.mark.parametrize(
    ("who", "what"),
    [
        (KEEPER, Opinion("保密员", "保密员", "张三")),
        (KEEPER, Absence("李四", ("王五",))),
        (Person("李四"), Absence("李四", ("王五",))),
        (Person("孙七", (), ("负责人",)), Absence("李四")),
        (Person("李四"), Decision(OURS, "张三")),
        (Person("李四"), Decision(OURS, "李四", settles=False)),  # giving one's own back settles nothing
        (Person("李四"), Decision(replace(OURS, set_aside=frozenset({"REC-1"})), "李四")),
        (Person("李四"), Decision(replace(OURS, head_only=True), "张三")),
        (Person("王五"), Decision(replace(OURS, officer=DEPUTY, absences=(AWAY,)), "张三")),
        (Person("李四"), Change(HEAD, ON)),
        (KEEPER, Departure(OURS)),
        (KEEPER, Departure(replace(OURS, steps=("保密员",), record=AGREED))),
    ],
)
def test_who_may(who: Person, what: What) -> None:
    ensure_may(who, what)


@pytest.mark.parametrize(
    ("who", "what", "words"),
    [
        (Person("张三", (), ("承办人",)), Opinion("保密员", "保密员", "孙七"), "张三不是保密员"),
        (KEEPER, Opinion("保密员", "保密员", "赵六"), "不能审核自己"),
        (Person("王五", (), ("保密员",)), Absence("李四", ("钱八", "王五")), "王五是B角，不能自己登记李四不在岗"),
        (Person("张三", (), ("承办人",)), Absence("李四", ("王五",)), "张三不能登记李四不在岗"),
        (Person("张三"), Decision(replace(OURS, officer=None), "孙七"), "张三不是在任的定密责任人"),
        (Person("李四"), Decision(OURS, "李四"), "承办人不得兼任"),
        (Person("王五"), Decision(replace(OURS, officer=DEPUTY), "张三"), "没有登记李四不在岗"),
        (
            Person("王五"),
            Decision(replace(OURS, officer=replace(DEPUTY, deputy_of=""), head_only=True), "张三"),
            "主要负责人",
        ),
        (
            Person("李四"),
            Decision(replace(OURS, officer=replace(HEAD, valid_to=dt.date(2020, 1, 1))), "张三"),
            "不在任",
        ),
        (Person("李四"), Change(replace(HEAD, valid_to=dt.date(2020, 1, 1)), ON), "不是在任的"),
        (Person("张三"), Change(None, ON), "不是在任的"),
        (KEEPER, Departure(replace(OURS, steps=("保密员",))), "还不能上报：还没有“保密员”的意见"),
    ],
)
def test_who_may_not(who: Person, what: What, words: str) -> None:
    with pytest.raises(RefusedError, match=words) as error:
        ensure_may(who, what)
    assert error.value.rules == ("REC-1",)
