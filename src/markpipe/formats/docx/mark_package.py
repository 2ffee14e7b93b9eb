"""An OPC package as bytes by part name: read, change a few parts, write; all other parts stay byte for byte.

::

    [Content_Types].xml          which part is what
    _rels/.rels                  → word/document.xml
    word/_rels/document.xml.rels → word/header1.xml …

Knows parts, content types and relationships, nothing of paragraphs.  Nothing is fetched or resolved from outside.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass, field

from lxml import etree

from markpipe.errors import OutputError

CONTENT_TYPES = "[Content_Types].xml"
_TYPES_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONSHIPS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NO_RELATIONSHIPS = f'<Relationships xmlns="{_RELATIONSHIPS_NS}"/>'.encode()
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)
_MOST_BYTES = 512 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0"


def parse(data: bytes) -> etree._Element:
    """Parse one part with nothing resolved; `OutputError` when it is no XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise OutputError("DOCX 的内部结构已损坏，不能加盖标志", "请用 Word 或 WPS 打开后另存再提交") from error


def serialise(root: etree._Element) -> bytes:
    """A part's bytes with the declaration that office programs write."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


@dataclass(slots=True)
class Package:
    """Parts in their order in the archive."""

    parts: dict[str, bytes]
    _infos: dict[str, zipfile.ZipInfo] = field(default_factory=dict)

    @classmethod
    def read(cls, data: bytes) -> Package:
        """Read every part; `OutputError` for what is encrypted, no zip, damaged or blown up."""
        if data.startswith(_OLE):
            raise OutputError("DOCX 已加密或是旧版 DOC 文件，不能加盖标志", "请去除口令并另存为 DOCX 后重新提交")
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
                if len(infos) != len([info for info in archive.infolist() if not info.is_dir()]):
                    raise OutputError("DOCX 内有重名的部件，不能加盖标志", "请用 Word 或 WPS 打开后另存再提交")
                if sum(info.file_size for info in infos.values()) > _MOST_BYTES:
                    raise OutputError("DOCX 解压后过大，不能加盖标志", "请交管理员处理")
                parts = {name: archive.read(info) for name, info in infos.items()}
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            RuntimeError,
            ValueError,
            EOFError,
            OSError,
        ) as error:
            raise OutputError("不是完好的 DOCX 文件，不能加盖标志", "请重新导出后提交") from error
        package = cls(parts, infos)
        if CONTENT_TYPES not in parts or not package.main:
            raise OutputError("压缩包里没有 Word 正文，不是 DOCX 文件", "请用 Word 或 WPS 另存为 DOCX 后提交")
        return package

    def write(self) -> bytes:
        """The archive, the same bytes for the same parts."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in self.parts.items():
                info = zipfile.ZipInfo(name, _FIXED_DATE)
                info.compress_type = zipfile.ZIP_DEFLATED
                before = self._infos.get(name)
                if before is not None and before.compress_type == zipfile.ZIP_STORED:
                    info.compress_type = zipfile.ZIP_STORED
                info.external_attr = 0o600 << 16
                info.create_system = 0
                archive.writestr(info, data)
        return buffer.getvalue()

    @property
    def main(self) -> str:
        """The name of the main document part, or an empty string."""
        if "_rels/.rels" not in self.parts:
            return ""
        for relationship in parse(self.parts["_rels/.rels"]):
            if relationship.get("Type", "").endswith("/officeDocument"):
                name = relationship.get("Target", "").lstrip("/")
                return name if name in self.parts else ""
        return ""

    def target(self, part: str, relationship_id: str) -> str:
        """The part that a relationship of a part leads to, or an empty string."""
        for relationship in self._relationships(part):
            if relationship.get("Id") == relationship_id and relationship.get("TargetMode") != "External":
                return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), relationship.get("Target", "")))[
                    1:
                ]
        return ""

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relationship with a fresh id, and answer the id."""
        name = rels_name(part)
        root = self._relationships(part)
        taken = {relationship.get("Id") for relationship in root}
        fresh = next(f"rIdMarkpipe{n}" for n in range(1, len(taken) + 2) if f"rIdMarkpipe{n}" not in taken)
        etree.SubElement(
            root, f"{{{_RELATIONSHIPS_NS}}}Relationship", Id=fresh, Type=f"{OFFICE}/{kind}", Target=f"/{target}"
        )
        self.parts[name] = serialise(root)
        return fresh

    def unrelate(self, part: str, target: str) -> None:
        """Drop the relationships of a part that lead to another."""
        root = self._relationships(part)
        for relationship in list(root):
            if relationship.get("TargetMode") != "External" and self.target(part, relationship.get("Id", "")) == target:
                root.remove(relationship)
        self.parts[rels_name(part)] = serialise(root)

    def add(self, name: str, data: bytes, content_type: str) -> None:
        """Add a part and say what it is."""
        self.parts[name] = data
        root = parse(self.parts[CONTENT_TYPES])
        etree.SubElement(root, f"{{{_TYPES_NS}}}Override", PartName=f"/{name}", ContentType=content_type)
        self.parts[CONTENT_TYPES] = serialise(root)

    def remove(self, name: str) -> None:
        """Drop a part, its relationships and its content type."""
        self.parts.pop(name, None)
        self.parts.pop(rels_name(name), None)
        root = parse(self.parts[CONTENT_TYPES])
        for override in list(root):
            if override.get("PartName") == f"/{name}":
                root.remove(override)
        self.parts[CONTENT_TYPES] = serialise(root)

    def _relationships(self, part: str) -> etree._Element:
        return parse(self.parts.get(rels_name(part), _NO_RELATIONSHIPS))


def rels_name(part: str) -> str:
    """The name of the part that holds a part's relationships."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
