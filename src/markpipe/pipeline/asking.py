"""What somebody asked to be redacted, in the words of a command line or of the Python API, as a request for one document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from markpipe.errors import UsageError
from markpipe.model.document import Document
from markpipe.model.span import Span
from markpipe.pipeline.redact import Options, Recognition
from markpipe.redaction.plan import PlanError, Request, parse_region
from markpipe.redaction.policy import Gap, Reason, Undecidable

_AS_STATE_SECRET = ("标志", "派生")
"""Kinds of findings that point at a state secret."""
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """Words (with the reason of each, or none), patterns, regions and the findings of a scan; gap and reason by name."""

    phrases: Sequence[str] | Mapping[str, str | None]
    patterns: tuple[str, ...]
    regions: tuple[str, ...]
    findings: Mapping[str, Any] | None = None
    gap: str = Gap.CLASS
    reason: str = Reason.OMITTED

    def __post_init__(self) -> None:
        if not (self.phrases or self.patterns or self.regions or self.findings):
            raise UsageError("没有说明要删什么", "用 --phrases-from、--pattern、--region 或 --from 指明")
        self.request(None)

    def request(self, document: Document | None) -> Request:
        """The request for a document (None: without its findings); `UsageError` for what is written wrong."""
        reason = chosen(Reason, self.reason, "理由")
        because: dict[str | Span, Reason] = {}
        if isinstance(self.phrases, Mapping):
            because.update((word, chosen(Reason, why, "理由")) for word, why in self.phrases.items() if why)
        try:
            regions = tuple(parse_region(text) for text in self.regions)
        except PlanError as error:
            raise UsageError(str(error)) from error
        if document is not None and self.findings is not None:
            because |= _spans(self.findings, document, reason)
        spans = tuple(place for place in because if isinstance(place, Span))
        gap = chosen(Gap, self.gap, "空白")
        return Request(tuple(self.phrases), self.patterns, spans, regions, gap, reason, because)


def options_named(undecidable: str, ocr: str, *, replace: bool = False) -> Options:
    """Options from their names."""
    return Options(chosen(Undecidable, undecidable, "处理办法"), chosen(Recognition, ocr, "识别办法"), replace)


def chosen(choices: type[_Choice], name: str, what: str) -> _Choice:
    """The choice of that name; `UsageError` names those that there are."""
    if name not in tuple(choices):
        raise UsageError(f"没有“{name}”这种{what}", f"可以是：{'、'.join(choices)}")
    return choices(name)


def _spans(answer: Mapping[str, Any], document: Document, reason: Reason) -> dict[str | Span, Reason]:
    """The spans that a scan found in this very file, each with its kind as the reason."""
    try:
        mine = [one for one in answer["documents"] if one["sha256"] == document.digest]
        found: dict[str | Span, Reason] = {
            Span(int(one["start"]), int(one["end"])): _reason(str(one.get("kind", "")), reason)
            for each in mine
            for one in each["findings"]
        }
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError("给出的不是 markpipe scan --format json 的结果", "请重新生成后再用") from error
    if not mine:
        raise UsageError("扫描结果里没有这个文件（按内容核对）", "文件改动过的请重新 scan")
    if not found:
        raise UsageError("扫描结果里对这个文件没有提示", "没有要删的内容")
    return found


def _reason(kind: str, otherwise: Reason) -> Reason:
    if otherwise is not Reason.OMITTED:
        return otherwise
    if kind in _AS_STATE_SECRET:
        return Reason.STATE_SECRET
    return Reason(kind) if kind in tuple(Reason) else otherwise
