"""What is asked of the register reads what was asked for: no question about one document or person walks through all."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from markpipe.keys.keyring import Keyring
from markpipe.model.agency import Actor
from markpipe.model.classification import Duration, Level, Mark
from markpipe.model.custody import OUT, CarrierState, Incoming, Reproduction
from markpipe.store.register import Register

AT = dt.datetime(2026, 5, 10, 2, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 10)
ACTOR = Actor("wangwu", "王五")
MARK = Mark(Level.JIMI, Duration(years=10))
SERIES = "R2026-0001"
FEW = {"alembic_version", "standing", "inspection", "recall", "incident", "destruction", "duplication", "store"}
"""Tables that stay short, however many carriers there are."""


def incoming(number: str) -> Incoming:
    return Incoming("", "省厅", number, "通知", MARK, DAY, "机要交通", Reproduction.ALLOWED)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "register.db"


@pytest.fixture
def register(path: Path, tmp_path: Path) -> Iterator[Register]:
    with Register.open(f"sqlite:///{path}", Keyring.create(tmp_path / "keys.json"), create=True) as register:
        register.receive_carriers(incoming("1"), ("1", "2"), ACTOR, AT)
        yield register


QUESTIONS: dict[str, Callable[[Register], object]] = {
    "a recall of a document": lambda register: register.carriers(series=SERIES, states=OUT),
    "a recall of a holder": lambda register: register.carriers(holder="赵六", states=OUT),
    "counting a document": lambda register: register.inspect(SERIES, [f"{SERIES}/1"], DAY, ACTOR, AT),
    "one that was received": lambda register: register.receive_carriers(incoming("2"), ("1",), ACTOR, AT),
    "the last received": lambda register: register.incoming(20),
    "one carrier": lambda register: (register.carrier(f"{SERIES}/1"), register.history(f"{SERIES}/1")),
    "overdue": lambda register: (
        register.overdue(DAY),
        register.owed(DAY),
        register.late_recalls(DAY),
        register.late_losses(AT),
    ),
    "the last copies": lambda register: (register.standing(), register.latest_copies(20)),
    "handing over": lambda register: register.hand_over("王五", "赵六", "吴九", DAY, ACTOR, AT),
    "when it was counted": lambda register: register.counted_on(),
}


@pytest.mark.parametrize("asked", QUESTIONS)
def test_no_question_walks_through_the_register(register: Register, path: Path, asked: str) -> None:
    met: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:
        met.append((statement, values[0] if many else values))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        QUESTIONS[asked](register)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert met
    with sqlite3.connect(path) as connection:
        for statement, values in met:
            if statement.startswith("INSERT"):
                continue
            for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values):
                words = step.split()
                bounded = "LIMIT" in statement and "TEMP" not in step and "ORDER BY" in statement
                assert words[0] != "SCAN" or words[1] in FEW or bounded or words[1] == "CONSTANT", (step, statement)
                assert "ix_carrier_state" not in step, (step, statement)
                assert not ("LIMIT" in statement and step.startswith("USE TEMP")), (step, statement)


def test_states_are_told_apart_for_one_document(register: Register) -> None:
    assert register.carriers(series=SERIES, states=OUT) == ()
    assert len(register.carriers(series=SERIES, states=(CarrierState.IN_STORE,))) == 2
    assert len(register.carriers(states=(CarrierState.IN_STORE,))) == 2
    assert register.carriers(holder="赵六", states=OUT) == ()
