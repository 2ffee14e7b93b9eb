"""Untrusted text made safe to show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.text.printable import display_width, one_line, pad, printable, shorten


@pytest.mark.parametrize(
    ("untrusted", "shown"),
    [
        ("普通 文件.pdf", "普通 文件.pdf"),
        ("gnp.\u202efdp", "gnp.\ufffdfdp"),
        ("\x1b[2J清屏", "\ufffd[2J清屏"),
        ("零\u200b宽\ufeff", "零\ufffd宽\ufffd"),
        ("两行\n全角\u3000空格", "两行\n全角\u3000空格"),
        ("半\ud800个", "半\ufffd个"),
        ("c1\x9b31m", "c1\ufffd31m"),
    ],
)
def test_what_does_not_show_is_shown(untrusted: str, shown: str) -> None:
    assert printable(untrusted) == shown


@given(st.text())
def test_only_printable_characters_come_out(untrusted: str) -> None:
    assert all(char.isprintable() or char in "\n\u3000" for char in printable(untrusted))
    assert len(printable(untrusted)) == len(untrusted)
    assert "\n" not in one_line(untrusted)
    assert printable(one_line(untrusted)) == one_line(untrusted)


def test_one_line() -> None:
    assert one_line("换行\n断词") == "换行断词"
    assert one_line("two \r\n  words") == "two words"
    assert one_line("汉\nA") == "汉 A"
    assert one_line("机 密") == "机 密"
    assert one_line("a\tb\x0bc\u2028d") == "a b c d"


def test_width() -> None:
    assert display_width("汉字ab、") == 8
    assert display_width("e\u0301") == 1
    assert pad("汉", 5) == "汉   "


@pytest.mark.parametrize(
    ("text", "columns", "short"),
    [
        ("短名.pdf", 10, "短名.pdf"),
        ("关于某某事项的通知.pdf", 15, "关于某…知.pdf"),
        ("abcdefghij", 5, "ab…ij"),
        ("汉字汉字汉字", 6, "汉…字"),
    ],
)
def test_shorten(text: str, columns: int, short: str) -> None:
    assert shorten(text, columns) == short


@given(st.text(alphabet=st.characters(categories=("L", "N", "P"))), st.integers(5, 60))
def test_a_shortened_text_fits(text: str, columns: int) -> None:
    assert display_width(shorten(text, columns)) <= columns
