"""Text recognition of a rendered page with Tesseract, for the check alone: characters with boxes, and where words stand.

Recognition misreads; a word counts as there when at most a quarter of its characters differ.  Nothing is learnt or
downloaded; a machine without Tesseract or its Chinese data says so.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from markpipe.errors import OutputError
from markpipe.model.document import Box
from markpipe.model.recognition import without_rules
from markpipe.proof.words import nearly, plain
from markpipe.redaction.result import Word

_SECONDS = 300
_LANGUAGE = "chi_sim"
_RIM = 2.0
_SURE, _MOSTLY, _FEW = 0.6, 0.5, 6


@dataclass(frozen=True, slots=True)
class Char:
    """A recognised character, folded, and its place on the page in points."""

    text: str
    box: Box


@cache
def available() -> bool:
    """Whether Tesseract and its data for Chinese are there."""
    command = shutil.which("tesseract")
    if command is None:
        return False
    done = subprocess.run([command, "--list-langs"], capture_output=True, check=False, timeout=60)
    return _LANGUAGE.encode() in done.stdout.split()


def recognise(image: bytes, page: int, scale: float) -> tuple[Word, ...]:
    """The words of a picture (PNM or PNG); `scale` is pixels a point.  `OutputError` where recognition fails."""
    command = shutil.which("tesseract")
    if command is None:
        raise OutputError("没有 tesseract，图像中的文字无法核对", "请安装 tesseract-ocr 和 tesseract-ocr-chi-sim")
    try:
        done = subprocess.run(
            [command, "stdin", "stdout", "-l", _LANGUAGE, "--psm", "6", "tsv"],
            input=_without_rules(image, int(scale * 72)),
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise OutputError(f"第{page}页文字识别超时，没有核对完", "请稍后重试，或拆分文件") from error
    if done.returncode:
        raise OutputError(f"第{page}页文字识别失败（退出码 {done.returncode}）", "请检查 tesseract 及其中文数据")
    return tuple(_words(done.stdout.decode("utf-8", "replace"), page, scale))


def turned_places(
    image: bytes, page: int, scale: float, terms: tuple[str, ...], said: str
) -> list[tuple[int, tuple[Box, ...]]]:
    """Where a picture says a term when it is turned by a quarter, a half or three quarters; boxes as it stands.

    Asked for pages of which recognition made nothing (`legible`): scans lie sideways or upside down.
    """
    with Image.open(io.BytesIO(image)) as opened:
        pixels = np.asarray(opened.convert("L"))
    height, width = (length / scale for length in pixels.shape)
    found = []
    for quarters in (1, 2, 3):
        turned = np.rot90(pixels, quarters)
        words = recognise(_pnm(turned), page, scale)
        for number, boxes in places_of(terms, words, said):
            found.append((number, tuple(_back(box, quarters, width, height) for box in boxes)))
    return found


def legible(words: tuple[Word, ...]) -> bool:
    """Whether recognition was sure of most of what it read (or there was next to nothing to read)."""
    sizes = [len(word.text) for word in words]
    sure = sum(size for size, word in zip(sizes, words, strict=True) if word.confidence >= _SURE)
    return sum(sizes) < _FEW or sure >= _MOSTLY * sum(sizes)


def _back(box: Box, quarters: int, width: float, height: float) -> Box:
    """A box of a picture that was turned against the clock, on the picture (width, height) as it stood."""
    match quarters:
        case 1:
            return Box(box.page, width - box.bottom, box.left, width - box.top, box.right)
        case 2:
            return Box(box.page, width - box.right, height - box.bottom, width - box.left, height - box.top)
        case _:
            return Box(box.page, box.top, height - box.right, box.bottom, height - box.left)


def _pnm(pixels: npt.NDArray[np.uint8]) -> bytes:
    return b"P5 %d %d 255\n" % (pixels.shape[1], pixels.shape[0]) + np.ascontiguousarray(pixels).tobytes()


def _without_rules(image: bytes, dpi: int) -> bytes:
    """Grey PNM without the rules of tables; as it came where the picture cannot be opened (Tesseract may know it)."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            pixels = without_rules(np.asarray(opened.convert("L")), dpi)
    except (OSError, ValueError, SyntaxError):
        return image
    return _pnm(pixels)


def _words(table: str, page: int, scale: float) -> list[Word]:
    found: list[Word] = []
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if row.get("level") != "5" or not text:
            continue
        left, top, width, height = (float(row[name]) / scale for name in ("left", "top", "width", "height"))
        sure = float(row.get("conf") or 0) / 100
        found.append(Word(text, Box(page, left, top, left + width, top + height), sure))
    return found


def characters(words: tuple[Word, ...]) -> list[Char]:
    """The characters of words, each with its share of the word's box."""
    found: list[Char] = []
    for word in words:
        step = (word.box.right - word.box.left) / len(word.text)
        for place, char in enumerate(word.text):
            left = word.box.left + step * place
            box = Box(word.box.page, left, word.box.top, left + step, word.box.bottom)
            found.extend(Char(folded, box) for folded in plain(char))
    return found


def places_of(terms: tuple[str, ...], words: tuple[Word, ...], said: str) -> list[tuple[int, tuple[Box, ...]]]:
    """Where recognised words say a term: its number and the boxes, one a line.

    `said` is the folded text layer: a near miss that the text layer says in exactly that form is no misreading.
    """
    chars = characters(words)
    text = "".join(char.text for char in chars)
    found = []
    for number, term in enumerate(terms):
        needle = plain(term)
        if len(needle) < 2:
            continue
        for start in nearly(needle, text):
            read = text[start : start + len(needle)]
            if read != needle and read in said:
                continue
            found.append((number, _lines(chars[start : start + len(needle)])))
    return found


def _lines(chars: list[Char]) -> tuple[Box, ...]:
    lines: list[Box] = []
    for char in chars:
        box = char.box
        if lines and min(box.bottom, lines[-1].bottom) - max(box.top, lines[-1].top) > 0.3 * (box.bottom - box.top):
            last = lines[-1]
            lines[-1] = Box(
                box.page,
                min(box.left, last.left),
                min(box.top, last.top),
                max(box.right, last.right),
                max(box.bottom, last.bottom),
            )
        else:
            lines.append(box)
    # a recognised word's box is shared out evenly, so a character may stand half a width beside its share
    side = max((0.6 * (char.box.right - char.box.left) for char in chars), default=_RIM) + _RIM
    return tuple(Box(b.page, b.left - side, b.top - _RIM, b.right + side, b.bottom + _RIM) for b in lines)
