"""Items that stand in running text: a line of its own under the title, or in front of an item of a compilation.

::

    <w:p>标题</w:p>                                   <w:p><w:sdt MARKPIPE-part-1> 秘密★5年 </w:sdt></w:p>
    <w:p><w:sdt MARKPIPE-mark> 机密★10年 </w:sdt></w:p>   <w:p>第一件的标题</w:p>

Paragraphs with a locked content control: `mark.strip` takes them off by its tag.  Draws nothing elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from xml.sax.saxutils import quoteattr

from lxml import etree

from markpipe.errors import OutputError
from markpipe.formats.docx.mark_package import parse
from markpipe.formats.docx.mark_shapes import NAME, W, line_paragraph
from markpipe.formats.docx.names import w
from markpipe.marking.plan import Item, PageOf


def in_text(item: Item) -> bool:
    """Whether an item stands in running text."""
    return item.places[0].page is PageOf.IN_TEXT


def set_in_text(body: etree._Element, items: Sequence[Item]) -> None:
    """Put each item where its first place says, those of one place in their order; `OutputError` where its words are not."""
    behind: dict[str, etree._Element] = {}
    for item in items:
        place = item.places[0]
        control = _control(item, centred=place.below)
        if not place.below:
            _paragraph(body, place.beside).addprevious(control)
        else:
            behind.get(place.beside, _paragraph(body, place.beside)).addnext(control)
            behind[place.beside] = control


def _paragraph(body: etree._Element, words: str) -> etree._Element:
    """The one paragraph of the body itself that says so."""
    found = [one for one in body.iterchildren(w("p")) if _words(one) == words]
    if not found:
        raise OutputError(
            f"正文里没有单独成段的“{words[:30]}”，标志没有地方放", "核对标题的文字；表格、文本框里的标题不能用"
        )
    if len(found) > 1:
        raise OutputError(f"正文里有{len(found)}段“{words[:30]}”，不知标志放在哪里", "把其中一段改得不同后重新提交")
    return found[0]


def _words(paragraph: etree._Element) -> str:
    return "".join("".join((one.text or "").split()) for one in paragraph.iter(w("t")))


def _control(item: Item, *, centred: bool) -> etree._Element:
    """A paragraph with a locked control around its words: LibreOffice 7.4 forgets their type where it is around the
    paragraph."""
    whole = replace(item.lines[0], text="".join(line.text for line in item.lines))
    paragraph = parse(f'<w:root xmlns:w="{W}">{line_paragraph(whole, item, centred=centred)}</w:root>'.encode())[0]
    run = paragraph.find(w("r"))
    if run is not None:
        control = parse(
            f'<w:sdt xmlns:w="{W}"><w:sdtPr><w:alias w:val={quoteattr(item.kind.value)}/><w:tag w:val="{NAME}{item.id}"/>'
            f'<w:lock w:val="sdtContentLocked"/></w:sdtPr><w:sdtContent/></w:sdt>'.encode()
        )
        run.addprevious(control)
        control[1].append(run)
    return paragraph


def drop_control(control: etree._Element) -> None:
    """Take a control of ours away, and the paragraph that it has to itself."""
    parent = control.getparent()
    if parent is not None and parent.tag == w("p") and all(one is control or one.tag == w("pPr") for one in parent):
        control, parent = parent, parent.getparent()
    if parent is not None:
        parent.remove(control)
