"""Every way of hiding a phrase in a PDF: gone after redaction, by a check that is not the product's; public text stays."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pikepdf
import pymupdf
import pytest
from hiding import PHRASE, PHRASES, PUBLIC, pdf_objects, pdf_pages
from hiding.pdffile import one_page, show
from leak_check import pdf_leaks, pdf_text

from markpipe.errors import IncompleteError, OutputError
from markpipe.formats.pdf.redact import redact
from markpipe.model.document import Box
from markpipe.model.limits import Limits
from markpipe.proof.residue import check_residue
from markpipe.redaction.plan import Removal
from markpipe.redaction.policy import LABEL, Gap, Reason, Undecidable
from markpipe.redaction.result import PageOrder, Redacted, Word

BUILDERS: dict[str, Callable[..., bytes]] = {
    name: getattr(module, name)
    for module in (pdf_pages, pdf_objects)
    for name in dir(module)
    if re.fullmatch(r"[pacr]\d\d", name)
}
PIXELS = {"p14", "p22", "p23", "p25", "p26", "p29", "p30"}
"""Ways that only text recognition sees; the pipeline's tests have them."""
ELSEWHERE = "砚台沟"


def removed(
    data: bytes,
    *terms: str,
    gap: Gap = Gap.EXACT,
    orders: tuple[PageOrder, ...] = (),
    regions: tuple[Box, ...] = (),
    undecidable: Undecidable = Undecidable.RASTERISE,
) -> Redacted:
    return redact(data, Removal(terms, regions, gap), orders, undecidable, Limits())


def page_with(*lines: str) -> bytes:
    document = pymupdf.open()
    page = document.new_page()
    for number, line in enumerate(lines):
        page.insert_text((72, 100 + 40 * number), line, fontname="china-s", fontsize=14)
    return bytes(document.tobytes())


@pytest.mark.parametrize(("name", "phrase"), list(zip(sorted(set(BUILDERS) - PIXELS), cycle(PHRASES), strict=False)))
def test_no_way_of_hiding_survives(name: str, phrase: str, tmp_path: Path) -> None:
    """Each with one of three lengths; `benchmarks/soak_hiding.py` takes each with all of them."""
    made = removed(BUILDERS[name](phrase), phrase)
    assert pdf_leaks(made.data, phrase, tmp_path) == []
    assert PUBLIC in pdf_text(made.data, tmp_path)
    (tmp_path / "out.pdf").write_bytes(made.data)
    assert check_residue(tmp_path / "out.pdf", (phrase,)).problems == ()


def test_a_phrase_that_does_not_occur_changes_no_text(tmp_path: Path) -> None:
    data = page_with("甲乙丙丁戊己", "第二行文字，照旧。")
    made = removed(data, ELSEWHERE)
    assert pdf_text(made.data, tmp_path) == pdf_text(data, tmp_path)
    before = pymupdf.open(stream=data)[0].get_pixmap(dpi=72).samples
    after = pymupdf.open(stream=made.data)[0].get_pixmap(dpi=72).samples
    unlike = sum(abs(a - b) > 64 for a, b in zip(before, after, strict=True))
    assert unlike < len(before) * 0.002


def test_the_new_file_has_pages_fonts_and_pictures_only() -> None:
    made = removed(BUILDERS["c05"](), PHRASE)
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
        assert set(pdf.pages[0].keys()) == {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents"}
        assert "/Info" not in pdf.trailer


def subset(phrase: str) -> bytes:
    """A page whose embedded font was subset, so that its numbering depends on the phrase."""
    document = pymupdf.open()
    page = document.new_page()
    page.insert_font(fontname="F0", fontbuffer=pymupdf.Font("china-s").buffer)
    for y, text in ((100, "关于报送材料的通知"), (140, f"本月{phrase}已经完成，请知悉。"), (180, "其余照办。")):
        page.insert_text((72, y), text, fontname="F0", fontsize=14)
    document.subset_fonts()
    return bytes(document.tobytes(garbage=3))


@pytest.mark.parametrize(
    ("gap", "one", "other"),
    [
        (Gap.EXACT, "雪豹七号", "梧桐坡上"),
        (Gap.CLASS, "雪豹七号", "梧桐坡上"),
        (Gap.CLASS, "雪豹七", "梧桐坡上"),
        (Gap.LINE, "雪豹七号", "梧桐坡上观测房"),
    ],
)
def test_nothing_of_the_word_is_in_the_new_file(gap: Gap, one: str, other: str) -> None:
    assert removed(subset(one), one, gap=gap).data == removed(subset(other), other, gap=gap).data


def test_gaps(tmp_path: Path) -> None:
    data = page_with(f"前文{ELSEWHERE}后文")
    assert pdf_text(removed(data, ELSEWHERE).data, tmp_path) == "前文后文"
    assert pdf_text(removed(data, ELSEWHERE, gap=Gap.CLASS).data, tmp_path) == f"前文{LABEL}后文"
    made = removed(data, ELSEWHERE, gap=Gap.LINE)
    assert pdf_text(made.data, tmp_path) == f"前文{LABEL}"
    assert made.pages[0].dropped == 2


def test_a_placeholder_can_say_why(tmp_path: Path) -> None:
    data = page_with(f"前文{ELSEWHERE}后文，以及白石渡口。")
    removal = Removal((ELSEWHERE, "白石渡口"), (), Gap.CLASS, (Reason.TRADE_SECRET, Reason.OMITTED))
    made = redact(data, removal, (), Undecidable.RASTERISE, Limits())
    assert pdf_text(made.data, tmp_path) == f"前文{Reason.TRADE_SECRET.label}后文,以及{LABEL}。"


def test_a_word_broken_by_a_hyphen_is_found(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 100), "the site of blue-")
    page.insert_text((72, 120), "heron is closed - for now")
    made = removed(bytes(document.tobytes()), "blueheron")
    assert pdf_text(made.data, tmp_path) == "thesiteofisclosed-fornow"


def test_a_word_that_goes_on_over_page_ends_is_found(tmp_path: Path) -> None:
    document = pymupdf.open()
    for line in (f"前文{ELSEWHERE[0]}", "", ELSEWHERE[1], f"{ELSEWHERE[2:]}后文", "末页"):
        document.new_page().insert_text((72, 100), line, fontname="china-s")
    made = removed(bytes(document.tobytes()), ELSEWHERE)
    assert pdf_text(made.data, tmp_path) == "前文后文末页"
    assert [page.removed for page in made.pages] == [1, 0, 1, len(ELSEWHERE) - 2, 0]


def test_thin_marks_and_outlined_text_stay(tmp_path: Path) -> None:
    """A dash is thinner than a pixel, an accent stands beside its em, outlined text is drawn twice at one place."""
    document = pymupdf.open()
    page = document.new_page()
    page.draw_rect((60, 80, 500, 200), color=None, fill=(0.9, 0.9, 1), fill_opacity=0.6)
    page.insert_text((72, 100), "a-b_c.d,e|i", fontsize=5)
    page.insert_text((72, 140), "描边的标题", fontname="china-s", fontsize=20, render_mode=2, border_width=0.03)
    data = bytes(document.tobytes())
    made = removed(data, ELSEWHERE)
    assert made.pages[0].hidden == 0
    assert pdf_text(made.data, tmp_path) == pdf_text(data, tmp_path)


def test_a_class_gap_that_does_not_fit_is_reported() -> None:
    data = page_with("长" * 33 + ELSEWHERE[:2] + "尾字")
    assert removed(data, ELSEWHERE[:2], gap=Gap.CLASS).pages[0].unquantised == 1


def test_a_region_is_emptied_of_text_lines_and_pixels(tmp_path: Path) -> None:
    document = pymupdf.open(stream=page_with("保留的一行", "区域里的字"))
    page = document[0]
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 50, 50), False)
    pixmap.clear_with(200)
    page.insert_image(pymupdf.Rect(72, 110, 122, 160), pixmap=pixmap)
    page.draw_circle((100, 130), 6)
    region = Box(1, 70, 105, 300, 165)
    made = removed(bytes(document.tobytes()), regions=(region,))
    assert pdf_text(made.data, tmp_path) == "保留的一行"
    assert made.pages[0].pictures == 1
    shown = pymupdf.open(stream=made.data)[0].get_pixmap()
    assert shown.pixel(100, 130) == (0, 0, 0)
    (tmp_path / "r.pdf").write_bytes(made.data)
    assert check_residue(tmp_path / "r.pdf", (), (region,)).problems == ()


def test_an_ordered_picture_of_a_page_is_painted_over_and_searchable(tmp_path: Path) -> None:
    data = page_with(f"前文{ELSEWHERE}后文")
    layer = (Word("前文", Box(1, 72, 88, 100, 104)),)
    made = removed(data, ELSEWHERE, orders=(PageOrder(1, rasterise=True, layer=layer),))
    assert made.pages[0].rasterised
    assert pdf_text(made.data, tmp_path) == "前文"
    assert pdf_leaks(made.data, ELSEWHERE, tmp_path) == []


def test_a_page_that_cannot_be_rebuilt_becomes_a_picture_or_is_refused() -> None:
    data = one_page(f"q {show(ELSEWHERE, size=40, before='7 Tr')} 0 0 595 842 re f Q")
    made = removed(data, ELSEWHERE)
    assert made.pages[0].rasterised
    assert made.pages[0].undecided
    with pytest.raises(OutputError, match="第1页无法可靠重建"):
        removed(data, ELSEWHERE, undecidable=Undecidable.REFUSE)


@pytest.mark.parametrize("data", [b"%PDF-1.7 nonsense", b"", BUILDERS["p01"]()[:400]])
def test_what_cannot_be_opened_is_refused(data: bytes) -> None:
    with pytest.raises(IncompleteError):
        removed(data, PHRASE)


def test_a_password_is_named() -> None:
    document = pymupdf.open(stream=page_with("内容"))
    data = document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="u", owner_pw="o")
    with pytest.raises(IncompleteError, match="加密"):
        removed(bytes(data), PHRASE)


def test_the_proof_finds_what_a_bad_remover_leaves(tmp_path: Path) -> None:
    """Each of these could be left by a mistake; the check must not let it pass."""
    good = removed(page_with(f"前文{ELSEWHERE}后文"), ELSEWHERE).data

    def problems(data: bytes) -> str:
        (tmp_path / "x.pdf").write_bytes(data)
        return "；".join(check_residue(tmp_path / "x.pdf", (ELSEWHERE,)).problems)

    assert problems(good) == ""
    assert "词" in problems(page_with(ELSEWHERE))
    assert "文件尾" in problems(good + b"\n%%EOF\n")
    assert "文件尾" in problems(good + ELSEWHERE.encode())
    for change, word in ((_with_info, "Info"), (_with_annotation, "Annots"), (_with_map, "没有用到的字符")):
        with pikepdf.open(io.BytesIO(good)) as pdf:
            change(pdf)
            target = io.BytesIO()
            pdf.save(target)
        assert word in problems(target.getvalue())


def _with_info(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Title"] = ELSEWHERE


def _with_annotation(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj["/Annots"] = pikepdf.Array()


def _with_map(pdf: pikepdf.Pdf) -> None:
    font = next(iter(pdf.pages[0].Resources.Font.values()))
    body = font.ToUnicode.read_bytes().replace(b"endbfchar", b"<00f0> <6c34>\nendbfchar", 1)
    font.ToUnicode = pdf.make_stream(body)
