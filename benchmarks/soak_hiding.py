"""Every way of hiding a phrase, with three phrases of different lengths: nothing of it left, public text still there.

    python benchmarks/soak_hiding.py [--only ID …]

Goes through the whole pipeline with text recognition (tesseract has to be there) and is judged by `leak_check`, which is
none of the product's.  The pixels are recognised anew for every file whose source shows the phrase in a picture or in
glyphs that say something else.  Exit 1 for a leak, for lost public text, or for less than 97 % clean files.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "resources"))

from hiding import PHRASES, PUBLIC, docx_places, pdf_objects, pdf_pages
from leak_check import docx_leaks, docx_shows, docx_text, pdf_leaks, pdf_shows, pdf_text

from markpipe.errors import MarkpipeError
from markpipe.model.limits import Limits
from markpipe.pipeline.redact import Options, redact_file
from markpipe.pipeline.sandbox import Worker
from markpipe.redaction.plan import Request
from markpipe.redaction.policy import Gap

PIXELS = {"p14", "p22", "p23", "p24", "p25", "p26", "p29", "p30", "p35", "d30", "d33"}
CLEAN = 0.97


def ids() -> dict[str, object]:
    """The module of each id."""
    modules = (pdf_pages, pdf_objects, docx_places)
    return {name: module for module in modules for name in dir(module) if re.fullmatch(r"[pacrd]\d\d", name)}


def one(name: str, data: bytes, phrase: str, worker: Worker, folder: Path) -> list[str]:
    """What is wrong with the redacted file: where the phrase is left, and lost public text."""
    ending = "docx" if name.startswith("d") else "pdf"
    source, out = folder / f"source.{ending}", folder / f"{name}.{len(phrase)}.{ending}"
    source.write_bytes(data)
    redact_file(worker, Limits(), source, out, lambda _: Request((phrase,), gap=Gap.CLASS), Options())
    made = out.read_bytes()
    if ending == "docx":
        leaks = docx_leaks(made, phrase)
        public, shown = docx_text(made), name in PIXELS and docx_shows(made, phrase)
    else:
        leaks = pdf_leaks(made, phrase, folder)
        public, shown = pdf_text(made, folder), name in PIXELS and pdf_shows(made, phrase, folder)
    return [*leaks, *(["pixels"] if shown else []), *([] if PUBLIC in public else ["public text lost"])]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="*", default=[])
    wanted = parser.parse_args().only
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as work, Worker(Limits(), Path(work) / "work", ocr="never") as worker:
        for name, module in sorted(ids().items()):
            for number, phrase in enumerate(PHRASES):
                if wanted and name not in wanted:
                    continue
                counts["files"] += 1
                folder = Path(work) / str(number)
                folder.mkdir(exist_ok=True)
                try:
                    wrong = one(name, getattr(module, name)(phrase), phrase, worker, folder)
                except MarkpipeError as error:
                    counts["refused"] += 1
                    print(f"{name} {len(phrase)}: {error.message}", flush=True)
                    continue
                counts["LEAKS"] += bool([what for what in wrong if what != "public text lost"])
                counts["PUBLIC TEXT LOST"] += "public text lost" in wrong
                if wrong:
                    print(f"{name} {len(phrase)}: {wrong}", flush=True)
    for what, count in sorted(counts.items()):
        print(f"{count:6} {what}")
    clean = 1 - counts["refused"] / max(counts["files"], 1)
    print(f"clean {clean:.1%}")
    return int(bool(counts["LEAKS"] or counts["PUBLIC TEXT LOST"] or clean < CLEAN))


if __name__ == "__main__":
    sys.exit(main())
