"""A check for leaks that is none of the product's: pikepdf over every object, pdftotext, a zip walk, and recognised pixels."""

from __future__ import annotations

import io
import re
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pikepdf


def normal(text: str) -> str:
    """NFKC, without spaces and format characters."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(char for char in folded if not char.isspace() and unicodedata.category(char) != "Cf")


def forms(phrase: str) -> Iterator[bytes]:
    """The phrase in bytes, in hex and percent-encoded."""
    for encoding in ("utf-8", "utf-16-be", "utf-16-le", "gbk"):
        raw = phrase.encode(encoding)
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        yield quote(raw).encode()


def pdf_text(data: bytes, folder: Path, *options: str) -> str:
    """What pdftotext reads."""
    path = folder / "checked.pdf"
    path.write_bytes(data)
    done = subprocess.run(["pdftotext", *options, str(path), "-"], capture_output=True, check=True)
    return normal(done.stdout.decode("utf-8", "replace"))


def pdf_leaks(data: bytes, phrase: str, folder: Path) -> list[str]:
    """Where a PDF still says the phrase."""
    found = []
    blobs = [data]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream):
                blobs += [bytes(item.read_raw_bytes()), repr(dict(item.items())).encode()]
                if item.get("/Filter") != "/DCTDecode":
                    blobs.append(bytes(item.read_bytes()))
            elif isinstance(item, pikepdf.Object):
                blobs.append(item.unparse())
    if any(form in blob for blob in blobs for form in forms(phrase)):
        found.append("bytes")
    for option in ("-raw", "-layout"):
        if phrase in pdf_text(data, folder, option):
            found.append(option)
    return found


def docx_text(data: bytes) -> str:
    """The words of the main story."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return normal(re.sub("<[^>]*>", "", archive.read("word/document.xml").decode("utf-8", "replace")))


def docx_leaks(data: bytes, phrase: str) -> list[str]:
    """Where a DOCX still says the phrase."""
    found = ["raw"] if any(form in data for form in forms(phrase)) else []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            member = archive.read(name)
            text = re.sub("<[^>]*>", "", member.decode("utf-8", "replace"))
            if any(form in member for form in forms(phrase)) or phrase in normal(text):
                found.append(name)
    return found


def _seen(picture: bytes, phrase: str) -> bool:
    """Whether recognition reads the phrase in a picture; one misread character in four is forgiven."""
    done = subprocess.run(
        ["tesseract", "stdin", "stdout", "-l", "chi_sim", "--psm", "6"], input=picture, capture_output=True, check=True
    )
    text = normal(done.stdout.decode("utf-8", "replace"))
    size = len(phrase)
    return any(
        sum(one != other for one, other in zip(phrase, text[start : start + size], strict=True)) <= size // 4
        for start in range(len(text) - size + 1)
    )


def pdf_shows(data: bytes, phrase: str, folder: Path) -> bool:
    """Whether a page of a PDF, as poppler draws it, shows the phrase."""
    path = folder / "shown.pdf"
    path.write_bytes(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        count = len(pdf.pages)
    return any(
        _seen(
            subprocess.run(
                ["pdftoppm", *page, "-r", "150", "-gray", str(path)], capture_output=True, check=True
            ).stdout,
            phrase,
        )
        for page in (("-f", str(number), "-l", str(number)) for number in range(1, count + 1))
    )


def docx_shows(data: bytes, phrase: str) -> bool:
    """Whether a picture of a DOCX shows the phrase."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return any(_seen(archive.read(name), phrase) for name in archive.namelist() if name.startswith("word/media/"))
