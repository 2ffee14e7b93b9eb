"""The long campaign of redaction: `python benchmarks/soak_redaction.py [FOLDER]`.

Pairs of words that must come out alike, byte for byte; and, with a folder of PDF and DOCX, a word that occurs taken out
of each of them, looked for again with pdftotext and a zip walk, and the rest of the text compared page by page.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path
from random import Random

import pymupdf

from markpipe.errors import MarkpipeError
from markpipe.formats.docx.redact import redact as redact_docx
from markpipe.formats.pdf.redact import redact as redact_pdf
from markpipe.model.limits import Limits
from markpipe.proof.residue import check_residue
from markpipe.redaction.plan import Removal
from markpipe.redaction.policy import Gap, Undecidable

PAIRS = 50
MOST_FILES = 300


def page_with(word: str) -> bytes:
    """A page with an embedded font that was subset, so that its numbering depends on the word."""
    made = pymupdf.open()
    page = made.new_page()
    page.insert_font(fontname="F0", fontbuffer=pymupdf.Font("china-s").buffer)
    for y, text in ((100, "关于报送材料的通知"), (140, f"本月{word}已经完成，请知悉。"), (180, "其余事项照办。")):
        page.insert_text((72, y), text, fontname="F0", fontsize=14)
    made.subset_fonts()
    return bytes(made.tobytes(garbage=3))


def removed(word: str, gap: Gap) -> bytes:
    removal = Removal((word,), (), gap)
    return redact_pdf(page_with(word), removal, (), Undecidable.RASTERISE, Limits()).data


def pairs() -> int:
    """How many pairs came out unlike."""
    random = Random(20)
    letters = [chr(code) for code in range(0x4E00, 0x9FA0) if code % 3]
    unlike = 0
    for _ in range(PAIRS):
        size = random.randint(3, 9)
        one, other = ("".join(random.sample(letters, size)) for _ in range(2))
        longer = "".join(random.sample(letters, random.randint(3, 12)))
        unlike += removed(one, Gap.CLASS) != removed(other, Gap.CLASS)
        unlike += removed(one, Gap.LINE) != removed(longer, Gap.LINE)
    return unlike


def normal(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def pdf_pages(path: Path) -> list[str]:
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=False)
    return [normal(page) for page in done.stdout.decode("utf-8", "replace").split("\f")]


def docx_text(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return normal(re.sub("<[^>]*>", "", archive.read("word/document.xml").decode("utf-8", "replace")))


def word_of(text: str) -> str:
    """A word that occurs: the commonest run of four to eight letters or characters."""
    found = Counter(re.findall(r"[\u4e00-\u9fff]{3,6}|[A-Za-z]{5,9}", text))
    return min(found, key=lambda word: (-found[word], word)) if found else ""


def one_file(path: Path, folder: Path, counts: Counter[str]) -> None:
    """Take a word out of one file and look for it."""
    data = path.read_bytes()
    is_pdf = data[:1024].find(b"%PDF-") >= 0
    text = "".join(pdf_pages(path)) if is_pdf else docx_text(path)
    word = word_of(text)
    if not word:
        counts["no word"] += 1
        return
    out = folder / ("out.pdf" if is_pdf else "out.docx")
    redact = redact_pdf if is_pdf else redact_docx
    made = redact(data, Removal((word,), (), Gap.EXACT), (), Undecidable.RASTERISE, Limits())
    out.write_bytes(made.data)
    counts["files"] += 1
    problems = check_residue(out, (word,)).problems
    counts["refused by the proof"] += bool(problems)
    left = "".join(pdf_pages(out)) if is_pdf else docx_text(out)
    if not problems and word.casefold() in left.casefold():
        counts["LEAKS"] += 1
        print("LEAK", path.name)
    if is_pdf:
        for before, after, page in zip(pdf_pages(path), pdf_pages(out), made.pages, strict=False):
            counts["rasterised pages"] += page.rasterised
            if page.rasterised:
                continue
            counts["pages"] += 1
            gone = re.compile(re.escape(word), re.IGNORECASE)
            same = Counter(gone.sub("", before)) == Counter(gone.sub("", after))
            counts["pages with other text changed"] += not same


def main() -> int:
    unlike = pairs()
    print(f"{PAIRS} 对等长（class）和 {PAIRS} 对不等长（line）：不一致 {unlike}")
    counts: Counter[str] = Counter()
    if len(sys.argv) > 1:
        files = sorted(path for path in Path(sys.argv[1]).rglob("*") if path.suffix.lower() in (".pdf", ".docx"))
        with tempfile.TemporaryDirectory() as folder:
            for path in files[:MOST_FILES]:
                try:
                    one_file(path, Path(folder), counts)
                except MarkpipeError:
                    counts["refused"] += 1
                except Exception as error:  # noqa: BLE001 - a crash is what is counted
                    counts["CRASHES"] += 1
                    print("CRASH", path.name, type(error).__name__)
        print("，".join(f"{name} {count}" for name, count in sorted(counts.items())))
    return int(bool(unlike or counts["LEAKS"] or counts["CRASHES"]))


if __name__ == "__main__":
    sys.exit(main())
