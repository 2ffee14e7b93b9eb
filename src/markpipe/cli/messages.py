"""Chinese for what click itself says, whatever the language of the environment, and helps laid out by display width.

Does not hold the program's own messages: those are written in Chinese where they arise.
"""

from __future__ import annotations

import gettext
import os
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import click

from markpipe.text.printable import display_width

LOCALE_DIR = Path(__file__).parent / "locale"
DOMAIN = "markpipe"
_NO_LINE_START = "，。；：、！？）】〕》”’…"
_NO_LINE_END = "（【〔《“‘"
_INDENT_LIMIT = 26


def install() -> None:
    """Make click speak Chinese and lay out its help by display width; calling it again changes nothing."""
    os.environ["LANGUAGE"] = "zh_CN"  # gettext looks here first, before LC_ALL and LANG
    gettext.bindtextdomain(DOMAIN, LOCALE_DIR)
    gettext.textdomain(DOMAIN)
    click.Context.formatter_class = ChineseFormatter


def prepare_streams() -> None:
    """Write UTF-8 also under LANG=C; a terminal that speaks GB 18030 keeps its encoding.  Odd bytes are escaped."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            encoding = stream.encoding if stream.isatty() and _speaks_chinese(stream) else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _speaks_chinese(stream: TextIO) -> bool:
    try:
        "秘密★〔〕".encode(stream.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def wrap(text: str, width: int) -> list[str]:
    """Break one paragraph into lines of at most `width` columns.

    Lines break between Chinese characters or at spaces; closing punctuation does not begin a line and opening
    punctuation does not end one (such a line may be two columns longer).
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if display_width(line) + display_width(piece.rstrip()) > width and line.strip():
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip(" ")
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterable[str]:
    """The smallest pieces that a line may be broken between."""
    piece = ""
    for char in text:
        wide = unicodedata.east_asian_width(char) in "WF" or char in _NO_LINE_START + _NO_LINE_END
        previous = piece[-1:]
        glued = previous in _NO_LINE_END or char in _NO_LINE_START or char == " "
        after_wide = bool(previous) and (unicodedata.east_asian_width(previous) in "WF" or previous in _NO_LINE_START)
        if piece and not glued and (wide or after_wide or previous == " "):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


class ChineseFormatter(click.HelpFormatter):
    """click's help, with columns that fit although a Chinese character takes two."""

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':{self.current_indent}}{heading}：\n")

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        start = f"{'':{self.current_indent}}{prefix or gettext.gettext('Usage:')}{prog} "
        indent = min(display_width(start), _INDENT_LIMIT)
        lines = wrap(args, self.width - indent) or [""]
        self.write((start + lines[0]).rstrip() + "\n")
        for line in lines[1:]:
            self.write(f"{'':{indent}}{line}\n")

    def write_text(self, text: str) -> None:
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write("\n")
            for line in _paragraph_lines(paragraph, self.width - self.current_indent):
                self.write(f"{'':{self.current_indent}}{line}".rstrip() + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows = list(rows)
        first_column = min(max((display_width(first) for first, _ in rows), default=0), col_max) + col_spacing
        text_width = max(self.width - first_column - self.current_indent, 10)
        for first, second in rows:
            lines = [line for paragraph in second.split("\n\n") for line in _paragraph_lines(paragraph, text_width)]
            head = f"{'':{self.current_indent}}{first}"
            room = first_column - display_width(first)
            if room < col_spacing and lines:  # too long to have the text beside it
                self.write(f"{head}\n")
                head, room = "", first_column + self.current_indent
            self.write(f"{head}{'':{room}}{lines[0]}\n" if lines else f"{head}\n")
            for line in lines[1:]:
                self.write(f"{'':{first_column + self.current_indent}}{line}\n")


def _paragraph_lines(paragraph: str, width: int) -> list[str]:
    """The lines of a paragraph; one that begins with click's backspace keeps the lines it was written in."""
    lines = [line.strip() for line in paragraph.strip("\n").splitlines()]
    if lines and lines[0] == "\b":
        return [line.rstrip() for line in paragraph.strip("\n").splitlines()[1:]]
    return wrap(_joined(lines), width)


def _joined(lines: list[str]) -> str:
    """One line out of several: no space where a line ends or begins with a Chinese character."""
    text = ""
    for line in lines:
        between = text and line and ord(text[-1]) < 0x2000 and ord(line[0]) < 0x2000
        text += f" {line}" if between else line
    return text
