"""派生定密 as a calculation: what must a draft carry that derives from these sources?

Level and end are taken independently (保密法实施条例第十八条): the highest level and the latest end may come from
different sources.  Where the end cannot be known the result is *held*: the level stands, no mark is offered, and the
warnings say what a person must settle.  This module proposes nothing and knows no authority: deriving needs none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from markpipe.classify.carried import Item, Notes, Reason, State, items_of
from markpipe.classify.rulebook.table import violation
from markpipe.classify.terms import End, latest, term_of
from markpipe.model.classification import Level, Mark, Term
from markpipe.model.decision import Derivation, Violation


@dataclass(frozen=True, slots=True)
class Derived:
    """What derives from some sources.

    `level` None: nothing.  `end` None: nothing, or not known.  `violations` are those of the sources; `warnings` are to
    be looked into and include `holds`, which a person must settle before a mark can be written.
    """

    level: Level | None
    end: End | None
    access_scope: str
    because: tuple[Reason, ...]
    violations: tuple[Violation, ...]
    warnings: tuple[Violation, ...]
    holds: tuple[Violation, ...]

    @property
    def held(self) -> bool:
        """Whether a person must settle something first."""
        return bool(self.holds)

    @property
    def term(self) -> Term | None:
        """What stands behind ★: the end as a date, a condition or 长期; None while held."""
        return None if self.end is None or self.held else term_of(self.end)

    @property
    def mark(self) -> Mark | None:
        """The mark that the draft must bear; None where nothing derives and while held."""
        return None if self.level is None or self.term is None else Mark(self.level, self.term)

    @property
    def declassify_on(self) -> dt.date | None:
        """The last protected day, where a date alone decides."""
        return None if self.end is None or self.held else self.end.date

    @property
    def condition(self) -> str | None:
        """The conditions; where several, or a date beside them, must all be met, all of them."""
        return self.end.label if self.end is not None and self.end.conditions else None


def derive(derivations: Sequence[Derivation], issued_on: dt.date, set_aside: Collection[str] = ()) -> Derived:
    """What a draft issued on that day must carry; `UsageError` where a term runs past the calendar.

    `set_aside` are the rules whose inferred part the unit does not apply: DRV-3 (the term of a 密点), TRM-4 (the last
    day); DRV-2 is `as_read`'s.
    """
    notes = Notes()
    items = [
        item for number, one in enumerate(derivations, 1) for item in items_of(number, one, issued_on, notes, set_aside)
    ]
    binding = [item for item in items if item.state is not State.FREE]
    if not binding:
        if items:
            notes.reason("PUB-3", "来源已解密，不等于可以公开：公开前仍须审查，原国家秘密标志和敏感内容要删除或者遮盖")
        return _result(None, None, "", notes, ())
    for item in binding:
        notes.reason("DRV-2", item.why)
    level = max(item.level for item in binding)
    if len(binding) > 1:
        levels = "、".join(f"{item.label}{item.level.label}" for item in binding)
        notes.reason("DRV-4", f"密级取最高：{levels}，取{level.label}")
    holds = _open(binding, level, notes)
    end = _common_end(binding, notes, known=not holds)
    if end is not None and not end.ranked:
        holds = (*holds, _unranked(end))
    return _result(level, end, _scope(binding, notes), notes, holds)


def as_read(derivations: Sequence[Derivation], set_aside: Collection[str]) -> tuple[Derivation, ...]:
    """The same, but whole sources where the unit does not let a level follow the 密点 touched (DRV-2 set aside)."""
    return tuple(replace(one, touched=()) if "DRV-2" in set_aside else one for one in derivations)


def _result(level: Level | None, end: End | None, scope: str, notes: Notes, holds: tuple[Violation, ...]) -> Derived:
    warnings = tuple(dict.fromkeys((*notes.warnings, *holds)))
    return Derived(level, end, scope, tuple(notes.because), tuple(notes.violations), warnings, holds)


def _open(binding: list[Item], level: Level, notes: Notes) -> tuple[Violation, ...]:
    """What is not known and could change the result.

    An item that is 长期 for certain settles every other end; it also settles an item that may be free already, if
    some certain item has the highest level.
    """
    certain = [item for item in binding if item.state is State.CARRIES]
    endless = any(item.end is not None and item.end.indefinite for item in certain)
    level_certain = any(item.level == level for item in binding if item.state is not State.UNCONFIRMED)
    holds = []
    for item in binding:
        match item.state:
            case State.UNDATED if endless:
                notes.reason("TRM-4", f"{item.label}何时届满不能确定，但另有来源为长期，不影响结果")
            case State.UNDATED:
                holds.append(violation("TRM-4", item.notice))
            case State.UNCONFIRMED if endless and level_certain:
                notes.warn("TRM-3", item.notice)
            case State.UNCONFIRMED:
                holds.append(violation("TRM-3", item.notice))
            case _:
                pass
    return tuple(dict.fromkeys(holds))


def _common_end(binding: list[Item], notes: Notes, *, known: bool) -> End | None:
    """The end of all together; None while one of them could still change it."""
    ends = [item.end for item in binding if item.state is State.CARRIES and item.end is not None]
    if not known:
        return None
    end = latest(ends)
    if len(binding) > 1 and end.ranked:
        notes.reason("DRV-4", f"期限取最晚：取{end.label}，与密级各自比较")
    if end.indefinite:
        notes.reason("DRV-3", "期限随来源，为长期")
    elif not end.ranked:
        return end
    elif end.conditions:
        notes.reason("TRM-5", f"期限随来源的解密条件“{end.label}”；条件不会自己到期，须有人确认成就")
    else:
        notes.reason("DRV-3", f"解密时间随来源，标志写{end.label}，不从本稿的制发日重新起算")
    return end


def _unranked(end: End) -> Violation:
    return violation("TRM-5", f"解密条件与时间不能比较长短（{end.label}），须全部满足才能解密，标志怎么写请由人决定")


def _scope(binding: list[Item], notes: Notes) -> str:
    scopes = tuple(dict.fromkeys(item.access_scope for item in binding if item.access_scope))
    if scopes:
        common = "；各来源不一致的，只限其共同的部分" if len(scopes) > 1 else ""
        notes.reason("DRV-8", f"知悉范围不大于来源的范围{common}")
    return "；".join(scopes)
