"""Brings one story of a Word document down to what a reader sees: known elements, known attributes, and nothing else.

::

    w:ins, w:sdt, w:hyperlink, w:smartTag …  unwrapped          w:del, comments, bookmarks, hidden runs …  dropped
    fields  their result stays, page numbers stay fields        anything unknown  dropped, and noted where it had words

Tracked changes come out accepted.  Words are not looked for here (`redact_words`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from markpipe.formats.docx.names import MC, WP, A, M, V, W, local, w
from markpipe.formats.docx.styles import PLAIN, Looks, Styles, dark, looks

WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
WPG = "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"
PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_KNOWN = frozenset({W, M, WP, A, PIC, WPS, WPG, MC, V})
_UNWRAPPED = frozenset(
    {
        w(name)
        for name in [
            "ins",
            "moveTo",
            "sdt",
            "sdtContent",
            "hyperlink",
            "smartTag",
            "customXml",
            "dir",
            "bdo",
            "fldSimple",
        ]
    }
)
_DROPPED = frozenset(
    {
        w(name)
        for name in [
            "del",
            "moveFrom",
            "delText",
            "delInstrText",
            "instrText",
            "bookmarkStart",
            "bookmarkEnd",
            "commentRangeStart",
            "commentRangeEnd",
            "commentReference",
            "annotationRef",
            "proofErr",
            "permStart",
            "permEnd",
            "lastRenderedPageBreak",
            "moveFromRangeStart",
            "moveFromRangeEnd",
            "moveToRangeStart",
            "moveToRangeEnd",
            "customXmlInsRangeStart",
            "customXmlInsRangeEnd",
            "customXmlDelRangeStart",
            "customXmlDelRangeEnd",
            "customXmlMoveFromRangeStart",
            "customXmlMoveFromRangeEnd",
            "customXmlMoveToRangeStart",
            "customXmlMoveToRangeEnd",
            "sdtPr",
            "sdtEndPr",
            "smartTagPr",
            "customXmlPr",
            "rPrChange",
            "pPrChange",
            "tblPrChange",
            "tblGridChange",
            "trPrChange",
            "tcPrChange",
            "tblPrExChange",
            "sectPrChange",
            "numberingChange",
            "object",
            "altChunk",
            "subDoc",
            "contentPart",
            "tblCaption",
            "tblDescription",
            "printerSettings",
            "documentProtection",
            "movie",
            "control",
            "background",
            "rubyPr",
            "rt",
            "cnfStyle",
            "divId",
        ]
    }
    | {f"{{{A}}}{name}" for name in ("extLst", "hlinkClick", "hlinkHover", "videoFile", "audioFile", "hlinkMouseOver")}
    | {f"{{{V}}}{name}" for name in ("textpath", "formulas", "handles", "imagedata")}
)
_LOUD = frozenset({w("object"), w("altChunk"), w("subDoc"), w("control")})
_ATTRIBUTES_DROPPED = re.compile(r"rsid\w*|author|initials|date|anchor|tooltip|docLocation|history|bookmark\w*")
_WORDY = frozenset({"name", "descr", "title", "alt", "id", "spid", "href", "o:title", "macro", "textlink"})
_PAGE_FIELD = re.compile(r"\s*(PAGE|NUMPAGES|SECTIONPAGES)\b", re.IGNORECASE | re.ASCII)
_TOKEN = re.compile(r"[\x20-\x7e]{0,400}")
_TRACKED = {"ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "rPrChange", "pPrChange"}


class Cleaner:
    """Cleans stories with the styles of one document; `left_out` counts what went that had words or looks, by kind."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self.left_out: Counter[str] = Counter()
        self.hidden = 0

    def clean(self, root: etree._Element) -> None:
        """Bring a story down, in place."""
        for node in list(root.iter()):
            if not isinstance(node.tag, str):
                _drop(node)
        self._deleted_rows(root)
        self._fields(root)
        self._alternatives(root)
        self._unseen(root)
        self._elements(root)
        for node in root.iter():
            _attributes(node)

    def _deleted_rows(self, root: etree._Element) -> None:
        for mark in [*root.iter(w("del")), *root.iter(w("cellDel"))]:
            parent = mark.getparent()
            if parent is None:
                continue
            if parent.tag == w("trPr"):
                _drop_all(parent.getparent())
            elif parent.tag == w("tcPr") and (cell := parent.getparent()) is not None:
                for child in list(cell):
                    if child is not parent:
                        cell.remove(child)
                etree.SubElement(cell, w("p"))
        for properties in ("rPr", "trPr", "tcPr"):
            for name in ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge"):
                for mark in list(root.iter(w(name))):
                    parent = mark.getparent()
                    if parent is not None and parent.tag == w(properties):
                        parent.remove(mark)

    def _fields(self, root: etree._Element) -> None:
        """Results stay as text; page numbers stay fields."""
        for field in list(root.iter(w("fldSimple"))):
            if found := _PAGE_FIELD.match(field.get(w("instr"), "")):
                _to_page_field(field, found[1])
        depth: list[tuple[etree._Element, list[str], list[etree._Element]]] = []
        seen_separator: list[bool] = []
        for node in list(root.iter(w("fldChar"), w("instrText"), w("r"))):
            if node.tag == w("r"):
                if depth and seen_separator[-1] and node.find(w("fldChar")) is None:
                    depth[-1][2].append(node)
                elif depth and not seen_separator[-1] and node.find(w("fldChar")) is None:
                    _only_codes(node)
                continue
            if node.tag == w("instrText"):
                if depth:
                    depth[-1][1].append(node.text or "")
                continue
            match node.get(w("fldCharType")):
                case "begin":
                    depth.append((node, [], []))
                    seen_separator.append(False)
                case "separate" if depth:
                    seen_separator[-1] = True
                case "end" if depth:
                    begin, codes, results = depth.pop()
                    seen_separator.pop()
                    if found := _PAGE_FIELD.match("".join(codes)):
                        _replace_by_page_field(begin, results, found[1])
        for node in list(root.iter(w("fldChar"))):
            _drop(node)

    def _alternatives(self, root: etree._Element) -> None:
        """One choice stays, the fallback goes; without a usable choice the fallback stays."""
        for node in list(root.iter(f"{{{MC}}}AlternateContent")):
            choices = [child for child in node if local(child.tag) == "Choice"]
            usable = [one for one in choices if set(one.get("Requires", "").split()) <= {"wps", "wpg", "wp14", "a14"}]
            fallback = [child for child in node if local(child.tag) == "Fallback"]
            kept = usable[:1] or fallback[:1]
            for child in list(node):
                if child not in kept:
                    node.remove(child)
            for child in kept:
                if local(child.tag) == "Fallback":
                    _unwrap(child)
                    _unwrap(node)
                else:
                    child.set("Requires", " ".join(sorted({"wps"} | set(child.get("Requires", "").split()))))

    def _unseen(self, root: etree._Element) -> None:
        """Runs that nobody sees go; pale text in a styled table may stand on a dark cell and stays."""
        for run in list(root.iter(w("r"))):
            properties = run.find(w("rPr"))
            style = None if properties is None else properties.find(w("rStyle"))
            named = self._styles.of(None if style is None else style.get(w("val")))
            paragraph, shaded = self._around(run)
            found = looks(properties).over(named).over(paragraph).over(self._styles.default)
            if found.over(Looks(shaded=shaded or None)).unseen and any(True for _ in _words(run)):
                self.hidden += 1
                _drop(run)

    def _around(self, run: etree._Element) -> tuple[Looks, bool]:
        """What the paragraph's style says, and whether something dark may lie below."""
        paragraph, shaded, first = PLAIN, False, True
        for node in run.iterancestors():
            if node.tag == w("p") and first:
                first = False
                properties = node.find(w("pPr"))
                if properties is not None:
                    style = properties.find(w("pStyle"))
                    paragraph = self._styles.of(None if style is None else style.get(w("val")))
                    shaded = shaded or any(dark(shade) for shade in properties.iterfind(w("shd")))
            elif node.tag == w("tc"):
                shaded = shaded or any(dark(shade) for shade in node.iterfind(f"{w('tcPr')}/{w('shd')}"))
            elif node.tag == w("tbl"):
                shaded = shaded or node.find(f"{w('tblPr')}/{w('tblStyle')}") is not None
            elif node.tag == w("txbxContent"):
                shaded = True
        return paragraph, shaded

    def _elements(self, root: etree._Element) -> None:
        for node in list(root.iter()):
            if node is root or node.getparent() is None:
                continue
            space = etree.QName(node).namespace
            if node.tag in _DROPPED or space not in _KNOWN:
                self._note(node)
                _drop(node)
            elif node.tag == w("ruby"):
                self.left_out["拼音注音"] += 1
                base = node.find(w("rubyBase"))
                for child in list(node):
                    if child is not base:
                        node.remove(child)
                if base is not None:
                    _unwrap(base)
                _lift_runs(node)
            elif node.tag in _UNWRAPPED and not (node.tag == w("fldSimple") and node.get("kept")):
                _unwrap(node)
        for drawing in [*root.iter(w("drawing")), *root.iter(w("pict"))]:
            if not _shows(drawing):
                self.left_out[_kind(drawing)] += 1
                _drop(drawing)

    def _note(self, node: etree._Element) -> None:
        if node.tag in _LOUD:
            self.left_out["嵌入对象或导入的文件"] += 1
        elif node.tag == f"{{{V}}}textpath":
            self.left_out["艺术字水印"] += 1


def _words(run: etree._Element) -> Iterator[str]:
    yield from (node.text for node in run.iter(w("t"), f"{{{M}}}t") if node.text)


def tracked(root: etree._Element) -> bool:
    """Whether a story has changes that nobody accepted or refused yet."""
    return any(isinstance(node.tag, str) and local(node.tag) in _TRACKED for node in root.iter())


def _shows(drawing: etree._Element) -> bool:
    """Whether a drawing still has a picture, a text box or a plain shape."""
    wanted = (f"{{{A}}}blip", w("txbxContent"), f"{{{WPS}}}wsp")
    return any(node.tag in wanted for node in drawing.iter())


def _kind(drawing: etree._Element) -> str:
    """What a drawing without picture, text box or shape is."""
    uris = {str(data.get("uri", "")).rsplit("/", 1)[-1] for data in drawing.iter(f"{{{A}}}graphicData")}
    return "图表" if "chart" in uris else "SmartArt" if "diagram" in uris else "矢量图形"


def _only_codes(run: etree._Element) -> None:
    """A run between a field's begin and its separator says only what the field does."""
    for node in list(run):
        if node.tag in (w("t"), w("tab"), w("br")):
            run.remove(node)


def _to_page_field(field: etree._Element, name: str) -> None:
    field.attrib.clear()
    field.set(w("instr"), f" {name.upper()} ")
    field.set("kept", "1")
    for node in field.iter(w("t")):
        node.text = "1"


def _replace_by_page_field(begin: etree._Element, results: list[etree._Element], name: str) -> None:
    run = begin.getparent()
    if run is None or run.getparent() is None:
        return
    field = etree.Element(w("fldSimple"))
    field.set(w("instr"), f" {name.upper()} ")
    field.set("kept", "1")
    inner = etree.SubElement(field, w("r"))
    properties = run.find(w("rPr"))
    if properties is not None:
        inner.append(etree.fromstring(etree.tostring(properties)))
    etree.SubElement(inner, w("t")).text = "1"
    run.addprevious(field)
    for result in results:
        _drop(result)


def _lift_runs(ruby: etree._Element) -> None:
    """Runs of a ruby stand inside a run: put them behind it."""
    run = ruby.getparent()
    if run is None or run.tag != w("r"):
        _unwrap(ruby)
        return
    place = run
    for child in list(ruby):
        place.addnext(child)
        place = child
    run.remove(ruby)


def _drop(node: etree._Element) -> None:
    """Take a node out; the text behind it is layout and goes along, unless somebody wrote words there."""
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _drop_all(node: etree._Element | None) -> None:
    if node is not None:
        _drop(node)


def _unwrap(node: etree._Element) -> None:
    """Put the children in the place of their parent."""
    parent = node.getparent()
    if parent is None:
        return
    place = parent.index(node)
    children = [child for child in node if not local(str(child.tag)).endswith("Pr")]
    parent.remove(node)
    for offset, child in enumerate(children):
        parent.insert(place + offset, child)


def _attributes(node: etree._Element) -> None:
    """Known attributes with plain values only; stray text between elements goes."""
    if node.tag not in (w("t"), f"{{{M}}}t") and not node.tag.startswith((f"{{{WP}}}pos", f"{{{WP}}}align")):
        node.text = None
    node.tail = None
    for name, value in list(node.attrib.items()):
        plain, space = local(str(name)), etree.QName(str(name)).namespace
        keeps_name = plain in _WORDY and not space
        if keeps_name and plain == "name" and node.tag.startswith(f"{{{A}}}"):
            node.set(name, "M")
        elif keeps_name and plain == "name":
            node.set(name, "图")
        elif (
            (keeps_name and plain != "id")
            or plain == "kept"
            or (space not in (None, W, R, M) and name != _XML_SPACE)
            or (_ATTRIBUTES_DROPPED.fullmatch(plain) and space == W)
            or (
                not _TOKEN.fullmatch(str(value)) and plain not in ("lvlText", "val", "ascii", "hAnsi", "eastAsia", "cs")
            )
        ):
            del node.attrib[name]
