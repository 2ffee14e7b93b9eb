"""Builders of the drafts that marks are tried on; every one is made here, none is a file in the repository."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

import pymupdf
import pytest

from markpipe.model.classification import parse_mark
from markpipe.model.decision import Determination, Origin, Proposal

DAY = dt.date(2026, 5, 10)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"


@pytest.fixture
def determination() -> Determination:
    return Determination(
        "D2026-0001", "ab" * 32, "稿.pdf", parse_mark("机密★2035年3月2日"), Origin.DERIVATIVE, "张三", "李四", DAY, DAY
    )


@pytest.fixture
def proposal() -> Proposal:
    mark = parse_mark("机密★10年")
    return Proposal("cd" * 32, "稿.pdf", "张三", mark.level, mark.term, Origin.ORIGINAL, DAY)


@dataclass(frozen=True)
class PdfDraft:
    """A page's geometry and where its text begins (points from the top of the page before rotation)."""

    width: float = 595.28
    height: float = 841.89
    rotation: int = 0
    media: tuple[float, ...] = ()
    crop: tuple[float, ...] = ()
    unit: float = 0
    content: bytes = b""
    top: float = 250
    left: float = 90
    lines: int = 8
    pages: int = 1


def build_pdf(draft: PdfDraft) -> bytes:
    document = pymupdf.open()
    for _ in range(draft.pages):
        page = document.new_page(width=draft.width, height=draft.height)
        page.insert_font("F9", fontbuffer=pymupdf.Font("china-s").buffer)
        for line in range(draft.lines):
            page.insert_text(
                (draft.left, draft.top + 18 * line), f"第{line}行 关于做好有关工作的通知", fontname="F9", fontsize=12
            )
        for key, box in (("MediaBox", draft.media), ("CropBox", draft.crop)):
            if box:
                document.xref_set_key(page.xref, key, f"[{' '.join(map(str, box))}]")
        if draft.unit:
            document.xref_set_key(page.xref, "UserUnit", str(draft.unit))
        if draft.content:
            xref = page.get_contents()[0]
            document.update_stream(xref, draft.content + document.xref_stream(xref))
        page.set_rotation(draft.rotation)
    document.subset_fonts()
    return bytes(document.tobytes(garbage=3, deflate=True, no_new_id=True))


@pytest.fixture
def make_pdf() -> Callable[..., bytes]:
    return lambda **options: build_pdf(PdfDraft(**options))


@dataclass(frozen=True)
class Section:
    """The headers and footers that a section names, and whether its first page differs."""

    header: str = ""
    first_header: str = ""
    footer: str = ""
    title_page: bool = False


@dataclass
class DocxDraft:
    paragraphs: int = 5
    sections: tuple[Section, ...] = (Section(),)
    ending: str = ""
    extra: dict[str, bytes] = field(default_factory=dict)


def build_docx(draft: DocxDraft) -> bytes:
    parts: dict[str, bytes] = {}
    types = [f'<Override PartName="/word/document.xml" ContentType="{MAIN}.document.main+xml"/>']
    relations: list[str] = []
    body = "".join(f"<w:p><w:r><w:t>第{n}段 关于做好有关工作的通知</w:t></w:r></w:p>" for n in range(draft.paragraphs))
    for number, section in enumerate(draft.sections):
        references = ""
        for kind, which, text in (
            ("header", "default", section.header),
            ("header", "first", section.first_header),
            ("footer", "default", section.footer),
        ):
            if text:
                name = f"{kind}{number}{which}.xml"
                tag = "hdr" if kind == "header" else "ftr"
                parts[f"word/{name}"] = f"<w:{tag} {W}><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{tag}>".encode()
                types.append(f'<Override PartName="/word/{name}" ContentType="{MAIN}.{kind}+xml"/>')
                relations.append(f'<Relationship Id="r{len(relations)}" Type="{OFFICE}/{kind}" Target="{name}"/>')
                references += f'<w:{kind}Reference w:type="{which}" r:id="r{len(relations) - 1}"/>'
        title = "<w:titlePg/>" if section.title_page else ""
        properties = (
            f'<w:sectPr>{references}<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984"'
            f' w:left="1588" w:header="851" w:footer="992" w:gutter="0"/>{title}<w:docGrid w:linePitch="312"/></w:sectPr>'
        )
        last = number == len(draft.sections) - 1
        body += draft.ending + properties if last else f"<w:p><w:pPr>{properties}</w:pPr></w:p>"
    parts["word/document.xml"] = f"<w:document {W} {R}><w:body>{body}</w:body></w:document>".encode()
    parts["word/media/image1.png"] = b"\x89PNG not really"
    parts["word/_rels/document.xml.rels"] = _relationships("".join(relations))
    parts["_rels/.rels"] = _relationships(
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
    )
    defaults = (
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
    )
    types_xml = f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{defaults}{"".join(types)}</Types>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in ({"[Content_Types].xml": types_xml.encode()} | parts | draft.extra).items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _relationships(inner: str) -> bytes:
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'.encode()


@pytest.fixture
def make_docx() -> Callable[..., bytes]:
    return lambda *sections, **options: build_docx(DocxDraft(sections=sections or (Section(),), **options))


@pytest.fixture
def section() -> type[Section]:
    return Section
