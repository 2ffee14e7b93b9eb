"""Handing copies out: from a list of recipients to moves, and what must not be handed out now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from markpipe.errors import UsageError
from markpipe.ledger.custody import Move
from markpipe.model.custody import Act
from markpipe.pipeline.lists import Recipient
from markpipe.pipeline.standing import refuse_locked
from markpipe.store.register import Register

OWN = "D"
"""What the numbers of this unit's own decisions begin with."""


def not_locked(register: Register, refs: Iterable[str]) -> None:
    """`RefusedError` (DRV-7) where a carrier is a copy of a matter that has to follow its sources first."""
    for series in sorted({ref.strip().partition("/")[0] for ref in refs}):
        if series.startswith(OWN):
            refuse_locked(register, series)


def moves_of(
    lines: Sequence[Recipient], on: dt.date, channel: str, widened: str = ""
) -> tuple[tuple[Move, tuple[str, ...]], ...]:
    """One move for each line; a line that names a channel goes by that one."""
    return tuple(
        (Move(Act.SEND, on, line.holder, line.unit, channel=line.channel or channel, widened=widened), (line.ref,))
        for line in lines
    )


def handed_out(lines: Sequence[Recipient], refs: Sequence[str]) -> tuple[Recipient, ...]:
    """Copies for a list that says only how many go to whom, in the order of both; `UsageError` where they differ."""
    wanted = sum(line.count for line in lines)
    if wanted != len(refs):
        raise UsageError(f"分发清单共 {wanted} 份，而要制作 {len(refs)} 份", "两处份数须一致")
    left = iter(refs)
    return tuple(
        Recipient(next(left), line.holder, line.unit, line.channel) for line in lines for _ in range(line.count)
    )
