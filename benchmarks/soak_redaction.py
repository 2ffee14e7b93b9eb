"""A word that occurs, taken out of every foreign PDF and DOCX: nothing of it left, nothing crashed, the rest as it was.

    python benchmarks/soak_redaction.py [CACHE] [--limit N] [--numbers 0-119 …] [--keep FOLDER]

The files are those of `soak_foreign.py` (fetched by it).  What comes out is read with pdftotext and a zip walk, and the
text of every page that did not become a picture is compared with the source's, character by character.  A page whose
text differs is held against its source by `as_seen`: alike to the eye where hidden text went.  Exit 1 for a leak, a
crash, a proof that fails, or less than 98 % of pages unchanged but for what could not be seen.
"""

from __future__ import annotations

import argparse
import html
import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path

from as_seen import why_unseen
from markpipe.errors import MarkpipeError
from markpipe.model.document import UnreadReason
from markpipe.model.limits import Limits
from markpipe.pipeline.redact import Options, redact_file, redacted_from
from markpipe.pipeline.sandbox import Worker, WorkerFailedError
from markpipe.proof.recognise import available
from markpipe.proof.residue import check_residue
from markpipe.redaction.plan import Removal, Request
from markpipe.redaction.policy import Gap, Undecidable
from markpipe.redaction.result import PageResult
from soak_foreign import files

KEPT = 0.98
_STORY = re.compile(r"word/[^/]*\.xml$")
_TEXTS = re.compile(r"<(?:w|m):t(?:\s[^>]*)?>([^<]*)<")
_HYPHENS = {0x2010: "-", 0x2011: "-"}
CRASHES = (UnreadReason.CRASHED, UnreadReason.TIMEOUT, UnreadReason.MEMORY)
_WORDS = (r"[\u4e00-\u9fff]{3,6}|[A-Za-z]{5,9}", r"[A-Za-z]{3,4}|[\u4e00-\u9fff]{2}", r"[A-Za-z]{2}|[0-9]{4,9}")


def normal(text: str) -> str:
    """NFKC without spaces and marks that nobody sees, with one kind of hyphen."""
    folded = unicodedata.normalize("NFKC", text).translate(_HYPHENS)
    return "".join(char for char in folded if unicodedata.category(char)[0] not in "ZC" and char != "\ufffd")


def pdf_pages(path: Path) -> list[str]:
    """The raw text of each page by pdftotext; none where it cannot be read."""
    done = subprocess.run(["pdftotext", "-raw", "-cropbox", str(path), "-"], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace").split("\f")[:-1]


def docx_text(path: Path) -> str:
    """What the stories of a document say, by a walk over its archive; nothing where it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            stories = [
                archive.read(name).decode("utf-8", "replace") for name in archive.namelist() if _STORY.search(name)
            ]
    except (zipfile.BadZipFile, OSError):
        return ""
    return "\n".join(html.unescape("".join(_TEXTS.findall(story))) for story in stories)


def word_of(text: str) -> str:
    """A word that occurs: the commonest of the longest kind there is; none in a file without text."""
    for kind in _WORDS:
        found: Counter[str] = Counter(re.findall(kind, text))
        if found:
            return min(found, key=lambda word: (-found[word], word))
    return ""


class Campaign:
    def __init__(self, worker: Worker, limits: Limits, folder: Path) -> None:
        self.worker = worker
        self.limits = limits
        self.recognising = available()
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
            pages = self._made(data, ending, word, source, out)
        except MarkpipeError as error:
            self.counts["refused"] += 1
            print(f"refused: {number} {name}: {error.message}")
            return
        except WorkerFailedError as error:
            self.counts["CRASHES" if error.reason in CRASHES else "refused"] += 1
            print(f"{error.reason.value}: {number} {name}: {error.detail}")
            return
        self.counts["redacted"] += 1
        if problems := check_residue(out, (word,)).problems:
            self.counts["FAILED PROOFS"] += 1
            print(f"proof: {number} {name}: {word}: {problems}")
        left = normal("".join(pdf_pages(out)) if pdf else docx_text(out)).casefold()
        if word.casefold() in left:
            self.counts["LEAKS"] += 1
            print(f"LEAK: {number} {name}")
        if pdf:
            self._compare(number, name, word, source, out, pages)

    def _made(self, data: bytes, ending: str, word: str, source: Path, out: Path) -> tuple[PageResult, ...]:
        """Rebuild a file; one with a layer of words over a scan by the whole pipeline, with recognition."""
        argument = {
            "format": ending,
            "removal": Removal((word,), (), Gap.EXACT),
            "orders": (),
            "undecidable": Undecidable.RASTERISE,
        }
        made = redacted_from(*self.worker.call("redact", data, argument))
        if any(page.unsearchable for page in made.pages) and self.recognising:
            options = Options(replace=True)
            done = redact_file(
                self.worker, self.limits, source, out, lambda _: Request((word,), gap=Gap.EXACT), options
            )
            return done.pages
        out.write_bytes(made.data)
        return made.pages

    def _compare(
        self, number: int, name: str, word: str, source: Path, out: Path, pages: tuple[PageResult, ...]
    ) -> None:
        # also where occurrences overlap, as in a row of leaders
        said = "-?".join(map(re.escape, word))
        gone = re.compile(f"(?:(?={said}).)+{said}|{said}", re.IGNORECASE)
        for before, after, page in zip(pdf_pages(source), pdf_pages(out), pages, strict=False):
            if page.rasterised:
                self.counts["pages made pictures"] += 1
                print(f"picture: {number} {name} page {page.page}: {page.undecided}")
                continue
            if page.anew or page.unsearchable:
                self.counts["pages recognised anew" if page.anew else "pages that lost their words"] += 1
                print(f"layer: {number} {name} page {page.page}: {'anew' if page.anew else 'lost'}")
                continue
            self.counts["pages"] += 1
            one, other = (Counter(gone.sub("", normal(text))) for text in (before, after))
            if one == other:
                continue
            lost, new = one - other, other - one
            why = why_unseen(source, out, page.page, gone, normal)
            self.counts["pages with other text"] += 1
            self.counts["pages with other text, unseen" if why else "pages CHANGED"] += 1
            shown = ["".join(f"{char}{count}" for char, count in side.most_common(25)) for side in (lost, new)]
            print(
                f"{f'unseen ({why})' if why else 'CHANGED'}: {number} {name} page {page.page}: hidden {page.hidden}, "
                f"lost {lost.total()} of {one.total()} {shown[0]!r}, new {new.total()} {shown[1]!r}"
            )


def _within(number: int, part: str) -> bool:
    first, _, last = part.partition("-")
    return int(first) <= number <= int(last or first)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("cache", type=Path, nargs="?", default=Path.home() / ".cache" / "markpipe-soak")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--numbers", nargs="*", default=[], help="files by number, 7 or 0-119: a part of the campaign")
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    limits = Limits(wall_seconds=1200)
    with tempfile.TemporaryDirectory() as work, Worker(limits, Path(work) / "work", ocr="never") as worker:
        folder = arguments.keep or Path(work)
        folder.mkdir(parents=True, exist_ok=True)
        campaign = Campaign(worker, limits, folder)
        for number, (name, data) in enumerate(files(arguments.cache)):
            if arguments.limit and number >= arguments.limit:
                break
            if arguments.numbers and not any(_within(number, part) for part in arguments.numbers):
                continue
            campaign.one(number, name, data)
            sys.stdout.flush()
    counts = campaign.counts
    for what, count in sorted(counts.items()):
        print(f"{count:6} {what}")
    same = 1 - counts["pages with other text"] / max(counts["pages"], 1)
    kept = 1 - counts["pages CHANGED"] / max(counts["pages"], 1)
    print(f"text the same on {same:.1%} of pages, the same but for what could not be seen on {kept:.1%}")
    return int(bool(counts["LEAKS"] or counts["CRASHES"] or counts["FAILED PROOFS"] or kept < KEPT))


if __name__ == "__main__":
    sys.exit(main())
