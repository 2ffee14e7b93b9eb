"""`markpipe.stamp/1`: what was stamped, for programs."""

from __future__ import annotations

from typing import Any

from markpipe.model.decision import Determination
from markpipe.model.outcome import Output

SCHEMA = "markpipe.stamp/1"


def stamp_json(determination: Determination, output: Output) -> dict[str, Any]:
    """The determination's mark and the file that bears it; `path` is relative to the folder that was named."""
    return {
        "schema": SCHEMA,
        "determination": determination.id,
        "mark": determination.mark.text,
        "path": output.path,
        "sha256": output.sha256,
        "notes": list(output.notes),
        "demo": determination.demo,
    }


def taken_off_json(matter: str, decision: str, path: str, sha256: str) -> dict[str, Any]:
    """Whose marks were taken off, by which decision, and the file without them."""
    return {
        "schema": SCHEMA,
        "removed": True,
        "determination": matter,
        "decision": decision,
        "path": path,
        "sha256": sha256,
    }
