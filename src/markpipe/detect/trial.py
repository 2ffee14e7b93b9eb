"""Trying dictionaries on passages: what is found, and whether examples come out as their writer expects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from markpipe.detect.catalogue import Catalogue
from markpipe.detect.likeness import Lessons
from markpipe.detect.match import Matcher
from markpipe.detect.scoring import Scorers
from markpipe.model.document import Part, PartKind, TextMap
from markpipe.model.finding import Finding
from markpipe.text.fold import fold
from markpipe.text.lines import line_ends


class Trial:
    """One set of dictionaries, tried on one passage after the other."""

    def __init__(
        self, catalogues: Sequence[Catalogue], scorers: Scorers | None = None, learned: Lessons | None = None
    ) -> None:
        """`learned` as in `Matcher`; an item's own examples are to be found by its own words, so they go without."""
        self._matcher = Matcher(catalogues, scorers, learned)
        self._known = {item.id for catalogue in catalogues for item in catalogue.items}

    def find(self, passage: str) -> tuple[Finding, ...]:
        """What a passage gives, most likely first."""
        if not passage:
            return ()
        joins, gaps = line_ends(passage)
        text_map = TextMap(
            passage, (Part("text", PartKind.BODY, 0, len(passage)),), np.asarray(joins), np.asarray(gaps)
        )
        return self._matcher.find(text_map, fold(text_map))

    def example(self, example: Mapping[str, Any]) -> tuple[list[dict[str, str]], int]:
        """What does not come out as expected of one item's examples, and how many there were.

        `yes`: passages in which the item must be found (it may stand behind a more likely one at the same place);
        `no`: passages in which it must not be.
        """
        entry = str(example["entry"])
        yes, no = _texts(example.get("yes")), _texts(example.get("no"))
        if entry not in self._known:
            return [{"entry": entry, "problem": "没有这个事项"}], len(yes) + len(no)
        failures = []
        for number, passage in enumerate(yes, start=1):
            if not any(_names(finding, entry) for finding in self.find(passage)):
                failures.append({"entry": entry, "problem": f"第{number}条应命中的例句没有命中"})
        for number, passage in enumerate(no, start=1):
            if any(_names(finding, entry) for finding in self.find(passage)):
                failures.append({"entry": entry, "problem": f"第{number}条不应命中的例句命中了"})
        return failures, len(yes) + len(no)


def _names(finding: Finding, entry: str) -> bool:
    if finding.entry == entry:
        return True
    return any(entry in _told(why) for why in finding.why)


def _told(why: str) -> tuple[str, ...]:
    """The ids of the items that `explain` tells with a finding: 同一处还符合：a（机密）；b."""
    head, _, rest = why.partition("同一处还符合：")
    return () if head else tuple(each.partition("（")[0] for each in rest.split("；"))


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
