"""A form before it is a file: which template, and what stands in each of its fields.  Makes no file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DEMO = "【演示】人员身份由演示代替，本表所列密级和编号不具效力"

Field = str | bool | Sequence[Mapping[str, str]]
"""What stands in a field: words, a yes or no that shows a part of the form, or the lines of a list."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form: the name of its template (its title), its fields, and the day its metadata bear."""

    name: str
    fields: Mapping[str, Field]
    dated: dt.date
