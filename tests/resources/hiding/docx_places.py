"""DOCX fixtures D01 to D58.  Each function's name is its id."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from urllib.parse import quote

import openpyxl

from hiding import PHRASE
from hiding.docxfile import HEAD, NAMESPACES, Docx, body, paragraph, relations, run, story, with_member
from hiding.olefile import compound, compressed_vba
from hiding.pictures import jpeg, png

P = PHRASE
FIRST, SECOND = P[:2], P[2:]
WHOLE = paragraph(run(P))


def d01() -> bytes:
    return body(WHOLE)


def d02() -> bytes:
    middle = '<w:proofErr w:type="spellStart"/><w:bookmarkStart w:id="0" w:name="b"/><w:bookmarkEnd w:id="0"/>'
    return body(paragraph(run(FIRST, "<w:b/>") + middle + run(SECOND, "<w:i/>")))


def cell(content: str) -> str:
    return f"<w:tc><w:tcPr/>{content}</w:tc>"


def table(*cells: str, properties: str = "") -> str:
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tr>{''.join(cells)}</w:tr></w:tbl>"


def d03() -> bytes:
    return body(table(cell(paragraph(run("名称"))), cell(WHOLE)))


def d04() -> bytes:
    return body(table(cell(table(cell(WHOLE)) + paragraph(""))))


def d05() -> bytes:
    section = '<w:sectPr><w:headerReference w:type="default" r:id="h1"/><w:headerReference w:type="first" r:id="h2"/><w:titlePg/></w:sectPr>'
    members: dict[str, str | bytes] = {
        "word/header1.xml": story("hdr", paragraph(run("年度工作"))),
        "word/header2.xml": story("hdr", WHOLE),
        "word/_rels/document.xml.rels": relations(("h1", "header", "header1.xml"), ("h2", "header", "header2.xml")),
    }
    return Docx(section, members).save()


def d06() -> bytes:
    return with_member("word/footer3.xml", story("ftr", WHOLE))


def d07() -> bytes:
    return with_member("word/footnotes.xml", story("footnotes", f'<w:footnote w:id="2">{WHOLE}</w:footnote>'))


def d08() -> bytes:
    return with_member("word/endnotes.xml", story("endnotes", f'<w:endnote w:id="2">{WHOLE}</w:endnote>'))


def d09() -> bytes:
    return with_member("word/comments.xml", story("comments", f'<w:comment w:id="0" w:author="甲">{WHOLE}</w:comment>'))


def d10() -> bytes:
    return body(paragraph(run(FIRST) + f'<w:ins w:id="1" w:author="甲">{run(SECOND)}</w:ins>'))


def deleted(text: str) -> str:
    return f'<w:del w:id="1" w:author="甲"><w:r><w:delText>{text}</w:delText></w:r></w:del>'


def d11() -> bytes:
    return body(paragraph(run(FIRST) + deleted(SECOND) + f'<w:ins w:id="2" w:author="甲">{run("号项目")}</w:ins>'))


def d12() -> bytes:
    gone = f'<w:moveFrom w:id="1" w:author="甲">{run(P)}</w:moveFrom>'
    come = f'<w:moveTo w:id="2" w:author="甲">{run(P)}</w:moveTo>'
    return body(paragraph(gone) + paragraph(come))


def box(choice: str, fallback: str) -> str:
    drawing = f"<w:drawing><wp:inline><wps:wsp><wps:txbx><w:txbxContent>{choice}</w:txbxContent></wps:txbx></wps:wsp></wp:inline></w:drawing>"
    pict = f"<w:pict><v:shape><v:textbox><w:txbxContent>{fallback}</w:txbxContent></v:textbox></v:shape></w:pict>"
    return paragraph(
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{drawing}</mc:Choice>'
        f"<mc:Fallback>{pict}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def d13() -> bytes:
    return body(box(WHOLE, WHOLE))


def d14() -> bytes:
    return body(box(paragraph(run("公开")), WHOLE))


def d15() -> bytes:
    return body(paragraph(run("前文") + run(P, "<w:vanish/>") + run("后文")))


def d16() -> bytes:
    properties = f'<w:sdtPr><w:alias w:val="{P}"/><w:tag w:val="t"/></w:sdtPr>'
    return body(f"<w:sdt>{properties}<w:sdtContent>{WHOLE}</w:sdtContent></w:sdt>")


def d17() -> bytes:
    inline = f"<w:sdt><w:sdtPr/><w:sdtContent>{run(SECOND)}</w:sdtContent></w:sdt>"
    return body(paragraph(run(FIRST) + inline))


def d18() -> bytes:
    return body(
        paragraph(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f'<w:r><w:instrText xml:space="preserve"> DOCPROPERTY "{P}" </w:instrText></w:r>'
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("结果")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )
    )


def d19() -> bytes:
    return body(paragraph(f'<w:fldSimple w:instr=" XE &quot;{P}&quot; ">{run("见")}</w:fldSimple>'))


def d20() -> bytes:
    return body(paragraph(f'<w:hyperlink r:id="l1">{run(P)}</w:hyperlink>'))


def d21() -> bytes:
    link = paragraph(f'<w:hyperlink r:id="l1" w:tooltip="说明">{run("见")}</w:hyperlink>')
    target = relations(("l1", "hyperlink", f"https://example.invalid/{quote(P)}"))
    return with_member("word/_rels/document.xml.rels", target, link)


def d22() -> bytes:
    return body(paragraph(f'<w:bookmarkStart w:id="0" w:name="{P}"/>{run("正文")}<w:bookmarkEnd w:id="0"/>'))


def d23() -> bytes:
    core = (
        f'{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{P}</dc:title></cp:coreProperties>'
    )
    return with_member("docProps/core.xml", core)


def d24() -> bytes:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    return with_member("docProps/app.xml", f'{HEAD}<Properties xmlns="{space}"><Company>{P}</Company></Properties>')


def d25() -> bytes:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
    return with_member(
        "docProps/custom.xml", f'{HEAD}<Properties xmlns="{space}"><property name="{P}">值</property></Properties>'
    )


def d26() -> bytes:
    return with_member("customXml/item1.xml", f"{HEAD}<root><field>{P}</field></root>")


def d27() -> bytes:
    return with_member("docProps/thumbnail.jpeg", jpeg(text=P))


def d28() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = P
    out = io.BytesIO()
    book.save(out)
    return with_member("word/embeddings/book.xlsx", out.getvalue())


def d29() -> bytes:
    return with_member("word/embeddings/oleObject1.bin", compound({"Contents": P.encode("utf-16-le") + b"\x00\x00"}))


def picture(source: str = "", description: str = "") -> str:
    return paragraph(
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" descr="{description}"/><a:graphic><a:graphicData>'
        f'<pic:pic><pic:blipFill><a:blip r:embed="i1"/>{source}</pic:blipFill></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def d30() -> bytes:
    return with_member("word/media/image1.png", png(), picture())


def d31() -> bytes:
    return with_member("word/media/image1.jpeg", jpeg(exif=P), picture())


def d32() -> bytes:
    return body(picture(description=P))


def d33() -> bytes:
    return with_member("word/media/image1.png", png(), picture('<a:srcRect t="90000"/>'))


def d34() -> bytes:
    page = f"<html><body><p>{''.join(f'&#x{ord(char):x};' for char in P)}</p></body></html>"
    return with_member("word/afchunk.htm", page, '<w:altChunk r:id="c1"/>')


def d35() -> bytes:
    part = f"<w:docParts><w:docPart><w:docPartBody>{WHOLE}</w:docPartBody></w:docPart></w:docParts>"
    return with_member("word/glossary/document.xml", story("glossaryDocument", part))


def d36() -> bytes:
    settings = f'<w:docVars><w:docVar w:name="v" w:val="{P}"/></w:docVars><w:attachedTemplate r:id="t"/>'
    members: dict[str, str | bytes] = {
        "word/settings.xml": story("settings", settings),
        "word/_rels/settings.xml.rels": relations(("t", "attachedTemplate", f"file:///C:/{quote(P)}.dotx")),
    }
    return Docx("", members).save()


def d37() -> bytes:
    chart = (
        f"{HEAD}<c:chartSpace {NAMESPACES}><c:title><a:t>标题</a:t></c:title>"
        f"<c:strCache><c:pt><c:v>{P}</c:v></c:pt></c:strCache></c:chartSpace>"
    )
    return with_member("word/charts/chart1.xml", chart)


def d38() -> bytes:
    return with_member("word/diagrams/data1.xml", f"{HEAD}<dgm:dataModel {NAMESPACES}><a:t>{P}</a:t></dgm:dataModel>")


def d39() -> bytes:
    source = f'Attribute VB_Name = "Module1"\r\nSub A()\r\n\' {P}\r\nEnd Sub\r\n'.encode("gbk")
    project = compound({"Module1": b"\x01\x16\x03" + b"\x00" * 60 + compressed_vba(source)})
    return with_member("word/vbaProject.bin", project)


def d40() -> bytes:
    style = f'<w:style w:type="paragraph" w:styleId="a"><w:name w:val="{P}"/></w:style>'
    return with_member("word/styles.xml", story("styles", style))


def d41() -> bytes:
    change = f'<w:ins w:id="1" w:author="{P}">{run("新")}</w:ins>'
    return body(paragraph(change))


def d42() -> bytes:
    return with_member("word/old.xml", story("document", f"<w:body>{WHOLE}</w:body>"))


def d43() -> bytes:
    return Docx(comment=P.encode()).save()


def d44() -> bytes:
    older = story("document", f"<w:body>{WHOLE}</w:body>")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return Docx(twice={"word/document.xml": older}).save()


def d45() -> bytes:
    ruby = f"<w:ruby><w:rubyPr/><w:rt>{run('pinyin')}</w:rt><w:rubyBase>{run(SECOND)}</w:rubyBase></w:ruby>"
    return body(paragraph(run(FIRST) + f"<w:r>{ruby}</w:r>"))


def d46() -> bytes:
    return body(paragraph(f"<m:oMath><m:r><m:t>{P}</m:t></m:r></m:oMath>"))


def d47() -> bytes:
    art = f'<w:r><w:pict><v:shape><v:textpath string="{P}"/></v:shape></w:pict></w:r>'
    return with_member("word/header1.xml", story("hdr", paragraph(art)))


def d48() -> bytes:
    data = f'<w:ffData><w:name w:val="f"/><w:helpText w:val="{P}"/><w:textInput><w:default w:val="值"/></w:textInput></w:ffData>'
    return body(paragraph(f'<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r>'))


def d49() -> bytes:
    return body(paragraph(run(P, '<w:color w:val="FFFFFF"/><w:sz w:val="2"/>')))


def d50() -> bytes:
    parts = "<w:softHyphen/>", "<w:tab/>", "<w:br/>"
    pieces = "".join(f"<w:t>{char}</w:t>{parts[i % 3] if i < len(P) - 1 else ''}" for i, char in enumerate(P))
    return body(paragraph(f"<w:r>{pieces}</w:r>"))


def d51() -> bytes:
    return body(paragraph(run(" ".join(P))))


def d52() -> bytes:
    return body(table(cell(paragraph(run("甲"))), properties=f'<w:tblCaption w:val="{P}"/>'))


def d53() -> bytes:
    return body(paragraph(run("".join(f"&#{ord(char)};" for char in P))))


def d54() -> bytes:
    return body(f"<!-- {P} -->" + paragraph(run("正文")) + f"<?note {P}?>")


def d55() -> bytes:
    """One character as a symbol, one as the radical that looks like it."""
    symbol = f'<w:r><w:sym w:font="SimSun" w:char="{ord(P[0]):04X}"/></w:r>'
    return body(paragraph(symbol + run(P[1:].replace("工", "\u2f2f"))))


def d56() -> bytes:
    merge = f'<w:mailMerge><w:connectString w:val="Provider=x;Data Source={P}.mdb"/></w:mailMerge>'
    return with_member("word/settings.xml", story("settings", merge))


def d57() -> bytes:
    row = f'<w:tr><w:trPr><w:del w:id="1" w:author="甲"/></w:trPr>{cell(paragraph(run(FIRST) + run(SECOND)))}</w:tr>'
    return body(f"<w:tbl><w:tblPr/>{row}</w:tbl>")


def d58() -> bytes:
    return with_member("word/embeddings/sub.docx", d01())


def slack() -> bytes:
    """A member that the directory no longer lists: its bytes still lie in the file."""
    data = d01()
    hidden = f"<a>{P}</a>".encode()
    name = b"word/gone.xml"
    head = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, len(hidden), len(hidden), len(name), 0)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.start_dir
    moved = bytearray(data[:start] + head + name + hidden + data[start:])
    end = moved.rfind(b"PK\x05\x06")
    shift = len(head) + len(name) + len(hidden)
    moved[end + 16 : end + 20] = struct.pack("<I", start + shift)
    return bytes(moved)
