"""The review for a person: page pictures beside the reasons, boxes, what a release copy changes, and what nobody saw.

Self-contained, without scripts and without anything loaded from elsewhere; it prints.  A file's section is made while the
file is at hand, and the pages are put together from sections at the end.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from markpipe.detect.masking import rebuilt
from markpipe.model.classification import Level, date_label
from markpipe.model.document import Document, Format, ReadStatus
from markpipe.model.finding import Finding, Kind
from markpipe.model.publication import Reason, Review, Verdict
from markpipe.model.reasons import reason_words
from markpipe.model.wording import handling_words
from markpipe.report.places import ExcerptMode, Piece, pieces
from markpipe.report.review import LIMITS, Entry, headline
from markpipe.text.printable import printable

TITLE = "信息公开保密审查报告"
_BESIDE = 12
"""Characters shown on either side of a redaction."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a picture: PNG in base64, and its size in points."""

    page: int
    png: str
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Reason:
    """A reason as the page shows it."""

    kind: str
    message: str
    place: str
    rule: str
    article: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle in percent of its page."""

    kind: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page picture with its boxes and reasons."""

    page: int
    png: str
    width: float
    height: float
    boxes: tuple[_Box, ...]
    reasons: tuple[_Reason, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What all pages of one report share."""

    agency: str
    on: dt.date
    demo: bool
    excerpt: ExcerptMode
    ruleset: str
    purpose: str = ""
    recipient: str = ""
    steps: tuple[str, ...] = ("承办", "保密审查", "负责人")


def body(
    document: Document, review: Review, unread: Sequence[str], pictures: Sequence[Picture], excerpt: ExcerptMode
) -> str:
    """What the report says of one file, without its heading; made while the file is at hand."""
    by_page = {picture.page: picture for picture in pictures}
    shown = {reason: _page_of(reason, document) for reason in review.reasons}
    return (
        _environment()
        .get_template("review_body.html.j2")
        .render(
            unread=unread,
            sheets=[
                _sheet(picture, [each for each, page in shown.items() if page == number], document, excerpt)
                for number, picture in sorted(by_page.items())
            ],
            reasons=[_reason(each, document, excerpt) for each, page in shown.items() if page not in by_page],
            notes=[f"{note.place}　{note.message}" for note in review.notes],
            changes=_changes(review, document, excerpt),
        )
    )


def section(anchor: str, entry: Entry, text: str) -> str:
    """One file's part of the report: its heading, what became of its release copy, and `text` as `body` made it."""
    return (
        _environment()
        .get_template("review_section.html.j2")
        .render(
            anchor=anchor,
            path=entry.path,
            verdict=entry.verdict.value,
            label=entry.verdict.label,
            waiting=entry.waiting,
            failed=entry.failed,
            together=[each.json for each in entry.together],
            body=Markup(text),  # noqa: S704 - made by `body`, where everything was escaped
        )
    )


def page(
    frame: Frame,
    entries: Sequence[Entry],
    sections: str,
    *,
    part: str = "",
    hrefs: dict[str, str] | None = None,
    links: Sequence[tuple[str, str]] = (),
    listed: Sequence[Entry] | None = None,
) -> str:
    """A whole page: the overview of some files, their sections (made by `section`), and what the program cannot see.

    All of `entries` are counted; with `listed` only those have a row of their own.
    """
    verdicts = Counter(each.verdict for each in entries)
    unread = sum(each.status is not ReadStatus.READ for each in entries)
    tiles = [("文件", len(entries), "")]
    tiles += [(verdict.label, verdicts[verdict], verdict.value) for verdict in reversed(Verdict)]
    tiles.append(("没有读全", unread, "alarm" if unread else ""))
    rows = [
        {"path": each.path, "verdict": each.verdict.value, "label": each.verdict.label, "codes": _codes(each)}
        | {"unread": each.status is not ReadStatus.READ, "href": (hrefs or {}).get(each.path, "")}
        for each in sorted(
            entries if listed is None else listed, key=lambda each: (-list(Verdict).index(each.verdict), each.path)
        )
    ]
    return (
        _environment()
        .get_template("review.html.j2")
        .render(
            title=TITLE,
            notice=notice(entries),
            demo=frame.demo,
            agency=frame.agency,
            on=date_label(frame.on),
            part=part,
            quiet=frame.excerpt is ExcerptMode.NONE,
            incomplete=bool(unread),
            headline=headline(entries),
            tiles=tiles,
            links=links,
            rows=rows,
            rest=len(entries) - len(rows),
            sections=Markup(sections),  # noqa: S704 - made by `section`, where everything was escaped
            limits=LIMITS,
            ruleset=frame.ruleset[:16],
            purpose="→".join(filter(None, (frame.purpose, frame.recipient))),
            steps=frame.steps,
        )
    )


def notice(entries: Sequence[Entry]) -> str:
    """How the report itself is to be kept."""
    level: Level | None = max((each.level for each in entries if each.level is not None), default=None)
    codes = {reason["code"] for each in entries for reason in each.json["reasons"]}
    complete = all(each.status is ReadStatus.READ for each in entries)
    if level is None and "suspected" not in codes and any(code.startswith("personal-") for code in codes):
        return "内含个人信息，按内部资料管理，不得公开"
    return handling_words(level, None, unsettled="suspected" in codes or "citation" in codes, complete=complete)


def _codes(entry: Entry) -> str:
    counts = Counter(_short(reason["code"], reason["message"]) for reason in entry.json["reasons"])
    return "；".join(f"{words} {count} 处" if count > 1 else words for words, count in counts.items()) or "—"


def _short(code: str, message: str) -> str:
    """A reason in a few words: what kind of personal data it is, or what its code means."""
    return message.partition("，")[0] if code.startswith("personal-") else reason_words(code)


def _page_of(reason: Reason, document: Document) -> int | None:
    if reason.span is None or not document.text_map.parts:
        return None
    part = document.text_map.part_at(reason.span.start)
    return part.page if not part.path else None


def _sheet(picture: Picture, reasons: Sequence[Reason], document: Document, excerpt: ExcerptMode) -> _Sheet:
    boxes = tuple(
        _Box(
            _colour(reason),
            round(100 * box.left / picture.width, 3),
            round(100 * box.top / picture.height, 3),
            round(100 * (box.right - box.left) / picture.width, 3),
            round(100 * (box.bottom - box.top) / picture.height, 3),
        )
        for reason in reasons
        if reason.span is not None
        for box in document.text_map.boxes_of(reason.span)
        if box.page == picture.page
    )
    shown = tuple(_reason(reason, document, excerpt) for reason in reasons)
    return _Sheet(picture.page, picture.png, picture.width, picture.height, boxes, shown)


def _changes(review: Review, document: Document, excerpt: ExcerptMode) -> list[dict[str, Any]]:
    """The redactions in order, before and after, with the few words beside each that no other redaction touches."""
    masks = sorted(review.masks, key=lambda mask: mask.span)
    plain = document.format not in (Format.PDF, Format.DOCX)
    told = []
    for before, mask, behind in zip((None, *masks), masks, (*masks[1:], None), strict=False):
        after = mask.replacement if plain else rebuilt(mask)
        change = {"kind": mask.kind, "before": mask.words, "after": after, "lead": "", "tail": ""}
        if excerpt is ExcerptMode.NONE:
            change |= {"before": "（略）", "after": "（略）"}
        if excerpt is ExcerptMode.CONTEXT:
            low = max(mask.span.start - _BESIDE, before.span.end if before else 0, 0)
            high = min(mask.span.end + _BESIDE, behind.span.start if behind else len(document.text))
            change["lead"] = document.text[low : mask.span.start].rpartition("\n")[2]
            change["tail"] = document.text[mask.span.end : high].partition("\n")[0]
        told.append(change)
    return told


def _colour(reason: Reason) -> str:
    return "personal" if reason.code.startswith("personal-") else reason.verdict.value


def _reason(reason: Reason, document: Document, excerpt: ExcerptMode) -> _Reason:
    words: tuple[Piece, ...] = ()
    if reason.span is not None and reason.code not in ("unseen-content", "embedded"):
        text = document.text[reason.span.start : reason.span.end]
        words = pieces(document.text_map, Finding(reason.code, Kind.MARK, reason.span, text), excerpt)
    return _Reason(reason.verdict.value, reason.message, reason.place or "全文", reason.rule, reason.article, words)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("markpipe.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: Any) -> Any:
    """Text is made printable before it is escaped."""
    return printable(value) if type(value) is str else value
