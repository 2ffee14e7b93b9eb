"""A PDF as it goes on paper: every page the way its text is read, and room for the marks on the first.

::

    the filters of CUPS              here                          the first page, where it has no room
    ┌────────┐                       ┌────────────┐                ┌────────────┐
    │ ┐ ┐ ┐  │  text runs down or    │ ───────    │                │            │ BAND_MM
    │ │ │ │  │  up the sheet   ──▶   │ ───────    │       ──▶      │  ───────   │ the whole page, smaller
    └────────┘                       └────────────┘                └────────────┘

A landscape page or two pages on a sheet come turned onto upright paper; marks would stand across the text.  N-up and
page ranges leave nobody a blank line to mark.  For printed copies alone: an electronic file is never laid out anew.
"""

from __future__ import annotations

from collections import Counter

import pymupdf
from pikepdf import Array, Dictionary, Matrix, Name, Page, Pdf, Stream

from markpipe.errors import OutputError
from markpipe.formats.pdf.mark import broken_structure, open_pdf, save, to_user_space, visible_box
from markpipe.marking.plan import POINTS_PER_MM

BAND_MM = 32.0
_MOST = 0.9
"""The share of a page's text that has to run one way before the page is turned."""
_LEAST = 0.6
"""A page is not made smaller than this."""
_TURNS = {(1, 0): 0, (0, -1): 90, (-1, 0): 180, (0, 1): 270}


def on_paper(data: bytes, *, band: bool) -> bytes:
    """Every page upright and, with `band`, the top of the first one empty.  `OutputError` as for `mark`."""
    laid = upright(data)
    return with_band(laid) if band else laid


def upright(data: bytes) -> bytes:
    """The PDF with each page turned so that its text runs from left to right; the same bytes where it does."""
    with open_pdf(data) as pdf, broken_structure():
        with pymupdf.open(stream=data, filetype="pdf") as document:
            turns = {page.number: turn for page in document if (turn := _turn(page)) not in (None, page.rotation)}
        for number, turn in turns.items():
            pdf.pages[number].obj.Rotate = turn
        return save(pdf) if turns else data


def _turn(page: pymupdf.Page) -> int | None:
    """The rotation under which most of a page's text is upright; None where it says nothing.

    Lines set from top to bottom (WMode 1) run down an upright page and do not count.
    """
    ways: Counter[tuple[int, int]] = Counter()
    for block in page.get_text("dict", flags=pymupdf.TEXT_MEDIABOX_CLIP)["blocks"]:
        for line in block.get("lines", ()):
            if line["wmode"] == 0:
                way = (round(line["dir"][0]), round(line["dir"][1]))
                ways[way] += sum(len(span["text"].strip()) for span in line["spans"])
    total = ways.total()
    way, count = ways.most_common(1)[0] if total else ((0, 0), 0)
    return _TURNS.get(way) if total and count >= _MOST * total else None


def with_band(data: bytes) -> bytes:
    """The PDF with its first page made smaller, at the bottom and in the middle, so that a band at the top is empty.

    `OutputError` for a page that is too small, and for one with annotations, which would stay where they are.
    """
    with open_pdf(data) as pdf, broken_structure():
        page = pdf.pages[0]
        if len(page.obj.get("/Annots", [])):
            raise OutputError("首页有批注或表单，不能缩小以留出标志的位置", "请在首页留出空白，或打印为 PDF 后再提交")
        _shrink(pdf, page)
        return save(pdf)


def _shrink(pdf: Pdf, page: Page) -> None:
    """Put the page on itself, smaller: to the bottom and the middle, as displayed."""
    x0, y0, x1, y1 = visible_box(page)
    shown = Matrix(*to_user_space(page))
    (left, low), (right, high) = ((shown.inverse().transform(corner)) for corner in ((x0, y0), (x1, y1)))
    width, height = abs(right - left), abs(high - low)
    scale = 1 - BAND_MM * POINTS_PER_MM / height
    if scale < _LEAST:
        raise OutputError("首页太小，放不下份号、国家秘密标志", "请改用较大的纸张")
    smaller = shown.inverse() @ Matrix(scale, 0, 0, scale, width * (1 - scale) / 2, 0) @ shown
    page.contents_coalesce()
    form = Stream(pdf, page.obj.Contents.read_bytes() if "/Contents" in page.obj else b"")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([x0, y0, x1, y1])
    form.Resources = page.resources
    if "/Group" in page.obj:
        form.Group = page.obj.Group
    page.obj.Contents = pdf.make_stream(b"q %s cm /MpPage Do Q" % smaller.encode())
    page.obj.Resources = Dictionary(XObject=Dictionary({"/MpPage": form}))
