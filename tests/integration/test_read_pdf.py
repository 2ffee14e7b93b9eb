"""Every place in a PDF where words can stand: the phrase is found there, and the place is named."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pikepdf
import pymupdf
import pytest
from hiding import PHRASE, PUBLIC, pdf_objects, pdf_pages
from hiding.expected import PDF, PDF_OCR, markdown
from hiding.pdffile import Pdf, one_page, show

from markpipe.formats.pdf.boxes import boxes
from markpipe.formats.pdf.read import read
from markpipe.model.document import Document, Part, PartKind, ReadStatus, Trait, UnreadReason
from markpipe.model.limits import Limits
from markpipe.ocr.tesseract import available
from markpipe.pipeline.dispatch import read_data
from markpipe.pipeline.sandbox import Worker
from markpipe.text.fold import fold, fold_term

LIMITS = Limits()
NEEDS_OCR = PDF_OCR
EXPECTED = {name: kind for name, (kind, _) in PDF.items()}
VISIBLE = frozenset({PartKind.PAGE, PartKind.IMAGE, PartKind.BODY})


def fixtures() -> Iterator[tuple[str, Callable[[], bytes]]]:
    for module in (pdf_pages, pdf_objects):
        for name, value in sorted(vars(module).items()):
            if re.fullmatch(r"[pacr]\d\d", name):
                yield name, value


def places(document: Document) -> list[Part]:
    """The parts in which the folded phrase stands, spaces between characters looked through."""
    folded = fold(document.text_map)
    kept = [(char, offset) for char, offset in zip(folded.text, folded.offsets, strict=False) if char not in " \t"]
    text = "".join(char for char, _ in kept)
    phrase = fold_term(PHRASE)
    return [document.text_map.part_at(int(kept[match.start()][1])) for match in re.finditer(re.escape(phrase), text)]


def test_every_id_of_the_catalogue_has_a_fixture_and_a_place() -> None:
    ids = [f"p{n:02}" for n in range(1, 44)] + [f"a{n:02}" for n in range(1, 13)]
    ids += [f"c{n:02}" for n in range(1, 21)] + [f"r{n:02}" for n in range(1, 8)]
    assert sorted(ids) == sorted(name for name, _ in fixtures()) == sorted(EXPECTED)


@pytest.mark.parametrize(("name", "build"), list(fixtures()), ids=[name for name, _ in fixtures()])
def test_the_phrase_is_found_with_its_place(name: str, build: Callable[[], bytes], reading_worker: Worker) -> None:
    if name in NEEDS_OCR and not available():
        pytest.skip("tesseract is not installed")
    document = read_data(build(), reading_worker, LIMITS)
    kinds = {part.kind for part in places(document)}
    assert EXPECTED[name] in kinds
    for part in document.text_map.parts:
        assert part.visible == (part.kind in VISIBLE) or part.kind is PartKind.IMAGE
        if part.kind is PartKind.PAGE and not part.path:
            assert part.page is not None
    if name not in ("p14", "r01"):
        assert PUBLIC in document.text.replace("\n", "") or name == "p30"


@pytest.mark.parametrize("name", sorted(NEEDS_OCR | {"p14", "p19"}))
def test_without_recognition_pictures_are_unread(name: str) -> None:
    build = dict(fixtures())[name]
    document = read(build(), LIMITS)
    assert UnreadReason.OCR_OFF in {item.reason for item in document.unread}


def test_an_honest_file_is_read_without_more_ado() -> None:
    document = read(one_page(show("正文第二行")), LIMITS)
    assert document.status is ReadStatus.READ
    assert document.text == f"{PUBLIC}\n正文第二行\n"
    assert document.pages == 1
    assert document.title == PUBLIC
    assert [part.name for part in document.text_map.parts] == ["page:1"]


def linearised(path: Path) -> bytes:
    document = pymupdf.open()
    for _ in range(2):
        document.new_page().insert_text((72, 72), PUBLIC, fontname="china-s")
    plain = path / "plain.pdf"
    document.save(str(plain))
    with pikepdf.open(plain) as pdf:
        pdf.save(path / "web.pdf", linearize=True)
    return (path / "web.pdf").read_bytes()


def test_a_linearised_file_hides_nothing_in_its_hints(tmp_path: Path) -> None:
    document = read(linearised(tmp_path), LIMITS)
    assert document.unread == ()
    assert PUBLIC in document.text


def test_a_stream_that_only_looks_like_hints_is_read(tmp_path: Path) -> None:
    """Words in a stream that nothing refers to, with the dictionary of hints, are found all the same."""
    path = tmp_path / "web.pdf"
    linearised(tmp_path)
    document = pymupdf.open(path)
    number = document.get_new_xref()
    document.update_object(number, "<</S 36>>")
    document.update_stream(number, b"\x00\x01" + PHRASE.encode("utf-8") + b"\x00\xff" * 20)
    document.saveIncr()
    assert PHRASE in read(path.read_bytes(), LIMITS).text


def test_an_encrypted_file_gives_no_text() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(one_page(show(PHRASE)))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user="user"))
    document = read(out.getvalue(), LIMITS)
    assert document.text == ""
    assert [item.reason for item in document.unread] == [UnreadReason.ENCRYPTED]


def many_pages(count: int = 20) -> bytes:
    pdf = Pdf()
    for number in range(count):
        pdf.page(show(f"第{number}页的内容"))
    return pdf.save()


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.8, 0.95, 0.99])
def test_a_truncated_file_is_never_called_read(share: float) -> None:
    data = many_pages()
    document = read(data[: int(len(data) * share)], LIMITS)
    assert document.status is not ReadStatus.READ
    assert UnreadReason.DAMAGED in {item.reason for item in document.unread}


def test_a_broken_content_stream_is_named_with_its_page() -> None:
    pdf = Pdf()
    pdf.page(show("第一页"))
    broken = pdf.stream(b"\x78\x9c this is not deflated", "/Filter/FlateDecode")
    number = pdf.page()
    pdf.objects[number] = re.sub(rb"/Contents \d+ 0 R", f"/Contents {broken} 0 R".encode(), pdf.objects[number])
    document = read(pdf.save(), LIMITS)
    assert ("第2页", UnreadReason.DAMAGED) in {(item.where, item.reason) for item in document.unread}
    assert "第一页" in document.text


def test_too_many_pages_are_not_begun() -> None:
    document = read(many_pages(3), Limits(pages=2))
    assert (document.pages, document.text) == (3, "")
    assert document.unread[0].reason is UnreadReason.TOO_LARGE


def test_too_much_text_is_given_up() -> None:
    assert read(many_pages(3), Limits(text_characters=20)).unread[0].reason is UnreadReason.TOO_LARGE


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\ngarbage", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj"])
def test_hardly_a_file(data: bytes) -> None:
    document = read(data, LIMITS)
    assert document.status is ReadStatus.UNREAD
    assert document.unread[0].reason is UnreadReason.DAMAGED


ROTATIONS = {
    "plain": "",
    "right": "/Rotate 90",
    "down": "/Rotate 180",
    "left": "/Rotate 270",
    "unit": "/UserUnit 2/MediaBox[100 50 695 892]",
    "crop": "/CropBox[50 300 500 800]",
    "both": "/Rotate 90/CropBox[50 300 500 800]",
}


@pytest.mark.parametrize("name", sorted(ROTATIONS))
def test_what_stands_at_a_place_is_the_text_that_says_so(name: str) -> None:
    """The box of a character, rendered, has ink; taken as a clip, the page gives that character back."""
    data = one_page(show(PHRASE, x=160, y=500) + show("又一行文字", x=160, y=450), entries=ROTATIONS[name])
    document = read(data, LIMITS)
    part = next(part for part in document.text_map.parts if part.name == "page:1")
    found = boxes(data, ["page:1"])["page:1"]
    assert found.shape == (part.end - part.start, 4)
    text = document.text[part.start : part.end]
    page = pymupdf.open(stream=data, filetype="pdf")[0]
    pixmap = page.get_pixmap(dpi=144, colorspace=pymupdf.csGRAY)
    pixels = np.frombuffer(pixmap.samples, dtype=np.uint8).reshape(pixmap.height, pixmap.width)
    for char, (left, top, right, bottom) in zip(text, found, strict=True):
        assert np.isnan(left) == (char == "\n")
        if char != "\n":
            window = pixels[int(top * 2) : int(bottom * 2) + 1, int(left * 2) : int(right * 2) + 1]
            assert window.min() < 128, char
    start = text.index(PHRASE)
    spot = pymupdf.Rect(*found[start : start + len(PHRASE), :2].min(0), *found[start : start + len(PHRASE), 2:].max(0))
    spot = pymupdf.Rect(spot.x0 - 1, spot.y0 - 1, spot.x1 + 1, spot.y1 + 1) * page.derotation_matrix
    assert page.get_text(clip=spot).strip() == PHRASE


@pytest.mark.parametrize("name", ["p03", "p05", "p06", "p07", "p16", "p17", "p18", "p20", "p37", "p42"])
def test_boxes_fit_every_layer(name: str) -> None:
    data = dict(fixtures())[name]()
    document = read(data, LIMITS)
    wanted = [part for part in document.text_map.parts if part.page is not None]
    found = boxes(data, [part.name for part in wanted])
    for part in wanted:
        rows = found[part.name]
        assert rows.shape == (part.end - part.start, 4)
        text = document.text[part.start : part.end]
        assert [char == "\n" for char in text] == np.isnan(rows[:, 0]).tolist()


def test_boxes_of_what_is_not_there() -> None:
    assert boxes(one_page(""), ["page:9", "page:0", "page:x", "metadata", "page:1/hidden"]) == {}
    assert boxes(b"%PDF-1.7\n", ["page:1"]) == {}


def test_recognised_words_have_places(reading_worker: Worker) -> None:
    if not available():
        pytest.skip("tesseract is not installed")
    data = pdf_pages.p22()
    document = read_data(data, reading_worker, LIMITS)
    part = next(part for part in document.text_map.parts if part.kind is PartKind.IMAGE)
    assert part.recognised
    assert part.visible
    rows = reading_worker.boxes(data, document.format, [part.name])[part.name]
    assert rows.shape == (part.end - part.start, 4)
    inside = rows[~np.isnan(rows[:, 0])]
    assert inside[:, 0].min() >= 72 - 1
    assert inside[:, 2].max() <= 432 + 1
    assert inside[:, 1].min() >= 842 - 632 - 1
    assert inside[:, 3].max() <= 842 - 560 + 1


def test_reading_twice_gives_the_same() -> None:
    data = pdf_objects.c07()
    one, two = read(data, LIMITS), read(data, LIMITS)
    assert one.text == two.text
    assert one.text_map.parts == two.text_map.parts
    assert one.unread == two.unread


def test_the_table_of_formats_is_what_the_fixtures_say() -> None:
    page = Path(__file__).parents[2] / "docs" / "formats.md"
    assert page.read_text(encoding="utf-8") == markdown()


def test_what_a_file_is_beside_its_words_is_named() -> None:
    assert read(one_page(""), LIMITS).traits == ()
    signed = Pdf()
    signed.page("")
    signed.add("<</Type/Sig/Filter/Adobe.PPKLite/ByteRange[0 1 2 3]/Contents<00>>>")
    assert read(signed.save(), LIMITS).traits == (Trait.SIGNED,)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(one_page(show(PHRASE)))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user=""))
    restricted = read(out.getvalue(), LIMITS)
    assert restricted.traits == (Trait.RESTRICTED,)
    assert PHRASE in restricted.text


def test_a_portfolio_is_its_files(reading_worker: Worker) -> None:
    """The files of a portfolio are read to the end, each under its name, and the cover is called one."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(one_page(show("请用支持文件包的软件打开")))) as pdf:
        pdf.attachments["甲.pdf"] = pikepdf.AttachedFileSpec(pdf, one_page(show(PHRASE)), filename="甲.pdf")
        pdf.attachments["乙.txt"] = pikepdf.AttachedFileSpec(pdf, PHRASE.encode(), filename="乙.txt")
        pdf.Root.Collection = pikepdf.Dictionary(Type=pikepdf.Name.Collection, View=pikepdf.Name.D)
        pdf.save(out)
    document = read_data(out.getvalue(), reading_worker, LIMITS)
    assert document.traits == (Trait.PORTFOLIO,)
    assert {part.path for part in places(document)} >= {("甲.pdf",), ("乙.txt",)}
    assert document.status is ReadStatus.READ


def test_a_pattern_that_shows_half_a_phrase_hides_the_whole_one() -> None:
    """The tile is laid so that the filled area cuts it: what is left of the words is on the page, the words are hidden."""
    data = pdf_pages.p12().replace(b"/Matrix[1 0 0 1 72 500]", b"/Matrix[1 0 0 1 00 500]")
    assert {part.kind for part in places(read(data, LIMITS))} == {PartKind.HIDDEN}


@pytest.mark.skipif(not available(), reason="没有 tesseract 或中文数据")
@pytest.mark.parametrize(
    ("layer", "kind"),
    [("关于开展岸线巡查工作的通知", PartKind.PAGE), ("本月青岚库区已经建成并启用", PartKind.HIDDEN)],
    ids=["what the scan shows", "something else"],
)
def test_the_words_laid_under_a_scan_are_its_own_only_where_it_shows_them(
    reading_worker: Worker, layer: str, kind: PartKind
) -> None:
    drawn = pymupdf.open()
    drawn.new_page().insert_text((72, 100), "关于开展岸线巡查工作的通知", fontname="china-s", fontsize=22)
    scanned = pymupdf.open()
    page = scanned.new_page()
    page.insert_image(page.rect, stream=drawn[0].get_pixmap(dpi=150).tobytes("png"))
    page.insert_text((72, 100), layer, fontname="china-s", fontsize=22, render_mode=3)
    document = read_data(scanned.tobytes(), reading_worker, LIMITS)
    text_map = document.text_map
    found = [part for part in text_map.parts if layer in text_map.text[part.start : part.end] and not part.recognised]
    assert [part.kind for part in found] == [kind]
    assert found[0].visible is (kind is PartKind.PAGE)
