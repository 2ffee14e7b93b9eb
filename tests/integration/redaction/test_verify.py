"""Covered phrases of thirteen kinds are found; thirty honest files are left alone."""

from __future__ import annotations

import pytest
from redaction_samples import BAD, PHRASES, honest

from markpipe.formats.pdf.redact_inspect import inspect, to_unicode_texts
from markpipe.model.limits import Limits


@pytest.mark.parametrize("kind", sorted(BAD))
@pytest.mark.parametrize("phrase", PHRASES)
def test_covered_phrases_are_found(kind: str, phrase: str) -> None:
    build, code = BAD[kind]
    assert code in {one.blot.value for one in inspect(build(phrase), Limits())}


@pytest.mark.parametrize(("name", "data"), honest().items())
def test_honest_files_are_left_alone(name: str, data: bytes) -> None:
    assert inspect(data, Limits()) == ()


def test_there_are_enough_of_both() -> None:
    assert len(BAD) >= 10
    assert len(BAD) * len(PHRASES) >= 30
    assert len(honest()) >= 30


def test_maps_of_fonts_are_read_in_all_their_forms() -> None:
    body = b"""1 beginbfchar <01> <96ea> endbfchar 2 beginbfrange <02> <04> <4e00>
    <05> <06> [<4e59> <4e5d>] endbfrange 1 beginbfchar <07> <zz> endbfchar"""
    assert to_unicode_texts(body) >= {"雪", "一", "丁", "丂", "乙", "九"}
