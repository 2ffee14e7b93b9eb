"""Born-digital PDF files that hide nothing, built by code: the same bytes on every run."""

from __future__ import annotations

import random

import pymupdf

_WORDS = (
    "各单位应当按照年度工作安排抓好落实进一步健全制度明确责任加强检查及时报送情况对发现的问题限期整改"
    "完善预案组织培训定期演练确保安全运行做好资料归档和经费保障工作统筹协调相关部门形成合力"
)


def sentence(chance: random.Random) -> str:
    """Some words that mean little, with a stop."""
    start = chance.randrange(len(_WORDS) - 30)
    return _WORDS[start : start + chance.randint(12, 28)] + chance.choice("，，，。")


def prose(pages: int = 60) -> bytes:
    """Running text, thirty lines a page, one embedded font, a title and a page number."""
    chance = random.Random(1)
    document = pymupdf.open()
    for number in range(pages):
        page = document.new_page()
        page.insert_text((180, 80), f"第{number + 1}部分 工作安排", fontname="china-s", fontsize=18)
        text = "".join(sentence(chance) for _ in range(42))
        page.insert_textbox((72, 110, 523, 760), text, fontname="china-s", fontsize=14, lineheight=1.5)
        page.insert_text((290, 800), str(number + 1), fontname="china-s", fontsize=10)
    document.set_metadata({"title": "工作安排"})
    return bytes(document.tobytes(garbage=3, deflate=True))


def _content(document: pymupdf.Document, page: pymupdf.Page, operators: str) -> None:
    """Give a page one content stream, as office programs write it, beside a character that brings the font."""
    page.insert_text((72, 60), "样本文字", fontname="china-s", fontsize=12)
    xref = page.get_contents()[0]
    document.update_stream(xref, operators.encode("ascii") + document.xref_stream(xref))


def _show(text: str, x: float, y: float, size: int = 12) -> str:
    return f"BT /china-s {size} Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET\n"


def tables(pages: int = 40) -> bytes:
    """Tables with ruled cells (thin filled bars) and a shaded heading row, eighty cells a page."""
    chance = random.Random(2)
    document = pymupdf.open()
    for _ in range(pages):
        operators = "0.9 0.9 0.95 rg 60 746 480 34 re f 0 g\n"
        for row in range(20):
            for column in range(4):
                x, y = 60 + column * 120, 746 - row * 34
                operators += f"{x} {y} 120 0.5 re f {x} {y} 0.5 34 re f\n" + _show(
                    f"{row * 4 + column:02}{sentence(chance)[:6]}", x + 6, y + 12
                )
        _content(document, document.new_page(), operators)
    return bytes(document.tobytes(garbage=3, deflate=True))


def office(pages: int = 40, *, every_line: bool = False) -> bytes:
    """Text inside a clip as large as the page, as Word and browsers write it; links and bookmarks too.

    With `every_line` each line has a clip of its own, which costs a second look at the page.
    """
    chance = random.Random(3)
    document = pymupdf.open()
    outline = []
    for number in range(pages):
        lines = "" if every_line else "q 0 0 595 842 re W* n\n"
        for row in range(28):
            y = 750 - row * 24
            line = _show(sentence(chance), 72, y)
            lines += f"q 60 {y - 6} 480 22 re W* n {line} Q\n" if every_line else line
        page = document.new_page()
        _content(document, page, lines if every_line else lines + "Q\n")
        page.insert_link(
            {"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(72, 50, 200, 70), "uri": "https://example.invalid/"}
        )
        outline.append([1, f"第{number + 1}章", number + 1])
    document.set_toc(outline)
    return bytes(document.tobytes(garbage=3, deflate=True))


FILES = {"prose": prose, "tables": tables, "office": office}
