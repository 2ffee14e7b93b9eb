"""Foreign files: PDF and DOCX files out of the source distributions of other projects, each read once.

    python benchmarks/soak_foreign.py [CACHE] [--no-fetch] [--limit N]

pip is asked for the source distributions (`pip download --no-binary :all:`) into CACHE/sdist, a folder outside the
repository, unless some are there already.  The files are
taken out of the archives in memory and never unpacked to disk.  Every file must end with an outcome; a worker that had
to be ended for one (crash, time, memory) counts as a failure of ours and is listed.  Exit 1 when there is one,
or when there are fewer than 300 files and no --limit.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from markpipe.model.document import ReadStatus, UnreadReason
from markpipe.model.limits import Limits
from markpipe.pipeline.dispatch import read_data
from markpipe.pipeline.sandbox import Worker

PACKAGES = (
    "ocrmypdf", "pikepdf", "python-docx", "pypdf", "pdfplumber", "docxtpl", "docxcompose", "mammoth", "docx-mailmerge",
    "PyPDF2", "pdfminer.six", "pydocx", "PyPDFForm", "pdfannots", "tabula-py", "camelot-py", "fpdf2", "pypdfium2", "rst2pdf",
    "rinohtype", "pyhanko", "pdfreader", "pdftotext", "img2pdf", "python-docx-ng", "borb", "reportlab",
)  # fmt: skip
MOST = 60  # files of one package: some hold hundreds of a kind
LEAST = 300
FAILURES = (UnreadReason.CRASHED, UnreadReason.TIMEOUT, UnreadReason.MEMORY)


def fetch(cache: Path) -> None:
    """Source distributions by pip; a package that does not come is passed over."""
    for package in PACKAGES:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                "--no-binary",
                ":all:",
                "-d",
                cache / "sdist",
                package,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        print(f"{package}: {'ok' if done.returncode == 0 else 'not there'}", file=sys.stderr)


def files(cache: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each PDF and DOCX file in the archives of the cache, each content once, at most `MOST` of each."""
    seen: set[bytes] = set()
    for archive in sorted((cache / "sdist").iterdir()):
        before = len(seen)
        for name, data in _members(archive):
            if len(seen) - before >= MOST:
                break
            if name.lower().endswith((".pdf", ".docx", ".docm", ".dotx")) and data not in seen:
                seen.add(data)
                yield f"{archive.name}:{name}", data


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    if archive.name.endswith(".zip"):
        with zipfile.ZipFile(archive) as packed:
            for name in packed.namelist():
                yield name, packed.read(name)
    elif ".tar" in archive.name:
        with tarfile.open(archive) as packed_tar:
            for member in packed_tar:
                if member.isfile() and (file := packed_tar.extractfile(member)) is not None:
                    yield member.name, file.read()


def main() -> int:
    """Read everything and print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path, nargs="?", default=Path.home() / ".cache" / "markpipe-soak")
    parser.add_argument("--no-fetch", action="store_true")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--ocr", default="never", choices=["auto", "always", "never"])
    arguments = parser.parse_args()
    if not arguments.no_fetch and not (arguments.cache / "sdist").is_dir():
        fetch(arguments.cache)
    limits = Limits(wall_seconds=120)
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    slowest: list[tuple[float, str]] = []
    with tempfile.TemporaryDirectory() as work, Worker(limits, Path(work) / "work", ocr=arguments.ocr) as worker:
        for number, (name, data) in enumerate(files(arguments.cache)):
            if arguments.limit and number >= arguments.limit:
                break
            start = time.perf_counter()
            document = read_data(data, worker, limits)
            slowest.append((time.perf_counter() - start, name))
            reasons = {item.reason for item in document.unread}
            outcomes[document.status.value] += 1
            outcomes.update(f"unread: {reason.value}" for reason in reasons)
            if document.status is ReadStatus.UNREAD and not reasons:
                failures.append(f"{name}: no outcome")
            failures.extend(
                f"{name}: {reason.value} {item.detail}"
                for item in document.unread
                for reason in [item.reason]
                if reason in FAILURES
            )
    print(f"{len(slowest)} files, {sum(name.lower().endswith('.pdf') for _, name in slowest)} of them PDF")
    for outcome, count in sorted(outcomes.items()):
        print(f"{count:6} {outcome}")
    for seconds, name in sorted(slowest, reverse=True)[:5]:
        print(f"{seconds:6.1f} s {name}")
    for failure in failures:
        print(f"FAILED {failure}")
    enough = bool(arguments.limit) or len(slowest) >= LEAST
    if not enough:
        print(f"FAILED only {len(slowest)} of at least {LEAST} files")
    return 0 if enough and not failures else 1


if __name__ == "__main__":
    sys.exit(main())
