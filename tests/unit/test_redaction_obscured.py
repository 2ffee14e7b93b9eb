"""Mosaic and blur are told from sharp text, photographs and bar codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from redaction_samples import PHRASES, blurred, drawn, pixelated

from markpipe.formats.pdf.redact_inspect import inspect
from markpipe.model.limits import Limits
from markpipe.redaction.blots import Blot
from markpipe.redaction.obscured import blur, mosaic

Grey = np.ndarray[Any, np.dtype[np.uint8]]


def bars() -> Grey:
    generator = np.random.default_rng(7)
    return np.kron(generator.integers(0, 2, (20, 20)) * 255, np.ones((8, 8))).astype(np.uint8)


def slope() -> Grey:
    return np.tile(np.linspace(0, 255, 300).astype(np.uint8), (200, 1))


def noise() -> Grey:
    return np.random.default_rng(3).integers(0, 256, (200, 300)).astype(np.uint8)


@pytest.mark.parametrize("grey", [drawn(PHRASES[0]), bars(), slope(), noise(), np.full((90, 90), 255, np.uint8)])
def test_honest_pictures(grey: Grey) -> None:
    assert not mosaic(grey)
    assert not blur(grey)


@pytest.mark.parametrize("phrase", PHRASES)
def test_obscured_text_in_pictures(phrase: str) -> None:
    assert Blot.MOSAIC in {one.blot for one in inspect(pixelated(phrase), Limits())}
    assert Blot.BLUR in {one.blot for one in inspect(blurred(phrase), Limits())}


def test_tiny_pictures_are_no_reason_to_fail() -> None:
    assert not mosaic(np.zeros((3, 3), np.uint8))
    assert not blur(np.zeros((3, 3), np.uint8))


def test_every_blot_has_words_and_a_family() -> None:
    assert all(blot.message and blot.value.startswith(("covered-", "residue-")) for blot in Blot)
