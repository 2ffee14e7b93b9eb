"""The electronic label of a DOCX (a custom XML part), and the digest of the content that it is bound to.

The digest goes over every part, XML in canonical form, without our marks, 密点 marks and the label.  A file that an
office program has saved again has other parts and so another digest: it has to be labelled anew.

Signs and verifies nothing; see `marking.label`.
"""

from __future__ import annotations

import hashlib

from lxml import etree

from markpipe.formats.docx.mark import strip
from markpipe.formats.docx.mark_package import Package, parse, serialise
from markpipe.formats.docx.points import strip_points
from markpipe.formats.docx.signed import refuse_signed
from markpipe.marking.label import new_digest

PART = "customXml/markpipeLabel.xml"
_NS = "urn:markpipe:label:1"


def with_label(data: bytes, sealed: bytes) -> bytes:
    """The DOCX with a sealed label in the place of any that it had."""
    package = Package.read(data)
    refuse_signed(package)
    _drop(package)
    root = etree.Element(f"{{{_NS}}}label", nsmap={"l": _NS})
    root.text = sealed.decode()
    package.add(PART, serialise(root), "application/xml")
    package.relate(package.main, "customXml", PART)
    return package.write()


def label_bytes(data: bytes) -> bytes | None:
    """The sealed label of a DOCX, None where it has none."""
    part = Package.read(data).parts.get(PART)
    return None if part is None else (parse(part).text or "").encode()


def without_label(data: bytes) -> bytes:
    """The DOCX without our label; the same bytes when it has none."""
    package = Package.read(data)
    return package.write() if _drop(package) else data


def content_digest(data: bytes, algorithm: str = "SM3") -> str:
    """The digest of all that the DOCX holds, without our marks and label, behind its algorithm's name."""
    package = Package.read(data)
    strip(package)
    strip_points(package)
    digest = new_digest(algorithm)
    for name in sorted(package.parts):
        part = package.parts[name]
        if name.endswith((".xml", ".rels")):
            root = parse(part)
            if name.endswith(".rels") and not len(root):
                continue  # says nothing, and may be what taking our relationships out has left
            part = etree.tostring(root, method="c14n")
        digest.update(b"%d:%b%b" % (len(name.encode()), name.encode(), hashlib.new(digest.name, part).digest()))
    return f"{algorithm}:{digest.hexdigest()}"


def _drop(package: Package) -> bool:
    if PART not in package.parts:
        return False
    package.unrelate(package.main, PART)
    package.remove(PART)
    return True
