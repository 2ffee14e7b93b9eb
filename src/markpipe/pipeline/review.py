"""Reviewing files before they are made public: read, look through, judge; and a clean copy that is judged again.

::

    item ─ read (pictures and archives too) ─ look through ─ facts ─ classify.publication ─▶ Reviewed
    Reviewed ─ clean ─ read again ─ judge again: publish? ─▶ the bytes of a release copy, else why there is none

Above the level of the system nothing goes on: `ensure_level` raises before anything of the content is written.  This
module writes no file and signs nothing: that is `pipeline.release`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from markpipe.classify.publication import Material, judge
from markpipe.detect.genre import genres
from markpipe.detect.labels import find_labels
from markpipe.detect.masking import Policy, masks
from markpipe.detect.provenance import document_date, is_commercial, is_own
from markpipe.errors import OutputError, RefusedError
from markpipe.model.agency import Actor
from markpipe.model.classification import Level
from markpipe.model.document import Document, Format, ReadStatus
from markpipe.model.limits import Limits
from markpipe.model.outcome import Assessment
from markpipe.model.publication import ORIGINAL_MARK, RULESET, Clearance, ClearanceKind, Incident, Review, Verdict
from markpipe.model.reasons import left_words, reason_words
from markpipe.pipeline.assess import Examiner
from markpipe.pipeline.batch import Item
from markpipe.pipeline.clean import Cleaned, Means, Original, clean, digest_of
from markpipe.pipeline.dispatch import read_data, read_file
from markpipe.pipeline.sandbox import Worker
from markpipe.store.publication import Decided
from markpipe.store.register import Register
from markpipe.text.fold import fold

REPORT_HOURS = 24
"""Within so many hours a leak, or what may be one, is reported (保密法实施条例第六十一条)."""

SYSTEM_LEVELS = {"非密": 0, **{level.label: int(level) for level in Level}}
_MENDED = ("personal-", "unseen-content", "embedded")
_WHOLLY = ("unseen-content", "embedded")
_ISOLATE = (
    "立即停止在本机处理该文件，断开网络连接，保持现状，不要复制、转发、删除",
    "记下文件的来源、经手人员和接触过的设备，把存有该文件的介质隔离封存",
    "向本单位保密工作机构报告；构成或者可能构成泄密的，在二十四小时内书面报告同级保密行政管理部门",
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a review is made for: the unit, the day, the level of the system, the policy, what the register knows."""

    agency: str
    on: dt.date
    system_level: str = ""
    policy: Policy = field(default_factory=Policy)
    register: Register | None = None
    decided: Mapping[str, tuple[Decided, ...]] = field(default_factory=dict)
    ruleset: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Reviewed:
    """One file with its answer, and what the answer rests on."""

    path: Path
    material: Material
    review: Review

    @property
    def name(self) -> str:
        """The file as reports name it."""
        return self.material.assessment.path

    @property
    def document(self) -> Document:
        """The file as read."""
        return self.material.assessment.document


def look(item: Item, worker: Worker, examiner: Examiner, limits: Limits) -> Assessment:
    """Read one item, whatever it is, and look through it: a picture or an archive by itself is published too."""
    if item.unread is not None:
        return Assessment(item.name, Document(Format.UNKNOWN, "", unread=(item.unread,)))
    document = read_file(item.path, worker, limits, nested=True)
    return examiner.examine(item.name, document, item.path, worker)


def reviewed(path: Path, assessment: Assessment, desk: Desk, missing: Sequence[str] = ()) -> Reviewed:
    """The answer about a file that was looked through."""
    material = _material(assessment, desk, tuple(missing))
    return Reviewed(path, material, judge(material))


def _material(assessment: Assessment, desk: Desk, missing: tuple[str, ...]) -> Material:
    text_map = assessment.document.text_map
    digest = assessment.document.digest
    decided = desk.decided.get(digest, ()) if digest else ()
    clearances = desk.register.clearances(digest) if desk.register is not None and digest else ()
    ended = tuple(
        Clearance(ClearanceKind.DECLASSIFIED, desk.agency, each.determination.id)
        for each in decided
        if not each.in_force
    )
    kinds_of_text = genres(fold(text_map).text) if assessment.marks else ()
    return Material(
        assessment=assessment,
        on=desk.on,
        labels=find_labels(text_map),
        issued_on=document_date(text_map) if assessment.marks else None,
        own=bool(decided) or is_own(text_map, desk.agency),
        commercial=bool(assessment.marks) and is_commercial(text_map),
        determinations=tuple(each.determination for each in decided if each.in_force),
        clearances=(*clearances, *ended),
        genres=tuple(genre.value for genre in kinds_of_text),
        missing=missing,
        masks=masks(assessment.findings, desk.policy),
    )


def ensure_level(one: Reviewed, desk: Desk, actor: Actor | None, now: dt.datetime) -> None:
    """`RefusedError` (SYS-1) for content above the level of the system, after an incident was opened."""
    level = one.review.level
    if not desk.system_level or level is None or SYSTEM_LEVELS[desk.system_level] >= level:
        return
    due = now + dt.timedelta(hours=REPORT_HOURS)
    known = ""
    if desk.register is not None and actor is not None:
        incident = Incident(
            "", one.name, one.document.digest, level, desk.system_level, now.isoformat(), due.isoformat()
        )
        opened = desk.register.open_incident(incident, actor, now)
        due = dt.datetime.fromisoformat(opened.due_at)
        known = f"，已登记事件 {opened.id}"
    else:
        known = "（没有台账，未能登记事件，请人工登记）"
    shown = due.astimezone(dt.timezone(dt.timedelta(hours=8))).strftime("%Y年%-m月%-d日 %H:%M")
    steps = "；".join(f"{number}. {step}" for number, step in enumerate(_ISOLATE, start=1))
    raise RefusedError(
        f"{one.name} 含{level.label}级内容，本机为{desk.system_level}系统，已停止处理，没有写出任何内容{known}",
        f"{steps}。报告时限：{shown} 之前",
        ("SYS-1", "INC-1"),
    )


def guarded(
    pairs: Iterable[tuple[Item, Assessment]], desk: Desk, actor: Actor, now: Callable[[], dt.datetime]
) -> Iterator[tuple[Item, Assessment]]:
    """The same files, as long as none is above the level of the system; the first that is ends the run (SYS-1)."""
    for item, assessment in pairs:
        if desk.system_level:
            ensure_level(reviewed(item.path, assessment, desk), desk, actor, now())
        yield item, assessment


def open_reasons(review: Review) -> tuple[str, ...]:
    """The codes that cleaning does not mend: a person has to settle them first."""
    masked = {mask.span for mask in review.masks}
    return tuple(
        dict.fromkeys(
            reason.code
            for reason in review.reasons
            if not (
                reason.verdict is Verdict.HOLD
                and reason.code.startswith(_MENDED)
                and (reason.code in _WHOLLY or reason.span in masked)
            )
        )
    )


def release_copy(one: Reviewed, desk: Desk, examiner: Examiner, worker: Worker, limits: Limits) -> Cleaned:
    """A clean copy that was read and judged again; `OutputError` where there is none that may be put before signers."""
    _ensure_free(one)
    data = one.path.read_bytes()
    if digest_of(data) != one.document.digest:
        raise OutputError(f"{one.name} 在审查过程中被改动，没有做公开件", "请在文件不再改动后重新送审")
    return _Copying(desk, examiner, worker, limits).copy(one, data, 0)


@dataclass(frozen=True, slots=True)
class _Copying:
    """Making a clean copy and judging it again, for a file and for those that lie in it."""

    desk: Desk
    examiner: Examiner
    worker: Worker
    limits: Limits

    def copy(self, one: Reviewed, data: bytes, depth: int) -> Cleaned:
        """The clean copy of a file that was judged; `OutputError` where there is none."""
        means = Means(self.worker, self.limits, lambda name, inside: self._inner(name, inside, depth + 1))
        cleaned = clean(Original(one.name, one.path, data, one.document), one.review.masks, means)
        read = read_data(cleaned.data, self.worker, self.limits, nested=True)
        again = self.examiner.examine(one.name, read)
        material = replace(_material(again, self.desk, ()), clearances=one.material.clearances, own=one.material.own)
        second = judge(material)
        problems = tuple(map(left_words, dict.fromkeys(reason.code for reason in second.reasons)))
        kept = tuple(
            mask.kind for mask in one.review.masks if mask.kind != ORIGINAL_MARK and mask.words in again.document.text
        )
        if second.verdict is not Verdict.PUBLISH or kept or again.marks:
            named = "、".join(dict.fromkeys((*problems, *kept, *((ORIGINAL_MARK,) if again.marks else ()))))
            raise OutputError(f"{one.name} 清理后复查仍有问题（{named}），没有做公开件", "请人工处理该文件后重新送审")
        return replace(cleaned, checkers=(*cleaned.checkers, *_rules(self.desk)))

    def _inner(self, name: str, data: bytes, depth: int) -> Cleaned:
        """The same for a file in an archive: judged by itself first, whatever is on record about the archive."""
        if depth > self.limits.depth:
            raise OutputError(f"{name} 嵌套过深，没有做公开件", "请解开压缩包，分别送审")
        if not data:
            return Cleaned(data, (), ())
        document = read_data(data, self.worker, self.limits, nested=True)
        one = reviewed(Path(name), self.examiner.examine(name, document), self.desk)
        _ensure_free(one)
        return self.copy(one, data, depth)


def _rules(desk: Desk) -> tuple[str, ...]:
    return (f"{RULESET} {desk.ruleset}",) if desk.ruleset else ()


def _ensure_free(one: Reviewed) -> None:
    """`OutputError` where cleaning alone does not make a file fit to be put before signers."""
    if one.review.verdict is Verdict.REFUSE:
        raise OutputError(f"{one.name} 不得公开，没有做公开件", "确须公开的先办理解密")
    if left := open_reasons(one.review):
        said = "；".join(dict.fromkeys(map(reason_words, left)))
        raise OutputError(f"{one.name} 还有须先处理的问题（{said}），没有做公开件", "处理或者登记后重新送审")
    if one.document.status is not ReadStatus.READ:
        raise OutputError(f"{one.name} 有内容没有读到，没有做公开件", "读全后重新送审")
