"""PUB-7: files that are harmless one by one and make a listed matter together are held, each naming the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from office import PLAIN, make_office

DICTIONARY = """schema = 1
[catalogue]
id = "own"
title = "自造范围"
kind = "国家秘密"
status = "现行"
source = "自造"
[[item]]
id = "2"
item = "泵站布局"
level_rule = "看情况"
[[item.pattern]]
terms = ["泵站编号"]
confidence = 0.3
[[item]]
id = "3"
item = "备用水源"
level_rule = "看情况"
[[item.pattern]]
terms = ["备用水源地"]
[[item]]
id = "4"
item = "供水系统全貌"
level = "机密"
aggregate = 2
of = ["2", "3"]
[[item]]
id = "5"
item = "储备点分布"
level = "秘密"
aggregate = 3
[[item.pattern]]
terms = ["储备点"]
all = [["存量"]]
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("together") / "office"
    office = Desk(make_office(folder, extra='[dictionaries]\npaths = ["own.toml"]\n').folder)
    office.write_text(folder / "own.toml", DICTIONARY)
    for name, place in (("a", "城东"), ("b", "城西"), ("c/c", "城北")):
        office.write_text(office.drafts / f"{name}.txt", f"工作简报\n\n{place}储备点存量一百吨。\n{PLAIN}\n")
    office.write_text(office.drafts / "d.txt", f"工作简报\n\n{PLAIN}\n")
    return office


@pytest.fixture(scope="module")
def answer(desk: Desk) -> dict[str, Any]:
    done = desk.call("review", desk.drafts, "--release", desk.out, "--as", "张三", "--format", "json")
    assert done.returncode == 1, done.stderr
    return dict(json.loads(done.stdout))


def test_each_of_them_is_held_and_names_the_others(answer: dict[str, Any]) -> None:
    documents = {document["path"]: document for document in answer["documents"]}
    assert {path: document["verdict"] for path, document in documents.items()} == {
        "a.txt": "hold",
        "b.txt": "hold",
        "c/c.txt": "hold",
        "d.txt": "publish",
    }
    (reason,) = documents["b.txt"]["reasons"]
    assert (reason["code"], reason["rule"]) == ("aggregation", "PUB-7")
    assert "储备点" in reason["text"]
    assert all(words in reason["message"] for words in ("“a.txt”、“c/c.txt”", "3 项", "储备点分布"))
    assert reason["article"]
    assert answer["summary"]["verdicts"] == {"hold": 3, "publish": 1, "refuse": 0}


def test_none_of_them_is_put_before_the_signers(desk: Desk, answer: dict[str, Any]) -> None:
    assert [document["path"] for document in answer["documents"] if document["released"]] == ["d.txt"]
    assert [path.name for path in (desk.out / "待审").rglob("*.txt")] == ["d.txt"]
    assert len(desk.json("release", "list")["releases"]) == 1
    assert all("整批" in document["failed"] or "整体" in document["failed"] for document in answer["documents"][:3])


def test_the_report_shows_them(desk: Desk, answer: dict[str, Any]) -> None:
    assert answer
    page = (desk.out / "审查报告" / "index.html").read_text(encoding="utf-8")
    assert page.count("储备点分布") >= 3
    assert "须整批审查" in page


def test_one_of_them_alone_is_nothing(desk: Desk) -> None:
    assert desk.json("review", desk.drafts / "a.txt")["documents"][0]["verdict"] == "publish"


def test_what_a_person_has_settled_stays_settled_for_that_file(desk: Desk, tmp_path: Path) -> None:
    office = desk
    folder = tmp_path / "batch"
    for name, words in (("甲", "泵站编号为五号。"), ("乙", "备用水源地在城南。")):
        office.write_text(folder / f"{name}.txt", f"工作简报\n\n{words}\n")
    report = office.json("review", folder, "--excerpt", "none", code=1)
    held = {
        each["path"]: [reason for reason in each["reasons"] if reason["rule"] == "PUB-7"]
        for each in report["documents"]
    }
    assert all("供水系统全貌" in reasons[0]["message"] for reasons in held.values())
    assert all("text" not in reasons[0] for reasons in held.values())
    settled = ("--kind", "复核认定", "--reason", "aggregation", "--why", "均已公开", "--as", "王五")
    assert office.call("release", "settle", folder / "甲.txt", *settled).returncode == 0
    report = office.json("review", folder, code=1)
    rules = {each["path"]: {reason["rule"] for reason in each["reasons"]} for each in report["documents"]}
    assert "PUB-7" not in rules["甲.txt"]
    assert "PUB-7" in rules["乙.txt"]
