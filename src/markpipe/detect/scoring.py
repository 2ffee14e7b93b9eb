"""What detection may ask of others, as protocols: word boundaries, token rules, a trained opinion.

Each is asked only about a sentence in which a pattern already holds, so what stands behind it is loaded when the first
such sentence comes.  None of them is a way in, and none keeps a finding from being reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from markpipe.detect.surroundings import Stretch

ACROSS_WORDS = 0.85
MOST_DOWN, MOST_UP = 0.6, 1.1


class WordBoundary(Protocol):
    """Cuts a sentence into words."""

    def words(self, sentence: str) -> Sequence[str]:
        """The words of a sentence, in order; joined they are the sentence."""


class TokenRules(Protocol):
    """Looks for spaCy token patterns."""

    def find(self, rules: Sequence[str], sentence: str) -> Sequence[Stretch]:
        """Where one of the rules (each a JSON list of token descriptions) holds in a sentence."""


class Scorer(Protocol):
    """An opinion learned from findings that people accepted or returned."""

    def likelihood(self, sentence: str) -> float | None:
        """How likely a person accepts a finding in this sentence, 0 to 1; None: no opinion."""


@dataclass(frozen=True, slots=True)
class Scorers:
    """Who can be asked.  None: nobody."""

    boundary: WordBoundary | None = None
    tokens: TokenRules | None = None
    scorer: Scorer | None = None


def cuts_across(words: Sequence[str], start: int, end: int) -> bool:
    """Whether a word begins outside [start, end) and ends inside it, or the other way: 试评 in 考试|评分."""
    low = 0
    for word in words:
        high = low + len(word)
        if low < start < high < end or start < low < end < high:
            return True
        low = high
    return False


def weight(likelihood: float) -> float:
    """The factor that an opinion makes: an even one changes nothing much."""
    return MOST_DOWN + (MOST_UP - MOST_DOWN) * likelihood
