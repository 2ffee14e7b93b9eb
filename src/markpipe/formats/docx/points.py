"""Set 密点 marks on a DOCX: the level in front of the paragraph, a closing bracket behind it, nothing else touched.

::

    〔机密：命题组由下列人员组成……〕
     └ runs of the character style MarkpipePoint ┘

A paragraph is found by its words.  One that is found nowhere (text in a field, a drawing, a changed draft) is an error:
a 密点 that is silently not marked would mislead whoever reads the file.  The style is added to the style sheet.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from markpipe.errors import OutputError
from markpipe.formats.docx.mark_package import Package, parse, serialise
from markpipe.formats.docx.mark_shapes import W
from markpipe.formats.docx.signed import refuse_signed
from markpipe.marking.plan import Marked
from markpipe.marking.points import CLOSING, Point, opening
from markpipe.model.classification import Level

STYLE = "MarkpipePoint"
_STYLES = "styles.xml"


def mark_points(data: bytes, points: Sequence[Point]) -> Marked:
    """The DOCX with its 密点 marked; marks of the same kind set before are replaced.

    `OutputError` as for `mark`, and for a point whose words are not in the body.
    """
    package = Package.read(data)
    refuse_signed(package)
    strip_points(package)
    root = parse(package.parts[package.main])
    body = root.find(_w("body"))
    paragraphs = [] if body is None else [(one, _words(one)) for one in body.iter(_w("p"))]
    levels: dict[int, Level] = {}
    for point in points:
        for index in _paragraphs_of(point, [words for _, words in paragraphs]):
            levels[index] = max(levels.get(index, point.level), point.level)
    for index, level in levels.items():
        _bracket(paragraphs[index][0], level)
    package.parts[package.main] = serialise(root)
    _add_style(package)
    return Marked(package.write())


def unmark_points(data: bytes) -> bytes:
    """The DOCX without its 密点 marks; the same bytes when there are none."""
    package = Package.read(data)
    return package.write() if strip_points(package) else data


def _paragraphs_of(point: Point, texts: list[str]) -> list[int]:
    """The paragraphs that hold a point's words, in order; a point may run over several."""
    found: list[int] = []
    for words in point.words:
        start = found[-1] + 1 if found else 0
        index = next((number for number in range(start, len(texts)) if words in texts[number]), None)
        if index is None:
            raise OutputError(
                f"密点{point.number}的文字不在正文段落里，无法标注", "请核对是不是定密时的原稿，或改为附密点清单"
            )
        found.append(index)
    return found


def _bracket(paragraph: etree._Element, level: Level) -> None:
    properties = paragraph.find(_w("pPr"))
    sizes = [one.get(_w("val"), "") for one in paragraph.iterfind(f"{_w('r')}/{_w('rPr')}/{_w('sz')}")]
    first, last = _run(opening(level), sizes[:1]), _run(CLOSING, sizes[-1:])
    if properties is None:
        paragraph.insert(0, first)
    else:
        properties.addnext(first)
    paragraph.append(last)


def _run(text: str, size: list[str]) -> etree._Element:
    """A run in the style of 密点, as large as the text that it stands beside."""
    sized = "".join(f'<w:sz w:val="{int(one)}"/><w:szCs w:val="{int(one)}"/>' for one in size if one.isdecimal())
    return parse(
        f'<w:r xmlns:w="{W}"><w:rPr><w:rStyle w:val="{STYLE}"/>{sized}</w:rPr>'
        f'<w:t xml:space="preserve">{text}</w:t></w:r>'.encode()
    )


def strip_points(package: Package) -> bool:
    """Take off our runs and, where there were any, the style."""
    root = parse(package.parts[package.main])
    ours = [one for one in root.iter(_w("rStyle")) if one.get(_w("val")) == STYLE]
    for style in ours:
        run = next((one for one in style.iterancestors(_w("r"))), None)
        parent = None if run is None else run.getparent()
        if run is not None and parent is not None:
            parent.remove(run)
    if not ours:
        return False
    package.parts[package.main] = serialise(root)
    name = _style_sheet(package)
    if name:
        sheet = parse(package.parts[name])
        for one in sheet.findall(_w("style")):
            if one.get(_w("styleId")) == STYLE:
                sheet.remove(one)
        package.parts[name] = serialise(sheet)
    return True


def _add_style(package: Package) -> None:
    name = _style_sheet(package)
    if not name:
        return  # without a style sheet the runs look like their text, and are still found by their style's name
    sheet = parse(package.parts[name])
    sheet.append(
        parse(
            f'<w:style xmlns:w="{W}" w:type="character" w:customStyle="1" w:styleId="{STYLE}"><w:name w:val="密点标注"/>'
            '<w:rPr><w:rFonts w:ascii="黑体" w:hAnsi="黑体" w:eastAsia="黑体" w:hint="eastAsia"/>'
            '<w:color w:val="CC0000"/></w:rPr></w:style>'.encode()
        )
    )
    package.parts[name] = serialise(sheet)


def _style_sheet(package: Package) -> str:
    folder = package.main.rpartition("/")[0]
    name = f"{folder}/{_STYLES}" if folder else _STYLES
    return name if name in package.parts else ""


def _words(paragraph: etree._Element) -> str:
    """A paragraph's own text without white space; what stands in a text box within it has paragraphs of its own."""
    own = (text for text in paragraph.iter(_w("t")) if next(text.iterancestors(_w("p"))) is paragraph)
    return "".join("".join((text.text or "").split()) for text in own)


def _w(name: str) -> str:
    return f"{{{W}}}{name}"
