"""Digital signatures in a DOCX: whether there are any, and a copy that openly has none.  Checks no signature."""

from __future__ import annotations

from markpipe.errors import OutputError
from markpipe.formats.docx.mark_package import Package

_FOLDER = "_xmlsignatures/"
UNSIGNED = "原件带有数字签名；本件是加盖标志的副本，签名已经失效并去除，以原件的签名为准"


def is_signed(package: Package) -> bool:
    """Whether the package holds signatures."""
    return any(name.startswith(_FOLDER) for name in package.parts)


def refuse_signed(package: Package) -> None:
    """A signature covers the parts: any mark would break it."""
    if is_signed(package):
        raise OutputError(
            "DOCX 带有数字签名，加盖标志会使签名失效",
            "请在签名之前加盖标志，或另附书面通知；只要一份加盖标志的副本的，用 stamp --signed-copy",
        )


def unsign(package: Package) -> bool:
    """Take the signatures out; whether there were any."""
    if not is_signed(package):
        return False
    for name in [name for name in package.parts if name.startswith(_FOLDER) and "/_rels/" not in name]:
        package.unrelate("", name)
        package.remove(name)
    return True
