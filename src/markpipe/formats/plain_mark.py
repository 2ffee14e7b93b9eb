"""Plain text has no place that a mark could stand at and stay: this room only says so (保密法实施条例第二十一条).

Nothing is ever written here; what is owed instead is a 书面通知 or a format that carries marks.
"""

from __future__ import annotations

from typing import NoReturn

from markpipe.errors import OutputError
from markpipe.marking.plan import MarkPlan


def mark(data: bytes, plan: MarkPlan) -> NoReturn:  # noqa: ARG001 - the signature that all formats share
    """Always `OutputError` (MRK-6), with the two ways out."""
    raise OutputError("纯文本不能承载标志", "请转为DOCX或PDF，或书面通知知悉范围内的单位和人员")
