"""Scans that lie sideways or upside down: what is written on them is found and painted over, too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pymupdf
import pytest

from markpipe.model.document import Box
from markpipe.model.limits import Limits
from markpipe.pipeline.redact import Options, redact_file
from markpipe.pipeline.sandbox import Worker
from markpipe.proof.recognise import _back, available, legible
from markpipe.redaction.plan import Request
from markpipe.redaction.result import Word

SECRET = "砚台沟仓库"
PLACE = (92, 152, 192, 172)


@pytest.mark.skipif(not available(), reason="没有 tesseract 或中文数据")
def test_a_turned_scan_is_read_as_it_was_written(reading_worker: Worker, tmp_path: Path) -> None:
    drawn = pymupdf.open()
    page = drawn.new_page(width=360, height=260)
    for line, text in enumerate(("各科室按时报送本月值班安排", "物资由专人看管", f"在{SECRET}存放")):
        page.insert_text((72, 90 + 40 * line), text, fontname="china-s", fontsize=20)
    pixmap = page.get_pixmap(dpi=150, colorspace=pymupdf.csGRAY)
    pixels = np.rot90(np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride), 1)
    height, width = pixels.shape
    scanned = pymupdf.open()
    sheet = scanned.new_page(width=width * 72 / 150, height=height * 72 / 150)
    picture = pymupdf.Pixmap(pymupdf.csGRAY, width, height, np.ascontiguousarray(pixels).tobytes(), 0)
    sheet.insert_image(sheet.rect, stream=picture.tobytes("png"))
    scanned.save(tmp_path / "scan.pdf")
    out = tmp_path / "out.pdf"
    redact_file(reading_worker, Limits(), tmp_path / "scan.pdf", out, lambda _: Request((SECRET,)), Options())
    shown = pymupdf.open(out)[0].get_pixmap(dpi=72, colorspace=pymupdf.csGRAY)
    grey = np.frombuffer(shown.samples, np.uint8).reshape(shown.height, shown.stride)[:, : shown.width]
    upright = np.rot90(grey, -1)
    left, top, right, bottom = PLACE
    assert (upright[top + 4 : bottom - 4, left + 4 : right - 4] < 60).mean() > 0.95
    assert (upright[80:95, 72:330] > 200).any()


def test_boxes_of_turned_pictures_come_back_to_where_they_stood() -> None:
    marked = np.zeros((30, 50), np.uint8)
    marked[4:9, 10:17] = 1
    for quarters in (1, 2, 3):
        rows, columns = np.nonzero(np.rot90(marked, quarters))
        turned = Box(1, columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        assert _back(turned, quarters, 50, 30) == Box(1, 10, 4, 17, 9)


def test_a_page_that_recognition_makes_nothing_of_is_not_legible() -> None:
    box = Box(1, 0, 0, 1, 1)
    assert legible(())
    assert legible((Word("按时报送", box, 0.9), Word("杂乱", box, 0.1)))
    assert not legible((Word("杂乱杂乱", box, 0.3), Word("报送", box, 0.9)))
