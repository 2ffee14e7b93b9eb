"""Pairs of words whose redacted files must be alike, byte for byte: what was removed leaves no trace in what stays.

    python benchmarks/soak_residue.py [--pairs N]

With `--gap class` the words of a pair are equally long, with `--gap line` they need not be.  The words are random
Chinese characters, with characters that the rest of the text uses, too; they stand in body text of an embedded and
subset font, of a font that is not embedded, in a table, a header, and split over runs.  Exit 1 for a pair that differs.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections import Counter
from collections.abc import Callable
from random import Random

import docx
import pymupdf

from markpipe.formats.docx.redact import redact as redact_docx
from markpipe.formats.pdf.redact import redact as redact_pdf
from markpipe.model.limits import Limits
from markpipe.redaction.plan import Removal
from markpipe.redaction.policy import Gap, Undecidable

REST = ("关于报送材料的通知", "本月{}已经完成，请知悉。", "其余事项照办，{}的材料另行报送。")


def pdf_subset(word: str) -> bytes:
    """A page with an embedded font that was subset, so that its glyph numbers depend on the word."""
    made = pymupdf.open()
    page = made.new_page()
    page.insert_font(fontname="F0", fontbuffer=pymupdf.Font("china-s").buffer)
    for line, text in enumerate(REST):
        page.insert_text((72, 100 + 40 * line), text.format(word), fontname="F0", fontsize=14)
    made.subset_fonts()
    return bytes(made.tobytes(garbage=3))


def pdf_plain(word: str) -> bytes:
    """Two pages in a font that is not embedded, with a grid and the word as a heading; properties name it."""
    made = pymupdf.open()
    for size in (12, 22):
        page = made.new_page()
        page.insert_text((72, 80), word, fontname="china-s", fontsize=size)
        for line, text in enumerate(REST):
            page.draw_rect((60, 120 + 40 * line, 560, 150 + 40 * line))
            page.insert_text((72, 140 + 40 * line), text.format(word), fontname="china-s", fontsize=10)
    made.set_metadata({"title": word, "keywords": word})
    made.set_toc([[1, word, 1]])
    return bytes(made.tobytes())


def docx_body(word: str) -> bytes:
    """Body, header, table and properties; the word split over runs at a place that depends on it."""
    made = docx.Document()
    made.core_properties.title = word
    made.sections[0].header.paragraphs[0].text = f"{word}专用"
    for text in REST:
        before, _, after = text.partition("{}")
        paragraph = made.add_paragraph(before)
        if after:
            cut = ord(word[0]) % len(word)
            paragraph.add_run(word[:cut]).bold = True
            paragraph.add_run(word[cut:]).italic = True
            paragraph.add_run(after)
    cells = made.add_table(1, 2).rows[0].cells
    cells[0].text, cells[1].text = word, "公开"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


BUILDERS: dict[str, Callable[[str], bytes]] = {
    "pdf subset": pdf_subset,
    "pdf plain": pdf_plain,
    "docx": docx_body,
}


def removed(name: str, word: str, gap: Gap) -> bytes:
    redact = redact_docx if name.startswith("docx") else redact_pdf
    return redact(BUILDERS[name](word), Removal((word,), (), gap), (), Undecidable.RASTERISE, Limits()).data


def words(random: Random, *sizes: int) -> tuple[str, ...]:
    """Random words without a character twice; some of the characters stand in the rest of the text, too."""
    letters = [chr(code) for code in range(0x4E00, 0x9FA0) if code % 3] + [*"报送材料知悉"] * 500
    found = []
    for size in sizes:
        word = ""
        while len(word) < size:
            char = random.choice(letters)
            word += char if char not in word else ""
        found.append(word)
    return tuple(found)


def unlike(pairs: int) -> Counter[str]:
    """How many pairs came out unlike, by builder and gap."""
    random = Random(20)
    found: Counter[str] = Counter()
    for _ in range(pairs):
        size = random.randint(3, 9)
        for name in BUILDERS:
            one, other = words(random, size, size)
            found[f"{name} class"] += removed(name, one, Gap.CLASS) != removed(name, other, Gap.CLASS)
            one, other = words(random, size, random.randint(3, 12))
            found[f"{name} line"] += removed(name, one, Gap.LINE) != removed(name, other, Gap.LINE)
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=50)
    pairs = parser.parse_args().pairs
    found = unlike(pairs)
    for name, count in found.items():
        print(f"{name}: {count} of {pairs} pairs differ")
    return int(bool(found.total()))


if __name__ == "__main__":
    sys.exit(main())
