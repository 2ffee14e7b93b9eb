"""From dictionaries and a text to findings: anchors, the conditions around them, and what explains them.

::

    hits of all words ──▶ covered ones out ──▶ anchors of each pattern ──▶ groups, numbers, times, unless ──▶ matches
    matches ──▶ one an item and sentence ──▶ one a place (the rest is told in `why`) ──▶ findings, most likely first

Proposes nothing.  No cut-off: what is unlikely comes last and says why it is unlikely.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from markpipe.detect.aggregate import as_finding, reached
from markpipe.detect.alike import Alike, Likely, Setting, alike_findings, doubt
from markpipe.detect.catalogue import Catalogue, CatalogueItem, Group, Pattern, Status
from markpipe.detect.evaluate import Compiled, Text, Words, evaluate
from markpipe.detect.explain import Match, to_finding
from markpipe.detect.forms import compiled_form
from markpipe.detect.genre import genres, rules_from
from markpipe.detect.likeness import Lessons
from markpipe.detect.scoring import ACROSS_WORDS, Scorers, cuts_across, weight
from markpipe.detect.surroundings import Stretch, Surroundings
from markpipe.detect.vocabulary import Hit, Vocabulary
from markpipe.model.document import TextMap
from markpipe.model.finding import Finding
from markpipe.text.fold import Folded

_ASKED = 60  # characters either side that are given to a segmenter or a model
_ENOUGH = 40  # anchors told of one item in one sentence


@dataclass(frozen=True, slots=True)
class Look:
    """What a document gives: `findings`, and `parts`, places of aggregate items of which it holds too few alone."""

    findings: tuple[Finding, ...] = ()
    parts: tuple[Finding, ...] = ()


class Matcher:
    """Looks for the items of all catalogues at once.  Building it takes time with the number of words; keep it."""

    def __init__(
        self, catalogues: Sequence[Catalogue], scorers: Scorers | None = None, learned: Lessons | None = None
    ) -> None:
        """`learned`: also propose what is like those lessons (`alike`); None: what dictionaries have words for, alone."""
        self._scorers = scorers or Scorers()
        self._alike = None
        if learned is not None:
            items = {item.id: item for catalogue in catalogues for item in catalogue.items}
            self._alike = Alike(items, learned)
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
        self._needed = [(compiled.needed(wide=False), compiled.needed(wide=True)) for compiled in self._patterns]
        # for each word, as bits, the patterns that it can anchor and those that look for it at all
        self._anchored: dict[int, int] = defaultdict(int)
        self._used: dict[int, int] = defaultdict(int)
        for index, compiled in enumerate(self._patterns):
            for word in compiled.anchors:
                self._anchored[word] |= 1 << index
            for word in compiled.words:
                self._used[word] |= 1 << index

    def _compile(self, item: CatalogueItem, pattern: Pattern) -> Compiled:
        add = self._vocabulary.add_all

        def words(group: Group) -> Words:
            return Words(
                add(group.words), group.scope, add(group.coming), tuple(compiled_form(form) for form in group.forms)
            )

        return Compiled(
            item,
            pattern,
            add(pattern.terms),
            tuple(words(group) for group in pattern.groups),
            tuple(words(group) for group in pattern.unless),
            tuple((Words(add(rule.events), rule.scope), rule.before) for rule in pattern.times),
        )

    def find(self, text_map: TextMap, folded: Folded) -> tuple[Finding, ...]:
        """The findings in a document, most likely first, then in the order of the text."""
        return self.look(text_map, folded).findings

    def look(self, text_map: TextMap, folded: Folded) -> Look:
        """The findings in a document, and beside them what only counts together with other documents."""
        seen = self._vocabulary.seen(folded)
        there = seen.words
        possible = self._possible(there, there)
        reading, likely = self._alike.read(folded, seen.squeezed) if self._alike else (None, ())
        if not possible and not likely:
            return Look()
        kinds_of_text = genres(folded.text)
        text = Text(
            folded,
            seen.squeezed,
            Surroundings(text_map, folded),
            rules_from(folded.text, kinds_of_text),
            self._scorers.tokens,
        )
        wanted = {word for word in there if self._used.get(word, 0) & possible or word in self._covers}
        hits = self._uncovered(self._vocabulary.hits(seen, wanted))
        for hit in hits:
            text.by_word.setdefault(hit.word, []).append(hit)
        enough, too_few = _gathered(_one_a_unit(self._matches(text, hits)))
        whole, parts = (
            tuple(
                to_finding(self._weighed(match, folded, likely), others, folded, self._vocabulary, kinds_of_text)
                for match, others in _one_a_place(matches)
            )
            for matches in (enough, too_few)
        )
        if reading is not None:
            setting = Setting(folded, seen.squeezed, text.around, kinds_of_text, text.rules_start)
            whole += tuple(alike_findings(reading, likely, setting, whole))
        together = tuple(as_finding(each) for each in reached(self._combining, [whole]))
        return Look(_likely_first((*whole, *together)), _likely_first(parts))

    def _weighed(self, match: Match, folded: Folded, likely: Sequence[Likely]) -> Match:
        """A match with what word boundaries, likeness and a trained opinion say of its sentence."""
        low = max(match.unit[0], match.anchor.start - _ASKED)
        sentence = folded.text[low : min(match.unit[1], match.anchor.end + _ASKED)]
        start, end = match.anchor.start - low, match.anchor.end - low
        opinions: list[tuple[str, float]] = []
        if (elsewhere := doubt(likely, match.item, match.anchor.start)) is not None:
            opinions.append(elsewhere)
        boundary, scorer = self._scorers.boundary, self._scorers.scorer
        # longer words hardly ever stand across two others
        if boundary is not None and end - start == 2 and cuts_across(boundary.words(sentence), start, end):
            opinions.append(("按分词，命中词语跨在两个词上", ACROSS_WORDS))
        if scorer is not None and (likelihood := scorer.likelihood(sentence)) is not None:
            opinions.append((f"按以往采纳和退回的提示，采纳的可能为{likelihood:.0%}", weight(likelihood)))
        return replace(match, opinions=tuple(opinions)) if opinions else match

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

    def _possible(self, here: set[int], anywhere: set[int]) -> int:
        """The patterns, as bits, that can hold in a stretch with the words `here`: most can be told not to without a look.

        `anywhere`: the words of the whole text, for the conditions that reach beyond a paragraph.
        """
        anchored = 0
        for word in here:
            anchored |= self._anchored.get(word, 0)
        possible = 0
        while anchored:
            bit = anchored & -anchored
            anchored ^= bit
            near, wide = self._needed[bit.bit_length() - 1]
            if not any(words.isdisjoint(here) for words in near) and not any(
                words.isdisjoint(anywhere) for words in wide
            ):
                possible |= bit
        return possible

    def _matches(self, text: Text, hits: Sequence[Hit]) -> Iterator[Match]:
        candidates: dict[int, list[Hit]] = defaultdict(list)
        paragraphs, anywhere = text.around.paragraphs, set(text.by_word)
        for _, together in groupby(hits, key=lambda hit: paragraphs.index(hit.start)):
            here = list(together)
            possible = self._possible({hit.word for hit in here}, anywhere)
            if not possible:
                continue
            for hit in here:
                patterns = self._anchored.get(hit.word, 0) & possible
                while patterns:
                    bit = patterns & -patterns
                    patterns ^= bit
                    candidates[bit.bit_length() - 1].append(hit)
        for index in sorted(candidates):
            compiled = self._patterns[index]
            told: Counter[Stretch] = Counter()
            for anchor in _longest(candidates[index]):
                unit = text.around.units.at(anchor.start)
                if told[unit] < _ENOUGH and (match := evaluate(compiled, anchor, unit, text)) is not None:
                    told[unit] += 1
                    yield match


def _longest(hits: list[Hit]) -> list[Hit]:
    """Of hits that lie inside one another only the longest."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return kept


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
