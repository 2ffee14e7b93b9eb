"""Changes, endings, following and what is due: law.md §11 T4, T11, T22 and the rules of change both ways."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from markpipe.classify.carried import SOURCE_RULES
from markpipe.classify.case import Context, Record
from markpipe.classify.due import (
    DUE_CHECKS,
    PENDING_CHECKS,
    SOURCE_CHECKS,
    Kept,
    Pending,
    Received,
    ended_before,
    locks,
    tasks,
)
from markpipe.classify.lifecycle import (
    CHANGE_CHECKS,
    END_CHECKS,
    Change,
    EndCase,
    Standing,
    change,
    declassify,
    follow,
)
from markpipe.classify.rulebook.table import RULES
from markpipe.errors import RefusedError
from markpipe.model.agency import Agency, Officer, Tier
from markpipe.model.classification import Level, parse_mark
from markpipe.model.decision import Derivation, Determination, Grounds, Origin, Proposal, SecretPoint, Source
from markpipe.model.procedure import Answer, ChangeKind, Consent, ConsentKind, Ending, Opinion, Report, ReportKind

ISSUED = dt.date(2026, 5, 10)
ON = dt.date(2027, 1, 5)
OFFICER = Officer("李四", True, frozenset(Level))
PROVINCE = Agency("某省厅", Tier.PROVINCIAL)


def source(text: str = "机密★20年", id_: str = "S0001", **more: Any) -> Source:
    return replace(Source(id_, "某方案", "某发〔2015〕3号", parse_mark(text), dt.date(2015, 3, 2)), **more)


def standing(
    mark: str = "秘密★5年",
    ranges: tuple[str, ...] = (),
    sources: tuple[Source, ...] = (),
    id_: str = "D2026-0001",
    scope: str = "甲处",
) -> Standing:
    parsed = parse_mark(mark)
    origin = Origin.DERIVATIVE if sources else Origin.ORIGINAL
    proposal = Proposal(
        "ab",
        "a.docx",
        "张三",
        parsed.level,
        parsed.term,
        origin,
        ISSUED,
        access_scope=scope,
        derivations=tuple(Derivation(one, Grounds.DECLARED) for one in sources),
        points=tuple(SecretPoint(parse_mark(text)) for text in ranges),
        basis=("某范围第三条",),
    )
    determination = Determination(id_, "ab", "a.docx", parsed, origin, "张三", "李四", ISSUED, ISSUED, None, scope)
    return Standing(determination, proposal)


def context(*sources: Source, on: dt.date = ON, officer: Officer | None = OFFICER, **more: Any) -> Context:
    return replace(Context(PROVINCE, officer, on), sources={one.id: one for one in sources}, **more)


def wanted(now: Standing, mark: str, scope: str | None = None, reason: str = "情况变化", **more: str) -> Change:
    return Change(now, parse_mark(mark), now.determination.access_scope if scope is None else scope, reason, **more)


ABOVE = {"by": "中央机关", "document": "批复1号"}
OWN = standing("秘密★5年", ("秘密★10年",))
DERIVED = standing("机密★2035年3月2日", (), (source(),))


@pytest.mark.parametrize(
    ("now", "to", "scope", "kind"),
    [
        (OWN, "秘密★10年", None, ChangeKind.EXTENSION),
        (OWN, "秘密★3年", None, ChangeKind.TERM),
        (OWN, "秘密★2028年1月1日", None, ChangeKind.TERM),
        (standing("机密★10年", ("机密★10年", "秘密★10年")), "秘密★10年", None, ChangeKind.LEVEL),
        (OWN, "秘密★5年", "甲处、乙处", ChangeKind.SCOPE),
        (OWN, "秘密★5年", "乙处", ChangeKind.SCOPE),
    ],
)
def test_a_change_of_one_s_own(now: Standing, to: str, scope: str | None, kind: ChangeKind) -> None:
    done, after, proposal = change(wanted(now, to, scope), context())
    assert (done, after.mark.text) == (kind, to)
    assert (after.decided_on, after.officer) == (ON, "李四")
    assert after.basis[-1].startswith(f"变更：原为“{now.determination.mark.text}”")
    assert (proposal.level, proposal.term) == (after.mark.level, after.mark.term)
    assert after.issued_on == ISSUED


@pytest.mark.parametrize(
    ("now", "asked", "more", "rules"),
    [
        (OWN, {"mark": "秘密★5年"}, {}, {"CHG-1"}),
        (OWN, {"mark": "秘密★3年", "reason": " "}, {}, {"CHG-1", "BAS-1"}),
        (OWN, {"mark": "秘密★3年"}, {"officer": None}, {"REC-1"}),
        (OWN, {"mark": "秘密★3年"}, {"officer": replace(OFFICER, valid_to=ISSUED)}, {"REC-1"}),
        (OWN, {"mark": "秘密★3年"}, {"officer": replace(OFFICER, name="张三")}, {"REC-1"}),
        (OWN, {"mark": "秘密★10年"}, {"on": dt.date(2031, 5, 11)}, {"CHG-2"}),  # T11
        (OWN, {"mark": "秘密★12年"}, {}, {"CHG-2", "TRM-1"}),
        (OWN, {"mark": "秘密★长期"}, {}, {"CHG-2", "TRM-2"}),
        (OWN, {"mark": "机密★5年"}, {"officer": replace(OFFICER, levels=frozenset({Level.MIMI}))}, {"LVL-2", "BAS-1"}),
        (DERIVED, {"mark": "秘密★2035年3月2日"}, {}, {"DCL-3", "DRV-4"}),  # T17, T22: not by oneself
        (DERIVED, {"mark": "机密★2030年3月2日"}, {}, {"DCL-3", "DRV-3"}),
    ],
)
def test_what_stands_against_a_change(
    now: Standing, asked: dict[str, str], more: dict[str, Any], rules: set[str]
) -> None:
    with pytest.raises(RefusedError) as refused:
        change(wanted(now, **asked), context(source(), **more))
    assert set(refused.value.rules) == rules


def test_a_term_is_extended_on_its_last_day() -> None:
    assert change(wanted(OWN, "秘密★6年"), context(on=dt.date(2031, 5, 10)))[0] is ChangeKind.EXTENSION


@pytest.mark.parametrize(("now", "to"), [(OWN, "秘密★12年"), (DERIVED, "秘密★2035年3月2日"), (OWN, "秘密★长期")])
def test_a_higher_authority_may(now: Standing, to: str) -> None:
    _, after, _ = change(wanted(now, to, **ABOVE), context(source()))
    assert after.mark.text == to
    assert "由中央机关决定（批复1号）" in after.basis[-1]


def test_a_mark_without_a_term_can_be_given_one() -> None:
    bare = standing("秘密", ("秘密★10年",))
    kind, after, _ = change(wanted(bare, "秘密★10年"), context())
    assert (kind, after.mark.text) == (ChangeKind.TERM, "秘密★10年")


def test_a_deputy_s_change_says_so() -> None:
    from markpipe.model.procedure import Absence

    deputy = replace(OFFICER, name="王五", deputy_of="李四")
    away = (Absence("李四", ON, ON, "休假"),)
    assert change(wanted(OWN, "秘密★3年"), context(officer=deputy, absences=away))[1].on_behalf_of == "李四"


# following


@pytest.mark.parametrize(
    ("now", "sources", "mark"),
    [
        (DERIVED, (source("秘密★20年"),), "秘密★2035年3月2日"),  # T22
        (DERIVED, (source("机密★30年"),), "机密★2045年3月2日"),
        (DERIVED, (source(),), "机密★2035年3月2日"),
        (
            standing("机密★2035年3月2日", (), (source(), source("秘密★15年", "S0002"))),
            (source(declassified_on=ON), source("秘密★15年", "S0002")),
            "秘密★2030年3月2日",
        ),
        (  # T4: when the first is free the other one's mark is left
            standing("绝密★长期", (), (source("绝密★20年"), source("秘密★长期", "S0002"))),
            (source("绝密★20年", declassified_on=ON), source("秘密★长期", "S0002")),
            "秘密★长期",
        ),
        (
            standing("机密★2036年5月10日", ("秘密★10年",), (source(),)),
            (source(declassified_on=ON),),
            "秘密★2036年5月10日",
        ),
        (
            standing("机密★2036年5月10日", ("秘密★10年",), (source(),)),
            (source("秘密★30年"),),
            "秘密★2045年3月2日",
        ),
    ],
)
def test_a_derivative_follows(now: Standing, sources: tuple[Source, ...], mark: str) -> None:
    result = follow(now, context(*sources))
    assert result is not None
    after, proposal = result
    assert after.mark.text == mark
    assert not locks([Kept(Standing(after, proposal))], {one.id: one for one in sources})


@pytest.mark.parametrize(
    "changed", [{"declassified_on": ON}, {"mark": parse_mark("秘密★10年")}, {"mark": parse_mark("秘密★2026年12月1日")}]
)
def test_nothing_is_left_to_protect(changed: dict[str, Any]) -> None:
    assert follow(DERIVED, context(source(**changed))) is None


def test_a_narrower_scope_is_taken_over_and_a_smaller_one_kept() -> None:
    now = standing("机密★2035年3月2日", (), (source(access_scope="甲处、乙处"),), scope="甲处、乙处")
    result = follow(now, context(source(access_scope="甲处")))
    assert result is not None
    assert result[0].access_scope == "甲处"
    result = follow(now, context(source(access_scope="甲处、乙处、丙处")))
    assert result is not None
    assert result[0].access_scope == "甲处、乙处"


@pytest.mark.parametrize(
    ("now", "sources", "officer", "rule"),
    [
        (DERIVED, (source(issued_on=None),), OFFICER, "TRM-4"),
        (DERIVED, (source("秘密★20年"),), None, "REC-1"),
        (standing("秘密★10年", ("秘密",), ()), (), OFFICER, "TRM-4"),
        (
            standing("机密★2035年3月2日", (), (source(), source("秘密★开会前", "S0002"))),
            (source(), source("秘密★开会前", "S0002")),
            OFFICER,
            "TRM-4",
        ),
    ],
)
def test_a_person_settles_what_cannot_be_calculated(
    now: Standing, sources: tuple[Source, ...], officer: Officer | None, rule: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        follow(now, context(*sources, officer=officer))
    assert rule in refused.value.rules


# declassification


def conditional() -> Standing:
    return standing("秘密★会议开始前")


@pytest.mark.parametrize(
    ("now", "ending", "more"),
    [
        (OWN, Ending.EXPIRED, {"on": dt.date(2031, 5, 11)}),
        (conditional(), Ending.CONDITION, {}),
        (OWN, Ending.EARLY, {}),
        (OWN, Ending.PUBLISHED, {}),
        (DERIVED, Ending.EARLY, {"sources": {"S0001": source(declassified_on=ON)}}),
        (DERIVED, Ending.FOLLOWED, {"sources": {"S0001": source(declassified_on=ON)}}),
        (standing("机密★长期", ("机密★长期",)), Ending.EARLY, {"above": True}),
        (DERIVED, Ending.EARLY, {"above": True}),
    ],
)
def test_endings_that_pass(now: Standing, ending: Ending, more: dict[str, Any]) -> None:
    above = more.pop("above", False)
    declassify(EndCase(now, ending, replace(context(source()), **more), "已无危害", above))


@pytest.mark.parametrize(
    ("now", "ending", "more", "rules"),
    [
        (OWN, Ending.EXPIRED, {"on": dt.date(2031, 5, 10)}, ("DCL-1",)),  # T25: the last day is protected
        (standing("机密★长期"), Ending.EXPIRED, {"on": dt.date(2999, 1, 1)}, ("DCL-1",)),
        (conditional(), Ending.EXPIRED, {"on": dt.date(2999, 1, 1)}, ("DCL-1",)),
        (standing("秘密"), Ending.EXPIRED, {"on": dt.date(2999, 1, 1)}, ("DCL-1",)),
        (OWN, Ending.CONDITION, {}, ("TRM-5",)),
        (conditional(), Ending.CONDITION, {"officer": None}, ("REC-1",)),
        (standing("机密★长期"), Ending.EARLY, {}, ("DCL-1",)),
        (DERIVED, Ending.EARLY, {}, ("DCL-3",)),
        (standing("机密★5年", (), (source(issued_on=None),)), Ending.PUBLISHED, {"sources": {}}, ("DCL-3",)),
        (DERIVED, Ending.FOLLOWED, {}, ("DRV-7",)),
    ],
)
def test_endings_that_do_not(now: Standing, ending: Ending, more: dict[str, Any], rules: tuple[str, ...]) -> None:
    with pytest.raises(RefusedError) as refused:
        declassify(EndCase(now, ending, replace(context(source()), **more), "已无危害"))
    assert refused.value.rules == rules


def test_an_ending_needs_its_reason() -> None:
    with pytest.raises(RefusedError, match="DCL-2"):
        declassify(EndCase(OWN, Ending.EARLY, context(), " "))


STEPS: dict[str, Any] = {"steps": ("保密员",), "record": Record(offer="草案")}
AGREED = Opinion("保密员", True, "同意", ON, "草案")


@pytest.mark.parametrize(
    ("opinions", "allowed"),
    [
        ((), False),
        ((AGREED,), True),
        ((replace(AGREED, offer="另一草案"),), False),
        ((AGREED, replace(AGREED, agrees=False)), False),
    ],
)
def test_changes_and_early_ends_pass_the_unit_s_own_steps(opinions: tuple[Opinion, ...], allowed: bool) -> None:
    around = context(**STEPS | {"record": Record(offer="草案", opinions=opinions)})
    if allowed:
        assert change(wanted(OWN, "秘密★3年"), around)[0] is ChangeKind.TERM
        declassify(EndCase(OWN, Ending.EARLY, around, "已无危害"))
        return
    with pytest.raises(RefusedError, match="REC-1"):
        change(wanted(OWN, "秘密★3年"), around)
    with pytest.raises(RefusedError, match="REC-1"):
        declassify(EndCase(OWN, Ending.EARLY, around, "已无危害"))


def test_what_a_superior_decided_and_what_ends_by_itself_take_no_steps() -> None:
    change(wanted(OWN, "秘密★3年", **ABOVE), context(**STEPS))
    declassify(EndCase(OWN, Ending.EARLY, context(**STEPS), "已无危害", above=True))
    declassify(EndCase(OWN, Ending.EXPIRED, context(on=dt.date(2031, 5, 11), **STEPS), ""))


def test_who_puts_a_change_forward_does_not_decide_it() -> None:
    with pytest.raises(RefusedError, match="不得自己审批"):
        change(wanted(OWN, "秘密★3年", handler="李四"), context())
    with pytest.raises(RefusedError, match="不得自己审批"):
        declassify(EndCase(OWN, Ending.EARLY, context(), "已无危害", handler="李四"))
    declassify(EndCase(OWN, Ending.EARLY, context(), "已无危害", handler="张三"))
    alone = context(set_aside=frozenset({"REC-1"}))
    declassify(EndCase(OWN, Ending.EARLY, alone, "已无危害", handler="李四"))


@pytest.mark.parametrize(
    ("before", "after", "received", "ended"),
    [
        ("秘密★5年", "秘密★10年", dt.date(2020, 3, 3), dt.date(2020, 3, 2)),  # T11
        ("秘密★5年", "秘密★10年", dt.date(2020, 3, 2), None),
        ("秘密★5年", "秘密★3年", dt.date(2021, 1, 1), None),
        ("秘密★5年", "机密★5年", dt.date(2021, 1, 1), None),
        ("秘密", "秘密★5年", dt.date(2021, 1, 1), None),
        ("秘密★5年", "秘密", dt.date(2021, 1, 1), None),
    ],
)
def test_an_extension_after_the_end_is_raised_until_it_is_settled(
    before: str, after: str, received: dt.date, ended: dt.date | None
) -> None:
    assert ended_before(source(before), source(after), received) == ended
    if ended is not None:
        late = Received("S0001", ended, received)
        (task,) = tasks((), (), {}, ON, 90, received=(late,))
        assert (task.rule, task.matter) == ("CHG-2", "S0001")
        assert "2020年3月2日届满" in task.message
        assert tasks((), (), {}, ON, 90, received=(replace(late, settled=True),)) == ()


def test_an_extension_of_a_source_without_a_start_is_not_late() -> None:
    assert ended_before(source("秘密★5年", issued_on=None), source("秘密★10年", issued_on=None), ON) is None


def test_every_check_names_a_rule_of_the_table() -> None:
    for checks in (CHANGE_CHECKS, END_CHECKS, DUE_CHECKS, PENDING_CHECKS, SOURCE_CHECKS, SOURCE_RULES):
        for one in checks:
            assert (one.__doc__ or "").partition(":")[0] in RULES


# what is due


def due(kept: tuple[Kept, ...], *sources: Source, on: dt.date = ON, within: int = 90) -> list[tuple[str, str]]:
    return [(one.matter, one.rule) for one in tasks(kept, (), {s.id: s for s in sources}, on, within)]


def plain(now: Standing = OWN, **more: Any) -> Kept:
    return replace(Kept(now, knowers=True), **more)


def test_a_change_reaches_every_hop() -> None:  # D9
    root = source()
    child = standing("机密★2035年3月2日", (), (root,), "D2026-0001")
    own = source("机密★2035年3月2日", "S0002", determination="D2026-0001")
    grandchild = standing("机密★2035年3月2日", (), (own,), "D2026-0002")
    own_2 = source("机密★2035年3月2日", "S0003", determination="D2026-0002")
    great = standing("机密★2035年3月2日", (), (own_2,), "D2026-0003")
    everyone = (plain(great), plain(grandchild), plain(child), plain(standing(id_="D2026-0004")))
    quiet = {one.id: one for one in (root, own, own_2)}
    assert locks(everyone, quiet) == {}
    changed = {**quiet, "S0001": source("秘密★20年")}
    found = locks(everyone, changed)
    assert set(found) == {"D2026-0001", "D2026-0002", "D2026-0003"}
    assert found["D2026-0001"] == ("来源S0001已变更为“秘密★20年”（原为“机密★20年”）",)
    assert found["D2026-0003"] == ("来源所据的 D2026-0002 尚未随其来源办理",)
    freed = {**quiet, "S0001": source(declassified_on=ON)}
    assert "已解密" in locks(everyone, freed)["D2026-0001"][0]
    assert locks(everyone, {}) == {}  # a source taken out of the register locks nothing


def test_a_circle_of_sources_ends() -> None:
    one = source("机密★20年", "S0001", determination="D2026-0001")
    assert locks([plain(standing("机密★20年", (), (one,)))], {"S0001": one}) == {}
    assert set(locks([plain(standing("机密★20年", (), (one,)))], {"S0001": replace(one, access_scope="x")})) == {
        "D2026-0001"
    }


@pytest.mark.parametrize(
    ("kept", "on", "rules"),
    [
        (plain(), ISSUED, []),
        (plain(), dt.date(2027, 2, 9), ["REV-1"]),
        (plain(reviewed_on=dt.date(2027, 2, 1)), dt.date(2027, 2, 9), []),
        (plain(standing("秘密★2027年3月1日"), reviewed_on=ON), ON, ["REV-1"]),
        (plain(standing("秘密★2027年3月1日")), dt.date(2027, 3, 2), ["DCL-1"]),
        (plain(standing("秘密★会议开始前"), reviewed_on=ON), ON, ["TRM-5"]),
        (plain(standing("机密★长期"), reviewed_on=ON, knowers=False), ON, ["REC-2"]),
        (plain(standing("秘密★长期"), reviewed_on=ON, knowers=False), ON, []),
        (plain(standing("秘密★长期", scope=""), reviewed_on=ON), ON, ["MRK-7"]),
        (plain(standing("秘密★长期", scope=""), reviewed_on=ON, noticed=frozenset({"知悉范围"})), ON, []),
        (plain(standing("秘密"), reviewed_on=ON), ON, []),
        (plain(reviewed_on=ON, waiting=("乙局", "丙局")), ON, ["CHG-1", "CHG-1"]),
    ],
)
def test_tasks_of_a_determined_matter(kept: Kept, on: dt.date, rules: list[str]) -> None:
    assert [rule for _, rule in due((kept,), on=on)] == rules


def test_what_cannot_bear_a_mark_needs_a_notice() -> None:
    text = standing("秘密★长期")
    text = replace(text, determination=replace(text.determination, name="a.txt"))
    assert due((plain(text, reviewed_on=ON),)) == [("D2026-0001", "MRK-6")]
    assert due((plain(text, reviewed_on=ON, noticed=frozenset({"无法标志"})),)) == []


def test_what_locks_comes_first_and_names_its_article() -> None:
    found = tasks(
        (plain(id_late := standing("秘密★2027年1月10日", id_="D2026-0009")), plain(DERIVED)),
        (),
        {"S0001": source("秘密★20年")},
        ON,
        90,
    )
    assert found[0].locks
    assert found[0].rule == "DRV-7"
    assert "派生国家秘密定密管理暂行办法" in found[0].article
    assert found[-1].matter == id_late.determination.id


@pytest.mark.parametrize(
    ("kind", "rule", "by"),
    [
        (ReportKind.NO_AUTHORITY, "AUTH-1", None),
        (ReportKind.UNCERTAIN, "UNC-1", dt.date(2026, 10, 15)),
        (ReportKind.UNCERTAIN, "UNC-1", None),
        (ReportKind.DISPUTE, "DSP-1", None),
    ],
)
def test_tasks_of_a_reported_matter(kind: ReportKind, rule: str, by: dt.date | None) -> None:
    report = Report(kind, "某省保密局", Level.JIMI, None, ON, None, "x")
    waiting = Pending("D2026-0007", OWN.proposal, Record(reports=(report,)), lacks_authority=True, answer_by=by)
    (task,) = tasks((), (replace(waiting, unlisted=True),), {}, ON, 90)
    assert (task.rule, task.by) == (rule, by)
    assert ("没有当年的工作日安排" in task.message) is (rule == "UNC-1" and by is None)
    assert ("最高密级机密" in task.message) is (rule == "DSP-1")
    answer = Answer(kind, "某省保密局", "函", ON, None)
    answered = replace(waiting, record=Record(reports=(report,), answers=(answer,)))
    assert tasks((), (answered,), {}, ON, 90) == ()


def test_what_the_unit_has_no_authority_for_is_to_be_reported() -> None:
    waiting = Pending("D2026-0007", OWN.proposal, Record(), lacks_authority=True)
    assert [task.rule for task in tasks((), (waiting,), {}, ON, 90)] == ["AUTH-1"]
    assert tasks((), (replace(waiting, lacks_authority=False),), {}, ON, 90) == ()


@pytest.mark.parametrize("by", [dt.date(2026, 10, 15), None])
def test_what_no_range_lists_is_to_be_reported_within_ten_working_days(by: dt.date | None) -> None:
    waiting = Pending("D2026-0007", OWN.proposal, Record(), lacks_authority=False, unlisted=True, report_by=by)
    (task,) = tasks((), (waiting,), {}, ON, 90)
    assert (task.rule, task.by) == ("UNC-1", by)
    assert ("没有当年的工作日安排" in task.message) is (by is None)
    assert [one.rule for one in tasks((), (replace(waiting, lacks_authority=True),), {}, ON, 90)] == ["AUTH-1"]


def test_consents_do_not_make_a_change_of_a_top_secret_derivative_fail() -> None:
    top = standing("绝密★2035年3月2日", (), (source("绝密★20年"),))
    agreed = Record(consents=(Consent(ConsentKind.ORIGINATOR, "S0001", "某部", "函", ON),))
    with pytest.raises(RefusedError, match="CPY-2"):
        change(wanted(top, "绝密★2035年3月2日", "乙处"), context(source("绝密★20年")))
    change(wanted(top, "绝密★2035年3月2日", "乙处"), context(source("绝密★20年"), record=agreed))
