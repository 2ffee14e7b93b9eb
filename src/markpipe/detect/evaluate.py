"""One pattern at one anchor: are its groups, numbers, times and token rules there, and does nothing speak against it?

Everything is looked for around the anchor only, in the scope that the pattern gives; `match` says which anchors to try
and what becomes of the matches.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from markpipe.detect.catalogue import Bound, CatalogueItem, Pattern, Reach, Scope
from markpipe.detect.conditions import is_over, meets, to_come
from markpipe.detect.explain import Evidence, Match
from markpipe.detect.forms import Form, heads_of
from markpipe.detect.genre import is_general
from markpipe.detect.scoring import TokenRules
from markpipe.detect.surroundings import Stretch, Surroundings
from markpipe.detect.vocabulary import FORM, Hit
from markpipe.text.fold import Folded
from markpipe.text.squeeze import Squeezed

# a text without full stops or paragraphs is one long sentence: what stands farther off has nothing to do with it
_HAN = "[\u3400-\u9fff]"
_SPACED = re.compile(rf"(?<={_HAN})[ \u3000·]{{1,3}}(?={_HAN})")
_ANYWHERE = 1 << 40
_WIDE = (Reach.TITLE, Reach.DOCUMENT)
_FARTHEST = {Reach.SENTENCE: 400, Reach.PARAGRAPH: 1500}
_LONGEST_WORD = 60
_MOST_EITHER_SIDE = 200
_SEARCHED_WHOLE = 600
_NEAR = 30  # as near as makes no difference


@dataclass(frozen=True, slots=True)
class Words:
    """The numbers of the words of a group, and where to look for them."""

    words: frozenset[int]
    scope: Scope
    coming: frozenset[int] = frozenset()
    forms: tuple[Form, ...] = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pattern with its words as numbers."""

    item: CatalogueItem
    pattern: Pattern
    anchors: frozenset[int]
    groups: tuple[Words, ...]
    unless: tuple[Words, ...]
    times: tuple[tuple[Words, bool], ...]

    def needed(self, *, wide: bool) -> tuple[frozenset[int], ...]:
        """Sets of words of each of which one must stand there, or the pattern cannot hold.

        Not `wide`: in the paragraph of the anchor, the anchor among them; `wide`: anywhere in the text.
        """
        groups = (
            (group.words | group.coming, group.scope)
            for group in (*self.groups, *(rule for rule, _ in self.times))
            if not group.forms
        )
        sets = tuple(words for words, scope in groups if (scope.reach in _WIDE) is wide)
        return sets if wide else (self.anchors, *sets)

    @property
    def words(self) -> frozenset[int]:
        """Every word that the pattern looks for."""
        groups = (*self.groups, *self.unless, *(rule for rule, _ in self.times))
        return self.anchors.union(*(group.words | group.coming for group in groups))


@dataclass(slots=True)
class Text:
    """One document while it is looked through."""

    folded: Folded
    squeezed: Squeezed
    around: Surroundings
    rules_start: int
    tokens: TokenRules | None = None
    by_word: dict[int, list[Hit]] = field(default_factory=dict)
    _hits: dict[tuple[frozenset[int], frozenset[int]], tuple[list[int], list[Hit]]] = field(default_factory=dict)
    _spoken: dict[tuple[Form, Stretch], tuple[Hit, ...]] = field(default_factory=dict)
    _all_spoken: dict[tuple[tuple[Form, ...], Stretch], tuple[Hit, ...]] = field(default_factory=dict)
    _extents: dict[Stretch, tuple[int, int, frozenset[str]]] = field(default_factory=dict)

    def hits_of(self, group: Words) -> tuple[list[int], list[Hit]]:
        """Where the words of a group stand, in order; groups of the same words share one list."""
        key = (group.words, group.coming)
        if key not in self._hits:
            words = (group.words | group.coming) & self.by_word.keys()
            hits = sorted(hit for word in words for hit in self.by_word[word])
            self._hits[key] = [hit.start for hit in hits], hits
        return self._hits[key]

    def all_spoken(self, forms: tuple[Form, ...], stretch: Stretch) -> tuple[Hit, ...]:
        """Where any of several forms stands in a stretch; lists that many patterns share are gone through once."""
        key = (forms, stretch)
        if key not in self._all_spoken:
            characters = self._extent(stretch)[2]
            possible = heads_of(forms).possible(characters)
            self._all_spoken[key] = tuple(hit for form in possible for hit in self._where(form, stretch))
        return self._all_spoken[key]

    def _where(self, form: Form, stretch: Stretch) -> tuple[Hit, ...]:
        """Where one form stands in a stretch, which is searched once whoever asks."""
        key = (form, stretch)
        if key not in self._spoken:
            low, high, _ = self._extent(stretch)
            matches = form.expression.finditer(self.squeezed.text, low, high)
            self._spoken[key] = tuple(Hit(*self.squeezed.folded_span(*match.span()), FORM) for match in matches)
        return self._spoken[key]

    def _extent(self, stretch: Stretch) -> tuple[int, int, frozenset[str]]:
        """A stretch in the squeezed text, and the characters in it."""
        if stretch not in self._extents:
            low, high = np.searchsorted(self.squeezed.offsets, stretch).tolist()
            self._extents[stretch] = low, high, frozenset(self.squeezed.text[low:high])
        return self._extents[stretch]


def evaluate(compiled: Compiled, anchor: Hit, unit: Stretch, text: Text) -> Match | None:
    """The match of a pattern at one anchor, with everything it rests on; None where a condition fails."""
    pattern, around = compiled.pattern, text.around
    if pattern.places and not any(around.stands(place, anchor.start) for place in pattern.places):
        return None
    # what costs least fails first: words before forms of speech
    standing = [_nearest_word(group, anchor, text) for group in compiled.groups]
    if any(hit is None and not group.forms for hit, group in zip(standing, compiled.groups, strict=True)):
        return None
    evidence: list[Evidence] = []
    for word, group in zip(standing, compiled.groups, strict=True):
        hit = _nearest_form(group, anchor, text, word)
        if hit is None:
            return None
        evidence.append(Evidence(hit.start, hit.end, group.scope.label, hit))
    for rule, before in compiled.times:
        hit = _nearest_word(rule, anchor, text, before=before)
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
    if not pattern.general and is_general(
        around.text, anchor.start, unit, around.paragraphs.at(anchor.start), text.rules_start
    ):
        return None
    return Match(compiled.item, pattern, anchor, tuple(evidence), unit)


def _token_rule(rules: tuple[str, ...], unit: Stretch, text: Text) -> Evidence | None:
    """Where one of the token rules holds in the unit; a matcher without anybody to ask finds none."""
    found = text.tokens.find(rules, text.folded.text[unit[0] : unit[1]]) if text.tokens is not None else ()
    return next((Evidence(unit[0] + low, unit[0] + high, "词语规则") for low, high in found), None)


def _number(bound: Bound, anchor: Hit, text: Text) -> Evidence | None:
    folded = text.folded.text
    for low, high in text.around.stretches(bound.scope, anchor.start):
        reach = bound.scope.characters or _FARTHEST.get(bound.scope.reach, high - low)
        start, end = max(low, anchor.start - reach), min(high, anchor.end + reach)
        if number := meets(bound, folded, start, end):
            return Evidence(number.start, number.end, bound.label, chinese=number.chinese)
        if _SPACED.search(folded, start, end):
            kept = _without_spacing(folded, start, end)
            if number := meets(bound, "".join(folded[at] for at in kept), 0, len(kept)):
                ends = kept[number.start], kept[number.end - 1] + 1
                return Evidence(*ends, bound.label, chinese=number.chinese)
    return None


def _without_spacing(text: str, start: int, end: int) -> list[int]:
    """The offsets that are left without what stands between Chinese characters: 五 万 分 之 一, 毫·伽."""
    left_out = {at for match in _SPACED.finditer(text, start, end) for at in range(*match.span())}
    return [at for at in range(start, end) if at not in left_out]


def _nearest_word(group: Words, anchor: Hit, text: Text, *, before: bool | None = None) -> Hit | None:
    """The word of the group that stands nearest to the anchor, in its unit if it can be."""
    for stretch in text.around.stretches(group.scope, anchor.start):
        hits = [
            hit
            for hit in _words_within(group, stretch, anchor, text)
            if (before is None or _in_time(hit, text, before)) and not _covers(hit, anchor)
        ]
        if hits:
            return min(hits, key=lambda hit: (_distance(hit, anchor), -(hit.end - hit.start), hit.start))
    return None


def _nearest_form(group: Words, anchor: Hit, text: Text, word: Hit | None) -> Hit | None:
    """The given word, or where none stands near a form of the group; the first that is near is taken."""
    best = word
    for stretch in text.around.stretches(group.scope, anchor.start) if group.forms else ():
        for hit in _forms_within(group, stretch, anchor, text):
            if best is not None and _distance(best, anchor) <= _NEAR:
                return best
            if not _covers(hit, anchor) and (best is None or _distance(hit, anchor) < _distance(best, anchor)):
                best = hit
        if best is not None:
            return best
    return best


def _covers(hit: Hit, anchor: Hit) -> bool:
    """A word is no evidence for itself, nor for one that it only makes longer; a form may reach around it."""
    if hit.word == FORM and hit.start < anchor.start and anchor.end < hit.end:
        return False
    return hit.start <= anchor.start and anchor.end <= hit.end


def _in_time(hit: Hit, text: Text, before: bool) -> bool:
    judge = to_come if before else is_over
    return judge(text.folded.text, hit.start, hit.end)


def _words_within(group: Words, stretch: Stretch, anchor: Hit, text: Text) -> Iterator[Hit]:
    """The words of a group in a stretch, and no farther from the anchor than its scope allows."""
    start, end, farthest = _limits(group, stretch, anchor)
    starts, hits = text.hits_of(group)
    here = bisect_left(starts, anchor.start)
    first = max(bisect_left(starts, start, hi=here), here - _MOST_EITHER_SIDE)
    for hit in hits[first : bisect_left(starts, end, lo=here, hi=min(len(starts), here + _MOST_EITHER_SIDE))]:
        if hit.end > end or _distance(hit, anchor) > farthest:
            continue
        if hit.word in group.words or to_come(text.folded.text, hit.start, hit.end):
            yield hit


def _forms_within(group: Words, stretch: Stretch, anchor: Hit, text: Text) -> Iterator[Hit]:
    """The forms of a group in a stretch; a stretch of common length is searched whole, and once for all its anchors."""
    start, end, farthest = _limits(group, stretch, anchor)
    searched = stretch if stretch[1] - stretch[0] <= _SEARCHED_WHOLE else (start, end)
    if group.forms:
        yield from (hit for hit in text.all_spoken(group.forms, searched) if _distance(hit, anchor) <= farthest)


def _limits(group: Words, stretch: Stretch, anchor: Hit) -> tuple[int, int, int]:
    """From where to where a group is looked for, and how far from the anchor it may stand."""
    start, end = stretch
    farthest = group.scope.characters or _FARTHEST.get(group.scope.reach, _ANYWHERE)
    return (
        max(start, anchor.start - farthest - _LONGEST_WORD),
        min(end, anchor.end + farthest + _LONGEST_WORD),
        farthest,
    )


def _distance(hit: Hit, anchor: Hit) -> int:
    return max(hit.start - anchor.end, anchor.start - hit.end, 0)


def _speaks_against(group: Words, anchor: Hit, text: Text, own: list[Stretch]) -> bool:
    """Whether a word stands there that speaks against: not denied (尚未公布), not part of a word that was matched."""
    for stretch in text.around.stretches(group.scope, anchor.start):
        for hit in chain(_words_within(group, stretch, anchor, text), _forms_within(group, stretch, anchor, text)):
            if to_come(text.folded.text, hit.start, hit.end) or any(hit.inside(*each) for each in own):
                continue
            return True
    return False
