"""Forms around a decision: what is filled in comes out as it is, nothing undecided bears ★, same bytes for same input."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

import docx
import pytest
from docxtpl import DocxTemplate

from markpipe.forms.approval import TITLES, approval_form
from markpipe.forms.changes import Altered, change_form, change_notice, unmarked_notice
from markpipe.forms.filled import Filled
from markpipe.forms.layouts import approval, changes, reports, rosters, yearly
from markpipe.forms.reports import report_form
from markpipe.forms.rosters import (
    Application,
    Listed,
    appointment_letter,
    candidates_form,
    grant_application,
    grant_letter,
    officers_form,
    schedule_form,
)
from markpipe.forms.template import Templates
from markpipe.forms.yearly import Count, Yearly, yearly_form
from markpipe.model.agency import Agency, Authority, Grant, Officer, Tier
from markpipe.model.classification import Level, parse_mark
from markpipe.model.decision import Determination, Origin, Proposal
from markpipe.model.procedure import Claim, Opinion, Report, ReportKind

DAY = dt.date(2026, 5, 10)
ODD = "甲<乙>&{{丙}}"
AGENCY = Agency(
    ODD, Tier.COUNTY, (Authority(frozenset({Level.MIMI}), f"授{ODD}", DAY, None, Grant.OWN_WORK, (ODD,), 5, ODD),)
)
PROPOSAL = Proposal(
    "ab" * 32, f"{ODD}.docx", ODD, Level.MIMI, parse_mark("秘密★10年").term, Origin.ORIGINAL, DAY, basis=(ODD,)
)
BEFORE = Determination(
    "D2026-0001", "ab", f"{ODD}.docx", parse_mark("机密★20年"), Origin.ORIGINAL, ODD, ODD, DAY, DAY, None, ODD, (ODD,)
)
AFTER = replace(BEFORE, mark=parse_mark("秘密★10年"), on_behalf_of="王五")
CHANGED = Altered(BEFORE, AFTER, "密级变更", ODD, DAY, ODD, ODD)
ENDED = Altered(BEFORE, None, "自行解密", "", DAY, ODD)
HEAD = Officer("甲", True, frozenset(Level))
DEPUTY = Officer(ODD, False, frozenset({Level.MIMI}), DAY, DAY, ODD, DAY, ODD, DAY, DAY, "甲")
REPORT = Report(ReportKind.UNCERTAIN, ODD, Level.MIMI, PROPOSAL.term, DAY, dt.date(2026, 5, 22), ODD)
CLAIMS = (Claim(ODD, Level.JIMI, parse_mark("机密★5年").term), Claim("乙局", None))

FORMS: dict[str, tuple[Callable[[], Filled], tuple[str, ...]]] = {
    "审批": (
        lambda: approval_form(PROPOSAL, AGENCY, opinions=(Opinion("保密员", False, ODD, DAY, ""),)),
        ("国家秘密事项定密审核审批表", "保密员意见", f"不同意　{ODD}"),
    ),
    "不明确": (lambda: report_form(PROPOSAL, AGENCY, REPORT, number="D1"), ("国家秘密不明确事项报告", "2026年5月22日")),
    "不明确，没有日历": (
        lambda: report_form(PROPOSAL, AGENCY, replace(REPORT, due_on=None), number="D1", demo=True),
        ("没有当年工作日安排，请自行核算",),
    ),
    "无权": (
        lambda: report_form(PROPOSAL, AGENCY, replace(REPORT, kind=ReportKind.NO_AUTHORITY), number="D1", sent_by="x"),
        ("无权定密事项定密申报表", "立即", "自拟定之日起按秘密级采取保密措施"),
    ),
    "争议": (
        lambda: report_form(
            PROPOSAL, AGENCY, replace(REPORT, kind=ReportKind.DISPUTE, level=None), number="D1", claims=CLAIMS
        ),
        ("国家秘密有争议事项报告", "机密", "不属于国家秘密", "期限5年"),
    ),
    "变更": (
        lambda: change_form(CHANGED, AGENCY),
        ("国家秘密变更审批表", "机密★20年", "秘密★10年", f"{ODD}（代行王五职责）（签字）"),
    ),
    "解密": (
        lambda: change_form(ENDED, AGENCY, demo=True),
        ("国家秘密解密审批表", "解密", "（自行解密，无须审批）（签字）"),
    ),
    "变更通知": (
        lambda: change_notice(CHANGED, AGENCY, {ODD: "", "乙局": "2026年5月11日书面通知"}),
        ("国家秘密变更通知", "乙局", "秘密★10年"),
    ),
    "解密通知": (lambda: change_notice(ENDED, AGENCY, {ODD: ""}), ("国家秘密解密通知", "解密")),
    "书面通知": (
        lambda: unmarked_notice(BEFORE, AGENCY, {ODD: ""}, ODD, DAY),
        ("国家秘密事项书面通知", "机密★20年"),
    ),
    "一览表": (
        lambda: schedule_form(AGENCY, (Listed(BEFORE, "某范围事项", "电子文件（DOCX）"),), DAY),
        ("国家秘密事项一览表", "机密★20年"),
    ),
    "空一览表": (lambda: schedule_form(AGENCY, (), DAY), ("国家秘密事项一览表",)),
    "名册": (
        lambda: officers_form(AGENCY, (HEAD, DEPUTY), DAY),
        ("定密责任人名册", "指定，甲的B角", "法定", "绝密、机密、秘密", "（未写明）"),
    ),
    "授权申请": (
        lambda: grant_application(AGENCY, Application((Level.MIMI,), (ODD,), 5, ODD, {2023: 6, 2024: 7, 2025: 8}), DAY),
        ("国家秘密定密权限授权申请表", "7.0"),
    ),
    "授权申请，没有数据": (lambda: grant_application(AGENCY, Application((), (), 0, "", {}), DAY), ("0.0", "无")),
    "授权书": (lambda: grant_letter(AGENCY, AGENCY.authorities[0], DAY), ("国家秘密定密权限授权书", "5年", ODD)),
    "人选": (lambda: candidates_form(AGENCY, (HEAD, DEPUTY), DAY), ("定密责任人拟定人选名单征求意见表", ODD)),
    "授权书（人）": (
        lambda: appointment_letter(AGENCY, DEPUTY, "甲", DAY),
        ("定密责任人授权书", "甲不在岗时代行其定密职责"),
    ),
    "授权书（未公布）": (
        lambda: appointment_letter(AGENCY, replace(DEPUTY, published_on=None), "", DAY),
        ("（待填）",),
    ),
    "统计": (
        lambda: yearly_form(
            Yearly.PRODUCED, AGENCY, 2025, (Count("一、当年确定的", "原始定密", {Level.MIMI: 3}),), DAY, DAY
        ),
        ("2025年产生国家秘密情况统计表", "3"),
    ),
}


def text_of(data: bytes) -> list[str]:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [*(paragraph.text for paragraph in document.paragraphs), *cells]


@pytest.mark.parametrize("name", list(FORMS))
def test_what_was_filled_in_comes_out_as_it_is(name: str) -> None:
    make, expected = FORMS[name]
    data = Templates().make(make())
    found = text_of(data)
    for words in expected:
        assert words in found
    assert any(ODD in line for line in found)
    assert Templates().make(make()) == data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None


@pytest.mark.parametrize("name", ["审批", "不明确", "不明确，没有日历", "无权", "争议", "人选", "名册"])
def test_what_is_not_determined_bears_no_star(name: str) -> None:
    assert "★" not in "".join(text_of(Templates().make(FORMS[name][0]())))


@pytest.mark.parametrize("name", ["不明确，没有日历", "解密"])
def test_a_demonstration_says_so(name: str) -> None:
    assert any("【演示】" in line for line in text_of(Templates().make(FORMS[name][0]())))


def test_every_form_has_its_template_and_every_template_a_form() -> None:
    made = {make().name for make, _ in FORMS.values()} | {TITLES[Origin.DERIVATIVE], *(each.value for each in Yearly)}
    parts = (approval, reports, changes, rosters, yearly)
    assert made == {layout.title for part in parts for layout in part.LAYOUTS}


@pytest.mark.parametrize("name", list(FORMS))
def test_the_template_shows_every_field_and_no_other(name: str) -> None:
    form = FORMS[name][0]()
    shown = DocxTemplate(str(Templates().path(form.name))).get_undeclared_template_variables()
    assert shown == set(form.fields)
