"""A new site's configuration, and what `doctor` says of templates, calendar and procedure."""

from __future__ import annotations

import json
import re
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner

from markpipe.cli.main import cli
from markpipe.config.settings import load
from markpipe.errors import ExitCode
from markpipe.forms.layouts import LAYOUTS
from markpipe.forms.template import Templates
from markpipe.forms.trial import blank, problems

ROSTER = "定密责任人名册"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    result = CliRunner().invoke(cli, ["init", str(tmp_path)])
    assert result.exit_code == 0, result.output
    return tmp_path / "markpipe.toml"


def run(site: Path, *words: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["--config", str(site), *map(str, words)])
    return result.exit_code, result.output


def set_to(site: Path, text: str) -> None:
    site.write_text(site.read_text(encoding="utf-8") + text, encoding="utf-8")


def own(folder: Path, name: str, text: str) -> None:
    document = docx.Document()
    document.add_paragraph(text)
    document.save(str(folder / f"{name}.docx"))


def test_a_new_site_says_how_procedure_forms_and_calendar_are_set(site: Path) -> None:
    text = site.read_text(encoding="utf-8")
    for folder in ("表格模板", "工作日"):
        (site.parent / folder).mkdir()
    blocks = r"(?m)^# \[(?:procedure|forms|calendar|rules)\]\n(?:# .*\n)+"
    text, count = re.subn(blocks, lambda block: re.sub("(?m)^# ", "", block[0]), text)
    assert count == 4
    site.write_text(text, encoding="utf-8")
    settings = load(site, site.parent)
    assert settings.procedure.steps == ("保密员",)
    assert settings.procedure.report_steps == ("保密员", "办公室", "主要负责人")
    assert settings.form_templates == site.parent / "表格模板"
    assert settings.calendars == (site.parent / "工作日",)
    said = run(site, "doctor")[1]
    assert "procedure.steps           保密员  〔" in said
    assert "〔默认值〕" not in next(line for line in said.splitlines() if "calendar.paths" in line)


def test_doctor_names_every_template_that_cannot_be_used(site: Path) -> None:
    folder = site.parent / "模板"
    assert run(site, "determination", "templates", folder)[0] == 0
    set_to(site, '\n[forms]\ntemplates = "模板"\n')
    code, said = run(site, "doctor")
    assert f"表格模板      用本单位的 {len(LAYOUTS)} 种" in said
    assert code != ExitCode.CONFIGURATION
    own(folder, ROSTER, "{{ 管理要求 }}{{ 演示 }}{{ 填报单住 }}")
    own(folder, "国家秘密变更通知", "{{ 管理要求 }}{{ 演示 }}{% for 项 in 通知清单 %}{{ 项.姓名 }}{% endfor %}")
    own(folder, "文件传阅单", "{{ 管理要求 }}{{ 演示 }}{{ 填报单位")
    (folder / "国家秘密解密通知.docx").write_bytes(b"PK nothing")
    code, said = run(site, "doctor")
    assert code == ExitCode.CONFIGURATION
    for name, words in (
        (ROSTER, "字段“填报单住”不存在"),
        ("国家秘密变更通知", "字段“姓名”不存在"),
        ("文件传阅单", "占位符写得不对"),
        ("国家秘密解密通知", "打不开"),
    ):
        assert any(f"{name}.docx" in line and words in line for line in said.splitlines()), name
    answer = json.loads(run(site, "doctor", "--format", "json")[1])
    assert [one["state"] for one in answer["checks"] if one["name"] == "表格模板"] == ["有误"] * 4
    code, said = run(site, "determination", "form", ROSTER, "-o", site.parent / "名册.docx")
    assert (code, f"{ROSTER}.docx" in said, "填报单住" in said) == (ExitCode.CONFIGURATION, True, True)
    assert not (site.parent / "名册.docx").exists()


def test_doctor_names_a_template_that_bears_no_form_s_name(site: Path) -> None:
    (site.parent / "模板").mkdir()
    set_to(site, '\n[forms]\ntemplates = "模板"\n')
    own(site.parent / "模板", "定密责任人花名册", "x")
    code, said = run(site, "doctor")
    assert code == ExitCode.CONFIGURATION
    assert "定密责任人花名册.docx 不是任何一种表格的名称" in said


def test_doctor_says_for_which_years_working_days_are_known(site: Path) -> None:
    (site.parent / "工作日").mkdir()
    (site.parent / "工作日" / "2031.toml").write_text("year = 2031\noff = []\nwork = []\n", encoding="utf-8")
    set_to(site, '\n[calendar]\npaths = ["工作日"]\n')
    assert "2031" in next(line for line in run(site, "doctor")[1].splitlines() if "工作日安排" in line)
    (site.parent / "工作日" / "2032.toml").write_text('year = 2032\noff = ["2031-01-01"]\n', encoding="utf-8")
    code, said = run(site, "doctor")
    assert code == ExitCode.CONFIGURATION
    assert "2032.toml" in said


def test_doctor_says_that_this_year_s_working_days_are_not_known(site: Path) -> None:
    demo = "\n[demo]\nenabled = true\ntoday = 2040-05-10\n"
    set_to(site, demo)
    assert "没有今年的" in run(site, "doctor")[1]


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_our_own_templates_pass_the_same_trial(name: str) -> None:
    assert Templates().make(blank(name)).startswith(b"PK")


def test_nothing_is_wrong_where_there_is_nothing() -> None:
    assert list(problems(Templates())) == []
