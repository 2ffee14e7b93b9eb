"""Letters, other papers and drawings bear the same marks at other places."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest

from markpipe.config.stamps import load_stamps
from markpipe.formats.pdf.letterhead import red_line, title
from markpipe.formats.pdf.mark import mark
from markpipe.marking.change import changed
from markpipe.marking.forms import Anchor, Form, as_form
from markpipe.marking.layout import determined
from markpipe.marking.plan import Corner, ItemKind, MarkPlan
from markpipe.model.classification import parse_mark
from markpipe.model.decision import Determination
from markpipe.proof.marks import check_marks

Make = Callable[..., bytes]
MM = 72 / 25.4


def _letter(make_pdf: Make, *tops_mm: float, colour: tuple[float, float, float] = (0.9, 0.1, 0.1)) -> bytes:
    with pymupdf.open(stream=make_pdf(), filetype="pdf") as document:
        for top, width in zip(tops_mm, (2.5, 0.8), strict=False):
            document[0].draw_line((20 * MM, top * MM), (190 * MM, top * MM), color=colour, width=width)
        return bytes(document.tobytes())


def _line(data: bytes) -> Anchor | None:
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
    assert line is not None
    assert line.bottom_mm == pytest.approx(46.7, abs=0.3)
    plan = as_form(determined(determination, 7), Form.LETTER, line)
    assert _head(plan, ItemKind.SERIAL) == pytest.approx((28.0, line.bottom_mm + 16 * 25.4 / 72 * 7 / 8))
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


def _titled(make_pdf: Make, *lines: tuple[float, float, float, str]) -> bytes:
    """A draft with lines of (left mm, baseline mm, points, words) above its text."""
    with pymupdf.open(stream=make_pdf(top=330), filetype="pdf") as document:
        document[0].insert_font("F7", fontbuffer=pymupdf.Font("china-s").buffer)
        for x, y, size, words in lines:
            document[0].insert_text((x * MM, y * MM), words, fontname="F7", fontsize=size)
        return bytes(document.tobytes())


def _title(data: bytes) -> Anchor | None:
    with pymupdf.open(stream=data, filetype="pdf") as document:
        return title(document)


@pytest.mark.parametrize(
    "lines", [((67, 60, 22, "关于潮位观测的通报"),), ((59, 50, 22, "关于潮位观测站布设"), (83, 60, 22, "情况的通报"))]
)
def test_under_a_title_stands_the_mark_in_the_middle(
    lines: tuple[tuple[float, float, float, str], ...], make_pdf: Make, determination: Determination, tmp_path: Path
) -> None:
    data = _titled(make_pdf, *lines)
    anchor = _title(data)
    assert anchor is not None
    assert anchor.bottom_mm == pytest.approx(60.9, abs=0.5)
    plan = as_form(determined(determination), Form.TITLED, anchor)
    (item,) = plan.of(ItemKind.MARK)
    assert item.places[0].x_mm + item.width_mm / 2 == pytest.approx(105, abs=0.5)
    (tmp_path / "稿.pdf").write_bytes(mark(data, plan).data)
    assert check_marks(tmp_path / "稿.pdf", plan) == ()


def test_what_is_no_title_is_not_taken_for_one(make_pdf: Make, determination: Determination) -> None:
    assert _title(make_pdf()) is None
    assert _title(make_pdf(lines=1)) is None
    assert _title(make_pdf(rotation=90)) is None
    assert _title(_titled(make_pdf, (28, 60, 22, "靠左的大字"))) is None
    assert _title(_titled(make_pdf, (90, 270, 22, "页底大字"))) is None
    with pytest.raises(ValueError, match="没有认出标题"):
        as_form(determined(determination), Form.TITLED)


@pytest.mark.parametrize("form", list(Form))
def test_a_changed_mark_keeps_beside_or_below_the_void_one_in_every_form(
    form: Form, make_pdf: Make, determination: Determination, tmp_path: Path
) -> None:
    values = {
        "new": "秘密★5年",
        "old": "机密★10年",
        "basis": "示保发〔2027〕3号",
        "unit": "示例局",
        "date": "2027年3月1日",
    }
    after = dataclasses.replace(determination, mark=parse_mark("秘密★5年"))
    plan = changed(determined(after, 7), parse_mark("机密★10年"), values, load_stamps()["change"])
    data = _titled(make_pdf, (67, 88, 22, "关于潮位观测的通报"))
    plan = as_form(plan, form, _title(data) if form is Form.TITLED else None)
    (tmp_path / "稿.pdf").write_bytes(mark(data, plan).data)
    assert check_marks(tmp_path / "稿.pdf", plan) == ()
