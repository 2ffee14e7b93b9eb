"""All of `markpipe determination`: deciding, what is recorded around it, and what becomes of it."""

from __future__ import annotations

from markpipe.cli import determination_life as life
from markpipe.cli import determination_record as recorded
from markpipe.cli.determination import group

for command in (
    recorded.consent,
    recorded.opinion,
    recorded.absence,
    recorded.report,
    recorded.answered,
    recorded.know,
    recorded.notice,
    recorded.review,
    recorded.attach,
    life.change,
    life.follow,
    life.declassify,
    life.due,
    life.form,
    life.templates,
):
    group.add_command(command)

__all__ = ["group"]
