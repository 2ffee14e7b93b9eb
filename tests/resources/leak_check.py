"""A check for leaks that is none of the product's: pikepdf over every object, pdftotext, and a zip walk."""

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
