"""Things that are no secret one by one, and one together: findings whose number reaches an item marked `aggregate`.

::

    own.1  aggregate = 3                       three places of its own patterns
    own.9  aggregate = 2, of = ["4", "7", "8"] two of the items own.4, own.7, own.8, wherever each was found

One document is a folder of one; who gives the same document twice counts its places twice.  Decides nothing: what is
reached is one more thing for a person to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markpipe.detect.catalogue import Catalogue, CatalogueItem
from markpipe.model.finding import Finding

_LONGEST_TOLD = 6


@dataclass(frozen=True, slots=True)
class Reached:
    """An item that many findings make together; `places` are pairs (number of the document, finding), in order."""

    item: CatalogueItem
    places: tuple[tuple[int, Finding], ...]

    @property
    def documents(self) -> tuple[int, ...]:
        """The numbers of the documents concerned, each once."""
        return tuple(dict.fromkeys(number for number, _ in self.places))


def reached(catalogues: Sequence[Catalogue], findings: Sequence[Sequence[Finding]]) -> tuple[Reached, ...]:
    """The aggregate items that the findings of some documents reach together; `findings[n]` are those of document n.

    For items that count places of their own patterns a document's `Look.parts` belong to its findings.
    """
    return tuple(_all_reached(catalogues, findings))


def _all_reached(catalogues: Sequence[Catalogue], findings: Sequence[Sequence[Finding]]) -> Iterator[Reached]:
    by_entry: dict[str, list[tuple[int, Finding]]] = {}
    for number, of_document in enumerate(findings):
        for finding in sorted(of_document, key=lambda finding: finding.span):
            by_entry.setdefault(finding.entry, []).append((number, finding))
    for item in (item for catalogue in catalogues for item in catalogue.items if item.aggregate):
        if item.of:
            places = [by_entry[entry][0] for entry in item.of if entry in by_entry]
        else:
            places = by_entry.get(item.id, [])
        if len(places) >= item.aggregate:
            yield Reached(item, tuple(sorted(places, key=lambda place: (place[0], place[1].span))))


def as_finding(whole: Reached) -> Finding:
    """What is reached within one document, as a finding at its first place; the others are its evidence."""
    first = whole.places[0][1]
    item = whole.item
    told = "、".join(f"“{finding.text}”" for _, finding in whole.places[:_LONGEST_TOLD])
    return Finding(
        entry=item.id,
        kind=item.kind,
        span=first.span,
        text=first.text,
        level=item.level,
        term=item.term,
        item=item.item,
        basis=item.basis,
        produced_at=item.produced_at,
        evidence=tuple(finding.span for _, finding in whole.places[1:]),
        confidence=min(finding.confidence for _, finding in whole.places),
        why=(
            f"单独一项不构成该事项；本文有其中{len(whole.places)}项，汇总起来可能构成（至少{item.aggregate}项）",
            f"各处：{told}",
            f"依据：{item.basis}",
        ),
    )
