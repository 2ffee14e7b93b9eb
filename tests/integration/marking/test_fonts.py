"""Marks where no Chinese font is installed: the program's own fonts draw them, and other tools read and see them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from markpipe.cli.checkup import State, _mark_fonts
from markpipe.formats.pdf import mark_fonts
from markpipe.formats.pdf.mark import mark
from markpipe.formats.pdf.mark_fonts import face_of
from markpipe.marking.layout import determined
from markpipe.marking.plan import FontRole
from markpipe.model.decision import Determination
from markpipe.proof.marks import check_marks

DATA = Path(mark_fonts.__file__).with_name("data")
COMMON = "绝密机密秘密★0123456789年月日长期会议开始前国家秘密确定专用章复制件解密变更作废知悉范围份号特急加急"


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without any Chinese font."""
    monkeypatch.setattr(mark_fonts, "_FOLDERS", ())
    for cached in (mark_fonts._fonts, mark_fonts._system):
        cached.cache_clear()
    yield
    for cached in (mark_fonts._fonts, mark_fonts._system):
        cached.cache_clear()


@pytest.mark.parametrize("name", ["heiti.ttf", "kaiti.ttf"])
def test_shipped_fonts_are_small_named_as_changed_and_have_what_marks_need(name: str) -> None:
    font = TTFont(DATA / name)
    characters = font.getBestCmap()
    assert [c for c in COMMON if ord(c) not in characters] == []
    assert len(characters) > 6800
    assert (DATA / name).stat().st_size < 4_000_000
    assert font["name"].getDebugName(1).startswith("Markpipe ")
    assert "Open Font License" in (DATA / "OFL.txt").read_text(encoding="utf-8")


def test_without_chinese_fonts_the_shipped_ones_draw_and_rare_names_are_covered(
    bare_machine: None, make_pdf: Callable[..., bytes], determination: Determination, tmp_path: Path
) -> None:
    assert {font.name for _, font in mark_fonts.runs("机密★10年", FontRole.HEITI)} == {"heiti"}
    assert {font.name for _, font in mark_fonts.runs("000007定密", FontRole.FANGSONG)} == {"kaiti"}
    assert {font.name for _, font in mark_fonts.runs("堃喆珺龑䶮", FontRole.HEITI)} <= {"heiti", "kaiti"}
    plan = determined(determination, 7)
    path = tmp_path / "稿.pdf"
    path.write_bytes(mark(make_pdf(), plan).data)
    assert check_marks(path, plan) == ()
    listed = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True).stdout
    assert re.search(r"\+heiti\s+CID TrueType\s+Identity-H\s+yes yes yes", listed)
    assert re.search(r"\+kaiti\s+CID TrueType\s+Identity-H\s+yes yes yes", listed)
    if shutil.which("gs") is None:
        pytest.skip("Ghostscript is not installed: the second renderer was not asked")
    from PIL import Image, ImageChops

    for tool, command in (
        ("gs", ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pnggray", "-r75", "-o", str(tmp_path / "gs.png"), path]),
        ("poppler", ["pdftoppm", "-png", "-gray", "-r", "75", "-singlefile", path, str(tmp_path / "poppler")]),
    ):
        subprocess.run([str(word) for word in command], check=True, capture_output=True)
        assert (tmp_path / f"{tool}.png").is_file()
    head = (75, 100, 330, 170)  # the two lines of the head at 75 dots an inch
    seen = [
        Image.open(tmp_path / f"{tool}.png").convert("L").crop(head).point(lambda v: 255 * (v > 128))
        for tool in ("gs", "poppler")
    ]
    inks = [picture.histogram()[0] for picture in seen]
    assert min(inks) > 200
    apart = ImageChops.difference(*seen).histogram()[255]
    assert apart < 0.6 * min(inks)


def test_a_machine_without_fangsong_says_what_stands_in(bare_machine: None) -> None:
    assert [face_of(role) for role in (FontRole.HEITI, FontRole.FANGSONG, FontRole.KAITI)] == [
        "heiti",
        "kaiti",
        "kaiti",
    ]
    check = _mark_fonts()
    assert (check.state, "仿宋 kaiti" in check.message) == (State.NOTE, True)


def test_an_installed_fangsong_is_used_before_what_is_shipped(
    bare_machine: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copy(DATA / "heiti.ttf", tmp_path / "simfang.ttf")
    monkeypatch.setattr(mark_fonts, "_FOLDERS", (tmp_path,))
    assert face_of(FontRole.FANGSONG) == "simfang"
    assert _mark_fonts().state is State.GOOD
