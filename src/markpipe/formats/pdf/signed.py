"""Electronic signatures in a PDF: whether there are any, and a copy that openly has none.

A signature covers the bytes of its file, so any mark breaks it.  A copy that is marked all the same keeps how its
seals look and loses what makes them signatures, so that no reader takes a broken signature for a forged one.
Checks no signature.
"""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Name, Pdf

UNSIGNED = "原件带有电子签名或签章；本件是加盖标志的副本，签名已经失效并去除，图样保留，以原件的签名为准"
_DEEPEST = 20


def is_signed(pdf: Pdf) -> bool:
    """Whether the file bears a signature or says that it does."""
    form = pdf.Root.get("/AcroForm")
    flagged = form is not None and int(form.get("/SigFlags", 0)) & 1
    return bool(flagged) or "/Perms" in pdf.Root or any(True for _ in _signatures(pdf))


def unsign(pdf: Pdf) -> bool:
    """Take the signatures out of an open file; whether there were any."""
    if not is_signed(pdf):
        return False
    for field in list(_signatures(pdf)):
        del field["/V"]
    form = pdf.Root.get("/AcroForm")
    if form is not None and "/SigFlags" in form:
        del form["/SigFlags"]
    for key in ("/Perms", "/DSS"):
        if key in pdf.Root:
            del pdf.Root[key]
    return True


def _signatures(pdf: Pdf) -> Iterator[pikepdf.Object]:
    form = pdf.Root.get("/AcroForm")
    if form is not None:
        yield from _below(form.get("/Fields", Array()), 0)


def _below(fields: pikepdf.Object, depth: int) -> Iterator[pikepdf.Object]:
    for field in fields:
        if field.get("/FT") == Name.Sig and "/V" in field:
            yield field
        if "/Kids" in field and depth < _DEEPEST:
            yield from _below(field.Kids, depth + 1)
