"""What may happen to a matter, a source and a copy, and what follows from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from markpipe.errors import RefusedError, UsageError
from markpipe.ledger import serials, transitions, views
from markpipe.ledger.codec import CodecError
from markpipe.ledger.events import (
    AttemptRefused,
    CitationAnswered,
    CopyMade,
    CopyVoided,
    DraftChanged,
    Entry,
    Event,
    MatterApproved,
    MatterProposed,
    MatterRevised,
    NoNoticeRecorded,
    SourceAdded,
    SourceRemoved,
    Stamped,
)
from markpipe.ledger.fold import (
    ANSWERS,
    COPIES,
    MATTERS,
    OUTPUTS,
    REFUSALS,
    SOURCES,
    STEPS,
    FoldError,
    Row,
    State,
    changes,
    fold,
    matter_number,
    split_number,
)
from markpipe.ledger.procedure import SheetAttached
from markpipe.model.carrier import CopyState
from markpipe.model.classification import Duration, Level, Mark
from markpipe.model.decision import Decision, Determination, Origin, Proposal, Source
from markpipe.model.procedure import Attachment

DAY = dt.date(2026, 5, 10)
MARK = Mark(Level.JIMI, Duration(years=10))
ID = "D2026-0001"
SOURCE = Source(
    "S0001", "通知", "厅发〔2015〕1号", Mark(Level.JIMI, Duration(years=20)), dt.date(2015, 3, 2), digest="f0"
)
PROPOSAL = Proposal("d1", "稿.docx", "张三", Level.JIMI, Duration(years=10), Origin.ORIGINAL, DAY)
DETERMINATION = Determination(ID, "d1", "稿.docx", MARK, Origin.ORIGINAL, "张三", "李四", DAY, DAY, account="lisi")


class Ledger:
    """A register in memory: what happened, and the state after it."""

    def __init__(self) -> None:
        self.state = State()
        self.entries: list[Entry] = []

    def happen(self, *events: Event) -> None:
        for event in events:
            entry = Entry(len(self.entries) + 1, "2026-05-10T02:00:00Z", "acc", "张三", event)
            self.state.apply(entry)
            self.entries.append(entry)

    def matter(self, id_: str = ID) -> Row | None:
        return self.state.tables[MATTERS.name].get((id_,))

    def decision(self, id_: str = ID) -> Decision:
        row = self.matter(id_)
        assert row is not None
        return views.matter_view(row).decision

    def copy(self, serial: int) -> Row | None:
        return self.state.tables[COPIES.name].get((ID, serial))

    def copies(self) -> list[Row]:
        return list(self.state.tables[COPIES.name].values())

    def source(self) -> Row | None:
        return self.state.tables[SOURCES.name].get(("S0001",))


@pytest.fixture
def proposed() -> Ledger:
    ledger = Ledger()
    ledger.happen(*transitions.propose(PROPOSAL, None, (), ID))
    return ledger


@pytest.fixture
def approved(proposed: Ledger) -> Ledger:
    proposed.happen(*transitions.approve(DETERMINATION, proposed.matter()))
    return proposed


def allocate(ledger: Ledger, count: int) -> tuple[Event, ...]:
    events = serials.allocate(ID, ledger.matter(), serials.Numbers(given=len(ledger.copies())), count, "")
    ledger.happen(*events)
    return events


# -- sources


def test_a_source_gets_the_next_id_unless_it_brings_one() -> None:
    (event,) = transitions.add_source(replace(SOURCE, id=""), "fp", None, "S0009")
    assert event == SourceAdded(replace(SOURCE, id="S0009"), "fp")
    assert transitions.add_source(SOURCE, "fp", None, "S0009") == (SourceAdded(SOURCE, "fp"),)


def test_the_same_source_again_is_nothing_new_even_after_no_notice_was_recorded() -> None:
    ledger = Ledger()
    ledger.happen(SourceAdded(SOURCE, "fp"), NoNoticeRecorded("S0001", DAY, "查过"))
    assert transitions.add_source(replace(SOURCE, id=""), "fp", ledger.source(), "S0002") == ()
    row = ledger.source()
    assert row is not None
    assert views.source_view(row) == replace(SOURCE, no_notice_on=DAY)


@pytest.mark.parametrize("other", [replace(SOURCE, mark=MARK), replace(SOURCE, title="别的")])
def test_another_description_of_a_registered_source_is_refused(other: Source) -> None:
    ledger = Ledger()
    ledger.happen(SourceAdded(SOURCE, "fp"))
    with pytest.raises(RefusedError, match="已登记为 S0001"):
        transitions.add_source(other, "fp", ledger.source(), "S0002")
    with pytest.raises(RefusedError, match="已登记为 S0001"):
        transitions.add_source(SOURCE, "other fingerprints", ledger.source(), "S0002")


def test_a_removed_source_keeps_its_id_for_ever() -> None:
    ledger = Ledger()
    ledger.happen(SourceAdded(SOURCE, "fp"))
    ledger.happen(*transitions.remove_source("S0001", ledger.source(), "登记有误"))
    assert transitions.remove_source("S0001", ledger.source(), "再来") == ()
    with pytest.raises(RefusedError, match="不重复使用"):
        transitions.add_source(SOURCE, "fp", ledger.source(), "S0002")
    with pytest.raises(UsageError, match="没有来源 S0001"):
        transitions.record_no_notice("S0001", ledger.source(), DAY, "查过")


def test_no_notice_is_recorded_once_a_day_with_its_reason() -> None:
    ledger = Ledger()
    ledger.happen(SourceAdded(replace(SOURCE, no_notice_on=DAY), "fp"))
    assert transitions.record_no_notice("S0001", ledger.source(), DAY, "查过") == ()
    later = DAY + dt.timedelta(days=1)
    assert transitions.record_no_notice("S0001", ledger.source(), later, "查过") == (
        NoNoticeRecorded("S0001", later, "查过"),
    )
    with pytest.raises(UsageError, match="必须写明理由"):
        transitions.record_no_notice("S0001", ledger.source(), later, " ")
    with pytest.raises(UsageError, match="没有来源 S0002"):
        transitions.record_no_notice("S0002", None, DAY, "查过")
    with pytest.raises(UsageError, match="没有来源 S0002"):
        transitions.remove_source("S0002", None, "x")


# -- citations


def test_the_last_answer_to_a_citation_holds() -> None:
    ledger = Ledger()
    first = CitationAnswered("d1", "c1", "〔2010〕6号", "未涉及内容", "只引文号")
    ledger.happen(*transitions.answer_citation(first, None, "张三"))
    key = ("d1", "c1")
    row = ledger.state.tables[ANSWERS.name][key]
    assert transitions.answer_citation(first, row, "张三") == ()
    assert transitions.answer_citation(first, row, "李四") == (first,)
    second = replace(first, answer="涉及内容")
    ledger.happen(*transitions.answer_citation(second, row, "张三"))
    answer, reason, person = views.answer_view(ledger.state.tables[ANSWERS.name][key])
    assert (answer, reason, person) == ("涉及内容", "只引文号", "张三")


@pytest.mark.parametrize(("changed", "says"), [({"reason": ""}, "必须写明理由"), ({"answer": " "}, "没有给出")])
def test_an_answer_needs_words_and_a_reason(changed: dict[str, str], says: str) -> None:
    answered = replace(CitationAnswered("d1", "c1", "文号", "未涉及内容", "只引文号"), **changed)
    with pytest.raises(UsageError, match=says):
        transitions.answer_citation(answered, None, "张三")


# -- matters


def test_the_same_offer_again_is_nothing_new(proposed: Ledger) -> None:
    assert transitions.propose(PROPOSAL, proposed.matter(), (), "D2026-0002") == ()


def test_another_content_revises_the_matter(proposed: Ledger) -> None:
    other = replace(PROPOSAL, level=Level.MIMI)
    assert transitions.propose(other, proposed.matter(), (), "D2026-0002") == (MatterRevised(ID, other),)


def test_the_handler_s_unchanged_offer_does_not_undo_a_correction(proposed: Ledger) -> None:
    corrected = replace(PROPOSAL, level=Level.MIMI)
    proposed.happen(*transitions.correct(ID, proposed.matter(), corrected, "密级偏高"))
    assert transitions.propose(PROPOSAL, proposed.matter(), (), "D2026-0002") == ()
    row = proposed.matter()
    assert row is not None
    view = views.matter_view(row)
    assert (view.proposal, view.decision, view.reason) == (corrected, Decision.PROPOSED, "密级偏高")


@pytest.mark.parametrize("changed", [{"digest": "d2"}, {"name": "别的.docx"}])
def test_a_correction_is_of_the_same_draft(proposed: Ledger, changed: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="内容不一致"):
        transitions.correct(ID, proposed.matter(), replace(PROPOSAL, **changed), "x")


def test_returned_and_declined_matters_come_back_with_another_content(proposed: Ledger) -> None:
    other = replace(PROPOSAL, level=Level.MIMI)
    proposed.happen(*transitions.give_back(ID, proposed.matter(), "补充依据"))
    assert proposed.decision() is Decision.RETURNED
    assert transitions.give_back(ID, proposed.matter(), "补充依据") == ()
    assert transitions.propose(PROPOSAL, proposed.matter(), (), "D2026-0002") == ()
    proposed.happen(*transitions.decline(ID, proposed.matter(), "可公开"))
    assert proposed.decision() is Decision.DECLINED
    assert transitions.decline(ID, proposed.matter(), "可公开") == ()
    proposed.happen(*transitions.propose(other, proposed.matter(), (), "D2026-0002"))
    assert proposed.decision() is Decision.PROPOSED


def test_approval_takes_effect_once(approved: Ledger) -> None:
    assert approved.decision() is Decision.APPROVED
    row = approved.matter()
    assert row is not None
    assert views.matter_view(row).determination == DETERMINATION
    assert transitions.approve(DETERMINATION, row) == ()
    with pytest.raises(RefusedError, match="已经定密"):
        transitions.approve(replace(DETERMINATION, officer="王五"), row)
    assert transitions.propose(replace(PROPOSAL, level=Level.MIMI), row, (), "D2026-0002") == ()


def test_approval_fits_the_bytes_that_were_proposed(proposed: Ledger) -> None:
    with pytest.raises(RefusedError, match="内容不一致"):
        transitions.approve(replace(DETERMINATION, digest="d2"), proposed.matter())


@pytest.mark.parametrize("what", ["give_back", "decline", "correct"])
def test_after_approval_nothing_of_the_proposal_changes(approved: Ledger, what: str) -> None:
    with pytest.raises(RefusedError, match="现为“已定密”"):
        match what:
            case "give_back":
                transitions.give_back(ID, approved.matter(), "x")
            case "decline":
                transitions.decline(ID, approved.matter(), "x")
            case _:
                transitions.correct(ID, approved.matter(), PROPOSAL, "x")


def test_a_number_that_names_nothing_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="没有 D2026-0009"):
        transitions.give_back("D2026-0009", None, "x")
    with pytest.raises(UsageError, match="没有份号 3"):
        transitions.void(ID, 3, None, "x")


def test_a_changed_draft_goes_back_to_proposal(approved: Ledger) -> None:
    assert transitions.lapse(ID, approved.matter(), "d1", has_copies=False) == ()
    approved.happen(*transitions.lapse(ID, approved.matter(), "d2", has_copies=False))
    assert approved.decision() is Decision.LAPSED
    assert transitions.lapse(ID, approved.matter(), "d3", has_copies=False) == ()


def test_a_changed_draft_does_not_free_copies_that_were_made(approved: Ledger) -> None:
    approved.happen(*transitions.lapse(ID, approved.matter(), "d2", has_copies=True))
    assert approved.entries[-1].event == DraftChanged(ID, "d2", lapses=False)
    assert approved.decision() is Decision.APPROVED


@pytest.mark.parametrize(
    ("decision", "has_copies", "lapses"),
    [
        (Decision.PROPOSED, False, True),
        (Decision.RETURNED, False, True),
        (Decision.APPROVED, False, True),
        (Decision.APPROVED, True, False),
        (Decision.DECLINED, False, False),
        (Decision.LAPSED, False, False),
    ],
)
def test_a_new_draft_of_the_name_lapses_the_one_before(decision: Decision, has_copies: bool, lapses: bool) -> None:
    before: Row = {"id": ID, "decision": decision.name, "digest": "d1"}
    other = replace(PROPOSAL, digest="d2")
    events = transitions.propose(other, None, [(before, has_copies)], "D2026-0002")
    assert events[-1] == MatterProposed("D2026-0002", other)
    assert events[:-1] == ((DraftChanged(ID, "d2", lapses=True),) if lapses else ())


def test_declined_drafts_that_change_stay_declined(proposed: Ledger) -> None:
    proposed.happen(*transitions.decline(ID, proposed.matter(), "可公开"))
    proposed.happen(*transitions.lapse(ID, proposed.matter(), "d2", has_copies=False))
    assert proposed.decision() is Decision.DECLINED


# -- copies


def test_a_number_is_made_once(approved: Ledger) -> None:
    allocate(approved, 2)
    made = CopyMade(ID, 1, "aa", "份/1.pdf")
    approved.happen(*transitions.made(made, approved.copy(1)))
    assert transitions.made(made, approved.copy(1)) == ()
    with pytest.raises(RefusedError, match="000001 已登记为在库"):
        transitions.made(replace(made, sha256="bb"), approved.copy(1))
    row = approved.copy(1)
    assert row is not None
    copy = views.copy_view(row)
    assert (copy.state, copy.sha256, copy.path, copy.index) == (CopyState.MADE, "aa", "份/1.pdf", 1)


def test_a_voided_number_stays_used(approved: Ledger) -> None:
    allocate(approved, 1)
    approved.happen(*transitions.void(ID, 1, approved.copy(1), "卡纸"))
    assert transitions.void(ID, 1, approved.copy(1), "卡纸") == ()
    with pytest.raises(RefusedError, match="已作废"):
        transitions.made(CopyMade(ID, 1, "aa", "x"), approved.copy(1))


# -- the fold


def test_outputs_and_refusals_are_kept(approved: Ledger) -> None:
    approved.happen(
        Stamped(ID, "aa", "稿.pdf"), Stamped(ID, "aa", "稿.pdf"), AttemptRefused(ID, ("REC-1", "LVL-2"), "不行")
    )
    (output,) = approved.state.tables[OUTPUTS.name].values()
    assert views.marked_view(output) == views.Marked(ID, "aa", "稿.pdf", "2026-05-10T02:00:00Z")
    (refusal,) = approved.state.tables[REFUSALS.name].values()
    view = views.refusal_view(refusal)
    assert (view.subject, view.rules, view.message, view.person) == (ID, ("REC-1", "LVL-2"), "不行", "张三")


def test_folding_the_events_again_gives_the_same_state(approved: Ledger) -> None:
    allocate(approved, 3)
    approved.happen(CopyVoided(ID, 2, "卡纸"), SourceAdded(SOURCE, "fp"), SourceRemoved("S0001", "有误"))
    assert fold(approved.entries).tables == approved.state.tables


@pytest.mark.parametrize(
    "event",
    [
        MatterProposed(ID, PROPOSAL),
        CopyMade(ID, 1, "aa", "x"),
        MatterApproved(replace(DETERMINATION, id="D2026-0002")),
        SourceRemoved("S0001", "x"),
        MatterProposed("2026-1", PROPOSAL),
    ],
)
def test_an_event_that_does_not_fit_shows_damage(proposed: Ledger, event: Event) -> None:
    with pytest.raises(FoldError):
        proposed.happen(event)


def test_every_change_fills_the_columns_of_its_table(approved: Ledger) -> None:
    allocate(approved, 1)
    approved.happen(
        Stamped(ID, "aa", "x"),
        AttemptRefused(ID, (), ""),
        SourceAdded(SOURCE, "fp"),
        CitationAnswered("d1", "c", "t", "a", "r"),
        SheetAttached(ID, Attachment("审批表", "表.pdf", "ab")),
    )
    tables = {table.name: table for table in (SOURCES, ANSWERS, MATTERS, COPIES, OUTPUTS, REFUSALS, STEPS)}
    for name in tables:
        rows = approved.state.tables[name]
        assert rows, name
        for row in rows.values():
            assert {column: type(value) for column, value in row.items()} == dict(tables[name].columns)


@pytest.mark.parametrize(("year", "number", "label"), [(2026, 1, "D2026-0001"), (2026, 12345, "D2026-12345")])
def test_matter_numbers(year: int, number: int, label: str) -> None:
    assert matter_number(year, number) == label
    assert split_number(label) == (year, number)


@pytest.mark.parametrize("wrong", ["", "2026-0001", "D2026", "Dx-1", "D2026-x"])
def test_what_is_no_matter_number(wrong: str) -> None:
    with pytest.raises(FoldError):
        split_number(wrong)


@pytest.mark.parametrize("broken", [{"decision": "NONSENSE"}, {"proposal": "{}"}, {"proposal": "not json"}])
def test_a_row_that_was_tampered_with_is_damage_not_a_crash(proposed: Ledger, broken: dict[str, Any]) -> None:
    row = proposed.matter()
    assert row is not None
    with pytest.raises(CodecError):
        views.matter_view({**row, **broken})


def test_changes_come_from_the_event_alone(proposed: Ledger) -> None:
    assert changes(proposed.entries[0]) == changes(proposed.entries[0])
