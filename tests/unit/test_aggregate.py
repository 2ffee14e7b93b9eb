"""Places that are nothing one by one: in one document, and over a folder."""

from __future__ import annotations

from typing import Any

import pytest

from markpipe.detect.aggregate import reached
from markpipe.detect.dictionary import DictionaryError, parse_catalogue
from markpipe.detect.match import Look, Matcher
from markpipe.formats.plain import text_map
from markpipe.model.classification import Level
from markpipe.text.fold import fold

DATA: dict[str, Any] = {
    "schema": 1,
    "catalogue": {"id": "own", "title": "例", "kind": "国家秘密", "status": "现行", "source": "自造"},
    "item": [
        {"id": "1", "item": "储备点", "level": "秘密", "aggregate": 3, "pattern": [{"terms": ["储备点"], "all": [["存量"]]}]},
        {"id": "2", "item": "泵站", "level_rule": "看情况", "pattern": [{"terms": ["泵站编号"]}]},
        {"id": "3", "item": "水源", "level_rule": "看情况", "pattern": [{"terms": ["备用水源"]}]},
        {"id": "4", "item": "供水全貌", "level": "机密", "aggregate": 2, "of": ["2", "3"]},
    ],
}  # fmt: skip
CATALOGUE = parse_catalogue(DATA, "own.toml")
MATCHER = Matcher([CATALOGUE])


def look(text: str) -> Look:
    mapped = text_map(text)
    return MATCHER.look(mapped, fold(mapped))


def entries(text: str) -> list[str]:
    return [finding.entry for finding in look(text).findings]


def test_too_few_places_are_parts_and_no_findings() -> None:
    seen = look("甲储备点存量一百吨。乙储备点存量二百吨。")
    assert seen.findings == ()
    assert [part.entry for part in seen.parts] == ["own.1", "own.1"]
    assert entries("甲储备点存量一百吨。乙储备点存量二百吨。丙储备点存量三百吨。") == ["own.1"] * 3


def test_findings_of_several_items_reach_the_item_that_combines_them() -> None:
    together = [each for each in look("泵站编号见图。\n备用水源在北岭。").findings if each.entry == "own.4"]
    assert [each.level for each in together] == [Level.JIMI]
    assert together[0].text == "泵站编号"
    assert len(together[0].evidence) == 1
    assert "汇总" in together[0].why[0]
    assert entries("泵站编号见图。") == ["own.2"]


def test_one_item_twice_is_no_combination() -> None:
    assert entries("泵站编号见图。\n泵站编号见表。") == ["own.2", "own.2"]


def test_a_folder_reaches_what_no_document_does() -> None:
    seen = [look(f"{name}储备点存量不明。") for name in "甲乙丙"]
    [whole] = reached([CATALOGUE], [(*each.findings, *each.parts) for each in seen])
    assert whole.item.id == "own.1"
    assert whole.documents == (0, 1, 2)


@pytest.mark.parametrize(
    "change",
    [{"of": ["9"]}, {"aggregate": 1}, {"of": ["4"]}, {"pattern": [{"terms": ["泵站"]}]}],
)
def test_a_combination_that_can_never_be_reached_is_an_error(change: dict[str, Any]) -> None:
    items = [*DATA["item"][:3], DATA["item"][3] | change]
    with pytest.raises(DictionaryError, match="of"):
        parse_catalogue(DATA | {"item": items}, "own.toml")
