"""Folding: what looks the same becomes the same, and every folded character knows where it stood."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.model.building import TextMapBuilder
from markpipe.model.document import PartKind, TextMap
from markpipe.model.finding import Folding
from markpipe.model.span import Span
from markpipe.text import build_tables
from markpipe.text.fold import fold, fold_term
from markpipe.text.squeeze import BARRIER, squeeze
from markpipe.text.tables import Change, CharClass, tables

# characters that folding has something to do with, among ordinary ones
_ODD = "機祕絶⽂⻓ＡＢ１０％，。：∶☆㎡㈱①Ⅲﬁ\u200b\u00ad\ufe0f\u3000\t\r\n aB密级★试题—\U0002f800İß"
texts = st.text(st.one_of(st.sampled_from(_ODD), st.characters(exclude_categories=())), max_size=60)


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("機密", "机密"),
        ("祕密、絶密", "秘密、绝密"),
        ("⽂件⻓期", "文件长期"),
        ("１０年ＡＢ", "10年ab"),
        ("1∶50000，1：5万", "1:50000,1:5万"),
        ("机\u200b密\ufeff级\u00ad", "机密级"),
        ("密\u3000级", "密 级"),
        ("25㎢", "25km2"),
        ("☆", "★"),
        ("乾燥", "干燥"),
        ("A—B", "a-b"),
        ("甲\u2028乙\r\n丙", "甲\n乙\n\n丙"),
        ("\u0000机\u0007密", "机密"),
        ("㊙", "秘"),
    ],
)
def test_look_alikes_become_one(raw: str, folded: str) -> None:
    assert fold_term(raw) == folded


def test_a_dictionary_term_and_a_text_fold_alike() -> None:
    assert fold_term("台湾臺灣") == fold(TextMap("台湾臺灣")).text == "台湾台湾"


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold_term(text)
    assert fold_term(once) == once


@given(texts)
def test_offsets_lead_back_to_the_characters_that_folded(text: str) -> None:
    folded = fold(TextMap(text))
    assert folded.offsets.shape == (len(folded.text) + 1,)
    assert folded.offsets[-1] == len(text)
    assert (np.diff(folded.offsets) >= 0).all()
    for index, character in enumerate(folded.text):
        assert character in fold_term(text[int(folded.offsets[index])])


@given(texts, st.data())
def test_a_span_holds_exactly_what_folds_to_it(text: str, data: st.DataObject) -> None:
    folded = fold(TextMap(text))
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    span = folded.raw_span(start, end)
    assert folded.text[start:end] in fold_term(text[span.start : span.end])


def test_an_empty_stretch_is_an_empty_span() -> None:
    assert fold(TextMap("ab")).raw_span(1, 1) == Span(1, 1)


def test_joins_vanish_and_gaps_become_line_ends() -> None:
    builder = TextMapBuilder()
    builder.begin("text", PartKind.BODY)
    builder.add("启用前的试")
    builder.join()
    builder.add("题")
    builder.gap("\t")
    builder.add("绝密")
    folded = fold(builder.build())
    assert folded.text == "启用前的试题\n绝密"
    assert folded.raw_span(4, 6) == Span(4, 7)
    assert folded.foldings(4, 6) == (Folding.LINE_BREAK,)
    assert folded.foldings(0, 3) == ()
    assert folded.folded_offset(6) == 5


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("機", Folding.TRADITIONAL),
        ("⽂", Folding.RADICAL),
        ("⻓", Folding.RADICAL),
        ("Ａ", Folding.WIDTH),
        ("㎡", Folding.COMPATIBILITY),
        ("a\u200bb", Folding.INVISIBLE),
        ("A", Folding.CASE),
    ],
)
def test_what_was_folded_is_told(raw: str, kind: Folding) -> None:
    folded = fold(TextMap(raw))
    assert kind in folded.foldings(0, len(folded.text))


def test_chinese_punctuation_is_not_worth_telling() -> None:
    folded = fold(TextMap("（含副题），"))
    assert folded.foldings(0, len(folded.text)) == ()


def test_the_shipped_tables_are_those_that_the_sources_give(tmp_path: Path) -> None:
    with np.load(build_tables.DATA / "fold.npz") as shipped:
        made_with = ".".join(str(part) for part in shipped["unicode"])
        if made_with != unicodedata.unidata_version:
            pytest.skip("this Python has another edition of Unicode")
        build_tables.main(tmp_path)
        with np.load(tmp_path / "fold.npz") as built:
            assert sorted(built) == sorted(shipped)
            for name in built:
                assert (built[name] == shipped[name]).all(), name


def test_a_character_that_never_rests_is_refused() -> None:
    folder = build_tables._Folder()
    folder._variants = {"甲": "乙", "乙": "甲"}
    with pytest.raises(ValueError, match="U\\+7532"):
        folder.fold("甲")


def test_every_result_is_one_table_wide() -> None:
    table = tables()
    assert table.first.shape == table.length.shape == table.change.shape == table.classes.shape == (0x110000,)
    assert all(len(result) == table.length[point] > 1 for point, result in table.many.items())
    assert table.change[ord("機")] == Change.TRADITIONAL
    assert table.classes[ord("。")] == CharClass.SENTENCE_END


@pytest.mark.parametrize(
    ("folded", "squeezed"),
    [
        ("机 密", "机密"),
        ("机·密*级", "机密级"),
        ("“绝密”级", "绝密级"),
        ("机。密", "机。密"),
        ("机,密", "机,密"),
        ("机\n密", "机\n密"),
        ("机   密", "机密"),
        ("机    密", f"机{BARRIER}密"),
        ("1:5万", "1:5万"),
        ("机密", "机密"),
        ("机\u0336密", "机密"),
    ],
)
def test_short_noise_is_looked_through(folded: str, squeezed: str) -> None:
    assert squeeze(folded).text == squeezed


@given(texts)
def test_squeezed_characters_know_where_they_stood(text: str) -> None:
    folded = fold_term(text)
    squeezed = squeeze(folded)
    assert squeezed.offsets.shape == (len(squeezed.text) + 1,)
    for index, character in enumerate(squeezed.text):
        assert character in (folded[int(squeezed.offsets[index])], BARRIER)
    if squeezed.text:
        start, end = squeezed.folded_span(0, len(squeezed.text))
        assert 0 <= start < end <= len(folded)
