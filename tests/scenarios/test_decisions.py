"""An officer's days: decisions beyond authority, by deputies, about compilations, and after they were made."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from decisions import LISTED, RANGE, ok, today, words_of
from desk import Desk
from office import PLAIN, SECRET, Office
from office import make_office as make_processes

PROVINCE_NOTICE = ("--by", "某省厅", "--document", "函〔2026〕3号")


def make_office(folder: Path, **site: str) -> Desk:
    """A site whose commands run in this process."""
    return Desk(make_processes(folder, **site).folder)


@pytest.fixture
def office(tmp_path: Path) -> Desk:
    return make_office(tmp_path / "office")


def every_text(folder: Path) -> str:
    """Everything that any file below a folder says."""
    parts = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as package:
                parts += [package.read(name).decode("utf-8", "ignore") for name in package.namelist()]
        elif path.suffix == ".pdf":
            done = subprocess.run(["pdftotext", "-q", path, "-"], capture_output=True, text=True, check=True)
            parts.append(done.stdout)
        elif path.is_file():
            parts.append(path.read_text(encoding="utf-8", errors="ignore"))
    return "\n".join(parts)


def with_range(folder: Path, **site: str) -> Office:
    office = make_office(folder, **site)
    (office.folder / "gauge.toml").write_text(RANGE, encoding="utf-8")
    path = office.folder / "markpipe.toml"
    path.write_text(path.read_text(encoding="utf-8") + '[dictionaries]\npaths = ["gauge.toml"]\n', encoding="utf-8")
    return office


@pytest.fixture
def county(tmp_path: Path) -> Office:
    return with_range(tmp_path / "county", tier="县级", authority="[]")


def listed_draft(office: Office) -> Path:
    return office.write_docx(office.drafts / "请示.docx", "关于基准桩复核情况的请示", LISTED, PLAIN)


# D3, D4: authority


def test_d3_beyond_authority_the_application_is_drafted_and_nothing_bears_a_star(county: Office) -> None:
    draft = listed_draft(county)
    decisions = county.folder / "决定.csv"
    decisions.write_text("file,item,decision,level,term\n请示.docx,gauge.1,定密,秘密,10年\n", encoding="utf-8")
    document = county.run("--approve-as", "李四", "--decisions", decisions, code=5)["请示.docx"]
    assert any("没有秘密级的原始定密权" in refused for refused in document["refused"])
    assert "LVL-2" in {found["rule"] for found in document["violations"]}
    form = county.out / "forms" / "请示.docx.无权定密申报表.docx"
    text = words_of(form)
    for expected in (
        "无权定密事项定密申报表",
        "江北市水务局",
        "秘密",
        "期限10年",
        "张三",
        "自拟定之日起按秘密级采取保密措施",
    ):
        assert expected in text
    assert "拟定密级：秘密，期限10年" in every_text(county.out / "proposals")
    assert not (county.out / "marked").exists()
    assert "★" not in every_text(county.out)

    matter = county.json("determination", "propose", draft, code=1)["id"]
    said = ok(county, "determination", "approve", matter, "--as", "李四", code=5)
    assert "LVL-2" in said
    assert "江北市水务局" in said
    drafted = county.folder / "forms" / f"{matter}.无权定密事项定密申报表.docx"
    assert matter in words_of(drafted)
    assert county.events()[-1] == "attempt-refused"


def test_d3_once_the_superior_has_decided_the_matter_goes_on(county: Office) -> None:
    matter = county.json("determination", "propose", listed_draft(county), code=1)["id"]
    ok(county, "determination", "report", matter, "--kind", "无权", "--reason", "没有授权")
    due = county.json("determination", "due", code=1)["tasks"]
    assert [(task["rule"], task["determination"]) for task in due] == [("AUTH-1", matter)]
    decided = ("--by", "江北市水务局", "--document", "水密函〔2026〕2号", "--level", "秘密", "--term", "10年")
    ok(county, "determination", "answered", matter, "--kind", "无权", *decided)
    assert county.json("determination", "approve", matter, "--as", "李四")["mark"] == "秘密★10年"
    form = county.folder / "审批表.docx"
    ok(county, "determination", "form", "定密审批表", matter, "-o", form)
    assert matter in words_of(form)
    shown = county.json("determination", "show", matter)
    assert "由江北市水务局确定（水密函〔2026〕2号" in shown["determined_basis"][-1]


@pytest.mark.parametrize(("fields", "heading"), [("related", "业务关联"), ("business_authority", "业务主管部门")])
def test_d3_without_a_superior_the_next_in_order_is_addressed(tmp_path: Path, fields: str, heading: str) -> None:
    office = with_range(tmp_path / "office", tier="县级", authority="[]")
    path = office.folder / "markpipe.toml"
    text = path.read_text(encoding="utf-8").replace("superior =", f"{fields} =")
    path.write_text(text, encoding="utf-8")
    listed_draft(office)
    office.run(code=1)
    assert heading in words_of(office.out / "forms" / "请示.docx.无权定密申报表.docx")


def test_d4_a_county_police_bureau_decides_in_its_own_work(tmp_path: Path) -> None:
    office = with_range(tmp_path / "office", tier="县级", authority="[]")
    path = office.folder / "markpipe.toml"
    grant = '[[agency.authorities]]\nkind = "自身业务"\nlevels = ["秘密"]\nbasis = "县公安局侦查工作"\nmatters = ["gauge"]\n'
    path.write_text(path.read_text(encoding="utf-8").replace("[[people]]", f"{grant}[[people]]", 1), encoding="utf-8")
    matter = office.json("determination", "propose", listed_draft(office))["id"]
    office.json("determination", "approve", matter, "--as", "李四")
    shown = office.json("determination", "show", matter)
    assert shown["mark"] == "秘密★10年"
    assert any("第十七条第四款" in line for line in shown["determined_basis"])


# D6: compilation


def test_d6_a_compilation_of_a_top_secret_needs_its_originator(tmp_path: Path) -> None:
    office = make_office(tmp_path / "office", tier="省级")
    (office.folder / "markpipe.toml").write_text(
        (office.folder / "markpipe.toml")
        .read_text(encoding="utf-8")
        .replace('levels = ["机密", "秘密"]\nfrom', 'levels = ["绝密", "机密", "秘密"]\nfrom'),
        encoding="utf-8",
    )
    first = office.add_source(mark="绝密★5年", issued="2024-01-15")
    other_text = (
        "各县上报的潮位异常记录由专班汇总后逐日呈送，呈送的时刻、线路和交接人员名单不得对外说明，亦不得在网上传递。"
    )
    file = office.write_docx(office.folder / "other.docx", "关于潮位异常记录的通知", other_text)
    words = (
        "--mark",
        "秘密★长期",
        "--issued",
        "2020-03-01",
        "--title",
        "关于潮位异常记录的通知",
        "--number",
        "水密〔2020〕1号",
    )
    second = office.json("source", "add", file, *words, "--as", "张三")["sources"][0]["id"]
    draft = office.write_docx(office.drafts / "汇编.docx", "潮位工作文件汇编", SECRET, other_text)
    shown = office.json("determination", "propose", draft, code=1)
    matter = shown["id"]
    assert (shown["level"], shown["term"]) == ("绝密", "长期")
    assert [found["rule"] for found in shown["violations"]] == ["CPY-2"]
    assert "CPY-2" in ok(office, "determination", "approve", matter, "--as", "李四", code=5)
    agreed = ("--by", "江北市水务局", "--document", "函1号", "--as", "张三")
    ok(office, "determination", "consent", matter, "--kind", "本单位", "--source", first, *agreed)
    assert "CPY-2" in ok(
        office, "determination", "approve", matter, "--as", "李四", code=5
    )  # one's own head does not do
    ok(office, "determination", "consent", matter, "--kind", "原定密机关", "--source", first, *agreed)
    approved = office.json("determination", "approve", matter, "--as", "李四")
    assert approved["mark"] == "绝密★长期"
    marks = {one["source"]: one["mark"] for one in approved["derivations"]}
    assert marks == {first: "绝密★5年", second: "秘密★长期"}
    form = office.folder / "审批表.docx"
    ok(office, "determination", "form", "定密审批表", matter, "-o", form)
    assert {"绝密★5年", "秘密★长期", "绝密★长期"} <= set(words_of(form).split("\n"))


# D7: A and B


def test_d7_the_deputy_acts_within_the_recorded_absence_only(tmp_path: Path) -> None:
    office = make_office(tmp_path / "office")
    path = office.folder / "markpipe.toml"
    deputy = '[[officers]]\nname = "王五"\nkind = "指定"\nlevels = ["机密", "秘密"]\ndeputy_of = "李四"\n'
    path.write_text(path.read_text(encoding="utf-8") + deputy, encoding="utf-8")
    office.add_source()
    drafts = [office.write_docx(office.drafts / f"{n}.docx", f"报告{n}", SECRET[:60], PLAIN) for n in (1, 2)]
    today(office, "2026-10-02")
    first, second = (office.json("determination", "propose", draft)["id"] for draft in drafts)
    away = ("--from", "2026-10-05", "--to", "2026-10-09", "--reason", "休假")
    ok(office, "determination", "absence", "李四", *away, "--as", "王五", code=5)
    ok(office, "determination", "absence", "李四", *away, "--as", "李四")
    today(office, "2026-10-08")
    office.json("determination", "approve", first, "--as", "王五")
    form = office.folder / "审批表.docx"
    ok(office, "determination", "form", "定密审批表", first, "-o", form)
    assert "王五（代行李四职责）（签字）" in words_of(form)
    today(office, "2026-10-12")
    said = ok(office, "determination", "approve", second, "--as", "王五", code=5)
    assert "不能代行" in said
    assert "REC-1" in said


# D9: the source changes


def two_hops(office: Office) -> tuple[str, str, str, Path, Path]:
    """A source, a derivative of it that is registered as a source itself, and a derivative of that."""
    source = office.add_source("--scope", "甲处、乙站")
    draft = office.write_docx(office.drafts / "一.docx", "关于校核任务的通知", SECRET[:60], PLAIN)
    child = office.json("determination", "propose", draft)["id"]
    office.json("determination", "approve", child, "--as", "李四")
    marked = office.folder / "一-盖章.docx"
    office.json("stamp", draft, "--determination", child, "-o", marked)
    words = (
        "--mark",
        "机密★2035年3月2日",
        "--issued",
        "2026-05-10",
        "--title",
        "关于校核任务的通知",
        "--number",
        "站密1号",
    )
    own = office.json("source", "add", marked, *words, "--determination", child, "--as", "张三")["sources"][0]["id"]
    further = office.write_docx(office.drafts / "二.docx", "关于落实校核任务的安排", PLAIN, "照办。")
    grandchild = office.json("determination", "propose", further, "--source", own, "--scope", "乙站")["id"]
    office.json("determination", "approve", grandchild, "--as", "李四")
    return source, child, grandchild, draft, further


def test_d9_a_lowered_source_locks_every_hop_until_each_has_followed(office: Office) -> None:
    source, child, grandchild, draft, further = two_hops(office)
    said = ok(office, "source", "change", source, "--mark", "秘密★2030年3月2日", *PROVINCE_NOTICE, "--as", "张三")
    assert child in said
    assert grandchild in said
    tasks = office.json("determination", "due", code=1)["tasks"]
    assert {task["determination"] for task in tasks if task["locked"]} == {child, grandchild}
    assert {task["rule"] for task in tasks if task["locked"]} == {"DRV-7"}
    for file, matter in ((draft, child), (further, grandchild)):
        out = office.folder / f"{matter}.docx"
        assert "DRV-7" in ok(office, "stamp", file, "--determination", matter, "-o", out, code=5) or not out.exists()
        assert not out.exists()
        copies = ("--copies", 1, "--file", file, "-o", office.folder / "份")
        refused = office.call("copies", "issue", matter, *copies)
        assert refused.returncode == 5
    run = office.run(code=1)
    assert any("DRV-7" in held for held in run["一.docx"]["held"])
    assert run["一.docx"]["outputs"] == []

    followed = office.call("determination", "follow", child, "--as", "李四", "--format", "json")
    assert followed.returncode == 0, followed.stderr
    assert "须书面通知：乙站、甲处" in followed.stderr
    assert office.json("determination", "show", child)["mark"] == "秘密★2030年3月2日"
    out = office.folder / "新.docx"
    office.json("stamp", draft, "--determination", child, "-o", out)
    with zipfile.ZipFile(out) as package:
        text = "".join(package.read(name).decode("utf-8", "ignore") for name in package.namelist())
    assert "秘密★2030年3月2日" in text
    assert "机密★2035年3月2日（作废）" in re.sub(r"<[^>]+>", "", text)
    locked = [task for task in office.json("determination", "due", code=1)["tasks"] if task["locked"]]
    assert [task["determination"] for task in locked] == [grandchild]
    ok(office, "determination", "follow", grandchild, "--as", "李四")
    assert office.json("determination", "show", grandchild)["mark"] == "秘密★2030年3月2日"
    tasks = office.json("determination", "due", code=1)["tasks"]
    assert not any(task["locked"] for task in tasks)
    told = {(task["determination"], task["message"]) for task in tasks if task["rule"] == "CHG-1"}
    assert told == {
        (child, "变更或者解密还没有书面通知甲处"),
        (child, "变更或者解密还没有书面通知乙站"),
        (grandchild, "变更或者解密还没有书面通知乙站"),
    }
    notice = office.folder / "通知.docx"
    ok(office, "determination", "form", "变更解密通知", child, "-o", notice)
    assert {"甲处", "乙站", "秘密★2030年3月2日", "机密★2035年3月2日"} <= set(words_of(notice).split("\n"))
    ok(office, "determination", "notice", child, "--subject", "变更", "--to", "甲处", "--to", "乙站")
    left = [task for task in office.json("determination", "due", code=1)["tasks"] if task["rule"] == "CHG-1"]
    assert [task["determination"] for task in left] == [grandchild]
    assert office.call("register", "verify").returncode == 0


def test_d9_a_declassified_source_frees_what_derives_from_it(office: Office) -> None:
    source, child, grandchild, draft, _ = two_hops(office)
    ok(office, "source", "change", source, "--declassified", "2026-05-01", *PROVINCE_NOTICE, "--as", "张三")
    ok(office, "determination", "follow", child, "--as", "李四")
    assert office.json("determination", "show", child)["decision"] == "已解密"
    ok(office, "determination", "follow", grandchild, "--as", "李四")
    assert office.json("determination", "show", grandchild)["decision"] == "已解密"
    out = office.folder / "新.docx"
    assert office.call("stamp", draft, "--determination", child, "-o", out).returncode == 5
    assert office.run(code=1)["一.docx"]["decision"] == "已解密"
    assert office.call("register", "verify").returncode == 0


# change and declassification of one's own


@pytest.fixture
def decided(tmp_path: Path) -> tuple[Office, str]:
    """A city's own 秘密★10年, issued 2026-05-10."""
    office = with_range(tmp_path / "office")
    matter = office.json("determination", "propose", listed_draft(office), "--scope", "甲处、乙站")["id"]
    office.json("determination", "approve", matter, "--as", "李四")
    return office, matter


def test_a_change_is_refused_after_the_end_and_beyond_the_range(decided: tuple[Office, str]) -> None:
    office, matter = decided
    longer = ("--term", "15年", "--reason", "仍需保护", "--as", "李四")
    said = ok(office, "determination", "change", matter, *longer, code=5)
    assert "CHG-2" in said
    above = ("--by", "制定范围的中央机关", "--document", "批复1号")
    assert office.json("determination", "change", matter, *longer, *above)["mark"] == "秘密★15年"
    office.json("determination", "change", matter, "--term", "5年", "--reason", "危害变小", "--as", "李四")
    today(office, "2027-06-01")
    (office.folder / "markpipe.toml").write_text(
        (office.folder / "markpipe.toml").read_text(encoding="utf-8").replace("to = 2027-12-31", "to = 2037-12-31"),
        encoding="utf-8",
    )
    today(office, "2031-05-11")
    said = ok(office, "determination", "change", matter, "--term", "8年", "--reason", "延长", "--as", "李四", code=5)
    assert "已经自行解密" in said  # T11
    tasks = office.json("determination", "due", code=1)["tasks"]
    assert "DCL-1" in {task["rule"] for task in tasks}
    ok(office, "determination", "declassify", matter, "--kind", "自行解密", "--as", "李四")
    assert office.json("determination", "show", matter)["decision"] == "已解密"


def test_early_declassification_has_its_procedure(decided: tuple[Office, str]) -> None:
    office, matter = decided
    early = ("determination", "declassify", matter, "--as", "李四")
    assert "DCL-1" in ok(office, *early, "--kind", "自行解密", code=5)
    assert "TRM-5" in ok(office, *early, "--kind", "解密条件成就", "--reason", "已开会", code=5)
    assert "DCL-2" in ok(office, *early, "--kind", "提前解密", code=5)
    ok(office, "determination", "declassify", matter, "--kind", "提前解密", "--reason", "x", "--as", "王五", code=5)
    said = ok(office, *early, "--kind", "提前解密", "--reason", "公开后无危害")
    assert "须书面通知：乙站、甲处" in said
    form = office.folder / "表.docx"
    ok(office, "determination", "form", "变更解密审批表", matter, "-o", form)
    assert {"国家秘密解密审批表", "提前解密", "秘密★10年", "公开后无危害"} <= set(words_of(form).split("\n"))
    due = office.json("determination", "due", code=1)["tasks"]
    assert {task["rule"] for task in due} == {"CHG-1"}


def test_reviews_and_ends_are_reminded_of_and_exported(decided: tuple[Office, str]) -> None:
    office, matter = decided
    ok(office, "determination", "due", "--within", 30)
    today(office, "2027-05-09")
    calendar = office.folder / "待办.ics"
    tasks = office.json("determination", "due", "--within", 30, "--ics", calendar, code=1)["tasks"]
    assert [(task["rule"], task["by"]) for task in tasks] == [("REV-1", "2027-05-10")]
    text = calendar.read_text(encoding="utf-8")
    assert "DTSTART;VALUE=DATE:20270510" in text
    assert "请示" not in text
    ok(office, "determination", "review", matter, "--result", "维持", "--as", "李四")
    ok(office, "determination", "due", "--within", 30)


# uncertain and disputed


def test_an_uncertain_matter_is_reported_within_ten_working_days(decided: tuple[Office, str]) -> None:
    office, _ = decided
    draft = office.write_docx(office.drafts / "另.docx", "关于某项工作的请示", PLAIN)
    own = ("--level", "秘密", "--term", "5年", "--reason", "泄露后会造成损害")
    today(office, "2026-09-24")
    matter = office.json("determination", "propose", draft, *own, code=1)["id"]  # BAS-1: no range lists it
    (task,) = [one for one in office.json("determination", "due", code=1)["tasks"] if one["determination"] == matter]
    assert (task["rule"], task["by"]) == ("UNC-1", "2026-10-15")  # before anybody recorded a report
    today(office, "2026-10-12")
    told = ("--kind", "不明确", "--reason", "范围没有列明", "--drafted", "2026-09-24")
    said = ok(office, "determination", "report", matter, *told)
    assert "2026-10-15 前报出" in said  # T21
    (task,) = [one for one in office.json("determination", "due", code=1)["tasks"] if one["determination"] == matter]
    assert task["by"] == "2026-10-26"  # ten more for the answer
    assert "省、自治区、直辖市保密行政管理部门" in said
    assert "UNC-1" in ok(office, "determination", "approve", matter, "--as", "李四", code=5)
    form = office.folder / "报告.docx"
    ok(office, "determination", "form", "不明确事项报告", matter, "-o", form)
    assert "2026年10月15日" in words_of(form)
    answer = ("--by", "某省保密局", "--document", "函9号", "--level", "秘密", "--term", "5年")
    ok(office, "determination", "answered", matter, "--kind", "不明确", *answer)
    assert office.json("determination", "approve", matter, "--as", "李四")["mark"] == "秘密★5年"


def test_without_the_year_s_calendar_no_date_is_given(decided: tuple[Office, str]) -> None:
    office, _ = decided
    draft = office.write_docx(office.drafts / "另.docx", "关于某项工作的请示", PLAIN)
    own = ("--level", "秘密", "--term", "5年", "--reason", "泄露后会造成损害")
    matter = office.json("determination", "propose", draft, *own, code=1)["id"]  # BAS-1: no range lists it
    told = ("--kind", "不明确", "--reason", "范围没有列明", "--drafted", "2026-12-24")
    assert "没有当年的工作日安排" in ok(office, "determination", "report", matter, *told)


def test_a_dispute_is_protected_at_the_highest_claim(decided: tuple[Office, str]) -> None:
    office, _ = decided
    draft = office.write_docx(office.drafts / "另.docx", "关于基准桩复核情况的补充", LISTED, "另附。")
    matter = office.json("determination", "propose", draft)["id"]
    claims = ("--claim", "江北市水务局=机密★10年", "--claim", "本站=无")
    ok(office, "determination", "report", matter, "--kind", "争议", "--reason", "意见不一", *claims)
    assert "DSP-1" in ok(office, "determination", "approve", matter, "--as", "李四", code=5)
    form = office.folder / "报告.docx"
    ok(office, "determination", "form", "争议事项报告", matter, "-o", form)
    assert {"江北市水务局", "机密", "不属于国家秘密"} <= set(words_of(form).split("\n"))


def test_the_unit_s_own_steps_come_before_the_officer(tmp_path: Path) -> None:
    office = with_range(tmp_path / "office")
    path = office.folder / "markpipe.toml"
    path.write_text(path.read_text(encoding="utf-8") + '[procedure]\nsteps = ["保密员"]\n', encoding="utf-8")
    matter = office.json("determination", "propose", listed_draft(office))["id"]
    assert "还没有“保密员”的意见" in ok(office, "determination", "approve", matter, "--as", "李四", code=5)
    ok(office, "determination", "opinion", matter, "--step", "保密员", "--as", "李四", code=5)
    ok(office, "determination", "opinion", matter, "--step", "保密员", "--words", "依据充分", "--as", "王五")
    office.json("determination", "approve", matter, "--as", "李四")
    form = office.folder / "表.docx"
    ok(office, "determination", "form", "定密审批表", matter, "-o", form)
    assert "依据充分" in words_of(form)
