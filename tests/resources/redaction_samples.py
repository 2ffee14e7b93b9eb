"""Bad redactions of ten kinds and honest files, built by code: each bad one still holds the phrase that it seems to hide."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pymupdf

PHRASES = ("青岚十一号库区", "沉香渡口值守点", "梧桐坡观测房")
PUBLIC = "各单位要在月底前报送工作总结"
FONT = "china-s"


def page_with(text: str = "", *, size: float = 16) -> tuple[Any, Any]:
    """A document and its page with a public sentence, and a text at (72, 200)."""
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 120), PUBLIC, fontname=FONT, fontsize=14)
    if text:
        page.insert_text((72, 200), text, fontname=FONT, fontsize=size)
    return document, page


def area(text: str, size: float = 16) -> pymupdf.Rect:
    """Where the text of `page_with` stands."""
    return pymupdf.Rect(70, 200 - size, 74 + size * len(text), 200 + 0.3 * size)


def saved(document: Any) -> bytes:
    return bytes(document.tobytes(garbage=3, deflate=True))


def box(text: str) -> bytes:
    document, page = page_with(text)
    page.draw_rect(area(text), color=(0, 0, 0), fill=(0, 0, 0))
    return saved(document)


def white_box(text: str) -> bytes:
    document, page = page_with(text)
    page.draw_rect(area(text), color=(1, 1, 1), fill=(1, 1, 1))
    page.insert_text((74, 199), "（略）", fontname=FONT, fontsize=10)
    return saved(document)


def hatching(text: str) -> bytes:
    document, page = page_with(text)
    rect = area(text)
    for step in range(int(rect.width // 3) + 1):
        x = rect.x0 + 3 * step
        page.draw_line((x, rect.y0), (x + 4, rect.y1), width=1.4)
        page.draw_line((x + 4, rect.y0), (x, rect.y1), width=1.4)
    return saved(document)


def image_over(text: str) -> bytes:
    document, page = page_with(text)
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 60, 20), False)
    pixmap.clear_with(90)
    page.insert_image(area(text), pixmap=pixmap, keep_proportion=False)
    return saved(document)


def translucent(text: str) -> bytes:
    document, page = page_with(text)
    page.draw_rect(area(text), color=None, fill=(0, 0, 0), fill_opacity=0.94)
    page.draw_rect(area(text), color=None, fill=(0, 0, 0), fill_opacity=0.94)
    return saved(document)


def dark_highlight(text: str) -> bytes:
    document, page = page_with(text)
    annotation = page.add_highlight_annot(area(text))
    annotation.set_colors(stroke=(0, 0, 0))
    annotation.update()
    return saved(document)


def square_annotation(text: str) -> bytes:
    document, page = page_with(text)
    annotation = page.add_rect_annot(area(text))
    annotation.set_colors(stroke=(0, 0, 0), fill=(0, 0, 0))
    annotation.update()
    return saved(document)


def unapplied(text: str) -> bytes:
    document, page = page_with(text)
    page.add_redact_annot(area(text), fill=(0, 0, 0))
    return saved(document)


def drawn(text: str, *, lines: int = 3) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Grey pixels of a small scanned page: the text between sharp public lines."""
    document = pymupdf.open()
    page = document.new_page(width=360, height=60 + 40 * lines)
    page.insert_text((20, 50), text, fontname=FONT, fontsize=26)
    for line in range(lines):
        page.insert_text((20, 90 + 40 * line), PUBLIC, fontname=FONT, fontsize=18)
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(2, 2), colorspace=pymupdf.csGRAY, alpha=False)
    return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)[:, : pixmap.width].copy()


def scanned(grey: np.ndarray[Any, np.dtype[np.uint8]], *, over: pymupdf.Rect | None = None) -> bytes:
    """A page whose picture has these pixels; `over` is painted black in page points."""
    document, page = page_with()
    height, width = grey.shape
    pixmap = pymupdf.Pixmap(pymupdf.csGRAY, width, height, grey.tobytes(), 0)
    page.insert_image(pymupdf.Rect(72, 200, 72 + width / 2, 200 + height / 2), pixmap=pixmap)
    if over is not None:
        page.draw_rect(over, color=(0, 0, 0), fill=(0, 0, 0))
    return saved(document)


def picture_under_box(text: str) -> bytes:
    return scanned(drawn(text), over=pymupdf.Rect(85, 222, 330, 262))


def pixelated(text: str) -> bytes:
    grey = drawn(text)
    part = grey[40:120, 32:600]
    rows, columns = part.shape[0] // 10, part.shape[1] // 10
    small = part[: rows * 10, : columns * 10].reshape(rows, 10, columns, 10).mean(axis=(1, 3))
    grey[40 : 40 + rows * 10, 32 : 32 + columns * 10] = np.kron(small, np.ones((10, 10))).astype(np.uint8)
    return scanned(grey)


def blurred(text: str) -> bytes:
    grey = drawn(text)
    part = grey[30:130, 20:620].astype(np.float64)
    kernel = np.ones(17) / 17
    for _ in range(2):
        part = np.apply_along_axis(lambda row: np.convolve(row, kernel, "same"), 1, np.pad(part, 8, "edge"))[8:-8, 8:-8]
        part = np.apply_along_axis(lambda row: np.convolve(row, kernel, "same"), 0, np.pad(part, 8, "edge"))[8:-8, 8:-8]
    grey[30:130, 20:620] = part.astype(np.uint8)
    return scanned(grey)


def cropped(text: str) -> bytes:
    import pikepdf

    with pikepdf.open(io.BytesIO(scanned(drawn(text)))) as pdf:
        page = pdf.pages[0]
        page.contents_coalesce()
        content = page.Contents.read_bytes()
        at = content.rfind(b"/fzImg") if b"/fzImg" in content else content.rfind(b" Do")
        start = content.rfind(b"q", 0, at)
        clipped = content[:start] + b"q 72 450 400 120 re W n " + content[start:] + b" Q"
        page.Contents = pdf.make_stream(clipped)
        target = io.BytesIO()
        pdf.save(target)
        return target.getvalue()


def charset(text: str) -> bytes:
    """The glyphs of the phrase were taken off the page; the subset font still lists its characters."""
    document, page = page_with(text)
    used = sorted(set(PUBLIC + text))
    font = next(int(item[0]) for item in page.get_fonts())
    codes = [char.encode("utf-16-be").hex() for char in used]
    rows = "".join(f"<{code}> <{code}>\n" for code in codes)
    table = f"{len(used)} beginbfchar\n{rows}endbfchar\n"
    number = document.get_new_xref()
    document.update_object(number, "<<>>")
    document.update_stream(number, table.encode())
    document.xref_set_key(font, "BaseFont", "/ABCDEF+Songti")
    document.xref_set_key(font, "ToUnicode", f"{number} 0 R")
    content = page.read_contents()
    shown = content.rfind(b"BT")
    document.update_stream(page.get_contents()[-1], b"" if len(page.get_contents()) > 1 else content[:shown])
    return saved(document)


BAD: dict[str, tuple[Callable[[str], bytes], str]] = {
    "box": (box, "covered-box"),
    "white box": (white_box, "covered-box"),
    "hatching": (hatching, "covered-hatching"),
    "image": (image_over, "covered-image"),
    "translucent": (translucent, "covered-translucent"),
    "dark highlight": (dark_highlight, "covered-highlight"),
    "annotation": (square_annotation, "covered-annotation"),
    "unapplied": (unapplied, "covered-unapplied"),
    "picture under box": (picture_under_box, "covered-picture"),
    "mosaic": (pixelated, "covered-mosaic"),
    "blur": (blurred, "covered-blur"),
    "cropped": (cropped, "covered-cropped"),
    "charset": (charset, "residue-charset"),
}


def honest() -> dict[str, bytes]:
    """Thirty files in which nothing is hidden."""
    files: dict[str, bytes] = {}
    for n in range(5):
        document, page = page_with("季度数据表")
        for row in range(6):
            for column in range(4):
                cell = pymupdf.Rect(72 + 90 * column, 220 + 24 * row, 162 + 90 * column, 244 + 24 * row)
                page.draw_rect(cell, width=0.5 + 0.2 * n)
                page.insert_text((cell.x0 + 4, cell.y1 - 7), f"第{row}项{column}", fontname=FONT, fontsize=11)
        files[f"table {n}"] = saved(document)
        document, page = page_with("彩色表头")
        for row in range(5):
            cell = pymupdf.Rect(72, 220 + 26 * row, 400, 246 + 26 * row)
            shade = (0.1 + 0.15 * n, 0.3, 0.6) if row == 0 else (0.9, 0.95 - 0.02 * n, 1)
            page.draw_rect(cell, color=None, fill=shade)
            ink = (1, 1, 1) if row == 0 else (0, 0, 0)
            page.insert_text((cell.x0 + 6, cell.y1 - 8), f"单元格文字{row}", fontname=FONT, fontsize=12, color=ink)
        files[f"coloured {n}"] = saved(document)
        document, page = page_with()
        page.draw_rect((60, 180, 400, 220), color=(0, 0, 0), fill=(0, 0, 0) if n % 2 else (0.8, 0, 0))
        page.insert_text((72, 205), f"深色底上的文字之{n}", fontname=FONT, fontsize=16, color=(1, 1, 1))
        page.draw_line((72, 300), (300, 300), width=1)
        page.insert_text((72, 298), "带下划线的文字", fontname=FONT, fontsize=14)
        files[f"over box {n}"] = saved(document)
        document, page = page_with("登记表")
        for row in range(3):
            page.insert_text((72, 250 + 40 * row), "姓名" if row % 2 else "单位", fontname=FONT, fontsize=14)
            widget = pymupdf.Widget()
            widget.field_name = f"f{n}_{row}"
            widget.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
            widget.rect = pymupdf.Rect(130, 234 + 40 * row, 320, 256 + 40 * row)
            page.add_widget(widget)
        files[f"form {n}"] = saved(document)
        document, page = page_with("黄色标注的句子")
        page.draw_rect(area("黄色标注的句子"), color=None, fill=(1, 1, 0.2 * n), fill_opacity=0.4)
        annotation = page.add_highlight_annot(pymupdf.Rect(70, 108, 200, 124))
        annotation.update()
        files[f"marked {n}"] = saved(document)
        grey = drawn(f"扫描件正文第{n}号", lines=2 + n)
        files[f"scan {n}"] = scanned(grey)
    return files
