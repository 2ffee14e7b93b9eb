"""What goes wrong costs the one file it goes wrong with: each has its own message, and nothing is half-written."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import pymupdf
import pytest
from office import PLAIN, SECRET, Office

UNREAD = {
    "加密.pdf": ("encrypted", "已加密"),
    "截断.pdf": ("damaged", "损坏"),
    "假的.docx": ("unsupported", "不支持"),
    "空.txt": ("empty", "空文件"),
}


def bad_files(office: Office) -> None:
    lock = pymupdf.PDF_ENCRYPT_AES_256
    office.write_pdf(office.drafts / "加密.pdf", PLAIN, encryption=lock, user_pw="abc", owner_pw="def")
    whole = office.write_pdf(office.folder / "whole.pdf", PLAIN).read_bytes()
    (office.drafts / "截断.pdf").write_bytes(whole[: len(whole) // 3])
    with zipfile.ZipFile(office.drafts / "假的.docx", "w") as archive:
        archive.writestr("readme.bin", b"\x00\x01\x02")
    (office.drafts / "空.txt").write_bytes(b"")
    office.write_text(office.drafts / "好的.txt", PLAIN)


def test_each_bad_file_has_its_own_outcome_and_the_others_are_read(office: Office) -> None:
    office.add_source()
    bad_files(office)
    office.write_docx(office.drafts / "报告.docx", "关于检查的报告", SECRET)
    documents = office.run("--approve-as", "李四", "--copies", 1, code=4)
    for name, (reason, words) in UNREAD.items():
        (unread,) = [each for each in documents[name]["unread"] if each["reason"] == reason]
        assert words in unread["message"]
        assert unread["remedy"]
        assert documents[name]["status"] == "unread"
    assert documents["好的.txt"]["status"] == "read"
    assert documents["报告.docx"]["determination"]["mark"] == "机密★2035年3月2日"
    assert [path.name for path in (office.out / "copies").iterdir()] == ["报告-000001.docx"]
    assert not [path for path in office.out.rglob("*") if path.name.startswith(".markpipe-part")]


def test_scan_names_a_file_that_is_not_there_and_reads_the_others(office: Office) -> None:
    good = office.write_text(office.drafts / "好的.txt", PLAIN)
    answer = office.json("scan", office.drafts / "没有.pdf", good, code=4)
    by_path = {document["path"]: document for document in answer["documents"]}
    assert by_path["没有.pdf"]["unread"][0]["reason"] == "missing"
    assert by_path["好的.txt"]["status"] == "read"


def test_two_inputs_of_one_name_are_told_apart(office: Office) -> None:
    one = office.write_text(office.folder / "甲" / "通知.txt", PLAIN)
    two = office.write_text(office.folder / "乙" / "通知.txt", PLAIN)
    done = office.call("scan", one, two)
    assert "通知.txt：有同名的输入" in done.stderr
    paths = [document["path"] for document in office.json("scan", one, two)["documents"]]
    assert sorted(paths) == ["同名2/通知.txt", "通知.txt"]


def test_twins_by_normalisation_keep_files_of_their_own(office: Office) -> None:
    office.add_source()
    for form in ("NFC", "NFD"):
        office.write_docx(office.drafts / unicodedata.normalize(form, "é报告.docx"), SECRET, form)
    documents = office.run("--approve-as", "李四", code=1)
    marked = sorted(path.relative_to(office.out / "marked").as_posix() for path in office.out.glob("marked/**/*.docx"))
    assert marked == ["é报告.docx", "同名2/é报告.docx"]
    assert len([name for name in documents if name]) == 2


@pytest.mark.parametrize("below", ["", "结果"])
def test_out_inside_in_is_refused_before_anything_is_written(office: Office, below: str) -> None:
    office.write_text(office.drafts / "好的.txt", PLAIN)
    done = office.call("run", office.drafts, office.drafts / below)
    assert done.returncode == 2
    assert "之内" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in office.drafts.iterdir()] == ["好的.txt"]


def test_in_inside_out_is_refused(office: Office) -> None:
    done = office.call("run", office.drafts, office.folder)
    assert done.returncode == 2
    assert "之内" in done.stderr


def test_a_missing_input_folder_is_refused(office: Office) -> None:
    done = office.call("run", office.folder / "没有", office.out)
    assert done.returncode == 2
    assert "不存在" in done.stderr
    assert not office.out.exists()


AS_NOBODY = """
import os, sys
from pathlib import Path
from markpipe.model.limits import Limits
from markpipe.pipeline.batch import list_inputs
from markpipe.pipeline.dispatch import read_file
if os.geteuid() == 0:
    os.setresuid(65534, 65534, 65534)
for item in list_inputs([Path(sys.argv[1])]):
    unread = item.unread or (read_file(item.path, None, Limits()).unread or (None,))[0] if "locked" in item.name else None
    print(item.name, unread.reason if unread else "")
"""


def test_a_folder_without_permission_is_told_and_the_rest_is_listed(tmp_path: Path) -> None:
    """Run without the power of root, whom no permission stops."""
    drafts = tmp_path / "drafts"
    (drafts / "locked").mkdir(parents=True)
    for name in ("good.txt", "locked/inside.txt", "locked.txt"):
        (drafts / name).write_text(PLAIN, encoding="utf-8")
    for path in (drafts, tmp_path, *tmp_path.parents[:3]):
        path.chmod(path.stat().st_mode | 0o055)
    (drafts / "locked").chmod(0)
    (drafts / "locked.txt").chmod(0)
    try:
        done = subprocess.run([sys.executable, "-c", AS_NOBODY, drafts], capture_output=True, text=True, check=True)
    finally:
        (drafts / "locked").chmod(0o700)
    assert done.stdout.split("\n") == ["good.txt ", "locked/ permission", "locked.txt permission", ""]


def test_control_characters_in_a_name_do_not_reach_the_terminal(office: Office) -> None:
    office.write_text(office.drafts / "a\x1b[31m红\u202e.txt", "江办密发〔2024〕12号，秘密★5年")
    done = office.call("scan", office.drafts)
    assert "\x1b" not in done.stdout + done.stderr
    assert "\u202e" not in done.stdout + done.stderr


def test_links_and_pipes_are_not_followed(office: Office) -> None:
    target = office.write_text(office.folder / "外面.txt", PLAIN)
    (office.drafts / "链接.txt").symlink_to(target)
    os.mkfifo(office.drafts / "管道.txt")
    answer = office.json("scan", office.drafts, code=4)
    reasons = {document["path"]: document["unread"][0]["reason"] for document in answer["documents"]}
    assert reasons == {"链接.txt": "not-a-file", "管道.txt": "not-a-file"}
