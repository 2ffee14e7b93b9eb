"""What is wrong with the marks that a carrier bears, whoever set them: form, place, order, level, term, agreement.

Judges values: where the marks of a file are and what else its first page says was read before (`pipeline.inkread`).  An
answer is a code, a sentence, a place and the rule; `meta-` ones are said and count for nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from markpipe.model.classification import Indefinite, Level, Mark, Until, longer_than_allowed


class Stand(Enum):
    """Where a mark stands."""

    HEAD = "head"
    """At the head of the first page or cover: the mark of the whole."""
    RUNNING = "running"
    """In the margin of a page."""
    INSIDE = "inside"
    """On a line of its own further in: the mark of an item of a compilation, an attachment, a paragraph."""
    QUOTED = "quoted"
    """In running text: no mark at all."""


@dataclass(frozen=True, slots=True)
class Inked:
    """One mark: its words, what they mean (None: nothing), what is wrong with their form, and where it stands."""

    text: str
    mark: Mark | None
    problem: str
    where: str
    stand: Stand
    right: bool = False


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a carrier bears.

    `order` are 份号, 标志 and 紧急程度 of the head as they follow each other (several words in one string share a line);
    `serial` is what stands where a 份号 does; `voided` are marks that a 变更 or 解密 stamp names as void.
    """

    marks: tuple[Inked, ...] = ()
    order: tuple[str, ...] = ()
    serial: str = ""
    voided: frozenset[str] = frozenset()
    freed: bool = False
    pre_marked: bool = False
    commercial: bool = False
    work_secret: str = ""
    reproduced: bool = False
    copy_stamp: bool = False
    point_levels: tuple[Level, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong."""

    code: str
    message: str
    where: str
    rule: str


SERIAL, MARK, URGENCY = "份号", "密级和保密期限", "紧急程度"
_RIGHT_ORDER = (SERIAL, MARK, URGENCY)


def cover(bearing: Bearing) -> Inked | None:
    """The mark of the whole: the one at the head that is not void."""
    return next(
        (one for one in bearing.marks if one.stand is Stand.HEAD and one.mark and not _void(one, bearing)), None
    )


def flaws(bearing: Bearing, on: dt.date) -> Iterator[Flaw]:
    """Everything that is wrong with what a carrier bears, on a day."""
    first = cover(bearing)
    yield from _pre_marks(bearing, first)
    if bearing.commercial and any(one.stand is not Stand.QUOTED for one in bearing.marks):
        yield from _of_a_firm(bearing)
        return
    for one in bearing.marks:
        if one.stand is not Stand.QUOTED and not _void(one, bearing):
            yield from _form(one)
            yield from _term(one, on)
    if first is None or first.mark is None:
        if any(one.stand is Stand.INSIDE and one.mark for one in bearing.marks) and not bearing.freed:
            yield Flaw("mark-cover", "里面有标明密级的内容，封面或者首页没有标志", "全文", "DRV-4")
        return
    yield from _head(bearing, first)
    yield from _inside(bearing, first.mark)
    yield from _others(bearing, first, first.mark)


def _void(one: Inked, bearing: Bearing) -> bool:
    return one.text in bearing.voided or (bearing.freed and one.stand is Stand.HEAD)


def _pre_marks(bearing: Bearing, first: Inked | None) -> Iterator[Flaw]:
    if not bearing.pre_marked:
        return
    if first is None:
        yield Flaw("mark-pending", "只有拟定预标，未经审核批准，不是国家秘密标志", "全文", "REC-1")
    else:
        yield Flaw("mark-pending", "已有正式标志，还留着拟定预标", "全文", "REC-1")


def _of_a_firm(bearing: Bearing) -> Iterator[Flaw]:
    """A firm's own 绝密, 机密 or 秘密 (保密法第二十二条); 商业秘密 is marked otherwise."""
    found = next(one for one in bearing.marks if one.stand is not Stand.QUOTED)
    yield Flaw(
        "mark-misused",
        f"“{found.text}”像是企业自定：不是国家秘密的，不得使用国家秘密标志；属商业秘密的，改标“权属 核心商密（或普通商密）期限”",
        found.where,
        "SOE-1",
    )


def _form(one: Inked) -> Iterator[Flaw]:
    if one.mark is None or one.mark.term is None:
        problem = one.problem or "没有标明保密期限"
        yield Flaw("mark-form", f"国家秘密标志不合规范：{problem}", one.where, "MRK-1" if one.mark else "NEG-1")
    elif one.problem and not longer_than_allowed(one.mark.level, one.mark.term):
        yield Flaw("mark-form", f"国家秘密标志不合规范：{one.problem}", one.where, "MRK-1")
    if one.right and one.stand is Stand.HEAD:
        message = "标志在首页右上角，是1999年格式的旧位置；应在版心左上角第二行（GB/T 9704-2012）"
        yield Flaw("mark-place", message, one.where, "MRK-2")


def _term(one: Inked, on: dt.date) -> Iterator[Flaw]:
    mark = one.mark
    if mark is None or mark.term is None:
        return
    if longer_than_allowed(mark.level, mark.term):
        limit = f"{mark.level.label}级事项的保密期限最长{mark.level.longest_years}年"
        yield Flaw("mark-term", f"“{mark.text}”期限过长：{limit}，除非保密事项范围另有规定", one.where, "TRM-1")
    elif isinstance(mark.term, Indefinite):
        message = "期限为长期：须保密事项范围规定为长期，或者承继自来源，请核对定密依据"
        yield Flaw("meta-term", message, one.where, "TRM-2")
    elif isinstance(mark.term, Until) and mark.term.date < on:
        yield Flaw("meta-expired", f"“{mark.text}”的解密时间已过，请办理解密或者核对是否延长", one.where, "DCL-1")


def _head(bearing: Bearing, first: Inked) -> Iterator[Flaw]:
    others = {one.text for one in bearing.marks if one.stand is Stand.HEAD and not _void(one, bearing)} - {first.text}
    if others:
        yield Flaw("mark-several", "首页不止一个国家秘密标志，互相矛盾", first.where, "MRK-2")
    if not bearing.serial:
        yield Flaw("meta-serial", "首页没有份号；涉密公文的每一份都要编份号", first.where, "SER-1")
    elif len(bearing.serial) == 7:
        yield Flaw(
            "mark-serial", "份号是7位，为1999年格式；应为6位阿拉伯数字（GB/T 9704-2012 7.2.1）", first.where, "MRK-2"
        )
    elif len(bearing.serial) != 6:
        message = f"份号应为6位阿拉伯数字，现为{len(bearing.serial)}位（GB/T 9704-2012 7.2.1）"
        yield Flaw("mark-serial", message, first.where, "MRK-2")
    if any("＋" in one for one in bearing.order):
        yield Flaw("mark-order", "份号、密级和保密期限、紧急程度应各占一行", first.where, "MRK-2")
    ranks = [_RIGHT_ORDER.index(part) for one in bearing.order for part in one.split("＋")]
    if ranks != sorted(ranks):
        yield Flaw("mark-order", "顺序不对：自上而下应为份号、密级和保密期限、紧急程度", first.where, "MRK-2")


def _inside(bearing: Bearing, whole: Mark) -> Iterator[Flaw]:
    """The cover of a compilation bears the highest level and the longest term; every page bears what the cover does."""
    items = [one for one in bearing.marks if one.stand is Stand.INSIDE and one.mark and not _void(one, bearing)]
    levels = [*bearing.point_levels, *(one.mark.level for one in items if one.mark)]
    if levels and max(levels) > whole.level:
        where = next((one.where for one in items if one.mark and one.mark.level == max(levels)), "密点")
        message = f"首页标志是{whole.level.label}，低于里面的{max(levels).label}；应标其中的最高密级"
        yield Flaw("mark-cover", message, where, "DRV-4")
    for one in items:
        if one.mark and longer(one.mark, whole):
            message = f"首页标志“{whole.text}”的期限短于里面的“{one.text}”；应标其中的最长保密期限"
            yield Flaw("mark-cover", message, one.where, "DRV-4")
            break
    known = {whole.text, whole.level.label, *(one.text for one in items)}
    for one in bearing.marks:
        if one.stand is Stand.RUNNING and one.text not in known and not _void(one, bearing):
            yield Flaw("mark-pages", f"页眉页脚的“{one.text}”与首页的“{whole.text}”不一致", one.where, "MRK-1")


def longer(one: Mark, other: Mark) -> bool:
    """Whether a term certainly ends later; terms that only a date or a person can compare are left alone."""
    mine, whole = one.term, other.term
    if isinstance(mine, Indefinite):
        return not isinstance(whole, Indefinite)
    if isinstance(mine, Until) and isinstance(whole, Until):
        return mine.date > whole.date
    days = [getattr(t, "years", 0) * 365 + getattr(t, "months", 0) * 30 + getattr(t, "days", 0) for t in (mine, whole)]
    return type(mine) is type(whole) and days[0] > days[1]


def _others(bearing: Bearing, first: Inked, whole: Mark) -> Iterator[Flaw]:
    if bearing.work_secret:
        message = f"标有“{bearing.work_secret}”又加国家秘密标志：工作秘密不得使用国家秘密标志，只标“内部”或者“内部事项 注意保管”"
        yield Flaw("mark-kind", message, first.where, "NEG-1")
    if bearing.reproduced and not bearing.copy_stamp:
        message = "是复制件，没有复制戳记（复制单位、日期、份数）；复制件须加盖戳记，视同原件管理"
        yield Flaw("mark-copy", message, first.where, "CPY-1")
    if (bearing.reproduced or bearing.copy_stamp) and whole.level is Level.JUEMI:
        message = "绝密级载体的复制件：未经原定密机关、单位或者其上级机关批准不得复制，请核对批准手续"
        yield Flaw("mark-copy", message, first.where, "CPY-2")
