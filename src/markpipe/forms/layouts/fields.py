"""The fields that a form has, read from its layout: what a template may name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markpipe.forms.layouts.layout import Layout

_LOOP = re.compile(r"\{%tr for (\w+) in (\w+) %\}")
_IF = re.compile(r"\{%tr if (?:not )?(\w+) %\}")
_FIELD = re.compile(r"\{\{ (\w+)(?:\.(\w+))? \}\}")


def fields_of(layout: Layout) -> tuple[list[str], dict[str, list[str]]]:
    """The fields of a form, and those of each of its lists."""
    text = "\n".join(_texts(layout))
    lists = dict(_LOOP.findall(text))
    keys: dict[str, dict[str, None]] = {name: {} for name in lists.values()}
    fields: dict[str, None] = dict.fromkeys(["管理要求", "演示", *(f for f in _IF.findall(text) if f not in keys)])
    for name, key in _FIELD.findall(text):
        if key:
            keys[lists[name]][key] = None
        else:
            fields[name] = None
    return list(fields), {name: list(found) for name, found in keys.items()}


def _texts(layout: Layout) -> Iterator[str]:
    yield layout.number
    yield layout.heading
    for row in layout.rows:
        for cell in row.cells:
            yield from cell.lines
    yield layout.foot
