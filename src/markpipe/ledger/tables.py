"""The shape of projected tables and of changes to them.  Which event changes what is said in `ledger.fold`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Value = str | int
Row = Mapping[str, Value]
Key = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A projected table: its key, and what its columns hold.

    Of a table that is `counted`, `STANDING` holds how many rows are in each state.
    """

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, type[str] | type[int]]
    counted: bool = False

    def key_of(self, row: Row) -> Key:
        return tuple(row[name] for name in self.key)


STANDING = Table("standing", ("kind", "state"), {"kind": str, "state": str, "count": int})


@dataclass(frozen=True, slots=True)
class Put:
    """A whole row.  Its key must be new, unless it is a `latest` that takes the place of the one before."""

    table: Table
    row: Row
    latest: bool = False


@dataclass(frozen=True, slots=True)
class Patch:
    """Some columns of a row that is there."""

    table: Table
    key: Key
    fields: Row


@dataclass(frozen=True, slots=True)
class Tally:
    """Add to the whole-number columns of a row, which begins with zeros where there is none."""

    table: Table
    key: Key
    add: Mapping[str, int]


Change = Put | Patch | Tally


def moved(table: Table, before: str | None, after: str) -> tuple[Tally, ...]:
    """What a row of a counted table that goes from one state to another changes in `STANDING`."""
    if before == after:
        return ()
    gone = () if before is None else (Tally(STANDING, (table.name, before), {"count": -1}),)
    return (*gone, Tally(STANDING, (table.name, after), {"count": 1}))


class FoldError(ValueError):
    """An event that does not fit what came before it: the register is damaged."""
