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
from hiding.fonts import as_radicals
from hiding.olefile import compound, compressed_vba
from hiding.pictures import jpeg, png


def whole(phrase: str) -> str:
    """A paragraph of the phrase alone."""
    return paragraph(run(phrase))


def d01(phrase: str = PHRASE) -> bytes:
    return body(whole(phrase))


def d02(phrase: str = PHRASE) -> bytes:
    middle = '<w:proofErr w:type="spellStart"/><w:bookmarkStart w:id="0" w:name="b"/><w:bookmarkEnd w:id="0"/>'
    return body(paragraph(run(phrase[:2], "<w:b/>") + middle + run(phrase[2:], "<w:i/>")))


def cell(content: str) -> str:
    return f"<w:tc><w:tcPr/>{content}</w:tc>"


def table(*cells: str, properties: str = "") -> str:
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tr>{''.join(cells)}</w:tr></w:tbl>"


def d03(phrase: str = PHRASE) -> bytes:
    return body(table(cell(paragraph(run("名称"))), cell(whole(phrase))))


def d04(phrase: str = PHRASE) -> bytes:
    return body(table(cell(table(cell(whole(phrase))) + paragraph(""))))


def d05(phrase: str = PHRASE) -> bytes:
    section = '<w:sectPr><w:headerReference w:type="default" r:id="h1"/><w:headerReference w:type="first" r:id="h2"/><w:titlePg/></w:sectPr>'
    members: dict[str, str | bytes] = {
        "word/header1.xml": story("hdr", paragraph(run("年度工作"))),
        "word/header2.xml": story("hdr", whole(phrase)),
        "word/_rels/document.xml.rels": relations(("h1", "header", "header1.xml"), ("h2", "header", "header2.xml")),
    }
    return Docx(section, members).save()


def d06(phrase: str = PHRASE) -> bytes:
    return with_member("word/footer3.xml", story("ftr", whole(phrase)))


def d07(phrase: str = PHRASE) -> bytes:
    return with_member("word/footnotes.xml", story("footnotes", f'<w:footnote w:id="2">{whole(phrase)}</w:footnote>'))


def d08(phrase: str = PHRASE) -> bytes:
    return with_member("word/endnotes.xml", story("endnotes", f'<w:endnote w:id="2">{whole(phrase)}</w:endnote>'))


def d09(phrase: str = PHRASE) -> bytes:
    return with_member(
        "word/comments.xml", story("comments", f'<w:comment w:id="0" w:author="甲">{whole(phrase)}</w:comment>')
    )


def d10(phrase: str = PHRASE) -> bytes:
    return body(paragraph(run(phrase[:2]) + f'<w:ins w:id="1" w:author="甲">{run(phrase[2:])}</w:ins>'))


def deleted(text: str) -> str:
    return f'<w:del w:id="1" w:author="甲"><w:r><w:delText>{text}</w:delText></w:r></w:del>'


def d11(phrase: str = PHRASE) -> bytes:
    return body(
        paragraph(run(phrase[:2]) + deleted(phrase[2:]) + f'<w:ins w:id="2" w:author="甲">{run("号项目")}</w:ins>')
    )


def d12(phrase: str = PHRASE) -> bytes:
    gone = f'<w:moveFrom w:id="1" w:author="甲">{run(phrase)}</w:moveFrom>'
    come = f'<w:moveTo w:id="2" w:author="甲">{run(phrase)}</w:moveTo>'
    return body(paragraph(gone) + paragraph(come))


def box(choice: str, fallback: str) -> str:
    drawing = f"<w:drawing><wp:inline><wps:wsp><wps:txbx><w:txbxContent>{choice}</w:txbxContent></wps:txbx></wps:wsp></wp:inline></w:drawing>"
    pict = f"<w:pict><v:shape><v:textbox><w:txbxContent>{fallback}</w:txbxContent></v:textbox></v:shape></w:pict>"
    return paragraph(
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{drawing}</mc:Choice>'
        f"<mc:Fallback>{pict}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def d13(phrase: str = PHRASE) -> bytes:
    return body(box(whole(phrase), whole(phrase)))


def d14(phrase: str = PHRASE) -> bytes:
    return body(box(paragraph(run("公开")), whole(phrase)))


def d15(phrase: str = PHRASE) -> bytes:
    return body(paragraph(run("前文") + run(phrase, "<w:vanish/>") + run("后文")))


def d16(phrase: str = PHRASE) -> bytes:
    properties = f'<w:sdtPr><w:alias w:val="{phrase}"/><w:tag w:val="t"/></w:sdtPr>'
    return body(f"<w:sdt>{properties}<w:sdtContent>{whole(phrase)}</w:sdtContent></w:sdt>")


def d17(phrase: str = PHRASE) -> bytes:
    inline = f"<w:sdt><w:sdtPr/><w:sdtContent>{run(phrase[2:])}</w:sdtContent></w:sdt>"
    return body(paragraph(run(phrase[:2]) + inline))


def d18(phrase: str = PHRASE) -> bytes:
    return body(
        paragraph(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f'<w:r><w:instrText xml:space="preserve"> DOCPROPERTY "{phrase}" </w:instrText></w:r>'
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("结果")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )
    )


def d19(phrase: str = PHRASE) -> bytes:
    return body(paragraph(f'<w:fldSimple w:instr=" XE &quot;{phrase}&quot; ">{run("见")}</w:fldSimple>'))


def d20(phrase: str = PHRASE) -> bytes:
    return body(paragraph(f'<w:hyperlink r:id="l1">{run(phrase)}</w:hyperlink>'))


def d21(phrase: str = PHRASE) -> bytes:
    link = paragraph(f'<w:hyperlink r:id="l1" w:tooltip="说明">{run("见")}</w:hyperlink>')
    target = relations(("l1", "hyperlink", f"https://example.invalid/{quote(phrase)}"))
    return with_member("word/_rels/document.xml.rels", target, link)


def d22(phrase: str = PHRASE) -> bytes:
    return body(paragraph(f'<w:bookmarkStart w:id="0" w:name="{phrase}"/>{run("正文")}<w:bookmarkEnd w:id="0"/>'))


def d23(phrase: str = PHRASE) -> bytes:
    core = (
        f'{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{phrase}</dc:title></cp:coreProperties>'
    )
    return with_member("docProps/core.xml", core)


def d24(phrase: str = PHRASE) -> bytes:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    return with_member(
        "docProps/app.xml", f'{HEAD}<Properties xmlns="{space}"><Company>{phrase}</Company></Properties>'
    )


def d25(phrase: str = PHRASE) -> bytes:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
    return with_member(
        "docProps/custom.xml", f'{HEAD}<Properties xmlns="{space}"><property name="{phrase}">值</property></Properties>'
    )


def d26(phrase: str = PHRASE) -> bytes:
    return with_member("customXml/item1.xml", f"{HEAD}<root><field>{phrase}</field></root>")


def d27(phrase: str = PHRASE) -> bytes:
    return with_member("docProps/thumbnail.jpeg", jpeg(text=phrase))


def d28(phrase: str = PHRASE) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = phrase
    out = io.BytesIO()
    book.save(out)
    return with_member("word/embeddings/book.xlsx", out.getvalue())


def d29(phrase: str = PHRASE) -> bytes:
    return with_member(
        "word/embeddings/oleObject1.bin", compound({"Contents": phrase.encode("utf-16-le") + b"\x00\x00"})
    )


def picture(source: str = "", description: str = "") -> str:
    return paragraph(
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" descr="{description}"/><a:graphic><a:graphicData>'
        f'<pic:pic><pic:blipFill><a:blip r:embed="i1"/>{source}</pic:blipFill></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def d30(phrase: str = PHRASE) -> bytes:
    return with_member("word/media/image1.png", png(phrase), picture())


def d31(phrase: str = PHRASE) -> bytes:
    return with_member("word/media/image1.jpeg", jpeg(exif=phrase), picture())


def d32(phrase: str = PHRASE) -> bytes:
    return body(picture(description=phrase))


def d33(phrase: str = PHRASE) -> bytes:
    return with_member("word/media/image1.png", png(phrase), picture('<a:srcRect t="90000"/>'))


def d34(phrase: str = PHRASE) -> bytes:
    page = f"<html><body><p>{''.join(f'&#x{ord(char):x};' for char in phrase)}</p></body></html>"
    return with_member("word/afchunk.htm", page, '<w:altChunk r:id="c1"/>')


def d35(phrase: str = PHRASE) -> bytes:
    part = f"<w:docParts><w:docPart><w:docPartBody>{whole(phrase)}</w:docPartBody></w:docPart></w:docParts>"
    return with_member("word/glossary/document.xml", story("glossaryDocument", part))


def d36(phrase: str = PHRASE) -> bytes:
    settings = f'<w:docVars><w:docVar w:name="v" w:val="{phrase}"/></w:docVars><w:attachedTemplate r:id="t"/>'
    members: dict[str, str | bytes] = {
        "word/settings.xml": story("settings", settings),
        "word/_rels/settings.xml.rels": relations(("t", "attachedTemplate", f"file:///C:/{quote(phrase)}.dotx")),
    }
    return Docx("", members).save()


def d37(phrase: str = PHRASE) -> bytes:
    chart = (
        f"{HEAD}<c:chartSpace {NAMESPACES}><c:title><a:t>标题</a:t></c:title>"
        f"<c:strCache><c:pt><c:v>{phrase}</c:v></c:pt></c:strCache></c:chartSpace>"
    )
    return with_member("word/charts/chart1.xml", chart)


def d38(phrase: str = PHRASE) -> bytes:
    return with_member(
        "word/diagrams/data1.xml", f"{HEAD}<dgm:dataModel {NAMESPACES}><a:t>{phrase}</a:t></dgm:dataModel>"
    )


def d39(phrase: str = PHRASE) -> bytes:
    source = f'Attribute VB_Name = "Module1"\r\nSub A()\r\n\' {phrase}\r\nEnd Sub\r\n'.encode("gbk")
    project = compound({"Module1": b"\x01\x16\x03" + b"\x00" * 60 + compressed_vba(source)})
    return with_member("word/vbaProject.bin", project)


def d40(phrase: str = PHRASE) -> bytes:
    style = f'<w:style w:type="paragraph" w:styleId="a"><w:name w:val="{phrase}"/></w:style>'
    return with_member("word/styles.xml", story("styles", style))


def d41(phrase: str = PHRASE) -> bytes:
    change = f'<w:ins w:id="1" w:author="{phrase}">{run("新")}</w:ins>'
    return body(paragraph(change))


def d42(phrase: str = PHRASE) -> bytes:
    return with_member("word/old.xml", story("document", f"<w:body>{whole(phrase)}</w:body>"))


def d43(phrase: str = PHRASE) -> bytes:
    return Docx(comment=phrase.encode()).save()


def d44(phrase: str = PHRASE) -> bytes:
    older = story("document", f"<w:body>{whole(phrase)}</w:body>")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return Docx(twice={"word/document.xml": older}).save()


def d45(phrase: str = PHRASE) -> bytes:
    ruby = f"<w:ruby><w:rubyPr/><w:rt>{run('pinyin')}</w:rt><w:rubyBase>{run(phrase[2:])}</w:rubyBase></w:ruby>"
    return body(paragraph(run(phrase[:2]) + f"<w:r>{ruby}</w:r>"))


def d46(phrase: str = PHRASE) -> bytes:
    return body(paragraph(f"<m:oMath><m:r><m:t>{phrase}</m:t></m:r></m:oMath>"))


def d47(phrase: str = PHRASE) -> bytes:
    art = f'<w:r><w:pict><v:shape><v:textpath string="{phrase}"/></v:shape></w:pict></w:r>'
    return with_member("word/header1.xml", story("hdr", paragraph(art)))


def d48(phrase: str = PHRASE) -> bytes:
    data = f'<w:ffData><w:name w:val="f"/><w:helpText w:val="{phrase}"/><w:textInput><w:default w:val="值"/></w:textInput></w:ffData>'
    return body(paragraph(f'<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r>'))


def d49(phrase: str = PHRASE) -> bytes:
    return body(paragraph(run(phrase, '<w:color w:val="FFFFFF"/><w:sz w:val="2"/>')))


def d50(phrase: str = PHRASE) -> bytes:
    parts = "<w:softHyphen/>", "<w:tab/>", "<w:br/>"
    pieces = "".join(f"<w:t>{char}</w:t>{parts[i % 3] if i < len(phrase) - 1 else ''}" for i, char in enumerate(phrase))
    return body(paragraph(f"<w:r>{pieces}</w:r>"))


def d51(phrase: str = PHRASE) -> bytes:
    return body(paragraph(run(" ".join(phrase))))


def d52(phrase: str = PHRASE) -> bytes:
    return body(table(cell(paragraph(run("甲"))), properties=f'<w:tblCaption w:val="{phrase}"/>'))


def d53(phrase: str = PHRASE) -> bytes:
    return body(paragraph(run("".join(f"&#{ord(char)};" for char in phrase))))


def d54(phrase: str = PHRASE) -> bytes:
    return body(f"<!-- {phrase} -->" + paragraph(run("正文")) + f"<?note {phrase}?>")


def d55(phrase: str = PHRASE) -> bytes:
    """One character as a symbol, others as the radicals that look like them."""
    symbol = f'<w:r><w:sym w:font="SimSun" w:char="{ord(phrase[0]):04X}"/></w:r>'
    return body(paragraph(symbol + run(as_radicals(phrase[1:]))))


def d56(phrase: str = PHRASE) -> bytes:
    merge = f'<w:mailMerge><w:connectString w:val="Provider=x;Data Source={phrase}.mdb"/></w:mailMerge>'
    return with_member("word/settings.xml", story("settings", merge))


def d57(phrase: str = PHRASE) -> bytes:
    row = f'<w:tr><w:trPr><w:del w:id="1" w:author="甲"/></w:trPr>{cell(paragraph(run(phrase[:2]) + run(phrase[2:])))}</w:tr>'
    return body(f"<w:tbl><w:tblPr/>{row}</w:tbl>")


def d58(phrase: str = PHRASE) -> bytes:
    return with_member("word/embeddings/sub.docx", d01(phrase))


def slack(phrase: str = PHRASE) -> bytes:
    """A member that the directory no longer lists: its bytes still lie in the file."""
    data = d01(phrase)
    hidden = f"<a>{phrase}</a>".encode()
    name = b"word/gone.xml"
    head = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, len(hidden), len(hidden), len(name), 0)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.start_dir
    moved = bytearray(data[:start] + head + name + hidden + data[start:])
    end = moved.rfind(b"PK\x05\x06")
    shift = len(head) + len(name) + len(hidden)
    moved[end + 16 : end + 20] = struct.pack("<I", start + shift)
    return bytes(moved)
