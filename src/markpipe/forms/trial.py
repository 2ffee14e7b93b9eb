"""A unit's own templates tried out before they are needed: each is filled with blanks, as its form would fill it.

Reads templates and writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from markpipe.errors import ConfigurationError
from markpipe.forms.filled import Field, Filled
from markpipe.forms.layouts import LAYOUTS
from markpipe.forms.layouts.fields import fields_of
from markpipe.forms.template import Templates

_BLANK = "（空）"


def problems(templates: Templates) -> Iterator[ConfigurationError]:
    """What is wrong with the unit's own templates, one error a template; nothing where it has none."""
    try:
        own = templates.own()
    except ConfigurationError as error:
        yield error
        return
    for path in own:
        try:
            templates.make(blank(path.stem))
        except ConfigurationError as error:
            yield error


def blank(name: str) -> Filled:
    """A form with every field that it has, and one line in each list."""
    names, lists = fields_of(LAYOUTS[name])
    fields: dict[str, Field] = dict.fromkeys(names, _BLANK)
    fields |= {key: [dict.fromkeys(columns, _BLANK)] for key, columns in lists.items()}
    return Filled(name, fields, dt.date(2026, 1, 1))
