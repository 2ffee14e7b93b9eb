"""What is found only when a sentence that runs over a page break is read on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from markpipe.model.document import Span, TextMap
from markpipe.model.finding import Finding
from markpipe.text.fold import Folded
from markpipe.text.pagebreaks import AcrossPages

Look = Callable[[TextMap, Folded], Sequence[Finding]]
_SENTENCE = 400  # characters: as far as the conditions of a finding may stand from it


def found_across(
    across: AcrossPages, folded: Folded, known: Sequence[Finding], whole: Sequence[Look], crossing: Sequence[Look]
) -> tuple[Finding, ...]:
    """Findings in the view that are not `known`: of `whole` near a page break, of `crossing` only over one.

    `folded` is the view folded.  The text of a finding that goes over a page break is without what stands between.
    """
    seen = {(finding.entry, finding.span) for finding in known}
    found = [
        finding
        for look in whole
        for finding in look(across.text_map, folded)
        if across.near(finding.span, _SENTENCE) and (finding.entry, finding.span) not in seen
    ]
    found += [finding for look in crossing for finding in look(across.text_map, folded) if across.crosses(finding.span)]
    return tuple(replace(finding, text=says(across, finding.span)) for finding in found)


def says(across: AcrossPages, span: Span) -> str:
    """What a span says, read on over page breaks."""
    text = across.text_map.text
    return "".join(text[piece.start : piece.end] for piece in across.pieces(span))
