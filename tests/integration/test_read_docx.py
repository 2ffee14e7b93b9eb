"""Every place in a DOCX where words can stand: the phrase is found there, and the place is named."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator

import pytest
from hiding import PHRASE, PUBLIC, docx_places
from hiding.docxfile import HEAD, NAMESPACES, Docx, body, paragraph, run, story, with_member
from hiding.expected import DOCX, DOCX_OCR, MAY_HOLD_MORE

from markpipe.formats.docx.read import read
from markpipe.model.document import Document, Part, PartKind, ReadStatus, Trait, UnreadReason
from markpipe.model.limits import Limits
from markpipe.ocr.tesseract import available
from markpipe.pipeline.dispatch import read_data
from markpipe.pipeline.sandbox import Worker
from markpipe.text.fold import fold, fold_term

LIMITS = Limits()
NEEDS_OCR = DOCX_OCR
EXPECTED = {name: kind for name, (kind, _) in DOCX.items()}


def fixtures() -> Iterator[tuple[str, Callable[[], bytes]]]:
    for name, value in sorted(vars(docx_places).items()):
        if re.fullmatch(r"d\d\d", name):
            yield name, value


def places(document: Document) -> list[Part]:
    """The parts in which the folded phrase stands, spaces between characters looked through."""
    folded = fold(document.text_map)
    kept = [(char, offset) for char, offset in zip(folded.text, folded.offsets, strict=False) if char not in " \t"]
    text = "".join(char for char, _ in kept)
    phrase = fold_term(PHRASE)
    return [document.text_map.part_at(int(kept[match.start()][1])) for match in re.finditer(re.escape(phrase), text)]


def test_every_id_of_the_catalogue_has_a_fixture_and_a_place() -> None:
    ids = [f"d{n:02}" for n in range(1, 59)]
    assert ids == [name for name, _ in fixtures()] == sorted(EXPECTED)


@pytest.mark.parametrize(("name", "build"), list(fixtures()), ids=[name for name, _ in fixtures()])
def test_the_phrase_is_found_with_its_place(name: str, build: Callable[[], bytes], reading_worker: Worker) -> None:
    if name in NEEDS_OCR and not available():
        pytest.skip("tesseract is not installed")
    document = read_data(build(), reading_worker, LIMITS)
    assert EXPECTED[name] in {part.kind for part in places(document)}
    assert PUBLIC in document.text
    assert document.unread == () or name in MAY_HOLD_MORE
    assert document.title == PUBLIC


@pytest.mark.parametrize("name", sorted(NEEDS_OCR))
def test_without_recognition_pictures_are_unread(name: str) -> None:
    document = read(dict(fixtures())[name](), LIMITS)
    assert [item.reason for item in document.unread] == [UnreadReason.OCR_OFF]


def test_a_member_that_the_directory_does_not_list() -> None:
    document = read(docx_places.slack(), LIMITS)
    assert {part.name for part in places(document)} == {"word/document.xml", "word/gone.xml"}


def test_insertions_stand_in_the_text_and_deletions_beside_it() -> None:
    document = read(docx_places.d11(), LIMITS)
    text = document.text
    assert text.startswith(f"{PUBLIC}\n云杉号项目\n")
    parts = {(part.name, part.kind): text[part.start : part.end] for part in document.text_map.parts}
    assert parts["word/document.xml", PartKind.INSERTION] == "号项目\n"
    assert parts["word/document.xml#deleted", PartKind.DELETION].strip() == PHRASE
    assert document.text_map.paragraph_at(text.index("号项目")) == 2


def test_a_phrase_half_hidden_is_found_whole() -> None:
    document = read(body(paragraph(run("云杉") + run("九号工程", "<w:vanish/>"))), LIMITS)
    assert [part.kind for part in places(document)] == [PartKind.HIDDEN]


def test_cells_and_paragraphs_are_gaps_and_breaks_are_joins() -> None:
    cells = "".join(f"<w:tc><w:tcPr/>{paragraph(run(text))}</w:tc>" for text in ("云杉", "九号"))
    document = read(
        body(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>" + paragraph(run("前") + "<w:r><w:br/></w:r>" + run("后"))), LIMITS
    )
    assert document.text.startswith(f"{PUBLIC}\n云杉\t九号\n前\n后\n")
    start = len(PUBLIC)
    assert [int(offset) - start for offset in document.text_map.gaps] == [0, 3, 6, 10]
    assert [int(offset) - start for offset in document.text_map.joins] == [8]


def test_pale_text_on_a_dark_cell_is_seen() -> None:
    white = run("表头文字", '<w:color w:val="FFFFFF"/>')
    dark = f'<w:tbl><w:tr><w:tc><w:tcPr><w:shd w:val="clear" w:fill="1F3864"/></w:tcPr>{paragraph(white)}</w:tc></w:tr></w:tbl>'
    document = read(body(dark + paragraph(white)), LIMITS)
    kinds = [part.kind for part in document.text_map.parts]
    assert document.text.count("表头文字") == 2
    assert kinds == [PartKind.BODY, PartKind.HIDDEN]


def test_hidden_by_style() -> None:
    styles = (
        '<w:style w:type="character" w:styleId="base"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="child"><w:basedOn w:val="base"/></w:style>'
        '<w:style w:type="character" w:styleId="loop"><w:basedOn w:val="loop"/></w:style>'
    )
    text = paragraph(
        run("隐去", '<w:rStyle w:val="child"/>')
        + run("显出", '<w:rStyle w:val="child"/><w:vanish w:val="0"/>')
        + run("循环", '<w:rStyle w:val="loop"/>')
    )
    document = read(with_member("word/styles.xml", story("styles", styles), text), LIMITS)
    hidden = next(part for part in document.text_map.parts if part.kind is PartKind.HIDDEN)
    assert document.text.startswith(f"{PUBLIC}\n显出循环\n")
    assert document.text[hidden.start : hidden.end].startswith("隐去显出循环")


def test_strict_documents_are_the_same_document() -> None:
    data = docx_places.d01()
    strict = story("document", f"<w:body>{paragraph(run(PHRASE))}</w:body>").replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    document = read(Docx(members={"word/document.xml": strict}).save(), LIMITS)
    assert document.text == f"{PHRASE}\n"
    assert read(data, LIMITS).text == f"{PUBLIC}\n{PHRASE}\n"


def bad_zip() -> bytes:
    return b"PK\x03\x04" + b"word/document.xml" * 3


def doctype(kind: str) -> bytes:
    entity = {
        "external": '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        "laughs": "<!DOCTYPE w:document [<!ENTITY a 'aaaa'><!ENTITY x '&a;&a;&a;&a;'>]>",
    }[kind]
    text = f"<w:document {NAMESPACES}><w:body>{paragraph(run('&x;'))}</w:body></w:document>"
    return Docx(members={"word/document.xml": HEAD + entity + text}).save()


@pytest.mark.parametrize("kind", ["external", "laughs"])
def test_document_types_are_refused(kind: str) -> None:
    document = read(doctype(kind), LIMITS)
    assert ("正文", UnreadReason.DAMAGED) in {(item.where, item.reason) for item in document.unread}
    assert "aaaaaaaa" not in document.text


def bomb(*, members: int = 1, size: int = 64 << 20) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(members):
            archive.writestr("word/document.xml" if not number else f"word/media/{number}.xml", b"<a>" + b" " * size)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        (bomb(), LIMITS),
        (bomb(size=1 << 19, members=8), Limits(archive_mib=2)),
        (bomb(size=10, members=50), Limits(archive_members=20)),
    ],
    ids=["ratio", "size", "count"],
)
def test_bombs_are_given_up(data: bytes, limits: Limits) -> None:
    document = read(data, limits)
    assert [item.reason for item in document.unread] == [UnreadReason.BOMB]
    assert document.text == ""


def test_a_zip_that_is_no_zip() -> None:
    assert [item.reason for item in read(bad_zip(), LIMITS).unread] == [UnreadReason.DAMAGED]


def test_without_a_body_it_is_damaged() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/styles.xml", story("styles", ""))
    assert UnreadReason.DAMAGED in {item.reason for item in read(out.getvalue(), LIMITS).unread}


def test_an_encrypted_member_is_named() -> None:
    data = bytearray(docx_places.d07())
    position = data.rfind(b"PK\x01\x02")
    flags = struct.unpack_from("<H", data, position + 8)[0]
    struct.pack_into("<H", data, position + 8, flags | 1)
    document = read(bytes(data), LIMITS)
    assert ("成员 word/footnotes.xml", UnreadReason.ENCRYPTED) in {
        (each.where, each.reason) for each in document.unread
    }


def test_a_member_with_a_wrong_checksum_is_named() -> None:
    data = bytearray(docx_places.d07())
    position = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, position + 16, 1)
    document = read(bytes(data), LIMITS)
    assert ("成员 word/footnotes.xml", UnreadReason.DAMAGED) in {(each.where, each.reason) for each in document.unread}
    assert PUBLIC in document.text


def test_unknown_binaries_are_named_and_their_words_kept() -> None:
    blob = b"\x00\x01\x02\xff" + f"其中有{PHRASE}的说明".encode("utf-16-le") + b"\xff\xfe\x00\x01"
    document = read(with_member("word/blob.dat", blob), LIMITS)
    assert [item.reason for item in document.unread] == [UnreadReason.NOT_READ_YET]
    assert places(document)


def test_too_much_text_is_given_up() -> None:
    document = read(body(paragraph(run("字" * 500))), Limits(text_characters=100))
    assert [item.reason for item in document.unread] == [UnreadReason.TOO_LARGE]


def test_an_honest_file_is_read_without_more_ado() -> None:
    document = read(body(paragraph(run("正文第二行"))), LIMITS)
    assert document.status is ReadStatus.READ
    assert document.text == f"{PUBLIC}\n正文第二行\n"
    assert [part.name for part in document.text_map.parts] == ["word/document.xml"]


def test_an_electronic_signature_is_named() -> None:
    assert read(body(""), LIMITS).traits == ()
    signature = f'{HEAD}<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'
    assert read(with_member("_xmlsignatures/sig1.xml", signature), LIMITS).traits == (Trait.SIGNED,)
