"""The Python API answers what the commands answer."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from office import PLAIN, SECRET, Office

import markpipe
from markpipe.errors import RefusedError, UsageError


def test_the_names_of_the_package_are_those_of_the_api() -> None:
    from markpipe import api

    assert all(getattr(markpipe, name) is getattr(api, name) for name in markpipe.__all__)
    with pytest.raises(AttributeError, match="shred"):
        markpipe.shred  # noqa: B018


def test_derive() -> None:
    answer = markpipe.derive("机密★20年@2015-03-02", issued=dt.date(2026, 5, 10))
    assert (answer["mark"], answer["declassify_on"]) == ("机密★2035年3月2日", "2035-03-02")
    answer = markpipe.derive("绝密★30年@2020-01-01", touched=["1:秘密★10年"], issued=dt.date(2026, 5, 10))
    assert answer["mark"] == "秘密★2030年1月1日"
    with pytest.raises(UsageError, match="来源2"):
        markpipe.derive("机密★20年@2015-03-02", touched=["2:秘密"], issued=dt.date(2026, 5, 10))


def test_scan_answers_what_the_command_answers(office: Office) -> None:
    office.add_source()
    office.write_text(office.drafts / "a.txt", SECRET)
    config = office.folder / "markpipe.toml"
    answer = markpipe.scan(office.drafts, config=config)
    assert answer["documents"] == office.json("scan", office.drafts, code=1)["documents"]
    assert answer["documents"][0]["findings"]


def test_scan_without_a_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(PLAIN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    answer = markpipe.scan("a.txt")
    assert answer["ok"] is True
    assert answer["summary"]["read"] == 1


def test_review_answers_what_the_command_answers(office: Office) -> None:
    office.add_source()
    office.write_text(office.drafts / "a.txt", SECRET)
    office.write_text(office.drafts / "b.txt", "联系人手机13812345678，请按时参加会议。\n")
    config, out = office.folder / "markpipe.toml", office.folder / "out"
    arguments = ("--purpose", "宣传")
    answer = markpipe.review(office.drafts, purpose="宣传", config=config)
    assert answer == office.json("review", office.drafts, *arguments, code=5)
    assert [document["verdict"] for document in answer["documents"]] == ["refuse", "hold"]
    answer = markpipe.review(office.drafts, config=config, release=out, as_name="张三")
    assert answer["documents"][1]["released"]["missing"] == ["承办", "保密审查", "负责人"]
    assert (out / "待审" / "b.txt").exists()
    assert (out / "审查报告" / "index.html").exists()


def test_review_names_what_is_missing(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = office.write_text(tmp_path / "a.txt", PLAIN)
    office.add_source()
    config = office.folder / "markpipe.toml"
    with pytest.raises(UsageError, match="用途"):
        markpipe.review(draft, purpose="闲聊", config=config)
    with pytest.raises(RefusedError, match="接收方"):
        markpipe.review(draft, purpose="境外", release=tmp_path / "out", as_name="张三", config=config)
    monkeypatch.chdir(tmp_path)
    assert markpipe.review("a.txt")["summary"]["verdict"] == "publish"


def test_stamp(office: Office) -> None:
    office.add_source()
    draft = office.write_docx(office.drafts / "报告.docx", SECRET)
    matter = office.json("determination", "propose", draft)["id"]
    config, out = office.folder / "markpipe.toml", office.folder / "盖章.docx"
    with pytest.raises(RefusedError, match="没有生效的定密决定"):
        markpipe.stamp(draft, matter, out, config=config)
    office.json("determination", "approve", matter, "--as", "李四")
    answer = markpipe.stamp(draft, matter, out, config=config)
    assert (answer["mark"], answer["demo"]) == ("机密★2035年3月2日", True)
    assert out.exists()


def test_redact_answers_what_the_command_answers(office: Office, tmp_path: Path) -> None:
    draft = office.write_docx(tmp_path / "报告.docx", "由白石公司在青岚库区承建。", PLAIN)
    config, out = office.folder / "markpipe.toml", tmp_path / "公开稿.docx"
    answer = markpipe.redact(draft, out, phrases={"白石公司": "商业秘密"}, patterns=["青岚.区"], config=config)
    assert (answer["schema"], answer["gaps"], answer["reasons"]) == ("markpipe.redact/1", 2, ["商业秘密", "略"])
    listed = office.write_text(tmp_path / "list.txt", "白石公司\t商业秘密\n")
    again = office.json(
        "redact", draft, "-o", tmp_path / "b" / "公开稿.docx", "--phrases-from", listed, "--pattern", "青岚.区"
    )
    assert answer == again
    with pytest.raises(UsageError, match="没有说明"):
        markpipe.redact(draft, tmp_path / "c.docx", config=config)
    with pytest.raises(UsageError, match="空白"):
        markpipe.redact(draft, tmp_path / "c.docx", phrases=["青岚"], gap="wide", config=config)


def test_redact_takes_the_answer_of_a_scan(office: Office, tmp_path: Path) -> None:
    office.add_source()
    draft = office.write_docx(tmp_path / "报告.docx", "关于观测的通知", SECRET)
    config = office.folder / "markpipe.toml"
    found = markpipe.scan(draft, config=config)
    answer = markpipe.redact(draft, tmp_path / "out.docx", findings=found, config=config)
    assert answer["gaps"] >= 1
    assert answer["reasons"] == ["国家秘密"]
    with pytest.raises(UsageError, match="没有这个文件"):
        markpipe.redact(tmp_path / "out.docx", tmp_path / "c.docx", findings=found, config=config)
