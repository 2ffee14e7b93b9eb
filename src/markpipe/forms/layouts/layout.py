"""One layout, and the template that it becomes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from markpipe.forms.sheet import COLUMNS, Cell, Role, Row, label, sheet, value
from markpipe.forms.words import DATE_BLANK as DATE_BLANK

WIDE = COLUMNS - 2
_MADE = dt.date(2026, 1, 1)
_BANNER = "{%p if 演示 %}\n{{ 演示 }}\n{%p endif %}"


@dataclass(frozen=True, slots=True)
class Layout:
    """A form: its title, which is its template's name, what stands above the table, its rows, and a line below."""

    title: str
    rows: tuple[Row, ...]
    foot: str = ""
    number: str = "编号：{{ 编号 }}"
    heading: str = ""


def template(layout: Layout) -> bytes:
    """The template as DOCX bytes, the same every time."""
    return sheet(
        title=layout.heading or layout.title,
        notice="{{ 管理要求 }}",
        banner=_BANNER,
        number=layout.number,
        rows=layout.rows,
        foot=(layout.foot,) if layout.foot else (),
        dated=_MADE,
    )


def one(name: str, field: str = "", height: float = 10, role: Role = Role.VALUE) -> Row:
    """A row of one field; the label is the field's name, spread to four characters, unless another is given."""
    return Row((label(_spread(name)), value(_placed(field or name), WIDE, role)), height)


def two(left: str, right: str, height: float = 10, role: Role = Role.VALUE) -> Row:
    """A row of two fields of the same width."""
    first, second = (value(_placed(name), 4, role) for name in (left, right))
    return Row((label(_spread(left)), first, label(_spread(right)), second), height)


def signed(title: str, who: str, when: str, height: float = 16) -> Row:
    """A row to be signed: the name (or a blank) and the date (or a blank)."""
    return Row((label(_spread(title)), value(f"{who}（签字）", 5), label("日　　期"), value(when, 3)), height)


def line(*cells: tuple[str, int], height: float = 10, role: Role = Role.SMALL) -> Row:
    """A line of a list."""
    return Row(tuple(Cell((text,), span, role) for text, span in cells), height)


def _placed(name: str) -> str:
    return name if "{" in name or not name else f"{{{{ {name} }}}}"


def _spread(name: str) -> str:
    """Two or three characters take the room of four."""
    return {2: "　　".join(name), 3: " ".join(name)}.get(len(name), name)
