"""A small DOCX writer: parts are given as XML text, so that a fixture can hold exactly what it wants to."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field

from hiding import PUBLIC

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'
)
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def run(text: str, properties: str = "") -> str:
    """A run of text."""
    inner = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inner}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content: str) -> str:
    """A paragraph of the given runs."""
    return f"<w:p>{content}</w:p>"


def story(name: str, content: str) -> str:
    """A story part such as w:hdr."""
    return f"{HEAD}<w:{name} {NAMESPACES}>{content}</w:{name}>"


def relations(*entries: tuple[str, str, str]) -> str:
    """A relationships part; an entry is (id, last word of the type, target), external where the target is no member."""
    rows = ""
    for key, kind, target in entries:
        mode = ' TargetMode="External"' if ":" in target else ""
        rows += f'<Relationship Id="{key}" Type="{_RELATIONS}/{kind}" Target="{target}"{mode}/>'
    return f'{HEAD}<Relationships xmlns="{_PACKAGE}">{rows}</Relationships>'


@dataclass
class Docx:
    """Members by name; `body` goes behind the public sentence."""

    body: str = ""
    members: dict[str, str | bytes] = field(default_factory=dict)
    comment: bytes = b""
    twice: dict[str, str] = field(default_factory=dict)

    def save(self) -> bytes:
        """The package.  Members of `twice` are written first, so that the later ones shadow them."""
        document: str | bytes = self.members.get("word/document.xml") or story(
            "document", f"<w:body>{paragraph(run(PUBLIC))}{self.body}</w:body>"
        )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", _TYPES)
            archive.writestr("_rels/.rels", relations(("rId1", "officeDocument", "word/document.xml")))
            for name, older in self.twice.items():
                archive.writestr(name, older)
            archive.writestr("word/document.xml", document)
            for name, data in self.members.items():
                if name != "word/document.xml":
                    archive.writestr(name, data)
            archive.comment = self.comment
        return out.getvalue()


def body(content: str, **members: str | bytes) -> bytes:
    """A document with one more paragraph's worth of body."""
    return Docx(content, dict(members)).save()


def with_member(name: str, data: str | bytes, content: str = "") -> bytes:
    """A document with one more member."""
    return Docx(content, {name: data}).save()
