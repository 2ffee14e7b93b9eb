"""`stamp` with 紧急程度, on an attachment, with the round stamp, and on a compilation whose items bear their own marks."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import docx
import pymupdf
import pytest
from desk import Desk
from office import PLAIN, SECRET, make_office

TITLES = ("甲站布设情况", "乙站巡检情况")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office with two matters: 机密★… from a source, and a lower one that is one item of the compilation."""
    desk = Desk(make_office(tmp_path_factory.mktemp("compile") / "site").folder)
    desk.add_source()
    return desk


def approved(desk: Desk, draft: Path, *more: str) -> str:
    matter = desk.json("determination", "propose", draft, *more)["id"]
    desk.json("determination", "approve", matter, "--as", "李四")
    return str(matter)


def compiled(desk: Desk, name: str) -> Path:
    """A cover, and items on the pages after it."""
    path = desk.drafts / name
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".docx":
        document = docx.Document()
        for words in ("资料汇编", SECRET, PLAIN):
            document.add_paragraph(words)
        for title in TITLES:
            document.add_page_break()
            document.add_paragraph(title)
            document.add_paragraph(f"{title}{PLAIN}")
        document.save(str(path))
        return path
    with pymupdf.open(desk.write_pdf(desk.folder / "封面.pdf", "资料汇编", SECRET, PLAIN)) as pdf:
        for title in TITLES:
            page = pdf.new_page(width=595.28, height=841.89)
            page.insert_font("F0", fontbuffer=pymupdf.Font("china-s").buffer)
            page.insert_text((200, 200), title, fontname="F0", fontsize=18)
            page.insert_text((100, 240), PLAIN[:20], fontname="F0", fontsize=12)
        pdf.save(path)
    return path


def stamped(desk: Desk, draft: Path, matter: str, *more: object, code: int = 0) -> tuple[Path, str]:
    out = desk.folder / f"{len(list(desk.folder.iterdir()))}-{draft.name}"
    done = desk.call("stamp", draft, "--determination", matter, "-o", out, *more)
    assert done.returncode == code, done.stderr
    assert out.exists() is (code == 0)
    return out, done.stdout + done.stderr


def lines(file: Path, page: int = 1) -> list[str]:
    if file.suffix == ".docx":
        with zipfile.ZipFile(file) as package:
            paragraphs = re.findall(r"<w:p[ >].*?</w:p>", package.read("word/document.xml").decode(), re.DOTALL)
        return ["".join(re.findall(r"<w:t[^>]*>([^<]*)", one)) for one in paragraphs]
    asked = ["pdftotext", "-layout", "-f", str(page), "-l", str(page), str(file), "-"]
    return [
        one.strip()
        for one in subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
        if one.strip()
    ]


@pytest.mark.parametrize("name", ["汇编.pdf", "汇编.docx"])
def test_each_item_of_a_compilation_bears_its_own_mark(desk: Desk, name: str) -> None:
    draft = compiled(desk, name)
    whole = approved(desk, draft)
    lower = approved(
        desk,
        desk.write_docx(desk.drafts / f"低-{name}.docx", "乙站巡检情况", SECRET),
    )
    changed = desk.call(
        *("determination", "change", lower, "--level", "秘密", "--term", "2030年3月2日", "--reason", "降密"),
        *("--by", "江北市水务局", "--document", f"江水密〔2026〕{len(name)}号", "--as", "李四"),
    )
    assert changed.returncode == 0, changed.stderr
    source = desk.json("source", "list")["sources"][0]["id"]
    out, _ = stamped(desk, draft, whole, "--part", f"{TITLES[0]}={source}", "--part", f"{TITLES[1]}={lower}")
    shown = [one for page in (1, 2, 3) for one in lines(out, page)] if name.endswith(".pdf") else lines(out)
    shown = [one.split("  ")[0] for one in shown]  # the stamp stands right of the mark
    assert [one for one in shown if "★" in one or one in TITLES] == (
        (["机密★2035年3月2日"] if name.endswith(".pdf") else [])
        + ["机密★20年", TITLES[0], "秘密★2030年3月2日", TITLES[1]]
    )
    (seen,) = desk.json("verify", out)["documents"]
    assert [one["code"] for one in seen["problems"] if not one["code"].startswith("meta-")] == []
    assert seen["label"]["answer"] == "标签有效"
    if name.endswith(".pdf"):
        by_page, _ = stamped(desk, draft, whole, "--part", f"2={source}", "--part", f"3={lower}")
        assert lines(by_page, 3)[0] == "秘密★2030年3月2日"
        assert desk.call("verify", by_page).returncode == 0
    _, said = stamped(
        desk, draft, lower if False else whole, "--part", f"没有这一件={lower}", code=2 if name.endswith(".pdf") else 7
    )
    assert "没有单独成" in said
    for wrong, code in (("甲事", 2), (f"{TITLES[0]}=D2026-9999", 2), (f"{TITLES[0]}=某某", 2), (f"9={lower}", None)):
        if code:
            stamped(desk, draft, whole, "--part", wrong, code=code)
        elif name.endswith(".pdf"):
            assert "没有第9页" in stamped(desk, draft, whole, "--part", wrong, code=2)[1]


def test_items_that_begin_at_the_head_of_their_pages_are_no_running_marks(desk: Desk) -> None:
    draft = desk.drafts / "页首.pdf"
    with pymupdf.open(desk.write_pdf(desk.folder / "首页.pdf", "资料汇编", SECRET)) as pdf:
        for title in TITLES:
            page = pdf.new_page(width=595.28, height=841.89)
            page.insert_font("F0", fontbuffer=pymupdf.Font("china-s").buffer)
            page.insert_text((200, 120), title, fontname="F0", fontsize=18)
        pdf.save(draft)
    source = desk.json("source", "list")["sources"][0]["id"]
    parts = [word for title in TITLES for word in ("--part", f"{title}={source}")]
    out, _ = stamped(desk, draft, approved(desk, draft), *parts)
    assert desk.call("verify", out).returncode == 0, desk.call("verify", out).stdout


def test_a_framed_drawing_bears_its_mark_by_the_title_block(desk: Desk) -> None:
    draft = desk.drafts / "图纸.pdf"
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=1190.55, height=841.89)
        page.insert_font("F0", fontbuffer=pymupdf.Font("china-s").buffer)
        for line in range(0, len(SECRET), 30):
            page.insert_text((200, 200 + line), SECRET[line : line + 30], fontname="F0", fontsize=12)
        page.draw_rect((28, 28, 1157, 813), width=2)
        page.draw_rect((640, 650, 1150, 808), width=1)
        page.insert_text((650, 680), "图名：布设图", fontname="F0", fontsize=14)
        pdf.save(draft)
    out, _ = stamped(desk, draft, approved(desk, draft), "--form", "图纸")
    assert desk.call("verify", out).returncode == 0, desk.call("verify", out).stdout


def test_running_marks_of_a_docx_do_not_disturb_the_order_of_its_head(desk: Desk) -> None:
    draft = desk.write_docx(desk.drafts / "页眉.docx", "关于页眉的通知", SECRET)
    out, _ = stamped(desk, draft, approved(desk, draft), "--urgency", "特急", "--running")
    assert desk.call("verify", out).returncode == 0, desk.call("verify", out).stdout


def test_an_item_is_never_above_its_cover(desk: Desk) -> None:
    low = approved(desk, desk.write_pdf(desk.drafts / "低封面.pdf", "汇编", SECRET, TITLES[0]))
    lowered = ("determination", "change", low, "--level", "秘密", "--term", "2030年3月2日", "--reason", "降密")
    done = desk.call(*lowered, "--by", "江北市水务局", "--document", "江水密〔2026〕30号", "--as", "李四")
    assert done.returncode == 0, done.stderr
    high = approved(desk, desk.write_pdf(desk.drafts / "高.pdf", "单件", SECRET))
    _, said = stamped(desk, desk.drafts / "低封面.pdf", low, "--part", f"{TITLES[0]}={high}", code=5)
    assert "DRV-4" in said or "最高密级" in said


@pytest.mark.parametrize("name", ["急件.pdf", "急件.docx"])
def test_urgency_attachment_and_the_round_stamp(desk: Desk, name: str) -> None:
    write = desk.write_pdf if name.endswith(".pdf") else desk.write_docx
    draft = write(desk.drafts / name, "关于急件的通知", SECRET, PLAIN)
    matter = approved(desk, draft)
    out, _ = stamped(desk, draft, matter, "--urgency", "特急", "--seal", "stamp-round")
    if name.endswith(".pdf"):
        text = "".join(lines(out))
        assert text.index("机密★2035年3月2日") < text.index("特急") < text.index("关于急件的通知")
        assert all(one in text for one in ("国家秘密", "确定专用章", "密级：机密"))
    assert desk.call("verify", out).returncode == 0, desk.call("verify", out).stdout
    attached, _ = stamped(desk, draft, matter, "--attachment", "2", "--document-number", "江水密〔2026〕7号")
    assert "江水密〔2026〕7号附件2" in "".join(lines(attached)) or name.endswith(".docx")
    assert desk.call("verify", attached).returncode == 0
    for wrong in (("--attachment", "2"), ("--seal", "copy")):
        stamped(desk, draft, matter, *wrong, code=2)
    if name.endswith(".pdf"):
        letter = ("--attachment", "2", "--document-number", "江水密〔2026〕7号", "--form", "非公文")
        assert "只用于公文" in stamped(desk, draft, matter, *letter, code=2)[1]
        folder = desk.folder / "急件份"
        assert desk.call("copies", "issue", matter, "--copies", 1, "--file", draft, "-o", folder).returncode == 0
        first = folder / "急件-000001.pdf"
        both, _ = stamped(
            desk, first, matter, "--urgency", "加急", "--attachment", "1", "--document-number", "江水密〔2026〕7号"
        )
        order = re.findall(r"000001|机密★2035年3月2日|加急|江水密\S+", " ".join(lines(both)))
        assert order == ["000001", "机密★2035年3月2日", "加急", "江水密〔2026〕7号附件1"]
