"""What characters say, and what annotations show: it stays with what shows, found on files of other people's programs."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pikepdf
import pymupdf
from hiding import pdf_pages
from hiding.pdffile import Pdf
from leak_check import pdf_text

from markpipe.formats.pdf.redact import redact
from markpipe.formats.pdf.redact_fonts import to_unicode
from markpipe.model.limits import Limits
from markpipe.redaction.plan import Removal
from markpipe.redaction.policy import Gap, Undecidable
from markpipe.redaction.result import Redacted

WORD = "砚台沟"


def removed(data: bytes) -> Redacted:
    return redact(data, Removal((WORD,), (), Gap.EXACT), (), Undecidable.RASTERISE, Limits())


def grey(data: bytes) -> np.ndarray:
    pixmap = pymupdf.open(stream=data)[0].get_pixmap(colorspace=pymupdf.csGRAY)
    return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)[:, : pixmap.width]


def test_what_annotations_show_is_drawn_and_their_notes_are_not(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 100), "covered copy")
    page.add_freetext_annot(pymupdf.Rect(72, 200, 400, 240), "砚台沟附近的说明", fontname="china-s")
    cover = page.add_rect_annot(pymupdf.Rect(60, 80, 300, 110))
    cover.set_colors(stroke=(0, 0, 0), fill=(0, 0, 0))
    cover.update()
    page.add_text_annot((300, 300), "a note")
    hidden = page.add_freetext_annot(pymupdf.Rect(72, 400, 400, 440), "switched off")
    hidden.set_flags(pymupdf.PDF_ANNOT_IS_HIDDEN)
    made = removed(bytes(document.tobytes()))
    assert pdf_text(made.data, tmp_path) == "附近的说明"
    picture = grey(made.data)
    assert (picture[85:105, 65:295] == 0).all(), "a cover stays a cover"
    assert (picture[290:340, 290:340] == 255).all(), "icons stay behind"
    assert made.notes == ("注释、图章中看得见的已画在页面上，请确认应当保留；便签、附件等图标和注释说明没有带入新文件",)


def test_ticks_of_forms_are_ticks(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    widget = pymupdf.Widget()
    widget.field_type, widget.field_name, widget.field_value = pymupdf.PDF_WIDGET_TYPE_CHECKBOX, "one", True
    widget.rect = pymupdf.Rect(72, 100, 92, 120)
    page.add_widget(widget)
    assert pdf_text(removed(bytes(document.tobytes())).data, tmp_path) == "✓"


def test_a_font_program_says_what_the_file_does_not(tmp_path: Path) -> None:
    """No ToUnicode map, but the program has a table of characters: the word is found, and the page is still read anew."""
    document = pymupdf.open()
    page = document.new_page()
    page.insert_font("F7", fontbuffer=pymupdf.Font("cjk").buffer)
    page.insert_text((72, 100), f"经过{WORD}以后", fontname="F7")
    with pikepdf.open(io.BytesIO(document.tobytes())) as pdf:
        del pdf.pages[0].Resources.Font.F7.ToUnicode
        out = io.BytesIO()
        pdf.save(out)
    made = removed(out.getvalue())
    assert pdf_text(made.data, tmp_path) == "经过以后"
    assert made.pages[0].removed == len(WORD)
    assert made.pages[0].recognise


def test_a_picture_in_a_character_keeps_its_transparency() -> None:
    pdf = Pdf()
    mask = pdf_pages.image(pdf, b"\0" * 64, width=8, height=8)
    flag = pdf_pages.image(pdf, b"\x20" * 64, f"/SMask {mask} 0 R", width=8, height=8)
    proc = pdf.stream("1000 0 d0 q 1000 0 0 1000 0 0 cm /I9 Do Q")
    font = pdf.add(
        "<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[0.001 0 0 0.001 0 0]"
        f"/CharProcs<</g0 {proc} 0 R>>/Encoding<</Type/Encoding/Differences[97/g0]>>/FirstChar 97/LastChar 97"
        f"/Widths[1000]/Resources<</XObject<</I9 {flag} 0 R>>>>>>"
    )
    number = pdf.page("BT /F3 40 Tf 72 500 Td (a) Tj ET")
    pdf.objects[number] = pdf.objects[number].replace(b"/F1 3 0 R", f"/F1 3 0 R/F3 {font} 0 R".encode())
    data = pdf.save()
    assert (np.abs(grey(data).astype(int) - grey(removed(data).data)) < 40).all()


def test_ligatures_say_their_letters_and_no_character_says_a_blank_beside_itself() -> None:
    assert b"<0001> <00660069>\n<0002> <002e>\n<0003> <0020>\n" in to_unicode(["ﬁ", " .", " ", "\ufffd", ""])
