"""Text files: every encoding gives the same text, and what is no text is not called read."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.formats.encoding import decode
from markpipe.formats.plain import read
from markpipe.model.document import Format, PartKind, ReadStatus, UnreadReason
from markpipe.model.limits import Limits

TEXT = "关于做好年度安全检查工作的通知\r\n各科室：\r\n　　请于六月底前完成自查，并报送书面材料。\r\n"
LIMITS = Limits()


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-8"),
        codecs.BOM_UTF8 + TEXT.encode("utf-8"),
        TEXT.encode("gbk"),
        TEXT.encode("gb18030"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8-bom", "gbk", "gb18030", "utf-16-le-bom", "utf-16-be-bom", "utf-16-le", "utf-16-be"],
)
def test_every_encoding_gives_the_text_as_written(data: bytes) -> None:
    document = read(data, LIMITS)
    assert document.text == TEXT
    assert document.status is ReadStatus.READ
    assert document.format is Format.PLAIN
    assert document.title == "关于做好年度安全检查工作的通知"
    (part,) = document.text_map.parts
    assert (part.kind, part.start, part.end, part.visible) == (PartKind.BODY, 0, len(TEXT), True)


def test_utf_16_without_mark_or_ascii_is_recognised() -> None:
    text = "关于做好年度安全检查工作的通知，请各单位按时完成。"
    for encoding in ("utf-16-le", "utf-16-be"):
        decoded = decode(text.encode(encoding))
        assert decoded is not None
        assert (decoded.text, decoded.doubtful) == (text, False)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1))
def test_utf_8_comes_back_character_for_character(text: str) -> None:
    decoded = decode(codecs.BOM_UTF8 + text.encode())
    assert decoded is not None
    assert decoded.text == text


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"\x00\x01\x02\x03",
        b"abc\x07def",
        b"\xff\xfe\x00",
        b"\x80\x81\xff\xff",
        b"MZ\x90\x00\x03",
    ],
)
def test_what_is_no_text_is_unread(data: bytes) -> None:
    document = read(data, LIMITS)
    assert document.status is ReadStatus.UNREAD
    assert document.unread[0].reason is UnreadReason.UNSUPPORTED


def test_another_encoding_read_as_ours_is_not_trusted() -> None:
    for encoding in ("big5", "shift_jis", "koi8_r"):
        text = {"big5": "關於做好年度安全檢查工作的通知與要求", "shift_jis": "これはひらがなの文章です。試験の問題", "koi8_r": "Правила проведения ежегодной проверки"}  # fmt: skip
        document = read(text[encoding].encode(encoding), LIMITS)
        assert document.unread, encoding


@pytest.mark.parametrize(
    "text",
    [
        "{\\rtf1\\ansi\\'c3\\'dc}",
        "<?xml version='1.0'?><a>正文</a>",
        "%!PS-Adobe-3.0\n",
        "Subject: x\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n5L+d5a+G\n",
        "{\"a\": \"\\u4e91\\u6749\"}",
        "正文 &#x4e91;&#x6749;",
        "http://a/%E4%BA%91%E6%9D%89",
        "正文 =E4=BA=91=E6=9D=89",
    ],
)  # fmt: skip
def test_a_phrase_that_hides_in_the_spelling_is_named(text: str) -> None:
    document = read(text.encode(), LIMITS)
    assert document.text == text
    assert document.unread[0].reason is UnreadReason.NOT_READ_YET


def test_ordinary_headings_are_no_mail() -> None:
    assert read("编号: 3\n日期: 5月\n内容: 检查\n".encode(), LIMITS).unread == ()


def test_blank_and_overlong_files_are_unread() -> None:
    assert read(b" \n", LIMITS).unread[0].reason is UnreadReason.EMPTY
    assert read("字".encode() * 50, Limits(text_characters=10)).unread[0].reason is UnreadReason.TOO_LARGE


def test_html_is_read_with_its_markup_undone() -> None:
    text = (
        "<!DOCTYPE html><p title='说明 文字'>云<b>杉</b>九&#x53f7;</p><!-- 注释甲 --><script>脚本乙</script>"
        "<p>原样的一段</p><?pi 指令丙?><p>未闭"
    )
    document = read(text.encode(), LIMITS)
    assert document.text.startswith(text)
    assert document.status is ReadStatus.READ
    assert [part.name for part in document.text_map.parts] == ["text", "html"]
    assert document.text[document.text_map.parts[1].start :] == "云杉九号\n"


def test_what_html_hides_by_escapes_is_a_part_of_its_own() -> None:
    document = read("<html><a title='&#x4e91;&#x6749; 九'>甲</a></html>".encode(), LIMITS)
    part = document.text_map.parts[-1]
    assert (part.name, part.kind, part.visible) == ("html#unshown", PartKind.HIDDEN, False)
    assert document.text[part.start : part.end] == "云杉 九\n"
