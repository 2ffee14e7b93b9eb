"""One pattern at one anchor: are its groups, numbers, times and token rules there, and does nothing speak against it?

Everything is looked for around the anchor only, in the scope that the pattern gives; `match` says which anchors to try
and what becomes of the matches.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from markpipe.detect.catalogue import Bound, CatalogueItem, Pattern, Reach, Scope
from markpipe.detect.conditions import is_over, meets, to_come
from markpipe.detect.explain import Evidence, Match
from markpipe.detect.genre import is_general
from markpipe.detect.scoring import TokenRules
from markpipe.detect.surroundings import Stretch, Surroundings
from markpipe.detect.vocabulary import FORM, Hit
from markpipe.text.fold import Folded
from markpipe.text.squeeze import Squeezed, squeeze

# a text without full stops or paragraphs is one long sentence: what stands farther off has nothing to do with it
_FARTHEST = {Reach.SENTENCE: 400, Reach.PARAGRAPH: 1500}
_LONGEST_WORD = 60
_MOST_EITHER_SIDE = 60


@dataclass(frozen=True, slots=True)
class Words:
    """The numbers of the words of a group, and where to look for them."""

    words: frozenset[int]
    scope: Scope
    coming: frozenset[int] = frozenset()
    forms: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pattern with its words as numbers."""

    item: CatalogueItem
    pattern: Pattern
    anchors: frozenset[int]
    groups: tuple[Words, ...]
    unless: tuple[Words, ...]
    times: tuple[tuple[Words, bool], ...]


@dataclass(slots=True)
class Text:
    """One document while it is looked through."""

    folded: Folded
    around: Surroundings
    rules_start: int
    tokens: TokenRules | None = None
    by_word: dict[int, list[Hit]] = field(default_factory=dict)
    _present: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _forms: dict[tuple[re.Pattern[str], Stretch], tuple[Hit, ...]] = field(default_factory=dict)
    _squeezed: dict[Stretch, Squeezed] = field(default_factory=dict)

    def present(self, group: Words) -> tuple[int, ...]:
        """The words of a group that occur in this text at all: few of many."""
        if id(group) not in self._present:
            self._present[id(group)] = tuple((group.words | group.coming) & self.by_word.keys())
        return self._present[id(group)]

    def spoken(self, form: re.Pattern[str], stretch: Stretch) -> tuple[Hit, ...]:
        """Where a form of speech stands in a stretch; each stretch is searched once, whoever asks."""
        key = (form, stretch)
        if key not in self._forms:
            if stretch not in self._squeezed:
                self._squeezed[stretch] = squeeze(self.folded.text[stretch[0] : stretch[1]])
            squeezed = self._squeezed[stretch]
            spans = [squeezed.folded_span(*match.span()) for match in form.finditer(squeezed.text)]
            self._forms[key] = tuple(Hit(stretch[0] + low, stretch[0] + high, FORM) for low, high in spans)
        return self._forms[key]


def evaluate(compiled: Compiled, anchor: Hit, unit: Stretch, text: Text) -> Match | None:
    """The match of a pattern at one anchor, with everything it rests on; None where a condition fails."""
    pattern, around = compiled.pattern, text.around
    if pattern.places and not any(around.stands(place, anchor.start) for place in pattern.places):
        return None
    if not pattern.general and is_general(
        around.text, anchor.start, unit, around.paragraphs.at(anchor.start), text.rules_start
    ):
        return None
    evidence: list[Evidence] = []
    for group in compiled.groups:
        hit = _nearest(group, anchor, text)
        if hit is None:
            return None
        evidence.append(Evidence(hit.start, hit.end, group.scope.label, hit))
    for rule, before in compiled.times:
        hit = _nearest(rule, anchor, text, before=before)
        if hit is None:
            return None
        evidence.append(Evidence(hit.start, hit.end, "时间条件（之前）" if before else "时间条件（之后）", hit))
    for bound in pattern.numbers:
        number = _number(bound, anchor, text)
        if number is None:
            return None
        evidence.append(number)
    if pattern.tokens:
        held = _token_rule(pattern.tokens, unit, text)
        if held is None:
            return None
        evidence.append(held)
    # a form reaches over what stands in its gaps, and does not speak for it
    said = (each for each in evidence if each.hit is None or each.hit.word != FORM)
    own = [(anchor.start, anchor.end), *((each.start, each.end) for each in said)]
    if any(_speaks_against(group, anchor, text, own) for group in compiled.unless):
        return None
    return Match(compiled.item, pattern, anchor, tuple(evidence), unit)


def _token_rule(rules: tuple[str, ...], unit: Stretch, text: Text) -> Evidence | None:
    """Where one of the token rules holds in the unit; a matcher without anybody to ask finds none."""
    found = text.tokens.find(rules, text.folded.text[unit[0] : unit[1]]) if text.tokens is not None else ()
    return next((Evidence(unit[0] + low, unit[0] + high, "词语规则") for low, high in found), None)


def _number(bound: Bound, anchor: Hit, text: Text) -> Evidence | None:
    for low, high in text.around.stretches(bound.scope, anchor.start):
        reach = bound.scope.characters or _FARTHEST.get(bound.scope.reach, high - low)
        start, end = max(low, anchor.start - reach), min(high, anchor.end + reach)
        if number := meets(bound, text.folded.text, start, end):
            return Evidence(number.start, number.end, bound.label, chinese=number.chinese)
    return None


def _nearest(group: Words, anchor: Hit, text: Text, *, before: bool | None = None) -> Hit | None:
    """The hit of the group that stands nearest to the anchor, in its unit if it can be."""
    for stretch in text.around.stretches(group.scope, anchor.start):
        hits = [
            hit
            for hit in _within(group, stretch, anchor, text)
            if (before is None or _in_time(hit, text, before)) and not _covers(hit, anchor)
        ]
        if hits:
            return min(hits, key=lambda hit: (_distance(hit, anchor), -(hit.end - hit.start), hit.start))
    return None


def _covers(hit: Hit, anchor: Hit) -> bool:
    """A word is no evidence for itself, nor for one that it only makes longer; a form may reach around it."""
    if hit.word == FORM and hit.start < anchor.start and anchor.end < hit.end:
        return False
    return hit.start <= anchor.start and anchor.end <= hit.end


def _in_time(hit: Hit, text: Text, before: bool) -> bool:
    judge = to_come if before else is_over
    return judge(text.folded.text, hit.start, hit.end)


def _within(group: Words, stretch: Stretch, anchor: Hit, text: Text) -> Iterator[Hit]:
    """The hits of a group in a stretch, and no farther from the anchor than its scope allows."""
    start, end = stretch
    farthest = group.scope.characters or _FARTHEST.get(group.scope.reach)
    if farthest is not None:
        start, end = (
            max(start, anchor.start - farthest - _LONGEST_WORD),
            min(end, anchor.end + farthest + _LONGEST_WORD),
        )
    for word in text.present(group):
        hits = text.by_word[word]
        here = bisect_left(hits, anchor.start, key=_start)
        first = max(bisect_left(hits, start, key=_start, hi=here), here - _MOST_EITHER_SIDE)
        for hit in islice(hits, first, here + _MOST_EITHER_SIDE):
            if hit.start >= end:
                break
            if hit.end > end:
                continue
            if farthest is not None and _distance(hit, anchor) > farthest:
                continue
            if word in group.words or to_come(text.folded.text, hit.start, hit.end):
                yield hit
    for form in group.forms:
        for hit in text.spoken(form, stretch if farthest is None else (start, end)):
            if farthest is None or _distance(hit, anchor) <= farthest:
                yield hit


def _start(hit: Hit) -> int:
    return hit.start


def _distance(hit: Hit, anchor: Hit) -> int:
    return max(hit.start - anchor.end, anchor.start - hit.end, 0)


def _speaks_against(group: Words, anchor: Hit, text: Text, own: list[Stretch]) -> bool:
    """Whether a word stands there that speaks against: not denied (尚未公布), not part of a word that was matched."""
    for stretch in text.around.stretches(group.scope, anchor.start):
        for hit in _within(group, stretch, anchor, text):
            if to_come(text.folded.text, hit.start, hit.end) or any(hit.inside(*each) for each in own):
                continue
            return True
    return False
