"""What is due, for people, for programs, and as a calendar (iCalendar, RFC 5545)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from markpipe.classify.due import Task
from markpipe.text.printable import one_line

SCHEMA = "markpipe.due/1"
_LINE_OCTETS = 73


def due_json(tasks: Sequence[Task], on: dt.date, within: int) -> dict[str, Any]:
    """The tasks as JSON values."""
    return {
        "schema": SCHEMA,
        "on": on.isoformat(),
        "within": within,
        "ok": not tasks,
        "tasks": [
            {
                "determination": task.matter,
                "name": task.name,
                "rule": task.rule,
                "article": task.article,
                "message": task.message,
                "by": None if task.by is None else task.by.isoformat(),
                "locked": task.locks,
            }
            for task in tasks
        ],
    }


def due_lines(tasks: Sequence[Task], on: dt.date) -> Iterator[str]:
    """One line a task: what locks first, then by date."""
    for task in tasks:
        late = "（已过期）" if task.by is not None and task.by < on else ""
        when = "立即" if task.by is None else f"{task.by.isoformat()}{late}"
        lock = "【锁定】" if task.locks else ""
        yield one_line(f"{task.matter}  {when}  {lock}{task.name}：{task.message}（{task.rule}，{task.article}）")


def icalendar(tasks: Sequence[Task], on: dt.date, unit: str) -> str:
    """All tasks as whole-day entries; one without a date stands on the day of the export.

    Names no document: a title may be secret, so an entry bears the number of the matter and the rule.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//markpipe//due//ZH", f"X-WR-CALNAME:{_text(unit)} 定密待办"]
    for task in tasks:
        day = task.by or on
        key = hashlib.sha256(f"{task.matter}|{task.rule}|{day}|{task.message}".encode()).hexdigest()[:24]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{key}@markpipe",
            f"DTSTAMP:{on:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"SUMMARY:{_text(f'{task.matter} {task.rule}')}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _text(text: str) -> str:
    """A text value: backslash, comma, semicolon and line breaks are escaped."""
    text = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return one_line(text)


def _folded(line: str) -> Iterator[str]:
    """A content line in pieces of at most 75 octets; the further ones begin with a space."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _LINE_OCTETS:
            yield piece
            piece, size = " ", 1
        piece += character
        size += octets
    yield piece
