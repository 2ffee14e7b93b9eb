"""What shows on a page stays as it shows, and nothing is added: found on files that other people's programs made."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pikepdf
import pymupdf
import pytest
from hiding import pdf_pages
from leak_check import pdf_text

from markpipe.formats.pdf.redact import redact
from markpipe.formats.reader import read_bytes
from markpipe.model.document import Box, PartKind
from markpipe.model.limits import Limits
from markpipe.model.recognition import NoRecogniser
from markpipe.proof.residue import check_residue
from markpipe.redaction.plan import Removal
from markpipe.redaction.policy import Gap, Undecidable
from markpipe.redaction.result import PageOrder, Redacted

ELSEWHERE = "砚台沟"


def removed(data: bytes, *orders: PageOrder) -> Redacted:
    return redact(data, Removal((ELSEWHERE,), (), Gap.EXACT), orders, Undecidable.RASTERISE, Limits())


def grey(data: bytes) -> np.ndarray:
    pixmap = pymupdf.open(stream=data)[0].get_pixmap(colorspace=pymupdf.csGRAY)
    return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)[:, : pixmap.width]


def _png(shade: int) -> bytes:
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 40, 40), False)
    pixmap.clear_with(shade)
    return bytes(pixmap.tobytes("png"))


def test_a_picture_shows_through_the_transparent_colour_of_another() -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_image(pymupdf.Rect(100, 100, 300, 300), stream=_png(90))
    above = page.insert_image(pymupdf.Rect(150, 150, 250, 250), stream=_png(255))
    document.xref_set_key(above, "Mask", "[255 255 255 255 255 255]")
    data = bytes(document.tobytes())
    assert (grey(data)[160:240, 160:240] == 90).all()
    assert (grey(removed(data).data)[160:240, 160:240] == 90).all()


def test_thin_strokes_of_small_letters_on_a_picture_show(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_image(page.rect, stream=_png(250))
    for row in range(24):
        page.insert_text((60 + 0.13 * row, 90.1 + 7.07 * row), "LEFT TIL THE FILE LIFT HELL", fontsize=4)
    data = bytes(document.tobytes())
    assert pdf_text(removed(data).data, tmp_path) == pdf_text(data, tmp_path)


def _form(value: str) -> bytes:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 100), "申请表", fontname="china-s")
    for number, (kind, name) in enumerate(
        ((pymupdf.PDF_WIDGET_TYPE_TEXT, "one"), (pymupdf.PDF_WIDGET_TYPE_SIGNATURE, "sign"))
    ):
        widget = pymupdf.Widget()
        widget.field_type, widget.field_name = kind, name
        widget.rect = pymupdf.Rect(72, 150 + 60 * number, 300, 190 + 60 * number)
        if number == 0:
            widget.field_value = value
        page.add_widget(widget)
    with pikepdf.open(io.BytesIO(document.tobytes())) as pdf:
        sign = pdf.pages[0].Annots[1]
        if "/AP" in sign:
            del sign["/AP"]
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def test_an_empty_signature_field_says_nothing(tmp_path: Path) -> None:
    assert pdf_text(removed(_form("R7")).data, tmp_path) == "申请表R7"


def test_values_of_fields_show_on_a_page_that_becomes_a_picture() -> None:
    made = removed(_form("HHHHHHHH"), PageOrder(1, rasterise=True))
    assert made.pages[0].rasterised
    assert (grey(made.data)[152:188, 74:200] < 100).sum() > 50


@pytest.mark.parametrize("gap", Gap)
@pytest.mark.parametrize("turn", [0, 20, -20])
def test_a_region_stays_without_text_of_any_kind(gap: Gap, turn: int, tmp_path: Path) -> None:
    """No placeholder on the black of a region, where nobody would see it; slanted ones came apart for the check."""
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((100, 120), "公开的一行", fontname="china-s", fontsize=14)
    slanted = (pymupdf.Point(100, 200), pymupdf.Matrix(turn))
    page.insert_text((100, 200), "斜放的一行文字", fontname="china-s", fontsize=14, morph=slanted)
    region = Box(1, 90, 140, 300, 260)
    removal = Removal((), (region,), gap)
    made = redact(bytes(document.tobytes()), removal, (), Undecidable.RASTERISE, Limits())
    path = tmp_path / "slanted.pdf"
    path.write_bytes(made.data)
    assert pdf_text(made.data, tmp_path) == "公开的一行"
    assert check_residue(path, (), (region,)).problems == ()


def test_characters_drawn_by_procedures_are_not_hidden_afterwards(tmp_path: Path) -> None:
    """They become shapes, and an empty character says each: the reader must not take those for hidden words."""
    data = pdf_pages.p13("公开词")
    made = removed(data)
    assert "公开词" in pdf_text(made.data, tmp_path)
    kinds = {part.kind for part in read_bytes(made.data, Limits(), NoRecogniser(), nested=False).text_map.parts}
    assert PartKind.HIDDEN not in kinds
