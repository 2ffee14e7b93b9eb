"""Dates as people type them: 2015-03-02 or 2015年3月2日."""

from __future__ import annotations

import datetime as dt
import re

from markpipe.errors import UsageError

_FORMS = (
    re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日", re.ASCII),
)
_REMEDY = "写作 2015-03-02 或 2015年3月2日"


def parse_date(text: str, where: str) -> dt.date:
    """The date; `UsageError` begins with `where` and quotes what is wrong."""
    match = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    if match is None:
        raise UsageError(f"{where}“{text}”不是日期", _REMEDY)
    try:
        return dt.date(*(int(part) for part in match.groups()))
    except ValueError:
        raise UsageError(f"{where}“{text}”不是日历上的日子", _REMEDY) from None
