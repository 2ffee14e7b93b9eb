"""The lines of the three yearly tables, from what happened in the year and the settings.  How they look is `forms.yearly`'s."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from markpipe.classify.authority import TIER_LEVELS
from markpipe.classify.terms import end_of
from markpipe.config.settings import Settings
from markpipe.forms.yearly import Count, Yearly
from markpipe.model.agency import Officer
from markpipe.model.classification import Condition, Duration, Indefinite, Level, Until, anniversary
from markpipe.model.decision import Determination, Origin
from markpipe.model.procedure import ChangeKind, Ending, ReportKind
from markpipe.pipeline.yearly import DESTROYED, DUPLICATED, LOST, MADE, RECEIVED, Changed, Year, year_of
from markpipe.store.register import Register

BANDS = (1, 5, 10, 20, 30)
_KINDS = {Duration: "写期限的", Until: "写解密时间的", Condition: "写解密条件的", Indefinite: "写长期的"}
_AUTHORITY = "定密权限："


def tables(register: Register, settings: Settings, year: int) -> Mapping[Yearly, tuple[Count, ...]]:
    """The three tables of a year."""
    counted = year_of(register, year, settings.procedure.set_aside)
    return {
        Yearly.HELD: tuple(_held(counted, settings)),
        Yearly.PRODUCED: tuple(_produced(counted, settings)),
        Yearly.CHANGED: tuple(_changed(counted)),
    }


def _held(counted: Year, settings: Settings) -> Iterator[Count]:
    protected = counted.protected.values()
    part = "一、年末在保密期内的本机关、单位定密事项"
    yield Count(part, "合计", _levels(protected))
    yield from _by_origin(part, protected)
    part = "二、来自其他机关、单位的国家秘密"
    yield Count(part, "当年收到的文件（收文）", Counter(one.mark.level for one in counted.incoming))
    yield Count(part, "年末登记的已定密事项（来源）", Counter(counted.sources.values()))
    for what in (MADE, RECEIVED, DUPLICATED, DESTROYED, LOST):
        yield Count("三、国家秘密载体（当年）", what, counted.carriers.get(what, {}), "份")
    last = dt.date(counted.year, 12, 31)
    serving = [one for one in settings.officers if one.in_office(last)]
    for words, some in (
        ("法定定密责任人", [one for one in serving if one.statutory]),
        ("指定定密责任人", [one for one in serving if not one.statutory]),
        ("其中：B角", [one for one in serving if one.deputy_of]),
    ):
        yield _people("四、定密责任人和定密权限（年末）", words, some)
    grants = [one for one in settings.agency.authorities if any(one.holds(level, last) for level in one.levels)]
    own = dict.fromkeys(TIER_LEVELS[settings.agency.tier], 1)
    part = "四、定密责任人和定密权限（年末）"
    yield Count(part, "机关层级的原始定密权", own, "项", int(bool(own)))
    yield Count(part, "有效的定密授权", Counter(level for one in grants for level in one.levels), "项", len(grants))


def _people(part: str, words: str, officers: Iterable[Officer]) -> Count:
    some = tuple(officers)
    return Count(part, words, Counter(level for one in some for level in one.levels), "人", len(some))


def _produced(counted: Year, settings: Settings) -> Iterator[Count]:
    made = counted.made
    part = "一、当年确定的国家秘密"
    yield Count(part, "合计", _levels(made))
    yield from _by_origin(part, made)
    lengths = ("不超过1年", *(f"超过{low}年、不超过{high}年" for low, high in pairwise(BANDS)))
    for words in (*lengths, f"超过{BANDS[-1]}年", "解密条件", "长期"):
        yield Count("二、按保密期限（自制发日至解密时间）", words, _levels(one for one in made if _band(one) == words))
    for kind, words in _KINDS.items():
        yield Count("三、按标志的写法", words, _levels(one for one in made if isinstance(one.mark.term, kind)))
    statutory = {one.name for one in settings.officers if one.statutory}
    part = "四、按定密责任人"
    yield Count(part, "法定定密责任人批准", _levels(one for one in made if one.officer in statutory))
    yield Count(part, "指定定密责任人批准", _levels(one for one in made if one.officer not in statutory))
    yield Count(part, "其中：B角代行", _levels(one for one in made if one.on_behalf_of))
    for words, holds in _GROUNDS.items():
        yield Count("五、按定密权限", words, _levels(one for one in made if holds(_authority(one))))
    part = "六、报请确定和不予定密"
    for report in ReportKind:
        yield _asked(part, f"{report.value}上报", (level for one, level in counted.reported if one is report))
        yield _asked(part, f"{report.value}得到答复", (level for one, level in counted.answered if one is report))
    yield _asked(part, "不予定密", counted.declined)


def _changed(counted: Year) -> Iterator[Count]:
    part = "一、变更（按变更前的密级）"
    yield Count(part, "合计", _levels(one.before for one in counted.changes))
    for words, holds in _CHANGES.items():
        yield Count(part, words, _levels(one.before for one in counted.changes if holds(one)))
    freed = [one.last for one in counted.freed]
    part = "二、解密（按解密前的密级）"
    yield Count(part, "合计", _levels(freed))
    for ending in Ending:
        yield Count(part, ending.value, _levels(one.last for one in counted.freed if one.ending is ending))
    yield from _by_origin("三、解密的事项原来的定密方式", freed)


_CHANGES: Mapping[str, Callable[[Changed], bool]] = {
    "密级提高": lambda one: one.after.mark.level > one.before.mark.level,
    "密级降低": lambda one: one.after.mark.level < one.before.mark.level,
    "延长保密期限": lambda one: one.kind is ChangeKind.EXTENSION,
    "其他保密期限变更": lambda one: one.kind is ChangeKind.TERM,
    "知悉范围变更": lambda one: one.before.access_scope != one.after.access_scope,
    "其中：随来源办理": lambda one: one.kind is ChangeKind.FOLLOWED,
}

_GROUNDS: Mapping[str, Callable[[str], bool]] = {
    "派生，不需要定密权限": lambda line: not line,
    "机关层级的原始定密权": lambda line: "机关的定密权限" in line,
    "定密授权": lambda line: bool(line) and "机关的定密权限" not in line and not line.startswith("由"),
    "有权机关、单位确定": lambda line: line.startswith("由"),
}


def _authority(one: Determination) -> str:
    """On what the unit's own part rested, as the decision's basis says; empty where there was none."""
    line = next((line for line in one.basis if line.startswith(_AUTHORITY)), "")
    return line.removeprefix(_AUTHORITY)


def _by_origin(part: str, some: Iterable[Determination]) -> Iterator[Count]:
    known = tuple(some)
    for origin in Origin:
        yield Count(part, f"其中：{origin.value}", _levels(one for one in known if one.origin is origin))


def _asked(part: str, words: str, levels: Iterable[Level | None]) -> Count:
    some = tuple(levels)
    return Count(part, words, Counter(level for level in some if level is not None), "件", len(some))


def _band(one: Determination) -> str:
    """Into which band the time from 制发日 to the end falls."""
    if one.mark.term is None:
        return ""
    end = end_of(one.mark.term, one.issued_on)
    if end.indefinite:
        return "长期"
    if end.date is None:
        return "解密条件"
    above = [years for years in BANDS if end.date > anniversary(one.issued_on, years)]
    if not above:
        return f"不超过{BANDS[0]}年"
    if above[-1] == BANDS[-1]:
        return f"超过{BANDS[-1]}年"
    return f"超过{above[-1]}年、不超过{BANDS[len(above)]}年"


def _levels(some: Iterable[Determination]) -> Counter[Level]:
    return Counter(one.mark.level for one in some)
