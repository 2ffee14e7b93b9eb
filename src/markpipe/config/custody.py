"""How a unit keeps its carriers (`[custody]`): how long one may be lent, how often the store is counted.

The law gives no figures for these; the defaults are ours and every one can be set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markpipe.config.reader import Table
from markpipe.ledger.destruction import SELF_DESTROY_LIMIT
from markpipe.model.classification import Level

_KEYS = {Level.JUEMI: "loan_days_juemi", Level.JIMI: "loan_days_jimi", Level.MIMI: "loan_days_mimi"}
_LOAN_DAYS: Mapping[Level, int] = {Level.JUEMI: 3, Level.JIMI: 15, Level.MIMI: 30}


@dataclass(frozen=True, slots=True)
class Custody:
    """`loan_days` are the most for which a carrier of a level is lent or carried out; `inspect_days` is the longest
    time between two counts of the whole store; `self_destroy` the most copies that a unit destroys by itself at once."""

    loan_days: Mapping[Level, int] = field(default_factory=lambda: dict(_LOAN_DAYS))
    inspect_days: int = 180
    self_destroy: int = SELF_DESTROY_LIMIT

    def values(self) -> tuple[tuple[str, int], ...]:
        """Every setting by its key, for whoever shows them."""
        days = tuple((key, self.loan_days[level]) for level, key in _KEYS.items())
        return (*days, ("inspect_days", self.inspect_days), ("self_destroy", self.self_destroy))


def read_custody(table: Table, origin: dict[str, str]) -> Custody:
    """The table; what is wrong raises `ConfigurationError` with file and line."""
    usual = Custody()
    days = {level: table.positive(key, usual.loan_days[level]) for level, key in _KEYS.items()}
    custody = Custody(
        days, table.positive("inspect_days", usual.inspect_days), table.positive("self_destroy", usual.self_destroy)
    )
    for key in (*_KEYS.values(), "inspect_days", "self_destroy"):
        origin[f"custody.{key}"] = table.where(key) if key in table else "默认值"
    table.finish()
    return custody
