"""The shape of projected tables and of changes to them.  Which event changes what is said in `ledger.fold`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Value = str | int
Row = Mapping[str, Value]
Key = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A projected table: its key, and what its columns hold."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, type[str] | type[int]]

    def key_of(self, row: Row) -> Key:
        return tuple(row[name] for name in self.key)


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


Change = Put | Patch


class FoldError(ValueError):
    """An event that does not fit what came before it: the register is damaged."""
