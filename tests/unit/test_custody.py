"""Where a carrier may go: every act from every state, who may have it, and what the tables say afterwards."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from markpipe.errors import RefusedError, UsageError
from markpipe.ledger import custody, destruction
from markpipe.ledger.codec import CodecError
from markpipe.ledger.custody import Move, Reproduce
from markpipe.ledger.custody_events import (
    CarrierLost,
    CarriersMoved,
    CarriersReceived,
    CopiesApproved,
    CustodyEvent,
    Destroyed,
    Duplicated,
    HolderCleared,
    IncidentStep,
    Inspected,
    StoreHandedOver,
)
from markpipe.ledger.custody_fold import (
    CARRIERS,
    CUSTODY_LOG,
    CUSTODY_TABLES,
    DESTRUCTIONS,
    DUPLICATIONS,
    INCIDENTS,
    INCOMINGS,
    RECALLS,
)
from markpipe.ledger.custody_views import (
    Facts,
    carrier_view,
    facts_of,
    incoming_view,
    listing_view,
    loss_view,
    moved_view,
    recall_view,
)
from markpipe.ledger.destruction import Destruction
from markpipe.ledger.events import CopiesAllocated, CopyMade, CopyVoided, Entry, Event, idempotency_key
from markpipe.ledger.fold import FoldError, Row, State
from markpipe.ledger.tables import Table
from markpipe.model.classification import Duration, Level, Mark
from markpipe.model.custody import OUT, Act, Carrier, CarrierState, Incoming, Reproduction, carrier_ref, split_ref

DAY = dt.date(2026, 5, 10)
AT = dt.datetime(2026, 5, 10, 2, 0, tzinfo=dt.UTC)
MARK = Mark(Level.JIMI, Duration(years=20))
INCOMING = Incoming(
    "R2026-0001", "省厅", "省厅发〔2026〕3号", "通知", MARK, DAY, "机要交通", Reproduction.ALLOWED, return_by=DAY
)
CARRIER = Carrier("R2026-0001/000117", MARK, "通知", "省厅", "", Reproduction.ALLOWED, False, CarrierState.IN_STORE)
COPYING = Reproduce(2, "吴九", "审1号", "", "本局复制", DAY)
BURNING = Destruction("X2026-0001", "吴九", "审1号", "自行销毁", "机要室", "", ("孙七", "周八"), "王五", DAY)


class Book:
    """The tables of carriers after some events."""

    def __init__(self) -> None:
        self.state = State()
        self.seq = 0

    def happen(self, *events: Event) -> None:
        for event in events:
            self.seq += 1
            self.state.apply(Entry(self.seq, "2026-05-10T20:00:00Z", "wangwu", "王五", event))

    def rows(self, table: Table) -> list[Row]:
        return list(self.state.tables[table.name].values())

    def carrier(self, ref: str = CARRIER.ref) -> Carrier:
        return carrier_view(self.state.tables[CARRIERS.name][split_ref(ref)], facts_of(INCOMING))


@pytest.fixture
def book() -> Book:
    book = Book()
    book.happen(*custody.receive(INCOMING, ("000117", "118"), None))
    return book


def moved(act: Act, **more: Any) -> Move:
    """A complete request for an act."""
    given: dict[str, Any] = {}
    if act in (Act.SEND, Act.SIGN, Act.CIRCULATE, Act.LEND, Act.CARRY):
        given["holder"] = "赵六"
    if act in (Act.LEND, Act.CARRY):
        given |= {"due": DAY, "approved_by": "吴九"}
    return Move(act, DAY, **(given | more))


# -- names


@pytest.mark.parametrize(
    ("text", "named"),
    [("D2026-0001/000003", ("D2026-0001", 3)), ("D2026-0001/3", ("D2026-0001", 3)), ("R2026-1/7/2", ("R2026-1/7", 2))],
)
def test_names_of_carriers(text: str, named: tuple[str, int]) -> None:
    assert split_ref(text) == named


def test_a_name_has_one_spelling() -> None:
    assert carrier_ref("D2026-0001", 3) == "D2026-0001/000003"


@pytest.mark.parametrize("text", ["", "/", "/3", "D2026-0001", "D/x", "D/1234567", "D/Ⅷ"])
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(ValueError, match="不是份的编号"):
        split_ref(text)


# -- moving


MOVES = tuple(custody._TO)


@pytest.mark.parametrize("act", MOVES)
@pytest.mark.parametrize("state", CarrierState)
def test_an_act_is_possible_from_its_states_alone(act: Act, state: CarrierState) -> None:
    holder = "赵六" if state in OUT else ""
    carrier = replace(CARRIER, state=state, holder=holder)
    wanted = moved(act)
    again = state is custody._TO[act] and wanted.holder == holder
    signed = (act, state) == (Act.SEND, CarrierState.HELD)  # what was sent to somebody and signed for was sent
    if signed or (again and carrier.due == wanted.due):
        assert custody.move(wanted, [carrier]) == ()
    elif state in custody._FROM[act]:
        (event,) = custody.move(wanted, [carrier])
        assert isinstance(event, CarriersMoved)
        assert event.state is custody._TO[act]
    else:
        with pytest.raises(RefusedError) as raised:
            custody.move(wanted, [carrier])
        sideways = state in OUT and act in (Act.SEND, Act.CIRCULATE, Act.LEND, Act.CARRY)
        assert ("横传" in raised.value.message) == sideways


def test_what_somebody_signed_for_is_not_sent_to_another() -> None:
    held = replace(CARRIER, state=CarrierState.HELD, holder="孙七")
    with pytest.raises(RefusedError, match="横传"):
        custody.move(moved(Act.SEND), [held])


def test_all_or_none_of_several() -> None:
    out = replace(CARRIER, ref="R2026-0001/000118", state=CarrierState.CIRCULATING, holder="孙七")
    with pytest.raises(RefusedError):
        custody.move(moved(Act.CIRCULATE), [CARRIER, out])
    (event,) = custody.move(moved(Act.CIRCULATE, holder="孙七"), [CARRIER, out])
    assert isinstance(event, CarriersMoved)
    assert event.refs == (CARRIER.ref,)


@pytest.mark.parametrize(
    ("wanted", "error", "says"),
    [
        (moved(Act.SEND, holder=" "), UsageError, "交给谁"),
        (moved(Act.LEND, approved_by=""), UsageError, "批准人和归还日期"),
        (moved(Act.LEND, due=None), UsageError, "批准人和归还日期"),
        (moved(Act.LEND, due=DAY - dt.timedelta(days=1)), UsageError, "早于今天"),
        (moved(Act.LEND, approved_by="赵六"), RefusedError, "不能由本人批准"),
        (moved(Act.SEND, channel="快递"), RefusedError, "不得用“快递”"),
        (moved(Act.SEND, unit="市局"), UsageError, "传递渠道"),
    ],
)
def test_an_incomplete_request(wanted: Move, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        custody.move(wanted, [CARRIER])


def test_nothing_to_move() -> None:
    with pytest.raises(UsageError, match="没有指明"):
        custody.move(moved(Act.RETURN), [])


@pytest.mark.parametrize(
    ("scope", "holder", "unit", "widened", "allowed"),
    [
        ("", "赵六", "", "", True),
        ("赵六、孙七", "赵六", "", "", True),
        ("办公室；业务科", "赵六", "业务科", "", True),
        ("孙七", "赵六", "", "", False),
        ("有关人员", "赵六", "", "", False),
        ("有关人员", "赵六", "", "吴九 扩1号", True),
    ],
)
def test_holders_belong_to_the_scope(scope: str, holder: str, unit: str, widened: str, allowed: bool) -> None:
    carrier = replace(CARRIER, access_scope=scope)
    wanted = moved(Act.SEND, holder=holder, unit=unit, widened=widened, channel="专人送达")
    if allowed:
        (event,) = custody.move(wanted, [carrier])
        assert isinstance(event, CarriersMoved)
        assert event.note == (f"扩大知悉范围：{widened}" if widened else "")
    else:
        with pytest.raises(RefusedError, match="知悉范围"):
            custody.move(wanted, [carrier])


def test_top_secret_travels_in_company() -> None:
    carrier = replace(CARRIER, mark=Mark(Level.JUEMI))
    with pytest.raises(RefusedError, match="两人以上"):
        custody.move(moved(Act.CARRY), [carrier])
    (event,) = custody.move(moved(Act.CARRY, companion="孙七", note="开会"), [carrier])
    assert isinstance(event, CarriersMoved)
    assert event.note == "开会；同行孙七"


def test_only_the_addressee_signs() -> None:
    sent = replace(CARRIER, state=CarrierState.SENT, holder="孙七", unit="市局")
    with pytest.raises(RefusedError, match="发给孙七的"):
        custody.move(moved(Act.SIGN), [sent])
    (event,) = custody.move(moved(Act.SIGN, holder="孙七"), [sent])
    assert isinstance(event, CarriersMoved)
    assert event.unit == "市局"


def test_own_carriers_have_no_issuer_to_go_back_to() -> None:
    with pytest.raises(RefusedError, match="没有可退的"):
        custody.move(moved(Act.GIVE_BACK), [replace(CARRIER, issuer="")])


@pytest.mark.parametrize(("days", "allowed"), [(2, True), (3, False)])
@pytest.mark.parametrize("act", [Act.LEND, Act.CARRY])
def test_a_carrier_is_away_no_longer_than_its_level_may(act: Act, days: int, allowed: bool) -> None:
    due = DAY + dt.timedelta(days=days)
    wanted = Move(act, DAY, "赵六", "", due, "吴九", "审1号", longest={Level.JIMI: 2})
    if allowed:
        assert custody.move(wanted, [CARRIER])
        return
    with pytest.raises(RefusedError, match="最多 2 天"):
        custody.move(wanted, [CARRIER])
    assert custody.move(replace(wanted, longest={Level.MIMI: 1}), [CARRIER])


# -- numbers


@pytest.mark.parametrize("state", CarrierState)
def test_only_what_is_in_the_store_is_voided(state: CarrierState) -> None:
    custody.voidable("D2026-0001", 1, None)
    row: Row = {"state": state.name}
    if state in (CarrierState.IN_STORE, CarrierState.VOIDED):
        custody.voidable("D2026-0001", 1, row)
    else:
        with pytest.raises(RefusedError, match="不能作废"):
            custody.voidable("D2026-0001", 1, row)


@pytest.mark.parametrize("serials", [(), ("x",), ("",), ("0",), ("1234567",), ("１",), ("1", "000001")])
def test_received_numbers(serials: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        custody.receive(INCOMING, serials, None)


def test_a_document_is_received_once() -> None:
    with pytest.raises(RefusedError, match="已登记为 R2026-0001"):
        custody.receive(INCOMING, ("1",), INCOMING, {1, 2})
    with pytest.raises(RefusedError, match="已登记为 R2026-0001"):
        custody.receive(INCOMING, ("1",), replace(INCOMING, numbered=False))


def test_carriers_that_come_later_join_their_document_on_their_own_day(book: Book) -> None:
    later = replace(INCOMING, id="", received_on=DAY + dt.timedelta(days=3))
    events = custody.receive(later, ("120",), INCOMING, {117, 118})
    book.happen(*events)
    assert len(book.rows(INCOMINGS)) == 1
    rows = [row for row in book.rows(CUSTODY_LOG) if row["ref"] == "R2026-0001/000120"]
    assert [(row["act"], row["day"]) for row in rows] == [("RECEIVE", (DAY + dt.timedelta(days=3)).isoformat())]
    for other in (replace(later, title="别的"), replace(later, mark=Mark(Level.MIMI, Duration(years=5)))):
        with pytest.raises(RefusedError, match="标题、标志不同"):
            custody.receive(other, ("121",), INCOMING, {117, 118})


def test_what_the_issuer_wants_back_is_owed_until_it_is_there_or_destroyed(book: Book) -> None:
    back = DAY + dt.timedelta(days=9)
    incoming = replace(INCOMING, id="R2026-0002", return_by=back)
    book.happen(*custody.receive(incoming, ("1", "2", "3"), None))

    def owed() -> list[object]:
        return [row["owed"] for row in book.rows(CARRIERS) if row["series"] == "R2026-0002"]

    assert owed() == [back.isoformat()] * 3
    one, two = (replace(CARRIER, ref=f"R2026-0002/{serial}", issuer="省厅") for serial in (1, 2))
    book.happen(*custody.move(moved(Act.LEND), [one]))
    assert owed() == [back.isoformat()] * 3
    book.happen(*custody.move(moved(Act.RETURN), [replace(one, state=CarrierState.LENT)]))
    book.happen(*custody.move(Move(Act.GIVE_BACK, DAY, unit="省厅", channel="机要交通"), [one]))
    listed = destruction.list_destruction(BURNING, [two], ())
    book.happen(*listed)
    assert owed() == ["", back.isoformat(), back.isoformat()]
    book.happen(Destroyed("X2026-0001", (two.ref,), DAY))
    assert owed() == ["", "", back.isoformat()]
    row = next(row for row in book.rows(CARRIERS) if row["owed"] == back.isoformat())
    assert carrier_view(row, Facts(MARK, "通知")).owed == back


# -- duplicates


@pytest.mark.parametrize(
    ("carrier", "wanted", "rule"),
    [
        (replace(CARRIER, telegram=True), replace(COPYING, issuer_consent="函1号"), "CPY-1"),
        (replace(CARRIER, reproduction=Reproduction.FORBIDDEN), replace(COPYING, issuer_consent="函1号"), "CPY-1"),
        (replace(CARRIER, reproduction=Reproduction.BY_ISSUER), COPYING, "CPY-1"),
        (replace(CARRIER, mark=Mark(Level.JUEMI)), COPYING, "CPY-2"),
        (replace(CARRIER, state=CarrierState.LENT), COPYING, "SER-1"),
    ],
)
def test_what_is_not_duplicated(carrier: Carrier, wanted: Reproduce, rule: str) -> None:
    with pytest.raises(RefusedError) as raised:
        custody.duplicate(wanted, carrier, None, 0)
    assert raised.value.rules == (rule,)


@pytest.mark.parametrize(
    "wanted", [replace(COPYING, count=0), replace(COPYING, approval=" "), replace(COPYING, approved_by="")]
)
def test_duplicates_need_their_approval(wanted: Reproduce) -> None:
    with pytest.raises(UsageError, match="份数、批准人"):
        custody.duplicate(wanted, CARRIER, None, 0)


def test_duplicates_have_numbers_of_their_own(book: Book) -> None:
    (event,) = custody.duplicate(COPYING, CARRIER, None, 0)
    book.happen(event)
    assert book.carrier(f"{CARRIER.ref}/000002").state is CarrierState.IN_STORE
    (done,) = book.rows(DUPLICATIONS)
    assert custody.duplicate(COPYING, CARRIER, done, 2) == ()
    with pytest.raises(RefusedError, match="已复制 2 份"):
        custody.duplicate(replace(COPYING, count=3), CARRIER, done, 2)
    (more,) = custody.duplicate(replace(COPYING, approval="审2号"), CARRIER, None, 2)
    assert isinstance(more, Duplicated)
    assert more.first_serial == 3
    assert idempotency_key(event, 1) == idempotency_key(event, 2) != idempotency_key(more, 1)


# -- recall, loss, leaving


def test_a_recall_is_of_what_is_out(book: Book) -> None:
    with pytest.raises(UsageError, match="没有需要清退"):
        custody.open_recall("B2026-0001", [CARRIER], DAY, "x")
    out = replace(CARRIER, state=CarrierState.HELD, holder="赵六")
    book.happen(*custody.open_recall("B2026-0001", [out, CARRIER], DAY, "省厅要求"))
    (row,) = book.rows(RECALLS)
    assert recall_view(row).refs == (CARRIER.ref,)
    for missing in (out, replace(out, state=CarrierState.LOST)):
        with pytest.raises(RefusedError, match="缺 1 份"):
            custody.close_recall(row, [missing], DAY)
    book.happen(*custody.close_recall(row, [CARRIER], DAY))
    (row,) = book.rows(RECALLS)
    assert recall_view(row).closed_on == "2026-05-10"
    assert custody.close_recall(row, [out], DAY) == ()


def test_a_loss_starts_the_clock(book: Book) -> None:
    held = replace(CARRIER, state=CarrierState.HELD, holder="赵六")
    with pytest.raises(UsageError, match="写明情况"):
        custody.lose("L2026-0001", held, " ", AT, DAY)
    (event,) = custody.lose("L2026-0001", held, "途中", AT, DAY)
    assert isinstance(event, CarrierLost)
    assert event.report_by == "2026-05-11T02:00:00Z"
    book.happen(event)
    assert book.carrier().state is CarrierState.LOST
    assert custody.lose("L2026-0002", book.carrier(), "途中", AT, DAY) == ()
    (from_store,) = custody.lose("L2026-0002", CARRIER, "库里没有", AT, DAY)
    assert isinstance(from_store, CarrierLost)
    assert from_store.last_holder == "保密员"
    with pytest.raises(RefusedError, match="不能报失"):
        custody.lose("L2026-0003", replace(CARRIER, state=CarrierState.DESTROYED), "x", AT, DAY)


def test_a_loss_is_reported_before_it_is_closed(book: Book) -> None:
    book.happen(*custody.lose("L2026-0001", CARRIER, "库里没有", AT, DAY))
    (row,) = book.rows(INCIDENTS)
    with pytest.raises(UsageError, match="做了什么"):
        custody.incident_step(row, "", DAY, reported=False, closes=False)
    with pytest.raises(RefusedError, match="还没有报告"):
        custody.incident_step(row, "查明", DAY, reported=False, closes=True)
    book.happen(*custody.incident_step(row, "封存现场", DAY, reported=False, closes=False))
    assert loss_view(book.rows(INCIDENTS)[0]).reported_at == ""
    book.happen(*custody.incident_step(row, "报市局", DAY, reported=True, closes=False))
    (row,) = book.rows(INCIDENTS)
    assert loss_view(row).reported_at == "2026-05-10T20:00:00Z"
    book.happen(*custody.incident_step(row, "找回", DAY, reported=False, closes=True))
    (row,) = book.rows(INCIDENTS)
    with pytest.raises(RefusedError, match="已结"):
        custody.incident_step(row, "x", DAY, reported=False, closes=False)
    (at_once,) = custody.incident_step(
        {"id": "L", "closed_on": "", "reported_at": ""}, "x", DAY, reported=True, closes=True
    )
    assert isinstance(at_once, IncidentStep)


def test_nobody_leaves_with_anything() -> None:
    assert custody.clear("赵六", [], "", DAY) == (HolderCleared("赵六", DAY),)
    with pytest.raises(RefusedError, match="还有 2 项"):
        custody.clear("赵六", [CARRIER], "定密责任人身份", DAY)


# -- destruction


@pytest.mark.parametrize(
    ("wanted", "error", "says"),
    [
        (replace(BURNING, place=""), UsageError, "批准人、批准文号和地点"),
        (replace(BURNING, approved_by="王五"), RefusedError, "经办人自己批准"),
        (replace(BURNING, method="烧掉"), UsageError, "销毁方式"),
        (replace(BURNING, method="送销毁机构"), RefusedError, "回执编号"),
        (replace(BURNING, witnesses=("孙七",)), RefusedError, "两名不同"),
        (replace(BURNING, witnesses=("孙七", "孙七 ")), RefusedError, "两名不同"),
        (replace(BURNING, witnesses=("孙七", "王五")), RefusedError, "王五是"),
        (replace(BURNING, witnesses=("吴九", "孙七")), RefusedError, "吴九是批准人"),
        (replace(BURNING, witnesses=("孙七", "郑十")), RefusedError, "郑十是载体保管人"),
    ],
)
def test_how_nothing_is_destroyed(wanted: Destruction, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        destruction.list_destruction(wanted, [CARRIER], ("郑十",))


def test_few_may_be_destroyed_at_home() -> None:
    with pytest.raises(UsageError, match="没有指明"):
        destruction.list_destruction(BURNING, [], ())
    with pytest.raises(RefusedError, match="指定单位的回执") as raised:
        destruction.list_destruction(BURNING, [CARRIER, CARRIER], (), limit=1)
    assert raised.value.rules == ("DST-1",)
    body = replace(BURNING, method="送销毁机构", receipt="销55号")
    assert destruction.list_destruction(body, [CARRIER, CARRIER], (), limit=1)


@pytest.mark.parametrize("state", CarrierState)
def test_only_what_is_in_the_store_is_destroyed(state: CarrierState) -> None:
    carrier = replace(CARRIER, state=state)
    if state in (CarrierState.IN_STORE, CarrierState.VOIDED):
        assert destruction.list_destruction(BURNING, [carrier], ())
    else:
        with pytest.raises(RefusedError, match="不能销毁"):
            destruction.list_destruction(BURNING, [carrier], ())


@pytest.mark.parametrize("order", [("孙七", "周八"), ("周八", "孙七")])
def test_the_second_signature_destroys(book: Book, order: tuple[str, str]) -> None:
    book.happen(*destruction.list_destruction(BURNING, [CARRIER], ()))
    assert book.carrier().state is CarrierState.TO_DESTROY

    def sign(witness: str) -> tuple[CustodyEvent, ...]:
        (row,) = book.rows(DESTRUCTIONS)
        return destruction.sign(row, listing_view(row).refs, witness, DAY)

    with pytest.raises(RefusedError, match="不是 X2026-0001 的监销人"):
        sign("赵六")
    book.happen(*sign(order[0]))
    assert sign(order[0]) == ()
    assert book.carrier().state is CarrierState.TO_DESTROY
    book.happen(*sign(order[1]))
    assert book.carrier().state is CarrierState.DESTROYED
    view = listing_view(book.rows(DESTRUCTIONS)[0])
    assert (view.signed, view.destroyed_on) == (("2026-05-10", "2026-05-10"), "2026-05-10")


# -- the fold


def test_received_carriers_are_in_the_store(book: Book) -> None:
    assert [row["serial"] for row in book.rows(CARRIERS)] == [117, 118]
    (row,) = book.rows(INCOMINGS)
    assert incoming_view(row) == INCOMING
    (event,) = custody.receive(INCOMING, ("1",), None)
    assert idempotency_key(event, 1) == idempotency_key(event, 2)
    assert moved_view(book.rows(CUSTODY_LOG)[0]).act is Act.RECEIVE


def test_made_and_voided_copies_are_carriers(book: Book) -> None:
    book.happen(
        CopiesAllocated("D2026-0001", "d1", 1, 1, 1),
        CopyMade("D2026-0001", 1, "ab", "x"),
        CopyVoided("D2026-0001", 1, "卡纸"),
    )
    rows = [row for row in book.rows(CARRIERS) if row["series"] == "D2026-0001"]
    assert [(row["state"], row["note"]) for row in rows] == [("VOIDED", "卡纸")]
    log = [moved_view(row) for row in book.rows(CUSTODY_LOG) if str(row["ref"]).startswith("D")]
    # eight in the evening in Greenwich is the next day in China
    assert [(line.act, line.day) for line in log] == [(Act.MAKE, "2026-05-11"), (Act.VOID, "2026-05-11")]


def test_every_change_fills_the_columns_of_its_table(book: Book) -> None:
    book.happen(
        CopiesApproved("D2026-0001", 3, "各科", "吴九", "审1号"),
        *custody.duplicate(COPYING, CARRIER, None, 0),
        Inspected(DAY, "", 1, ("a",), ()),
        *custody.open_recall("B2026-0001", [replace(CARRIER, state=CarrierState.HELD)], DAY, ""),
        *custody.move(moved(Act.LEND), [CARRIER]),
        *custody.move(moved(Act.RETURN), [replace(CARRIER, state=CarrierState.LENT)]),
        *destruction.list_destruction(BURNING, [CARRIER], ()),
        *custody.lose("L2026-0001", replace(CARRIER, ref="R2026-0001/118"), "x", AT, DAY),
        HolderCleared("赵六", DAY),
        StoreHandedOver("王五", "赵六", "吴九", 2, DAY),
    )
    for table in CUSTODY_TABLES:
        rows = book.rows(table)
        assert rows, table.name
        for row in rows:
            assert {column: type(value) for column, value in row.items()} == dict(table.columns), table.name


@pytest.mark.parametrize(
    "event",
    [
        CarriersReceived(replace(INCOMING, id="nonsense"), ("1",)),
        CarriersMoved(Act.RETURN, ("nonsense",), CarrierState.IN_STORE, "", "", DAY),
        CarriersMoved(Act.RETURN, ("R2026-0009/1",), CarrierState.IN_STORE, "", "", DAY),
    ],
)
def test_an_event_that_does_not_fit_shows_damage(book: Book, event: Event) -> None:
    with pytest.raises(FoldError):
        book.happen(event)


def test_rows_that_were_tampered_with_are_damage(book: Book) -> None:
    row = book.rows(CARRIERS)[0]
    facts = Facts(MARK, "通知")
    for broken in ({"state": "NONSENSE"}, {"due": "soon"}, {"owed": "soon"}):
        with pytest.raises(CodecError):
            carrier_view({**row, **broken}, facts)
    with pytest.raises(CodecError):
        moved_view({**book.rows(CUSTODY_LOG)[0], "act": "NONSENSE"})
    for refs in ("x", "{}"):
        with pytest.raises(CodecError):
            recall_view({"id": "B", "refs": refs, "due": "", "reason": "", "closed_on": ""})
