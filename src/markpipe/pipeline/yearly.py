"""The figures of the three yearly tables, counted in 件 from the register.  What they look like is `forms.yearly`'s."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from markpipe.forms.yearly import Count, Yearly
from markpipe.ledger.events import MatterApproved, SourceAdded, SourceRemoved
from markpipe.ledger.procedure import MatterChanged, MatterDeclassified
from markpipe.model.classification import Level
from markpipe.model.decision import Determination, Origin
from markpipe.model.procedure import ChangeKind, Ending
from markpipe.pipeline.standing import day_of
from markpipe.store.register import Register


def due_on(year: int, annual_due: tuple[int, int]) -> dt.date:
    """The day on which the tables of a year are due: (month, day) of the year after, 29 February being its last day."""
    month, day = annual_due
    return dt.date(year + 1, month, min(day, 28) if month == 2 else day)


def produced(register: Register, year: int) -> int:
    """How many matters were determined in a year."""
    return len(_year(register, year).made)


def counts(register: Register, table: Yearly, year: int) -> tuple[Count, ...]:
    """The lines of a table."""
    counted = _year(register, year)
    match table:
        case Yearly.HELD:
            return tuple(_held(register, counted, year))
        case Yearly.PRODUCED:
            lines = [Count(one.value, _by_level(d for d in counted.made if d.origin is one)) for one in Origin]
            return (*lines, Count("合计", _by_level(counted.made)))
        case Yearly.CHANGED:
            changes = (Count(kind.value, counted.changes.get(kind, {})) for kind in ChangeKind)
            return (*changes, *(Count(kind.value, counted.endings.get(kind, {})) for kind in Ending))


@dataclass(slots=True)
class _Year:
    """What the events up to the end of a year come to: what was determined in it as it was determined then, what still
    is protected at its end, which sources are registered, and what was changed in it."""

    made: list[Determination] = field(default_factory=list)
    protected: dict[str, Determination] = field(default_factory=dict)
    sources: dict[str, Level] = field(default_factory=dict)
    changes: dict[ChangeKind, Counter[Level]] = field(default_factory=dict)
    endings: dict[Ending, Counter[Level]] = field(default_factory=dict)


def _year(register: Register, year: int) -> _Year:
    counted = _Year()
    for row in register.events():
        entry = row.entry()
        match entry.event:
            case MatterApproved(determination) if determination.decided_on.year <= year:
                counted.protected[determination.id] = determination
                if determination.decided_on.year == year:
                    counted.made.append(determination)
            case MatterChanged(kind, after, on=on) if on.year <= year:
                counted.protected[after.id] = after
                if on.year == year:
                    counted.changes.setdefault(kind, Counter())[after.mark.level] += 1
            case MatterDeclassified(matter, ending, on) if on.year <= year and matter in counted.protected:
                level = counted.protected.pop(matter).mark.level
                if on.year == year:
                    counted.endings.setdefault(ending, Counter())[level] += 1
            case SourceAdded(source) if day_of(entry).year <= year:
                counted.sources[source.id] = source.mark.level
            case SourceRemoved(source=source_id) if day_of(entry).year <= year:
                counted.sources.pop(source_id, None)
            case _:
                pass
    return counted


def _held(register: Register, counted: _Year, year: int) -> Iterator[Count]:
    yield Count("年末在保密期内的本机关、单位定密事项", _by_level(counted.protected.values()))
    incoming = (one.mark.level for one in register.incoming() if one.received_on.year == year)
    yield Count("当年收到的国家秘密文件（收文）", Counter(incoming))
    yield Count("登记的已定密事项（来源）", Counter(counted.sources.values()))


def _by_level(determinations: Iterable[Determination]) -> Counter[Level]:
    return Counter(one.mark.level for one in determinations)
