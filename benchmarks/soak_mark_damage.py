"""Marking of damaged files: it marks or refuses in words, and what it marked passes the check or is not kept.

    python benchmarks/soak_mark_damage.py [ROUNDS [SEED]]

Bytes of a PDF, of the parts of a DOCX and of its archive are changed, cut and inserted.  Exits 1 when anything but
`OutputError` comes out of marking or of the check.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pymupdf
from docx import Document

from markpipe.errors import OutputError
from markpipe.formats.docx.mark import mark as mark_docx
from markpipe.formats.pdf.mark import mark as mark_pdf
from markpipe.marking.layout import determined
from markpipe.model.classification import parse_mark
from markpipe.model.decision import Determination, Origin
from markpipe.proof.marks import check_marks

DAY = dt.date(2026, 5, 10)
DECIDED = Determination(
    "D2026-0001", "0" * 64, "稿", parse_mark("机密★10年"), Origin.ORIGINAL, "张三", "李四", DAY, DAY
)


def pdf(*, packed: bool) -> bytes:
    with pymupdf.open() as document:
        page = document.new_page(width=595.28, height=841.89)
        page.insert_font("F0", fontbuffer=pymupdf.Font("china-s").buffer)
        for line in range(6):
            page.insert_text((90, 250 + 24 * line), f"第{line}行 关于做好有关工作的通知", fontname="F0", fontsize=14)
        document.subset_fonts()
        return bytes(document.tobytes(garbage=3, deflate=packed, expand=0 if packed else 255))


def docx() -> bytes:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "内部文稿"
    document.add_paragraph("关于做好有关工作的通知")
    document.add_section().different_first_page_header_footer = True
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def damaged(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data or b" ")
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(out))
        match chance.randrange(5):
            case 0:
                out[at : at + chance.randrange(1, 40)] = b""
            case 1:
                out[at:at] = chance.randbytes(chance.randrange(1, 9))
            case _:
                out[at] = chance.randrange(256)
        out = out or bytearray(b" ")
    return bytes(out)


def damaged_part(data: bytes, chance: random.Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        picked = chance.choice(source.namelist())
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, damaged(part, chance) if name == picked else part)
    return buffer.getvalue()


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    plan = determined(DECIDED, 7)
    packed, plain, word = pdf(packed=True), pdf(packed=False), docx()
    makers: dict[str, Callable[[], bytes]] = {
        "压缩的.pdf": lambda: damaged(packed, chance),
        "展开的.pdf": lambda: damaged(plain, chance),
        "部件坏的.docx": lambda: damaged_part(word, chance),
        "压缩包坏的.docx": lambda: damaged(word, chance),
    }
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, make in makers.items():
            outcomes: Counter[str] = Counter()
            mark = mark_pdf if name.endswith(".pdf") else mark_docx
            path = Path(folder) / name
            for _ in range(rounds):
                try:
                    path.write_bytes(mark(make(), plan).data)
                    outcomes["核对不符" if check_marks(path, plan) else "已加盖"] += 1
                except OutputError:
                    outcomes["拒绝"] += 1
                except Exception as error:  # noqa: BLE001 - what this campaign looks for
                    outcomes[f"{type(error).__name__}: {error}"[:80]] += 1
                    bad += 1
            print(f"{name}：" + "，".join(f"{what} {count}" for what, count in outcomes.most_common()))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
