"""A word that occurs, taken out of every foreign PDF and DOCX: nothing of it left, nothing crashed, the rest as it was.

    python benchmarks/soak_redaction.py [CACHE] [--limit N] [--keep FOLDER]

The files are those of `soak_foreign.py` (fetched by it).  What comes out is read with pdftotext and a zip walk, and the
text of every page that did not become a picture is compared with the source's, character by character.  A page may
differ for a reason that other tools confirm: text that the source does not show (pdftotext reads it, recognition or a
second look at the page does not), text of annotations.  Exit 1 for a leak, a crash, a proof that fails, or less than
98 % of pages unchanged or explained.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path

from markpipe.errors import MarkpipeError
from markpipe.model.document import UnreadReason
from markpipe.model.limits import Limits
from markpipe.pipeline.redact import redacted_from
from markpipe.pipeline.sandbox import Worker, WorkerFailedError
from markpipe.proof.residue import check_residue
from markpipe.redaction.plan import Removal
from markpipe.redaction.policy import Gap, Undecidable
from markpipe.redaction.result import Redacted
from soak_foreign import files

CRASHES = (UnreadReason.CRASHED, UnreadReason.TIMEOUT, UnreadReason.MEMORY)
_WORDS = (r"[\u4e00-\u9fff]{3,6}|[A-Za-z]{5,9}", r"[A-Za-z]{3,4}|[\u4e00-\u9fff]{2}", r"[A-Za-z0-9]{2,9}")


def normal(text: str) -> str:
    """NFKC without spaces and marks that nobody sees."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(char for char in folded if unicodedata.category(char)[0] not in "ZC")


def pdf_pages(path: Path) -> list[str]:
    """The raw text of each page by pdftotext; none where it cannot be read."""
    done = subprocess.run(["pdftotext", "-raw", "-cropbox", str(path), "-"], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace").split("\f")[:-1]


def docx_text(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            return re.sub("<[^>]*>", "", archive.read("word/document.xml").decode("utf-8", "replace"))
    except (zipfile.BadZipFile, KeyError):
        return ""


def word_of(text: str) -> str:
    """A word that occurs: the commonest of the longest kind there is; none in a file without text."""
    for kind in _WORDS:
        found: Counter[str] = Counter(re.findall(kind, text))
        if found:
            return min(found, key=lambda word: (-found[word], word))
    return ""


class Campaign:
    def __init__(self, worker: Worker, folder: Path) -> None:
        self.worker = worker
        self.folder = folder
        self.counts: Counter[str] = Counter()

    def one(self, number: int, name: str, data: bytes) -> None:
        """Take a word out of one file and look for it."""
        pdf = b"%PDF-" in data[:1024]
        ending = "pdf" if pdf else "docx"
        source, out = (self.folder / f"{number:03}.{kind}.{ending}" for kind in ("source", "out"))
        source.write_bytes(data)
        word = word_of("\n".join(pdf_pages(source)) if pdf else docx_text(source))
        self.counts["files"] += 1
        if not word:
            self.counts["without a word"] += 1
            return
        try:
            made = self._made(data, ending, word)
        except MarkpipeError as error:
            self.counts["refused"] += 1
            print(f"refused: {number} {name}: {error.message}")
            return
        except WorkerFailedError as error:
            self.counts["CRASHES" if error.reason in CRASHES else "refused"] += 1
            print(f"{error.reason.value}: {number} {name}: {error.detail}")
            return
        out.write_bytes(made.data)
        self.counts["redacted"] += 1
        if problems := check_residue(out, (word,)).problems:
            self.counts["FAILED PROOFS"] += 1
            print(f"proof: {number} {name}: {word}: {problems}")
        left = normal("".join(pdf_pages(out)) if pdf else docx_text(out)).casefold()
        if word.casefold() in left:
            self.counts["LEAKS"] += 1
            print(f"LEAK: {number} {name}")
        if pdf:
            self._compare(number, name, word, source, out, made)

    def _made(self, data: bytes, ending: str, word: str) -> Redacted:
        argument = {
            "format": ending,
            "removal": Removal((word,), (), Gap.EXACT),
            "orders": (),
            "undecidable": Undecidable.RASTERISE,
        }
        return redacted_from(*self.worker.call("redact", data, argument))

    def _compare(self, number: int, name: str, word: str, source: Path, out: Path, made: Redacted) -> None:
        gone = re.compile(re.escape(word), re.IGNORECASE)
        for before, after, page in zip(pdf_pages(source), pdf_pages(out), made.pages, strict=False):
            if page.rasterised:
                self.counts["pages made pictures"] += 1
                print(f"picture: {number} {name} page {page.page}: {page.undecided}")
                continue
            self.counts["pages"] += 1
            one, other = (Counter(gone.sub("", normal(text))) for text in (before, after))
            if one == other:
                continue
            self.counts["pages changed"] += 1
            lost, new = one - other, other - one
            shown = ["".join(f"{char}{count}" for char, count in side.most_common(25)) for side in (lost, new)]
            print(
                f"changed: {number} {name} page {page.page}: hidden {page.hidden}, lost {lost.total()} of {one.total()} {shown[0]!r}, new {new.total()} {shown[1]!r}"
            )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("cache", type=Path, nargs="?", default=Path.home() / ".cache" / "markpipe-soak")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    limits = Limits(wall_seconds=300)
    with tempfile.TemporaryDirectory() as work, Worker(limits, Path(work) / "work", ocr="never") as worker:
        folder = arguments.keep or Path(work)
        folder.mkdir(parents=True, exist_ok=True)
        campaign = Campaign(worker, folder)
        for number, (name, data) in enumerate(files(arguments.cache)):
            if arguments.limit and number >= arguments.limit:
                break
            campaign.one(number, name, data)
            sys.stdout.flush()
    for what, count in sorted(campaign.counts.items()):
        print(f"{count:6} {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
