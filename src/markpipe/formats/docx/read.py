"""Reads a DOCX: every member of the package, referenced or not.

Stories (body, headers, footers, notes, comments) are walked by `story`; other XML gives all its words; nested files go
to the dispatcher; media and binaries are told what can be told about them and otherwise named as unread.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from lxml import etree

from markpipe.formats.archive import Archive, BadArchiveError, Member
from markpipe.formats.carve import carve
from markpipe.formats.docx.attributes import attribute_words, remarks
from markpipe.formats.docx.flow import Flow
from markpipe.formats.docx.members import Role, role_of
from markpipe.formats.docx.names import transitional, w
from markpipe.formats.docx.relations import link_targets
from markpipe.formats.docx.story import MAIN_ROOTS, Story
from markpipe.formats.docx.styles import Styles
from markpipe.formats.encoding import decode
from markpipe.formats.imagemeta import metadata_words
from markpipe.formats.ole import MAGIC, BadOleError, macro_source, packaged_file, streams
from markpipe.formats.picture import words_shown
from markpipe.formats.xmltext import RefusedXmlError, parse, xml_words
from markpipe.model.building import TextMapBuilder
from markpipe.model.document import Document, Embedded, Format, PartKind, Trait, Unread, UnreadReason
from markpipe.model.limits import Limits
from markpipe.model.recognition import NoRecogniser, NotRecognisedError, Recogniser

WHOLE = "全文"
_NOBODY = NoRecogniser()
_SIGNATURES = "_xmlsignatures/"
_LONGEST_TITLE = 80


def read(data: bytes, limits: Limits, recogniser: Recogniser = _NOBODY) -> Document:
    """Read a DOCX into a document; `Unread` says what could not be read and why."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        archive = Archive(data, limits)
        members = list(archive.members())
    except BadArchiveError as error:
        return Document(Format.DOCX, digest, unread=(Unread(WHOLE, error.reason, error.detail),))
    reading = _Reading(members, recogniser)
    reading.run()
    reading.leftovers(archive)
    unread = tuple(dict.fromkeys((*archive.unread, *reading.unread)))
    text_map = reading.builder.build()
    if len(text_map.text) > limits.text_characters:
        return Document(Format.DOCX, digest, unread=(Unread(WHOLE, UnreadReason.TOO_LARGE, "文字总量超过上限"),))
    if not text_map.text and not unread:
        unread = (Unread(WHOLE, UnreadReason.EMPTY, "没有文字"),)
    signed = any(member.name.startswith(_SIGNATURES) and not member.shadowed for member in members)
    traits = (Trait.SIGNED,) if signed else ()
    return Document(Format.DOCX, digest, text_map, None, unread, tuple(reading.embedded), reading.title, traits)


@dataclass(slots=True)
class _Reading:
    """One pass over the members of a package."""

    members: list[Member]
    recogniser: Recogniser
    builder: TextMapBuilder = field(default_factory=TextMapBuilder)
    unread: list[Unread] = field(default_factory=list)
    embedded: list[Embedded] = field(default_factory=list)
    title: str = ""

    def run(self) -> None:
        """Stories first, in the order a reader meets them; then everything else."""
        styles = self._styles()
        ranked = sorted(self.members, key=lambda member: (member.shadowed, role_of(member).rank, member.name))
        if not any(role_of(member) is Role.BODY and not member.shadowed for member in ranked):
            self.unread.append(Unread(WHOLE, UnreadReason.DAMAGED, "没有正文部件"))
        for member in ranked:
            self._member(member, styles)

    def leftovers(self, archive: Archive) -> None:
        """Comments of the archive and bytes around it."""
        comments = [decoded.text for comment in archive.comments() if (decoded := decode(comment)) is not None]
        self._words("zip:comment", PartKind.RESIDUE, comments)
        for piece in archive.outside():
            self.embedded.append(Embedded("压缩包之外的数据", piece, "残留数据"))

    def _styles(self) -> Styles:
        for member in self.members:
            if member.name == "word/styles.xml" and not member.shadowed:
                try:
                    return Styles(parse(transitional(member.data)))
                except RefusedXmlError:
                    break
        return Styles()

    def _member(self, member: Member, styles: Styles) -> None:
        role = role_of(member)
        match role:
            case Role.FONT:
                return
            case Role.MEDIA:
                self._media(member)
            case Role.PACKAGE:
                self.embedded.append(Embedded(member.name, member.data, "嵌入对象"))
            case Role.BINARY:
                self._binary(member)
            case _:
                self._xml(member, role, styles)

    def _xml(self, member: Member, role: Role, styles: Styles) -> None:
        try:
            root = parse(transitional(member.data))
        except RefusedXmlError as error:
            detail = "含文档类型声明，已拒绝" if str(error) == "doctype" else "XML 无法解析"
            self.unread.append(Unread(self._where(member, role), UnreadReason.DAMAGED, detail))
            self._words(member.name, PartKind.RESIDUE, list(carve(member.data)))
            return
        if role is Role.RELATIONS:
            self._words(member.name, PartKind.LINK, link_targets(root))
        elif root.tag in MAIN_ROOTS:
            self._story(member, role, root, styles)
        else:
            kind = PartKind.RESIDUE if member.shadowed else role.kind
            self._words(member.name, kind, xml_words(member.data, attributes=False))
            self._attributes(member, root)

    def _story(self, member: Member, role: Role, root: etree._Element, styles: Styles) -> None:
        story = Story(styles)
        story.walk(root)
        story.finish()
        live = role.story and not member.shadowed
        known = role.story or role is Role.GLOSSARY
        kind = role.kind if known and not member.shadowed else PartKind.RESIDUE
        story.main.write(self.builder, member.name, kind, visible=live and kind is not PartKind.COMMENT)
        for suffix, flow, other, visible in (
            ("textbox", story.boxes, PartKind.TEXT_BOX, live),
            ("ruby", story.ruby, PartKind.TEXT_BOX, live),
            ("fallback", _if_different(story), PartKind.TEXT_BOX, False),
            ("hidden", story.unseen, PartKind.HIDDEN, False),
            ("deleted", story.deleted, PartKind.DELETION, False),
            ("fields", story.fields, PartKind.FIELD_CODE, False),
        ):
            flow.write(self.builder, f"{member.name}#{suffix}", other, visible=visible)
        self._attributes(member, root)
        if role is Role.BODY and live and not self.title:
            self.title = _title(root)

    def _attributes(self, member: Member, root: etree._Element) -> None:
        for kind, values in attribute_words(root).items():
            self._words(f"{member.name}#{kind.value}", kind, values)
        self._words(f"{member.name}#remarks", PartKind.RESIDUE, remarks(root))

    def _media(self, member: Member) -> None:
        self._words(f"{member.name}#metadata", PartKind.METADATA, list(metadata_words(member.data)))
        try:
            shown = words_shown(member.data, self.recogniser)
        except NotRecognisedError as error:
            self.unread.append(Unread("图片", error.reason, f"{member.name[:200]} {error.detail}".strip()))
            return
        if shown.strip():
            visible = not member.shadowed and member.name.startswith("word/media/")
            self.builder.begin(member.name, PartKind.IMAGE, visible=visible, recognised=True)
            self.builder.add(shown.rstrip("\n"))
            self.builder.gap()

    def _binary(self, member: Member) -> None:
        """Something of no known make: words that stand there plainly, and a note that there may be more."""
        decoded = decode(member.data)
        if decoded is not None and not decoded.doubtful:
            self.embedded.append(Embedded(member.name, member.data, "嵌入对象"))
            return
        self.unread.append(Unread("嵌入对象", UnreadReason.NOT_READ_YET, member.name[:200]))
        if member.data.startswith(MAGIC):
            self._compound(member)
        else:
            self._words(member.name, PartKind.CUSTOM_DATA, list(carve(member.data)))

    def _compound(self, member: Member) -> None:
        """An OLE object or macro project: source text of macros, packaged files, plain words of the other streams."""
        try:
            found = streams(member.data)
        except BadOleError:
            self._words(member.name, PartKind.CUSTOM_DATA, list(carve(member.data)))
            return
        for stream in found:
            sources = [decode(source) for source in macro_source(stream.data)]
            self._words(f"{member.name}#{stream.name}", PartKind.SCRIPT, [each.text for each in sources if each])
            if stream.name.endswith("Ole10Native") and (inner := packaged_file(stream.data)):
                self.embedded.append(Embedded(inner[0], inner[1], "嵌入对象"))
            else:
                self._words(f"{member.name}#{stream.name}", PartKind.CUSTOM_DATA, list(carve(stream.data)))

    def _words(self, name: str, kind: PartKind, texts: list[str]) -> None:
        kept = [text for text in texts if text.strip()]
        if not kept:
            return
        self.builder.begin(name, kind, visible=False)
        for text in kept:
            self.builder.add(text)
            self.builder.gap()

    def _where(self, member: Member, role: Role) -> str:
        return "正文" if role is Role.BODY else f"{role.kind.label}（{member.name[:120]}）"


def _if_different(story: Story) -> Flow:
    """The fallback, where it says something that the choices do not."""

    def words(flow: Flow) -> str:
        return "".join("".join(piece.text for piece in flow.pieces).split())

    return Flow() if words(story.fallback) in words(story.boxes) + words(story.main) else story.fallback


def _title(root: etree._Element) -> str:
    """The first paragraph with words."""
    for paragraph in root.iter(w("p")):
        text = "".join(node.text or "" for node in paragraph.iter(w("t"))).strip()
        if text:
            return text[:_LONGEST_TITLE]
    return ""
