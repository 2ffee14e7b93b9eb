"""Takes words out of a DOCX by building a new package from known parts, cleaned and searched.

Stories that the main document refers to (headers, footers, notes) come along; pictures are encoded anew, with their
crop made real.  What has no known part has no way into the new file.  This module does not check its own work.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from markpipe.errors import IncompleteError, OutputError
from markpipe.formats.archive import Archive, BadArchiveError
from markpipe.formats.docx.names import A, local, transitional, w
from markpipe.formats.docx.redact_media import Crop, UnreadablePictureError, remade
from markpipe.formats.docx.redact_package import KINDS, NewPackage, rename_styles, settings, style_names
from markpipe.formats.docx.redact_theme import Faces, faces, write_out
from markpipe.formats.docx.redact_tree import Cleaner, R, tracked
from markpipe.formats.docx.redact_words import remove
from markpipe.formats.docx.styles import Styles
from markpipe.formats.xmltext import RefusedXmlError, parse
from markpipe.model.limits import Limits
from markpipe.redaction.needles import Needles, bare
from markpipe.redaction.office import VALUES
from markpipe.redaction.plan import Removal
from markpipe.redaction.policy import LABEL, Undecidable
from markpipe.redaction.result import PageOrder, PageResult, Redacted

_MAIN = "word/document.xml"
_MOST_DEPTH = 200
_SAID = {"lvlText": LABEL, "name": "样式"}


def redact(
    data: bytes, removal: Removal, orders: Sequence[PageOrder], undecidable: Undecidable, limits: Limits
) -> Redacted:
    """A new DOCX without what `removal` names; `orders` name pictures (by their number) and what to wipe in them.

    `IncompleteError` for a file that cannot be read in full, `OutputError` for one that cannot be rebuilt.
    """
    if removal.regions:
        raise OutputError("DOCX 没有固定的页面，不能按区域删", "请用词或模式指明，或先转成 PDF")
    try:
        archive = Archive(data, limits)
        members = {member.name: member.data for member in archive.members() if not member.shadowed}
    except BadArchiveError as error:
        raise IncompleteError(f"DOCX 打不开：{error.reason.message}", error.reason.remedy) from error
    rebuilding = _Rebuilding(members, removal, {order.page: order for order in orders}, undecidable)
    return rebuilding.redacted()


@dataclass(slots=True)
class _Source:
    """A part of the old package with its relationships by id: (kind, member name)."""

    name: str
    root: etree._Element
    relations: dict[str, tuple[str, str]]


class _Rebuilding:
    """One package on its way."""

    def __init__(
        self,
        members: dict[str, bytes],
        removal: Removal,
        orders: dict[int, PageOrder],
        undecidable: Undecidable,
    ) -> None:
        self._members = members
        self._by_fold = {name.lower(): name for name in members}
        self._removal = removal
        self._orders = orders
        self._undecidable = undecidable
        self._needles = Needles(removal.terms)
        self._package = NewPackage()
        self._styles: dict[str, str] = {}
        self._cleaner = Cleaner(Styles())
        self._faces: Faces = {}
        self._pictures: dict[tuple[str, Crop], str] = {}
        self._removed = self._gaps = 0
        self._notes: dict[str, None] = {}

    def redacted(self) -> Redacted:
        """The whole file."""
        main = self._source(self._main_name())
        if main.root.tag != w("document"):
            raise IncompleteError("DOCX 没有正文部件", "请用 Word 或 WPS 另存后再处理")
        if any(kind == "comments" for kind, _ in main.relations.values()):
            self._notes["批注没有带入新文件"] = None
        theme = self._related(main, "theme")
        self._faces = {} if theme is None else faces(theme.root)
        self._take_styles(main)
        self._story(main, _MAIN)
        self._package.put(
            _MAIN, main.root, "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
        )
        settings_part = self._related(main, "settings")
        name = self._package.name("settings")
        self._package.put(name, settings(settings_part.root if settings_part else None), KINDS["settings"])
        self._package.relate(_MAIN, "settings", name)
        whole = PageResult(0, removed=self._removed, gaps=self._gaps, hidden=self._cleaner.hidden)
        pictures = tuple(PageResult(number + 1, recognise=True) for number in range(len(self._pictures)))
        notes = [
            f"注意：{what} {count} 处没有带入新文件，需要保留的请先在原文件里换成图片"
            for what, count in sorted(self._cleaner.left_out.items())
        ]
        return Redacted(self._package.write(_MAIN), (whole, *pictures), (*notes, *self._notes))

    def _main_name(self) -> str:
        for identifier in ("_rels/.rels",):
            if identifier in self._members:
                for relation in _parsed(self._members[identifier]):
                    if str(relation.get("Type", "")).endswith("/officeDocument"):
                        return self._known(str(relation.get("Target", "")).lstrip("/"))
        return self._known(_MAIN)

    def _known(self, name: str) -> str:
        found = self._by_fold.get(posixpath.normpath(name).lower())
        if found is None:
            raise IncompleteError("DOCX 缺少部件", "文件不完整，请重新导出后再处理")
        return found

    def _source(self, name: str) -> _Source:
        folder, base = posixpath.split(name)
        relations: dict[str, tuple[str, str]] = {}
        listed = self._by_fold.get(f"{folder}/_rels/{base}.rels".lstrip("/").lower())
        if listed is not None:
            for relation in _parsed(self._members[listed]):
                if not isinstance(relation.tag, str) or relation.get("TargetMode") == "External":
                    continue
                target = str(relation.get("Target", ""))
                there = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                kind = str(relation.get("Type", "")).rsplit("/", 1)[-1]
                relations[str(relation.get("Id", ""))] = (kind, there)
        return _Source(name, _parsed(self._members[name]), relations)

    def _related(self, source: _Source, kind: str) -> _Source | None:
        for found, target in source.relations.values():
            if found == kind and target.lower() in self._by_fold:
                return self._source(self._by_fold[target.lower()])
        return None

    def _take_styles(self, main: _Source) -> None:
        """Styles and numbering, renamed; what lists say is searched too."""
        styles = self._related(main, "styles")
        if styles is not None:
            self._cleaner = Cleaner(Styles(parse(transitional(self._members[styles.name]))))
            self._styles = dict(style_names(styles.root))
        numbering = self._related(main, "numbering")
        for part, kind in ((styles, "styles"), (numbering, "numbering")):
            if part is None:
                continue
            for node in list(part.root.iter()):
                if not isinstance(node.tag, str) or local(node.tag) in ("nsid", "tmpl", "latentStyles", "numPicBullet"):
                    _drop(node)
            for definition in part.root.iter(w("abstractNum")):
                for child in definition.findall(w("name")):
                    definition.remove(child)
            self._cleaner.clean(part.root)
            self._finish(part.root)
            name = self._package.name(kind)
            self._package.put(name, part.root, KINDS[kind])
            self._package.relate(_MAIN, kind, name)

    def _finish(self, root: etree._Element) -> None:
        """Fonts by their faces; new style ids; attribute values that still say a word are taken out, unless they are the format's own."""
        write_out(root, self._faces)
        rename_styles(root, self._styles)
        wanted = [bare(term) for term in self._removal.terms]
        for node in root.iter():
            for name, value in list(node.attrib.items()):
                said = bare(str(value))
                if str(value).strip() in VALUES or not any(term and term in said for term in wanted):
                    continue
                if local(str(name)) == "val" and local(node.tag) in _SAID:
                    node.set(name, _SAID[local(node.tag)])
                else:
                    del node.attrib[name]

    def _story(self, source: _Source, name: str) -> None:
        """Clean and search a story, and bring along what it refers to."""
        if _depth(source.root) > _MOST_DEPTH:
            raise OutputError("DOCX 结构嵌套过深，不能重建", "请用 Word 或 WPS 另存后再处理")
        if tracked(source.root):
            self._notes["修订没有定稿，按全部接受处理，修订痕迹没有带入新文件"] = None
        self._cleaner.clean(source.root)
        self._drawings(source, name)
        removed, gaps = remove(source.root, self._needles, self._removal)
        self._removed += removed
        self._gaps += gaps
        self._finish(source.root)
        for kind in ("header", "footer"):
            for reference in list(source.root.iter(w(f"{kind}Reference"))):
                self._refer(source, name, reference, kind)
        for kind in ("footnotes", "endnotes"):
            part = self._related(source, kind) if name == _MAIN else None
            if part is not None:
                there = self._package.name(kind)
                self._story(part, there)
                self._package.put(there, part.root, KINDS[kind])
                self._package.relate(name, kind, there)

    def _refer(self, source: _Source, name: str, reference: etree._Element, kind: str) -> None:
        found = source.relations.get(reference.get(f"{{{R}}}id", ""))
        if found is None or found[0] != kind or found[1].lower() not in self._by_fold:
            _drop(reference)
            return
        part = self._source(self._by_fold[found[1].lower()])
        there = self._package.name(kind)
        self._story(part, there)
        self._package.put(there, part.root, KINDS[kind])
        reference.set(f"{{{R}}}id", self._package.relate(name, kind, there))

    def _drawings(self, source: _Source, name: str) -> None:
        """Pictures by their relationship; a drawing whose picture cannot be taken goes."""
        for blip in list(source.root.iter(f"{{{A}}}blip")):
            found = source.relations.get(blip.get(f"{{{R}}}embed", ""))
            crop = _take_crop(blip)
            target = None
            if found is not None and found[0] == "image" and found[1].lower() in self._by_fold:
                target = self._picture(self._by_fold[found[1].lower()], crop)
            blip.attrib.clear()
            if target is None:
                self._notes["有图片的格式不能解码（如矢量图），没有带入新文件"] = None
                _drop(next((up for up in blip.iterancestors(w("drawing"))), blip))
                continue
            blip.set(f"{{{R}}}embed", self._package.relate(name, "image", target))

    def _picture(self, member: str, crop: Crop) -> str | None:
        key = (member, crop)
        if key not in self._pictures:
            number = len(self._pictures) + 1
            order = self._orders.get(number)
            try:
                data, ending = remade(self._members[member], crop, order.regions if order else ())
            except UnreadablePictureError:
                return None
            self._pictures[key] = f"word/media/image{number}.{ending}"
            self._package.parts[self._pictures[key]] = data
        return self._pictures[key]


def _take_crop(blip: etree._Element) -> Crop:
    """The crop of a picture, taken off the drawing."""
    fill = blip.getparent()
    crop = None if fill is None else fill.find(f"{{{A}}}srcRect")
    if fill is None or crop is None:
        return (0, 0, 0, 0)
    fill.remove(crop)
    left, top, right, bottom = (_whole(crop.get(side, "0")) for side in "ltrb")
    return (left, top, right, bottom)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def _parsed(data: bytes) -> etree._Element:
    try:
        return parse(transitional(data))
    except RefusedXmlError as error:
        raise IncompleteError("DOCX 的内部结构已损坏", "请用 Word 或 WPS 打开后另存再处理") from error


def _drop(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _depth(root: etree._Element) -> int:
    deepest, stack = 0, [(root, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in node)
    return deepest
