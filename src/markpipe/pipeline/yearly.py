"""The figures of the three yearly tables, counted in 件 from the register.  What they look like is `forms.yearly`'s."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from markpipe.forms.yearly import Count, Yearly
from markpipe.ledger.procedure import MatterChanged, MatterDeclassified
from markpipe.model.classification import Level
from markpipe.model.decision import Decision, Determination, Origin
from markpipe.model.procedure import ChangeKind, Ending
from markpipe.store.register import Register


def due_on(year: int, annual_due: tuple[int, int]) -> dt.date:
    """The day on which the tables of a year are due: (month, day) of the year after, 29 February being its last day."""
    month, day = annual_due
    return dt.date(year + 1, month, min(day, 28) if month == 2 else day)


def produced(register: Register, year: int) -> int:
    """How many matters were determined in a year."""
    return len(_decided(register, year))


def counts(register: Register, table: Yearly, year: int) -> tuple[Count, ...]:
    """The lines of a table."""
    match table:
        case Yearly.HELD:
            return tuple(_held(register))
        case Yearly.PRODUCED:
            made = _decided(register, year)
            lines = [Count(one.value, _by_level(d for d in made if d.origin is one)) for one in Origin]
            return (*lines, Count("合计", _by_level(made)))
        case Yearly.CHANGED:
            return tuple(_changed(register, year))


def _held(register: Register) -> Iterable[Count]:
    matters = [m for m in register.matters() if m.decision is Decision.APPROVED and m.determination is not None]
    yield Count("本机关、单位定密事项", _by_level(m.determination for m in matters if m.determination is not None))
    yield Count("登记的已定密事项（来源）", Counter(source.mark.level for source in register.sources()))


def _changed(register: Register, year: int) -> Iterable[Count]:
    changes: dict[ChangeKind, Counter[Level]] = {kind: Counter() for kind in ChangeKind}
    endings: dict[Ending, Counter[Level]] = {kind: Counter() for kind in Ending}
    by_id = {matter.id: matter for matter in register.matters()}
    for entry in register.steps():
        match entry.event:
            case MatterChanged(kind, after, on=on) if on.year == year:
                changes[kind][after.mark.level] += 1
            case MatterDeclassified(matter, ending, on) if on.year == year:
                determination = by_id[matter].determination
                if determination is not None:
                    endings[ending][determination.mark.level] += 1
            case _:
                pass
    for kind, levels in changes.items():
        yield Count(kind.value, levels)
    for ending, levels in endings.items():
        yield Count(ending.value, levels)


def _decided(register: Register, year: int) -> list[Determination]:
    """The determinations of a year as they stand now; the number bears the year in which a matter was put forward."""
    found = [matter.determination for matter in register.matters()]
    return [one for one in found if one is not None and one.id.startswith(f"D{year}-")]


def _by_level(determinations: Iterable[Determination]) -> Counter[Level]:
    return Counter(one.mark.level for one in determinations)
