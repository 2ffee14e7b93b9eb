"""An officer's days, further: changes with their steps, late notices, what is no secret, forms of the unit's own."""

from __future__ import annotations

import hashlib
from pathlib import Path

import docx
import pytest
from decisions import LISTED, RANGE, ok, today, words_of
from desk import Desk
from office import PLAIN, SECRET
from office import make_office as make_processes

OTHER_HEAD = '[[people]]\nname = "赵六"\nroles = ["办公室"]\n[[people]]\nname = "钱七"\nroles = ["负责人"]\n'


def office_with(folder: Path, extra: str = "", **site: str) -> Desk:
    office = Desk(make_processes(folder, extra=f'{extra}[dictionaries]\npaths = ["gauge.toml"]\n', **site).folder)
    (office.folder / "gauge.toml").write_text(RANGE, encoding="utf-8")
    return office


def draft(office: Desk, name: str = "请示.docx", *more: str) -> Path:
    return office.write_docx(office.drafts / name, "关于基准桩复核情况的请示", LISTED, *more)


def approved(office: Desk, *steps: str) -> str:
    matter = str(office.json("determination", "propose", draft(office), "--scope", "甲处、乙站")["id"])
    for step, who in zip(steps, ("王五", "赵六"), strict=False):
        ok(office, "determination", "opinion", matter, "--step", step, "--words", "同意拟定", "--as", who)
    office.json("determination", "approve", matter, "--as", "李四")
    return matter


# changes pass the steps


def test_a_change_is_put_forward_spoken_to_and_then_decided(tmp_path: Path) -> None:
    office = office_with(tmp_path / "office", f'{OTHER_HEAD}[procedure]\nsteps = ["保密员"]\n')
    matter = approved(office, "保密员")
    shorter = ("--term", "5年", "--scope", "甲处", "--reason", "危害变小")
    said = ok(office, "determination", "change", matter, *shorter, "--as", "李四", code=5)
    assert "还没有“保密员”的意见" in said
    assert "没有待审批的拟办意见" in ok(office, "determination", "change", matter, "--as", "李四", code=2)
    ok(office, "determination", "change", matter, *shorter, "--draft", "--as", "张三")
    ok(office, "determination", "opinion", matter, "--step", "保密员", "--words", "危害确已变小", "--as", "王五")
    other = ("--term", "3年", "--reason", "危害变小", "--as", "李四")
    assert "还没有“保密员”的意见" in ok(office, "determination", "change", matter, *other, code=5)
    said = ok(office, "determination", "change", matter, "--as", "李四")
    assert "秘密★5年" in said
    assert "须书面通知：乙站、甲处" in said  # who leaves the scope is told as well
    form = office.folder / "表.docx"
    ok(office, "determination", "form", "变更解密审批表", matter, "-o", form)
    assert {"张三（签字）", "同意　危害确已变小", "秘密★10年", "秘密★5年", "危害变小"} <= set(
        words_of(form).split("\n")
    )
    ok(office, "determination", "notice", matter, "--subject", "变更", "--to", "甲处", "--document", "函5号")
    notice = office.folder / "通知.docx"
    ok(office, "determination", "form", "变更解密通知", matter, "-o", notice)
    assert "2026年5月10日书面通知（函5号）" in words_of(notice)
    assert {"乙站", "签收："} <= set(words_of(notice).split("\n"))


def test_a_declassification_is_put_forward_and_not_decided_by_the_same_person(tmp_path: Path) -> None:
    office = office_with(tmp_path / "office", f'{OTHER_HEAD}[procedure]\nsteps = ["保密员", "办公室"]\n')
    matter = approved(office, "保密员", "办公室")
    early = ("--kind", "提前解密", "--reason", "公开后无危害")
    ok(office, "determination", "declassify", matter, *early, "--draft", "--as", "李四")
    for step, who in (("保密员", "王五"), ("办公室", "赵六")):
        ok(office, "determination", "opinion", matter, "--step", step, "--as", who)
    assert "不得自己审批" in ok(office, "determination", "declassify", matter, "--as", "李四", code=5)
    ok(office, "determination", "declassify", matter, *early, "--draft", "--as", "张三")
    ok(office, "determination", "declassify", matter, "--as", "李四")
    shown = office.json("determination", "show", matter)
    assert shown["decision"] == "已解密"
    told = [one["what"] for one in shown["history"]]
    assert "拟办：提前解密；理由：公开后无危害" in told
    assert told[-1] == "提前解密：公开后无危害"
    assert {one["person"] for one in shown["history"]} == {"张三", "李四", "王五", "赵六"}
    assert office.call("register", "verify").returncode == 0


def test_where_the_head_alone_approves(tmp_path: Path) -> None:
    steps = '[procedure]\napprover = "主要负责人"\nreport_steps = ["保密员", "办公室", "主要负责人"]\n'
    office = office_with(tmp_path / "office", OTHER_HEAD + steps, tier="县级", authority="[]")
    office.add_source("--scope", "甲处")
    quoting = office.write_docx(office.drafts / "摘录.docx", "报告", SECRET, PLAIN)
    matter = office.json("determination", "propose", quoting, "--handler", "王五")["id"]
    assert "由主要负责人" in ok(office, "determination", "approve", matter, "--as", "李四", code=5)
    office.json("determination", "approve", matter, "--as", "张三")
    beyond = office.json("determination", "propose", draft(office), "--handler", "王五", code=1)["id"]
    report = ("determination", "report", beyond, "--kind", "无权", "--reason", "没有授权")
    assert "还没有“保密员”的意见" in ok(office, *report, code=5)
    ok(office, "determination", "opinion", beyond, "--step", "保密员", "--as", "王五", code=5)  # who handles it
    again = office.json("determination", "propose", draft(office, "二.docx", "二。"), code=1)["id"]
    for step, who in (("保密员", "王五"), ("办公室", "赵六"), ("主要负责人", "钱七")):
        ok(office, "determination", "opinion", again, "--step", step, "--words", f"{who}同意上报", "--as", who)
    ok(office, "determination", "report", again, "--kind", "无权", "--reason", "没有授权")
    form = office.folder / "申报表.docx"
    ok(office, "determination", "form", "无权定密申报表", again, "-o", form)
    assert {"保密员意见", "办公室意见", "主要负责人意见", "同意　钱七同意上报"} <= set(words_of(form).split("\n"))


# what a source's notices do


def test_t11_an_extension_that_came_too_late_stays_due_until_it_is_settled(office: Desk) -> None:
    source = office.add_source(mark="秘密★10年", issued="2015-03-02")
    late = ("--mark", "秘密★20年", "--by", "某省厅", "--document", "函1号", "--received", "2026-05-01")
    said = ok(office, "source", "change", source, *late, "--as", "张三")
    assert "2025年3月2日届满" in said
    (task,) = office.json("determination", "due", code=1)["tasks"]
    assert (task["rule"], task["determination"]) == ("CHG-2", source)
    calendar = office.folder / "待办.ics"
    ok(office, "determination", "due", "--ics", calendar, code=1)
    assert f"SUMMARY:{source} CHG-2" in calendar.read_text(encoding="utf-8")
    answer = ("--by", "某省厅", "--document", "函2号", "--result", "延长有效")
    ok(office, "source", "settle", source, *answer, "--as", "张三")
    assert office.json("determination", "due")["tasks"] == []


def test_t3_a_source_without_term_and_date_follows_its_written_notice(office: Desk) -> None:
    file = office.write_docx(office.folder / "来源.docx", "关于潮位基准桩使用的通知", SECRET)
    words = ("--mark", "机密", "--title", "通知", "--number", "江水密4号", "--as", "张三")
    source = office.json("source", "add", file, *words)["sources"][0]["id"]
    quoting = office.write_docx(office.drafts / "摘录.docx", "报告", SECRET)
    assert office.json("determination", "propose", quoting, code=1)["term"] is None
    notice = ("--term", "5年", "--by", "某省厅", "--document", "函3号", "--received", "2025-06-01", "--as", "张三")
    ok(office, "source", "change", source, *notice)
    again = office.json("determination", "propose", quoting, code=1)
    assert again["term"] == "2030年6月1日"
    assert [one["rule"] for one in again["violations"]] == ["DRV-6"]  # its 制发日 is still not on record


# what is no state secret


def test_what_holds_work_secrets_only_is_not_approved(tmp_path: Path) -> None:
    office = office_with(tmp_path / "office")
    path = office.folder / "gauge.toml"
    text = path.read_text(encoding="utf-8").replace('kind = "国家秘密"', 'kind = "工作秘密"')
    path.write_text(text.replace('level = "秘密"\n', ""), encoding="utf-8")
    own = ("--level", "秘密", "--term", "5年", "--basis", "某范围第三条第2项：名单")
    shown = office.json("determination", "propose", draft(office), *own, code=1)
    assert [one["rule"] for one in shown["violations"]] == ["NEG-1"]
    assert "NEG-1" in ok(office, "determination", "approve", shown["id"], "--as", "李四", code=5)


def test_a_range_says_who_produces_its_items(tmp_path: Path) -> None:
    office = office_with(tmp_path / "office")
    path = office.folder / "gauge.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('term = "10年"', 'term = "10年"\nproduced_at = ["省级"]'), encoding="utf-8")
    shown = office.json("determination", "propose", draft(office), code=1)
    assert [one["rule"] for one in shown["violations"]] == ["BAS-1"]
    assert "产生层级是省级" in shown["violations"][0]["message"]


# records


def test_the_approval_of_an_excerpt_and_a_signed_scan_are_events(office: Desk) -> None:
    office.add_source("--scope", "甲处")
    quoting = office.write_docx(office.drafts / "摘录.docx", "报告", SECRET, PLAIN)
    matter = office.json("determination", "propose", quoting)["id"]
    office.json("determination", "approve", matter, "--as", "李四")
    steps = {
        one["what"].partition("（")[0]: one["seq"] for one in office.json("determination", "show", matter)["history"]
    }
    assert "本机关、单位负责人批准摘录、引用、汇编" in steps
    scan = office.folder / "审批表.pdf"
    scan.write_bytes(b"%PDF signed")
    ok(
        office,
        "determination",
        "attach",
        matter,
        scan,
        "--what",
        "签字的审批表",
        "--step",
        9999,
        "--as",
        "王五",
        code=2,
    )
    step = steps["批准：机密★2035年3月2日"]
    ok(office, "determination", "attach", matter, scan, "--what", "签字的审批表", "--step", step, "--as", "王五")
    told = office.json("determination", "show", matter)["history"][-1]["what"]
    assert told.startswith(
        f"附第 {step} 步的签字的审批表：审批表.pdf（SHA-256 {hashlib.sha256(b'%PDF signed').hexdigest()[:16]}"
    )
    assert "经过：" in ok(office, "determination", "show", matter)


def test_statistics_of_a_year(office: Desk) -> None:
    office.add_source("--scope", "甲处")
    quoting = office.write_docx(office.drafts / "摘录.docx", "报告", SECRET, PLAIN)
    office.json("determination", "approve", office.json("determination", "propose", quoting)["id"], "--as", "李四")
    counted = office.json("register", "stats", "--year", 2026)
    assert counted["due"] == "2027-01-31"
    (total, original, derived, *_) = counted["tables"]["产生国家秘密情况统计表"]
    assert (total["total"], original["total"], derived["机密"]) == (1, 0, 1)
    said = ok(office, "register", "stats", "--year", 2026)
    assert "其中：派生定密：1 件（机密 1）" in said
    assert "超过5年、不超过10年：1 件（机密 1）" in said
    form = office.folder / "统计.docx"
    ok(office, "determination", "form", "产生情况统计表", "--year", 2026, "-o", form)
    assert "2026年产生国家秘密情况统计表" in words_of(form)
    assert "报送期限：2027年1月31日" in words_of(form)


# templates


def test_a_unit_puts_its_own_template_in_place_of_ours(office: Desk) -> None:
    folder = office.folder / "模板"
    ok(office, "determination", "templates", folder)
    assert "不覆盖" in ok(office, "determination", "templates", folder, code=2)
    path = office.folder / "markpipe.toml"
    path.write_text(path.read_text(encoding="utf-8") + '[forms]\ntemplates = "模板"\n', encoding="utf-8")
    roster = folder / "定密责任人名册.docx"
    document = docx.Document(str(roster))
    document.add_paragraph("本站编号 {{ 填报单位 }}-01")
    document.save(str(roster))
    out = office.folder / "名册.docx"
    ok(office, "determination", "form", "定密责任人名册", "-o", out)
    assert "本站编号 江北市水文测站-01" in words_of(out)
    document.add_paragraph("{{ 电话 }}")
    document.save(str(roster))
    said = ok(office, "determination", "form", "定密责任人名册", "-o", out, code=3)
    assert "字段“电话”不存在" in said
    assert str(roster) in said
    path.write_text(path.read_text(encoding="utf-8").replace('"模板"', '"没有"'), encoding="utf-8")
    assert "不存在" in ok(office, "determination", "due", code=3)


@pytest.fixture
def office(tmp_path: Path) -> Desk:
    return Desk(make_processes(tmp_path / "office").folder)


def test_d8_a_draft_edited_after_approval_is_not_stamped(tmp_path: Path) -> None:
    office = office_with(tmp_path / "office")
    matter = approved(office)
    draft(office, "请示.docx", "改动一字。")
    out = office.folder / "标志.docx"
    said = ok(office, "stamp", office.drafts / "请示.docx", "--determination", matter, "-o", out, code=5)
    assert "内容与审批稿不一致" in said
    assert not out.exists()
    today(office, "2026-05-11")
    assert office.json("determination", "show", matter)["decision"] == "内容已改动，退回拟定"
