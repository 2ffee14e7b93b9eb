"""May this file be made public?  The rules PUB-2 to PUB-7 on what was found in it, as pure functions.

::

    Material ──rules──▶ Reason*  ──▶ refuse   a mark or label in force, a determination in force, a source in force
                                     hold     everything that a person has to look at
                                     publish  nothing found: 可报批, which is not 无密

A clearance on record (解密决定, 同意公开, 复核认定) settles a hold; it never settles a refusal but where the mark's own
declassification is what is on record.  Does not look for anything itself, and knows neither signatures nor files.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from markpipe.classify.derive import derive
from markpipe.classify.rulebook.table import RULES
from markpipe.classify.terms import end_of
from markpipe.errors import UsageError
from markpipe.model.classification import Duration, Level, Mark, Until, date_label
from markpipe.model.decision import Determination, Source
from markpipe.model.document import Format, PartKind, ReadStatus
from markpipe.model.finding import Finding, FoundMark, Kind
from markpipe.model.outcome import Assessment
from markpipe.model.publication import (
    ORIGINAL_MARK,
    Clearance,
    ClearanceKind,
    Mask,
    Reason,
    Review,
    Verdict,
    worst_verdict,
)
from markpipe.model.span import Span

NOTE = 0.5
"""Personal data less likely than this are an office's own: they are told, and hold nothing."""

MANY_PEOPLE = 20
"""So many different people's data in one file are looked at as a whole (保密法第三十六条)."""

_NAMED = 3
"""So many other files are named; the rest are counted."""

_UNSEEN = {
    PartKind.COMMENT: "批注",
    PartKind.ANNOTATION: "注释",
    PartKind.DELETION: "修订删除的文字",
    PartKind.HIDDEN: "隐藏文字",
    PartKind.COVERED: "被遮盖的文字",
    PartKind.OUTSIDE: "页面之外的文字",
    PartKind.LAYER_OFF: "关闭图层的文字",
    PartKind.REVISION: "以前的版本",
    PartKind.RESIDUE: "残留数据",
}
_BY_KIND = {
    Kind.STATE_SECRET: ("suspected", "PUB-6", "疑似国家秘密事项，须确认是否定密"),
    Kind.WORK_SECRET: ("work-secret", "WRK-1", "疑似工作秘密，不得擅自公开"),
    Kind.TRADE_SECRET: ("trade-secret", "PUB-6", "疑似商业秘密，须征求权利人意见"),
    Kind.STATUTORY: ("statutory", "PUB-6", "疑似法律法规规定不得公开的信息"),
}
_PERSONS = ("personal-identity", "personal-mobile", "personal-bank-card", "personal-name", "personal-passport")


@dataclass(frozen=True, slots=True)
class Material:
    """What is known about one file on one day.

    `labels` are levels in its properties, `issued_on` the date it bears itself, `own` whether this unit made it,
    `commercial` whether a firm made it for business; `determinations` are those in force for its bytes, `genres` the
    kinds of text it shows signs of; `missing` are linked attachments that were not there to be reviewed.
    """

    assessment: Assessment
    on: dt.date
    labels: tuple[FoundMark, ...] = ()
    issued_on: dt.date | None = None
    own: bool = False
    commercial: bool = False
    determinations: tuple[Determination, ...] = ()
    clearances: tuple[Clearance, ...] = ()
    genres: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    masks: tuple[Mask, ...] = field(default=())

    def has(self, kind: ClearanceKind) -> bool:
        """Whether a clearance of a kind is on record."""
        return any(clearance.kind is kind for clearance in self.clearances)

    @property
    def cleared(self) -> bool:
        """Whether the file's own mark is dealt with: a 解密决定, and the originator's consent where it is another's."""
        return self.has(ClearanceKind.DECLASSIFIED) and (self.own or self.has(ClearanceKind.CONSENT))


_Rule = Callable[[Material], Iterator[Reason]]


def judge(material: Material) -> Review:
    """The verdict with every reason, the gravest first."""
    answered = {each.code for each in material.clearances if each.kind is ClearanceKind.ANSWERED}
    found = [reason for rule in _RULES for reason in rule(material)]
    standing = [reason for reason in found if reason.verdict is Verdict.REFUSE or reason.code not in answered]
    reasons = [reason for reason in standing if reason.verdict is not Verdict.PUBLISH]
    reasons.sort(key=lambda reason: (reason.verdict is not Verdict.REFUSE, reason.span or Span(0, 0), reason.code))
    notes = tuple(reason for reason in standing if reason.verdict is Verdict.PUBLISH)
    verdict = worst_verdict(tuple(reason.verdict for reason in reasons))
    return Review(verdict, tuple(reasons), notes, (*material.masks, *_mark_masks(material)))


def _reason(
    material: Material,
    code: str,
    verdict: Verdict,
    message: str,
    rule: str,
    span: Span | None = None,
    level: Level | None = None,
) -> Reason:
    place = ""
    if span is not None and material.assessment.document.text_map.parts:
        part = material.assessment.document.text_map.part_at(span.start)
        place = part.label if part.visible else f"{part.label}（不可见）"
    return Reason(code, verdict, message, rule, RULES[rule].article, span, place, level)


def _marks(material: Material) -> Iterator[tuple[FoundMark, Mark]]:
    """Marks at a mark's place and labels in properties: what claims a level for the file itself."""
    at_place = tuple(found for found in material.assessment.marks if found.at_place)
    yield from ((found, found.mark) for found in (*at_place, *material.labels) if found.mark is not None)


def ended_on(mark: Mark, issued_on: dt.date | None) -> dt.date | None:
    """The day on which the term of a mark ended or ends; None where a date alone does not say."""
    if isinstance(mark.term, Until):
        return mark.term.date
    if issued_on is None or not isinstance(mark.term, Duration | None):
        return None
    term = mark.term or Duration(years=mark.level.longest_years)
    try:
        return end_of(term, issued_on).date
    except UsageError:
        return None


def mark_in_force(material: Material) -> Iterator[Reason]:
    """PUB-2: what bears a mark in force is not published; what bears one whose term is over is looked at first."""
    for found, mark in _marks(material):
        level = mark.level
        label = found in material.labels
        where = "文档属性" if label else "标志位置"
        end = ended_on(mark, material.issued_on)
        if material.cleared:
            message = f"{where}有原{level.label}级标志，解密手续已记录；公开件中须删除或者遮盖标志"
            yield _reason(material, "mark-cleared", Verdict.PUBLISH, message, "PUB-3", found.span)
        elif material.has(ClearanceKind.DECLASSIFIED):
            message = f"{where}有{level.label}级标志，已记录解密决定，但不是本单位定密的，公开还须原定密机关同意"
            yield _reason(material, "consent-missing", Verdict.HOLD, message, "PUB-3", found.span)
        elif end is not None and end < material.on:
            whose = "本单位" if material.own else "其他单位"
            need = "核实并登记解密决定" if material.own else "取得原定密机关同意并登记"
            message = f"{where}有{whose}的{level.label}级标志，期限至{date_label(end)}已届满；公开前仍须审查，{need}"
            yield _reason(material, "mark-expired", Verdict.HOLD, message, "PUB-3", found.span)
        elif _misused(material, found, mark):
            message = f"非国家秘密不得使用国家秘密标志：{where}的“{level.label}”像是企业自定；属商业秘密的，建议改标“核心商密”"
            yield _reason(material, "mark-misused", Verdict.HOLD, message, "SOE-1", found.span)
        else:
            code = "label-in-force" if label else "mark-in-force"
            message = f"{where}有{level.label}级国家秘密标志，没有解密记录"
            yield _reason(material, code, Verdict.REFUSE, message, "PUB-2", found.span, level)


def _misused(material: Material, found: FoundMark, mark: Mark) -> bool:
    """A firm's own 绝密: a bare level on business papers that rest on nothing classified."""
    bare = mark.term is None and "★" not in found.text
    secret = any(finding.kind is Kind.STATE_SECRET for finding in material.assessment.findings)
    return bare and material.commercial and not secret and not material.assessment.derivations


def determination_in_force(material: Material) -> Iterator[Reason]:
    """PUB-2: a file that this unit has determined to be a state secret is not published before it is declassified."""
    for determination in material.determinations:
        if not material.cleared:
            level = determination.mark.level
            message = f"本单位已定密（{determination.id}，{determination.mark.text}），解密之前不得公开"
            yield _reason(material, "determination", Verdict.REFUSE, message, "PUB-2", level=level)


def carries_a_source(material: Material) -> Iterator[Reason]:
    """DRV-1: an excerpt of a classified source keeps the source's level; a source that is free is still looked at."""
    for derivation in material.assessment.derivations:
        source = derivation.source
        named = f"《{source.title}》{source.document_number}（{source.mark.text}）"
        for span in derivation.spans or (None,):
            if not _free(source, material):
                message = f"摘录了已定密文件{named}的内容，须按派生定密办理，不得公开"
                yield _reason(material, "excerpt", Verdict.REFUSE, message, "DRV-1", span, source.mark.level)
            elif not material.has(ClearanceKind.CONSENT):
                message = f"摘录了{named}的内容，其保密期限已满或者已解密；公开须经原定密机关同意"
                yield _reason(material, "source-free", Verdict.HOLD, message, "PUB-3", span)


def _free(source: Source, material: Material) -> bool:
    of_source = tuple(each for each in material.assessment.derivations if each.source.id == source.id)
    try:
        return derive(of_source, material.on).level is None
    except UsageError:
        return False


def mark_in_prose(material: Material) -> Iterator[Reason]:
    """MRK-1: a mark quoted in running text is shown with the kind of text; ★ on anything else is no mark."""
    labelled = {found.span for found in material.labels}
    genre = f"（文种像是{'、'.join(material.genres)}）" if material.genres else ""
    for found in material.assessment.marks:
        if found.span in labelled:
            continue
        if found.mark is None:
            message = "★只用于国家秘密标志，非国家秘密不得使用国家秘密标志；工作秘密标“内部”，商业秘密不用★"
            yield _reason(material, "mark-misused", Verdict.HOLD, message, "MRK-1", found.span)
        elif not found.at_place:
            message = f"行文中引用了标志样例{genre}，不在标志位置，请确认只是举例"
            yield _reason(material, "mark-quoted", Verdict.HOLD, message, "MRK-1", found.span)


def open_citation(material: Material) -> Iterator[Reason]:
    """PUB-6: a classified document that is cited is held until somebody says that nothing of it is carried over."""
    for citation in material.assessment.citations:
        if not citation.answer:
            message = "引用涉密文号或者密级，请确认是否涉及其内容，文号本身是否可以公开"
            yield _reason(material, "citation", Verdict.HOLD, message, "PUB-6", citation.span)


def suspected_matter(material: Material) -> Iterator[Reason]:
    """PUB-6: what a 保密事项范围 or another list speaks of is not published while nobody is sure."""
    for finding in material.assessment.findings:
        if finding.kind in _BY_KIND:
            code, rule, words = _BY_KIND[finding.kind]
            named = f"（{finding.item}）" if finding.item else ""
            yield _reason(material, code, Verdict.HOLD, f"{words}{named}", rule, finding.span)


def personal_data(material: Material) -> Iterator[Reason]:
    """PUB-5: personal data are de-identified before anything is published; an office's own contact data are told."""
    for finding in _personal(material):
        if finding.confidence < NOTE:
            message = f"{finding.item}（{'；'.join(finding.why)}）"
            yield _reason(material, finding.entry, Verdict.PUBLISH, message, "PUB-5", finding.span)
        else:
            message = f"含{finding.item}，公开前须去标识或者取得单独同意"
            yield _reason(material, finding.entry, Verdict.HOLD, message, "PUB-5", finding.span)


def _personal(material: Material) -> Iterator[Finding]:
    return (finding for finding in material.assessment.findings if finding.kind is Kind.PERSONAL)


def aggregation(material: Material) -> Iterator[Reason]:
    """PUB-7: many single things that are harmless may not be so together."""
    people = Counter(
        f.entry for f in {(f.entry, f.text): f for f in _personal(material) if f.confidence >= NOTE}.values()
    )
    most = max((people[entry] for entry in _PERSONS), default=0)
    if most >= MANY_PEOPLE:
        message = f"一份文件集中了 {most} 条同类个人信息，请作为整体审查是否公开、公开到什么程度"
        yield _reason(material, "aggregation", Verdict.HOLD, message, "PUB-7")
    entries = {f.entry for f in material.assessment.findings if f.kind in (Kind.STATE_SECRET, Kind.WORK_SECRET)}
    if len(entries) >= 3:
        message = f"同时涉及 {len(entries)} 类事项，单条未必涉密，合在一起是否涉密须作为整体审查"
        yield _reason(material, "aggregation", Verdict.HOLD, message, "PUB-7")


def combination(
    item: str, others: Sequence[str], places: int, least: int, span: Span | None = None, place: str = ""
) -> Reason:
    """PUB-7: a file that reaches an item of a 保密事项范围 only together with `others` of the same batch is held.

    `places` is how many single items were found in all of them, `least` how many make the matter.
    """
    named = "、".join(f"“{name}”" for name in others[:_NAMED]) + (
        f"等 {len(others)} 份" if len(others) > _NAMED else ""
    )
    message = (
        f"单份不构成，与同批的{named}合在一起有 {places} 项（至少 {least} 项），"
        f"可能构成“{item}”，须整批审查是否公开、公开哪些"
    )
    return Reason("aggregation", Verdict.HOLD, message, "PUB-7", RULES["PUB-7"].article, span, place)


def unseen_content(material: Material) -> Iterator[Reason]:
    """PUB-4: what a reader does not see is taken out of a release copy, and the original is not what gets published."""
    document = material.assessment.document
    if document.format is Format.HTML:
        return  # every page has comments and menus that open on a click; what they say is looked through like the rest
    kinds = dict.fromkeys(part.kind for part in document.text_map.parts if not part.visible and part.kind in _UNSEEN)
    for kind in kinds:
        part = next(part for part in document.text_map.parts if part.kind is kind and not part.visible)
        message = f"文件里有{_UNSEEN[kind]}，须清理后公开，不能直接公开原文件"
        yield _reason(material, "unseen-content", Verdict.HOLD, message, "PUB-4", Span(part.start, part.end))


def embedded_files(material: Material) -> Iterator[Reason]:
    """PUB-4: a file inside a document goes out with it, unseen; a release copy comes without, and it is reviewed by itself."""
    document = material.assessment.document
    if document.format not in (Format.PDF, Format.DOCX):
        return  # the files in an archive are what it is for
    for path in dict.fromkeys(part.path[:1] for part in document.text_map.parts if part.path):
        part = next(part for part in document.text_map.parts if part.path[:1] == path)
        message = "文件里嵌有其他文件，公开件不带；确须公开的另行送审"
        yield _reason(material, "embedded", Verdict.HOLD, message, "PUB-4", Span(part.start, part.end))


def not_read(material: Material) -> Iterator[Reason]:
    """PUB-6: what could not be read cannot be cleared."""
    if material.assessment.document.status is not ReadStatus.READ:
        message = "有内容没有读到，读全之前不得公开"
        yield _reason(material, "unread", Verdict.HOLD, message, "PUB-6")


def missing_attachment(material: Material) -> Iterator[Reason]:
    """PUB-1: every attachment is reviewed with the page that links to it."""
    for name in material.missing:
        message = f"链接的附件没有随网页保存，未审查：{name}"
        yield _reason(material, "attachment-missing", Verdict.HOLD, message, "PUB-1")


_RULES: tuple[_Rule, ...] = (
    mark_in_force,
    determination_in_force,
    carries_a_source,
    mark_in_prose,
    open_citation,
    suspected_matter,
    personal_data,
    aggregation,
    unseen_content,
    embedded_files,
    not_read,
    missing_attachment,
)


def _mark_masks(material: Material) -> Iterator[Mask]:
    """The marks of a file whose declassification is on record: a release copy does not bear them."""
    if material.cleared:
        for found, _ in _marks(material):
            yield Mask(found.span, found.text, "", ORIGINAL_MARK)
