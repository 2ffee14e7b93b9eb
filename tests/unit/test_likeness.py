"""Likeness to labelled passages: runs of characters, windows, items, and the findings made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.detect.dictionary import parse_catalogue
from markpipe.detect.likeness import LONGEST_WINDOW, Lessons, Reading
from markpipe.detect.ngrams import NOTHING, ends_in, ngrams, points_of
from markpipe.detect.trial import Trial
from markpipe.model.finding import Finding, Kind

CATALOGUE: dict[str, Any] = {
    "schema": 1,
    "catalogue": {
        "id": "own",
        "title": "自拟范围",
        "kind": "国家秘密",
        "document": "自拟",
        "status": "现行",
        "source": "自拟",
    },
    "item": [
        {"id": "dam", "item": "水库调度", "level": "机密", "basis": "自拟第1项", "pattern": [{"terms": ["泄洪口令"]}]},
        {
            "id": "post",
            "item": "哨位",
            "level_rule": "看是否成网",
            "basis": "自拟第2项",
            "pattern": [{"terms": ["哨位坐标"]}],
        },
    ],
}
OLD = CATALOGUE | {"catalogue": CATALOGUE["catalogue"] | {"status": "已废止"}}


def _runs(text: str) -> np.ndarray:
    points = points_of(text)
    return ngrams(points, ends_in(points))


def _lessons(gate: dict[str, float], items: dict[str, str], threshold: float = 1.0, least: float = 0.0) -> Lessons:
    """Lessons of our own: the weight of runs for being secret, and which run speaks for which item."""
    weights = np.zeros(NOTHING + 1, np.float32)
    rarity = np.ones(NOTHING + 1, np.float32)
    rarity[NOTHING] = 0
    for run, weight in gate.items():
        weights[_runs(run)[len(run) - 1, 0]] = weight
    clause = np.where(weights > 0, 9.0, 0.0).astype(np.float32)
    entries = tuple(sorted(set(items.values())))
    counts = np.zeros(NOTHING + 1, np.int64)
    told = sorted((int(_runs(run)[len(run) - 1, 0]), entries.index(entry)) for run, entry in items.items())
    for run_number, _ in told:
        counts[run_number] += 1
    return Lessons(
        gate=weights,
        rarity=rarity,
        clause=clause,
        clause_bias=-0.5,
        floor=1.0,
        bias=0.0,
        least=least,
        threshold=threshold,
        entries=entries,
        offsets=np.zeros(len(entries), np.float32),
        starts=np.concatenate(([0], np.cumsum(counts))),
        items=np.array([entry for _, entry in told], np.uint8),
        weights=np.ones(len(told), np.float32),
        taught="ours",
    )


LESSONS = _lessons({"闸门": 9.0, "密钥": 9.0, "岗哨": 9.0}, {"闸门": "own.dam", "岗哨": "own.post", "蓄水": "own.dam"})


def _found(text: str, catalogue: dict[str, Any] = CATALOGUE, learned: Lessons = LESSONS) -> tuple[Finding, ...]:
    return Trial([parse_catalogue(catalogue, "own.toml")], learned=learned).find(text)


def test_a_run_is_the_same_wherever_it_stands_and_digits_count_alike() -> None:
    inside, alone = _runs("他说机要室存12份"), _runs("机要室存09份")
    assert (inside[:, 2:7] == alone[:, :5]).all()
    assert inside[0, 6] == alone[0, 4] == alone[0, 5]


def test_no_run_goes_over_the_end_of_a_sentence() -> None:
    runs = _runs("甲乙。丙丁")
    assert runs[0, 2] == NOTHING
    assert runs[1, 1] == runs[1, 2] == NOTHING
    assert runs[1, 4] == runs[2, 3] == NOTHING, "nothing begins where the text has ended"
    assert runs[1, 0] != NOTHING
    assert runs[1, 3] == _runs("丙丁")[1, 0]


@given(st.text(max_size=3))
def test_short_texts_have_runs_for_as_long_as_they_are(text: str) -> None:
    runs = _runs(text)
    assert runs.shape == (3, len(text))
    assert ((runs >= 0) & (runs <= NOTHING)).all()


@given(
    st.lists(st.sampled_from(["开启闸门要两人到场", "食堂今天吃面条啊", "岗哨夜里一点换班"]), min_size=1, max_size=6)
)
def test_a_stretch_counts_what_stands_in_it(sentences: list[str]) -> None:
    text = "。".join(sentences) + "。"
    reading = Reading(LESSONS, text)
    starts = [0]
    for sentence in sentences[:-1]:
        starts.append(starts[-1] + len(sentence) + 1)
    stops = [*starts[1:], len(text)]
    together = [reading.margin(start, stop) for start, stop in zip(starts, stops, strict=True)]
    alone = [Reading(LESSONS, f"{sentence}。").margin(0, len(sentence) + 1) for sentence in sentences]
    assert np.allclose(together, alone)


def test_what_is_said_twice_is_not_twice_as_secret() -> None:
    once, twice = Reading(LESSONS, "岗哨岗哨"), Reading(LESSONS, "岗哨岗哨岗哨岗哨")
    assert once.margin(0, 4) == pytest.approx(twice.margin(0, 8))


def test_what_sounds_secret_must_be_like_something_in_particular() -> None:
    text = "岗哨蓄水，此外没有可说的。"
    like, unlike = ({"岗哨": "own.post", "蓄水": "own.post"}, {"闸门": "own.post"})
    margins = [Reading(_lessons({"岗哨": 5.0}, items), text).margin(0, len(text)) for items in (like, unlike)]
    length = np.sqrt(len(np.unique(_runs(text))) - 1)
    assert margins == pytest.approx([7 / length - 1, 5 / length - 1])
    assert [bool(_found(text, learned=_lessons({"岗哨": 5.0}, items, 1.2))) for items in (like, unlike)] == [
        True,
        False,
    ]


def test_what_the_gate_turns_away_is_like_nothing() -> None:
    text = "岗哨夜里一点换班啊。"
    open_, shut = (_lessons({"岗哨": 5.0}, {"岗哨": "own.post"}, -9.0, least) for least in (0.0, 5.0))
    assert _found(text, learned=open_)
    assert not _found(text, learned=shut)


def test_a_finding_names_item_words_and_clause_and_sets_no_level_by_itself() -> None:
    text = "各科室：食堂换了菜单，开启闸门的暗号由值班长掌握。请大家周知。"
    [finding] = _found(text)
    assert (finding.entry, finding.kind, finding.confidence < 0.5) == ("own.dam", Kind.STATE_SECRET, True)
    assert finding.level is not None
    assert finding.text == "开启闸门的暗号由值班长掌握"
    assert "“闸门”" in finding.why[0]
    assert "没有命中词典词语" in finding.why[0]


def test_the_words_told_are_chinese_and_told_once() -> None:
    learned = _lessons({"闸门": 9.0, "，闸": 9.0, "暗号": 5.0}, {"闸门": "own.dam"})
    [finding] = _found("先报暗号，闸门再开，闸门常闭由班长掌握。", learned=learned)
    assert finding.why[0].endswith("：“暗号”、“闸门”")


def test_an_item_without_a_level_says_how_it_is_found_and_what_else_it_is_like() -> None:
    [finding] = _found("山上岗哨夜里一点换班，口令另给。")
    assert (finding.entry, finding.level) == ("own.post", None)
    assert "密级须判断：看是否成网" in finding.why
    assert "用语也与这些事项相近：own.dam" in finding.why


def test_what_a_dictionary_found_is_not_proposed_twice() -> None:
    [finding] = _found("开启闸门的泄洪口令由值班长掌握。")
    assert "命中词语" in finding.why[0]


def test_every_place_of_many_is_judged_by_its_own_surroundings() -> None:
    """Where likeness proposes, and beside what a dictionary found, in a text with many of both."""
    lines = ["开启闸门的暗号由值班长掌握。", "开启闸门的泄洪口令由值班长掌握。", "食堂今天吃面条，大家来领。"] * 40
    found = _found("\n".join(lines))
    assert [each.by_likeness for each in sorted(found, key=lambda each: each.span)] == [True, False] * 40


def test_only_items_that_are_loaded_are_proposed() -> None:
    only_posts = CATALOGUE | {"item": CATALOGUE["item"][1:]}
    assert [each.entry for each in _found("开启闸门的暗号由值班长掌握。", only_posts)] == ["own.post"]
    assert not _found(
        "开启闸门的暗号由值班长掌握。", CATALOGUE | {"item": [dict(CATALOGUE["item"][0], id="x")]}, LESSONS
    )


@pytest.mark.parametrize(
    ("figures", "first"),
    [("五万分之一", "own.dam"), ("1:5000", "own.post"), ("1:5千和1:5万", "own.dam"), ("不知多大", "own.dam")],
)
def test_likeness_reads_no_figures_so_the_catalogue_does(figures: str, first: str) -> None:
    scale = {"terms": ["泄洪口令"], "number": [{"measure": "比例尺", "at_least": 25_000, "at_most": 100_000}]}
    items = [CATALOGUE["item"][0] | {"pattern": [scale]}, CATALOGUE["item"][1]]
    learned = _lessons({"闸门": 9.0}, {"闸门": "own.dam", "蓄水": "own.dam", "岗哨": "own.post"})
    finding = _found(f"闸门蓄水的图幅{figures}另送一套。", CATALOGUE | {"item": items}, learned)[0]
    assert finding.entry == first


def test_figures_that_break_every_item_that_is_near_decide_nothing() -> None:
    scale = {"terms": ["泄洪口令"], "number": [{"measure": "比例尺", "at_most": 1_000}]}
    items = [item | {"pattern": [scale]} for item in CATALOGUE["item"]]
    assert _found("闸门蓄水的图幅五万分之一另送一套。", CATALOGUE | {"item": items})[0].entry == "own.dam"


def test_a_superseded_list_is_no_basis_and_less_likely() -> None:
    [finding], [current] = _found("开启闸门的暗号由值班长掌握。", OLD), _found("开启闸门的暗号由值班长掌握。")
    assert finding.confidence < current.confidence
    assert any("不能作为定密依据" in why for why in finding.why)


def test_a_rule_about_such_things_is_none_of_them() -> None:
    assert not _found("第五条 开启闸门的暗号属于机密级事项，由值班人员掌握。")


@pytest.mark.parametrize(
    "text", ["今天食堂吃面，下午三点发水果，请各科室来领。", "闸门。", "x" * LONGEST_WINDOW + "闸门"]
)
def test_the_unlike_the_short_and_the_endless_are_left_alone(text: str) -> None:
    assert not _found(text)


def test_the_cells_of_a_row_are_read_together_and_paragraphs_apart() -> None:
    apart = _lessons({"闸门": 9.0, "暗号": 9.0}, {"闸门": "own.dam"}, threshold=2.0)
    row, lines = "三号闸门\t暗号由班长\t掌握", "三号闸门\n暗号由班长\n掌握"
    [finding] = _found(row, learned=apart)
    assert "闸门" in finding.text or "暗号" in finding.text
    assert not _found(lines, learned=apart)


def test_genre_makes_it_less_likely() -> None:
    [plain] = _found("开启闸门的暗号由值班长掌握。")
    [news] = _found("本报讯 记者 张某 报道。\n开启闸门的暗号由值班长掌握。")
    assert news.confidence < plain.confidence
    assert any("全文像新闻" in why for why in news.why)
