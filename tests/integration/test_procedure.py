"""Steps in the register: appended, not repeated, verified; and what `pipeline.standing` makes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from markpipe.classify.due import Task
from markpipe.config.workdays import load_calendar
from markpipe.errors import RefusedError, UsageError
from markpipe.keys.keyring import Keyring
from markpipe.ledger.procedure import (
    AbsenceRecorded,
    ConsentRecorded,
    KnowerLogged,
    MatterChanged,
    MatterDeclassified,
    MatterReported,
    MatterReviewed,
    NoticeGiven,
    SourceChanged,
)
from markpipe.model.agency import Actor, Agency, Tier
from markpipe.model.classification import Level, parse_mark
from markpipe.model.decision import Derivation, Determination, Grounds, Origin, Proposal, Source
from markpipe.model.procedure import (
    Absence,
    ChangeKind,
    Claim,
    Consent,
    ConsentKind,
    Ending,
    Knower,
    Notice,
    Report,
    ReportKind,
    Review,
)
from markpipe.pipeline.drafting import altered, cannot_mark_notice, last_report_form
from markpipe.pipeline.standing import (
    Bench,
    absences,
    drawn_up,
    in_force,
    kept,
    locked,
    pending,
    record_of,
    refuse_locked,
    sources_by_id,
)
from markpipe.report.due import due_json, due_lines, icalendar
from markpipe.store.register import Register

AT = dt.datetime(2026, 5, 10, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 10)
WHO = Actor("zhang", "张三")
CITY = Agency("某市局", Tier.MUNICIPAL)
COUNTY = Agency("某县局", Tier.COUNTY)
MARK = parse_mark("机密★2035年3月2日")
SOURCE = Source("", "某方案", "某发〔2015〕3号", parse_mark("机密★20年"), dt.date(2015, 3, 2), digest="s1")


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    keyring = Keyring.create(tmp_path / "keys.json")
    with Register.open(f"sqlite:///{tmp_path}/register.db", keyring, create=True) as opened:
        yield opened


def approved(register: Register, name: str = "a.docx", digest: str = "d1", *sources: Source) -> Determination:
    derivations = tuple(Derivation(one, Grounds.DECLARED) for one in sources)
    origin = Origin.DERIVATIVE if sources else Origin.ORIGINAL
    proposal = Proposal(digest, name, "张三", MARK.level, MARK.term, origin, DAY, derivations=derivations)
    matter = register.propose(proposal, WHO, AT)
    made = Determination(matter.id, digest, name, MARK, origin, "张三", "李四", DAY, DAY, access_scope="甲处、乙站")
    register.approve(made, WHO, AT)
    return made


def changed(register: Register, made: Determination, mark: str) -> MatterChanged:
    after = replace(made, mark=parse_mark(mark))
    return MatterChanged(ChangeKind.LEVEL, after, register.matter(made.id).proposal, "李四", DAY, "情况变化")


def test_a_step_is_taken_once_and_the_register_stays_sound(register: Register) -> None:
    made = approved(register)
    know = KnowerLogged(made.id, Knower("甲", "乙站", DAY))
    register.take((know,), WHO, AT)
    register.take((know,), WHO, AT)
    assert [entry.event for entry in register.steps(made.id)] == [know]
    other = KnowerLogged(made.id, Knower("乙", "乙站", DAY))
    register.take((other, know), WHO, AT)
    assert [entry.event for entry in register.steps()] == [know, other]
    assert register.verify() == ()


def test_a_step_names_what_exists(register: Register) -> None:
    with pytest.raises(UsageError, match="没有 D2026-0009"):
        register.take((MatterReviewed("D2026-0009", Review(DAY, "维持")),), WHO, AT)
    with pytest.raises(UsageError, match="没有来源 S0009"):
        register.take((SourceChanged(replace(SOURCE, id="S0009"), "函", "某厅", DAY),), WHO, AT)
    source = register.add_source(SOURCE, b"x", WHO, AT)
    register.remove_source(source.id, "有误", WHO, AT)
    with pytest.raises(UsageError, match="没有来源"):
        register.take((SourceChanged(source, "函", "某厅", DAY),), WHO, AT)
    assert register.steps() == ()


def test_what_is_recorded_about_a_draft(register: Register) -> None:
    made = approved(register)
    consent = Consent(ConsentKind.ORIGINATOR, "S0001", "某部", "函", DAY)
    away = Absence("李四", DAY, DAY, "休假")
    report = Report(ReportKind.DISPUTE, "某局", Level.MIMI, None, DAY, None, "x")
    claims = (Claim("甲", Level.JIMI),)
    register.take((ConsentRecorded("d1", consent), AbsenceRecorded(away)), WHO, AT)
    register.take((MatterReported(made.id, report, claims),), WHO, AT)
    record = record_of(register, "d1", register.matter(made.id))
    assert (record.consents, record.reports, record.claims) == ((consent,), (report,), claims)
    assert record.offer
    assert record_of(register, "d2", None).consents == ()
    assert absences(register) == (away,)
    context = Bench(CITY, DAY).context(register, "d1", None)
    assert (context.absences, context.record.consents) == ((away,), (consent,))
    form = last_report_form(register, register.matter(made.id), CITY, ReportKind.DISPUTE, False)
    assert form.name == "国家秘密有争议事项报告"
    with pytest.raises(UsageError, match="没有登记不明确事项"):
        last_report_form(register, register.matter(made.id), CITY, ReportKind.UNCERTAIN, False)


def test_a_changed_source_locks_over_two_hops_found_by_the_bytes_of_the_file(register: Register) -> None:
    source = register.add_source(SOURCE, b"x", WHO, AT)
    child = approved(register, "a.docx", "d1", source)
    register.stamped(child.id, "marked-file", "x", WHO, AT)
    own = register.add_source(replace(SOURCE, digest="marked-file", mark=MARK, title="y"), b"y", WHO, AT)
    grandchild = approved(register, "b.docx", "d2", own)
    assert sources_by_id(register)[own.id].determination == child.id
    assert locked(register) == {}
    refuse_locked(register, child.id)
    register.take((SourceChanged(replace(source, mark=parse_mark("秘密★20年")), "函", "某厅", DAY),), WHO, AT)
    assert set(locked(register)) == {child.id, grandchild.id}
    for one in (child, grandchild):
        with pytest.raises(RefusedError, match="随之变更或者解密之前不能加盖"):
            refuse_locked(register, one.id)


def test_notices_and_reviews_are_kept_with_the_matter(register: Register) -> None:
    made = approved(register)
    (one,) = kept(register)
    assert (one.waiting, one.reviewed_on, one.knowers) == ((), None, False)
    register.take((changed(register, made, "秘密★5年"),), WHO, AT)
    (one,) = kept(register)
    assert one.waiting == ("乙站", "甲处")
    register.take((NoticeGiven(made.id, Notice("变更", "甲处", "函", DAY)),), WHO, AT)
    register.take((KnowerLogged(made.id, Knower("甲", "", DAY)), MatterReviewed(made.id, Review(DAY, "维持"))), WHO, AT)
    (one,) = kept(register)
    assert (one.waiting, one.noticed, one.knowers, one.reviewed_on) == (("乙站",), frozenset({"变更"}), True, DAY)
    register.take((MatterDeclassified(made.id, Ending.EARLY, DAY, "x", "李四"),), WHO, AT)
    assert in_force(register) == ()
    assert [one.waiting for one in kept(register)] == [("乙站", "甲处")]


def test_what_ends_by_itself_waits_for_nobody(register: Register) -> None:
    made = approved(register)
    register.take((MatterDeclassified(made.id, Ending.EXPIRED, DAY, ""),), WHO, AT)
    assert kept(register) == ()
    found = altered(register, register.matter(made.id))
    assert (found.after, found.what, found.officer) == (None, "自行解密", "")


def test_the_last_change_is_told_with_what_was_before(register: Register) -> None:
    made = approved(register)
    with pytest.raises(UsageError, match="没有变更"):
        altered(register, register.matter(made.id))
    register.take((changed(register, made, "秘密★5年"),), WHO, AT)
    register.take((changed(register, made, "秘密★3年"),), WHO, AT)
    found = altered(register, register.matter(made.id))
    assert found.after is not None
    assert (found.before.mark.text, found.after.mark.text) == ("秘密★5年", "秘密★3年")
    matter = register.matter(made.id)
    with pytest.raises(UsageError, match="可以加盖标志"):
        cannot_mark_notice(register, matter, CITY, DAY, False)
    notice = cannot_mark_notice(register, matter, CITY, DAY, False, "载体是演示模型")
    assert (notice.fields["密级和期限"], notice.fields["不能标志的原因"]) == ("秘密★3年", "载体是演示模型")
    assert register.verify() == ()


def test_a_proposed_matter_has_no_sheets_of_a_decision(register: Register) -> None:
    proposal = Proposal("d1", "a.docx", "张三", Level.MIMI, parse_mark("秘密★5年").term, Origin.ORIGINAL, DAY)
    matter = register.propose(proposal, WHO, AT)
    with pytest.raises(UsageError, match="还没有定密"):
        cannot_mark_notice(register, matter, CITY, DAY, False)
    with pytest.raises(UsageError, match="还没有定密"):
        altered(register, matter)
    assert [one.lacks_authority for one in pending(register, CITY, DAY)] == [False]
    assert [one.lacks_authority for one in pending(register, COUNTY, DAY)] == [True]


def test_the_time_to_report_runs_from_the_day_on_which_a_level_was_proposed(register: Register) -> None:
    calendar = load_calendar()
    nothing = Proposal("d1", "a.docx", "张三", None, None, Origin.ORIGINAL, DAY)
    matter = register.propose(nothing, WHO, AT - dt.timedelta(days=30))
    assert drawn_up(register, DAY) == {}
    register.propose(replace(nothing, level=Level.MIMI), WHO, AT - dt.timedelta(days=2))
    register.propose(replace(nothing, level=Level.JIMI), WHO, AT)
    assert drawn_up(register, DAY) == {matter.id: dt.date(2026, 5, 8)}
    assert drawn_up(register, dt.date(2026, 5, 1)) == {matter.id: dt.date(2026, 5, 1)}  # a demonstration's today
    (one,) = pending(register, CITY, DAY, calendar)
    assert (one.unlisted, one.report_by, one.answer_by) == (True, calendar.after(dt.date(2026, 5, 8), 10), None)
    assert [each.report_by for each in pending(register, CITY, DAY)] == [None]  # no calendar, no date
    report = Report(ReportKind.UNCERTAIN, "某省保密局", Level.JIMI, None, DAY, None, "x")
    register.take((MatterReported(matter.id, report),), WHO, AT)
    (one,) = pending(register, CITY, dt.date(2026, 6, 1), calendar)
    assert one.answer_by == calendar.after(DAY, 10)


TASKS = (
    Task("D2026-0001", "秘密的标题,很长", "DRV-7", "来源已变更", None, locks=True),
    Task("D2026-0002", "b.docx", "REV-1", "应审核", dt.date(2026, 5, 1)),
)


def test_a_calendar_names_numbers_and_no_titles() -> None:
    text = icalendar(TASKS, DAY, "某市局；" * 20)
    assert "标题" not in text
    assert "DTSTART;VALUE=DATE:20260510" in text
    assert "DTSTART;VALUE=DATE:20260501" in text
    assert text.count("BEGIN:VEVENT") == 2
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.endswith("END:VCALENDAR\r\n")


def test_what_is_due_for_people_and_programs() -> None:
    lines = list(due_lines(TASKS, DAY))
    assert lines[0].startswith("D2026-0001  立即  【锁定】")
    assert "2026-05-01（已过期）" in lines[1]
    answer = due_json(TASKS, DAY, 90)
    assert answer["ok"] is False
    assert answer["tasks"][0]["locked"] is True
    assert answer["tasks"][1]["by"] == "2026-05-01"
