"""What is doubtful in a dictionary that parses: doubles, words that add nothing, patterns that can never match.

Errors are `dictionary`'s.  Names items and counts; never repeats a word of a list, which may be secret, unless asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markpipe.detect.catalogue import Catalogue, CatalogueItem, Pattern
from markpipe.text.fold import fold_term
from markpipe.text.squeeze import squeeze


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to look at: the item (or catalogue), what, and the words concerned."""

    entry: str
    message: str
    words: tuple[str, ...] = ()


def notes(catalogues: Sequence[Catalogue]) -> tuple[Doubt, ...]:
    """What is no mistake but worth knowing: terms that a shorter one of the same list finds anyway."""
    return tuple(
        Doubt(item.id, "命中词语里有较短的词就能找到的长词（只影响摘出的文字）", longer)
        for catalogue in catalogues
        for item in catalogue.items
        for pattern in item.patterns
        if (longer := shadowed(pattern.terms))
    )


def lint(catalogues: Sequence[Catalogue]) -> tuple[Doubt, ...]:
    """Everything doubtful in these catalogues, in order."""
    doubts: list[Doubt] = []
    for catalogue in catalogues:
        for item in catalogue.items:
            if not item.patterns and not item.of:
                doubts.append(Doubt(item.id, "没有匹配方式，只供人工判断"))
            for pattern in item.patterns:
                doubts.extend(_pattern(item, pattern))
    return tuple(doubts)


def _pattern(item: CatalogueItem, pattern: Pattern) -> Iterator[Doubt]:
    lists = [pattern.terms, *(group.words for group in pattern.groups), *(group.words for group in pattern.unless)]
    for words in lists:
        if doubles := _doubles(words):
            yield Doubt(item.id, "同一词表中有折叠后相同的词", doubles)
    terms = {_folded(word) for word in pattern.terms}
    against = {_folded(word) for group in pattern.unless for word in group.words}
    if terms and terms <= against:
        yield Doubt(item.id, "全部命中词语都列在 unless 中，永不命中", tuple(sorted(terms)))
    for group in pattern.groups:
        needed = {_folded(word) for word in group.words}
        if terms <= needed:
            yield Doubt(item.id, "条件的词表包含全部命中词语，条件总是满足", tuple(sorted(terms)))
        if needed and needed <= against and not group.coming and not group.forms:
            yield Doubt(item.id, "条件的词都列在 unless 中，永不命中", tuple(sorted(needed)))


def shadowed(words: Sequence[str]) -> tuple[str, ...]:
    """The words that contain a shorter word of the list: wherever they stand, the shorter one is found too."""
    forms = [(word, _folded(word)) for word in words]
    machine = [form for _, form in forms if not form.isascii()]
    return tuple(word for word, form in forms if any(other != form and other in form for other in machine))


def _doubles(words: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    return tuple(word for word in words if seen.setdefault(_folded(word), word) != word)


def _folded(word: str) -> str:
    return squeeze(fold_term(word)).text
