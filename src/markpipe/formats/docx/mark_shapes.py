"""WordprocessingML for placed items: text boxes anchored to the page, and a bordered table for a stamp.

A line's exact height is 1.25 em; Word, WPS and LibreOffice set its baseline at four fifths of that, one em below the
top, so the em box begins 0.12 em below the top of the line.  A box is drawn twice: DrawingML, and VML for programs that
do not know both of the namespaces it requires.  LibreOffice 7.4 is one on purpose: it puts DrawingML text boxes of a
first page's header at the corner of the page, the VML ones where they belong.  Boxes are wrapped above and below, so
that running text makes way instead of being covered.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from markpipe.formats.docx.mark_package import parse
from markpipe.marking.plan import EM_ASCENT, POINTS_PER_MM, FontRole, Ink, Item, Line

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAME = "MARKPIPE-"
_EMU_PER_MM = 36000
_BELOW_MM = 3.0
_LINE = 1.25
_LIFT = 0.8 * _LINE - EM_ASCENT
_NAMESPACES = {
    "w": W,
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "wp14": "http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "w10": "urn:schemas-microsoft-com:office:word",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
_FONTS = {
    FontRole.FANGSONG: "仿宋",
    FontRole.HEITI: "黑体",
    FontRole.KAITI: "楷体",
    FontRole.SONGTI: "宋体",
}
_COLOURS = {Ink.BLACK: "000000", Ink.RED: "CC0000", Ink.BLUE: "33528C"}
_APART = 100
_LABELS_HEIGHT = 251_660_000


def box(item: Item, x_mm: float, y_mm: float, number: int) -> etree._Element:
    """A run with an item in a text box whose first em box stands at (x, y) mm of the page."""
    lift = _LIFT * item.lines[0].size_pt / POINTS_PER_MM
    width, height = item.width_mm * 1.08 + 2, item.height_mm + 2 * lift
    top = y_mm - lift
    content = "".join(_paragraphs(item, lift * POINTS_PER_MM))
    xml = f"""<w:r {_DECLARED}><w:rPr><w:noProof/></w:rPr><mc:AlternateContent><mc:Choice Requires="wps wp14"><w:drawing>
<wp:anchor distT="0" distB="{_emu(_BELOW_MM)}" distL="0" distR="0" simplePos="0" relativeHeight="{_LABELS_HEIGHT + number}" behindDoc="0"
 locked="1" layoutInCell="0" allowOverlap="1"><wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="page"><wp:posOffset>{_emu(x_mm)}</wp:posOffset></wp:positionH>
<wp:positionV relativeFrom="page"><wp:posOffset>{_emu(top)}</wp:posOffset></wp:positionV>
<wp:extent cx="{_emu(width)}" cy="{_emu(height)}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapTopAndBottom/>
<wp:docPr id="{2_140_000_000 + number}" name="{NAME}{item.id}" descr={quoteattr(item.kind.value)}/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData uri="{_NAMESPACES["wps"]}"><wps:wsp><wps:cNvSpPr txBox="1"/>
<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{_emu(width)}" cy="{_emu(height)}"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>
<wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx>
<wps:bodyPr rot="0" vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"><a:noAutofit/></wps:bodyPr>
</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>
<mc:Fallback><w:pict><v:rect id="{NAME}{item.id}" alt={quoteattr(item.kind.value)} o:allowincell="f" filled="f" stroked="f"
 style="position:absolute;margin-left:{_pt(x_mm)};margin-top:{_pt(top)};width:{_pt(width)};height:{_pt(height)};\
z-index:{_LABELS_HEIGHT + number};mso-position-horizontal-relative:page;mso-position-vertical-relative:page">
<v:textbox inset="0,0,0,0"><w:txbxContent>{content}</w:txbxContent></v:textbox><w10:wrap type="topAndBottom"/>
</v:rect></w:pict></mc:Fallback></mc:AlternateContent></w:r>"""
    return parse(_close_up(xml).encode())


def name_requirements(run: etree._Element) -> None:
    """Make Requires name its namespaces by the prefixes that hold where the run now stands."""
    choice = next(run.iter(f"{{{_NAMESPACES['mc']}}}Choice"))
    prefixes = {uri: prefix for prefix, uri in choice.nsmap.items()}
    choice.set("Requires", " ".join(str(prefixes[_NAMESPACES[name]]) for name in ("wps", "wp14")))


def table(item: Item) -> etree._Element:
    """A content control with an item in a one-cell bordered table, right-aligned, kept on one page."""
    edge = f'w:val="single" w:sz="{max(8, round(item.frame_pt * 8))}" w:space="0" w:color="{_COLOURS[item.ink]}"'
    edges = "".join(f"<w:{side} {edge}/>" for side in ("top", "left", "bottom", "right"))
    width, height = _twips(item.width_mm), _twips(item.height_mm)
    margins = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))
    spacer = (
        '<w:p><w:pPr><w:keepNext/><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="exact"/></w:pPr></w:p>'
    )
    tail = (
        '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        '<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
    )
    xml = f"""<w:sdt {_DECLARED}><w:sdtPr><w:alias w:val={quoteattr(item.kind.value)}/><w:tag w:val="{NAME}{item.id}"/>
<w:lock w:val="sdtContentLocked"/></w:sdtPr><w:sdtContent>{spacer}<w:tbl><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/>
<w:jc w:val="right"/><w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>
</w:tblPr><w:tblGrid><w:gridCol w:w="{width}"/></w:tblGrid>
<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{height}" w:hRule="atLeast"/></w:trPr>
<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{"".join(_paragraphs(item, 0.0))}</w:tc></w:tr></w:tbl>{tail}
</w:sdtContent></w:sdt>"""
    return parse(_close_up(xml).encode())


def _paragraphs(item: Item, origin_pt: float) -> list[str]:
    """One paragraph a line, each at its place; `origin_pt` is how far down the box its item begins."""
    paragraphs = []
    bottom = 0.0
    for line in item.lines:
        top = origin_pt + line.y_mm * POINTS_PER_MM - _LIFT * line.size_pt
        before = max(0, round((top - bottom) * 20))
        paragraphs.append(_paragraph(line, item, before))
        bottom += before / 20 + line.size_pt * _LINE
    return paragraphs


def line_paragraph(line: Line, item: Item, *, centred: bool) -> str:
    """A line of an item as a paragraph of running text."""
    xml = _paragraph(line, item, _APART).replace('w:after="0"', f'w:after="{_APART}"')
    return xml.replace('<w:jc w:val="left"/>', '<w:jc w:val="center"/>') if centred else xml


def _paragraph(line: Line, item: Item, before: int) -> str:
    font = _FONTS[line.font]
    size = round(line.size_pt * 2)
    return (
        f'<w:p><w:pPr><w:keepNext/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/><w:spacing w:before="{before}" w:beforeAutospacing="0" w:after="0"'
        f' w:afterAutospacing="0" w:line="{round(line.size_pt * _LINE * 20)}" w:lineRule="exact"/>'
        f'<w:ind w:left="{_twips(line.x_mm)}" w:right="0" w:firstLine="0" w:firstLineChars="0"/><w:jc w:val="left"/></w:pPr>'
        f'<w:r><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}" w:hint="eastAsia"/>'
        f'<w:b w:val="0"/><w:i w:val="0"/>{"<w:dstrike/>" if item.struck else ""}<w:color w:val="{_COLOURS[item.ink]}"/><w:spacing w:val="0"/><w:kern w:val="0"/>'
        f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(line.text)}</w:t></w:r></w:p>'
    )


def _close_up(xml: str) -> str:
    """Without the line ends of this source file, which would be text; a line that goes on within a tag starts with a space."""
    return xml.replace("\n", "")


def _emu(mm: float) -> int:
    return round(mm * _EMU_PER_MM)


def _pt(mm: float) -> str:
    return f"{mm * POINTS_PER_MM:.2f}pt"


def _twips(mm: float) -> int:
    return round(mm * POINTS_PER_MM * 20)
