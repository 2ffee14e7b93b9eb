"""How like a stretch of text is to passages that people labelled: a second way in beside the words of dictionaries.

A dictionary finds what it has a word for.  Offices have more words than any list, so a linear model over runs of
characters (`ngrams`) was taught with the labelled passages of `training/`: one set of weights says how like a passage
is to secret points at all, another which item of the catalogues it is most like::

    sentences of a paragraph ──▶ one, two and three together ──▶ over the threshold? ──▶ items, most alike first

It knows no words: weights are kept by the hash of a run.  What it says is an opinion to be looked at by a person; it
sets no level by itself (`alike` keeps its likelihood below what a proposal counts).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from markpipe.detect.ngrams import LONGEST, ends_in, ngrams, points_of

MOST_SENTENCES = 3
SHORTEST = 10
SLACK = 0.15  # by how much counting twice may misjudge: of 4,800 stretches over the threshold none was missed
LONGEST_WINDOW = 400
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences [start, end) of a squeezed text that are like labelled passages by `margin` over the threshold."""

    start: int
    end: int
    margin: float


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """What was learned.

    `gate` and `rarity` have shape (2^BITS + 1,), the last for no run at all: the weight of a run for being secret, and
    how rare it is; what was never seen weighs nothing and is rarest, so that a text of unknown words is like nothing.
    `clause` weighs, within a secret passage, for standing in the clause that is the point.
    What the gate puts at `least` or lower is not looked at further; `threshold` is for gate and most alike item together.
    `floor` keeps a few words from deciding: a shorter stretch counts as if it went on with something else.
    For each run, `starts` says where its weights for items begin in `items` (numbers of `entries`) and `weights`.
    `taught` is the digest of the passages it was learned from.
    `squares` is `rarity` squared; `both` is `gate` and `squares` as one number, real and imaginary, so that one look
    fetches and one addition sums the two.
    """

    gate: Floats
    rarity: Floats
    clause: Floats
    clause_bias: float
    floor: float
    bias: float
    least: float
    threshold: float
    entries: tuple[str, ...]
    offsets: Floats
    starts: NDArray[np.int64]
    items: NDArray[np.uint8]
    weights: Floats
    taught: str
    squares: Floats = field(init=False)
    both: NDArray[np.complex64] = field(init=False)

    def __post_init__(self) -> None:
        squares = np.square(self.rarity)
        object.__setattr__(self, "squares", squares)
        object.__setattr__(self, "both", (self.gate + 1j * squares).astype(np.complex64))

    @classmethod
    def of(cls, data: Any) -> Lessons:
        """From the arrays of a file, in the order that `training/teach.py` writes them."""
        counts = data["counts"].astype(np.int64)
        return cls(
            data["gate"].astype(np.float32),
            data["rarity"].astype(np.float32),
            data["clause"].astype(np.float32),
            float(data["clause_bias"]),
            float(data["floor"]),
            float(data["bias"]),
            float(data["least"]),
            float(data["threshold"]),
            tuple(map(str, data["entries"])),
            data["offsets"],
            np.concatenate(([0], np.cumsum(counts))),
            data["items"],
            data["weights"].astype(np.float32) * data["scales"][data["items"]],
            str(data["taught"]),
        )


@lru_cache(maxsize=1)
def lessons() -> Lessons:
    """What the program comes with, loaded once."""
    with (files("markpipe.detect") / "data" / "lessons.npz").open("rb") as stream, np.load(stream) as data:
        return Lessons.of(data)


class Reading:
    """One squeezed text as the model sees it."""

    def __init__(self, learned: Lessons, text: str, cell_ends: NDArray[np.bool_] | None = None) -> None:
        """`cell_ends`: where a line end only parts the cells of a table row, one a character."""
        self._learned = learned
        self._text = text
        points = points_of(text)
        ends = ends_in(points)
        self._runs = ngrams(points, ends)
        if cell_ends is not None:
            ends = ends & ~cell_ends
        edges = np.concatenate(([0], np.flatnonzero(ends) + 1, [points.size]))
        self._edges = edges[:-1] if edges.size > 1 and edges[-2] == points.size else edges
        first, *others = (learned.both.take(row) for row in self._runs)
        for other in others:
            first += other
        self._before = np.concatenate(([0], np.cumsum(np.add.reduceat(first, self._edges[:-1]), dtype=np.complex128)))
        breaks = points == ord("\n")
        if cell_ends is not None:
            breaks &= ~cell_ends
        self._ends_line = breaks[self._edges[1:] - 1]

    def windows(self) -> tuple[Window, ...]:
        """Stretches over the threshold in text order; of those that overlap the most alike."""
        taken = np.zeros(len(self._text), dtype=np.bool_)
        kept: list[Window] = []
        for window in sorted(self._over(), key=lambda window: (-window.margin, window.start)):
            if not taken[window.start : window.end].any():
                taken[window.start : window.end] = True
                kept.append(window)
        return tuple(sorted(kept, key=lambda window: window.start))

    def _over(self) -> list[Window]:
        edges = self._edges
        over: list[Window] = []
        broken = np.zeros(edges.size - 1, dtype=np.bool_)
        for count in range(1, min(MOST_SENTENCES, edges.size - 1) + 1):
            starts, stops, sums = edges[:-count], edges[count:], self._before[count:] - self._before[:-count]
            if count > 1:  # a line may end behind the last sentence only
                broken = broken[:-1] | self._ends_line[count - 2 : -1]
            lengths = stops - starts
            fit = ~broken & (lengths >= SHORTEST) & (lengths <= LONGEST_WINDOW)
            # near enough to say which to look at: here what stands there twice counts twice
            gates = sums.real / np.sqrt(np.maximum(sums.imag, self._learned.floor))
            for at in np.flatnonzero(fit & (gates > self._learned.least - self._learned.bias - SLACK)):
                start, end = int(starts[at]), int(stops[at])
                if (margin := self.margin(start, end)) > 0:
                    over.append(Window(start, end, margin))
        return over

    def margin(self, start: int, end: int) -> float:
        """How far a stretch is over the threshold (below 0: under it); what stands there twice counts once."""
        learned = self._learned
        runs = self._distinct(start, end)
        length = self._length_of(runs)
        gate = float(learned.gate[runs].sum()) / length + learned.bias
        if gate <= learned.least:
            return -math.inf
        return gate + float(self._scores(runs, length).max()) - learned.threshold

    def _distinct(self, start: int, end: int) -> NDArray[np.int64]:
        return np.unique(self._runs[:, start:end])

    def _length_of(self, runs: NDArray[np.int64]) -> float:
        return math.sqrt(max(float(self._learned.squares[runs].sum()), self._learned.floor))

    def items(self, start: int, end: int) -> tuple[str, ...]:
        """The items that a stretch is like, most alike first."""
        runs = self._distinct(start, end)
        scores = self._scores(runs, self._length_of(runs))
        return tuple(self._learned.entries[at] for at in np.argsort(-scores, kind="stable"))

    def _scores(self, runs: NDArray[np.int64], length: float) -> NDArray[np.float64]:
        """How like the runs are to each item, one for each of the entries."""
        learned = self._learned
        at, whose = self._weights_of(runs)
        said = learned.weights[at] * learned.rarity[runs][whose] / length
        scores = np.bincount(learned.items[at], weights=said, minlength=len(learned.entries))
        return np.asarray(scores + learned.offsets, dtype=np.float64)

    def _weights_of(self, runs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the weights of runs for items lie, run after run, and the number of the run of each."""
        first, held = self._learned.starts[runs], self._learned.starts[runs + 1] - self._learned.starts[runs]
        whose = np.repeat(np.arange(runs.size), held)
        return np.arange(held.sum()) + (first - np.cumsum(held) + held)[whose], whose

    def clauses(self, edges: Sequence[int]) -> list[float]:
        """How much each clause between two edges speaks for being the point itself (below 0: against it)."""
        told = []
        for start, end in pairwise(edges):
            runs = self._distinct(start, end)
            length = math.sqrt(max(float(self._learned.squares[runs].sum()), 1.0))
            value = float(self._learned.clause[runs].sum()) / length + self._learned.clause_bias
            told.append(value * math.sqrt(end - start))
        return told

    def telling(self, start: int, end: int, entry: str, most: int) -> list[tuple[int, int]]:
        """The runs of two and three Chinese characters that speak most for an item, apart from one another, each once."""
        learned = self._learned
        runs = self._runs[1:, start:end].ravel()
        at, whose = self._weights_of(runs)
        of_item = learned.items[at] == learned.entries.index(entry)
        weights = learned.gate[runs]
        weights[whose[of_item]] += learned.weights[at][of_item] * learned.rarity[runs][whose[of_item]]
        told: dict[str, tuple[int, int]] = {}
        for number in np.argsort(-weights, kind="stable").tolist():
            if weights[number] <= 0 or len(told) == most:
                break
            row, offset = divmod(number, end - start)
            low, high = start + offset, start + offset + row + LONGEST - 1
            words = self._text[low:high]
            apart = all(high < other_low or other_high < low for other_low, other_high in told.values())
            if apart and words not in told and _CHINESE.fullmatch(words):
                told[words] = low, high
        return sorted(told.values())
