"""Words are found however they are set, and only they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.redaction.needles import BARRIER, Hit, Needles, bare, keeps_punctuation

PHRASE = "青岚十一号"


def found(pieces: list[str], *terms: str) -> list[tuple[int, int]]:
    return [(hit.first, hit.last) for hit in Needles(terms or (PHRASE,)).find(pieces)]


@pytest.mark.parametrize(
    "pieces",
    [
        list("青岚十一号"),
        ["青", " ", "岚", "\u3000", "十", "一", "号"],
        ["青岚", "\n", "十一", "号"],
        ["青", "\u200b", "岚", "\u00ad", "十", "⼀", "号"],
        ["青", "嵐", "十", "一", "號"],
        ["青", "·", "岚", "-", "十", "一", "号"],
    ],
)
def test_found_however_it_is_set(pieces: list[str]) -> None:
    assert found(["前", *pieces, "后"]) == [(1, len(pieces))]


def test_a_piece_may_say_several_characters() -> None:
    assert found(["前青", "岚十一号后"]) == [(0, 1)]


def test_a_barrier_is_not_crossed() -> None:
    assert found(["青岚", BARRIER, "十一号"]) == []


def test_overlapping_occurrences_are_all_found() -> None:
    assert found(list("哈哈哈"), "哈哈") == [(0, 1), (1, 2)]


def test_punctuation_counts_where_it_is_all_there_is() -> None:
    assert keeps_punctuation("1.5")
    assert found(list("15与1.5"), "1.5") == [(3, 5)]
    assert not keeps_punctuation(PHRASE)


def test_each_needle_says_which_it_was() -> None:
    hits = list(Needles(("甲乙丙", "AB-1")).find(list("甲乙丙ab-1")))
    assert {hit.needle for hit in hits} == {0, 1}
    assert Hit(0, 2, 0) in hits


@pytest.mark.parametrize("term", ["", "  ", "\u200b"])
def test_a_term_that_says_nothing_is_refused(term: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        Needles((term,))


@given(
    st.lists(st.sampled_from(["", " ", "\n", "\u200b", "，"]), min_size=5, max_size=5), st.text("甲乙丙", max_size=5)
)
def test_noise_between_characters_hides_nothing(noise: list[str], before: str) -> None:
    pieces = [*before]
    for char, junk in zip(PHRASE, noise, strict=True):
        pieces += [char, junk]
    assert found(pieces)[0][0] == len(before)


def test_bare_keeps_letters_and_digits_only() -> None:
    assert bare(" Ａ-１ ，甲") == "a1甲"
    assert bare("1.5 %", strict=True) == "1.5%"


def test_near_misses_of_longer_terms_only() -> None:
    """A quarter of the characters may be misread, so that a term of three has no near miss."""
    needles = Needles(("云杉九号", "哨所一", "比文字还要长得多的一个词"))
    assert [(hit.first, hit.last) for hit in needles.near([*"在云衫九号"])] == [(1, 4)]
    assert not list(needles.near([*"在云衫丸号哨所二"]))
