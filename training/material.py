"""What is learned from: labelled passages, look-alikes and ordinary prose, as values, and one word for all of them.

::

    tests/detection/*.jsonl     the rounds that the dictionaries were worked on for; never those apart or unseen
    training/*_passages.jsonl   written for this: id, office, entry, kind, level, points, text
    training/*_harmless.jsonl   look-alikes: id, office, text
    training/prose.txt          ordinary prose of many genres, a paragraph a line

All invented.  Standard library only: a test asks whether the model that the program carries was taught with these.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests" / "detection"
CLAUSE = re.compile(r"([^,:;。!?\n，：；！？]+)[,:;。!?\n，：；！？]*")


@dataclass(frozen=True, slots=True)
class Lesson:
    """One text; `entry` is empty for a harmless one, `prose` says that it is ordinary prose."""

    text: str
    entry: str = ""
    points: tuple[tuple[int, int], ...] = ()
    prose: bool = False

    def clauses(self) -> Iterator[tuple[str, bool]]:
        """Its clauses, and whether half of each lies in a point."""
        for match in CLAUSE.finditer(self.text):
            start, end = match.span()
            inside = sum(max(0, min(end, high) - max(start, low)) for low, high in self.points)
            yield match[0], inside * 2 >= len(match[1])


def sources() -> list[Path]:
    """Every file that is learned from, in a fixed order."""
    rounds = [path for path in TESTS.glob("*.jsonl") if "apart" not in path.name]
    return sorted([*rounds, *(ROOT / "training").glob("*.jsonl"), ROOT / "training" / "prose.txt"])


def digest() -> str:
    """What the lessons were, in one word: a model of another word is stale."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources())).hexdigest()


def read() -> list[Lesson]:
    """All lessons: passages, look-alikes whole and by the sentence, prose."""
    lessons: list[Lesson] = []
    for path in sources():
        for line in path.read_text(encoding="utf-8").splitlines():
            if path.suffix == ".jsonl":
                data = json.loads(line)
                points = tuple((low, high) for low, high in data.get("points", ()))
                lessons.append(Lesson(data["text"], data.get("entry", "") if points else "", points))
            elif line.strip():
                lessons.append(Lesson(line.strip(), prose=True))
    return lessons
