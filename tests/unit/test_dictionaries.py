"""Loading dictionaries: errors name file and line and never repeat a list; the built-in ones are sound."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from markpipe.cli.dictionary import group
from markpipe.cli.site import Site
from markpipe.config.dictionaries import load_catalogues, ruleset_digest
from markpipe.detect.catalogue import Status
from markpipe.detect.lint import lint
from markpipe.errors import ConfigurationError, UsageError
from markpipe.model.finding import Kind

OWN = """schema = 1
[catalogue]
id = "own"
title = "本单位一览表"
kind = "国家秘密"
status = "现行"
source = "本单位"

[[item]]
id = "1"
item = "某代号工程"
level = "机密"
[[item.pattern]]
terms = ["代号白鹭", "@extra"]
"""


def _site(tmp_path: Path) -> Path:
    (tmp_path / "words.toml").write_text('[words]\nextra = ["白鹭工程"]\n', encoding="utf-8")
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    return tmp_path


def test_built_in_dictionaries_load_and_raise_no_doubt() -> None:
    catalogues = load_catalogues()
    assert len(catalogues) >= 5
    assert {catalogue.kind for catalogue in catalogues} >= {Kind.STATE_SECRET, Kind.WORK_SECRET, Kind.STATUTORY}
    assert any(catalogue.status is Status.SUPERSEDED for catalogue in catalogues)
    assert lint(catalogues) == ()
    items = [item for catalogue in catalogues for item in catalogue.items]
    assert len({item.id for item in items}) == len(items)
    assert all(item.source and item.basis and item.patterns for item in items)


def test_a_units_own_list_loads_from_a_folder_or_a_file(tmp_path: Path) -> None:
    folder = _site(tmp_path)
    (folder / ".hidden.toml").write_text("broken", encoding="utf-8")
    (folder / "readme.txt").write_text("broken", encoding="utf-8")
    with_own = load_catalogues([folder])
    assert with_own[-1].items[0].patterns[0].terms == ("代号白鹭", "白鹭工程")
    alone = load_catalogues([folder / "own.toml", folder / "words.toml"], only=True)
    assert [catalogue.id for catalogue in alone] == ["own"]


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    folder = _site(tmp_path)
    (folder / "own.toml").write_bytes(b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode())
    assert load_catalogues([folder], only=True)[0].items[0].item == "某代号工程"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('"机密"', '"绝对"', 12, "不是密级"),
        ('"代号白鹭"', '"鹭"', 14, "单字"),
        ("@extra", "@extras", 14, "是否指 @extra"),
        ('title = "本单位一览表"', "title = 本单位", 4, "不是有效的 TOML"),
        ('source = "本单位"', 'source = "本单位"\nsourc = "甲"', 8, "是否指 source"),
        ('terms = ["代号白鹭", "@extra"]', 'terms = ["代号白鹭"', 15, "不是有效的 TOML"),
    ],
)
def test_errors_name_file_and_line_and_no_word(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    folder = _site(tmp_path)
    (folder / "own.toml").write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_catalogues([folder])
    assert "own.toml" in caught.value.message
    assert f"第{line}行" in caught.value.message
    assert message in caught.value.message
    assert "白鹭" not in str(caught.value)


def test_errors_in_shared_words(tmp_path: Path) -> None:
    folder = _site(tmp_path)
    (folder / "words.toml").write_text('[words]\n\nextra = ["鹭"]', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"words\.toml 第3行.*单字"):
        load_catalogues([folder])


def test_other_errors(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="找不到词典"):
        load_catalogues([tmp_path / "none.toml"])
    folder = _site(tmp_path)
    (folder / "own.toml").write_bytes(OWN.encode("gbk"))
    with pytest.raises(ConfigurationError, match="第4行：不是 UTF-8 编码"):
        load_catalogues([folder])
    (folder / "own.toml").write_text(OWN, encoding="utf-8")
    (folder / "twin.toml").write_text(OWN, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"twin\.toml 第3行：词典编号 own 与 .*own\.toml 重复"):
        load_catalogues([folder])


def test_an_unreadable_file(tmp_path: Path) -> None:
    folder = tmp_path / "own.toml"
    folder.symlink_to(tmp_path / "loop.toml")
    (tmp_path / "loop.toml").symlink_to(folder)
    with pytest.raises(ConfigurationError):
        load_catalogues([folder])
    nested = tmp_path / "in"
    (nested / "own.toml").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="无法读取"):
        load_catalogues([nested])


def test_the_digest_follows_what_the_dictionaries_say(tmp_path: Path) -> None:
    folder = _site(tmp_path)
    before = ruleset_digest(load_catalogues([folder]))
    assert before == ruleset_digest(load_catalogues([folder]))
    (folder / "own.toml").write_text(OWN.replace("代号白鹭", "代号苍鹭"), encoding="utf-8")
    assert ruleset_digest(load_catalogues([folder])) != before
    script = (
        "from markpipe.config.dictionaries import load_catalogues, ruleset_digest;"
        "print(ruleset_digest(load_catalogues()))"
    )
    others = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert others == {ruleset_digest(load_catalogues()) + "\n"}


def test_loading_needs_no_automaton() -> None:
    script = "import sys, markpipe.config.dictionaries as d; d.load_catalogues(); print('daachorse' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout == "False\n"


def _run(tmp_path: Path, *arguments: str, stdin: str | None = None) -> Result:
    config = tmp_path / "markpipe.toml"
    config.write_text(
        'schema = 1\n[dictionaries]\npaths = ["dictionaries"]\n[agency]\nname = "某局"\ntier = "设区的市级"\n',
        encoding="utf-8",
    )
    folder = tmp_path / "dictionaries"
    folder.mkdir(exist_ok=True)
    _site(folder)
    return CliRunner().invoke(group, arguments, obj=Site(config), input=stdin, standalone_mode=False)


def test_list_and_show(tmp_path: Path) -> None:
    assert "own " in _run(tmp_path, "list").output
    listed = json.loads(_run(tmp_path, "list", "--format", "json").output)
    assert {"own", "edu-exam"} <= {each["id"] for each in listed["catalogues"]}
    shown = _run(tmp_path, "show", "own.1").output
    assert "某代号工程" in shown
    assert "代号白鹭" not in shown
    assert "代号白鹭" in _run(tmp_path, "show", "own", "--words").output
    as_json = json.loads(_run(tmp_path, "show", "own", "--format", "json").output)
    assert as_json["items"][0]["level"] == "机密"
    assert "words" not in as_json["items"][0]
    assert "words" in json.loads(_run(tmp_path, "show", "own", "--words", "--format", "json").output)["items"][0]
    full = _run(tmp_path, "show", "survey-2003.transform").output
    assert "知悉范围" in full
    assert "说明" in _run(tmp_path, "show", "survey-2003.levelling").output
    assert isinstance(_run(tmp_path, "show", "nobody").exception, UsageError)


def test_lint(tmp_path: Path) -> None:
    result = _run(tmp_path, "lint")
    assert result.return_value == 0
    doubtful = tmp_path / "doubtful.toml"
    doubtful.write_text(OWN.replace('"@extra"', '"代號白鷺"'), encoding="utf-8")
    result = _run(tmp_path, "lint", str(doubtful))
    assert result.return_value == 1
    assert "own.1：同一词表中有折叠后相同的词\n" in result.output
    assert "代號白鷺" in _run(tmp_path, "lint", "--words", str(doubtful)).output
    as_json = json.loads(_run(tmp_path, "lint", "--format", "json", str(doubtful)).output)
    assert as_json["doubts"] == [{"entry": "own.1", "message": "同一词表中有折叠后相同的词", "words": []}]
    broken = tmp_path / "broken.toml"
    broken.write_text("schema = 1", encoding="utf-8")
    assert load_catalogues([broken], only=True) == ()


def test_trying_examples_and_passages(tmp_path: Path) -> None:
    examples = tmp_path / "examples.jsonl"
    examples.write_text('{"entry": "own.1", "yes": ["代号白鹭开工"], "no": ["白鹭"]}\n\n', encoding="utf-8")
    result = _run(tmp_path, "test", str(examples))
    assert (result.return_value, result.output) == (0, "例句 2 条，不符 0 条\n")
    examples.write_text('{"entry": "own.1", "yes": ["白鹭"]}', encoding="utf-8")
    result = _run(tmp_path, "test", str(examples))
    assert result.return_value == 1
    assert "examples.jsonl 第1行：own.1 第1条应命中的例句没有命中" in result.output
    examples.write_text("[]", encoding="utf-8")
    assert isinstance(_run(tmp_path, "test", str(examples)).exception, UsageError)
    assert isinstance(_run(tmp_path, "test").exception, UsageError)
    tried = _run(tmp_path, "test", "--text-from", "-", stdin="代号白鹭已开工。高考标底")
    assert "own.1 国家秘密 机密" in tried.output
    assert _run(tmp_path, "test", "--text-from", "-", stdin="无事").output == "没有命中\n"
    as_json = _run(
        tmp_path, "test", "--dictionary", str(tmp_path / "dictionaries"), "--format", "json", "--text-from", "-",
        stdin="代號白鷺",
    )  # fmt: skip
    assert json.loads(as_json.output)["findings"][0]["entry"] == "own.1"
