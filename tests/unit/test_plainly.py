"""The cheap question about a page's operators never promises more than the full answer holds."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from markpipe.formats.pdf.features import Features
from markpipe.formats.pdf.hints import hints
from markpipe.formats.pdf.plainly import plainly

PLAIN = b"q 0 0 595 842 re W n BT /F1 12 Tf 1 0 0 1 72 700 Tm <4e004e8c> Tj ET Q 60 690 400 0.5 re f"
NUMBER = st.sampled_from(["0", "1", "0.95", "0.5", "-1", "3", "12", "600", "842", ".02", "x"])
OPERATIONS = {
    "Tf": 1, "Tm": 6, "cm": 6, "Tr": 1, "g": 1, "rg": 3, "k": 4, "sc": 3, "scn": 1, "cs": 0, "gs": 0, "re": 4, "W": 0,
    "W*": 0, "n": 0, "f": 0, "f*": 0, "B": 0, "q": 0, "Q": 0, "l": 2, "c": 6, "h": 0, "Do": 0, "Tz": 1, "sh": 0, "BI": 0,
    "/OC /M1 BDC": 0, "/Pattern cs": 0, "<4e00> Tj": 0, "(a (1 g) b) Tj": 0, "[<41> 3 (x)]TJ": 0, "% ( 1 g\n": 0,
}  # fmt: skip


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    words = []
    for name in draw(st.lists(st.sampled_from(sorted(OPERATIONS)), max_size=14)):
        words += [draw(NUMBER) for _ in range(OPERATIONS[name])] + [name]
    glue = draw(st.sampled_from([" ", "\n", "  "]))
    return glue.join(words).encode("ascii")


@given(contents(), st.booleans(), st.booleans())
@example(b"1 1 1 rg <4e00> Tj 0 g", False, False)
@example(b"0.9 0.9 0.95 rg 60 746 480 34 re f 0 g <4e00> Tj", False, False)
@example(b"q 0 g 1 1 1 rg q 0 g Q <4e00> Tj", False, False)
def test_what_is_plain_has_no_hints(content: bytes, transparency: bool, tints: bool) -> None:
    features = Features(transparency, tints)
    if plainly(content, 595, 842, lambda: features):
        assert not hints(content, 595, 842, features).any


@pytest.mark.parametrize(
    "more",
    [
        b"",
        b" 0 0 0 rg <41> Tj",
        b" 0.2 g (text) Tj",
        b" 0 0 0 1 k <41> Tj",
        b" 0 Tr",
        b" 1 1 1 rg 0 g <41> Tj",
        b"/P BMC",
        b" q 0 0.028 594.971 841.971 re\nW* n q 0.2 0.3 0.5 rg BT 90 683 Td /F1 14 Tf<01>Tj ET Q Q",
    ],
)
def test_office_pages_are_plain(more: bytes) -> None:
    assert plainly(PLAIN + more, 595, 842, Features)


@pytest.mark.parametrize(
    "more",
    [
        b" 1 g <41> Tj", b" 1 1 1 rg <41> Tj", b" 0 0 0 0 k <41> Tj", b" 3 Tr", b" /F1 1 Tf", b" 0.1 0 0 0.1 0 0 cm",
        b" 0.1 0 0 0.1 0 0 Tm", b" 0 0 99 99 re f", b" 0 0 99 99 re W n", b" 0 0 595 842 re 0 0 595 842 re W* n",
        b"/Im1 Do", b" 0 Tz", b"/OC/M1 BDC", b" 1 1 1 rg Q <41> Tj", b" x Tf", b" 1 2 l 3 4 l f", b" W n",
        b" q 0 g 1 1 1 rg Q", b" 1 2 9 9 re 1 2 l W n", b" /GS0 gs",
    ],
)  # fmt: skip
def test_what_may_hide_something_is_not(more: bytes) -> None:
    assert not plainly(PLAIN + more, 595, 842, lambda: Features(transparency=True))
