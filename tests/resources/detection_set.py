"""The labelled set of `tests/detection`: reading it, disturbing it, and counting what the dictionaries make of it.

::

    passages.jsonl        id, office, entry, kind, level, points [[start, end], …], text
    passages_apart.jsonl  the tenth (by hash) that nobody looks at while the dictionaries are worked on
    harmless.jsonl, harmless_apart.jsonl     look-alikes: id, office, text
    round_*.jsonl                            later rounds, written apart from the dictionaries, then worked on
    unseen/                                  a round that the dictionaries were never worked on for: figures only

A point is found where a finding of its kind touches it; it is covered where that finding holds at least half of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from markpipe.detect.trial import Trial
from markpipe.model.finding import Finding, Kind
from markpipe.text.build_tables import DATA, read_pairs

SET = Path(__file__).parents[1] / "detection"
PARAGRAPH = 80


@dataclass(frozen=True)
class Passage:
    """One labelled text; a harmless one has no points."""

    id: str
    office: str
    text: str
    entry: str = ""
    kind: Kind | None = None
    level: str | None = None
    points: tuple[tuple[int, int], ...] = ()


@dataclass
class Tally:
    """What came out, as counts; `wrong` names what did not come out as it should."""

    points: int = 0
    found: int = 0
    covered: int = 0
    levelled: int = 0
    level_right: int = 0
    without: int = 0
    null_right: int = 0
    harmless: int = 0
    flagged: int = 0
    wrong: list[str] = field(default_factory=list)


def read(name: str) -> tuple[Passage, ...]:
    """The passages of one file of the set."""
    return tuple(_passage(json.loads(line)) for line in (SET / name).read_text(encoding="utf-8").splitlines())


def _passage(data: dict[str, Any]) -> Passage:
    return Passage(
        data["id"],
        data["office"],
        data["text"],
        data.get("entry", ""),
        Kind(data["kind"]) if "kind" in data else None,
        data.get("level"),
        tuple((start, end) for start, end in data.get("points", ())),
    )


def tally(trial: Trial, passages: Sequence[Passage]) -> Tally:
    """Count over passages and look-alikes."""
    counts = Tally()
    for passage in passages:
        findings = trial.find(passage.text)
        if passage.points:
            _count_points(counts, passage, findings)
            _count_level(counts, passage, findings)
            continue
        counts.harmless += 1
        if flags := [finding.entry for finding in findings if finding.kind is Kind.STATE_SECRET]:
            counts.flagged += 1
            counts.wrong.append(f"flagged {','.join(flags)}: {passage.text}")
    return counts


def _count_points(counts: Tally, passage: Passage, findings: Sequence[Finding]) -> None:
    for start, end in passage.points:
        shared = [
            min(end, finding.span.end) - max(start, finding.span.start)
            for finding in findings
            if finding.kind is passage.kind
        ]
        longest = max(shared, default=0)
        counts.points += 1
        counts.found += longest > 0
        counts.covered += longest * 2 >= end - start
        if longest <= 0:
            counts.wrong.append(f"missed {passage.entry}: {passage.text}")
        elif longest * 2 < end - start:
            counts.wrong.append(f"narrow {passage.entry}: {[finding.text for finding in findings]}: {passage.text}")


def _count_level(counts: Tally, passage: Passage, findings: Sequence[Finding]) -> None:
    first = findings[0].level.label if findings and findings[0].level else None
    if passage.level:
        counts.levelled += 1
        counts.level_right += first == passage.level
    else:
        counts.without += 1
        counts.null_right += first is None
    if findings and first != passage.level:
        counts.wrong.append(
            f"level {first}, not {passage.level} ({findings[0].entry}, not {passage.entry}): {passage.text}"
        )


# -- noise ----------------------------------------------------------------------------------------------------------


@cache
def _older_forms() -> dict[str, str]:
    """A traditional form for each simplified character that has one."""
    forms: dict[str, str] = {}
    for old, new in read_pairs(DATA / "variants.tsv").items():
        forms.setdefault(new, old)
    return forms


@cache
def _radicals() -> dict[str, str]:
    return {new: old for old, new in read_pairs(DATA / "radicals.tsv").items()}


_DIGITS = "〇一二三四五六七八九"
_SMALL = re.compile(r"(?<![\d.:：∶一二三四五六七八九十])([1-9])(?=[份套册箱人名条个])")


def _each(text: str, change: Callable[[str], str]) -> str:
    return "".join(change(character) for character in text)


def _between(text: str, noise: str) -> str:
    """Noise between all pairs of Chinese characters of a point."""
    return re.sub(r"(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])", noise, text)


LINE_BREAK = "line-break"
NOISE: dict[str, Callable[[str], str]] = {
    "traditional": lambda text: _each(text, lambda c: _older_forms().get(c, c)),
    "width": lambda text: _each(text, lambda c: chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c),
    "radical": lambda text: _each(text, lambda c: _radicals().get(c, c)),
    "invisible": lambda text: _between(text, "\u200b"),
    "spacing": lambda text: _between(text, " "),
    "symbols": lambda text: _between(text, "·"),
    "case": lambda text: text.upper(),
    "numeral": lambda text: _SMALL.sub(lambda match: _DIGITS[int(match[1])], text),
}


def disturbed(passages: Sequence[Passage], noise: str) -> Iterator[Passage]:
    """The passages with one kind of noise inside their points; those that it does not change are left out."""
    for passage in passages:
        other = _wrapped(passage) if noise == LINE_BREAK else _changed(passage, NOISE[noise])
        if other.text != passage.text:
            yield other


def _changed(passage: Passage, change: Callable[[str], str]) -> Passage:
    text, points, at = "", [], 0
    for start, end in passage.points:
        text += passage.text[at:start]
        low = len(text)
        text += change(passage.text[start:end])
        points.append((low, len(text)))
        at = end
    return replace(passage, text=text + passage.text[at:], points=tuple(points))


def _wrapped(passage: Passage) -> Passage:
    """The passage set in lines of equal width, one of which ends inside its first point."""
    start, end = passage.points[0]
    middle, text = (start + end) // 2, passage.text
    width = next((width for width in range(16, 40) if middle % width == 0), middle)
    if width < 8 or not text[:middle].isalnum() or "\n" in text or "\t" in text:
        return passage
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    moved = tuple((low + (low - 1) // width, high + (high - 1) // width) for low, high in passage.points)
    return replace(passage, text="\n".join(lines), points=moved)
