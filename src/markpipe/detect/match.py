"""From dictionaries and a text to findings: anchors, the conditions around them, and what explains them.

::

    hits of all words ──▶ covered ones out ──▶ anchors of each pattern ──▶ groups, numbers, times, unless ──▶ matches
    matches ──▶ one an item and sentence ──▶ one a place (the rest is told in `why`) ──▶ findings, most likely first

Proposes nothing.  No cut-off: what is unlikely comes last and says why it is unlikely.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from markpipe.detect.aggregate import as_finding, reached
from markpipe.detect.catalogue import Bound, Catalogue, CatalogueItem, Group, Pattern, Reach, Scope, Status
from markpipe.detect.conditions import is_over, meets, to_come
from markpipe.detect.explain import Evidence, Match, to_finding
from markpipe.detect.forms import compiled_form
from markpipe.detect.genre import genres, is_general, rules_from
from markpipe.detect.surroundings import Stretch, Surroundings
from markpipe.detect.vocabulary import FORM, Hit, Vocabulary
from markpipe.model.document import TextMap
from markpipe.model.finding import Finding
from markpipe.text.fold import Folded
from markpipe.text.squeeze import Squeezed, squeeze

# a text without full stops or paragraphs is one long sentence: what stands farther off has nothing to do with it
_FARTHEST = {Reach.SENTENCE: 400, Reach.PARAGRAPH: 1500}
_LONGEST_WORD = 60
_MOST_EITHER_SIDE = 60
_ENOUGH = 40  # anchors told of one item in one sentence


@dataclass(frozen=True, slots=True)
class _Words:
    """The numbers of the words of a group, and where to look for them."""

    words: frozenset[int]
    scope: Scope
    coming: frozenset[int] = frozenset()
    forms: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A pattern with its words as numbers."""

    item: CatalogueItem
    pattern: Pattern
    anchors: frozenset[int]
    groups: tuple[_Words, ...]
    unless: tuple[_Words, ...]
    times: tuple[tuple[_Words, bool], ...]


@dataclass(slots=True)
class _Text:
    """One document while it is looked through."""

    folded: Folded
    around: Surroundings
    rules_start: int
    by_word: dict[int, list[Hit]] = field(default_factory=dict)
    _present: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _forms: dict[tuple[re.Pattern[str], Stretch], tuple[Hit, ...]] = field(default_factory=dict)
    _squeezed: dict[Stretch, Squeezed] = field(default_factory=dict)

    def present(self, group: _Words) -> tuple[int, ...]:
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


@dataclass(frozen=True, slots=True)
class Look:
    """What a document gives: `findings`, and `parts`, places of aggregate items of which it holds too few alone."""

    findings: tuple[Finding, ...] = ()
    parts: tuple[Finding, ...] = ()


class Matcher:
    """Looks for the items of all catalogues at once.  Building it takes time with the number of words; keep it."""

    def __init__(self, catalogues: Sequence[Catalogue]) -> None:
        self._vocabulary = Vocabulary()
        self._combining = [
            replace(catalogue, items=tuple(item for item in catalogue.items if item.of)) for catalogue in catalogues
        ]
        self._vocabulary.prepare(word for catalogue in catalogues for word in catalogue.words())
        add = self._vocabulary.add_all
        self._covers = frozenset().union(*(add(catalogue.covers) for catalogue in catalogues))
        self._patterns = [
            self._compile(item, pattern)
            for catalogue in catalogues
            for item in catalogue.items
            for pattern in item.patterns
        ]
        self._by_anchor: dict[int, list[int]] = defaultdict(list)
        for index, compiled in enumerate(self._patterns):
            for word in compiled.anchors:
                self._by_anchor[word].append(index)

    def _compile(self, item: CatalogueItem, pattern: Pattern) -> _Compiled:
        add = self._vocabulary.add_all

        def words(group: Group) -> _Words:
            return _Words(
                add(group.words), group.scope, add(group.coming), tuple(compiled_form(form) for form in group.forms)
            )

        return _Compiled(
            item,
            pattern,
            add(pattern.terms),
            tuple(words(group) for group in pattern.groups),
            tuple(words(group) for group in pattern.unless),
            tuple((_Words(add(rule.events), rule.scope), rule.before) for rule in pattern.times),
        )

    def find(self, text_map: TextMap, folded: Folded) -> tuple[Finding, ...]:
        """The findings in a document, most likely first, then in the order of the text."""
        return self.look(text_map, folded).findings

    def look(self, text_map: TextMap, folded: Folded) -> Look:
        """The findings in a document, and beside them what only counts together with other documents."""
        hits = self._uncovered(self._vocabulary.hits(folded))
        if not hits:
            return Look()
        kinds_of_text = genres(folded.text)
        text = _Text(folded, Surroundings(text_map, folded), rules_from(folded.text, kinds_of_text))
        for hit in hits:
            text.by_word.setdefault(hit.word, []).append(hit)
        enough, too_few = _gathered(_one_a_unit(self._matches(text)))
        whole, parts = (
            tuple(
                to_finding(match, others, folded, self._vocabulary, kinds_of_text)
                for match, others in _one_a_place(matches)
            )
            for matches in (enough, too_few)
        )
        together = tuple(as_finding(each) for each in reached(self._combining, [whole]))
        return Look(_likely_first((*whole, *together)), _likely_first(parts))

    def _uncovered(self, hits: list[Hit]) -> list[Hit]:
        """Without the hits inside a longer harmless word, and without the harmless words themselves."""
        covers = [hit for hit in hits if hit.word in self._covers]
        if not covers:
            return hits
        starts = [cover.start for cover in covers]
        longest = max(cover.end - cover.start for cover in covers)
        kept = []
        for hit in hits:
            near = covers[bisect_left(starts, hit.end - longest) : bisect_left(starts, hit.start + 1)]
            if not any(hit.inside(cover.start, cover.end) for cover in near):
                kept.append(hit)
        return kept

    def _matches(self, text: _Text) -> Iterator[Match]:
        candidates: dict[int, list[Hit]] = defaultdict(list)
        for word, hits in text.by_word.items():
            for index in self._by_anchor.get(word, ()):
                candidates[index].extend(hits)
        for index in sorted(candidates):
            compiled = self._patterns[index]
            told: Counter[Stretch] = Counter()
            for anchor in _longest(candidates[index]):
                unit = text.around.units.at(anchor.start)
                if told[unit] < _ENOUGH and (match := _evaluate(compiled, anchor, unit, text)) is not None:
                    told[unit] += 1
                    yield match


def _longest(hits: list[Hit]) -> list[Hit]:
    """Of hits that lie inside one another only the longest."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return kept


def _evaluate(compiled: _Compiled, anchor: Hit, unit: Stretch, text: _Text) -> Match | None:
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
    # a form reaches over what stands in its gaps, and does not speak for it
    said = (each for each in evidence if each.hit is None or each.hit.word != FORM)
    own = [(anchor.start, anchor.end), *((each.start, each.end) for each in said)]
    if any(_speaks_against(group, anchor, text, own) for group in compiled.unless):
        return None
    return Match(compiled.item, pattern, anchor, tuple(evidence), unit)


def _number(bound: Bound, anchor: Hit, text: _Text) -> Evidence | None:
    for low, high in text.around.stretches(bound.scope, anchor.start):
        reach = bound.scope.characters or _FARTHEST.get(bound.scope.reach, high - low)
        start, end = max(low, anchor.start - reach), min(high, anchor.end + reach)
        if number := meets(bound, text.folded.text, start, end):
            return Evidence(number.start, number.end, bound.label, chinese=number.chinese)
    return None


def _nearest(group: _Words, anchor: Hit, text: _Text, *, before: bool | None = None) -> Hit | None:
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


def _in_time(hit: Hit, text: _Text, before: bool) -> bool:
    judge = to_come if before else is_over
    return judge(text.folded.text, hit.start, hit.end)


def _within(group: _Words, stretch: Stretch, anchor: Hit, text: _Text) -> Iterator[Hit]:
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


def _speaks_against(group: _Words, anchor: Hit, text: _Text, own: list[Stretch]) -> bool:
    """Whether a word stands there that speaks against: not denied (尚未公布), not part of a word that was matched."""
    for stretch in text.around.stretches(group.scope, anchor.start):
        for hit in _within(group, stretch, anchor, text):
            if to_come(text.folded.text, hit.start, hit.end) or any(hit.inside(*each) for each in own):
                continue
            return True
    return False


def _one_a_unit(matches: Iterator[Match]) -> list[Match]:
    """For each item and sentence the best match; the other anchors there become its evidence."""
    together: dict[tuple[str, Stretch], list[Match]] = defaultdict(list)
    for match in matches:
        together[match.item.id, match.unit].append(match)
    return [
        replace(min(several, key=_rank), anchors=tuple(_longest([match.anchor for match in several])))
        for several in together.values()
    ]


def _gathered(matches: list[Match]) -> tuple[list[Match], list[Match]]:
    """Apart from the rest the matches of items that only many of together make (`aggregate`), where there are fewer."""
    count = Counter(match.item.id for match in matches)
    enough = [match for match in matches if count[match.item.id] >= match.item.aggregate]
    return enough, [match for match in matches if count[match.item.id] < match.item.aggregate]


def _likely_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (-finding.confidence, finding.span, finding.entry)))


def _rank(match: Match) -> tuple[bool, float, int, int, int, int, str]:
    return match.rank


def _like(one: CatalogueItem, other: CatalogueItem) -> bool:
    """Whether one may stand for the other: never what is in force for what is not, nor another kind."""
    return one.kind is other.kind and (one.status is Status.SUPERSEDED) is (other.status is Status.SUPERSEDED)


def _one_a_place(matches: list[Match]) -> list[tuple[Match, tuple[Match, ...]]]:
    """Where matches of one kind share an anchor, the most likely one stands for them; the others are told with it."""
    taken: list[tuple[Match, list[Match]]] = []
    by_unit: dict[Stretch, list[int]] = defaultdict(list)
    for match in sorted(matches, key=_rank):
        for index in by_unit[match.unit]:
            first, others = taken[index]
            if _like(first.item, match.item) and first.shares_anchor(match):
                others.append(match)
                break
        else:
            by_unit[match.unit].append(len(taken))
            taken.append((match, []))
    return [(match, tuple(others)) for match, others in taken]
