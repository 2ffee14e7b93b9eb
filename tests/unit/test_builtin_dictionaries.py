"""The dictionaries that ship: every item finds its examples and leaves its look-alikes alone."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from markpipe.config.dictionaries import load_catalogues
from markpipe.detect.catalogue import CatalogueItem, Status
from markpipe.detect.trial import Trial
from markpipe.model.finding import Kind

RESOURCES = Path(__file__).parents[1] / "resources"
EXAMPLES: list[dict[str, Any]] = [
    json.loads(line) for line in (RESOURCES / "dictionary_examples.jsonl").read_text(encoding="utf-8").splitlines()
]
HARMLESS = (RESOURCES / "harmless_passages.txt").read_text(encoding="utf-8").splitlines()
# each stands beside a like item of higher rank, or has no fixed level; the level of the first finding then differs
LEVEL_MAY_DIFFER = {"edu-exam.scoring-reference"}


@cache
def _trial() -> Trial:
    return Trial(load_catalogues())


def _items() -> dict[str, CatalogueItem]:
    return {item.id: item for catalogue in load_catalogues() for item in catalogue.items}


def test_every_item_has_examples() -> None:
    assert {example["entry"] for example in EXAMPLES} == set(_items())
    assert all(len(example["yes"]) >= 3 and len(example["no"]) >= 2 for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["entry"] for example in EXAMPLES])
def test_examples_come_out_as_expected(example: dict[str, Any]) -> None:
    failures, tried = _trial().example(example)
    assert failures == []
    assert tried >= 5


@pytest.mark.parametrize("passage", HARMLESS)
def test_harmless_passages_hold_no_state_secret(passage: str) -> None:
    found = [finding.entry for finding in _trial().find(passage) if finding.kind is Kind.STATE_SECRET]
    assert found == []


def test_the_most_likely_finding_has_the_right_level() -> None:
    items, right, count = _items(), 0, 0
    for example in EXAMPLES:
        item = items[example["entry"]]
        if item.kind is not Kind.STATE_SECRET or item.status is Status.SUPERSEDED or item.id in LEVEL_MAY_DIFFER:
            continue
        for passage in example["yes"]:
            secrets = [finding for finding in _trial().find(passage) if finding.kind is Kind.STATE_SECRET]
            count += 1
            right += bool(secrets) and secrets[0].level == item.level
    assert count > 200
    assert right / count >= 0.95


@pytest.mark.parametrize(
    "variant",
    [
        "全国統一考試啟用前的試題",
        "全国统一考试启用前的试\u200b题",
        "全国统一考试启用前的试 题",
        "全国统一考试启用前的“试·题”",
        "⾼考试题启用前",
    ],
)
def test_noise_hides_nothing(variant: str) -> None:
    assert any(finding.entry == "edu-exam.national-paper" for finding in _trial().find(f"本次{variant}尚未移交。"))


def test_superseded_items_are_never_likely() -> None:
    items = _items()
    for example in EXAMPLES:
        if items[example["entry"]].status is Status.SUPERSEDED:
            for passage in example["yes"]:
                for finding in _trial().find(passage):
                    assert finding.entry != example["entry"] or finding.confidence < 0.5
