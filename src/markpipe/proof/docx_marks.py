from __future__ import annotations
from collections.abc import Iterator
from pathlib import Path
from markpipe.marking.plan import MarkPlan


def check_docx(path: Path, plan: MarkPlan) -> Iterator[str]:
    yield "todo"
