"""Which findings count: a threshold that somebody asked for, a baseline of findings that were looked at before, and
findings that somebody put aside with a reason.

A finding that does not count is still reported; it only does not decide how the command ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from markpipe.model.classification import Level
from markpipe.model.finding import Finding, Kind

BY_DEFAULT = frozenset({Kind.STATE_SECRET, Kind.DERIVATION, Kind.MARK})


@dataclass(frozen=True, slots=True)
class Suppression:
    """One finding that an approver put aside until a day (that day included); known by its fingerprint alone."""

    fingerprint: str
    reason: str
    approver: str
    expires: dt.date


@dataclass(frozen=True, slots=True)
class PutAside:
    """Suppressions sorted by what becomes of them: in use, past their day though still found, found no more."""

    used: tuple[Suppression, ...] = ()
    expired: tuple[Suppression, ...] = ()
    unused: tuple[Suppression, ...] = ()

    @property
    def fingerprints(self) -> frozenset[str]:
        """The findings that do not count."""
        return frozenset(each.fingerprint for each in self.used)


def put_aside(suppressions: Sequence[Suppression], found: Collection[str], on: dt.date) -> PutAside:
    """Sort suppressions by the fingerprints that were found, as of a day."""
    there = [each for each in suppressions if each.fingerprint in found]
    return PutAside(
        tuple(each for each in there if each.expires >= on),
        tuple(each for each in there if each.expires < on),
        tuple(each for each in suppressions if each.fingerprint not in found),
    )


@dataclass(frozen=True, slots=True)
class Threshold:
    """Findings of these kinds count; those about state secrets only from `level` up (None counts them all).

    A finding whose level nobody can say yet (a bare citation) always counts: it may be any level.
    """

    kinds: frozenset[Kind] = BY_DEFAULT
    level: Level | None = None

    def reached_by(self, finding: Finding, known: Collection[str] = ()) -> bool:
        """Whether a finding counts; `known` holds the fingerprints of a baseline."""
        if finding.kind not in self.kinds or (finding.fingerprint and finding.fingerprint in known):
            return False
        if self.level is None or finding.level is None or finding.kind not in BY_DEFAULT:
            return True
        return finding.level >= self.level


def parse_threshold(words: Collection[str]) -> Threshold:
    """Read `--fail-on` words: a level (秘密 means from 秘密 up), or kinds; `ValueError` in Chinese for any other."""
    if not words:
        return Threshold()
    levels: list[Level] = []
    kinds: set[Kind] = set()
    for word in words:
        if word in tuple(Kind):
            kinds.add(Kind(word))
            continue
        try:
            levels.append(Level.from_label(word))
        except ValueError:
            raise ValueError(f"“{word}”既不是密级也不是种类，可写{'、'.join(_WORDS)}") from None
    if levels:
        kinds |= BY_DEFAULT
    return Threshold(frozenset(kinds), min(levels, default=None))


_WORDS = (*(level.label for level in sorted(Level, reverse=True)), *Kind)
