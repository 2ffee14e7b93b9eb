"""Where a draft repeats a registered source: runs of matching grams, joined over small edits.

::

    source   ……启用前试题由专人保管存放于保密室……
    draft      ……启用前试题由专人看管存放于保密室……        one edited character breaks K grams,
               ===segment=====  X ====segment====           so segments on (nearly) the same diagonal are joined

An excerpt needs `SHORTEST` agreeing characters that are not stock phrases (`reuse.stock`); a digit counts half and a
Latin letter a quarter, for a word of five letters says about as much as a Chinese character or two.  What this module does not find: paraphrase, translation, or sentences taken apart to less
than K characters.  It never decides what an excerpt means; `classify` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from markpipe.model.finding import Excerpt
from markpipe.reuse.fingerprints import Fingerprints, K, Positions, counted, gram_hashes, squeezed
from markpipe.reuse.stock import stock_mask
from markpipe.text.fold import Folded

SHORTEST = 16
"""Agreeing Han characters, not counting stock phrases, from which on a draft counts as quoting: a clause, not a term."""

GAP = 24
"""Counted characters of the draft, stock phrases aside, that may stand between two segments of one excerpt."""

DRIFT = 2
"""Characters that an edit inside an excerpt may add or leave out between two segments."""

REPEATS = 16
"""How many of the places of one gram in a source are followed; beyond, it is a table head or filling."""

_BUCKETS = 1 << 16


@dataclass(frozen=True, slots=True)
class _Draft:
    """A draft made ready for comparison.

    `hashes` are sorted, `grams` the places of the same grams; those wholly of stock are left out.  `seen` is a coarse
    filter by their low bits, `own` counts the characters before each place that are not stock.
    """

    offsets: Positions
    hashes: NDArray[np.uint64]
    grams: Positions
    seen: NDArray[np.bool_]
    weight: NDArray[np.float64]
    own: NDArray[np.int64]


@dataclass(slots=True)
class _Chain:
    """Segments that belong together: half-open stretches of counted characters (draft start, draft end, diagonal)."""

    segments: list[tuple[int, int, int]]

    @property
    def long_enough(self) -> bool:
        """Whether it can reach `SHORTEST` at all; most chance agreements end here."""
        return sum(end - start for start, end, _ in self.segments) >= SHORTEST

    @property
    def start(self) -> int:
        return self.segments[0][0]

    @property
    def end(self) -> int:
        return self.segments[-1][1]

    @property
    def diagonal(self) -> int:
        return self.segments[-1][2]

    def agreed(self) -> NDArray[np.int64]:
        """The counted characters of the draft that agree with the source."""
        return np.unique(np.concatenate([np.arange(start, end) for start, end, _ in self.segments]))


def find_excerpts(folded: Folded, registered: Sequence[tuple[str, Fingerprints]], key: bytes) -> tuple[Excerpt, ...]:
    """The stretches of a draft that repeat registered sources, in reading order.

    `registered` pairs a source's id with its fingerprints; spans are raw offsets of the draft.  Fingerprints made
    with another key match nothing: check `Fingerprints.made_with` first.
    """
    draft = _prepare(folded, key)
    found: list[Excerpt] = []
    for source, prints in registered:
        found.extend(_excerpts(folded, draft, source, prints))
    return tuple(sorted(found, key=lambda excerpt: (excerpt.span, excerpt.source)))


def _prepare(folded: Folded, key: bytes) -> _Draft:
    offsets = counted(folded.text)
    text = squeezed(folded.text, offsets)
    stock = stock_mask(folded.text, offsets, text)
    own = np.concatenate([[0], np.cumsum(~stock)])
    hashes = gram_hashes(text, key)
    grams = np.flatnonzero(own[K : K + len(hashes)] > own[: len(hashes)])
    grams = grams[np.argsort(hashes[grams], kind="stable")]
    hashes = hashes[grams]
    seen = np.zeros(_BUCKETS, dtype=np.bool_)
    seen[hashes & np.uint64(_BUCKETS - 1)] = True
    weight = np.fromiter(map(_weight, text), np.float64, len(text))
    weight[stock] = 0.0
    return _Draft(offsets, hashes, grams, seen, weight, own)


def _weight(char: str) -> float:
    if not char.isascii():
        return 1.0
    return 0.5 if char.isdigit() else 0.25


def _excerpts(folded: Folded, draft: _Draft, source: str, prints: Fingerprints) -> list[Excerpt]:
    in_source = _shared(draft, prints.hashes)
    if len(in_source) < 2:
        return []
    coverage = len(in_source) / len(prints.hashes)
    chains = _chains(_segments(*_pairs(draft, prints, in_source)), draft.own)
    kept: list[Excerpt] = []
    taken: list[tuple[int, int]] = []
    for chain, agreed in sorted(((chain, chain.agreed()) for chain in chains if chain.long_enough), key=_longest_first):
        if draft.weight[agreed].sum() < SHORTEST or any(
            low <= chain.start and chain.end <= high for low, high in taken
        ):
            continue
        taken.append((chain.start, chain.end))
        span = folded.raw_span(int(draft.offsets[chain.start]), int(draft.offsets[chain.end - 1]) + 1)
        place = prints.place_of(chain.start + chain.segments[0][2])
        kept.append(Excerpt(source, span, len(agreed), round(coverage, 4), place))
    return kept


def _longest_first(entry: tuple[_Chain, NDArray[np.int64]]) -> tuple[int, int, int]:
    chain, agreed = entry
    return -len(agreed), chain.start, chain.segments[0][2]


def _shared(draft: _Draft, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Which grams of a source the draft holds (indices into `hashes`)."""
    if not len(draft.hashes):
        return np.empty(0, dtype=np.int64)
    likely = np.flatnonzero(draft.seen[hashes & np.uint64(_BUCKETS - 1)])
    at = np.minimum(np.searchsorted(draft.hashes, hashes[likely]), len(draft.hashes) - 1)
    shared: NDArray[np.int64] = likely[draft.hashes[at] == hashes[likely]]
    return shared


def _pairs(draft: _Draft, prints: Fingerprints, in_source: NDArray[np.int64]) -> tuple[Positions, Positions]:
    """Every (gram of the draft, position in the source) with one hash, at most `REPEATS` positions a gram."""
    hashes = prints.hashes[in_source]
    order = np.argsort(hashes, kind="stable")
    hashes, positions = hashes[order], prints.positions[in_source][order]
    first = np.searchsorted(hashes, hashes)
    few = np.arange(len(hashes)) - first < REPEATS
    hashes, positions = hashes[few], positions[few]
    low = np.searchsorted(draft.hashes, hashes, side="left")
    times = np.searchsorted(draft.hashes, hashes, side="right") - low
    within = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    return draft.grams[np.repeat(low, times) + within], np.repeat(positions, times)


def _segments(draft_positions: Positions, source_positions: Positions) -> list[tuple[int, int, int]]:
    """Runs of grams that follow each other in both texts: (start, end in counted characters of the draft, diagonal)."""
    diagonals = source_positions - draft_positions
    order = np.lexsort((draft_positions, diagonals))
    at, diagonal = draft_positions[order], diagonals[order]
    breaks = np.flatnonzero((np.diff(at) != 1) | (np.diff(diagonal) != 0)) + 1
    starts = np.concatenate([[0], breaks])
    ends = np.concatenate([breaks, [len(at)]]) - 1
    runs = zip(at[starts].tolist(), (at[ends] + K).tolist(), diagonal[starts].tolist(), strict=True)
    return sorted(runs)


def _chains(segments: list[tuple[int, int, int]], own: NDArray[np.int64]) -> list[_Chain]:
    """Join each segment to the nearest earlier chain that it continues, or let it begin one."""
    closed: list[_Chain] = []
    alive: list[_Chain] = []
    for start, end, diagonal in segments:
        still = [chain for chain in alive if own[start] - own[chain.end] <= GAP]
        closed.extend(chain for chain in alive if own[start] - own[chain.end] > GAP)
        alive = still
        fitting = [chain for chain in alive if abs(chain.diagonal - diagonal) <= DRIFT and end > chain.end]
        if fitting:
            best = min(fitting, key=lambda chain: (abs(chain.diagonal - diagonal), abs(start - chain.end)))
            best.segments.append((start, end, diagonal))
        else:
            alive.append(_Chain([(start, end, diagonal)]))
    return closed + alive
