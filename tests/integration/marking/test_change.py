"""变更 and 解密: the old mark stays readable and void, the outcome stands beside it, in both formats."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest

from markpipe.config.stamps import load_stamps
from markpipe.formats.docx.mark import mark as mark_docx
from markpipe.formats.pdf.mark import mark as mark_pdf
from markpipe.marking.change import changed, declassified
from markpipe.marking.layout import determined
from markpipe.marking.plan import ItemKind, MarkPlan
from markpipe.model.classification import parse_mark
from markpipe.model.decision import Determination
from markpipe.proof.marks import check_marks

Make = Callable[..., bytes]
OLD = parse_mark("机密★10年")


@pytest.fixture
def lowered(determination: Determination) -> MarkPlan:
    after = dataclasses.replace(determination, mark=parse_mark("秘密★5年"))
    return changed(determined(after, 7), OLD, _values("秘密★5年"), load_stamps()["change"])


def _values(new: str) -> dict[str, str]:
    basis = {"basis": "示保发〔2027〕3号", "unit": "示例市示例局", "date": "2027年3月1日"}
    return basis | {"new": new, "old": OLD.text}


@pytest.fixture
def freed() -> MarkPlan:
    values = {"date": "2027年3月1日", "basis": "示保发〔2027〕4号", "unit": "示例市示例局"}
    return declassified(OLD, values, load_stamps()["declassify"], reference="D2026-0001", serial=7)


def test_the_new_mark_stands_right_of_the_void_one_on_the_same_line(lowered: MarkPlan) -> None:
    (old,), (new,) = lowered.of(ItemKind.OLD_MARK), lowered.of(ItemKind.MARK)
    assert old.struck
    assert not new.struck
    for left, right in zip(old.places, new.places, strict=True):
        assert right.y_mm == left.y_mm
        assert right.x_mm > left.x_mm + old.width_mm
    assert [line.text for line in lowered.of(ItemKind.CHANGED)[0].lines][1:3] == [
        "变更为：秘密★5年",
        "原标志：机密★10年（作废）",
    ]


def test_a_new_mark_that_does_not_fit_beside_stands_on_the_next_line(
    determination: Determination, make_pdf: Make, tmp_path: Path
) -> None:
    long = dataclasses.replace(determination, mark=parse_mark("秘密★全省水文站网布设调整方案经批准正式公布之日前"))
    plan = changed(determined(long, 7), OLD, _values(long.mark.text), load_stamps()["change"])
    (old,), (new,) = plan.of(ItemKind.OLD_MARK), plan.of(ItemKind.MARK)
    assert (new.places[0].x_mm, new.places[0].y_mm > old.places[0].y_mm + 5) == (28.0, True)
    (tmp_path / "稿.pdf").write_bytes(mark_pdf(make_pdf(), plan).data)
    assert check_marks(tmp_path / "稿.pdf", plan) == ()


def test_declassification_sets_no_new_mark(freed: MarkPlan) -> None:
    assert not freed.of(ItemKind.MARK)
    assert "★" not in "".join(line.text for line in freed.of(ItemKind.DECLASSIFIED)[0].lines)


@pytest.mark.parametrize("which", ["lowered", "freed"])
def test_both_formats_bear_it_and_the_check_reads_it(
    which: str, make_pdf: Make, make_docx: Make, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    plan: MarkPlan = request.getfixturevalue(which)
    for name, data in (("稿.pdf", mark_pdf(make_pdf(), plan).data), ("稿.docx", mark_docx(make_docx(), plan).data)):
        (tmp_path / name).write_bytes(data)
        assert check_marks(tmp_path / name, plan) == ()


def test_a_carrier_of_ours_is_changed_in_place(
    make_pdf: Make, determination: Determination, lowered: MarkPlan, tmp_path: Path
) -> None:
    before = dataclasses.replace(determination, mark=OLD)
    again = mark_pdf(mark_pdf(make_pdf(), determined(before, 7)).data, lowered)
    (tmp_path / "稿.pdf").write_bytes(again.data)
    assert check_marks(tmp_path / "稿.pdf", lowered) == ()


def test_a_mark_that_the_draft_bears_itself_is_struck_where_it_stands(
    make_pdf: Make, lowered: MarkPlan, tmp_path: Path
) -> None:
    with pymupdf.open(stream=make_pdf(), filetype="pdf") as document:
        document[0].insert_font("F7", fontbuffer=pymupdf.Font("china-s").buffer)
        baseline = (37 + 225 / 22) * 72 / 25.4 + 0.88 * 16
        document[0].insert_text((28 * 72 / 25.4, baseline), OLD.text, fontname="F7", fontsize=16)
        data = document.tobytes()
    (tmp_path / "稿.pdf").write_bytes(mark_pdf(data, lowered).data)
    assert check_marks(tmp_path / "稿.pdf", lowered) == ()


def test_an_old_mark_that_is_not_struck_is_found(
    make_pdf: Make, make_docx: Make, lowered: MarkPlan, tmp_path: Path
) -> None:
    items = tuple(dataclasses.replace(item, struck=False) for item in lowered.items)
    plain = dataclasses.replace(lowered, items=items)
    (tmp_path / "稿.pdf").write_bytes(mark_pdf(make_pdf(), plain).data)
    (tmp_path / "稿.docx").write_bytes(mark_docx(make_docx(), plain).data)
    assert check_marks(tmp_path / "稿.pdf", lowered) == ("第1页的作废的原标志没有划去",)
    assert check_marks(tmp_path / "稿.docx", lowered) == ("作废的原标志没有划去",)
