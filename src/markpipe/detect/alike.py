"""Findings where a text is like labelled passages though no dictionary has a word for it (`likeness`).

::

    window over the threshold ──▶ nothing found there yet, no mere rule ──▶ its telling clauses ──▶ finding, likelihood < 0.5

Such a finding says on which characters it rests and that no word of a dictionary stands behind it.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from markpipe.detect.catalogue import Bound, CatalogueItem, Measure, Status
from markpipe.detect.conditions import find_numbers
from markpipe.detect.genre import Genre, is_general
from markpipe.detect.likeness import Lessons, Reading, Window
from markpipe.detect.surroundings import Stretch, Surroundings
from markpipe.model.finding import Finding
from markpipe.model.span import Span
from markpipe.text.fold import Folded
from markpipe.text.squeeze import Squeezed

LEAST, MOST = 0.3, 0.49
"""The likelihood of what is just over the threshold, and what it never reaches: a proposal counts from 0.5 on."""

SUPERSEDED, SUPERSEDED_AT_MOST = 0.8, 0.4
MORE_LIKE_ANOTHER = 0.5
_GENRE = 0.8
_MORE = 0.15  # of margin for each genre in which the words of secrets are common: no word of a dictionary stands behind
_STEEP = 3.0
_TOLD = 6
_OTHERS = 2
_CLAUSE = re.compile(r"[,:;。!?\n]")


@dataclass(frozen=True, slots=True)
class Setting:
    """The document around: where its sentences lie, what kind of text it is, from where on it only states rules."""

    folded: Folded
    squeezed: Squeezed
    around: Surroundings
    kinds_of_text: tuple[Genre, ...]
    rules_start: int


@dataclass(frozen=True, slots=True)
class Likely:
    """Sentences that are like labelled passages: the window, its stretch of the folded text, the items, likeliest first."""

    window: Window
    start: int
    end: int
    items: tuple[CatalogueItem, ...]


class Alike:
    """Looks for what is like the lessons; `items` are those that may be proposed, by id."""

    def __init__(self, items: Mapping[str, CatalogueItem], learned: Lessons) -> None:
        self._items = items
        self._learned = learned
        self._bounds = {item.id: bounds for item in items.values() if (bounds := _bounds_of(item))}

    def read(self, folded: Folded, squeezed: Squeezed) -> tuple[Reading, tuple[Likely, ...]]:
        """A text as the model sees it, and where it is over the threshold, in text order."""
        reading = Reading(self._learned, squeezed.text, _cell_ends(folded, squeezed))
        likely = []
        for window in reading.windows():
            items = tuple(
                self._items[entry] for entry in reading.items(window.start, window.end) if entry in self._items
            )
            if items:
                stretch = squeezed.folded_span(window.start, window.end)
                likely.append(Likely(window, *stretch, self._by_figures(items, folded.text, stretch)))
        return reading, tuple(likely)

    def _by_figures(self, items: tuple[CatalogueItem, ...], text: str, stretch: Stretch) -> tuple[CatalogueItem, ...]:
        """Likeness reads no figures: of the few most alike, those whose numeric conditions the figures break come last."""
        near = items[: 1 + _OTHERS]
        broken = [item for item in near if self._breaks(item, text, stretch)]
        return (*(item for item in near if item not in broken), *broken, *items[1 + _OTHERS :]) if broken else items

    def _breaks(self, item: CatalogueItem, text: str, stretch: Stretch) -> bool:
        """Whether numbers of a measure that the item gives bounds for stand there, and none lies between them."""
        for measure, bounds in self._bounds.get(item.id, {}).items():
            numbers = list(find_numbers(measure, text, *stretch))
            if numbers and not any(bound.holds(number.value) for number in numbers for bound in bounds):
                return True
        return False


def _bounds_of(item: CatalogueItem) -> dict[Measure, list[Bound]]:
    """The numeric conditions of all patterns of an item, by measure."""
    bounds: dict[Measure, list[Bound]] = {}
    for bound in (bound for pattern in item.patterns for bound in pattern.numbers):
        bounds.setdefault(bound.measure, []).append(bound)
    return bounds


def doubt(likely: Sequence[Likely], item: CatalogueItem, at: int) -> tuple[str, float] | None:
    """The words for `why` and the factor where the sentence around a dictionary's word is more like another item."""
    index = bisect_right(likely, at, key=lambda each: each.start) - 1
    if index < 0 or at >= likely[index].end:
        return None
    around = likely[index]
    if item not in around.items or item is around.items[0]:
        return None
    return f"整句的用语更近于{around.items[0].id}", MORE_LIKE_ANOTHER


def alike_findings(
    reading: Reading, likely: Sequence[Likely], setting: Setting, found: Sequence[Finding]
) -> Iterator[Finding]:
    """What likeness proposes beside the findings that are there already."""
    in_order = sorted(found, key=lambda other: other.span.start)
    starts = [other.span.start for other in in_order]
    longest = max((other.span.end - other.span.start for other in in_order), default=0)
    for each in likely:
        if each.window.margin < _MORE * len(setting.kinds_of_text):
            continue
        item, others = each.items[0], each.items[1 : 1 + _OTHERS]
        low, high = _point(reading, each.window, setting.squeezed.text)
        start, end = setting.squeezed.folded_span(low, high)
        span = setting.folded.raw_span(start, end)
        near = in_order[bisect_left(starts, span.start - longest) : bisect_left(starts, span.end)]
        if any(_same(other, item) and _holds_half(other.span, span) for other in near) or _only_a_rule(setting, start):
            continue
        told = (
            setting.squeezed.folded_span(*run)
            for run in reading.telling(each.window.start, each.window.end, item.id, _TOLD)
        )
        evidence = tuple(setting.folded.raw_span(*run) for run in told)
        yield Finding(
            entry=item.id,
            kind=item.kind,
            span=span,
            text=setting.folded.raw[span.start : span.end],
            level=item.level,
            term=item.term,
            item=item.item,
            basis=item.basis,
            produced_at=item.produced_at,
            evidence=evidence,
            confidence=_likelihood(each, setting),
            why=tuple(_why(item, others, setting, evidence)),
            by_likeness=True,
        )


def _likelihood(likely: Likely, setting: Setting) -> float:
    value = LEAST + (MOST - LEAST) * (1 - math.exp(-_STEEP * likely.window.margin))
    value *= _GENRE ** len(setting.kinds_of_text)
    if likely.items[0].status is Status.SUPERSEDED:
        value = min(value * SUPERSEDED, SUPERSEDED_AT_MOST)
    return round(value, 2)


def _only_a_rule(setting: Setting, at: int) -> bool:
    around = setting.around
    return is_general(around.text, at, around.units.at(at), around.paragraphs.at(at), setting.rules_start)


def _same(finding: Finding, item: CatalogueItem) -> bool:
    """Whether a finding says what the item would: itself, or what likeness has no opinion of, of the same kind."""
    return finding.entry == item.id or (finding.kind is item.kind and finding.confidence > MOST)


def _holds_half(found: Span, span: Span) -> bool:
    """Whether a finding holds half of a stretch or more: then it needs no second one."""
    return (min(found.end, span.end) - max(found.start, span.start)) * 2 >= span.end - span.start


def _cell_ends(folded: Folded, squeezed: Squeezed) -> NDArray[np.bool_] | None:
    """Where a line end of the squeezed text only parts cells; None where there are no cells."""
    if "\t" not in folded.raw:
        return None
    ends = np.zeros(len(squeezed.text), dtype=np.bool_)
    for match in re.finditer("\n", squeezed.text):
        at = int(folded.offsets[squeezed.offsets[match.start()]])
        ends[match.start()] = folded.raw[at] == "\t"
    return ends


def _point(reading: Reading, window: Window, text: str) -> Stretch:
    """The clauses of a window, one after the other, that speak most for being the point."""
    ends = (match.end() for match in _CLAUSE.finditer(text, window.start, window.end))
    edges = sorted({window.start, *ends, window.end})
    best, bounds, running, since = -math.inf, (0, 0), 0.0, 0
    for index, value in enumerate(reading.clauses(edges)):
        if running <= 0:
            running, since = 0.0, index
        running += value
        if running > best:
            best, bounds = running, (since, index)
    low, high = edges[bounds[0]], edges[bounds[1] + 1]
    while high - low > 1 and _CLAUSE.match(text, high - 1):
        high -= 1
    return low, high


def _why(
    item: CatalogueItem, others: Sequence[CatalogueItem], setting: Setting, evidence: Sequence[Span]
) -> Iterator[str]:
    raw = setting.folded.raw
    words = "、".join(f"“{' '.join(raw[each.start : each.end].split())}”" for each in evidence)
    yield f"没有命中词典词语，整句的用语与该事项的标注例句相近：{words}"
    yield f"依据：{item.basis}"
    if item.status is Status.SUPERSEDED:
        yield "该范围已废止，只用于比对存量文件，不能作为定密依据"
    if item.level is None and item.level_rule:
        yield f"密级须判断：{item.level_rule}"
    for genre in setting.kinds_of_text:
        yield f"可能性下调：全文像{genre.value}"
    if others:
        yield f"用语也与这些事项相近：{'；'.join(each.id for each in others)}"
