"""Properties that hold for every text: what is found at a place is the text that was found, and no file is too broken
for an outcome."""

from __future__ import annotations

import io
import random

import docx
import numpy as np
import pymupdf
import pytest
from hiding import docx_places, pdf_objects, pdf_pages
from hiding.docxfile import body, paragraph, run
from hiding.pdffile import FONT, Pdf, hexed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markpipe.formats.docx.read import read as read_docx
from markpipe.formats.pdf.boxes import boxes
from markpipe.formats.pdf.read import read as read_pdf
from markpipe.formats.reader import read_bytes
from markpipe.model.document import Document, Span, UnreadReason
from markpipe.model.limits import Limits
from markpipe.pipeline.sandbox import Worker
from markpipe.text.fold import fold

LIMITS = Limits()
HAN = st.sampled_from("关于做好年度安全检查工作的通知各单位应当按照要求认真落实并报送情况云杉九号程预案，。、（）")
LINES = st.lists(st.text(HAN, min_size=1, max_size=24), min_size=1, max_size=12)
ENTRIES = st.sampled_from(["", "/Rotate 90", "/Rotate 180", "/Rotate 270", "/CropBox[40 60 560 800]", "/UserUnit 2"])


def page_of(lines: list[str], entries: str) -> bytes:
    pdf = Pdf()
    content = "".join(
        f"BT /{FONT} 14 Tf 80 {740 - 30 * index} Td {hexed(line)} Tj ET\n" for index, line in enumerate(lines)
    )
    pdf.page(content, entries=entries, public=False)
    return pdf.save()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, ENTRIES, st.data())
def test_a_folded_span_leads_to_a_place_where_the_same_text_stands(
    lines: list[str], entries: str, data: st.DataObject
) -> None:
    """Folded span → raw span → boxes → what another look at the page finds inside these boxes."""
    file = page_of(lines, entries)
    document = read_pdf(file, LIMITS)
    folded = fold(document.text_map)
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, min(len(folded.text), start + 12)))
    raw = folded.raw_span(start, end)
    part = document.text_map.part_at(raw.start)
    raw = Span(raw.start, min(raw.end, part.end))
    found = boxes(file, [part.name])[part.name]
    text_map = document.text_map.with_boxes(part.name, found)
    expected = [char for char in document.text[raw.start : raw.end] if char != "\n"]
    rows = found[raw.start - part.start : raw.end - part.start]
    rows = rows[~np.isnan(rows[:, 0])]
    assert len(rows) == len(expected)
    assert bool(text_map.boxes_of(raw)) == bool(expected)
    with pymupdf.open(stream=file, filetype="pdf") as again:
        page = again[0]
        for char, row in zip(expected, rows, strict=True):
            middle = pymupdf.Rect(*row)
            inner = pymupdf.Rect(
                middle.x0 + middle.width * 0.3,
                middle.y0 + middle.height * 0.3,
                middle.x1 - middle.width * 0.3,
                middle.y1 - middle.height * 0.3,
            )
            assert page.get_text(clip=inner * page.derotation_matrix).strip() == char


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(HAN, min_size=1, max_size=30), min_size=1, max_size=8), st.data())
def test_a_paragraph_is_the_text_that_was_written(lines: list[str], data: st.DataObject) -> None:
    """However a paragraph is cut into runs, its text and its number are the same."""
    content = ""
    for line in lines:
        cut = data.draw(st.integers(0, len(line)))
        content += paragraph(run(line[:cut]) + run(line[cut:], "<w:b/>"))
    document = read_docx(body(content), LIMITS)
    assert document.text.split("\n")[1 : len(lines) + 1] == lines
    offset = document.text.index("\n") + 1
    for number, line in enumerate(lines, start=2):
        assert document.text_map.paragraph_at(offset) == number
        offset += len(line) + 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(HAN, min_size=1, max_size=30), min_size=1, max_size=8), st.data())
def test_a_folded_span_of_a_docx_leads_to_a_paragraph_where_the_same_text_stands(
    lines: list[str], data: st.DataObject
) -> None:
    """Folded span → raw span → part and paragraph → what another library reads in that paragraph."""
    content = ""
    for line in lines:
        cut = data.draw(st.integers(0, len(line)))
        content += paragraph(run(line[:cut]) + "<w:proofErr/>" + run(line[cut:], "<w:i/>"))
    file = body(content)
    document = read_docx(file, LIMITS)
    folded = fold(document.text_map)
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, min(len(folded.text), start + 40)))
    raw = folded.raw_span(start, end)
    part = document.text_map.part_at(raw.start)
    assert part.name == "word/document.xml"
    paragraphs = docx.Document(io.BytesIO(file)).paragraphs
    for offset in range(raw.start, raw.end):
        char = document.text[offset]
        if char != "\n":
            within = offset - (document.text.rfind("\n", 0, offset) + 1)
            assert paragraphs[document.text_map.paragraph_at(offset) - 1].text[within] == char


def mutants(data: bytes, count: int, seed: int) -> list[bytes]:
    """The file with a few bytes changed, cut, doubled or zeroed."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable choice, nothing secret
    made = []
    for _ in range(count):
        copy = bytearray(data)
        for _ in range(chance.randint(1, 12)):
            at = chance.randrange(len(copy))
            match chance.randrange(4):
                case 0:
                    copy[at] ^= 1 << chance.randrange(8)
                case 1:
                    copy[at] = chance.randrange(256)
                case 2:
                    del copy[at : at + chance.randint(1, 40)]
                case _:
                    copy[at:at] = copy[max(at - 30, 0) : at]
        made.append(bytes(copy))
    return made


MUTATED = {
    "pdf": (pdf_pages.p11, pdf_pages.p21, pdf_objects.c07, pdf_objects.c08, pdf_objects.r03),
    "docx": (docx_places.d04, docx_places.d13, docx_places.d29, docx_places.d39, docx_places.d44),
}


@pytest.mark.parametrize("fmt", sorted(MUTATED))
def test_fifty_mutants_of_a_format_end_with_an_outcome_each(fmt: str, reading_worker: Worker) -> None:
    pid = None
    for seed, build in enumerate(MUTATED[fmt]):
        for data in mutants(build(), 10, seed):
            document = reading_worker.read(data, nested=True)
            assert isinstance(document, Document)
            assert document.text or document.unread or document.embedded
            assert UnreadReason.CRASHED not in {item.reason for item in document.unread}, document.unread
            pid = pid or reading_worker.pid
    assert reading_worker.pid == pid


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_have_an_outcome(data: bytes) -> None:
    for head in (b"", b"%PDF-1.7\n", b"PK\x03\x04"):
        document = read_bytes(head + data, LIMITS, nested=True)
        assert document.text or document.unread or document.embedded or not (head + data).strip()
