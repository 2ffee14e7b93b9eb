"""The review for programs (`markpipe.review/1`) and for a terminal.  Quotes as much as `ExcerptMode` allows.

A file is reported as soon as it was judged and kept as a small value: a saved site of hundreds of pages does not stay in
memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markpipe.model.classification import Level
from markpipe.model.document import Document, ReadStatus
from markpipe.model.outcome import Assessment
from markpipe.model.publication import Reason, Release, Review, Verdict, worst_verdict
from markpipe.model.span import Span
from markpipe.report.dumps import Json
from markpipe.report.places import ExcerptMode, around, where
from markpipe.text.printable import one_line

SCHEMA = "markpipe.review/1"
LIMITS = (
    "图片和扫描件靠文字识别，识别会漏字、错字；手写、印章、表盘、地图上的内容基本看不出。",
    "换一种说法转述的内容，与已定密来源没有连续相同的文字，不会提示。",
    "一次审查之内，词典写明可汇总的事项会合起来看；和以前已经公开的信息合在一起才涉密的，程序不记得过去公开过什么，须由人把关。",
    "照片里有什么人、什么场所、什么装备，程序不看；音频、视频不看。",
    "没有登记的涉密文件、没有列进词典的保密事项，程序不知道。",
    "姓名只在举报人、患者、当事人等称谓旁边才认；化名、外文名、生僻姓不认。",
    "网页只审查保存下来的文件；外部链接指向的内容、登录后才能看到的内容不在其中。",
)
"""What the program cannot see: every report ends with it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A reason as reports tell it: for programs, and as a line."""

    json: Json
    line: str

    def saying(self, reason: Reason) -> Told:
        """Another reason at the same place, quoting the same words."""
        json = self.json | {"code": reason.code, "verdict": reason.verdict.value, "message": reason.message}
        json |= {"rule": reason.rule, "article": reason.article}
        return Told(json, _line(replace(reason, place=str(json["place"])), str(json.get("text", ""))))


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a review as reports keep it; `together` is what holds it only with other files of the review."""

    path: str
    verdict: Verdict
    status: ReadStatus
    unread: tuple[str, ...]
    lines: tuple[str, ...]
    json: Json
    level: Level | None = None
    waiting: str = ""
    failed: str = ""
    together: tuple[Told, ...] = ()

    def held(self, more: Sequence[Told]) -> Entry:
        """The same file, held for what it makes together with others."""
        verdict = worst_verdict((self.verdict, Verdict.HOLD))
        reasons = [*self.json["reasons"], *(each.json for each in more)]
        json = self.json | {"verdict": verdict.value, "label": verdict.label, "reasons": reasons}
        lines = (*self.lines, *(each.line for each in more))
        return replace(self, verdict=verdict, lines=lines, json=json, together=tuple(more))

    def submitted(self, release: Release) -> Entry:
        """The same file with its release copy put before the signers."""
        return replace(self, waiting=release.submission.id, json=self.json | {"released": _release(release)})

    def without_copy(self, why: str) -> Entry:
        """The same file, and why no release copy of it waits."""
        return replace(self, failed=why, json=self.json | {"failed": why})


def entry(assessment: Assessment, review: Review, excerpt: ExcerptMode, *, failed: str = "") -> Entry:
    """What a report keeps of one file; `failed` says why no release copy was made though one was asked for."""
    document = assessment.document
    unread = tuple(
        one_line(
            f"{each.where}：{each.reason.message}{f'（{each.detail}）' if each.detail else ''}。{each.reason.remedy}"
        )
        for each in document.unread
    )
    return Entry(
        assessment.path,
        review.verdict,
        document.status,
        unread,
        tuple(told(reason, document, excerpt).line for reason in review.reasons),
        _json(assessment, review, excerpt, failed),
        review.level,
        failed=failed,
    )


def review_json(entries: Sequence[Entry], *, purpose: str, recipient: str, demo: bool, agency: str) -> Json:
    """The whole answer: sorted by path, the same bytes for the same input."""
    verdicts = Counter(each.verdict for each in entries)
    statuses = Counter(each.status for each in entries)
    return {
        "schema": SCHEMA,
        "ok": all(each.verdict is Verdict.PUBLISH and each.status is ReadStatus.READ for each in entries),
        "demo": demo,
        "agency": agency,
        "purpose": purpose,
        "recipient": recipient,
        "summary": {
            "files": len(entries),
            "read": statuses[ReadStatus.READ],
            "unread": len(entries) - statuses[ReadStatus.READ],
            "verdict": worst_verdict(tuple(verdicts)).value,
            "verdicts": {verdict.value: verdicts[verdict] for verdict in Verdict},
            "headline": headline(entries),
            "limits": list(LIMITS),
        },
        "documents": [each.json for each in sorted(entries, key=lambda each: each.path)],
        "errors": [],
    }


def headline(entries: Sequence[Entry]) -> str:
    """The first line of every answer: what was not read comes first."""
    if not entries:
        return "没有可审查的文件，没有结论"
    verdicts = Counter(each.verdict for each in entries)
    missed = sum(each.status is not ReadStatus.READ for each in entries)
    counts = "，".join(f"{verdict.label} {verdicts[verdict]} 份" for verdict in reversed(Verdict) if verdicts[verdict])
    if missed:
        return f"{len(entries) - missed} 份已读，{missed} 份没有读全（见下）——结论不完整；{counts}"
    return f"{len(entries)} 份全部已读；{counts}"


def review_lines(entries: Sequence[Entry], *, demo: bool = False) -> tuple[str, ...]:
    """The answer for a terminal: what has to be looked at, file by file, then how many are clear."""
    lines = [headline(entries)]
    if demo:
        lines.append("【演示】以下办理由演示站点代替人员身份完成，不具效力")
    for each in sorted(entries, key=lambda each: each.path):
        lines += [one_line(f"未读  {each.path}  {words}") for words in each.unread]
    for each in sorted(entries, key=lambda each: each.path):
        if each.verdict is Verdict.PUBLISH and not each.failed and len(entries) > 1:
            continue
        lines.append(one_line(f"{each.verdict.label}  {each.path}"))
        lines += [f"    {line}" for line in each.lines]
        if each.waiting:
            lines.append(f"    公开件已放入待审，编号 {each.waiting}；用 markpipe release approve {each.waiting} 签字")
        if each.failed:
            lines.append(one_line(f"    未做公开件：{each.failed}"))
    clear = sum(each.verdict is Verdict.PUBLISH for each in entries)
    waiting = sum(bool(each.waiting) for each in entries)
    if clear and len(entries) > 1:
        lines += ["", f"另有 {clear} 份{Verdict.PUBLISH.label}（不等于不涉密，是否公开由人审批）"]
    if waiting > 1:
        lines.append(f"待审 {waiting} 份；markpipe release list 列出编号")
    lines.append("程序看不到：识别不出的图片、转述、与以往信息的汇聚；详见报告末页")
    return tuple(lines)


def told(reason: Reason, document: Document, excerpt: ExcerptMode) -> Told:
    """A reason as reports tell it; quotes as much as `excerpt` allows."""
    json = _reason(reason, document, excerpt)
    return Told(json, _line(reason, str(json.get("text", ""))))


def _line(reason: Reason, text: str) -> str:
    place = f"{reason.place}：" if reason.place else ""
    words = one_line(text)
    quoted = f"“{words if len(words) <= _QUOTED else words[:_QUOTED] + '…'}”　" if words else ""
    return one_line(f"[{reason.code}] {place}{quoted}{reason.message}（{reason.rule}，{reason.article}）")


_QUOTED = 40


def _json(assessment: Assessment, review: Review, excerpt: ExcerptMode, failed: str) -> Json:
    document = assessment.document
    return {
        "path": assessment.path,
        "format": document.format.value,
        "sha256": document.digest,
        "pages": document.pages,
        "status": document.status.value,
        "unread": [
            {"where": each.where, "reason": each.reason.value, "message": each.reason.message, "detail": each.detail}
            | {"remedy": each.reason.remedy}
            for each in document.unread
        ],
        "verdict": review.verdict.value,
        "label": review.verdict.label,
        "level": None if review.level is None else review.level.label,
        "reasons": [_reason(reason, document, excerpt) for reason in review.reasons],
        "notes": [_reason(reason, document, excerpt) for reason in review.notes],
        "removable": [{"kind": kind, "count": count} for kind, count in _kinds(review)],
        "released": None,
        "failed": failed,
    }


def _kinds(review: Review) -> list[tuple[str, int]]:
    return sorted(Counter(mask.kind for mask in review.masks).items())


def _release(release: Release) -> Json:
    submission = release.submission
    return {
        "id": submission.id,
        "path": f"待审/{submission.path}",
        "sha256": submission.digest,
        "missing": list(release.missing),
        "removed": [{"kind": each.kind, "count": each.count} for each in submission.removed],
    }


def _reason(reason: Reason, document: Document, excerpt: ExcerptMode) -> Json:
    answer: Json = {
        "code": reason.code,
        "verdict": reason.verdict.value,
        "message": reason.message,
        "rule": reason.rule,
        "article": reason.article,
        "place": reason.place,
        "level": None if reason.level is None else reason.level.label,
        "where": where(document.text_map, reason.span or Span(0, 0)) if reason.span else {"label": "全文"},
    }
    if reason.span is None:
        return answer
    answer |= {"start": reason.span.start, "end": reason.span.end}
    if excerpt is not ExcerptMode.NONE:
        answer["text"] = document.text[reason.span.start : reason.span.end]
    if excerpt is ExcerptMode.CONTEXT:
        answer["before"], answer["after"] = around(document.text, reason.span)
    return answer
