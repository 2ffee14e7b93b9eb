"""Which 份号 are given out: never one twice, none lost, and no more than were approved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.errors import RefusedError, UsageError
from markpipe.ledger import serials, transitions
from markpipe.ledger.events import CopiesAllocated, CopyMade, CopyVoided, Entry, Event
from markpipe.ledger.fold import BATCHES, COPIES, LEASES, SERIES, Row, State
from markpipe.ledger.serial_events import LeaseClosed, SerialsExplained, SerialsLeased, SerialsRetaken
from markpipe.ledger.serials import Numbers
from markpipe.ledger.tables import STANDING, moved
from markpipe.model.carrier import CopyState

ID = "D2026-0001"
APPROVED: Row = {"id": ID, "decision": "APPROVED", "digest": "d1"}
PROPOSED: Row = {"id": ID, "decision": "PROPOSED", "digest": "d1"}


class Numbering:
    """The numbers of one document, as a register would keep them."""

    def __init__(self, quota: int | None = None) -> None:
        self.state = State()
        self.quota = quota
        self.seq = 0

    def happen(self, events: tuple[Event, ...]) -> tuple[Event, ...]:
        for event in events:
            self.seq += 1
            self.state.apply(Entry(self.seq, "2026-05-10T02:00:00Z", "acc", "张三", event))
        return events

    def numbers(self, batch: str = "") -> Numbers:
        series = self.state.tables[SERIES.name].get((ID,), {"given": 0})
        held = self.state.tables[BATCHES.name].get((ID, batch), {"count": 0})
        spare = [serial for serial, state in self.states().items() if state is CopyState.RETURNED]
        return Numbers(int(series["given"]), int(held["count"]), tuple(spare), self.quota)

    def states(self) -> dict[int, CopyState]:
        rows = self.state.tables[COPIES.name].values()
        return {int(row["serial"]): CopyState[str(row["state"])] for row in rows}

    def copies(self, *numbers: int) -> list[Row]:
        return [self.state.tables[COPIES.name][ID, number] for number in numbers]

    def allocate(self, count: int, batch: str = "") -> tuple[Event, ...]:
        return self.happen(serials.allocate(ID, APPROVED, self.numbers(batch), count, batch))

    def lease(self, count: int, name: str = "Z2026-0001") -> Row:
        self.happen(serials.lease(ID, APPROVED, self.numbers(), name, count, "印制室", "印制"))
        return self.state.tables[LEASES.name][name,]

    def close(self, row: Row, unused: tuple[int, ...], reason: str = "") -> tuple[Event, ...]:
        first = int(row["first_serial"])
        stretch = self.copies(*range(first, first + int(row["count"])))
        return self.happen(serials.close_lease(row, stretch, unused, reason))

    def made(self, *numbers: int) -> None:
        for number in numbers:
            self.happen((CopyMade(ID, number, "aa", str(number)),))


def test_numbers_continue_and_are_given_once() -> None:
    numbering = Numbering()
    assert numbering.allocate(2) == (CopiesAllocated(ID, "d1", 1, 1, 2),)
    assert numbering.allocate(2) == ()
    assert numbering.allocate(1) == ()
    assert numbering.allocate(5) == (CopiesAllocated(ID, "d1", 3, 3, 3),)
    assert numbering.allocate(1, "卡纸补制") == (CopiesAllocated(ID, "d1", 6, 6, 1, "卡纸补制"),)
    assert numbering.allocate(1, "卡纸补制") == ()
    assert numbering.allocate(6) == (CopiesAllocated(ID, "d1", 7, 7, 1),)
    assert sorted(numbering.states()) == [1, 2, 3, 4, 5, 6, 7]


def test_a_voided_number_stays_used() -> None:
    numbering = Numbering()
    numbering.allocate(1)
    numbering.happen((CopyVoided(ID, 1, "卡纸"),))
    assert numbering.allocate(1) == ()
    assert numbering.allocate(2) == (CopiesAllocated(ID, "d1", 2, 2, 1),)


def test_no_numbers_without_a_determination() -> None:
    with pytest.raises(RefusedError, match="不能编份号"):
        serials.allocate(ID, PROPOSED, Numbers(), 1, "")
    with pytest.raises(UsageError, match="没有"):
        serials.allocate("D2026-0009", None, Numbers(), 1, "")
    with pytest.raises(RefusedError, match="不能领用号段"):
        serials.lease(ID, PROPOSED, Numbers(), "Z1", 1, "甲", "")


def test_numbers_have_six_digits() -> None:
    with pytest.raises(UsageError, match="份数 0 不对"):
        serials.allocate(ID, APPROVED, Numbers(), 0, "")
    full = Numbers(given=999_998)
    assert serials.allocate(ID, APPROVED, full, 1, "") == (CopiesAllocated(ID, "d1", 999_999, 999_999, 1),)
    with pytest.raises(RefusedError, match="6位数字"):
        serials.allocate(ID, APPROVED, full, 2, "")
    with pytest.raises(RefusedError, match="6位数字"):
        serials.lease(ID, APPROVED, full, "Z1", 2, "甲", "")


def test_no_more_than_approved() -> None:
    numbering = Numbering(quota=3)
    numbering.allocate(2)
    with pytest.raises(RefusedError, match="批准制作 3 份，已编号 2 份，不能再编 2 份"):
        numbering.allocate(4)
    with pytest.raises(RefusedError, match="不能再编 2 份"):
        numbering.lease(2)
    numbering.allocate(3)
    assert numbering.allocate(3) == ()


def test_what_comes_back_from_a_lease_is_given_out_again_first() -> None:
    numbering = Numbering(quota=10)
    row = numbering.lease(5)
    numbering.made(1, 2)
    assert numbering.close(row, (3, 4, 5)) == (LeaseClosed(ID, "Z2026-0001", (3, 4, 5), (), ""),)
    assert numbering.numbers().used == 2
    assert numbering.close(numbering.state.tables[LEASES.name]["Z2026-0001",], (3,)) == ()
    assert numbering.allocate(2) == (SerialsRetaken(ID, (3, 4)),)
    assert numbering.allocate(4) == (SerialsRetaken(ID, (5,)), CopiesAllocated(ID, "d1", 6, 6, 1))
    assert set(numbering.states()) == {1, 2, 3, 4, 5, 6}
    assert numbering.numbers("Z2026-0001").batch == 2


def test_what_may_be_on_paper_is_a_gap_with_its_reason() -> None:
    numbering = Numbering()
    row = numbering.lease(4)
    numbering.made(1)
    with pytest.raises(UsageError, match="必须写明理由"):
        numbering.close(row, (4,))
    numbering.close(row, (4,), "印制机断电")
    assert list(numbering.states().values()) == [
        CopyState.MADE,
        CopyState.EXPLAINED,
        CopyState.EXPLAINED,
        CopyState.RETURNED,
    ]
    assert {str(copy["reason"]) for copy in numbering.copies(2, 3, 4)} == {"印制机断电"}


def test_only_unused_numbers_of_the_lease_come_back() -> None:
    numbering = Numbering()
    row = numbering.lease(2)
    numbering.made(1)
    for wrong in (1, 3):
        with pytest.raises(RefusedError, match="没有制作的号"):
            numbering.close(row, (wrong,), "x")


@pytest.mark.parametrize(("count", "holder"), [(0, "甲"), (1, " ")])
def test_a_lease_names_how_many_and_for_whom(count: int, holder: str) -> None:
    with pytest.raises(UsageError, match="份数和领用人"):
        serials.lease(ID, APPROVED, Numbers(), "Z1", count, holder, "")


def test_gaps_are_explained_once_and_only_where_nothing_was_made() -> None:
    numbering = Numbering()
    numbering.allocate(3)
    numbering.made(1)
    with pytest.raises(RefusedError, match="000001 现为“在库”"):
        serials.explain(ID, numbering.copies(1, 2), "草稿撤回")
    with pytest.raises(UsageError, match="必须写明理由"):
        serials.explain(ID, numbering.copies(2), " ")
    gaps = serials.explain(ID, numbering.copies(2, 3), "草稿撤回")
    assert numbering.happen(gaps) == (SerialsExplained(ID, (2, 3), "草稿撤回"),)
    assert serials.explain(ID, numbering.copies(2, 3), "草稿撤回") == ()
    with pytest.raises(RefusedError, match="缺号已说明"):
        transitions.made(CopyMade(ID, 2, "aa", "x"), numbering.copies(2)[0])


@given(st.lists(st.tuples(st.sampled_from(["allocate", "lease", "again"]), st.integers(1, 6)), max_size=12))
def test_no_number_is_lost_or_given_twice(steps: list[tuple[str, int]]) -> None:
    numbering = Numbering()
    handed: list[int] = []
    for index, (step, count) in enumerate(steps):
        before = numbering.states()
        if step == "lease":
            row = numbering.lease(count, f"Z{index}")
            first = int(row["first_serial"])
            used = range(first, first + count // 2)
            handed.extend(used)
            numbering.made(*used)
            numbering.close(row, tuple(range(first + count // 2, first + count)))
            continue
        batch = f"第{index}批" if step == "again" else ""
        numbering.allocate(numbering.numbers(batch).batch + count, batch)
        given_out = [
            serial
            for serial, state in numbering.states().items()
            if state is CopyState.ALLOCATED and before.get(serial) is not CopyState.ALLOCATED
        ]
        assert len(given_out) == count
        handed.extend(given_out)
    assert len(handed) == len(set(handed))
    assert sorted(numbering.states()) == list(range(1, numbering.numbers().given + 1))
    standing = {key[1]: row["count"] for key, row in numbering.state.tables[STANDING.name].items() if key[0] == "copy"}
    counted = [CopyState[str(name)] for name, count in standing.items() for _ in range(int(count))]
    assert sorted(counted) == sorted(numbering.states().values())


def test_a_lease_is_one_event() -> None:
    assert serials.lease(ID, APPROVED, Numbers(given=7), "Z2026-0002", 3, "甲", "印制") == (
        SerialsLeased(ID, "Z2026-0002", "d1", 8, 3, "甲", "印制"),
    )


def test_what_stays_in_its_state_is_not_counted_again() -> None:
    assert moved(COPIES, "MADE", "MADE") == ()
    assert [tally.add for tally in moved(COPIES, "ALLOCATED", "MADE")] == [{"count": -1}, {"count": 1}]
