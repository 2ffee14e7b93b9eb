"""What Poppler sees in a PDF: words with their boxes, and ink.  Lengths are mm on the page as displayed.

Poppler shares no code with what writes our PDFs, which is why the check asks it.  It ignores UserUnit, so that is
multiplied in here.  Nothing is judged in this module.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from markpipe.errors import OutputError

MM_PER_POINT = 25.4 / 72
_DPI = 150
_SECONDS = 180
_TAG = re.compile(
    r'<page width="(?P<pw>[\d.]+)" height="(?P<ph>[\d.]+)">|<(?P<line>line) |'
    r'<word xMin="(?P<x0>-?[\d.]+)" yMin="(?P<y0>-?[\d.]+)" xMax="(?P<x1>-?[\d.]+)" yMax="(?P<y1>-?[\d.]+)">'
    r"(?P<text>.*?)</word>",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word where it stands; `line` tells the lines of a page apart."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    line: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its number from 1, its size, its UserUnit and its words."""

    number: int
    width: float
    height: float
    unit: float
    words: tuple[Word, ...]


def read_sheet(path: Path, number: int, unit: float = 1.0, *, turned: bool = False) -> Sheet:
    """The words of one page (`turned`: shown a quarter round, for which Poppler names the size before turning).

    `OutputError` when Poppler is missing or cannot read the file.
    """
    output = run("pdftotext", "-bbox-layout", "-cropbox", "-f", str(number), "-l", str(number), str(path), "-")
    width = height = 0.0
    line = 0
    words = []
    scale = unit * MM_PER_POINT
    for tag in _TAG.finditer(output.decode("utf-8", "replace")):
        if tag["pw"]:
            width, height = float(tag["pw"]) * scale, float(tag["ph"]) * scale
        elif tag["line"]:
            line += 1
        else:
            x0, y0, x1, y1 = (float(tag[name]) * scale for name in ("x0", "y0", "x1", "y1"))
            words.append(Word(html.unescape(tag["text"]), x0, y0, x1, y1, line))
    if turned:
        width, height = height, width
    return Sheet(number, width, height, unit, tuple(words))


def render(path: Path, sheet: Sheet) -> Ink:
    """The page as Poppler shows it, annotations and all."""
    page = ("-f", str(sheet.number), "-l", str(sheet.number), "-cropbox", "-r", str(_DPI), "-gray")
    data = run("pdftoppm", *page, str(path))
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", data)
    if head is None:
        raise OutputError("pdftoppm 没有给出可核对的图像", "请检查 poppler-utils 是否完好")
    columns, rows = int(head[1]), int(head[2])
    pixels = np.frombuffer(data, np.uint8, columns * rows, head.end()).reshape(rows, columns)
    return Ink(pixels, _DPI / 25.4 / sheet.unit)


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """A rendered page in grey and its pixels per mm."""

    pixels: np.ndarray
    scale: float

    def darkness(self, box: tuple[float, float, float, float]) -> np.ndarray:
        """How much darker than the paper each pixel of a box is, 0–255; the paper is the lightest tenth of the box."""
        x0, y0, x1, y1 = (max(0, round(value * self.scale)) for value in box)
        area = self.pixels[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)].astype(np.int16)
        if not area.size:
            return np.zeros((1, 1), np.int16)
        return np.clip(np.percentile(area, 90) - area, 0, 255).astype(np.int16)


def run(tool: str, *arguments: str) -> bytes:
    """What a Poppler tool answers; `OutputError` where it is missing, late or fails."""
    command = shutil.which(tool)
    if command is None:
        raise OutputError(
            f"没有 {tool}，写出的文件无法核对", "请安装 poppler-utils（如 apt-get install poppler-utils）"
        )
    try:
        done = subprocess.run([command, *arguments], capture_output=True, check=False, timeout=_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise OutputError(f"{tool} 超时，写出的文件没有核对完", "请稍后重试，或拆分文件") from error
    if done.returncode:
        raise OutputError(f"{tool} 读不了写出的文件（退出码 {done.returncode}）", "原文件可能已损坏，请重新导出后提交")
    return done.stdout
