"""Steps around a decision: what each is about, and what the fold makes of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from markpipe.ledger import views
from markpipe.ledger.codec import CodecError
from markpipe.ledger.events import Entry, Event, MatterApproved, MatterProposed, SourceAdded
from markpipe.ledger.fold import MATTERS, SOURCES, STEPS, FoldError, State
from markpipe.ledger.procedure import (
    AbsenceRecorded,
    ConsentRecorded,
    KnowerLogged,
    MatterChanged,
    MatterDeclassified,
    MatterReported,
    MatterReviewed,
    NoticeGiven,
    OpinionGiven,
    ProcedureEvent,
    ReportAnswered,
    SheetAttached,
    SourceChanged,
    subject_of,
)
from markpipe.ledger.transitions import lapse, propose
from markpipe.model.classification import Level, Mark, parse_mark, parse_term
from markpipe.model.decision import Decision, Determination, Origin, Proposal, Source
from markpipe.model.procedure import (
    Absence,
    Answer,
    Attachment,
    ChangeKind,
    Consent,
    ConsentKind,
    Ending,
    Knower,
    Notice,
    Opinion,
    Report,
    ReportKind,
    Review,
)

DAY = dt.date(2026, 5, 10)
ID = "D2026-0001"
MARK = Mark(Level.JIMI, parse_term("20年"))
SOURCE = Source("S0001", "某方案", "某发〔2015〕3号", MARK, DAY)
PROPOSAL = Proposal("d1", "稿.docx", "张三", Level.JIMI, MARK.term, Origin.ORIGINAL, DAY)
DETERMINATION = Determination(ID, "d1", "稿.docx", MARK, Origin.ORIGINAL, "张三", "李四", DAY, DAY)
LOWER = replace(DETERMINATION, mark=parse_mark("秘密★5年"))

STEPS_TAKEN: tuple[tuple[ProcedureEvent, str], ...] = (
    (AbsenceRecorded(Absence("李四", DAY, DAY, "出差")), "李四"),
    (ConsentRecorded("d1", Consent(ConsentKind.LEADER, "S0001", "赵六", "签报", DAY)), "d1"),
    (OpinionGiven(ID, Opinion("保密员", True, "同意", DAY, "x")), ID),
    (MatterReported(ID, Report(ReportKind.UNCERTAIN, "省局", Level.MIMI, None, DAY, None, "x")), ID),
    (ReportAnswered(ID, Answer(ReportKind.UNCERTAIN, "省局", "函", DAY, None)), ID),
    (MatterReviewed(ID, Review(DAY, "维持")), ID),
    (NoticeGiven(ID, Notice("变更", "乙局", "函", DAY)), ID),
    (SheetAttached(ID, Attachment("审批表", "a.pdf", "ab")), ID),
    (KnowerLogged(ID, Knower("甲", "乙局", DAY)), ID),
    (SourceChanged(replace(SOURCE, mark=parse_mark("秘密★5年")), "函1", "省局", DAY), "S0001"),
    (MatterChanged(ChangeKind.LEVEL, LOWER, PROPOSAL, "李四", DAY, "降密"), ID),
    (MatterDeclassified(ID, Ending.EARLY, DAY, "可公开", "李四"), ID),
)


def state_after(*events: Event) -> State:
    state = State()
    before: tuple[Event, ...] = (SourceAdded(SOURCE, "fp"), MatterProposed(ID, PROPOSAL), MatterApproved(DETERMINATION))
    for seq, event in enumerate((*before, *events), 1):
        state.apply(Entry(seq, "2026-05-10T02:00:00Z", "acc", "张三", event, demo=True))
    return state


@pytest.mark.parametrize(("event", "subject"), STEPS_TAKEN)
def test_each_step_is_a_row_about_its_subject(event: ProcedureEvent, subject: str) -> None:
    assert subject_of(event) == subject
    (row,) = state_after(event).tables[STEPS.name].values()
    assert row["subject"] == subject
    entry = views.step_view(row)
    assert (entry.event, entry.person, entry.demo, entry.seq) == (event, "张三", True, 4)


def test_a_change_is_how_the_matter_stands_from_then_on() -> None:
    state = state_after(MatterChanged(ChangeKind.LEVEL, LOWER, PROPOSAL, "李四", DAY, "降密"))
    matter = views.matter_view(state.tables[MATTERS.name][(ID,)])
    assert (matter.determination, matter.decision, matter.reason) == (LOWER, Decision.APPROVED, "降密")


def test_a_declassified_matter_keeps_its_determination_and_is_final() -> None:
    state = state_after(MatterDeclassified(ID, Ending.EARLY, DAY, "可公开", "李四"))
    row = state.tables[MATTERS.name][(ID,)]
    matter = views.matter_view(row)
    assert (matter.decision, matter.determination) == (Decision.DECLASSIFIED, DETERMINATION)
    assert lapse(ID, row, "d2", has_copies=False)[0].lapses is False  # type: ignore[union-attr]
    assert propose(replace(PROPOSAL, level=Level.MIMI), row, (), "D2026-0002") == ()


def test_a_source_s_change_replaces_its_description_and_keeps_what_was_looked_up() -> None:
    freed = replace(SOURCE, declassified_on=DAY, no_notice_on=DAY)
    state = state_after(SourceChanged(freed, "函1", "省局", DAY))
    assert views.source_view(state.tables[SOURCES.name][("S0001",)]) == freed


def test_a_step_about_nothing_does_not_fit() -> None:
    with pytest.raises(FoldError, match="不存在"):
        state_after(SourceChanged(replace(SOURCE, id="S0009"), "函1", "省局", DAY))


def test_a_step_that_was_tampered_with_is_a_codec_error() -> None:
    (row,) = state_after(STEPS_TAKEN[0][0]).tables[STEPS.name].values()
    with pytest.raises(CodecError):
        views.step_view({**row, "body": "{"})
    with pytest.raises(CodecError):
        views.step_view({**row, "kind": "unheard-of"})
