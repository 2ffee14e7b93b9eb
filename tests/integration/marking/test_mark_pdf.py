"""Marks on PDF: at their place on every geometry, over nothing, the same bytes each time, replaced when set again."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from markpipe.config.stamps import load_stamps
from markpipe.errors import OutputError
from markpipe.formats import plain_mark
from markpipe.formats.pdf.copies import Copies, prepare
from markpipe.formats.pdf.mark import mark, unmark
from markpipe.formats.pdf.place import surface
from markpipe.marking.layout import determined, pre_mark
from markpipe.marking.plan import MarkPlan
from markpipe.marking.stamp import fill, preview
from markpipe.model.classification import parse_mark
from markpipe.model.decision import Determination, Origin, Proposal
from markpipe.proof.marks import check_marks

MakePdf = Callable[..., bytes]

GEOMETRIES: dict[str, dict[str, Any]] = {
    "A4": {},
    "rotated 90": {"rotation": 90, "left": 300, "top": 300},
    "rotated 180": {"rotation": 180},
    "rotated 270": {"rotation": 270, "left": 330},
    "landscape": {"width": 841.89, "height": 595.28},
    "A3": {"width": 841.89, "height": 1190.55},
    "crop": {"crop": (52, 79, 560, 800), "top": 350, "left": 120},
    "crop, rotated 90": {"crop": (52, 79, 560, 800), "rotation": 90, "left": 300, "top": 300},
    "crop, rotated 270": {"crop": (52, 79, 560, 800), "rotation": 270, "left": 100},
    "negative media box": {"media": (-100, -50, 495.28, 791.89), "top": 350},
    "crop beyond media": {"crop": (-20, -20, 700, 900)},
    "user unit": {"width": 297.64, "height": 420.94, "unit": 2, "left": 40, "top": 150, "lines": 3},
    "user unit, rotated 90": {"width": 297.64, "height": 420.94, "unit": 2, "left": 120, "top": 200, "rotation": 90},
    "unbalanced q": {"content": b"q 0.5 0 0 0.5 10 10 cm 1 0 0 rg q "},
    "unbalanced Q": {"content": b"Q Q "},
    "unclosed marked content": {"content": b"/Span BMC "},
}


def _words(data: bytes, path: Path) -> list[tuple[str, float, float]]:
    path.write_bytes(data)
    output = subprocess.run(
        ["pdftotext", "-bbox", "-cropbox", str(path), "-"], capture_output=True, check=True, text=True
    ).stdout
    found = re.findall(r'xMin="([-\d.]+)" yMin="([-\d.]+)"[^>]*>([^<]*)<', output)
    return [(text, float(x) * 25.4 / 72, float(y) * 25.4 / 72) for x, y, text in found]


@pytest.mark.parametrize("name", GEOMETRIES)
def test_mark_stands_at_its_place_on_every_geometry(
    name: str, make_pdf: MakePdf, determination: Determination, tmp_path: Path
) -> None:
    options = GEOMETRIES[name]
    plan = determined(determination, 7)
    path = tmp_path / "稿.pdf"
    marked = mark(make_pdf(**options), plan)
    unit = options.get("unit", 1)
    places = {text: (x * unit, y * unit) for text, x, y in _words(marked.data, path)}
    assert places["000007"] == pytest.approx((28.0, 37.0), abs=0.1)
    assert places["机密★2035年3月2日"] == pytest.approx((28.0, 37.0 + 225 / 22), abs=0.1)
    assert check_marks(path, plan) == ()
    assert marked.notes == ()


def test_the_same_input_gives_the_same_bytes(make_pdf: MakePdf, determination: Determination) -> None:
    data, plan = make_pdf(), determined(determination, 7)
    assert mark(data, plan) == mark(data, plan)


def test_the_rest_of_the_page_is_untouched(make_pdf: MakePdf, determination: Determination) -> None:
    data = make_pdf(pages=2)
    marked = mark(data, determined(determination, 7)).data
    before, after = (pymupdf.open(stream=one, filetype="pdf") for one in (data, marked))
    assert after.page_count == before.page_count
    assert after[1].get_text() == before[1].get_text()
    assert all(line in after[0].get_text() for line in before[0].get_text().splitlines())


def test_other_content_is_kept(make_pdf: MakePdf, determination: Determination) -> None:
    with pikepdf.open(io.BytesIO(make_pdf(pages=2))) as pdf:
        pdf.docinfo["/Title"] = "关于做好有关工作的通知"
        pdf.attachments["附表.csv"] = pikepdf.AttachedFileSpec(pdf, b"1,2", filename="附表.csv")
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("一、总则", 0))
        buffer = io.BytesIO()
        pdf.save(buffer)
    marked = mark(buffer.getvalue(), determined(determination, 7)).data
    reader = PdfReader(io.BytesIO(marked))
    assert reader.metadata is not None
    assert reader.metadata.title == "关于做好有关工作的通知"
    assert reader.attachments["附表.csv"] == [b"1,2"]
    assert [entry.title for entry in reader.outline if not isinstance(entry, list)] == ["一、总则"]


def test_text_at_the_place_moves_the_mark_up_and_says_so(
    make_pdf: MakePdf, determination: Determination, tmp_path: Path
) -> None:
    plan, path = determined(determination, 7), tmp_path / "稿.pdf"
    marked = mark(make_pdf(top=120), plan)
    assert "上白边" in marked.notes[0]
    (mark_at,) = [place for place in _words(marked.data, path) if place[0] == "机密★2035年3月2日"]
    assert mark_at[1] == pytest.approx(28.0, abs=0.1)
    assert mark_at[2] < 37
    assert check_marks(path, plan) == ()


@pytest.mark.parametrize("name", GEOMETRIES)
def test_text_boxes_lie_on_their_ink(name: str, make_pdf: MakePdf) -> None:
    """What the search for room takes for text is where text shows: the hidden text check rests on it."""
    with pymupdf.open(stream=make_pdf(**GEOMETRIES[name]), filetype="pdf") as document:
        seen = surface(document[0])
    inside = [box for box in seen.text if box[0] >= 0 and box[1] >= 0 and box[2] <= seen.size_mm[0]]
    assert inside
    assert not any(seen.blank(box) for box in inside)
    whole = seen.pixels.copy()
    for x0, y0, x1, y1 in seen.text:
        scale = whole.shape[1] / seen.size_mm[0]
        whole[max(0, int(y0 * scale) - 2) : int(y1 * scale) + 3, max(0, int(x0 * scale) - 2) : int(x1 * scale) + 3] = (
            255
        )
    assert (whole < 128).sum() == 0


@pytest.mark.parametrize("obstacle", ["text", "line", "invisible text", "image", "annotation"])
def test_nothing_is_ever_drawn_over(obstacle: str, make_pdf: MakePdf, determination: Determination) -> None:
    with pymupdf.open(stream=make_pdf(), filetype="pdf") as document:
        page = document[0]
        for y in range(20, 160, 8):
            match obstacle:
                case "text" | "invisible text":
                    page.insert_text((60, y), "abc" * 30, fontsize=8, render_mode=3 if obstacle != "text" else 0)
                case "line":
                    page.draw_line((60, y), (500, y), width=0.4)
                case "image":
                    pixmap = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 8, 2), 0)
                    pixmap.clear_with(90)
                    page.insert_image(pymupdf.Rect(60, y, 500, y + 6), pixmap=pixmap, keep_proportion=False)
                case "annotation":
                    page.add_rect_annot(pymupdf.Rect(60, y, 500, y + 6))
        data = document.tobytes()
    with pytest.raises(OutputError, match="没有可放份号"):
        mark(data, determined(determination, 7))


def test_paper_noise_and_a_white_background_are_no_obstacle(make_pdf: MakePdf, determination: Determination) -> None:
    with pymupdf.open(stream=make_pdf(), filetype="pdf") as document:
        document[0].draw_rect(document[0].rect, fill=(1, 1, 1), color=None, overlay=False)
        data = document.tobytes()
    assert mark(data, determined(determination, 7)).notes == ()


def test_the_stamp_goes_where_there_is_room_and_at_worst_on_a_page_of_its_own(
    make_pdf: MakePdf, determination: Determination, tmp_path: Path
) -> None:
    plan, path = determined(determination, 7), tmp_path / "稿.pdf"
    with pymupdf.open(stream=make_pdf(pages=2, lines=0), filetype="pdf") as document:
        for page in document:
            for y in range(170, 800, 12):
                page.insert_text((70, y), "x" * 100, fontsize=9)
        data = document.tobytes()
    marked = mark(data, plan)
    path.write_bytes(marked.data)
    assert marked.notes == ("各页没有可放定密戳记的空白，已在文末附加一页",)
    reader = PdfReader(path)
    assert len(reader.pages) == 3
    assert (
        reader.pages[2].extract_text().splitlines()[0] == "国家秘密确定专用章"
        or "定密情况" in reader.pages[2].extract_text()
    )
    assert check_marks(path, plan) == ()


def _typed(make_pdf: MakePdf, *lines: tuple[str, float, float, float]) -> bytes:
    """A draft whose author typed lines: text, left and top of the em box in mm, size in points."""
    with pymupdf.open(stream=make_pdf(), filetype="pdf") as document:
        document[0].insert_font("F7", fontbuffer=pymupdf.Font("china-s").buffer)
        for text, x, y, size in lines:
            point = (x * 72 / 25.4, y * 72 / 25.4 + 0.88 * size)
            document[0].insert_text(point, text, fontname="F7", fontsize=size)
        return bytes(document.tobytes())


def test_a_head_that_the_draft_bears_is_used(make_pdf: MakePdf, determination: Determination, tmp_path: Path) -> None:
    plan, path = determined(determination, 7), tmp_path / "稿.pdf"
    marked = mark(_typed(make_pdf, ("机密★2035年3月2日", 28.0, 37 + 225 / 22, 16)), plan)
    texts = [text for text, _, _ in _words(marked.data, path)]
    assert texts.count("机密★2035年3月2日") == texts.count("000007") == 1
    assert marked.notes == ("首页已有相同的国家秘密标志，沿用原稿上的",)
    assert check_marks(path, plan) == ()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (("机密★10年", 28.0, 37 + 225 / 22, 16), "不一致"),
        (("机密★2035年3月2日", 33.0, 37 + 225 / 22, 16), "位置或字号"),
        (("机密★2035年3月2日", 28.0, 37 + 225 / 22, 12), "位置或字号"),
        (("000008", 28.0, 37.0, 16), "已有份号“000008”"),
    ],
)
def test_another_head_is_refused(
    line: tuple[str, float, float, float], message: str, make_pdf: MakePdf, determination: Determination
) -> None:
    with pytest.raises(OutputError, match=message):
        mark(_typed(make_pdf, line), determined(determination, 7))


def test_a_running_mark_stands_on_every_page(make_pdf: MakePdf, determination: Determination, tmp_path: Path) -> None:
    running = fill(load_stamps()["running-header"], {"serial": "000007"})
    base, path = determined(determination, 7), tmp_path / "稿.pdf"
    plan = dataclasses.replace(base, items=(*base.items, running))
    path.write_bytes(mark(make_pdf(pages=5), plan).data)
    assert check_marks(path, plan) == ()
    path.write_bytes(mark(make_pdf(pages=5), base).data)
    assert check_marks(path, plan) == tuple(f"第{n}页缺少页眉页脚“份号000007”" for n in range(1, 6))


@pytest.mark.parametrize("identity", [one for one in load_stamps() if not one.startswith(("label", "mail", "head"))])
def test_every_layout_can_be_set_and_read_back(
    identity: str, make_pdf: MakePdf, determination: Determination, tmp_path: Path
) -> None:
    plan = MarkPlan((preview(load_stamps()[identity]),), determination.id)
    path = tmp_path / "稿.pdf"
    path.write_bytes(mark(make_pdf(top=320), plan).data)
    assert check_marks(path, plan) == ()


def test_marking_again_replaces_the_mark_and_the_appended_page(
    make_pdf: MakePdf, determination: Determination, proposal: Proposal, tmp_path: Path
) -> None:
    data, path = make_pdf(), tmp_path / "稿.pdf"
    once = mark(mark(data, pre_mark(proposal, demo=True)).data, determined(determination, 7)).data
    again = mark(once, determined(determination, 8))
    texts = [text for text, _, _ in _words(again.data, path)]
    assert texts.count("000008") == 1
    assert "000007" not in texts
    assert not any("拟定" in text for text in texts)
    assert len(again.data) < len(once) + 500
    assert check_marks(path, determined(determination, 8)) == ()


@pytest.mark.parametrize("name", GEOMETRIES)
def test_taking_the_marks_off_gives_the_page_back(name: str, make_pdf: MakePdf, determination: Determination) -> None:
    data = make_pdf(**GEOMETRIES[name])
    back = unmark(mark(data, determined(determination, 7)).data)
    with pikepdf.open(io.BytesIO(data)) as before, pikepdf.open(io.BytesIO(back)) as after:
        assert len(before.pages) == len(after.pages)
        for old, new in zip(before.pages, after.pages, strict=True):
            assert old.obj.keys() == new.obj.keys()
            assert _drawn(old) == _drawn(new)
            assert set(old.resources.keys()) == set(new.resources.keys())
    with pymupdf.open(stream=data, filetype="pdf") as old_view, pymupdf.open(stream=back, filetype="pdf") as new_view:
        assert old_view[0].get_pixmap().samples == new_view[0].get_pixmap().samples
    assert unmark(data) == data


def _drawn(page: pikepdf.Page) -> bytes:
    contents = page.obj.get("/Contents", pikepdf.Array())
    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    return b"\n".join(bytes(stream.read_bytes()) for stream in streams)


def test_a_pre_mark_is_read_back_and_leaves_the_place_of_a_mark_empty(
    make_pdf: MakePdf, proposal: Proposal, tmp_path: Path
) -> None:
    plan, path = pre_mark(proposal, demo=True), tmp_path / "稿.pdf"
    words = _words(mark(make_pdf(), plan).data, path)
    assert any(text == "拟定密级：机密★10年（未经审核批准）" for text, _, _ in words)
    assert not [text for text, x, y in words if x < 60 and 30 < y < 60]
    assert check_marks(path, plan) == ()


def test_a_demo_is_visible(make_pdf: MakePdf, determination: Determination, tmp_path: Path) -> None:
    plan = determined(dataclasses.replace(determination, demo=True), 7)
    words = [text for text, _, _ in _words(mark(make_pdf(), plan).data, tmp_path / "稿.pdf")]
    assert "演示文件，不具定密效力" in words
    assert "演示，不具定密效力" in words


def test_fonts_are_embedded_subsets(make_pdf: MakePdf, determination: Determination, tmp_path: Path) -> None:
    path = tmp_path / "稿.pdf"
    data = make_pdf()
    marked = mark(data, determined(determination, 7)).data
    path.write_bytes(marked)
    rows = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True, text=True).stdout.splitlines()[2:]
    assert rows
    assert all(re.search(r" yes yes yes +\d+ +0$", row) for row in rows)
    assert len(marked) - len(data) < 60_000


def test_rare_characters_are_drawn_from_another_font_or_refused(
    make_pdf: MakePdf, determination: Determination, tmp_path: Path
) -> None:
    plan, path = determined(dataclasses.replace(determination, officer="李堃喆"), 7), tmp_path / "稿.pdf"
    path.write_bytes(mark(make_pdf(), plan).data)
    assert check_marks(path, plan) == ()
    with pytest.raises(OutputError, match=r"U\+10FFFD"):
        mark(make_pdf(), determined(dataclasses.replace(determination, officer="李\U0010fffd"), 7))


def test_encrypted_signed_damaged_and_empty_files_are_refused(make_pdf: MakePdf, determination: Determination) -> None:
    plan = determined(determination, 7)
    with pikepdf.open(io.BytesIO(make_pdf())) as pdf:
        for owner, user, word in (("a", "b", "已加密"), ("a", "", "权限口令")):
            buffer = io.BytesIO()
            pdf.save(buffer, encryption=pikepdf.Encryption(owner=owner, user=user))
            with pytest.raises(OutputError, match=word):
                mark(buffer.getvalue(), plan)
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="签章", V=pikepdf.Dictionary(Type=pikepdf.Name.Sig))
        outer = pikepdf.Dictionary(T="组", Kids=pikepdf.Array([pdf.make_indirect(field)]))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([pdf.make_indirect(outer)]))
        buffer = io.BytesIO()
        pdf.save(buffer)
    with pytest.raises(OutputError, match="电子签名"):
        mark(buffer.getvalue(), plan)
    with pytest.raises(OutputError, match="损坏"):
        mark(b"%PDF-1.7\nnothing", plan)
    with pikepdf.new() as empty:
        buffer = io.BytesIO()
        empty.save(buffer)
    with pytest.raises(OutputError, match=r"没有页面|损坏"):
        mark(buffer.getvalue(), plan)


@given(serial=st.integers(1, 999_999))
@settings(max_examples=25, deadline=None)
def test_a_patched_copy_is_the_copy_that_marking_gives(serial: int, prepared: tuple[Copies, Determination]) -> None:
    copies, determination = prepared
    plan = determined(determination, serial)
    assert copies.plan_of(serial) == plan
    assert copies.copy(serial) == mark(copies.data, plan).data


def test_patched_copies_pass_the_check(prepared: tuple[Copies, Determination], tmp_path: Path) -> None:
    copies, determination = prepared
    for serial in (1, 234_567, 890_123):
        (tmp_path / "稿.pdf").write_bytes(copies.copy(serial))
        assert check_marks(tmp_path / "稿.pdf", determined(determination, serial)) == ()


def test_headers_and_footers_that_repeat_the_number_are_patched_too(
    make_pdf: MakePdf, determination: Determination, tmp_path: Path
) -> None:
    def plan(serial: int) -> MarkPlan:
        layouts = load_stamps()
        values = {"serial": f"{serial:06d}", "unit": "示例局"}
        running = (
            fill(layouts[name], {key: values[key] for key in layouts[name].fields})
            for name in ("running-header", "running-footer")
        )
        whole = determined(determination, serial)
        return dataclasses.replace(whole, items=(*whole.items, *running))

    draft = make_pdf(pages=3)
    copies = prepare(draft, plan(1))
    assert len(copies.starts) == 1 + 2 * 3
    assert copies.copy(47) == mark(draft, plan(47)).data
    path = tmp_path / "份.pdf"
    path.write_bytes(copies.copy(47))
    assert check_marks(path, plan(47)) == ()
    assert check_marks(path, plan(1)) != ()


def test_copies_need_a_serial_to_change(make_pdf: MakePdf, determination: Determination) -> None:
    with pytest.raises(OutputError, match="没有份号"):
        prepare(make_pdf(), determined(determination))
    with pytest.raises(OutputError, match="已有份号"):
        prepare(_typed(make_pdf, ("000007", 28.0, 37.0, 16)), determined(determination, 7))


@pytest.fixture(scope="module")
def prepared() -> tuple[Copies, Determination]:
    mark_text = parse_mark("机密★10年")
    day = dt.date(2026, 5, 10)
    determination = Determination("D2026-0001", "ab" * 32, "稿", mark_text, Origin.ORIGINAL, "张三", "李四", day, day)
    with pymupdf.open() as document:
        document.new_page(width=595.28, height=841.89)
        return prepare(document.tobytes(), determined(determination, 1)), determination


@pytest.mark.skipif(shutil.which("gs") is None, reason="Ghostscript is not installed")
@pytest.mark.parametrize("name", ["A4", "rotated 90", "crop, rotated 270", "user unit"])
def test_ghostscript_and_poppler_show_the_same_ink(
    name: str, make_pdf: MakePdf, determination: Determination, tmp_path: Path
) -> None:
    path = tmp_path / "稿.pdf"
    path.write_bytes(mark(make_pdf(**GEOMETRIES[name]), determined(determination, 7)).data)
    raster = ["-dBATCH", "-dNOPAUSE", "-q", "-sDEVICE=pgmraw", "-dUseCropBox", "-dTextAlphaBits=4", "-r100", "-dSAFER"]
    subprocess.run(["gs", *raster, f"-sOutputFile={tmp_path / 'gs.pgm'}", str(path)], check=True)
    subprocess.run(["pdftoppm", "-gray", "-cropbox", "-r", "100", str(path), str(tmp_path / "poppler")], check=True)
    (other,) = tmp_path.glob("poppler*.pgm")
    unit = GEOMETRIES[name].get("unit", 1)
    ours, theirs = (_ink_box(file, scale) for file, scale in ((other, unit), (tmp_path / "gs.pgm", 1)))
    assert ours == pytest.approx((28.5, 37.5), abs=1.0)
    assert theirs == pytest.approx(ours, abs=0.5)


def _ink_box(path: Path, unit: float) -> tuple[float, float]:
    """The first dark column and row, in mm, of the two lines at the head."""
    head = re.match(rb"P5\s+(?:#.*\s+)?(\d+)\s+(\d+)\s+255\s", path.read_bytes())
    assert head
    pixels = np.frombuffer(path.read_bytes(), np.uint8, offset=head.end()).reshape(int(head[2]), int(head[1]))
    scale = 100 / 25.4 / unit
    area = pixels[int(34 * scale) : int(55 * scale), int(20 * scale) : int(75 * scale)] < 128
    rows, columns = np.nonzero(area)
    return 20 + columns.min() / scale, 34 + rows.min() / scale


def _with_claim(data: bytes, components: int) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["pdfaid:part"], metadata["pdfaid:conformance"] = "2", "B"
        profile = pdf.make_stream(b"profile")
        profile.N = components
        intent = pikepdf.Dictionary(Type=pikepdf.Name.OutputIntent, S=pikepdf.Name.GTS_PDFA1, DestOutputProfile=profile)
        pdf.Root.OutputIntents = pikepdf.Array([intent])
        pdf.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(("components", "kept"), [(3, True), (4, False)])
def test_a_pdfa_claim_is_kept_or_openly_lost(
    components: int, kept: bool, make_pdf: MakePdf, determination: Determination
) -> None:
    marked = mark(_with_claim(make_pdf(), components), determined(determination, 7))
    with pikepdf.open(io.BytesIO(marked.data)) as pdf, pdf.open_metadata() as metadata:
        assert (metadata.get("pdfaid:part") == "2") is kept
    assert bool(marked.notes) is not kept


def test_black_marks_never_touch_a_claim(make_pdf: MakePdf, determination: Determination) -> None:
    plan = determined(determination, 7)
    black = dataclasses.replace(plan, items=tuple(item for item in plan.items if not item.frame_pt))
    assert mark(_with_claim(make_pdf(), 4), black).notes == ()


def test_marks_are_artifacts_and_tags_stay(make_pdf: MakePdf, determination: Determination) -> None:
    with pikepdf.open(io.BytesIO(make_pdf())) as pdf:
        pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        root = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
        pdf.Root.StructTreeRoot = root
        buffer = io.BytesIO()
        pdf.save(buffer)
    with pikepdf.open(io.BytesIO(mark(buffer.getvalue(), determined(determination, 7)).data)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.StructTreeRoot.Type == pikepdf.Name.StructTreeRoot
        last = bytes(pdf.pages[0].Contents[-1].read_bytes())
    assert re.search(rb"/Artifact BMC [-\d. ]+ cm /MpMark0 Do EMC", last)


def test_plain_text_carries_no_mark(determination: Determination) -> None:
    with pytest.raises(OutputError, match=r"纯文本不能承载标志.*DOCX或PDF"):
        plain_mark.mark("通知".encode(), determined(determination))
