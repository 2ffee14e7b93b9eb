"""Set a plan on a DOCX: boxes in the first page's header, the 定密戳记 as a table behind the text.

::

    sectPr of the first section   + titlePg, + headerReference type="first" ──▶ word/markpipeHeader.xml
                                    (a copy of the header that page 1 had)        + one anchored box an item
    body                          … last paragraph │ content control MARKPIPE-stamp │ sectPr

Only the main part, its relationships, [Content_Types].xml and parts of ours change: a file is never loaded and saved
through an office library.  The sections after the first keep the headers they had, inherited ones too.  A record of
what the sections looked like lies in a part of ours, so that marking again or `strip` begins from the user's file.

This module does not check its own work (`proof.docx_marks` does) and never writes a file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from markpipe.errors import OutputError
from markpipe.formats.docx.mark_package import OFFICE, Package, parse, rels_name, serialise
from markpipe.formats.docx.mark_shapes import NAME, W, box, name_requirements, table
from markpipe.formats.docx.mark_text import drop_control, in_text, set_in_text
from markpipe.formats.docx.signed import UNSIGNED, refuse_signed, unsign
from markpipe.marking.plan import POINTS_PER_MM, Corner, Item, Marked, MarkPlan, PageOf

_HEADER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
_FOOTER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
_RECORD_TYPE = "application/xml"
_RECORD = "customXml/markpipeSections.xml"
_RECORD_NS = "urn:markpipe:sections:1"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_AFTER_TITLE_PAGE = ("textDirection", "bidi", "rtlGutter", "docGrid", "printerSettings", "sectPrChange")
_TYPED_MARK = re.compile(r"(?:绝密|机密|秘密)[★☆].*")
_HEAD_PARAGRAPHS = 15
_DEFAULT_PAGE = (12240, 15840)
_DEFAULT_TOP = 1440
_LEEWAY_MM = 1.0


def mark(data: bytes, plan: MarkPlan, *, signed: bool = False) -> Marked:
    """The DOCX with the plan on it, and notes; the same bytes each time.

    Marks that this program set before are replaced.  `OutputError` for an encrypted, damaged or Strict file, and for a
    signed one unless `signed` asks for a copy that is signed no longer.
    """
    package = Package.read(data)
    unsigned = signed and unsign(package)
    refuse_signed(package)
    strip(package)
    main = package.main
    root = parse(package.parts[main])
    body = root.find(_w("body"))
    if body is None:
        raise OutputError(
            "不是通常的 DOCX（可能是 Strict Open XML），不能加盖标志", "请用 Word 或 WPS 另存为普通 DOCX 后提交"
        )
    if plan.formal:
        _refuse_typed_mark(body)
    sections = _sections(body)
    running = [item for item in plan.items if _everywhere(item)]
    _record(package, sections if running else sections[:2])
    header = _first_page_header(package, sections)
    boxed = [item for item in _above_text(plan, sections[0]) if not (_is_table(item) or _everywhere(item))]
    _add_boxes(package, header, [item for item in boxed if not in_text(item)], sections[0])
    set_in_text(body, [item for item in boxed if in_text(item)])
    _add_running(package, sections, header, running)
    for item in filter(_is_table, plan.items):
        _append(body, table(item))
    package.parts[main] = serialise(root)
    return Marked(package.write(), (*_notes(plan), *([UNSIGNED] if unsigned else [])))


def unmark(data: bytes) -> bytes:
    """The DOCX without the marks that this program set; the same bytes when there are none.

    Taking a formal mark off needs a decision, which the caller has to hold.  `OutputError` as for `mark`.
    """
    package = Package.read(data)
    refuse_signed(package)
    return package.write() if strip(package) else data


def strip(package: Package) -> bool:
    """Take off every mark that this program set; whether there was any."""
    main = package.main
    found = False
    root = parse(package.parts[main])
    for control in list(root.iter(_w("sdt"))):
        tag = control.find(f"{_w('sdtPr')}/{_w('tag')}")
        if tag is not None and (tag.get(_w("val")) or "").startswith(NAME):
            drop_control(control)
            found = True
    restored = _restore(package, root)
    if found or restored:
        package.parts[main] = serialise(root)
    for name in [name for name in package.parts if name.endswith(".xml") and NAME.encode() in package.parts[name]]:
        if name != main:
            found |= _strip_boxes(package, name)
    return found or restored


def _strip_boxes(package: Package, name: str) -> bool:
    """Remove our boxes from a header that an office program has taken over as its own."""
    root = parse(package.parts[name])
    ours = [one for one in root.iter(f"{{{_WP}}}docPr") if (one.get("name") or "").startswith(NAME)]
    for shape in ours:
        run = next((one for one in shape.iterancestors(_w("r"))), None)
        if run is not None:
            _drop(run)
    if ours:
        package.parts[name] = serialise(root)
    return bool(ours)


def _refuse_typed_mark(body: etree._Element) -> None:
    """A mark typed into the first lines would stand on the page beside ours."""
    for paragraph in list(body.iter(_w("p")))[:_HEAD_PARAGRAPHS]:
        text = "".join("".join((one.text or "").split()) for one in paragraph.iter(_w("t")))
        if _TYPED_MARK.fullmatch(text):
            raise OutputError(f"正文开头已有国家秘密标志“{text}”", "请删去原稿上的标志，由本程序加盖")


def _sections(body: etree._Element) -> list[etree._Element]:
    """The properties of each section, in order; the last ones are the body's own, made when there are none."""
    sections = [one for one in body.iter(_w("sectPr")) if _tag_of_parent(one) in (_w("body"), _w("pPr"))]
    if not sections or sections[-1].getparent() is not body:
        sections.append(etree.SubElement(body, _w("sectPr")))
    return sections


def _record(package: Package, sections: list[etree._Element]) -> None:
    """Keep what the sections that change look like: the first two, or all where every page is marked."""
    root = etree.Element(f"{{{_RECORD_NS}}}sections", nsmap={"s": _RECORD_NS})
    for section in sections:
        copy = etree.SubElement(root, f"{{{_RECORD_NS}}}section")
        copy.append(parse(etree.tostring(section, with_tail=False)))
    package.add(_RECORD, serialise(root), _RECORD_TYPE)
    package.relate(package.main, "customXml", _RECORD)


def _restore(package: Package, root: etree._Element) -> bool:
    """Put the sections back as recorded and drop our parts; False when there is no record to go by."""
    body = root.find(_w("body"))
    ours = [name for name in package.parts if posixpath.basename(name).startswith("markpipe") and "/_rels/" not in name]
    if body is None or not ours:
        return False
    sections = _sections(body)
    if _RECORD in package.parts:
        for section, kept in zip(sections, parse(package.parts[_RECORD]), strict=False):
            parent = section.getparent()
            if parent is not None and len(kept):
                parent.replace(section, kept[0])
    for name in ours:
        package.unrelate(package.main, name)
        package.remove(name)
    return True


def _first_page_header(package: Package, sections: list[etree._Element]) -> str:
    """The name of a header part of ours that page 1 shows, and nothing else does."""
    first = sections[0]
    shown = "first" if _is_on(first.find(_w("titlePg"))) else "default"
    names = {}
    for kind, content_type in (("header", _HEADER_TYPE), ("footer", _FOOTER_TYPE)):
        base = _referenced(package, first, kind, shown)
        before = _reference(first, kind, "first")
        _keep_next(package, sections, kind, before, content_type)
        if kind == "footer" and shown == "first":
            continue
        name = f"{posixpath.dirname(base or package.main)}/markpipe{kind.title()}.xml"
        _copy_part(package, base, name, kind, content_type)
        if before is not None:
            first.remove(before)
        _refer(first, kind, package.relate(package.main, kind, name))
        names[kind] = name
    if shown == "default":
        _turn_on_title_page(first)
    return names["header"]


def _keep_next(
    package: Package, sections: list[etree._Element], kind: str, before: etree._Element | None, content_type: str
) -> None:
    """The next section would inherit ours for its own first page: name what it inherited until now."""
    if len(sections) < 2 or _reference(sections[1], kind, "first") is not None:
        return
    if before is not None:
        identity = before.get(f"{{{OFFICE}}}id", "")
    else:
        name = f"{posixpath.dirname(package.main)}/markpipeBlank{kind.title()}.xml"
        _copy_part(package, "", name, kind, content_type)
        identity = package.relate(package.main, kind, name)
    _refer(sections[1], kind, identity)


def _copy_part(package: Package, base: str, name: str, kind: str, content_type: str) -> None:
    """A part with the content of another and its relationships; without one, an empty paragraph of no height."""
    if base:
        package.add(name, package.parts[base], content_type)
        if rels_name(base) in package.parts:
            package.parts[rels_name(name)] = package.parts[rels_name(base)]
        return
    root = etree.Element(_w("hdr" if kind == "header" else "ftr"), nsmap={"w": W, "r": OFFICE})
    root.append(_thin_paragraph())
    package.add(name, serialise(root), content_type)


def _add_boxes(
    package: Package, header: str, items: list[Item], section: etree._Element, first_number: int = 0
) -> None:
    root = parse(package.parts[header])
    paragraph = next((child for child in root if child.tag == _w("p")), None)
    if paragraph is None:
        paragraph = _thin_paragraph()
        root.append(paragraph)
    for number, item in enumerate(items, start=first_number):
        run = box(item, *item.places[0].on(_page_mm(section), item.size_mm), number)
        paragraph.append(run)
        name_requirements(run)
    package.parts[header] = serialise(root)


def _above_text(plan: MarkPlan, section: etree._Element) -> Iterator[Item]:
    """The items with their best place first; text makes way for a box, so a mark in the head goes above all of it.

    A draft whose text begins higher than the 版心 of the standard has the mark where its text would begin, at most.
    """
    margin = section.find(_w("pgMar"))
    top = abs(int(_DEFAULT_TOP if margin is None else margin.get(_w("top"), _DEFAULT_TOP))) / 20 / POINTS_PER_MM
    for group in plan.groups():
        places = group[0].places
        if {(place.corner, place.page) for place in places} != {(Corner.TOP_LEFT, PageOf.FIRST)}:
            yield from group
            continue
        best = next((index for index, place in enumerate(places) if place.y_mm <= top + _LEEWAY_MM), len(places) - 1)
        for item in group:
            yield replace(item, places=item.places[best:])


def _add_running(package: Package, sections: list[etree._Element], first_header: str, items: list[Item]) -> None:
    """The items on every page: in each header that any section shows, of which every section gets a copy of its own."""
    if not items:
        return
    shown = _shown_headers(package, sections)
    for count, (index, which, base) in enumerate(shown, start=1):
        section = sections[index]
        name = first_header
        if (index, which) != (0, "first"):
            name = f"{posixpath.dirname(package.main)}/markpipeHeader{index}{which}.xml"
            _copy_part(package, base, name, "header", _HEADER_TYPE)
            before = _reference(section, "header", which)
            if before is not None:
                section.remove(before)
            _refer(section, "header", package.relate(package.main, "header", name), which)
        _add_boxes(package, name, items, section, count * 100)


def _shown_headers(package: Package, sections: list[etree._Element]) -> list[tuple[int, str, str]]:
    """(section, which pages, part) of every header that is shown; an empty part where there is none yet."""
    settings = f"{posixpath.dirname(package.main)}/settings.xml"
    even = settings in package.parts and _is_on(parse(package.parts[settings]).find(_w("evenAndOddHeaders")))
    inherited: dict[str, str] = {}
    shown = []
    for index, section in enumerate(sections):
        for which in ("default", "first", "even"):
            inherited[which] = _referenced(package, section, "header", which) or inherited.get(which, "")
        kinds = ["default", *(["first"] if _is_on(section.find(_w("titlePg"))) else []), *(["even"] if even else [])]
        shown += [(index, which, inherited[which]) for which in kinds]
    return shown


def _append(body: etree._Element, control: etree._Element) -> None:
    last = _sections(body)[-1]
    last.addprevious(control)


def _thin_paragraph() -> etree._Element:
    return parse(
        f'<w:p xmlns:w="{W}"><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        f'<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'.encode()
    )


def _reference(section: etree._Element, kind: str, which: str) -> etree._Element | None:
    for reference in section.iterchildren(_w(f"{kind}Reference")):
        if reference.get(_w("type"), "default") == which:
            return reference
    return None


def _referenced(package: Package, section: etree._Element, kind: str, which: str) -> str:
    reference = _reference(section, kind, which)
    if reference is None:
        return ""
    name = package.target(package.main, reference.get(f"{{{OFFICE}}}id", ""))
    return name if name in package.parts else ""


def _refer(section: etree._Element, kind: str, identity: str, which: str = "first") -> None:
    reference = etree.Element(_w(f"{kind}Reference"))
    reference.set(_w("type"), which)
    reference.set(f"{{{OFFICE}}}id", identity)
    section.insert(0, reference)


def _turn_on_title_page(section: etree._Element) -> None:
    for old in section.findall(_w("titlePg")):
        section.remove(old)
    title = etree.Element(_w("titlePg"))
    later = next((child for child in section if child.tag in {_w(name) for name in _AFTER_TITLE_PAGE}), None)
    if later is None:
        section.append(title)
    else:
        later.addprevious(title)


def _page_mm(section: etree._Element) -> tuple[float, float]:
    size = section.find(_w("pgSz"))
    width, height = (
        _DEFAULT_PAGE if size is None else (int(size.get(_w(k), d)) for k, d in zip("wh", _DEFAULT_PAGE, strict=True))
    )
    return width / 20 / POINTS_PER_MM, height / 20 / POINTS_PER_MM


def _is_on(element: etree._Element | None) -> bool:
    return element is not None and element.get(_w("val"), "true") not in ("0", "false", "off")


def _tag_of_parent(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else str(parent.tag)


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _w(name: str) -> str:
    return f"{{{W}}}{name}"


def _notes(plan: MarkPlan) -> tuple[str, ...]:
    return tuple(f"{item.kind.value}以表格形式置于正文之后" for item in filter(_is_table, plan.items))


def _everywhere(item: Item) -> bool:
    return any(place.page is PageOf.EVERY for place in item.places)


def _is_table(item: Item) -> bool:
    """What has a frame stands behind the text, where it can cover nothing."""
    return bool(item.frame_pt or item.artwork)
