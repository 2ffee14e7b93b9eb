"""`scan` and `dictionary train` as an officer uses them: putting findings aside, asking why, learning from answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from markpipe.cli.main import cli

DRAFT = "省教育考试院：2026年普通高考语文科副题存保密室，启用前不得拆封。\n"
OWN = """
schema = 1
[catalogue]
id = "own"
title = "例"
kind = "国家秘密"
status = "现行"
source = "自造"
[[item]]
id = "1"
item = "泵站布局"
level = "秘密"
aggregate = 3
[[item.pattern]]
terms = ["泵站布局"]
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], prog_name="markpipe")


def answer(*words: object) -> Any:
    return json.loads(run(*words, "--format", "json").stdout)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "稿.txt"
    path.write_text(DRAFT, encoding="utf-8")
    return path


def suppressions(tmp_path: Path, fingerprint: str, expires: str) -> Path:
    path = tmp_path / "核销.toml"
    path.write_text(
        f'schema = 1\n[[suppression]]\nfingerprint = "{fingerprint}"\nreason = "已核对"\napprover = "王某"\n'
        f"expires = {expires}\n",
        encoding="utf-8",
    )
    return path


def test_a_finding_is_put_aside_until_its_day(tmp_path: Path, draft: Path) -> None:
    findings = answer("scan", draft)["documents"][0]["findings"]
    assert run("scan", draft).exit_code == 1
    fingerprint = findings[0]["fingerprint"]
    aside = suppressions(tmp_path, fingerprint, "2999-01-01")
    done = run("scan", draft, "--suppressions", aside)
    assert done.exit_code == 0
    assert "已核销：已核对（王某，至 2999-01-01）" in done.stdout
    told = answer("scan", draft, "--suppressions", aside)
    assert [each["fingerprint"] for each in told["suppressions"]["used"]] == [fingerprint]
    assert told["documents"][0]["findings"] == findings
    late = run("scan", draft, "--suppressions", suppressions(tmp_path, fingerprint, "2020-01-01"))
    assert late.exit_code == 1
    assert "核销已到期" in late.stdout
    idle = run("scan", draft, "--suppressions", suppressions(tmp_path, "ab", "2999-01-01"))
    assert idle.exit_code == 1
    assert "核销没有用上" in idle.stdout


def test_why(draft: Path) -> None:
    told = run("scan", draft, "--explain").stdout
    assert "· 命中词语：" in told
    assert "可能性 0." in told
    assert "指纹 " in told


def test_a_folder_makes_together_what_no_file_does(tmp_path: Path) -> None:
    folder = tmp_path / "稿"
    folder.mkdir()
    for name in "甲乙丙":
        (folder / f"{name}.txt").write_text(f"{name}区泵站布局见附图。\n", encoding="utf-8")
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "markpipe.toml").write_text(
        'schema = 1\n[agency]\nname = "某局"\n[demo]\nenabled = true\n[dictionaries]\npaths = ["own.toml"]\n',
        encoding="utf-8",
    )
    config = ("--config", tmp_path / "markpipe.toml", "scan", folder)
    [whole] = answer(*config)["together"]
    assert (whole["entry"], whole["level"], whole["places"], len(whole["documents"])) == ("own.1", "秘密", 3, 3)
    done = run(*config)
    assert done.exit_code == 1
    assert "汇总起来可能构成：泵站布局" in done.stdout
    (folder / "丙.txt").unlink()
    assert run(*config).exit_code == 0


def test_a_model_learns_from_answers_and_orders(tmp_path: Path, draft: Path) -> None:
    pytest.importorskip("spacy", reason="spaCy 是可选组件，本机没有安装")
    lines = [{"text": f"第{n}号高考试题存入保密室", "accepted": True} for n in range(12)]
    lines += [{"text": f"第{n}次模拟试卷讲评安排", "accepted": False} for n in range(12)]
    answers = tmp_path / "answers.jsonl"
    answers.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    model = tmp_path / "model"
    done = run("dictionary", "train", answers, "-o", model)
    assert done.exit_code == 0, done.output
    assert "采纳 12 条、退回 12 条" in done.stdout
    assert model.stat().st_mode & 0o777 == 0o700
    assert run("dictionary", "train", answers, "-o", model).exit_code == 2
    (tmp_path / "markpipe.toml").write_text(
        'schema = 1\n[agency]\nname = "某局"\n[demo]\nenabled = true\n[dictionaries]\nscorer = "model"\n',
        encoding="utf-8",
    )
    [finding] = answer("--config", tmp_path / "markpipe.toml", "scan", draft)["documents"][0]["findings"]
    assert any("按以往采纳和退回的提示" in why for why in finding["why"])


@pytest.mark.parametrize(
    ("text", "message"),
    [("不是\n", "第1行"), ('{"text": "甲", "accepted": 1}\n', "第1行"), ('{"text": "甲", "accepted": true}\n', "太少")],
)
def test_answers_that_teach_nothing(tmp_path: Path, text: str, message: str) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text(text, encoding="utf-8")
    done = run("dictionary", "train", answers, "-o", tmp_path / "model")
    assert done.exit_code == 2
    assert message in done.output


def test_a_model_that_is_not_there(tmp_path: Path, draft: Path) -> None:
    (tmp_path / "markpipe.toml").write_text(
        'schema = 1\n[agency]\nname = "某局"\n[dictionaries]\nscorer = "nowhere"\n', encoding="utf-8"
    )
    done = run("--config", tmp_path / "markpipe.toml", "scan", draft)
    assert done.exit_code == 3
    assert "scorer" in done.output
