"""The invisible words over a scan: kept where recognition reads the same, never where they say what goes.

What was recognised is given by the tests, so that each case is exact; one runs the whole way with Tesseract.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from leak_check import pdf_leaks, pdf_text
from office import Office

from markpipe.formats.pdf.redact import redact
from markpipe.model.document import Box
from markpipe.model.limits import Limits
from markpipe.proof.recognise import available
from markpipe.redaction.plan import Removal
from markpipe.redaction.policy import Gap, Undecidable
from markpipe.redaction.result import PageOrder, Redacted, Word

SECRET = "砚台沟仓库"
LINES = ("各科室按时报送本月值班安排", f"物资存放在{SECRET}由专人看管", "Copies 2026 go to every branch office")
SIZE = 20
LEFT, TOP, STEP = 72, 100, 60


def scan(*layer: str, upright: bool = True) -> bytes:
    """A scan of `LINES` with an invisible layer that says `layer`."""
    drawn = pymupdf.open()
    page = drawn.new_page()
    _write(page, LINES, 0)
    document = pymupdf.open()
    made = document.new_page(width=page.rect.width, height=page.rect.height)
    made.insert_image(made.rect, stream=page.get_pixmap(dpi=150, colorspace=pymupdf.csGRAY).tobytes("png"))
    if upright:
        _write(made, layer, 3)
    else:
        made.insert_text((500, 700), layer[0], fontname="china-s", fontsize=SIZE, rotate=90, render_mode=3)
    return bytes(document.tobytes())


def _write(page: pymupdf.Page, lines: tuple[str, ...], mode: int) -> None:
    for number, line in enumerate(lines):
        font = "helv" if line.isascii() else "china-s"
        page.insert_text((LEFT, TOP + STEP * number), line, fontname=font, fontsize=SIZE, render_mode=mode)


def read(*lines: str) -> tuple[Word, ...]:
    """What recognition gives for lines: words of two Chinese characters, or Latin words, each in its place."""
    found = []
    for number, line in enumerate(lines):
        pieces = line.split(" ") if line.isascii() else [line[at : at + 2] for at in range(0, len(line), 2)]
        at = 0
        for piece in pieces:
            start = pymupdf.get_text_length(line[:at], "helv", SIZE) if line.isascii() else SIZE * at
            end = pymupdf.get_text_length(line[: at + len(piece)], "helv", SIZE) if line.isascii() else start + SIZE * 2
            bottom = TOP + STEP * number
            if piece.strip("□"):
                found.append(Word(piece, Box(1, LEFT + start, bottom - SIZE + 3, LEFT + end, bottom + 3)))
            at += len(piece) + line.isascii()
    return tuple(found)


def removed(data: bytes, words: tuple[Word, ...] = (), *regions: Box) -> Redacted:
    orders = (PageOrder(1, regions, layer=words, looked=True),) if words or regions else ()
    return redact(data, Removal((SECRET,), (), Gap.EXACT), orders, Undecidable.RASTERISE, Limits())


BLANKED = LINES[1].replace(SECRET, "□" * len(SECRET))
KEPT = "".join(LINES).replace(SECRET, "").replace(" ", "")


def test_words_that_say_what_shows_are_kept_as_they_were(tmp_path: Path) -> None:
    lines = (LINES[0], LINES[2])
    made = removed(scan(*lines), read(*lines))
    assert pdf_text(made.data, tmp_path) == "".join(lines).replace(" ", "")
    assert not made.pages[0].anew
    assert not made.pages[0].unsearchable
    path = tmp_path / "kept.pdf"
    path.write_bytes(made.data)
    said = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True).stdout.decode()
    assert LINES[2] in said


def test_the_phrase_goes_from_the_layer_and_from_the_pixels_below(tmp_path: Path) -> None:
    made = removed(scan(*LINES), read(LINES[0], BLANKED, LINES[2]))
    assert pdf_leaks(made.data, SECRET, tmp_path) == []
    said = pdf_text(made.data, tmp_path)
    assert LINES[0] in said
    assert "物资存" in said
    assert "人看管" in said
    assert not made.pages[0].anew
    pixmap = pymupdf.open(stream=made.data)[0].get_pixmap(colorspace=pymupdf.csGRAY)
    shown = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)
    middle = TOP + STEP - 7
    assert (shown[middle - 6 : middle + 6, LEFT + SIZE * 5 + 2 : LEFT + SIZE * 10 - 2] == 0).all()
    assert shown[middle, LEFT + SIZE * 11 : LEFT + SIZE * 14].max() > 200


def test_without_recognition_nothing_of_the_layer_is_kept(tmp_path: Path) -> None:
    made = removed(scan(*LINES))
    assert pdf_text(made.data, tmp_path) == ""
    assert made.pages[0].unsearchable


@pytest.mark.parametrize(
    ("layer", "seen", "said"),
    [
        ("按时报送本月排班安排", "按时报送本月值班安排", "按时报送本月值班安排"),
        ("物资存放在三号楼由专人看管", "物资存放在五号楼由专人看管", "物资存放在五号楼由专人看管"),
        ("Copies 2026 go to every branch", "Copies 2025 go to every branch", "Copies2025gotoeverybranch"),
        ("Copies 2026 go to every branch", "Copies 2026 ga to evexy branch", "Copies2026gotoeverybranch"),
        ("Copies 2026 go to Smith branch", "Copies 2026 go to Jones branch", "Copies2026gotoJonesbranch"),
        ("从来没有写在这里的一句话", "按时报送本月值班安排", "按时报送本月值班安排"),
        ("砚台沟包库的一句话写在这里", "甲乙丙丁戊的一句话写在这里", "甲乙丙丁戊的一句话写在这里"),
    ],
)
def test_what_is_read_otherwise_is_put_there_as_it_was_read(layer: str, seen: str, said: str, tmp_path: Path) -> None:
    made = removed(scan(layer), read(seen))
    order = sorted(pdf_text(made.data, tmp_path))
    assert order == sorted(said)
    assert made.pages[0].anew == (layer.replace(" ", "") != said)


def test_a_misread_copy_beside_what_was_wiped_goes_with_it(tmp_path: Path) -> None:
    """Recognition found the phrase and had it wiped; the file's own layer had misread it."""
    wiped = Box(1, LEFT + SIZE * 5, TOP + STEP - SIZE, LEFT + SIZE * 10, TOP + STEP + 4)
    layer = LINES[1].replace(SECRET, "砚合沟仑犀")
    made = removed(scan(LINES[0], layer, LINES[2]), read(LINES[0], BLANKED, LINES[2]), wiped)
    said = pdf_text(made.data, tmp_path)
    assert not set("砚合沟仑犀") & set(said)
    assert LINES[0] in said
    assert not made.pages[0].anew


def test_kept_and_recognised_words_do_not_say_it_together(tmp_path: Path) -> None:
    made = removed(scan("存放在砚台沟某某由专人看管"), read("存放在砚台沟仓库由专人看管"))
    assert pdf_leaks(made.data, SECRET, tmp_path) == []


def test_words_that_run_upwards_are_never_confirmed(tmp_path: Path) -> None:
    made = removed(scan("从来没有写在这里", upright=False), read(LINES[0]))
    assert pdf_text(made.data, tmp_path) == LINES[0]
    assert made.pages[0].anew


@pytest.mark.skipif(not available() or shutil.which("tesseract") is None, reason="没有 tesseract 或中文数据")
def test_a_searchable_scan_of_tesseract_stays_searchable(office: Office, tmp_path: Path) -> None:
    drawn = pymupdf.open()
    _write(drawn.new_page(), LINES[:2], 0)
    drawn[0].get_pixmap(dpi=200, colorspace=pymupdf.csGRAY).save(tmp_path / "scan.png")
    subprocess.run(
        ["tesseract", tmp_path / "scan.png", tmp_path / "scan", "-l", "chi_sim", "--dpi", "200", "--psm", "6", "pdf"],
        check=True,
        capture_output=True,
    )
    listed = office.write_text(tmp_path / "list.txt", f"{SECRET}\n")
    done = office.call("redact", tmp_path / "scan.pdf", "-o", tmp_path / "out.pdf", "--phrases-from", listed)
    assert done.returncode == 0, done.stderr
    data = (tmp_path / "out.pdf").read_bytes()
    assert pdf_leaks(data, SECRET, tmp_path) == []
    assert LINES[0] in pdf_text(data, tmp_path)
    assert "不能再检索" not in done.stdout
    done = office.call(
        "redact", tmp_path / "scan.pdf", "-o", tmp_path / "off.pdf", "--phrases-from", listed, "--ocr", "never"
    )
    assert "第1页扫描件原有的文字层没有核对，没有带入，不能再检索" in done.stdout
