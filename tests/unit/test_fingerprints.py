"""Keyed fingerprints: what they hold, what they do not, and that damage is noticed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.errors import RegisterError
from markpipe.model.building import TextMapBuilder
from markpipe.model.document import PartKind
from markpipe.reuse.fingerprints import Fingerprints, K, Place, counted, fingerprint, gram_hashes, key_check, squeezed
from markpipe.text.fold import Folded, fold

KEY = bytes(range(32))
TEXT = "备用水源地启用时，先关闭一号进水闸，再开启三号联络阀。"


def folded(text: str) -> Folded:
    builder = TextMapBuilder()
    builder.begin("body", PartKind.BODY)
    builder.add(text)
    return fold(builder.build())


def prints_of(text: str, key: bytes = KEY) -> Fingerprints:
    return fingerprint(folded(text), key, lambda offset: f"第{offset // 10 + 1}页")


def test_only_letters_digits_and_han_count() -> None:
    text = "秘密★10年，a B\n（五）〇、𠮷—"
    assert squeezed(text, counted(text)) == "秘密10年aB五〇𠮷"


def test_one_hash_a_gram_with_its_position() -> None:
    prints = prints_of(TEXT)
    assert prints.length == 24
    assert prints.positions.tolist() == list(range(24 - K + 1))
    assert len(set(prints.hashes.tolist())) == 24 - K + 1


def test_spacing_and_punctuation_do_not_matter() -> None:
    changed = "备用 水源地启用时,先关闭“一号”进水闸;\n再开启三号联络阀!"
    assert prints_of(changed).hashes.tolist() == prints_of(TEXT).hashes.tolist()


def test_places_follow_the_raw_text() -> None:
    prints = prints_of(TEXT)
    assert prints.places == (Place(0, "第1页"), Place(9, "第2页"), Place(18, "第3页"))
    assert [prints.place_of(position) for position in (0, 8, 9, 23)] == ["第1页", "第1页", "第2页", "第3页"]
    assert Fingerprints(prints.hashes, prints.positions, (), 24, prints.check).place_of(3) == ""


@pytest.mark.parametrize("text", ["", "，。 \n", "七个字不够一", "不足八个字"])
def test_a_text_shorter_than_a_gram_has_none(text: str) -> None:
    prints = prints_of(text)
    assert len(prints.hashes) == 0
    assert Fingerprints.from_bytes(prints.to_bytes()).length == prints.length


def test_the_key_decides_the_hashes() -> None:
    other = b"\x01" * 32
    assert not set(prints_of(TEXT).hashes.tolist()) & set(prints_of(TEXT, other).hashes.tolist())
    assert prints_of(TEXT).made_with(KEY)
    assert not prints_of(TEXT).made_with(other)
    assert key_check(KEY) != key_check(other)


def test_the_stored_bytes_hold_no_text() -> None:
    data = prints_of(TEXT).to_bytes()
    for width in range(2, 9):
        for encoding in ("utf-8", "utf-16-le", "utf-32-le", "gb18030"):
            for start in range(len(TEXT) - width):
                assert TEXT[start : start + width].encode(encoding) not in data


@given(st.text(min_size=0, max_size=200))
def test_bytes_and_back(text: str) -> None:
    prints = prints_of(text)
    again = Fingerprints.from_bytes(prints.to_bytes())
    assert np.array_equal(again.hashes, prints.hashes)
    assert np.array_equal(again.positions, prints.positions)
    assert (again.places, again.length, again.check) == (prints.places, prints.length, prints.check)
    assert again.to_bytes() == prints.to_bytes()


def test_fingerprints_are_the_same_in_every_process() -> None:
    """They are stored, so their bytes are a format: a change here makes registered sources unfindable."""
    assert gram_hashes("备用水源地启用时", bytes(32)).tolist() == [GOLDEN_HASH]


GOLDEN_HASH = 2514564039162056499


@pytest.mark.parametrize(
    "damage",
    [
        lambda _data: b"",
        lambda data: data[:20],
        lambda data: b"X" + data[1:],
        lambda data: data[:-1],
        lambda data: data + b"0",
        lambda data: data[:5] + b"\x07" + data[6:],
        lambda data: data[:-2] + b'"]',
        lambda data: data[: -len(b"]")] + b"}",
    ],
)
def test_damage_is_noticed(damage: object) -> None:
    assert callable(damage)
    with pytest.raises(RegisterError, match="指纹已损坏"):
        Fingerprints.from_bytes(damage(prints_of(TEXT).to_bytes()))
