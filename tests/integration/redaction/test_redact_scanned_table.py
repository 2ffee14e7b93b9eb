"""Words between the rules of a scanned table: found by recognition, painted whole, and looked for where they stood."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from office import Office

from markpipe.proof.recognise import available

SECRETS = ("联络员", "赵启明")
KEPT = "钱二"
ROWS = (
    ("区划", "联络员", "核对码"),
    ("青岚区", "赵启明", "110101199003077758"),
    ("临水区", KEPT, "11010119900307803X"),
)


def _table() -> pymupdf.Document:
    drawn = pymupdf.open()
    page = drawn.new_page()
    page.insert_text((72, 90), "各区联络员名单如下，请核对后报送。", fontname="china-s", fontsize=16)
    for row, cells in enumerate(ROWS):
        for column, cell in enumerate(cells):
            page.insert_text((76 + 150 * column, 129 + 14 * row), cell, fontname="china-s", fontsize=10)
    for row in range(len(ROWS) + 1):
        page.draw_line((72, 118 + 14 * row), (522, 118 + 14 * row), width=0.8)
    for column in range(4):
        page.draw_line((72 + 150 * column, 118), (72 + 150 * column, 160), width=0.8)
    return drawn


def _grey(document: pymupdf.Document) -> np.ndarray:
    pixmap = document[0].get_pixmap(dpi=72, colorspace=pymupdf.csGRAY)
    return np.frombuffer(pixmap.samples, dtype=np.uint8).reshape(pixmap.height, pixmap.width)


@pytest.mark.skipif(not available(), reason="没有 tesseract 或中文数据")
def test_words_in_a_scanned_table_are_painted_whole(office: Office, tmp_path: Path) -> None:
    drawn = _table()
    scanned = pymupdf.open()
    sheet = scanned.new_page(width=drawn[0].rect.width, height=drawn[0].rect.height)
    sheet.insert_image(sheet.rect, stream=drawn[0].get_pixmap(dpi=110, colorspace=pymupdf.csGRAY).tobytes("png"))
    source = tmp_path / "scan.pdf"
    source.write_bytes(scanned.tobytes())
    listed = office.write_text(tmp_path / "list.txt", "\n".join((SECRETS[0], "没有这个人", *SECRETS[1:])) + "\n")
    done = office.call("redact", source, "-o", tmp_path / "out.pdf", "--phrases-from", listed)
    assert done.returncode == 0, done.stderr
    assert "要删的词中第2个在读到的内容里没有出现" in done.stdout
    assert "第1页有图片、图形或者字体不能证实的字，这些靠文字识别查找，可能漏读" in done.stdout
    assert re.search(r"删去 [1-9]\d* 处，其中文字 0 个字符", done.stdout)

    after = _grey(pymupdf.open(stream=io.BytesIO((tmp_path / "out.pdf").read_bytes())))
    for secret in SECRETS:
        places = drawn[0].search_for(secret)
        assert places
        for place in places:
            left, right = int(place.x0) + 1, int(place.x1) - 1
            middle = int((place.y0 + place.y1) / 2)
            assert (after[middle - 3 : middle + 3, left:right] < 60).all(), secret
    kept = drawn[0].search_for(KEPT)[0]
    assert (after[int(kept.y0) : int(kept.y1), int(kept.x0) : int(kept.x1)] > 200).any()
