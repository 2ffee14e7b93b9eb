"""A copy goes to a printer once: every step from every state, what an order needs, and what the tables say."""

from __future__ import annotations

from typing import Any

import pytest

from markpipe.errors import RefusedError, UsageError
from markpipe.ledger import printing
from markpipe.ledger.codec import CodecError
from markpipe.ledger.events import Entry, idempotency_key
from markpipe.ledger.fold import State
from markpipe.ledger.print_events import PrintEvent, PrintOrdered, PrintReleased, PrintStepped
from markpipe.ledger.print_fold import (
    PRINT_COPIES,
    PRINT_ORDERS,
    PRINT_TABLES,
    copy_print_view,
    order_view,
    print_changes,
)
from markpipe.ledger.tables import Put, Row
from markpipe.model.carrier import CopyState
from markpipe.model.printing import PrintCopy, PrintOrder, PrintState

ORDER = PrintOrdered(
    *("P2026-0001", "urn:uuid:1", "D2026-0001", "d1", (7, 8), 3, "secret", "打印队列", "会议", "赵六", "吴九", "审7号")
)
ALLOWED = {
    (PrintState.ALLOCATED, PrintState.STAMPED),
    (PrintState.STAMPED, PrintState.STAMPED),
    (PrintState.SUBMITTED, PrintState.STAMPED),
    (PrintState.STAMPED, PrintState.SUBMITTED),
    (PrintState.STAMPED, PrintState.SENDING),
    (PrintState.SUBMITTED, PrintState.SENDING),
    (PrintState.SENDING, PrintState.PRINTED),
    (PrintState.UNKNOWN, PrintState.PRINTED),
    (PrintState.SENDING, PrintState.UNKNOWN),
    (PrintState.PRINTED, PrintState.CONFIRMED),
    *(
        (before, PrintState.WASTED)
        for before in PrintState
        if before.name in ("ALLOCATED", "STAMPED", "UNKNOWN", "PRINTED")
    ),
    *(
        (before, PrintState.NOTHING)
        for before in PrintState
        if before.name in ("ALLOCATED", "STAMPED", "SUBMITTED", "UNKNOWN")
    ),
}


class Desk:
    """The printing tables in memory."""

    def __init__(self) -> None:
        self.state = State()
        self.seq = 0

    def happen(self, *events: PrintEvent) -> None:
        for event in events:
            self.seq += 1
            self.state.apply(Entry(self.seq, "2026-05-10T02:00:00Z", "acc", "张三", event, demo=True))

    def copy(self, serial: int = 7) -> Row:
        return self.state.tables[PRINT_COPIES.name][("P2026-0001", serial)]

    def order(self) -> Row:
        return self.state.tables[PRINT_ORDERS.name][("P2026-0001",)]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.happen(*printing.order(ORDER, None, ()))
    return desk


def stepped(state: PrintState, **more: str) -> PrintStepped:
    return PrintStepped("P2026-0001", 7, state, **{"why": "看过纸张", **more})


def test_an_order_is_a_line_of_the_register_and_its_copies(desk: Desk) -> None:
    assert order_view(desk.order()) == PrintOrder(
        *(
            "P2026-0001",
            "urn:uuid:1",
            "D2026-0001",
            "d1",
            (7, 8),
            3,
            "secret",
            "打印队列",
            "会议",
            "赵六",
            "吴九",
            "审7号",
        ),
        printed_by="张三",
        at="2026-05-10T02:00:00Z",
        demo=True,
    )
    assert copy_print_view(desk.copy(8)) == PrintCopy(
        "P2026-0001", "D2026-0001", 8, PrintState.ALLOCATED, at="2026-05-10T02:00:00Z"
    )


def test_the_same_request_is_the_same_order(desk: Desk) -> None:
    assert printing.order(ORDER, desk.order(), (7, 8)) == ()


@pytest.mark.parametrize(
    ("changed", "taken", "error", "says"),
    [
        ({"serials": ()}, (), UsageError, "没有要打印的份"),
        ({}, (8,), RefusedError, "000008 已在另一打印任务中"),
        ({"purpose": " "}, (), UsageError, "用途和领取人"),
        ({"recipient": ""}, (), UsageError, "用途和领取人"),
    ],
)
def test_what_an_order_needs(
    changed: dict[str, Any], taken: tuple[int, ...], error: type[Exception], says: str
) -> None:
    fields = {name: getattr(ORDER, name) for name in ORDER.__slots__}
    with pytest.raises(error, match=says):
        printing.order(PrintOrdered(**{**fields, **changed}), None, taken)


def test_copies_are_printed_only_on_an_approval() -> None:
    assert printing.approval("D2026-0001", {"approved_by": "吴九", "approval": "审7号"}) == ("吴九", "审7号")
    with pytest.raises(RefusedError, match="没有批准打印的份数"):
        printing.approval("D2026-0001", None)


@pytest.mark.parametrize("before", PrintState)
@pytest.mark.parametrize("after", PrintState)
def test_every_step_from_every_state(desk: Desk, before: PrintState, after: PrintState) -> None:
    row = {**desk.copy(), "state": before.name}
    if (before, after) in ALLOWED:
        assert printing.step(stepped(after, sha256="s"), row, {"state": CopyState.ALLOCATED.name})
    elif before is after is not PrintState.SENDING:
        assert printing.step(stepped(after, sha256="s"), row, None) == ()
    else:
        with pytest.raises(RefusedError):
            printing.step(stepped(after, sha256="s"), row, None)


def test_a_copy_is_handed_over_by_one_process_only(desk: Desk) -> None:
    desk.happen(stepped(PrintState.STAMPED, sha256="s"))
    (claim,) = printing.step(stepped(PrintState.SENDING), desk.copy(), None)
    desk.happen(claim)
    with pytest.raises(RefusedError, match="已交打印机"):
        printing.step(stepped(PrintState.SENDING), desk.copy(), None)
    keys = {idempotency_key(stepped(PrintState.SENDING, job=job), seq) for seq, job in enumerate(("", "a", "b"))}
    assert keys == {"print/P2026-0001/7/SENDING"}


def test_stamping_again_is_news_only_for_another_file(desk: Desk) -> None:
    desk.happen(stepped(PrintState.STAMPED, sha256="one"))
    assert printing.step(stepped(PrintState.STAMPED, sha256="one"), desk.copy(), None) == ()
    desk.happen(stepped(PrintState.SUBMITTED, sha256="one"))
    assert printing.step(stepped(PrintState.STAMPED, sha256="one"), desk.copy(), None) == ()
    assert printing.step(stepped(PrintState.STAMPED, sha256="two"), desk.copy(), None)
    keys = {
        idempotency_key(stepped(state, sha256=sha), 1)
        for state in (PrintState.STAMPED, PrintState.SUBMITTED)
        for sha in "ab"
    }
    assert len(keys) == 4


def test_a_number_that_was_voided_meanwhile_is_not_sent(desk: Desk) -> None:
    desk.happen(stepped(PrintState.STAMPED, sha256="s"))
    with pytest.raises(RefusedError, match="现为“已作废”"):
        printing.step(stepped(PrintState.SENDING), desk.copy(), {"state": CopyState.VOIDED.name})


def test_what_a_person_decides_has_words(desk: Desk) -> None:
    for state in (PrintState.WASTED, PrintState.NOTHING):
        with pytest.raises(UsageError, match="须写明情况"):
            printing.step(PrintStepped("P2026-0001", 7, state, why=" "), desk.copy(), None)


def test_what_was_told_before_stays(desk: Desk) -> None:
    desk.happen(
        stepped(PrintState.STAMPED, sha256="s"), stepped(PrintState.SENDING), stepped(PrintState.UNKNOWN, job="j")
    )
    desk.happen(stepped(PrintState.PRINTED, why=""))
    copy = copy_print_view(desk.copy())
    assert (copy.state, copy.sha256, copy.job, copy.why) == (PrintState.PRINTED, "s", "j", "")


def test_an_order_waits_for_its_code_once() -> None:
    desk = Desk()
    fields = {name: getattr(ORDER, name) for name in ORDER.__slots__}
    desk.happen(*printing.order(PrintOrdered(**{**fields, "released": False}), None, ()))
    assert not order_view(desk.order()).released
    (released,) = printing.release(desk.order())
    desk.happen(released)
    assert order_view(desk.order()).released
    assert printing.release(desk.order()) == ()
    assert idempotency_key(released, 1) == "print/P2026-0001/released"
    assert idempotency_key(ORDER, 1) == "print/urn:uuid:1/ordered"


def test_every_change_fills_the_columns_of_its_table() -> None:
    entry = Entry(1, "2026-05-10T02:00:00Z", "acc", "张三", ORDER)
    for change in print_changes(ORDER, entry):
        assert isinstance(change, Put)
        assert list(change.row) and set(change.row) == set(change.table.columns)
        assert all(isinstance(change.row[name], kind) for name, kind in change.table.columns.items())
    assert [table.name for table in PRINT_TABLES] == ["print_order", "print_copy"]
    assert print_changes(PrintReleased("P2026-0001"), entry)


@pytest.mark.parametrize("view", [order_view, copy_print_view])
def test_a_row_that_was_tampered_with_is_damage_not_a_crash(desk: Desk, view: Any) -> None:
    row = desk.order() if view is order_view else desk.copy()
    broken = {**row, "serials": "七", "state": "GONE"}
    with pytest.raises(CodecError, match="有一行不对"):
        view(broken)
