"""Letters, other papers and drawings bear the same marks at other places."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest

from markpipe.formats.pdf.letterhead import red_line
from markpipe.formats.pdf.mark import mark
from markpipe.marking.forms import Form, as_form
from markpipe.marking.layout import determined
from markpipe.marking.plan import Corner, ItemKind, MarkPlan
from markpipe.model.decision import Determination
from markpipe.proof.marks import check_marks

Make = Callable[..., bytes]
MM = 72 / 25.4


def _letter(make_pdf: Make, *tops_mm: float, colour: tuple[float, float, float] = (0.9, 0.1, 0.1)) -> bytes:
    with pymupdf.open(stream=make_pdf(), filetype="pdf") as document:
        for top, width in zip(tops_mm, (2.5, 0.8), strict=False):
            document[0].draw_line((20 * MM, top * MM), (190 * MM, top * MM), color=colour, width=width)
        return bytes(document.tobytes())


def _line(data: bytes) -> float | None:
    with pymupdf.open(stream=data, filetype="pdf") as document:
        return red_line(document)


def _head(plan: MarkPlan, kind: ItemKind) -> tuple[float, float]:
    (item,) = plan.of(kind)
    return item.places[0].x_mm, item.places[0].y_mm


def test_a_letters_stack_begins_seven_eighths_below_its_red_line(
    make_pdf: Make, determination: Determination, tmp_path: Path
) -> None:
    data = _letter(make_pdf, 45.0, 46.6)
    line = _line(data)
    assert line == pytest.approx(46.7, abs=0.3)
    plan = as_form(determined(determination, 7), Form.LETTER, line)
    assert _head(plan, ItemKind.SERIAL) == pytest.approx((28.0, (line or 0) + 16 * 25.4 / 72 * 7 / 8))
    assert _head(plan, ItemKind.MARK)[1] - _head(plan, ItemKind.SERIAL)[1] == pytest.approx(225 / 22)
    (tmp_path / "函.pdf").write_bytes(mark(data, plan).data)
    assert check_marks(tmp_path / "函.pdf", plan) == ()


def test_without_a_serial_the_mark_of_a_letter_moves_up(determination: Determination) -> None:
    plan = as_form(determined(determination), Form.LETTER)
    assert _head(plan, ItemKind.MARK) == pytest.approx((28.0, 54.0))


def test_what_is_no_red_double_line_is_not_taken_for_one(make_pdf: Make) -> None:
    assert _line(make_pdf()) is None
    assert _line(_letter(make_pdf, 45.0)) is None
    assert _line(_letter(make_pdf, 45.0, 60.0)) is None
    assert _line(_letter(make_pdf, 45.0, 46.6, colour=(0, 0, 0))) is None
    assert _line(make_pdf(rotation=90)) is None


@pytest.mark.parametrize("form", [Form.OTHER, Form.DRAWING])
@pytest.mark.parametrize("serial", [None, 7])
def test_other_forms_keep_serial_above_mark(
    form: Form, serial: int | None, make_pdf: Make, determination: Determination, tmp_path: Path
) -> None:
    plan = as_form(determined(determination, serial), form)
    (tmp_path / "稿.pdf").write_bytes(mark(make_pdf(), plan).data)
    assert check_marks(tmp_path / "稿.pdf", plan) == ()
    (item,) = plan.of(ItemKind.MARK)
    assert item.places[0].corner is (Corner.BOTTOM_RIGHT if form is Form.DRAWING else Corner.TOP_LEFT)


def test_an_official_document_stays_as_it_was(determination: Determination) -> None:
    plan = determined(determination, 7)
    assert as_form(plan, Form.OFFICIAL) is plan
