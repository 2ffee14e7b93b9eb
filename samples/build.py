"""Build every sample file from `texts.toml`: `python samples/build.py [FOLDER]`.

The same input gives the same bytes, so the built files are committed and a test builds them again.  Layout follows
GB/T 9704-2012: A4, type area 156 x 225 mm from 28 mm left and 37 mm top, 22 lines of 28 characters.
"""

from __future__ import annotations

import io
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import docx
import pymupdf
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TEXTS = Path(__file__).with_name("texts.toml")
MM = 72 / 25.4
LEFT, TOP, WIDTH, LINES = 28 * MM, 37 * MM, 156 * MM, 22
PITCH = 225 * MM / LINES
BODY_SIZE, TITLE_SIZE = 15.75, 21.0
NO_LINE_START = "，。；：、！？）》”〕"
EPOCH = (2026, 1, 1, 0, 0, 0)
README_START, README_END = "<!-- table -->", "<!-- /table -->"

Sample = Mapping[str, Any]


def main() -> None:
    """Build into the folder named on the command line, by default this one."""
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)


def build(folder: Path) -> None:
    """Write drafts/, sources/, sources/sources.toml and the table of README.md."""
    texts = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    for name in ("drafts", "sources"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for sample in texts[name]:
            (folder / name / sample["file"]).write_bytes(render(sample))
    (folder / "sources" / "sources.toml").write_text(register_list(texts["sources"]), encoding="utf-8")
    readme = folder / "README.md"
    if readme.exists():
        head, _, rest = readme.read_text(encoding="utf-8").partition(README_START)
        _, _, tail = rest.partition(README_END)
        readme.write_text(f"{head}{README_START}\n{table(texts)}{README_END}{tail}", encoding="utf-8")


def render(sample: Sample) -> bytes:
    """The bytes of one sample in the format that its name says."""
    match Path(sample["file"]).suffix:
        case ".pdf":
            return pdf(sample)
        case ".docx":
            return word(sample)
        case ".txt":
            body = f"{sample['title']}\n\n{sample['body'].strip()}\n"
            return body.encode(sample.get("encoding", "utf-8"))
        case other:
            raise ValueError(f"no way to build {other}")


def head_lines(sample: Sample) -> list[str]:
    """The lines from the top of the type area to the title: 份号, 标志 and 紧急程度 take the first three."""
    top = [sample.get("serial", ""), sample.get("mark", ""), ""][: sample.get("top", 3)]
    names = [line for line in (sample.get("office", ""), sample.get("document_number", "")) if line]
    return [*top, *sample.get("masthead", []), *names, *([""] if names else [])]


def closing_lines(sample: Sample) -> list[str]:
    """The office and the 制发日 of a source."""
    if "issued_on" not in sample:
        return []
    day = sample["issued_on"]
    return [sample["office"], f"{day.year}年{day.month}月{day.day}日"]


def paragraphs(sample: Sample) -> list[str]:
    """The paragraphs of the body."""
    return str(sample["body"]).strip().splitlines()


def pdf(sample: Sample) -> bytes:
    """A PDF with its font embedded, as a word processor would export it."""
    font = pymupdf.Font("china-s")
    document = pymupdf.open()
    lines = list(pdf_lines(sample, font))
    for start in range(0, len(lines), LINES):
        page = document.new_page(width=210 * MM, height=297 * MM)
        writer = pymupdf.TextWriter(page.rect)
        for number, (text, size, indent) in enumerate(lines[start : start + LINES]):
            if text:
                baseline = TOP + number * PITCH + (PITCH + size * 0.76) / 2
                writer.append((LEFT + indent, baseline), text, font=font, fontsize=size)
        writer.write_text(page)
    document.set_metadata({"title": sample["title"], "author": "样例", "producer": "", "creator": ""})
    document.subset_fonts()
    data: bytes = document.tobytes(garbage=4, deflate=True, no_new_id=True)
    return data


def pdf_lines(sample: Sample, font: pymupdf.Font) -> Iterator[tuple[str, float, float]]:
    """Text, size and distance from the left edge of every line, empty ones too."""
    for text in head_lines(sample):
        centred = text in (sample.get("office"), sample.get("document_number"))
        yield text, BODY_SIZE, (WIDTH - font.text_length(text, BODY_SIZE)) / 2 if centred else 0.0
    for text in wrapped(sample["title"], font, TITLE_SIZE):
        yield text, TITLE_SIZE, (WIDTH - font.text_length(text, TITLE_SIZE)) / 2
    yield "", BODY_SIZE, 0.0
    for number, paragraph in enumerate(paragraphs(sample)):
        addressed = number == 0 and paragraph.endswith("：")
        for text in wrapped(paragraph if addressed else "\u3000\u3000" + paragraph, font, BODY_SIZE):
            yield text, BODY_SIZE, 0.0
    yield "", BODY_SIZE, 0.0
    for text in closing_lines(sample):
        yield text, BODY_SIZE, WIDTH - font.text_length(text, BODY_SIZE) - 2 * BODY_SIZE


def wrapped(text: str, font: pymupdf.Font, size: float) -> Iterator[str]:
    """The text in lines that fit the type area; closing punctuation hangs over rather than begins a line."""
    line = ""
    for char in text:
        if font.text_length(line + char, size) > WIDTH and char not in NO_LINE_START:
            yield line
            line = ""
        line += char
    yield line


def word(sample: Sample) -> bytes:
    """A DOCX as python-docx writes it, with times and order of its parts made constant."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "FangSong", Pt(16)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(0), Pt(PITCH)
    if "header" in sample:
        section.header.paragraphs[0].text = sample["header"]
    for text in head_lines(sample):
        centred = text in (sample.get("office"), sample.get("document_number"))
        document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(sample["title"]).font.size = Pt(22)
    document.add_paragraph()
    for number, paragraph in enumerate(paragraphs(sample)):
        added = document.add_paragraph(paragraph)
        if number or not paragraph.endswith("："):
            added.paragraph_format.first_line_indent = Pt(32)
    if rows := sample.get("table"):
        grid = document.add_table(len(rows), len(rows[0]), "Table Grid")
        for cells, row in zip(grid.rows, rows, strict=True):
            for cell, text in zip(cells.cells, row, strict=True):
                cell.text = text
    for text in closing_lines(sample):
        document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    properties = document.core_properties
    properties.title, properties.author = sample["title"], "样例"
    buffer = io.BytesIO()
    document.save(buffer)
    return constant_zip(buffer.getvalue())


def constant_zip(data: bytes) -> bytes:
    """The same archive with one time on every member."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return out.getvalue()


def register_list(sources: list[Sample]) -> str:
    """`sources.toml`: what the demo site enters into its register."""
    lines = ["# 由 build.py 生成：演示站点登记的来源", "schema = 1"]
    for source in sources:
        lines += ["", "[[sources]]"]
        for key in ("file", "title", "document_number", "mark", "issued_on", "access_scope"):
            value = source[key]
            lines.append(f"{key} = {value}" if key == "issued_on" else f'{key} = "{value}"')
    return "\n".join(lines) + "\n"


def table(texts: Mapping[str, list[Sample]]) -> str:
    """The README's tables."""
    rows = ["", "| 来源 | 标志 | 文号 | 制发日 |", "|---|---|---|---|"]
    rows += [f"| {s['file']} | {s['mark']} | {s['document_number']} | {s['issued_on']} |" for s in texts["sources"]]
    rows += ["", "| 文件 | 内容 | 应当得出 |", "|---|---|---|"]
    rows += [f"| {d['file']} | {d['shows']} | {d['expect']} |" for d in texts["drafts"]]
    return "\n".join(rows) + "\n\n"


if __name__ == "__main__":
    main()
