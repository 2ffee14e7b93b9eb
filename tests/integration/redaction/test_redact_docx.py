"""Every way of hiding a phrase in a DOCX, and the places that a document refers to: gone, and what is public stays."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.shared import Cm
from hiding import PHRASE, PHRASES, PUBLIC, docx_places
from hiding.docxfile import HEAD, NAMESPACES, Docx, paragraph, relations, run
from hiding.pictures import jpeg, png
from leak_check import docx_leaks, normal

from markpipe.errors import IncompleteError, OutputError
from markpipe.formats.docx.redact import redact
from markpipe.formats.docx.redact_inspect import inspect
from markpipe.model.document import Box
from markpipe.model.limits import Limits
from markpipe.proof.residue import check_residue
from markpipe.redaction.blots import Blot
from markpipe.redaction.plan import Removal
from markpipe.redaction.policy import LABEL, Gap, Reason, Undecidable
from markpipe.redaction.result import PageOrder, Redacted

BUILDERS: dict[str, Callable[..., bytes]] = {
    name: getattr(docx_places, name) for name in dir(docx_places) if re.fullmatch(r"d\d\d", name)
}


def removed(data: bytes, *terms: str, gap: Gap = Gap.CLASS, orders: tuple[PageOrder, ...] = ()) -> Redacted:
    return redact(data, Removal(terms, (), gap), orders, Undecidable.RASTERISE, Limits())


def text(data: bytes, member: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return normal(re.sub("<[^>]*>", "", archive.read(member).decode()))


def saved(document: object) -> bytes:
    target = io.BytesIO()
    document.save(target)  # type: ignore[attr-defined]
    return target.getvalue()


@pytest.mark.parametrize(("name", "phrase"), list(zip(sorted(BUILDERS), cycle(PHRASES), strict=False)))
def test_no_way_of_hiding_survives(name: str, phrase: str, tmp_path: Path) -> None:
    made = removed(BUILDERS[name](phrase), phrase)
    assert docx_leaks(made.data, phrase) == []
    assert PUBLIC in text(made.data)
    (tmp_path / "out.docx").write_bytes(made.data)
    assert check_residue(tmp_path / "out.docx", (phrase,)).problems == ()
    docx.Document(io.BytesIO(made.data))


def office_file() -> bytes:
    """A document that refers to a header, a footer, a picture, styles and a numbered list."""
    document = docx.Document()
    document.add_heading(f"标题{PHRASE}", 1)
    paragraph = document.add_paragraph(f"{PUBLIC}，{PHRASE[:2]}")
    paragraph.add_run(PHRASE[2:4]).bold = True
    paragraph.add_run(f"{PHRASE[4:]}已启动。")
    document.add_picture(io.BytesIO(jpeg(comment=PHRASE, exif=PHRASE)), width=Cm(6))
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = PHRASE, "公开单元格"
    document.sections[0].header.paragraphs[0].text = f"页眉{PHRASE}"
    document.sections[0].footer.paragraphs[0].text = "公开页脚"
    document.add_paragraph("列表项", style="List Number")
    document.core_properties.title = PHRASE
    return saved(document)


def test_what_the_document_refers_to_comes_along_clean(tmp_path: Path) -> None:
    made = removed(office_file(), PHRASE)
    assert docx_leaks(made.data, PHRASE) == []
    assert f"{PUBLIC},{LABEL}已启动。" in text(made.data).replace("，", ",")
    assert "公开单元格" in text(made.data)
    assert text(made.data, "word/header1.xml") == f"页眉{LABEL}"
    assert text(made.data, "word/footer1.xml") == "公开页脚"
    again = docx.Document(io.BytesIO(made.data))
    assert again.paragraphs[0].style is not None
    assert again.paragraphs[0].style.name == "Heading 1"
    assert made.pages[0].gaps == 4
    assert made.pages[1].recognise
    (tmp_path / "out.docx").write_bytes(made.data)
    assert check_residue(tmp_path / "out.docx", (PHRASE,)).problems == ()


def test_an_ordered_wipe_reaches_the_picture() -> None:
    document = docx.Document()
    document.add_picture(io.BytesIO(png()), width=Cm(6))
    order = PageOrder(1, (Box(1, 0, 0, 480, 96),))
    made = removed(saved(document), PHRASE, orders=(order,))
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        (name,) = (one for one in archive.namelist() if "media" in one)
        picture = archive.read(name)
    import pymupdf

    assert pymupdf.Pixmap(picture).is_unicolor


def test_the_new_file_does_not_depend_on_the_word() -> None:
    def with_word(word: str) -> bytes:
        document = docx.Document()
        paragraph = document.add_paragraph("前文")
        paragraph.add_run(word).bold = True
        paragraph.add_run("后文")
        return removed(saved(document), word).data

    assert with_word("雪豹七号") == with_word("梧桐坡上观测房")


def test_fonts_of_the_theme_are_written_out_and_lost_drawings_counted() -> None:
    theme = (
        f'{HEAD}<a:theme {NAMESPACES}><a:themeElements><a:fontScheme><a:minorFont><a:latin typeface="Calibri"/>'
        '<a:ea typeface=""/><a:font script="Hans" typeface="等线"/></a:minorFont></a:fontScheme></a:themeElements></a:theme>'
    )
    fonts = (
        '<w:rFonts w:asciiTheme="minorHAnsi" w:eastAsiaTheme="minorEastAsia" w:hAnsiTheme="majorHAnsi" w:cs="Arial"/>'
    )
    chart = '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"/>'
    drawing = f"<w:r><w:drawing><wp:inline><a:graphic>{chart}</a:graphic></wp:inline></w:drawing></w:r>"
    members: dict[str, str | bytes] = {
        "word/theme/theme1.xml": theme,
        "word/_rels/document.xml.rels": relations(("t", "theme", "theme/theme1.xml")),
    }
    made = removed(Docx(paragraph(run("正文", fonts) + drawing + drawing), members).save(), PHRASE)
    assert made.notes == ("注意：图表 2 处没有带入新文件，需要保留的请先在原文件里换成图片",)
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        body = archive.read("word/document.xml").decode()
    assert '<w:rFonts w:cs="Arial" w:ascii="Calibri" w:eastAsia="等线"/>' in body


def test_placeholders_say_why_and_nothing_of_how_the_word_was_set() -> None:
    def made(bold: bool, *pieces: str) -> bytes:
        document = docx.Document()
        paragraph = document.add_paragraph("前文")
        for piece in pieces:
            paragraph.add_run(piece).bold = bold
        paragraph.add_run("后文")
        removal = Removal(("雪豹七号",), (), Gap.CLASS, (Reason.PERSONAL,))
        return redact(saved(document), removal, (), Undecidable.RASTERISE, Limits()).data

    assert text(made(True, "雪豹七号")) == f"前文{Reason.PERSONAL.label}后文"
    assert made(True, "雪豹", "七号") == made(False, "雪豹七号") == made(False, "", "雪豹七", "号")


def test_words_of_the_format_itself_can_be_removed(tmp_path: Path) -> None:
    """A word that is also a value of Word's own language goes from the text; the layout keeps it."""
    document = docx.Document()
    document.add_paragraph("The center of the table, a style of paragraph").alignment = WD_ALIGN_PARAGRAPH.CENTER
    words = ("center", "table", "style", "paragraph")
    made = removed(saved(document), *words)
    assert text(made.data) == f"The{LABEL}ofthe{LABEL},a{LABEL}of{LABEL}"
    (tmp_path / "out.docx").write_bytes(made.data)
    assert check_residue(tmp_path / "out.docx", words).problems == ()
    assert docx.Document(tmp_path / "out.docx").paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.CENTER


def test_an_exact_gap_keeps_the_number_of_characters() -> None:
    document = docx.Document()
    document.add_paragraph(f"前{PHRASE}后")
    assert text(removed(saved(document), PHRASE, gap=Gap.EXACT).data) == f"前{'■' * len(PHRASE)}后"


def test_page_numbers_stay_fields_and_other_results_stay_text() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("第")
    for kind, code, shown in (("PAGE", " PAGE ", "3"), ("DATE", " DATE ", "五月十日")):
        run = paragraph.add_run()
        for child in (
            f'<w:fldChar xmlns:w="{W}" w:fldCharType="begin"/>',
            f'<w:instrText xmlns:w="{W}">{code}</w:instrText>',
            f'<w:fldChar xmlns:w="{W}" w:fldCharType="separate"/>',
        ):
            run._r.append(docx.oxml.parse_xml(child))
        paragraph.add_run(shown)
        paragraph.add_run()._r.append(docx.oxml.parse_xml(f'<w:fldChar xmlns:w="{W}" w:fldCharType="end"/>'))
        assert kind
    data = removed(saved(document), PHRASE).data
    assert text(data) == "第1五月十日"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b'w:instr=" PAGE "' in archive.read("word/document.xml")


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def test_regions_and_damage_are_refused() -> None:
    with pytest.raises(OutputError, match="区域"):
        redact(office_file(), Removal((), (Box(1, 0, 0, 9, 9),)), (), Undecidable.REFUSE, Limits())
    with pytest.raises(IncompleteError):
        removed(b"PK\x03\x04 nonsense", PHRASE)
    with pytest.raises(IncompleteError):
        removed(office_file()[:2000], PHRASE)


def test_the_proof_finds_what_a_bad_remover_leaves(tmp_path: Path) -> None:
    good = removed(office_file(), PHRASE).data

    def problems(data: bytes) -> str:
        (tmp_path / "x.docx").write_bytes(data)
        return "；".join(check_residue(tmp_path / "x.docx", (PHRASE,)).problems)

    assert problems(good) == ""
    assert "词" in problems(office_file())
    assert "之后有数据" in problems(good + b"tail")
    for name, member in (
        ("word/comments.xml", b"<w/>"),
        ("docProps/core.xml", PHRASE.encode()),
        ("word/media/image9.png", b"\x89PNG tEXt"),
    ):
        target = io.BytesIO(good)
        with zipfile.ZipFile(target, "a") as archive:
            archive.writestr(name, member)
        assert problems(target.getvalue())


def test_black_marker_and_crops_are_found() -> None:
    document = docx.Document()
    run = document.add_paragraph("前").add_run(PHRASE)
    run.font.highlight_color = WD_COLOR_INDEX.BLACK
    assert {one.blot for one in inspect(saved(document), Limits())} == {Blot.HIGHLIGHT}
    assert inspect(office_file(), Limits()) == ()
    assert {one.blot for one in inspect(BUILDERS["d33"](), Limits())} == {Blot.CROPPED}


def test_what_was_decided_for_the_writer_is_said() -> None:
    """Tracked changes are accepted and comments left behind: somebody may have wanted it otherwise."""
    assert removed(docx_places.d10(PHRASE), PHRASE).notes == ("修订没有定稿，按全部接受处理，修订痕迹没有带入新文件",)
    document = docx.Document()
    document.add_comment(document.add_paragraph("公开的一句").runs, text="要不要写？", author="甲")
    assert removed(saved(document), PHRASE).notes == ("批注没有带入新文件",)
    assert removed(docx_places.d01(PHRASE), PHRASE).notes == ()
