"""Reading one file and looking through it: `path -> Assessment`.  Nothing is proposed or written here."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from markpipe.detect.dictionary import Catalogue
from markpipe.detect.likeness import lessons
from markpipe.detect.marks import find_citations, find_marks
from markpipe.detect.match import Matcher
from markpipe.model.decision import Citation, Derivation, Grounds, Source
from markpipe.model.document import Document, Format, Span, TextMap
from markpipe.model.finding import Excerpt, Finding, FoundMark, Kind
from markpipe.model.limits import Limits
from markpipe.model.outcome import Assessment
from markpipe.pipeline.batch import Item
from markpipe.pipeline.dispatch import read_file
from markpipe.pipeline.pagebreaks import found_across
from markpipe.pipeline.sandbox import Worker
from markpipe.reuse.chain import find_excerpts
from markpipe.reuse.fingerprints import Fingerprints
from markpipe.scorers.lazily import scorers
from markpipe.text.fold import Folded, fold, fold_term
from markpipe.text.pagebreaks import AcrossPages, across_pages

UNKEYED = b"markpipe: no key file"
Detector = Callable[[TextMap, Folded], Sequence[Finding]]
"""Something else to look for, beside dictionaries, marks and sources."""


@dataclass(frozen=True, slots=True)
class Registered:
    """The registered sources and their keyed fingerprints."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    fingerprints: Sequence[tuple[str, Fingerprints]] = ()
    key: bytes = UNKEYED


class Examiner:
    """Looks through files with one set of dictionaries and registered sources."""

    def __init__(
        self,
        catalogues: Sequence[Catalogue],
        limits: Limits,
        registered: Registered | None = None,
        fingerprint_key: bytes = UNKEYED,
        more: Sequence[Detector] = (),
        scorer: Path | None = None,
    ) -> None:
        self.catalogues = tuple(catalogues)
        self._matcher = Matcher(catalogues, scorers(scorer), lessons())
        self._limits = limits
        self._registered = registered or Registered()
        self._key = fingerprint_key
        self._more = tuple(more)

    def look(self, item: Item, worker: Worker) -> Assessment:
        """Read one item and look through it.  A file that cannot be read is an answer too."""
        if item.unread is not None:
            return Assessment(item.name, Document(Format.UNKNOWN, "", unread=(item.unread,)))
        document = read_file(item.path, worker, self._limits)
        return self.examine(item.name, document, item.path, worker)

    def examine(
        self, name: str, document: Document, path: Path | None = None, worker: Worker | None = None
    ) -> Assessment:
        """Look through a document that was read; boxes are fetched for the pages with findings."""
        folded = fold(document.text_map)
        looked = self._matcher.look(document.text_map, folded)
        marks = find_marks(document.text_map, folded)
        citations = find_citations(document.text_map, folded)
        excerpts = find_excerpts(folded, self._registered.fingerprints, self._registered.key)
        findings: tuple[Finding, ...] = (
            *looked.findings,
            *(finding for detector in self._more for finding in detector(document.text_map, folded)),
            *(_mark_finding(mark) for mark in marks),
        )
        if (across := across_pages(document.text_map)) is not None:
            over = fold(across.text_map)
            findings += found_across(across, over, findings, [self._matcher.find], self._more)
            citations += tuple(each for each in find_citations(across.text_map, over) if across.crosses(each.span))
            excerpts = self._with_crossing(excerpts, across, over)
        findings += (
            *(_citation_finding(citation) for citation in citations),
            *(self._excerpt_finding(excerpt, document.text) for excerpt in excerpts),
        )
        if path is not None and worker is not None:
            document = _with_boxes(document, [finding.span for finding in findings], path, worker)
        return Assessment(
            name,
            document,
            marks,
            self._identified(findings),
            excerpts,
            citations,
            self._derivations(excerpts, document.text_map),
            looked.parts,
        )

    def _with_crossing(self, excerpts: tuple[Excerpt, ...], across: AcrossPages, over: Folded) -> tuple[Excerpt, ...]:
        """The excerpts, those that go over a page break in the place of their halves."""
        found = find_excerpts(over, self._registered.fingerprints, self._registered.key)
        crossing = tuple(each for each in found if across.crosses(each.span))
        halves = [each for each in excerpts if any(whole.span.covers(each.span) for whole in crossing)]
        return (*(each for each in excerpts if each not in halves), *crossing)

    def _excerpt_finding(self, excerpt: Excerpt, text: str) -> Finding:
        source = self._registered.sources[excerpt.source]
        return Finding(
            entry=source.id,
            kind=Kind.DERIVATION,
            span=excerpt.span,
            text=text[excerpt.span.start : excerpt.span.end],
            level=source.mark.level,
            term=None if source.mark.term is None else source.mark.term.label,
            item=f"摘录已定密文件《{source.title}》{source.document_number}{excerpt.source_place}",
            basis="保密法实施条例第十八条",
            why=(f"连续 {excerpt.length} 字与来源一致",),
        )

    def _derivations(self, excerpts: Sequence[Excerpt], text_map: TextMap) -> tuple[Derivation, ...]:
        """One derivation a source, with every place; which 密点 are touched the handler must say."""
        by_source: dict[str, list[Excerpt]] = {}
        for excerpt in excerpts:
            by_source.setdefault(excerpt.source, []).append(excerpt)
        derivations = []
        for source_id, of_source in by_source.items():
            places = dict.fromkeys(text_map.part_at(excerpt.span.start).label for excerpt in of_source)
            source_places = dict.fromkeys(excerpt.source_place for excerpt in of_source if excerpt.source_place)
            derivations.append(
                Derivation(
                    self._registered.sources[source_id],
                    Grounds.EXCERPT,
                    spans=tuple(excerpt.span for excerpt in of_source),
                    place="、".join(places),
                    source_place="、".join(source_places),
                )
            )
        return tuple(derivations)

    def _identified(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Give each finding its fingerprint: keyed, without position, so that triage survives edits elsewhere."""
        ordinals: Counter[tuple[str, str]] = Counter()
        identified = []
        for finding in sorted(findings, key=lambda finding: (finding.span, finding.entry)):
            same = (finding.entry, fold_term(finding.text))
            message = "\x1f".join((*same, str(ordinals[same]))).encode()
            ordinals[same] += 1
            fingerprint = hmac.new(self._key, message, hashlib.sha256).hexdigest()[:32]
            identified.append(replace(finding, fingerprint=fingerprint))
        return tuple(sorted(identified, key=lambda finding: (-finding.confidence, finding.span, finding.entry)))


def _mark_finding(found: FoundMark) -> Finding:
    mark = found.mark
    place = "位于标志位置" if found.at_place else "出现在行文中，不在标志位置"
    return Finding(
        entry="MRK-1",
        kind=Kind.MARK,
        span=found.span,
        text=found.text,
        level=None if mark is None else mark.level,
        term=None if mark is None or mark.term is None else mark.term.label,
        item="国家秘密标志",
        basis="保密法第二十二条",
        confidence=0.95 if found.at_place else 0.4,
        why=(place, found.problem) if found.problem else (place,),
    )


def _citation_finding(citation: Citation) -> Finding:
    return Finding(
        entry=citation.id,
        kind=Kind.DERIVATION,
        span=citation.span,
        text=citation.text,
        item="引用涉密文号",
        basis="保密法实施条例第十八条",
        confidence=0.5,
        why=("引用涉密文号，请确认是否涉及其内容",),
    )


def _with_boxes(document: Document, spans: Sequence[Span], path: Path, worker: Worker) -> Document:
    """Fetch character boxes for the pages of the file itself that a span touches (nested files have none)."""
    text_map = document.text_map
    names = {
        part.name: part
        for span in spans
        for part in text_map.parts
        if part.page is not None and not part.path and part.visible and span.overlaps(Span(part.start, part.end))
    }
    if document.format is not Format.PDF or not names:
        return document
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != document.digest:
        return document  # changed since it was read: places without boxes are honest, wrong ones are not
    for name, boxes in worker.boxes(data, document.format, tuple(names)).items():
        part = names[name]
        if boxes.shape == (part.end - part.start, 4):
            text_map = text_map.with_boxes(name, boxes)
    return replace(document, text_map=text_map)
