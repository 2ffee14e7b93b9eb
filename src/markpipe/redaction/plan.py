"""From what somebody asked for to what is taken out: words that must be gone everywhere, rectangles that must be empty.

::

    phrases ─────────────┐
    patterns ── text ────┼──▶ terms (each once, longest first)
    findings ── spans ───┘
    regions ─────────────────▶ rectangles by page

A word that is taken out at one place is taken out at every place of the file, visible or not: otherwise the copy that
stays would tell what the gap says.  Positions are found again by the remover, which sees what is drawn.  Nothing here
judges whether something is secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from markpipe.model.document import Box, TextMap
from markpipe.model.span import Span
from markpipe.redaction.needles import bare, keeps_punctuation
from markpipe.redaction.policy import Gap, Reason
from markpipe.text.pagebreaks import across_pages

_LONGEST_TERM = 2000
_SHORTEST = 4  # characters of a phrase that a page break cuts: a shorter half would be taken out all over the file
_PLACE = re.compile(r"(\d+):([\d.]+),([\d.]+),([\d.]+),([\d.]+)", re.ASCII)


class PlanError(ValueError):
    """What was asked for cannot be done; the message is Chinese and quotes nothing of the document."""


@dataclass(frozen=True, slots=True)
class Removal:
    """What to take out of one document.

    `terms` must be gone from the file; `regions` are rectangles in points from the top left of the page as displayed.
    """

    terms: tuple[str, ...]
    regions: tuple[Box, ...] = ()
    gap: Gap = Gap.EXACT
    reasons: tuple[Reason, ...] = ()

    def reason(self, term: int) -> Reason:
        """Why a term (by its index) goes; what has no reason of its own is left out without saying why."""
        return self.reasons[term] if 0 <= term < len(self.reasons) else Reason.OMITTED


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked for: literal phrases, patterns for the text, spans of findings in it, and regions.

    `reason` says why, for all that `because` (by phrase or span) does not name.
    """

    phrases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    regions: tuple[Box, ...] = ()
    gap: Gap = Gap.EXACT
    reason: Reason = Reason.OMITTED
    because: Mapping[str | Span, Reason] = field(default_factory=dict)


def plan(request: Request, text_map: TextMap) -> Removal:
    """The removal for a document; `PlanError` for an empty request, a wrong pattern or a span outside the text."""
    terms = {_checked(phrase): request.because.get(phrase, request.reason) for phrase in request.phrases}
    terms |= {term: request.reason for term in _matches(request.patterns, text_map) if term not in terms}
    across = across_pages(text_map) if request.spans else None
    for span in request.spans:
        if not 0 <= span.start < span.end <= len(text_map.text):
            raise PlanError("疑似结果与文件对不上，可能不是这个文件的结果")
        reason = request.because.get(span, request.reason)
        for piece in (span,) if across is None else across.lengthened(span, _SHORTEST):
            terms |= {term: reason for term in _says(text_map.text[piece.start : piece.end]) if term not in terms}
    if not terms and not request.regions and not request.patterns:
        raise PlanError("没有要删的内容")
    listed = sorted(terms, key=lambda term: (-len(term), term))
    return Removal(tuple(listed), request.regions, request.gap, tuple(terms[term] for term in listed))


def absent(request: Request, text_map: TextMap) -> tuple[int, ...]:
    """Which of the phrases, counted from 1, stand nowhere in the text that was read: misspelt, or not recognised."""
    said = {strict: bare(text_map.text, strict=strict) for strict in (False, True)} if request.phrases else {}
    strict = [keeps_punctuation(phrase) for phrase in request.phrases]
    return tuple(
        number
        for number, (phrase, exactly) in enumerate(zip(request.phrases, strict, strict=True), start=1)
        if bare(phrase, strict=exactly) not in said[exactly]
    )


def parse_region(text: str) -> Box:
    """`PAGE:x0,y0,x1,y1` in points from the top left; `PlanError` where it is not one."""
    match = _PLACE.fullmatch(text.strip())
    if match is None:
        raise PlanError(f"区域“{text}”写法不对，应为 页:左,上,右,下（单位为点，从左上角量起）")
    page = int(match[1])
    left, top, right, bottom = (float(match[n]) for n in range(2, 6))
    if page < 1 or right <= left or bottom <= top:
        raise PlanError(f"区域“{text}”是空的：页从 1 数起，右大于左，下大于上")
    return Box(page, left, top, right, bottom)


def phrases_of(text: str) -> dict[str, Reason | None]:
    """The phrases of a list, one a line, each with the reason behind a tab if there is one; empty lines are left out.

    `PlanError` for a reason that there is not.
    """
    found: dict[str, Reason | None] = {}
    for line in text.lstrip("\ufeff").splitlines():
        phrase, _, why = (piece.strip() for piece in line.partition("\t"))
        if why and why not in tuple(Reason):
            raise PlanError(f"没有“{why}”这种理由，可以是：{'、'.join(Reason)}")
        if phrase:
            found[phrase] = Reason(why) if why else None
    return found


def _checked(phrase: str) -> str:
    if not bare(phrase, strict=keeps_punctuation(phrase)):
        raise PlanError("有一个词去掉空格和符号后是空的")
    if len(phrase) > _LONGEST_TERM:
        raise PlanError(f"有一个词超过 {_LONGEST_TERM} 字")
    return phrase


def _matches(patterns: Iterable[str], text_map: TextMap) -> list[str]:
    """What the patterns match, on the text as it is and with its line wraps closed."""
    joins = set(text_map.joins.tolist())
    closed = "".join(char for place, char in enumerate(text_map.text) if place not in joins)
    found = []
    for number, pattern in enumerate(patterns, start=1):
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            raise PlanError(f"第 {number} 个模式不是正确的正则表达式") from error
        for text in (text_map.text, closed):
            found += [piece for match in compiled.finditer(text) for piece in _says(match[0])]
    return found


def _says(text: str) -> list[str]:
    """A stretch as terms: paragraph by paragraph where each says something."""
    lines = [text] if len(text) <= _LONGEST_TERM else text.splitlines()
    return [line for line in lines if bare(line, strict=keeps_punctuation(line))]
