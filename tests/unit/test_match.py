"""From dictionaries and text to findings: conditions, coverage, noise, and what `why` tells."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.detect.catalogue import Catalogue
from markpipe.detect.dictionary import parse_catalogue
from markpipe.detect.match import Matcher
from markpipe.detect.vocabulary import Vocabulary, occurrences
from markpipe.model.building import TextMapBuilder
from markpipe.model.classification import Level
from markpipe.model.document import PartKind, TextMap
from markpipe.model.finding import Finding, Folding, Kind
from markpipe.text.fold import fold

HEAD = """
schema = 1
[catalogue]
id = "{id}"
title = "测试范围"
kind = "国家秘密"
document = "某范围"
status = "{status}"
source = "自拟"
covers = [{covers}]
"""


def _catalogue(items: str, *, ident: str = "t", status: str = "现行", covers: str = '"无害之词"') -> Catalogue:
    return parse_catalogue(tomllib.loads(HEAD.format(id=ident, status=status, covers=covers) + items), "t")


def _item(pattern: str, *, ident: str = "a", level: str = "机密", extra: str = "") -> str:
    return f'[[item]]\nid = "{ident}"\nitem = "事项"\nlevel = "{level}"\n{extra}\n[[item.pattern]]\n{pattern}\n'


def _find(catalogues: Catalogue | Sequence[Catalogue], text: str | TextMap) -> tuple[Finding, ...]:
    text_map = _paragraphs(text) if isinstance(text, str) else text
    several = (catalogues,) if isinstance(catalogues, Catalogue) else catalogues
    return Matcher(several).find(text_map, fold(text_map))


def _paragraphs(text: str) -> TextMap:
    """Lines are paragraphs, tabs end cells."""
    builder = TextMapBuilder()
    builder.begin("text", PartKind.BODY)
    for line in text.split("\n"):
        for number, cell in enumerate(line.split("\t")):
            if number:
                builder.gap("\t")
            builder.add(cell)
        builder.gap()
    return builder.build()


PAPER = _catalogue(_item('terms = ["试题", "试卷"]\nall = [["高考", "研考"], ["启用前"]]'))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("高考试题启用前保密。", ()),
        ("高考試題启用前保密。", (Folding.TRADITIONAL,)),
        ("高考试⁠题启用前保密。", (Folding.INVISIBLE,)),
        ("高考试 题启用前保密。", (Folding.SPACING,)),
        ("高考试·*题启用前保密。", (Folding.SPACING,)),
        ("⾼考试题启用前保密。", (Folding.RADICAL,)),
    ],
)
def test_a_point_is_found_in_every_spelling(text: str, folded: tuple[Folding, ...]) -> None:
    (finding,) = _find(PAPER, text)
    assert (finding.entry, finding.level, finding.kind) == ("t.a", Level.JIMI, Kind.STATE_SECRET)
    assert finding.folded == folded
    assert finding.text == text[: finding.span.end]
    assert finding.text.endswith("启用前")


@pytest.mark.parametrize(
    "text",
    [
        "高考试题。启用前保密。",  # another sentence
        "高考试。题启用前",  # a sentence ends inside the word
        "高考试，题启用前",
        "高考试\n题启用前",
        "高考试\t题\t启用前",  # a cell ends inside the word
        "高考试    题启用前",  # more than three characters
        "试题启用前保密",  # a condition fails
        "",
    ],
)
def test_what_is_not_there_is_not_found(text: str) -> None:
    assert _find(PAPER, text) == ()


def test_a_table_row_belongs_together() -> None:
    (finding,) = _find(PAPER, "科目\t说明\n高考试题\t启用前。密封\n其他\t无")
    assert "启用前" in finding.why[2]


def test_one_finding_a_sentence_and_item() -> None:
    (finding,) = _find(PAPER, "高考试题、试卷、试题启用前，高考试卷也在启用前。")
    assert finding.why[0] == "命中词语：“试题”、“试卷”、“试题”、“试卷”"
    assert len(_find(PAPER, "高考试题启用前。高考试卷启用前。")) == 2


def test_scopes() -> None:
    def found(within: str, text: str) -> bool:
        return bool(_find(_catalogue(_item(f'terms = ["试题"]\nall = [["启用前"]]\nwithin = {within}')), text))

    assert found('"paragraph"', "一段试题。启用前。")
    assert not found('"paragraph"', "一段试题。\n启用前。")
    assert found('"document"', "一段试题。\n\n启用前。")
    assert found('"title"', "启用前管理方案\n正文有试题。")
    assert found('"title"', "正文有试题启用前。")
    assert not found('"title"', "正文第一句不是标题。\n启用前。\n有试题。")
    assert found("4", "试题不得在启用前。")
    assert not found("3", "试题不得在外启用前。")
    assert not found("9", "有试题\n启用前")


def test_a_condition_may_stand_inside_the_anchor() -> None:
    assert _find(_catalogue(_item('terms = ["高考试题"]\nall = [["高考"]]')), "高考试题")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("试题已公布。", False),
        ("试题尚未公布。", True),
        ("试题公布前保管。", True),
        ("试题不得公布。", True),
        ("试题保管。已公布。", True),
    ],
)
def test_unless_counts_in_its_sentence_and_not_when_denied(text: str, found: bool) -> None:
    assert bool(_find(_catalogue(_item('terms = ["试题"]\nunless = ["公布"]')), text)) is found


def test_words_that_must_be_still_to_come() -> None:
    catalogue = _catalogue(_item('terms = ["方案"]\nall = [["~公布", "内部"]]'))
    for text in ("方案尚未公布", "方案公布前", "方案不得公布", "方案内部"):
        assert _find(catalogue, text), text
    for text in ("方案已公布", "方案现予公布"):
        assert not _find(catalogue, text), text


def test_a_word_is_no_evidence_for_itself() -> None:
    catalogue = _catalogue(_item('terms = ["方案", "计划"]\nall = [["方案", "计划"]]'))
    assert not _find(catalogue, "方案")
    assert _find(catalogue, "方案和计划")


def test_unless_does_not_count_inside_a_matched_word() -> None:
    catalogue = _catalogue(_item('terms = ["公布方案"]\nunless = ["公布"]'))
    assert _find(catalogue, "公布方案")
    assert not _find(catalogue, "公布方案现公布")


def test_longer_harmless_words_cover() -> None:
    catalogue = _catalogue(_item('terms = ["试题", "绝密"]'), covers='"试题库软件", "杜绝密封", "模拟试题"')
    assert not _find(catalogue, "采购试题库软件，杜绝密封不严，模拟试题三套")
    assert len(_find(catalogue, "试题库，绝密")) == 1
    assert _find(catalogue, "绝密封条")
    assert not _find(catalogue, "模拟 试题")


def test_latin_words_need_boundaries() -> None:
    catalogue = _catalogue(_item('terms = ["DEM", "1:5万", "SM"]'))
    for text in ("modem", "demo", "Smoking", "11:5万", "DEM2"):
        assert not _find(catalogue, text), text
    for text in ("DEM数据", "用dem", "D E M", "1:5万图", "比例尺1：5万"):
        assert _find(catalogue, text), text


def test_numbers_with_units() -> None:
    catalogue = _catalogue(
        _item('terms = ["地形图"]\nnumber = [{ measure = "比例尺", below = 5000 }, { measure = "面积", above = 25 }]')
    )
    (finding,) = _find(catalogue, "一比五百地形图，面积三十平方千米")
    assert finding.folded == (Folding.NUMERAL,)
    assert "满足条件（面积大于25平方千米）：“三十平方千米”" in finding.why
    assert not _find(catalogue, "1:500地形图，面积25平方千米")
    assert not _find(catalogue, "1:5000地形图，面积30平方千米")


def test_time_conditions() -> None:
    before = _catalogue(_item('terms = ["试题"]\nbefore = [{ events = ["启用", "开考"] }]'))
    after = _catalogue(_item('terms = ["试题"]\nafter = [{ events = ["启用"] }]'))
    for text in ("试题启用之前", "试题尚未启用", "试题拟于六月启用", "试题开考前"):
        assert _find(before, text), text
        assert not _find(after, text), text
    for text in ("试题启用后", "试题已启用"):
        assert not _find(before, text), text
        assert _find(after, text), text


def test_places() -> None:
    def found(place: str, text_map: TextMap) -> bool:
        return bool(_find(_catalogue(_item(f'terms = ["试题"]\nplace = ["{place}"]')), text_map))

    table = _paragraphs("说明。\n试题\t密级\n甲\t绝密\n试题乙\t无\n。试题")
    assert len(_find(_catalogue(_item('terms = ["试题"]\nplace = ["column"]')), table)) == 1
    assert len(_find(_catalogue(_item('terms = ["试题"]\nplace = ["table"]')), table)) == 2
    assert found("title", _paragraphs("关于试题的通知\n正文。"))
    assert not found("title", _paragraphs("正文一句。\n试题"))
    builder = TextMapBuilder()
    builder.begin("header", PartKind.HEADER)
    builder.add("试题")
    assert found("header", builder.build())
    assert not found("header", _paragraphs("试题"))


def test_superseded_is_no_basis() -> None:
    (finding,) = _find(_catalogue(_item('terms = ["试题"]\nconfidence = 1.0'), status="已废止"), "试题")
    assert finding.confidence < 0.5
    assert any("不能作为定密依据" in why for why in finding.why)


def test_what_makes_it_less_likely_is_told() -> None:
    sure = _find(_catalogue(_item('terms = ["试题"]')), "试题")[0]
    unverified = _find(_catalogue(_item('terms = ["试题"]'), status="须核实"), "试题")[0]
    spaced = _find(_catalogue(_item('terms = ["试题"]')), "试 题")[0]
    assert unverified.confidence < sure.confidence
    assert spaced.confidence < sure.confidence
    news = _find(_catalogue(_item('terms = ["试题"]')), "新华社北京电 记者张三报道试题")[0]
    assert news.confidence < sure.confidence
    assert any("新闻" in why for why in news.why)
    statute = "\n".join(f"第{n}条 本次试题由某某保管。" for n in "一二三四五六")
    also = _find(_catalogue(_item('terms = ["试题"]')), f"新华社北京电\n{statute}")[0]
    assert also.confidence < news.confidence


def test_a_sentence_that_only_speaks_of_rules_holds_no_secret() -> None:
    catalogue = _catalogue(_item('terms = ["试题"]\nall = [["启用前"]]'))
    assert not _find(catalogue, "第十条 试题启用前由专人保管。")
    assert not _find(catalogue, "考试院介绍，试题启用前属于绝密级材料。")
    assert _find(catalogue, "第十条 本次试题启用前由张三保管。")
    assert _find(catalogue, "今年的试题启用前属于绝密级材料。")
    statute = "\n".join(f"第{n}条 应当保管。" for n in "一二三四五")
    assert not _find(catalogue, f"{statute}\n试题启用前由专人保管。")
    assert _find(catalogue, f"试题启用前由专人保管。\n{statute}")
    assert _find(_catalogue(_item('terms = ["试题"]\ngeneral = true')), "第十条 试题由专人保管。")


def test_distance_lowers() -> None:
    catalogue = _catalogue(_item('terms = ["试题"]\nall = [["启用前"]]\nwithin = "paragraph"'))
    near, far, farther = (_find(catalogue, f"试题{'很' * count}启用前")[0].confidence for count in (1, 50, 120))
    assert near > far > farther
    other_sentence = _find(catalogue, "试题。启用前")[0]
    assert far == other_sentence.confidence
    assert other_sentence.text == "试题"


def test_the_most_likely_item_stands_for_a_place_and_the_others_are_told() -> None:
    catalogue = _catalogue(
        _item('terms = ["试题"]', ident="plain", level="秘密")
        + _item('terms = ["高考试题"]\nall = [["启用前"]]\nconfidence = 0.9', ident="exact", level="绝密")
        + _item('terms = ["研考试题"]', ident="other")
    )
    (finding,) = _find(catalogue, "高考试题启用前")
    assert finding.entry == "t.exact"
    assert finding.why[-1] == "同一处还符合：t.plain（秘密）"
    assert {each.entry for each in _find(catalogue, "高考试题启用前。研考试题")} == {"t.exact", "t.other"}


def test_kinds_do_not_hide_each_other() -> None:
    work = _item('terms = ["试题"]', ident="w").replace('level = "机密"', 'kind = "工作秘密"')
    found = _find(_catalogue(_item('terms = ["试题"]') + work), "试题")
    assert {each.kind for each in found} == {Kind.STATE_SECRET, Kind.WORK_SECRET}
    assert next(each for each in found if each.kind is Kind.WORK_SECRET).level is None


def test_an_item_that_only_many_together_make() -> None:
    catalogue = _catalogue(_item('terms = ["试题"]', extra="aggregate = 3"))
    assert not _find(catalogue, "试题、试题、试题。试题。")
    found = _find(catalogue, "试题。试题。试题。")
    assert len(found) == 3
    assert any("至少有3处" in why for why in found[0].why)


def test_level_rule_is_told() -> None:
    item = _item('terms = ["试题"]').replace('level = "机密"', 'level_rule = "按后果判断"')
    (finding,) = _find((_catalogue(item), _catalogue(item, ident="u")), "试题")
    assert finding.level is None
    assert "密级须判断：按后果判断" in finding.why
    assert finding.why[-1] == "同一处还符合：u.a"


def test_most_likely_first_then_in_order() -> None:
    catalogue = _catalogue(
        _item('terms = ["甲乙"]\nconfidence = 0.5') + _item('terms = ["丙丁"]\nconfidence = 0.9', ident="b")
    )
    assert [each.text for each in _find(catalogue, "甲乙。丙丁。甲乙。丙丁")] == ["丙丁", "丙丁", "甲乙", "甲乙"]


def test_words_folded_together_are_words_folded_singly() -> None:
    together, singly = Vocabulary(), Vocabulary()
    words = ["試題", "DEM", "know-how", "1∶5万", "（含）副题"]
    together.prepare(words)
    for word in words:
        assert together.add(word) == singly.add(word)
    assert together._words == singly._words
    odd = Vocabulary()
    odd.prepare(["甲\r乙", "丙丁"])
    assert odd.add("丙丁") == 0
    assert odd._words == ["丙丁"]


def test_no_dictionary_finds_nothing() -> None:
    assert _find((), "试题") == ()
    assert occurrences([], "试题") == []


@given(
    st.lists(st.text("甲乙丙ab1", min_size=1, max_size=4), min_size=1, max_size=12, unique=True),
    st.text("甲乙丙ab1", max_size=60),
)
def test_the_automaton_finds_what_str_find_finds(words: list[str], text: str) -> None:
    expected = []
    for number, word in enumerate(words):
        at = text.find(word)
        while at >= 0:
            expected.append((at, at + len(word), number))
            at = text.find(word, at + 1)
    assert sorted(occurrences(words, text)) == sorted(expected)


@given(
    st.lists(st.text("甲乙機机 ·", min_size=2, max_size=4), min_size=1, max_size=6),
    st.text("甲乙機机 ·，。\n", max_size=40),
)
def test_hits_lie_on_their_words(words: list[str], text: str) -> None:
    vocabulary = Vocabulary()
    for word in words:
        if len(fold(TextMap(word)).text.replace(" ", "").replace("·", "")) > 1:
            vocabulary.add(word)
    folded = fold(TextMap(text))
    for hit in vocabulary.hits(vocabulary.seen(folded)):
        inside = folded.text[hit.start : hit.end]
        assert not set(inside) & set("，,。\n")
        assert hit.spaced is (len(inside) > len(inside.replace(" ", "").replace("·", "")))
