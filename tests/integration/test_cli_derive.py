"""`markpipe derive` and `markpipe rule` from the outside: answers, exit codes, words, and docs/rules.md."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from markpipe.classify.rules import RULES
from markpipe.cli.main import cli
from markpipe.cli.rule import rules_markdown

DOCS = Path(__file__).parents[2] / "docs"
ISSUED = ("--issued", "2026-05-10")


@pytest.fixture(autouse=True)
def _no_site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing here may need a configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MARKPIPE_CONFIG", raising=False)


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args)


def derive(*args: str) -> Result:
    return run("derive", *args, *ISSUED)


def answer(*args: str) -> dict[str, Any]:
    result = derive(*args, "--format", "json")
    found: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == (0 if found["ok"] else 1)
    assert result.stderr == ""
    return found


@pytest.mark.parametrize(
    ("case", "args", "expected"),
    [
        ("T1", ["--source", "机密★20年@2015-03-02"], {"mark": "机密★2035年3月2日", "declassify_on": "2035-03-02"}),
        ("T1 Chinese date", ["--source", "机密★20年@2015年3月2日"], {"mark": "机密★2035年3月2日", "ok": True}),
        ("T4", ["--source", "绝密★5年", "--source", "秘密★长期"], {"mark": "绝密★长期", "declassify_on": None}),
        (
            "T5",
            ["--source", "机密★20年@2010-06-01", "--source", "秘密★10年@2025-06-01"],
            {"mark": "机密★2035年6月1日", "warnings": [], "violations": []},
        ),
        (
            "T6",
            ["--source", "绝密★30年@2020-01-01", "--touched", "1:秘密★8年"],
            {"mark": "秘密★2028年1月1日", "warnings": []},
        ),
        (
            "T6 full-width colon, second source",
            ["--source", "秘密★10年@2020-01-01", "--source", "绝密★30年@2020-01-01", "--touched", "2：机密★8年"],
            {"mark": "机密★2030年1月1日"},
        ),
        ("T7", ["--source", "绝密★30年@2020-01-01"], {"mark": "绝密★2050年1月1日"}),
        ("T10", ["--source", "机密★10年@2010-01-01"], {"level": None, "mark": None, "ok": True, "held": False}),
        ("T24", ["--source", "机密★20年@2012-02-29"], {"mark": "机密★2032年2月29日"}),
        ("T24 short", ["--source", "机密★15年@2012-02-29"], {"mark": "机密★2027年2月28日"}),
        ("condition", ["--source", "机密★会议开始前"], {"mark": "机密★会议开始前", "condition": "会议开始前"}),
        (
            "recorded",
            ["--source", "机密@2000-01-01", "--no-notice", "1"],
            {"level": None, "ok": True, "warnings": []},
        ),
    ],
)
def test_what_must_be_carried(case: str, args: list[str], expected: dict[str, Any]) -> None:
    found = answer(*args)
    assert {key: found[key] for key in expected} == expected, case
    assert set(found) == {
        "schema",
        "ok",
        "held",
        "level",
        "mark",
        "declassify_on",
        "condition",
        "access_scope",
        "because",
        "violations",
        "warnings",
    }
    assert found["schema"] == "markpipe.derive/1"
    for entry in (*found["because"], *found["violations"], *found["warnings"]):
        assert set(entry) == {"rule", "article", "text"}
        assert entry["rule"] in RULES


def test_no_term_is_the_statutory_maximum_with_a_warning() -> None:  # T2
    for mark in ("机密@2015-03-02", "机密★@2015-03-02"):
        found = answer("--source", mark)
        assert found["mark"] == "机密★2035年3月2日"
        assert [warning["rule"] for warning in found["warnings"]] == ["TRM-3"]
        assert found["ok"]


@pytest.mark.parametrize(
    ("args", "rule", "level"),
    [
        (["--source", "机密★会议开始前", "--source", "机密★2027年1月1日"], "TRM-5", "机密"),  # T9
        (["--source", "机密@2000-01-01"], "TRM-3", "机密"),
        (["--source", "机密★20年"], "TRM-4", "机密"),
    ],
)
def test_what_is_held_exits_1_without_a_mark(args: list[str], rule: str, level: str) -> None:
    found = answer(*args)
    assert (found["held"], found["ok"], found["mark"], found["level"]) == (True, False, None, level)
    assert found["declassify_on"] is None
    assert rule in [warning["rule"] for warning in found["warnings"]]
    text = derive(*args)
    assert text.exit_code == 1
    assert text.stdout.startswith(f"应标：{level}，期限待定")


def test_an_over_long_source_exits_1_and_is_followed() -> None:  # T15
    found = answer("--source", "秘密★15年@2020-03-02")
    assert [violation["rule"] for violation in found["violations"]] == ["TRM-1"]
    assert found["violations"][0]["article"] == "保密法第二十条"
    assert found["mark"] == "秘密★2035年3月2日"


def test_the_text_says_the_mark_first_then_why() -> None:
    result = derive("--source", "机密★20年@2015-03-02")
    lines = result.stdout.splitlines()
    assert lines[0] == "应标：机密★2035年3月2日"
    assert lines[1].startswith("解密时间：2035年3月2日")
    assert "为什么：" in lines
    assert "请核实：" not in lines
    assert derive("--source", "机密@2015-03-02").stdout.count("请核实：") == 1
    assert "来源的问题" in derive("--source", "秘密★15年@2020-03-02").stdout
    assert "--no-notice" in derive("--source", "机密@2000-03-02").stdout
    assert derive("--source", "机密★会议开始前").stdout.splitlines()[1].startswith("解密条件：会议开始前")
    free = derive("--source", "机密★10年@2010-01-01").stdout
    assert free.startswith("应标：不因这些来源定密")
    assert "公开前仍须审查" in free


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], ["--source"]),
        (["--source", "机密★二十年@2015-03-02"], ["--source", "第1个", "二十年"]),
        (["--source", "机密★20年", "--source", "顶级★20年"], ["--source", "第2个", "顶级★20年"]),
        (["--source", "机密20年"], ["--source", "第1个", "★"]),
        (["--source", "机密★20年@2015-13-02"], ["--source", "第1个", "制发日", "2015-13-02"]),
        (["--source", "机密★20年@昨天"], ["--source", "第1个", "制发日", "昨天"]),
        (["--source", "机密★20年@"], ["--source", "第1个", "制发日"]),
        (["--source", "机密★20年@2015-03-02@2016-01-01"], ["--source", "第1个", "机密★20年@2015-03-02"]),
        (["--source", "机密★20年@9990-01-01"], ["--source", "来源1", "9999"]),
        (["--source", "机密★20年", "--touched", "2:秘密"], ["--touched", "来源2"]),
        (["--source", "机密★20年", "--touched", "0:秘密"], ["--touched", "来源0"]),
        (["--source", "机密★20年", "--touched", "秘密★5年"], ["--touched", "秘密★5年", "编号"]),
        (["--source", "机密★20年", "--touched", "1:密★5年"], ["--touched", "来源1", "密★5年"]),
        (["--source", "机密★20年", "--touched", "1:秘密★5年@2015-01-01"], ["--touched", "来源1", "5年@2015-01-01"]),
        (["--source", "机密★20年", "--no-notice", "2"], ["--no-notice 2", "来源2"]),
        (["--source", "机密★20年", "--no-notice", "甲"], ["--no-notice", "甲"]),
        (["--source", "机密★20年", "--issued", "2026-02-30"], ["--issued", "2026-02-30"]),
        (["--source", "机密★20年", "--format", "xml"], ["xml"]),
    ],
)
def test_wrong_input_is_a_usage_error_that_names_the_part(args: list[str], words: list[str]) -> None:
    result = run("derive", *args)
    assert result.exit_code == 2
    assert result.stdout == ""
    for word in words:
        assert word in result.stderr


def test_the_default_day_is_today() -> None:
    tomorrow = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date() + dt.timedelta(days=2)
    result = run("derive", "--source", f"机密★20年@{tomorrow.isoformat()}", "--format", "json")
    assert [warning["rule"] for warning in json.loads(result.stdout)["warnings"]] == ["TRM-4"]


def test_same_question_same_bytes() -> None:
    args = ("--source", "绝密★5年", "--source", "秘密★长期", "--format", "json")
    assert derive(*args).stdout_bytes == derive(*args).stdout_bytes


@pytest.mark.parametrize("fmt", ["text", "json"])
def test_the_calculator_loads_nothing_heavy(fmt: str) -> None:
    probe = (
        "import sys; from markpipe.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'pymupdf', 'lxml', 'sqlalchemy', 'docx', 'jinja2'} & set(sys.modules)), file=sys.stderr)"
    )
    command = [sys.executable, "-c", probe, "derive", "--source", "机密★20年@2015-03-02", *ISSUED, "--format", fmt]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert "机密★2035年3月2日" in done.stdout
    assert done.stderr.strip() == "[]"


# markpipe rule


def test_every_rule_is_listed_and_explained() -> None:
    listing = run("rule")
    assert listing.exit_code == 0
    for rule_id, rule in RULES.items():
        assert f" {rule_id} " in listing.stdout
        explained = run("rule", rule_id)
        assert explained.exit_code == 0
        assert explained.stdout.startswith(f"{rule_id}　{rule.title}")
        assert rule.text in explained.stdout
        assert rule.article in explained.stdout


def test_rules_as_json() -> None:
    everything = json.loads(run("rule", "--format", "json").stdout)
    assert (everything["schema"], everything["ok"]) == ("markpipe.rule/1", True)
    assert [rule["id"] for rule in everything["rules"]] == list(RULES)
    (one,) = json.loads(run("rule", "drv-4", "--format", "json").stdout)["rules"]
    assert one["id"] == "DRV-4"
    assert one["article"] == "保密法实施条例第十八条"
    assert [rule["checked"] for rule in everything["rules"]] == [rule.checked or None for rule in RULES.values()]


def test_an_unknown_rule_is_a_usage_error() -> None:
    result = run("rule", "XYZ-9")
    assert result.exit_code == 2
    assert "XYZ-9" in result.stderr


def test_the_page_of_rules_is_up_to_date() -> None:
    page = (DOCS / "rules.md").read_text(encoding="utf-8")
    assert page == rules_markdown(), "run: markpipe rule --markdown > docs/rules.md"
    assert run("rule", "--markdown").stdout == page
    for rule_id in RULES:
        assert f"\n## {rule_id}\n" in page
