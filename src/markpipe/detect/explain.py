"""A match with all it rests on, how likely it is, and the Chinese words that explain it.

The figure is arithmetic that `why` spells out, not a probability: what a pattern is worth, times a factor for each
thing that makes it less certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markpipe.detect.catalogue import CatalogueItem, Pattern, Status
from markpipe.detect.genre import Genre
from markpipe.detect.surroundings import Stretch
from markpipe.detect.vocabulary import Hit, Vocabulary
from markpipe.model.finding import Finding, Folding
from markpipe.text.fold import Folded

FAR = 30
VERY_FAR = 80
REACH_OF_SPAN = 40
LONGEST_LEAD = 30
SUPERSEDED_AT_MOST = 0.45
_CLAUSE_END = re.compile(r"[,;:!?。“”《》]")
_LONGEST_TOLD = 6


@dataclass(frozen=True, slots=True)
class Evidence:
    """A word or number that a match rests on besides its anchor; `condition` names the condition it meets."""

    start: int
    end: int
    condition: str
    hit: Hit | None = None
    chinese: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern that holds at an anchor; `unit` is the sentence or table row, `anchors` all anchors of the item there."""

    item: CatalogueItem
    pattern: Pattern
    anchor: Hit
    evidence: tuple[Evidence, ...]
    unit: Stretch
    anchors: tuple[Hit, ...] = ()
    opinions: tuple[tuple[str, float], ...] = ()

    @property
    def all_anchors(self) -> tuple[Hit, ...]:
        return self.anchors or (self.anchor,)

    @property
    def rank(self) -> tuple[bool, float, int, int, int, int, str]:
        """Sorts the most likely first: in force, likely, resting on much, long, of a high level."""
        level = 0 if self.item.level is None else int(self.item.level)
        length = self.anchor.end - self.anchor.start
        superseded = self.item.status is Status.SUPERSEDED
        return (superseded, -self.likelihood, -len(self.evidence), -length, -level, self.anchor.start, self.item.id)

    @property
    def likelihood(self) -> float:
        """The confidence before what the whole text says."""
        value = self.pattern.confidence
        for _, factor in self.doubts():
            value *= factor
        more = min(len(self.all_anchors) - 1, 2)
        return value + (1 - value) * 0.1 * more

    def doubts(self) -> Iterator[tuple[str, float]]:
        """What makes the match less certain: the words for `why`, and the factor."""
        distance = max((self._distance(each) for each in self.evidence), default=0)
        if distance > VERY_FAR:
            yield "条件离命中词语较远", 0.8
        elif distance > FAR:
            yield "条件与命中词语不相邻", 0.92
        if any(hit.spaced for hit in self._hits()):
            yield "命中词语中间夹有空格或符号", 0.9
        if self.item.status is Status.UNVERIFIED:
            yield "该范围是否现行须核实", 0.95
        yield from self.opinions

    def shares_anchor(self, other: Match) -> bool:
        """Whether an anchor of one overlaps an anchor of the other."""
        mine, theirs = iter(self.all_anchors), iter(other.all_anchors)
        a, b = next(mine, None), next(theirs, None)
        while a is not None and b is not None:
            if a.start < b.end and b.start < a.end:
                return True
            if a.end <= b.start:
                a = next(mine, None)
            else:
                b = next(theirs, None)
        return False

    def stretch(self) -> Stretch:
        """The words that make the point: the anchors, and the evidence close to them in the same sentence."""
        start, end = self.anchor.start, self.anchor.end
        near = sorted(
            [
                *((hit.start, hit.end) for hit in self._near_anchors()),
                *((each.start, each.end) for each in self.evidence),
            ],
            key=lambda each: max(each[0] - end, start - each[1], 0),
        )
        for low, high in near:
            if self.unit[0] <= low and high <= self.unit[1] and max(low - end, start - high, 0) <= REACH_OF_SPAN:
                start, end = min(start, low), max(end, high)
        return start, end

    def point(self, text: str) -> Stretch:
        """The stretch from where its clause begins: what stands before the word that was found names the thing."""
        start, end = self.stretch()
        behind = text.rfind("\n", 0, start) + 1
        clause = max((mark.end() for mark in _CLAUSE_END.finditer(text, behind, start)), default=behind)
        clause = max(clause, self.unit[0])
        while clause < start and text[clause].isspace():
            clause += 1
        return (clause if start - clause <= LONGEST_LEAD else start), end

    def _near_anchors(self) -> Iterator[Hit]:
        start, end = self.anchor.start, self.anchor.end
        return (hit for hit in self.all_anchors if hit.start - end <= VERY_FAR and start - hit.end <= VERY_FAR)

    def _hits(self) -> Iterator[Hit]:
        yield self.anchor
        yield from (each.hit for each in self.evidence if each.hit is not None)

    def _distance(self, each: Evidence) -> int:
        if each.end <= self.unit[0] or each.start >= self.unit[1]:
            return FAR + 1  # in the title or another sentence: not beside it, however near the line
        return max(each.start - self.anchor.end, self.anchor.start - each.end, 0)


def to_finding(
    match: Match, others: Sequence[Match], folded: Folded, vocabulary: Vocabulary, kinds_of_text: Sequence[Genre]
) -> Finding:
    """The finding that reports a match; `others` are less likely items at the same place."""
    span = folded.raw_span(*match.point(folded.text))
    folds = _foldings(match, folded, vocabulary)
    confidence = match.likelihood
    doubts = [words for words, _ in match.doubts()]
    for index, genre in enumerate(kinds_of_text):
        confidence *= 0.9 if index else 0.6
        doubts.append(f"全文像{genre.value}")
    if match.item.status is Status.SUPERSEDED:
        confidence = min(confidence * 0.6, SUPERSEDED_AT_MOST)
    return Finding(
        entry=match.item.id,
        kind=match.item.kind,
        span=span,
        text=folded.raw[span.start : span.end],
        level=match.item.level,
        term=match.item.term,
        item=match.item.item,
        basis=match.item.basis,
        produced_at=match.item.produced_at,
        evidence=tuple(folded.raw_span(each.start, each.end) for each in match.evidence),
        folded=folds,
        confidence=round(min(max(confidence, 0.05), 0.99), 2),
        why=tuple(_why(match, others, folded, folds, doubts)),
    )


def _foldings(match: Match, folded: Folded, vocabulary: Vocabulary) -> tuple[Folding, ...]:
    kinds: set[Folding] = set()
    for hit in (*match.all_anchors[:_LONGEST_TOLD], *(each.hit for each in match.evidence if each.hit is not None)):
        kinds |= vocabulary.foldings(folded, hit)
    if any(each.chinese for each in match.evidence):
        kinds.add(Folding.NUMERAL)
    return tuple(kind for kind in Folding if kind in kinds)


def _why(
    match: Match, others: Sequence[Match], folded: Folded, folds: Sequence[Folding], doubts: Sequence[str]
) -> Iterator[str]:
    item = match.item
    yield f"命中词语：{'、'.join(_quoted(folded, hit.start, hit.end) for hit in match.all_anchors[:_LONGEST_TOLD])}"
    for each in match.evidence:
        yield f"满足条件（{each.condition}）：{_quoted(folded, each.start, each.end)}"
    if folds:
        yield f"为匹配作了折叠：{'、'.join(kind.label for kind in folds)}"
    yield f"依据：{item.basis}"
    if item.status is Status.SUPERSEDED:
        yield "该范围已废止，只用于比对存量文件，不能作为定密依据"
    if item.aggregate:
        yield f"这类内容在本文至少有{item.aggregate}处，汇总起来可能构成该事项"
    if item.level is None and item.level_rule:
        yield f"密级须判断：{item.level_rule}"
    for doubt in doubts:
        yield doubt if doubt.startswith("按以往") else f"可能性下调：{doubt}"
    if others:
        names = "；".join(
            f"{other.item.id}{'（' + other.item.level.label + '）' if other.item.level else ''}"
            for other in others[:_LONGEST_TOLD]
        )
        yield f"同一处还符合：{names}"


def _quoted(folded: Folded, start: int, end: int) -> str:
    span = folded.raw_span(start, end)
    return f"“{' '.join(folded.raw[span.start : span.end].split())}”"
