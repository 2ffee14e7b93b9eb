"""Read the marks of a DOCX back by walking the package, with the standard library's zip and XML only.

A text box proves its place by numbers in the file, not by ink: how a program draws it was looked at when the boxes
were designed (docs/stamps.md).  What is checked is the chain first section → first-page header → box, that each item is
there once, at its place, readable, in both of its drawings, and that nothing lies over it.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from markpipe.errors import OutputError
from markpipe.marking.plan import POINTS_PER_MM, Item, MarkPlan, PageOf

TOLERANCE_MM = 1.5
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_V = "{urn:schemas-microsoft-com:vml}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_NAME = "MARKPIPE-"
_EMU_PER_MM = 36000
_HEAD_PARAGRAPHS = 15
_MARK = re.compile(r"(?:绝密|机密|秘密)★\S+")
_OFF = ("0", "false", "off")


def check_docx(path: Path, plan: MarkPlan) -> Iterator[str]:
    """Problems with the marks of a DOCX in Chinese; `OutputError` when the package cannot be read."""
    parts = _read(path)
    main = _main(parts)
    body = _parse(parts[main]).find(f"{_W}body")
    if body is None:
        yield "DOCX 没有正文"
        return
    section = next((one for one in _sections(body)), None)
    header = None if section is None else _first_header(parts, main, section)
    if section is None or header is None:
        yield "首页没有页眉，读不到标志"
        return
    page = _page_mm(section)
    anchors = list(_anchors(header))
    for item in plan.items:
        if item.frame_pt or item.artwork:
            yield from _check_stamp(body, item)
        elif item.places[0].page is PageOf.IN_TEXT:
            yield from _check_in_text(body, item)
        elif _everywhere(item):
            yield from _check_running(parts, main, list(_sections(body)), item)
        else:
            yield from _check_box(item, anchors, header, page)
    yield from _check_single(plan, parts, body)


@dataclass(frozen=True, slots=True)
class _Anchor:
    """An anchored drawing: place and size in mm of the page where the file gives them so, else None."""

    name: str
    hidden: bool
    box: tuple[float, float, float, float] | None
    element: ElementTree.Element


def _read(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if len(set(names)) != len(names):
                raise OutputError("写出的 DOCX 有重名部件", "请用 Word 或 WPS 另存原文件后重试")
            parts = {name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise OutputError("写出的 DOCX 读不回来，没有核对", "请用 Word 或 WPS 另存原文件后重试") from error
    return parts


def _parse(data: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise OutputError("DOCX 的部件带有 DTD，不予核对", "文件可能有恶意，请交管理员处理")
    try:
        return ElementTree.fromstring(data)  # noqa: S314 - entities need a DTD, refused above
    except ElementTree.ParseError as error:
        raise OutputError("写出的 DOCX 部件不是完好的 XML", "请用 Word 或 WPS 另存原文件后重试") from error


def _main(parts: dict[str, bytes]) -> str:
    for relationship in _parse(parts.get("_rels/.rels", b"<none/>")):
        if relationship.get("Type", "").endswith("/officeDocument"):
            name = relationship.get("Target", "").lstrip("/")
            if name in parts:
                return name
    raise OutputError("写出的 DOCX 没有正文部件", "请用 Word 或 WPS 另存原文件后重试")


def _sections(body: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for child in body:
        if child.tag == f"{_W}sectPr":
            yield child
        for properties in child.iter(f"{_W}pPr"):
            yield from properties.findall(f"{_W}sectPr")


def _first_header(parts: dict[str, bytes], main: str, section: ElementTree.Element) -> ElementTree.Element | None:
    """The header that page 1 shows because the section has a first-page header of its own."""
    return _header(parts, main, section, "first") if _on(section.find(f"{_W}titlePg")) else None


def _on(switch: ElementTree.Element | None) -> bool:
    return switch is not None and switch.get(f"{_W}val", "1") not in _OFF


def _header(parts: dict[str, bytes], main: str, section: ElementTree.Element, which: str) -> ElementTree.Element | None:
    """The header that a section names for its pages of a kind."""
    references = section.findall(f"{_W}headerReference")
    wanted = {r.get(f"{_R}id") for r in references if r.get(f"{_W}type", "default") == which}
    folder, name = posixpath.split(main)
    for relationship in _parse(parts.get(f"{folder}/_rels/{name}.rels", b"<none/>")):
        if relationship.get("Id") in wanted:
            target = posixpath.normpath(posixpath.join("/", folder, relationship.get("Target", "")))[1:]
            if target in parts and f'PartName="/{target}"'.encode() in parts["[Content_Types].xml"]:
                return _parse(parts[target])
    return None


def _page_mm(section: ElementTree.Element) -> tuple[float, float]:
    size = section.find(f"{_W}pgSz")
    width, height = (12240, 15840) if size is None else (int(size.get(f"{_W}{key}", 0)) for key in "wh")
    return width / 20 / POINTS_PER_MM, height / 20 / POINTS_PER_MM


def _anchors(root: ElementTree.Element) -> Iterator[_Anchor]:
    for element in root.iter(f"{_WP}anchor"):
        about = element.find(f"{_WP}docPr")
        offsets = []
        for axis in ("positionH", "positionV"):
            position = element.find(f"{_WP}{axis}")
            offset = None if position is None else position.find(f"{_WP}posOffset")
            if position is not None and position.get("relativeFrom") == "page" and offset is not None:
                offsets.append(int(offset.text or 0) / _EMU_PER_MM)
        extent = element.find(f"{_WP}extent")
        box = None
        if len(offsets) == 2 and extent is not None:
            width, height = (int(extent.get(key, 0)) / _EMU_PER_MM for key in ("cx", "cy"))
            box = (offsets[0], offsets[1], offsets[0] + width, offsets[1] + height)
        name = "" if about is None else about.get("name", "")
        yield _Anchor(name, about is not None and about.get("hidden") in ("1", "true"), box, element)


def _check_box(
    item: Item, anchors: list[_Anchor], header: ElementTree.Element, page: tuple[float, float]
) -> Iterator[str]:
    name = item.kind.value
    ours = [anchor for anchor in anchors if anchor.name == f"{_NAME}{item.id}"]
    if len(ours) != 1:
        yield f"缺少{name}" if not ours else f"{name}有{len(ours)}个"
        return
    anchor = ours[0]
    drawn = [anchor.element, *_fallbacks(header, item)]
    if any(_text(one) != _wanted(item) for one in drawn) or len(drawn) != 2:
        yield f"{name}不是“{_wanted(item)}”"
    if any(_unreadable(one, item) for one in drawn) or anchor.hidden:
        yield f"{name}看不见，或字体字号不对"
    if item.struck and not all(_struck(one) for one in drawn):
        yield f"{name}没有划去"
    box = anchor.box
    places = (place.on(page, item.size_mm) for place in item.places)
    if box is None or not any(max(abs(box[0] - x), abs(box[1] - y)) <= TOLERANCE_MM for x, y in places):
        yield f"{name}不在应在的位置"
    elif any(_meet(box, other.box) for other in anchors if other is not anchor and other.box):
        yield f"{name}与页眉中的其他图形重叠"
    elif box[2] - box[0] < item.width_mm or box[3] - box[1] < item.height_mm:
        yield f"{name}的文本框太小，文字显示不全"


def _everywhere(item: Item) -> bool:
    return any(place.page is PageOf.EVERY for place in item.places)


def _check_running(
    parts: dict[str, bytes], main: str, sections: list[ElementTree.Element], item: Item
) -> Iterator[str]:
    """An item of every page: in each header that a section shows, which the section has to name itself."""
    settings = f"{posixpath.dirname(main)}/settings.xml"
    even = settings in parts and _on(_parse(parts[settings]).find(f"{_W}evenAndOddHeaders"))
    for number, section in enumerate(sections, start=1):
        kinds = ["default", *(["first"] if _on(section.find(f"{_W}titlePg")) else []), *(["even"] if even else [])]
        for which in kinds:
            header = _header(parts, main, section, which)
            if header is None:
                yield f"第{number}节缺少{item.kind.value}"
            else:
                problems = _check_box(item, list(_anchors(header)), header, _page_mm(section))
                yield from (f"第{number}节：{problem}" for problem in problems)


def _fallbacks(header: ElementTree.Element, item: Item) -> list[ElementTree.Element]:
    """The VML drawing of an item."""
    return [
        shape
        for fallback in header.iter(f"{_MC}Fallback")
        for shape in fallback.iter(f"{_V}rect")
        if shape.get("id") == f"{_NAME}{item.id}"
    ]


def _text(element: ElementTree.Element) -> str:
    return "".join("".join((text.text or "").split()) for text in element.iter(f"{_W}t"))


def _wanted(item: Item) -> str:
    return "".join("".join(line.text.split()) for line in item.lines)


def _unreadable(element: ElementTree.Element, item: Item) -> bool:
    """Hidden, white or of another size than the plan's."""
    sizes = {str(round(line.size_pt * 2)) for line in item.lines}
    for properties in element.iter(f"{_W}rPr"):
        colour = properties.find(f"{_W}color")
        size = properties.find(f"{_W}sz")
        if properties.find(f"{_W}vanish") is not None or size is None or size.get(f"{_W}val") not in sizes:
            return True
        if colour is not None and colour.get(f"{_W}val", "").upper() in ("FFFFFF", "AUTO"):
            return True
    return False


def _struck(element: ElementTree.Element) -> bool:
    return all(properties.find(f"{_W}dstrike") is not None for properties in _run_properties(element))


def _run_properties(element: ElementTree.Element) -> list[ElementTree.Element]:
    return [found for run in element.iter(f"{_W}r") if (found := run.find(f"{_W}rPr")) is not None]


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _check_stamp(body: ElementTree.Element, item: Item) -> Iterator[str]:
    """The table behind the text: once, with its words and its frame."""
    ours = [one for one in body.iter(f"{_W}sdt") if _tag(one) == f"{_NAME}{item.id}"]
    if len(ours) != 1:
        yield f"缺少{item.kind.value}" if not ours else f"{item.kind.value}有{len(ours)}个"
        return
    if _text(ours[0]) != _wanted(item):
        yield f"{item.kind.value}的内容不对"
    if ours[0].find(f".//{_W}tblBorders") is None or any(_unreadable(cell, item) for cell in ours[0].iter(f"{_W}tc")):
        yield f"{item.kind.value}看不见，或字体字号不对"


def _check_in_text(body: ElementTree.Element, item: Item) -> Iterator[str]:
    """A line of its own, next to the paragraph that its place names; other lines of ours may stand between."""
    name, place = item.kind.value, item.places[0]
    children = list(body)
    tags = [{_tag(control) for control in one.iter(f"{_W}sdt")} for one in children]
    ours = [number for number, found in enumerate(tags) if f"{_NAME}{item.id}" in found]
    if len(ours) != 1:
        yield f"缺少{name}" if not ours else f"{name}有{len(ours)}个"
        return
    control = children[ours[0]]
    if _text(control) != _wanted(item):
        yield f"{name}不是“{_wanted(item)}”"
    if _unreadable(control, item):
        yield f"{name}看不见，或字体字号不对"
    if item.struck and not _struck(control):
        yield f"{name}没有划去"
    others = [not any(tag.startswith(_NAME) for tag in found) for found in tags]
    towards = range(ours[0] - 1, -1, -1) if place.below else range(ours[0] + 1, len(children))
    beside = next((children[number] for number in towards if others[number]), None)
    if beside is None or beside.tag != f"{_W}p" or _text(beside) != place.beside:
        yield f"{name}不在应在的位置"


def _tag(control: ElementTree.Element) -> str:
    tag = control.find(f"{_W}sdtPr/{_W}tag")
    return "" if tag is None else tag.get(f"{_W}val", "")


def _check_single(plan: MarkPlan, parts: dict[str, bytes], body: ElementTree.Element) -> Iterator[str]:
    """Nothing of ours that the plan does not have, and no second mark typed into the head of the text."""
    known = {f"{_NAME}{item.id}" for item in plan.items}
    often = {f"{_NAME}{item.id}" for item in plan.items if _everywhere(item)}
    found: list[str] = []
    for name, data in parts.items():
        if name.endswith(".xml") and _NAME.encode() in data:
            root = _parse(data)
            found += [one.get("name", "") for one in root.iter(f"{_WP}docPr")]
            found += [_tag(one) for one in root.iter(f"{_W}sdt")]
    ours = [name for name in found if name.startswith(_NAME)]
    if set(ours) - known:
        yield "有方案之外的旧标志没有去掉"
    once = [name for name in ours if name not in often]
    if len(once) != len(set(once)):
        yield "同一标志出现两次"
    head = [one for one in body.iter(f"{_W}p") if not any(_tag(c) in known for c in one.iter(f"{_W}sdt"))]
    if plan.formal and any(_MARK.fullmatch(_text(paragraph)) for paragraph in head[:_HEAD_PARAGRAPHS]):
        yield "正文开头另有一个国家秘密标志"
