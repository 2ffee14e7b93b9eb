"""The electronic label of a PDF, and the digest of the content that it is bound to.

The label is a property of the file's metadata packet (`xmp`); in a file whose packet is no XMP that could be changed it
lies in the catalog's /PieceInfo (ISO 32000-1 14.5: private data of a program), as it did in files of earlier versions.  The digest goes over what the pages draw and what is attached, decoded and without object numbers, so
that another tool may rewrite the file; marks, 密点 marks and the label itself are taken off first.

Signs and verifies nothing; see `marking.label`.
"""

from __future__ import annotations

import hashlib

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from markpipe.formats.pdf.mark import MARKS, broken_structure, open_pdf, save, strip, with_identity
from markpipe.formats.pdf.points import POINTS
from markpipe.formats.pdf.xmp import sealed_of, set_sealed
from markpipe.marking.label import new_digest

_OWN = "/Markpipe"
_DEEPEST = 200
# What says nothing about content, changes when a file is rewritten, or leads back up the tree.
_SKIPPED = frozenset(
    {
        "/Parent",
        "/P",
        "/Length",
        "/Filter",
        "/DecodeParms",
        "/StructParent",
        "/StructParents",
        "/Prev",
        "/Next",
        "/Popup",
    }
    | {"/LastModified", "/PieceInfo", "/Tabs", "/B", "/Thumb"}
)
_INHERITED = ("/MediaBox", "/CropBox", "/Rotate")


def with_label(data: bytes, sealed: bytes) -> bytes:
    """The PDF with a sealed label in the place of any that it had."""
    with open_pdf(data) as pdf, broken_structure():
        _drop(pdf)
        if not set_sealed(pdf, sealed):
            piece = Dictionary(LastModified=String("D:19800101000000Z"), Private=pdf.make_stream(sealed))
            info = pdf.Root.get("/PieceInfo", Dictionary())
            info[_OWN] = piece
            pdf.Root.PieceInfo = info
        return with_identity(save(pdf), data, sealed.decode("utf-8", "replace"))


def label_bytes(data: bytes) -> bytes | None:
    """The sealed label of a PDF, None where it has none."""
    with open_pdf(data, signed=True) as pdf, broken_structure():
        piece = pdf.Root.get("/PieceInfo", Dictionary()).get(_OWN)
        private = None if piece is None else piece.get("/Private")
        kept = bytes(private.read_bytes()) if isinstance(private, Stream) else None
        return sealed_of(pdf) or kept


def without_label(data: bytes) -> bytes:
    """The PDF without our label; the same bytes when it has none."""
    with open_pdf(data) as pdf, broken_structure():
        return save(pdf) if _drop(pdf) else data


def content_digest(data: bytes, algorithm: str = "SM3") -> str:
    """The digest of what the PDF shows and carries, without our marks and label, behind its algorithm's name."""
    digest = new_digest(algorithm)
    with open_pdf(data, signed=True) as pdf, broken_structure():
        strip(pdf, MARKS)
        strip(pdf, POINTS)
        walk = _Walk()
        for page in pdf.pages:
            digest.update(b"page")
            for key in _INHERITED:
                walk.add(digest, _inherited(page.obj, key))
            contents = page.obj.get("/Contents", Array())
            streams = list(contents) if isinstance(contents, Array) else [contents]
            digest.update(_inner(digest, b"\n".join(bytes(one.read_bytes()) for one in streams)))
            walk.add(digest, _without_empty(page.resources))
            walk.add(digest, page.obj.get("/Annots", Array()))
        for key in ("/Names", "/AcroForm", "/OCProperties", "/AF"):
            digest.update(key.encode())
            walk.add(digest, pdf.Root.get(key))
        return f"{algorithm}:{digest.hexdigest()}"


class _Walk:
    """Adds objects to a digest by what they say; an object met again counts as the order of its first meeting."""

    def __init__(self) -> None:
        self._met: dict[tuple[int, int], int] = {}

    def add(self, digest: hashlib._Hash, value: Object | object, depth: int = 0) -> None:
        """One value with everything below it."""
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        if isinstance(value, Object) and value.is_indirect:
            if value.objgen in self._met:
                digest.update(b"again%d;" % self._met[value.objgen])
                return
            self._met[value.objgen] = len(self._met)
        if isinstance(value, Stream):
            digest.update(b"stream")
            digest.update(_inner(digest, _decoded(value)))
            self._dictionary(digest, {key: value[key] for key in value.keys()}, depth)  # noqa: SIM118 - streams do not iterate
        elif isinstance(value, Dictionary):
            self._dictionary(digest, dict(value.items()), depth)
        elif isinstance(value, Array):
            digest.update(b"[%d" % len(value))
            for one in value:
                self.add(digest, one, depth + 1)
        else:
            text = value.unparse() if isinstance(value, Object) else repr(value).encode()
            digest.update(b"%d:" % len(text) + text)

    def _dictionary(self, digest: hashlib._Hash, entries: dict[str, Object], depth: int) -> None:
        digest.update(b"{")
        for key in sorted(set(entries) - _SKIPPED):
            if str(entries.get("/Type", "")) == "/Page" and key not in ("/Type",):
                continue  # a link to a page says no more than that there is one
            digest.update(key.encode() + b"=")
            self.add(digest, entries[key], depth + 1)
        digest.update(b"}")


def _inner(digest: hashlib._Hash, data: bytes) -> bytes:
    """The digest of one stream by the same algorithm."""
    return hashlib.new(digest.name, data).digest()


def _decoded(stream: Stream) -> bytes:
    try:
        return bytes(stream.read_bytes())
    except pikepdf.PdfError:
        return bytes(stream.read_raw_bytes())  # image filters are not undone, their bytes stay as they are


def _without_empty(resources: Object) -> dict[str, Object] | Dictionary:
    return Dictionary(
        {key: one for key, one in resources.items() if not (isinstance(one, Dictionary) and not one.keys())}
    )


def _inherited(node: Object, key: str) -> Object | None:
    steps = 0
    while key not in node and "/Parent" in node and steps < 50:
        node, steps = node.Parent, steps + 1
    return node.get(key)


def _drop(pdf: Pdf) -> bool:
    found = sealed_of(pdf) is not None and set_sealed(pdf, None)
    info = pdf.Root.get("/PieceInfo")
    if info is None or _OWN not in info:
        return found
    del info[_OWN]
    if not info.keys():
        del pdf.Root[Name.PieceInfo]
    return True
