"""What the built-in dictionaries make of the labelled set; `benchmarks/labelled.py` prints the figures."""

from __future__ import annotations

from functools import cache

import pytest
from detection_set import LINE_BREAK, NOISE, SET, Passage, Tally, disturbed, read, tally

from markpipe.config.dictionaries import load_catalogues
from markpipe.detect.likeness import lessons
from markpipe.detect.trial import Trial
from material import digest

LOOKED_AT = sorted(path.name for path in SET.glob("*.jsonl") if "apart" not in path.name)
APART = sorted(path.name for path in SET.glob("*.jsonl") if "apart" in path.name)


@cache
def _trial() -> Trial:
    return Trial(load_catalogues(), learned=lessons())


def _passages(names: list[str]) -> list[Passage]:
    return [passage for name in names for passage in read(name)]


def _holds(counts: Tally, *, points: float, levels: float, flagged: float) -> None:
    assert counts.found >= points * counts.points, counts.wrong
    assert counts.level_right >= levels * counts.levelled, counts.wrong
    assert counts.null_right >= levels * counts.without, counts.wrong
    assert counts.flagged <= flagged * counts.harmless, counts.wrong


def test_the_set_is_large_and_speaks_for_many_offices() -> None:
    passages = _passages(LOOKED_AT + APART)
    assert sum(1 for passage in passages if passage.points) >= 400
    assert sum(1 for passage in passages if not passage.points) >= 400
    assert len({passage.office for passage in passages}) >= 100
    assert all(passage.text[start:end].strip() for passage in passages for start, end in passage.points)


def test_points_levels_and_look_alikes() -> None:
    counts = tally(_trial(), _passages(LOOKED_AT))
    _holds(counts, points=0.97, levels=0.95, flagged=0.02)
    assert counts.covered >= 0.95 * counts.points


def test_the_part_kept_apart() -> None:
    """Figures only: whoever reads what is missed here can no longer measure with it."""
    counts = tally(_trial(), _passages(APART))
    counts.wrong.clear()
    _holds(counts, points=0.9, levels=0.8, flagged=0.02)


@pytest.mark.parametrize("noise", [*NOISE, LINE_BREAK])
def test_noise_hides_no_point(noise: str) -> None:
    noisy = list(disturbed(_passages(["passages.jsonl"]), noise))
    counts = tally(_trial(), noisy)
    assert counts.points > 0
    assert counts.found >= (0.97 if noise != LINE_BREAK else 0.95) * counts.points, counts.wrong


@pytest.mark.parametrize("name", ["round_7", "round_8", "round_9"])
def test_wording_that_was_never_seen(name: str) -> None:
    """Passages of strangers who avoided the words of the catalogues; figures only, as with the part kept apart."""
    counts = tally(_trial(), [*read(f"unseen/{name}_passages.jsonl"), *read(f"unseen/{name}_harmless.jsonl")])
    counts.wrong.clear()
    _holds(counts, points=0.88, levels=0.8, flagged=0.08)
    assert counts.covered >= 0.8 * counts.points


def test_the_model_was_taught_with_the_material_that_is_there() -> None:
    assert lessons().taught == digest(), "run `make lessons` after a change of the labelled passages"
