"""What a page of redaction and of its proof costs, next to plain `apply_redactions`: `python benchmarks/redaction.py`."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pymupdf

from markpipe.formats.pdf.redact import redact
from markpipe.formats.pdf.redact_inspect import inspect
from markpipe.model.limits import Limits
from markpipe.proof.recognise import available
from markpipe.proof.residue import check_residue
from markpipe.redaction.plan import Removal
from markpipe.redaction.policy import Gap, Undecidable

PAGES = 20
ROUNDS = 3
WORD = "青岚库区"


def document() -> bytes:
    """Pages of 30 lines with 28 characters, the word three times on each."""
    made = pymupdf.open()
    for number in range(PAGES):
        page = made.new_page()
        for line in range(30):
            text = f"第{number + 1:02d}页第{line + 1:02d}行的文字是为测量而写的其中没有任何事项内容"[:28]
            text = f"本行提到{WORD}一次其余文字照常排列而已" if line in (5, 15, 25) else text
            page.insert_text((72, 90 + 24 * line), text, fontname="china-s", fontsize=14)
    return bytes(made.tobytes(deflate=True))


def plain(data: bytes) -> None:
    """What people do: search, annotate, apply."""
    opened = pymupdf.open(stream=data)
    for page in opened:
        for rect in page.search_for(WORD):
            page.add_redact_annot(rect, fill=(0, 0, 0))
        page.apply_redactions()
    opened.tobytes(garbage=4, deflate=True)


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000 / PAGES


def main() -> None:
    data = document()
    removal = Removal((WORD,), (), Gap.CLASS)
    rows: dict[str, list[float]] = {
        "search_for + apply_redactions": [],
        "重建": [],
        "核对（不识别）": [],
        "verify 的遮盖检查": [],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.pdf"
        for _ in range(ROUNDS):
            rows["search_for + apply_redactions"].append(timed(lambda: plain(data)))
            rows["重建"].append(timed(lambda: redact(data, removal, (), Undecidable.RASTERISE, Limits())))
            path.write_bytes(redact(data, removal, (), Undecidable.RASTERISE, Limits()).data)
            rows["核对（不识别）"].append(timed(lambda: check_residue(path, (WORD,))))
            rows["verify 的遮盖检查"].append(timed(lambda: inspect(data, Limits())))
        print(f"输入 {len(data) // 1024} KiB，输出 {path.stat().st_size // 1024} KiB")
        if available():
            start = time.perf_counter()
            check_residue(path, (WORD,), (), (1, 2))
            rows["核对（识别一页）"] = [(time.perf_counter() - start) * 500]
    for name, values in rows.items():
        print(f"{name}: {statistics.median(values):.0f} ms/页（{'、'.join(f'{value:.0f}' for value in values)}）")


if __name__ == "__main__":
    main()
