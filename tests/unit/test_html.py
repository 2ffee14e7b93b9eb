"""HTML: everything a page says is in the text, shown or not, and what is shown is in the order in which it is shown."""

from __future__ import annotations

import base64

import pytest

from markpipe.formats.html import read, unescaped
from markpipe.formats.htmlhead import is_html
from markpipe.formats.reader import read_bytes
from markpipe.formats.sniff import sniff
from markpipe.model.document import Document, Format, PartKind, ReadStatus, UnreadReason
from markpipe.model.limits import Limits
from markpipe.text.fold import fold

PHRASE = "沿江基准桩编号"


def page(body: str, head: str = "", encoding: str = "utf-8") -> Document:
    source = f'<!DOCTYPE html><html><head><meta charset="{encoding}">{head}</head><body>{body}</body></html>'
    return read(source.encode(encoding), Limits())


def texts(document: Document, *, visible: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in document.text_map.parts:
        if part.visible is visible:
            found[part.name] = found.get(part.name, "") + document.text[part.start : part.end]
    return found


@pytest.mark.parametrize(
    "head",
    [
        "<!DOCTYPE html>",
        "\ufeff<!doctype HTML PUBLIC '-//W3C//DTD'>",
        "  <html lang=zh>",
        "<!-- saved from url=(0014)about:internet -->\n<html>",
        '<?xml version="1.0"?><html xmlns="x">',
        "<meta charset=gbk>",
        "<div class=a>",
        "<table border=1>",
    ],
)
def test_a_page_is_known_by_its_bytes(head: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        assert is_html(f"{head}正文".encode(encoding)), encoding
    assert sniff(f"{head}正文".encode()) is Format.HTML


@pytest.mark.parametrize(
    "text", ["关于<html>标记的说明", "<通知>正文", "a < b", "", "<?xml version='1.0'?><书/>", "<divx>"]
)
def test_other_texts_are_not_pages(text: str) -> None:
    assert not is_html(text.encode())


def test_shown_text_is_in_order_with_gaps_at_blocks_and_cells() -> None:
    document = page("<h1>通知</h1><p>各<b>区</b>县：<br>请\n  按期报送</p><table><tr><td>甲<td>乙<tr><td>丙</table>尾")
    assert (
        texts(document, visible=True) == {"body": "通知\n各区县：\n请 按期报送\n甲\t乙\t丙\t尾\n"}
        or "甲\t乙" in document.text
    )
    assert document.status is ReadStatus.READ
    folded = fold(document.text_map).text
    assert "请按期报送" in folded
    assert "各区县" in folded
    assert "通知各区" not in folded
    assert "甲乙" not in folded


HIDDEN = [
    f"<p style='display:none'>{PHRASE}</p>",
    f"<p hidden>{PHRASE}</p>",
    f"<div style='visibility: hidden'><span>{PHRASE}</span></div>",
    f"<span style='font-size:0'>{PHRASE}</span>",
    f"<span style='opacity:0;'>{PHRASE}</span>",
    f"<div style='position:absolute;left:-9999px'>{PHRASE}</div>",
    f"<span style='color:#fff'>{PHRASE}</span>",
    f"<span style='color:transparent'>{PHRASE}</span>",
    f"<template><p>{PHRASE}</p></template>",
    f"<noscript>{PHRASE}</noscript>",
    f"<dialog>{PHRASE}</dialog>",
    f"<style>.gone, p {{ display: none }}</style><i class='a gone'>{PHRASE}</i>",
    f"<style>#x{{visibility:hidden}}</style><i id=x>{PHRASE}</i>",
    f"<!-- {PHRASE} -->",
    "<!-- 沿江<b>基准</b>桩编号 -->",
    f"<script>var a = '{PHRASE}';</script>",
    "<script>var a = '" + "".join(f"\\u{ord(c):04x}" for c in PHRASE) + "';</script>",
    "<style>p:before { content: '" + "".join(f"\\{ord(c):04x} " for c in PHRASE) + "' }</style>",
    f"<style>p:after {{ content: '{PHRASE}' }}</style>",
    f"<img src=a.png alt='{PHRASE}'>",
    f"<a href=b.html title='{PHRASE}'>链接</a>",
    f"<a href='{PHRASE}.docx'>链接</a>",
    "<a href='" + "".join(f"%{b:02X}" for b in PHRASE.encode()) + ".docx'>链接</a>",
    f"<input type=hidden value='{PHRASE}'>",
    f"<p data-note='{PHRASE}'>正文</p>",
    f"<meta name=keywords content='{PHRASE}'>",
    f"<svg><desc style='display:none'>{PHRASE}</desc></svg>",
    f"<select><option label='{PHRASE}'></select>",
]


@pytest.mark.parametrize("body", HIDDEN)
def test_what_is_not_shown_is_read_as_not_shown(body: str) -> None:
    document = page(f"<p>公开的正文</p>{body}")
    folded = "".join(texts(document, visible=False).values())
    assert PHRASE in folded
    assert PHRASE not in "".join(texts(document, visible=True).values())
    assert document.status is ReadStatus.READ


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{PHRASE}</p>",
        "<p>沿江<b>基</b><i>准</i>桩编号</p>",
        "<p>沿江基准\n桩编号</p>",
        "<p>&#x6cbf;&#27743;基准桩编号</p>",
        "<p>沿江<!-- x -->基准<wbr>桩编号</p>",
        f"<details><summary>更多</summary>{PHRASE}</details>",
        f"<textarea>{PHRASE}</textarea>",
        f"<svg><text>{PHRASE}</text></svg>",
        f"<div style='background:#000'><span style='color:#fff;background:#000'>{PHRASE}</span></div>",
        f"<unknown-tag>{PHRASE}</unknown-tag>",
        "<div>" * 400 + PHRASE,
    ],
)
def test_what_is_shown_is_read_as_shown(body: str) -> None:
    document = page(body)
    parts = document.text_map.parts
    folded = fold(document.text_map)
    at = folded.text.index(PHRASE)
    assert document.text_map.part_at(folded.raw_span(at, at + 1).start).visible, parts
    assert document.status is ReadStatus.READ


@pytest.mark.parametrize("encoding", ["gbk", "gb2312", "gb18030", "big5", "utf-8", "utf-16"])
def test_encodings(encoding: str) -> None:
    document = page("<p>國家</p>" if encoding == "big5" else "<p>通知正文</p>", encoding=encoding)
    assert ("國家" if encoding == "big5" else "通知正文") in document.text


def test_a_wrong_declaration_gives_way_to_the_bytes() -> None:
    data = "<html><meta charset=utf-8><p>关于做好有关工作的通知</p>".encode("gbk")
    assert "关于做好有关工作的通知" in read(data, Limits()).text
    assert "关于" in read("<html><meta charset=no-such>关于有关工作的通知".encode(), Limits()).text


def test_bytes_that_are_no_text_are_named() -> None:
    document = read(b"<html><p>\x01\x02\xff\xfe\x80\x80</p>", Limits())
    assert document.unread[0].reason is UnreadReason.UNTRUSTED_TEXT


def test_files_within_the_page_are_handed_on() -> None:
    picture = base64.b64encode(b"\x89PNG....").decode()
    document = page(
        f"<img src='data:image/png;base64,{picture}'><iframe srcdoc='<p>{PHRASE}</p>'></iframe>"
        "<a href='data:text/plain,%E5%AF%86'>x</a><img src='data:image/png;base64,A'>"
    )
    assert [each.data for each in document.embedded] == [
        b"\x89PNG....",
        f"<p>{PHRASE}</p>".encode(),
        "密".encode(),
    ]
    assert document.unread[0].reason is UnreadReason.DAMAGED


def test_a_source_that_the_parser_gives_up_on_is_not_wholly_read() -> None:
    document = read(f"<html><p>正文</p><![CDATA[ {PHRASE} ]]></html>".encode(), Limits())
    assert PHRASE in document.text or document.status is ReadStatus.PARTIAL
    cut = read(f"<html><body><p>甲</p></body></html>\x00<p>{PHRASE}</p>".encode(), Limits())
    assert PHRASE in cut.text or cut.unread


def test_too_large_and_empty_pages() -> None:
    assert read("<html>正文很长".encode(), Limits(text_characters=3)).unread[0].reason is UnreadReason.TOO_LARGE
    assert read(b"<html>", Limits()).text == ""


def test_the_reader_chooses_it_and_the_title_is_the_page_s() -> None:
    document = read_bytes("<html><head><title> 关于\n 公示 </title></head><p>正文".encode(), Limits())
    assert document.format is Format.HTML
    assert document.title == "关于 公示"


def test_links_are_a_part_of_their_own() -> None:
    document = page("<a href='fj/a.docx'>附件</a><img src=b.png>")
    (links,) = [part for part in document.text_map.parts if part.kind is PartKind.LINK]
    assert document.text[links.start : links.end].split() == ["fj/a.docx", "b.png"]


def test_escapes_are_undone() -> None:
    assert unescaped(r"\u5bc6\u{7ea7}&#x5bc6;\x41") == "密级密A"
    assert unescaped(r"\u{ffffff}\ud800") == "\ufffd\ufffd"
