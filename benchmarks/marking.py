"""What marking costs: against copying the same file, for a hundred numbered copies, in bytes, and the check apart.

    python benchmarks/marking.py

Interleaved rounds on a 100-page PDF and a 100-page DOCX made here; medians of processor time, which other programs on the
machine disturb less.  Exits 1 when marking takes twice as long as copying, or the file grows by 60 KB, label included.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pikepdf
import pymupdf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from docx import Document

from markpipe.formats.docx import label as docx_label
from markpipe.formats.docx.mark import mark as mark_docx
from markpipe.formats.pdf import label as pdf_label
from markpipe.formats.pdf.copies import prepare
from markpipe.formats.pdf.mark import mark as mark_pdf
from markpipe.keys.signing import Signer
from markpipe.marking.label import label_of, seal
from markpipe.marking.layout import determined
from markpipe.model.classification import parse_mark
from markpipe.model.decision import Determination, Origin
from markpipe.proof.marks import check_marks

ROUNDS, PAGES, COPIES = 9, 100, 100
DAY = dt.date(2026, 5, 10)
DECIDED = Determination(
    "D2026-0001", "0" * 64, "稿", parse_mark("机密★2035年3月2日"), Origin.DERIVATIVE, "张三", "李四", DAY, DAY
)


def pdf() -> bytes:
    with pymupdf.open() as document:
        for _ in range(PAGES):
            page = document.new_page(width=595.28, height=841.89)
            page.insert_font("F0", fontbuffer=pymupdf.Font("china-s").buffer)
            for line in range(24):
                page.insert_text(
                    (80, 180 + 24 * line), f"第{line}行 关于进一步做好有关工作的通知要求", fontname="F0", fontsize=14
                )
        document.subset_fonts()
        return bytes(document.tobytes(garbage=3, deflate=True))


def docx() -> bytes:
    document = Document()
    for number in range(PAGES * 10):
        document.add_paragraph(f"第{number}段 关于进一步做好有关工作的通知要求，各单位要认真落实。" * 3)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def copy_pdf(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(buffer)
    return buffer.getvalue()


def copy_docx(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return buffer.getvalue()


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def waited(work: Callable[[], object]) -> float:
    """Seconds by the clock: the check is done by other programs."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def labelled(module: ModuleType, data: bytes, marked: bytes) -> bytes:
    """The marked file with a signed label, all of it: digest, signature, another saving."""
    key = Ed25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    label = label_of(DECIDED, "示例市示例局", module.content_digest(data), 7)
    return bytes(module.with_label(marked, seal(label, Signer("Ed25519", public, key.sign)).to_bytes()))


def compare(
    name: str, data: bytes, copy: Callable[[bytes], bytes], mark: Callable[[bytes], bytes], module: ModuleType
) -> bool:
    mark(data)
    times = [(seconds(lambda: copy(data)), seconds(lambda: mark(data))) for _ in range(ROUNDS)]
    copying, marking = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
    ratio = statistics.median(b / a for a, b in times)
    marked = mark(data)
    growth = len(labelled(module, data, marked)) - len(copy(data))
    labelling = statistics.median(seconds(lambda: labelled(module, data, marked)) for _ in range(ROUNDS)) * 1000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(mark(data))
        checking = statistics.median(waited(lambda: check_marks(path, determined(DECIDED, 7))) for _ in range(5)) * 1000
    print(
        f"{name}（{len(data) // 1024} KB，{PAGES} 页）：复制 {copying:.0f} ms，加标志 {marking:.0f} ms，比值 {ratio:.2f}"
    )
    print(f"  增大 {growth / 1024:.1f} KB（连电子标签）；电子标签另需 {labelling:.0f} ms；核对另需 {checking:.0f} ms")
    return ratio < 2 and growth < 60_000


def numbered(data: bytes) -> None:
    start = time.process_time()
    copies = prepare(data, determined(DECIDED, 1))
    ready = time.process_time()
    for serial in range(1, COPIES + 1):
        copies.copy(serial)
    patched = time.process_time()
    one_by_one = seconds(lambda: [mark_pdf(data, determined(DECIDED, serial)) for serial in range(1, 11)]) * 10
    print(
        f"{COPIES} 份：准备 {(ready - start) * 1000:.0f} ms，逐份改号 {(patched - ready) * 1000:.0f} ms；"
        f"每份重新加标志约 {one_by_one * 1000:.0f} ms"
    )


def main() -> int:
    plan = determined(DECIDED, 7)
    as_pdf = pdf()
    good = compare("稿.pdf", as_pdf, copy_pdf, lambda data: mark_pdf(data, plan).data, pdf_label)
    good &= compare("稿.docx", docx(), copy_docx, lambda data: mark_docx(data, plan).data, docx_label)
    numbered(as_pdf)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
