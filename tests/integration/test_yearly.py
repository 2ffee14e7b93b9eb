"""The three yearly tables: every figure from the register, counted in 件 and 份."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from markpipe.config.procedure import Procedure
from markpipe.config.settings import load
from markpipe.forms.yearly import Yearly
from markpipe.keys.keyring import Keyring
from markpipe.ledger.custody_events import CarrierLost, CarriersReceived, Destroyed, Duplicated
from markpipe.ledger.events import CopyMade, Entry, MatterApproved, MatterDeclined, MatterProposed, SourceAdded
from markpipe.ledger.procedure import (
    MatterChanged,
    MatterDeclassified,
    MatterReported,
    ReportAnswered,
    SourceChanged,
)
from markpipe.model.agency import Actor, Agency, Authority, Officer, Tier
from markpipe.model.classification import Level, parse_mark
from markpipe.model.custody import Incoming, Reproduction
from markpipe.model.decision import Derivation, Determination, Grounds, Origin, Proposal, Source
from markpipe.model.procedure import Answer, ChangeKind, Ending, Report, ReportKind
from markpipe.pipeline import yearlines
from markpipe.pipeline.yearlines import tables
from markpipe.pipeline.yearly import due_on, produced
from markpipe.store.register import Register

AT = dt.datetime(2026, 5, 10, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 10)
WHO = Actor("zhang", "张三")
SOURCE = Source("", "某方案", "某发〔2015〕3号", parse_mark("机密★20年"), dt.date(2015, 3, 2), digest="s1")
DECIDED = Determination("D2026-0001", "d", "a.pdf", parse_mark("秘密★5年"), Origin.ORIGINAL, "张三", "李四", DAY, DAY)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    keyring = Keyring.create(tmp_path / "keys.json")
    with Register.open(f"sqlite:///{tmp_path}/register.db", keyring, create=True) as opened:
        yield opened


def approved(
    register: Register, name: str = "a.docx", digest: str = "d1", *sources: Source, mark: str = "机密★2035年3月2日"
) -> Determination:
    asked, derivations = parse_mark(mark), tuple(Derivation(one, Grounds.DECLARED) for one in sources)
    origin = Origin.DERIVATIVE if sources else Origin.ORIGINAL
    proposal = Proposal(digest, name, "张三", asked.level, asked.term, origin, DAY, derivations=derivations)
    matter = register.propose(proposal, WHO, AT)
    made = Determination(matter.id, digest, name, asked, origin, "张三", "李四", DAY, DAY, access_scope="甲处、乙站")
    register.approve(made, WHO, AT)
    return made


def changed(register: Register, made: Determination, mark: str) -> MatterChanged:
    after = replace(made, mark=parse_mark(mark))
    return MatterChanged(ChangeKind.LEVEL, after, register.matter(made.id).proposal, "李四", DAY, "情况变化")


def figures(register: Register, table: Yearly, year: int = 2026, **more: Any) -> dict[str, int]:
    """What is not nought in a table: what is counted in which part, and how many."""
    settings = replace(load(None, Path("/")), **more)
    lines = tables(register, settings, year)[table]
    return {f"{one.part[0]}{one.what}": one.total for one in lines if one.total}


def test_yearly_figures_are_counted_in_matters(register: Register) -> None:
    source = register.add_source(SOURCE, b"x", WHO, AT)
    made = approved(register)
    other = approved(register, "b.docx", "d2", source)
    register.take((changed(register, made, "秘密★5年"),), WHO, AT)
    register.take((MatterDeclassified(other.id, Ending.FOLLOWED, DAY, "x", "李四"),), WHO, AT)
    later = replace(MatterDeclassified(made.id, Ending.EARLY, DAY, "x", "李四"), on=dt.date(2027, 3, 1))
    register.take((later,), WHO, AT)
    assert (produced(register, 2026), produced(register, 2025), produced(register, 2027)) == (2, 0, 0)
    # what was declassified in 2027 was protected at the end of 2026
    assert figures(register, Yearly.HELD) == {"一合计": 1, "一其中：原始定密": 1, "二年末登记的已定密事项（来源）": 1}
    assert figures(register, Yearly.HELD, 2027) == {"二年末登记的已定密事项（来源）": 1}
    lines = tables(register, load(None, Path("/")), 2026)[Yearly.PRODUCED]
    # as they were determined, not as they stand now
    assert dict(lines[0].by_level) == {Level.JIMI: 2}
    assert figures(register, Yearly.CHANGED) == {
        "一合计": 1,
        "一密级降低": 1,
        "二合计": 1,
        "二随来源解密": 1,
        "三其中：派生定密": 1,
    }
    assert figures(register, Yearly.CHANGED, 2027)["二提前解密"] == 1
    assert figures(register, Yearly.CHANGED, 2025) == {}


def test_what_a_year_produced_is_counted_by_term_officer_and_authority(register: Register) -> None:
    head = Officer("李四", True, frozenset(Level))
    source = register.add_source(SOURCE, b"x", WHO, AT)
    one = approved(register)
    approved(register, "b.docx", "d2", source)
    report = Report(ReportKind.UNCERTAIN, "某局", Level.MIMI, None, DAY, None, "不明")
    answer = Answer(ReportKind.UNCERTAIN, "某局", "函1号", DAY, None)
    register.take((MatterReported(one.id, report), ReportAnswered(one.id, answer)), WHO, AT)
    found = figures(register, Yearly.PRODUCED, officers=(head,))
    assert found["四法定定密责任人批准"] == 2
    assert found["六不明确事项上报"] == found["六不明确事项得到答复"] == 1  # "no secret" has no level and still counts
    assert sum(n for what, n in found.items() if what.startswith("二")) == 2
    assert sum(n for what, n in found.items() if what.startswith("三")) == 2
    assert sum(n for what, n in found.items() if what.startswith("五")) == 2
    assert figures(register, Yearly.PRODUCED)["四指定定密责任人批准"] == 2


@pytest.mark.parametrize(
    ("mark", "band"),
    [
        ("秘密★1年", "不超过1年"),
        ("秘密★6个月", "不超过1年"),
        ("秘密★366日", "超过1年、不超过5年"),
        ("秘密★5年", "超过1年、不超过5年"),
        ("机密★20年", "超过10年、不超过20年"),
        ("绝密★2056年5月11日", "超过30年"),
        ("绝密★30年", "超过20年、不超过30年"),
        ("机密★会议召开前", "解密条件"),
        ("绝密★长期", "长期"),
    ],
)
def test_the_band_of_a_term(mark: str, band: str) -> None:
    assert yearlines._band(replace(DECIDED, mark=parse_mark(mark))) == band


@pytest.mark.parametrize("recorded", [None, dt.date(2026, 6, 1), dt.date(2027, 6, 1)])
def test_what_ends_by_itself_counts_in_the_year_in_which_it_did(register: Register, recorded: dt.date | None) -> None:
    made = approved(register, mark="秘密★2026年5月31日")
    if recorded:
        register.take((MatterDeclassified(made.id, Ending.EXPIRED, recorded, ""),), WHO, AT)
    assert figures(register, Yearly.CHANGED)["二自行解密"] == 1
    assert figures(register, Yearly.CHANGED, 2027) == {}
    assert "一合计" not in figures(register, Yearly.HELD)


def test_the_last_day_of_the_year_is_protected_unless_trm_4_is_set_aside(register: Register) -> None:
    approved(register, mark="秘密★2026年12月31日")
    assert figures(register, Yearly.HELD)["一合计"] == 1
    aside = Procedure(set_aside=frozenset({"TRM-4"}))
    assert "一合计" not in figures(register, Yearly.HELD, procedure=aside)
    assert figures(register, Yearly.CHANGED, procedure=aside)["二自行解密"] == 1
    assert figures(register, Yearly.CHANGED, 2027, procedure=aside) == {}


def test_officers_and_grants_of_a_year(register: Register) -> None:
    deputy = Officer("王五", False, frozenset({Level.MIMI}), deputy_of="李四")
    gone = Officer("赵六", False, frozenset({Level.MIMI}), valid_to=dt.date(2026, 6, 1))
    grant = Authority(frozenset({Level.MIMI}), "授权1号", dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    site: Any = {"officers": (Officer("李四", True, frozenset(Level)), deputy, gone)}
    site["agency"] = Agency("某市局", Tier.MUNICIPAL, authorities=(grant,))
    assert figures(register, Yearly.HELD, **site) == {
        "四法定定密责任人": 1,
        "四指定定密责任人": 1,
        "四其中：B角": 1,
        "四机关层级的原始定密权": 1,
        "四有效的定密授权": 1,
    }
    assert "四有效的定密授权" not in figures(register, Yearly.HELD, 2027, **site)


class Told:
    """A register of these events, each on the day that it names or on DAY."""

    def __init__(self, *events: Any) -> None:
        self._events = events

    def events(self) -> Iterator[Any]:
        for number, event in enumerate(self._events, 1):
            entry = Entry(number, "2026-05-10T02:00:00+00:00", "zhang", "张三", event)
            yield SimpleNamespace(entry=lambda entry=entry: entry)


def test_carriers_are_counted_at_the_level_of_their_document() -> None:
    incoming = Incoming(
        "R2026-0001", "省厅", "省厅发1号", "通知", parse_mark("绝密"), DAY, "机要", Reproduction.ALLOWED
    )
    earlier = replace(incoming, id="R2025-0001", received_on=dt.date(2025, 3, 1))
    copy = "D2026-0001/000001"
    told = Told(
        MatterApproved(DECIDED),
        CopyMade("D2026-0001", 1, "aa", "x"),
        CopyMade("D2026-0001", 2, "ab", "y"),
        CopyMade("D2026-0009", 1, "ac", "z"),  # of a decision that is not in this register
        CarriersReceived(incoming, ("000117", "000118")),
        CarriersReceived(earlier, ("000001",)),
        Duplicated("R2026-0001/000117", 1, 3, "李四", "批1号", "", "复制", DAY),
        Destroyed("X1", (copy, "R2026-0001/000117/000001"), DAY),
        Destroyed("X2", ("D2026-0001/000002",), dt.date(2027, 1, 2)),
        CarrierLost("L1", "R2026-0001/000118", "张三", "不见了", "", DAY),
    )
    lines = tables(cast(Register, told), load(None, Path("/")), 2026)[Yearly.HELD]
    counted = {one.what: dict(one.by_level) for one in lines if one.unit == "份"}
    secret, top = {Level.MIMI: 2}, Level.JUEMI
    assert counted == {
        "编号制作": secret,
        "收到": {top: 2},
        "复制": {top: 3},
        "销毁": {Level.MIMI: 1, top: 1},
        "报失": {top: 1},
    }


def test_sources_count_as_they_stand_at_the_end_of_the_year() -> None:
    one, other = replace(SOURCE, id="S0001"), replace(SOURCE, id="S0002")
    lowered = SourceChanged(replace(one, mark=parse_mark("秘密★20年")), "函1号", "某厅", DAY)
    freed = SourceChanged(replace(other, declassified_on=dt.date(2026, 6, 1)), "函2号", "某厅", DAY)
    later = replace(lowered, source=replace(one, mark=parse_mark("绝密★30年")), received_on=dt.date(2027, 2, 1))
    told = Told(SourceAdded(one, ""), SourceAdded(other, ""), lowered, freed, later, replace(freed, source=other))
    lines = tables(cast(Register, told), load(None, Path("/")), 2026)[Yearly.HELD]
    assert [dict(line.by_level) for line in lines if "来源" in line.what] == [{Level.MIMI: 1}]


def test_what_was_declined_and_on_what_authority_it_rested() -> None:
    answered = replace(DECIDED, id="D2026-0002", basis=("定密权限：由某厅确定（函1号，2026年5月1日）",))
    granted = replace(DECIDED, id="D2026-0003", basis=("某范围", "定密权限：某授权〔2026〕1号"))
    tier = replace(DECIDED, id="D2026-0004", basis=("定密权限：省级机关的定密权限（保密法第十七条）",))
    offered = Proposal("d9", "z.docx", "张三", Level.JIMI, None, Origin.ORIGINAL, DAY)
    told = Told(
        *(MatterApproved(one) for one in (DECIDED, answered, granted, tier)),
        MatterProposed("D2026-0005", offered),
        MatterDeclined("D2026-0005", "不属于"),
        MatterDeclined("D2026-0006", "不属于"),
        MatterApproved(replace(DECIDED, id="D2027-0001", decided_on=dt.date(2027, 1, 1))),
    )
    lines = tables(cast(Register, told), load(None, Path("/")), 2026)[Yearly.PRODUCED]
    found = {one.what: one.total for one in lines if one.part.startswith(("五", "六")) and one.total}
    assert found == {
        "派生，不需要定密权限": 1,
        "机关层级的原始定密权": 1,
        "定密授权": 1,
        "有权机关、单位确定": 1,
        "不予定密": 2,
    }
    assert next(one.by_level for one in lines if one.what == "不予定密") == {Level.JIMI: 1}


@pytest.mark.parametrize(
    ("annual", "due"),
    [((1, 31), dt.date(2027, 1, 31)), ((2, 29), dt.date(2027, 2, 28)), ((3, 15), dt.date(2027, 3, 15))],
)
def test_the_tables_are_due_in_the_year_after(annual: tuple[int, int], due: dt.date) -> None:
    assert due_on(2026, annual) == due
