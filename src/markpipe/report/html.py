"""The report that an officer prints and files: one self-contained page, nothing loaded from anywhere, no scripts.

What comes from a document is escaped by the template and made printable (controls and direction overrides are
replaced).  A report on suspicions says at its head, and on every printed page, how it is to be kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from markpipe.errors import MarkpipeError
from markpipe.model.carrier import serial_label
from markpipe.model.classification import date_label
from markpipe.model.decision import Citation, Decision, Derivation
from markpipe.model.document import ReadStatus
from markpipe.model.finding import Finding, Kind
from markpipe.model.outcome import Outcome, OutputKind
from markpipe.model.wording import term_words
from markpipe.report.console import ANSWER_COMMAND, answer_command
from markpipe.report.gist import SILENT, Gist, Line, Standing, by_path, gist, most_likely_first
from markpipe.report.places import ExcerptMode, Piece, pieces, place_words, unquoted
from markpipe.text.printable import printable

_SAID_ANYWAY = ("依据：", "为匹配作了折叠")  # the page has places of their own for these
_LIKELIHOOD = ((0.85, "很可能"), (0.6, "可能"), (0.0, "存疑"))


@dataclass(frozen=True, slots=True)
class _Found:
    """A finding as the page shows it."""

    finding: Finding
    place: str
    likelihood: str
    level: str
    pieces: tuple[Piece, ...]
    why: tuple[str, ...]
    folded: str


@dataclass(frozen=True, slots=True)
class _Cited:
    """A citation as the page shows it, with the command that answers it."""

    citation: Citation
    place: str
    text: str
    command: str


@dataclass(frozen=True, slots=True)
class _Section:
    """A document with its evidence."""

    number: int
    anchor: str
    line: Line
    outcome: Outcome
    findings: tuple[_Found, ...]
    derivations: tuple[Derivation, ...]
    citations: tuple[_Cited, ...]
    questions: tuple[str, ...]
    held: tuple[str, ...]
    refused: tuple[str, ...]


def html(
    outcomes: Sequence[Outcome],
    errors: Sequence[MarkpipeError] = (),
    *,
    excerpt: ExcerptMode = ExcerptMode.CONTEXT,
    demo: bool = False,
    agency: str = "",
    issued_on: dt.date | None = None,
    title: str = "涉密文件办理报告",
    answer: str = ANSWER_COMMAND,
    notes: Sequence[str] = (),
) -> str:
    """The whole page as text.

    `issued_on` is the day as the caller gives it, `answer` the command that answers a citation (see
    `report.console.ANSWER_COMMAND`), `notes` remarks of the caller (for instance how well reading was isolated).
    The result holds excerpts unless `excerpt` is none: write it with mode 0600.
    """
    short = gist(outcomes, errors)
    ordered = by_path(outcomes)
    sections = [
        _section(number, line, outcome, excerpt, answer)
        for number, (line, outcome) in enumerate(zip(short.lines, ordered, strict=True), start=1)
    ]
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            gist=short,
            tiles=_tiles(short),
            sections=sections,
            told=[section for section in sections if section.line.standing not in SILENT],
            clear=[section for section in sections if section.line.standing is Standing.CLEAR],
            unread=[outcome for outcome in ordered if outcome.assessment.document.status is not ReadStatus.READ],
            errors=errors,
            excerpt=excerpt,
            demo=demo,
            agency=agency,
            issued_on="" if issued_on is None else date_label(issued_on),
            title=title,
            notes=notes,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("markpipe.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"date": date_label, "serial": serial_label, "term_words": term_words}
    environment.globals |= {"Standing": Standing, "OutputKind": OutputKind, "classes": _CLASSES}
    return environment


def _shown(value: Any) -> Any:
    """What the template does with everything it puts out: text is made printable before it is escaped."""
    return printable(value) if type(value) is str else value


def _tiles(short: Gist) -> tuple[tuple[str, int, str], ...]:
    """The counts at the head: label, number, class."""
    tiles = [("文件", short.files, ""), ("已读", short.read, "")]
    if short.partial:
        tiles.append(("部分未读", short.partial, "alarm"))
    tiles.append(("未读", short.unread, "alarm" if short.unread else ""))
    tiles.extend((each.value, count, _CLASSES[each]) for each, count in short.standings if each not in SILENT)
    if short.copies:
        tiles.append(("编号份数", short.copies, ""))
    return tuple(tiles)


_CLASSES = {
    Standing.DETERMINED: "determined",
    Standing.PROPOSED: "proposed",
    Standing.HELD: "held",
    Standing.RETURNED: "held",
    Standing.LAPSED: "held",
    Standing.DECLINED: "quiet",
    Standing.SUSPECTED: "proposed",
    Standing.HINTED: "quiet",
    Standing.UNREAD: "alarm",
    Standing.PARTIAL: "alarm",
    Standing.CLEAR: "quiet",
}


def _section(number: int, line: Line, outcome: Outcome, excerpt: ExcerptMode, answer: str) -> _Section:
    proposal, assessment = outcome.proposal, outcome.assessment
    citations = assessment.citations if proposal is None else proposal.citations
    settled = outcome.decision not in (None, Decision.PROPOSED)
    return _Section(
        number,
        f"d{number}",
        line,
        outcome,
        tuple(_found(finding, outcome, excerpt) for finding in most_likely_first(assessment.findings)),
        assessment.derivations if proposal is None else proposal.derivations,
        tuple(_cited(citation, outcome, excerpt, answer) for citation in citations),
        ()
        if settled or proposal is None
        else tuple(unquoted(question, excerpt) for question in proposal.open_questions),
        tuple(unquoted(held, excerpt) for held in outcome.held),
        tuple(unquoted(refused, excerpt) for refused in outcome.refused),
    )


def _found(finding: Finding, outcome: Outcome, excerpt: ExcerptMode) -> _Found:
    document = outcome.assessment.document
    return _Found(
        finding,
        place_words(document.text_map, finding.span),
        next(word for least, word in _LIKELIHOOD if finding.confidence >= least),
        _level_words(finding),
        pieces(document.text_map, finding, excerpt),
        tuple(unquoted(why, excerpt) for why in finding.why if not why.startswith(_SAID_ANYWAY)),
        "、".join(folding.label for folding in finding.folded),
    )


def _level_words(finding: Finding) -> str:
    """What a finding says about the level; a mark found in a text is quoted, not suspected."""
    if finding.level is None:
        return ""
    said = "标志所示" if finding.kind is Kind.MARK else "疑似"
    term = f"，保密期限：{finding.term}" if finding.term else ""
    return f"{said}{finding.level.label}级{term}"


def _cited(citation: Citation, outcome: Outcome, excerpt: ExcerptMode, answer: str) -> _Cited:
    return _Cited(
        citation,
        place_words(outcome.assessment.document.text_map, citation.span),
        "" if excerpt is ExcerptMode.NONE else citation.text,
        answer_command(answer, outcome.assessment.path, citation.id),
    )
