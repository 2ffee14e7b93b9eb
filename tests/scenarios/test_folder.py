"""An officer's days, job 1: a folder of drafts (D1, D2, D5, D8, D10)."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pymupdf
import pytest
from office import PLAIN, SECRET, Office

QUOTE = SECRET[:60]
HEAD = "关于汛前检查准备情况的报告"
PRE_MARK = "拟定密级：机密★2035年3月2日（未经审核批准）"


def stars_below(folder: Path) -> list[str]:
    """Marks with ★ in what was written for carriers (not in reports and forms, which quote the source's own)."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".pdf":
            text = subprocess.run(["pdftotext", "-q", path, "-"], capture_output=True, text=True, check=True).stdout
        elif path.suffix == ".docx":
            with zipfile.ZipFile(path) as package:
                text = "".join(package.read(name).decode("utf-8", "ignore") for name in package.namelist())
        else:
            continue
        if "★" in text.replace(PRE_MARK, ""):
            found.append(path.name)
    return found


def quoting_draft(office: Office) -> Path:
    return office.write_pdf(office.drafts / "报告.pdf", HEAD, QUOTE, PLAIN)


def test_d1_a_quotation_of_a_source_is_proposed_as_derived_and_stays_without_star(office: Office) -> None:
    source = office.add_source()
    quoting_draft(office)
    document = office.run(code=1)["报告.pdf"]
    proposal = document["proposal"]
    assert (proposal["origin"], proposal["level"], proposal["declassify_on"]) == ("派生定密", "机密", "2035-03-02")
    assert proposal["term"] == "2035年3月2日"
    (derivation,) = proposal["derivations"]
    assert derivation["source"] == source
    assert derivation["title"] == "关于潮位基准桩使用的通知"
    assert derivation["document_number"] == "江水密〔2015〕4号"
    assert derivation["mark"] == "机密★20年"
    assert derivation["place"] == "第1页"
    assert derivation["source_place"]
    assert document["decision"] == "拟定"
    assert document["determination"] is None
    assert not (office.out / "marked").exists()
    assert stars_below(office.out / "proposals") == []


def test_d1_the_marks_appear_once_an_officer_approves(office: Office) -> None:
    office.add_source()
    quoting_draft(office)
    document = office.run("--approve-as", "李四", "--copies", 2, code=1)["报告.pdf"]
    assert document["determination"]["mark"] == "机密★2035年3月2日"
    assert document["determination"]["officer"] == "李四"
    copies = sorted((office.out / "copies").iterdir())
    assert [path.name for path in copies] == ["报告-000001.pdf", "报告-000002.pdf"]
    for number, path in enumerate(copies, start=1):
        text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
        words = text.split()
        assert f"{number:06d}" in words
        assert "机密★2035年3月2日" in words
        assert "国家秘密确定专用章" in text
        assert "演示" in text
    assert office.call("register", "verify").returncode == 0


def test_d2_the_handler_cannot_approve_and_the_attempt_is_on_record(office: Office) -> None:
    office.add_source()
    quoting_draft(office)
    office.run("--handler", "张三", code=1)
    before = office.events()
    document = office.run("--handler", "张三", "--approve-as", "张三", code=5)["报告.pdf"]
    assert any("承办人不得兼任定密责任人" in refused for refused in document["refused"])
    assert document["determination"] is None
    after = office.events()
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1
    assert stars_below(office.out / "proposals") == []


def test_d2_by_the_single_command(office: Office) -> None:
    office.add_source()
    draft = quoting_draft(office)
    matter = office.json("determination", "propose", draft, "--handler", "张三")["id"]
    done = office.call("determination", "approve", matter, "--as", "张三")
    assert done.returncode == 5
    assert "承办人不得兼任定密责任人" in done.stderr


def test_d5_a_citation_is_held_until_the_handler_answers(office: Office) -> None:
    draft = office.write_docx(
        office.drafts / "函.docx", "关于档案移交的函", "请按《移交办法》(韶密局〔2010〕6号，秘密级)的手续办理。", PLAIN
    )
    document = office.run(code=1)["函.docx"]
    assert document["proposal"]["level"] is None
    assert any("引用涉密文号" in question for question in document["proposal"]["open_questions"])
    (citation,) = document["proposal"]["citations"]
    answered = office.call(
        "determination",
        "answer",
        draft,
        "--citation",
        citation["id"],
        "--answer",
        "未涉及内容",
        "--reason",
        "只引用文号",
    )
    assert answered.returncode == 0, answered.stderr
    document = office.run(code=1)["函.docx"]  # the words are still there, and still shown
    (citation,) = document["proposal"]["citations"]
    assert (citation["answer"], citation["reason"]) == ("未涉及内容", "只引用文号")
    assert citation["answered_by"] == "张三"
    assert document["proposal"]["open_questions"] == []
    assert document["proposal"]["level"] is None
    assert document["held"] == []


def test_d8_one_digit_changed_after_approval_returns_the_draft_to_proposal(office: Office) -> None:
    office.add_source()
    draft = office.write_docx(office.drafts / "报告.docx", HEAD, QUOTE, "共检查测点19处。")
    matter = office.json("determination", "propose", draft)["id"]
    assert office.json("determination", "approve", matter, "--as", "李四")["mark"] == "机密★2035年3月2日"
    out = office.folder / "盖章.docx"
    office.write_docx(draft, HEAD, QUOTE, "共检查测点18处。")
    done = office.call("stamp", draft, "--determination", matter, "-o", out)
    assert done.returncode == 5
    assert "内容与审批稿不一致" in done.stderr
    assert not out.exists()
    assert "拟定" in office.json("determination", "show", matter)["decision"]
    again = office.call("stamp", draft, "--determination", matter, "-o", out)
    assert again.returncode == 5
    assert not out.exists()


def test_d8_the_approved_file_itself_is_stamped(office: Office) -> None:
    office.add_source()
    draft = office.write_docx(office.drafts / "报告.docx", HEAD, QUOTE)
    matter = office.json("determination", "propose", draft)["id"]
    out = office.folder / "盖章.docx"
    early = office.call("stamp", draft, "--determination", matter, "-o", out)
    assert early.returncode == 5
    office.json("determination", "approve", matter, "--as", "李四")
    done = office.json("stamp", draft, "--determination", matter, "-o", out)
    assert done["mark"] == "机密★2035年3月2日"
    with zipfile.ZipFile(out) as package:
        text = "".join(package.read(name).decode("utf-8", "ignore") for name in package.namelist())
    assert "机密★2035年3月2日" in text


def picture_only(path: Path) -> None:
    """A page that is nothing but a picture of words, as a scanner makes it."""
    words = pymupdf.open()
    words.new_page(width=300, height=200).insert_text((40, 100), "扫描件", fontname="china-s", fontsize=40)
    pixels = words[0].get_pixmap(dpi=100)
    document = pymupdf.open()
    document.new_page(width=595, height=842).insert_image(pymupdf.Rect(50, 50, 500, 350), pixmap=pixels)
    document.save(str(path))


@pytest.mark.parametrize("jobs", [1, 2])
def test_d10_what_was_not_read_is_said_first(office: Office, jobs: int) -> None:
    for number in range(38):
        office.write_text(office.drafts / f"草稿{number:02d}.txt", f"第{number}号通知\n\n{PLAIN}\n")
    lock = pymupdf.PDF_ENCRYPT_AES_256
    office.write_pdf(office.drafts / "加密.pdf", HEAD, encryption=lock, user_pw="abc", owner_pw="def")
    picture_only(office.drafts / "扫描.pdf")
    documents = office.run("--jobs", jobs, "--ocr", "never", code=4)
    report = documents.pop("")
    assert (report["summary"]["files"], report["summary"]["read"]) == (40, 38)
    assert report["summary"]["unread"] == 2
    for name in ("加密.pdf", "扫描.pdf"):
        assert documents[name]["status"] == "unread"
        assert documents[name]["unread"][0]["remedy"]
    text = office.call("run", office.drafts, office.out, "--ocr", "never")
    assert text.returncode == 4
    headline = text.stdout.splitlines()[0]
    assert "38 份已读" in headline
    assert "2 份未读" in headline
    page = (office.out / "report.html").read_text(encoding="utf-8")
    assert "全部无密" not in text.stdout + page
    assert "2 份未读" in page
