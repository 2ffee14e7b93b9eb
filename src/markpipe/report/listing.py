"""The findings of a scan on a terminal, one line each.  Renders only; `console` has the lines that come first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markpipe.model.finding import Finding
from markpipe.model.outcome import Assessment
from markpipe.report.gist import by_path, looked_at, most_likely_first
from markpipe.report.places import ExcerptMode, place_words, unquoted
from markpipe.text.printable import one_line

_LONGEST = 40


def finding_lines(assessments: Sequence[Assessment], excerpt: ExcerptMode = ExcerptMode.CONTEXT) -> tuple[str, ...]:
    """For each document with findings its name, then a line a finding: place, kind, level, item, words, reasons."""
    lines: list[str] = []
    for outcome in by_path(looked_at(assessments)):
        if outcome.assessment.findings:
            lines.extend(("", one_line(outcome.assessment.path)))
            lines.extend(_lines(outcome.assessment, excerpt))
    return tuple(lines)


def _lines(assessment: Assessment, excerpt: ExcerptMode) -> Iterator[str]:
    for finding in most_likely_first(assessment.findings):
        place = place_words(assessment.document.text_map, finding.span)
        level = "" if finding.level is None else f" {finding.level.label}"
        yield one_line(f"  {place}  {finding.kind.value}{level}  {finding.entry}  {_words(finding, excerpt)}")
        reasons = "；".join(unquoted(why, excerpt) for why in finding.why)
        yield one_line(f"      {finding.item}（{finding.basis}）{reasons}")


def _words(finding: Finding, excerpt: ExcerptMode) -> str:
    if excerpt is ExcerptMode.NONE:
        return ""
    text = one_line(finding.text)
    return f"“{text}”" if len(text) <= _LONGEST else f"“{text[:_LONGEST]}…”"
