"""`markpipe.copies/1`: where each numbered copy stands, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markpipe.model.carrier import Copy, serial_label
from markpipe.model.decision import Determination
from markpipe.model.outcome import Output
from markpipe.text.printable import one_line

SCHEMA = "markpipe.copies/1"


def copies_json(copies: Sequence[Copy], determinations: Mapping[str, Determination]) -> dict[str, Any]:
    """The copies with the mark that they bear, and how many stand where."""
    return {
        "schema": SCHEMA,
        "copies": [_copy_json(copy, determinations[copy.determination]) for copy in copies],
        "summary": dict(Counter(copy.state.value for copy in copies)),
    }


def issued_json(determination: Determination, outputs: Sequence[Output]) -> dict[str, Any]:
    """The files that an issue made or found; `path` is relative to the folder that was named."""
    return {
        "schema": SCHEMA,
        "determination": determination.id,
        "mark": determination.mark.text,
        "demo": determination.demo,
        "outputs": [
            {
                "serial": None if output.serial is None else serial_label(output.serial),
                "path": output.path,
                "sha256": output.sha256,
                "notes": list(output.notes),
            }
            for output in outputs
        ],
    }


def copies_text(copies: Sequence[Copy], determinations: Mapping[str, Determination]) -> str:
    """One line a copy under a line for each document, then the count."""
    lines: list[str] = []
    shown = ""
    for copy in copies:
        if copy.determination != shown:
            shown = copy.determination
            lines.append(one_line(_heading(determinations[shown])))
        holder = f"  {copy.holder}" if copy.holder else ""
        where = f"  {copy.path}" if copy.path else ""
        lines.append(one_line(f"  {serial_label(copy.serial)}  {copy.state.value}{holder}{where}"))
    counted = Counter(copy.state.value for copy in copies)
    lines.append(f"共 {len(copies)} 份：" + "，".join(f"{state} {count}" for state, count in counted.items()))
    return "\n".join(lines)


def issued_text(determination: Determination, outputs: Sequence[Output]) -> str:
    """What was issued, for a person."""
    lines = [_heading(determination)]
    for output in outputs:
        lines.append(f"  {'------' if output.serial is None else serial_label(output.serial)}  {output.path}")
        lines.extend(f"          {note}" for note in output.notes)
    return "\n".join(one_line(line) for line in lines)


def _heading(determination: Determination) -> str:
    shown = "【演示】" if determination.demo else ""
    return f"{shown}{determination.id}  {determination.mark.text}  {determination.name}"


def _copy_json(copy: Copy, determination: Determination) -> dict[str, Any]:
    return {
        "determination": copy.determination,
        "name": determination.name,
        "mark": determination.mark.text,
        "demo": determination.demo,
        "serial": serial_label(copy.serial),
        "state": copy.state.value,
        "holder": copy.holder,
        "path": copy.path,
        "sha256": copy.sha256,
    }
