"""The review report: self-contained, split by folder when large, and right in a browser that runs no script."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from desk import Desk
from office import SECRET, Office, make_office

LINES = ("关于走访情况的通报", "患者：王小明，电话13812345678。", "请各有关单位按时参加，会议时间另行通知。")
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Desk(make_office(tmp_path / "office").folder)


def report(office: Office) -> Path:
    office.add_source()
    office.write_pdf(office.drafts / "通报.pdf", *LINES)
    office.write_pdf(office.drafts / "<b>摘录&.pdf", "简报", SECRET[:60])
    office.write_text(office.drafts / "清.txt", LINES[2])
    (office.drafts / "坏.pdf").write_bytes(b"%PDF-1.7 nothing")
    folder = office.folder / "report"
    assert office.call("review", office.drafts, "--report", folder).returncode == 4
    return folder


def test_the_report_loads_nothing_and_says_how_to_keep_it(office: Office) -> None:
    folder = report(office)
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=\"(?!data:image/png|#)", page)
    assert "<script" not in page
    assert "含已定密内容，按机密级管理" in page
    assert "@page" in page
    assert "程序看不到什么" in page
    assert "没有读全" in page
    assert "&lt;b&gt;摘录&amp;.pdf" in page
    assert page.count("data:image/png;base64,") == 2
    assert 'class="box refuse"' in page
    assert 'class="box personal"' in page
    assert "<ins>【略】</ins>" in page
    assert "王某某" not in page
    assert all((folder / name).stat().st_mode & 0o077 == 0 for name in ("index.html", "review.json"))


def test_a_report_that_quotes_nothing(office: Office) -> None:
    office.write_pdf(office.drafts / "通报.pdf", *LINES)
    folder = office.folder / "report"
    done = office.call("review", office.drafts, "--report", folder, "--excerpt", "none")
    written = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir()) + done.stdout
    assert "13812345678" not in written
    assert "王小明" not in written
    assert "data:image" not in written


def test_many_files_are_split_by_folder(office: Office) -> None:
    for folder in ("甲", "乙"):
        for number in range(51):
            office.write_text(office.drafts / folder / f"{number}.txt", f"第{number}号通知\n{LINES[number % 2 + 1]}\n")
    out = office.folder / "report"
    assert office.call("review", office.drafts, "--report", out).returncode == 1
    assert sorted(path.name for path in out.iterdir()) == [
        "index.html",
        "part-0001.html",
        "part-0002.html",
        "review.json",
    ]
    index = (out / "index.html").read_text(encoding="utf-8")
    assert 'href="part-0001.html"' in index
    assert "102 份全部已读" in index
    assert "51 份，其中须人工复核 26 份" in index
    assert "其余 50 份未发现问题" in index
    for href in set(re.findall(r'href="(part-\d+\.html)#(\w+)"', index)):
        assert f'id="{href[1]}"' in (out / href[0]).read_text(encoding="utf-8")


@pytest.mark.skipif(CHROMIUM is None, reason="no browser here")
def test_a_browser_shows_boxes_on_the_words(office: Office, tmp_path: Path) -> None:
    """The blue and red boxes are on the screenshot, and the printed report bears its handling line on every page."""
    page = report(office) / "index.html"
    assert CHROMIUM is not None
    words = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    shot, printed = tmp_path / "shot.png", tmp_path / "report.pdf"
    subprocess.run(
        [*words, f"--screenshot={shot}", "--window-size=1000,3000", page.as_uri()], capture_output=True, check=True
    )
    subprocess.run(
        [*words, f"--print-to-pdf={printed}", "--no-pdf-header-footer", page.as_uri()], capture_output=True, check=True
    )
    from PIL import Image

    with Image.open(shot) as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24) or []}
    assert (163, 33, 27) in colours
    assert (36, 71, 107) in colours
    text = subprocess.run(["pdftotext", "-layout", printed, "-"], capture_output=True, text=True, check=True).stdout
    pages = [words_ for words_ in text.split("\f") if words_.strip()]
    assert len(pages) >= 2
    assert all("按机密级管理" in words_ for words_ in pages)
