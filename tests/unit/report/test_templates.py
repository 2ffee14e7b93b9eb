"""Templates: built by code, filled with exactly what a form has, replaceable, and refused with the field named."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import sys
from pathlib import Path

import docx
import pytest
from docxtpl import DocxTemplate

from markpipe.errors import ConfigurationError, ExitCode
from markpipe.forms.filled import Filled
from markpipe.forms.layouts import LAYOUTS, Layout, template
from markpipe.forms.layouts.layout import one
from markpipe.forms.sheet import each
from markpipe.forms.template import SHIPPED, Templates
from markpipe.pipeline.copyforms import ABOUT
from markpipe.pipeline.forms import KINDS

ROOT = Path(__file__).parents[3]
DAY = dt.date(2026, 5, 10)
FORM = Filled("国家秘密事项书面通知", {"管理要求": "按秘密级管理", "演示": "", "编号": "D2026-0001", "甲": "乙"}, DAY)
LIST = Filled(FORM.name, {**FORM.fields, "清单": [{"名称": "某局"}, {"名称": "某厅"}]}, DAY)


def words(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def own(folder: Path, *rows: str, notice: str = "{{ 管理要求 }}{{ 演示 }}") -> Templates:
    """A unit's own template: a plain document with a line for each text."""
    document = docx.Document()
    for line in (notice, *rows):
        document.add_paragraph(line)
    document.save(str(folder / f"{FORM.name}.docx"))
    return Templates(folder)


def test_the_shipped_templates_and_their_page_are_those_that_the_code_builds(tmp_path: Path) -> None:
    page = tmp_path / "forms.md"
    subprocess.run([sys.executable, ROOT / "scripts" / "form_templates.py", tmp_path / "templates", page], check=True)
    built = {path.name: path.read_bytes() for path in (tmp_path / "templates").iterdir()}
    assert {path.name: path.read_bytes() for path in SHIPPED.iterdir()} == built
    assert (ROOT / "docs" / "forms.md").read_text(encoding="utf-8") == page.read_text(encoding="utf-8")


def test_the_page_names_a_command_for_every_form_and_every_command_is_on_it() -> None:
    page = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
    named = re.findall(r"`markpipe (determination|copies) form (\w+)", page)
    assert {kind for group, kind in named if group == "determination"} == set(KINDS)
    assert {kind for group, kind in named if group == "copies"} == set(ABOUT)
    assert len(re.findall("(?m)^## ", page)) == len(LAYOUTS) == len(named)


def test_a_unit_s_own_template_takes_the_place_of_ours(tmp_path: Path) -> None:
    assert Templates(tmp_path).path(FORM.name) == SHIPPED / f"{FORM.name}.docx"
    made = own(tmp_path, "本局格式：{{ 甲 }}").make(FORM)
    assert words(made).split("\n") == ["按秘密级管理", "本局格式：乙"]


@pytest.mark.parametrize(
    "name", ["{{ 编号 }}", "{% if 1 %}", "{_{ 甲 }_}", "{_% x %_}", "甲<乙>&丙", "a\tb", "{# 注 #}", "&#123;", "‘’“”"]
)
def test_a_name_comes_out_as_it_is(tmp_path: Path, name: str) -> None:
    made = own(tmp_path, "{{ 甲 }}").make(Filled(FORM.name, {**FORM.fields, "甲": name}, DAY))
    assert words(made).split("\n")[1] == name.replace("\t", "\ufffd")


def test_lines_of_a_list(tmp_path: Path) -> None:
    layout = Layout(FORM.name, each("项", "清单", one("名称", "{{ 项.名称 }}")))
    (tmp_path / f"{FORM.name}.docx").write_bytes(template(layout))
    assert "某局" in (found := words(Templates(tmp_path).make(LIST)))
    assert "某厅" in found


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("{{ 没有 }}",), "字段“没有”不存在"),
        (("{% for 项 in 清单 %}{{ 项.单位 }}{% endfor %}",), "字段“单位”不存在"),
        (("{{ 甲 ",), "占位符写得不对"),
        (("{% if 甲 %}",), "占位符写得不对"),
        (("{{ ''.__class__.__mro__ }}",), "占位符写得不对"),
    ],
)
def test_a_template_that_cannot_be_used(tmp_path: Path, rows: tuple[str, ...], expected: str) -> None:
    with pytest.raises(ConfigurationError, match=expected) as error:
        own(tmp_path, *rows).make(LIST)
    assert str(tmp_path / f"{FORM.name}.docx") in str(error.value)
    assert error.value.exit_code is ExitCode.CONFIGURATION


@pytest.mark.parametrize("left_out", ["管理要求", "演示"])
def test_no_template_leaves_out_how_it_is_kept(tmp_path: Path, left_out: str) -> None:
    notice = "{{ 管理要求 }}{{ 演示 }}".replace(f"{{{{ {left_out} }}}}", "")
    with pytest.raises(ConfigurationError, match=f"缺少字段“{left_out}”"):
        own(tmp_path, "{{ 甲 }}", notice=notice).make(FORM)


def test_what_is_no_document(tmp_path: Path) -> None:
    (tmp_path / f"{FORM.name}.docx").write_bytes(b"PK\x03\x04 not a document")
    with pytest.raises(ConfigurationError, match="打不开"):
        Templates(tmp_path).make(FORM)


def test_a_file_that_bears_no_form_s_name(tmp_path: Path) -> None:
    (tmp_path / "国家秘密事项通知书.docx").write_bytes(b"")
    with pytest.raises(ConfigurationError, match="国家秘密事项通知书"):
        Templates(tmp_path).make(FORM)


def test_docxtpl_reads_the_placeholders_that_we_write() -> None:
    for name in LAYOUTS:
        assert {"管理要求", "演示"} <= DocxTemplate(str(SHIPPED / f"{name}.docx")).get_undeclared_template_variables()
