"""Excerpts of registered sources: found through edits and layout, not found where nothing was taken."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markpipe.model.building import TextMapBuilder
from markpipe.model.document import PartKind
from markpipe.model.finding import Excerpt
from markpipe.model.span import Span
from markpipe.reuse.chain import GAP, REPEATS, SHORTEST, find_excerpts
from markpipe.reuse.fingerprints import Fingerprints, fingerprint
from markpipe.reuse.stock import stock_mask
from markpipe.text.fold import Folded, fold

KEY = b"0123456789abcdef0123456789abcdef"
SOURCE = (
    "韶阳市水厂应急备用水源调度方案\n"
    "备用水源地启用时，先关闭一号进水闸，再由值班长凭口令开启三号联络阀，全程不得使用公网电话。"
    "口令每周一零时更换，由调度室主任当面交接，交接记录锁入铁柜，钥匙分由两人保管。\n"
    "三号联络阀的位置坐标为 X=3456789.12，Y=39512345.67，井盖编号 SY-0417。"
)
OTHER = "各科室要在周五之前报送下半年的培训计划，注明时间地点和参加人数，逾期未报的视为没有需求。"
HAN = st.integers(min_value=0x4E00, max_value=0x9FA5).map(chr)


def folded(text: str, joins: bool = False) -> Folded:
    builder = TextMapBuilder()
    builder.begin("body", PartKind.BODY)
    for line in text.split("\n") if joins else [text]:
        builder.add(line)
        if joins:
            builder.join()
    return fold(builder.build())


def prints(text: str, key: bytes = KEY) -> Fingerprints:
    return fingerprint(folded(text), key, lambda offset: "第1页" if offset < 60 else "第2页")


REGISTERED = (("S-0001", prints(SOURCE)),)


def excerpts(draft: str, registered: tuple[tuple[str, Fingerprints], ...] = REGISTERED) -> tuple[Excerpt, ...]:
    return find_excerpts(folded(draft), registered, KEY)


def quoted(draft: str) -> list[str]:
    return [draft[excerpt.span.start : excerpt.span.end] for excerpt in excerpts(draft)]


SENTENCE = "先关闭一号进水闸，再由值班长凭口令开启三号联络阀"


def test_a_sentence_is_found_at_its_raw_place() -> None:
    draft = OTHER + "会议强调，" + SENTENCE + "。" + OTHER
    assert quoted(draft) == [SENTENCE]
    (excerpt,) = excerpts(draft)
    assert (excerpt.source, excerpt.length, excerpt.source_place) == ("S-0001", 23, "第1页")
    assert 0 < excerpt.coverage < 0.3


@pytest.mark.parametrize(
    "variant",
    [
        "先关闭一号进水闸,再由值班长凭口令开启三号联络阀",
        "先 关 闭 一 号 进 水 闸 ， 再 由 值 班 长 凭 口 令 开 启 三 号 联 络 阀",
        "先關閉一號進水閘，再由值班長憑口令開啟三號聯絡閥",
        "先关闭一号进水\n闸，再由值班长\n凭口令开启三号联络阀",
        "先关闭一号进\u200b水闸，再由值班长凭\u00ad口令开启三号联络阀",
        "先关闭“一号进水闸”；再由值班长（凭口令）开启三号联络阀",
    ],
)
def test_layout_width_and_script_do_not_hide_it(variant: str) -> None:
    draft = f"{OTHER}{variant}{OTHER}"
    assert quoted(draft) == [variant]


def test_full_width_digits() -> None:
    draft = f"{OTHER}位置坐标为Ｘ＝３４５６７８９．１２，Ｙ＝３９５１２３４５．６７，井盖编号ＳＹ－０４１７。"
    assert quoted(draft)[0].startswith("位置坐标为Ｘ")


def test_a_wrapped_line_is_looked_through() -> None:
    draft = "会议强调，先关闭一号进水\n闸，再由值班长凭口令开\n启三号联络阀。"
    (excerpt,) = find_excerpts(folded(draft, joins=True), REGISTERED, KEY)
    assert draft[excerpt.span.start : excerpt.span.end] == draft[5:-1]


@pytest.mark.parametrize(
    "edited",
    [
        "先关闭一号进水闸，再由值班员凭口令开启三号联络阀，全程不得使用公网电话",  # a character changed
        "先关闭一号进水闸，再由当日值班长凭口令开启三号联络阀，全程不得使用公网电话",  # two put in
        "先关闭一号进水闸，再由班长凭口令开启三号联络阀，全程不得使用公网电话",  # one left out
    ],
)
def test_small_edits_inside_leave_one_excerpt(edited: str) -> None:
    draft = f"{OTHER}{edited}{OTHER}"
    assert quoted(draft) == [edited]
    assert excerpts(draft)[0].length < len(edited)


def test_an_insertion_longer_than_the_drift_starts_a_new_excerpt() -> None:
    first, second = "备用水源地启用时，先关闭一号进水闸，再由值班长", "口令每周一零时更换，由调度室主任当面交接"
    assert quoted(first + OTHER[: GAP + 3] + second) == [first, second]


def test_whole_paragraphs_across_a_paragraph_end() -> None:
    start = SOURCE.index("钥匙分由")
    taken = SOURCE[start : start + 30]
    assert "\n" in taken
    assert quoted(OTHER + taken + OTHER)[0].startswith("钥匙分由")


@pytest.mark.parametrize("draft", ["", "。", "短文", OTHER, "一号进水闸", "再由值班长凭口令开启"])
def test_what_was_not_taken_is_not_found(draft: str) -> None:
    assert excerpts(draft) == ()


def test_nothing_registered() -> None:
    assert find_excerpts(folded(SOURCE), (), KEY) == ()
    assert find_excerpts(folded(SOURCE), (("S", prints("短")),), KEY) == ()


def test_the_least_length() -> None:
    assert SHORTEST == 16
    start = SOURCE.index("口令每周一")
    taken = SOURCE[start : start + 18]  # with one comma: 17 that count
    assert quoted(OTHER + taken[:-1] + OTHER) == [taken[:-1]]
    assert quoted(OTHER + taken[:-2] + OTHER) == []


def test_digits_and_letters_say_less() -> None:
    digits = "".join(random.Random(3).choices("0123456789", k=31))  # noqa: S311
    registered = (("S", prints(f"测点读数{digits}以上")),)
    assert excerpts(f"某某{digits}某某", registered) == ()
    letters = "".join(random.Random(5).choices("abcdefghijklmnopqrstuvwxyz", k=63))  # noqa: S311
    assert excerpts(f"某某{letters}某某", (("S", prints(f"测点{letters}以上")),)) == ()
    assert len(excerpts(f"某某{digits}7{digits}", (("S", prints(f"测点读数{digits}7{digits}以上")),))) == 1


BOILERPLATE = (
    "各区县人民政府，市政府各部门：\n现将有关事项通知如下，请认真贯彻执行。\n"
    "根据《中华人民共和国保守国家秘密法》《中华人民共和国保守国家秘密法实施条例》等有关规定，"
    "以习近平新时代中国特色社会主义思想为指导，特此通知。\n2026年5月10日\n韶阳市人民政府办公室2026年5月10日印发\n"
)


def test_stock_phrases_are_not_taken_from_anywhere() -> None:
    registered = (("S", prints(BOILERPLATE + SOURCE)),)
    assert excerpts(BOILERPLATE + OTHER, registered) == ()
    assert len(excerpts(BOILERPLATE + SENTENCE + OTHER, registered)) == 1


def test_a_title_in_book_marks_is_cited_and_not_derived_from() -> None:
    title = "韶阳市水厂应急备用水源调度方案和值守要求"
    registered = (("S", prints(title + "\n" + SOURCE)),)
    assert excerpts(f"按照《{title}》的部署，{OTHER}", registered) == ()
    assert len(excerpts(f"按照{title}的部署，{OTHER}", registered)) == 1


def test_a_sentence_cannot_hide_in_book_marks() -> None:
    assert len(excerpts(f"《{SENTENCE}。全程不得使用公网电话》")) == 1


def test_filling_is_stock() -> None:
    text = "合计" + "0" * 60
    assert excerpts(text, (("S", prints("总数" + "0" * 80)),)) == ()
    mask = stock_mask(text, folded(text).offsets[:-1], text)
    assert mask.tolist() == [False] * 2 + [True] * 60


def test_a_repeated_passage_is_one_excerpt() -> None:
    """A table head on every page of the source: the draft quotes it once, the report shows it once."""
    head = "闸号所在管段设计压力启闭口令值守单位联系方式备注"
    registered = (
        ("S", prints("".join(f"{head}第{page}页数据{chr(0x5000 + page) * 3}" for page in range(REPEATS * 3)))),
    )
    assert quoted_from(OTHER + head + OTHER, registered) == [head]


def quoted_from(draft: str, registered: tuple[tuple[str, Fingerprints], ...]) -> list[str]:
    return [draft[excerpt.span.start : excerpt.span.end] for excerpt in excerpts(draft, registered)]


def test_the_same_sentence_twice_in_a_draft_is_two_excerpts() -> None:
    assert quoted(SENTENCE + OTHER + SENTENCE) == [SENTENCE, SENTENCE]


def test_two_sources_in_reading_order() -> None:
    registered = (("S-2", prints(OTHER)), *REGISTERED)
    draft = SENTENCE + "。" + OTHER
    assert [excerpt.source for excerpt in excerpts(draft, registered)] == ["S-0001", "S-2"]


@settings(deadline=None)
@given(
    st.text(HAN, min_size=30, max_size=300),
    st.text(HAN, max_size=200),
    st.text(HAN, max_size=200),
    st.data(),
)
def test_any_slice_of_thirty_characters_is_found(source: str, before: str, after: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(source) - 30))
    end = data.draw(st.integers(start + 30, len(source)))
    registered = (("S", prints(varied(source))),)
    draft = before + varied(source)[start:end] + after
    taken = Span(len(before), len(before) + end - start)
    assert any(excerpt.span.overlaps(taken) for excerpt in excerpts(draft, registered))


def varied(text: str) -> str:
    """The text made free of long runs of one character, which are filling and meant not to count."""
    return "".join(char if index % 5 else chr(0x4E00 + index % 97) for index, char in enumerate(text))


@settings(deadline=None)
@given(st.integers(min_value=0), st.integers(min_value=0))  # the generator takes n and -n for one seed
def test_unrelated_text_is_not_found(one: int, two: int) -> None:
    source, draft = text_of(one), text_of(two)
    if one != two:
        assert excerpts(draft, (("S", prints(source)),)) == ()


def text_of(seed: int) -> str:
    chooser = random.Random(seed)  # noqa: S311
    return "".join(chr(chooser.randint(0x4E00, 0x9FA5)) for _ in range(400))


@settings(deadline=None)
@given(st.binary(min_size=16, max_size=64), st.binary(min_size=16, max_size=64))
def test_another_key_finds_nothing(one: bytes, two: bytes) -> None:
    registered = (("S", prints(SOURCE, one)),)
    found = find_excerpts(folded(SOURCE), registered, two)
    assert bool(found) == (one == two)
