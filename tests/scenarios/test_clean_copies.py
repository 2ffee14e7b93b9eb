"""What `review --release` makes of each format: a clean copy that another tool finds clean, or a hold that says so."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pymupdf
import pytest
from desk import Desk
from docx import Document
from office import PLAIN, make_office
from PIL import Image

from markpipe.proof.recognise import available

IDENTITY, CARD, PHONE = "330102199003071230", "6222021234567890128", "13812345678"
NUMBERS = f"身份证号{IDENTITY}，银行卡号{CARD}，联系电话{PHONE}。"


def photograph() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "内部拍摄"
    target = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(target, "JPEG", exif=exif, comment=b"draft")
    return target.getvalue()


def build(office: Desk) -> None:
    """One file of each kind."""
    drafts = office.drafts
    office.write_docx(drafts / "号码.docx", "关于领取补助的公告", NUMBERS, PLAIN)
    office.write_pdf(drafts / "号码.pdf", f"身份证号{IDENTITY}", f"银行卡号{CARD}", "请按时参加会议")
    (drafts / "照片.jpg").write_bytes(photograph())
    Image.new("RGB", (40, 30), "white").save(drafts / "图.bmp")
    workbook: Any = openpyxl.Workbook()
    shown, hidden = workbook.active, workbook.create_sheet("底价")
    for row in (("姓名", "电话", "内部"), ("周某", PHONE, "草稿"), ("隐藏的人", "", "")):
        shown.append(row)
    shown.row_dimensions[3].hidden = shown.column_dimensions["C"].hidden = True
    hidden.append(["内部底价"])
    hidden.sheet_state = "hidden"
    workbook.save(drafts / "表.xlsx")
    with zipfile.ZipFile(drafts / "附件.zip", "w") as archive:
        archive.comment = "内部备注".encode()
        archive.writestr("通知/名单.txt", f"联系人周某，手机{PHONE}\n{PLAIN}\n")
        archive.writestr("照片.jpg", photograph())
        archive.writestr("空.txt", b"")
    with zipfile.ZipFile(drafts / "夹带.zip", "w") as archive:
        archive.write(drafts / "图.bmp", "图.bmp")
    with zipfile.ZipFile(drafts / "越界.zip", "w") as archive:
        archive.writestr("../../x.txt", PLAIN)
    with pymupdf.open(drafts / "号码.pdf") as pdf:
        pdf.embfile_add("底稿.txt", "内部底稿第三版".encode())
        pdf.save(drafts / "夹带.pdf")
    office.write_text(drafts / "图.svg", "<svg xmlns='http://www.w3.org/2000/svg'><!-- 草稿 --><text>示意</text></svg>")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    office = Desk(make_office(tmp_path_factory.mktemp("copies") / "office").folder)
    build(office)
    return office


@pytest.fixture(scope="module")
def answers(desk: Desk) -> dict[str, dict[str, Any]]:
    done = desk.call("review", desk.drafts, "--release", desk.out, "--as", "张三", "--format", "json")
    assert done.returncode == 7, done.stderr
    return {document["path"]: document for document in json.loads(done.stdout)["documents"]}


@pytest.fixture
def waiting(desk: Desk, answers: dict[str, dict[str, Any]]) -> Path:
    assert answers
    return desk.out / "待审"


def removed(document: dict[str, Any]) -> dict[str, int]:
    assert document["released"], document["failed"]
    return {each["kind"]: each["count"] for each in document["released"]["removed"]}


def test_numbers_in_a_pdf_lose_their_middle(waiting: Path) -> None:
    text = subprocess.run(
        ["pdftotext", "-layout", waiting / "号码.pdf", "-"], capture_output=True, text=True, check=True
    )
    said = "".join(text.stdout.split())
    assert "身份证号330102【略】1230" in said
    assert "银行卡号6222【略】0128" in said
    assert IDENTITY[6:14] not in said
    assert CARD[4:15] not in said
    assert "请按时参加会议" in said


def test_numbers_in_a_docx_lose_their_middle(waiting: Path) -> None:
    said = "".join(paragraph.text for paragraph in Document(waiting / "号码.docx").paragraphs)
    assert "身份证号330102【略】1230，银行卡号6222【略】0128，联系电话【略】。" in said
    assert PLAIN in said
    with zipfile.ZipFile(waiting / "号码.docx") as package:
        members = b"".join(package.read(name) for name in package.namelist())
    assert not any(words.encode() in members for words in (IDENTITY[6:14], CARD[4:15], PHONE))


def test_the_policy_decides_how_much_goes(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    office = Desk(make_office(folder, extra='[publication]\npolicy = "masking.toml"\n').folder)
    office.write_text(folder / "masking.toml", 'schema = 1\n[mask]\npersonal-identity = "删去"\n')
    draft = office.write_docx(folder / "号码.docx", NUMBERS)
    office.json("review", draft, "--release", office.out, "--as", "张三", code=1)
    said = Document(office.out / "待审" / "号码.docx").paragraphs[0].text
    assert said == "身份证号【略】，银行卡号6222【略】0128，联系电话【略】。"


def test_a_photograph_leaves_only_its_pixels(waiting: Path, answers: dict[str, dict[str, Any]]) -> None:
    assert answers["照片.jpg"]["released"]
    data = (waiting / "照片.jpg").read_bytes()
    picture = Image.open(io.BytesIO(data))
    assert picture.size == (40, 60)
    assert not picture.getexif()
    assert b"draft" not in data


def test_files_in_an_archive_are_cleaned_one_by_one(waiting: Path, answers: dict[str, dict[str, Any]]) -> None:
    assert removed(answers["附件.zip"])["手机号码"] == 1
    with zipfile.ZipFile(waiting / "附件.zip") as archive:
        assert archive.namelist() == ["通知/名单.txt", "照片.jpg", "空.txt"]
        assert archive.comment == b""
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) and not info.extra for info in archive.infolist())
        words = archive.read("通知/名单.txt").decode()
        assert not Image.open(io.BytesIO(archive.read("照片.jpg"))).getexif()
    assert PHONE not in words
    assert PLAIN in words


def test_an_archive_with_one_file_that_cannot_be_cleaned_has_no_copy(answers: dict[str, dict[str, Any]]) -> None:
    for name, words in (("夹带.zip", "另存为 PNG"), ("越界.zip", "名称不正常")):
        assert answers[name]["released"] is None
        assert words in answers[name]["failed"]


def test_a_workbook_keeps_what_its_visible_cells_show(waiting: Path, answers: dict[str, dict[str, Any]]) -> None:
    assert {"unseen-content", "personal-mobile"} <= {reason["code"] for reason in answers["表.xlsx"]["reasons"]}
    assert removed(answers["表.xlsx"])["隐藏文字"] == 2
    workbook: Any = openpyxl.load_workbook(waiting / "表.xlsx")
    assert [[cell.value for cell in row] for row in workbook.active.iter_rows()] == [
        ["姓名", "电话"],
        ["周某", "【略】"],
    ]
    assert workbook.sheetnames == ["Sheet"]
    with zipfile.ZipFile(waiting / "表.xlsx") as package:
        members = b"".join(package.read(name) for name in package.namelist()).decode()
    assert not any(words in members for words in (PHONE, "底价", "草稿", "隐藏的人", "openpyxl"))


def test_an_embedded_file_holds_a_pdf_and_stays_behind(waiting: Path, answers: dict[str, dict[str, Any]]) -> None:
    document = answers["夹带.pdf"]
    assert document["verdict"] == "hold"
    (reason,) = [reason for reason in document["reasons"] if reason["code"] == "embedded"]
    assert "底稿.txt" in reason["place"]
    assert removed(document)["嵌入的文件"] == 1
    listed = subprocess.run(["pdfdetach", "-list", waiting / "夹带.pdf"], capture_output=True, text=True, check=True)
    assert listed.stdout.startswith("0 ")


@pytest.mark.parametrize(("name", "words"), [("图.bmp", "另存为 PNG 或者 JPEG"), ("图.svg", "不是单纯的文字")])
def test_what_cannot_be_cleaned_says_so(
    name: str, words: str, waiting: Path, answers: dict[str, dict[str, Any]]
) -> None:
    assert words in answers[name]["failed"]
    assert not (waiting / name).exists()


def test_every_copy_names_what_made_and_checked_it(desk: Desk, answers: dict[str, dict[str, Any]]) -> None:
    shown = desk.json("release", "show", answers["号码.pdf"]["released"]["id"])
    tools = [line.split()[0] for line in shown["checkers"]]
    assert tools[:3] == ["markpipe", "pypdf", "poppler"]
    assert tools[-1] == "ruleset"
    assert all(len(line.split()) == 2 for line in shown["checkers"])


@pytest.mark.skipif(not available(), reason="no text recognition here")
def test_numbers_that_a_picture_shows_are_painted_over(tmp_path: Path) -> None:
    office = Desk(make_office(tmp_path / "office").folder)
    with pymupdf.open() as document:
        page = document.new_page(width=600, height=300)
        for row, words in enumerate(("关于领取补助的通知", f"身份证号 {IDENTITY}", f"联系电话 {PHONE}")):
            page.insert_text((40, 80 + 60 * row), words, fontname="china-s", fontsize=22)
        page.get_pixmap(dpi=150).save(office.drafts / "扫描.png")
    (document,) = office.json("review", office.drafts, "--release", office.out, "--as", "张三", code=1)["documents"]
    assert {"personal-identity", "personal-mobile"} <= {reason["code"] for reason in document["reasons"]}
    read = subprocess.run(
        ["tesseract", office.out / "待审" / "扫描.png", "-", "-l", "chi_sim", "--psm", "6"],
        capture_output=True,
        text=True,
        check=True,
    )
    said = "".join(read.stdout.split())
    assert "补助" in said
    assert PHONE not in said
    assert IDENTITY[7:13] not in said
