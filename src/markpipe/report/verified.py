"""`markpipe.verify/1` and its lines.  Renders only; quotes nothing of a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markpipe.text.printable import one_line

SCHEMA = "markpipe.verify/1"


@dataclass(frozen=True, slots=True)
class Row:
    """A problem to print."""

    code: str
    message: str
    where: str
    rule: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file to print: its name, digest, how much was read, problems, and what was not read."""

    path: str
    sha256: str
    status: str
    problems: tuple[Row, ...]
    unread: tuple[tuple[str, str], ...]


def verify_json(sheets: Sequence[Sheet], *, ok: bool) -> dict[str, Any]:
    """The answer for programs."""
    return {
        "schema": SCHEMA,
        "ok": ok,
        "summary": {"files": len(sheets), "problems": sum(len(sheet.problems) for sheet in sheets)},
        "documents": [
            {
                "path": sheet.path,
                "sha256": sheet.sha256,
                "status": sheet.status,
                "problems": [
                    {"code": row.code, "message": row.message, "where": row.where, "rule": row.rule}
                    for row in sheet.problems
                ],
                "unread": [{"where": where, "reason": reason} for where, reason in sheet.unread],
            }
            for sheet in sheets
        ],
        "errors": [],
    }


def lines(sheets: Sequence[Sheet]) -> Iterator[str]:
    """The answer for people."""
    for sheet in sheets:
        yield one_line(sheet.path)
        for row in sheet.problems:
            yield one_line(f"  {row.code}  {row.where}  {row.message}")
        for where, reason in sheet.unread:
            yield one_line(f"  没有读到：{where}：{reason}")
        if not sheet.problems and not sheet.unread:
            yield "  没有发现问题"
