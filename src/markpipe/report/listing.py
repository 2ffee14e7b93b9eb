"""The findings of a scan on a terminal, one line each.  Renders only; `console` has the lines that come first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markpipe.detect.aggregate import Reached
from markpipe.detect.triage import PutAside, Suppression
from markpipe.model.finding import Finding
from markpipe.model.outcome import Assessment
from markpipe.report.gist import by_path, looked_at, most_likely_first
from markpipe.report.places import ExcerptMode, place_words, unquoted
from markpipe.text.printable import one_line

_LONGEST = 40
NOTHING = PutAside()


def finding_lines(
    assessments: Sequence[Assessment],
    excerpt: ExcerptMode = ExcerptMode.CONTEXT,
    *,
    explain: bool = False,
    aside: PutAside = NOTHING,
) -> tuple[str, ...]:
    """For each document with findings its name, then a line a finding: place, kind, level, item, words, reasons.

    `explain` gives each reason a line of its own, with the figure; `aside` says what was put aside.
    """
    lines: list[str] = []
    known = {each.fingerprint: each for each in aside.used}
    for outcome in by_path(looked_at(assessments)):
        if outcome.assessment.findings:
            lines.extend(("", one_line(outcome.assessment.path)))
            lines.extend(_lines(outcome.assessment, excerpt, known, explain=explain))
    return tuple(lines)


def aside_lines(aside: PutAside) -> tuple[str, ...]:
    """What has to be said of the suppressions: those past their day count again, those found no more can go."""
    return (
        *(
            one_line(f"核销已到期，照常计算：{each.fingerprint}（{each.reason}；{each.approver}；至 {each.expires}）")
            for each in aside.expired
        ),
        *(
            one_line(f"核销没有用上，可以删去：{each.fingerprint}（{each.reason}；{each.approver}）")
            for each in aside.unused
        ),
    )


def together_lines(wholes: Sequence[Reached], paths: Sequence[str]) -> tuple[str, ...]:
    """What the findings of several documents make together."""
    lines = []
    for whole in wholes:
        names = "、".join(paths[number] for number in whole.documents)
        level = "" if whole.item.level is None else f" {whole.item.level.label}"
        lines.append(
            one_line(
                f"汇总起来可能构成：{whole.item.item}（{whole.item.kind.value}{level}，{whole.item.id}，"
                f"{len(whole.places)} 处，至少 {whole.item.aggregate} 处）：{names}"
            )
        )
    return tuple(lines)


def _lines(
    assessment: Assessment, excerpt: ExcerptMode, known: Mapping[str, Suppression], *, explain: bool
) -> Iterator[str]:
    for finding in most_likely_first(assessment.findings):
        place = place_words(assessment.document.text_map, finding.span)
        level = "" if finding.level is None else f" {finding.level.label}"
        yield one_line(f"  {place}  {finding.kind.value}{level}  {finding.entry}  {_words(finding, excerpt)}")
        if (aside := known.get(finding.fingerprint)) is not None:
            yield one_line(f"      已核销：{aside.reason}（{aside.approver}，至 {aside.expires}）")
        if explain:
            yield one_line(f"      {finding.item}（{finding.basis}）")
            yield from (one_line(f"      · {unquoted(why, excerpt)}") for why in finding.why)
            yield one_line(f"      · 可能性 {finding.confidence:.2f}　指纹 {finding.fingerprint}")
            continue
        reasons = "；".join(unquoted(why, excerpt) for why in finding.why)
        yield one_line(f"      {finding.item}（{finding.basis}）{reasons}")


def _words(finding: Finding, excerpt: ExcerptMode) -> str:
    if excerpt is ExcerptMode.NONE:
        return ""
    text = one_line(finding.text)
    return f"“{text}”" if len(text) <= _LONGEST else f"“{text[:_LONGEST]}…”"
