"""What readers ask of text recognition, and what the command's table becomes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from markpipe.model.document import UnreadReason
from markpipe.model.recognition import (
    Mode,
    NoRecogniser,
    NotRecognisedError,
    Picture,
    Recognised,
    without_rules,
)
from markpipe.ocr import tesseract
from markpipe.ocr.tesseract import Tesseract, parse_tsv

PICTURE = Picture(b"\xff" * 100, 10, 10, 200)
HEAD = "level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext"


def row(line: int, word: int, left: int, width: int, text: str, confidence: float = 90.0) -> str:
    return f"5\t1\t1\t1\t{line}\t{word}\t{left}\t10\t{width}\t20\t{confidence}\t{text}"


def test_words_of_a_chinese_line_stand_together() -> None:
    table = "\n".join([HEAD, "4\t1\t1\t1\t1\t0\t0\t0\t9\t9\t-1\t", row(1, 1, 0, 40, "关于"), row(1, 2, 40, 20, "做")])
    found = parse_tsv(table)
    assert found.text == "关于做\n"
    assert found.boxes[:3].tolist() == [[0, 10, 20, 30], [20, 10, 40, 30], [40, 10, 60, 30]]
    assert np.isnan(found.boxes[3]).all()
    assert found.confidence == pytest.approx(0.9)


def test_latin_words_keep_their_spaces_and_lines_end() -> None:
    table = "\n".join(
        [HEAD, row(1, 1, 0, 10, "No"), row(1, 2, 12, 10, "12"), row(2, 1, 0, 10, "号"), row(2, 2, 0, 1, " ")]
    )
    found = parse_tsv(table)
    assert found.text == "No 12\n号\n"
    assert found.boxes.shape == (len(found.text), 4)


def test_an_empty_table_is_no_text() -> None:
    found = parse_tsv(HEAD + "\nbroken line\n")
    assert (found.text, found.boxes.shape, found.confidence) == ("", (0, 4), 0.0)


def test_nobody_looks_when_recognition_is_off(tmp_path: Path) -> None:
    for recogniser in (NoRecogniser(), Tesseract(tmp_path, Mode.NEVER)):
        assert recogniser.mode is Mode.NEVER
        with pytest.raises(NotRecognisedError) as caught:
            recogniser.recognise(PICTURE)
        assert caught.value.reason is UnreadReason.OCR_OFF


def test_without_the_command_or_the_time_the_reason_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotRecognisedError) as caught:
        Tesseract(tmp_path, seconds=-1).recognise(PICTURE)
    assert "时间" in caught.value.detail
    monkeypatch.setattr(tesseract, "available", lambda: False)
    with pytest.raises(NotRecognisedError) as caught:
        Tesseract(tmp_path).recognise(PICTURE)
    assert "没有安装" in caught.value.detail


@pytest.mark.parametrize(
    "error", [subprocess.TimeoutExpired("tesseract", 1), OSError(), subprocess.CalledProcessError(1, "tesseract")]
)
def test_a_command_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(tesseract, "available", lambda: True)
    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(NotRecognisedError) as caught:
        Tesseract(tmp_path).recognise(PICTURE)
    assert caught.value.reason is UnreadReason.NO_TEXT


def test_what_a_picture_said_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def answer(*_: object, **__: object) -> subprocess.CompletedProcess[bytes]:
        calls.append(1)
        return subprocess.CompletedProcess([], 0, f"{HEAD}\n{row(1, 1, 0, 40, '通知')}\n".encode())

    monkeypatch.setattr(tesseract, "available", lambda: True)
    monkeypatch.setattr(subprocess, "run", answer)
    recogniser = Tesseract(tmp_path)
    first, second = recogniser.recognise(PICTURE), Tesseract(tmp_path).recognise(PICTURE)
    assert isinstance(first, Recognised)
    assert first.text == second.text == "通知\n"
    assert len(calls) == 1
    (kept,) = (tmp_path / "ocr").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_the_rules_of_a_table_become_white_and_strokes_and_areas_stay() -> None:
    pixels = np.full((400, 400), 255, dtype=np.uint8)
    pixels[50:53, 20:380] = 0  # a rule across
    pixels[20:380, 70:72] = 0  # a rule down
    pixels[100:104, 100:220] = 0  # a stroke of large type
    pixels[200:300, 150:390] = 0  # a filled area
    clean = without_rules(pixels, 200)
    assert (clean[49:54, 80:380] == 255).all()
    assert (clean[60:380, 69:73] == 255).all()
    assert (clean[100:104, 100:220] == 0).all()
    assert (clean[200:300, 150:390] == 0).all()


def test_white_text_on_black_has_no_rules() -> None:
    dark = np.zeros((200, 400), dtype=np.uint8)
    dark[80:110, 60:90] = dark[80:110, 120:150] = 255
    assert without_rules(dark, 200) is dark
