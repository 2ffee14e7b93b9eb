"""`markpipe.verify/1` and its lines.  Renders only; quotes nothing of a document but its marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
class Ink:
    """A mark to print: as it is written, its level (empty: none) and its place."""

    text: str
    level: str
    where: str


@dataclass(frozen=True, slots=True)
class Tag:
    """An electronic label to print: what it is worth, and what it says where that is to be relied on."""

    answer: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file to print: its name, digest, how much was read, problems, what was not read, its marks and its label."""

    path: str
    sha256: str
    status: str
    problems: tuple[Row, ...]
    unread: tuple[tuple[str, str], ...]
    marks: tuple[Ink, ...] = ()
    label: Tag = field(default_factory=Tag)


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
                "marks": [{"text": ink.text, "level": ink.level or None, "where": ink.where} for ink in sheet.marks],
                "label": {"answer": sheet.label.answer, "says": sheet.label.words},
            }
            for sheet in sheets
        ],
        "errors": [],
    }


def lines(sheets: Sequence[Sheet]) -> Iterator[str]:
    """The answer for people."""
    for sheet in sheets:
        yield one_line(sheet.path)
        if sheet.marks:
            yield one_line(f"  标志  {'；'.join(f'{ink.text}（{ink.where}）' for ink in sheet.marks)}")
        if sheet.marks or sheet.label.words:
            yield one_line(f"  标签  {sheet.label.answer}  {sheet.label.words}")
        for row in sheet.problems:
            yield one_line(f"  {row.code}  {row.where}  {row.message}")
        for where, reason in sheet.unread:
            yield one_line(f"  没有读到：{where}：{reason}")
        if not sheet.problems and not sheet.unread:
            yield "  没有发现问题"
