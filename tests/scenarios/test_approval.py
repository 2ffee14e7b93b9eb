"""What a batch may approve, who may approve it, and that doing it twice does nothing twice."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import openpyxl
import pytest
from desk import Desk
from office import PLAIN, SECRET, Office, make_office

EXAM = "现将本次全市统一考试启用前的试题（含副题）、参考答案和评分标准送审，请按时报回。"
ENTRY = "edu-exam.municipal-paper"


@pytest.fixture
def office(tmp_path: Path) -> Desk:
    return Desk(make_office(tmp_path / "office").folder)


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 by name of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def derived(office: Office) -> None:
    office.add_source()
    office.write_docx(office.drafts / "报告.docx", "关于检查的报告", SECRET)
    office.write_pdf(office.drafts / "方案.pdf", "关于检查的方案", SECRET)


def test_running_twice_issues_nothing_twice(office: Office) -> None:
    derived(office)
    office.run("--approve-as", "李四", "--copies", 2, code=1)
    events, files = office.events(), digests(office.out / "copies") | digests(office.out / "marked")
    documents = office.run("--approve-as", "李四", "--copies", 2, code=1)
    assert office.events() == events
    assert digests(office.out / "copies") | digests(office.out / "marked") == files
    assert len(files) == 6
    serials = [output["serial"] for output in documents["报告.docx"]["outputs"] if output["kind"] == "份"]
    assert serials == [1, 2]


def test_another_folder_gets_no_second_file_of_one_number(office: Office) -> None:
    derived(office)
    office.run("--approve-as", "李四", "--copies", 2, code=1)
    events = office.events()
    other = office.folder / "另一处"
    report = office.json("run", office.drafts, other, "--approve-as", "李四", "--copies", 2, code=1)
    assert not (other / "copies").exists()
    notes = [note for doc in report["documents"] for output in doc["outputs"] for note in output["notes"]]
    assert any("不重复制作" in note for note in notes)
    copies = [event for event in office.events() if event.startswith("copy") or event.startswith("copies")]
    assert copies == [event for event in events if event.startswith("copy") or event.startswith("copies")]


def test_more_copies_continue_the_numbers(office: Office) -> None:
    derived(office)
    office.run("--approve-as", "李四", "--copies", 2, code=1)
    office.run("--approve-as", "李四", "--copies", 3, code=1)
    assert "报告-000003.docx" in digests(office.out / "copies")


def test_a_lost_copy_file_is_not_made_again(office: Office) -> None:
    derived(office)
    office.run("--approve-as", "李四", "--copies", 1, code=1)
    (office.out / "copies" / "报告-000001.docx").unlink()
    office.run("--approve-as", "李四", "--copies", 1, code=1)
    assert not (office.out / "copies" / "报告-000001.docx").exists()


def test_keywords_alone_stop_at_proposal(office: Office) -> None:
    office.write_docx(office.drafts / "试卷.docx", "送审卷", EXAM)
    document = office.run("--approve-as", "李四", "--copies", 1, code=1)["试卷.docx"]
    assert (document["decision"], document["determination"]) == ("拟定", None)
    assert any("逐项决定" in held for held in document["held"])
    assert [output["kind"] for output in document["outputs"]] == ["定密审批表", "拟定稿"]


@pytest.mark.parametrize("kind", ["csv", "gbk", "xlsx"])
def test_the_officers_list_approves_what_it_names(office: Office, kind: str) -> None:
    office.write_docx(office.drafts / "试卷.docx", "送审卷", EXAM)
    rows = [["file", "item", "decision", "level", "term"], ["试卷.docx", ENTRY, "定密", "秘密", "启用前"]]
    file = office.folder / f"决定.{kind}"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        book.save(file)
    else:
        text = "\r\n".join(",".join(row) for row in rows)
        file.write_bytes(text.encode("gb18030" if kind == "gbk" else "utf-8-sig"))
    document = office.run("--approve-as", "李四", "--decisions", file, code=1)["试卷.docx"]
    assert document["determination"]["mark"] == "秘密★启用前"
    assert document["determination"]["origin"] == "原始定密"


def test_the_officers_list_can_decline(office: Office) -> None:
    office.write_docx(office.drafts / "试卷.docx", "送审卷", EXAM)
    file = office.write_text(
        office.folder / "决定.csv", "file,item,decision,reason\n试卷.docx,*,不予定密,试题已经启用\n"
    )
    document = office.run("--approve-as", "李四", "--decisions", file, code=1)["试卷.docx"]
    assert document["decision"] == "不予定密"
    assert document["determination"] is None
    assert not (office.out / "marked").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("file,item,decision\n试卷.docx,*,同意\n", "第 2 行：不认识的决定“同意”"),
        ("file,item,decision,level\n试卷.docx,*,定密,超密\n", "“超密”不是密级"),
        ("file,item\n试卷.docx,*\n", "缺少“decision”列"),
        ("file,item,decision\n,*,定密\n", "没有写文件名"),
        ("file,item,decision\na,b,未涉及内容\n", "没有写理由"),
        ("file,item,decision\na,b,定密\na,b,定密\n", "前面已有决定"),
        ("名字,item\n", "不认识的列“名字”"),
        ("", "是空的"),
    ],
)
def test_a_wrong_list_is_refused_with_its_row(office: Office, text: str, says: str) -> None:
    file = office.write_text(office.folder / "决定.csv", text)
    done = office.call("run", office.drafts, office.out, "--approve-as", "李四", "--decisions", file)
    assert done.returncode == 2
    assert says in done.stderr
    assert not office.out.exists()


def test_an_incomplete_reading_is_never_approved_in_a_batch(office: Office) -> None:
    office.add_source()
    path = office.write_docx(office.drafts / "报告.docx", SECRET)
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("word/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    document = office.run("--approve-as", "李四", code=4)["报告.docx"]
    assert document["status"] == "partial"
    assert document["determination"] is None
    assert any("没有读到" in held for held in document["held"])


def test_plain_text_is_proposed_and_waits_for_a_carrier(office: Office) -> None:
    office.add_source()
    office.write_text(office.drafts / "通知.txt", f"通知\n\n{SECRET}\n")
    document = office.run("--approve-as", "李四", code=1)["通知.txt"]
    assert document["proposal"]["level"] == "机密"
    assert any("MRK-6" in held for held in document["held"])


def test_a_declared_source_counts_without_quotation(office: Office) -> None:
    source = office.add_source()
    office.write_docx(office.drafts / "细化.docx", "关于细化措施的通知", "各班组要把有关要求细化到人，逐项落实。")
    document = office.run("--source", source, code=1)["细化.docx"]
    assert document["proposal"]["level"] == "机密"
    assert document["proposal"]["derivations"][0]["grounds"] == "承办人申明"


def test_an_officer_without_the_level_is_refused(office: Office) -> None:
    """李四 holds 机密 and 秘密; the catalogue's 绝密 is beyond the city's power as well (LVL-2)."""
    office.write_docx(office.drafts / "试卷.docx", "全国统一考试启用前的试题（含副题）、参考答案和评分标准")
    office.write_text(office.folder / "决定.csv", "file,item,decision,level,term\n试卷.docx,*,定密,绝密,启用前\n")
    document = office.run("--approve-as", "李四", "--decisions", office.folder / "决定.csv", code=5)["试卷.docx"]
    assert document["refused"]
    assert document["determination"] is None
    assert {violation["rule"] for violation in document["violations"]} >= {"LVL-2"}
    assert "refused" in office.events()[-1]


def test_a_typed_name_is_no_approval_on_a_real_site(real_office: Office) -> None:
    assert real_office.call("init", real_office.folder).returncode == 0
    real_office.write_docx(real_office.drafts / "报告.docx", PLAIN)
    done = real_office.call("run", real_office.drafts, real_office.out, "--approve-as", "李四")
    assert done.returncode == 5
    assert "姓名不等于签字" in done.stderr
    assert not real_office.out.exists()
    matter = real_office.json("determination", "propose", real_office.drafts / "报告.docx")["id"]
    done = real_office.call("determination", "approve", matter, "--as", "李四")
    assert done.returncode == 5
    assert "演示" in done.stderr
