"""What the files of one review make only together (PUB-7): kept file by file as small values, told at the end.

Only findings that some `aggregate` item of the dictionaries counts are kept.  What one file reaches alone is a finding of
that file and not told again.  Nothing is remembered from one review to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markpipe.classify.publication import combination
from markpipe.detect.aggregate import Reached, reached
from markpipe.detect.catalogue import Catalogue
from markpipe.model.finding import Finding
from markpipe.model.publication import ClearanceKind, Reason
from markpipe.pipeline.review import Reviewed
from markpipe.report.places import ExcerptMode
from markpipe.report.review import Entry, Told, told


@dataclass(frozen=True, slots=True)
class _Kept:
    """One file's part: its name, the findings that count, how each is told, and whether a person has settled it."""

    name: str
    findings: tuple[Finding, ...]
    told: tuple[Told, ...]
    settled: bool


class Together:
    """Collects while files are reviewed; `applied` holds the files that make something together."""

    def __init__(self, catalogues: Sequence[Catalogue]) -> None:
        self._catalogues = catalogues
        items = [item for catalogue in catalogues for item in catalogue.items if item.aggregate]
        self._counted = frozenset(entry for item in items for entry in (item.of or (item.id,)))
        self._kept: list[_Kept] = []

    def add(self, one: Reviewed, excerpt: ExcerptMode) -> None:
        """Keep what of a file may count."""
        assessment = one.material.assessment
        findings = tuple(
            finding for finding in (*assessment.findings, *assessment.parts) if finding.entry in self._counted
        )
        if findings:
            settled = any(
                each.kind is ClearanceKind.ANSWERED and each.code == "aggregation" for each in one.material.clearances
            )
            shown = tuple(told(_reason(finding, one), one.document, excerpt) for finding in findings)
            self._kept.append(_Kept(one.name, findings, shown, settled))

    def applied(self, entries: Sequence[Entry]) -> list[Entry]:
        """The same entries, those concerned held with a reason each."""
        more: dict[str, list[Told]] = {}
        for whole in reached(self._catalogues, [kept.findings for kept in self._kept]):
            if len(whole.documents) > 1:
                self._tell(whole, more)
        return [entry.held(more[entry.path]) if entry.path in more else entry for entry in entries]

    def _tell(self, whole: Reached, more: dict[str, list[Told]]) -> None:
        names = {number: self._kept[number].name for number in whole.documents}
        for number, name in names.items():
            kept = self._kept[number]
            if kept.settled:
                continue
            first = next(finding for there, finding in whole.places if there == number)
            others = tuple(other for there, other in names.items() if there != number)
            reason = combination(whole.item.item, others, len(whole.places), whole.item.aggregate)
            place = kept.told[kept.findings.index(first)]
            more.setdefault(name, []).append(place.saying(reason))


def _reason(finding: Finding, one: Reviewed) -> Reason:
    """The place of a finding; what is said of it comes later."""
    parts = one.document.text_map.parts
    place = one.document.text_map.part_at(finding.span.start).label if parts else ""
    return combination(finding.item, (), 0, 0, finding.span, place)
